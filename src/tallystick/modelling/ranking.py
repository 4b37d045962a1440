"""How well a card ranks organisations it has not seen by an outcome that is any number.

Owns the validation of the linear route. Rules: as for good and bad, models are refitted without
the rows they are judged on, by the same plan and groups, high and low outcomes spread evenly over
folds; figures are the mean over folds with the interval that allows for shared training rows.

    >>> rank_out_of_fold(fit, table, y, Plan(1, 5), scores_of)[0]["spearman"]
    '0.562000'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.metrics import corrected_interval, interval_text
from tallystick.modelling.splits import (
    Plan,
    duplicate_groups,
    merged_groups,
    plan_told,
    settled,
    splits,
)
from tallystick.modelling.tables import Floats, Rows, Table
from tallystick.scorecards.document import Card


def rank_out_of_fold(
    fit: Callable[[Table, Floats, Floats | None], Card],
    table: Table,
    y: Floats,
    plan: Plan,
    score: Callable[[Card, Table], tuple[NDArray[np.int64], Floats]],
    weights: Floats | None = None,
    *,
    organisations: Rows | None = None,
    periods: NDArray[np.generic] | None = None,
) -> tuple[dict[str, Any], NDArray[np.int64]]:
    """Return {"spearman", "kendall", "intervals", "plan"} and the scores of the first repeat.

    Weights count in fitting only: rank correlations take none. Raises: TallyError
    `bad_validation_plan`, and what `fit` raises.
    """
    plan = settled(plan, periods)
    groups = duplicate_groups(table)
    if organisations is not None:
        groups = merged_groups(groups, organisations)
    judged = splits((y > np.median(y)).astype(np.float64), plan, groups, periods)
    found, first = [], []
    for split in judged:
        kept = None if weights is None else weights[split.train]
        card = fit(table.take(split.train), y[split.train], kept)
        scores = score(card, table.take(split.test))[0]
        found.append(rank_figures(scores, y[split.test]))
        if split.seed == judged[0].seed:
            first.append(scores)
    share = float(np.mean([len(one.test) / len(one.train) for one in judged]))
    intervals = {
        name: interval_text(corrected_interval([one[name] for one in found], share, -1.0))
        for name in ("spearman", "kendall")
    }
    told = plan_told(settled(plan, periods), judged, len(y), groups)
    headline = {name: one["mean"] for name, one in intervals.items()}
    return {**headline, "intervals": intervals, "plan": told}, np.concatenate(first)


def rank_figures(score: NDArray[np.int64], y: Floats) -> dict[str, float]:
    """Return Spearman's correlation and Kendall's tau-b of score and outcome."""
    from scipy.stats import kendalltau, spearmanr  # noqa: PLC0415 - slow to import

    return {
        "spearman": float(spearmanr(score, y).statistic),
        "kendall": float(kendalltau(score, y).statistic),
    }
