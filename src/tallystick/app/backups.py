"""Copies of a workspace that are consistent while somebody writes it.

Owns `backup`, and the check of what was copied. The checkpoint is read first; then the files that
only grow are copied as far as it covers them, which nobody changes any more. Keys do change, when a
record is erased: if an erasure was sealed meanwhile, the newer checkpoint is taken and the keys are
copied again, so that a snapshot never lacks a key without knowing why. No secret is needed.

Order: evidence, its checkpoint, bodies, keys, small files, all of it read again and compared, the
manifest last. What an interrupted backup leaves has no manifest and is cut off by the next one; its
evidence is kept if it was complete, since it may tell of erasures.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from tallystick.app.backup_check import MIB, check_copied, check_snapshot
from tallystick.app.backup_repository import (
    BACKUP_DAMAGED,
    BODIES,
    ENTRIES,
    JOURNAL,
    OTHER_DIGEST,
    RECORD_KEYS,
    SHORTER,
    CopiedFile,
    Repository,
    Snapshot,
    check_apart,
    digest_of,
    read_part,
    read_slots,
    safe_name,
    sizes_under,
)
from tallystick.app.backup_source import (
    Source,
    erased_meanwhile,
    first_commitment,
    read_source,
    walk_source,
)
from tallystick.app.evidence_check import check_entries
from tallystick.app.progress import Progress, silent
from tallystick.app.workspace import Paths, Settings, read_identity
from tallystick.kernel.disk import make_folders
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import COMMITMENT_BYTES, EVIDENCE_DAMAGED, read_checkpoint
from tallystick.vault import KEYS_DAMAGED, WRAPPED_BYTES, Vault

CHUNK_BYTES = 1 << 22

INSIDE_WORKSPACE = Reason(
    "backup_inside_workspace",
    Text("{folder} 在工作区里面", "{folder} lies inside the workspace"),
    "",
    Text("请写到别处，最好是另一个磁盘。", "Write it somewhere else, at best onto another disk."),
)
ANOTHER_HISTORY = Reason(
    "another_history",
    Text(
        "备份里的账本（{had} 个条目）不是本账本的旧状态",
        "the ledger in the backup ({had} entries) is no earlier state of this one",
    ),
    "docs/spec/backup.md",
    Text(
        "本工作区若由较旧的快照恢复而来，请换一个文件夹备份；否则请执行 tally audit。",
        "If this workspace was restored from an older snapshot, back it up into another folder; "
        "otherwise run tally audit.",
    ),
)
GAP = Reason(
    "backup_gap",
    Text(
        "备份有 {had} 条承诺值，工作区从第 {base} 条起才有",
        "the backup has the commitments of {had} records, the workspace those from record {base}",
    ),
    "docs/spec/archive.md",
    Text(
        "请换一个文件夹备份；较早的部分在归档里。",
        "Back up into another folder; the earlier part is in the archive.",
    ),
)


def backup(
    settings: Settings,
    folder: Path,
    *,
    keys: Path | None = None,
    keep: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Copy the workspace of `settings` into the repository in `folder`; return what was done.

    keys: where to put the keys, if not beside the rest. keep: how many of the newest snapshots to
    keep; all if 0. Raises: NOT_A_WORKSPACE, INSIDE_WORKSPACE, KEYS_NOT_APART, BACKUP_LOCKED,
    ANOTHER_HISTORY, BACKUP_DAMAGED, EVIDENCE_DAMAGED, and what the files of the workspace and the
    disk raise.
    """
    paths = Paths(settings.folder)
    origin = read_identity(paths)
    for place in (folder, keys):
        if place is not None and place.resolve().is_relative_to(paths.folder.resolve()):
            raise INSIDE_WORKSPACE.error(folder=place)
    check_apart(folder, keys)
    repository = Repository(folder / safe_name(origin), keys)
    make_folders(repository.folder)
    with repository.locked():
        repository.found(settings.disk, origin, secrets.token_hex(4))
        return _Backup(settings, repository, progress).run(keep)


class _Backup:
    def __init__(self, settings: Settings, repository: Repository, progress: Progress) -> None:
        self._paths = Paths(settings.folder)
        self._disk = settings.disk
        self._now = settings.now
        self._repository = repository
        self._progress = progress
        self._copied = 0

    def run(self, keep: int) -> dict[str, Any]:
        repository = self._repository
        for number in repository.incomplete():
            self._remove(number)
        before = repository.newest()
        source = read_source(self._paths)
        if before is not None and self._is_as_before(source, before):
            check_snapshot(repository, before, self._progress)
            self._sweep(before)
            return self._told(before, before, changed=False)
        number = before.number + 1 if before else 1
        while True:
            snapshot = self._copy(source, before, number)
            newer = read_source(self._paths)
            rows, records = snapshot.rows, snapshot.records
            if not erased_meanwhile(self._paths, source, newer, rows, records):
                break
            source = newer
        self._disk.replace(repository.manifest(number), snapshot.encode())
        for older in repository.numbers()[: -keep or None] if keep else ():
            self._remove(older)
        self._sweep(snapshot)
        return self._told(snapshot, before, changed=True)

    def _sweep(self, newest: Snapshot) -> None:
        """Destroy, in older snapshots, the keys of records erased since they were taken.

        The manifest goes first: it counts the slots of erased records as zeros from then on, so
        that the snapshot is whole whatever becomes of the rest.
        """
        repository = self._repository
        for number in repository.numbers():
            older = repository.snapshot(number)
            file = repository.place(RECORD_KEYS, number)
            if number == newest.number or not file.exists():
                continue
            erased = repository.erased(newest.rows, older.records)
            if erased - repository.erased(older.rows, older.records):
                digest = digest_of(read_slots(file, older.records, erased))
                size = older.files[RECORD_KEYS].bytes
                files = {**older.files, RECORD_KEYS: CopiedFile(size, digest)}
                swept = replace(older, rows=newest.rows, files=files)
                self._disk.replace(repository.manifest(number), swept.encode())
            with file.open("rb") as slots:
                for record in sorted(erased):
                    slots.seek(record * WRAPPED_BYTES)
                    if any(slots.read(WRAPPED_BYTES)):
                        self._disk.overwrite(file, record * WRAPPED_BYTES, bytes(WRAPPED_BYTES))

    def _told(
        self, snapshot: Snapshot, before: Snapshot | None, *, changed: bool
    ) -> dict[str, Any]:
        return {
            "folder": str(self._repository.folder),
            "keys": str(self._repository.keys_folder(snapshot.number)),
            "origin": snapshot.origin,
            "snapshot": snapshot.number,
            "changed": changed,
            "size": snapshot.note.size,
            "records": snapshot.records,
            "records_before": before.records if before else 0,
            "bytes_copied": self._copied,
            "bytes": sum(file.bytes for file in snapshot.files.values()),
            "taken_at": snapshot.taken_at,
        }

    @staticmethod
    def _is_as_before(source: Source, before: Snapshot) -> bool:
        """Tell whether nothing happened since the newest snapshot."""
        digests = {name: sha256(data).hexdigest() for name, data in source.small.items()}
        copied = {name: before.files[name].sha256 for name in digests if name in before.files}
        size, root = source.checkpoint.size, source.checkpoint.root
        return (before.note.size, before.note.root, copied) == (size, root, digests)

    # -- copying ------------------------------------------------------------------------------

    def _copy(self, source: Source, before: Snapshot | None, number: int) -> Snapshot:
        """Copy what `source` covers, check it, and return the snapshot. The manifest is to come."""
        repository, size = self._repository, source.checkpoint.size
        noted = self._noted(before)
        walked = walk_source(self._paths, source, [size_ for size_, _ in noted if size_ <= size])
        for size_, root in noted:
            if size_ > size or walked.roots[size_] != root:
                raise ANOTHER_HISTORY.error(had=size_)
        base, own = first_commitment(self._paths.evidence), self._base()
        snapshot = Snapshot(
            number,
            source.checkpoint.origin,
            int(self._now().timestamp()),
            source.checkpoint.text(),
            walked.records,
            base if own < 0 else own,
            walked.status.rows,
        )
        files = self._evidence(snapshot, before, base)
        first = before.records if before else 0
        check_copied(repository, source.checkpoint, snapshot.commitments, snapshot.base, first)
        self._disk.replace(repository.evidence / "checkpoint", source.checkpoint.text().encode())
        files |= self._bodies(snapshot, before)
        files |= self._keys(snapshot)
        files |= self._small(snapshot, source.small)
        return replace(snapshot, files=files)

    def _noted(self, before: Snapshot | None) -> list[tuple[int, bytes]]:
        """Return sizes and roots of the ledger that were copied earlier: all must be its past."""
        noted = [(before.note.size, before.note.root)] if before else []
        file = self._repository.evidence / "checkpoint"
        if file.exists():
            newest = read_checkpoint(file)
            noted.append((newest.size, newest.root))
        return noted

    def _base(self) -> int:
        """Return the first record whose commitment was copied, -1 before the first copy is whole.

        What an interrupted first copy left may begin elsewhere: it is removed.
        """
        evidence = self._repository.evidence
        if (evidence / "checkpoint").exists():
            return first_commitment(evidence)
        for file in evidence.glob("commitments*"):
            self._disk.remove(file)
        return -1

    def _evidence(
        self, snapshot: Snapshot, before: Snapshot | None, base: int
    ) -> dict[str, CopiedFile]:
        """Copy what the evidence has more than the copy of it."""
        file = self._repository.evidence / "checkpoint"
        kept = dict.fromkeys((snapshot.commitments, JOURNAL, ENTRIES), 0)
        if file.exists():
            newest = read_checkpoint(file)
            had = check_entries(self._repository.folder / ENTRIES, newest)
            rows = had.status.rows
            kept = sizes_under(newest.size, had.records, snapshot.base, rows)
            if base > had.records:
                raise GAP.error(had=had.records, base=base)
        sizes = sizes_under(snapshot.note.size, snapshot.records, snapshot.base, snapshot.rows)
        named = f"evidence/commitments.{base}" if base else "evidence/commitments"
        files = {}
        for name, size in sizes.items():
            is_commitments = name == snapshot.commitments
            source = self._paths.folder / (named if is_commitments else name)
            offset = (base - snapshot.base) * COMMITMENT_BYTES if is_commitments else 0
            files[name] = self._grow(name, source, kept[name], size, before, offset)
        return files

    def _bodies(self, snapshot: Snapshot, before: Snapshot | None) -> dict[str, CopiedFile]:
        vault = Vault(self._paths.bodies, self._paths.record_keys, self._disk)
        try:
            vault.load(snapshot.records)
            size = vault.size
        finally:
            vault.close()
        kept = before.files[BODIES].bytes if before else 0
        return {BODIES: self._grow(BODIES, self._paths.bodies, kept, size, before)}

    def _grow(
        self,
        name: str,
        source: Path,
        kept: int,
        size: int,
        before: Snapshot | None,
        offset: int = 0,
    ) -> CopiedFile:
        """Bring the copy of a file that only grows from `kept` to `size` bytes, and read it again.

        offset: how many bytes of the file as copied come before the first byte of the source.
        """
        copy = self._repository.folder / name
        if not copy.exists():
            self._disk.append(copy, b"")
        there = copy.stat().st_size
        if there < kept:
            raise BACKUP_DAMAGED.error(file=name, what=SHORTER)
        if there > kept:
            self._disk.truncate(copy, kept)
        taken = sha256()
        if size > kept:
            with source.open("rb") as opened:
                opened.seek(kept - offset)
                left = size - kept
                while left:
                    data = opened.read(min(left, CHUNK_BYTES))
                    if not data:
                        what, at = Text("过短", "too short"), opened.tell()
                        raise EVIDENCE_DAMAGED.error(file=source.name, offset=at, what=what)
                    taken.update(data)
                    self._disk.append(copy, data)
                    left -= len(data)
                    self._tell(len(data))
        self._disk.sync(copy)
        return CopiedFile(size, self._read_again(name, kept, size, taken.digest(), before))

    def _read_again(
        self, name: str, kept: int, size: int, taken: bytes, before: Snapshot | None
    ) -> str:
        """Compare a copy with what was taken and with its earlier digest; return its digest."""
        copy = self._repository.folder / name
        whole, added, at = sha256(), sha256(), 0
        earlier = before.files[name].bytes if before else 0
        marks = sorted({mark for mark in (earlier, kept, size) if 0 < mark <= size})
        for mark in marks:
            for data in read_part(copy, at, mark - at):
                whole.update(data)
                if at >= kept:
                    added.update(data)
            at = mark
            if before and mark == earlier and whole.hexdigest() != before.files[name].sha256:
                raise BACKUP_DAMAGED.error(file=name, what=OTHER_DIGEST)
        if added.digest() != taken:
            raise BACKUP_DAMAGED.error(file=name, what=OTHER_DIGEST)
        return whole.hexdigest()

    def _keys(self, snapshot: Snapshot) -> dict[str, CopiedFile]:
        """Copy the keys of the records, those of erased records left out."""
        place = self._repository.place(RECORD_KEYS, snapshot.number)
        make_folders(place.parent, 0o700)
        self._disk.remove(place)
        self._disk.append(place, b"")
        place.chmod(0o600)
        size = snapshot.records * WRAPPED_BYTES
        if self._paths.record_keys.stat().st_size < size:
            raise KEYS_DAMAGED.error(offset=size)
        erased = self._repository.erased(snapshot.rows, snapshot.records)
        taken = sha256()
        for slots in read_slots(self._paths.record_keys, snapshot.records, erased):
            taken.update(slots)
            self._disk.append(place, slots)
            self._tell(len(slots))
        self._disk.sync(place)
        if digest_of(read_part(place, 0, size)) != taken.hexdigest():
            raise BACKUP_DAMAGED.error(file=RECORD_KEYS, what=OTHER_DIGEST)
        return {RECORD_KEYS: CopiedFile(size, taken.hexdigest())}

    def _small(self, snapshot: Snapshot, small: dict[str, bytes]) -> dict[str, CopiedFile]:
        files = {}
        make_folders(self._repository.snapshot_folder(snapshot.number))
        for name, data in small.items():
            place = self._repository.place(name, snapshot.number)
            make_folders(place.parent)
            self._disk.replace(place, data, 0o600 if name.startswith("keys/") else 0o644)
            digest = sha256(data).hexdigest()
            if digest_of(read_part(place, 0, len(data))) != digest:
                raise BACKUP_DAMAGED.error(file=name, what=OTHER_DIGEST)
            files[name] = CopiedFile(len(data), digest)
            self._tell(len(data))
        return files

    def _tell(self, size: int) -> None:
        self._copied += size
        self._progress("backup", self._copied >> MIB, 0)

    def _remove(self, number: int) -> None:
        """Remove a snapshot, its manifest first."""
        repository = self._repository
        if repository.manifest(number).exists():
            self._disk.remove(repository.manifest(number))
        for folder in (repository.keys_folder(number), repository.snapshot_folder(number)):
            for file in sorted(folder.glob("*")):
                self._disk.remove(file)
            if folder.is_dir():
                folder.rmdir()
