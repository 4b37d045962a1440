"""The columns of a table as inputs of trees that each read one variable, or two.

Owns `Design`. Rules: what trees see of a column is the number of its fine cell, categories in the
order of their evidence, so that what they find is a table of cells and nothing else; specials,
missing and else are told apart from values by an input of their own, and both inputs of a column
may stand in one tree, no others with them; a pair sees coarse cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.binning.fine import Fine
from tallystick.modelling.tables import Floats, Rows, summed
from tallystick.modelling.wishes import Shape

Inputs = NDArray[np.float32]
SIGNS: Final = {"rising": -1, "falling": 1}  # of the log-odds of bad, as the value grows
APART_MIN: Final = 30
"""Rows without a value from which on their state is an input of its own."""
_SHRUNK: Final = 10.0  # average rows a category is mixed with before categories are ordered
_TAILS: Final = (0.01, 0.05, 0.95, 0.99)


@dataclass(frozen=True, eq=False)
class Feature:
    """One column. place: by fine cell, what trees see of it as a value, NaN if it is none.

    coarse: by fine cell, the number of its coarse cell; coarse cells of values come first.
    apart: enough rows hold no value for trees to learn from that alone.
    """

    fine: Fine
    shape: Shape
    place: Inputs
    coarse: NDArray[np.int64]
    apart: bool

    @cached_property
    def state(self) -> Inputs:
        """By fine cell: 0 for a value, else which special, missing or else; 0 if not `apart`."""
        cells = np.arange(self.fine.size) if self.apart else np.zeros(self.fine.size)
        return np.maximum(cells - self.fine.parts + 1, 0).astype(np.float32)

    @property
    def coarse_size(self) -> int:
        """Number of coarse cells."""
        return int(self.coarse.max()) + 1


def feature_of(
    fine: Fine, shape: Shape, y: Floats, weights: Floats, rows: Rows, coarse: int
) -> Feature:
    """Return a column as inputs; what looks at outcomes looks at these rows only."""
    codes = fine.codes[rows]
    counts = summed(codes, weights[rows], fine.size)
    order = np.arange(fine.parts)
    if fine.kind == "category":
        bads = summed(codes, weights[rows] * y[rows], fine.size)
        share = bads.sum() / counts.sum()
        rate = (bads + _SHRUNK * share) / (counts + _SHRUNK)
        order = np.argsort(-rate[: fine.parts], kind="stable")
    place = np.full(fine.size, np.nan, np.float32)
    place[order] = np.arange(fine.parts)
    into = np.arange(fine.size) - fine.parts
    groups = _coarse(counts[order], coarse, ordered=fine.kind == "number")
    into[order] = groups
    into[fine.parts :] += groups.max() + 1
    apart = bool((codes >= fine.parts).sum() >= APART_MIN)
    return Feature(fine, shape, place, into, apart)


def _coarse(counts: Floats, cells: int, *, ordered: bool) -> NDArray[np.int64]:
    """Return coarse cells of about equally many rows, and of the far tails of numbers."""
    if len(counts) <= cells:
        return np.arange(len(counts))
    tails = _TAILS if ordered else ()
    inner = cells - len(tails)
    shares = np.unique([*(np.arange(1, inner) / inner), *tails])
    upto = np.cumsum(counts) - counts / 2
    found = np.searchsorted(shares, upto / max(counts.sum(), 1e-9), side="right")
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True, eq=False)
class Design:
    """All columns as inputs: the value and the state of each, in turn."""

    features: Sequence[Feature]

    def matrix(self, rows: Rows) -> Inputs:
        """Return what main trees see, shape (rows, 2 columns)."""
        made = np.empty((len(rows), 2 * len(self.features)), np.float32)
        for at, one in enumerate(self.features):
            codes = one.fine.codes[rows]
            made[:, 2 * at] = one.place[codes]
            made[:, 2 * at + 1] = one.state[codes]
        return made

    @property
    def groups(self) -> list[list[int]]:
        """Inputs that may stand in one main tree."""
        return [[2 * at, 2 * at + 1] for at in range(len(self.features))]

    @property
    def signs(self) -> list[int]:
        """What is stated of each input of main trees, as LightGBM wants it."""
        return [sign for one in self.features for sign in (SIGNS.get(one.shape, 0), 0)]

    def coarse_matrix(self, rows: Rows) -> Inputs:
        """Return what pair trees see, shape (rows, columns)."""
        columns = [one.coarse[one.fine.codes[rows]] for one in self.features]
        return np.column_stack(columns).astype(np.float32)

    def probes(self) -> tuple[Inputs, list[slice]]:
        """Return a row for every fine cell of every column, the others at their first cell.

        The first row has all of them there. Slices: the rows of each column.
        """
        sizes = [one.fine.size for one in self.features]
        ends = np.cumsum([1, *sizes])
        made = np.zeros((ends[-1], 2 * len(self.features)), np.float32)
        places = [slice(a, b) for a, b in pairwise(ends.tolist())]
        for at, (one, place) in enumerate(zip(self.features, places, strict=True)):
            made[place, 2 * at] = one.place
            made[place, 2 * at + 1] = one.state
        return made, places


def design_of(
    cells: Sequence[Fine],
    shapes: Mapping[str, Shape],
    y: Floats,
    weights: Floats,
    rows: Rows,
    coarse: int,
) -> Design:
    """Return the columns as inputs; what looks at outcomes looks at these rows only."""
    return Design(
        [feature_of(one, shapes.get(one.name, "auto"), y, weights, rows, coarse) for one in cells]
    )
