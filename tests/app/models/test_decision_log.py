"""Single scores written down: chained, durable when it says so, whole after any fault of a disk."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.app.models.decision_log import (
    START,
    Checked,
    DecisionLog,
    Override,
    Scored,
    check_decisions,
    input_digest,
    read_decisions,
)
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.testing.disk import DiskFaultError, FaultyDisk, every_fault

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)
ONE = Scored(
    model="ab" * 32,
    input=input_digest({"margin": 0.1, "region": "北区"}),
    score=612,
    pd_ppm=23_000,
    points={"margin": 12, "margin x region": -3},
    reasons=("margin",),
    rules=("debtor",),
)


def scored(number: int) -> Scored:
    return replace(ONE, score=number)


def opened(path: Path, lines_at_once: int = 3, disk: FaultyDisk | None = None) -> DecisionLog:
    return DecisionLog(path, lambda: NOON, lines_at_once=lines_at_once, disk=disk)


def written(path: Path, count: int = 5) -> Checked:
    with opened(path) as log:
        for number in range(count):
            log.add(scored(number))
    return check_decisions(path)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(TallyError) as caught:
        act()
    return caught.value.code


def test_a_line_says_all_of_one_score_and_names_the_line_before(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with opened(path) as log:
        first = log.add(ONE)
        log.add(replace(ONE, override=Override(580, "新近违约"), reviewer="认定人甲"))
    one, other = read_decisions(path)
    assert (one["n"], one["before"], one["time"]) == (0, START, int(NOON.timestamp()))
    assert (one["score"], one["pd_ppm"], one["rules"]) == (612, 23_000, ["debtor"])
    assert one["points"] == [["margin", 12], ["margin x region", -3]]
    assert one["override"] is None
    assert other["before"] == first
    assert (other["override"]["score"], other["reviewer"]) == (580, "认定人甲")


def test_the_page_names_every_key_and_no_other(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "spec" / "decision-log.md"
    told = re.findall(r"^\| `(\w+)`", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    written(tmp_path / "log", 1)
    [line] = read_decisions(tmp_path / "log")
    assert sorted(told) == sorted(line)


def test_a_score_is_set_aside_only_by_a_named_person_with_a_reason(tmp_path: Path) -> None:
    with opened(tmp_path / "log") as log:
        for override, reviewer in ((Override(1, " "), "甲"), (Override(1, "r"), "")):
            bad = replace(ONE, override=override, reviewer=reviewer)
            assert refusal(lambda bad=bad: log.add(bad)) == "override_without_reviewer"  # type: ignore[misc]  # bound now
    assert log.head.lines == 0


def test_lines_wait_and_reach_the_disk_together(tmp_path: Path) -> None:
    disk = FaultyDisk(FileDisk())
    log = opened(tmp_path / "log", 3, disk)
    for number in range(7):
        log.add(scored(number))
    assert [call.name for call in disk.calls] == ["append", "sync"] * 2
    assert (check_decisions(tmp_path / "log").lines, log.waiting) == (6, 1)
    assert log.sync() == check_decisions(tmp_path / "log") == log.head
    log.close()


def test_who_opens_it_again_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "log"
    written(path, 2)
    assert written(path, 3).lines == 5
    assert [line["n"] for line in read_decisions(path)] == list(range(5))


def test_two_processes_do_not_write_one_log(tmp_path: Path) -> None:
    with opened(tmp_path / "log"):
        assert refusal(lambda: opened(tmp_path / "log")) == "decision_log_in_use"
    opened(tmp_path / "log").close()


def test_every_line_changed_left_out_or_put_elsewhere_is_found(tmp_path: Path) -> None:
    path = tmp_path / "log"
    whole = written(path, 4)
    lines = path.read_bytes().splitlines(keepends=True)
    changed = [json.loads(line) for line in lines]
    for number in range(len(lines)):
        other = json.dumps({**changed[number], "score": 999}, separators=(",", ":"), sort_keys=True)
        rest = lines[number + 1 :]
        for spoiled in (
            [*lines[:number], other.encode() + b"\n", *rest],
            [*lines[:number], *rest],
            [*lines[:number], lines[number], lines[number], *rest],
            [*lines[:number], b"{}\n", *rest],
            [*lines[:number], lines[number].replace(b":", b": ", 1), *rest],
        ):
            path.write_bytes(b"".join(spoiled))
            codes = {"decision_log_broken", "decision_log_cut"}
            assert refusal(lambda: check_decisions(path, whole)) in codes


def test_an_end_that_was_cut_off_is_found_by_who_kept_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    kept = written(path, 3)
    longer = written(path, 2)
    assert check_decisions(path, kept) == longer
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert check_decisions(path).lines == 2
    assert refusal(lambda: check_decisions(path, kept)) == "decision_log_cut"


@pytest.mark.parametrize("half", [b'{"n":5,', b"\xff", b"x" * 200_000])
def test_a_line_half_written_is_cut_off_by_the_next_writer(tmp_path: Path, half: bytes) -> None:
    path = tmp_path / "log"
    written(path, 2)
    path.write_bytes(path.read_bytes() + half)
    assert refusal(lambda: check_decisions(path)) == "decision_log_broken"
    assert written(path, 1).lines == 3
    (tmp_path / "other").write_bytes(half)
    assert written(tmp_path / "other", 1).lines == 1


@pytest.mark.parametrize("lasting", [False, True])
def test_no_fault_of_the_disk_takes_a_line_that_was_acknowledged(
    tmp_path: Path,
    lasting: bool,  # noqa: FBT001 - the case
) -> None:
    def run(path: Path, disk: FaultyDisk) -> int:
        """Return how many lines were acknowledged, having tried a second time after a fault."""
        log = opened(path, 2, disk)
        known = 0
        try:
            for number in range(5):
                try:
                    log.add(scored(number))
                except DiskFaultError:
                    if lasting:
                        return known
                known = log.head.lines - log.waiting
            try:
                log.sync()
            except DiskFaultError:
                if lasting:
                    return known
                log.sync()
            return log.head.lines
        finally:
            log._held.close()

    whole = FaultyDisk(FileDisk())
    assert run(tmp_path / "whole", whole) == 5
    for at, mode in every_fault(len(whole.calls)):
        path = tmp_path / f"{at} {mode}"
        disk = FaultyDisk(FileDisk(), at, mode, lasting=lasting)
        known = run(path, disk)
        disk.lose_power()
        opened(path).close()  # the next writer cuts off half a line
        kept = [line["score"] for line in read_decisions(path)] if path.exists() else []
        assert len(kept) >= known
        assert kept == list(range(len(kept)))
        assert lasting or known == 5


@given(st.dictionaries(st.text(max_size=5), st.floats() | st.text(max_size=5) | st.none()))
def test_what_a_card_cannot_tell_apart_has_one_digest(row: dict[str, object]) -> None:
    turned = dict(reversed(list(row.items())))
    missing = {name: None if value != value else value for name, value in turned.items()}  # noqa: PLR0124 - NaN
    zeros = {name: -0.0 if value == 0 else value for name, value in missing.items()}
    assert input_digest(row) == input_digest(turned) == input_digest(missing) == input_digest(zeros)
    assert input_digest(row) != input_digest({**row, "one more": "x"})
