"""Audit: whatever byte was changed, added or taken away, it is found and its place is named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.audit_report import AuditReport, Fault
from tallystick.app.evaluating import evaluate
from tallystick.kernel.errors import TallyError
from tallystick.ledger import ENTRY_BYTES
from tallystick.vault import WRAPPED_BYTES

if TYPE_CHECKING:
    from tests.app.conftest import House

COMMITMENTS, ENTRIES = "evidence/commitments", "evidence/entries"
BODIES, KEYS = "bodies/records", "keys/records"
PLACES_MAX = 150  # of a file at which a byte is changed; all of them where it is smaller


@pytest.fixture(scope="module")
def house(small_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A workspace that every test spoils and puts right again."""
    return small_house.copied(tmp_path_factory.mktemp("audited") / "workspace")


def flips(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield a place and the data with one bit of the byte there changed."""
    for at in range(0, len(data), max(1, len(data) // PLACES_MAX)):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        yield at, bytes(changed)


def first(report: AuditReport) -> Fault:
    assert not report.ok
    return report.faults[0]


def test_an_untouched_workspace_passes_and_is_counted(house: House) -> None:
    report = house.audited()
    assert report.ok
    assert report.notes == []
    with house.opened(writer=False) as store:
        assert report.entries == store.log.size
        assert report.records == store.log.records
    assert report.to_json() == {**report.to_json(), "ok": True, "first_problem": None}


def test_an_audit_leaves_every_file_as_it_was(house: House) -> None:
    before = house.content()
    house.audited()
    assert house.content() == before


# -- evidence ---------------------------------------------------------------------------------


def test_a_changed_byte_of_an_entry_is_located_in_that_entry(house: House) -> None:
    for at, data in flips((house.folder / ENTRIES).read_bytes()):
        fault = first(house.spoiled(ENTRIES, data))
        assert (fault.file, fault.offset) == (ENTRIES, at - at % ENTRY_BYTES), at


def test_a_changed_byte_of_a_commitment_is_located_at_its_record(house: House) -> None:
    for at, data in flips((house.folder / COMMITMENTS).read_bytes()):
        report = house.spoiled(COMMITMENTS, data)
        fault = first(report)
        assert (fault.file, fault.offset, fault.record) == (COMMITMENTS, at - at % 32, at // 32)
        assert len(report.faults) == 1, "one commitment was changed and one is named"


def test_a_changed_byte_of_the_checkpoint_is_located(house: House) -> None:
    name = "evidence/checkpoint"
    for at, data in flips((house.folder / name).read_bytes()):
        assert first(house.spoiled(name, data)).file == name, at


def test_a_changed_byte_of_the_trust_file_is_located(house: House) -> None:
    for at, data in flips((house.folder / "trust.policy").read_bytes()):
        fault = first(house.spoiled("trust.policy", data))
        assert (fault.file, fault.offset) == ("trust.policy", at)


def test_a_changed_byte_of_the_identity_is_found(house: House) -> None:
    name = "workspace.json"
    whole = (house.folder / name).read_bytes()
    for at in range(8 * len(whole)):
        data = bytearray(whole)
        data[at // 8] ^= 1 << at % 8
        assert found_in_the_identity(house, bytes(data)) in {
            "not_a_workspace",
            "newer_format",
            name,
        }, at


def found_in_the_identity(house: House, data: bytes) -> str:
    """Return the code of the refusal, or the file that the audit names."""
    try:
        return first(house.spoiled("workspace.json", data)).file
    except TallyError as fault:
        return fault.code


@pytest.mark.parametrize(
    "name", [ENTRIES, COMMITMENTS, "evidence/checkpoint", "trust.policy", BODIES, KEYS]
)
def test_a_byte_added_or_taken_away_is_found_in_that_file(house: House, name: str) -> None:
    data = (house.folder / name).read_bytes()
    half = len(data) // 2
    for changed in (
        data + b"\0",
        data + data[-1:],
        data[:-1],
        data[1:],
        b"\0" + data,
        data[:half] + data[half + 1 :],
        data[:half] + b"\0" + data[half:],
        b"",
    ):
        assert first(house.spoiled(name, changed)).file == name


def test_a_byte_added_to_the_identity_is_found(house: House) -> None:
    data = (house.folder / "workspace.json").read_bytes()
    for changed in (data + b"\n", data[:-1], b" " + data, b""):
        assert first(house.spoiled("workspace.json", changed)).file == "workspace.json"


def test_whole_entries_taken_off_the_end_are_missed(house: House) -> None:
    data = (house.folder / ENTRIES).read_bytes()
    assert first(house.spoiled(ENTRIES, data[:-ENTRY_BYTES])).file == ENTRIES


def test_two_entries_that_changed_places_are_found(house: House) -> None:
    data = (house.folder / ENTRIES).read_bytes()
    swapped = data[ENTRY_BYTES : 2 * ENTRY_BYTES] + data[:ENTRY_BYTES] + data[2 * ENTRY_BYTES :]
    report = house.spoiled(ENTRIES, swapped)
    assert {fault.file for fault in report.faults} == {ENTRIES}


def test_one_changed_entry_accuses_no_other_file(house: House) -> None:
    data = bytearray((house.folder / ENTRIES).read_bytes())
    data[ENTRY_BYTES + 60] ^= 1
    report = house.spoiled(ENTRIES, bytes(data))
    assert {fault.file for fault in report.faults} == {ENTRIES}


def test_an_older_checkpoint_of_the_same_log_does_not_hide_what_came_after(
    small_house: House, tmp_path: Path
) -> None:
    house = small_house.copied(tmp_path / "workspace")
    old = (house.folder / "evidence" / "checkpoint").read_bytes()
    with house.opened() as store:
        evaluate(store, "association-2019", as_of="2026-10-01")
    assert first(house.spoiled("evidence/checkpoint", old)).file == ENTRIES


# -- bodies and keys --------------------------------------------------------------------------


def test_a_changed_byte_of_a_body_is_located_at_its_record(house: House) -> None:
    with house.opened(writer=False) as store:
        starts = [store.vault.offset_of(number) for number in range(store.log.records)]
        lengths = [len(store.vault.read(n, bytes(32)).ciphertext) for n in range(len(starts))]
    data = (house.folder / BODIES).read_bytes()
    for record, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        for at in (start, start + length // 2, start + length - 1):
            changed = bytearray(data)
            changed[at] ^= 0x10
            report = house.spoiled(BODIES, bytes(changed))
            fault = first(report)
            assert (fault.file, fault.offset, fault.record) == (BODIES, start, record)
            assert len(report.faults) == 1


def test_any_changed_byte_of_the_file_of_bodies_is_found_in_it(house: House) -> None:
    for at, data in flips((house.folder / BODIES).read_bytes()):
        fault = first(house.spoiled(BODIES, data))
        assert fault.file == BODIES, at
        assert fault.offset <= at


def test_every_bit_of_the_head_of_a_block_counts(house: House) -> None:
    data = (house.folder / BODIES).read_bytes()
    with house.opened(writer=False) as store:
        head = store.vault.offset_of(0)
    for bit in range(head * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert first(house.spoiled(BODIES, bytes(changed))).file == BODIES, bit


def test_a_changed_byte_of_a_key_is_located_at_its_record(house: House) -> None:
    for at, data in flips((house.folder / KEYS).read_bytes()):
        fault = first(house.spoiled(KEYS, data))
        assert (fault.file, fault.record) == (KEYS, at // WRAPPED_BYTES)
        assert fault.offset == at - at % WRAPPED_BYTES


def test_a_key_that_was_destroyed_without_an_erasure_record_is_an_error(house: House) -> None:
    data = bytearray((house.folder / KEYS).read_bytes())
    data[5 * WRAPPED_BYTES : 6 * WRAPPED_BYTES] = bytes(WRAPPED_BYTES)
    fault = first(house.spoiled(KEYS, bytes(data)))
    assert (fault.code, fault.file, fault.record) == ("key_missing", KEYS, 5)


def test_bodies_of_two_records_cannot_change_places(house: House) -> None:
    """Two keys swapped: each opens, but not what it was made for."""
    data = (house.folder / KEYS).read_bytes()
    swapped = data[WRAPPED_BYTES : 2 * WRAPPED_BYTES] + data[:WRAPPED_BYTES]
    report = house.spoiled(KEYS, swapped + data[2 * WRAPPED_BYTES :])
    assert {fault.record for fault in report.faults} == {0, 1}


def test_a_changed_byte_of_the_keyring_is_found_or_does_not_open(house: House) -> None:
    name = "keys/keyring"
    codes: set[str] = set()
    for at, data in flips((house.folder / name).read_bytes()):
        if at % 9:
            continue
        try:
            report = house.spoiled(name, data)
        except TallyError as fault:
            codes.add(fault.code)
        else:
            assert first(report).file == name
    # To scrypt, a changed salt or wrapped key is a wrong passphrase, and nothing else.
    assert codes <= {"wrong_passphrase"}


def test_a_changed_byte_of_an_officers_key_file_is_found(house: House) -> None:
    [file] = (house.folder / "keys").glob("*.key")
    name = f"keys/{file.name}"
    for at, data in list(flips(file.read_bytes()))[::7]:  # a new salt is slow to try
        report = house.spoiled(name, data)
        # The wrapped key may have a passphrase nobody here knows: then the audit says so.
        said = [fault.file for fault in report.faults] or [note.en for note in report.notes]
        assert said[0].startswith(name), at


def test_a_key_file_of_somebody_who_is_no_officer_here_is_told(
    house: House, founded_house: House, tmp_path: Path
) -> None:
    from tallystick.app.deciding import new_officer  # noqa: PLC0415 - only this attack needs it

    other = founded_house.copied(tmp_path / "other")
    with other.opened() as store:
        made = Path(new_officer(store, "Somebody else")["path"])
    target = house.folder / "keys" / made.name
    shutil.copy(made, target)
    try:
        [note] = house.audited().notes
        assert note.en.startswith(f"keys/{made.name} holds a key nobody registered")
    finally:
        target.unlink()


# -- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["evidence/more", "keys/spare", "caches/old", "bodies/records~", "keys/a/b.key"]
)
def test_a_file_that_does_not_belong_is_named(house: House, name: str) -> None:
    file = house.folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"")
    try:
        fault = first(house.audited())
        assert (fault.code, fault.file) == ("undeclared_file", name)
    finally:
        file.unlink()


def test_what_people_keep_beside_the_programs_folders_is_theirs(house: House) -> None:
    file = house.folder / "members-2026.xlsx"
    file.write_bytes(b"our own list")
    try:
        assert house.audited().ok
    finally:
        file.unlink()


def test_a_link_is_named_even_under_a_good_name(house: House, tmp_path: Path) -> None:
    file = house.folder / ENTRIES
    outside = tmp_path / "entries"
    shutil.move(file, outside)
    file.symlink_to(outside)
    try:
        fault = first(house.audited())
        assert (fault.code, fault.file) == ("undeclared_file", ENTRIES)
    finally:
        file.unlink()
        shutil.move(outside, file)


@pytest.mark.parametrize(
    "name", [ENTRIES, COMMITMENTS, "evidence/checkpoint", "trust.policy", BODIES, KEYS]
)
def test_a_missing_file_is_named(house: House, name: str, tmp_path: Path) -> None:
    file = house.folder / name
    kept = tmp_path / "kept"
    shutil.move(file, kept)
    try:
        report = house.audited()
        assert (first(report).code, first(report).file) == ("missing_file", name)
    finally:
        shutil.move(kept, file)
