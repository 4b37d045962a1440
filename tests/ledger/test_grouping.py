"""Single records of many tasks: sealed together, each answered when durable, none forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import check_path, leaf_hash
from tallystick.kernel.signing import SigningKey
from tallystick.kernel.texts import Text
from tallystick.ledger import Admission, BatchHeader, Log, RecordProof, open_log
from tallystick.ledger.grouping import GroupCommit
from tallystick.ledger.log import INTERRUPTED
from tallystick.testing.disk import DiskFaultError, FaultyDisk

Make = Callable[..., list[bytes]]
REFUSED = Reason("refused_here", Text("不收", "not taken"))


@pytest.fixture
def grouped(log: Log, provider: SigningKey, log_key: SigningKey) -> GroupCommit:
    return GroupCommit(log, provider, log_key, now=lambda: 9)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 30))


async def all_of(group: GroupCommit, listed: list[bytes]) -> list[Any]:
    return await asyncio.gather(*map(group.seal, listed), return_exceptions=True)


def check(proof: RecordProof, commitment: bytes, log: Log) -> None:
    header, top = proof.header, proof.checkpoint
    check_path(proof.position, header.records, leaf_hash(commitment), proof.path, header.root)
    check_path(proof.entry, top.size, leaf_hash(header.encode()), proof.entry_path, top.root)
    top.check(log.key)
    assert proof.status is not None


def test_every_record_is_answered_with_its_own_proof(
    grouped: GroupCommit, log: Log, commitments: Make, log_key: SigningKey, admit: Admission
) -> None:
    listed, before = commitments(200, "x"), log.records
    proofs = run(all_of(grouped, listed))
    for commitment, proof in zip(listed, proofs, strict=True):
        check(proof, commitment, log)
    assert log.records == before + 200
    assert grouped.commits == 1, "who is ready at once is sealed at once"
    again = open_log(log.folder, FileDisk(), log_key.verifier, admit)
    assert sorted(again.commitments(before, 200)) == sorted(listed)


def test_a_commit_holds_no_more_than_its_limit(
    log: Log, provider: SigningKey, log_key: SigningKey, commitments: Make
) -> None:
    group = GroupCommit(log, provider, log_key, now=lambda: 9, batch_records_max=7)
    listed = commitments(30, "x")
    for commitment, proof in zip(listed, run(all_of(group, listed)), strict=True):
        check(proof, commitment, log)
    assert group.commits == 5
    assert max(batch.header.records for batch in log.batches()) == 7


def test_who_comes_while_a_commit_runs_is_in_the_next(
    grouped: GroupCommit, log: Log, commitments: Make
) -> None:
    async def work() -> list[RecordProof]:
        first = asyncio.create_task(grouped.seal(commitments(1, "a")[0]))
        for _ in range(3):
            await asyncio.sleep(0)
        later = [asyncio.create_task(grouped.seal(one)) for one in commitments(20, "b")]
        return [await first, *[await task for task in later]]

    proofs = run(work())
    assert len({proof.entry for proof in proofs[1:]}) == 1
    assert proofs[0].entry < proofs[1].entry
    assert log.records == 31


def test_a_worker_that_had_nothing_left_starts_again(
    grouped: GroupCommit, log: Log, commitments: Make
) -> None:
    async def work() -> None:
        for commitment in commitments(5, "x"):
            check(await grouped.seal(commitment), commitment, log)

    run(work())
    assert grouped.commits == 5


def test_what_is_refused_is_refused_for_that_batch_alone(
    log: Log, provider: SigningKey, log_key: SigningKey, commitments: Make
) -> None:
    def rule(header: BatchHeader, entry: int) -> None:
        del entry
        if header.records == 3:
            raise REFUSED.error()

    log = open_log(log.folder, FileDisk(), log_key.verifier, rule)
    group = GroupCommit(log, provider, log_key, now=lambda: 9)

    async def work() -> tuple[list[Any], list[Any]]:
        return await all_of(group, commitments(3, "bad")), await all_of(group, commitments(2, "ok"))

    bad, good = run(work())
    assert [type(one) for one in bad] == [TallyError] * 3
    assert {one.reason for one in bad} == {REFUSED}
    assert all(isinstance(one, RecordProof) for one in good)
    assert log.records == 12


def test_a_disk_that_fails_is_told_to_everybody_and_nothing_more_is_taken(
    log: Log, provider: SigningKey, log_key: SigningKey, admit: Admission, commitments: Make
) -> None:
    log = open_log(log.folder, FaultyDisk(FileDisk(), 3), log_key.verifier, admit)
    group = GroupCommit(log, provider, log_key, now=lambda: 9, batch_records_max=4)
    answers = run(all_of(group, commitments(10, "x")))
    assert [type(one) for one in answers[:4]] == [DiskFaultError] * 4
    assert {one.reason for one in answers[4:]} == {INTERRUPTED}
    assert group.commits == 0
    again = open_log(log.folder, FileDisk(), log_key.verifier, admit)
    assert again.records == 10
    again.recover()
    fresh = GroupCommit(again, provider, log_key, now=lambda: 9)
    for commitment, proof in zip(
        commitments(10, "x"), run(all_of(fresh, commitments(10, "x"))), strict=True
    ):
        check(proof, commitment, again)


def test_who_does_not_wait_any_more_stops_nobody_else(
    grouped: GroupCommit, log: Log, commitments: Make
) -> None:
    async def work() -> list[Any]:
        tasks = [asyncio.create_task(grouped.seal(one)) for one in commitments(3, "x")]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    one, gone, other = run(work())
    assert isinstance(gone, asyncio.CancelledError)
    assert isinstance(one, RecordProof)
    assert isinstance(other, RecordProof)
    assert log.records == 13, "it was on its way, and what is sealed stays"
