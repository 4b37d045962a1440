from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from tallystick.app.workers import AHEAD_PER_PROCESS, in_order

_prepared: list[int] = []


def prepare(number: int) -> None:
    _prepared.append(number)


def square(number: int) -> int:
    return number * number


def where(number: int) -> tuple[int, int, list[int]]:
    return number, os.getpid(), list(_prepared)


def fail_at_three(number: int) -> int:
    if number == 3:
        message = "three"
        raise ValueError(message)
    return number


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_tasks(processes: int) -> None:
    assert list(in_order(square, range(40), processes)) == [n * n for n in range(40)]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_fault_in_a_task_reaches_who_asked(processes: int) -> None:
    taken = in_order(fail_at_three, range(10), processes)
    with pytest.raises(ValueError, match="three"):
        list(taken)


def test_each_process_is_prepared_once_before_its_first_task() -> None:
    results = list(in_order(where, range(12), 2, prepare, (7,)))
    assert os.getpid() not in {process for _, process, _ in results}
    assert len({process for _, process, _ in results}) <= 2
    assert all(prepared == [7] for _, _, prepared in results)


def test_one_process_or_one_task_is_done_here() -> None:
    _prepared.clear()
    for processes, tasks in ((1, range(3)), (8, range(1))):
        results = list(in_order(where, tasks, processes, prepare, (1,)))
        assert {process for _, process, _ in results} == {os.getpid()}
    assert _prepared == [1, 1]


def test_nothing_to_do_prepares_nothing() -> None:
    _prepared.clear()
    assert list(in_order(square, [], 2, prepare, (1,))) == []
    assert _prepared == []


def test_tasks_are_taken_only_a_few_ahead_of_the_results() -> None:
    """A file of a million rows is never in memory."""
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(30):
            taken.append(number)
            yield number

    for done, _ in enumerate(in_order(square, tasks(), 2), start=1):
        assert len(taken) <= done + 2 * AHEAD_PER_PROCESS
    assert len(taken) == 30


@pytest.mark.parametrize("processes", [1, 2])
def test_the_cycle_collector_is_on_again_afterwards(processes: int) -> None:
    assert gc.isenabled()
    list(in_order(square, range(3), processes))
    assert gc.isenabled()
    with pytest.raises(ValueError, match="three"):
        list(in_order(fail_at_three, range(5), processes))
    assert gc.isenabled()
    half = in_order(square, range(9), processes)
    next(half)
    del half
    assert gc.isenabled()
