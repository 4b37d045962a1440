"""Why a receipt is not valid: what is old or lacks witnesses is told from what is forged."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tallystick.app.receipts import make_numbered
from tallystick.app.verifying import Check, outcome_of, verify
from tallystick.kernel.errors import NOTHING
from tallystick.kernel.signing import COSIGNATURE_ED25519, SigningKey, VerifierKey
from tallystick.ledger import Witness, parse_trust, read_receipt

if TYPE_CHECKING:
    from tests.app.conftest import House


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def receipt_of(house: House, kind: str) -> bytes:
    with house.opened(writer=False) as store:
        return make_numbered(store, next(store.index.of_kind(kind)))


def as_of(data: bytes) -> int:
    """Return as of when a receipt states the standing, in seconds."""
    return read_receipt(data).check_status()[1].as_of


@pytest.mark.parametrize(
    ("age", "later", "outcome"),
    [
        (None, 0, "valid"),
        (86_400, 3600, "valid"),
        (86_400, 90_000, "too_old"),
        (86_400, -3600, "from_the_future"),
    ],
)
def test_the_outcome_tells_what_is_old_from_what_is_forged(
    small_house: House, age: int | None, later: int, outcome: str
) -> None:
    data = receipt_of(small_house, "fact")
    verdict = verify(data, trust_of(small_house), age, as_of(data) + later)
    told = verdict.to_json()
    assert told["outcome"] == outcome
    assert told["valid"] == (outcome == "valid")
    assert told["signer"] == "样例协会", "who signed is known either way"


def test_of_several_reasons_the_outcome_is_the_gravest(small_house: House) -> None:
    data, trust = receipt_of(small_house, "fact"), trust_of(small_house)
    public = SigningKey("w.example", os.urandom(32)).verifier.public
    witness = VerifierKey("w.example", public, COSIGNATURE_ED25519)
    quorum = parse_trust(trust).with_witness(Witness("w", witness)).with_quorum(1).text()
    late = as_of(data) + 90_000
    assert verify(data, quorum).outcome == "quorum_missing"
    assert verify(data, quorum, 86_400, late).outcome == "quorum_missing"
    assert verify(data, quorum).to_json()["signer"] == "样例协会"
    assert verify(data, None, 86_400, late).outcome == "signer_unknown"
    assert verify(data.replace(b"2026-", b"2025-", 1), trust).outcome == "broken"
    policy = parse_trust(trust)
    strange = replace(policy, parties=tuple(p for p in policy.parties if p.role != "provider"))
    assert verify(data, strange.text(), 86_400, late).outcome == "untrusted"


def test_an_answer_is_as_much_in_doubt_as_the_worst_of_its_records() -> None:
    old = Check("fresh", ok=False, detail=NOTHING, code="too_old")
    ended = Check("fresh", ok=False, detail=NOTHING, code="no_longer_in_force")
    strange = Check("provider", ok=False, detail=NOTHING, code="unknown_key")
    lacking = Check("witnesses", ok=False, detail=NOTHING, code="quorum_missing")
    compromised = Check("witnesses", ok=False, detail=NOTHING, code="log_key_compromised")
    for checks, outcome in (
        ([old, strange], "untrusted"),
        ([strange, old], "untrusted"),
        ([old, lacking], "quorum_missing"),
        ([lacking, compromised], "untrusted"),
        ([ended, old], "no_longer_in_force"),
        ([old, old], "too_old"),
    ):
        assert outcome_of(checks) == outcome
