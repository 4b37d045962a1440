"""A log proves rightly whatever happened to its derived files, and under any of its checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.ledger import naive_status as naive

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import check_consistency, check_path, leaf_hash, root_of
from tallystick.kernel.notes import Checkpoint, write_checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import (
    EVIDENCE_DAMAGED,
    EXPIRED,
    IN_FORCE,
    SUPERSEDED,
    WITHDRAWN,
    Admission,
    Batch,
    Log,
    StatusChange,
    check_status_proof,
    commitment_of,
    create_log,
    decode_status_entry,
    is_status_entry,
    open_log,
    sign_header,
)
from tallystick.ledger.log_reader import NO_SUCH_RECORD

DISK = FileDisk()
HOW = ("missing", "empty", "short", "longer", "zeroed", "first bit", "middle bit", "last bit")
Grow = Callable[[Path, int], Log]


@pytest.fixture(scope="module")
def grow() -> Grow:
    """Return a maker of logs with so many entries: batches of one record, many to a commit.

    The last batch but one has 40 records, so that there are groups. The signature of every batch is
    the same one, and nobody asks for it here.
    """
    key = SigningKey("example.org/ledger", bytes([1]) * 32)
    provider = SigningKey(f"{key.name}/provider", bytes([2]) * 32)
    signed_once = sign_header(key.name, provider, [bytes(32)], 5)

    def make(folder: Path, entries: int) -> Log:
        log = create_log(folder, DISK, key, lambda *_: None)
        while log.size < entries:
            count = min(4_000, entries - log.size - 1)
            some = []
            for number in range(count):
                last = log.size + number == entries - 3
                listed = [
                    commitment_of(bytes(32), f"{log.size + number} {n}".encode())
                    for n in range(40 if last else 1)
                ]
                root = root_of([leaf_hash(one) for one in listed])
                some.append(Batch(signed_once._replace(records=len(listed), root=root), listed))
            log.commit(some, key, as_of=5)
        assert log.size == entries
        return log

    return make


def opened(log: Log) -> Log:
    return open_log(log.folder, DISK, log.key, lambda *_: None)


def spoil(file: Path, how: str) -> None:
    good = file.read_bytes()
    if how == "missing":
        file.unlink()
        return
    at = {"first bit": 0, "middle bit": len(good) // 2, "last bit": len(good) - 1}.get(how, 0)
    file.write_bytes(
        {
            "empty": b"",
            "short": good[:-1],
            "longer": good + bytes(33),
            "zeroed": bytes(len(good)),
        }.get(how, good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
    )


def some_records(log: Log) -> Iterator[int]:
    yield from sorted({0, 1, log.records // 3, log.records // 2, log.records - 41, log.records - 1})


def check(log: Log, record: int, under: Checkpoint | None = None) -> None:
    proof = log.prove(record, under)
    top, header = proof.checkpoint, proof.header
    leaf = leaf_hash(log.commitment(record))
    check_path(proof.position, header.records, leaf, proof.path, header.root)
    check_path(proof.entry, top.size, leaf_hash(header.encode()), proof.entry_path, top.root)
    if proof.status is not None:
        status = proof.status
        check_path(top.size - 1, top.size, leaf_hash(status.entry), status.path, top.root)
        root = decode_status_entry(status.entry).root
        check_status_proof(status.tree, root, log.commitment(record))


# -- sizes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [5, 255, 256, 257, 511, 512, 513, 65_536, 65_540])
def test_a_log_of_any_size_is_opened_and_proved(size: int, tmp_path: Path, grow: Grow) -> None:
    log = grow(tmp_path, size)
    leaves = [log.entry(number) for number in range(size)]
    assert log.checkpoint is not None
    assert log.checkpoint.root == root_of([leaf_hash(leaf) for leaf in leaves])
    again = opened(log)
    assert (again.size, again.records) == (log.size, log.records)
    for record in some_records(log):
        check(again, record)
        assert again.prove(record) == log.prove(record)
    again.commit([], SigningKey(log.origin, bytes([1]) * 32), as_of=6)
    assert opened(again).size == size + 1


@pytest.mark.parametrize("size", [255, 256, 257, 65_537])
def test_a_longer_log_shows_that_it_goes_on_from_every_shorter_one(
    size: int, tmp_path: Path, grow: Grow
) -> None:
    log = grow(tmp_path, size)
    for old in sorted({0, 1, 2, 100, 254, 255, 256, size // 2, size - 1, size}):
        if old <= size:
            check_consistency(old, size, log.root(old), log.root(size), log.consistency(old, size))
    with pytest.raises(TallyError):
        check_consistency(3, size, log.root(4), log.root(size), log.consistency(3, size))


# -- derived files -------------------------------------------------------------------------------


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ["tile-0", "tile-1", "groups"])
@pytest.mark.parametrize("size", [256, 600])
def test_a_wrong_derived_file_makes_no_wrong_proof_and_is_mended(
    size: int, name: str, how: str, tmp_path: Path, grow: Grow
) -> None:
    log = grow(tmp_path, size)
    good = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    wanted = {record: log.prove(record) for record in some_records(log)}
    spoil(tmp_path / name, how)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    reader = opened(log)
    for record, proof in wanted.items():
        assert reader.prove(record) == proof
        check(reader, record)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before, "a reader wrote"
    writer = opened(log)
    writer.commit([], SigningKey(log.origin, bytes([1]) * 32), as_of=6)
    for record in wanted:
        check(writer, record)
        check(opened(writer), record)
    writer.rebuild_derived()
    fresh = grow(tmp_path / "fresh", size)
    fresh.commit([], SigningKey(log.origin, bytes([1]) * 32), as_of=6)
    for file, count in writer.derived_files():
        assert file.read_bytes() == (fresh.folder / file.name).read_bytes(), file.name
        assert file.stat().st_size == count
    assert good.keys() >= {"tile-0", "tile-1", "groups"}


@pytest.mark.parametrize("how", ["missing", "short", "longer", "zeroed", "last bit"])
@pytest.mark.parametrize("name", ["tile-0", "tile-1"])
def test_what_is_wrong_at_the_edge_is_mended_by_the_next_writer(
    name: str, how: str, tmp_path: Path, grow: Grow
) -> None:
    """Opening reads the right edge; what is wrong there never outlives a commit."""
    log = grow(tmp_path, 600)
    spoil(tmp_path / name, how)
    writer = opened(log)
    writer.commit([], SigningKey(log.origin, bytes([1]) * 32), as_of=6)
    leaves = [leaf_hash(writer.entry(number)) for number in range(writer.size)]
    assert (tmp_path / "tile-0").read_bytes() == b"".join(leaves)
    assert (tmp_path / "tile-1").read_bytes() == root_of(leaves[:256]) + root_of(leaves[256:512])


def test_an_entry_that_was_changed_is_found_when_it_is_proved_if_not_when_it_is_opened(
    tmp_path: Path, grow: Grow
) -> None:
    """Opening a log of any size reads its right edge; a proof is checked before it is given."""
    log = grow(tmp_path, 600)
    data = bytearray(log.entries_file.read_bytes())
    data[100 * 132 + 2 + 30] ^= 1  # within the root of a batch long ago
    log.entries_file.write_bytes(data)
    again = opened(log)
    with pytest.raises(TallyError) as refusal:
        again.prove(100)
    assert refusal.value.reason is EVIDENCE_DAMAGED
    data[100 * 132 + 2 + 30] ^= 1
    data[599 * 132 + 2 + 40] ^= 1  # within the right edge
    log.entries_file.write_bytes(data)
    with pytest.raises(TallyError) as refusal:
        opened(log)
    assert refusal.value.reason is EVIDENCE_DAMAGED


# -- under older checkpoints ---------------------------------------------------------------------


def signed(log: Log, size: int, key: SigningKey) -> Checkpoint:
    return write_checkpoint(log.origin, size, log.root(size), [key])


def test_a_record_is_proved_under_every_checkpoint_with_its_status_of_then(
    log: Log, log_key: SigningKey
) -> None:
    rows = [
        [StatusChange(0, SUPERSEDED, 10, 4)],
        [StatusChange(1, WITHDRAWN, 11, 5), StatusChange(0, EXPIRED, 11)],
        [StatusChange(0, IN_FORCE, 12)],
        [],
    ]
    stated: list[tuple[Checkpoint, int, int]] = []
    for number, changes in enumerate(rows):
        top = log.commit([], log_key, changes=changes, as_of=20 + number)
        stated.append((top, (1, 3, 0, 0)[number], (0, 2, 2, 2)[number]))
    for top, first, second in [*stated, *stated[::-1]]:
        for record, status in ((0, first), (1, second), (9, IN_FORCE)):
            proof = log.prove(record, top)
            assert proof.checkpoint == top
            check(log, record, top)
            assert proof.status is not None
            entry = decode_status_entry(proof.status.entry)
            said = check_status_proof(proof.status.tree, entry.root, log.commitment(record))
            assert said.status == status
            assert entry.as_of == 20 + [one for one, _, _ in stated].index(top)


def test_no_record_is_proved_under_a_checkpoint_from_before_it(
    log: Log, log_key: SigningKey
) -> None:
    for size in range(1, log.size + 1):
        top = signed(log, size, log_key)
        for record in range(log.records):
            if log.entry_of(record) < size:
                check(log, record, top)
            else:
                with pytest.raises(TallyError) as refusal:
                    log.prove(record, top)
                assert refusal.value.reason is NO_SUCH_RECORD
    beyond = write_checkpoint(log.origin, log.size + 1, bytes(32), [log_key])
    with pytest.raises(TallyError):
        log.prove(0, beyond)


def test_a_checkpoint_of_another_ledger_gets_no_proof(log: Log, log_key: SigningKey) -> None:
    other = write_checkpoint(log.origin, 3, bytes(32), [log_key])
    with pytest.raises(TallyError) as refusal:
        log.prove(0, other)
    assert refusal.value.reason is EVIDENCE_DAMAGED


def test_entries_are_counted_for_whole_batches_only(log: Log, log_key: SigningKey) -> None:
    found = [log.entries_holding(records) for records in range(12)]
    assert found == [0, -1, -1, 1, -1, -1, -1, -1, 2, -1, 4, -1]
    log.commit([], log_key, as_of=9)
    assert log.entries_holding(10) == 4, "an entry that adds no record is not counted"


def test_a_time_that_goes_back_is_held_where_it_was(log: Log, log_key: SigningKey) -> None:
    times = []
    for as_of in (50, 40, 0, 60):
        log.commit([], log_key, as_of=as_of)
        times.append(decode_status_entry(log.entry(log.size - 1)).as_of)
    assert times == [50, 50, 50, 60]


def test_an_unsettled_commit_states_again_what_was_stated(
    log: Log, provider: SigningKey, log_key: SigningKey
) -> None:
    before = log.journal.entry
    new = commitment_of(bytes(32), b"new")
    log.commit([log.seal(provider, [new], 70)], log_key, as_of=80, settled=False)
    assert decode_status_entry(log.entry(log.size - 1)) == before
    assert log.prove(10).status is None
    log.commit([], log_key, as_of=81)
    entry = decode_status_entry(log.entry(log.size - 1))
    assert (entry.covered, entry.as_of) == (log.size - 1, 81)
    assert log.prove(10).status is not None


# -- a log of the version before -----------------------------------------------------------------


@pytest.fixture
def older(log: Log, log_key: SigningKey) -> Log:
    """The files as the version before wrote them: headers and a checkpoint, nothing else."""
    headers = [log.entry(n) for n in range(log.size) if not is_status_entry(log.entry(n))]
    for path in log.folder.iterdir():
        if path.name != "commitments":
            path.unlink()
    root = root_of([leaf_hash(header) for header in headers])
    log.entries_file.write_bytes(b"".join(b"\x00\x82" + header for header in headers))
    top = write_checkpoint(log.origin, len(headers), root, [log_key])
    log.checkpoint_file.write_bytes(top.text().encode())
    return log


def test_a_log_of_the_version_before_is_read_and_states_nothing(
    older: Log, admit: Admission
) -> None:
    before = {path.name: path.read_bytes() for path in older.folder.iterdir()}
    assert before.keys() == {"entries", "commitments", "checkpoint"}
    log = open_log(older.folder, DISK, older.key, admit)
    assert (log.size, log.records) == (3, 10)
    for record in range(10):
        check(log, record)
        assert log.prove(record).status is None
    assert [one.status for one in log.prove_batch(1)] == [None] * 5
    assert {path.name: path.read_bytes() for path in older.folder.iterdir()} == before


def test_its_next_commit_states_what_is_in_force_of_all_records(
    older: Log, admit: Admission, log_key: SigningKey, provider: SigningKey
) -> None:
    log = open_log(older.folder, DISK, older.key, admit)
    top = log.checkpoint
    assert top is not None
    new, change = commitment_of(bytes(32), b"new"), StatusChange(2, SUPERSEDED, 8, 10)
    log.commit([log.seal(provider, [new], 9)], log_key, changes=[change], as_of=9)
    entry = decode_status_entry(log.entry(4))
    assert (entry.covered, entry.rows, entry.as_of) == (4, 1, 9)
    again = open_log(older.folder, DISK, older.key, admit)
    for record in range(11):
        check(again, record)
        status = again.prove(record).status
        assert status is not None
        said = check_status_proof(status.tree, entry.root, again.commitment(record))
        assert said.status == (SUPERSEDED if record == 2 else IN_FORCE)
    for record in range(10):
        check(again, record, top)  # receipts of before stay what they were
        assert again.prove(record, top).status is None
    check_consistency(3, 5, top.root, again.root(5), again.consistency(3, 5))
    held = {naive.key_of(again.commitment(2)): naive.value_of(1, 8, new)}
    assert entry.root == naive.root_of(held)
    leaves = [leaf_hash(again.entry(number)) for number in range(5)]
    assert (older.folder / "tile-0").read_bytes() == b"".join(leaves)


def test_a_commit_that_settles_nothing_there_states_nothing_of_what_was_before_it(
    older: Log, admit: Admission, log_key: SigningKey, provider: SigningKey
) -> None:
    log = open_log(older.folder, DISK, older.key, admit)
    new = commitment_of(bytes(32), b"new")
    log.commit([log.seal(provider, [new], 9)], log_key, as_of=9, settled=False)
    entry = decode_status_entry(log.entry(4))
    assert (entry.covered, entry.as_of) == (0, 0)
    assert [log.prove(record).status for record in range(11)] == [None] * 11


def test_a_proof_of_consistency_is_right_whatever_the_hashes_on_disk_say(
    tmp_path: Path, provider: SigningKey, log_key: SigningKey, admit: Admission
) -> None:
    log = create_log(tmp_path, FileDisk(), log_key, admit)
    for batches in range(3):
        made = [log.seal(provider, [bytes([batches, n]) * 16], n) for n in range(250)]
        log.commit(made, log_key)
    checkpoint = log.checkpoint
    assert checkpoint is not None
    old = 300
    root, good = log.root(old), log.consistency(old, log.size)
    log.close()
    file = tmp_path / "tile-0"
    whole = file.read_bytes()
    for at in (0, 32 * 260, 32 * 299, 32 * 301, 32 * 511):
        file.write_bytes(whole[:at] + bytes(32) + whole[at + 32 :])
        again = open_log(tmp_path, FileDisk(), log_key.verifier, admit)
        path = again.consistency(old, again.size)
        check_consistency(old, again.size, root, checkpoint.root, path)
        assert path == good
        again.close()
