"""Every write of the log broken in turn: nothing acknowledged is lost, nothing else is shown."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.kernel.disk import Disk, FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import check_path, leaf_hash, root_of
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import (
    COMMITMENT_BYTES,
    ENTRY_BYTES,
    EXPIRED,
    IN_FORCE,
    SUPERSEDED,
    WITHDRAWN,
    Admission,
    Batch,
    Log,
    StatusChange,
    open_log,
    read_checkpoint,
)
from tallystick.ledger.log import INTERRUPTED
from tallystick.testing.disk import DiskFaultError, FaultyDisk, Mode, every_fault

Commitments = Callable[..., list[bytes]]
CALLS = 12  # two commits of six calls each; checked below
CHANGE_CALLS = 2 * 9  # the same with changes of status, and with groups in each batch


class Work:
    """What a writer does in these tests: two commits, of one batch and of two."""

    def __init__(
        self,
        folder: Path,
        provider: SigningKey,
        log_key: SigningKey,
        admit: Admission,
        commitments: Commitments,
    ) -> None:
        self.folder = folder
        self._provider = provider
        self._key = log_key
        self._admit = admit
        self._commitments = commitments

    def open(self, disk: Disk) -> Log:
        return open_log(self.folder, disk, self._key.verifier, self._admit)

    def commits(self, log: Log) -> list[list[Batch]]:
        made = [log.seal(self._provider, self._commitments(n, f"new{n}"), 9) for n in (4, 1, 6)]
        return [made[:1], made[1:]]

    def commit(self, log: Log, batches: list[Batch]) -> None:
        log.commit(batches, self._key)

    def write(self, disk: Disk) -> int:
        """Make both commits; return how many were acknowledged before one failed."""
        return self.write_to(self.open(disk))

    def write_to(self, log: Log) -> int:
        """Do the same with a log already open."""
        for done, batches in enumerate(self.commits(log)):
            try:
                self.commit(log, batches)
            except DiskFaultError:
                return done
        return 2


@pytest.fixture
def work(
    log: Log, provider: SigningKey, log_key: SigningKey, admit: Admission, commitments: Commitments
) -> Work:
    return Work(log.folder, provider, log_key, admit, commitments)


def check_whole(log: Log) -> None:
    """Recompute everything from the files, sharing nothing with the log but their layout."""
    entries, commitments = log.entries_file.read_bytes(), log.commitments_file.read_bytes()
    checkpoint = read_checkpoint(log.checkpoint_file)
    leaves = [log.entry(number) for number in range(log.size)]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    assert entries == b"".join(b"\x00\x82" + leaf for leaf in leaves)
    assert checkpoint.size == len(leaves)
    assert checkpoint.root == root_of(hashes)
    if log.size % 256:
        assert (log.folder / "tile-0").read_bytes() == b"".join(hashes)
    assert len(commitments) == log.records * COMMITMENT_BYTES
    at = 0
    for _, _, _, header in log.batches():
        end = at + header.records * COMMITMENT_BYTES
        listed = [commitments[n : n + COMMITMENT_BYTES] for n in range(at, end, COMMITMENT_BYTES)]
        assert root_of([leaf_hash(c) for c in listed]) == header.root
        at = end
    for record in range(log.records):
        proof = log.prove(record)
        [commitment] = log.commitments(record, 1)
        leaf = leaf_hash(commitment)
        check_path(proof.position, proof.header.records, leaf, proof.path, proof.header.root)


class WorkWithChanges(Work):
    """The same work, where each commit also changes what is in force, and batches have groups."""

    changes = (
        [StatusChange(0, SUPERSEDED, 9, 11), StatusChange(1, WITHDRAWN, 9, 2)],
        [StatusChange(0, IN_FORCE, 10), StatusChange(50, EXPIRED, 10)],
    )

    def commits(self, log: Log) -> list[list[Batch]]:
        made = [log.seal(self._provider, self._commitments(n, f"new{n}"), 9) for n in (40, 1, 33)]
        return [made[:1], made[1:]]

    def commit(self, log: Log, batches: list[Batch]) -> None:
        changes = self.changes[0 if log.records == 10 else 1]
        log.commit(batches, self._key, changes=changes, as_of=9)


@pytest.fixture
def changing(
    log: Log, provider: SigningKey, log_key: SigningKey, admit: Admission, commitments: Commitments
) -> WorkWithChanges:
    return WorkWithChanges(log.folder, provider, log_key, admit, commitments)


def check_stated(log: Log, done: int) -> None:
    """Check that the journal and its entry say what `done` commits with changes said."""
    rows = [row for some in WorkWithChanges.changes[:done] for row in some]
    assert log.journal.read(log.journal.entry.rows) == b"".join(row.encode() for row in rows)
    latest = {row.record: row for row in rows if row.status != IN_FORCE}
    for row in rows:
        if row.status == IN_FORCE:
            latest.pop(row.record, None)
    assert log.journal.standing == latest
    assert log.journal.tree.root() == log.journal.entry.root


def records_after(done: int) -> int:
    return (10, 14, 21)[done]


def test_the_order_of_writes_is_commitments_then_entries_then_the_checkpoint(work: Work) -> None:
    disk = FaultyDisk(FileDisk())
    assert work.write(disk) == 2
    assert [(call.name, call.path.name) for call in disk.calls[: CALLS // 2]] == [
        ("append", "tile-0"),
        ("append", "commitments"),
        ("sync", "commitments"),
        ("append", "entries"),
        ("sync", "entries"),
        ("replace", "checkpoint"),
    ]
    assert len(disk.calls) == CALLS


@pytest.mark.parametrize("power", ["kept", "lost"])
@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(CALLS)))
def test_after_any_fault_the_log_holds_what_was_acknowledged_and_nothing_half(
    fail_at: int, mode: Mode, power: str, work: Work
) -> None:
    disk = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
    done = work.write(disk)
    assert disk.failed
    assert done < 2
    if power == "lost":
        disk.lose_power()

    # Before anything is mended a reader sees what was acknowledged. Only a checkpoint that was
    # written although the disk said otherwise shows its commit, and then all of it.
    written = mode == "persisted_but_error" and disk.calls[fail_at - 1].name == "replace"
    log = work.open(FileDisk())
    assert log.records == records_after(done + 1 if written else done)

    log.recover()
    check_whole(log)
    again = work.open(FileDisk())
    for batches in work.commits(again)[(10, 14, 21).index(again.records) :]:
        work.commit(again, batches)
    check_whole(again)
    check_whole(work.open(FileDisk()))


def test_changes_of_status_are_durable_before_what_states_them(changing: WorkWithChanges) -> None:
    disk = FaultyDisk(FileDisk())
    assert changing.write(disk) == 2
    assert [(call.name, call.path.name) for call in disk.calls[: CHANGE_CALLS // 2]] == [
        ("append", "tile-0"),
        ("append", "groups"),
        ("append", "status"),
        ("sync", "status"),
        ("append", "commitments"),
        ("sync", "commitments"),
        ("append", "entries"),
        ("sync", "entries"),
        ("replace", "checkpoint"),
    ]
    assert len(disk.calls) == CHANGE_CALLS
    check_stated(changing.open(FileDisk()), 2)


@pytest.mark.parametrize("power", ["kept", "lost"])
@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(CHANGE_CALLS)))
def test_after_any_fault_the_log_states_what_was_acknowledged_and_nothing_half(
    fail_at: int, mode: Mode, power: str, changing: WorkWithChanges
) -> None:
    disk = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
    done = changing.write(disk)
    assert disk.failed
    assert done < 2
    if power == "lost":
        disk.lose_power()
    if mode == "persisted_but_error" and disk.calls[fail_at - 1].name == "replace":
        done += 1
    log = changing.open(FileDisk())
    assert log.records == (10, 50, 84)[done]
    check_stated(log, done)
    for record in range(log.records):
        log.prove(record)
    log.recover()
    check_whole(log)
    again = changing.open(FileDisk())
    for batches in changing.commits(again)[done:]:
        changing.commit(again, batches)
    for one in (again, changing.open(FileDisk())):
        check_whole(one)
        check_stated(one, 2)
    assert (again.folder / "groups").stat().st_size == (2 + 2) * 32


def test_a_log_whose_disk_failed_forgets_nothing_it_took_in_when_it_is_opened_anew(
    changing: WorkWithChanges,
) -> None:
    """The tree in memory is ahead of the files then; nobody gets to see it."""
    log = changing.open(FaultyDisk(FileDisk(), 3, "not_persisted"))
    assert changing.write_to(log) == 0
    with pytest.raises(TallyError) as refusal:
        changing.commit(log, changing.commits(log)[0])
    assert refusal.value.reason is INTERRUPTED
    again = changing.open(FileDisk())
    check_stated(again, 0)
    again.recover()
    assert not again.journal.file.exists() or again.journal.file.stat().st_size == 0


@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(CALLS)))
def test_after_a_fault_the_same_log_writes_no_more_until_it_is_opened_anew(
    fail_at: int, mode: Mode, work: Work
) -> None:
    disk = FaultyDisk(FileDisk(), fail_at, mode)  # the disk itself is well again at once
    log = work.open(disk)
    work.write_to(log)
    assert disk.failed
    before = {path.name: path.read_bytes() for path in work.folder.iterdir()}
    for batches in work.commits(log):
        with pytest.raises(TallyError) as refusal:
            work.commit(log, batches)
        assert refusal.value.reason is INTERRUPTED
    assert {path.name: path.read_bytes() for path in work.folder.iterdir()} == before
    again = work.open(FileDisk())
    again.recover()
    check_whole(again)


@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(2)))
def test_recovery_can_break_anywhere_and_be_done_again(
    fail_at: int, mode: Mode, work: Work
) -> None:
    torn = FaultyDisk(FileDisk(), 6, "torn", lasting=True)
    assert work.write(torn) == 0
    assert (work.folder / "entries").stat().st_size == 7 * ENTRY_BYTES
    disk = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
    with pytest.raises(DiskFaultError):
        work.open(disk).recover()
    log = work.open(FileDisk())
    assert log.records == 10
    log.recover()
    check_whole(log)
    log.recover()
    check_whole(log)


def test_recovery_of_a_sound_log_touches_nothing(work: Work) -> None:
    disk = FaultyDisk(FileDisk())
    work.open(disk).recover()
    assert disk.calls == []


def test_any_cut_an_interrupted_append_can_leave_is_recovered(work: Work, tmp_path: Path) -> None:
    sound = tmp_path / "sound"
    shutil.copytree(work.folder, sound)
    assert work.write(FaultyDisk(FileDisk(), 6, "not_persisted", lasting=True)) == 0
    longer = {name: (work.folder / name).read_bytes() for name in ("entries", "commitments")}
    for name, data in longer.items():
        base = len((sound / name).read_bytes())
        for size in range(base, len(data) + 1, 7):
            shutil.copytree(sound, work.folder, dirs_exist_ok=True)
            (work.folder / name).write_bytes(data[:size])
            log = work.open(FileDisk())
            log.recover()
            check_whole(log)
            assert (work.folder / name).stat().st_size == base
