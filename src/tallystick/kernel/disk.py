"""The few things ledger and vault ask of a disk, so that every one can be made to fail in a test.

Owns the protocol `Disk` and its real form `FileDisk`. What an implementer must guarantee:
`append` and `replace` may lose what they wrote until `sync` (for `append`) or their return (for
`replace`, which is durable and atomic: readers see the old file or the new one); `overwrite` writes
the bytes where they are and is durable, and leaves no older copy of them; calls take effect in
order; a call that raises may have taken effect or not.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

SCRATCH_SUFFIX = ".new"  # of the copy `replace` writes before it takes the place of the file


class Disk(Protocol):
    """Where bytes are kept. All paths are files; sizes are bytes."""

    def append(self, path: Path, data: bytes) -> None:
        """Add `data` at the end of the file, making it if it is not there."""

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Make the file hold exactly `data`, atomically and durably."""

    def overwrite(self, path: Path, offset: int, data: bytes) -> None:
        """Put `data` in the place of the bytes at `offset`, durably; the file keeps its size."""

    def truncate(self, path: Path, size: int) -> None:
        """Cut the file to `size` bytes, durably."""

    def remove(self, path: Path) -> None:
        """Remove the file, durably; no error when it is not there."""

    def sync(self, path: Path) -> None:
        """Make all that was appended to the file durable."""


class FileDisk:
    """The real disk, through the operating system's files."""

    def append(self, path: Path, data: bytes) -> None:
        """Add `data` at the end of the file, making it if it is not there."""
        new = not path.exists()
        with path.open("ab") as file:
            file.write(data)
        if new:
            sync_folder(path.parent)  # else a loss of power could take the name, bytes and all

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Write a new file beside the old one, sync it, rename it over, sync the folder."""
        beside = path.with_name(path.name + SCRATCH_SUFFIX)
        # What an interrupted writer left there may have another mode, or be a link.
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)

    def overwrite(self, path: Path, offset: int, data: bytes) -> None:
        """Put `data` in the place of the bytes at `offset`, durably; the file keeps its size."""
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def truncate(self, path: Path, size: int) -> None:
        """Cut the file to `size` bytes, durably."""
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())

    def remove(self, path: Path) -> None:
        """Remove the file, durably; no error when it is not there."""
        path.unlink(missing_ok=True)
        sync_folder(path.parent)

    def sync(self, path: Path) -> None:
        """Make all that was appended to the file durable."""
        with path.open("rb") as file:
            os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(folder: Path, mode: int = 0o777) -> None:
    """Make `folder` and what is missing above it, durably: a file is lost with the folder it is in.

    mode: of the folders made, less what the process masks.
    """
    if folder.is_dir():
        return
    make_folders(folder.parent, mode)
    folder.mkdir(mode=mode, exist_ok=True)
    sync_folder(folder.parent)
