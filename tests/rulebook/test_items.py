from __future__ import annotations

import pytest

from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.items import Aspect, CatalogueItem, FieldType, Sharing

ITEMS = tuple(catalogue().items.values())
PUBLIC = {
    "registration.basic", "penalty.decision", "licence.decision", "court.judgment_debtor",
    "registry.abnormal_operation", "registry.serious_violation", "tax.arrears_notice",
}  # fmt: skip


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_an_item_is_complete_in_both_languages(item: CatalogueItem) -> None:
    texts = [item.names, item.item_class.names, item.source_document]
    texts += [field.names for field in item.fields]
    texts += [names for field in item.fields for _, names in field.values]
    texts += [citation.text for citation in item.legal_basis]
    assert all(text.zh.strip() and text.en.strip() for text in texts)
    assert all(field.unit for field in item.fields if field.type in ("integer", "decimal"))
    assert item.legal_basis


def test_the_lawful_public_class_is_exactly_this() -> None:
    assert {item.code for item in ITEMS if item.sharing is Sharing.PUBLIC} == PUBLIC


def test_opinion_complaint_and_press_never_score() -> None:
    assert {item.code for item in ITEMS if not item.scored} == {
        "context.opinion", "context.complaint", "context.press",
    }  # fmt: skip
    assert all(item.sign == 0 and item.aspect is None for item in ITEMS if not item.scored)


def test_a_contract_needs_both_parties_and_nothing_else_does() -> None:
    assert {item.code for item in ITEMS if item.parties_signatures == 2} == {"contract.fulfilment"}


def test_all_three_aspects_are_used() -> None:
    assert {item.aspect for item in ITEMS if item.scored} == set(Aspect)
    assert Aspect.WILLINGNESS.names == ("意愿", "willingness")


def test_money_is_in_yuan_and_never_below_zero() -> None:
    money = [f for item in ITEMS for f in item.fields if f.type is FieldType.DECIMAL]
    assert money
    assert all(field.unit == "CNY" and field.least == "0" for field in money)


def test_the_legal_representative_stays_off_every_page() -> None:
    hidden = [(item.code, f.name) for item in ITEMS for f in item.fields if not f.on_pages]
    assert hidden == [("registration.basic", "duty_holder")]


def test_dishonesty_is_kept_five_years_from_the_end_of_the_act() -> None:
    retention = catalogue().item("registry.abnormal_operation").retention
    assert (
        retention.ends_on({"listed_on": "2020-02-01", "removed_on": "2024-02-29"}) == "2029-02-28"
    )
    assert retention.basis is not None
    assert retention.basis.rule == "上海市社会信用条例 art. 35"


def test_while_the_act_goes_on_no_term_runs() -> None:
    retention = catalogue().item("registry.serious_violation").retention
    assert retention.ends_on({"listed_on": "2015-01-01"}) is None


def test_a_term_starts_at_the_first_date_there_is() -> None:
    retention = catalogue().item("contract.fulfilment").retention
    assert retention.ends_on({"due_on": "2024-01-31"}) == "2029-01-31"
    assert retention.ends_on({"due_on": "2024-01-31", "done_on": "2024-03-01"}) == "2029-03-01"


def test_an_item_is_in_force_from_its_first_day() -> None:
    item = catalogue().item("registration.basic")
    assert not item.in_force("2014-09-30")
    assert item.in_force("2014-10-01")
    assert item.in_force("2099-01-01")
