from __future__ import annotations

import itertools
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import pytest

from tallystick.exchange import (
    GRANT_ENDED,
    MEMBER_EVALUATION,
    NO_GRANT,
    PURPOSES,
    REASONS,
    UNKNOWN_PURPOSE,
    Door,
    Look,
    purpose_code,
)
from tallystick.kernel.errors import TallyError
from tallystick.records import Delivery, bodies
from tallystick.views import Numbered, fold_subject

SUBJECT = "91310113MA1GKDGP4E"
DELIVERY = Delivery("00" * 16, "2026-01-01")
SHARING = {
    "penalty.decision": "public",
    "registration.basic": "public",
    "tax.rating": "consent",
    "tax.arrears_notice": "consent",
    "taxi.licence": "consent",
    "honour.award": "consent",
    "context.opinion": "context",
}
EVERYTHING = frozenset(SHARING)
AS_OF = "2026-06-15"
ENDED, NONE = GRANT_ENDED.code, NO_GRANT.code


def fact(record: str, item: str, **data: Any) -> Numbered:
    source = {"name": "样例", "code": "", "document": "1", "digest": "ab" * 32}
    body = bodies.fact(
        DELIVERY,
        item=item,
        subject=SUBJECT,
        key=record,
        occurred="2025-04-30",
        data=data,
        source=source,
        channel="transcribed",
        imported="i",
    )
    return Numbered(record, body)


FACTS = [fact(f"f{n}", item) for n, item in enumerate(SHARING)]


def grant(
    record: str = "g",
    *categories: str,
    purpose: str = MEMBER_EVALUATION,
    granted_on: str = "2026-01-01",
    until: str = "2026-12-31",
) -> Numbered:
    body = bodies.grant(
        DELIVERY,
        subject=SUBJECT,
        categories=categories or ("tax",),
        purpose=purpose,
        granted_on=granted_on,
        until=until,
        document_digest=record.ljust(64, "0"),
        imported="",
    )
    return Numbered(record, body)


def withdrawal(day: str, *grants: str) -> Numbered:
    body = bodies.withdrawal(DELIVERY, subject=SUBJECT, grants=grants or ("g",), from_day=day)
    return Numbered("w" + day, body)


def look(
    *records: Numbered,
    facts: Iterable[Numbered] = FACTS,
    purpose: str = MEMBER_EVALUATION,
    as_of: str = AS_OF,
    needed: frozenset[str] = EVERYTHING,
    sharing: dict[str, str] | None = None,
) -> Look:
    door = Door(purpose, as_of, SHARING if sharing is None else sharing, needed)
    return door.look(fold_subject(SUBJECT, [*facts, *records]))


def items(taken: Look) -> set[str]:
    return {fact.item for fact in taken.facts}


# -- what may be read ----------------------------------------------------------------------------

# How a grant stands on the day of the look: the records that make it so, and what they allow.
STATES: dict[str, tuple[list[Numbered], str]] = {
    "none": ([], NONE),
    "in force": ([grant()], ""),
    "on its first day": ([grant(granted_on=AS_OF)], ""),
    "on its last day": ([grant(until=AS_OF)], ""),
    "for one day": ([grant(granted_on=AS_OF, until=AS_OF)], ""),
    "not yet begun": ([grant(granted_on="2026-06-16")], NONE),
    "ended the day before": ([grant(until="2026-06-14")], ENDED),
    "ended before it began": ([grant(granted_on="2026-06-20", until="2026-06-10")], NONE),
    "withdrawn before": ([grant(), withdrawal("2026-06-14")], ENDED),
    "withdrawn from this day": ([grant(), withdrawal(AS_OF)], ENDED),
    "withdrawn from tomorrow": ([grant(), withdrawal("2026-06-16")], ""),
    "another was withdrawn": ([grant(), withdrawal("2026-06-14", "other")], ""),
    "one of two withdrawn": ([grant(), grant("h"), withdrawal("2026-06-14")], ""),
    "both withdrawn": ([grant(), grant("h"), withdrawal("2026-06-14", "g", "h")], ENDED),
    "ended and given anew": ([grant(until="2026-05-01"), grant("h", granted_on="2026-06-01")], ""),
    "for another purpose": ([grant(purpose="self_inspection")], NONE),
    "ended, for another purpose": (
        [grant(purpose="self_inspection", until="2026-05-01")],
        NONE,
    ),
    "for other items": ([grant("g", "honour")], NONE),
    "for no items": ([Numbered("g", {**grant().body, "categories": []})], NONE),
}
CLASSES = {"public": "penalty.decision", "consent": "tax.rating", "context": "context.opinion"}


@pytest.mark.parametrize(("sharing", "state"), list(itertools.product(CLASSES, STATES)), ids=str)
def test_what_each_class_needs_and_each_grant_allows(sharing: str, state: str) -> None:
    records, verdict = STATES[state]
    item = CLASSES[sharing]
    expected = verdict if sharing == "consent" else ""
    taken = look(*records)
    assert (item in items(taken)) == (expected == "")
    assert taken.withheld.get(item, "") == expected
    # The same, asked about alone: what else is asked for changes nothing.
    alone = look(*records, needed=frozenset({item}))
    assert items(alone) == ({item} if expected == "" else set())
    assert alone.withheld == ({item: expected} if expected else {})


@pytest.mark.parametrize(
    ("as_of", "read_on", "verdict"),
    [
        ("2026-03-01", "2026-03-01", ""),
        ("2026-03-01", "2026-05-31", ""),
        ("2026-05-31", "2026-03-01", ""),
        ("2026-03-01", "2026-06-01", ENDED),  # withdrawn by now: yesterday is no way round it
        ("2026-06-01", "2026-03-01", ENDED),
        ("2026-03-01", "2027-01-01", ENDED),
        ("2027-01-01", "2026-03-01", ENDED),
        ("2025-12-31", "2026-03-01", NONE),  # not yet given on the day judged by
        ("2026-03-01", "2025-12-31", NONE),
    ],
)
def test_a_grant_holds_on_the_day_judged_by_and_on_the_day_of_reading(
    as_of: str, read_on: str, verdict: str
) -> None:
    view = fold_subject(SUBJECT, [*FACTS, grant(), withdrawal("2026-06-01")])
    taken = Door(MEMBER_EVALUATION, as_of, SHARING, EVERYTHING, read_on).look(view)
    assert taken.withheld.get("tax.rating", "") == verdict


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("granted", PURPOSES)
def test_consent_for_one_purpose_is_no_consent_for_another(purpose: str, granted: str) -> None:
    taken = look(grant(purpose=granted), purpose=purpose)
    assert ("tax.rating" in items(taken)) == (purpose == granted)
    assert "penalty.decision" in items(taken)


@pytest.mark.parametrize(
    ("category", "opened"),
    [
        ("tax", {"tax.rating", "tax.arrears_notice"}),
        ("tax.", {"tax.rating", "tax.arrears_notice"}),
        ("tax.rating", {"tax.rating"}),
        ("tax.rating.", set()),
        ("tax.rat", set()),
        ("ta", set()),
        ("", set()),
        (".", set()),
        ("..", set()),
        ("*", set()),
        ("tax.*", set()),
        ("TAX", set()),
        (" tax", set()),
        ("tax ", set()),
        ("rating", set()),
        ("taxi", {"taxi.licence"}),
        ("honour.award", {"honour.award"}),
        ("honour.award.more", set()),
    ],
)
def test_a_category_opens_items_up_to_a_dot_and_no_other_word(
    category: str, opened: set[str]
) -> None:
    free = {"penalty.decision", "registration.basic", "context.opinion"}
    assert items(look(grant("g", category))) == free | opened


def test_several_grants_open_together_what_each_opens() -> None:
    taken = look(grant("g", "tax.rating"), grant("h", "honour", "taxi.licence"))
    assert set(taken.withheld) == {"tax.arrears_notice"}


@pytest.mark.parametrize("word", ["", "Public", "secret", "prohibited", "open", "none", " public"])
def test_a_class_nobody_knows_is_not_free_to_read(word: str) -> None:
    taken = look(sharing={**SHARING, "penalty.decision": word})
    assert taken.withheld["penalty.decision"] == NONE
    assert "penalty.decision" not in items(taken)


def test_an_item_the_catalogue_does_not_know_needs_consent() -> None:
    strange = fact("x", "strange.item")
    needed = EVERYTHING | {"strange.item"}
    assert look(facts=[strange], needed=needed).withheld["strange.item"] == NONE
    assert items(look(grant("g", "strange"), facts=[strange], needed=needed)) == {"strange.item"}


# -- what is asked for, and what is said of the rest --------------------------------------------


def test_nothing_is_read_that_was_not_asked_for() -> None:
    taken = look(grant("g", "tax", "honour"), needed=frozenset({"tax.rating"}))
    assert items(taken) == {"tax.rating"}
    assert taken.withheld == {}
    assert taken.read == {"tax.rating": 1}
    nothing = look(needed=frozenset())
    assert (nothing.facts, nothing.withheld, nothing.read) == ([], {}, {})


def test_what_is_withheld_is_named_whether_or_not_there_is_something() -> None:
    assert look(facts=[]).withheld == look(facts=FACTS).withheld
    assert set(look(facts=[]).withheld) == {n for n, s in SHARING.items() if s == "consent"}


def test_a_withheld_fact_leaves_no_trace_in_the_look() -> None:
    public = [f for f in FACTS if SHARING[f.body["item"]] != "consent"]
    assert look(facts=FACTS) == look(facts=public)


def test_context_is_read_under_no_grant_and_marked_as_its_item() -> None:
    taken = look(facts=[fact("c", "context.opinion", source="s", note="n")])
    [found] = taken.facts
    assert (found.item, found.data) == ("context.opinion", {"source": "s", "note": "n"})
    assert "context.opinion" not in taken.withheld


def test_read_counts_facts_by_item_in_order_of_their_names() -> None:
    facts = [fact("a", "tax.rating"), fact("b", "penalty.decision"), fact("c", "tax.rating")]
    taken = look(grant(), facts=facts)
    assert taken.read == {"penalty.decision": 1, "tax.rating": 2}
    assert list(taken.read) == sorted(taken.read)
    assert list(taken.withheld) == sorted(taken.withheld)


def test_facts_come_in_the_order_of_the_ledger() -> None:
    facts = [fact("c", "penalty.decision"), fact("a", "tax.rating"), fact("b", "penalty.decision")]
    assert [f.record for f in look(grant(), facts=facts).facts] == ["c", "a", "b"]


def test_superseded_and_retracted_facts_are_not_read() -> None:
    old, new = fact("a", "penalty.decision"), fact("b", "penalty.decision")
    new = Numbered("b", {**new.body, "key": old.body["key"]})
    assert [f.record for f in look(facts=[old, new]).facts] == ["b"]


def test_the_digest_names_the_facts_read_whatever_their_order() -> None:
    facts = [fact(name, "penalty.decision") for name in "cab"]
    expected = sha256(b"a\nb\nc").hexdigest()
    for order in itertools.permutations(facts):
        assert look(facts=order).digest == expected
    assert look(facts=facts[:2]).digest != expected
    assert look(facts=[]).digest == sha256(b"").hexdigest()


# -- purposes and reasons ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "purpose", ["", "advertising", "Association_Evaluation", "evaluation", " "]
)
def test_a_purpose_nobody_registered_opens_no_door(purpose: str) -> None:
    with pytest.raises(TallyError) as refusal:
        Door(purpose, AS_OF, SHARING, EVERYTHING)
    assert refusal.value.reason is UNKNOWN_PURPOSE


def test_every_reason_for_withholding_has_a_sentence_a_rule_and_a_remedy() -> None:
    assert set(REASONS) == {NONE, ENDED}
    for reason in REASONS.values():
        assert reason.text.zh
        assert reason.text.en
        assert reason.rule
        assert reason.remedy.en


@pytest.mark.parametrize("code", PURPOSES)
def test_a_purpose_is_known_by_code_and_by_name_in_both_languages(code: str) -> None:
    names = PURPOSES[code]
    for text in (code, code.upper(), code.replace("_", "-"), names.zh, names.en, f" {code} "):
        assert purpose_code(text) == code
    assert purpose_code(names.en.title()) == code


@pytest.mark.parametrize("text", ["", "advertising", "评价", "evaluation"])
def test_a_purpose_nobody_knows_is_passed_on_as_it_was_said(text: str) -> None:
    assert purpose_code(text) == text
