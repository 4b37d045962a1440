"""Signatures within a body, and keys of logs: lies rightly signed, and honest receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.publication.evidence.own_ledger import (
    LOG,
    NOW,
    OFFICER,
    ORIGIN,
    PARTNER,
    VERIFIER,
    WITNESSES,
    Key,
    Plan,
    policy_of,
    receipt_of,
)

if TYPE_CHECKING:
    from types import ModuleType

from tests.publication.evidence.own_acts import ACTS
from tests.publication.evidence.own_checks import HONEST, TRUST, agreed

A, B, C = WITNESSES

# -- signatures within a body ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTS)
def test_who_must_sign_within_a_body(checker: ModuleType, name: str) -> None:
    body, valid = ACTS[name]
    for form in (1, 2):
        assert agreed(checker, receipt_of(Plan(body=body, format=form)), TRUST) == valid


@pytest.mark.parametrize("name", ACTS)
def test_whose_key_ended_signs_nothing_after(checker: ModuleType, name: str) -> None:
    """The record stands in entry 3; what it signed below the end of a key counts."""
    body, valid = ACTS[name]
    data = receipt_of(Plan(body=body))
    for role, key in (("officer", OFFICER), ("provider", PARTNER), ("verifier", VERIFIER)):
        for why in ("retired", "compromised"):
            later = policy_of(f"#tally until 4 {why} {role} {key.text}")
            assert agreed(checker, data, later) == valid
            before = policy_of(f"#tally until 3 {why} {role} {key.text}")
            signers = [one["key"] for one in body.get("signatures", []) if isinstance(one, dict)]
            held = agreed(checker, data, before)
            assert held == (valid and key.id.hex() not in signers)


# -- logs and their ends --------------------------------------------------------------------------


class OtherKey(Key):
    """A further key of the log, under the same name."""

    @property
    def secret(self) -> Any:
        return Key(f"{self.name}#2").secret


class ThirdKey(Key):
    """And one more."""

    @property
    def secret(self) -> Any:
        return Key(f"{self.name}#3").secret


TWO, THREE = OtherKey(ORIGIN), ThirdKey(ORIGIN)


def test_of_several_keys_of_a_log(checker: ModuleType) -> None:
    """The current key, and two that ended at whatever size, in any order, retired or not."""
    told = set()
    for signers in ((TWO,), (THREE,), (TWO, THREE), (THREE, TWO), (LOG, TWO), (TWO, LOG)):
        data = receipt_of(HONEST.but(logs=signers, cosigned=((A, NOW), (B, NOW))))
        for two, three in ((4, 5), (5, 4), (5, 6), (6, 5), (5, 5), (4, 4)):
            for why in (("retired", "retired"), ("compromised", "retired")):
                for quorum in ("none", "two", "c"):
                    ends = [
                        f"#tally log-until {two} {why[0]} {TWO.text}",
                        f"#tally log-until {three} {why[1]} {THREE.text}",
                    ]
                    for lines in (ends, ends[::-1]):
                        told.add(agreed(checker, data, policy_of(*lines, quorum=quorum)))
    assert told == {True, False}
