"""Trees of one variable, then of two: grown, and read as tables of cells.

Owns `Tables`, what a sum of such trees says of every cell. Rules: main trees first, trees of pairs
on what they leave; a sum of trees of one variable each is a sum of tables, so a table is read by
asking the trees for each cell, exactly; a pair is read as what it adds beyond its main tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tallystick.modelling.additive_design import SIGNS, Design, Inputs
from tallystick.modelling.boosting import Recipe, begin, grow, sums
from tallystick.modelling.tables import Floats, Rows

Pair = tuple[int, int]
_SEARCH: Final = Recipe(trees=150, learning_rate=0.1, leaves=3, least_rows=10, columns=0.5)
_EXACT: Final[dict[str, Any]] = {"max_bin": 255, "min_data_in_bin": 1}  # a bin for every cell


@dataclass(frozen=True, eq=False)
class Tables:
    """Log-odds of bad: intercept, by column and fine cell, and by pair and coarse cells."""

    intercept: float
    mains: list[Floats]
    pairs: dict[Pair, Floats]

    def margin(self, design: Design, rows: Rows) -> Floats:
        """Return log-odds of bad, shape (rows,)."""
        found = np.full(len(rows), self.intercept)
        for one, table in zip(design.features, self.mains, strict=True):
            found += table[one.fine.codes[rows]]
        for (a, b), table in self.pairs.items():
            first, second = design.features[a], design.features[b]
            codes = (first.fine.codes[rows], second.fine.codes[rows])
            found += table[first.coarse[codes[0]], second.coarse[codes[1]]]
        return found


@dataclass(frozen=True, eq=False)
class Grown:
    """Boosters of main trees, and of pairs on top of them."""

    design: Design
    mains: Sequence[Any]
    pairs: tuple[Pair, ...] = ()
    above: Sequence[Any] = ()

    def tables(self) -> Tables:
        """Return what all these trees say."""
        probes, places = self.design.probes()
        found = _mean(self.mains, probes)
        made = Tables(float(found[0]), [found[place] - found[0] for place in places], {})
        return self._with_pairs(made) if self.pairs else made

    def _with_pairs(self, made: Tables) -> Tables:
        """Return tables with what trees of pairs add: to each column, and beyond both."""
        width = len(self.design.features)
        sizes = [one.coarse_size for one in self.design.features]
        origin = float(_mean(self.above, np.zeros((1, width), np.float32))[0])
        alone: dict[int, Floats] = {}
        for at in sorted({at for pair in self.pairs for at in pair}):
            probes = np.zeros((sizes[at], width), np.float32)
            probes[:, at] = np.arange(sizes[at])
            alone[at] = _mean(self.above, probes) - origin
        pairs: dict[Pair, Floats] = {}
        for a, b in self.pairs:
            probes = np.zeros((sizes[a] * sizes[b], width), np.float32)
            first, second = np.indices((sizes[a], sizes[b]))
            probes[:, a], probes[:, b] = first.ravel(), second.ravel()
            both = _mean(self.above, probes).reshape(sizes[a], sizes[b])
            pairs[a, b] = both - origin - alone[a][:, None] - alone[b]
        mains = [
            table + alone[at][one.coarse] if at in alone else table
            for at, (one, table) in enumerate(zip(self.design.features, made.mains, strict=True))
        ]
        return Tables(made.intercept + origin, mains, pairs)


@dataclass(frozen=True)
class Forest:
    """How trees are grown: the recipes, two-way terms at most, seed and threads of LightGBM."""

    mains: tuple[Recipe, ...]
    over: Recipe
    pairs: int
    seed: int
    threads: int

    def main_booster(
        self,
        design: Design,
        y: Floats,
        weights: Floats,
        rows: Rows,
        recipe: Recipe,
        bag: int,
    ) -> Any:  # noqa: ANN401 - LightGBM ships no types
        """Return a booster, still without trees, whose every tree will read one column."""
        signs: dict[str, Any] = {"monotone_constraints": design.signs} if any(design.signs) else {}
        return begin(
            design.matrix(rows),
            y[rows],
            weights[rows],
            recipe,
            seed=self.seed + bag,
            threads=self.threads,
            interaction_constraints=design.groups,
            **_EXACT,
            **signs,
        )

    def find_pairs(
        self, design: Design, y: Floats, weights: Floats, rows: Rows, start: Floats
    ) -> tuple[Pair, ...]:
        """Return the pairs of columns that gain most beyond log-odds `start`, most first.

        A column whose shape is stated is in no pair, so that its shape holds.
        """
        free = {at for at, one in enumerate(design.features) if one.shape not in SIGNS}
        values = design.coarse_matrix(rows)
        found = grow(
            values,
            y[rows],
            weights[rows],
            _SEARCH,
            seed=self.seed,
            threads=self.threads,
            start=start,
            **_EXACT,
        )
        return tuple(_pairs(found[0].dump_model()["tree_info"], free)[: self.pairs])

    def pair_booster(
        self,
        design: Design,
        y: Floats,
        weights: Floats,
        rows: Rows,
        start: Floats,
        pairs: Sequence[Pair],
        bag: int,
    ) -> Any:  # noqa: ANN401 - LightGBM ships no types
        """Return a booster, still without trees, whose every tree will read one of the pairs."""
        return begin(
            design.coarse_matrix(rows),
            y[rows],
            weights[rows],
            self.over,
            seed=self.seed + bag,
            threads=self.threads,
            start=start,
            interaction_constraints=[list(pair) for pair in pairs],
            **_EXACT,
        )


def _pairs(trees: Sequence[dict[str, Any]], free: set[int]) -> list[Pair]:
    """Return pairs of columns that meet in a tree, by the gain of the lower cut, most first."""
    gains: dict[Pair, float] = {}
    for tree in trees:
        root = tree["tree_structure"]
        for side in ("left_child", "right_child"):
            child = root.get(side, {})
            if "split_feature" in child:
                a, b = sorted((root["split_feature"], child["split_feature"]))
                if a != b and {a, b} <= free:
                    gains[a, b] = gains.get((a, b), 0.0) + child["split_gain"]
    return sorted(gains, key=lambda pair: (-gains[pair], pair))


def _mean(boosters: Sequence[Any], values: Inputs) -> Floats:
    return np.asarray(np.mean([sums(one, values) for one in boosters], axis=0), np.float64)
