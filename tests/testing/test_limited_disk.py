"""Disks that refuse: what fits is written, what does not is told as the system tells it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.testing.limited_disk import FullDisk, ReadOnlyDisk


def test_what_fits_is_written_and_the_rest_is_refused(tmp_path: Path) -> None:
    disk, file = FullDisk(left=5), tmp_path / "log"
    disk.append(file, b"abc")
    with pytest.raises(OSError, match="No space left") as full:
        disk.append(file, b"def")
    assert full.value.errno == errno.ENOSPC
    assert file.read_bytes() == b"abcde"
    with pytest.raises(OSError, match="No space left"):
        disk.replace(file, b"x")
    assert file.read_bytes() == b"abcde"


def test_a_disk_that_is_read_only_changes_nothing(tmp_path: Path) -> None:
    disk, file = ReadOnlyDisk(), tmp_path / "log"
    file.write_bytes(b"abc")
    acts: tuple[Callable[[], None], ...] = (
        lambda: disk.append(file, b"d"),
        lambda: disk.replace(file, b"d"),
        lambda: disk.truncate(file, 1),
        lambda: disk.remove(file),
    )
    for act in acts:
        with pytest.raises(OSError, match="Read-only") as refused:
            act()
        assert refused.value.errno == errno.EROFS
    assert file.read_bytes() == b"abc"
