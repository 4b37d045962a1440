"""Intervals by resampling organisations: seeded, stratified, by group.

Owns the bootstrap of every measure of `metrics`. Rules: whole groups (an organisation with all its
rows, exact duplicates) are drawn, never single rows of them; groups with a bad row and groups
without are drawn apart, so that every draw has both outcomes; the same seed gives the same bytes.

A draw says how often each group was drawn. Weights are summed by score and group once, as a sparse
matrix, so that a draw costs a product with it and the measures of a few hundred different scores;
no row is looked at again.

    >>> bootstrap(score, y, pd, seed=7)["auc"].low
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.metrics import Interval, Ranking, auc, losses, measured
from tallystick.modelling.tables import Floats, Rows

DRAWS: Final = 500
MEASURES: Final = ("auc", "ks", "average_precision", "brier", "log_loss")


def draws(y: Floats, groups: Rows | None, count: int, seed: int) -> Iterator[Floats]:
    """Yield `count` weights of shape (rows,): how often each row was drawn."""
    drawing = _Drawing(y, groups)
    for times in drawing.times(count, seed):
        yield times[drawing.places]


class _Drawing:
    """Whole groups, those with a bad row first. places: the group of each row."""

    def __init__(self, y: Floats, groups: Rows | None) -> None:
        labels = np.arange(len(y)) if groups is None else np.unique(groups, return_inverse=True)[1]
        self.size = int(labels.max()) + 1 if len(labels) else 0
        bad = np.zeros(self.size, bool)
        bad[labels[y == 1]] = True
        order = np.argsort(~bad, kind="stable")
        moved = np.empty(self.size, np.int64)
        moved[order] = np.arange(self.size)
        self.places: Rows = moved[labels]
        self._strata = (int(bad.sum()), self.size - int(bad.sum()))

    def times(self, count: int, seed: int) -> Iterator[Floats]:
        """Yield how often each group was drawn, `count` times."""
        dice = np.random.default_rng(seed)
        for _ in range(count):
            drawn = [
                np.bincount(dice.integers(0, members, members), minlength=members)
                for members in self._strata
                if members
            ]
            yield np.concatenate(drawn).astype(np.float64)

    def by_score(
        self,
        ranking: Ranking,
        y: Floats,
        weights: Floats,
        others: Sequence[Floats] = (),
    ) -> Any:  # noqa: ANN401 - scipy ships no types
        """Return a sparse matrix whose product with `times` is what a draw adds up to.

        By row the weights of bad, then of good, by score, then the sums of `others`; not BLAS but
        this adds them, as its threads wait for one another where a machine is busy.
        """
        from scipy.sparse import coo_array  # noqa: PLC0415 - heavy; the command line starts fast

        size = 2 * ranking.count
        at = [ranking.ties + ranking.count * (y != 1)]
        at += [np.full(len(y), size + place) for place in range(len(others))]
        places = np.tile(self.places, 1 + len(others))
        held = (np.concatenate([weights, *others]), (np.concatenate(at), places))
        return coo_array(held, shape=(size + len(others), self.size)).tocsr()


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
    ranking, drawing = Ranking(score, y), _Drawing(y, groups)
    w = np.ones(len(y)) if weights is None else weights
    loss = () if pd is None else losses(pd, y)
    held = drawing.by_score(ranking, y, w, [w * one for one in loss])

    def measure(times: Floats) -> list[float]:
        found = held @ times
        sides = found[: 2 * ranking.count]
        lost = found[len(sides) :] / sides.sum()
        return [*measured(*sides.reshape(2, -1)), *lost.tolist()]

    drawn = [measure(times) for times in drawing.times(count, seed)]
    told = [*ranking.measure(weights), *(float(np.average(one, weights=w)) for one in loss)]
    low, high = np.quantile(np.array(drawn), (0.025, 0.975), axis=0)
    found = zip(told, low, high, strict=True)
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
    drawing = _Drawing(y, groups)
    w = np.ones(len(y)) if weights is None else weights
    both = [drawing.by_score(Ranking(score, y), y, w) for score in (one, other)]
    drawn = []
    for times in drawing.times(count, seed):
        first, second = (measured(*(held @ times).reshape(2, -1))[0] for held in both)
        drawn.append(first - second)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(auc(one, y, weights) - auc(other, y, weights), float(low), float(high))
