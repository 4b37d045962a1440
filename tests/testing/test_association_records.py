"""What the association itself keeps."""

from __future__ import annotations

from tallystick.testing.association_records import association_sheet, honours_sheet, ratios_sheet
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import make_world

WORLD = make_world(20260101, "2026-11-01")


def rows(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.columns, map(str, row), strict=True)) for row in sheet.rows]


def test_every_breach_of_a_story_stands_in_the_row_of_a_year() -> None:
    found = [row for row in rows(association_sheet(WORLD)) if row["违约认定文书号"]]
    told = {
        (member.uscc, str(breach.level))
        for member in WORLD.members
        for breach in member.story.breaches
    }
    assert {(row["统一社会信用代码"], row["违约等级（1-4）"]) for row in found} == told
    assert all(row["会员年度"] and row["遵守诚信公约"] == "否" for row in found)


def test_nobody_attends_more_meetings_than_were_held_or_before_joining() -> None:
    joined = {member.uscc: member.member_since.year for member in WORLD.members}
    for row in rows(association_sheet(WORLD)):
        assert int(row["实际参加会议和活动次数"]) <= int(row["应参加会议和活动次数"])
        assert int(row["会员年度"]) >= joined.get(row["统一社会信用代码"], 0)


def test_members_known_for_more_have_more_honours() -> None:
    named = [row["统一社会信用代码"] for row in rows(honours_sheet(WORLD))]
    counts: dict[int, set[int]] = {}
    for member in WORLD.members:
        if not member.story.thin and member.number > 0:
            counts.setdefault(member.story.honours, set()).add(named.count(member.uscc))
    assert counts == {0: {0}, 1: {2}, 2: {5}, 3: {7}}


def test_some_ratios_are_percentages() -> None:
    ratios = rows(ratios_sheet(WORLD))
    assert all(row["资产负债率"].endswith("%") for row in ratios)
    assert len(ratios) > 15
