"""Two processes on one ledger: the second writer is refused for as long as the first one lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.app.conftest import House
from tests.faults.conftest import keeps

from tallystick.kernel.errors import TallyError

HEAD = """
import os, sys
from pathlib import Path
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.kernel.errors import TallyError
settings = Settings(Path(sys.argv[1]), Path(sys.argv[2]), processes=1)
"""
HOLD = """
store = Store.open(settings, writer=True)
store.append([store.body(0)])
print("open", flush=True)
sys.stdin.readline()
store.close()
"""
TRY = """
try:
    with Store.open(settings, writer=True) as store:
        store.append([store.body(0)])
    print("written")
except TallyError as fault:
    print(fault.code)
"""
FORK_THEN_DIE = """
store = Store.open(settings, writer=True)
store.append([store.body(0)])
child = os.fork()
if child == 0:
    os.close(1)
    sys.stdin.readline()
    os._exit(0)
print(child, flush=True)
os._exit(1)
"""
EXEC_ANOTHER = """
store = Store.open(settings, writer=True)
store.append([store.body(0)])
print("open", flush=True)
os.execv(sys.executable, [sys.executable, "-c", "import sys; sys.stdin.readline()"])
"""


def start(house: House, script: str) -> subprocess.Popen[str]:
    source = Path(__file__).parents[2] / "src"
    return subprocess.Popen(
        [sys.executable, "-c", HEAD + script, str(house.folder), str(house.passphrase_file)],
        env={**os.environ, "PYTHONPATH": str(source)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("go\n", timeout=60)


def refused(house: House) -> bool:
    try:
        house.opened().close()
    except TallyError as fault:
        return fault.code == "locked"
    return False


def test_a_second_writer_is_refused_while_the_first_lives_and_let_in_afterwards(
    small: House,
) -> None:
    with small.opened(writer=False) as store:
        before = store.log.records
    first = start(small, HOLD)
    assert said(first) == "open"
    second = start(small, TRY)
    assert second.communicate(timeout=60)[0].strip() == "locked"
    assert refused(small)
    with small.opened(writer=False) as reader:
        assert reader.log.records == before + 1, "readers see what is acknowledged meanwhile"
    let_go(first)
    third = start(small, TRY)
    assert third.communicate(timeout=60)[0].strip() == "written"
    keeps(small, [], before + 2)


def test_a_writer_that_is_killed_holds_nobody_up(small: House) -> None:
    with small.opened(writer=False) as store:
        before = store.log.records
    first = start(small, HOLD)
    assert said(first) == "open"
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (small.folder / "caches" / "writing").exists()
    assert not refused(small)
    keeps(small, [], before + 1)


def test_a_forked_child_of_a_dead_writer_keeps_the_lock_until_it_ends(small: House) -> None:
    """Its memory is a copy of the writer's: were the lock free, both could append."""
    first = start(small, FORK_THEN_DIE)
    child = int(said(first))
    first.wait()
    try:
        assert refused(small)
    finally:
        os.kill(child, signal.SIGKILL)
    for _ in range(1000):
        if not refused(small):
            break
    else:
        pytest.fail("the lock outlived everybody who held it")
    keeps(small, [], 0)


def test_a_program_that_a_writer_became_does_not_hold_the_lock(small: House) -> None:
    """After exec nobody can write any more: the lock is closed with the program."""
    with small.opened(writer=False) as store:
        before = store.log.records
    first = start(small, EXEC_ANOTHER)
    assert said(first) == "open"
    for _ in range(1000):
        if not refused(small):
            break
    else:
        pytest.fail("the lock went over to a program that knows nothing of it")
    let_go(first)
    keeps(small, [], before + 1)


def test_two_writers_started_at_once_both_write_or_are_refused_and_nothing_is_mixed(
    small: House,
) -> None:
    with small.opened(writer=False) as store:
        before = store.log.records
    several = [start(small, TRY) for _ in range(4)]
    answers = [one.communicate(timeout=120)[0].strip() for one in several]
    assert set(answers) <= {"written", "locked"}
    assert "written" in answers
    keeps(small, [], before + answers.count("written"))
