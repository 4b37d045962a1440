"""Whether a card serves regions, sizes and industries alike.

Owns the comparison of groups. Rules: every figure has its interval; groups below a stated minimum
are not shown, only counted, as their figures are chance and their members could be told; a gap is
flagged where chance alone would hardly give it among as many comparisons as were made (Holm 1979);
a different bad rate is no fault of a card, a pd that is wrong in a group or an order worse than
elsewhere is.

    >>> compare(score, y, {"region": table.column("region")}, pd)["flagged"]
    []
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.texts import Text
from tallystick.modelling.metrics import (
    Z_95,
    Interval,
    as_text,
    delong,
    interval_text,
    placements,
    wilson,
)
from tallystick.modelling.tables import Column, Floats

ROWS_LEAST: Final = 50
OUTCOMES_LEAST: Final = 10
"""AUC of a group is given from so many bad and so many good ones on."""

LEVEL: Final = 0.05
QUANTILES: Final = 4
MISSING: Final = "(missing)"

_TESTS: Final = {
    "calibration": Text(
        "{attribute} {group}：预期坏账 {expected}，实际 {observed}（校正后 p={p}）",
        "{attribute} {group}: {expected} bad expected, {observed} seen (adjusted p={p})",
    ),
    "auc": Text(
        "{attribute} {group}：AUC 比其余单位{side} {gap}（校正后 p={p}）",
        "{attribute} {group}: AUC {gap} {side} than of the others (adjusted p={p})",
    ),
}
_LOWER, _HIGHER = Text("低", "lower"), Text("高", "higher")


def compare(
    score: NDArray[Any],
    y: Floats,
    attributes: Mapping[str, Column],
    pd: Floats | None = None,
    *,
    rows_least: int = ROWS_LEAST,
    level: float = LEVEL,
) -> dict[str, Any]:
    """Return groups of each attribute with their figures, and the gaps flagged.

    attributes: columns that say whose a row is; numbers are cut into quarters. Returns {"minimum",
    "comparisons", "attributes": [{"name", "groups": [{"group", "rows", "bads", "rate", "score",
    "auc", "expected_rate"}], "suppressed": {"groups", "rows"}}], "flagged": [{"attribute", "group",
    "test", "p", "adjusted", "text"}]}.
    """
    shown, tests = [], []
    for name, column in attributes.items():
        groups, hidden = [], [0, 0]
        for group, inside in _groups(column):
            rows = int(inside.sum())
            if rows < rows_least:
                hidden = [hidden[0] + 1, hidden[1] + rows]
                continue
            groups.append(_figures(group, inside, score, y, pd))
            tests += _tests(name, group, inside, score, y, pd)
        suppressed = {"groups": hidden[0], "rows": hidden[1]}
        shown.append({"name": name, "groups": groups, "suppressed": suppressed})
    adjusted = holm(np.array([test["p"] for test in tests]))
    flagged = [_flag(test, float(p)) for test, p in zip(tests, adjusted, strict=True) if p < level]
    return {
        "minimum": rows_least,
        "level": as_text(level),
        "comparisons": len(tests),
        "attributes": shown,
        "flagged": flagged,
    }


def compare_groups(
    column: Column,
    score: NDArray[Any],
    pd: Floats | None,
    y: Floats,
    *,
    rows_least: int = ROWS_LEAST,
) -> dict[str, Any]:
    """Return `compare` of one attribute: "groups" and "suppressed" stand at the top.

    pd: None, or NaN throughout, where the card states none.
    """
    known = pd if pd is not None and np.isfinite(pd).all() else None
    found = compare(score, y, {column.name: column}, known, rows_least=rows_least)
    (only,) = found.pop("attributes")
    return found | {"groups": only["groups"], "suppressed": only["suppressed"]}


def holm(p: Floats) -> Floats:
    """Return p-values adjusted for as many comparisons (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.minimum(1.0, p[order] * np.arange(len(p), 0, -1))
    found = np.empty(len(p))
    found[order] = np.maximum.accumulate(stepped) if len(p) else stepped
    return found


def _groups(column: Column) -> list[tuple[str, NDArray[np.bool_]]]:
    if column.kind == "category":
        gone = column.codes < 0
        found = [(text, column.codes == at) for at, text in enumerate(column.categories)]
    else:
        gone = np.isnan(column.values)
        known = np.zeros(1) if gone.all() else column.values[~gone]
        cuts = np.unique(np.quantile(known, np.arange(1, QUANTILES) / QUANTILES))
        place = np.searchsorted(cuts, column.values, side="left")
        found = [(_stretch(cuts, at), (place == at) & ~gone) for at in range(len(cuts) + 1)]
    return [(text, inside) for text, inside in (*found, (MISSING, gone)) if inside.any()]


def _stretch(cuts: Floats, at: int) -> str:
    low = f"{cuts[at - 1]:.6g} < " if at else ""
    return f"{low}x ≤ {cuts[at]:.6g}" if at < len(cuts) else f"{low}x"


def _figures(
    group: str, inside: NDArray[np.bool_], score: NDArray[Any], y: Floats, pd: Floats | None
) -> dict[str, Any]:
    own, marks = y[inside], score[inside].astype(np.float64)
    mean, half = float(marks.mean()), Z_95 * float(marks.std(ddof=1)) / np.sqrt(len(marks))
    few = min(own.sum(), len(own) - own.sum()) < OUTCOMES_LEAST
    return {
        "group": group,
        "rows": len(own),
        "bads": int(own.sum()),
        "rate": interval_text(wilson(own.sum(), len(own))),
        "score": interval_text(Interval(mean, mean - half, mean + half)),
        "auc": None if few else interval_text(delong(marks, own)),
        "expected_rate": None if pd is None else as_text(float(pd[inside].mean())),
    }


def _tests(
    attribute: str,
    group: str,
    inside: NDArray[np.bool_],
    score: NDArray[Any],
    y: Floats,
    pd: Floats | None,
) -> list[dict[str, Any]]:
    about = {"attribute": attribute, "group": group}
    found: list[dict[str, Any]] = []
    if pd is not None:
        own = pd[inside]
        spread = np.sqrt((own * (1 - own)).sum())
        expected, observed = float(own.sum()), int(y[inside].sum())
        if spread > 0:
            facts = {"expected": f"{expected:.1f}", "observed": observed}
            p = _two_sided((observed - expected) / spread)
            found.append(about | {"test": "calibration", "p": p, "facts": facts})
    rest = ~inside
    if all(_enough(y[side]) for side in (inside, rest)):
        one, other = _auc_error(score[inside], y[inside]), _auc_error(score[rest], y[rest])
        error = np.sqrt(one[1] + other[1])
        if error > 0:
            gap = one[0] - other[0]
            facts = {"gap": f"{abs(gap):.3f}", "side": _LOWER if gap < 0 else _HIGHER}
            found.append(about | {"test": "auc", "p": _two_sided(gap / error), "facts": facts})
    return found


def _enough(y: Floats) -> bool:
    return bool(min(y.sum(), len(y) - y.sum()) >= OUTCOMES_LEAST)


def _auc_error(score: NDArray[Any], y: Floats) -> tuple[float, float]:
    """Return AUC and its variance by placements."""
    bad, good = placements(score, y)
    return float(bad.mean()), float(bad.var(ddof=1) / len(bad) + good.var(ddof=1) / len(good))


def _two_sided(z: float) -> float:
    from scipy.special import ndtr  # noqa: PLC0415 - heavy; the command line must start fast

    return float(2 * ndtr(-abs(z)))


def _flag(test: dict[str, Any], adjusted: float) -> dict[str, Any]:
    about = {"attribute": test["attribute"], "group": test["group"]}
    text = _TESTS[test["test"]].fill(**about, **test["facts"], p=f"{adjusted:.2g}")
    return about | {
        "test": test["test"],
        "p": as_text(test["p"]),
        "adjusted": as_text(adjusted),
        "text": {"zh": text.zh, "en": text.en},
    }
