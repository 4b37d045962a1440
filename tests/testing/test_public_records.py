"""What courts, registries and tax offices publish about the members of the sample."""

from __future__ import annotations

from datetime import datetime

from tallystick.testing.public_records import debtors_sheet, listings_sheet, tax_sheet
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import make_world

WORLD = make_world(20260101, "2026-11-01")
TODAY = "2026-11-01"


def rows(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.columns, map(str, row), strict=True)) for row in sheet.rows]


def test_a_listing_of_a_debtor_ends_as_the_story_says() -> None:
    found = {row["cardNum"]: row for row in rows(debtors_sheet(WORLD))}
    for member in WORLD.members:
        if member.story.debtor:
            row = found[member.uscc]
            assert (row["validUntil"] > TODAY) == (member.story.debtor != "lapsed")
            assert (row["performance"] == "全部已履行") == (member.story.debtor == "performed")


def test_dates_are_written_as_courts_write_them() -> None:
    for row in rows(debtors_sheet(WORLD)):
        filed_on = datetime.strptime(row["regDate"], "%Y%m%d")  # noqa: DTZ007  (days, no times)
        published_on = datetime.strptime(row["publishDate"], "%Y年%m月%d日")  # noqa: DTZ007
        assert filed_on < published_on


def test_each_list_holds_whom_the_stories_put_there() -> None:
    members = {member.uscc: member.story for member in WORLD.members}
    for row in rows(listings_sheet(WORLD)):
        story = members.get(row["统一社会信用代码"])
        if story is not None:
            state = story.serious if row["名录类别"] == "严重违法失信名单" else story.listing
            assert bool(row["移出日期"]) == (state == "removed")


def test_arrears_are_cleared_or_not_as_the_story_says() -> None:
    notices = [row for row in rows(tax_sheet(WORLD)) if row["信息类别"] == "欠税公告"]
    cleared = {row["纳税人识别号"]: bool(row["清缴日期"]) for row in notices}
    assert cleared == {
        member.uscc: member.story.arrears == "cleared"
        for member in WORLD.members
        if member.story.arrears
    }


def test_a_member_is_rated_once_a_year() -> None:
    sheet = tax_sheet(WORLD)
    ratings = [row for row in rows(sheet) if row["信息类别"] == "纳税信用等级"]
    keys = {(row["纳税人识别号"], row["评价年度"]) for row in ratings}
    assert len(keys) == len(ratings) - sheet.duplicate
