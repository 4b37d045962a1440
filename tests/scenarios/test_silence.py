"""What a file does not say about a member is unknown, unless somebody answers for it."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ACME, BOREAS, EVERYTHING, Association, honour_row, year_row

YEAR_END = "2026-12-31"
HONOURS = ("H01", "H02", "H03")


@pytest.fixture
def consented(association: Association) -> Association:
    for member in (ACME, BOREAS):
        association.is_given_consent(member, *EVERYTHING, until=YEAR_END)
    return association


def found(result: dict[str, Any], *indicators: str) -> list[tuple[str, Any]]:
    listed = {one["indicator"]: (one["state"], one["value"]) for one in result["indicators"]}
    return [listed[code] for code in indicators]


def test_a_row_about_one_member_says_nothing_about_another(consented: Association) -> None:
    """The honours of one member arrive. The other had no row before and has none now."""
    before = consented.evaluates(BOREAS)
    consented.receives("honours", honour_row(ACME))
    after = consented.evaluates(BOREAS)
    assert found(after, *HONOURS) == [("unknown", None)] * 3
    assert after["digest"] == before["digest"]


def test_a_source_that_says_one_thing_about_a_member_was_asked_about_it(
    consented: Association,
) -> None:
    consented.receives("honours", honour_row(ACME))
    assert found(consented.evaluates(ACME), *HONOURS) == [
        ("known", 0),
        ("known", 0),
        ("known", 1),
    ]


def test_a_file_declared_complete_says_none_about_who_is_not_in_it(consented: Association) -> None:
    consented.receives("honours", honour_row(ACME), complete=True)
    assert found(consented.evaluates(BOREAS), *HONOURS) == [("known", 0)] * 3


def test_a_file_may_be_declared_complete_after_it_was_imported_and_once_only(
    consented: Association,
) -> None:
    consented.receives("honours", honour_row(ACME))
    again = consented.receives("honours", honour_row(ACME), complete=True)
    assert (again.accepted, again.duplicate, len(again.imports)) == (0, 1, 1)
    assert found(consented.evaluates(BOREAS), *HONOURS) == [("known", 0)] * 3
    assert consented.receives("honours", honour_row(ACME), complete=True).imports == []


def test_the_declaration_can_be_taken_back_without_the_facts(consented: Association) -> None:
    consented.receives("honours", honour_row(ACME))
    declared = consented.receives("honours", honour_row(ACME), complete=True)
    consented.retracts(declared.imports[0], "the list was not complete")
    assert found(consented.evaluates(BOREAS), "H03") == [("unknown", None)]
    assert found(consented.evaluates(ACME), "H03") == [("known", 1)]


def test_whether_a_member_broke_the_charter_is_unknown_while_the_association_said_nothing_of_it(
    consented: Association,
) -> None:
    consented.receives("association", year_row(ACME))
    asked, not_asked = consented.evaluates(ACME), consented.evaluates(BOREAS)
    assert "charter-breach" not in asked["coverage"]["rules_unchecked"]
    assert "charter-breach" in not_asked["coverage"]["rules_unchecked"]


def test_a_public_register_names_everybody_it_has_something_against(consented: Association) -> None:
    """A register of listings about one member: the other is not in it, and so has none."""
    assert found(consented.evaluates(BOREAS), "M04") == [("unknown", None)]
    consented.receives("abnormal-operations", listing(ACME))
    assert found(consented.evaluates(BOREAS), "M04") == [("known", 0)]


def test_a_file_nothing_of_which_could_be_read_declares_nothing(consented: Association) -> None:
    consented.receives("honours", {**honour_row(ACME), "date": "soon"}, complete=True)
    assert found(consented.evaluates(BOREAS), "H03") == [("unknown", None)]


def listing(member: str, **more: Any) -> dict[str, Any]:
    return {
        "uscc": member,
        "list": "abnormal_operation",
        "listed_on": "2026-02-03",
        "listed_reason": "未按规定公示年度报告",
        "listed_by": "样例区市场监督管理局",
        "document": f"样市监列〔2026〕{member[-4:-1]}号",
        **more,
    }


def test_a_list_of_which_no_entry_came_says_nothing(consented: Association) -> None:
    """Two lists share a form. Entries of one say nothing about the other."""
    consented.receives("abnormal-operations", listing(ACME))
    assert found(consented.evaluates(BOREAS), "M04", "P04") == [("known", 0), ("unknown", None)]


def test_a_row_that_could_not_be_read_leaves_its_member_unknown_until_it_is_corrected(
    consented: Association,
) -> None:
    """The one listing of a member has an impossible date: it is refused, and is not a none."""
    report = consented.receives(
        "abnormal-operations", listing(ACME), listing(BOREAS, listed_on="2026-13-45")
    )
    assert (report.accepted, sum(report.refused.values())) == (1, 1)
    assert found(consented.evaluates(BOREAS), "M04") == [("unknown", None)]
    assert found(consented.evaluates(ACME), "M04") == [("known", 1)]
    again = consented.receives(
        "abnormal-operations", listing(ACME), listing(BOREAS, listed_on="2026-13-45")
    )
    assert again.imports == []
    corrected = consented.receives("abnormal-operations", listing(ACME), listing(BOREAS))
    assert corrected.accepted == 1
    assert found(consented.evaluates(BOREAS), "M04") == [("known", 1)]


def test_a_file_of_which_only_refused_rows_are_new_leaves_their_members_unknown(
    consented: Association,
) -> None:
    consented.receives("abnormal-operations", listing(ACME))
    assert found(consented.evaluates(BOREAS), "M04") == [("known", 0)]
    report = consented.receives("abnormal-operations", listing(BOREAS, listed_on="soon"))
    assert report.accepted == 0
    assert found(consented.evaluates(BOREAS), "M04") == [("unknown", None)]
    consented.retracts(report.imports[0], "the row was about somebody else")
    assert found(consented.evaluates(BOREAS), "M04") == [("known", 0)]
