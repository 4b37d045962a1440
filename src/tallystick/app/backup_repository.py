"""A repository of backups: where its files lie, and what each snapshot says of itself.

Owns the layout that docs/spec/backup.md describes, the manifest of a snapshot and the reading of
copied files. What only grows (evidence, bodies) lies there once, as far as the newest backup came;
what a snapshot has for itself lies in folders of its own, the keys apart from the rest, so that
they can be kept elsewhere and for a shorter time. A snapshot without a manifest is none.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.kernel import canonical
from tallystick.kernel.disk import Disk, make_folders
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import COMMITMENT_BYTES, ENTRY_BYTES, ERASED
from tallystick.ledger.status import ROW_BYTES, decode_rows
from tallystick.vault import WRAPPED_BYTES

FORMAT = 1
RECORD_KEYS = "keys/records"
BODIES = "bodies/records"
ENTRIES = "evidence/entries"
JOURNAL = "evidence/status"
_CHUNK_SLOTS = 100_000
_CHUNK_BYTES = 1 << 22
_NUMBER_DIGITS = 6
_OWN_FIELDS = ("number", "origin", "taken_at", "checkpoint", "records", "base", "rows")

NO_BACKUP = Reason(
    "no_backup",
    Text("{folder} 里没有备份", "there is no backup in {folder}"),
    "docs/spec/backup.md",
    Text("请给出 tally backup -o 写过的文件夹。", "Name a folder that tally backup -o wrote to."),
)
SEVERAL_LEDGERS = Reason(
    "several_ledgers",
    Text(
        "{folder} 里有几个账本的备份：{found}",
        "{folder} holds backups of several ledgers: {found}",
    ),
    "docs/spec/backup.md",
    Text("请指明其中一个文件夹。", "Name one of these folders."),
)
NO_SNAPSHOT = Reason(
    "no_snapshot",
    Text("没有第 {number} 号快照", "there is no snapshot {number}"),
    "docs/spec/backup.md",
    Text("tally backup --list 文件夹 列出全部快照。", "tally backup --list DIR lists them."),
)
BACKUP_DAMAGED = Reason(
    "backup_damaged",
    Text("备份中的 {file} 已损坏：{what}", "{file} of the backup is damaged: {what}"),
    "docs/spec/backup.md",
    Text(
        "请用另一份备份；tally backup --check 文件夹 检查其余快照。",
        "Use another backup; tally backup --check DIR checks the other snapshots.",
    ),
)
KEYS_NOT_APART = Reason(
    "keys_not_apart",
    Text(
        "密钥文件夹 {keys} 与备份 {folder} 不是分开的",
        "the folder of the keys, {keys}, is not apart from the backup, {folder}",
    ),
    "docs/spec/backup.md",
    Text(
        "密钥与内容在一处，谁拿到这份副本连同口令就都能读，包括此后销毁的。请用 --keys 给出别处的"
        "文件夹，最好在另一个磁盘。",
        "Who gets a copy of both, with the passphrase, reads everything, also what was erased "
        "since. Give --keys a folder elsewhere, at best on another disk.",
    ),
)
KEYS_AWAY = Reason(
    "keys_away",
    Text(
        "第 {number} 号快照的密钥不在 {folder}",
        "the keys of snapshot {number} are not in {folder}",
    ),
    "docs/spec/backup.md",
    Text("请用 --keys 指明密钥所在的文件夹。", "Say where they are kept with --keys DIR."),
)
BACKUP_LOCKED = Reason(
    "backup_locked",
    Text("另一个程序正在写这个备份", "another program is writing this backup"),
    "",
    Text("请等它结束再试。", "Wait until it has finished, then try again."),
)
SHORTER = Text("比记载的短", "shorter than was noted")
OTHER_DIGEST = Text("摘要与清单不符", "its digest is not that of the manifest")
MISSING = Text("缺失", "missing")
NOT_A_MANIFEST = Text("不是清单", "not a manifest")


class CopiedFile(NamedTuple):
    """Size of a copied file, or of the part of it that a snapshot covers, and its SHA-256."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """What a manifest says: one consistent copy of a workspace.

    checkpoint: its whole text. base: number of the first record whose commitment is in the copied
    file. rows: of the journal, as many as were looked at for erased records: their slots count as
    zeros in the digest of `keys/records`. taken_at: seconds since 1970.
    """

    number: int
    origin: str
    taken_at: int
    checkpoint: str
    records: int
    base: int
    rows: int
    files: Mapping[str, CopiedFile] = field(default_factory=dict)

    @property
    def note(self) -> Checkpoint:
        """The checkpoint, read."""
        return parse_checkpoint(self.checkpoint)

    @property
    def commitments(self) -> str:
        """Name of the file of commitments."""
        return f"evidence/commitments.{self.base}" if self.base else "evidence/commitments"

    def encode(self) -> bytes:
        """Return the manifest."""
        note = self.note
        document = {
            "base": self.base,
            "checkpoint": self.checkpoint,
            "files": {name: one._asdict() for name, one in self.files.items()},
            "format": FORMAT,
            "number": self.number,
            "origin": self.origin,
            "records": self.records,
            "root": note.root.hex(),
            "rows": self.rows,
            "size": note.size,
            "taken_at": self.taken_at,
        }
        return canonical.encode(document) + b"\n"


def decode_manifest(data: bytes, name: str) -> Snapshot:
    """Read a manifest. Raises: BACKUP_DAMAGED unless it is the one encoding of what it says."""
    try:
        document: dict[str, Any] = canonical.decode(data.removesuffix(b"\n"))
        files = {name: CopiedFile(**one) for name, one in document["files"].items()}
        own = {name: document[name] for name in _OWN_FIELDS}
        snapshot = Snapshot(**own, files=files)
        if snapshot.encode() == data and snapshot.note.origin == snapshot.origin:
            return snapshot
    except (TallyError, KeyError, TypeError, ValueError, AttributeError):
        pass
    raise BACKUP_DAMAGED.error(file=name, what=NOT_A_MANIFEST)


def safe_name(origin: str) -> str:
    """Return the name of the folder for a ledger: its origin, with ~ for each slash."""
    return origin.replace("/", "~")


class Repository:
    """The backups of one ledger in one folder.

    keys: where the keys of the snapshots lie; None for the place within the repository.
    """

    def __init__(self, folder: Path, keys: Path | None = None) -> None:
        self.folder = folder
        self._apart = keys

    @property
    def identity(self) -> Path:
        """Format, origin and a name of its own. Written first."""
        return self.folder / "repository.json"

    @property
    def evidence(self) -> Path:
        """The folder of the copied evidence, as far as the newest backup came."""
        return self.folder / "evidence"

    @property
    def keys(self) -> Path:
        """The folder of the keys of all snapshots."""
        if self._apart is None:
            return self.folder / "keys"
        document = canonical.decode(self.identity.read_bytes().removesuffix(b"\n"))
        return self._apart / f"{self.folder.name}-{document['id']}"

    def snapshot_folder(self, number: int) -> Path:
        """Return the folder of what a snapshot has for itself, but for its keys."""
        return self.folder / "snapshots" / f"{number:0{_NUMBER_DIGITS}d}"

    def keys_folder(self, number: int) -> Path:
        """Return the folder of the keys of a snapshot."""
        return self.keys / f"{number:0{_NUMBER_DIGITS}d}"

    def manifest(self, number: int) -> Path:
        """Return the file of a manifest. Written last."""
        return self.snapshot_folder(number) / "manifest.json"

    def place(self, name: str, number: int) -> Path:
        """Return where the file `name` of a workspace lies, as snapshot `number` has it."""
        if name in {ENTRIES, JOURNAL, BODIES} or name.startswith("evidence/commitments"):
            return self.folder / name
        if name.startswith("keys/"):
            return self.keys_folder(number) / name.removeprefix("keys/")
        return self.snapshot_folder(number) / name.replace("/", "-")

    def found(self, disk: Disk, origin: str, own: str) -> None:
        """Make the repository where there is none yet; own: its name, hex."""
        for folder in (self.folder / "evidence", self.folder / "bodies"):
            make_folders(folder)
        if not self.identity.exists():
            document = {"format": FORMAT, "id": own, "origin": origin}
            disk.replace(self.identity, canonical.encode(document) + b"\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the one who writes here. Raises: BACKUP_LOCKED."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise BACKUP_LOCKED.error() from None
        try:
            yield
        finally:
            os.close(handle)

    def numbers(self) -> list[int]:
        """Return the numbers of the complete snapshots, oldest first."""
        found = (self.folder / "snapshots").glob("*/manifest.json")
        return sorted(int(one.parent.name) for one in found if one.parent.name.isdigit())

    def incomplete(self) -> list[int]:
        """Return the numbers of what interrupted backups left."""
        folders = [*(self.folder / "snapshots").glob("*"), *self.keys.glob("*")]
        begun = {int(one.name) for one in folders if one.is_dir() and one.name.isdigit()}
        return sorted(begun - set(self.numbers()))

    def snapshot(self, number: int) -> Snapshot:
        """Return a snapshot. Raises: NO_SNAPSHOT, BACKUP_DAMAGED."""
        file = self.manifest(number)
        name = file.relative_to(self.folder).as_posix()
        try:
            found = decode_manifest(file.read_bytes(), name)
        except FileNotFoundError:
            raise NO_SNAPSHOT.error(number=number) from None
        if found.number != number:
            raise BACKUP_DAMAGED.error(file=name, what=NOT_A_MANIFEST)
        return found

    def newest(self) -> Snapshot | None:
        """Return the newest complete snapshot, if there is any. Raises: BACKUP_DAMAGED."""
        numbers = self.numbers()
        return self.snapshot(numbers[-1]) if numbers else None

    def digest(self, name: str, snapshot: Snapshot, size: int = -1) -> str:
        """Read a copied file again and return its SHA-256; size: of a part of it, from its start.

        Raises: BACKUP_DAMAGED where it is missing or too short; KEYS_AWAY.
        """
        file, wanted = self.place(name, snapshot.number), snapshot.files[name].bytes
        wanted = wanted if size < 0 else size
        if name.startswith("keys/") and not self.keys_folder(snapshot.number).is_dir():
            raise KEYS_AWAY.error(number=snapshot.number, folder=self.keys)
        try:
            if name == RECORD_KEYS:
                erased = self.erased(snapshot.rows, snapshot.records)
                return digest_of(read_slots(file, snapshot.records, erased))
            return digest_of(read_part(file, 0, wanted))
        except FileNotFoundError:
            raise BACKUP_DAMAGED.error(file=name, what=MISSING) from None

    def erased(self, rows: int, records: int) -> frozenset[int]:
        """Return the records below `records` that the first `rows` rows of the journal erase."""
        return erased_in(self.folder / JOURNAL, rows, records)


def check_apart(folder: Path, keys: Path | None) -> None:
    """Check that keys kept apart lie neither in the backup nor above it. Raises: KEYS_NOT_APART."""
    if keys is None:
        return
    one, other = keys.resolve(), folder.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise KEYS_NOT_APART.error(keys=keys, folder=folder)


def repository_in(folder: Path, keys: Path | None = None) -> Repository:
    """Return the repository in `folder`, or in its one subfolder that is one.

    Raises: NO_BACKUP, SEVERAL_LEDGERS.
    """
    if (folder / "repository.json").is_file():
        return Repository(folder, keys)
    found = sorted(one.parent for one in folder.glob("*/repository.json"))
    if not found:
        raise NO_BACKUP.error(folder=folder)
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise SEVERAL_LEDGERS.error(folder=folder, found=names)
    return Repository(found[0], keys)


def erased_in(journal: Path, rows: int, records: int, first: int = 0) -> frozenset[int]:
    """Return the records below `records` that rows `first` to `rows` of a journal erase.

    Once erased is erased, whatever a later row says: the key is gone.
    """
    if rows <= first:
        return frozenset()
    with journal.open("rb") as file:
        file.seek(first * ROW_BYTES)
        data = file.read((rows - first) * ROW_BYTES)
    data = data[: len(data) // ROW_BYTES * ROW_BYTES]
    return frozenset(
        change.record
        for change in decode_rows(data)
        if change.status == ERASED and change.record < records
    )


def read_part(file: Path, first: int, size: int) -> Iterator[bytes]:
    """Yield `size` bytes of a file from byte `first`, read from the disk and not from memory.

    Raises: BACKUP_DAMAGED where it ends before.
    """
    with file.open("rb") as opened:
        forget = getattr(os, "posix_fadvise", None)  # not everywhere
        if forget is not None:
            forget(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        opened.seek(first)
        while size:
            data = opened.read(min(size, _CHUNK_BYTES))
            if not data:
                raise BACKUP_DAMAGED.error(file=file.name, what=SHORTER)
            size -= len(data)
            yield data


def read_slots(file: Path, records: int, erased: Collection[int]) -> Iterator[bytes]:
    """Yield the slots of `records` records in pieces, those of `erased` ones as zeros.

    Raises: BACKUP_DAMAGED where the file ends before.
    """
    gone = sorted(erased)
    with file.open("rb") as opened:
        at = 0
        for first in range(0, records, _CHUNK_SLOTS):
            count = min(_CHUNK_SLOTS, records - first)
            data = bytearray(opened.read(count * WRAPPED_BYTES))
            if len(data) != count * WRAPPED_BYTES:
                raise BACKUP_DAMAGED.error(file=RECORD_KEYS, what=SHORTER)
            while at < len(gone) and gone[at] < first + count:
                start = (gone[at] - first) * WRAPPED_BYTES
                data[start : start + WRAPPED_BYTES] = bytes(WRAPPED_BYTES)
                at += 1
            yield bytes(data)


def digest_of(parts: Iterator[bytes]) -> str:
    """Return the SHA-256 over `parts`, hex."""
    digest = sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def sizes_under(size: int, records: int, base: int, rows: int) -> dict[str, int]:
    """Return how many bytes of each growing evidence file a checkpoint covers."""
    commitments = f"evidence/commitments.{base}" if base else "evidence/commitments"
    return {
        commitments: (records - base) * COMMITMENT_BYTES,
        JOURNAL: rows * ROW_BYTES,
        ENTRIES: size * ENTRY_BYTES,
    }
