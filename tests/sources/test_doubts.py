from __future__ import annotations

from typing import Any

import pytest

from tallystick.kernel.identifiers import check_uscc, make_uscc
from tallystick.sources import RawChunk, interpret
from tallystick.sources.doubts import doubts

SUBJECT = make_uscc("91310110", 20260002)


def found(item: str, **data: Any) -> list[tuple[str, str]]:
    return [(reason.code, field) for reason, field in doubts(item, data)]


@pytest.mark.parametrize(
    ("amount", "doubted"),
    [("100000000000", True), ("99999999999.99", False), ("1000000.5000", False), ("5", False)],
)
def test_a_capital_of_a_hundred_billion_is_doubted(amount: str, doubted: bool) -> None:  # noqa: FBT001 - expected
    expected = [("doubtful_amount", "registered_capital")] if doubted else []
    assert found("registration.basic", registered_capital=amount) == expected


def test_a_fine_of_a_billion_is_doubted_and_an_ordinary_one_is_not() -> None:
    assert found("penalty.decision", fine="2000000000") == [("doubtful_amount", "fine")]
    assert found("penalty.decision", fine="182280000", confiscation="0.01") == []


@pytest.mark.parametrize(
    ("item", "part", "whole"),
    [
        ("registration.basic", "paid_in_capital", "registered_capital"),
        ("association.membership_year", "meetings_attended", "meetings_held"),
        ("selfdeclared.intellectual_property", "invention_patents", "patents"),
    ],
)
def test_a_part_of_more_than_its_whole_is_doubted(item: str, part: str, whole: str) -> None:
    assert found(item, **{part: "10", whole: "9"}) == [("more_than_whole", part)]
    assert found(item, **{part: "9", whole: "9"}) == []
    assert found(item, **{part: "10"}) == found(item, **{whole: "1"}) == []


def test_an_industry_needs_its_letter() -> None:
    assert found("registration.basic", industry="6510") == [("industry_without_letter", "industry")]
    assert found("registration.basic", industry="I6510") == found("registration.basic") == []


def test_a_doubted_row_is_taken_and_its_problem_says_no_value() -> None:
    assert check_uscc(SUBJECT) is None
    columns = (("name", ""), ("uscc", ""), ("registered_capital", "万元"), ("industry", ""))
    row = ("样例科技有限公司", SUBJECT, "5000000000", "6510")
    read = interpret(RawChunk("roster", "", "r.csv", columns, (7,), (row,)))
    assert len(read.drafts) == 1
    assert not read.refused
    assert [(one.code, one.line, one.field) for one in read.problems] == [
        ("doubtful_amount", 7, "registered_capital"),
        ("industry_without_letter", 7, "industry"),
    ]
    assert "5000000000" not in str([one.to_json("zh") for one in read.problems])
