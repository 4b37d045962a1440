"""The embedded log: one folder, one writer, append only.

Owns three evidence files and the order in which they are written.

    commitments   32 bytes a record, in ledger order
    entries       for each batch: a 2-byte length and the header (entry bundle of C2SP tlog-tiles)
    checkpoint    the signed size and root of the tree over the entries

Commit order, and why: commitments, then entries, each made durable, then the checkpoint replaced in
one step. The checkpoint is the acknowledgement: what it covers is there, what lies beyond it was
never acknowledged and is cut off by `recover`. Keys and bodies of the records are made durable by
the vault before `commit` is called, so that nothing is acknowledged that cannot be read.

The log does not know what a record means. Who may append is decided by the rule of admission, a
function it is given.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import Tree, leaf_hash, path_of, root_of
from tallystick.kernel.notes import (
    UNKNOWN_SIGNER,
    Checkpoint,
    parse_checkpoint,
    write_checkpoint,
)
from tallystick.kernel.signing import SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import (
    BAD_HEADER,
    COMMITMENT_BYTES,
    HEADER_BYTES,
    BatchHeader,
    decode_header,
    sign_header,
)

ENTRY_BYTES = 2 + HEADER_BYTES
_LENGTH = HEADER_BYTES.to_bytes(2, "big")

EVIDENCE_DAMAGED = Reason(
    "evidence_damaged",
    Text(
        "证据文件 {file} 在第 {offset} 字节处与检查点不符：{what}",
        "evidence file {file} does not agree with the checkpoint at byte {offset}: {what}",
    ),
    "docs/spec/ledger.md",
    Text("请从备份恢复该文件。", "Restore this file from a backup."),
)
NO_SUCH_RECORD = Reason(
    "no_such_record",
    Text("账本里没有这条记录：{record}", "the ledger has no such record: {record}"),
)
INTERRUPTED = Reason(
    "log_interrupted",
    Text(
        "上一次写入没有完成，须重新打开账本",
        "the last write did not come to its end; the ledger must be opened anew",
    ),
    "docs/spec/ledger.md",
    Text("请重新打开工作区再试。", "Open the workspace anew and try again."),
)


class Batch(NamedTuple):
    """A header and the commitments it covers, ready to be appended."""

    header: BatchHeader
    commitments: list[bytes]

    def check(self) -> None:
        """Check that the header covers these commitments, all of them and in this order.

        Raises: BAD_HEADER. Were it acknowledged otherwise, its records could never be proved.
        """
        lengths = {len(c) for c in self.commitments}
        if len(self.commitments) != self.header.records or lengths != {COMMITMENT_BYTES}:
            raise BAD_HEADER.error(what=Text("承诺值的数目", "count of commitments"))
        if root_of([leaf_hash(c) for c in self.commitments]) != self.header.root:
            raise BAD_HEADER.error(what=Text("承诺值的树根", "root of commitments"))


class RecordProof(NamedTuple):
    """Both Merkle paths of one record: commitment to batch root, batch header to log root."""

    position: int
    path: list[bytes]
    header: BatchHeader
    entry: int
    entry_path: list[bytes]
    checkpoint: Checkpoint


Admission = Callable[[BatchHeader, int], None]
"""The rule of admission: (header, index of the entry it would become); raises to refuse."""


class Log:
    """The log of one folder. `open_log` and `create_log` make it."""

    def __init__(self, folder: Path, disk: Disk, key: VerifierKey, admit: Admission) -> None:
        self.folder = folder
        self.key = key
        self.origin = key.name
        self.headers: list[BatchHeader] = []
        self.starts: list[int] = []
        self.records = 0
        self.checkpoint: Checkpoint | None = None
        self._tree = Tree()
        self._disk = disk
        self._admit = admit
        self._handle: int | None = None
        self._interrupted = False

    @property
    def commitments_file(self) -> Path:
        """The file of commitments."""
        return self.folder / "commitments"

    @property
    def entries_file(self) -> Path:
        """The file of entries."""
        return self.folder / "entries"

    @property
    def checkpoint_file(self) -> Path:
        """The file of the newest checkpoint."""
        return self.folder / "checkpoint"

    def seal(self, key: SigningKey, commitments: Sequence[bytes], sealed_at: int) -> Batch:
        """Return a batch of `commitments` signed by the provider `key` for this log."""
        listed = list(commitments)
        return Batch(sign_header(self.origin, key, listed, sealed_at), listed)

    def commit(self, batches: Sequence[Batch], log_key: SigningKey) -> Checkpoint:
        """Append `batches`, publish the checkpoint that covers them, and return it.

        When it returns, the records are acknowledged. Raises, before anything is written: whatever
        the rule of admission raises; BAD_HEADER for commitments that are not those of the header;
        UNKNOWN_SIGNER for another log's key; EVIDENCE_DAMAGED where a file does not end where the
        checkpoint says. Raises OSError from the disk, after which the log must be opened anew:
        INTERRUPTED says so to who tries again.
        """
        if self._interrupted:
            raise INTERRUPTED.error()
        if log_key.verifier != self.key:
            raise UNKNOWN_SIGNER.error()
        for number, batch in enumerate(batches, start=len(self.headers)):
            self._admit(batch.header, number)
            batch.check()
        for file, size in self._sizes():
            if _size_of(file) != size:
                raise EVIDENCE_DAMAGED.error(
                    file=file.name, offset=size, what=Text("末尾", "its end")
                )
        self._interrupted = True  # until the last write below has come to its end
        if batches:
            self._disk.append(
                self.commitments_file, b"".join(b"".join(b.commitments) for b in batches)
            )
            self._disk.sync(self.commitments_file)
            self._disk.append(
                self.entries_file, b"".join(_LENGTH + b.header.encode() for b in batches)
            )
            self._disk.sync(self.entries_file)
        for batch in batches:
            self._add(batch.header)
        checkpoint = write_checkpoint(self.origin, len(self.headers), self._tree.root(), [log_key])
        self._disk.replace(self.checkpoint_file, checkpoint.text().encode())
        self.checkpoint = checkpoint
        self._interrupted = False
        return checkpoint

    def entry_of(self, record: int) -> int:
        """Return the index of the entry whose batch holds record number `record`.

        Raises: NO_SUCH_RECORD where no checkpoint covers it.
        """
        if not 0 <= record < self.records:
            raise NO_SUCH_RECORD.error(record=record)
        return bisect.bisect_right(self.starts, record) - 1

    def commitments(self, first: int, count: int) -> list[bytes]:
        """Return `count` commitments from record number `first`.

        Raises: NO_SUCH_RECORD for any that no checkpoint covers.
        """
        if not 0 <= first <= first + count <= self.records:
            raise NO_SUCH_RECORD.error(record=first)
        if self._handle is None:
            self._handle = os.open(self.commitments_file, os.O_RDONLY)
        data = os.pread(self._handle, count * COMMITMENT_BYTES, first * COMMITMENT_BYTES)
        return [data[i : i + COMMITMENT_BYTES] for i in range(0, len(data), COMMITMENT_BYTES)]

    def prove(self, record: int) -> RecordProof:
        """Return both paths of record number `record` under the newest checkpoint.

        Raises: NO_SUCH_RECORD where no checkpoint covers it; OSError where the file of
        commitments cannot be read.
        """
        entry = self.entry_of(record)
        header, start = self.headers[entry], self.starts[entry]
        leaves = [leaf_hash(c) for c in self.commitments(start, header.records)]
        checkpoint = self.checkpoint
        if checkpoint is None:
            raise NO_SUCH_RECORD.error(record=record)
        path = path_of(record - start, leaves)
        return RecordProof(record - start, path, header, entry, self._tree.path(entry), checkpoint)

    def load(self) -> None:
        """Read the evidence up to the checkpoint. Bytes beyond it are left alone.

        Raises: EVIDENCE_DAMAGED where a file is missing or too short, or the entries do not give
        the checkpoint's root; BAD_NOTE, UNKNOWN_SIGNER, BAD_SIGNATURE for the checkpoint itself.
        """
        _size_of(self.checkpoint_file)
        checkpoint = read_checkpoint(self.checkpoint_file)
        checkpoint.check(self.key)
        if checkpoint.origin != self.origin:
            raise EVIDENCE_DAMAGED.error(file="checkpoint", offset=0, what=Text("账本名", "origin"))
        size = _size_of(self.entries_file)
        if size < checkpoint.size * ENTRY_BYTES:
            raise EVIDENCE_DAMAGED.error(
                file="entries", offset=size, what=Text("过短", "too short")
            )
        with self.entries_file.open("rb") as file:
            data = file.read(checkpoint.size * ENTRY_BYTES)
        for number in range(checkpoint.size):
            self._add(decode_entry(data, number))
        if self._tree.root() != checkpoint.root:
            raise EVIDENCE_DAMAGED.error(file="entries", offset=0, what=Text("树根", "root"))
        size = _size_of(self.commitments_file)
        if size < self.records * COMMITMENT_BYTES:
            raise EVIDENCE_DAMAGED.error(
                file="commitments", offset=size, what=Text("过短", "too short")
            )
        self.checkpoint = checkpoint

    def recover(self) -> None:
        """Cut off what an interrupted writer left beyond the checkpoint."""
        for file, size in self._sizes():
            if _size_of(file) > size:
                self._disk.truncate(file, size)

    def close(self) -> None:
        """Close the file read from."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _sizes(self) -> list[tuple[Path, int]]:
        """Return both files that grow, and the bytes of each that are acknowledged."""
        return [
            (self.entries_file, len(self.headers) * ENTRY_BYTES),
            (self.commitments_file, self.records * COMMITMENT_BYTES),
        ]

    def _add(self, header: BatchHeader) -> None:
        self._tree.append(leaf_hash(header.encode()))
        self.starts.append(self.records)
        self.headers.append(header)
        self.records += header.records


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        raise EVIDENCE_DAMAGED.error(
            file=file.name, offset=0, what=Text("缺失", "missing")
        ) from None


def read_checkpoint(file: Path) -> Checkpoint:
    """Read a checkpoint file. Raises: BAD_NOTE, EVIDENCE_DAMAGED when it is not UTF-8."""
    try:
        return parse_checkpoint(file.read_bytes().decode())
    except UnicodeDecodeError as fault:
        raise EVIDENCE_DAMAGED.error(
            file=file.name, offset=fault.start, what=Text("不是 UTF-8", "not UTF-8")
        ) from None


def decode_entry(data: bytes, number: int) -> BatchHeader:
    """Read entry `number` of the bytes of the entries file. Raises: EVIDENCE_DAMAGED."""
    offset = number * ENTRY_BYTES
    if data[offset : offset + 2] != _LENGTH:
        raise EVIDENCE_DAMAGED.error(file="entries", offset=offset, what=Text("长度", "length"))
    try:
        return decode_header(data[offset + 2 : offset + ENTRY_BYTES])
    except TallyError as fault:
        raise EVIDENCE_DAMAGED.error(file="entries", offset=offset, what=fault.text) from None


def create_log(folder: Path, disk: Disk, log_key: SigningKey, admit: Admission) -> Log:
    """Make an empty log in `folder`, with a signed checkpoint of size 0.

    Raises: EVIDENCE_DAMAGED where a log is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = Log(folder, disk, log_key.verifier, admit)
    for file in (log.commitments_file, log.entries_file):
        disk.append(file, b"")
        disk.sync(file)
    log.commit([], log_key)
    return log


def open_log(folder: Path, disk: Disk, key: VerifierKey, admit: Admission) -> Log:
    """Open the log of `folder`, whose checkpoints `key` signs. Raises: as `Log.load`."""
    log = Log(folder, disk, key, admit)
    log.load()
    return log
