"""The member roster of the sample."""

from __future__ import annotations

from tallystick.testing.fiction import HONG_KONG_DIVISION
from tallystick.testing.roster import consent_document, roster_sheet
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import make_world

WORLD = make_world(20260101, "2026-11-01")


def rows(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.columns, map(str, row), strict=True)) for row in sheet.rows]


def test_nobody_has_paid_in_more_than_is_registered() -> None:
    for row in rows(roster_sheet(WORLD))[: len(WORLD.members)]:
        assert 0 < int(row["实缴资本（万元）"]) <= int(row["注册资本（万元）"])


def test_a_row_names_all_of_a_consent_or_nothing() -> None:
    for row in rows(roster_sheet(WORLD)):
        if row["企业名称"].startswith(tuple("0123456789")) or not row["企业名称"]:
            continue
        filled = [bool(row[column]) for column in row if column.startswith("授权")]
        assert len(filled) == 5
        assert len(set(filled)) == 1


def test_a_consent_document_says_who_to_whom_what_and_until_when() -> None:
    row = rows(roster_sheet(WORLD))[0]
    document = (consent_document(WORLD.members[0], WORLD) or b"").decode()
    for column in ("企业名称", "统一社会信用代码", "授权范围", "授权用途", "授权截止日期"):
        assert row[column] in document
    assert "虚构" in document


def test_one_row_is_registered_in_hong_kong_and_one_under_a_persons_name() -> None:
    codes = [row["统一社会信用代码"] for row in rows(roster_sheet(WORLD))]
    assert sum(code[2:8] == HONG_KONG_DIVISION for code in codes) == 1
    traders = [row for row in rows(roster_sheet(WORLD)) if row["主体类型"] == "个体工商户"]
    assert [len(row["企业名称"]) for row in traders] == [3]
