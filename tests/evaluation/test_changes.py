from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tallystick.evaluation import Change, Scheme, evaluate, lawful_changes, scheme_items
from tallystick.records.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = "2026-04-01"


def changes(scheme: Scheme, facts: list[Fact], **more: Any) -> list[Change]:
    more.setdefault("consulted", frozenset(scheme_items(scheme)))
    return lawful_changes(scheme, facts, as_of=AS_OF, **more)


def band(scheme: Scheme, facts: list[Fact], **more: Any) -> str:
    more.setdefault("consulted", frozenset(scheme_items(scheme)))
    found = evaluate(scheme, "x", facts, as_of=AS_OF, **more).band
    return found.code if found else ""


def member(fact: Callable[..., Fact], **but: Any) -> list[Fact]:
    """Return the facts of an ordinary member, some fields set otherwise."""

    def of(item: str, **data: Any) -> Fact:
        return fact(item, **(data | {k: v for k, v in but.items() if k in data}))

    return [
        of(
            "registration.basic",
            established_on="2014-01-01",
            registered_capital="20000000",
            paid_in_capital="20000000",
            industry="I6510",
            shareholders=4,
            officers=5,
            changes_12m=0,
        ),
        of(
            "selfdeclared.qualification",
            iso9001=True,
            cultivated_brand=False,
            high_tech=True,
            other_qualifications=2,
        ),
        of(
            "selfdeclared.intellectual_property",
            patents=6,
            invention_patents=3,
            copyrights=8,
            trademarks=3,
        ),
        of(
            "selfdeclared.operation",
            business_line="chain",
            products=4,
            service_system=True,
            equity_pledged=False,
            chattel_mortgaged=False,
        ),
        of(
            "association.membership_year",
            fees_paid_on_time=True,
            meetings_held=6,
            meetings_attended=6,
            social_duties=3,
            charter_kept=True,
        ),
    ]


def test_nothing_is_offered_to_the_best(association: Scheme, fact: Callable[..., Fact]) -> None:
    facts = member(fact)
    assert band(association, facts) == "low"
    assert changes(association, facts) == []


def test_performing_the_duty_really_moves_the_band(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    debtor = fact("court.judgment_debtor", performance="none")
    facts = [*member(fact), debtor]
    assert band(association, facts) == "high"
    [change] = changes(association, facts)
    assert (change.kind, change.of, change.records) == (
        "end",
        "judgment-debtor",
        (debtor.record,),
    )
    assert "法院" in change.what.zh
    performed = [*member(fact), debtor._replace(data={"performance": "full"})]
    assert band(association, performed) == change.band.code == "low"
    after = evaluate(
        association,
        "x",
        performed,
        as_of=AS_OF,
        consulted=frozenset(scheme_items(association)),
    )
    assert after.score == change.score


def test_ending_a_listing_leaves_its_register_known_to_be_empty(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    facts = [*member(fact), fact("registry.serious_violation")]
    others = frozenset(scheme_items(association)) - {"registry.serious_violation"}
    [change] = changes(association, facts, consulted=others)
    ended = [one for one in facts if one.item != "registry.serious_violation"]
    after = evaluate(
        association,
        "x",
        ended,
        as_of=AS_OF,
        consulted=frozenset(scheme_items(association)),
    )
    assert after.band == change.band
    assert after.score == change.score
    assert after.coverage["known"] == "1"


def test_one_of_two_grave_hits_is_no_single_way_out(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    facts = [
        *member(fact),
        fact("court.judgment_debtor", performance="none"),
        fact("registry.serious_violation"),
    ]
    assert band(association, facts) == "high"
    assert changes(association, facts) == []


def test_improving_an_actionable_indicator_really_moves_the_band(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    poor = {"fees_paid_on_time": False, "service_system": False}
    facts = member(fact, **poor)
    assert band(association, facts) == "medium-high"
    offered = {one.of: one for one in changes(association, facts)}
    assert {"I01", "M03"} <= offered.keys(), offered
    for code, better in (("I01", {"fees_paid_on_time": True}), ("M03", {"service_system": True})):
        applied = member(fact, **(poor | better))
        after = evaluate(
            association,
            "x",
            applied,
            as_of=AS_OF,
            consulted=frozenset(scheme_items(association)),
        )
        assert after.band is not None
        assert after.band.code == offered[code].band.code == "low"
        assert after.score == offered[code].score
        assert offered[code].kind == "improve"
        assert offered[code].what.en


def test_every_change_offered_betters_the_band(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    order = [one.code for one in association.bands]
    facts = member(fact, fees_paid_on_time=False, meetings_attended=1)
    now = order.index(band(association, facts))
    offered = changes(association, facts)
    assert offered
    assert all(order.index(one.band.code) < now for one in offered)


def test_having_a_declaration_verified_is_offered_for_what_it_says(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    declared = [
        one._replace(verified=not one.item.startswith("selfdeclared.operation"))
        for one in member(fact)
    ]
    listed = fact("registry.abnormal_operation", "2025-12-01")
    facts = [*declared, listed]
    assert band(association, facts) == "medium-high"
    verify = next(one for one in changes(association, facts) if one.kind == "verify")
    assert verify.of == "selfdeclared.operation"
    applied = [one._replace(verified=True) for one in facts]
    assert band(association, applied) == verify.band.code


def test_hiding_a_fact_or_withdrawing_a_grant_is_never_offered(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    facts = [
        *member(fact, fees_paid_on_time=False, meetings_attended=0, charter_kept=False),
        fact("penalty.decision", severity="ordinary"),
    ]
    hidden = [one for one in facts if one.item != "association.membership_year"]
    gone = {"withheld": [("association.membership_year", "grant_ended")]}
    assert band(association, hidden, **gone) == "low", "the temptation is there"
    offered = changes(association, facts)
    actionable = {one.code for one in association.indicators if one.actionable}
    rules = {one.code for one in association.rules}
    assert {one.of for one in offered} <= actionable | rules


def test_what_is_withheld_is_not_raised_to_its_best(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    facts = member(fact, service_system=False, products=0)
    withheld = [("association.membership_year", "no_grant")]
    offered = changes(association, facts, withheld=withheld)
    assert not {one.of for one in offered} & {"I01", "I02", "I03", "I04"}


def test_changes_do_not_depend_on_the_order_of_facts(
    association: Scheme, fact: Callable[..., Fact]
) -> None:
    facts = member(fact, fees_paid_on_time=False, meetings_attended=1)
    assert changes(association, facts) == changes(association, facts[::-1])
