"""Proving what is in a log.

Owns `LogProver`: roots, paths and what is stated of a record, from the hashes and groups on disk.
Rules: every proof is checked before it is given, so that a derived file that is wrong costs time
and never makes a wrong proof.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import (
    EMPTY_ROOT,
    all_paths,
    check_consistency,
    check_path,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_at,
)
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import (
    COMMITMENT_BYTES,
)
from tallystick.ledger.evidence import (
    EVIDENCE_DAMAGED,
)
from tallystick.ledger.log_reader import NO_SUCH_RECORD, LogReader, RecordProof, SealedBatch
from tallystick.ledger.status import (
    StatusProof,
    decode_status_entry,
    is_status_entry,
    status_key,
)

_ROOT = Text("树根", "root")


class LogProver(LogReader):
    """A log that proves its records. Whoever writes it is a `Log`."""

    def __init__(self, folder: Path, disk: Disk, key: VerifierKey) -> None:
        super().__init__(folder, disk, key)
        self._last_path = lru_cache(maxsize=8)(lambda size: self.path(size - 1, size))

    # -- proving ------------------------------------------------------------------------------

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries. Raises: NO_SUCH_RECORD."""
        if not 0 <= size <= self.size:
            raise NO_SUCH_RECORD.error(record=size)
        return root_at(size, self._tiles.node) if size else EMPTY_ROOT

    def path(self, entry: int, size: int) -> list[bytes]:
        """Return the path of an entry in the tree of the first `size`; not checked."""
        return inclusion_path(entry, size, self._tiles.node)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof (RFC 6962 2.1.2) that the tree of `new` entries goes on from `old`.

        Checked against the newest checkpoint where it is of `new` entries. Raises:
        EVIDENCE_DAMAGED.
        """

        def check(path: list[bytes]) -> None:
            if self.checkpoint is not None and new == self.checkpoint.size:
                check_consistency(old, new, self.root(old), self.checkpoint.root, path)

        return self._held(lambda: consistency_path(old, new, self._tiles.node), check)

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Return a hash tile of C2SP tlog-tiles, or its first `width` hashes."""
        return self._tiles.tile(level, number, width)

    def prove(self, record: int, checkpoint: Checkpoint | None = None) -> RecordProof:
        """Return both paths of record number `record`, and its status.

        checkpoint: an earlier one of this log that covers the record; the newest if None. What is
        returned was checked: a derived file that is wrong costs time, never a wrong proof. Raises:
        NO_SUCH_RECORD where the checkpoint does not cover the record; EVIDENCE_DAMAGED, ARCHIVED.
        """
        sealed, under = self.batch_of(record), checkpoint or self.checkpoint
        if under is None or not sealed.entry < under.size <= self.size:
            raise NO_SUCH_RECORD.error(record=record)
        position, header = record - sealed.start, sealed.header
        path = self._batch_path(position, sealed)
        leaf = leaf_hash(header.encode())
        entry_path = self._log_path(sealed.entry, under, leaf)
        status = self._status_of(record, under)
        return RecordProof(position, path, header, sealed.entry, entry_path, under, status)

    def prove_batch(self, number: int) -> list[RecordProof]:
        """Return the proofs of all records of batch `number` under the newest checkpoint.

        What they share is made once. Raises: as `prove`.
        """
        entry, start = self._entries[number], self._starts[number]
        header, under = self.header(entry), self.checkpoint
        if under is None:
            raise NO_SUCH_RECORD.error(record=start)
        listed = self.commitments(start, header.records)
        paths = all_paths([leaf_hash(one) for one in listed], header.root)
        if not paths:
            offset = start * COMMITMENT_BYTES
            raise EVIDENCE_DAMAGED.error(file="commitments", offset=offset, what=_ROOT)
        entry_path = self._log_path(entry, under, leaf_hash(header.encode()))
        shared = self._status_of(start, under)
        tree = self.journal.tree
        proofs = []
        for position, (commitment, path) in enumerate(zip(listed, paths, strict=True)):
            status = shared and shared._replace(tree=tree.prove(status_key(commitment)))
            proofs.append(RecordProof(position, path, header, entry, entry_path, under, status))
        return proofs

    def _batch_path(self, position: int, sealed: SealedBatch) -> list[bytes]:
        header, on_disk = sealed.header, self.commitments_on_disk
        leaf = leaf_hash(self.commitment(sealed.start + position))
        try:
            groups = self._groups[sealed.number]
            path = on_disk.path(position, sealed.start, header.records, groups)
            check_path(position, header.records, leaf, path, header.root)
        except TallyError:
            path = on_disk.long_path(position, sealed.start, header.records)
            try:
                check_path(position, header.records, leaf, path, header.root)
            except TallyError:
                raise EVIDENCE_DAMAGED.error(
                    file="commitments", offset=sealed.start * COMMITMENT_BYTES, what=_ROOT
                ) from None
        return path

    def _log_path(self, entry: int, under: Checkpoint, leaf: bytes) -> list[bytes]:
        def make() -> list[bytes]:
            last = entry == under.size - 1
            return self._last_path(under.size) if last else self.path(entry, under.size)

        return self._held(make, lambda path: check_path(entry, under.size, leaf, path, under.root))

    def _held(
        self, make: Callable[[], list[bytes]], check: Callable[[list[bytes]], None]
    ) -> list[bytes]:
        """Return what `make` makes of the hashes on disk, or of the entries where they are wrong.

        Raises: EVIDENCE_DAMAGED where neither holds.
        """
        for _ in range(2):
            try:
                path = make()
                check(path)
            except TallyError:
                self._tiles.rebuild_in_memory(map(leaf_hash, self._leaves()))
                self._last_path.cache_clear()
            else:
                return path
        raise EVIDENCE_DAMAGED.error(file="entries", offset=0, what=_ROOT)

    def _status_of(self, record: int, under: Checkpoint) -> StatusProof | None:
        leaf = self.entry(under.size - 1)
        stated = decode_status_entry(leaf) if is_status_entry(leaf) else None
        if stated is None or self.entry_of(record) >= stated.covered:
            return None
        proof = self.journal.tree_at(stated.rows).prove(status_key(self.commitment(record)))
        return StatusProof(leaf, self._log_path(under.size - 1, under, leaf_hash(leaf)), proof)
