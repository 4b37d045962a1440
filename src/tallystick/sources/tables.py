"""Files as rows of text, one at a time.

Owns the opening of a file of any format as a `Table`: its headers, and its rows with the line each
begins at. Rules: no table is ever whole in memory; a cell is text, "" where empty, and a number
keeps every digit it was written with; nothing here knows what a column means.

    >>> with open_table(Path("members.csv"), how_many_headers) as table:
    ...     for line, cells in table.rows(range(len(table.headers))):
    ...         ...
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from tallystick.kernel.decimals import decimal_text
from tallystick.sources.reasons import NO_FILE, UNKNOWN_FORMAT

Row = tuple[int, Sequence[str] | None]
"""The line a row begins at (1-based) and its cells; None where the row cannot be read."""

Recognise = Callable[[Sequence[str]], int]
"""How many cells of a row are headers that are known."""

HEADER_WITHIN_ROWS: Final = 10
"""A header is looked for in this many first rows; titles and notes may stand above it."""

_FORMATS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
}


class Table(Protocol):
    """An opened file.

    `rows` may be called once. `wanted` are the positions of the cells needed; other cells may come
    as "". `filled` counts the cells of an unwanted column where the format can tell without reading
    them, and is None where the caller must count.
    """

    headers: tuple[str, ...]
    format: str
    encoding: str

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield the rows below the header, in order, without the empty ones."""

    def filled(self, position: int) -> int | None:
        """Return how many cells of a column are not empty, None where rows must be counted."""

    def close(self) -> None:
        """Close the file. May be called twice."""

    def __enter__(self) -> Self:
        """Return the table."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""


class _Closing(Protocol):
    def close(self) -> object: ...


class OpenFile:
    """The part of a `Table` that is the same in every format: the file behind it is closed."""

    _file: _Closing

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_table(path: Path, recognise: Recognise) -> Table:
    """Return the file opened.

    Raises TallyError `no_file`, `unknown_format`, `unknown_encoding`, `unreadable`.
    """
    if not path.is_file():
        raise NO_FILE.error(file=path.name)
    kind = _FORMATS.get(path.suffix.lower())
    if kind == "csv":
        from tallystick.sources.tables_csv import CsvTable  # noqa: PLC0415  (formats load alone)

        return CsvTable(path, recognise)
    if kind == "excel":
        from tallystick.sources.tables_excel import ExcelTable  # noqa: PLC0415

        return ExcelTable(path, recognise)
    if kind == "json":
        from tallystick.sources.tables_json import JsonTable  # noqa: PLC0415

        return JsonTable(path)
    if kind == "parquet":
        from tallystick.sources.tables_parquet import ParquetTable  # noqa: PLC0415

        return ParquetTable(path)
    raise UNKNOWN_FORMAT.error(file=path.name)


def header_at(rows: Sequence[Sequence[str]], recognise: Recognise) -> int:
    """Return which of the first rows is the header: the one with most known headers, or the first.

    rows: the first rows of the file, at most HEADER_WITHIN_ROWS.
    """
    return max(range(len(rows)), key=lambda at: recognise(rows[at]), default=0)


def cell_text(cell: object) -> str:
    """Return a cell of a spreadsheet, JSON or Parquet file as text.

    A float is written with the digits it shows, never in exponents; a time at midnight is a date.
    Raises ValueError for a nested object: it is no cell.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return _number_text(Decimal(repr(cell)))
    if isinstance(cell, Decimal):
        return _number_text(cell)
    if isinstance(cell, datetime.datetime):
        at_midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if at_midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, list | tuple):
        return "、".join(cell_text(part) for part in cell)
    kind = type(cell).__name__
    raise ValueError(kind)


def _number_text(number: Decimal) -> str:
    return decimal_text(number) if number.is_finite() else ""
