from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.sources.profiles import profile_of
from tallystick.sources.values import (
    ABSENT,
    CELLS_REMEMBERED_MAX,
    LONG_TERM,
    TEXT_MAX_CHARS,
    UNITS,
    UNREADABLE_CELL,
    amount_in_yuan,
    boolean_of_cell,
    converter_for,
    date_of_cell,
    digest_of_cell,
    integer_of_cell,
    lei_of_cell,
    level_of_cell,
    list_of_cell,
    organ_of_cell,
    ratio_of_cell,
    text_of,
    until_of_cell,
    year_of_cell,
)

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31))
FULL_WIDTH = str.maketrans("0123456789.-/", "０１２３４５６７８９．－／")
WAYS = [
    "{:%Y-%m-%d}",
    "{:%Y/%m/%d}",
    "{:%Y.%m.%d}",
    "{:%Y%m%d}",
    "{:%Y年%m月%d日}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}-{0.month}-{0.day}",
    "{:%Y-%m-%d} 10:30:00",
    "{:%Y/%m/%d} 9:05",
    "{:%Y-%m-%d}T00:00:00Z",
    "{:%Y-%m-%d}T00:00:00.000+08:00",
    "{:%Y%m%d}103000",
    " {:%Y-%m-%d} ",
]


@settings(max_examples=100)
@given(DAYS, st.sampled_from(WAYS), st.booleans())
def test_a_day_is_read_however_it_is_written(day: datetime.date, way: str, wide: bool) -> None:  # noqa: FBT001
    cell = way.format(day)
    if wide and "T" not in cell and ":" not in cell:
        cell = cell.translate(FULL_WIDTH)
    assert date_of_cell(cell) == day.isoformat()


@settings(max_examples=60)
@given(st.dates(datetime.date(1955, 1, 1), datetime.date(2118, 12, 31)))
def test_the_day_number_of_a_spreadsheet_is_read(day: datetime.date) -> None:
    number = (day - datetime.date(1899, 12, 30)).days
    assert date_of_cell(str(number)) == day.isoformat()
    assert date_of_cell(f"{number}.75") == day.isoformat()


@pytest.mark.parametrize(
    "cell",
    [
        *("2026-02-30", "2026/13/01", "20261301", "2026年2月30日", "1899-12-31", "2200-01-01"),
        *("26-03-05", "03/05/2026", "5.3.2026", "2026", "2026-03", "99999", "待定", "长期"),
        *("2026-03-05 后", "1772668800000", "２０２６－１３－０１", "0000-00-00"),
    ],
)
def test_what_is_no_day_is_not_read_as_one(cell: str) -> None:
    assert date_of_cell(cell) is UNREADABLE_CELL


@pytest.mark.parametrize(
    "cell", ["2099/12/31", "2099-12-31", "长期", "永久", "9999-12-31", "99991231"]
)
def test_without_end_is_one_date(cell: str) -> None:
    assert until_of_cell(cell) == LONG_TERM


@settings(max_examples=100)
@given(
    st.decimals(0, 10**9, places=6, allow_nan=False, allow_infinity=False),
    st.sampled_from(sorted(UNITS)),
)
def test_amounts_become_yuan_exactly(amount: Decimal, unit: str) -> None:
    read = converter_for("decimal", unit, ())(format(amount, "f"))
    assert Decimal(read) == amount * UNITS[unit]
    assert "E" not in read
    assert not (("." in read) and read.endswith("0"))


@pytest.mark.parametrize(
    ("cell", "unit", "yuan"),
    [
        ("0.2", "万元", "2000"),
        ("0.200000", "万元", "2000"),
        ("85.000000", "万元", "850000"),
        ("0.000001", "万元", "0.01"),
        ("2000", "元", "2000"),
        ("1,234,567.80", "元", "1234567.8"),
        ("１２．５", "万元", "125000"),
        ("0", "万元", "0"),
        ("500万元", "元", "5000000"),
        ("500万元人民币", "元", "5000000"),
        ("人民币500万元", "元", "5000000"),
        ("500（万元）", "元", "5000000"),
        ("2000元", "万元", "2000"),
        ("￥2000", "元", "2000"),
        ("1.5亿元", "万元", "150000000"),
        ("999999999999999999.123456", "万元", "9999999999999999991234.56"),
    ],
)
def test_the_unit_of_an_amount_is_never_mistaken(cell: str, unit: str, yuan: str) -> None:
    assert amount_in_yuan(cell, UNITS[unit]) == yuan


@pytest.mark.parametrize(
    "cell",
    [
        "-1",
        "1,23",
        "1,2345",
        "12,34.5",
        "1e3",
        "二千元",
        "500万美元",
        "2000 港元",
        "约2000",
        "0x10",
        ".",
    ],
)
def test_what_is_no_amount_in_yuan_is_not_read(cell: str) -> None:
    assert amount_in_yuan(cell, 1) is UNREADABLE_CELL


def test_a_column_whose_cells_write_their_unit_reads_no_cell_without() -> None:
    read = converter_for("decimal", "cell", ())
    assert read("500万元") == "5000000"
    assert read("500") is UNREADABLE_CELL
    assert read("0") == "0"


@pytest.mark.parametrize(
    "kind",
    [
        "text",
        "date",
        "until",
        "year",
        "integer",
        "decimal",
        "ratio",
        "list",
        "organ",
        "lei",
        "digest",
    ],
)
@pytest.mark.parametrize("cell", [" ", "-", "—", "/", "null", "N/A", "  "])
def test_a_cell_that_says_nothing_is_absent_and_not_empty(kind: str, cell: str) -> None:
    assert converter_for(kind, "元", ())(cell) is ABSENT


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (integer_of_cell, "3", 3),
        (integer_of_cell, "3.0", 3),
        (integer_of_cell, "3家", 3),
        (integer_of_cell, "１２", 12),
        (integer_of_cell, "无", 0),
        (integer_of_cell, "3.5", UNREADABLE_CELL),
        (integer_of_cell, "-1", UNREADABLE_CELL),
        (integer_of_cell, "三", UNREADABLE_CELL),
        (integer_of_cell, "9999999999", UNREADABLE_CELL),
        (year_of_cell, "2025", 2025),
        (year_of_cell, "2025年度", 2025),
        (year_of_cell, "2025.0", 2025),
        (year_of_cell, "1989", UNREADABLE_CELL),
        (year_of_cell, "25", UNREADABLE_CELL),
        (level_of_cell, "4", 4),
        (level_of_cell, "4级", 4),
        (level_of_cell, "5", UNREADABLE_CELL),
        (boolean_of_cell, "是", True),
        (boolean_of_cell, "有", True),
        (boolean_of_cell, "TRUE", True),
        (boolean_of_cell, "无", False),
        (boolean_of_cell, "否", False),
        (boolean_of_cell, "0", False),
        (boolean_of_cell, "1.0", True),
        (boolean_of_cell, "也许", UNREADABLE_CELL),
        (boolean_of_cell, "-", ABSENT),
        (ratio_of_cell, "45.3%", "0.453"),
        (ratio_of_cell, "-0.20", "-0.2"),
        (ratio_of_cell, "１．８５", "1.85"),
        (ratio_of_cell, "1/2", UNREADABLE_CELL),
        (list_of_cell, "警告、罚款", ("警告", "罚款")),
        (list_of_cell, "警告; 罚款；", ("警告", "罚款")),
        (organ_of_cell, "１１３１０１１０００００２０２６３３", "113101100000202633"),
        (organ_of_cell, "113101100000202634", UNREADABLE_CELL),
        (lei_of_cell, "'000000sample00000167", "000000SAMPLE00000167"),
        (lei_of_cell, "000000SAMPLE00000166", UNREADABLE_CELL),
        (lei_of_cell, "000000SAMPLE000001", UNREADABLE_CELL),
        (digest_of_cell, "SHA256:" + "AB" * 32, "ab" * 32),
        (digest_of_cell, "ab" * 31, UNREADABLE_CELL),
        (text_of, "  甲  ", "甲"),
        (text_of, "无", ABSENT),
        (text_of, "字" * (TEXT_MAX_CHARS + 1), UNREADABLE_CELL),
    ],
)
def test_a_cell_is_read_in_one_way(read: Any, cell: str, value: Any) -> None:
    assert read(cell) == value


def test_choices_are_known_by_code_and_by_either_name() -> None:
    choices = profile_of("licences").column("XK_XKLB").choices
    read = converter_for("enum", "", choices)
    assert {
        read(text) for text in ("01", "1", "普通", "普通许可", "Ordinary", " 普 通 ", "1.0")
    } == {"01"}
    assert read("首席") is UNREADABLE_CELL
    assert read("/") is ABSENT


def test_the_same_state_code_means_another_thing_in_the_old_form() -> None:
    column = profile_of("licences").column
    assert converter_for("enum", "", column("XK_ZT").choices)("1") == "valid"
    assert converter_for("enum", "", column("XK_ZT_OLD").choices)("1") == "revoked"


def test_what_a_converter_remembers_is_bounded() -> None:
    read = converter_for("integer", "", ())
    for number in range(CELLS_REMEMBERED_MAX + 10):
        read(str(number))
    memory = read.__self__  # type: ignore[attr-defined]  # the bound method of the memory
    assert len(memory) <= CELLS_REMEMBERED_MAX


def test_an_amount_too_long_in_yuan_is_no_amount_and_no_fault() -> None:
    assert amount_in_yuan("9" * 30, 10**4) is UNREADABLE_CELL
    assert amount_in_yuan("9" * 30, 1) == "9" * 30
