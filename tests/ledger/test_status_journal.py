"""The journal of status: every byte of it is accounted for, and the tree follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ledger import naive_status as naive

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import (
    ERASED,
    EVIDENCE_DAMAGED,
    EXPIRED,
    IN_FORCE,
    SUPERSEDED,
    WITHDRAWN,
    Admission,
    Log,
    StatusChange,
    open_log,
)
from tallystick.ledger.status import EMPTY_DIGEST, EMPTY_TREE, FIRST_STATUS, ROW_BYTES, chain
from tallystick.ledger.status_journal import StatusJournal

CHANGES = [
    StatusChange(0, SUPERSEDED, 10, 4),
    StatusChange(1, WITHDRAWN, 11, 5),
    StatusChange(2, EXPIRED, 12),
    StatusChange(3, ERASED, 13, 9),
    StatusChange(0, IN_FORCE, 14),
]


def of(record: int) -> bytes:
    return naive.commitment_of(record)


def told(changes: list[StatusChange]) -> dict[bytes, bytes]:
    """Return what the tree must hold after `changes`, by the words of the specification."""
    held: dict[bytes, bytes] = {}
    for change in changes:
        key = naive.key_of(of(change.record))
        held.pop(key, None)
        if change.status != IN_FORCE:
            by = bytes(32) if change.by < 0 else of(change.by)
            held[key] = naive.value_of(change.status, change.since, by)
    return held


@pytest.fixture
def written(log: Log, log_key: SigningKey) -> Log:
    """A log whose journal has five rows, sealed in two commits."""
    log.commit([], log_key, changes=CHANGES[:2], as_of=20)
    log.commit([], log_key, changes=CHANGES[2:], as_of=21)
    return log


def opened(log: Log, admit: Admission) -> Log:
    return open_log(log.folder, FileDisk(), log.key, admit)


def test_the_file_holds_the_rows_in_the_order_they_were_sealed(written: Log) -> None:
    assert written.journal.file.read_bytes() == b"".join(change.encode() for change in CHANGES)
    assert ROW_BYTES == 25


def test_the_entry_states_rows_digest_root_and_count(written: Log) -> None:
    entry = written.journal.entry
    held = {
        naive.key_of(written.commitment(change.record)): naive.value_of(
            change.status,
            change.since,
            bytes(32) if change.by < 0 else written.commitment(change.by),
        )
        for change in CHANGES[1:4]
    }
    assert (entry.rows, entry.records, entry.as_of) == (5, 3, 21)
    assert entry.journal == chain(EMPTY_DIGEST, [change.encode() for change in CHANGES])
    assert entry.root == naive.root_of(held)
    assert written.journal.standing == {change.record: change for change in CHANGES[1:4]}


def test_the_tree_is_made_of_any_number_of_rows(written: Log) -> None:
    journal = StatusJournal(written.folder, of)
    for rows in (*range(6), 2, 0, 5, 2):
        assert journal.tree_at(rows).root() == naive.root_of(told(CHANGES[:rows]))


def test_of_one_record_the_last_change_of_a_commit_counts(log: Log, log_key: SigningKey) -> None:
    both = [StatusChange(1, EXPIRED, 3), StatusChange(1, SUPERSEDED, 4, 2)]
    log.commit([], log_key, changes=both, as_of=5)
    assert log.journal.standing == {1: both[1]}
    log.commit([], log_key, changes=[*both, StatusChange(1, IN_FORCE, 6)], as_of=6)
    assert log.journal.standing == {}
    assert (log.journal.entry.root, log.journal.entry.records) == (EMPTY_TREE, 0)
    assert log.journal.entry.rows == 5, "what was said stays in the journal"


def test_a_log_opened_anew_has_the_same_journal(written: Log, admit: Admission) -> None:
    again = opened(written, admit)
    assert again.journal.entry == written.journal.entry
    assert again.journal.standing == written.journal.standing
    assert again.journal.tree.root() == written.journal.tree.root()


def test_a_log_is_opened_without_its_journal_and_names_it_when_it_is_asked(
    written: Log, admit: Admission
) -> None:
    written.journal.file.unlink()
    again = opened(written, admit)
    with pytest.raises(TallyError) as refusal:
        again.prove(0)
    assert refusal.value.reason is EVIDENCE_DAMAGED
    assert refusal.value.facts["file"] == "status"


def test_a_changed_bit_of_the_journal_is_refused(written: Log, admit: Admission) -> None:
    good = written.journal.file.read_bytes()
    for bit in range(len(good) * 8):
        spoiled = bytearray(good)
        spoiled[bit // 8] ^= 1 << bit % 8
        written.journal.file.write_bytes(spoiled)
        assert_damaged(written, admit)


@pytest.mark.parametrize("size", [0, 1, 24, 25, 26, 100, 124])
def test_a_journal_that_was_cut_is_refused(size: int, written: Log, admit: Admission) -> None:
    good = written.journal.file.read_bytes()
    written.journal.file.write_bytes(good[:size])
    assert_damaged(written, admit)


def test_rows_that_changed_places_are_refused(written: Log, admit: Admission) -> None:
    rows = [change.encode() for change in (CHANGES[1], CHANGES[0], *CHANGES[2:])]
    written.journal.file.write_bytes(b"".join(rows))
    assert_damaged(written, admit)


def assert_damaged(log: Log, admit: Admission) -> None:
    again = opened(log, admit)
    for ask in (lambda: again.journal.standing, lambda: again.journal.tree, lambda: again.prove(1)):
        with pytest.raises(TallyError) as refusal:
            ask()
        assert refusal.value.reason is EVIDENCE_DAMAGED
        assert refusal.value.facts["file"] == "status"


def test_a_journal_by_which_nobody_has_ended_any_more_is_held_to_its_digest_too(
    log: Log, log_key: SigningKey, admit: Admission
) -> None:
    back = [StatusChange(1, EXPIRED, 3), StatusChange(1, IN_FORCE, 4)]
    log.commit([], log_key, changes=back, as_of=5)
    assert log.journal.entry.root == EMPTY_TREE
    good = log.journal.file.read_bytes()
    for at in range(len(good)):
        log.journal.file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert_damaged(log, admit)


@pytest.mark.parametrize("more", [b"\x00", bytes(25), bytes(26)])
def test_rows_beyond_the_entry_count_for_nothing_and_nothing_is_written_after_them(
    more: bytes, written: Log, log_key: SigningKey, admit: Admission
) -> None:
    FileDisk().append(written.journal.file, more)
    again = opened(written, admit)
    assert again.journal.standing == written.journal.standing
    with pytest.raises(TallyError) as refusal:
        again.commit([], log_key, changes=[StatusChange(4, EXPIRED, 3)], as_of=30)
    assert refusal.value.reason is EVIDENCE_DAMAGED
    again.recover()
    assert again.journal.file.stat().st_size == 5 * ROW_BYTES
    again.commit([], log_key, changes=[StatusChange(4, EXPIRED, 3)], as_of=30)
    assert opened(again, admit).journal.standing[4].status == EXPIRED


def test_a_time_is_never_taken_back(written: Log, log_key: SigningKey) -> None:
    before = written.journal.entry
    written.commit([], log_key, as_of=1)
    assert written.journal.entry == before._replace(covered=written.journal.entry.covered)
    written.commit([], log_key, as_of=99)
    assert written.journal.entry.as_of == 99


def test_a_time_is_never_before_what_a_batch_of_the_commit_claims(
    log: Log, provider: SigningKey, log_key: SigningKey, tmp_path: Path
) -> None:
    del tmp_path
    log.commit([log.seal(provider, [of(1)], 1_000)], log_key, as_of=7)
    assert log.journal.entry.as_of == 1_000


def test_a_journal_that_nobody_wrote_states_nothing(tmp_path: Path) -> None:
    journal = StatusJournal(tmp_path, of)
    assert journal.entry == FIRST_STATUS
    assert journal.standing == {}
    assert journal.tree.root() == journal.tree_at(0).root() == EMPTY_TREE
    assert journal.bytes_covered == 0
    assert not journal.file.exists()


def test_a_change_may_name_records_of_its_own_commit(
    log: Log, provider: SigningKey, log_key: SigningKey, admit: Admission
) -> None:
    new = [of(100), of(101), of(102)]
    first = log.records
    changes = [StatusChange(0, SUPERSEDED, 9, first + 2), StatusChange(first, WITHDRAWN, 9, 0)]
    log.commit([log.seal(provider, new, 9)], log_key, changes=changes, as_of=9)
    for one in (log, opened(log, admit)):
        held = {
            naive.key_of(one.commitment(0)): naive.value_of(1, 9, new[2]),
            naive.key_of(new[0]): naive.value_of(2, 9, one.commitment(0)),
        }
        assert one.journal.tree.root() == one.journal.entry.root == naive.root_of(held)


def test_a_change_to_what_is_not_there_is_refused_before_anything_is_written(
    log: Log, log_key: SigningKey
) -> None:
    before = {path.name: path.read_bytes() for path in log.folder.iterdir()}
    for change in (
        StatusChange(log.records, EXPIRED, 1),
        StatusChange(0, EXPIRED, 1, 99),
        StatusChange(0, 5, 1),  # no such status
    ):
        with pytest.raises(TallyError):
            log.commit([], log_key, changes=[change], as_of=9)
        assert {path.name: path.read_bytes() for path in log.folder.iterdir()} == before
