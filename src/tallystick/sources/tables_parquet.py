"""Parquet files: only the columns that are needed are read from the disk.

Rules: a column of personal cells is never read; how many of its cells are filled comes from the
statistics of the file. A line is the number of the row, from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tallystick.sources.reasons import UNREADABLE
from tallystick.sources.tables import OpenFile, Row, cell_text

BATCH_ROWS: Final = 4096


class ParquetTable(OpenFile):
    """A Parquet file, read a batch of rows at a time."""

    format = "parquet"
    encoding = ""
    _file: Any

    def __init__(self, path: Path) -> None:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415  (large; others do without)

        self._fault = ArrowException
        self._name = path.name
        try:
            self._file = parquet.ParquetFile(path)
        except (ArrowException, OSError):
            raise UNREADABLE.error(file=path.name) from None
        self.headers: tuple[str, ...] = tuple(self._file.schema_arrow.names)

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield the rows; cells of columns that are not wanted are "".

        Raises: TallyError `unreadable`, also between rows: a file may be damaged in the middle.
        """
        names = [self.headers[position] for position in wanted]
        places = dict(zip(names, wanted, strict=True))
        line = 0
        try:
            for batch in self._file.iter_batches(BATCH_ROWS, columns=names, use_threads=False):
                columns = [(places[name], batch.column(name).to_pylist()) for name in places]
                for row in range(batch.num_rows):
                    line += 1
                    cells = self._cells(columns, row)
                    if cells is None or any(cells):
                        yield line, cells
        except (self._fault, OSError):
            raise UNREADABLE.error(file=self._name) from None

    def _cells(self, columns: Sequence[tuple[int, Sequence[object]]], row: int) -> list[str] | None:
        cells = [""] * len(self.headers)
        try:
            for place, values in columns:
                cells[place] = cell_text(values[row])
        except ValueError:
            return None
        return cells

    def filled(self, position: int) -> int | None:
        """Return how many cells of a column are filled, from the statistics of the file."""
        about = self._file.metadata
        path = self.headers[position]
        total = 0
        for group in range(about.num_row_groups):
            part = about.row_group(group)
            for index in range(part.num_columns):
                column = part.column(index)
                if column.path_in_schema == path:
                    statistics = column.statistics
                    empty = statistics.null_count if statistics is not None else 0
                    total += part.num_rows - (empty or 0)
        return total
