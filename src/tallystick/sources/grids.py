"""Small files as whole tables of text: every sheet, every row, nothing looked for.

Owns the reading of questionnaires and their like, where a table may be a matrix, several stand in
one workbook, and what a column means is decided elsewhere. Rules: cells are text; a row keeps the
line it stands in; a file too large to be filled in by hand is refused.

    >>> read_grids(Path("drinks.csv"))[0].rows[0]
    (1, ['', 'water', 'soda'])
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tallystick.sources.reasons import NO_FILE, UNKNOWN_FORMAT, UNREADABLE
from tallystick.sources.tables import cell_text
from tallystick.sources.tables_csv import CELL_CHARS_MAX, encoding_of

GRID_BYTES_MAX: Final = 16 << 20
GRID_ROWS_MAX: Final = 200_000
GRID_COLUMNS_MAX: Final = 200

_DELIMITERS: Final = ",;\t"


class Grid(NamedTuple):
    """One table: the name of its sheet, "" where it has none, and its rows by line."""

    name: str
    rows: list[tuple[int, list[str]]]


def is_grid(path: Path) -> bool:
    """Return whether the file is of a kind `read_grids` takes."""
    return path.suffix.lower() in {".csv", ".tsv", ".txt", ".xlsx", ".xlsm"}


def read_grids(path: Path) -> list[Grid]:
    """Return every table of a workbook, or the one of a CSV file; empty rows are left out.

    Raises TallyError `no_file`, `unknown_format`, `unknown_encoding`, `unreadable`.
    """
    if not path.is_file():
        raise NO_FILE.error(file=path.name)
    if not is_grid(path):
        raise UNKNOWN_FORMAT.error(file=path.name)
    if path.stat().st_size > GRID_BYTES_MAX:
        raise UNREADABLE.error(file=path.name)
    grids = _of_workbook(path) if path.suffix.lower().startswith(".xls") else _of_text(path)
    if sum(len(grid.rows) for grid in grids) > GRID_ROWS_MAX:
        raise UNREADABLE.error(file=path.name)
    return grids


def read_text(path: Path) -> str:
    """Return the text of a small file. Raises TallyError as `read_grids`."""
    if not path.is_file():
        raise NO_FILE.error(file=path.name)
    if path.stat().st_size > GRID_BYTES_MAX:
        raise UNREADABLE.error(file=path.name)
    try:
        return path.read_text(encoding=encoding_of(path))
    except UnicodeDecodeError:
        raise UNREADABLE.error(file=path.name) from None


def _of_text(path: Path) -> list[Grid]:
    text = read_text(path)
    csv.field_size_limit(CELL_CHARS_MAX)
    delimiter = max(_DELIMITERS, key=text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [
            (reader.line_num, _trimmed(cells))
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error:
        raise UNREADABLE.error(file=path.name) from None
    return [Grid("", rows)]


def _of_workbook(path: Path) -> list[Grid]:
    from tallystick.sources.tables_excel import opened_workbook  # noqa: PLC0415  (slow to load)

    book = opened_workbook(path)
    try:
        grids = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            grids.append(Grid(sheet.title, list(_rows_of(path, sheet.iter_rows(values_only=True)))))
        return [grid for grid in grids if grid.rows]
    finally:
        book.close()


def _rows_of(path: Path, rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[int, list[str]]]:
    try:
        for line, values in enumerate(rows, 1):
            if line > GRID_ROWS_MAX:
                raise UNREADABLE.error(file=path.name)
            cells = [cell_text(value) for value in values[:GRID_COLUMNS_MAX]]
            if any(cell.strip() for cell in cells):
                yield line, _trimmed(cells)
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, OSError):
        raise UNREADABLE.error(file=path.name) from None


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]
