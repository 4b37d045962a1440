"""A disk that can only be read: readers work, writers are told, nothing changes."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.app.conftest import House
from tests.faults.conftest import keeps, remounted, small_file_system

from tallystick.app import receipts
from tallystick.app.backup_check import check_backups
from tallystick.app.backups import backup
from tallystick.app.restoring import restore
from tallystick.app.verifying import verify
from tallystick.testing.limited_disk import ReadOnlyDisk


def test_a_writer_on_a_disk_that_is_read_only_is_told_and_changes_nothing(small: House) -> None:
    before = small.content()
    with small.opened(writer=False) as reader:
        records = reader.log.records
        assert receipts.make(reader, reader.numbered(0).record)
    with pytest.raises(OSError, match="Read-only") as told:
        small.opened(disk=ReadOnlyDisk())
    assert told.value.errno == errno.EROFS
    assert small.content() == before
    keeps(small, [], records)


def test_a_disk_that_becomes_read_only_while_somebody_writes(small: House) -> None:
    with small.opened() as store:
        acknowledged = store.append([store.body(0)] * 2)
        records = store.log.records - 2
    store = small.opened()
    acknowledged += store.append([store.body(0)])
    disk = ReadOnlyDisk()
    store.log._disk = store.vault._disk = disk
    object.__setattr__(store.settings, "disk", disk)
    with pytest.raises(OSError, match="Read-only"):
        store.append([store.body(0)])
    with pytest.raises(OSError, match="Read-only"):
        store.close()
    keeps(small, acknowledged, records)


def test_a_backup_onto_a_disk_that_is_read_only_is_none(small: House, tmp_path: Path) -> None:
    backup(small.settings(), tmp_path / "copy")
    with small.opened() as store:
        store.append([store.body(0)])
    with pytest.raises(OSError, match="Read-only"):
        backup(replace(small.settings(), disk=ReadOnlyDisk()), tmp_path / "copy")
    assert len(check_backups(tmp_path / "copy")["snapshots"]) == 1


def test_a_real_disk_that_is_read_only(small_house: House, tmp_path: Path) -> None:
    """A mounted file system, made read-only, where that is permitted; simulated above anyway."""
    place = tmp_path / "tiny"
    with small_file_system(place, "8m") as mounted:
        if not mounted:
            return
        house = replace(small_house, folder=place / "workspace")
        shutil.copytree(small_house.folder, house.folder)
        backup(house.settings(), place / "copy")
        with house.opened() as store:
            acknowledged = store.append([store.body(0)])
            records = store.log.records - 1
        if not remounted(place, "ro"):
            return
        trust = (house.folder / "trust.policy").read_text(encoding="utf-8")
        with house.opened(writer=False) as reader:
            assert reader.log.records == records + 1
            assert verify(receipts.make(reader, acknowledged[0]), trust).valid
        with pytest.raises(OSError, match="Read-only"):
            house.opened()
        with pytest.raises(OSError, match="Read-only"):
            backup(house.settings(), place / "copy")
        assert house.audited().ok, "an audit only reads"
        backup(house.settings(), tmp_path / "copy")
        again = replace(house, folder=tmp_path / "again")
        done = restore(again.settings(), place / "copy", as_of_backup=True)
        assert done["ok"], "a backup on a medium that is read only can be restored from"
        assert remounted(place, "rw")
        keeps(house, acknowledged, records)
