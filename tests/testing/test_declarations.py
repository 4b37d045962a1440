"""What members say of themselves, and what the visitors found."""

from __future__ import annotations

from tallystick.rulebook.refusals import refusals
from tallystick.testing.declarations import FORBIDDEN_COLUMN, declared_sheet, visits_sheet
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import make_world

WORLD = make_world(20260101, "2026-11-01")


def rows(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.columns, map(str, row), strict=True)) for row in sheet.rows]


def test_one_column_is_of_a_class_that_is_refused() -> None:
    refused = [column for column in declared_sheet(WORLD).columns if refusals().find(column)]
    assert refused == [FORBIDDEN_COLUMN]


def test_every_visit_is_to_a_declaration_that_was_made() -> None:
    declared = {(row["统一社会信用代码"], row["申报期"]) for row in rows(declared_sheet(WORLD))}
    visited = {
        (row["统一社会信用代码"], row["申报期"])
        for row in rows(visits_sheet(WORLD))
        if row["统一社会信用代码"]
    }
    assert visited < declared


def test_a_visit_ends_as_the_story_says() -> None:
    outcomes: dict[str, set[str]] = {}
    for row in rows(visits_sheet(WORLD)):
        outcomes.setdefault(row["统一社会信用代码"], set()).add(row["核实结果"])
    for member in WORLD.members:
        expected = {"confirmed": {"属实"}, "not_confirmed": {"属实", "不属实"}, "": set()}
        assert outcomes.get(member.uscc, set()) == expected[member.story.visit]


def test_inventions_are_among_the_patents() -> None:
    assert all(int(row["发明专利数"]) <= int(row["专利数"]) for row in rows(declared_sheet(WORLD)))
