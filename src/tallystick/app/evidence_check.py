"""Evidence at rest, checked without any secret: entries, commitments, the journal of status.

Owns the walk over the files of a log that needs neither passphrase nor derived files: for copies,
archives and the evidence of others. Memory does not grow with the log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import EMPTY_ROOT, leaf_hash, node_hash, root_of
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import NO_QUORUM, TrustPolicy
from tallystick.ledger.batches import COMMITMENT_BYTES, decode_header
from tallystick.ledger.evidence import EVIDENCE_DAMAGED, decode_leaf, read_leaves
from tallystick.ledger.status import (
    FIRST_STATUS,
    ROW_BYTES,
    StatusEntry,
    chain,
    is_status_entry,
)

_ROWS_AT_ONCE = 40_000
_ROOT = Text("树根", "root")


class Frontier:
    """The root of a tree that grows, in as many hashes as its size has bits."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add one leaf hash at the end."""
        self._peaks.append(leaf)
        rest = self.size
        while rest & 1:
            right = self._peaks.pop()
            self._peaks.append(node_hash(self._peaks.pop(), right))
            rest >>= 1
        self.size += 1

    def root(self) -> bytes:
        """Return the root of all leaves added so far."""
        if not self._peaks:
            return EMPTY_ROOT
        value = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            value = node_hash(peak, value)
        return value


class Walked(NamedTuple):
    """What the entries of a log say.

    records, batches: how many. roots, held: the root, and the records, of the sizes asked for.
    status: the newest status entry; that of an empty journal where there is none. sealed_at: of
    the newest batch, seconds since 1970.
    """

    records: int
    batches: int
    roots: dict[int, bytes]
    held: dict[int, int]
    status: StatusEntry
    sealed_at: int


def check_signed(checkpoint: Checkpoint, policy: TrustPolicy) -> None:
    """Check that a log of `policy` signed `checkpoint`, with a key that had not ended.

    Cosignatures are not asked for: they come after the checkpoint. Raises: as
    `TrustPolicy.check_checkpoint`.
    """
    replace(policy, quorum=NO_QUORUM).check_checkpoint(checkpoint)


def walk(leaves: Iterable[bytes], size: int, asked: Collection[int] = ()) -> Walked:
    """Walk over the `size` leaves of a log; asked: sizes on the way whose root is wanted.

    Raises: EVIDENCE_DAMAGED for a leaf that is none; what reading the leaves raises.
    """
    tree, status = Frontier(), FIRST_STATUS
    records = batches = sealed_at = 0
    wanted = {size, *asked}
    roots, held = ({0: EMPTY_ROOT}, {0: 0}) if 0 in wanted else ({}, {})
    for number, leaf in enumerate(leaves):
        try:
            read = decode_leaf(leaf)
        except TallyError as fault:
            at = number * (len(leaf) + 2)
            raise EVIDENCE_DAMAGED.error(file="entries", offset=at, what=fault.text) from None
        if isinstance(read, StatusEntry):
            status = read
        else:
            records, batches, sealed_at = records + read.records, batches + 1, read.sealed_at
        tree.add(leaf_hash(leaf))
        if tree.size in wanted:
            roots[tree.size], held[tree.size] = tree.root(), records
    return Walked(records, batches, roots, held, status, sealed_at)


def check_entries(file: Path, checkpoint: Checkpoint, asked: Collection[int] = ()) -> Walked:
    """Walk over a file of entries, which must lead to the root of `checkpoint`.

    Raises: EVIDENCE_DAMAGED.
    """
    walked = walk(read_leaves(file, checkpoint.size), checkpoint.size, asked)
    if walked.roots[checkpoint.size] != checkpoint.root:
        raise EVIDENCE_DAMAGED.error(file="entries", offset=0, what=_ROOT)
    return walked


def check_commitments(
    entries: Path, size: int, commitments: Path, base: int = 0, first: int = 0
) -> int:
    """Check that the commitments are those the batches in the first `size` entries were made of.

    base: number of the first record in the file of commitments. first: of the first record to
    check; batches that end before it are passed over. Returns how many records were checked.
    Raises: EVIDENCE_DAMAGED.
    """
    start = checked = 0
    with commitments.open("rb") as file:
        for leaf in read_leaves(entries, size):
            if is_status_entry(leaf):
                continue
            header = decode_header(leaf)
            if start >= max(base, first):
                at = (start - base) * COMMITMENT_BYTES
                file.seek(at)
                data = file.read(header.records * COMMITMENT_BYTES)
                if batch_root(data) != header.root or len(data) % COMMITMENT_BYTES:
                    raise EVIDENCE_DAMAGED.error(file=commitments.name, offset=at, what=_ROOT)
                checked += header.records
            start += header.records
    return checked


def batch_root(commitments: bytes) -> bytes:
    """Return the root over commitments laid end to end."""
    step = COMMITMENT_BYTES
    return root_of(
        [leaf_hash(commitments[at : at + step]) for at in range(0, len(commitments), step)]
    )


def check_journal(file: Path, status: StatusEntry) -> None:
    """Check that a file begins with the rows a status entry states. Raises: EVIDENCE_DAMAGED."""
    digest, left = FIRST_STATUS.journal, status.rows * ROW_BYTES
    if left:
        try:
            with file.open("rb") as opened:
                while left:
                    data = opened.read(min(left, _ROWS_AT_ONCE * ROW_BYTES))
                    if not data:
                        break
                    rows = range(0, len(data), ROW_BYTES)
                    digest = chain(digest, (data[at : at + ROW_BYTES] for at in rows))
                    left -= len(data)
        except FileNotFoundError:
            pass
    if left or digest != status.journal:
        raise EVIDENCE_DAMAGED.error(file="status", offset=0, what=Text("摘要", "digest"))
