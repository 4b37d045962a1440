"""Excel workbooks (xlsx, xlsm): the first sheet with a header that is known.

Rules: values are read, formulas are not computed; a line is the number of the row in the sheet.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tallystick.sources.reasons import UNREADABLE
from tallystick.sources.tables import (
    HEADER_WITHIN_ROWS,
    OpenFile,
    Recognise,
    Row,
    cell_text,
    header_at,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

UNPACKED_BYTES_MAX: Final = 1 << 32
"""A workbook that unpacks to more is refused: a small file can be made to unpack without end."""


ROWS_MAX: Final = 1 << 20
"""Rows a sheet can have; a row that claims a higher number is made up."""


class ExcelTable(OpenFile):
    """One sheet of a workbook, read row by row."""

    format = "excel"
    encoding = ""
    _file: Workbook

    def __init__(self, path: Path, recognise: Recognise) -> None:
        self._name = path.name
        self._file = opened_workbook(path)
        try:
            self._sheet, self._first = self._find(recognise)
        except BaseException:
            self._file.close()
            raise

    def _find(self, recognise: Recognise) -> tuple[Any, int]:
        """Choose the sheet; return it and the row its header is in (1-based)."""
        found: list[tuple[int, Any, int, tuple[str, ...]]] = []
        for sheet in self._file.worksheets:
            sheet.reset_dimensions()
            cells_of = sheet.iter_rows(max_row=HEADER_WITHIN_ROWS, values_only=True)
            top = [[_header_text(cell) for cell in cells] for cells in self._guarded(cells_of)]
            at = header_at(top, recognise)
            header = top[at] if top else []
            while header and not header[-1].strip():
                header.pop()
            found.append((recognise(header), sheet, at + 1, tuple(header)))
        if not found:
            raise UNREADABLE.error(file=self._name)
        best = max(found, key=lambda entry: entry[0])
        self.headers = best[3]
        return best[1], best[2]

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield the rows below the header; cells right of the header only where they hold text."""
        del wanted
        width = len(self.headers)
        rows = self._sheet.iter_rows(min_row=self._first + 1, values_only=True)
        for line, values in enumerate(self._guarded(rows), self._first + 1):
            if line > ROWS_MAX:
                raise UNREADABLE.error(file=self._name)
            cells = _texts(values)
            if cells is None or any(cells):
                while cells and len(cells) > width and not cells[-1].strip():
                    cells.pop()
                yield line, cells

    def _guarded(self, rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
        """Yield `rows`. Raises `unreadable` for what the library throws: it may quote a cell."""
        while True:
            try:
                row = next(rows, None)
            except Exception:  # noqa: BLE001  (whatever a damaged sheet sets off)
                row = ()
                failed = True
            else:
                failed = False
            if failed:
                raise UNREADABLE.error(file=self._name)
            if row is None:
                return
            yield row

    def filled(self, position: int) -> int | None:
        """Return None: the cells pass by and are counted."""
        del position
        return None


def opened_workbook(path: Path) -> Workbook:
    """Return the workbook, opened to be read row by row. Raises TallyError `unreadable`."""
    from openpyxl import load_workbook  # noqa: PLC0415  (slow to load; CSV does without)
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(path) as package:
            if sum(part.file_size for part in package.infolist()) > UNPACKED_BYTES_MAX:
                raise UNREADABLE.error(file=path.name)
        return load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise UNREADABLE.error(file=path.name) from None


def _header_text(cell: object) -> str:
    return cell_text(cell) if cell is None or isinstance(cell, str) else "·"


def _texts(values: Sequence[object]) -> list[str] | None:
    try:
        return [cell_text(value) for value in values]
    except ValueError:
        return None
