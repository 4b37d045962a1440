"""Reading a log.

Owns `LogReader`: the evidence of one folder up to its checkpoint, with no more of it in memory than
where each batch begins. Rules: opening checks that the entries lead to the signed root by the right
edge of the tree alone; what was loaded does not change under whoever reads it.
"""

from __future__ import annotations

import bisect
import os
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    root_at,
)
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import (
    BATCH_RECORDS_MAX,
    COMMITMENT_BYTES,
    MAGIC,
    VERSION,
    BatchHeader,
    decode_header,
)
from tallystick.ledger.commitments import Commitments, groups_in
from tallystick.ledger.evidence import (
    ENTRY_BYTES,
    EVIDENCE_DAMAGED,
    LENGTH,
    TOO_SHORT,
    read_checkpoint,
    read_leaves,
    size_of,
)
from tallystick.ledger.status import (
    STATUS_MAGIC,
    STATUS_VERSION,
    StatusProof,
    decode_status_entry,
)
from tallystick.ledger.status_journal import StatusJournal
from tallystick.ledger.tile_files import TILE_WIDTH, TILES_DAMAGED, TileFiles

NO_SUCH_RECORD = Reason(
    "no_such_record",
    Text("账本里没有这条记录：{record}", "the ledger has no such record: {record}"),
)
_ROOT = Text("树根", "root")
_BATCH = MAGIC + VERSION.to_bytes(2, "big")
_STATUS = STATUS_MAGIC + STATUS_VERSION.to_bytes(2, "big")


class SealedBatch(NamedTuple):
    """A batch as it stands in the log: how many batches come before it, its entry, first record."""

    number: int
    entry: int
    start: int
    header: BatchHeader


class RecordProof(NamedTuple):
    """Both Merkle paths of one record: commitment to batch root, batch header to log root.

    status: what the checkpoint states of the record; None where it states nothing of it yet.
    """

    position: int
    path: list[bytes]
    header: BatchHeader
    entry: int
    entry_path: list[bytes]
    checkpoint: Checkpoint
    status: StatusProof | None = None


class LogReader:
    """The log of one folder, read. Whoever writes it is a `Log`."""

    def __init__(self, folder: Path, disk: Disk, key: VerifierKey) -> None:
        self.folder = folder
        self.key = key
        self.origin = key.name
        self.size = 0
        self.records = 0
        self.sealed_at = 0  # the latest time a batch claims
        self.checkpoint: Checkpoint | None = None
        self.commitments_on_disk = Commitments(folder, disk)
        self.journal = StatusJournal(folder, self.commitment)
        self._tiles = TileFiles(folder, disk)
        self._handle: int | None = None
        # Of each batch: its entry, its first record, and where its groups begin.
        self._entries, self._starts, self._groups = array("Q"), array("Q"), array("Q")
        self._groups_end = 0
        self._header = lru_cache(maxsize=1024)(self._read_header)

    @property
    def commitments_file(self) -> Path:
        """The file of commitments that grows."""
        return self.commitments_on_disk.file

    @property
    def entries_file(self) -> Path:
        """The file of entries."""
        return self.folder / "entries"

    @property
    def checkpoint_file(self) -> Path:
        """The file of the newest checkpoint."""
        return self.folder / "checkpoint"

    # -- reading ------------------------------------------------------------------------------

    def entry(self, number: int) -> bytes:
        """Return the 130 bytes of entry `number`. Raises: NO_SUCH_RECORD, EVIDENCE_DAMAGED."""
        if not 0 <= number < self.size:
            raise NO_SUCH_RECORD.error(record=number)
        if self._handle is None:
            self._handle = os.open(self.entries_file, os.O_RDONLY)
        data = os.pread(self._handle, ENTRY_BYTES, number * ENTRY_BYTES)
        if len(data) != ENTRY_BYTES or data[:2] != LENGTH:
            raise EVIDENCE_DAMAGED.error(
                file="entries", offset=number * ENTRY_BYTES, what=TOO_SHORT
            )
        return data[2:]

    def header(self, entry: int) -> BatchHeader:
        """Return the batch header that is entry `entry`. Raises: as `entry`; BAD_HEADER."""
        return self._header(entry)

    def batches(self, first_record: int = 0) -> Iterator[SealedBatch]:
        """Yield the batches in order, from the one that holds record number `first_record`."""
        begin = bisect.bisect_right(self._starts, first_record) - 1
        for number in range(max(begin, 0), len(self._starts)):
            entry, start = self._entries[number], self._starts[number]
            header = decode_header(self.entry(entry))
            if start + header.records > first_record:
                yield SealedBatch(number, entry, start, header)

    def batch_of(self, record: int) -> SealedBatch:
        """Return the batch that holds record number `record`.

        Raises: NO_SUCH_RECORD where no checkpoint covers it.
        """
        if not 0 <= record < self.records:
            raise NO_SUCH_RECORD.error(record=record)
        number = bisect.bisect_right(self._starts, record) - 1
        entry = self._entries[number]
        return SealedBatch(number, entry, self._starts[number], self.header(entry))

    def entry_of(self, record: int) -> int:
        """Return the entry whose batch holds record number `record`. Raises: NO_SUCH_RECORD."""
        return self.batch_of(record).entry

    def first_status(self) -> int:
        """Return the first entry that states what is in force; the size of the log without one."""
        places = range(len(self._entries))  # none of them skips an entry before the first status
        return bisect.bisect_left(places, True, key=lambda at: self._entries[at] > at)  # noqa: FBT003

    def entries_holding(self, records: int) -> int:
        """Return how many entries hold the first `records` records, -1 where a batch is cut.

        Of entries that add no record, those that follow are counted out.
        """
        if records in (0, self.records):
            return self._entries[-1] + 1 if records else 0
        number = bisect.bisect_left(self._starts, records)
        whole = number < len(self._starts) and self._starts[number] == records
        return self._entries[number - 1] + 1 if whole else -1

    def records_before(self, entry: int) -> int:
        """Return how many records the entries before number `entry` hold."""
        number = bisect.bisect_left(self._entries, entry)
        return self._starts[number] if number < len(self._starts) else self.records

    def commitment(self, record: int) -> bytes:
        """Return the commitment of record number `record`. Raises: as `commitments`."""
        return self.commitments(record, 1)[0]

    def commitments(self, first: int, count: int) -> list[bytes]:
        """Return `count` commitments from record number `first`.

        Raises: NO_SUCH_RECORD for any that no checkpoint covers; ARCHIVED, EVIDENCE_DAMAGED.
        """
        if not 0 <= first <= first + count <= self.records:
            raise NO_SUCH_RECORD.error(record=first)
        data = self.commitments_on_disk.read(first, count)
        return [data[i : i + COMMITMENT_BYTES] for i in range(0, len(data), COMMITMENT_BYTES)]

    # -- opening ------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the evidence up to the checkpoint. Bytes beyond it are left alone.

        Of the hashes only the right edge is read, and must lead to the checkpoint's root; where it
        does not, it is made again from the entries. Raises: EVIDENCE_DAMAGED where a file is
        missing or too short, or the entries do not give the checkpoint's root; BAD_NOTE,
        UNKNOWN_SIGNER, BAD_SIGNATURE for the checkpoint itself.
        """
        size_of(self.checkpoint_file)
        checkpoint = read_checkpoint(self.checkpoint_file)
        checkpoint.check(self.key)
        if checkpoint.origin != self.origin:
            raise EVIDENCE_DAMAGED.error(file="checkpoint", offset=0, what=Text("账本名", "origin"))
        self.load_at(checkpoint.size, checkpoint.root)
        self.checkpoint = checkpoint

    def load_at(self, entries: int, root: bytes) -> None:
        """Read the evidence up to a size and root known from elsewhere. Raises: as `load`."""
        size = size_of(self.entries_file)
        if size < entries * ENTRY_BYTES:
            raise EVIDENCE_DAMAGED.error(file="entries", offset=size, what=TOO_SHORT)
        self._note(read_leaves(self.entries_file, entries))
        self._load_tiles(root)
        kept = (self.records - self.commitments_on_disk.base) * COMMITMENT_BYTES
        size = size_of(self.commitments_file)
        if size < kept:
            raise EVIDENCE_DAMAGED.error(file="commitments", offset=size, what=TOO_SHORT)

    def _load_tiles(self, root: bytes) -> None:
        try:
            self._tiles.load(self.size)
            if self._edge_is_true() and self._tree_root() == root:
                return
        except TallyError as fault:
            if fault.reason is not TILES_DAMAGED:
                raise
        self._tiles.rebuild_in_memory(map(leaf_hash, self._leaves()))
        if self._tree_root() != root:
            raise EVIDENCE_DAMAGED.error(file="entries", offset=0, what=_ROOT)

    def _edge_is_true(self) -> bool:
        """Tell whether the entries of the last, partial tile have the hashes that are on disk."""
        first = self.size // TILE_WIDTH * TILE_WIDTH
        leaves = read_leaves(self.entries_file, self.size - first, first)
        return all(
            self._tiles.node(0, number) == leaf_hash(leaf)
            for number, leaf in enumerate(leaves, first)
        )

    def _leaves(self) -> Iterator[bytes]:
        return read_leaves(self.entries_file, self.size)

    def _tree_root(self) -> bytes:
        return root_at(self.size, self._tiles.node) if self.size else EMPTY_ROOT

    def close(self) -> None:
        """Close the files read from."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self._tiles.close()
        self.commitments_on_disk.close()

    def _note(self, leaves: Iterable[bytes]) -> None:
        """Note where the batches among further leaves stand. Raises: EVIDENCE_DAMAGED."""
        last = b""
        for leaf in leaves:
            start = leaf[:6]
            if start == _BATCH:
                records = int.from_bytes(leaf[22:26], "big")
                if not 1 <= records <= BATCH_RECORDS_MAX:
                    raise self._not_a_leaf()
                self._entries.append(self.size)
                self._starts.append(self.records)
                self._groups.append(self._groups_end)
                self._groups_end += groups_in(records)
                self.records += records
                self.sealed_at = max(self.sealed_at, int.from_bytes(leaf[58:66], "big"))
            elif start == _STATUS:
                last = leaf
            else:
                raise self._not_a_leaf()
            self.size += 1
        if last:
            try:
                self.journal.entry = decode_status_entry(last)
            except TallyError:
                raise self._not_a_leaf() from None

    def _not_a_leaf(self) -> TallyError:
        at, what = self.size * ENTRY_BYTES, Text("条目", "an entry")
        return EVIDENCE_DAMAGED.error(file="entries", offset=at, what=what)

    def _read_header(self, entry: int) -> BatchHeader:
        return decode_header(self.entry(entry))
