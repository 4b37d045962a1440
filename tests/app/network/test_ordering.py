from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.app.network.fake_nodes import (
    QUORUM,
    Killed,
    Network,
    batches_of,
    committed,
    network_in,
)

from tallystick.app.network.ordering import OrderedLog, read_consortium
from tallystick.consortium.transactions import decode_transaction
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.ledger import Log, StatusChange, create_log
from tallystick.ledger.status import ERASED
from tallystick.testing.disk import DiskFaultError, FaultyDisk, Mode, every_fault
from tallystick.testing.institutions import Institution

STEPS = 14  # of a commit over the wire: each question before and after its answer; checked
CALLS = 8  # of a commit to the disk; checked


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    return network_in(tmp_path / "nodes", monkeypatch)


@pytest.fixture
def who(network: Network) -> Institution:
    return network.world.who["A"]


@pytest.fixture
def log(network: Network, who: Institution, tmp_path: Path) -> OrderedLog:
    return network.writer(tmp_path / "log", who)


def embedded(who: Institution, folder: Path, *commits: tuple[int, ...]) -> Log:
    """Return the same log, kept alone."""
    alone = create_log(folder, FileDisk(), who.log_key, lambda *_: None)
    for counts in commits:
        alone.commit(batches_of(who, alone.records, *counts), who.log_key)
    return alone


def is_final(network: Network, log: OrderedLog, who: Institution) -> None:
    """Check that the consortium holds what the log holds, and that a quorum says so."""
    assert log.checkpoint is not None
    log.checkpoint.check(who.log_key.verifier)
    signed = 0
    for one in network.world.who.values():
        try:
            log.checkpoint.check_cosignature(one.cosigner.verifier)
        except TallyError:
            continue
        signed += 1
    assert signed >= QUORUM
    assert not log.outgoing.exists()
    replica = network.world.driver.applications["B"].replica
    shared = replica.logs[who.origin]
    assert (shared.size, shared.root(shared.size)) == (log.size, log.checkpoint.root)
    assert log.entries_file.read_bytes() == shared.entries_file.read_bytes()
    assert log.commitments_file.read_bytes() == shared.commitments_file.read_bytes()


def refused(code: str) -> Any:
    return pytest.raises(TallyError, match=f"^{code}:")


# -- the ordinary commit ---------------------------------------------------------------------------


def test_a_commit_is_final_when_it_returns_and_the_log_is_as_if_kept_alone(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    committed(log, who, 3, 5)
    committed(log, who, 1, changes=[StatusChange(0, ERASED, 7)])
    is_final(network, log, who)
    alone = embedded(who, tmp_path / "alone", (3, 5))
    alone.commit(batches_of(who, 8, 1), who.log_key, changes=[StatusChange(0, ERASED, 7)])
    for name in ("entries", "commitments", "status"):
        mine = (log.folder / name).read_bytes()
        assert mine == (alone.folder / name).read_bytes()


def test_a_log_with_nothing_in_it_needs_nobody(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    network.down = set("ABCD")
    assert log.commit([], who.log_key).size == 0


def test_a_full_mempool_is_waited_for(network: Network, log: OrderedLog, who: Institution) -> None:
    network.full = 20
    committed(log, who, 2)
    is_final(network, log, who)
    assert network.clock.now > 1003


def test_another_node_is_asked_where_the_first_does_not_answer(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    network.down = {"A"}
    committed(log, who, 2)
    is_final(network, log, who)
    assert {name for name, _ in network.submitted} == {"B"}


def test_a_consortium_file_reads_back(log: OrderedLog) -> None:
    assert read_consortium(log.network.encode()) == log.network


# -- nobody, nothing, not enough -------------------------------------------------------------------


def completed_later(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path, *counts: int
) -> None:
    """Check that what waits is completed by the next writer, and nothing is lost or doubled."""
    assert log.outgoing.exists()
    kept = decode_transaction(log.outgoing.read_bytes())
    log.close()
    network.down, network.halted, network.lies = set(), False, {}
    network.lost = set()
    again = network.writer(log.folder, who)
    is_final(network, again, who)
    committed(again, who, 1)
    is_final(network, again, who)
    alone = embedded(who, tmp_path / "alone", counts, (1,))
    assert alone.entries_file.read_bytes() == again.entries_file.read_bytes()
    assert kept.encode() in {data for _, data in network.submitted}


def test_where_nobody_answers_it_is_kept_and_completed_by_the_next_writer(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    network.down = set("ABCD")
    with refused("not_final_yet"):
        committed(log, who, 4)
    assert log.checkpoint is not None
    assert log.checkpoint.size == 0
    completed_later(network, log, who, tmp_path, 4)


def test_where_no_block_is_made_it_is_kept_and_completed_by_the_next_writer(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    network.halted = True
    with refused("not_final_yet"):
        committed(log, who, 4)
    completed_later(network, log, who, tmp_path, 4)


def test_without_a_quorum_of_cosigners_nothing_is_acknowledged(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    network.down = {"C", "D"}
    with pytest.raises(TallyError) as told:
        committed(log, who, 4)
    assert told.value.code == "not_final_yet"
    assert (told.value.facts["have"], told.value.facts["missing"]) == (2, "C, D")
    assert network.size(who) == 2, "the blocks hold it"
    assert log.checkpoint is not None
    assert log.checkpoint.size == 0
    completed_later(network, log, who, tmp_path, 4)


@pytest.mark.parametrize("down", [{"A", "B", "C", "D"}, {"B", "C", "D"}])
def test_a_log_that_waits_takes_nothing_else(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path, down: set[str]
) -> None:
    """Were another put in its place, the first would be nowhere."""
    network.down = down
    with refused("not_final_yet"):
        committed(log, who, 4)
    waiting = log.outgoing.read_bytes()
    with refused("log_interrupted"):
        log.commit(batches_of(who, 4, 1), who.log_key)
    assert log.outgoing.read_bytes() == waiting
    completed_later(network, log, who, tmp_path, 4)


def test_an_answer_that_was_lost_does_not_double_anything(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    network.lost = {"A"}
    committed(log, who, 4)
    is_final(network, log, who)
    network.lost = set("ABCD")
    with refused("not_final_yet"):
        committed(log, who, 2)
    log.close()
    network.lost = set()
    again = network.writer(log.folder, who)
    is_final(network, again, who)
    alone = embedded(who, tmp_path / "alone", (4,), (2,))
    assert alone.entries_file.read_bytes() == again.entries_file.read_bytes()


# -- killed ----------------------------------------------------------------------------------------


def test_how_many_steps_there_are(network: Network, who: Institution, tmp_path: Path) -> None:
    disk = FaultyDisk(FileDisk())
    log = network.writer(tmp_path / "log", who, disk)
    committed(log, who, 3)
    before, calls = network.steps, len(disk.calls)
    committed(log, who, 2)
    assert (network.steps - before, len(disk.calls) - calls) == (STEPS, CALLS)


def reopened(
    network: Network, folder: Path, who: Institution, tmp_path: Path, counts: tuple[int, ...]
) -> None:
    """Check a log after its writer died in a commit of two records, after one of three."""
    waited = (folder / "outgoing").exists()
    again = network.writer(folder, who)
    is_final(network, again, who)
    assert again.records == 5 if waited else again.records in {3, 5}
    counts = (2,) if again.records == 5 else ()
    committed(again, who, 7)
    is_final(network, again, who)
    alone = embedded(who, tmp_path / "alone", (3,), *([counts] if counts else []), (7,))
    assert alone.entries_file.read_bytes() == again.entries_file.read_bytes()
    again.close()


def going_away(network: Network, name: str) -> Callable[[Any], Any]:
    """Return what lets a node answer and be gone."""

    def answer(found: Any) -> Any:
        network.down.add(name)
        return found

    return answer


@pytest.mark.parametrize("number", range(1, STEPS + 1))
def test_a_writer_killed_at_any_step_over_the_wire_loses_and_doubles_nothing(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path, number: int
) -> None:
    committed(log, who, 3)
    network.kill_at = network.steps + number
    with pytest.raises(Killed):
        committed(log, who, 2)
    log.close()
    network.kill_at = 0
    assert log.outgoing.exists()
    reopened(network, log.folder, who, tmp_path, (2,))


@pytest.mark.parametrize(("number", "mode"), list(every_fault(CALLS)))
def test_a_writer_whose_disk_fails_at_any_call_loses_and_doubles_nothing(
    network: Network, who: Institution, tmp_path: Path, number: int, mode: Mode
) -> None:
    folder = tmp_path / "log"
    first = network.writer(folder, who)
    committed(first, who, 3)
    first.close()
    counted = FaultyDisk(FileDisk())
    shutil.copytree(folder, tmp_path / "counted")
    network.writer(tmp_path / "counted", who, counted).close()
    disk = FaultyDisk(FileDisk(), len(counted.calls) + number, mode, lasting=True)
    log = network.writer(folder, who, disk)
    with pytest.raises(DiskFaultError):
        committed(log, who, 2)
    log.close()
    disk.lose_power()
    reopened(network, folder, who, tmp_path, (2,))


# -- what is refused -------------------------------------------------------------------------------


def test_a_refused_commit_leaves_nothing(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    committed(log, who, 3)
    late = batches_of(who, 3, 1)
    with pytest.raises(TallyError) as told:
        log.commit(late, who.log_key, as_of=4_000_000_000)
    assert told.value.code == "refused_by_network"
    assert told.value.facts["code"] == "dated_ahead_of_chain"
    assert not log.outgoing.exists()
    log.close()
    again = network.writer(log.folder, who)
    committed(again, who, 2)
    is_final(network, again, who)


def refusing(code: str) -> Callable[[dict[str, Any]], Any]:
    told = f'{{"code":"{code}","en":"no","zh":"no"}}'
    return lambda _: {"result": {"code": 1, "info": code, "log": told}}


@pytest.mark.parametrize(
    "code", ["not_of_the_log", "unknown_origin", "stale_base", "ahead", "not_a_provider", "x"]
)
def test_what_one_node_took_is_not_given_up_on_the_word_of_another(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path, code: str
) -> None:
    """B lags behind or lies, after A took the transaction and went away with it."""
    committed(log, who, 3)
    network.halted = True
    network.lies["B", "broadcast_tx_sync"] = refusing(code)
    network.lies["A", "broadcast_tx_sync"] = going_away(network, "A")
    with pytest.raises(TallyError):
        committed(log, who, 2)
    assert log.outgoing.exists()
    log.close()
    network.down, network.halted, network.lies = set(), False, {}
    reopened(network, log.folder, who, tmp_path, (2,))


@pytest.mark.parametrize("code", ["not_of_the_log", "unknown_origin", "ahead", "x"])
def test_what_one_node_took_is_final_though_another_refuses_it(
    network: Network, log: OrderedLog, who: Institution, code: str
) -> None:
    committed(log, who, 3)
    network.lies["B", "broadcast_tx_sync"] = refusing(code)
    network.lies["B", "head"] = refusing_query(code)
    network.lies["A", "broadcast_tx_sync"] = going_away(network, "A")
    committed(log, who, 2)
    network.down = set()
    is_final(network, log, who)


def refusing_query(code: str) -> Callable[[dict[str, Any]], Any]:
    return lambda _: {"result": {"response": {"code": 1, "info": code, "log": ""}}}


@pytest.mark.parametrize("code", ["not_of_the_log", "unknown_origin", "ahead", "x"])
def test_what_a_writer_before_left_is_not_given_up_on_the_word_of_one_node(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path, code: str
) -> None:
    committed(log, who, 3)
    network.halted = True
    with refused("not_final_yet"):
        committed(log, who, 2)
    log.close()
    network.lies["A", "broadcast_tx_sync"] = refusing(code)
    network.lies["A", "head"] = refusing_query(code)
    with pytest.raises(TallyError):
        network.writer(log.folder, who)
    assert log.outgoing.exists()
    network.lies, network.halted = {}, False
    reopened(network, log.folder, who, tmp_path, (2,))
