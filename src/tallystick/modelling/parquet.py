"""A table left on disk: a Parquet file read one column at a time.

Owns `ParquetTable`. Rules: a column is read when it is asked for and not kept, so that a fit needs
memory for a column and not for the file; numbers of every width, decimals, truth values and dates
become doubles and texts become codes, once and here; NaN and null are both missing, an empty text
too; a kind of column nothing can be made of is refused by name, never turned into a number quietly.

    table = ParquetTable("companies.parquet", without=("y",))
    y = table.column("y").values            # also what is left out of `names`
    card = fit_logistic(table, y)

A truth value is 1 or 0, a decimal its nearest double, a date the days since 1970-01-01 and a time
stamp the same with its fraction of a day. Whole numbers beyond 2^53 are refused: two of them could
become one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Column, Floats, MemoryTable, Rows

EXACT_MAX: Final = 2**53
_DAY_SECONDS: Final = 86_400
_SECOND_PARTS: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

NOT_PARQUET = Reason(
    "not_parquet",
    Text("{file} 不是可读的 Parquet 文件", "{file} is not a Parquet file that can be read"),
    "docs/models.md",
)
NO_COLUMN_OF_NAME = Reason(
    "no_column_of_name",
    Text("{file} 没有列 {column}", "{file} has no column {column}"),
    "docs/models.md",
    Text("请对照文件的列名。", "Compare it with the names of the columns."),
)
COLUMN_NAMED_TWICE = Reason(
    "column_named_twice",
    Text("{file} 有两列都叫 {column}", "{file} has two columns named {column}"),
    "docs/models.md",
    Text("请给其中一列改名。", "Rename one of them."),
)
COLUMN_TYPE_UNKNOWN = Reason(
    "column_type_unknown",
    Text(
        "列 {column} 的类型是 {type}，不是数、文字或日期",
        "column {column} is of type {type}: neither number, text nor date",
    ),
    "docs/models.md",
    Text("请转换这一列，或去掉它。", "Convert the column or leave it out."),
)
NUMBER_TOO_LONG = Reason(
    "number_too_long",
    Text(
        "列 {column} 有超过 2^53 的整数，变成双精度数会改变它",
        "column {column} holds whole numbers beyond 2^53, which a double would change",
    ),
    "docs/models.md",
    Text(
        "这样的数多半是编号：请去掉这一列，或存为文字。",
        "Such a number is most likely a code: leave the column out, or store it as text.",
    ),
)


class ParquetTable:
    """A Parquet file as a table, out of core. Reads only; safe for several threads.

    without: columns that are not inputs, such as the outcome.

    Raises: NOT_PARQUET, COLUMN_NAMED_TWICE, NO_COLUMN_OF_NAME.
    """

    def __init__(self, path: str | Path, without: Iterable[str] = ()) -> None:
        self._path = Path(path)
        try:
            found = pq.read_metadata(self._path)
            schema = found.schema.to_arrow_schema()
        except (OSError, pa.ArrowInvalid) as fault:
            raise NOT_PARQUET.error(file=self._path.name) from fault
        self._all = tuple(schema.names)
        self._texts = {one.name for one in schema if _is_text(one.type)}
        self._rows = int(found.num_rows)
        for name in self._all:
            if self._all.count(name) > 1:
                raise COLUMN_NAMED_TWICE.error(file=self._path.name, column=name)
        left_out = set(without)
        for name in sorted(left_out - set(self._all)):
            raise NO_COLUMN_OF_NAME.error(file=self._path.name, column=name)
        self._names = tuple(name for name in self._all if name not in left_out)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the input columns, in order."""
        return self._names

    @property
    def rows(self) -> int:
        """How many organisations."""
        return self._rows

    def column(self, name: str) -> Column:
        """Read one column, also one left out of `names`.

        Raises: NO_COLUMN_OF_NAME, COLUMN_TYPE_UNKNOWN, NUMBER_TOO_LONG.
        """
        if name not in self._all:
            raise NO_COLUMN_OF_NAME.error(file=self._path.name, column=name)
        coded = [name] if name in self._texts else []
        with pq.ParquetFile(self._path, read_dictionary=coded, pre_buffer=False) as file:
            return _column(name, _chunks(file, name), self._rows)

    def take(self, rows: Rows) -> MemoryTable:
        """Return these rows in memory, column by column."""
        return MemoryTable(self.column(name).take(rows) for name in self._names)


def _chunks(file: pq.ParquetFile, name: str) -> Iterable[pa.Array]:
    """Yield the column by row group, so that no second copy of it is ever whole."""
    for group in range(file.num_row_groups):
        yield from file.read_row_group(group, columns=[name], use_threads=False).column(0).chunks


def from_arrow(name: str, found: pa.ChunkedArray) -> Column:
    """Return an Arrow column. Raises: COLUMN_TYPE_UNKNOWN, NUMBER_TOO_LONG."""
    return _column(name, found.chunks or [pa.array([], found.type)], len(found))


def _column(name: str, chunks: Iterable[pa.Array], rows: int) -> Column:
    values: Floats | None = None
    codes = np.empty(0, np.int32)
    places: dict[str, int] = {}
    at = 0
    for chunk in chunks:
        end = at + len(chunk)
        kind = chunk.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if _is_text(kind):
            codes = codes if len(codes) else np.full(rows, -1, np.int32)
            codes[at:end] = _codes(chunk, places)
        else:
            values = np.empty(rows) if values is None else values
            values[at:end] = _numbers(name, chunk)
        at = end
    if values is not None:
        return Column(name, "number", values=values)
    order = sorted(places)
    moved = np.empty(len(order) + 1, np.int32)
    moved[-1] = -1
    for to, text in enumerate(order):
        moved[places[text]] = to
    return Column(name, "category", codes=moved[codes], categories=tuple(order))


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _codes(chunk: pa.Array, places: dict[str, int]) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Return codes of texts by first appearance; what is new is added to `places`."""
    if not pa.types.is_dictionary(chunk.type):
        chunk = chunk.dictionary_encode()
    texts = chunk.dictionary.to_pylist()
    table = np.array([places.setdefault(one, len(places)) if one else -1 for one in texts] + [-1])
    found = chunk.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    codes: np.ndarray[Any, np.dtype[np.int32]] = table.astype(np.int32)[found]
    return codes


def _numbers(name: str, chunk: pa.Array) -> Floats:
    """Return numbers, truth values and dates as doubles, NaN where missing."""
    types = pa.types
    if types.is_dictionary(chunk.type):
        chunk = chunk.dictionary_decode()
    kind = chunk.type
    if types.is_date(kind):
        chunk, scale = chunk.cast(pa.date32()).cast(pa.int32()), 1
    elif types.is_timestamp(kind):
        chunk, scale = chunk.cast(pa.int64()), _DAY_SECONDS * _SECOND_PARTS[kind.unit]
    elif types.is_integer(kind) or types.is_floating(kind):
        scale = 1
        if types.is_integer(kind) and kind.bit_width == 64:  # noqa: PLR2004 - narrower ones are exact
            _check_exact(name, chunk)
    elif types.is_boolean(kind) or types.is_decimal(kind) or types.is_null(kind):
        scale = 1
    else:
        raise COLUMN_TYPE_UNKNOWN.error(column=name, type=str(kind))
    made = chunk.cast(pa.float64(), safe=False)
    if made.null_count:
        made = made.fill_null(float("nan"))
    found: Floats = made.to_numpy(zero_copy_only=False)
    return found / scale if scale > 1 else found


def _check_exact(name: str, chunk: pa.Array) -> None:
    found = pc.min_max(chunk).as_py()
    low, high = found["min"], found["max"]
    if low is not None and max(-low, high) > EXACT_MAX:
        raise NUMBER_TOO_LONG.error(column=name)
