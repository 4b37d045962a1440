"""Signatures within a body: none missing, none of somebody else, none over other words."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.app import acts
from tallystick.app.acts import check_acts, check_parties, has_acts, is_own
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import Party, TrustPolicy
from tallystick.records import sign_act
from tallystick.rulebook.catalogue import catalogue
from tallystick.testing.fiction import COMPANY, fictional_uscc
from tallystick.views import VERIFICATION

ORIGIN = "example.org/credit"
BUYER, SELLER = fictional_uscc(COMPANY, 1), fictional_uscc(COMPANY, 2)


def key(name: str) -> SigningKey:
    return SigningKey(f"{ORIGIN}/{name}", name.encode().ljust(32, b"\0"))


OFFICER, OTHER, VERIFIER, PROVIDER, COUNTERPARTY = map(
    key, ("officer", "other", "verifier", "provider", "counterparty")
)
TRUST = TrustPolicy(
    (),
    (
        Party("officer", OFFICER.verifier, "", "Officer"),
        Party("officer", OTHER.verifier, "", "Other"),
        Party("verifier", VERIFIER.verifier, "", "Verifier"),
        Party("provider", PROVIDER.verifier, BUYER, "Buyer"),
        Party("provider", COUNTERPARTY.verifier, SELLER, "Seller"),
    ),
)


def decision(*signers: SigningKey, kind: str = "decision") -> dict[str, Any]:
    named = {"key": OFFICER.verifier.key_id.hex(), "name": "Officer"}
    return sign_act(ORIGIN, {"kind": kind, "officer": named}, list(signers))


def fact(item: str, *signers: SigningKey) -> dict[str, Any]:
    body = {"kind": "fact", "item": item, "subject": BUYER}
    return sign_act(ORIGIN, body, list(signers)) if signers else body


def refusal(body: dict[str, Any], origin: str = ORIGIN) -> str:
    with pytest.raises(TallyError) as caught:
        check_acts(origin, body, TRUST)
    return caught.value.code


def test_a_decision_carries_the_signature_of_the_officer_it_names() -> None:
    check_acts(ORIGIN, decision(OFFICER), TRUST)
    check_acts(ORIGIN, decision(OFFICER, OTHER), TRUST)
    for kind in ("decision", "model"):
        check_acts(ORIGIN, decision(OFFICER, kind=kind), TRUST)
        assert refusal(decision(OTHER, kind=kind)) == "not_signed"
        assert refusal(decision(kind=kind)) == "not_signed"
        assert refusal(decision(VERIFIER, kind=kind)) == "unknown_key"
        assert refusal(decision(PROVIDER, kind=kind)) == "unknown_key"


def test_a_signature_made_for_one_ledger_does_not_count_on_another() -> None:
    assert refusal(decision(OFFICER), "example.org/other") == "bad_signature"


def test_a_verification_is_signed_by_a_verifier_and_nobody_else() -> None:
    check_acts(ORIGIN, fact(VERIFICATION, VERIFIER), TRUST)
    assert refusal(fact(VERIFICATION)) == "not_signed"
    assert refusal(fact(VERIFICATION, OFFICER)) == "unknown_key"
    assert refusal(fact(VERIFICATION, PROVIDER)) == "unknown_key"


def test_both_parties_to_a_contract_sign() -> None:
    check_acts(ORIGIN, fact(acts.CONTRACT, PROVIDER, COUNTERPARTY), TRUST)
    for signers in ([], [PROVIDER], [COUNTERPARTY], [PROVIDER, PROVIDER]):
        assert refusal(fact(acts.CONTRACT, *signers)) == "not_signed"
    assert refusal(fact(acts.CONTRACT, PROVIDER, OFFICER)) == "unknown_key"


def test_of_three_parties_all_three_must_sign() -> None:
    body = fact(acts.CONTRACT, PROVIDER, COUNTERPARTY)
    with pytest.raises(TallyError, match="not_signed"):
        check_parties(ORIGIN, body, TRUST, count=3)


def test_a_signature_nobody_asked_for_must_hold_all_the_same() -> None:
    check_acts(ORIGIN, fact("tax.rating", PROVIDER), TRUST)
    check_acts(ORIGIN, fact("tax.rating"), TRUST)
    assert refusal(fact("tax.rating", key("stranger"))) == "unknown_key"
    assert refusal({**fact("tax.rating", PROVIDER), "subject": SELLER}) == "bad_signature"
    assert refusal({**fact("tax.rating", OFFICER), "kind": "grant"}) == "unknown_key"


def test_what_must_be_signed_is_known_before_it_is_checked() -> None:
    model = decision(kind="model")
    for body in (
        decision(),
        model,
        fact(VERIFICATION),
        fact(acts.CONTRACT),
        fact("tax.rating", PROVIDER),
    ):
        assert has_acts(body)
    for plain in (fact("tax.rating"), {"kind": "grant"}, {}, {"kind": "fact"}):
        assert not has_acts(plain)


def test_the_items_written_out_here_are_those_of_the_rule_book() -> None:
    two = {code for code, item in catalogue().items.items() if item.parties_signatures > 1}
    assert two == {acts.CONTRACT}
    assert acts.VERIFICATION == VERIFICATION


@pytest.mark.parametrize(
    ("source", "code", "own"),
    [
        ({"code": BUYER, "name": "x"}, BUYER, True),
        ({"code": SELLER, "name": "Buyer"}, BUYER, False),
        ({"code": "", "name": "Buyer"}, BUYER, False),
        ({"code": SELLER, "name": "Buyer"}, "", False),
        ({"code": "", "name": "Buyer"}, "", True),
        ({"code": "", "name": "Seller"}, "", False),
    ],
)
def test_a_fact_is_its_deliverers_own_by_code_or_without_codes_by_name(
    source: dict[str, str],
    code: str,
    own: bool,  # noqa: FBT001 - the answer expected
) -> None:
    deliverer = Party("provider", PROVIDER.verifier, code, "Buyer")
    assert is_own({"source": source}, deliverer) is own


def test_of_a_weighing_of_no_form_it_is_said_in_the_check_and_nowhere_else() -> None:
    groups = [{"cr": "0.02"}]
    whole = {"kind": "weighing", "officer": {}, "result": {"groups": groups}}
    assert not has_acts(whole)
    check_acts(ORIGIN, whole, TRUST)
    for spoiled in (
        {name: value for name, value in whole.items() if name != "officer"},
        {**whole, "result": {}},
        {**whole, "result": []},
        {**whole, "result": {"groups": [{"cr": "a lot"}]}},
        {**whole, "result": {"groups": [{"cr": 1}]}},
    ):
        assert has_acts(spoiled)
        with pytest.raises((TallyError, KeyError, TypeError)):
            check_acts(ORIGIN, spoiled, TRUST)


def test_one_secret_under_two_names_is_one_key() -> None:
    twin = SigningKey(f"{ORIGIN}/officer/twin", PROVIDER.seed)
    trust = TrustPolicy(
        (),
        (
            Party("provider", PROVIDER.verifier, BUYER, "Buyer"),
            Party("officer", twin.verifier, "", "Twin"),
        ),
    )
    body = {
        "kind": "party",
        "role": "officer",
        "key": twin.verifier.text(),
        "delivered_by": PROVIDER.verifier.key_id.hex(),
    }
    with pytest.raises(TallyError) as caught:
        check_acts(ORIGIN, sign_act(ORIGIN, body, [PROVIDER, twin]), trust)
    assert caught.value.code == "not_signed"
