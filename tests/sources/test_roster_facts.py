from __future__ import annotations

import pytest

from tallystick.rulebook.catalogue import catalogue

from .conftest import COMPANY, Read, example

LEI = "000000SAMPLE00000167"


def test_a_roster_of_names_and_codes_alone_is_of_the_day_of_its_delivery(read: Read) -> None:
    bare = {"name": "示例链条科技有限公司（虚构）", "uscc": COMPANY}
    taken = read("roster", bare)
    assert (taken.only().occurred, taken.problems) == ("", [])


@pytest.mark.parametrize(
    "typed", [LEI, f" {LEI.lower()}\n", "００００００ＳＡＭＰＬＥ０００００１６７", f"'{LEI}"]
)
def test_an_lei_of_the_roster_is_kept_however_it_was_typed(read: Read, typed: str) -> None:
    draft = read("roster", example("roster") | {"lei": typed}).only()
    assert draft.data["lei"] == LEI
    assert catalogue().validate(draft.item, draft.data) == ()


@pytest.mark.parametrize("cell", ["", " ", "无", "/"])
def test_a_member_without_an_lei_has_none(read: Read, cell: str) -> None:
    assert "lei" not in read("roster", example("roster") | {"lei": cell}).only().data


@pytest.mark.parametrize("wrong", [LEI[:-1] + "8", LEI[:-1], LEI[1:] + LEI[0], COMPANY, f"{LEI}；"])
def test_a_row_with_a_wrong_lei_is_refused_whole_and_the_lei_not_repeated(
    read: Read, wrong: str
) -> None:
    good = example("roster")
    taken = read("roster", good | {"lei": wrong}, good)
    assert [draft.line for draft in taken.drafts] == [3]
    assert [grant.line for grant in taken.grants] == [3]
    assert taken.refused == {"bad_lei": 1}
    (problem,) = taken.problems
    assert (problem.line, problem.field, problem.code) == (2, "lei", "bad_lei")
    assert wrong not in repr(problem)


@pytest.mark.parametrize(
    "header", ["LEI", "lei", "全球法人识别编码", "法人机构识别编码", "Legal Entity Identifier"]
)
def test_the_lei_is_found_under_the_names_it_goes_by(read: Read, header: str) -> None:
    row = example("roster")
    row[header] = row.pop("lei")
    assert read("roster", row).only().data["lei"] == LEI


def test_a_roster_row_keeps_no_name_of_a_person(read: Read) -> None:
    draft = read("roster", example("roster") | {"法定代表人": "样小例"}).only()
    assert "duty_holder" not in draft.data
    assert "样小例" not in repr(draft)
