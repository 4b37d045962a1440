"""The journal of status changes on disk, and the tree that follows from it.

Owns the file `status`: 25 bytes a change, in the order they were sealed. The newest status entry of
the log states how many rows there are, their digest and the root of the tree, so that every byte is
accounted for. The tree is made when it is first asked for; a log is opened without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tallystick.kernel.merkle import HASH_BYTES
from tallystick.kernel.texts import Text
from tallystick.ledger.evidence import EVIDENCE_DAMAGED, TOO_SHORT
from tallystick.ledger.status import (
    ERASED,
    FIRST_STATUS,
    IN_FORCE,
    ROW_BYTES,
    StatusChange,
    StatusEntry,
    chain,
    decode_rows,
    status_key,
    status_value,
)
from tallystick.ledger.status_tree import StatusTree

_STATUS_AT = 8  # the byte of a row that says the status
CommitmentOf = Callable[[int], bytes]
"""The commitment of a record, by its number."""


class StatusJournal:
    """The changes of status sealed in one log.

    entry: the newest status entry; standing: record number -> its change, of all records that are
    not in force any more.
    """

    def __init__(self, folder: Path, commitment: CommitmentOf) -> None:
        self.file = folder / "status"
        self.entry: StatusEntry = FIRST_STATUS
        self._commitment = commitment
        self._standing: dict[int, StatusChange] | None = None
        self._erased: dict[int, StatusChange] | None = None
        self._tree = StatusTree()
        self._older: tuple[int, StatusTree] = (0, StatusTree())

    @property
    def bytes_covered(self) -> int:
        """Bytes of the file that the newest status entry covers."""
        return self.entry.rows * ROW_BYTES

    @property
    def standing(self) -> dict[int, StatusChange]:
        """The change of each record that is not in force. Raises: EVIDENCE_DAMAGED."""
        return self._loaded()[0]

    @property
    def erased(self) -> dict[int, StatusChange]:
        """The change of each record that was erased. Raises: EVIDENCE_DAMAGED.

        Where none ever was, which is told by a look at the rows, no tree is made.
        """
        if self._erased is None:
            some = ERASED in self.read(self.entry.rows)[_STATUS_AT::ROW_BYTES]
            standing = self.standing if some else {}
            self._erased = {n: one for n, one in standing.items() if one.status == ERASED}
        return self._erased

    @property
    def tree(self) -> StatusTree:
        """The tree of the newest status entry. Raises: EVIDENCE_DAMAGED."""
        return self._loaded()[1]

    def tree_at(self, rows: int) -> StatusTree:
        """Return the tree as it was after that many rows. Raises: EVIDENCE_DAMAGED."""
        if rows == self.entry.rows:
            return self.tree
        if rows == 0:
            return StatusTree()
        if self._older[0] != rows:
            tree = StatusTree()
            apply_changes(decode_rows(self.read(rows)), {}, tree, self._commitment)
            self._older = (rows, tree)
        return self._older[1]

    def read(self, rows: int) -> bytes:
        """Return the first `rows` rows. Raises: EVIDENCE_DAMAGED."""
        data = b""
        if rows:
            try:
                with self.file.open("rb") as opened:
                    data = opened.read(rows * ROW_BYTES)
            except FileNotFoundError:
                pass
        if len(data) != rows * ROW_BYTES:
            raise EVIDENCE_DAMAGED.error(file="status", offset=len(data), what=TOO_SHORT)
        return data

    def changed(
        self, changes: Sequence[StatusChange], covered: int, as_of: int, commitment: CommitmentOf
    ) -> StatusEntry:
        """Take `changes` in and return the status entry that states them; nothing is written.

        commitment: as the log will hold it once they are sealed. After a write that failed the
        journal must be loaded anew.
        """
        if changes:
            standing, tree = self._loaded()
            erased = {one.record: one for one in changes if one.status == ERASED}
            self._erased = {**self.erased, **erased}
            apply_changes(changes, standing, tree, commitment)
            journal = chain(self.entry.journal, (change.encode() for change in changes))
            root, held = tree.root(), len(tree)
        else:
            journal, root, held = self.entry.journal, self.entry.root, self.entry.records
        rows = self.entry.rows + len(changes)
        return StatusEntry(covered, max(as_of, self.entry.as_of), rows, journal, root, held)

    def _loaded(self) -> tuple[dict[int, StatusChange], StatusTree]:
        if self._standing is None:
            data = self.read(self.entry.rows)
            digest = chain(
                FIRST_STATUS.journal,
                (data[at : at + ROW_BYTES] for at in range(0, len(data), ROW_BYTES)),
            )
            standing: dict[int, StatusChange] = {}
            tree = StatusTree()
            if digest == self.entry.journal:
                apply_changes(decode_rows(data), standing, tree, self._commitment)
            if digest != self.entry.journal or tree.root() != self.entry.root:
                raise EVIDENCE_DAMAGED.error(file="status", offset=0, what=Text("摘要", "digest"))
            self._standing, self._tree = standing, tree
        return self._standing, self._tree


def apply_changes(
    changes: Iterable[StatusChange],
    standing: dict[int, StatusChange],
    tree: StatusTree,
    commitment: CommitmentOf,
) -> None:
    """Take `changes` into `standing` and `tree`, of one record the last.

    Raises: EVIDENCE_DAMAGED for a status there is not; what `commitment` raises.
    """
    latest = {change.record: change for change in changes}
    for record, change in latest.items():
        if not IN_FORCE <= change.status <= ERASED:
            raise EVIDENCE_DAMAGED.error(file="status", offset=0, what=Text("状态", "a status"))
        key = status_key(commitment(record))
        if change.status == IN_FORCE:
            standing.pop(record, None)
            tree.update([(key, None)])
        else:
            standing[record] = change
            by = commitment(change.by) if change.by >= 0 else bytes(HASH_BYTES)
            tree.update([(key, status_value(change.status, change.since, by))])
