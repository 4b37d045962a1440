"""What weighs and what does not: context never, and what is declared only once verified."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tallystick.app import schemes
from tallystick.app.importing import deliver
from tallystick.evaluation import shipped_scheme
from tallystick.kernel.errors import TallyError
from tallystick.records import sign_act

from .conftest import (
    ACME,
    BOREAS,
    EVERYTHING,
    Association,
    fact,
    refusal,
)

YEAR_END = "2026-12-31"


def test_opinions_complaints_and_press_change_no_digit(association: Association) -> None:
    before = association.evaluates(ACME)
    with association.opened() as store:
        note = {"source": "样例网", "received_on": "2026-06-01", "note": "说法未经核实"}
        deliver(
            store,
            [fact(store, f"context.{kind}", note) for kind in ("opinion", "complaint", "press")],
        )
    assert association.evaluates(ACME) == before


def test_a_scheme_that_gives_context_a_weight_cannot_be_published(
    association: Association, tmp_path: Path
) -> None:
    text = shipped_scheme("association-2019").replace(
        "item: penalty.decision", "item: context.complaint", 1
    )
    file = tmp_path / "scheme.yaml"
    file.write_text(text, encoding="utf-8")
    assert "context_scored" in {problem.code for problem in schemes.lint(file)}
    with association.opened() as store, pytest.raises(TallyError):
        schemes.publish(store, str(file))


GOOD = {"iso9001": "是", "cultivated_brand": "是", "high_tech": "是", "other_qualifications": "9"}
POOR = {"iso9001": "否", "cultivated_brand": "否", "high_tech": "否", "other_qualifications": "0"}
DECLARED = {"period": "2025", "declared_on": "2026-02-03"}
VISIT = {
    "target_item": "资质", "target_period": "2025", "outcome": "属实", "visited_on": "2026-03-04",
}  # fmt: skip


def basics(result: dict[str, Any]) -> Decimal:
    [one] = [c for c in result["contributions"] if c["code"] == "basic"]
    return Decimal(one["score"])


@pytest.fixture
def consenting(association: Association) -> Association:
    for member in (ACME, BOREAS):
        association.is_given_consent(member, *EVERYTHING, until=YEAR_END)
    return association


@pytest.mark.parametrize("declared", [GOOD, POOR])
def test_what_a_member_says_of_itself_neither_raises_nor_lowers_before_it_is_verified(
    consenting: Association, declared: dict[str, str]
) -> None:
    silent = consenting.evaluates(ACME)
    consenting.receives("self-declared", {"uscc": ACME, **DECLARED, **declared})
    said = consenting.evaluates(ACME)
    assert said["score"] == silent["score"]
    assert basics(said) == basics(silent)
    assert said["coverage"]["known"] == silent["coverage"]["known"]
    assert said["coverage"]["indicators"]["unverified"] > 0


def test_a_verified_declaration_counts(consenting: Association) -> None:
    silent = basics(consenting.evaluates(ACME))
    for member, declared in ((ACME, GOOD), (BOREAS, POOR)):
        consenting.receives("self-declared", {"uscc": member, **DECLARED, **declared})
        consenting.receives("site-visit", {"uscc": member, **VISIT})
    assert basics(consenting.evaluates(BOREAS)) < silent < basics(consenting.evaluates(ACME))


def test_a_visit_that_did_not_confirm_leaves_the_declaration_unverified(
    consenting: Association,
) -> None:
    silent = basics(consenting.evaluates(ACME))
    consenting.receives("self-declared", {"uscc": ACME, **DECLARED, **POOR})
    consenting.receives("site-visit", {"uscc": ACME, **VISIT, "outcome": "不属实"})
    assert basics(consenting.evaluates(ACME)) == silent


def test_a_later_visit_that_did_not_confirm_takes_the_verification_back(
    consenting: Association,
) -> None:
    consenting.receives("self-declared", {"uscc": ACME, **DECLARED, **GOOD})
    consenting.receives("site-visit", {"uscc": ACME, **VISIT})
    verified = basics(consenting.evaluates(ACME))
    later = {**VISIT, "outcome": "不属实", "visited_on": "2026-09-01"}
    consenting.receives("site-visit", {"uscc": ACME, **later})
    assert basics(consenting.evaluates(ACME)) < verified


def test_a_declaration_changed_after_the_visit_needs_a_new_visit(
    consenting: Association,
) -> None:
    """Otherwise one could declare little, be visited, and then declare much."""
    consenting.receives("self-declared", {"uscc": ACME, **DECLARED, **POOR})
    consenting.receives("site-visit", {"uscc": ACME, **VISIT})
    modest = basics(consenting.evaluates(ACME))
    consenting.receives("self-declared", {"uscc": ACME, **DECLARED, **GOOD})
    raised = consenting.evaluates(ACME)
    assert raised["coverage"]["indicators"]["unverified"] > 0
    consenting.receives("site-visit", {"uscc": ACME, **VISIT, "visited_on": "2026-10-01"})
    assert basics(consenting.evaluates(ACME)) > modest


def test_a_verification_without_the_signature_of_a_verifier_is_refused(
    consenting: Association,
) -> None:
    data = {
        "target_item": "selfdeclared.qualification",
        "target_period": "2025",
        "outcome": "confirmed",
        "visited_on": "2026-03-04",
    }
    with consenting.opened() as store:
        unsigned = fact(store, "visit.verification", data)
        by_the_provider = sign_act(store.origin, unsigned, [store.provider_key])
    assert refusal(consenting, unsigned).code == "not_signed"
    assert refusal(consenting, by_the_provider).code == "unknown_key"
