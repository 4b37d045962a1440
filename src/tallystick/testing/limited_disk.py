"""Disks that refuse to be written: one that is full, one that is there to be read only.

Owns `FullDisk`, which takes so many more bytes and what fits of a write, as disks do, and
`ReadOnlyDisk`, which takes nothing. Both raise what the operating system raises.

    disk = FullDisk(left=1500)
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

from tallystick.kernel.disk import FileDisk


class FullDisk(FileDisk):
    """A disk with `left` bytes of room. What is removed or cut off makes no room again."""

    def __init__(self, left: int) -> None:
        self.left = left

    def append(self, path: Path, data: bytes) -> None:
        """Add what fits of `data`. Raises: OSError (ENOSPC) where not all of it does."""
        fitting = data[: self.left]
        self.left -= len(fitting)
        super().append(path, fitting)
        if len(fitting) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Replace the file if there is room for both. Raises: OSError (ENOSPC)."""
        if len(data) > self.left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        super().replace(path, data, mode)


class ReadOnlyDisk(FileDisk):
    """A disk that nothing can be written to."""

    def append(self, path: Path, data: bytes) -> None:
        """Raise OSError (EROFS)."""
        del data
        _refuse(path)

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Raise OSError (EROFS)."""
        del data, mode
        _refuse(path)

    def truncate(self, path: Path, size: int) -> None:
        """Raise OSError (EROFS)."""
        del size
        _refuse(path)

    def remove(self, path: Path) -> None:
        """Raise OSError (EROFS)."""
        _refuse(path)


def _refuse(path: Path) -> NoReturn:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
