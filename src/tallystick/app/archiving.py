"""The old part of the commitments, moved out of a workspace into an archive, and found there again.

Owns the archive that docs/spec/archive.md describes: bundles, each the commitments of 256 entries
of the log, under the names C2SP gives to tiles, and a manifest with their digests. What was moved
is needed to read old records and to prove them, so that a workspace remembers where its archive is
(`caches/archive`). Order: bundles, each read again; manifest; the note of the place; the tail of
the commitments under its new name, in one step; the old file goes last.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.backup_repository import safe_name
from tallystick.app.disk_use import KEEP_RECORDS
from tallystick.app.evidence_check import batch_root
from tallystick.app.progress import Progress, silent
from tallystick.app.store import Store
from tallystick.app.workspace import Paths
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import ARCHIVED, COMMITMENT_BYTES, Log
from tallystick.ledger.commitments import base_of
from tallystick.ledger.evidence import EVIDENCE_DAMAGED
from tallystick.ledger.log_reader import LogReader
from tallystick.ledger.tiles import TILE_WIDTH, tile_path

FORMAT = 1
_CHUNK_RECORDS = 1 << 17

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
)
ARCHIVE_TOO_SHORT = Reason(
    "archive_too_short",
    Text(
        "归档只到第 {has} 条记录，工作区从第 {base} 条才有",
        "the archive ends at record {has}, the workspace begins at record {base}",
    ),
    "docs/spec/archive.md",
    Text("请给出此前用的那个归档。", "Name the archive that was used so far."),
)
_DIGEST = Text("摘要与清单不符", "its digest is not that of the manifest")
_MANIFEST = Text("不是清单", "not a manifest")
_ROOT = Text("承诺值与账本不符", "its commitments are not those of the ledger")


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
        if data == _manifest(document["origin"], bundles):
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
        document = canonical.decode(_note(paths).read_bytes().removesuffix(b"\n"))
        log.commitments_on_disk.archive = open_archive(Path(document["folder"]), log.origin).read


def remember(store: Store, folder: Path) -> dict[str, Any]:
    """Note that the archive of the workspace lies in `folder`; return what it holds.

    Raises: NO_ARCHIVE, ARCHIVE_DAMAGED, ARCHIVE_TOO_SHORT.
    """
    archive, base = open_archive(folder, store.origin), store.log.commitments_on_disk.base
    if archive.records < base:
        raise ARCHIVE_TOO_SHORT.error(has=archive.records, base=base)
    _write_note(store, folder)
    store.log.commitments_on_disk.archive = archive.read
    return _told(folder, archive, base, 0)


def check_archive(store: Store, folder: Path, progress: Progress = silent) -> dict[str, Any]:
    """Read every bundle again: its digest, and its commitments against the batches of the ledger.

    Raises: NO_ARCHIVE, ARCHIVE_DAMAGED.
    """
    archive = open_archive(folder, store.origin)
    sizes = _bundle_sizes(store.log)
    for number, bundle in enumerate(archive.bundles):
        _check_bundle(store.log, archive, number, bundle, sizes)
        progress("archive_check", number + 1, len(archive.bundles))
    return _told(folder, archive, store.log.commitments_on_disk.base, 0)


def archive(
    store: Store, folder: Path, keep_records: int = KEEP_RECORDS, progress: Progress = silent
) -> dict[str, Any]:
    """Move the commitments of all but the newest `keep_records` records into `folder`.

    Only whole bundles of 256 entries go. Raises: ARCHIVE_TOO_SHORT, ARCHIVE_DAMAGED, ARCHIVED,
    EVIDENCE_DAMAGED, OSError.
    """
    log, disk = store.log, store.settings.disk
    base = log.commitments_on_disk.base
    kept = _kept_before(store, folder, base)
    sizes = _bundle_sizes(log)
    ends = list(accumulate(sizes))
    wanted = bisect.bisect_right(ends, max(log.records - keep_records, 0))
    bundles = list(kept.bundles)
    for number in range(len(bundles), wanted):
        first = ends[number] - sizes[number]
        data = b"".join(_read(log, first, sizes[number]))
        made = Bundle(sizes[number], sha256(data).hexdigest())
        file = kept.file(number)
        file.parent.mkdir(parents=True, exist_ok=True)
        disk.replace(file, data)
        bundles.append(made)
        _check_bundle(log, Archive(kept.folder, bundles), number, made, sizes)
        progress("archive", number + 1, wanted)
    archived = Archive(kept.folder, bundles)
    if len(bundles) > len(kept.bundles):
        disk.replace(kept.folder / "archive.json", _manifest(store.origin, bundles))
    moved = max(archived.records, base) if wanted else base
    if moved > base:
        _write_note(store, folder)
        _cut(store, base, moved)
        log.commitments_on_disk.archive = archived.read
    return _told(folder, archived, moved, moved - base)


def bring_back(store: Store, progress: Progress = silent) -> dict[str, Any]:
    """Put the commitments of the archive back into the workspace; the archive stays as it is.

    The whole file counts only when the shorter one is removed. Raises: ARCHIVED, ARCHIVE_DAMAGED.
    """
    log, disk = store.log, store.settings.disk
    on_disk = log.commitments_on_disk
    tail, base = on_disk.file, on_disk.base
    if base:
        whole = log.folder / "commitments"
        disk.remove(whole)
        start = 0
        for sealed in log.batches():
            data = b"".join(log.commitments(sealed.start, sealed.header.records))
            if batch_root(data) != sealed.header.root:
                raise ARCHIVE_DAMAGED.error(file=f"record {sealed.start}", what=_ROOT)
            disk.append(whole, data)
            start += sealed.header.records
            progress("archive_back", start, log.records)
        disk.sync(whole)
        disk.remove(tail)
        log.close()
    return {"records": log.records, "brought_back": base}


def _kept_before(store: Store, folder: Path, base: int) -> Archive:
    """Return the archive in `folder`, an empty one where there is none yet."""
    try:
        found = open_archive(folder, store.origin)
    except TallyError as fault:
        if fault.reason is not NO_ARCHIVE or (folder / "archive.json").exists():
            raise
        found = Archive(folder / safe_name(store.origin), [])
    if found.records < base:
        raise ARCHIVE_TOO_SHORT.error(has=found.records, base=base)
    return found


def _bundle_sizes(log: Log) -> list[int]:
    """Return the number of records in each whole bundle of 256 entries."""
    sizes = [0] * (log.size // TILE_WIDTH)
    for sealed in log.batches():
        number = sealed.entry // TILE_WIDTH
        if number < len(sizes):
            sizes[number] += sealed.header.records
    return sizes


def _read(log: Log, first: int, count: int) -> Iterator[bytes]:
    for at in range(first, first + count, _CHUNK_RECORDS):
        yield b"".join(log.commitments(at, min(_CHUNK_RECORDS, first + count - at)))


def _check_bundle(
    log: Log, archive: Archive, number: int, bundle: Bundle, sizes: list[int]
) -> None:
    file = archive.file(number)
    name = file.relative_to(archive.folder).as_posix()
    try:
        data = file.read_bytes()
    except OSError as fault:
        what = Text("读不出", "it cannot be read")
        raise ARCHIVE_DAMAGED.error(file=name, what=what) from fault
    if sha256(data).hexdigest() != bundle.sha256:
        raise ARCHIVE_DAMAGED.error(file=name, what=_DIGEST)
    if number >= len(sizes) or (sizes[number], len(data)) != (
        bundle.records,
        bundle.records * COMMITMENT_BYTES,
    ):
        raise ARCHIVE_DAMAGED.error(file=name, what=_ROOT)
    first, at = sum(sizes[:number]), 0
    for sealed in log.batches(first):
        if sealed.entry >= (number + 1) * TILE_WIDTH:
            break
        size = sealed.header.records * COMMITMENT_BYTES
        if batch_root(data[at : at + size]) != sealed.header.root:
            raise ARCHIVE_DAMAGED.error(file=name, what=_ROOT)
        at += size


def _cut(store: Store, base: int, moved: int) -> None:
    """Leave only the commitments from record number `moved` on in the workspace."""
    log, disk = store.log, store.settings.disk
    old = log.commitments_on_disk.file
    with old.open("rb") as file:
        file.seek((moved - base) * COMMITMENT_BYTES)
        tail = file.read((log.records - moved) * COMMITMENT_BYTES)
    if len(tail) != (log.records - moved) * COMMITMENT_BYTES:
        what = Text("过短", "too short")
        raise EVIDENCE_DAMAGED.error(file=old.name, offset=len(tail), what=what)
    new = log.folder / f"commitments.{moved}"
    disk.replace(new, tail)
    disk.remove(old)
    log.close()
    if base_of(log.commitments_file) != moved:
        raise EVIDENCE_DAMAGED.error(file=new.name, offset=0, what=Text("缺失", "missing"))


def _manifest(origin: str, bundles: list[Bundle]) -> bytes:
    document = {
        "bundles": [bundle._asdict() for bundle in bundles],
        "entries": len(bundles) * TILE_WIDTH,
        "format": FORMAT,
        "origin": origin,
        "records": sum(bundle.records for bundle in bundles),
    }
    return canonical.encode(document) + b"\n"


def _note(paths: Paths) -> Path:
    return paths.index.with_name("archive")


def _write_note(store: Store, folder: Path) -> None:
    document = {"folder": str(folder.resolve()), "format": FORMAT}
    store.settings.disk.replace(_note(store.paths), canonical.encode(document) + b"\n")


def _told(folder: Path, archive: Archive, base: int, moved: int) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "bundles": len(archive.bundles),
        "records_archived": archive.records,
        "records_moved": moved,
        "bytes_moved": moved * COMMITMENT_BYTES,
        "first_record_kept": base,
    }
