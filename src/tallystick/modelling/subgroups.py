"""Whether a card serves regions, sizes and industries alike.

Owns the comparison of groups. Rules: every figure has its interval; groups below a stated minimum
are not shown, only counted, as their figures are chance and their members could be told; a gap is
flagged where chance alone would hardly give it among as many comparisons as were made (Holm 1979);
a different bad rate is no fault of a card, a pd that is wrong in a group or an order worse than
elsewhere is. Weights count in every figure; whether a group is too small is judged by its rows, and
a row that weighs nothing is none.

    >>> compare(score, y, {"region": table.column("region")}, pd)["flagged"]
    []
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.texts import Text
from tallystick.modelling.bands import weight_text
from tallystick.modelling.metrics import (
    Z_95,
    Interval,
    as_text,
    delong,
    interval_text,
    placed,
    placements,
    quantile,
    spread,
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
    weights: Floats | None = None,
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
    if weights is not None and not weights.all():
        rows_kept = np.flatnonzero(weights)
        score, y, weights = score[rows_kept], y[rows_kept], weights[rows_kept]
        pd = None if pd is None else pd[rows_kept]
        attributes = {name: column.take(rows_kept) for name, column in attributes.items()}
    about = _Scored(score, y, pd, np.ones(len(y)) if weights is None else weights)
    shown, tests = [], []
    for name, column in attributes.items():
        groups, hidden = [], [0, 0]
        for group, inside in _groups(column, about.weights):
            rows = int(inside.sum())
            if rows < rows_least:
                hidden = [hidden[0] + 1, hidden[1] + rows]
                continue
            found = _figures(group, inside, about)
            weight, bad = (
                float(about.weights[inside].sum()),
                float(about.weights[inside] @ y[inside]),
            )
            groups.append(found | weight_text(weights, weight, bad))
            tests += _tests(name, group, inside, about)
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
    weights: Floats | None = None,
    *,
    rows_least: int = ROWS_LEAST,
) -> dict[str, Any]:
    """Return `compare` of one attribute: "groups" and "suppressed" stand at the top.

    pd: None, or NaN throughout, where the card states none.
    """
    known = pd if pd is not None and np.isfinite(pd).all() else None
    found = compare(score, y, {column.name: column}, known, weights, rows_least=rows_least)
    (only,) = found.pop("attributes")
    return found | {"groups": only["groups"], "suppressed": only["suppressed"]}


def holm(p: Floats) -> Floats:
    """Return p-values adjusted for as many comparisons (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.minimum(1.0, p[order] * np.arange(len(p), 0, -1))
    found = np.empty(len(p))
    found[order] = np.maximum.accumulate(stepped) if len(p) else stepped
    return found


@dataclass(frozen=True, eq=False)
class _Scored:
    """What is compared, row by row."""

    score: NDArray[Any]
    y: Floats
    pd: Floats | None
    weights: Floats


def _groups(column: Column, weights: Floats) -> list[tuple[str, NDArray[np.bool_]]]:
    if column.kind == "category":
        gone = column.codes < 0
        found = [(text, column.codes == at) for at, text in enumerate(column.categories)]
    else:
        gone = np.isnan(column.values)
        known, held = (
            (np.zeros(1), np.ones(1)) if gone.all() else (column.values[~gone], weights[~gone])
        )
        cuts = np.unique(quantile(known, np.arange(1, QUANTILES) / QUANTILES, held))
        place = np.searchsorted(cuts, column.values, side="left")
        found = [(_stretch(cuts, at), (place == at) & ~gone) for at in range(len(cuts) + 1)]
    return [(text, inside) for text, inside in (*found, (MISSING, gone)) if inside.any()]


def _stretch(cuts: Floats, at: int) -> str:
    low = f"{cuts[at - 1]:.6g} < " if at else ""
    return f"{low}x ≤ {cuts[at]:.6g}" if at < len(cuts) else f"{low}x"


def _figures(group: str, inside: NDArray[np.bool_], about: _Scored) -> dict[str, Any]:
    own, marks = about.y[inside], about.score[inside].astype(np.float64)
    w, pd = about.weights[inside], about.pd
    mean = float(np.average(marks, weights=w))
    half = Z_95 * float(np.sqrt(spread(marks, w) / w.sum())) if w.sum() > 1 else np.nan
    few = min(own.sum(), len(own) - own.sum()) < OUTCOMES_LEAST
    return {
        "group": group,
        "rows": len(own),
        "bads": int(own.sum()),
        "rate": interval_text(wilson(float(w @ own), float(w.sum()))),
        "score": interval_text(Interval(mean, mean - half, mean + half)),
        "auc": None if few else interval_text(delong(marks, own, w)),
        "expected_rate": None if pd is None else as_text(float(np.average(pd[inside], weights=w))),
    }


def _tests(
    attribute: str,
    group: str,
    inside: NDArray[np.bool_],
    scored: _Scored,
) -> list[dict[str, Any]]:
    about = {"attribute": attribute, "group": group}
    score, y, pd, weights = scored.score, scored.y, scored.pd, scored.weights
    found: list[dict[str, Any]] = []
    if pd is not None:
        own, w = pd[inside], weights[inside]
        error = float(np.sqrt(w @ (own * (1 - own))))
        expected, observed = float(w @ own), float(w @ y[inside])
        if error > 0:
            facts: dict[str, str | Text] = {
                "expected": f"{expected:.1f}",
                "observed": f"{round(observed, 1):.10g}",
            }
            p = _two_sided((observed - expected) / error)
            found.append(about | {"test": "calibration", "p": p, "facts": facts})
    rest = ~inside
    if all(_enough(y[side]) for side in (inside, rest)):
        one, other = (_auc_error(score[side], y[side], weights[side]) for side in (inside, rest))
        error = float(np.sqrt(one[1] + other[1]))
        if error > 0:
            gap = one[0] - other[0]
            facts = {"gap": f"{abs(gap):.3f}", "side": _LOWER if gap < 0 else _HIGHER}
            found.append(about | {"test": "auc", "p": _two_sided(gap / error), "facts": facts})
    return found


def _enough(y: Floats) -> bool:
    return bool(min(y.sum(), len(y) - y.sum()) >= OUTCOMES_LEAST)


def _auc_error(score: NDArray[Any], y: Floats, weights: Floats) -> tuple[float, float]:
    """Return AUC and its variance by placements."""
    found, variance, _ = placed(*placements(score, y, weights), y, weights)
    return found, variance


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
