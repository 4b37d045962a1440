"""How many trees, and whether pairs help: what loses least on inner folds.

Owns `Choice` and the way to it. Rules: a fold's pairs are found among the rows it learns from;
folds grow side by side and stop when their common loss has not fallen for a while; the log-odds
that calibration learns from are those of rows out of fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.additive_design import Design, design_of
from tallystick.modelling.additive_trees import Forest, Grown, Pair
from tallystick.modelling.binning.columns import folds_of
from tallystick.modelling.binning.fine import Fine
from tallystick.modelling.boosting import Recipe, sums
from tallystick.modelling.calibration import Calibration, fitted
from tallystick.modelling.tables import Floats, Rows
from tallystick.modelling.wishes import Shape

STEP: Final = 50
"""Trees between two looks at the loss."""
PATIENCE: Final = 4
"""Looks without a fall before growing stops."""


@dataclass(frozen=True)
class Choice:
    """Numbers of main trees by recipe, of trees of pairs (0: no help), and the calibration."""

    mains: tuple[int, ...]
    above: int
    calibration: Calibration

    def to_json(self) -> dict[str, Any]:
        """Return it as it stands in the record of a card."""
        slope = self.calibration.slopes[0]
        return {
            "main_trees": list(self.mains),
            "pair_trees": self.above,
            "recalibrated": [f"{self.calibration.intercept:.6f}", f"{slope:.6f}"],
        }


@dataclass(frozen=True, eq=False)
class Search:
    """The data, as fine cells of all rows, and how trees are grown on some of the rows."""

    cells: Sequence[Fine]
    y: Floats
    weights: Floats
    shapes: Mapping[str, Shape]
    forest: Forest
    coarse: int

    def design(self, rows: Rows) -> Design:
        """Return the columns as inputs, learnt from these rows."""
        return design_of(self.cells, self.shapes, self.y, self.weights, rows, self.coarse)

    def choose(self, rows: Rows, folds: int) -> Choice:
        """Return the numbers of trees of least loss over the folds."""
        fold = folds_of(self.y[rows], folds, self.forest.seed)
        parts = [(rows[fold != at], np.flatnonzero(fold == at)) for at in range(folds)]
        designs = [self.design(learnt) for learnt, _ in parts]
        mains = [
            [
                self._main(design, learnt, rows[out], out, recipe)
                for design, (learnt, out) in zip(designs, parts, strict=True)
            ]
            for recipe in self.forest.mains
        ]
        nothing = np.zeros(len(rows))
        best = [
            self._least(one, nothing, rows, recipe.trees)
            for one, recipe in zip(mains, self.forest.mains, strict=True)
        ]
        counts = tuple(one.trees for one in best)
        margin = np.mean([one.margin for one in best], axis=0)
        if self.forest.pairs and len(self.cells) > 1:
            above = []
            for at, (design, (learnt, out)) in enumerate(zip(designs, parts, strict=True)):
                grown = [one[at] for one in mains]
                over = self._over(design, learnt, rows[out], out, grown, counts)
                above += [over] if over else []
            more = self._least(above, margin, rows, self.forest.over.trees)
            if more.loss < self._loss(margin, rows):
                return Choice(counts, more.trees, self._calibrated(more.margin, rows))
        return Choice(counts, 0, self._calibrated(margin, rows))

    def _main(self, design: Design, learnt: Rows, held: Rows, out: Rows, recipe: Recipe) -> _Fold:
        booster = self.forest.main_booster(design, self.y, self.weights, learnt, recipe, 0)
        return _Fold(booster, out, design.matrix(held))

    def _over(
        self,
        design: Design,
        learnt: Rows,
        held: Rows,
        out: Rows,
        mains: Sequence[_Fold],
        counts: Sequence[int],
    ) -> _Fold | None:
        """Return trees of pairs on top of a fold's main trees; None where no pair is found."""
        y, weights, values = self.y, self.weights, design.matrix(learnt)
        said = [one.predict(values, count) for one, count in zip(mains, counts, strict=True)]
        start = np.mean(said, axis=0)
        pairs = self.forest.find_pairs(design, y, weights, learnt, start)
        if not pairs:
            return None
        booster = self.forest.pair_booster(design, y, weights, learnt, start, pairs, 0)
        return _Fold(booster, out, design.coarse_matrix(held))

    def whole(self, rows: Rows, choice: Choice) -> Grown:
        """Return the boosters of all these rows, bag by bag."""
        design, forest = self.design(rows), self.forest
        mains = []
        for recipe, count in zip(forest.mains, choice.mains, strict=True):
            for bag in range(recipe.bags):
                booster = forest.main_booster(design, self.y, self.weights, rows, recipe, bag)
                _add(booster, count)
                mains.append(booster)
        if not choice.above:
            return Grown(design, mains)
        values = design.matrix(rows)
        start = np.mean([sums(one, values) for one in mains], axis=0)
        pairs: tuple[Pair, ...] = forest.find_pairs(design, self.y, self.weights, rows, start)
        above = []
        for bag in range(forest.over.bags if pairs else 0):
            booster = forest.pair_booster(design, self.y, self.weights, rows, start, pairs, bag)
            _add(booster, choice.above)
            above.append(booster)
        return Grown(design, mains, pairs, above)

    def _loss(self, margin: Floats, rows: Rows) -> float:
        return float(self.weights[rows] @ (np.logaddexp(0, margin) - self.y[rows] * margin))

    def _least(self, folds: Sequence[_Fold], start: Floats, rows: Rows, most: int) -> _Least:
        """Return the number of trees of least loss, growing all folds side by side."""
        margin = start.copy()
        best = _Least(0, np.inf, start)
        for count in range(STEP, most + 1, STEP):
            for one in folds:
                margin[one.out] += one.grow(STEP)
            loss = self._loss(margin, rows)
            if loss < best.loss:
                best = _Least(count, loss, margin.copy())
            elif count >= best.trees + PATIENCE * STEP:
                break
        return best

    def _calibrated(self, margin: Floats, rows: Rows) -> Calibration:
        return fitted("platt", -margin, self.y[rows], self.weights[rows])


@dataclass(frozen=True, eq=False)
class _Fold:
    """A booster, the places of rows it does not learn from, and what it sees of them."""

    booster: Any
    out: Rows
    values: NDArray[np.float32]

    def grow(self, trees: int) -> Floats:
        """Add trees and return what they say of the rows out of fold."""
        grown = self.booster.current_iteration()
        _add(self.booster, trees)
        return sums(self.booster, self.values, grown, trees)

    def predict(self, values: NDArray[np.float32], trees: int) -> Floats:
        """Return log-odds of bad by the first trees."""
        return sums(self.booster, values, trees=trees)


@dataclass(frozen=True, eq=False)
class _Least:
    trees: int
    loss: float
    margin: Floats


def _add(booster: Any, trees: int) -> None:  # noqa: ANN401 - LightGBM ships no types
    for _ in range(trees):
        if booster.update():
            break  # no cut is left that gains anything
