"""Whoever asks how things stand is told that witnesses are missing, and who."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tallystick.app.auditing import audit
from tallystick.app.cosigned import cosign, cosigned_file
from tallystick.app.doctor import Finding, doctor
from tallystick.app.quorum import of_newest, of_receipt
from tallystick.app.status import status
from tallystick.app.web import Page
from tallystick.app.witness_acts import add_witness, change_quorum
from tallystick.app.workspace import Paths

from .conftest import OFFICER, House
from .witness_network import opened

if TYPE_CHECKING:
    from tallystick.app.store import Store
    from tallystick.testing.witnesses import WitnessNetwork


def named(store: Store, witnesses: WitnessNetwork) -> None:
    for one in witnesses.witnesses:
        add_witness(store, one.name, one.key.text(), OFFICER, url=one.url)
    change_quorum(store, 2, OFFICER)


def told(house: House) -> dict[str, Any]:
    """Return what status says of the witnesses, which is what an audit says."""
    report = audit(house.settings())
    assert report.ok, report.faults
    with house.opened(writer=False) as store:
        document: dict[str, Any] = status(store)["witnesses"]
    assert document == report.to_json()["witnesses"]
    if document is not None:
        assert (document["message"] in [note.en for note in report.notes]) != document["met"]
    return document


def test_where_no_quorum_is_asked_nothing_is_said(small: House, witnesses: WitnessNetwork) -> None:
    assert told(small) is None
    with small.opened() as store:
        for one in witnesses.witnesses:
            add_witness(store, one.name, one.key.text(), OFFICER, url=one.url)
        assert of_newest(store) is None
        assert of_receipt(store, 3) is None
    assert told(small) is None


def asked_of_doctor(house: House) -> list[Finding]:
    return [one for one in doctor(house.settings()) if one.name.en == "witnesses"]


def test_the_doctor_names_who_is_missing_and_what_to_do(
    small: House, witnesses: WitnessNetwork
) -> None:
    assert asked_of_doctor(small) == []
    with small.opened() as store:
        named(store, witnesses)
    [lacking] = asked_of_doctor(small)
    assert (lacking.ok, lacking.needed) == (False, False)
    for said, remedy in zip(lacking.detail, lacking.remedy, strict=True):
        assert all(one.name in said for one in witnesses.witnesses)
        assert "tally ledger cosign" in remedy
        assert remedy not in said
    with opened(small, witnesses) as store:
        cosign(store)
    [enough] = asked_of_doctor(small)
    assert enough.ok
    cosigned_file(Paths(small.folder)).write_bytes(b"damaged")
    assert not asked_of_doctor(small)[0].ok


def test_who_is_missing_is_named_until_enough_cosigned(
    small: House, witnesses: WitnessNetwork
) -> None:
    with small.opened() as store:
        named(store, witnesses)
        size = store.log.size
    document = told(small)
    message = document.pop("message")
    assert document == {
        "met": False,
        "size": size,
        "needed": 2,
        "of": 3,
        "signed": [],
        "missing": ["A", "B", "C"],
        "cosigned_size": 0,
    }
    assert "2 of 3" in message
    assert "A, B, C" in message
    assert "tally ledger cosign" in message
    witnesses.wrong = dict.fromkeys("BC", lambda _: Page(500, "text/plain", b"no\n"))
    with small.opened() as store:
        cosign(store)
    document = told(small)
    assert (document["met"], document["signed"], document["missing"]) == (False, ["A"], ["B", "C"])
    witnesses.wrong = {}
    with small.opened() as store:
        size = cosign(store)["size"]
    document = told(small)
    assert (document["met"], document["size"], document["cosigned_size"]) == (True, size, size)
    assert document["message"] == ""


def test_a_receipt_under_a_cosigned_checkpoint_lacks_nobody(
    small: House, witnesses: WitnessNetwork
) -> None:
    with opened(small, witnesses) as store:
        size = cosign(store)["size"]
        store.append([store.body(0)])
        last = store.log.records - 1
        earlier, later, newest = of_receipt(store, 3), of_receipt(store, last), of_newest(store)
        assert earlier is not None
        assert (earlier.met, earlier.size, earlier.message().en) == (True, size, "")
        assert later is not None
        assert (later.met, later.size, later.cosigned_size) == (False, store.log.size, size)
        assert later == newest
        assert "A、B、C" in later.message().zh


def test_status_is_told_beside_evidence_that_is_damaged(
    small: House, witnesses: WitnessNetwork
) -> None:
    with small.opened() as store:
        named(store, witnesses)
        cosign(store)
        cosigned_file(store.paths).write_bytes(b"\n")
    with small.opened(writer=False) as store:
        assert not status(store)["witnesses"]["met"]
    assert not audit(small.settings()).ok
