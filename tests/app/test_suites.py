"""The policy that records give names keys of both suites for parties, and of one for the log."""

from __future__ import annotations

import pytest

from tallystick.app.administering import Placed, policy_of
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import BAD_KEY_TEXT, SigningKey
from tallystick.kernel.suites import Sm2SigningKey
from tallystick.ledger import Party, parse_trust
from tallystick.ledger.trust import Ended
from tallystick.records import Delivery, bodies

LOG = SigningKey("example.org/ledger", bytes([1]) * 32).verifier
BANK = Sm2SigningKey("example.org/bank", bytes([2]) * 32).verifier
DELIVERY = Delivery("00" * 16, "2026-11-29")


def test_records_may_name_a_party_that_signs_by_sm2() -> None:
    party = bodies.party(DELIVERY, role="provider", key=BANK.text(), code="", name="Bank")
    end = bodies.key_end(
        DELIVERY, role="provider", key=BANK.text(), reason="retired", detail="replaced"
    )
    policy = policy_of(LOG, [Placed(3, party), Placed(8, end)])
    assert policy.parties == (Party("provider", BANK, "", "Bank"),)
    assert policy.ended == (Ended("provider", BANK, 9, "retired"),)
    assert parse_trust(policy.text()) == policy


def test_records_name_no_log_that_signs_by_sm2() -> None:
    log = bodies.party(DELIVERY, role="log", key=BANK.text(), code="", name="log")
    with pytest.raises(TallyError) as refusal:
        policy_of(LOG, [Placed(3, log)])
    assert refusal.value.reason is BAD_KEY_TEXT
