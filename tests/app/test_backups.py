"""Backups: consistent while somebody writes, complete or none, and read again before they count."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app import backups
from tallystick.app.backup_check import backups_in, check_backups
from tallystick.app.backup_repository import Repository, repository_in
from tallystick.app.backups import backup
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.ledger import ERASED, StatusChange
from tallystick.testing.disk import MODES, DiskFaultError, FaultyDisk
from tallystick.vault import WRAPPED_BYTES

if TYPE_CHECKING:
    from tests.app.conftest import House


def copied(house: House, folder: Path, **options: Any) -> dict[str, Any]:
    return backup(house.settings(), folder, **options)


def add(house: House, count: int = 3) -> None:
    with house.opened() as store:
        store.append([store.body(0)] * count)


def code_of(act: Any, *words: Any, **options: Any) -> str:
    with pytest.raises(TallyError) as caught:
        act(*words, **options)
    return caught.value.code


def test_a_backup_holds_every_acknowledged_byte(small: House, tmp_path: Path) -> None:
    done = copied(small, tmp_path / "copy")
    assert done["changed"]
    repository = repository_in(tmp_path / "copy")
    snapshot = repository.snapshot(done["snapshot"])
    for name, file in snapshot.files.items():
        there = (small.folder / name).read_bytes() if file.bytes else b""
        assert repository.place(name, snapshot.number).read_bytes()[: file.bytes] == there
    assert {"keys/records", "keys/keyring", "bodies/records"} <= snapshot.files.keys()
    assert not any(name.startswith("caches") for name in snapshot.files)
    assert check_backups(tmp_path / "copy")["snapshots"][0]["records"] == snapshot.records


def test_what_grows_is_stored_once_and_extended(small: House, tmp_path: Path) -> None:
    first = copied(small, tmp_path / "copy")
    add(small)
    second = copied(small, tmp_path / "copy")
    assert second["records"] == first["records"] + 3
    repository = repository_in(tmp_path / "copy")
    bodies = (repository.folder / "bodies" / "records").stat().st_size
    assert bodies == (small.folder / "bodies" / "records").stat().st_size
    assert [one["keys"] for one in backups_in(tmp_path / "copy")["snapshots"]] == [True, True]
    assert len(check_backups(tmp_path / "copy")["snapshots"]) == 2


def test_nothing_new_makes_no_new_snapshot_and_checks_the_old_one(
    small: House, tmp_path: Path
) -> None:
    copied(small, tmp_path / "copy")
    assert not copied(small, tmp_path / "copy")["changed"]
    keys = repository_in(tmp_path / "copy").keys_folder(1) / "records"
    keys.write_bytes(bytes([1]) + keys.read_bytes()[1:])
    assert code_of(copied, small, tmp_path / "copy") == "backup_damaged"


def test_bytes_that_nobody_acknowledged_are_not_copied(small: House, tmp_path: Path) -> None:
    grows = ("evidence/entries", "evidence/commitments", "bodies/records", "keys/records")
    sizes = {name: (small.folder / name).stat().st_size for name in grows}
    for name in grows:
        with (small.folder / name).open("ab") as file:
            file.write(b"being written")
    copied(small, tmp_path / "copy")
    snapshot = repository_in(tmp_path / "copy").snapshot(1)
    assert {name: snapshot.files[name].bytes for name in grows} == sizes


def test_a_backup_needs_no_passphrase(small: House, tmp_path: Path) -> None:
    settings = replace(small.settings(), passphrase_file=None)
    assert backup(settings, tmp_path / "copy")["changed"]


def test_the_keys_can_be_kept_apart(small: House, tmp_path: Path) -> None:
    copied(small, tmp_path / "copy", keys=tmp_path / "apart")
    assert not list((tmp_path / "copy").rglob("keyring"))
    assert len(list((tmp_path / "apart").rglob("keyring"))) == 1
    assert code_of(check_backups, tmp_path / "copy") == "keys_away"
    assert check_backups(tmp_path / "copy", tmp_path / "apart")["snapshots"]


@pytest.mark.parametrize("keys", ["copy", "copy/keys", "."])
def test_keys_kept_apart_do_not_lie_with_the_backup(
    small: House, tmp_path: Path, keys: str
) -> None:
    place = tmp_path / "disk"
    with pytest.raises(TallyError) as caught:
        backup(small.settings(), place / "copy", keys=place / keys)
    assert caught.value.code == "keys_not_apart"
    assert all("--keys" in remedy for remedy in caught.value.remedy)
    assert not place.exists()


def test_older_snapshots_can_be_let_go(small: House, tmp_path: Path) -> None:
    for _ in range(3):
        copied(small, tmp_path / "copy", keep=2)
        add(small)
    listed = backups_in(tmp_path / "copy")
    assert [one["number"] for one in listed["snapshots"]] == [2, 3]
    assert listed["incomplete"] == 0
    assert len(list((tmp_path / "copy").rglob("keyring"))) == 2
    check_backups(tmp_path / "copy")


def test_a_backup_does_not_go_into_the_workspace(small: House) -> None:
    assert code_of(copied, small, small.folder / "exports") == "backup_inside_workspace"


def test_two_backups_at_once_are_refused(small: House, tmp_path: Path) -> None:
    copied(small, tmp_path / "copy")
    with repository_in(tmp_path / "copy").locked():
        assert code_of(copied, small, tmp_path / "copy") == "backup_locked"


def test_a_ledger_that_went_another_way_is_not_copied_over(small: House, tmp_path: Path) -> None:
    other = small.copied(tmp_path / "other")
    add(small)
    copied(small, tmp_path / "copy")
    assert code_of(copied, other, tmp_path / "copy") == "another_history"
    add(other, 5)
    before = check_backups(tmp_path / "copy")
    assert code_of(copied, other, tmp_path / "copy") == "another_history"
    assert check_backups(tmp_path / "copy") == before


@pytest.mark.parametrize("name", ["evidence/entries", "evidence/commitments", "bodies/records"])
def test_a_flipped_byte_of_the_copy_is_found(small: House, tmp_path: Path, name: str) -> None:
    copied(small, tmp_path / "copy")
    file = repository_in(tmp_path / "copy").folder / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert code_of(check_backups, tmp_path / "copy") in {"backup_damaged", "evidence_damaged"}
    add(small)
    assert code_of(copied, small, tmp_path / "copy") in {"backup_damaged", "evidence_damaged"}


def test_damaged_evidence_is_not_taken_for_a_backup(small: House, tmp_path: Path) -> None:
    file = small.folder / "evidence" / "commitments"
    data = bytearray(file.read_bytes())
    data[40] ^= 1
    file.write_bytes(data)
    assert code_of(copied, small, tmp_path / "copy") == "evidence_damaged"
    assert backups_in(tmp_path / "copy")["snapshots"] == []


# -- while somebody writes --------------------------------------------------------------------


def test_a_commit_in_the_middle_of_a_copy_is_left_for_the_next_backup(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_bodies = backups._Backup._bodies
    with small.opened() as writer:
        before = writer.log.records

        def write_first(self: Any, *words: Any) -> Any:
            writer.append([writer.body(0)] * 2)
            return take_bodies(self, *words)

        monkeypatch.setattr(backups._Backup, "_bodies", write_first)
        done = copied(small, tmp_path / "copy")
    assert done["records"] == before
    assert check_backups(tmp_path / "copy")["snapshots"][0]["records"] == before


def test_an_erasure_in_the_middle_of_a_copy_is_in_the_copy(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key goes while keys are copied: the snapshot takes the checkpoint that says why."""
    take_keys = backups._Backup._keys
    erased = [4]

    def erase_then(self: Any, snapshot: Any) -> Any:
        files = take_keys(self, snapshot)
        if erased:
            _erase(small, erased.pop())
        return files

    monkeypatch.setattr(backups._Backup, "_keys", erase_then)
    copied(small, tmp_path / "copy")
    repository = repository_in(tmp_path / "copy")
    assert repository.erased(repository.snapshot(1).rows, 10) == {4}
    assert _slot(repository.place("keys/records", 1), 4) == bytes(WRAPPED_BYTES)
    check_backups(tmp_path / "copy")


def _erase(house: House, record: int) -> None:
    with house.opened() as store:
        store.append([store.body(0)], changes=[StatusChange(record, ERASED, 1_800_000_000, 0)])
    with (house.folder / "keys" / "records").open("r+b") as file:
        file.seek(record * WRAPPED_BYTES)
        file.write(bytes(WRAPPED_BYTES))


def _slot(file: Path, record: int) -> bytes:
    return file.read_bytes()[record * WRAPPED_BYTES :][:WRAPPED_BYTES]


# -- interrupted ------------------------------------------------------------------------------


def test_a_backup_broken_at_any_call_leaves_the_old_ones_and_can_be_done_again(
    small_house: House, tmp_path: Path
) -> None:
    house = small_house.copied(tmp_path / "workspace")
    copied(house, tmp_path / "copy")
    add(house)
    calls = _calls(house, tmp_path)
    for fail_at in range(1, calls + 1):
        for mode in MODES:
            where = (fail_at, mode)
            place = tmp_path / f"{fail_at}-{mode}"
            _clone(tmp_path / "copy", place)
            disk = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
            with suppress(DiskFaultError):
                backup(house.settings(disk), place)
            disk.lose_power()
            held = [one["records"] for one in check_backups(place)["snapshots"]]
            assert held, where
            again = copied(house, place)
            assert len(check_backups(place)["snapshots"]) == 2, where
            assert again["records"] == held[0] + 3, where


def test_a_first_backup_broken_at_any_call_leaves_nothing_that_looks_complete(
    small_house: House, tmp_path: Path
) -> None:
    disk = FaultyDisk(FileDisk())
    backup(small_house.settings(disk), tmp_path / "whole")
    for fail_at in range(1, len(disk.calls) + 1):
        place = tmp_path / f"{fail_at}"
        broken = FaultyDisk(FileDisk(), fail_at, "torn", lasting=True)
        with suppress(DiskFaultError):
            backup(small_house.settings(broken), place)
        broken.lose_power()
        with suppress(TallyError):
            assert backups_in(place)["snapshots"] == [], fail_at
        copied(small_house, place)
        assert len(check_backups(place)["snapshots"]) == 1, fail_at


def _calls(house: House, folder: Path) -> int:
    _clone(folder / "copy", folder / "counted")
    disk = FaultyDisk(FileDisk())
    backup(house.settings(disk), folder / "counted")
    return len(disk.calls)


def _clone(repository: Path, to: Path) -> None:
    import shutil  # noqa: PLC0415

    shutil.copytree(repository, to)


def test_a_manifest_has_one_encoding(small: House, tmp_path: Path) -> None:
    copied(small, tmp_path / "copy")
    file = repository_in(tmp_path / "copy").manifest(1)
    file.write_bytes(file.read_bytes().replace(b'"number":1', b'"number": 1'))
    assert code_of(backups_in, tmp_path / "copy") == "backup_damaged"


def test_a_folder_without_backups_is_named(tmp_path: Path) -> None:
    assert code_of(backups_in, tmp_path) == "no_backup"


def test_several_ledgers_in_one_folder_are_told_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Repository(tmp_path / name).folder.mkdir()
        Repository(tmp_path / name).found(FileDisk(), name, "00")
    assert code_of(repository_in, tmp_path) == "several_ledgers"
    assert repository_in(tmp_path / "one").folder.name == "one"
