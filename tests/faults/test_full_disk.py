"""A disk that is full, simulated byte by byte and, where that is permitted, real."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from tests.app.conftest import House
from tests.faults.conftest import keeps, small_file_system

from tallystick.app.archiving import archive
from tallystick.app.backup_check import backups_in, check_backups
from tallystick.app.backups import backup
from tallystick.app.restoring import restore
from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import TallyError
from tallystick.testing.limited_disk import FullDisk

LARGE = 700  # bytes in one more record


def fill(house: House, disk: FullDisk) -> list[str]:
    """Append until the disk is full; return the ids that were acknowledged."""
    acknowledged: list[str] = []
    with pytest.raises(OSError, match="No space left"):
        append_for_ever(house, acknowledged, LARGE, disk)
    return acknowledged


def append_for_ever(
    house: House, acknowledged: list[str], filling: int, disk: Disk | None = None
) -> NoReturn:
    with house.opened(disk=disk) as store:
        body = {**store.body(0), "filling": "x" * filling}
        while True:
            acknowledged += store.append([body])


@pytest.mark.parametrize("left", range(0, 6000, 331))
def test_a_disk_that_is_full_at_any_moment_loses_nothing_acknowledged(
    small: House, left: int
) -> None:
    with small.opened(writer=False) as store:
        before = store.log.records
    acknowledged = fill(small, FullDisk(left))
    keeps(small, acknowledged, before)
    with small.opened() as store:
        assert store.append([store.body(0)]), "with room again it goes on"
    assert small.audited().ok


@pytest.mark.parametrize("left", range(0, 20_000, 1111))
def test_a_backup_onto_a_full_disk_is_none_and_spoils_no_other(
    small: House, tmp_path: Path, left: int
) -> None:
    backup(small.settings(), tmp_path / "copy")
    with small.opened() as store:
        store.append([{**store.body(0), "filling": "x" * 4000}] * 3)
    settings = replace(small.settings(), disk=FullDisk(left))
    made = 1
    with suppress(OSError):
        made = backup(settings, tmp_path / "copy")["snapshot"]
    assert len(check_backups(tmp_path / "copy")["snapshots"]) == made
    backup(small.settings(), tmp_path / "copy")
    assert len(check_backups(tmp_path / "copy")["snapshots"]) == 2


@pytest.mark.parametrize("left", [0, 500, 3000, 9000, 15_000])
def test_a_restore_onto_a_full_disk_leaves_no_workspace(
    small: House, tmp_path: Path, left: int
) -> None:
    backup(small.settings(), tmp_path / "copy")
    again = replace(small, folder=tmp_path / "again")
    with pytest.raises(OSError, match="No space left"):
        restore(again.settings(FullDisk(left)), tmp_path / "copy", as_of_backup=True)
    with pytest.raises(TallyError, match="not_a_workspace"):
        again.opened()


def test_an_archive_onto_a_full_disk_moves_nothing(small: House, tmp_path: Path) -> None:
    with small.opened() as store:
        for _ in range(140):
            store.append([store.body(0)])
        records = store.log.records
    disk = FullDisk(3000)
    with pytest.raises(OSError, match="No space left"), small.opened(disk=disk) as store:
        archive(store, tmp_path / "old", 1)
    keeps(small, [], records)
    assert (small.folder / "evidence" / "commitments").exists()


def test_a_real_disk_that_is_full(small_house: House, tmp_path: Path) -> None:
    """On a file system of two MiB, where mounting one is permitted; simulated above anyway."""
    place = tmp_path / "tiny"
    with small_file_system(place, "2m") as mounted:
        if not mounted:
            return
        house = replace(small_house, folder=place / "workspace")
        shutil.copytree(small_house.folder, house.folder)
        with house.opened(writer=False) as store:
            before = store.log.records
        acknowledged: list[str] = []
        with pytest.raises(OSError, match="No space left") as full:
            append_for_ever(house, acknowledged, 20_000)
        assert full.value.errno == errno.ENOSPC
        assert len(acknowledged) > 10
        with house.opened(writer=False) as reader:
            assert reader.log.records >= before + len(acknowledged)
        with pytest.raises(OSError, match="No space left"):
            backup(house.settings(), place / "copy")
        copies = place / "copy"
        assert not copies.exists() or not list(copies.rglob("manifest.json"))
        shutil.rmtree(copies, ignore_errors=True)
        moved = house.copied(tmp_path / "larger")
        keeps(moved, acknowledged, before)
        backup(moved.settings(), tmp_path / "copy")
        assert backups_in(tmp_path / "copy")["snapshots"]
