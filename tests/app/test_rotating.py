"""Keys that follow one another: what the old one signed stays, what it signs after is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tallystick.app.administering import before_newest, placed_acts, policy_of
from tallystick.app.generations import key_of
from tallystick.app.officers import new_officer, open_officer, register
from tallystick.app.receipts import make
from tallystick.app.rotating import end_officer, list_keys, rotate
from tallystick.app.verifying import verify
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import write_checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import Party, parse_trust, sign_header
from tallystick.records import bodies, sign_act
from tallystick.testing.disk import MODES, FaultyDisk

from .conftest import MEMBERS, OFFICER, House, years

if TYPE_CHECKING:
    from pathlib import Path

    from tallystick.app.store import Store

SECOND = "Second officer"


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def a_receipt(store: Store) -> bytes:
    number = store.index.of_subject(MEMBERS[0])[0]
    return make(store, store.log.commitment(number).hex())


@pytest.mark.parametrize("role", ["log", "provider", "verifier"])
def test_old_receipts_stay_valid_and_new_records_are_signed_by_the_new_key(
    small: House, role: str
) -> None:
    with small.opened() as store:
        before = a_receipt(store)
        said = rotate(store, role, OFFICER)
        assert said["old"] != said["new"]
        after = a_receipt(store)
    small.deliver("association", years(MEMBERS[1:2]))
    with small.opened() as store:
        own = {"log": store.log_key, "provider": store.provider_key, "verifier": store.verifier_key}
        assert own[role].verifier.text() == said["new"]
        again = rotate(store, role, OFFICER)
        assert again["old"] == said["new"]
        third = a_receipt(store)
        assert [key["generation"] for key in list_keys(store)["keys"] if key["role"] == role] == [
            1,
            2,
            3,
        ]
    trust = trust_of(small)
    for receipt in (before, after, third):
        verdict = verify(receipt, trust)
        assert verdict.valid, [check for check in verdict.checks if not check.ok]
    report = small.audited()
    assert report.ok, report.faults
    small.opened(writer=False).close()


def test_a_batch_by_the_old_key_is_not_let_in_and_its_receipt_not_valid(small: House) -> None:
    with small.opened() as store:
        old = store.provider_key
        rotate(store, "provider", OFFICER)
        header = sign_header(store.origin, old, [bytes(32)], store.seconds())
        with pytest.raises(TallyError) as caught:
            store.admit(header, store.log.size)
        assert caught.value.code == "key_ended"
        store.provider_key = old  # somebody who kept it, and does not ask
        store.log._admit = lambda *_: None
        store.admit = lambda *_: None  # type: ignore[method-assign]
        [record] = store.append([bodies.retraction(store.delivery(), name="x", reason="late")])
        receipt = make(store, record)
    verdict = verify(receipt, trust_of(small))
    assert not verdict.valid
    assert "provider" in {check.step for check in verdict.checks if not check.ok}
    assert "key_ended" in {fault.code for fault in small.audited().faults}


def test_a_larger_checkpoint_by_the_old_log_key_is_refused(small: House) -> None:
    with small.opened() as store:
        old = store.log_key
        rotate(store, "log", OFFICER)
        policy = parse_trust(trust_of(small))
        [end] = [end for end in policy.ended if end.role == "log"]
        sealed = write_checkpoint(store.origin, end.until, store.log.root(end.until), [old])
        policy.check_checkpoint(sealed)
        larger = write_checkpoint(
            store.origin, store.log.size, store.log.root(store.log.size), [old]
        )
        with pytest.raises(TallyError) as caught:
            policy.check_checkpoint(larger)
        assert caught.value.code == "log_key_ended"
        file = store.log.checkpoint_file
    before = file.read_bytes()
    file.write_text(larger.text())
    with pytest.raises(TallyError):
        small.opened(writer=False)
    assert not small.audited().ok
    file.write_bytes(before)
    assert small.audited().ok


def test_a_compromised_log_key_needs_witnesses(small: House) -> None:
    with small.opened() as store:
        before = a_receipt(store)
        rotate(store, "log", OFFICER, compromised=True)
        after = a_receipt(store)
    assert not verify(before, trust_of(small)).valid
    assert verify(after, trust_of(small)).valid
    assert small.audited().ok


def test_a_kept_receipt_that_lacks_witnesses_now_is_noted_and_a_spoiled_one_is_a_fault(
    small: House,
) -> None:
    with small.opened() as store:
        kept = store.paths.receipts / "before.tally"
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(a_receipt(store))
        rotate(store, "log", OFFICER, compromised=True)
    report = small.audited()
    assert report.ok, report.faults
    assert [note.en for note in report.notes if "receipts/" in note.en]
    kept.write_bytes(kept.read_bytes().replace(b'"position":', b'"position":1'))
    assert [fault.file for fault in small.audited().faults] == ["receipts/before.tally"]


def test_a_rotation_that_breaks_off_is_completed_or_never_was(small: House, tmp_path: Path) -> None:
    counted = FaultyDisk(FileDisk())
    store = small.copied(tmp_path / "counted").opened(disk=counted)
    first = len(counted.calls)
    rotate(store, "log", OFFICER)
    store.close()
    for fail_at in range(1, len(counted.calls) - first + 1):
        for mode in MODES:
            house = small.copied(tmp_path / f"{fail_at}-{mode}")
            disk = FaultyDisk(FileDisk())
            store = house.opened(disk=disk)
            disk._fail_at, disk._mode, disk._lasting = len(disk.calls) + fail_at, mode, True
            with pytest.raises(OSError, match="simulated"), store:
                rotate(store, "log", OFFICER)
            disk.lose_power()
            house.opened().close()
            report = house.audited()
            assert report.ok, (fail_at, mode, report.faults)


def test_the_first_officer_signs_the_own_registration_and_the_next_needs_one(empty: House) -> None:
    with empty.opened() as store:
        new_officer(store, OFFICER)
        with pytest.raises(TallyError) as caught:
            new_officer(store, SECOND)
        assert caught.value.code == "signer_needed"
        new_officer(store, SECOND, signer=OFFICER)
    assert empty.audited().ok


def test_no_one_registers_a_key_alone(small: House) -> None:
    """Neither the operator, by whatever keys, nor the officer who is being registered."""
    with small.opened() as store:
        own = SigningKey(f"{store.origin}/officer/own", bytes(32))
        party = Party("officer", own.verifier, "", "Own")
        for signer in (own, store.verifier_key, store.provider_key):
            with pytest.raises(TallyError) as caught:
                register(store, party, signer)
            assert caught.value.code in {"not_signed", "unknown_key"}
        body = bodies.party(
            store.delivery(), role="officer", key=own.verifier.text(), code="", name="Own"
        )
        for act in (body, sign_act(store.origin, body, [store.provider_key])):
            with pytest.raises(TallyError) as caught:
                store.append([act])
            assert caught.value.code == "not_signed"
    assert small.audited().ok


def test_an_officer_whose_key_ended_decides_and_signs_nothing_more(small: House) -> None:
    with small.opened() as store:
        new_officer(store, SECOND, signer=OFFICER)
        with pytest.raises(TallyError) as caught:
            end_officer(store, OFFICER, OFFICER)
        assert caught.value.code == "own_key_ended"
        end_officer(store, OFFICER, SECOND)
        with pytest.raises(TallyError) as caught:
            open_officer(store, OFFICER)
        assert caught.value.code == "key_ended"
        with pytest.raises(TallyError) as caught:
            end_officer(store, OFFICER, SECOND)
        assert caught.value.code == "no_such_officer"
        decision = next(iter(store.index.of_kind("decision")))
        receipt = make(store, store.log.commitment(decision).hex())
    assert verify(receipt, trust_of(small)).valid  # made before
    assert small.audited().ok


def test_a_trust_file_without_the_newest_act_is_mended_only_after_a_dead_writer(
    small: House,
) -> None:
    with small.opened() as store:
        rotate(store, "provider", OFFICER)
        older = policy_of(store.first_log_key, before_newest(placed_acts(store)))
    file = small.folder / "trust.policy"
    newest = file.read_text()
    file.write_text(older.text())
    with pytest.raises(TallyError) as caught:
        small.opened()
    assert caught.value.code == "trust_differs"
    (small.folder / "caches" / "writing").write_bytes(b"")
    small.opened().close()
    assert file.read_text() == newest
    assert small.audited().ok


def test_the_policy_is_the_fold_of_the_records(small: House) -> None:
    with small.opened() as store:
        rotate(store, "log", OFFICER)
        rotate(store, "provider", OFFICER)
        policy = policy_of(store.first_log_key, placed_acts(store))
        second = key_of(store.keyring, store.origin, "log", 2)
        assert policy.logs == (second.verifier,)
        assert policy == parse_trust(trust_of(small)) == replace(store.trust)
