"""A key is replaced: what was signed before stands, what it signs after does not."""

from __future__ import annotations

import pytest

from tallystick.app.rotating import end_officer, rotate
from tallystick.app.verifying import verify
from tallystick.kernel.errors import TallyError

from .conftest import ACME, EVERYTHING, OFFICER, Association, year_row

SUCCESSOR = "Successor"


@pytest.fixture
def running(association: Association) -> Association:
    association.appoints(OFFICER)
    association.receives("association", year_row(ACME))
    association.is_given_consent(ACME, *EVERYTHING, until="2026-12-31")
    return association


def a_receipt(association: Association) -> bytes:
    """A receipt of what was recorded last of the company's years."""
    facts = [one for one in association.explains(ACME)["facts"] if "year" in one["data"]]
    return association.receipt(str(facts[-1]["record"]))


@pytest.mark.parametrize("role", ["log", "provider"])
def test_a_bank_takes_the_new_trust_file_and_its_old_receipts_still_hold(
    running: Association, role: str
) -> None:
    old = a_receipt(running)
    with running.opened() as store:
        rotate(store, role, OFFICER)
    new = a_receipt(running)
    assert verify(old, running.trust_file).valid
    assert verify(new, running.trust_file).valid
    assert running.audited().ok


@pytest.mark.parametrize("role", ["log", "provider"])
def test_a_bank_that_kept_the_old_trust_file_is_not_convinced_by_new_receipts(
    running: Association, role: str
) -> None:
    before = running.trust_file
    with running.opened() as store:
        rotate(store, role, OFFICER)
    running.receives("association", year_row(ACME, year="2024"))
    assert not verify(a_receipt(running), before).valid


def test_the_operator_replaces_no_key_without_an_officer(running: Association) -> None:
    with running.opened() as store, pytest.raises(TallyError) as refused:
        rotate(store, "provider", "Nobody")
    assert refused.value.code == "no_officer_key"
    with running.opened() as store, pytest.raises(TallyError) as refused:
        end_officer(store, OFFICER, OFFICER)
    assert refused.value.code == "own_key_ended"


def test_an_officer_leaves_and_a_successor_decides(running: Association) -> None:
    running.evaluates(ACME)
    decision = running.decides(ACME, "as proposed", outcome="decline")
    receipt = running.receipt(decision["record"])
    running.appoints(SUCCESSOR, OFFICER)
    with running.opened() as store:
        end_officer(store, OFFICER, SUCCESSOR)
    running.evaluates(ACME)
    with pytest.raises(TallyError) as refused:
        running.decides(ACME, "once more", outcome="decline")
    assert refused.value.code == "key_ended"
    running.decides(ACME, "by the successor", SUCCESSOR, outcome="decline")
    assert verify(receipt, running.trust_file).valid
    assert running.audited().ok
