"""Penalties and licences of the sample."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tallystick.rulebook.severity import severity_of
from tallystick.testing.decisions import (
    corrections_sheet,
    licences_sheet,
    old_licences_sheet,
    old_penalties_sheet,
    penalties_sheet,
)
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import World, make_world

WORLD = make_world(20260101, "2026-11-01")


def rows(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.columns, map(str, row), strict=True)) for row in sheet.rows]


def test_each_penalty_is_as_serious_as_its_story_says() -> None:
    told = {
        (member.uscc, penalty.severity)
        for member in WORLD.members
        for penalty in member.story.penalties
        if not penalty.old_form
    }
    members = {uscc for uscc, _ in told}
    found = set()
    for row in rows(penalties_sheet(WORLD)):
        if row["CF_XDR_SHXYM"] in members and row["CF_NR_FK"]:
            severity = severity_of(
                row["CF_CFLB"].split("、"),
                fine=str(Decimal(row["CF_NR_FK"]) * 10_000),
                confiscation=str(Decimal(row["CF_NR_WFFF"] or "0") * 10_000) or None,
                licence_revoked=row["CF_NR_ZKDX"] or None,
            ).severity
            found.add((row["CF_XDR_SHXYM"], severity.value))
    assert found == told


def test_fines_are_in_ten_thousands() -> None:
    members = {member.uscc for member in WORLD.members}
    all_rows = rows(penalties_sheet(WORLD))
    fines = {Decimal(row["CF_NR_FK"]) for row in all_rows if row["CF_XDR_SHXYM"] in members}
    assert min(fines) < 1 < max(fines) < 1_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_two_decisions_share_authority_and_number(seed: int) -> None:
    world = make_world(seed, "2026-11-01")
    for make, code, number, subject in (
        (penalties_sheet, "CF_CFJGDM", "CF_WSH", "CF_XDR_SHXYM"),
        (old_penalties_sheet, "CF_XZJG", "CF_WSH", "CF_XDR_SHXYM"),
        (
            licences_sheet,
            "许可机关统一社会信用代码",
            "行政许可决定文书号",
            "行政相对人代码_1(统一社会信用代码)",
        ),
        (old_licences_sheet, "XK_XZJG", "XK_WSH", "XK_XDR_SHXYM"),
    ):
        sheet = make(world)
        keys = {(row[subject], row[code], row[number]) for row in rows(sheet)}
        assert len(keys) == sheet.accepted + sum(sheet.refused.values()) - slipped(sheet, world)


def slipped(sheet: Sheet, world: World) -> int:
    """Return how many keys the refused rows of `sheet` share among them."""
    del world
    # The person's row, the trader's and the others of penalties-current carry different codes, but
    # the two rows without any code are told apart by nothing else.
    return {"penalties-current.csv": 1}.get(sheet.name, 0)


def test_a_correction_comes_after_the_decision_it_corrects() -> None:
    before = {row["CF_WSH"]: row for row in rows(penalties_sheet(WORLD))}
    corrected, repeated = rows(corrections_sheet(WORLD))
    assert corrected["CF_NR_FK"] != before[corrected["CF_WSH"]]["CF_NR_FK"]
    assert repeated == before[repeated["CF_WSH"]]
