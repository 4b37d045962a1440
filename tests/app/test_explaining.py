from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.explaining import explain
from tallystick.app.importing import retract
from tallystick.kernel.errors import TallyError
from tallystick.testing.fiction import COMPANY, fictional_uscc
from tallystick.testing.sample import SampleManifest

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import MEMBERS, OFFICER, years

FIRST = MEMBERS[0]
YEAR = "association.membership_year"


def explained(house: House, member: str = FIRST, language: str = "en") -> dict[str, Any]:
    with house.opened() as store:
        return explain(store, member, language)


def test_a_page_says_what_was_proposed_and_who_decided(small: House) -> None:
    shown = explained(small)
    assert shown["status"] == "decided"
    assert shown["decision"]["officer"] == OFFICER
    assert shown["evaluation"]["as_of"] == "2026-11-01"


def test_without_a_decision_the_status_is_that_of_the_proposal(
    whole: House, sample: SampleManifest
) -> None:
    seen = set()
    for member in sample.members:
        shown = explained(whole, member.uscc)
        if shown["decision"] is None and shown["evaluation"]:
            assert shown["status"] == shown["evaluation"]["status"]
            seen.add(shown["status"])
    assert "no_proposal" in seen


def test_every_fact_of_a_proposal_can_be_found_by_its_id(small: House) -> None:
    shown = explained(small)
    known = {fact["record"] for fact in shown["facts"]}
    used = {record for one in shown["explanation"]["indicators"] for record in one["records"]}
    assert used
    assert used <= known


def test_older_and_retracted_versions_stay_traceable(small: House) -> None:
    newer = [{**years()[0], "social_duties": "9"}]
    [name] = small.deliver("association", newer).imports

    def states() -> list[tuple[str, int]]:
        return sorted(
            (fact["state"], fact["data"]["social_duties"])
            for fact in explained(small)["facts"]
            if fact["item"] == YEAR
        )

    assert states() == [("in_force", 9), ("superseded", 2)]
    with small.opened() as store:
        retract(store, name, "the wrong file")
    assert states() == [("in_force", 2), ("retracted", 9)]


def test_a_page_reads_in_chinese_and_in_english(small: House) -> None:
    english, chinese = explained(small), explained(small, language="zh")
    said = json.dumps(chinese, ensure_ascii=False)
    assert "预评" in chinese["explanation"]["status"]
    assert "PROPOSAL" in english["explanation"]["status"].upper()
    assert english["evaluation"]["digest"] == chinese["evaluation"]["digest"]
    assert "转录" in said or "直接签发" in said


def test_the_lawful_changes_that_would_better_the_band_are_named(
    whole: House, sample: SampleManifest
) -> None:
    [debtor] = sample.members_living("debtor")
    shown = explained(whole, debtor.uscc)
    ending = [one for one in shown["explanation"]["changes"] if one["kind"] == "end"]
    assert ending
    assert all(one["text"] and one["band"] for one in ending)
    assert not any("withdraw" in one["text"].lower() for one in shown["explanation"]["changes"])


def test_who_is_no_member_has_no_page_and_no_look_is_left(small: House) -> None:
    stranger = fictional_uscc(COMPANY, 900)
    with small.opened() as store:
        before = store.log.records
        with pytest.raises(TallyError, match="not_a_member"):
            explain(store, stranger)
        assert store.log.records == before


def test_looking_at_a_page_is_a_look_the_member_sees_next_time(small: House) -> None:
    before = len(explained(small)["looks"])
    assert len(explained(small)["looks"]) == before + 1
