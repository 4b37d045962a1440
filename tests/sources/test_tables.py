from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from tallystick.kernel.errors import TallyError
from tallystick.sources.tables import cell_text, header_at, open_table
from tallystick.sources.tables_csv import CHECKED_BYTES_MAX, encoding_of

KNOWN = {"甲", "乙", "丙"}


def recognise(cells: Sequence[str]) -> int:
    return sum(cell in KNOWN for cell in cells)


def rows_of(path: Path) -> tuple[tuple[str, ...], list[tuple[int, list[str] | None]]]:
    with open_table(path, recognise) as table:
        wanted = range(len(table.headers))
        rows = [(line, None if r is None else list(r)) for line, r in table.rows(wanted)]
        return table.headers, rows


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_file_is_read_in_every_usual_shape(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    lines = [("甲", "乙"), ("一，二", "三"), ("四", "")]
    text = end.join(delimiter.join(line) for line in lines) + end
    headers, rows = rows_of(put(tmp_path / "a.csv", text, encoding))
    assert headers == ("甲", "乙")
    assert rows == [(2, ["一，二", "三"]), (3, ["四", ""])]


def test_lines_are_counted_through_quoted_line_ends_and_blank_lines(tmp_path: Path) -> None:
    text = '甲,乙\n1,"两\n行"\n\n2,"三\r\n行\n文"\n3,x\n'
    _, rows = rows_of(put(tmp_path / "a.csv", text))
    assert [line for line, _ in rows] == [2, 5, 8]
    assert rows[1][1] == ["2", "三\r\n行\n文"]


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    text = "某某清单（样例）,\n截至 2026 年,\n甲,乙\n1,2\n"
    headers, rows = rows_of(put(tmp_path / "a.csv", text))
    assert headers == ("甲", "乙")
    assert rows == [(4, ["1", "2"])]


def test_semicolons_in_cells_do_not_become_the_delimiter(tmp_path: Path) -> None:
    text = "甲,乙\n" + "a;b;c;d,x\n" * 9
    assert rows_of(put(tmp_path / "a.csv", text))[0] == ("甲", "乙")


def test_an_overlong_cell_spoils_its_row_only(tmp_path: Path) -> None:
    text = f'甲,乙\n1,2\n"{"x" * (1 << 20)}y",3\n4,5\n'
    _, rows = rows_of(put(tmp_path / "a.csv", text))
    assert rows[0] == (2, ["1", "2"])
    assert (3, None) in rows
    assert rows[-1] == (4, ["4", "5"])


def test_bytes_that_are_neither_utf8_nor_gb18030_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xff\xff,\x80\x20\n")
    with pytest.raises(TallyError, match="unknown_encoding"):
        encoding_of(path)


def test_a_character_cut_by_the_end_of_the_looked_at_part_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * (CHECKED_BYTES_MAX - 1) + "甲乙".encode())
    assert encoding_of(path) == "utf-8"


def test_a_wrong_byte_far_down_marks_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "甲,乙\n".encode()
        + (b"1," + b"2" * 9_999 + b"\n") * (CHECKED_BYTES_MAX // 10_000 + 2)
        + b"\xff,3\n5,6\n"
    )
    _, rows = rows_of(path)
    assert rows[-2][1] == ["\ufffd", "3"]
    assert rows[-1][1] == ["5", "6"]


def test_an_empty_file_has_no_headers(tmp_path: Path) -> None:
    assert rows_of(put(tmp_path / "a.csv", "")) == ((), [])


def workbook(path: Path, *sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_gives_the_sheet_whose_header_is_known(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [["说明"], ["填写要求"]],
        [
            ["某某清单"],
            ["甲", "乙", "丙"],
            ["x", 3, 0.2],
            [],
            [None, datetime.date(2026, 3, 5), True],
        ],
    )
    headers, rows = rows_of(path)
    assert headers == ("甲", "乙", "丙")
    assert rows == [(3, ["x", "3", "0.2"]), (5, ["", "2026-03-05", "true"])]


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match="unreadable"):
        rows_of(put(tmp_path / "a.xlsx", "甲,乙\n"))


OBJECTS = [{"甲": "x", "乙": 3, "丙": 0.20}, {"甲": None, "乙": [1, "b"], "丙": True}]
CELLS = [["x", "3", "0.2"], ["", "1、b", "true"]]


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("wrap", [None, "data", "rows"])
def test_json_is_read_in_every_usual_shape(
    tmp_path: Path, indent: int | None, wrap: str | None
) -> None:
    body: Any = (
        OBJECTS if wrap is None else {"code": 200, "page": {"n": [1]}, wrap: OBJECTS, "z": 1}
    )
    headers, rows = rows_of(put(tmp_path / "a.json", json.dumps(body, indent=indent)))
    assert headers == ("甲", "乙", "丙")
    assert [cells for _, cells in rows] == CELLS


def test_json_lines_are_read_and_a_broken_line_spoils_only_itself(tmp_path: Path) -> None:
    text = "\n".join((json.dumps(OBJECTS[0]), '{"甲": ', "[1]", "", json.dumps(OBJECTS[1])))
    _, rows = rows_of(put(tmp_path / "a.jsonl", text))
    assert rows == [(1, CELLS[0]), (2, None), (3, None), (5, CELLS[1])]


def test_objects_of_a_json_array_carry_the_line_they_begin_at(tmp_path: Path) -> None:
    text = '[\n{"甲":\n "1"},\n\n{"甲": "2"}, {"甲": "3"}\n]'
    _, rows = rows_of(put(tmp_path / "a.json", text))
    assert [line for line, _ in rows] == [2, 5, 5]


def test_a_member_that_first_comes_late_is_read(tmp_path: Path) -> None:
    body = [{"甲": "1"}] * 500 + [{"甲": "1", "乙": "2"}]
    headers, rows = rows_of(put(tmp_path / "a.json", json.dumps(body)))
    assert headers == ("甲", "乙")
    assert rows[-1][1] == ["1", "2"]


def test_json_longer_than_a_block_is_read_to_its_last_digit(tmp_path: Path) -> None:
    body = [{"甲": "长" * 1000, "乙": n} for n in range(1200)]
    _, rows = rows_of(put(tmp_path / "a.json", json.dumps(body, ensure_ascii=False)))
    assert [cells[1] for _, cells in rows if cells] == [str(n) for n in range(1200)]


def test_numbers_keep_the_digits_they_were_written_with(tmp_path: Path) -> None:
    text = '[{"甲": 0.100000000000000000001, "乙": 123456789012345678901, "丙": 1e3}]'
    _, rows = rows_of(put(tmp_path / "a.json", text))
    assert rows[0][1] == ["0.100000000000000000001", "123456789012345678901", "1000"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        '"x"',
        '{"a": 1',
        '[{"甲": 1}',
        '{"count": 2, "next": "x"',
        "[{'甲': 1}]",
        "[" * 10**5,
    ],
)
def test_other_json_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TallyError, match="unreadable"):
        rows_of(put(tmp_path / "a.json", text))


@pytest.mark.parametrize("value", ['{"a": 1}', '"\\ud800"', "1"])
def test_what_is_no_row_of_cells_is_not_read(tmp_path: Path, value: str) -> None:
    middle = value if value == "1" else f'{{"甲": {value}}}'
    text = f'[{{"甲": "1"}}, {middle}, {{"甲": "2"}}]'
    _, rows = rows_of(put(tmp_path / "a.json", text))
    assert [cells for _, cells in rows] == [["1"], None, ["2"]]


def test_parquet_reads_wanted_columns_only_and_counts_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = {"甲": ["x", None], "乙": [0.2, 3.0], "丙": ["secret", None]}
    parquet.write_table(pa.table(table), path)
    with open_table(path, recognise) as opened:
        assert opened.headers == ("甲", "乙", "丙")
        assert [cells for _, cells in opened.rows([0, 1])] == [["x", "0.2", ""], ["", "3", ""]]
        assert opened.filled(2) == 1


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match="unreadable"):
        rows_of(put(tmp_path / "a.parquet", "PAR1"))


@pytest.mark.parametrize("name", ["a.xls", "a.pdf", "a"])
def test_another_kind_of_file_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(TallyError, match="unknown_format"):
        rows_of(put(tmp_path / name, "甲,乙\n"))


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match="no_file"):
        rows_of(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (0.2, "0.2"),
        (1e-06, "0.000001"),
        (2000.0, "2000"),
        (1e22, "10000000000000000000000"),
        (float("nan"), ""),
        (Decimal("0.20"), "0.2"),
        (datetime.datetime(2026, 3, 5), "2026-03-05"),  # noqa: DTZ001
        (datetime.datetime(2026, 3, 5, 10, 30), "2026-03-05 10:30:00"),  # noqa: DTZ001
        (False, "false"),
    ],
)
def test_a_value_becomes_the_text_it_shows(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_the_first_row_is_the_header_where_none_is_known() -> None:
    assert header_at([["x"], ["y"]], recognise) == 0
    assert header_at([], recognise) == 0


def test_a_damaged_sheet_is_unreadable_and_quotes_no_cell(tmp_path: Path) -> None:
    sound, damaged = tmp_path / "sound.xlsx", tmp_path / "damaged.xlsx"
    book = Workbook()
    sheet = book.create_sheet("rows", 0)
    sheet.append(["CF_XDR_SHXYM", "CF_WSH"])
    sheet.append(["x", 123])
    book.save(sound)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            body = old.read(name).replace(b"<v>123</v>", b"<v>MARKER</v>")
            new.writestr(name, body)
    with pytest.raises(TallyError) as refused:
        open_table(damaged, len)
    assert refused.value.code == "unreadable"
    assert refused.value.__context__ is None
