"""The commitments on disk, and the roots of groups that shorten the way to one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import check_path, leaf_hash, path_of, root_of
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import ARCHIVED, EVIDENCE_DAMAGED, Admission, Log, create_log, open_log
from tallystick.ledger.commitments import (
    GROUP_RECORDS,
    Commitments,
    base_of,
    group_roots,
    groups_in,
)

Make = Callable[..., list[bytes]]
DISK = FileDisk()
COUNTS = (1, 31, 32, 33, 63, 64, 65, 1000, 1023, 1024)


@pytest.mark.parametrize("count", COUNTS)
def test_the_tree_over_the_groups_is_the_tree_of_the_batch(count: int, commitments: Make) -> None:
    leaves = [leaf_hash(one) for one in commitments(count)]
    roots = group_roots(leaves)
    assert root_of(roots) == root_of(leaves)
    assert len(roots) == -(-count // GROUP_RECORDS)
    assert groups_in(count) == (len(roots) if count > GROUP_RECORDS else 0)


@pytest.fixture
def various(
    tmp_path: Path, log_key: SigningKey, provider: SigningKey, admit: Admission, commitments: Make
) -> Log:
    """A log of one batch of each size."""
    log = create_log(tmp_path / "various", DISK, log_key, admit)
    log.commit([log.seal(provider, commitments(n, f"{n} "), 1) for n in COUNTS], log_key, as_of=1)
    return log


def test_every_path_is_the_one_of_all_commitments_of_the_batch(various: Log) -> None:
    groups = 0
    for batch in various.batches():
        listed = various.commitments(batch.start, batch.header.records)
        leaves = [leaf_hash(one) for one in listed]
        last = batch.header.records - 1
        for position in {0, 1, 30, 31, 32, 33, last // 2, last - 1, last} & set(range(last + 1)):
            path = various.commitments_on_disk.path(position, batch.start, last + 1, groups)
            assert path == path_of(position, leaves)
            assert path == various.commitments_on_disk.long_path(position, batch.start, last + 1)
            check_path(position, last + 1, leaves[position], path, batch.header.root)
        groups += groups_in(last + 1)
    assert (various.folder / "groups").stat().st_size == groups * 32


@pytest.mark.parametrize("how", ["missing", "empty", "short", "zeroed", "shifted", "longer", "bit"])
def test_a_wrong_file_of_groups_costs_time_and_makes_no_wrong_proof(
    how: str, various: Log, log_key: SigningKey, provider: SigningKey, admit: Admission,
    commitments: Make,
) -> None:  # fmt: skip
    file = various.folder / "groups"
    good = file.read_bytes()
    wanted = [various.prove(record) for record in range(0, various.records, 37)]
    spoil(file, how)
    again = open_log(various.folder, DISK, log_key.verifier, admit)
    assert [again.prove(record) for record in range(0, again.records, 37)] == wanted
    if how in ("zeroed", "shifted", "bit"):
        again.rebuild_derived()
    else:
        again.recover()
    assert file.read_bytes() == good
    again.commit([again.seal(provider, commitments(40, "more"), 2)], log_key)
    assert file.read_bytes()[: len(good)] == good
    assert file.stat().st_size == len(good) + 64


def spoil(file: Path, how: str) -> None:
    good = file.read_bytes()
    if how == "missing":
        file.unlink()
        return
    middle = len(good) // 2
    file.write_bytes(
        {
            "empty": b"",
            "short": good[:-1],
            "zeroed": bytes(len(good)),
            "shifted": good[1:] + good[:1],
            "longer": good + bytes(40),
            "bit": good[:middle] + bytes([good[middle] ^ 8]) + good[middle + 1 :],
        }[how]
    )


def test_a_commitment_that_was_changed_is_never_proved(
    various: Log, log_key: SigningKey, admit: Admission
) -> None:
    """Also where the file of groups was made to agree with it."""
    batch = list(various.batches())[-1]
    data = bytearray(various.commitments_file.read_bytes())
    data[(batch.start + 500) * 32] ^= 1
    various.commitments_file.write_bytes(data)
    again = open_log(various.folder, DISK, log_key.verifier, admit)
    again.rebuild_derived()
    for record in (batch.start, batch.start + 499, batch.start + 500, batch.start + 1023):
        with pytest.raises(TallyError) as refusal:
            again.prove(record)
        assert refusal.value.reason is EVIDENCE_DAMAGED
        assert refusal.value.facts["file"] == "commitments"
    again.prove(batch.start - 1)


# -- where the old part was moved to an archive --------------------------------------------------


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("commitments", 0),
        ("commitments.32", 32),
        ("commitments.9999999999", 9_999_999_999),
        ("commitments.0", -1),
        ("commitments.01", -1),
        ("commitments.x", -1),
        ("commitments.", -1),
        ("commitments.٣", -1),
        ("commitments.1.2", -1),
        ("commitments.32.new", -1),
        ("commitments32", -1),
        ("entries", -1),
    ],
)
def test_a_file_is_known_by_the_record_it_begins_with(name: str, base: int, tmp_path: Path) -> None:
    assert base_of(tmp_path / name) == base


def test_the_file_that_begins_latest_counts_and_the_others_are_stale(tmp_path: Path) -> None:
    for name in ("commitments", "commitments.32", "commitments.64", "commitments.128.new"):
        (tmp_path / name).write_bytes(b"")
    kept = Commitments(tmp_path, DISK)
    assert (kept.base, kept.file.name) == (64, "commitments.64")
    assert sorted(path.name for path in kept.stale()) == ["commitments", "commitments.32"]


def test_what_was_archived_is_read_from_the_archive_or_asked_for(
    tmp_path: Path, commitments: Make
) -> None:
    listed = commitments(100)
    (tmp_path / "commitments.64").write_bytes(b"".join(listed[64:]))
    kept = Commitments(tmp_path, DISK)
    assert kept.read(64, 36) == b"".join(listed[64:])
    for first, count in ((0, 1), (63, 2), (63, 1)):
        with pytest.raises(TallyError) as refusal:
            kept.read(first, count)
        assert refusal.value.reason is ARCHIVED
    kept.archive = lambda first, count: b"".join(listed[first : first + count])
    for first in range(0, 100, 7):
        assert kept.read(first, 100 - first) == b"".join(listed[first:])
    with pytest.raises(TallyError) as refusal:
        kept.read(99, 2)
    assert refusal.value.reason is EVIDENCE_DAMAGED


def test_a_log_goes_on_where_the_old_part_was_moved(
    various: Log, log_key: SigningKey, provider: SigningKey, admit: Admission, commitments: Make
) -> None:
    wanted = [various.prove(record) for record in (0, 95, various.records - 1)]
    data = various.commitments_file.read_bytes()
    start = list(various.batches())[5].start
    (various.folder / f"commitments.{start}").write_bytes(data[start * 32 :])
    again = open_log(various.folder, DISK, log_key.verifier, admit)
    again.recover()
    assert not (various.folder / "commitments").exists(), "stale once the later file is whole"
    again.commitments_on_disk.archive = lambda first, n: data[first * 32 : (first + n) * 32]
    for proof, record in zip(wanted, (0, 95, again.records - 1), strict=True):
        assert again.prove(record) == proof
    again.commit([again.seal(provider, commitments(3, "late"), 2)], log_key)
    again.prove(again.records - 1)
