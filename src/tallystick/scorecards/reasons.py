"""Why a score is what it is: exact Shapley values, in whole points.

Owns the share of each variable in a score against a baseline. Rules: the shares are those of
Shapley (1953), exact as the model is additive in terms of one variable or two; they are rounded
half to even once, ranked by whole points, ties by the name of the variable; a variable whose
points are at or above the baseline is no reason. Two baselines, and the page says which: "mean",
the average of the training data, and "best", the most a real value can give.

    one axis:   phi(c) = f(c) - E f
    two axes:   phi_1(c, d) = ((E_d f(c, .) - E f) + (f(c, d) - E_c f(., d))) / 2
    E f over the joint counts, E_c and E_d over the marginal ones; with "best" every mean is the
    value at the best pair of real bins
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

from tallystick.scorecards.document import TREES, Card, Term
from tallystick.scorecards.interpreting import Interpreter, Reading

Baseline = Literal["mean", "best"]
MEAN: Final = "mean"
BEST: Final = "best"
REASONS_MAX: Final = 4


class Share(NamedTuple):
    """The share of one variable against the baseline; negative is a reason.

    points: whole points; of trees, which have none, millionths of log-odds.
    """

    variable: str
    points: int


def shares_by_cell(term: Term, baseline: Baseline = MEAN) -> tuple[tuple[Fraction, ...], ...]:
    """Return for each axis of a term the exact share of its variable in every cell."""
    if len(term.axes) == 1:
        middle = _mean(term.points, term.counts) if baseline == MEAN else _best(term)
        return (tuple(p - middle for p in term.points),)
    rows, columns = (axis.size for axis in term.axes)
    f = [term.points[at * columns : (at + 1) * columns] for at in range(rows)]
    if baseline == MEAN:
        middle = _mean(term.points, term.counts)
        joint = term.counts or (1,) * len(term.points)
        by_row = [sum(joint[at * columns : (at + 1) * columns]) for at in range(rows)]
        by_column = [sum(joint[at::columns]) for at in range(columns)]
        across = [_mean(f[at], by_column) for at in range(rows)]
        down = [_mean([row[at] for row in f], by_row) for at in range(columns)]
    else:
        top, place = max(
            (f[r][c], (-r, -c))
            for r in range(term.axes[0].parts)
            for c in range(term.axes[1].parts)
        )
        middle = Fraction(top)
        across = [Fraction(f[at][-place[1]]) for at in range(rows)]
        down = [Fraction(f[-place[0]][at]) for at in range(columns)]
    first, second = [], []
    for row in range(rows):
        for column in range(columns):
            here = Fraction(f[row][column])
            first.append((across[row] - middle + here - down[column]) / 2)
            second.append((down[column] - middle + here - across[row]) / 2)
    return tuple(first), tuple(second)


def _mean(points: Sequence[int], counts: Sequence[int]) -> Fraction:
    held = sum(counts)
    if not held:
        return Fraction(sum(points), len(points))
    return Fraction(sum(p * n for p, n in zip(points, counts, strict=True)), held)


def _best(term: Term) -> Fraction:
    """Return the most a real value gives: missing and special codes are none to wish for."""
    return Fraction(max(term.points[: term.axes[0].parts]))


class Reasoner:
    """A card ready to say why."""

    def __init__(self, card: Card, baseline: Baseline = MEAN) -> None:
        self.card, self.baseline = card, baseline
        self._interpreter = Interpreter(card)
        self._tables = [shares_by_cell(term, baseline) for term in card.terms]

    def one(self, row: Mapping[str, Any]) -> list[Share]:
        """Return the share of every variable, in the order of the card. Raises: as a reading."""
        if self.card.kind == TREES:
            return self._of_trees(row)
        return self.of(self._interpreter.one(row))

    def of(self, reading: Reading) -> list[Share]:
        """Return the shares behind a reading of a card of points, in the order of the card."""
        exact = dict.fromkeys((one.name for one in self.card.variables), Fraction(0))
        for term, tables, cell in zip(self.card.terms, self._tables, reading.cells, strict=True):
            for axis, table in zip(term.axes, tables, strict=True):
                exact[axis.variable] += table[cell]
        return [Share(name, round(points)) for name, points in exact.items()]

    def _of_trees(self, row: Mapping[str, Any]) -> list[Share]:
        """Return TreeSHAP values in millionths of log-odds; their baseline is the training mean."""
        import numpy as np  # noqa: PLC0415 - not for cards of points

        from tallystick.scorecards.trees import TreeReader  # noqa: PLC0415 - as above

        ensemble = self.card.ensemble
        if ensemble is None:
            return []
        values = np.array([self._interpreter.inputs(row)])
        found = TreeReader(ensemble).contributions(values)[1][0]
        return [Share(name, int(one)) for name, one in zip(ensemble.inputs, found, strict=True)]


def ranked(shares: Sequence[Share], most: int = REASONS_MAX) -> list[Share]:
    """Return the reasons: what takes points away, most first, ties by name, at most `most`."""
    adverse = [one for one in shares if one.points < 0]
    return sorted(adverse, key=lambda one: (one.points, one.variable))[:most]
