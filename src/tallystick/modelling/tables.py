"""A table of organisations as columns, in memory or left on disk.

Owns `Column` and the two tables, `MemoryTable` and `OnDisk`. Rules: NaN is missing; a number is a
double; a category is a text; a table gives one column at a time, so that a fit never needs more
than a column beside its codes.

    numbers.values   float64, shape (rows,), NaN where missing
    categories.codes int32, shape (rows,), -1 where missing; categories[code] is the text
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Column:
    """One column: `values` for a number, `codes` and `categories` for a category."""

    name: str
    kind: Literal["number", "category"]
    values: Floats = field(default_factory=lambda: np.empty(0))
    codes: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    categories: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values) if self.kind == "number" else len(self.codes)

    def take(self, rows: Rows) -> Column:
        """Return the column of these rows, in this order."""
        if self.kind == "number":
            return Column(self.name, self.kind, values=self.values[rows])
        return Column(self.name, self.kind, codes=self.codes[rows], categories=self.categories)


class Table(Protocol):
    """What a fit reads. `column` may read from disk each time it is asked."""

    @property
    def names(self) -> tuple[str, ...]: ...  # noqa: D102 - the names of the columns, in order
    @property
    def rows(self) -> int: ...  # noqa: D102 - how many organisations
    def column(self, name: str) -> Column: ...  # noqa: D102
    def take(self, rows: Rows) -> Table: ...  # noqa: D102


class MemoryTable:
    """A table in memory."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self._columns = {column.name: column for column in columns}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self._columns)

    @property
    def rows(self) -> int:
        """How many organisations."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def column(self, name: str) -> Column:
        """Return one column."""
        return self._columns[name]

    def take(self, rows: Rows) -> MemoryTable:
        """Return the table of these rows, in this order."""
        return MemoryTable(column.take(rows) for column in self._columns.values())


class OnDisk:
    """A table that keeps no column: each is read when it is asked for.

    Rows taken from it, and columns chosen, are such tables again, so that a fold of a large file
    costs another reading and no memory. read: gives a column, from several threads at a time.
    """

    def __init__(self, names: Sequence[str], rows: int, read: Callable[[str], Column]) -> None:
        self._names = tuple(names)
        self._rows = rows
        self._read = read

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self._names

    @property
    def rows(self) -> int:
        """How many organisations."""
        return self._rows

    def column(self, name: str) -> Column:
        """Read one column."""
        return self._read(name)

    def take(self, rows: Rows) -> OnDisk:
        """Return the table of these rows, in this order, which reads as this one does."""
        return OnDisk(self._names, len(rows), lambda name: self._read(name).take(rows))


def from_arrays(arrays: Mapping[str, Any]) -> MemoryTable:
    """Return a table of named arrays: numbers as they are, anything else as texts.

    None, NaN and an empty text are missing.
    """
    return MemoryTable(_column(name, np.asarray(values)) for name, values in arrays.items())


def _column(name: str, values: NDArray[Any]) -> Column:
    if values.dtype.kind in "fiub":
        return Column(name, "number", values=values.astype(np.float64))
    texts = ["" if one is None or one != one else str(one) for one in values.tolist()]  # noqa: PLR0124 - NaN
    categories = tuple(sorted(set(texts) - {""}))
    places = {one: at for at, one in enumerate(categories)}
    codes = np.fromiter((places.get(one, -1) for one in texts), np.int32, len(texts))
    return Column(name, "category", codes=codes, categories=categories)
