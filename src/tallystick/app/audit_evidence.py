"""The part of an audit that reads evidence alone: entries, journal of status, derived files.

Owns what is asked of them beyond the root of the checkpoint: times and counts that never go back,
each status entry as the journal up to there gives it, every derived byte as it follows from the
rest, and the standing of the records as the records themselves give it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from tallystick.app import damage, standing
from tallystick.app.cosigned import check_cosigned
from tallystick.app.freshness import STANDINGS
from tallystick.app.store import Store
from tallystick.app.workspace import LAW_TIME
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import HASH_BYTES, leaf_hash, root_of
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    ENTRY_BYTES,
    IN_FORCE,
    STATUS_NAMES,
    Log,
    StatusChange,
    StatusEntry,
    decode_status_entry,
    is_status_entry,
)
from tallystick.ledger.commitments import group_roots, groups_in
from tallystick.ledger.status import FIRST_STATUS, ROW_BYTES, chain, decode_rows
from tallystick.ledger.status_journal import apply_changes
from tallystick.ledger.status_tree import StatusTree
from tallystick.ledger.tile_files import expected_tiles
from tallystick.ledger.witness import Claim, check_dates

Damage = Callable[..., None]
"""Notes a fault: (file, byte, what, record number)."""

STANDING_DIFFERS = Reason(
    "standing_differs",
    Text(
        "第 {record} 条记录在账本上的状态是 {stated}，按记录应为 {follows}",
        "the ledger states record {record} as {stated}; by the records it is {follows}",
    ),
    "docs/spec/ledger.md",
    Text("请向运营方查询。", "Ask the operator."),
)
_BY = Text("{name}（起因：第 {by} 条记录）", "{name} by record {by}")


def changed_entry(log: Log, entries: bytes, checkpoint: Checkpoint) -> int:
    """Return which entry was changed, as far as the hashes on disk still tell: else 0."""
    file = log.folder / "tile-0"
    hashes = file.read_bytes()[: checkpoint.size * HASH_BYTES] if file.exists() else b""
    row = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    if root_of(row) != checkpoint.root:
        return 0
    leaves = (entries[at + 2 : at + ENTRY_BYTES] for at in range(0, len(entries), ENTRY_BYTES))
    changed = (n for n, (a, b) in enumerate(zip(leaves, row, strict=False)) if leaf_hash(a) != b)
    return next(changed, 0)


def check_order(stated: list[tuple[int, StatusEntry]], note: Damage) -> None:
    """Check that no status entry, each with its place, takes back what one before it stated."""
    before = FIRST_STATUS
    for number, entry in stated:
        sound = (
            before.covered <= entry.covered <= number
            and entry.as_of >= before.as_of
            and entry.rows >= before.rows
        )
        if not sound:
            note("evidence/entries", number * ENTRY_BYTES, damage.STATUS_ORDER)
            return
        before = entry


def check_journal(store: Store, note: Damage) -> None:
    """Check each status entry of the loaded log against the journal up to there."""
    log = store.log
    before, tree = FIRST_STATUS, StatusTree()
    size = log.journal.file.stat().st_size if log.journal.file.exists() else 0
    if size > log.journal.bytes_covered and not store.paths.writing.exists():
        note("evidence/status", log.journal.bytes_covered, damage.BEYOND)
    data = log.journal.read(log.journal.entry.rows)
    for number in range(log.size):
        leaf = log.entry(number)
        if not is_status_entry(leaf):
            continue
        entry = decode_status_entry(leaf)
        rows = data[before.rows * ROW_BYTES : entry.rows * ROW_BYTES]
        cut = [rows[at : at + ROW_BYTES] for at in range(0, len(rows), ROW_BYTES)]
        if chain(before.journal, cut) != entry.journal:
            note("evidence/status", before.rows * ROW_BYTES, damage.JOURNAL)
            return
        apply_changes(decode_rows(rows), {}, tree, log.commitment)
        if (tree.root(), len(tree)) != (entry.root, entry.records):
            note("evidence/entries", number * ENTRY_BYTES, damage.STATUS_ROOT)
            return
        before = entry


def check_derived_files(store: Store, note: Damage) -> None:
    """Compare the files of hashes, byte by byte, with what entries and commitments give.

    A ledger of the version before has none, until its next commit states what is in force.
    """
    log = store.log
    older = log.size > 0 and not is_status_entry(log.entry(log.size - 1))
    if older and not any(file.exists() for file, _ in log.derived_files()):
        return
    leaves = (leaf_hash(log.entry(number)) for number in range(log.size))
    expected = {f"tile-{level}": row for level, row in enumerate(expected_tiles(leaves))}
    expected["groups"] = b"".join(_groups(store))
    for file, size in log.derived_files():
        _compare(file, size, expected.get(file.name, b""), note)


def _groups(store: Store) -> Iterator[bytes]:
    for batch in store.log.batches():
        if groups_in(batch.header.records) and batch.start >= store.log.commitments_on_disk.base:
            listed = store.log.commitments(batch.start, batch.header.records)
            yield from group_roots([leaf_hash(one) for one in listed])
        elif groups_in(batch.header.records):
            yield bytes(HASH_BYTES) * groups_in(batch.header.records)


def _compare(file: Path, size: int, wanted: bytes, note: Damage) -> None:
    found = file.read_bytes() if file.exists() else b""
    if found[:size] == wanted and len(found) == size:
        return
    if sha256(found[:size]).digest() == sha256(wanted).digest():
        offset = size
    else:
        pairs = enumerate(zip(found, wanted, strict=False))
        offset = next((at for at, (a, b) in pairs if a != b), min(len(found), len(wanted)))
    note(f"evidence/{file.name}", offset, damage.DERIVED)


def check_times(store: Store) -> Iterator[TallyError]:
    """Yield each batch of the loaded log whose claimed time cosignatures contradict.

    Raises: EVIDENCE_DAMAGED for a cosigned checkpoint that is not one of this log.
    """
    if cosigned := check_cosigned(store):
        claims = (Claim(batch.entry, batch.header.sealed_at) for batch in store.log.batches())
        yield from check_dates(claims, cosigned)


def differing_standing(store: Store) -> Iterator[tuple[int, Text, Text]]:
    """Yield each record whose stated standing is not what its records give, as of that day.

    Both in words, with the record that is the cause: stated, and as it follows. Nothing is said of
    a ledger whose newest checkpoint does not speak of all its records.
    """
    entry = store.log.journal.entry
    if entry.covered < store.log.entries_holding(store.log.records) or not store.log.records:
        return
    day = datetime.fromtimestamp(entry.as_of, LAW_TIME).date().toordinal()
    for change in standing.all_changes(store, entry.as_of, day):
        stated = store.log.journal.standing.get(change.record)
        yield change.record, _in_words(stated), _in_words(change)


def _in_words(change: StatusChange | None) -> Text:
    name = STANDINGS[STATUS_NAMES[change.status if change else IN_FORCE]]
    if change is None or change.by < 0:
        return name
    return _BY.fill(name=name, by=change.by)
