"""A disk that fails at a chosen call, in a chosen way.

Owns `FaultyDisk`, which stands between a writer and a real `Disk`, counts every call in order and
breaks one of them. Rules: the three modes are what hardware and kernels do. The call is lost; the
call is carried out and reported as failed; the call is carried out in part. Appended bytes count as
durable only after `sync`; `lose_power` takes back all that are not.

    for number, mode in every_fault(calls=18):
        disk = FaultyDisk(FileDisk(), number, mode, lasting=True)
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from tallystick.kernel.disk import Disk

Mode = Literal["not_persisted", "persisted_but_error", "torn"]
MODES: tuple[Mode, ...] = ("not_persisted", "persisted_but_error", "torn")


class DiskFaultError(OSError):
    """The simulated fault: an input/output error like one of the operating system."""


class Call(NamedTuple):
    """One call a writer made: what it asked for, of which file."""

    name: str
    path: Path


class FaultyDisk:
    """A `Disk` that breaks call number `fail_at` (1-based; 0 breaks none) in the way of `mode`.

    lasting: every later call fails too and does nothing, as when the machine is gone. Without it
    the disk recovers at once, so that the writer's handling of the error is what is tested.
    calls: every call made so far, in order, the broken one included.
    """

    def __init__(
        self,
        inner: Disk,
        fail_at: int = 0,
        mode: Mode = "not_persisted",
        *,
        lasting: bool = False,
    ) -> None:
        if mode not in MODES:
            message = f"mode must be one of {MODES}"
            raise ValueError(message)
        self.calls: list[Call] = []
        self._inner = inner
        self._fail_at = fail_at
        self._mode = mode
        self._lasting = lasting
        # Size up to which a file survives a loss of power; only appended files are held here.
        self._durable: dict[Path, int] = {}

    @property
    def failed(self) -> bool:
        """Whether the chosen call has been reached."""
        return 0 < self._fail_at <= len(self.calls)

    def append(self, path: Path, data: bytes) -> None:
        """Add `data` at the end; torn adds only the first half."""
        self._durable.setdefault(path, _size(path))
        self._run(
            Call("append", path),
            lambda: self._inner.append(path, data),
            lambda: self._inner.append(path, data[: len(data) // 2]),
        )

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Replace atomically; torn leaves a half-written file beside and the old one in place."""
        beside = path.with_name(path.name + ".new")

        def whole() -> None:
            self._inner.replace(path, data, mode)
            self._durable.pop(path, None)

        self._run(
            Call("replace", path),
            whole,
            lambda: self._inner.replace(beside, data[: len(data) // 2], mode),
        )

    def overwrite(self, path: Path, offset: int, data: bytes) -> None:
        """Write in place; torn writes only the first half."""
        self._run(
            Call("overwrite", path),
            lambda: self._inner.overwrite(path, offset, data),
            lambda: self._inner.overwrite(path, offset, data[: len(data) // 2]),
        )

    def truncate(self, path: Path, size: int) -> None:
        """Cut the file; torn cuts only half of what was to go."""

        def cut(to: int) -> None:
            self._inner.truncate(path, to)
            if path in self._durable:
                self._durable[path] = min(to, self._durable[path])

        self._run(
            Call("truncate", path),
            lambda: cut(size),
            lambda: cut(size + (max(_size(path) - size, 0) + 1) // 2),
        )

    def remove(self, path: Path) -> None:
        """Remove the file; torn is the same as lost, for a name is there or it is not."""

        def whole() -> None:
            self._inner.remove(path)
            self._durable.pop(path, None)

        self._run(Call("remove", path), whole, lambda: None)

    def sync(self, path: Path) -> None:
        """Make appended bytes durable; lost takes all of them away, torn the later half."""

        def whole() -> None:
            self._inner.sync(path)
            self._durable.pop(path, None)

        def take_back(keep: Callable[[int], int]) -> None:
            if path in self._durable:
                durable = self._durable[path]
                self._inner.truncate(path, durable + keep(_size(path) - durable))

        self._run(
            Call("sync", path),
            whole,
            lambda: take_back(lambda unsynced: unsynced // 2),
            lambda: take_back(lambda _: 0),
        )

    def lose_power(self) -> None:
        """Take back every appended byte that was not synced, as a power cut may."""
        for path, durable in self._durable.items():
            if path.exists():
                os.truncate(path, durable)
        self._durable.clear()

    def _run(
        self,
        call: Call,
        whole: Callable[[], None],
        part: Callable[[], None],
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        """Carry out one call, or the chosen failure of it and raise `DiskFaultError`."""
        self.calls.append(call)
        number = len(self.calls)
        if number == self._fail_at:
            {"not_persisted": lost, "persisted_but_error": whole, "torn": part}[self._mode]()
            raise DiskFaultError(errno.EIO, f"simulated fault in call {number}, {call.name}")
        if self._lasting and self.failed:
            raise DiskFaultError(errno.EIO, f"simulated fault: the disk is gone at call {number}")
        whole()


def every_fault(calls: int) -> Iterator[tuple[int, Mode]]:
    """Yield each place and way in which a run of `calls` calls can break.

    Run once with `FaultyDisk(inner)`, take `len(disk.calls)`, then break each call in turn.
    """
    for number in range(1, calls + 1):
        for mode in MODES:
            yield number, mode


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
