"""Witnesses: nobody can show two people two ledgers, or say that something was there before.

The bank and the court hold the same trust file. It names three witnesses, run by others than the
operator, of which two must have seen a ledger before either of them believes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tallystick.app.cosigned import cosign, cosigned_checkpoints
from tallystick.app.receipts import make_numbered
from tallystick.app.store import Store
from tallystick.app.verifying import Verdict, verify
from tallystick.app.web import Page
from tallystick.app.witness_acts import add_witness
from tallystick.app.witnessing import shown_witness
from tallystick.kernel.notes import parse_checkpoint, write_checkpoint
from tallystick.ledger import parse_trust
from tallystick.testing.witnesses import WitnessNetwork

from .conftest import ACME, BOREAS, OFFICER, Association, roster_row

NAMES = ["regulator", "bank", "university"]
A_YEAR = 365 * 86_400


@pytest.fixture
def network(association: Association, tmp_path: Path) -> Iterator[WitnessNetwork]:
    """Three witnesses on the network, which the association and its officer put into the policy."""
    with association.opened() as store:
        log = store.log_key.verifier
    now = int(association.settings.now().timestamp())
    association.appoints(OFFICER)
    with WitnessNetwork(tmp_path / "witnesses", NAMES, log, now) as running:
        for count, one in enumerate(running.witnesses, start=1):
            with association.opened() as store:
                add_witness(
                    store, one.name, one.key.text(), OFFICER, url=one.url, quorum=min(count, 2)
                )
        yield running


def cosigned(association: Association) -> dict[str, Any]:
    with association.opened() as store:
        return cosign(store)


def receipt_and_trust(association: Association, record: int = 3) -> tuple[bytes, str]:
    with association.opened() as store:
        return make_numbered(store, record, content=False), association.trust_file


def failed(verdict: Verdict) -> dict[str, str]:
    return {check.step: check.detail.en for check in verdict.checks if not check.ok}


def told_apart(network: WitnessNetwork, *names: str) -> dict[str, bool]:
    """Tell for each witness whether it holds evidence against the operator."""
    shown = {name: shown_witness(network.folder / name) for name in names}
    return {name: bool(one["forks"] or one["unproved"]) for name, one in shown.items()}


def test_a_receipt_that_two_of_three_witnesses_vouch_for_is_believed(
    association: Association, network: WitnessNetwork
) -> None:
    cosigned(association)
    verdict = verify(*receipt_and_trust(association))
    assert verdict.valid
    assert verdict.witnessed is not None
    assert verdict.witnessed.time == network.now
    assert set(verdict.witnessed.times) == set(NAMES)
    assert verdict.to_json()["witnessed"]["time"] == "2026-11-01T04:00:00Z"


def test_a_receipt_that_only_one_witness_vouches_for_is_not_and_those_missing_are_named(
    association: Association, network: WitnessNetwork
) -> None:
    for name in ("bank", "university"):
        network.wrong[name] = lambda _: Page(503, "text/plain", b"closed for repairs\n")
    document = cosigned(association)
    assert "missing: bank, university" in document["missing"].en
    verdict = verify(*receipt_and_trust(association))
    assert not verdict.valid
    assert verdict.consistent  # the paper is in order; what lacks is who vouches for it
    assert "witnesses" in failed(verdict)
    assert "missing: " in failed(verdict)["witnesses"]


def test_the_law_of_numbers_is_two_of_three_whichever_two(
    association: Association, network: WitnessNetwork
) -> None:
    for away in NAMES:
        network.wrong = {away: lambda _: Page(503, "text/plain", b"closed for repairs\n")}
        assert cosigned(association)["missing"] is None
        assert verify(*receipt_and_trust(association)).valid


def test_an_operator_who_shows_two_people_two_ledgers_is_found_out(
    association: Association, network: WitnessNetwork, tmp_path: Path
) -> None:
    """It keeps two workspaces with one key: one for the bank, and a milder one for the court."""
    (tmp_path / "for the court").mkdir()
    other = association.copied(tmp_path / "for the court")
    cosigned(association)
    receipt, trust = receipt_and_trust(association)
    assert verify(receipt, trust).valid

    other.receives("roster", roster_row(BOREAS, changes_12m="9"))
    document = cosigned(other)
    assert {one.name for one in document["asked"] if one.time} == set()
    second, _ = receipt_and_trust(other)
    assert "witnesses" in failed(verify(second, trust))
    assert told_apart(network, *NAMES) == dict.fromkeys(NAMES, True)


def test_nor_does_it_help_to_show_each_ledger_to_other_witnesses(
    association: Association, network: WitnessNetwork, tmp_path: Path
) -> None:
    """Two ledgers need two quorums, and any two quorums have a witness in common."""
    (tmp_path / "for the court").mkdir()
    other = association.copied(tmp_path / "for the court")
    away = {"university": lambda _: Page(503, "text/plain", b"")}
    network.wrong = dict(away)
    cosigned(association)  # shown to regulator and bank
    network.wrong = {"regulator": away["university"]}
    other.receives("roster", roster_row(BOREAS, changes_12m="9"))
    document = cosigned(other)  # shown to bank and university
    assert {one.name for one in document["asked"] if one.time} == {"university"}
    assert "signed: university; missing: regulator, bank" in document["missing"].en
    receipt, trust = receipt_and_trust(other)
    assert not verify(receipt, trust).valid
    assert told_apart(network, "bank") == {"bank": True}


def test_two_notes_of_one_size_are_evidence_that_needs_no_witness_to_be_believed(
    association: Association, network: WitnessNetwork
) -> None:
    """Both bear the operator's signature: whoever reads them needs the trust file alone."""
    cosigned(association)
    with association.opened() as store:
        [kept] = cosigned_checkpoints(store.paths)
        forged = write_checkpoint(store.origin, kept.size, bytes(32), [store.log_key])
        text = f"old {kept.size}\n\n{forged.text()}".encode()
    trust = parse_trust(association.trust_file)
    url = network.witnesses[0].url + "add-checkpoint"
    with pytest.raises(HTTPError) as refusal, urlopen(Request(url, text), timeout=10):  # noqa: S310
        pass
    assert refusal.value.code == 409
    [name] = shown_witness(network.folder / NAMES[0])["forks"]
    evidence = (network.folder / NAMES[0] / "forks" / name).read_text(encoding="utf-8")
    notes = evidence.removesuffix("\n").split("\n\n")
    [key] = trust.logs
    one, two = (parse_checkpoint(f"{notes[at]}\n\n{notes[at + 1]}\n") for at in (0, 2))
    for note in (one, two):
        note.check(key)
    assert (one.size, one.origin) == (two.size, two.origin)
    assert one.root != two.root


def test_a_record_slipped_in_under_an_old_date_is_found(
    association: Association, network: WitnessNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator sets the clock back a year, in a program without the check against that."""
    cosigned(association)
    assert association.audited().ok
    claimed = network.now - A_YEAR
    with monkeypatch.context() as patched:
        patched.setattr(Store, "seconds", lambda _: claimed)
        association.on("2025-11-01").receives("roster", roster_row(BOREAS, changes_12m="9"))
    report = association.audited()
    found = [one for one in report.to_json("en")["problems"] if one["code"] == "back_dated"]
    assert found
    assert "but was not in the log that witnesses saw" in found[0]["message"]


def test_records_that_are_sealed_when_they_say_so_are_left_alone(
    association: Association, network: WitnessNetwork
) -> None:
    for day in ("2026-11-02", "2026-11-03"):
        association = association.on(day)
        association.receives("roster", roster_row(ACME, changes_12m=day[-1]))
        network.now = int(association.settings.now().timestamp())
        cosigned(association)
    assert association.audited().ok
    with association.opened() as store:
        assert len(cosigned_checkpoints(store.paths)) == 2


def test_a_changed_byte_of_what_witnesses_signed_is_found_by_the_audit(
    association: Association, network: WitnessNetwork
) -> None:
    del network
    cosigned(association)
    file = association.folder / "evidence" / "cosigned"
    data = file.read_bytes()
    for at in (3, len(data) // 2, len(data) - 5):
        file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        report = association.audited()
        assert not report.ok
        said = [one["message"] for one in report.to_json("en")["problems"]]
        assert any("evidence file cosigned" in message for message in said)
    file.write_bytes(data)
    assert association.audited().ok
