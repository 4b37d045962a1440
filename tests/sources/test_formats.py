"""The same table in any format and encoding gives the same drafts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from tallystick.sources.profiles import SOURCES

from .conftest import csv_text, example, take

Rows = list[dict[str, Any]]


def as_csv(encoding: str) -> Callable[[Path, Rows], Path]:
    def write(folder: Path, rows: Rows) -> Path:
        path = folder / "a.csv"
        path.write_bytes(csv_text(rows).encode(encoding))
        return path

    return write


def as_excel(folder: Path, rows: Rows) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([_native(cell) for cell in row.values()])
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def _native(cell: str) -> Any:
    """Return the cell as a spreadsheet keeps it: short numbers as numbers."""
    try:
        return float(cell) if len(cell) < 10 else cell
    except ValueError:
        return cell or None


def as_json(folder: Path, rows: Rows) -> Path:
    path = folder / "a.json"
    path.write_text(json.dumps({"data": rows}, ensure_ascii=False), "utf-8")
    return path


def as_json_lines(folder: Path, rows: Rows) -> Path:
    path = folder / "a.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def as_parquet(folder: Path, rows: Rows) -> Path:
    path = folder / "a.parquet"
    columns = {name: [row[name] or None for row in rows] for name in rows[0]}
    parquet.write_table(pa.table(columns), path)
    return path


WAYS = {
    "utf-8 with mark": as_csv("utf-8-sig"),
    "gb18030": as_csv("gb18030"),
    "excel": as_excel,
    "json": as_json,
    "json lines": as_json_lines,
    "parquet": as_parquet,
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("way", WAYS)
def test_the_same_rows_give_the_same_drafts(source: str, way: str, tmp_path: Path) -> None:
    rows = [example(source), example(source) | {"party": "法人及非法人组织"}]
    rows = [{**dict.fromkeys(rows[1], ""), **row} for row in rows]
    expected = take(as_csv("utf-8")(tmp_path, rows), source)
    assert expected.problems == []
    found = take(WAYS[way](tmp_path, rows), source)
    assert [draft.data for draft in found.drafts] == [draft.data for draft in expected.drafts]
    assert [draft.key for draft in found.drafts] == [draft.key for draft in expected.drafts]
    assert len(found.grants) == len(expected.grants)
    assert found.problems == []


@pytest.mark.parametrize("way", ["excel", "json", "json lines", "parquet"])
def test_personal_cells_are_dropped_and_counted_in_every_format(way: str, tmp_path: Path) -> None:
    personal = {"CF_FRDB": "MKNAME", "CF_FR_ZJHM": "MKNUMBER", "手机号": "MKPHONE"}
    taken = take(WAYS[way](tmp_path, [example("penalties") | personal] * 2), "penalties")
    assert taken.dropped == {"CF_FRDB": 2, "CF_FR_ZJHM": 2, "personal_column": 2}
    assert "MK" not in repr(taken.drafts)
