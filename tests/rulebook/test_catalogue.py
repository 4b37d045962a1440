from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.rulebook.catalogue import (
    ALREADY_IN_CATALOGUE,
    NO_SUCH_EDITION,
    NOT_IN_CATALOGUE,
    catalogue,
)

EXPECTED = """
registration.basic selfdeclared.qualification selfdeclared.intellectual_property
selfdeclared.operation penalty.decision licence.decision court.judgment_debtor
registry.abnormal_operation registry.serious_violation tax.rating tax.arrears_notice
association.membership_year association.charter_breach honour.award honour.standard
honour.forum_speech visit.verification finance.ratios contract.fulfilment
context.opinion context.complaint context.press
"""


def test_the_catalogue_holds_exactly_these_items() -> None:
    assert list(catalogue().items) == EXPECTED.split()


@pytest.mark.parametrize("code", ["person.religion", "tax", "tax.ratings", "", "TAX.RATING"])
def test_what_is_not_in_the_catalogue_is_refused_with_the_article(code: str) -> None:
    for ask in (catalogue().item, lambda name: catalogue().validate(name, {"a": "b"})):
        with pytest.raises(TallyError) as refusal:
            ask(code)
        assert refusal.value.reason is NOT_IN_CATALOGUE
        assert "art. 11" in refusal.value.reason.rule


def test_an_edition_that_is_not_at_hand_is_refused() -> None:
    assert catalogue(catalogue().edition) is catalogue()
    with pytest.raises(TallyError) as refusal:
        catalogue("1999.1")
    assert refusal.value.reason is NO_SUCH_EDITION


def test_nobody_changes_the_packaged_catalogue() -> None:
    with pytest.raises(TypeError):
        catalogue().items["person.religion"] = catalogue().item("tax.rating")  # type: ignore[index]


def test_an_own_item_cannot_take_the_place_of_a_packaged_one() -> None:
    item = catalogue().item("tax.rating")
    with pytest.raises(TallyError) as refusal:
        catalogue().with_items([item])
    assert refusal.value.reason is ALREADY_IN_CATALOGUE
