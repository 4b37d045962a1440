"""An archive of old commitments, opened to read.

Owns the manifest and the bundles that docs/spec/archive.md describes, and the note in a workspace
(`caches/archive`) of where its archive lies. An archive is read like the file it was cut from; what
is read from it is proved or decrypted with, and so is checked each time it is used.
"""

from __future__ import annotations

import bisect
import os
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.backup_repository import safe_name
from tallystick.app.workspace import Paths
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import ARCHIVED, COMMITMENT_BYTES
from tallystick.ledger.log_reader import LogReader
from tallystick.ledger.tiles import TILE_WIDTH, tile_path

FORMAT = 1

ARCHIVE_DAMAGED = Reason(
    "archive_damaged",
    Text("归档中的 {file} 已损坏：{what}", "{file} of the archive is damaged: {what}"),
    "docs/spec/archive.md",
    Text("请用归档的另一份副本。", "Use another copy of the archive."),
)
NO_ARCHIVE = Reason(
    "no_archive",
    Text(
        "{folder} 里没有账本 {origin} 的归档",
        "{folder} holds no archive of the ledger {origin}",
    ),
    "docs/spec/archive.md",
    Text(
        "请给出 tally ledger archive -o 当时写入的文件夹（其中有 archive.json），或它的一份副本。",
        "Name the folder that tally ledger archive -o wrote, or a copy of it: archive.json is "
        "in it.",
    ),
)
_MANIFEST = Text("不是清单", "not a manifest")


class Bundle(NamedTuple):
    """The commitments of 256 entries: how many, and the SHA-256 over them, hex."""

    records: int
    sha256: str


class Archive:
    """An archive of one ledger, opened to read. `read` gives what a log asks for."""

    def __init__(self, folder: Path, bundles: list[Bundle]) -> None:
        self.folder = folder
        self.bundles = bundles
        self._ends = list(accumulate(bundle.records for bundle in bundles))

    @property
    def records(self) -> int:
        """How many records, from the first of the ledger, it holds the commitments of."""
        return self._ends[-1] if self._ends else 0

    def file(self, number: int) -> Path:
        """Return the file of a bundle."""
        return self.folder / tile_path("commitments", number * TILE_WIDTH)

    def read(self, first: int, count: int) -> bytes:
        """Return `count` commitments from record number `first`. Raises: ARCHIVED."""
        found = []
        while count > 0:
            number = bisect.bisect_right(self._ends, first)
            if number == len(self._ends):
                raise ARCHIVED.error(record=first)
            start = self._ends[number] - self.bundles[number].records
            here = min(count, self._ends[number] - first)
            try:
                handle = os.open(self.file(number), os.O_RDONLY)
            except OSError:
                raise ARCHIVED.error(record=first) from None
            try:
                at = (first - start) * COMMITMENT_BYTES
                data = os.pread(handle, here * COMMITMENT_BYTES, at)
            finally:
                os.close(handle)
            if len(data) != here * COMMITMENT_BYTES:
                raise ARCHIVED.error(record=first)
            found.append(data)
            first, count = first + here, count - here
        return b"".join(found)


def open_archive(folder: Path, origin: str) -> Archive:
    """Open the archive of a ledger in `folder`. Raises: NO_ARCHIVE, ARCHIVE_DAMAGED."""
    place = folder / safe_name(origin)
    file = place / "archive.json"
    if not file.is_file():
        place, file = folder, folder / "archive.json"
    try:
        data = file.read_bytes()
    except OSError:
        raise NO_ARCHIVE.error(folder=folder, origin=origin) from None
    try:
        document: dict[str, Any] = canonical.decode(data.removesuffix(b"\n"))
        bundles = [Bundle(**one) for one in document["bundles"]]
        if data == manifest_of(document["origin"], bundles):
            if document["origin"] != origin:
                raise NO_ARCHIVE.error(folder=folder, origin=origin)
            return Archive(place, bundles)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    except TallyError as fault:
        if fault.reason is NO_ARCHIVE:
            raise
    raise ARCHIVE_DAMAGED.error(file="archive.json", what=_MANIFEST)


def attach(paths: Paths, log: LogReader) -> None:
    """Let `log` read what was moved, where the workspace remembers an archive that is there."""
    if not log.commitments_on_disk.base:
        return
    with suppress(OSError, TallyError, KeyError, TypeError, ValueError):
        document = canonical.decode(note_of(paths).read_bytes().removesuffix(b"\n"))
        log.commitments_on_disk.archive = open_archive(Path(document["folder"]), log.origin).read


def manifest_of(origin: str, bundles: list[Bundle]) -> bytes:
    """Return the manifest of an archive."""
    document = {
        "bundles": [bundle._asdict() for bundle in bundles],
        "entries": len(bundles) * TILE_WIDTH,
        "format": FORMAT,
        "origin": origin,
        "records": sum(bundle.records for bundle in bundles),
    }
    return canonical.encode(document) + b"\n"


def note_of(paths: Paths) -> Path:
    """Return the file that says where the archive of a workspace lies. Cache."""
    return paths.index.with_name("archive")


def note_to(folder: Path) -> bytes:
    """Return the content of the note that the archive lies in `folder`."""
    return canonical.encode({"folder": str(folder.resolve()), "format": FORMAT}) + b"\n"
