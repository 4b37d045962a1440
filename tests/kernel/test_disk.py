from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

import tallystick.kernel.disk as disk_module
from tallystick.kernel.disk import SCRATCH_SUFFIX, FileDisk, make_folders

DISK = FileDisk()


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return what was made durable, in order: the number of the file and its size just then."""
    seen: list[tuple[int, int]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        found = os.fstat(handle)
        seen.append((found.st_ino, found.st_size if stat.S_ISREG(found.st_mode) else -1))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return seen


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_append_adds_at_the_end_and_makes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "log"
    DISK.append(file, b"ab")
    DISK.append(file, b"")
    DISK.append(file, b"cd")
    assert file.read_bytes() == b"abcd"


def test_sync_makes_durable_all_that_was_appended(
    tmp_path: Path, synced: list[tuple[int, int]]
) -> None:
    file = tmp_path / "log"
    DISK.append(file, b"abcd")
    DISK.sync(file)
    assert (file.stat().st_ino, 4) in synced


def test_the_name_of_a_new_file_is_durable_as_well_as_its_bytes(
    tmp_path: Path, synced: list[tuple[int, int]]
) -> None:
    file = tmp_path / "log"
    DISK.append(file, b"")
    DISK.sync(file)
    assert (tmp_path.stat().st_ino, -1) in synced


def test_replace_shows_the_old_file_or_the_new_one_and_leaves_nothing_beside(
    tmp_path: Path, synced: list[tuple[int, int]]
) -> None:
    file = tmp_path / "checkpoint"
    DISK.replace(file, b"old")
    before = file.stat().st_ino
    synced.clear()
    DISK.replace(file, b"newer")
    assert file.read_bytes() == b"newer"
    assert file.stat().st_ino != before
    # The bytes first, then the name: a name must never be durable before what it names.
    assert synced == [(file.stat().st_ino, 5), (tmp_path.stat().st_ino, -1)]
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_replaced_file_has_the_mode_asked_for(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "keyring"
    DISK.replace(file, b"a", mode)
    DISK.replace(file, b"b", mode)
    assert mode_of(file) == mode & ~_umask()


def test_a_secret_is_never_written_into_a_file_others_may_read(tmp_path: Path) -> None:
    file = tmp_path / "keyring"
    left = tmp_path / ("keyring" + SCRATCH_SUFFIX)
    left.write_bytes(b"what an interrupted writer left, longer than what follows")
    left.chmod(0o666)
    with left.open("rb") as held_open:
        DISK.replace(file, b"secret", 0o600)
        assert b"secret" not in held_open.read()
    assert mode_of(file) == 0o600
    assert file.read_bytes() == b"secret"


def test_a_link_planted_beside_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"untouched")
    (tmp_path / ("keyring" + SCRATCH_SUFFIX)).symlink_to(outside)
    DISK.replace(tmp_path / "keyring", b"secret", 0o600)
    assert outside.read_bytes() == b"untouched"
    assert not (tmp_path / "keyring").is_symlink()


def test_truncate_cuts_durably(tmp_path: Path, synced: list[tuple[int, int]]) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"abcdefgh")
    DISK.truncate(file, 3)
    assert file.read_bytes() == b"abc"
    assert synced == [(file.stat().st_ino, 3)]


def test_remove_is_durable_and_may_find_nothing(
    tmp_path: Path, synced: list[tuple[int, int]]
) -> None:
    file = tmp_path / "writing"
    file.write_bytes(b"")
    DISK.remove(file)
    DISK.remove(file)
    assert not file.exists()
    assert (tmp_path.stat().st_ino, -1) in synced


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_folders_are_made_with_all_above_them_and_made_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk_module, "sync_folder", synced.append)
    make_folders(tmp_path / "a" / "b", 0o700)
    assert (tmp_path / "a" / "b").is_dir()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    assert synced == [tmp_path, tmp_path / "a"]
    make_folders(tmp_path / "a" / "b")
    assert len(synced) == 2
