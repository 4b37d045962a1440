from __future__ import annotations

from typing import Any

import pytest

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.signing import BAD_SIGNATURE, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.records import NOT_SIGNED, act_message, check_act, sign_act

ORIGIN = "example.org/ledger"
BUYER = SigningKey("example.org/buyer", bytes([1]) * 32)
SELLER = SigningKey("example.org/seller", bytes([2]) * 32)
STRANGER = SigningKey("example.org/stranger", bytes([3]) * 32)
KNOWN = {key.verifier.key_id: key.verifier for key in (BUYER, SELLER)}
NOT_KNOWN = Reason("not_known", Text("不认识", "not known"))
BODY = {"kind": "fact", "data": {"amount": "10.5"}, "later": ["kept"]}


def find(key_id: bytes) -> VerifierKey:
    if key_id not in KNOWN:
        raise NOT_KNOWN.error()
    return KNOWN[key_id]


def refused(reason: Reason, body: Any, *, origin: str = ORIGIN, count: int = 1) -> None:
    with pytest.raises(TallyError) as refusal:
        check_act(origin, body, find, count)
    assert refusal.value.reason is reason


def line(key: SigningKey, signature: bytes) -> dict[str, str]:
    return {"key": key.verifier.key_id.hex(), "signature": signature.hex()}


def test_the_signed_message_is_domain_origin_and_canonical_body() -> None:
    expected = b"tallystick/act/v1\nexample.org/ledger\n" + canonical.encode(BODY)
    assert act_message(ORIGIN, BODY) == expected
    assert act_message(ORIGIN, {**BODY, "signatures": [1, 2]}) == expected


def test_who_signed_is_returned_in_order() -> None:
    body = sign_act(ORIGIN, BODY, [SELLER, BUYER])
    ids = [SELLER.verifier.key_id, BUYER.verifier.key_id]
    assert check_act(ORIGIN, body, find, 2) == ids
    assert check_act(ORIGIN, canonical.decode(canonical.encode(body)), find) == ids


def test_signing_leaves_the_body_as_it_was_and_replaces_older_signatures() -> None:
    body = sign_act(ORIGIN, BODY, [BUYER])
    assert {**body, "signatures": []} == {**BODY, "signatures": []}
    assert "signatures" not in BODY
    again = sign_act(ORIGIN, body, [SELLER])
    assert check_act(ORIGIN, again, find) == [SELLER.verifier.key_id]


@pytest.mark.parametrize("body", [BODY, {**BODY, "signatures": []}])
def test_a_body_nobody_signed_is_refused(body: Any) -> None:
    refused(NOT_SIGNED, body)


def test_one_key_signing_twice_is_one_signer() -> None:
    once = sign_act(ORIGIN, BODY, [BUYER])
    twice = {**BODY, "signatures": once["signatures"] * 2}
    assert check_act(ORIGIN, twice, find) == [BUYER.verifier.key_id]
    refused(NOT_SIGNED, twice, count=2)


def test_a_signature_holds_for_one_ledger_and_one_body() -> None:
    body = sign_act(ORIGIN, BODY, [BUYER])
    refused(BAD_SIGNATURE, body, origin="example.org/other")
    refused(BAD_SIGNATURE, {**body, "data": {"amount": "10.6"}})
    refused(BAD_SIGNATURE, {**body, "more": 1})
    refused(BAD_SIGNATURE, {k: v for k, v in body.items() if k != "later"})


def test_one_bad_signature_among_good_ones_refuses_the_whole() -> None:
    good = sign_act(ORIGIN, BODY, [BUYER])["signatures"][0]
    bad = line(SELLER, bytes(64))
    refused(BAD_SIGNATURE, {**BODY, "signatures": [good, bad]})
    refused(BAD_SIGNATURE, {**BODY, "signatures": [bad, good]})


def test_a_signer_nobody_accepts_refuses_the_whole() -> None:
    refused(NOT_KNOWN, sign_act(ORIGIN, BODY, [STRANGER]))
    refused(NOT_KNOWN, sign_act(ORIGIN, BODY, [BUYER, STRANGER]))


def test_a_signature_under_another_signers_id_is_refused() -> None:
    signature = BUYER.sign(act_message(ORIGIN, BODY))
    refused(BAD_SIGNATURE, {**BODY, "signatures": [line(SELLER, signature)]})


def test_a_signature_is_over_the_act_and_nothing_else_that_looks_like_one() -> None:
    # A key that also signs batches or checkpoints must not thereby have signed an act.
    for message in (canonical.encode(BODY), ORIGIN.encode() + b"\n" + canonical.encode(BODY)):
        refused(BAD_SIGNATURE, {**BODY, "signatures": [line(BUYER, BUYER.sign(message))]})


GOOD = line(BUYER, BUYER.sign(act_message(ORIGIN, BODY)))


@pytest.mark.parametrize(
    "signatures",
    [
        None,
        1,
        "",
        "ab",
        {},
        GOOD,
        [None],
        ["ab"],
        [[]],
        [1],
        [{}],
        [{"key": GOOD["key"]}],
        [{"signature": GOOD["signature"]}],
        [{**GOOD, "key": None}],
        [{**GOOD, "key": 5}],
        [{**GOOD, "key": "xy"}],
        [{**GOOD, "key": GOOD["key"].upper()}],
        [{**GOOD, "key": " " + GOOD["key"]}],
        [{**GOOD, "signature": None}],
        [{**GOOD, "signature": "xy"}],
        [{**GOOD, "signature": ""}],
        [{**GOOD, "signature": GOOD["signature"].upper()}],
        [{**GOOD, "signature": GOOD["signature"] + " "}],
        [{**GOOD, "more": 1}],
        [GOOD, None],
    ],
)
def test_signatures_of_the_wrong_form_are_refused_like_missing_or_false_ones(
    signatures: Any,
) -> None:
    with pytest.raises(TallyError):
        check_act(ORIGIN, {**BODY, "signatures": signatures}, find)
