"""A file on disk is the same table as one in memory, and nothing becomes a number quietly."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.parquet import ParquetTable
from tallystick.testing.credit_table import NAMES, credit_table


def written(folder: Path, rows: int = 3, **columns: Any) -> Path:
    path = folder / "table.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=rows)
    return path


def test_every_kind_of_number_becomes_a_double_and_nan_is_missing(tmp_path: Path) -> None:
    nan = float("nan")
    table = ParquetTable(
        written(
            tmp_path,
            rows=2,
            whole=pa.array([1, None, -3, 4], pa.int32()),
            half=pa.array([0.5, nan, None, float("inf")], pa.float32()),
            truth=pa.array([True, False, None, True]),
            money=pa.array([Decimal("1.10"), None, Decimal("-2.25"), Decimal("0.00")]),
            day=pa.array([date(1970, 1, 2), None, date(1969, 12, 31), date(2000, 1, 1)]),
            noon=pa.array([datetime(1970, 1, 1, 12, tzinfo=UTC), None, None, None]),
            nothing=pa.nulls(4),
        )
    )
    expected = {
        "whole": [1, nan, -3, 4],
        "half": [0.5, nan, nan, np.inf],
        "truth": [1, 0, nan, 1],
        "money": [1.1, nan, -2.25, 0],
        "day": [1, nan, -1, 10957],
        "noon": [0.5, nan, nan, nan],
        "nothing": [nan] * 4,
    }
    assert table.rows == 4
    for name, values in expected.items():
        column = table.column(name)
        assert column.kind == "number"
        assert np.array_equal(column.values, np.array(values), equal_nan=True), name


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary("int32", "string")])
def test_texts_become_codes_across_row_groups(tmp_path: Path, kind: Any) -> None:
    texts = ["b", None, "a", "", "c", "b"]
    table = ParquetTable(written(tmp_path, rows=2, text=pa.array(texts, pa.string()).cast(kind)))
    column = table.column("text")
    assert column.categories == ("a", "b", "c")
    assert column.codes.tolist() == [1, -1, 0, -1, 2, 1]
    assert table.take(np.array([4, 0])).column("text").codes.tolist() == [2, 1]


def test_what_is_no_table_or_no_number_is_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, lists=pa.array([[1], [2]]), long=pa.array([2**53 + 1, 0]))
    (tmp_path / "text.parquet").write_text("x")
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: ParquetTable(path).column("lists"), "column_type_unknown"),
        (lambda: ParquetTable(path).column("long"), "number_too_long"),
        (lambda: ParquetTable(path).column("none"), "no_column_of_name"),
        (lambda: ParquetTable(path, without=("none",)), "no_column_of_name"),
        (lambda: ParquetTable(tmp_path / "text.parquet"), "not_parquet"),
        (lambda: ParquetTable(tmp_path / "absent.parquet"), "not_parquet"),
    ]
    for attempt, code in attempts:
        with pytest.raises(TallyError) as refused:
            attempt()
        assert refused.value.code == code


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["x", "x"]), path)
    with pytest.raises(TallyError) as refused:
        ParquetTable(path)
    assert refused.value.code == "column_named_twice"


def test_the_fictional_table_is_the_same_whatever_its_length() -> None:
    short, long = credit_table(100, seed=3), credit_table(70_000, seed=3)
    assert long.slice(0, 100).equals(short.combine_chunks())
    assert short.column_names == [*NAMES, "y"]
    assert 0.028 < long["y"].to_numpy().mean() < 0.034
    assert sum(long[name].null_count > 0 for name in NAMES) == 10
