"""What each block changed, to find where two replicas parted.

Owns the file `blocks`: one line of canonical JSON a block that changed anything, with its height,
the hashes before and after it and the values it changed. It proves nothing and is not waited for: a
loss of power takes lines away, and it is cut when it grows beyond its limit. A line that is missing
is therefore no difference; the hashes of the lines around it tell.
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
Lines = dict[int, dict[str, Any]]


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
        self._whole = False  # whether the last line is known to have its end

    def note(self, before: Stored, after: Stored) -> None:
        """Write what a block changed."""
        old, new = before.values, after.values
        changed = {name: new[name].decode() for name in new if old.get(name) != new[name]}
        if not changed:
            return
        if self.file.exists() and self.file.stat().st_size > BYTES_MAX:
            self._disk.replace(self.file.with_name("blocks.old"), self.file.read_bytes())
            self._disk.remove(self.file)
        line = {
            "height": after.height,
            "before": before.app_hash.hex(),
            "app_hash": after.app_hash.hex(),
            "changed": changed,
        }
        start = b"" if self._whole or _ends_a_line(self.file) else b"\n"
        self._disk.append(self.file, start + canonical.encode(line) + b"\n")
        self._whole = True


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


def _ends_a_line(file: Path) -> bool:
    """Tell whether what is added to a file begins a line: whoever wrote last may have died."""
    if not file.exists() or not file.stat().st_size:
        return True
    with file.open("rb") as opened:
        opened.seek(-1, 2)
        return opened.read() == b"\n"


def first_difference(first: Path, second: Path, stored: tuple[Stored, Stored]) -> Difference | None:
    """Return where the replicas in two folders part, None where they do not up to the lower height.

    stored: the newest state of each; it tells what the journals no longer hold.
    """
    same_height = stored[0].height == stored[1].height
    if same_height and stored[0].app_hash == stored[1].app_hash:
        return None
    a, b = ({one["height"]: one for one in read_journal(folder)} for folder in (first, second))
    common = min(one.height for one in stored)
    agreed = max(_agreed(a, b), _met(a, stored[1], common), _met(b, stored[0], common))
    for height in sorted(a.keys() | b.keys()):
        # One more than committed may have been played.
        if height <= agreed or height > common + 1:
            continue
        one, other = a.get(height), b.get(height)
        if one is None or other is None:
            line, lacking, known = (other, a, stored[0]) if one is None else (one, b, stored[1])
            if (
                height > common
                or line is None
                or _hash_after(height, lacking, known) == (line["app_hash"])
            ):
                continue
        changed = (one["changed"] if one else {}, other["changed"] if other else {})
        for name in sorted(changed[0].keys() | changed[1].keys()):
            values = changed[0].get(name), changed[1].get(name)
            if values[0] != values[1]:
                return Difference(height, name, *values)
    return _difference_now(stored) if same_height else None


def _agreed(a: Lines, b: Lines) -> int:
    """Return the newest block after which both journals have one hash, 0 for none."""
    return max((h for h in a.keys() & b.keys() if a[h]["app_hash"] == b[h]["app_hash"]), default=0)


def _met(lines: Lines, stored: Stored, common: int) -> int:
    """Return `common` where a journal comes by the newest state of the other one, else 0."""
    last = max((height for height in lines if height <= common), default=0)
    met = bool(last) and lines[last]["app_hash"] == stored.app_hash.hex()
    return common if met and stored.height == common else 0


def _hash_after(height: int, lines: Lines, stored: Stored) -> str:
    """Return the hash a replica had after a block of which it has no line, as far as is known."""
    later = min((one for one in lines if one > height), default=None)
    return str(lines[later]["before"]) if later is not None else stored.app_hash.hex()


def _difference_now(stored: tuple[Stored, Stored]) -> Difference | None:
    values_of = [one.values for one in stored]
    for name in sorted(values_of[0].keys() | values_of[1].keys()):
        found = [values.get(name) for values in values_of]
        if found[0] != found[1]:
            texts = [value.decode() if value is not None else None for value in found]
            return Difference(stored[0].height, name, *texts)
    return None
