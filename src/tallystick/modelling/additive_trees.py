"""Trees of one variable, then of two: grown, and read as tables of cells.

Owns `Tables`, what a sum of such trees says of every cell. Rules: main trees first, trees of pairs
on what they leave; a sum of trees of one variable each is a sum of tables, so a table is read by
asking the trees for each cell, exactly; a pair is read as what it adds beyond its main tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tallystick.modelling.additive_design import SIGNS, Design, Inputs
from tallystick.modelling.boosting import Recipe, grow
from tallystick.modelling.tables import Floats, Rows

Pair = tuple[int, int]
_SEARCH: Final = Recipe(trees=150, learning_rate=0.1, leaves=3, least_rows=10, columns=0.5)
_EXACT: Final = {"max_bin": 255, "min_data_in_bin": 1}  # a bin for every cell


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
    """Boosters of main trees, and of pairs on top of the first `count` main trees."""

    design: Design
    mains: list[Any]
    pairs: tuple[Pair, ...] = ()
    above: tuple[Any, ...] = ()
    count: int = 0

    def tables(self, mains: int, above: int = 0) -> Tables:
        """Return the tables of the first `mains` main trees and `above` trees of pairs.

        With pairs, `mains` is the count they were grown on.
        """
        probes, places = self.design.probes()
        found = _mean(self.mains, probes, mains)
        made = Tables(float(found[0]), [found[place] - found[0] for place in places], {})
        return self._with_pairs(made, above) if above else made

    def _with_pairs(self, made: Tables, above: int) -> Tables:
        """Return tables with what trees of pairs add: to each column, and beyond both."""
        width = len(self.design.features)
        sizes = [one.coarse_size for one in self.design.features]
        origin = float(_mean(self.above, np.zeros((1, width), np.float32), above)[0])
        alone: dict[int, Floats] = {}
        for at in sorted({at for pair in self.pairs for at in pair}):
            probes = np.zeros((sizes[at], width), np.float32)
            probes[:, at] = np.arange(sizes[at])
            alone[at] = _mean(self.above, probes, above) - origin
        pairs: dict[Pair, Floats] = {}
        for a, b in self.pairs:
            probes = np.zeros((sizes[a] * sizes[b], width), np.float32)
            first, second = np.indices((sizes[a], sizes[b]))
            probes[:, a], probes[:, b] = first.ravel(), second.ravel()
            both = _mean(self.above, probes, above).reshape(sizes[a], sizes[b])
            pairs[a, b] = both - origin - alone[a][:, None] - alone[b]
        mains = [
            table + alone[at][one.coarse] if at in alone else table
            for at, (one, table) in enumerate(zip(self.design.features, made.mains, strict=True))
        ]
        return Tables(made.intercept + origin, mains, pairs)

    def margin(self, rows: Rows, mains: int) -> Floats:
        """Return log-odds of bad after the first `mains` main trees, shape (rows,)."""
        return _mean(self.mains, self.design.matrix(rows), mains)


def grow_mains(
    design: Design, y: Floats, weights: Floats, rows: Rows, recipe: Recipe, seed: int, threads: int
) -> Grown:
    """Return boosters whose every tree reads one column."""
    signs = {"monotone_constraints": design.signs} if any(design.signs) else {}
    boosters = grow(
        design.matrix(rows),
        y[rows],
        weights[rows],
        recipe,
        seed=seed,
        threads=threads,
        interaction_constraints=design.groups,
        **_EXACT,
        **signs,
    )
    return Grown(design, boosters)


def grow_pairs(  # noqa: PLR0913 - what a booster is grown from
    grown: Grown,
    y: Floats,
    weights: Floats,
    rows: Rows,
    recipe: Recipe,
    *,
    count: int,
    most: int,
    seed: int,
    threads: int,
) -> Grown:
    """Return the same with trees of at most `most` pairs on the first `count` main trees."""
    start = grown.margin(rows, count)
    values = grown.design.coarse_matrix(rows)
    free = [at for at, one in enumerate(grown.design.features) if one.shape not in SIGNS]
    if len(free) < 2 or not most:  # noqa: PLR2004 - a pair
        return grown
    dice = {"seed": seed, "threads": threads, "start": start}
    found = grow(values, y[rows], weights[rows], _SEARCH, **dice, **_EXACT)  # type: ignore[arg-type]
    pairs = _pairs(found[0].dump_model()["tree_info"], set(free))[:most]
    if not pairs:
        return grown
    together = [list(pair) for pair in pairs]
    above = grow(
        values,
        y[rows],
        weights[rows],
        recipe,
        interaction_constraints=together,
        **dice,  # type: ignore[arg-type]
        **_EXACT,
    )
    return replace(grown, pairs=tuple(pairs), above=tuple(above), count=count)


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


def _mean(boosters: Sequence[Any], values: Inputs, trees: int) -> Floats:
    sums = [one.predict(values, raw_score=True, num_iteration=trees) for one in boosters]
    return np.asarray(np.mean(sums, axis=0), np.float64)
