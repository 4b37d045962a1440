"""Measuring the ledger on this machine: sealing, single records, receipts, opening.

Owns `tally bench ledger`. What is timed is the commit of batches that are ready: admission (the
provider's signature), every hash, the files made durable. Making commitments and signing headers
is not the ledger's work and is left out. Peer in the same run, where it can be built: Tessera's
POSIX storage. The process keeps to one core while it measures the ledger, where the system lets it.
"""

from __future__ import annotations

import asyncio
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.progress import Progress, silent
from tallystick.app.verifying import Verifier
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.kernel.notes import parse_checkpoint
from tallystick.kernel.signing import (
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    CosignerKey,
    SigningKey,
)
from tallystick.ledger import (
    SUPERSEDED,
    Batch,
    Log,
    Party,
    Receipt,
    StatusChange,
    TrustPolicy,
    create_log,
    open_log,
    write_receipt,
)
from tallystick.ledger.cose import write_cose
from tallystick.ledger.grouping import GroupCommit
from tallystick.testing.benching import machine, resident_mib, versions

RECORDS_DEFAULT = 1_000_000
BATCH_DEFAULT = 1_000
COMMIT_RECORDS = 10_000  # one delivery: ten batches of 1,000 in one commit
SMALL_RECORDS = 100_000
WINDOW_RECORDS = 500_000  # over which the rate near both ends is taken
SINGLE_RECORDS = 20_000
SINGLE_TASKS = 64
RECEIPTS = 2_000
COLD_RECEIPTS = 200
SIZED_RECEIPTS = 200
SEALED_AT = 1_796_000_000
ORIGIN = "bench.example/ledger"
LOG_KEY = SigningKey(ORIGIN, bytes([1]) * 32)
PROVIDER = SigningKey(f"{ORIGIN}/provider", bytes([2]) * 32)
TRUST = TrustPolicy((LOG_KEY.verifier,), (Party("provider", PROVIDER.verifier, "", "bench"),))


class CountingDisk(FileDisk):
    """The real disk, which counts how often it waited for durability."""

    def __init__(self) -> None:
        self.syncs = 0

    def sync(self, path: Path) -> None:
        """Make all that was appended to the file durable."""
        self.syncs += 1
        super().sync(path)

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Make the file hold exactly `data`: the file is synced, and its folder."""
        self.syncs += 2
        super().replace(path, data, mode)


class Pace(NamedTuple):
    """One commit: records there were before, records added, seconds."""

    before: int
    records: int
    seconds: float


def ledger(
    records: int = RECORDS_DEFAULT,
    batch: int = BATCH_DEFAULT,
    folder: Path | None = None,
    progress: Progress = silent,
    peer: Callable[[Path], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Measure and return {"machine", "versions", "settings", "results"}.

    records: to seal in ready batches. batch: records in each, at most 1,024. folder: where to work,
    removed afterwards; a temporary one if None. peer: measures another log in a folder.
    """
    with tempfile.TemporaryDirectory(dir=folder) as working, _one_core() as core:
        place = Path(working)
        results = _sealing(place / "large", records, batch, progress)
        results |= _single(place / "single")
        results["single_fsync_floor"] = _fsyncs_per_second(place)
    with tempfile.TemporaryDirectory(dir=folder) as working:  # the peer has all cores
        results["peer"] = peer(Path(working) / "peer") if peer else None
    return {
        "machine": machine(),
        "versions": {"python": platform.python_version(), **versions()},
        "settings": {
            "records": records,
            "batch_records": batch,
            "commit_records": COMMIT_RECORDS,
            "core": core,
            "single_tasks": SINGLE_TASKS,
            "single_records": SINGLE_RECORDS,
        },
        "results": results,
    }


@contextmanager
def _one_core() -> Iterator[int | None]:
    """Keep this process to one core; yields which, None where the system has no say in it."""
    if not hasattr(os, "sched_setaffinity"):
        yield None
        return
    before = os.sched_getaffinity(0)
    core = max(before)
    os.sched_setaffinity(0, {core})
    try:
        yield core
    finally:
        os.sched_setaffinity(0, before)


def _admit(header: Any, entry: int) -> None:  # noqa: ANN401 - a batch header
    del entry
    header.check(ORIGIN, TRUST.party(header.key_id, "provider").key)


# -- sealing ---------------------------------------------------------------------------------------


def _sealing(place: Path, records: int, batch: int, progress: Progress) -> dict[str, Any]:
    log = create_log(place, FileDisk(), LOG_KEY, _admit)
    paces, memory = [], {}
    while log.records < records:
        ready = _ready(log, min(COMMIT_RECORDS, records - log.records), batch)
        paces.append(_timed_commit(log, ready))
        done = log.records * 10 // records
        if done and done not in memory:
            memory[done] = round(resident_mib())
        progress("seal", log.records, records)
    changes = _with_changes(log, batch)
    log.sync_derived()
    log.close()
    size = sum(path.stat().st_size for path in place.iterdir())
    begun = time.perf_counter()
    again = open_log(place, FileDisk(), LOG_KEY.verifier, _admit)
    reopen = time.perf_counter() - begun
    found = _receipts(again)
    checked = _checked(again)
    again.close()
    return {
        "records_per_second": _rate(paces),
        "records_per_second_at_100000": _rate(_around(paces, SMALL_RECORDS)),
        "records_per_second_at_end": _rate(_at_end(paces)),
        "scaling": round(_rate(_at_end(paces)) / _rate(_around(paces, SMALL_RECORDS)), 3),
        "records_per_second_with_changes": changes,
        "reopen_s": round(reopen, 4),
        "rss_mib": round(resident_mib()),
        "rss_mib_by_tenth": list(memory.values()),
        "bytes_per_record": round(size / again.records, 1),
        "entries": again.size,
        **found,
        "checked_s": round(checked, 1),
    }


def _ready(log: Log, records: int, batch: int) -> list[Batch]:
    """Return batches of fresh commitments, signed."""
    chance = os.urandom(32 * records)
    listed = [chance[at : at + 32] for at in range(0, len(chance), 32)]
    return [
        log.seal(PROVIDER, listed[at : at + batch], SEALED_AT) for at in range(0, records, batch)
    ]


def _timed_commit(log: Log, batches: Sequence[Batch], changes: Sequence[StatusChange] = ()) -> Pace:
    before, begun = log.records, time.perf_counter()
    log.commit(batches, LOG_KEY, changes=changes, as_of=SEALED_AT)
    return Pace(before, log.records - before, time.perf_counter() - begun)


def _with_changes(log: Log, batch: int) -> int:
    """Return records a second where each delivery also supersedes a hundredth as many."""
    paces = []
    for _ in range(5):
        chosen = random.sample(range(log.records), min(COMMIT_RECORDS // 100, log.records))
        changes = [StatusChange(record, SUPERSEDED, SEALED_AT, log.records) for record in chosen]
        paces.append(_timed_commit(log, _ready(log, COMMIT_RECORDS, batch), changes))
    return _rate(paces)


def _rate(paces: Sequence[Pace]) -> int:
    return round(sum(pace.records for pace in paces) / sum(pace.seconds for pace in paces))


def _around(paces: Sequence[Pace], records: int) -> list[Pace]:
    """Return the commits from `records` on, over the window; the first ones of a smaller run."""
    within = [pace for pace in paces if records <= pace.before < records + WINDOW_RECORDS]
    return within or list(paces)


def _at_end(paces: Sequence[Pace]) -> list[Pace]:
    end = paces[-1].before + paces[-1].records
    return [pace for pace in paces if pace.before >= end - WINDOW_RECORDS]


def _checked(log: Log) -> float:
    """Recompute every root of the log from its files; return the seconds it took."""
    begun = time.perf_counter()
    for sealed in log.batches():
        listed = log.commitments(sealed.start, sealed.header.records)
        if root_of([leaf_hash(one) for one in listed]) != sealed.header.root:
            raise RuntimeError(f"batch {sealed.number}")
    leaves = [leaf_hash(log.entry(number)) for number in range(log.size)]
    if log.checkpoint is None or root_of(leaves) != log.checkpoint.root:
        raise RuntimeError("the root")
    return time.perf_counter() - begun


# -- receipts --------------------------------------------------------------------------------------


def _receipts(log: Log) -> dict[str, Any]:
    chosen = random.sample(range(log.records), min(RECEIPTS, log.records))
    build = [_built(log, record) for record in chosen]
    papers = [paper for _, paper in build]
    sizes = _sizes(log, chosen[:SIZED_RECEIPTS])
    cold = [_built_cold(log, record) for record in chosen[:COLD_RECEIPTS]]
    begun = time.perf_counter()
    for paper in papers:
        parse_checkpoint.cache_clear()
        Verifier(TRUST).check(paper)
    nothing = time.perf_counter() - begun
    verifier = Verifier(TRUST)
    begun = time.perf_counter()
    checked = [verifier.check(paper).valid for paper in papers]
    warm = time.perf_counter() - begun
    begun = time.perf_counter()
    checked += [verifier.check(paper).valid for paper in papers]
    warmer = time.perf_counter() - begun
    if not all(checked):
        raise RuntimeError("a receipt is not valid")
    return {
        **sizes,
        "receipt_build_ms": round(statistics.median(taken for taken, _ in build) * 1000, 3),
        "receipt_build_p99_ms": _percentile([taken for taken, _ in build], 99),
        "receipt_build_cold_ms": round(statistics.median(cold) * 1000, 3),
        "receipt_build_cold_p99_ms": _percentile(cold, 99),
        "verify_per_second": round(len(papers) / nothing),
        "verify_per_second_one_checkpoint": round(len(papers) / warm),
        "verify_per_second_warm": round(len(papers) / warmer),
    }


def _sizes(log: Log, chosen: Sequence[int]) -> dict[str, int]:
    """Return the largest receipts under a checkpoint that two witnesses cosigned.

    Without content, which is as long as it is. The chain alone is what leads from the commitment to
    the cosignatures; with the status it also states what is in force.
    """
    found = {}
    for kind, suffix in ((COSIGNATURE_ED25519, ""), (COSIGNATURE_ML_DSA_44, "_ml_dsa")):
        if log.checkpoint is None:
            break
        try:
            witnesses = [
                CosignerKey(f"witness.example/w{n}", bytes([n]) * 32, kind) for n in (1, 2)
            ]
        except TallyError:  # the library here knows no ML-DSA
            continue
        cosigned = log.checkpoint
        for witness in witnesses:
            cosigned = cosigned.cosigned(witness, SEALED_AT)
        proofs = [log.prove(record, cosigned) for record in chosen]
        chains = [proof._replace(status=None) for proof in proofs]
        for name, some in (("", chains), ("_with_status", proofs)):
            receipts = [
                Receipt(log.commitment(record), None, None, proof)
                for record, proof in zip(chosen, some, strict=True)
            ]
            found[f"receipt_bytes{name}{suffix}"] = max(len(_text(one)) for one in receipts)
            cose = max(len(write_cose(one, LOG_KEY)) for one in receipts)
            found[f"receipt_bytes_cose{name}{suffix}"] = cose
    return found


def _text(receipt: Receipt) -> bytes:
    return write_receipt(receipt.proof, receipt.commitment, receipt.salt, receipt.body)


def _built(log: Log, record: int) -> tuple[float, bytes]:
    begun = time.perf_counter()
    paper = write_receipt(log.prove(record), log.commitment(record), None, None)
    return time.perf_counter() - begun, paper


def _built_cold(log: Log, record: int) -> float:
    """Return the seconds of a receipt with nothing remembered, its files out of the page cache."""
    log.close()
    for file in log.folder.iterdir():
        handle = os.open(file, os.O_RDONLY)
        with suppress(AttributeError, OSError):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
    return _built(log, record)[0]


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) * percent // 100, len(ordered) - 1)] * 1000, 3)


# -- single records --------------------------------------------------------------------------------


def _single(place: Path) -> dict[str, Any]:
    disk = CountingDisk()
    log = create_log(place, disk, LOG_KEY, _admit)
    before = disk.syncs
    begun = time.perf_counter()
    waited, commits = asyncio.run(_many_tasks(log))
    seconds = time.perf_counter() - begun
    log.close()
    return {
        "single_per_second": round(SINGLE_RECORDS / seconds),
        "single_p50_ms": _percentile(waited, 50),
        "single_p99_ms": _percentile(waited, 99),
        "single_commits": commits,
        "single_fsyncs": disk.syncs - before,
    }


async def _many_tasks(log: Log) -> tuple[list[float], int]:
    group = GroupCommit(log, PROVIDER, LOG_KEY, now=lambda: int(time.time()))
    waited: list[float] = []
    left = iter(range(SINGLE_RECORDS))

    async def one() -> None:
        for _ in left:
            begun, commitment = time.perf_counter(), os.urandom(32)
            proof = await group.seal(commitment)
            write_receipt(proof, commitment, None, None)
            waited.append(time.perf_counter() - begun)

    await asyncio.gather(*(one() for _ in range(SINGLE_TASKS)))
    return waited, group.commits


def _fsyncs_per_second(place: Path) -> int:
    """Return how many small appends a second the disk makes durable: what bounds single records."""
    disk: Disk = FileDisk()
    file, begun, count = place / "fsync", time.perf_counter(), 200
    for _ in range(count):
        disk.append(file, bytes(132))
        disk.sync(file)
    return round(count / (time.perf_counter() - begun))
