"""Audit of what is not a plain byte: caches, what a dead writer left, receipts, signed acts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.audit_report import AuditReport, Fault
from tallystick.app.evaluating import evaluate
from tallystick.app.receipts import make_numbered
from tallystick.app.store import Store
from tallystick.app.workspace import Paths

if TYPE_CHECKING:
    from tests.app.conftest import House

COMMITMENTS, ENTRIES = "evidence/commitments", "evidence/entries"
BODIES, KEYS = "bodies/records", "keys/records"


@pytest.fixture(scope="module")
def house(small_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A workspace that every test spoils and puts right again."""
    return small_house.copied(tmp_path_factory.mktemp("audited") / "workspace")


def first(report: AuditReport) -> Fault:
    assert not report.ok
    return report.faults[0]


# -- what may be made again -------------------------------------------------------------------


def test_a_changed_cache_is_made_again_and_the_audit_says_so(house: House) -> None:
    file = Paths(house.folder).index
    before = file.read_bytes()
    flipped = before[:40] + bytes([before[40] ^ 1]) + before[41:]
    for data in (flipped, before + b"\0", before[:-1], before[:3], b""):
        file.write_bytes(data)
        report = house.audited()
        assert report.ok
        assert [note.en for note in report.notes] == [
            "the cache caches/index did not fit the records and was rebuilt from them"
        ]
        assert file.read_bytes() == before


def test_a_missing_cache_is_made_again(house: House) -> None:
    file = Paths(house.folder).index
    before = file.read_bytes()
    file.unlink()
    report = house.audited()
    assert report.ok
    assert len(report.notes) == 1
    assert file.read_bytes() == before


@pytest.mark.parametrize("length", [0, 5, 11, 12, 20, 40])
def test_a_spoiled_cache_keeps_nobody_from_opening_the_workspace(house: House, length: int) -> None:
    file = Paths(house.folder).index
    before = file.read_bytes()
    file.write_bytes(before[:length])
    try:
        with house.opened(writer=False) as store:
            assert store.rebuilt == "stale_view"
            assert len(store.index) == store.log.records
    finally:
        file.write_bytes(before)


def test_an_index_of_another_history_is_not_believed(small_house: House, tmp_path: Path) -> None:
    """Somebody restores an older copy of the evidence and keeps the newer index."""
    older = small_house.copied(tmp_path / "older")
    with older.opened() as store:
        evaluate(store, "association-2019", as_of="2026-10-01")
    newer = small_house.copied(tmp_path / "newer")
    with newer.opened() as store:
        evaluate(store, "association-2019", subjects=[], as_of="2026-10-01")
        store.append([store.body(0)] * 6)
    assert len(index_of(older)) == len(index_of(newer)), "the two differ in content only"
    shutil.copy(Paths(newer.folder).index, Paths(older.folder).index)
    with older.opened(writer=False) as store:
        expected = list(store.index.kind)
        store.rebuild_index()
        assert expected == list(store.index.kind)


def index_of(house: House) -> Any:
    with house.opened(writer=False) as store:
        return store.index


# -- a writer that died -----------------------------------------------------------------------


@pytest.mark.parametrize("name", [ENTRIES, COMMITMENTS, BODIES, KEYS])
def test_what_a_dead_writer_left_unacknowledged_is_cut_off(
    small_house: House, name: str, tmp_path: Path
) -> None:
    house = small_house.copied(tmp_path / "workspace")
    before = house.content()
    (house.folder / "caches" / "writing").write_bytes(b"")
    with (house.folder / name).open("ab") as file:
        file.write(b"half of a batch")
    assert house.audited().ok
    assert house.content() == before


def test_the_same_bytes_without_a_dead_writer_are_damage(house: House) -> None:
    data = (house.folder / KEYS).read_bytes()
    assert first(house.spoiled(KEYS, data + b"half of a batch")).offset == len(data)


def test_the_mark_of_a_dead_writer_excuses_no_changed_byte(
    small_house: House, tmp_path: Path
) -> None:
    house = small_house.copied(tmp_path / "workspace")
    mark = house.folder / "caches" / "writing"
    for name in (ENTRIES, COMMITMENTS, "evidence/checkpoint", BODIES, KEYS):
        data = (house.folder / name).read_bytes()
        mark.write_bytes(b"")
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        assert first(house.spoiled(name, bytes(changed))).file == name


# -- receipts kept in the workspace -----------------------------------------------------------


def test_a_spoiled_receipt_in_the_workspace_is_named_with_the_step_that_fails(
    house: House,
) -> None:
    file = house.folder / "receipts" / "one.tally"
    with house.opened(writer=False) as store:
        good = make_numbered(store, 0)
    try:
        file.write_bytes(good)
        assert house.audited().ok
        at = good.index(b'"salt":"') + len(b'"salt":"')
        file.write_bytes(good[:at] + (b"1" if good[at : at + 1] == b"0" else b"0") + good[at + 1 :])
        fault = first(house.audited())
        assert fault.file == "receipts/one.tally"
        assert fault.code == "receipt_commitment"
        file.write_bytes(good[:-1])
        assert first(house.audited()).code == "receipt_form"
    finally:
        file.unlink()


# -- acts of people ---------------------------------------------------------------------------


def sealed_anyway(house: House, body: dict[str, Any]) -> int:
    """Seal `body` past every use case, as a dishonest operator could."""
    with house.opened() as store:
        number: int = store.log.records
        store.append([body])
    return number


def decision_of(store: Store) -> dict[str, Any]:
    [number] = store.index.of_kind("decision")
    return dict(store.body(number))


def test_a_decision_nobody_signed_fails_the_audit(small_house: House, tmp_path: Path) -> None:
    house = small_house.copied(tmp_path / "workspace")
    with house.opened(writer=False) as store:
        decision = decision_of(store)
    del decision["signatures"]
    number = sealed_anyway(house, decision)
    fault = first(house.audited())
    assert (fault.file, fault.record, fault.code) == (BODIES, number, "not_signed")


def test_a_decision_changed_after_the_officer_signed_fails_the_audit(
    small_house: House, tmp_path: Path
) -> None:
    house = small_house.copied(tmp_path / "workspace")
    with house.opened(writer=False) as store:
        decision = decision_of(store)
    number = sealed_anyway(house, {**decision, "light": "red"})
    fault = first(house.audited())
    assert (fault.record, fault.code) == (number, "bad_signature")


def test_a_decision_signed_by_another_than_the_officer_it_names_fails_the_audit(
    small_house: House, tmp_path: Path
) -> None:
    from tallystick.app.deciding import new_officer  # noqa: PLC0415 - only this attack needs it
    from tallystick.app.officers import open_officer  # noqa: PLC0415
    from tallystick.records import sign_act  # noqa: PLC0415

    house = small_house.copied(tmp_path / "workspace")
    with house.opened() as store:
        new_officer(store, "Another officer", signer="Officer of the tests")
        key, _ = open_officer(store, "Another officer")
        unsigned = {k: v for k, v in decision_of(store).items() if k != "signatures"}
        decision = sign_act(store.origin, unsigned, [key])
    number = sealed_anyway(house, decision)
    assert first(house.audited()).record == number
