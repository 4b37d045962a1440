"""The bench of the ledger in its smallest form: what it promises is there, and was measured."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tallystick.testing import bench_ledger
from tallystick.testing.bench_ledger import BATCH_DEFAULT, CountingDisk, Pace


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("COMMIT_RECORDS", 1_000),
        ("SINGLE_RECORDS", 200),
        ("SINGLE_TASKS", 8),
        ("RECEIPTS", 40),
        ("COLD_RECEIPTS", 5),
    ):
        monkeypatch.setattr(bench_ledger, name, value)


@pytest.mark.usefixtures("small")
def test_a_short_run_measures_everything_it_promises(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    told: list[tuple[str, int, int]] = []
    asked: list[Path] = []

    def peer(folder: Path) -> dict[str, Any]:
        asked.append(folder)
        return {"name": "a peer"}

    measured = bench_ledger.ledger(3_000, 250, tmp_path, lambda *step: told.append(step), peer=peer)
    assert measured.keys() == {"machine", "versions", "settings", "results"}
    assert measured["settings"]["records"] == 3_000
    assert measured["settings"]["batch_records"] == 250
    results = measured["results"]
    assert results["peer"] == {"name": "a peer"}
    for name in (
        *("records_per_second", "records_per_second_at_end", "records_per_second_with_changes"),
        *("receipt_bytes_with_status", "verify_per_second", "verify_per_second_warm"),
        *("single_per_second", "single_commits", "single_fsyncs", "single_fsync_floor"),
        *("receipt_build_ms", "receipt_build_p99_ms", "receipt_build_cold_ms"),
        *("reopen_s", "bytes_per_record", "rss_mib", "single_p50_ms", "single_p99_ms"),
    ):
        assert results[name] > 0, name
    assert results["entries"] == 12 + 3 + 5 * (4 + 1), "batches, commits, and commits with changes"
    assert results["single_fsyncs"] < 5 * 200, "many records share what is waited for"
    assert told[-1] == ("seal", 3_000, 3_000)
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"
    assert asked
    if before is not None:
        assert os.sched_getaffinity(0) == before, "the process may use all its cores again"


def test_a_disk_counts_how_often_it_waited(tmp_path: Path) -> None:
    disk = CountingDisk()
    disk.append(tmp_path / "file", b"a")
    assert disk.syncs == 0
    disk.sync(tmp_path / "file")
    disk.replace(tmp_path / "other", b"b")
    assert disk.syncs == 3


def test_rates_near_both_ends_are_taken_over_their_windows() -> None:
    paces = [Pace(at, 100_000, 1 if at < 600_000 else 2) for at in range(0, 1_200_000, 100_000)]
    assert bench_ledger._rate(paces[:1]) == 100_000
    assert bench_ledger._rate(bench_ledger._around(paces, 100_000)) == 100_000
    assert bench_ledger._rate(bench_ledger._at_end(paces)) == 50_000
    assert bench_ledger._around(paces[:1], 100_000) == paces[:1]
    assert BATCH_DEFAULT <= 1_024
