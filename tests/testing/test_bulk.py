"""Penalty files of any size."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tallystick.kernel.identifiers import check_uscc
from tallystick.testing.bulk import write_penalties
from tallystick.testing.forms import PENALTY_CURRENT

ROWS = 3_000


def rows_of(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    text = io.StringIO(path.read_bytes().decode(encoding), newline="")
    return list(csv.DictReader(text, strict=True))


def key_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["CF_CFJGDM"], row["CF_WSH"], row["CF_XDR_SHXYM"]


def test_every_row_is_whole_valid_and_about_a_kilobyte(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    counts = write_penalties(path, ROWS, seed=3, members=500)
    rows = rows_of(path)
    assert counts.accepted == len(rows) == ROWS
    assert all(tuple(row) == PENALTY_CURRENT for row in rows)
    assert all(check_uscc(row["CF_XDR_SHXYM"]) is None for row in rows)
    assert all(check_uscc(row["CF_CFJGDM"]) is None for row in rows)
    assert all(Decimal(row["CF_NR_FK"]) > 0 for row in rows)
    assert len({key_of(row) for row in rows}) == ROWS
    assert 400 < len({row["CF_XDR_SHXYM"] for row in rows}) <= 500
    assert 800 < path.stat().st_size / ROWS < 1_200


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first, second, other = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    write_penalties(first, 500, seed=3, messy=0.1)
    write_penalties(second, 500, seed=3, messy=0.1)
    write_penalties(other, 500, seed=4, messy=0.1)
    assert first.read_bytes() == second.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_other_encodings_hold_the_same_rows(encoding: str, tmp_path: Path) -> None:
    write_penalties(tmp_path / "1", 200, seed=3)
    write_penalties(tmp_path / "2", 200, seed=3, encoding=encoding)
    assert rows_of(tmp_path / "1") == rows_of(tmp_path / "2", encoding)


def test_the_counts_of_messy_rows_are_the_truth(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    counts = write_penalties(path, ROWS, seed=5, messy=0.2)
    seen: dict[tuple[str, str, str], str] = {}
    found: Counter[str] = Counter()
    for row in rows_of(path):
        code = row["CF_XDR_SHXYM"]
        if row["CF_XDR_LB"] == "自然人":
            found["person"] += 1
        elif not code:
            found["no_code"] += 1
        elif check_uscc(code) is not None:
            found["bad_code"] += 1
        elif key_of(row) not in seen:
            found["accepted"] += 1
            seen[key_of(row)] = row["CF_NR_FK"]
        elif seen[key_of(row)] == row["CF_NR_FK"]:
            found["repeated"] += 1
        else:
            found["corrected"] += 1
            seen[key_of(row)] = row["CF_NR_FK"]
    named = {name: getattr(counts, name) for name in found}
    assert dict(found) == named
    assert sum(found.values()) == counts.rows == ROWS
    assert min(found.values()) > 50


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for rows in (8_000, 24_000):
        tracemalloc.start()
        write_penalties(tmp_path / "p.csv", rows, members=50)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2
