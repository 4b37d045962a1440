"""The disk that fails: each mode does what it says, and only at the call it was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.kernel.disk import Disk, FileDisk
from tallystick.testing.disk import MODES, DiskFaultError, FaultyDisk, Mode, every_fault


def write_all(disk: Disk, folder: Path) -> None:
    """Use every call once, on files of known content."""
    log, state = folder / "log", folder / "state"
    disk.append(log, b"abcd")
    disk.sync(log)
    disk.replace(state, b"12345678")
    disk.truncate(state, 4)
    disk.remove(state)


def failing(fail_at: int, mode: Mode, folder: Path) -> FaultyDisk:
    disk = FaultyDisk(FileDisk(), fail_at, mode)
    with pytest.raises(DiskFaultError):
        write_all(disk, folder)
    return disk


def test_without_a_fault_every_call_passes_through_and_is_counted(tmp_path: Path) -> None:
    disk = FaultyDisk(FileDisk())
    write_all(disk, tmp_path)
    names = [call.name for call in disk.calls]
    assert names == ["append", "sync", "replace", "truncate", "remove"]
    assert (tmp_path / "log").read_bytes() == b"abcd"
    assert not (tmp_path / "state").exists()
    assert not disk.failed


@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(5)))
def test_each_call_can_be_broken_and_stops_the_writer_there(
    fail_at: int, mode: Mode, tmp_path: Path
) -> None:
    disk = failing(fail_at, mode, tmp_path)
    assert len(disk.calls) == fail_at
    assert disk.failed


def test_a_lost_append_leaves_nothing_and_a_torn_one_half(tmp_path: Path) -> None:
    failing(1, "not_persisted", tmp_path)
    assert not (tmp_path / "log").exists()
    failing(1, "torn", tmp_path)
    assert (tmp_path / "log").read_bytes() == b"ab"


def test_an_append_can_be_carried_out_and_still_be_reported_as_failed(tmp_path: Path) -> None:
    failing(1, "persisted_but_error", tmp_path)
    assert (tmp_path / "log").read_bytes() == b"abcd"


def test_a_failed_sync_may_lose_what_was_appended(tmp_path: Path) -> None:
    failing(2, "not_persisted", tmp_path)
    assert (tmp_path / "log").read_bytes() == b""
    (tmp_path / "log").write_bytes(b"old")
    failing(2, "torn", tmp_path)
    assert (tmp_path / "log").read_bytes() == b"oldab"


def test_a_torn_replace_never_shows_a_half_written_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"before")
    failing(3, "torn", tmp_path)
    assert (tmp_path / "state").read_bytes() == b"before"
    assert (tmp_path / "state.new").read_bytes() == b"1234"


def test_a_torn_cut_stops_half_way(tmp_path: Path) -> None:
    failing(4, "torn", tmp_path)
    assert (tmp_path / "state").read_bytes() == b"123456"


def test_a_lasting_fault_lets_nothing_through_afterwards(tmp_path: Path) -> None:
    disk = FaultyDisk(FileDisk(), 1, "persisted_but_error", lasting=True)
    for _ in range(3):
        with pytest.raises(DiskFaultError):
            disk.append(tmp_path / "log", b"abcd")
    assert (tmp_path / "log").read_bytes() == b"abcd"


def test_a_fault_that_does_not_last_lets_the_writer_try_again(tmp_path: Path) -> None:
    disk = failing(1, "not_persisted", tmp_path)
    write_all(disk, tmp_path)
    assert (tmp_path / "log").read_bytes() == b"abcd"


def test_loss_of_power_takes_back_what_was_not_synced(tmp_path: Path) -> None:
    log = tmp_path / "log"
    disk = FaultyDisk(FileDisk())
    disk.append(log, b"kept")
    disk.sync(log)
    disk.append(log, b"gone")
    disk.lose_power()
    assert log.read_bytes() == b"kept"


def test_an_unknown_mode_is_refused() -> None:
    assert len(MODES) == 3
    with pytest.raises(ValueError, match="mode"):
        FaultyDisk(FileDisk(), 1, "sometimes")  # type: ignore[arg-type]
