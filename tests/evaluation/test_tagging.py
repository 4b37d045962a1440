from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.evaluation import tag_rules, tags_of
from tallystick.evaluation.tagging import read_tags
from tallystick.kernel.errors import TallyError
from tallystick.records import Fact
from tallystick.rulebook.catalogue import catalogue

ON = "2026-11-22"
HEAD = (
    "pack: tags\njurisdiction: CN\nedition: '1'\nin_force: {from: 2013-03-15, to: null}\n"
    "names: {zh: 标签, en: tags}\ntags:\n"
)


def fact(item: str, record: str = "a", *, until: str | None = None, **data: Any) -> Fact:
    return Fact(record * 64, item, data, "2025-01-01", "transcribed", True, until)  # noqa: FBT003 - the fields of a fact


def codes(*facts: Fact, on: str = ON) -> list[str]:
    return [tag.code for tag in tags_of(facts, on)]


def test_a_tag_names_every_record_it_rests_on_and_when_it_ends() -> None:
    penalties = [
        fact("penalty.decision", "a", until="2027-01-01", severity="ordinary"),
        fact("penalty.decision", "b", until="2028-01-01", severity="ordinary"),
        fact("penalty.decision", "c", until="2029-01-01", severity="serious"),
    ]
    found = {tag.code: tag for tag in tags_of(penalties, ON)}
    assert set(found) == {"penalty", "serious-penalty", "several-penalties"}
    assert found["penalty"].records == ("a" * 64, "b" * 64)
    assert found["penalty"].until == "2028-01-01"  # one of them is enough, the later one carries it
    assert found["several-penalties"].until == "2027-01-01"  # three are needed: the first to end
    assert all(tag.sign == -1 for tag in found.values())


def test_the_fact_that_expires_takes_its_tag_with_it() -> None:
    listed = fact("court.judgment_debtor", until=ON)
    assert codes(listed) == ["judgment-debtor"]
    assert codes(listed, on="2026-11-23") == []


def test_a_declaration_nobody_verified_carries_no_tag() -> None:
    declared = fact("selfdeclared.qualification", high_tech=True)
    assert codes(declared) == ["high-tech"]
    assert codes(declared._replace(verified=False)) == []


def test_what_is_shown_for_context_carries_no_tag() -> None:
    with pytest.raises(TallyError, match="may be scored"):
        read_tags(
            HEAD + "  - {code: x, zh: 甲, en: x, sign: -1, item: context.complaint, at_least: 1}\n"
        )


def test_a_rating_of_an_older_year_does_not_speak_beside_a_newer_one() -> None:
    older, newer = (
        fact("tax.rating", year=2024, grade="D"),
        fact("tax.rating", year=2025, grade="A"),
    )
    assert codes(older) == ["tax-d"]
    assert codes(older, newer) == ["tax-a"]


def test_a_number_must_be_above_the_bound_and_a_flag_is_no_number() -> None:
    item = "selfdeclared.intellectual_property"
    assert codes(fact(item, invention_patents=0)) == []
    assert codes(fact(item, invention_patents=1)) == ["patents"]
    assert codes(fact(item, invention_patents=True)) == []
    assert codes(fact(item)) == []


def test_a_fact_of_tomorrow_carries_no_tag_today() -> None:
    assert codes(fact("honour.award")._replace(occurred="2026-11-23")) == []


def test_every_rule_asks_for_what_the_catalogue_has() -> None:
    rules = tag_rules()
    assert len({rule.code for rule in rules}) == len(rules)
    assert len({rule.names for rule in rules}) == len(rules)
    for rule in rules:
        item = catalogue().item(rule.item)
        for condition in rule.where:
            field = item.field(condition.field)
            assert field is not None
            if field.values:
                assert set(condition.values) <= {code for code, _ in field.values}, rule.code


@pytest.mark.parametrize(
    "changed",
    [
        "item: nothing.known, at_least: 1",
        "sign: 0, item: tax.rating, at_least: 1",
        "item: tax.rating, at_least: 0",
        "item: tax.rating, at_least: 1, newest: month",
        "item: tax.rating, at_least: 1, where: [{field: no, is: [a]}]",
        "item: tax.rating, at_least: 1, where: [{field: grade}]",
        "item: tax.rating, at_least: 1, where: [{field: year, is: [a], more_than: 1}]",
        "item: tax.rating, at_least: 1, weight: 3",
        "item: tax.rating",
    ],
)
def test_a_faulty_rule_is_refused_with_its_place(changed: str) -> None:
    sign = "" if "sign" in changed else "sign: 1, "
    with pytest.raises(TallyError, match=r"tags\.tags\[1\]"):
        read_tags(f"{HEAD}  - {{code: x, zh: 甲, en: x, {sign}{changed}}}\n")


def test_a_code_given_twice_is_refused() -> None:
    entry = "  - {code: x, zh: 甲, en: x, sign: 1, item: tax.rating, at_least: 1}\n"
    with pytest.raises(TallyError, match="twice"):
        read_tags(HEAD + entry + entry)


FACTS = st.lists(
    st.builds(
        lambda n, until, severity: fact(
            "penalty.decision", f"{n:x}", until=until, severity=severity
        ),
        st.integers(0, 15),
        st.sampled_from([None, "2026-11-21", "2026-11-22", "2027-05-05"]),
        st.sampled_from(["minor", "ordinary", "serious"]),
    ),
    max_size=8,
)


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_no_tag(facts: list[Fact], chance: Any) -> None:
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert codes(*facts) == codes(*shuffled)


@given(FACTS)
def test_a_tag_stands_to_its_last_day_and_not_a_day_longer(facts: list[Fact]) -> None:
    for tag in tags_of(facts, ON):
        if tag.until is not None:
            assert tag.code in codes(*facts, on=tag.until)
            assert tag.code not in codes(*facts, on=f"{tag.until[:4]}-12-31")
        else:
            assert tag.code in codes(*facts, on="2099-01-01")
