from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.evaluation import (
    Evaluation,
    Scheme,
    compile_scheme,
    evaluate,
    parse_scheme,
    scheme_items,
    shipped_scheme,
)
from tallystick.kernel.errors import TallyError
from tallystick.records.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = "2026-04-01"
SUBJECT = "91310110MA1PDY0018"
MODEST = settings(max_examples=60, deadline=None)


def entry(evaluation: Evaluation, code: str) -> dict[str, Any]:
    for one in evaluation.document()["indicators"]:
        if one["indicator"] == code:
            return dict(one)
    raise AssertionError(code)


def run(scheme: Scheme, *facts: Fact, as_of: str = AS_OF, **more: Any) -> Evaluation:
    more.setdefault("consulted", frozenset(scheme_items(scheme)))
    return evaluate(scheme, SUBJECT, facts, as_of=as_of, **more)


def test_no_fact_in_a_source_that_was_read_is_none_and_not_unknown(small: Scheme) -> None:
    assert entry(run(small), "L1") == {
        "indicator": "L1",
        "state": "known",
        "value": 0,
        "points": "100",
        "records": [],
    }


def test_no_fact_in_a_source_nobody_read_is_unknown_and_never_zero(small: Scheme) -> None:
    found = entry(run(small, consulted=frozenset()), "L1")
    assert (found["state"], found["value"], found["points"]) == ("unknown", None, None)


def test_a_fact_shows_by_itself_that_its_source_was_read(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    found = entry(run(small, fact("penalty.decision"), consulted=frozenset()), "L1")
    assert (found["state"], found["value"]) == ("known", 1)


@pytest.mark.parametrize(
    ("occurred", "as_of", "counts"),
    [
        ("2025-04-01", "2026-04-01", True),  # the last day of the period still belongs to it
        ("2025-03-31", "2026-04-01", False),
        ("2024-02-29", "2025-02-28", True),  # no such day: the last of the month ends the period
        ("2024-02-29", "2025-03-01", False),
        ("2023-02-28", "2024-02-29", False),
        ("2023-03-01", "2024-02-29", True),
        ("2025-02-28", "2026-02-28", True),
        ("2026-04-01", "2026-04-01", True),
        ("2026-04-02", "2026-04-01", False),  # tomorrow has not happened
    ],
)
def test_a_window_opens_and_closes_on_the_day_the_law_counts(
    small: Scheme, fact: Callable[..., Fact], occurred: str, as_of: str, *, counts: bool
) -> None:
    found = entry(run(small, fact("penalty.decision", occurred), as_of=as_of), "L1")
    assert found["value"] == int(counts)


@pytest.mark.parametrize(
    ("until", "counts"),
    [(None, True), ("2026-04-02", True), ("2026-04-01", True), ("2026-03-31", False)],
)
def test_a_fact_that_has_run_out_does_not_count(
    small: Scheme, fact: Callable[..., Fact], until: str | None, *, counts: bool
) -> None:
    found = entry(run(small, fact("penalty.decision", until=until)), "L1")
    assert found["value"] == int(counts)


@pytest.mark.parametrize("channel", ["self-declared", "transcribed", "direct"])
def test_what_a_member_says_of_itself_counts_only_when_verified(
    small: Scheme, fact: Callable[..., Fact], channel: str
) -> None:
    unverified = fact("selfdeclared.operation", channel=channel, verified=False, products=9)
    before = run(small, unverified)
    assert entry(before, "C2")["state"] == "unverified"
    assert entry(before, "C2")["points"] is None
    after = run(small, unverified._replace(verified=True))
    assert (entry(after, "C2")["value"], entry(after, "C2")["points"]) == (9, "100")


def test_any_item_delivered_by_the_member_itself_needs_a_verifier(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    own = fact("penalty.decision", channel="self-declared", verified=False)
    found = run(small, own)
    assert entry(found, "L1")["state"] == "unverified"
    assert entry(run(small, own._replace(verified=True)), "L1")["value"] == 1


def test_an_unverified_declaration_moves_no_digit_of_the_score(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    year = fact("association.membership_year", meetings_held=4, meetings_attended=3)
    without = run(small, year, consulted=frozenset({"penalty.decision"}))
    for products in (0, 1, 99):
        declared = fact("selfdeclared.operation", verified=False, products=products)
        with_it = run(small, year, declared, consulted=frozenset({"penalty.decision"}))
        assert with_it.score == without.score
        assert with_it.contributions == without.contributions


def test_a_withheld_item_is_never_used_even_when_it_is_handed_in(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    year = fact("association.membership_year", meetings_held=4, meetings_attended=0)
    found = run(small, year, withheld=[("association.membership_year", "no_grant")])
    assert entry(found, "C1")["state"] == "withheld"
    assert entry(found, "C1")["records"] == []
    assert found.document()["withheld"] == [
        {"item": "association.membership_year", "reason": "no_grant"}
    ]


def test_withdrawing_a_grant_lowers_coverage_and_puts_no_zero_in_the_score(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    facts = [
        fact("association.membership_year", meetings_held=4, meetings_attended=4),
        fact("selfdeclared.operation", products=5),
    ]
    before = run(small, *facts)
    after = run(small, *facts, withheld=[("association.membership_year", "grant_ended")])
    assert before.coverage["known"] == "1"
    assert after.coverage["known"] == "0.8"
    assert after.score == before.score == "100"


def test_items_nobody_asked_for_are_not_named_as_withheld(small: Scheme) -> None:
    assert run(small, withheld=[("tax.rating", "no_grant")]).withheld == ()


def test_a_rule_whose_item_could_not_be_read_is_unchecked_and_not_passed(small: Scheme) -> None:
    found = run(small, withheld=[("association.charter_breach", "no_grant")])
    assert found.coverage["rules_unchecked"] == ["breach"]
    assert ("W_RULES_UNCHECKED", "breach") in [(one.code, one.value) for one in found.warnings]
    assert "W_RULES_UNCHECKED" not in [one.code for one in run(small).warnings]
    assert run(small).coverage["rules_unchecked"] == []


def test_a_rule_is_hit_by_the_records_that_pass_its_test(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    none = fact("court.judgment_debtor", performance="none")
    full = fact("court.judgment_debtor", performance="full")
    silent = fact("court.judgment_debtor", "2025-01-01")
    found = run(small, full, none, silent)
    assert [(hit.rule.code, hit.records) for hit in found.hits] == [
        ("debtor", (silent.record, none.record))
    ]


def test_hits_are_named_gravest_first(small: Scheme, fact: Callable[..., Fact]) -> None:
    breach = fact("association.charter_breach", kind="harm_to_industry")
    debtor = fact("court.judgment_debtor", performance="none")
    assert [hit.rule.level for hit in run(small, breach, debtor).hits] == [4, 2]


def test_context_is_shown_and_weighs_nothing(small: Scheme, fact: Callable[..., Fact]) -> None:
    complaints = [fact("context.complaint", source="来信") for _ in range(30)]
    quiet, loud = run(small), run(small, *complaints)
    assert entry(loud, "N1")["value"] == len(complaints)
    assert entry(loud, "N1")["points"] is None
    assert loud.score == quiet.score
    assert loud.coverage["known"] == quiet.coverage["known"]


def test_the_latest_of_two_facts_of_one_day_is_the_one_with_the_greater_record(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    one = fact("selfdeclared.operation", record="a" * 64, products=1)
    two = fact("selfdeclared.operation", record="b" * 64, products=5)
    for order in ((one, two), (two, one)):
        found = entry(run(small, *order), "C2")
        assert (found["value"], found["records"]) == (5, ["b" * 64])


def test_a_record_handed_in_twice_counts_once(small: Scheme, fact: Callable[..., Fact]) -> None:
    penalty = fact("penalty.decision")
    assert entry(run(small, penalty, penalty), "L1")["value"] == 1


def test_a_field_of_the_wrong_kind_names_the_record_and_not_the_value(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    wrong = fact("selfdeclared.operation", products="secret")
    with pytest.raises(TallyError) as refusal:
        run(small, wrong)
    assert refusal.value.code == "fact_malformed"
    assert wrong.record in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_test_that_meets_the_wrong_kind_names_the_record(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    fine = fact("tax.arrears_notice")
    wrong = fact("tax.arrears_notice", cleared_on=20260401)
    with pytest.raises(TallyError) as refusal:
        run(small, fine, wrong)
    assert refusal.value.code == "fact_malformed"
    assert wrong.record in str(refusal.value)


def test_zero_for_missing_is_what_the_scheme_says_and_shows_as_such(
    rewritten: Callable[..., Scheme],
) -> None:
    scheme = rewritten(("    aggregate: ratio\n", "    aggregate: ratio\n    missing: zero\n"))
    found = run(scheme, consulted=frozenset())
    assert entry(found, "C1")["state"] == "assumed_zero"
    assert entry(found, "C1")["points"] == "40"
    assert found.coverage["known"] == "0"
    withheld = run(scheme, withheld=[("association.membership_year", "no_grant")])
    assert entry(withheld, "C1")["points"] is None, "what is withheld is not taken for zero"


def test_one_evaluator_serves_many_and_remembers_nothing(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    evaluator = compile_scheme(small)
    consulted = frozenset(scheme_items(small))
    bad = [fact("penalty.decision"), fact("court.judgment_debtor", performance="none")]
    alone = evaluator(SUBJECT, [], as_of=AS_OF, consulted=consulted).digest
    evaluator("other", bad, as_of=AS_OF, consulted=consulted)
    assert evaluator(SUBJECT, [], as_of=AS_OF, consulted=consulted).digest == alone
    assert evaluate(small, SUBJECT, [], as_of=AS_OF, consulted=consulted).digest == alone


ASSOCIATION = parse_scheme(shipped_scheme("association-2019"))
DATES = st.dates(
    min_value=date(2019, 1, 1),
    max_value=date(2026, 12, 31),
).map(lambda day: day.isoformat())
ITEMS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "penalty.decision": {"severity": st.sampled_from(["minor", "ordinary", "serious"])},
    "association.membership_year": {
        "meetings_held": st.integers(0, 9),
        "meetings_attended": st.integers(0, 9),
        "fees_paid_on_time": st.booleans(),
        "social_duties": st.integers(0, 5),
        "charter_kept": st.booleans(),
    },
    "honour.award": {"level": st.sampled_from(["national", "provincial", "municipal"])},
    "court.judgment_debtor": {"performance": st.sampled_from(["none", "partial", "full"])},
    "registration.basic": {
        "paid_in_capital": st.sampled_from(["0", "100.5", "3000000"]),
        "registered_capital": st.sampled_from(["1", "700.25", "9000000"]),
        "established_on": DATES,
        "industry": st.sampled_from(["I6510", "M7320", "A0111"]),
    },
    "selfdeclared.intellectual_property": {"patents": st.integers(0, 20)},
}
FACTS = st.lists(
    st.one_of(
        *(
            st.builds(
                Fact,
                st.text("0123456789abcdef", min_size=64, max_size=64),
                st.just(item),
                st.fixed_dictionaries({}, optional=fields),
                DATES,
                st.sampled_from(["direct", "transcribed", "self-declared"]),
                st.booleans(),
                st.none() | DATES,
            )
            for item, fields in ITEMS.items()
        )
    ),
    max_size=14,
    unique_by=lambda one: one.record,
)


@MODEST
@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_facts_come_in_changes_no_digit(facts: list[Fact], dice: random.Random) -> None:
    consulted = frozenset(ITEMS)
    first = evaluate(ASSOCIATION, SUBJECT, facts, as_of=AS_OF, consulted=consulted)
    shuffled = list(facts)
    dice.shuffle(shuffled)
    again = evaluate(ASSOCIATION, SUBJECT, iter(shuffled), as_of=AS_OF, consulted=consulted)
    assert again.document() == first.document()
    assert again.digest == first.digest


@MODEST
@given(FACTS)
def test_the_total_is_the_sum_of_the_products_and_nothing_is_clipped(facts: list[Fact]) -> None:
    found = evaluate(ASSOCIATION, SUBJECT, facts, as_of=AS_OF, consulted=frozenset(ITEMS))
    products = [Fraction(one.product) for one in found.contributions if one.product]
    assert found.score is not None
    assert Fraction(found.score) == sum(products)
    for one in found.contributions:
        counted = one.score if one.score is not None else one.assumed
        assert counted is not None
        assert one.product is not None
        assert Fraction(counted) * Fraction(one.weight) == Fraction(one.product)
