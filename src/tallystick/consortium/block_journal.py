"""What each block changed, to find where two replicas parted.

Owns the file `blocks`: one line of canonical JSON a block that changed anything, with its height,
the hash after it and the values it changed. It proves nothing and is not waited for; it is cut when
it grows beyond its limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.consortium.stored import Stored
from tallystick.kernel import canonical
from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import TallyError

BYTES_MAX = 64 << 20


class Difference(NamedTuple):
    """Where two replicas part: the first block, the first name in it, and the value in each."""

    height: int
    name: str
    first: str | None
    second: str | None


class BlockJournal:
    """The journal of the replica in `folder`."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.file = folder / "blocks"
        self._disk = disk

    def note(self, before: Stored, after: Stored) -> None:
        """Write what a block changed."""
        old, new = before.values, after.values
        changed = {name: new[name].decode() for name in new if old.get(name) != new[name]}
        if not changed:
            return
        if self.file.exists() and self.file.stat().st_size > BYTES_MAX:
            self._disk.replace(self.file.with_name("blocks.old"), self.file.read_bytes())
            self._disk.remove(self.file)
        line = {"height": after.height, "app_hash": after.app_hash.hex(), "changed": changed}
        self._disk.append(self.file, canonical.encode(line) + b"\n")


def read_journal(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal, oldest first; one that was cut off at the end is left out."""
    for name in ("blocks.old", "blocks"):
        file = folder / name
        if file.exists():
            for line in file.read_bytes().split(b"\n"):
                try:
                    yield canonical.decode(line)
                except TallyError:
                    continue


def first_difference(first: Path, second: Path, stored: tuple[Stored, Stored]) -> Difference | None:
    """Return where the replicas in two folders part, None where they do not up to the lower height.

    stored: the newest state of each; it tells what the journals no longer hold.
    """
    a, b = ({one["height"]: one for one in read_journal(folder)} for folder in (first, second))
    common = min(one.height for one in stored)
    for height in sorted(a.keys() | b.keys()):
        if height > common + 1:  # one more than committed may have been played
            break
        one, other = a.get(height), b.get(height)
        if one and other and one["app_hash"] == other["app_hash"]:
            continue
        if (one is None or other is None) and height > common:
            break
        changed = (one["changed"] if one else {}, other["changed"] if other else {})
        for name in sorted(changed[0].keys() | changed[1].keys()):
            values = changed[0].get(name), changed[1].get(name)
            if values[0] != values[1]:
                return Difference(height, name, *values)
    if stored[0].height == stored[1].height:
        values_of = [one.values for one in stored]
        for name in sorted(values_of[0].keys() | values_of[1].keys()):
            found = [values.get(name) for values in values_of]
            if found[0] != found[1]:
                texts = [value.decode() if value is not None else None for value in found]
                return Difference(common, name, *texts)
    return None
