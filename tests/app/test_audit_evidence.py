"""The audit of evidence: journal, status entries and derived files, each fault by file and byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.app.conftest import MEMBERS, years

from tallystick.app.audit_evidence import check_order
from tallystick.app.consent import withdraw
from tallystick.app.rebuilding import rebuild
from tallystick.kernel.texts import Text
from tallystick.ledger import ENTRY_BYTES, Log, StatusEntry
from tallystick.ledger.status_journal import StatusJournal

if TYPE_CHECKING:
    from tests.app.conftest import House

STATUS, GROUPS, TILE = "evidence/status", "evidence/groups", "evidence/tile-0"
ROW = 25


@pytest.fixture(scope="module")
def house(small_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A workspace with rows in its journal, and groups. Spoiled by the tests, and put right."""
    house = small_house.copied(tmp_path_factory.mktemp("evidence") / "workspace")
    with house.opened() as store:
        withdraw(store, MEMBERS[1])
        store.append([store.body(0)] * 40)
        withdraw(store, MEMBERS[2])
    report = house.audited()
    assert report.ok
    return house


def places(house: House, name: str, most: int = 60) -> range:
    size = (house.folder / name).stat().st_size
    return range(0, size, max(1, size // most))


@pytest.mark.parametrize("name", [TILE, GROUPS])
def test_a_changed_byte_of_a_derived_file_is_named_with_its_place(house: House, name: str) -> None:
    good = (house.folder / name).read_bytes()
    for at in places(house, name):
        report = house.spoiled(name, good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        [fault] = report.faults
        assert (fault.file, fault.offset, fault.code) == (name, at, "evidence_damaged")
        assert "tally rebuild" in fault.message.en


@pytest.mark.parametrize("name", [TILE, GROUPS])
def test_a_derived_file_that_is_cut_longer_or_missing_is_named(house: House, name: str) -> None:
    good = (house.folder / name).read_bytes()
    for data, offset in (
        (b"", 0),
        (good[:-1], len(good) - 1),
        (good[:-32], len(good) - 32),
        (good + b"\0", len(good)),
        (good + good, len(good)),
    ):
        [fault] = house.spoiled(name, data).faults
        assert (fault.file, fault.offset) == (name, offset)
    (house.folder / name).unlink()
    try:
        [fault] = house.audited().faults
        assert (fault.file, fault.offset) == (name, 0)
    finally:
        (house.folder / name).write_bytes(good)


@pytest.mark.parametrize("name", [TILE, GROUPS])
def test_a_rebuild_makes_derived_files_right_again(house: House, name: str, tmp_path: Path) -> None:
    own = house.copied(tmp_path / "own")
    good = (own.folder / name).read_bytes()
    (own.folder / name).write_bytes(bytes(len(good)))
    assert not own.audited().ok
    with own.opened() as store:
        told = {one["file"]: one["identical"] for one in rebuild(store)["views"]}
    assert not told[name]
    assert (own.folder / name).read_bytes() == good
    assert own.audited().ok


def test_a_changed_byte_of_the_journal_is_named_at_its_row_or_before(house: House) -> None:
    """The digests are chained, one for each checkpoint: the first that differs is the place."""
    good = (house.folder / STATUS).read_bytes()
    assert len(good) >= 2 * ROW
    with house.opened(writer=False) as store:
        stated = {
            entry.rows
            for number in range(store.log.size)
            if isinstance(entry := _leaf(store.log, number), StatusEntry)
        }
    for at in range(len(good)):
        report = house.spoiled(STATUS, good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
        fault = report.faults[0]
        assert fault.file == STATUS
        assert fault.offset == max(rows for rows in stated if rows * ROW <= at) * ROW


def _leaf(log: Log, number: int) -> object:
    from tallystick.ledger.evidence import decode_leaf  # noqa: PLC0415 - no part of the surface

    return decode_leaf(log.entry(number))


def test_a_journal_that_was_cut_or_made_longer_is_named(house: House) -> None:
    good = (house.folder / STATUS).read_bytes()
    for data, offset in (
        (b"", 0),
        (good[:-1], len(good) - 1),
        (good[:-ROW], len(good) - ROW),
        (good + b"\0", len(good)),
        (good + good[-ROW:], len(good)),
    ):
        faults = house.spoiled(STATUS, data).faults
        assert [fault.file for fault in faults][:1] == [STATUS]
        assert faults[0].offset in (offset, 0)
    (house.folder / STATUS).unlink()
    try:
        assert house.audited().faults[0].file == STATUS
    finally:
        (house.folder / STATUS).write_bytes(good)


def test_rows_that_changed_places_are_found(house: House) -> None:
    good = (house.folder / STATUS).read_bytes()
    swapped = good[ROW : 2 * ROW] + good[:ROW] + good[2 * ROW :]
    assert house.spoiled(STATUS, swapped).faults[0].file == STATUS


# -- status entries of a ledger whose own writer is dishonest --------------------------------------


def dishonest(house: House, forge: Callable[[StatusEntry], StatusEntry], to: Path) -> House:
    """Copy the workspace, and let its own log key sign a status entry that `forge` made."""
    own = house.copied(to)
    with own.opened() as store:
        made = StatusJournal.changed

        def changed(self: StatusJournal, *given: Any) -> StatusEntry:
            return forge(made(self, *given))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(StatusJournal, "changed", changed)
            store.log.commit([], store.log_key, as_of=store.log.journal.entry.as_of)
        store._release()
    (own.folder / "caches" / "writing").unlink()
    return own


@pytest.mark.parametrize(
    ("forge", "what"),
    [
        (lambda e: e._replace(covered=e.covered - 2), "takes something back"),
        (lambda e: e._replace(covered=e.covered + 1), "takes something back"),
        (lambda e: e._replace(as_of=e.as_of - 1), "takes something back"),
        (lambda e: e._replace(rows=e.rows - 1), "takes something back"),
        (lambda e: e._replace(root=bytes(32)), "root of the status tree"),
        (lambda e: e._replace(records=e.records + 1), "root of the status tree"),
        (lambda e: e._replace(journal=bytes(32)), "digest of the journal"),
    ],
)
def test_a_status_entry_that_does_not_follow_is_found_although_the_log_signed_it(
    house: House, forge: Callable[[StatusEntry], StatusEntry], what: str, tmp_path: Path
) -> None:
    own = dishonest(house, forge, tmp_path / "forged")
    with own.opened(writer=False) as store:
        last = store.log.size - 1
    faults = own.audited().faults
    assert any(what in fault.message.en for fault in faults), [f.message.en for f in faults]
    assert faults[0].file in {"evidence/entries", STATUS}
    if faults[0].file == "evidence/entries":
        assert faults[0].offset == last * ENTRY_BYTES


def test_no_entry_may_take_back_what_one_before_it_stated() -> None:
    found: list[int] = []

    def note(file: str, offset: int, what: Text, record: int = -1) -> None:
        del file, what, record
        found.append(offset // ENTRY_BYTES)

    one = StatusEntry(2, 10, 3, bytes(32), bytes(32), 1)
    check_order([(2, one), (4, one._replace(covered=4, as_of=11, rows=4)), (5, one)], note)
    check_order([(2, one), (3, one), (4, one._replace(rows=9))], note)
    check_order([(1, one)], note)
    assert found == [5, 1]


# -- a workspace of the version before -------------------------------------------------------------


@pytest.fixture
def older(small: House) -> House:
    """Files as the version before wrote them: no status entry, no derived file, no index."""
    from tallystick.kernel.merkle import leaf_hash, root_of  # noqa: PLC0415
    from tallystick.kernel.notes import write_checkpoint  # noqa: PLC0415

    evidence = small.folder / "evidence"
    with small.opened(writer=False) as store:
        log = store.log
        headers = [batch.header.encode() for batch in log.batches()]
        root = root_of([leaf_hash(header) for header in headers])
        top = write_checkpoint(log.origin, len(headers), root, [store.log_key])
    for path in evidence.iterdir():
        if path.name != "commitments":
            path.unlink()
    (evidence / "entries").write_bytes(b"".join(b"\x00\x82" + header for header in headers))
    (evidence / "checkpoint").write_bytes(top.text().encode())
    (small.folder / "caches" / "index").unlink()
    return small


def test_a_workspace_of_the_version_before_is_read_and_audited_as_it_is(older: House) -> None:
    with older.opened(writer=False) as store:
        assert len(store.index) == store.log.records
        assert store.log.journal.entry.covered == 0
    report = older.audited()
    assert [fault.message.en for fault in report.faults] == []
    with older.opened(writer=False) as store:
        assert not store.log.journal.entry.covered, "an audit states nothing"


def test_its_next_writer_states_what_is_in_force_and_old_receipts_stay_valid(
    older: House,
) -> None:
    from tallystick.app.receipts import make_numbered  # noqa: PLC0415
    from tallystick.app.verifying import verify  # noqa: PLC0415

    trust = (older.folder / "trust.policy").read_text(encoding="utf-8")
    with older.opened(writer=False) as store:
        before = [make_numbered(store, number) for number in range(store.log.records)]
    for receipt in before:
        verdict = verify(receipt, trust)
        assert verdict.valid
        assert verdict.to_json()["standing"]["status"] == "unknown"
    older.deliver("association", [{**row, "meetings_attended": "6"} for row in years()])
    assert older.audited().ok
    with older.opened(writer=False) as store:
        entry = store.log.journal.entry
        assert entry.covered >= store.log.entries_holding(store.log.records)
        said = [
            verify(make_numbered(store, n), trust).to_json()["standing"]["status"]
            for n in range(store.log.records)
        ]
    assert said.count("superseded") == len(MEMBERS)
    assert set(said) == {"in_force", "superseded"}
    assert all(verify(receipt, trust).valid for receipt in before)


def test_a_workspace_of_the_version_before_states_all_when_it_is_only_opened_to_write(
    older: House,
) -> None:
    older.on("2027-01-15").opened().close()  # the consents are over by then
    with older.opened(writer=False) as store:
        ended = {store.body(number)["kind"] for number in store.log.journal.standing}
    assert ended == {"grant"}
    assert older.on("2027-01-15").audited().ok
