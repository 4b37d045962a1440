from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app import portraits
from tallystick.app.evaluating import evaluate
from tallystick.app.explaining import explain
from tallystick.app.importing import retract
from tallystick.app.portraits import NOTHING_TO_REPORT, portrait
from tallystick.app.reports import file_name
from tallystick.kernel.errors import TallyError
from tallystick.records import Fact
from tallystick.rulebook.catalogue import catalogue
from tallystick.testing.sample import SampleManifest

from .conftest import MEMBERS, SCHEME, roster, years

if TYPE_CHECKING:
    from tests.app.conftest import House

FIRST = MEMBERS[0]
YEAR = "association.membership_year"


def collected(house: House, member: str = FIRST, language: str = "en") -> dict[str, Any]:
    with house.opened() as store:
        return portrait(store, member, language)


def test_a_portrait_is_plain_json_and_says_its_form(small: House) -> None:
    document = collected(small)
    assert json.loads(json.dumps(document)) == document
    assert document["form"] == "tallystick-portrait/1"
    assert (document["status"], document["subject"]) == ("decided", FIRST)


def test_one_report_leaves_one_look_with_what_was_read(small: House) -> None:
    with small.opened() as store:
        before = len(list(store.index.of_kind("use")))
        document = portrait(store, FIRST)
        [*_, last] = [store.body(n) for n in store.index.of_kind("use")]
        assert len(list(store.index.of_kind("use"))) == before + 1
    assert last["subject"] == FIRST
    assert set(last["withheld"]) == set(document["withheld"])


def test_a_member_without_evaluation_has_no_report_and_no_look_is_left(empty: House) -> None:
    empty.deliver("roster", roster())
    with empty.opened() as store:
        before = len(store.index)
        with pytest.raises(TallyError) as refused:
            portrait(store, FIRST)
        assert len(store.index) == before
    assert refused.value.reason is NOTHING_TO_REPORT
    assert FIRST in refused.value.remedy.en


def test_every_fact_says_its_term_its_source_and_its_record(small: House) -> None:
    document = collected(small)
    assert document["facts"]
    for place, one in enumerate(document["facts"], 1):
        assert one["number"] == f"F{place}"
        assert one["terms"]
        assert one["provenance"]
        assert len(one["record"]) == 64
        assert one["state"] in {"in_force", "ended"}


def test_earlier_versions_and_retracted_facts_are_not_handed_on(small: House) -> None:
    newer = [{**years()[0], "social_duties": "9"}]
    [name] = small.deliver("association", newer).imports

    def records() -> list[str]:
        return [one["record"] for one in collected(small)["facts"] if one["item"] == YEAR]

    [current] = records()
    with small.opened() as store:
        retract(store, name, "the wrong file")
    [older] = records()
    assert older != current


def test_a_field_kept_off_public_pages_is_in_no_report() -> None:
    item = catalogue().items["registration.basic"]
    assert item.field("duty_holder") is not None
    data = {"duty_holder": "SOMEBODY", "name": "样例", "registered_capital": "6500000"}
    fact = Fact("a" * 64, item.code, data, "2025-01-01", "transcribed", True, None)  # noqa: FBT003 - the fields of a fact
    assert portraits._for_pages(fact, item, "zh") == [
        ["名称", "样例"],
        ["注册资本（元）", "6,500,000"],
    ]


def test_what_speaks_against_is_listed_until_its_term_ends_and_no_longer(
    whole: House, sample: SampleManifest
) -> None:
    [debtor] = sample.members_living("debtor")
    now = collected(whole, debtor.uscc)
    listed = [one for one in now["facts"] if one["item"] == "court.judgment_debtor"]
    assert listed
    assert "judgment-debtor" in {tag["code"] for tag in now["tags"]}
    last = max(one["until"] for one in listed)
    then = replace(whole, day=f"{int(last[:4]) + 1}-01-02")
    later = collected(then, debtor.uscc)
    assert not [one for one in later["facts"] if one["item"] == "court.judgment_debtor"]
    assert "judgment-debtor" not in {tag["code"] for tag in later["tags"]}
    ended = [one for one in later["facts"] if one["state"] == "ended"]
    assert all(one["sign"] >= 0 for one in ended)
    with then.opened() as store:
        told = explain(store, debtor.uscc)["facts"]
    assert [one for one in told if one["item"] == "court.judgment_debtor"]  # seen at home still


def test_the_years_before_keep_what_was_proposed_then(small: House) -> None:
    earlier = replace(small, day="2026-11-02")
    with earlier.opened() as store:
        evaluate(store, SCHEME, as_of="2025-12-31")
    rounds = collected(earlier)["rounds"]
    assert [one["as_of"] for one in rounds] == ["2025-12-31", "2026-11-01"]
    assert rounds[0]["decision"] is None
    assert rounds[1]["decision"]["outcome"] == "change"


def test_a_decision_is_told_in_the_language_of_the_report(small: House) -> None:
    assert collected(small)["decision"]["band"] == "Low risk"
    assert collected(small, language="zh")["decision"]["band"] == "低风险"


def test_the_zones_of_the_scale_leave_no_gap(small: House) -> None:
    scheme = collected(small)["scheme"]
    zones = scheme["zones"]
    assert zones[0]["begins"] == "0"
    assert zones[-1]["ends"] == str(scheme["most"])
    assert [one["ends"] for one in zones[:-1]] == [one["begins"] for one in zones[1:]]


def test_a_file_name_holds_no_path() -> None:
    name = file_name({"name": "../a/b\\c:d", "subject": FIRST, "reported_on": "2026-11-22"}, ".pdf")
    assert name == f"{FIRST}-..abcd-2026-11-22.pdf"


def test_what_was_withheld_is_named_and_not_shown(whole: House, sample: SampleManifest) -> None:
    for member in sample.members[:6]:
        document = collected(whole, member.uscc)
        shown = {one["item"] for one in document["facts"]}
        assert not shown & set(document["withheld"])
        tagged = {record for tag in document["tags"] for record in tag["records"]}
        assert tagged <= {one["record"] for one in document["facts"]}
