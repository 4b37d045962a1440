"""How good a way of fitting is, and how a finished card does on other organisations.

Owns the two validations. Rules: what is fitted is fitted anew inside every fold, with everything it
chooses for itself, so that nothing is tuned on what it is judged by; figures leave as decimal
strings of six places, null where there is no number; where a card meets the rows it was fitted on
this is said plainly, with the cross-validated figures beside it.

    validate(fit, table, y, read_plan("5x5"), score)  # how good this way of fitting is
    evaluate(card, table, y, score)                   # how this card does on these organisations

Figures of folds: AUC, KS, average precision, Brier and log loss are means over folds, with the
interval of Nadeau and Bengio; calibration is taken of all out-of-fold probabilities of a repeat
and averaged over repeats. One temporal split has the bootstrap interval of its test rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.evaluation.backtesting import ONE_OUTCOME
from tallystick.kernel.texts import Text
from tallystick.modelling import metrics
from tallystick.modelling.bands import band_outcomes, weight_text
from tallystick.modelling.metrics import Interval, as_text, interval_text
from tallystick.modelling.resampling import DRAWS, MEASURES, bootstrap
from tallystick.modelling.splits import (
    Plan,
    Split,
    duplicate_groups,
    merged_groups,
    plan_told,
    settled,
    splits,
)
from tallystick.modelling.tables import Floats, Rows, Table
from tallystick.scorecards.document import Band, Card

Fit = Callable[[Table, Floats, Floats | None], Card]
Score = Callable[[Card, Table], tuple[NDArray[Any], Floats]]
"""A card on a table: what it ranks by (higher is better), and pd (NaN where it states none)."""

CURVE_PARTS: Final = 10

SEEN = Text(
    "这些就是拟合时用的行：下列数字不说明模型对其他单位的表现，请看交叉验证的结果",
    "these are the rows it was fitted on: the figures say nothing about other organisations; "
    "read the cross-validated ones",
)
UNSEEN = Text("这些行不是拟合所用的文件", "these rows are not the file the card was fitted on")


@dataclass(frozen=True, eq=False)
class Judged:
    """One split with what its model said about the rows it had not seen."""

    split: Split
    score: NDArray[Any]
    pd: Floats


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """All splits of a plan, judged. groups: what was kept on one side."""

    plan: Plan
    y: Floats
    weights: Floats | None
    groups: Rows
    judged: tuple[Judged, ...]

    def once(self) -> tuple[Rows, NDArray[Any], Floats]:
        """Return rows, score and pd of the first repeat: every organisation once."""
        seed = self.judged[0].split.seed
        first = [one for one in self.judged if one.split.seed == seed]
        return _joined(first)


def out_of_fold(
    fit: Fit,
    table: Table,
    y: Floats,
    plan: Plan,
    score: Score,
    weights: Floats | None = None,
    *,
    organisations: Rows | None = None,
    periods: NDArray[np.generic] | None = None,
) -> OutOfFold:
    """Return what models fitted without them say about all rows.

    organisations: a label for each row; rows of one label, and exact duplicates, stay together.

    Raises: TallyError `one_outcome`, `bad_validation_plan`, and what `fit` raises.
    """
    _require_two(y)
    plan = settled(plan, periods)  # so that the record says which of the two was done
    groups = duplicate_groups(table)
    if organisations is not None:
        groups = merged_groups(groups, organisations)
    judged = []
    for split in splits(y, plan, groups, periods):
        kept = None if weights is None else weights[split.train]
        card = fit(table.take(split.train), y[split.train], kept)
        judged.append(Judged(split, *score(card, table.take(split.test))))
    return OutOfFold(settled(plan, periods), y, weights, groups, tuple(judged))


def validate(  # noqa: PLR0913 - as `out_of_fold`
    fit: Fit,
    table: Table,
    y: Floats,
    plan: Plan,
    score: Score,
    weights: Floats | None = None,
    *,
    organisations: Rows | None = None,
    periods: NDArray[np.generic] | None = None,
    bands: Sequence[Band] = (),
) -> dict[str, Any]:
    """Return the report of `out_of_fold`; see `report`."""
    found = out_of_fold(
        fit, table, y, plan, score, weights, organisations=organisations, periods=periods
    )
    return report(found, bands)


def report(found: OutOfFold, bands: Sequence[Band] = ()) -> dict[str, Any]:
    """Return the figures of splits as plain JSON.

    {"auc": {"mean", "low", "high"}, "gini", "ks", "brier", "log_loss", "average_precision",
    "calibration": {"intercept", "slope", "expected_over_observed", "curve"}, "intervals",
    "plan", "folds", "outcomes"}.
    """
    folds = [_figures(one, found) for one in found.judged]
    together = _together(found, folds)
    rows, score, pd = found.once()
    return {
        **_headline(together),
        "calibration": _calibration_of(found),
        "plan": _plan(found),
        "folds": [
            {"name": one.split.name, "seed": one.split.seed, "train": len(one.split.train)}
            | {"test": len(one.split.test), "bads": int(found.y[one.split.test].sum())}
            | {name: as_text(value) for name, value in each.items()}
            for one, each in zip(found.judged, folds, strict=True)
        ],
        "outcomes": band_outcomes(score, found.y[rows], bands, pd, _of(found.weights, rows))
        if bands
        else None,
    }


def evaluate(  # noqa: PLR0913 - a card, a file, and what stands beside it
    card: Card,
    table: Table,
    y: Floats,
    score: Score,
    weights: Floats | None = None,
    *,
    groups: Rows | None = None,
    digest: str = "",
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Any]:
    """Return how a card does on organisations: the keys of `report`, with bootstrap intervals.

    digest: SHA-256 of the file; where the card was fitted on it, "seen" is true, "statement" says
    so, and "cross_validated" holds what the card's record says of its validation.

    Raises: TallyError `one_outcome`.
    """
    _require_two(y)
    ranked, pd = score(card, table)
    known = pd if np.isfinite(pd).all() else None
    whole = duplicate_groups(table)
    whole = whole if groups is None else merged_groups(whole, groups)
    found = bootstrap(ranked, y, known, weights, groups=whole, count=draws, seed=seed)
    seen = bool(digest) and digest == card.training.digest
    statement = SEEN if seen else UNSEEN
    return {
        **_headline(found),
        "calibration": _calibration(pd, y, weights),
        "rows": len(y),
        "bads": int(y.sum()),
        **_weighed(y, weights),
        "bootstrap": {"draws": draws, "seed": seed, "groups": int(whole.max()) + 1},
        "outcomes": band_outcomes(ranked, y, card.bands, known, weights) if card.bands else None,
        "seen": seen,
        "statement": {"zh": statement.zh, "en": statement.en} if digest else None,
        "cross_validated": card.record.get("validation") if seen else None,
    }


def _require_two(y: Floats) -> None:
    bad = int((y == 1).sum())
    if not 0 < bad < len(y):
        raise ONE_OUTCOME.error(bad=bad, good=len(y) - bad)


def _figures(one: Judged, found: OutOfFold) -> dict[str, float]:
    y, weights = found.y[one.split.test], _of(found.weights, one.split.test)
    known = bool(np.isfinite(one.pd).all())
    ranked = metrics.Ranking(one.score, y).measure(weights)
    brier = metrics.brier(one.pd, y, weights) if known else np.nan
    loss = metrics.log_loss(one.pd, y, weights) if known else np.nan
    return dict(zip(MEASURES, (*ranked, brier, loss), strict=True))


def _together(found: OutOfFold, folds: list[dict[str, float]]) -> dict[str, Interval]:
    if len(folds) == 1:
        (only,) = found.judged
        test = only.split.test
        known = only.pd if np.isfinite(only.pd).all() else None
        return bootstrap(
            *(only.score, found.y[test], known, _of(found.weights, test)),
            groups=found.groups[test],
            seed=found.plan.seed,
        )
    share = np.mean([len(one.split.test) / len(one.split.train) for one in found.judged])
    return {
        name: metrics.corrected_interval(
            [each[name] for each in folds], float(share), 0.0, np.inf if name == "log_loss" else 1.0
        )
        for name in MEASURES
    }


def _headline(found: dict[str, Interval]) -> dict[str, Any]:
    nothing = Interval(np.nan, np.nan, np.nan)
    auc = found["auc"]
    return {
        "auc": interval_text(auc),
        "gini": as_text(2 * auc.mean - 1),
        **{name: as_text(found.get(name, nothing).mean) for name in MEASURES[1:]},
        "intervals": {name: interval_text(found.get(name, nothing)) for name in MEASURES},
    }


def _calibration_of(found: OutOfFold) -> dict[str, Any]:
    """Return calibration by repeat, averaged; the curve is of the first repeat."""
    by_seed: dict[int, list[Judged]] = {}
    for one in found.judged:
        by_seed.setdefault(one.split.seed, []).append(one)
    lines = []
    for repeat in by_seed.values():
        rows, _, pd = _joined(repeat)
        lines.append(metrics.calibration(pd, found.y[rows], _of(found.weights, rows)))
    rows, _, pd = found.once()
    first = _calibration(pd, found.y[rows], _of(found.weights, rows))
    intercept, slope = np.mean(lines, axis=0)
    return first | {"intercept": as_text(float(intercept)), "slope": as_text(float(slope))}


def _calibration(pd: Floats, y: Floats, weights: Floats | None) -> dict[str, Any]:
    """Return intercept, slope, expected over observed and the curve; null without a pd."""
    if not np.isfinite(pd).all():
        return dict.fromkeys(("intercept", "slope", "expected_over_observed", "curve"))
    line = metrics.calibration(pd, y, weights)
    curve = [
        {"rows": part.total, "bads": part.bads, "expected": as_text(part.expected)}
        | {"observed": as_text(part.observed), "low": as_text(part.low)}
        | {"high": as_text(part.high)}
        | weight_text(weights, part.weight, part.bad_weight)
        for part in metrics.calibration_curve(pd, y, CURVE_PARTS, weights)
    ]
    return {
        "intercept": as_text(line.intercept),
        "slope": as_text(line.slope),
        "expected_over_observed": as_text(metrics.expected_over_observed(pd, y, weights)),
        "curve": curve,
    }


def _plan(found: OutOfFold) -> dict[str, Any]:
    followed = [one.split for one in found.judged]
    told = plan_told(found.plan, followed, len(found.y), found.groups)
    return told | {"bads": int(found.y.sum()), **_weighed(found.y, found.weights)}


def _joined(judged: Sequence[Judged]) -> tuple[Rows, NDArray[Any], Floats]:
    return (
        np.concatenate([one.split.test for one in judged]),
        np.concatenate([one.score for one in judged]),
        np.concatenate([one.pd for one in judged]),
    )


def _weighed(y: Floats, weights: Floats | None) -> dict[str, Any]:
    w = np.ones(len(y)) if weights is None else weights
    return weight_text(weights, float(w.sum()), float(w @ y))


def _of(weights: Floats | None, rows: Rows) -> Floats | None:
    return None if weights is None else weights[rows]
