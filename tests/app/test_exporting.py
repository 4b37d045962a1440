from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app import exporting
from tallystick.app.exporting import export
from tallystick.app.importing import deliver
from tallystick.records import bodies
from tallystick.rulebook.catalogue import catalogue

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import MEMBERS


def test_an_export_of_a_new_workspace_holds_its_founding(empty: House, tmp_path: Path) -> None:
    with empty.opened() as store:
        done = export(store, tmp_path / "out")
    assert (done["records"], done["facts"]) == (3, {})
    assert set(done["files"]) == {
        "README.txt",
        "evidence/checkpoint",
        "evidence/commitments",
        "evidence/entries",
        "records.jsonl",
        "trust.policy",
    }


def test_what_is_exported_is_readable_by_its_owner_only(small: House, tmp_path: Path) -> None:
    """It is not encrypted any more."""
    with small.opened() as store:
        export(store, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("title", ["=1+1", "+cmd", "-2+3", "-A1", "@sum", "\tx", "\rx"])
def test_a_cell_that_looks_like_a_formula_is_written_as_text(
    small: House, tmp_path: Path, title: str
) -> None:
    with small.opened() as store:
        fact = bodies.fact(
            store.delivery(),
            item="context.press",
            subject=MEMBERS[0],
            key="1",
            occurred="2026-05-06",
            data={"source": title, "received_on": "2026-05-06"},
            source={"name": "样例", "code": "", "document": "", "digest": ""},
            channel="transcribed",
            imported="",
        )
        deliver(store, [fact])
        export(store, tmp_path / "out")
    table = tmp_path / "out" / "facts" / "context.press.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["source_name"], row["source"]) == ("样例", f"'{title}")


def test_a_negative_number_stays_a_number() -> None:
    assert [exporting._cell(value) for value in ("-1", "-0.25", 3, "-")] == [
        "-1",
        "-0.25",
        "3",
        "'-",
    ]


def test_no_table_has_two_columns_of_the_same_name(whole: House, tmp_path: Path) -> None:
    with whole.opened() as store:
        export(store, tmp_path / "out")
    for table in (tmp_path / "out" / "facts").iterdir():
        with table.open(encoding="utf-8-sig", newline="") as file:
            head = next(csv.reader(file))
        assert len(set(head)) == len(head), table.name


def test_no_item_has_a_field_that_is_called_like_a_column_of_every_table() -> None:
    fields = {field.name for item in catalogue().items.values() for field in item.fields}
    assert fields.isdisjoint(exporting._COMMON)


def test_lists_and_answers_stand_in_one_cell(whole: House, tmp_path: Path) -> None:
    with whole.opened() as store:
        export(store, tmp_path / "out")
    with (tmp_path / "out" / "facts" / "penalty.decision.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert all(isinstance(json.loads(row["kinds"]), list) for row in rows if row["kinds"])
    assert {row["publish"] for row in rows} <= {"true", "false"}


def test_a_second_export_goes_beside_the_first(small: House, tmp_path: Path) -> None:
    with small.opened() as store:
        first = export(store, tmp_path / "one")
        second = export(store, tmp_path / "two")
    assert second["records"] == first["records"] + len(MEMBERS), "the looks of the first are in it"
