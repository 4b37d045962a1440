"""Intervals by resampling organisations: seeded, stratified, by group.

Owns the bootstrap of every measure of `metrics`. Rules: whole groups (an organisation with all its
rows, exact duplicates) are drawn, never single rows of them; groups with a bad row and groups
without are drawn apart, so that every draw has both outcomes; the same seed gives the same bytes.

A draw is a weight of each row, and the rows stay in the order of their scores: a measure costs one
pass, no sort.

    >>> bootstrap(score, y, pd, seed=7)["auc"].low
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.metrics import Interval, Ranking, auc, losses
from tallystick.modelling.tables import Floats, Rows

DRAWS: Final = 500
MEASURES: Final = ("auc", "ks", "average_precision", "brier", "log_loss")


def draws(y: Floats, groups: Rows | None, count: int, seed: int) -> Iterator[Floats]:
    """Yield `count` weights of shape (rows,): how often each row was drawn."""
    dice = np.random.default_rng(seed)
    places = np.arange(len(y)) if groups is None else np.unique(groups, return_inverse=True)[1]
    size = int(places.max()) + 1 if len(places) else 0
    bad = np.zeros(size, bool)
    bad[places[y == 1]] = True
    strata = [np.flatnonzero(bad), np.flatnonzero(~bad)]
    for _ in range(count):
        drawn = np.zeros(size)
        for members in strata:
            if len(members):
                picked = dice.integers(0, len(members), len(members))
                drawn[members] = np.bincount(picked, minlength=len(members))
        yield drawn[places]


def bootstrap(
    score: NDArray[np.generic],
    y: Floats,
    pd: Floats | None = None,
    weights: Floats | None = None,
    *,
    groups: Rows | None = None,
    count: int = DRAWS,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return each of MEASURES with its percentile interval; the last two need `pd`."""
    ranking = Ranking(score, y)
    loss = () if pd is None else losses(pd, y)

    def measure(w: Floats | None) -> list[float]:
        return [*ranking.measure(w), *(float(np.average(one, weights=w)) for one in loss)]

    drawn = [
        measure(times if weights is None else times * weights)
        for times in draws(y, groups, count, seed)
    ]
    low, high = np.quantile(np.array(drawn), (0.025, 0.975), axis=0)
    found = zip(measure(weights), low, high, strict=True)
    return {
        name: Interval(mean, float(a), float(b))
        for name, (mean, a, b) in zip(MEASURES, found, strict=False)
    }


def bootstrap_difference(
    one: NDArray[np.generic],
    other: NDArray[np.generic],
    y: Floats,
    weights: Floats | None = None,
    *,
    groups: Rows | None = None,
    count: int = DRAWS,
    seed: int = 0,
) -> Interval:
    """Return AUC of `one` minus AUC of `other`, both measured on the same draws."""
    first, second = Ranking(one, y), Ranking(other, y)
    drawn = []
    for times in draws(y, groups, count, seed):
        w = times if weights is None else times * weights
        drawn.append(first.measure(w)[0] - second.measure(w)[0])
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(auc(one, y, weights) - auc(other, y, weights), float(low), float(high))
