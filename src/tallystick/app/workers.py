"""Bulk work in several processes, in order, with bounded memory.

Owns `in_order`: results come in the order of the tasks, at most a few tasks ahead, so that a file
of a million rows is never in memory. With one process, or one task, no process is started.

The cycle collector is off while a bulk task runs: rows and records hold no cycles, and walking a
few hundred thousand living objects again and again took half of the time.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
AHEAD_PER_PROCESS = 2


def in_order(
    act: Callable[[Task], Result],
    tasks: Iterable[Task],
    processes: int,
    prepare: Callable[..., None] | None = None,
    arguments: tuple[Any, ...] = (),
) -> Iterator[Result]:
    """Yield act(task) for every task, in order.

    act, prepare: functions of a module (they are sent by name). prepare(*arguments) runs once in
    each process before the first task, this one included when it does the work itself.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield from _in_order(act, iter(tasks), processes, prepare, arguments)
    finally:
        if collecting:
            gc.enable()


def _in_order(
    act: Callable[[Task], Result],
    waiting: Iterator[Task],
    processes: int,
    prepare: Callable[..., None] | None,
    arguments: tuple[Any, ...],
) -> Iterator[Result]:
    few = list(islice(waiting, 2))
    if processes < 2 or len(few) < 2:  # noqa: PLR2004 - one process or one task: do it here
        if prepare is not None and few:
            prepare(*arguments)
        yield from map(act, chain(few, waiting))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (prepare, arguments)) as pool:
        pending: deque[Future[Result]] = deque()
        for task in chain(few, waiting):
            pending.append(_submitted(pool, act, task))
            if len(pending) >= processes * AHEAD_PER_PROCESS:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _submitted(
    pool: ProcessPoolExecutor, act: Callable[[Task], Result], task: Task
) -> Future[Result]:
    """Submit a task; a process started by it is deaf to Ctrl-C, which this process answers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(act, task)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(prepare: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if prepare is not None:
        prepare(*arguments)


def _end_with_parent() -> None:
    """End this process when the one that gives it work is gone, killed for instance.

    A worker waits for its next task on a pipe it holds both ends of, and would wait for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
