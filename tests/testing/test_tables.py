"""The same rows give the same bytes, and read back as they were."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from tallystick.testing.tables import write_csv, write_json, write_parquet, write_xlsx

HEADER = ("企业名称", "年度", "备注")
ROWS = [("云杉样例科技有限公司", "2025", '含"引号",逗号'), ("星河演示科技有限公司", "2026", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_reads_back_in_its_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, HEADER, ROWS, encoding=encoding)
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline="")))
    assert rows == [list(HEADER), *map(list, ROWS)]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") is (encoding == "utf-8-sig")


def test_a_json_reads_back_as_one_object_a_row(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, HEADER, ROWS)
    assert json.loads(path.read_bytes()) == [dict(zip(HEADER, r, strict=True)) for r in ROWS]


def test_a_workbook_reads_back_and_holds_no_time_of_writing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, "roster", HEADER, [("云杉样例科技有限公司", 2025, None)])
    sheet = load_workbook(path)["roster"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        list(HEADER),
        ["云杉样例科技有限公司", 2025, None],
    ]
    with zipfile.ZipFile(path) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"
        assert b"1980-01-01T00:00:00Z" in package.read("docProps/core.xml")


def test_a_parquet_file_reads_back_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, HEADER, ROWS)
    assert parquet.read_table(path).to_pylist() == [
        dict(zip(HEADER, row, strict=True)) for row in ROWS
    ]


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_csv(path, HEADER, ROWS),
        lambda path: write_json(path, HEADER, ROWS),
        lambda path: write_xlsx(path, "a", HEADER, ROWS),
        lambda path: write_parquet(path, HEADER, ROWS),
    ],
    ids=["csv", "json", "xlsx", "parquet"],
)
def test_the_bytes_do_not_depend_on_when_they_are_written(
    write: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "first")
    pretend_later(monkeypatch)
    write(tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def pretend_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock that zip and openpyxl read run two days ahead."""
    import datetime as clock  # noqa: PLC0415
    import time  # noqa: PLC0415

    import openpyxl.packaging.core  # noqa: PLC0415
    import openpyxl.writer.excel  # noqa: PLC0415

    real = clock.datetime

    class Later(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: clock.tzinfo | None = None) -> clock.datetime:
            return real.now(tz) + clock.timedelta(days=2)

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 172_800)
    for module in (openpyxl.writer.excel, openpyxl.packaging.core):
        namespace = vars(module)
        if namespace.get("datetime") is clock:
            monkeypatch.setattr(
                module, "datetime", type("clock", (), {**vars(clock), "datetime": Later})
            )
        elif namespace.get("datetime") is real:
            monkeypatch.setattr(module, "datetime", Later)
