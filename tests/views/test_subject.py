from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.records import Delivery, bodies
from tallystick.views import END_FIELDS, VERIFICATION, Numbered, SubjectView, fold_subject

SUBJECT = "91310113MA1GKDGP4E"
DELIVERY = Delivery("00" * 16, "2026-01-01")
DECLARED = "selfdeclared.intellectual_property"
MODEST = settings(max_examples=60, deadline=None)


def fact(
    record: str,
    item: str = "tax.rating",
    key: str = "2024",
    imported: str = "",
    occurred: str = "2025-04-30",
    **data: Any,
) -> Numbered:
    source = {"name": "样例", "code": "", "document": "1", "digest": "ab" * 32}
    body = bodies.fact(
        DELIVERY,
        item=item,
        subject=SUBJECT,
        key=key,
        occurred=occurred,
        data=data,
        source=source,
        channel="transcribed",
        imported=imported or f"import-of-{record}",
    )
    return Numbered(record, body)


def declared(record: str, patents: int, period: str = "2025", **more: Any) -> Numbered:
    return fact(record, DECLARED, period, patents=patents, **more)


def visit(
    record: str,
    outcome: str = "confirmed",
    on: str = "2026-03-01",
    period: str = "2025",
    item: str = DECLARED,
    imported: str = "",
    **more: Any,
) -> Numbered:
    data = {
        "target_item": item,
        "target_period": period,
        "outcome": outcome,
        "visited_on": on,
        **more,
    }
    return fact(record, VERIFICATION, f"{item}|{period}", imported, on, **data)


def fold(*records: Numbered, retracted: Iterable[str] = ()) -> SubjectView:
    names = frozenset(f"import-of-{record}" for record in retracted)
    return fold_subject(SUBJECT, records, names | frozenset(retracted))


def ids(records: Iterable[Numbered]) -> list[str]:
    return [numbered.record for numbered in records]


# -- versions ------------------------------------------------------------------------------------


def test_nothing_folds_to_nothing() -> None:
    view = fold()
    assert view.subject == SUBJECT
    for part in (view.facts, view.superseded, view.retracted, view.grants, view.decisions):
        assert part == []
    assert view.verified == frozenset()


def test_the_newest_version_stands_and_the_older_ones_stay_traceable() -> None:
    view = fold(fact("a", grade="A"), fact("b", grade="B"), fact("c", grade="C"))
    assert ids(view.facts) == ["c"]
    assert ids(view.superseded) == ["a", "b"]


def test_facts_of_other_items_or_keys_do_not_supersede_each_other() -> None:
    view = fold(
        fact("a", "tax.rating", "2024"),
        fact("b", "tax.rating", "2023"),
        fact("c", "tax.arrears_notice", "2024"),
    )
    assert ids(view.facts) == ["a", "b", "c"]
    assert view.superseded == []


def test_after_a_retraction_the_older_version_stands_again() -> None:
    records = [fact("a", grade="A"), fact("b", grade="B"), fact("c", grade="C")]
    view = fold(*records, retracted=["c"])
    assert (ids(view.facts), ids(view.superseded), ids(view.retracted)) == (["b"], ["a"], ["c"])
    view = fold(*records, retracted=["b"])
    assert (ids(view.facts), ids(view.superseded), ids(view.retracted)) == (["c"], ["a"], ["b"])
    view = fold(*records, retracted=["b", "c"])
    assert (ids(view.facts), ids(view.superseded), ids(view.retracted)) == (["a"], [], ["b", "c"])
    view = fold(*records, retracted=["a", "b", "c"])
    assert (ids(view.facts), ids(view.superseded)) == ([], [])


def test_a_retraction_takes_back_every_fact_of_its_import_and_no_other() -> None:
    records = [
        fact("a", key="1", imported="tax-0001"),
        fact("b", key="2", imported="tax-0001"),
        fact("c", key="3", imported="tax-0002"),
        fact("d", key="4", imported="tax-00011"),
    ]
    view = fold(*records, retracted=["tax-0001"])
    assert (ids(view.facts), ids(view.retracted)) == (["c", "d"], ["a", "b"])


def test_a_fact_that_came_by_no_file_cannot_be_retracted_with_one() -> None:
    body = {**fact("a").body, "imported": ""}
    view = fold(Numbered("a", body), retracted=[])
    assert ids(view.facts) == ["a"]


@MODEST
@given(st.permutations(["a", "b", "c", "d", "e", "f"]))
def test_the_order_of_imports_changes_nothing_where_no_version_supersedes_another(
    order: list[str],
) -> None:
    records = {
        "a": fact("a", "tax.rating", "2024"),
        "b": fact("b", "penalty.decision", "x", document="x", form="current"),
        "c": declared("c", 5),
        "d": visit("d"),
        "e": visit("e", "not_confirmed", on="2026-01-01", period="2024"),
        "f": declared("f", 3, period="2024"),
    }
    view = fold(*(records[name] for name in order))
    assert sorted(ids(view.facts)) == sorted(records)
    assert view.verified == {"c"}


def test_facts_stand_in_the_order_of_the_ledger() -> None:
    view = fold(fact("a", key="1"), fact("b", key="2"), fact("c", key="1"), fact("d", key="3"))
    assert ids(view.facts) == ["b", "c", "d"]


def test_proposals_and_decisions_are_kept_in_order() -> None:
    proposals = [
        Numbered(
            name,
            bodies.evaluation(
                DELIVERY, subject=SUBJECT, scheme="s", as_of="2026-01-01", view="v", result={}
            ),
        )
        for name in ("p", "q")
    ]
    decision = Numbered(
        "d",
        bodies.decision(
            DELIVERY,
            subject=SUBJECT,
            evaluation="p",
            outcome="confirm",
            band="A",
            light="green",
            reason="r",
            officer={"key": "k", "name": "n"},
            scripted=False,
        ),
    )
    view = fold(proposals[0], decision, proposals[1])
    assert ids(view.evaluations) == ["p", "q"]
    assert ids(view.decisions) == ["d"]


def test_a_record_of_a_later_kind_is_passed_over() -> None:
    assert fold(Numbered("x", {"kind": "correction", "subject": SUBJECT})).facts == []


# -- one decision in two forms -------------------------------------------------------------------


def penalty(
    record: str, form: str, document: str = "(2025)1号", day: str = "2025-05-01"
) -> Numbered:
    key = f"{document}|{form}|{record}"
    return fact(record, "penalty.decision", key, occurred=day, document=document, form=form)


@pytest.mark.parametrize("order", [("o", "c"), ("c", "o")])
def test_a_decision_in_the_old_form_gives_way_to_the_same_in_the_current_one(
    order: tuple[str, str],
) -> None:
    records = {"o": penalty("o", "old"), "c": penalty("c", "current")}
    view = fold(*(records[name] for name in order))
    assert (ids(view.facts), ids(view.superseded)) == (["c"], ["o"])
    view = fold(*(records[name] for name in order), retracted=["c"])
    assert (ids(view.facts), ids(view.superseded)) == (["o"], [])


def test_decisions_that_are_not_the_same_both_stand() -> None:
    for other in (
        penalty("c", "current", document="(2025)2号"),
        penalty("c", "current", day="2025-05-02"),
        penalty("c", "old"),
    ):
        assert ids(fold(penalty("o", "old"), other).facts) == ["o", "c"]
    nameless = [penalty("o", "old", document=""), penalty("c", "current", document="")]
    assert ids(fold(*nameless).facts) == ["o", "c"]


# -- verification --------------------------------------------------------------------------------


def test_a_declaration_counts_as_verified_once_a_visit_confirmed_it() -> None:
    assert fold(declared("a", 5)).verified == frozenset()
    assert fold(declared("a", 5), visit("v")).verified == {"a"}
    assert fold(visit("v"), declared("a", 5)).verified == {"a"}
    assert fold(declared("a", 5), visit("v", "not_confirmed")).verified == frozenset()
    assert fold(declared("a", 5), visit("v", "unheard-of")).verified == frozenset()


def test_a_visit_confirms_one_item_and_one_period() -> None:
    for other in (
        visit("v", period="2024"),
        visit("v", period=""),
        visit("v", item="selfdeclared.qualification"),
        visit("v", item="selfdeclared"),
    ):
        assert fold(declared("a", 5), other).verified == frozenset()


def test_a_later_visit_that_does_not_confirm_takes_the_verification_away() -> None:
    a = declared("a", 5)
    first, second = visit("v", on="2026-03-01"), visit("w", "not_confirmed", on="2026-06-01")
    assert fold(a, first, second).verified == frozenset()
    assert fold(a, second, visit("x", on="2026-09-01")).verified == {"a"}


def test_which_visit_is_newer_is_said_by_its_day_where_both_stand() -> None:
    early = fact("v", VERIFICATION, "k1", **visit("v", on="2026-03-01").body["data"])
    late = fact(
        "w", VERIFICATION, "k2", **visit("w", "not_confirmed", on="2026-06-01").body["data"]
    )
    for order in itertools.permutations([declared("a", 5), early, late]):
        assert fold(*order).verified == frozenset()
    same_day = fact("w", VERIFICATION, "k2", **visit("w", "not_confirmed").body["data"])
    assert fold(declared("a", 5), early, same_day).verified == frozenset()
    assert fold(declared("a", 5), same_day, early).verified == {"a"}


def test_a_declaration_raised_after_the_visit_is_not_verified_by_it() -> None:
    assert fold(declared("a", 5), visit("v"), declared("b", 50)).verified == frozenset()
    assert fold(visit("v"), declared("a", 5), declared("b", 50)).verified == frozenset()


def test_a_declaration_changed_before_the_visit_is_verified_by_it() -> None:
    assert fold(declared("a", 5), declared("b", 50), visit("v")).verified == {"b"}
    view = fold(declared("a", 5), visit("v"), declared("b", 50), visit("w", on="2026-06-01"))
    assert view.verified == {"b"}


def test_a_declaration_raised_and_lowered_again_needs_a_new_visit() -> None:
    records = [declared("a", 5), visit("v"), declared("b", 50), declared("c", 5)]
    assert fold(*records).verified == frozenset()


def test_a_declaration_said_again_without_a_change_stays_verified() -> None:
    assert fold(declared("a", 5), visit("v"), declared("b", 5)).verified == {"b"}


def test_a_raise_by_retracting_and_declaring_anew_is_a_raise() -> None:
    records = [declared("a", 5), visit("v"), declared("b", 50)]
    assert fold(*records, retracted=["a"]).verified == frozenset()
    assert fold(visit("v"), declared("a", 5), declared("b", 50), retracted=["a"]).verified == (
        frozenset()
    )


def test_a_declaration_retracted_by_mistake_and_delivered_again_stays_verified() -> None:
    records = [declared("a", 5), visit("v"), declared("b", 5)]
    assert fold(*records, retracted=["a"]).verified == {"b"}


def test_the_version_that_comes_back_is_as_verified_as_it_was() -> None:
    records = [declared("a", 5), visit("v"), declared("b", 50)]
    assert fold(*records, retracted=["b"]).verified == {"a"}


def test_a_visit_said_again_later_is_still_the_visit_of_its_day() -> None:
    # Otherwise a spelling corrected in its note would verify what was raised in between.
    again = visit("w", note="spelling corrected")
    assert fold(declared("a", 5), visit("v"), declared("b", 50), again).verified == frozenset()
    view = fold(declared("a", 5), visit("v"), declared("b", 50), again, retracted=["v"])
    assert view.verified == frozenset()
    assert fold(declared("a", 5), visit("v"), again).verified == {"a"}


def test_a_retracted_visit_confirms_nothing() -> None:
    assert fold(declared("a", 5), visit("v"), retracted=["v"]).verified == frozenset()
    view = fold(declared("a", 5), visit("v"), visit("w", "not_confirmed"), retracted=["w"])
    assert view.verified == {"a"}


def test_only_self_declared_facts_need_a_visit() -> None:
    view = fold(declared("a", 5), declared("b", 3, period="2024"), fact("c"), visit("v"))
    verified = {n.record: view.as_fact(n).verified for n in view.facts}
    assert verified == {"a": True, "b": False, "c": True, "v": True}


# -- what is handed on ---------------------------------------------------------------------------


def test_a_fact_is_handed_on_whole_with_the_day_it_ends() -> None:
    numbered = fact("a", "honour.award", "x", title="t", valid_until="2027-01-01", later=[1])
    found = fold(numbered).as_fact(numbered)
    assert found.record == "a"
    assert found.item == "honour.award"
    assert found.data == {"title": "t", "valid_until": "2027-01-01", "later": [1]}
    assert (found.occurred, found.channel, found.until) == (
        "2025-04-30",
        "transcribed",
        "2027-01-01",
    )


@pytest.mark.parametrize(("item", "name"), END_FIELDS.items())
def test_a_fact_without_an_end_has_none(item: str, name: str) -> None:
    for data in ({}, {"other_until": "2027-01-01"}):
        numbered = fact("a", item, "x", **data)
        assert fold(numbered).as_fact(numbered).until is None
    numbered = fact("a", item, "x", **{name: "2027-01-01"})
    assert fold(numbered).as_fact(numbered).until == "2027-01-01"


# -- what was erased -----------------------------------------------------------------------------


def erasure(record: str, *targets: str, recorded: str = "2026-04-01", **more: Any) -> Numbered:
    body = bodies.erasure(
        Delivery("00" * 16, recorded),
        subject=SUBJECT,
        records=["0" * 64],
        basis="art. 25",
        reason="court",
        delivered=[],
        consents=[],
        targets=targets,
        more=0,
    )
    return Numbered(record, {name: body[name] for name in body if name not in more.get("cut", ())})


def test_a_visit_does_not_confirm_what_was_declared_beside_something_erased() -> None:
    """Declared, visited, raised: erasing the first leaves no trace of the raise but the erasure."""
    raised, target = declared("b", 9), f"{DECLARED}|2025"
    assert not fold(visit("v"), raised, erasure("e", target)).verified
    assert not fold(raised, erasure("e", target), visit("v")).verified, "told of again since"
    assert fold(raised, erasure("e", target), visit("v", on="2026-04-02")).verified == {"b"}
    assert fold(visit("v"), raised, erasure("e", f"{DECLARED}|2024")).verified == {"b"}
    assert fold(visit("v"), raised, erasure("e")).verified == {"b"}
    assert not fold(visit("v"), raised, erasure("e", cut=("targets",))).verified
