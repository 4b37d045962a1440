"""The embedded log: one folder, one writer, append only.

Owns the order in which the evidence is written, and the proofs it gives.

    tile-0, tile-1 ...  hashes of the tree, derived                                   tile_files
    groups              roots within batches, derived                                 commitments
    status              the journal of status changes, 25 bytes a row                 status_journal
    commitments         32 bytes a record, in ledger order                            commitments
    entries             a 2-byte length and a leaf of 130 bytes for each entry        evidence
    checkpoint          the signed size and root of the tree over the entries

Commit order, and why: what is derived first, since it can be made again; then journal, commitments
and entries, each made durable; then the checkpoint replaced in one step. The checkpoint is the
acknowledgement: what it covers is there, what lies beyond it was never acknowledged and is cut off
by `recover`. Keys and bodies of the records are made durable by the vault before `commit` is
called, so that nothing is acknowledged that cannot be read. The last entry of each checkpoint
states what is in force.

The log does not know what a record means. Who may append is decided by the rule of admission, a
function it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import HASH_BYTES, leaf_hash, root_of
from tallystick.kernel.notes import UNKNOWN_SIGNER, Checkpoint, write_checkpoint
from tallystick.kernel.signing import Signer, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import BAD_HEADER, COMMITMENT_BYTES, BatchHeader, sign_header
from tallystick.ledger.commitments import group_roots, groups_in
from tallystick.ledger.evidence import ENTRY_BYTES, EVIDENCE_DAMAGED, LENGTH, size_of
from tallystick.ledger.log_prover import LogProver
from tallystick.ledger.status import StatusChange

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
        self.checked_groups()

    def checked_groups(self) -> list[bytes]:
        """Check as `check` does, and return the roots of the groups of the batch."""
        lengths = {len(c) for c in self.commitments}
        if len(self.commitments) != self.header.records or lengths != {COMMITMENT_BYTES}:
            raise BAD_HEADER.error(what=Text("承诺值的数目", "count of commitments"))
        roots = group_roots([leaf_hash(c) for c in self.commitments])
        if root_of(roots) != self.header.root:
            raise BAD_HEADER.error(what=Text("承诺值的树根", "root of commitments"))
        return roots if groups_in(self.header.records) else []


Admission = Callable[[BatchHeader, int], None]
"""The rule of admission: (header, index of the entry it would become); raises to refuse."""


class Log(LogProver):
    """The log of one folder, written. `open_log` and `create_log` make it."""

    def __init__(self, folder: Path, disk: Disk, key: VerifierKey, admit: Admission) -> None:
        super().__init__(folder, disk, key)
        self._disk = disk
        self._admit = admit
        self._interrupted = False
        self._unsynced: set[Path] = set()

    # -- writing ------------------------------------------------------------------------------

    def seal(self, key: Signer, commitments: Sequence[bytes], sealed_at: int) -> Batch:
        """Return a batch of `commitments` signed by the provider `key` for this log."""
        listed = list(commitments)
        return Batch(sign_header(self.origin, key, listed, sealed_at), listed)

    def commit(
        self,
        batches: Sequence[Batch],
        log_key: SigningKey,
        *,
        changes: Sequence[StatusChange] = (),
        as_of: int = 0,
        settled: bool = True,
    ) -> Checkpoint:
        """Append `batches` and a status entry, publish the checkpoint that covers them, return it.

        changes: of status, of records here or in `batches`. as_of: seconds since 1970; never
        earlier than what is stated already or a batch claims. settled: whether the status of what
        is appended, and of what that ends, is stated too; without it the new entry says what the
        one before it did, of the same records and as of the same time.
        When it returns, the records are acknowledged. Raises, before anything is written: whatever
        the rule of admission raises; BAD_HEADER for commitments that are not those of the header;
        UNKNOWN_SIGNER for another log's key; EVIDENCE_DAMAGED where a file does not end where the
        checkpoint says. Raises OSError from the disk, after which the log must be opened anew:
        INTERRUPTED says so to who tries again.
        """
        if log_key.verifier != self.key:
            raise UNKNOWN_SIGNER.error()
        self.append(batches, changes=changes, as_of=as_of, settled=settled)
        return self.publish(self.signed(log_key))

    def signed(self, log_key: SigningKey) -> Checkpoint:
        """Return the checkpoint over all that was appended, not published yet."""
        return write_checkpoint(self.origin, self.size, self._tree_root(), [log_key])

    def publish(self, checkpoint: Checkpoint) -> Checkpoint:
        """Make `checkpoint`, over all that was appended, the newest: the acknowledgement."""
        self._interrupted = True  # until the checkpoint, the last write, is there
        self._disk.replace(self.checkpoint_file, checkpoint.text().encode())
        self.checkpoint = checkpoint
        self._interrupted = False
        return checkpoint

    def append(
        self,
        batches: Sequence[Batch],
        *,
        changes: Sequence[StatusChange] = (),
        as_of: int = 0,
        settled: bool = True,
        durable: bool = True,
    ) -> None:
        """Append `batches` and a status entry, as `commit` does, without a checkpoint over them.

        What is appended follows from the log and the arguments alone, in any process: this is what
        every engine runs. durable: whether it is on the disk when this returns; without it `sync`
        has to follow. Nothing is acknowledged. Raises: as `commit`, but UNKNOWN_SIGNER.
        """
        groups = self.check_append(batches)
        self._interrupted = True  # until the last write below has come to its end
        leaves = [batch.header.encode() for batch in batches]
        added = b"".join(b"".join(batch.commitments) for batch in batches)
        if batches or changes or self.size:
            covered, stated_at = self.journal.entry.covered, self.journal.entry.as_of
            if settled:
                covered = self.size + len(batches)
                claimed = (batch.header.sealed_at for batch in batches)
                stated_at = max([as_of, self.sealed_at, *claimed])
            status = self.journal.changed(changes, covered, stated_at, self._reading_ahead(added))
            leaves.append(status.encode())
            self._write(leaves, added, b"".join(map(b"".join, groups)), changes, durable=durable)
            self._note(leaves)
            self.journal.entry = status
        self._interrupted = False

    def check_append(self, batches: Sequence[Batch]) -> list[list[bytes]]:
        """Check that `append` would take `batches`; return the roots of the groups of each.

        Raises: as `append`.
        """
        if self._interrupted:
            raise INTERRUPTED.error()
        for number, batch in enumerate(batches, start=self.size):
            self._admit(batch.header, number)
        groups = [batch.checked_groups() for batch in batches]
        for file, size in self._sizes():
            if (size_of(file) if size or file.exists() else 0) != size:
                raise EVIDENCE_DAMAGED.error(
                    file=file.name, offset=size, what=Text("末尾", "its end")
                )
        return groups

    def sync(self) -> None:
        """Make what was appended durable: journal, commitments, entries, where there are any."""
        for file in (self.journal.file, self.commitments_file, self.entries_file):
            if file in self._unsynced:
                self._disk.sync(file)
        self._unsynced.clear()

    def _write(
        self,
        leaves: list[bytes],
        added: bytes,
        groups: bytes,
        changes: Sequence[StatusChange],
        *,
        durable: bool,
    ) -> None:
        """Write what a commit adds, in commit order, all but the checkpoint."""
        self._mend_derived()
        self._tiles.extend(map(leaf_hash, leaves))
        if groups:
            self._disk.append(self.commitments_on_disk.groups_file, groups)
        rows = b"".join(map(StatusChange.encode, changes))
        entries = b"".join(LENGTH + leaf for leaf in leaves)
        for file, data in (
            (self.journal.file, rows),
            (self.commitments_file, added),
            (self.entries_file, entries),
        ):
            if data:
                self._disk.append(file, data)
                self._unsynced.add(file)
            if durable:  # the entries last, which name the others
                self.sync()

    def _reading_ahead(self, added: bytes) -> Callable[[int], bytes]:
        """Return a reader of commitments that knows those about to be added."""

        def find(record: int) -> bytes:
            at = (record - self.records) * COMMITMENT_BYTES
            if not 0 <= at < len(added):
                return self.commitment(record)
            return added[at : at + COMMITMENT_BYTES]

        return find

    def create(self, log_key: SigningKey) -> None:
        """Make the files of an empty log, with a signed checkpoint of size 0."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in (self.commitments_file, self.entries_file):
            self._disk.append(file, b"")
            self._disk.sync(file)
        self.check_append([])  # a log that is there already is not made over
        self.publish(self.signed(log_key))

    def recover(self) -> None:
        """Cut off what an interrupted writer left beyond the checkpoint."""
        for file, size in self._sizes():
            if file.exists() and size_of(file) > size:
                self._disk.truncate(file, size)
        for file in self.commitments_on_disk.stale():
            self._disk.remove(file)
        self._mend_derived()

    def rebuild_derived(self) -> None:
        """Make the derived files anew from entries and commitments."""
        self._tiles.rebuild(map(leaf_hash, self._leaves()))
        self._rebuild_groups()

    def sync_derived(self) -> None:
        """Make the derived files durable, so that the next to open them need not make them."""
        self._tiles.sync()
        if self.commitments_on_disk.groups_file.exists():
            self._disk.sync(self.commitments_on_disk.groups_file)

    def derived_files(self) -> list[tuple[Path, int]]:
        """Return each derived file and how many bytes of it belong to the loaded log."""
        tiles = self._tiles.files()
        sizes = [(file, self._tiles.bytes_of(level)) for level, file in enumerate(tiles)]
        sizes.append((self.commitments_on_disk.groups_file, self._groups_end * HASH_BYTES))
        return [(file, size) for file, size in sizes if size or file.exists()]

    def _mend_derived(self) -> None:
        """Bring derived files that are not of the size they should have back into step."""
        files = self.derived_files()
        sizes = [(file, size, file.stat().st_size if file.exists() else 0) for file, size in files]
        if self._tiles.in_memory or any(
            found != size for file, size, found in sizes if file.name != "groups"
        ):
            self._tiles.rebuild(map(leaf_hash, self._leaves()))
        if any(found != size for file, size, found in sizes if file.name == "groups"):
            self._rebuild_groups()

    def _rebuild_groups(self) -> None:
        file = self.commitments_on_disk.groups_file
        self._disk.remove(file)
        for sealed in self.batches():
            if groups_in(sealed.header.records):
                listed = self.commitments(sealed.start, sealed.header.records)
                self._disk.append(file, b"".join(group_roots([leaf_hash(c) for c in listed])))

    def _sizes(self) -> list[tuple[Path, int]]:
        """Return the files that grow, and the bytes of each that are acknowledged."""
        kept = self.records - self.commitments_on_disk.base
        return [
            (self.entries_file, self.size * ENTRY_BYTES),
            (self.commitments_file, kept * COMMITMENT_BYTES),
            (self.journal.file, self.journal.bytes_covered),
        ]


def create_log(folder: Path, disk: Disk, log_key: SigningKey, admit: Admission) -> Log:
    """Make an empty log in `folder`, with a signed checkpoint of size 0.

    Raises: EVIDENCE_DAMAGED where a log is there already.
    """
    log = Log(folder, disk, log_key.verifier, admit)
    log.create(log_key)
    return log


def open_log(folder: Path, disk: Disk, key: VerifierKey, admit: Admission) -> Log:
    """Open the log of `folder`, whose checkpoints `key` signs. Raises: as `Log.load`."""
    log = Log(folder, disk, key, admit)
    log.load()
    return log
