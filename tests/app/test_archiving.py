"""Old commitments in an archive: everything is proved and read as before, or refused by name."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app import receipts
from tallystick.app.archiving import archive, bring_back, check_archive, remember
from tallystick.app.backup_check import check_backups
from tallystick.app.backups import backup
from tallystick.app.disk_use import disk_use
from tallystick.app.restoring import Beside, restore
from tallystick.app.verifying import verify
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.testing.disk import MODES, DiskFaultError, FaultyDisk

if TYPE_CHECKING:
    from tests.app.conftest import House


def code_of(act: Any, *words: Any, **options: Any) -> str:
    with pytest.raises(TallyError) as caught:
        act(*words, **options)
    return caught.value.code


@pytest.fixture(scope="session")
def long_house(tmp_path_factory: pytest.TempPathFactory, founded_house: House) -> House:
    """A ledger of some six hundred entries. Not to be changed: copy it."""
    house = founded_house.copied(tmp_path_factory.mktemp("long") / "workspace")
    with house.opened() as store:
        body = store.body(0)
        for _ in range(300):
            store.append([body, body])
    return house


@pytest.fixture
def long(long_house: House, tmp_path: Path) -> House:
    return long_house.copied(tmp_path / "workspace")


def moved(house: House, folder: Path, keep: int = 10) -> dict[str, Any]:
    with house.opened() as store:
        return archive(store, folder, keep)


def test_whole_bundles_go_and_the_rest_stays(long: House, tmp_path: Path) -> None:
    before = (long.folder / "evidence" / "commitments").read_bytes()
    done = moved(long, tmp_path / "old")
    base = done["first_record_kept"]
    assert 0 < base == done["records_moved"] < 610
    tail = (long.folder / "evidence" / f"commitments.{base}").read_bytes()
    files = sorted((tmp_path / "old").rglob("tile/commitments/*"))
    assert b"".join(file.read_bytes() for file in files) + tail == before
    assert not (long.folder / "evidence" / "commitments").exists()
    assert done["bundles"] == len(files) == 2


def test_old_records_are_read_proved_and_audited_out_of_the_archive(
    long: House, tmp_path: Path
) -> None:
    with long.opened(writer=False) as store:
        ids = [store.numbered(number).record for number in (0, 5, 500)]
    moved(long, tmp_path / "old")
    trust = (long.folder / "trust.policy").read_text(encoding="utf-8")
    with long.opened() as store:
        store.append([store.body(3)])
        for record in ids:
            assert verify(receipts.make(store, record), trust).valid
    report = long.audited()
    assert report.ok, report.faults


def test_a_second_time_the_archive_is_continued(long: House, tmp_path: Path) -> None:
    first = moved(long, tmp_path / "old", keep=300)
    second = moved(long, tmp_path / "old")
    assert second["first_record_kept"] > first["first_record_kept"] > 0
    assert moved(long, tmp_path / "old")["records_moved"] == 0
    assert code_of(moved, long, tmp_path / "new") == "archive_too_short"
    assert long.audited().ok


def test_without_its_archive_a_ledger_says_what_is_missing(long: House, tmp_path: Path) -> None:
    done = moved(long, tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "elsewhere")
    assert code_of(long.opened) == "archived"
    assert [fault.code for fault in long.audited().faults] == ["archived"]
    told = remember(long.settings(), tmp_path / "elsewhere")
    assert told["records_archived"] == done["first_record_kept"]
    assert long.audited().ok


@pytest.mark.parametrize("spoil", ["flip", "cut", "remove", "manifest"])
def test_a_spoiled_archive_is_named(long: House, tmp_path: Path, spoil: str) -> None:
    moved(long, tmp_path / "old")
    place = next((tmp_path / "old").iterdir())
    file = place / "tile" / "commitments" / "000"
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    if spoil == "remove":
        file.unlink()
    elif spoil == "manifest":
        manifest = place / "archive.json"
        manifest.write_bytes(manifest.read_bytes().replace(b'"format":1', b'"format":2'))
    else:
        file.write_bytes(data if spoil == "flip" else data[:-32])
    assert code_of(check_archive, long.settings(), tmp_path / "old") == "archive_damaged"
    assert not long.audited().ok


def test_an_archive_of_another_ledger_is_refused(long: House, tmp_path: Path) -> None:
    moved(long, tmp_path / "old")
    other = replace(long, folder=tmp_path / "other")
    other.founded().close()
    place = next((tmp_path / "old").iterdir())
    assert check_archive(long.settings(), place)["bundles"] == 2
    assert code_of(remember, other.settings(), place) == "no_archive"
    assert code_of(remember, other.settings(), tmp_path) == "no_archive"


def test_what_was_moved_can_be_brought_back(long: House, tmp_path: Path) -> None:
    before = (long.folder / "evidence" / "commitments").read_bytes()
    moved(long, tmp_path / "old")
    with long.opened() as store:
        bring_back(store)
    assert (long.folder / "evidence" / "commitments").read_bytes() == before
    shutil.rmtree(tmp_path / "old")
    assert long.audited().ok


def test_moving_broken_at_any_call_loses_nothing(long_house: House, tmp_path: Path) -> None:
    disk = FaultyDisk(FileDisk())
    counted = long_house.copied(tmp_path / "counted")
    with counted.opened(disk=disk) as store:
        archive(store, tmp_path / "counted-old", 10)
    for fail_at in range(1, len(disk.calls) + 1):
        for mode in MODES:
            house = long_house.copied(tmp_path / f"{fail_at}-{mode}")
            old = tmp_path / f"{fail_at}-{mode}-old"
            broken = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
            with suppress(DiskFaultError), house.opened(disk=broken) as store:
                archive(store, old, 10)
            broken.lose_power()
            with house.opened() as store:
                assert archive(store, old, 10)["first_record_kept"] > 0, (fail_at, mode)
                assert store.opened(0)
            report = house.audited()
            assert report.ok, (fail_at, mode, report.faults)
            shutil.rmtree(house.folder)


def test_a_ledger_with_an_archive_is_backed_up_and_restored(long: House, tmp_path: Path) -> None:
    backup(long.settings(), tmp_path / "early")
    moved(long, tmp_path / "old")
    with long.opened() as store:
        store.append([store.body(0)])
    backup(long.settings(), tmp_path / "early")
    backup(long.settings(), tmp_path / "late")
    for place, whole in (("early", True), ("late", False)):
        check_backups(tmp_path / place)
        settings = replace(long, folder=tmp_path / f"again-{place}").settings()
        given = None if whole else tmp_path / "old"
        done = restore(settings, tmp_path / place, Beside(archive=given), as_of_backup=True)
        assert done["ok"], done["audit"]


def test_the_figures_say_what_could_be_moved(long: House, tmp_path: Path) -> None:
    told = disk_use(long.settings(), keep_records=100)
    assert told["archivable"]["records"] == told["records"] - 100
    assert sum(part["bytes"] for part in told["parts"]) == told["bytes"]
    files = [file for file in long.folder.rglob("*") if file.is_file()]
    assert sum(part["files"] for part in told["parts"]) == len(files)
    assert told["bytes"] == sum(file.stat().st_size for file in files)
    moved(long, tmp_path / "old")
    again = disk_use(long.settings(), keep_records=100)
    assert again["archived_records"] > 0
    assert again["growth"]["records"] == told["records"]
    assert told["growth"]["bytes_a_year"] is told["years_left"] is None, "it is a day old"
    older = disk_use(long.on("2026-12-01").settings())
    assert older["growth"]["records_a_year"] == int(told["records"] / 30 * 365)
    assert older["years_left"] > 0
