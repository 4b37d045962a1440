"""A modeller's file as columns, before anybody says what they mean.

Owns the opening of CSV, Excel, JSON lines and Parquet as a table of every column. Rules: the first
row is the header; nothing is left out yet but columns without a name; texts that are numbers are
read as numbers, and what was done is a `Treatment`; a row that cannot be read, or is longer or
shorter than the header, is counted; columns of one name are refused. Parquet is read column by
column; a file whose columns would need more than MEMORY_BYTES_MAX stays on disk and is read by the
same rules again whenever a column is asked for.

    opened = open_columns(Path("companies.csv"))
    require_organisations(opened.table)       # the charter sees every column
    read = interpret(opened, "y")             # `reading`
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Column, Floats, MemoryTable, OnDisk, Rows, Table
from tallystick.modelling.treatments import EXACT_MAX, Read, Treatment, read_coded, read_texts
from tallystick.sources.reasons import UNREADABLE
from tallystick.sources.tables import open_table

MEMORY_BYTES_MAX: Final = 1 << 30
CELL_BYTES: Final = 8

DUPLICATED_COLUMN = Reason(
    "duplicated_column",
    Text("{file} 有不止一列叫“{column}”", "{file} has more than one column named “{column}”"),
    "docs/models.md",
    Text("请给其中一列改名。", "Rename one of them."),
)
_UNNAMED = Text("没有列名，不用", "no name: left out")
_UNREADABLE_ROWS = Text("{rows} 行无法读取，不用", "{rows} rows cannot be read and are left out")
_RAGGED_ROWS = Text(
    "{rows} 行的格数与表头不同：缺的按缺失，多的不用",
    "{rows} rows have more or fewer cells than the header: what lacks is missing, the rest unused",
)


@dataclass(eq=False)
class Opened:
    """Every column of a file.

    lines: where each row stands; file: the name of the file; refused: by column, why it is not read
    where it is to be used.
    """

    file: str
    table: Table
    lines: Rows
    treatments: list[Treatment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: dict[str, TallyError] = field(default_factory=dict)


def open_columns(path: Path, memory_bytes_max: int | None = None) -> Opened:
    """Return a file opened; Parquet whose doubles need more than `memory_bytes_max` stays on disk.

    memory_bytes_max: MEMORY_BYTES_MAX if None.

    Raises: DUPLICATED_COLUMN, `no_file`, `unknown_format`, `unknown_encoding`, `unreadable`.
    """
    if path.suffix.lower() != ".parquet" or not path.is_file():
        return _open_rows(path)
    return _open_parquet(path, MEMORY_BYTES_MAX if memory_bytes_max is None else memory_bytes_max)


def _open_rows(path: Path) -> Opened:
    with open_table(path, _first_row) as opened:
        headers = [header.strip().lstrip("\ufeff") for header in opened.headers]
        _check_names(path, headers)
        lines: list[int] = []
        columns: list[list[str]] = [[] for _ in headers]
        broken = ragged = 0
        for line, cells in opened.rows(range(len(headers))):
            if cells is None:
                broken += 1
                continue
            lines.append(line)
            if len(cells) != len(headers):
                ragged += 1
                cells = [*cells, *[""] * len(headers)]  # noqa: PLW2901 - the same row, made whole
            for column, cell in zip(columns, cells, strict=False):
                column.append(cell)
    found = Opened(path.name, MemoryTable([]), np.array(lines, np.int64))
    for code, text, rows in (
        ("unreadable_rows", _UNREADABLE_ROWS, broken),
        ("ragged_rows", _RAGGED_ROWS, ragged),
        ("unnamed", _UNNAMED, 0 if all(headers) else len(lines)),
    ):
        if rows:
            found.treatments.append(Treatment("", code, text.fill(rows=rows), rows))
    kept = [
        _kept(found, read_texts(name, cells, lines, path.name))
        for name, cells in zip(headers, columns, strict=True)
        if name
    ]
    found.table = MemoryTable(kept)
    found.treatments = [one for one in found.treatments if one.code != "numbers_as_text"]
    return found


def _first_row(cells: Sequence[str]) -> int:
    """Know no header, so that the first row is taken: columns may be called anything."""
    del cells
    return 0


def _open_parquet(path: Path, memory_bytes_max: int) -> Opened:
    import pyarrow as pa  # noqa: PLC0415 - large; other formats do without
    from pyarrow import parquet  # noqa: PLC0415 - the same

    try:
        with parquet.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            _check_names(path, names)
            rows = int(file.metadata.num_rows)
            found = Opened(path.name, MemoryTable([]), np.arange(1, rows + 1))
            large = rows * len(names) * CELL_BYTES > memory_bytes_max
            columns = []
            for name in filter(None, names):
                column = _column(found, name, file.read([name], use_threads=False).column(0))
                if not large:  # of a large one only what had to be said of it is kept
                    columns.append(column)
    except (pa.ArrowException, OSError):
        raise UNREADABLE.error(file=path.name) from None
    found.table = MemoryTable(columns)
    if large:
        found.table = OnDisk([*filter(None, names)], rows, lambda name: _read_again(path, name))
    return found


def _read_again(path: Path, name: str) -> Column:
    """Return a column as it was read when the file was opened."""
    import pyarrow as pa  # noqa: PLC0415 - as in `_open_parquet`
    from pyarrow import parquet  # noqa: PLC0415 - the same

    unsaid = Opened(path.name, MemoryTable([]), np.empty(0, np.int64))
    try:
        with parquet.ParquetFile(path) as file:
            return _column(unsaid, name, file.read([name], use_threads=False).column(0))
    except (pa.ArrowException, OSError):
        raise UNREADABLE.error(file=path.name) from None


def _column(found: Opened, name: str, values: Any) -> Column:  # noqa: ANN401 - Arrow ships no types
    """Return a column of Arrow: numbers and truth values as doubles, anything else as texts."""
    import pyarrow as pa  # noqa: PLC0415 - as in `_open_parquet`

    kind = values.type
    if pa.types.is_boolean(kind):
        return Column(name, "number", values=_doubles(values.cast(pa.int8())))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return Column(name, "number", values=_doubles(values))
    if pa.types.is_integer(kind) and not _beyond_exact(values):
        return Column(name, "number", values=_doubles(values))
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return _kept(found, read_texts(name, [str(one) for one in values.to_pylist()]))
    coded = values.cast(pa.large_string()).combine_chunks().dictionary_encode()
    known = ["", *coded.dictionary.to_pylist()]
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return _kept(found, read_coded(name, codes, known, None, found.file))


def _doubles(values: Any) -> Floats:  # noqa: ANN401 - as `_column`
    found: NDArray[Any] = values.cast("float64", safe=False).to_numpy(zero_copy_only=False)
    return np.require(found, np.float64, ["C", "W"])


def _beyond_exact(values: Any) -> bool:  # noqa: ANN401 - as `_column`
    from pyarrow import compute  # noqa: PLC0415 - as in `_open_parquet`

    ends = compute.min_max(values).as_py()
    return any(end is not None and abs(end) > EXACT_MAX for end in ends.values())


def _kept(found: Opened, read: Read) -> Column:
    found.treatments += read.treatments
    found.problems += read.problems
    if read.refusal is not None:
        found.refused[read.column.name] = read.refusal
    return read.column


def _check_names(path: Path, names: Sequence[str]) -> None:
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            raise DUPLICATED_COLUMN.error(file=path.name, column=name)
