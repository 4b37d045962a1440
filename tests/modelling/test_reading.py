"""Every treatment of a file is stated, and what cannot be read plainly is refused."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.opening import open_columns
from tallystick.modelling.reading import interpret, outcome_of, read_file
from tallystick.modelling.tables import Table, from_arrays
from tallystick.modelling.treatments import look_at, read_texts


def csv(folder: Path, *lines: str) -> Path:
    path = folder / "companies.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def parquet(folder: Path, columns: dict[str, object]) -> Path:
    path = folder / "companies.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path


def refused(path: Path, *wanted: str, **asked: object) -> str:
    with pytest.raises(TallyError) as error:
        read_file(path, *wanted, **asked)  # type: ignore[arg-type]  # as a user asks
    assert error.value.text.zh
    return error.value.code


def test_numbers_categories_and_an_outcome_are_read(tmp_path: Path) -> None:
    path = csv(tmp_path, "roa,trade,y", "0.5,a,0", "1e-3,b,1", ",,0", "2,a,1")
    read = read_file(path, "y")
    assert read.table.names == ("roa", "trade")
    assert read.table.column("roa").values.tolist()[:2] == [0.5, 0.001]
    assert np.isnan(read.table.column("roa").values[2])
    assert read.table.column("trade").codes.tolist() == [0, 1, -1, 0]
    assert read.y is not None
    assert read.y.tolist() == [0, 1, 0, 1]
    assert read.lines.tolist() == [2, 3, 4, 5]
    assert not read.treatments
    assert not read.problems


def test_the_same_rows_are_read_from_parquet_as_from_csv(tmp_path: Path) -> None:
    frame = {"roa": [0.5, None, 2.0], "trade": ["a", None, "b"], "y": [0, 1, 0]}
    one = read_file(parquet(tmp_path, frame), "y")
    other = read_file(csv(tmp_path, "roa,trade,y", "0.5,a,0", ",,1", "2.0,b,0"), "y")
    for name in ("roa", "trade"):
        assert one.table.column(name).categories == other.table.column(name).categories
        assert np.array_equal(one.table.column(name).codes, other.table.column(name).codes)
        assert np.array_equal(
            one.table.column(name).values, other.table.column(name).values, equal_nan=True
        )


def test_a_file_in_gb18030_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("行业,违约\n制造,是\n批发,否\n".encode("gb18030"))
    read = read_file(path, "违约")
    assert read.table.column("行业").categories == ("制造", "批发")
    assert read.y is not None
    assert read.y.tolist() == [1, 0]


def test_every_treatment_is_stated(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "fixed,empty,day,day2,rate,mark,y,",
        "7,,2020-01-31,20200131,inf,NA,0,",
        "7,,2020/2/1,20200201,1,3,1,",
        "7,,2021-12-05,20211205,-inf,4,,",
        "7,,2021-12-06,20211206,2,4,1,",
    )
    read = read_file(path, "y")
    assert read.table.names == ("rate", "mark")
    assert {(one.column, one.code, one.rows) for one in read.treatments} == {
        ("fixed", "constant", 3),
        ("empty", "all_missing", 3),
        ("day", "date", 3),
        ("day2", "date", 3),
        ("rate", "infinite", 1),
        ("mark", "missing_marks", 1),
        ("y", "no_outcome", 1),
        ("", "unnamed", 4),
    }
    assert all(one.text.zh and one.text.en for one in read.treatments)
    assert read.lines.tolist() == [2, 3, 5]
    assert read.whole.names == ("fixed", "empty", "day", "day2", "rate", "mark", "y")
    assert read.whole.rows == 4


def test_a_mixture_is_left_out_and_its_lines_are_named_but_never_its_values(tmp_path: Path) -> None:
    path = csv(tmp_path, "debt,y", "1,0", "2,1", "about nine,0", "4,1", "secret,1")
    read = read_file(path, "y")
    assert read.table.names == ()
    (problem,) = read.problems
    assert (problem.line, problem.field, problem.code) == (4, "debt", "mixed_types")
    assert "4, 6" in problem.message.en
    assert "secret" not in problem.message.en + problem.message.zh
    stated = read_file(path, "y", categories=("debt",))
    assert stated.table.column("debt").kind == "category"
    assert stated.problems == ()


def test_numbers_stated_to_be_codes_are_categories(tmp_path: Path) -> None:
    path = csv(tmp_path, "trade,y", "65,0", "65,1", "51,0")
    assert read_file(path, "y", categories=("trade",)).table.column("trade").categories == (
        "51",
        "65",
    )


def test_a_million_categories_are_left_out() -> None:
    column = from_arrays({"code": np.arange(5000).astype(str)}).column("code")
    (one,) = look_at(column)
    assert (one.code, one.leaves_out) == ("many_categories", True)
    assert "1000" in one.text.en


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "+2.5", "-3e4", ".5", "5."], "number"),
        (["1", "nan", "?", ""], "number"),
        (["inf", "-Infinity", "1"], "number"),
        (["1,000", "2,000"], "category"),
        (["12%", "13%"], "category"),
        (["0x10", "1_000"], "category"),
        (["01", "65"], "category"),
        (["9007199254740993", "9007199254740992"], "category"),
        (["C26", "C27", "65"] * 1 + ["a"] * 40, "category"),
    ],
)
def test_only_plain_numbers_are_numbers(cells: Any, kind: str) -> None:
    assert read_texts("x", cells).column.kind == kind


@pytest.mark.parametrize(
    ("values", "bad", "expected"),
    [
        ([0, 1, 1], "", [0, 1, 1]),
        ([2, 1, 1], "2", [1, 0, 0]),
        (["good", "bad", ""], "", [0, 1, None]),
        (["False", "TRUE", "false"], "", [0, 1, 0]),
        (["好", "坏", "好"], "", [0, 1, 0]),
        (["open", "closed", "late"], "late", [0, 0, 1]),
        ([1.0, float("nan"), 0.0], "", [1, None, 0]),
    ],
)
def test_an_outcome_is_taken_where_it_is_plain(values: Any, bad: Any, expected: Any) -> None:
    column = from_arrays({"y": np.array(values)}).column("y")
    found = [None if np.isnan(one) else one for one in outcome_of(column, bad)]
    assert found == expected


@pytest.mark.parametrize("values", [[0, 1, 2], [1, 2, 2], ["open", "shut"], ["yes", "bad"]])
def test_an_outcome_that_is_not_plain_is_refused(values: Any) -> None:
    column = from_arrays({"y": np.array(values)}).column("y")
    with pytest.raises(TallyError) as error:
        outcome_of(column)
    assert error.value.code == "unclear_outcome"


def test_any_number_is_an_outcome_of_a_linear_fit(tmp_path: Path) -> None:
    read = read_file(csv(tmp_path, "x,rank", "1,7.5", "2,3", "3,"), "rank", number=True)
    assert read.y is not None
    assert read.y.tolist() == [7.5, 3]


def test_faults_of_a_file_are_refused_by_name(tmp_path: Path) -> None:
    assert refused(csv(tmp_path, "a,a,y", "1,2,0"), "y") == "duplicated_column"
    assert refused(csv(tmp_path, "a,y"), "y") == "empty_table"
    assert refused(csv(tmp_path, "a,y", "1,0"), "z") == "no_column_to_read"
    assert refused(csv(tmp_path, "a,y", "1,0", "2,0"), "y") == "one_outcome"
    assert (
        refused(csv(tmp_path, "a,w,y", "1,1,0", "2,-1,1"), "y", weights="w") == "bad_weight_column"
    )
    assert (
        refused(csv(tmp_path, "a,w,y", "1,0,0", "2,0,1"), "y", weights="w") == "bad_weight_column"
    )
    assert refused(tmp_path / "none.parquet", "y") == "no_file"
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and nothing else")
    assert refused(broken, "y") == "unreadable"


def test_a_weight_of_nought_is_stated(tmp_path: Path) -> None:
    read = read_file(csv(tmp_path, "a,w,y", "1,0,0", "2,3,1"), "y", weights="w")
    assert read.weights is not None
    assert read.weights.tolist() == [0, 3]
    assert [one.code for one in read.treatments] == ["no_weight"]


def test_whose_and_when_are_kept_apart_and_are_no_inputs(tmp_path: Path) -> None:
    path = csv(tmp_path, "uscc,year,x,y", "a,2019,1,0", "b,2020,2,1", "a,2020,3,")
    read = read_file(path, "y", aside=("uscc", "year"))
    assert read.table.names == ("x",)
    assert read.aside["uscc"].codes.tolist() == [0, 1]
    assert read.aside["year"].values.tolist() == [2019, 2020]


def test_a_large_file_is_opened_by_what_reads_columns_one_by_one(tmp_path: Path) -> None:
    path = parquet(tmp_path, {"x": [1.0, 2.0, 3.0], "c": [1, 1, 1], "y": [0, 1, 0]})
    asked = []

    def large(file: Path, without: Iterable[str]) -> Table:
        asked.append((file, tuple(without)))
        return from_arrays({"x": [1.0, 2.0, 3.0], "c": [1, 1, 1], "y": [0, 1, 0]})

    read = read_file(path, "y", large=large, memory_bytes_max=1)
    assert asked == [(path, ())]
    assert read.table.names == ("x",)
    assert read.y is not None
    assert [one.code for one in read.treatments] == ["constant"]


def test_whole_numbers_a_double_cannot_hold_stay_apart(tmp_path: Path) -> None:
    path = parquet(tmp_path, {"code": [2**53, 2**53 + 1, 2**53], "y": [0, 1, 0]})
    assert read_file(path, "y").table.column("code").codes.tolist() == [0, 1, 0]


def test_rows_longer_or_shorter_than_the_header_are_counted(tmp_path: Path) -> None:
    read = read_file(csv(tmp_path, "a,b,y", "1,2,0", "3,4,1,9", "5"), "y")
    assert read.table.column("b").values.tolist() == [2, 4]
    assert {(one.code, one.rows) for one in read.treatments} == {
        ("ragged_rows", 2),
        ("no_outcome", 1),
    }


def test_days_truth_values_and_dictionaries_of_parquet_are_read(tmp_path: Path) -> None:
    days = [dt.date(2020, 1, 1), None, dt.date(2021, 1, 1)]
    frame = pl.DataFrame(
        {"day": days, "flag": [True, None, False], "kind": ["b", "a", None], "y": [0, 1, 0]},
        schema_overrides={"kind": pl.Categorical},
    )
    frame.write_parquet(tmp_path / "a.parquet")
    read = read_file(tmp_path / "a.parquet", "y")
    assert read.table.names == ("flag", "kind")
    assert [one.code for one in read.treatments] == ["date"]
    assert read.table.column("kind").codes.tolist() == [1, 0, -1]
    assert np.isnan(read.table.column("flag").values[1])


def test_an_opened_file_is_interpreted_as_often_as_asked(tmp_path: Path) -> None:
    opened = open_columns(csv(tmp_path, "x,z,y", "1,a,0", "2,5,1", "3,6,1"))
    assert interpret(opened).y is None
    assert interpret(opened, "y").problems
    assert interpret(opened, "y", categories=("x", "z")).table.column("x").categories == (
        *("1", "2", "3"),
    )


@pytest.mark.parametrize("cell", ["{}.5%", "1,{:03}", "{}.5"])
def test_numbers_with_marks_are_no_categories_and_it_is_said(tmp_path: Path, cell: str) -> None:
    path = csv(tmp_path, "margin;y", *(f"{cell.format(at)};{at % 2}" for at in range(12)))
    read = read_file(path, "y")
    if "%" in cell or "," in cell:
        assert read.table.names == ()
        assert [one.code for one in read.treatments] == ["written_numbers"]
        stated = read_file(path, "y", categories=("margin",))
        assert stated.table.names == ("margin",)
    else:
        assert read.table.names == ("margin",)


def test_a_column_that_is_left_out_already_is_not_looked_at_again(tmp_path: Path) -> None:
    cells = [str(at) if at % 3 else f"{at}.5%" for at in range(36)]
    read = read_file(
        csv(tmp_path, "x,y", *(f"{one},{at % 2}" for at, one in enumerate(cells))), "y"
    )
    assert [one.code for one in read.treatments] == ["mixed"]
