"""A card on many organisations at once: the same integers as the reference, fast.

Owns `Batch`. Rules: what it gives equals the interpreter to the last point, which tests and the
certificate hold it to; rows are done in blocks that stay in the cache, without a branch on a value;
categories are looked up by their code, never as text; several threads share the rows.

    Batch(card).raw({"margin": values, "sector": Categories(codes, texts)})      # int64 (rows,)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import CATEGORY, NUMBER, TREES, Axis, Card
from tallystick.scorecards.interpreting import VALUE_ABSENT
from tallystick.scorecards.reasons import MEAN, REASONS_MAX, Baseline, shares_by_cell

if TYPE_CHECKING:
    from tallystick.scorecards.trees import TreeReader

BLOCK: Final = 4096
SHARE_ROWS: Final = 65_536  # rows a thread takes at once
THREADS: Final = 2
_STEPS_MAX: Final = 100_000  # raw scores between the first step and the last, kept as a table
_LINEAR_MAX: Final = 24  # beyond so many cuts, halving is faster than counting

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Categories(NamedTuple):
    """A column of categories: codes int32 (rows,), -1 where missing, and what each code means."""

    codes: NDArray[np.int32]
    texts: Sequence[str]


Columns = Mapping[str, Floats | Categories]

WRONG_TYPE = Reason(
    "column_of_wrong_type",
    Text(
        "列 {column} 的类型是 {found}，评分卡要的是{wanted}",
        "the column {column} is of type {found}, and the card reads {wanted}",
    ),
    "docs/spec/scorecard.md",
    Text("请改成评分卡要的类型。", "Change it into what the card reads."),
)
WANTED: Final = {NUMBER: Text("数", "numbers"), CATEGORY: Text("文字", "texts")}


_Reader = Callable[[slice, NDArray[np.int32]], None]


@dataclass(frozen=True, eq=False)
class _Axis:
    """An axis as arrays. numbers: cuts, special values and their cells; categories: none."""

    axis: Axis
    cuts: Floats
    special: Floats
    special_cells: NDArray[np.int32]

    def reader(self, column: Floats | Categories) -> _Reader:
        """Return what writes the cell of each row; the texts of a column are looked up once."""
        missing = self.axis.missing
        if isinstance(column, Categories):
            table, codes = _cells_of_codes(self.axis, column.texts), column.codes

            def take(rows: slice, into: NDArray[np.int32]) -> None:
                np.take(table, codes[rows], out=into, mode="wrap")  # -1 is the last: missing

            return take
        count = _halve if len(self.cuts) > _LINEAR_MAX else _count

        def compare(rows: slice, into: NDArray[np.int32]) -> None:
            count(column[rows], self.cuts, self.special, self.special_cells, missing, into)

        return compare


class Batch:
    """A card ready for many rows."""

    def __init__(self, card: Card, baseline: Baseline = MEAN) -> None:
        self.card = card
        self._axes = [[_arrays(axis) for axis in term.axes] for term in card.terms]
        self._points = [np.array(term.points, np.int64) for term in card.terms]
        self._place = {one.name: at for at, one in enumerate(card.variables)}
        self.names = tuple(one.name for one in card.variables)
        # In reasons ties go by name: variables are looked at in that order.
        self._by_name = np.array(
            sorted(range(len(self.names)), key=self.names.__getitem__), np.int64
        )
        self._shares, self._scales = _whole_shares(card, baseline)

    def raw(self, columns: Columns) -> Integers:
        """Return the raw score of each row. Raises: VALUE_ABSENT, WRONG_TYPE."""
        rows = _rows(columns, self.card)
        if self.card.kind == TREES:
            return self._of_trees(columns)
        found = np.empty(rows, np.int64)
        readers = self._readers(columns)

        def work(part: slice) -> None:
            for at in range(part.start, part.stop, BLOCK):
                block = slice(at, min(at + BLOCK, part.stop))
                self._block(readers, block, found[block], None)

        _share_out(rows, work)
        return found

    def raw_and_reasons(
        self, columns: Columns, most: int = REASONS_MAX
    ) -> tuple[Integers, NDArray[np.int16]]:
        """Return raw scores, and reasons: places in `names`, int16 (rows, most), -1 for none."""
        rows = _rows(columns, self.card)
        reasons = np.full((rows, most), -1, np.int16)
        if self.card.kind == TREES:
            return self._of_trees(columns), self._tree_reasons(columns, reasons)
        found = np.empty(rows, np.int64)
        readers = self._readers(columns)

        def work(part: slice) -> None:
            for at in range(part.start, part.stop, BLOCK):
                block = slice(at, min(at + BLOCK, part.stop))
                shares = np.zeros((len(self.names), block.stop - block.start), np.int64)
                self._block(readers, block, found[block], shares)
                for place, scale in self._scales.items():
                    _divide(shares[place], scale)
                _select(shares, self._by_name, reasons[block])

        _share_out(rows, work)
        return found, reasons

    def outcome(self, raw: Integers) -> tuple[Integers, Floats]:
        """Return score and probability of bad; NaN where the card states none."""
        outcome = self.card.outcome
        at = _steps(np.array(outcome.upper, np.int64), raw)
        score = np.array(outcome.score, np.int64)[at] if outcome.score else raw
        if not outcome.pd_ppm:
            return score, np.full(len(raw), np.nan)
        return score, np.array(outcome.pd_ppm, np.float64)[at] / 1e6

    def _readers(self, columns: Columns) -> list[list[_Reader]]:
        """Return by term and axis what writes the cells of a block."""
        return [[one.reader(columns[one.axis.variable]) for one in axes] for axes in self._axes]

    def _block(
        self, readers: list[list[_Reader]], rows: slice, raw: Integers, shares: Integers | None
    ) -> None:
        raw[:] = self.card.offset
        cells = np.empty(len(raw), np.int32)
        other = np.empty(len(raw), np.int32)
        for at, (axes, points) in enumerate(zip(self._axes, self._points, strict=True)):
            readers[at][0](rows, cells)
            if len(axes) > 1:
                readers[at][1](rows, other)
                cells *= np.int32(axes[1].axis.size)
                cells += other
            _add(raw, points, cells)
            if shares is not None:
                for one, table in zip(axes, self._shares[at], strict=True):
                    _add(shares[self._place[one.axis.variable]], table, cells)

    def _inputs(self, columns: Columns) -> Floats:
        """Return what the trees see, float64 (rows, inputs)."""
        ensemble = self.card.ensemble
        if ensemble is None:
            raise TypeError("a card of trees has an ensemble")
        made = []
        for name in ensemble.inputs:
            column = columns[name]
            if isinstance(column, Categories):
                codes = ensemble.encodings[name]
                table = [float(codes.get(text, "nan")) for text in column.texts]
                column = np.array([*table, np.nan])[column.codes]
            made.append(column)
        return np.column_stack(made)

    @cached_property
    def _trees(self) -> TreeReader:
        from tallystick.scorecards.trees import TreeReader  # noqa: PLC0415 - not for points

        if self.card.ensemble is None:
            raise TypeError("a card of trees has an ensemble")
        return TreeReader(self.card.ensemble)

    def _of_trees(self, columns: Columns) -> Integers:
        return self._trees.raw_batch(self._inputs(columns))

    def _tree_reasons(self, columns: Columns, into: NDArray[np.int16]) -> NDArray[np.int16]:
        values = self._inputs(columns)
        for at in range(0, len(values), BLOCK):
            shares = self._trees.contributions(values[at : at + BLOCK])[1]
            _select(np.ascontiguousarray(shares.T), self._by_name, into[at : at + BLOCK])
        return into


def _arrays(axis: Axis) -> _Axis:
    if axis.kind != NUMBER:
        return _Axis(axis, np.empty(0), np.empty(0), np.empty(0, np.int32))
    return _Axis(
        axis,
        np.array(axis.cuts, np.float64),
        np.array(list(axis.codes), np.float64),
        np.array(list(axis.codes.values()), np.int32),
    )


def _cells_of_codes(axis: Axis, texts: Sequence[str]) -> NDArray[np.int32]:
    """Return the cell of each code, and last that of missing."""
    found = (axis.places.get(one, axis.otherwise) if one else axis.missing for one in texts)
    return np.array([*found, axis.missing], np.int32)


def _whole_shares(card: Card, baseline: Baseline) -> tuple[list[list[Integers]], dict[int, int]]:
    """Return whole shares by term, axis and cell, and what the sums of some are divided by.

    Exact shares are rounded once: in the table where one axis reads a variable, and after the sum,
    over a common denominator, where several do.
    """
    exact = [shares_by_cell(term, baseline) for term in card.terms]
    read = [axis.variable for term in card.terms for axis in term.axes]
    place = {one.name: at for at, one in enumerate(card.variables)}
    scales: dict[int, int] = {}
    for term, tables in zip(card.terms, exact, strict=True):
        for axis, table in zip(term.axes, tables, strict=True):
            if read.count(axis.variable) > 1:
                at = place[axis.variable]
                scales[at] = lcm(scales.get(at, 1), *(one.denominator for one in table))
    made = [
        [
            np.array([round(one * scales.get(place[axis.variable], 1)) for one in table], np.int64)
            for axis, table in zip(term.axes, tables, strict=True)
        ]
        for term, tables in zip(card.terms, exact, strict=True)
    ]
    return made, scales


def _rows(columns: Columns, card: Card) -> int:
    """Return how many rows there are, the same in every column of the card's."""
    rows = -1
    for variable in card.variables:
        if variable.name not in columns:
            raise VALUE_ABSENT.error(variable=variable.name)
        column = columns[variable.name]
        texts = isinstance(column, Categories)
        if texts != (variable.kind != NUMBER):
            found = WANTED[CATEGORY if texts else NUMBER]
            raise WRONG_TYPE.error(column=variable.name, found=found, wanted=WANTED[variable.kind])
        length = len(column.codes) if isinstance(column, Categories) else len(column)
        if rows not in {-1, length}:
            raise ValueError(f"columns of {rows} and of {length} rows")
        rows = length
    return max(rows, 0)


def _steps(upper: Integers, raw: Integers) -> Integers:
    """Return the step of each raw score: by a table where the steps lie close, else by halving."""
    if not len(upper) or upper[-1] - upper[0] > _STEPS_MAX:
        return np.searchsorted(upper, raw, side="left")
    low, high = int(upper[0]), int(upper[-1]) + 1
    table = np.searchsorted(upper, np.arange(low, high + 1), side="left")
    found: Integers = table[np.clip(raw, low, high) - low]
    return found


def _share_out(rows: int, work: Any) -> None:  # noqa: ANN401 - a function of a slice
    parts = [slice(at, min(at + SHARE_ROWS, rows)) for at in range(0, rows, SHARE_ROWS)]
    if len(parts) == 1:
        work(parts[0])
        return
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, parts))


@njit(nogil=True, cache=True)
def _count(values, cuts, special, special_cells, missing, into):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Count the cuts below each value: as many comparisons as cuts, no branch."""
    rows = len(values)
    for row in range(rows):
        into[row] = 0
    for cut in cuts:
        for row in range(rows):
            into[row] += np.int32(values[row] > cut)
    for row in range(rows):
        into[row] = missing if values[row] != values[row] else into[row]
    for at in range(len(special)):
        for row in range(rows):
            into[row] = special_cells[at] if values[row] == special[at] else into[row]


@njit(nogil=True, cache=True)
def _halve(values, cuts, special, special_cells, missing, into):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Find each value among the cuts by halving."""
    for row in range(len(values)):
        value = values[row]
        low, high = 0, len(cuts)
        while low < high:
            middle = (low + high) // 2
            if cuts[middle] < value:
                low = middle + 1
            else:
                high = middle
        cell = low
        if value != value:  # noqa: PLR0124 - NaN
            cell = missing
        for at in range(len(special)):
            if value == special[at]:
                cell = special_cells[at]
        into[row] = cell


@njit(nogil=True, cache=True)
def _add(into, table, cells):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    for row in range(len(cells)):
        into[row] += table[cells[row]]


@njit(nogil=True, cache=True)
def _divide(shares, scale):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Divide in place, half to even."""
    for row in range(len(shares)):
        whole = shares[row] // scale
        twice = 2 * (shares[row] - whole * scale)
        if twice > scale or (twice == scale and whole % 2 != 0):
            whole += 1
        shares[row] = whole


@njit(nogil=True, cache=True)
def _select(shares, order, into):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Write the places of the lowest shares below 0, lowest first, ties in the order given."""
    most = into.shape[1]
    worst = np.empty(most, np.int64)
    for row in range(into.shape[0]):
        held = 0
        for at in range(most):
            into[row, at] = -1
        for place in order:
            share = shares[place, row]
            if share >= 0 or (held == most and share >= worst[most - 1]):
                continue
            at = held if held < most else most - 1
            while at > 0 and worst[at - 1] > share:
                worst[at] = worst[at - 1]
                into[row, at] = into[row, at - 1]
                at -= 1
            worst[at] = share
            into[row, at] = place
            if held < most:
                held += 1
