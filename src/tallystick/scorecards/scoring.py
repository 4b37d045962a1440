"""A file of organisations scored, however long it is.

Owns the way from Parquet, CSV or Excel to a Parquet file of scores. Rules: a cell says what it said
in the fit (`cells`); rows are read, scored and
written in batches, so that memory does not grow with the file; order is kept; a column of another
type than the card needs is refused by name; texts stay dictionaries; what is null or NaN is
missing. Row groups of Parquet are read and scored side by side; of a file of few, or of another
kind, the next batch is read while one is scored.

    score_file(card, Path("rows.parquet"), Path("scores.parquet"))
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.cells import cleaned, is_text, signs_of
from tallystick.scorecards.document import NUMBER, Card, Variable
from tallystick.scorecards.interpreting import VALUE_ABSENT
from tallystick.scorecards.kernel import (
    SHARE_ROWS,
    THREADS,
    WANTED,
    WRONG_TYPE,
    Batch,
    Categories,
    Columns,
)
from tallystick.sources.tables import open_table

BATCH_ROWS: Final = 131_072
WRITTEN_ROWS: Final = 16_384  # of a file of texts, whose cells are larger
GROUPS_MIN: Final = 4
"""Row groups from which on each is read and scored by a thread of its own."""
BUFFER_BYTES: Final = 1 << 18  # of a column: whole chunks of a row group would be copied first
Progress = Callable[[str, int, int], None]

NOT_A_TABLE = Reason(
    "not_a_table",
    Text(
        "读不了 {file}：不是完整的 Parquet 文件，或已损坏",
        "{file} cannot be read: it is no whole Parquet file, or it is damaged",
    ),
    "docs/models.md",
    Text("请重新取得该文件，或给 .csv 文件。", "Get the file again, or give a .csv file."),
)
NAME_TAKEN = Reason(
    "name_taken",
    Text("保留的列不能叫 {column}", "a column that is kept cannot be called {column}"),
    "docs/models.md",
)
BROKEN_ROW = Reason(
    "broken_row",
    Text(
        "{file} 第 {line} 行读不了，或格数与表头不同",
        "line {line} of {file} cannot be read, or has more or fewer cells than the header",
    ),
    "docs/models.md",
    Text("请改正该行；不能漏评一行。", "Correct the line: no row is left unscored."),
)
TWO_COLUMNS = Reason(
    "two_columns",
    Text("{file} 有不止一列叫“{column}”", "{file} has more than one column named “{column}”"),
    "docs/models.md",
    Text("请给其中一列改名。", "Rename one of them."),
)
_OWN: Final = ("score", "pd", "reasons")


def score_file(
    card: Card,
    source: Path,
    sink: Path,
    *,
    keep: Sequence[str] = (),
    reasons: bool = True,
    progress: Progress = lambda _what, _done, _total: None,
) -> int:
    """Score every row of a file into `sink` (Parquet); return how many there were.

    Written are the columns of `keep`, score (int64), pd (double, null where the card states none)
    and reasons (list of names of variables). Raises: VALUE_ABSENT, WRONG_TYPE, NOT_A_TABLE,
    `some_percent`.
    """
    from pyarrow import parquet  # noqa: PLC0415 - slow to import

    for name in keep:
        if name in _OWN:
            raise NAME_TAKEN.error(column=name)
    total, parts = _scored(card, source, keep, reasons=reasons)
    done, writer = 0, None
    try:
        for part in parts:
            writer = writer or parquet.ParquetWriter(sink, part.schema, compression="zstd")
            writer.write_table(part)
            done += part.num_rows
            progress("score", done, total)
    finally:
        if writer is not None:
            writer.close()
    return done


def _scored(
    card: Card, source: Path, keep: Sequence[str], *, reasons: bool
) -> tuple[int, Iterator[Any]]:
    """Return how many rows a file has (0 if unknown), and their scores as Arrow tables."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    batch = Batch(card)
    names = np.array([*batch.names, ""], object)

    def score(table: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
        columns = arrow_columns(card, table)
        raw, chosen = batch.raw_and_reasons(columns) if reasons else (batch.raw(columns), None)
        points, pd = batch.outcome(raw)
        made = {name: _plain(table.column(name)) for name in keep}
        made["score"] = pa.array(points)
        made["pd"] = pa.array(pd, mask=np.isnan(pd))
        if chosen is not None:
            made["reasons"] = _reason_lists(chosen, names)
        return pa.table(made)

    opened = _opened(card, source, keep)
    if opened is not None and opened.metadata.num_row_groups >= GROUPS_MIN:
        return opened.metadata.num_rows, _side_by_side(card, source, keep, score)
    total, batches = read_batches(card, source, keep)
    return total, map(score, _ahead(batches, source.name))


def _plain(column: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Return texts uncoded: what is coded in one part of a file need not be in the next."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    coded = pa.types.is_dictionary(column.type)
    return column.cast(column.type.value_type) if coded else column


def _side_by_side(
    card: Card, source: Path, keep: Sequence[str], score: Callable[[Any], Any]
) -> Iterator[Any]:
    """Yield the scores of the row groups in their order; a thread reads and scores a whole one.

    Raises: as `read_batches`.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    metadata = _opened(card, source, keep).metadata
    signs = signs_of(card)

    def work(group: int) -> list[Any]:
        try:
            file = _opened(card, source, keep, metadata)  # one opened is not for two threads
            batches = file.iter_batches(
                SHARE_ROWS, row_groups=[group], columns=_needed(card, keep), use_threads=False
            )
            tables = (pa.Table.from_batches([one]) for one in batches)
            return [score(one) for one in cleaned(card, tables, signs)]
        except (pa.ArrowException, OSError):
            raise NOT_A_TABLE.error(file=source.name) from None

    with ThreadPoolExecutor(THREADS) as pool:
        coming: deque[Future[list[Any]]] = deque()
        for group in range(metadata.num_row_groups):
            coming.append(pool.submit(work, group))
            if len(coming) > THREADS + 1:
                yield from coming.popleft().result()
        while coming:
            yield from coming.popleft().result()


def read_batches(card: Card, source: Path, keep: Sequence[str]) -> tuple[int, Iterator[Any]]:
    """Return how many rows a file has (0 if unknown), and its rows as Arrow tables.

    Raises: NOT_A_TABLE, and as `_written`.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    needed = _needed(card, keep)
    opened = _opened(card, source, keep)
    if opened is None:
        return 0, cleaned(card, _written(source, needed))
    try:
        rows = opened.metadata.num_rows
        if not rows:
            return 0, cleaned(card, [opened.read(columns=needed)])
        groups = opened.iter_batches(BATCH_ROWS, columns=needed)
        return rows, cleaned(card, (pa.Table.from_batches([one]) for one in groups))
    except (pa.ArrowException, OSError):
        raise NOT_A_TABLE.error(file=source.name) from None


def _needed(card: Card, keep: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([one.name for one in card.variables] + list(keep)))


def _opened(card: Card, source: Path, keep: Sequence[str], metadata: Any = None) -> Any:  # noqa: ANN401 - Arrow
    """Return a Parquet file opened; None for a file of another kind. metadata: where known.

    Raises: NOT_A_TABLE, VALUE_ABSENT.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import parquet  # noqa: PLC0415 - as above

    if source.suffix.lower() != ".parquet" or not source.is_file():
        return None
    texts = [one.name for one in card.variables if one.kind != NUMBER]
    try:
        opened = parquet.ParquetFile(
            source,
            metadata=metadata,
            read_dictionary=texts,
            pre_buffer=False,
            buffer_size=BUFFER_BYTES,
        )
        _require(_needed(card, keep), opened.schema_arrow.names)
    except (pa.ArrowException, OSError):
        raise NOT_A_TABLE.error(file=source.name) from None
    return opened


def _written(source: Path, needed: Sequence[str]) -> Iterator[Any]:
    """Yield the columns needed of a file of rows as texts, read as a fit reads them.

    Raises: VALUE_ABSENT, BROKEN_ROW, `no_file`, `unknown_format`, `unknown_encoding`, `unreadable`.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    with open_table(source, lambda _: 0) as opened:  # the first row is the header
        headers = [header.strip().lstrip("\ufeff") for header in opened.headers]
        _require(needed, headers)
        for name in needed:
            if headers.count(name) > 1:
                raise TWO_COLUMNS.error(file=source.name, column=name)
        places = [headers.index(name) for name in needed]
        rows = opened.rows(range(len(headers)))
        while True:
            found: list[list[str]] = [[] for _ in places]
            for line, cells in islice(rows, WRITTEN_ROWS):
                if cells is None or len(cells) != len(headers):
                    raise BROKEN_ROW.error(file=source.name, line=line)
                for column, place in zip(found, places, strict=True):
                    column.append(cells[place])
            yield pa.table([pa.array(one, pa.string()) for one in found], list(needed))
            if not found or len(found[0]) < WRITTEN_ROWS:
                return


def _require(needed: Sequence[str], there: Sequence[str]) -> None:
    for name in needed:
        if name not in there:
            raise VALUE_ABSENT.error(variable=name)


def _ahead(batches: Iterator[Any], file: str) -> Iterator[Any]:
    """Yield what `batches` yields, each read while the one before is worked on.

    Raises: NOT_A_TABLE where the file breaks off or is damaged further down.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while True:
            try:
                table = coming.result()
            except (pa.ArrowException, OSError):
                raise NOT_A_TABLE.error(file=file) from None
            if table is None:
                return
            coming = pool.submit(next, batches, None)
            yield table


def arrow_columns(card: Card, table: Any) -> Columns:  # noqa: ANN401 - pyarrow ships no types
    """Return the columns of an Arrow table as the kernel takes them. Raises: WRONG_TYPE."""
    return {
        one.name: _numbers(table.column(one.name), one)
        if one.kind == NUMBER
        else _categories(table.column(one.name), one)
        for one in card.variables
    }


def _numbers(column: Any, variable: Variable) -> NDArray[np.float64]:  # noqa: ANN401 - as above
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_decimal(kind):  # the nearest double, which a cast does not promise
        values = column.to_pylist()
        return np.array([float(_or_nan(one)) for one in values], np.float64)
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        raise WRONG_TYPE.error(column=variable.name, found=kind, wanted=WANTED[NUMBER])
    cast = column if kind == pa.float64() else column.cast(pa.float64(), safe=False)
    chunks = [chunk.to_numpy(zero_copy_only=False) for chunk in cast.chunks]
    if len(chunks) == 1:
        return np.asarray(chunks[0], np.float64)
    return np.concatenate([np.empty(0), *chunks])


def _or_nan(value: Decimal | None) -> Decimal | float:
    return float("nan") if value is None else value


def _categories(column: Any, variable: Variable) -> Categories:  # noqa: ANN401 - as above
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    kind = column.type
    if pa.types.is_null(kind):
        return Categories(np.full(len(column), -1, np.int32), ())
    if pa.types.is_integer(kind):
        column = column.cast(pa.string())
    elif not is_text(kind):
        raise WRONG_TYPE.error(column=variable.name, found=kind, wanted=WANTED["category"])
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = coded.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], coded.type)
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return Categories(codes, whole.dictionary.to_pylist())


def _reason_lists(chosen: NDArray[np.int16], names: NDArray[Any]) -> Any:  # noqa: ANN401 - Arrow
    """Return the chosen places as lists of names."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    held = chosen >= 0
    offsets = np.concatenate([[0], held.sum(1).cumsum()]).astype(np.int32)
    places = pa.DictionaryArray.from_arrays(
        pa.array(chosen[held].astype(np.int16)), pa.array(names[:-1].tolist(), pa.string())
    )
    return pa.ListArray.from_arrays(pa.array(offsets), places.cast(pa.string()))
