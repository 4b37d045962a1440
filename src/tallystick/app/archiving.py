"""The old part of the commitments, moved out of a workspace into an archive, and found there again.

Owns the archive that docs/spec/archive.md describes: bundles, each the commitments of 256 entries
of the log, under the names C2SP gives to tiles, and a manifest with their digests. What was moved
is needed to read old records, to prove them and to open the workspace, which remembers where its
archive is (`caches/archive`). Order: bundles, each read again; manifest; the note of the place; the
tail of the commitments under its new name, in one step; the old file goes last.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any

from tallystick.app.archives import (
    ARCHIVE_DAMAGED,
    NO_ARCHIVE,
    Archive,
    Bundle,
    manifest_of,
    note_of,
    note_to,
    open_archive,
)
from tallystick.app.backup_repository import safe_name
from tallystick.app.disk_use import KEEP_RECORDS
from tallystick.app.evidence_check import batch_root
from tallystick.app.progress import Progress, silent
from tallystick.app.store import Store
from tallystick.app.workspace import Paths, Settings, read_identity
from tallystick.kernel.disk import make_folders
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import COMMITMENT_BYTES, parse_trust
from tallystick.ledger.commitments import base_of
from tallystick.ledger.evidence import EVIDENCE_DAMAGED
from tallystick.ledger.log_reader import LogReader
from tallystick.ledger.tiles import TILE_WIDTH

_CHUNK_RECORDS = 1 << 17

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
_ROOT = Text("承诺值与账本不符", "its commitments are not those of the ledger")


def remember(settings: Settings, folder: Path) -> dict[str, Any]:
    """Note that the archive of the workspace lies in `folder`; return what it holds.

    Needs no passphrase: without its archive a workspace may not open. Raises: NOT_A_WORKSPACE,
    NO_ARCHIVE, ARCHIVE_DAMAGED, ARCHIVE_TOO_SHORT.
    """
    paths = Paths(settings.folder)
    found = open_archive(folder, read_identity(paths))
    base = max(map(base_of, paths.evidence.glob("commitments*")), default=0)
    if found.records < base:
        raise ARCHIVE_TOO_SHORT.error(has=found.records, base=base)
    paths.index.parent.mkdir(exist_ok=True)
    settings.disk.replace(note_of(paths), note_to(folder))
    return _told(folder, found, base, 0)


def check_archive(settings: Settings, folder: Path, progress: Progress = silent) -> dict[str, Any]:
    """Read every bundle again: its digest, and its commitments against the batches of the ledger.

    Needs no passphrase. Raises: NOT_A_WORKSPACE, NO_ARCHIVE, ARCHIVE_DAMAGED, and what opening the
    log raises.
    """
    paths = Paths(settings.folder)
    found = open_archive(folder, read_identity(paths))
    policy = parse_trust(paths.trust.read_text(encoding="utf-8"))
    log = LogReader(paths.evidence, settings.disk, policy.log_named(read_identity(paths)))
    try:
        log.load()
        ends = _bundle_ends(log)
        for number in range(len(found.bundles)):
            _check_bundle(log, found, number, ends)
            progress("archive_check", number + 1, len(found.bundles))
        return _told(folder, found, log.commitments_on_disk.base, 0)
    finally:
        log.close()


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
    ends = _bundle_ends(log)
    wanted = bisect.bisect_right(ends, max(log.records - keep_records, 0))
    bundles = list(kept.bundles)
    for number in range(len(bundles), wanted):
        first = ends[number - 1] if number else 0
        data = b"".join(_read(log, first, ends[number] - first))
        file = kept.file(number)
        make_folders(file.parent)
        disk.replace(file, data)
        bundles.append(Bundle(ends[number] - first, sha256(data).hexdigest()))
        _check_bundle(log, Archive(kept.folder, bundles), number, ends)
        progress("archive", number + 1, wanted)
    archived = Archive(kept.folder, bundles)
    if len(bundles) > len(kept.bundles):
        disk.replace(kept.folder / "archive.json", manifest_of(store.origin, bundles))
    moved = max(archived.records, base) if wanted else base
    if moved > base:
        disk.replace(note_of(store.paths), note_to(folder))
        _cut(store, base, moved)
        log.commitments_on_disk.archive = archived.read
    told = _told(folder, archived, moved, moved - base)
    return {**told, "records": log.records, "records_to_keep": keep_records}


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


def _bundle_ends(log: LogReader) -> list[int]:
    """Return the number of records up to the end of each whole bundle of 256 entries."""
    sizes = [0] * (log.size // TILE_WIDTH)
    for sealed in log.batches():
        number = sealed.entry // TILE_WIDTH
        if number < len(sizes):
            sizes[number] += sealed.header.records
    return list(accumulate(sizes))


def _read(log: LogReader, first: int, count: int) -> Iterator[bytes]:
    for at in range(first, first + count, _CHUNK_RECORDS):
        yield b"".join(log.commitments(at, min(_CHUNK_RECORDS, first + count - at)))


def _check_bundle(log: LogReader, archive: Archive, number: int, ends: list[int]) -> None:
    """Check digest and batch roots of a bundle, read again. Raises: ARCHIVE_DAMAGED."""
    file, bundle = archive.file(number), archive.bundles[number]
    name = file.relative_to(archive.folder).as_posix()
    try:
        data = file.read_bytes()
    except OSError as fault:
        what = Text("读不出", "it cannot be read")
        raise ARCHIVE_DAMAGED.error(file=name, what=what) from fault
    if sha256(data).hexdigest() != bundle.sha256:
        raise ARCHIVE_DAMAGED.error(file=name, what=_DIGEST)
    first = ends[number - 1] if number else 0
    there = number < len(ends) and ends[number] - first == bundle.records
    if not there or len(data) != bundle.records * COMMITMENT_BYTES:
        raise ARCHIVE_DAMAGED.error(file=name, what=_ROOT)
    at = 0
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


def _told(folder: Path, archive: Archive, base: int, moved: int) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "bundles": len(archive.bundles),
        "records_archived": archive.records,
        "records_moved": moved,
        "bytes_moved": moved * COMMITMENT_BYTES,
        "first_record_kept": base,
    }
