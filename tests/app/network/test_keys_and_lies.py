"""Keys that change, commits too large for one transaction, and nodes that lie."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.app.network.fake_nodes import (
    QUORUM,
    Network,
    batches_of,
    committed,
    keys_of,
    network_in,
)

from tallystick.app.network import ordering
from tallystick.app.network.ordering import CHANGES_MAX, OrderedLog
from tallystick.consortium.state import KEYS, Head, read_keys
from tallystick.consortium.transactions import BATCHES_MAX, Append, decode_transaction, sign_act
from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import CosignerKey, SigningKey
from tallystick.ledger import StatusChange
from tallystick.ledger.status import ERASED, IN_FORCE
from tallystick.testing.institutions import Institution, seed_of


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    return network_in(tmp_path / "nodes", monkeypatch)


@pytest.fixture
def who(network: Network) -> Institution:
    return network.world.who["A"]


@pytest.fixture
def log(network: Network, who: Institution, tmp_path: Path) -> OrderedLog:
    return network.writer(tmp_path / "log", who)


def agree(network: Network, log: OrderedLog, who: Institution) -> None:
    """Check that the log here is the log there."""
    shared = network.world.driver.applications["C"].replica.logs[who.origin]
    assert log.checkpoint is not None
    assert (shared.size, shared.root(shared.size)) == (log.checkpoint.size, log.checkpoint.root)
    assert len(log.checkpoint.signatures) >= 1 + QUORUM
    assert not log.outgoing.exists()


# -- keys ------------------------------------------------------------------------------------------


def known(network: Network, who: Institution) -> Any:
    stored = network.world.driver.applications["C"].replica.stored
    assert stored is not None
    return read_keys(stored.values[KEYS + who.origin])


def test_keys_the_consortium_knows_are_not_announced_again(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    log.own_keys = keys_of(who)
    for _ in range(2):
        committed(log, who, 1)
    assert (known(network, who).version, len(network.submitted)) == (1, 2)


def test_a_new_key_of_the_log_is_announced_before_anything_is_signed_by_it(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    log.own_keys = keys_of(who)
    committed(log, who, 2)
    older, who.log_key = who.log_key, SigningKey(who.origin, seed_of("A", "a new log key"))
    log.key, log.own_keys = who.log_key.verifier, keys_of(who, older=[older])
    committed(log, who, 3)
    agree(network, log, who)
    assert known(network, who).log == who.log_key.verifier
    assert known(network, who).version == 2


def test_a_new_key_of_the_provider_is_announced(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    committed(log, who, 2)
    who.provider = SigningKey(f"{who.origin}/provider", seed_of("A", "a new provider"))
    with pytest.raises(TallyError) as told:
        committed(log, who, 1)
    assert told.value.facts["code"] == "not_a_provider"
    assert not log.outgoing.exists()
    again = network.writer(log.folder, who)
    again.own_keys = keys_of(who)
    committed(again, who, 1)
    agree(network, again, who)
    assert known(network, who).providers == (who.provider.verifier,)


def test_a_log_whose_key_another_has_changed_is_not_written(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    committed(log, who, 2)
    thief = SigningKey(who.origin, seed_of("thief"))
    body = {
        "act": "keys",
        "origin": who.origin,
        "log": thief.verifier.text(),
        "providers": [who.provider.verifier.text()],
        "after": 1,
    }
    network.world.driver.submit(sign_act(who.chain, who.log_key, body).encode())
    network.world.driver.block()
    log.own_keys = keys_of(who)
    before = log.entries_file.read_bytes()
    with pytest.raises(TallyError, match=r"^parted"):
        committed(log, who, 1)
    assert log.entries_file.read_bytes() == before
    assert not log.outgoing.exists()


def test_an_announcement_one_node_took_and_another_finds_done_is_no_refusal(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    committed(log, who, 2)
    who.provider = SigningKey(f"{who.origin}/provider", seed_of("A", "a new provider"))
    log.own_keys = keys_of(who)

    def gone(answer: dict[str, Any]) -> Any:
        network.play()
        network.down.add("A")
        return answer

    network.lies["A", "broadcast_tx_sync"] = gone
    committed(log, who, 1)
    network.down = set()
    agree(network, log, who)


# -- large commits ---------------------------------------------------------------------------------


def test_many_batches_go_as_several_transactions_and_the_last_states_what_is_in_force(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    committed(log, who, *[1] * (2 * BATCHES_MAX + 3), changes=[StatusChange(34, ERASED, 5)])
    told = [decode_transaction(data) for _, data in network.submitted]
    cut = [
        (len(one.batches), len(one.changes), one.settled) for one in told if isinstance(one, Append)
    ]
    assert cut == [(16, 0, False), (16, 0, False), (3, 1, True)]
    agree(network, log, who)
    assert log.journal.entry.covered == log.size - 1
    assert set(log.journal.standing) == {34}


@pytest.mark.parametrize(("batches", "rows"), [(1, 2), (9, 1), (16, 2), (17, 5), (0, 3), (8, 1)])
def test_a_commit_is_cut_where_it_must_be_and_nothing_of_it_is_left_out(
    network: Network,
    log: OrderedLog,
    who: Institution,
    monkeypatch: pytest.MonkeyPatch,
    batches: int,
    rows: int,
) -> None:
    committed(log, who, 6)
    monkeypatch.setattr(ordering, "CHANGES_MAX", 2)
    changes = [StatusChange(n, ERASED, 5) for n in range(rows)]
    committed(log, who, *[1] * batches, changes=changes)
    agree(network, log, who)
    assert log.records == 6 + batches
    assert set(log.journal.standing) == set(range(rows))
    assert log.journal.entry.rows == rows
    assert log.journal.entry.covered == log.size - 1


@pytest.mark.parametrize(("batches", "transactions"), [(8, 2), (16, 3)])
def test_more_changes_than_a_transaction_holds_are_cut(
    network: Network, log: OrderedLog, who: Institution, batches: int, transactions: int
) -> None:
    changes = [StatusChange(n % 6, IN_FORCE, n) for n in range(CHANGES_MAX + 1)]
    committed(log, who, *[1024] * batches, changes=changes)
    agree(network, log, who)
    assert log.journal.entry.rows == CHANGES_MAX + 1
    assert len(network.submitted) == transactions


def test_a_part_that_waits_is_completed_and_the_rest_can_be_written_after_it(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    done = []

    def halts(answer: dict[str, Any]) -> Any:
        done.append(1)
        network.halted = len(done) == 2
        return answer

    network.lies["A", "broadcast_tx_sync"] = halts
    batches = batches_of(who, 0, *[1] * (2 * BATCHES_MAX + 1))
    with pytest.raises(TallyError, match=r"^not_final_yet"):
        log.commit(batches, who.log_key)
    network.lies, network.halted = {}, False
    again = network.writer(log.folder, who)
    assert again.records == 2 * BATCHES_MAX
    again.commit(batches[2 * BATCHES_MAX :], who.log_key)
    agree(network, again, who)


# -- lies ------------------------------------------------------------------------------------------

Lie = Callable[[dict[str, Any]], Any]


def query(value: bytes) -> dict[str, Any]:
    return {"result": {"response": {"code": 0, "value": base64.b64encode(value).decode()}}}


GARBAGE: list[Any] = [
    {},
    [],
    None,
    5,
    "x",
    {"result": None},
    {"result": []},
    {"result": {"response": None}},
    {"result": {"response": {"value": 5}}},
    {"result": {"response": {"value": "%%%"}}},
    {"result": {"response": {"code": {}, "value": ""}}},
    {"error": "no"},
    {"error": 5},
    {"error": []},
    {"error": {"message": {}, "data": []}},
    query(b""),
    query(b"\xff"),
    query(b"log.example/a\n99\n"),
    query(b"log.example/a\nmany\nAAAA\nAAAA\n"),
    query(b"[]"),
]


@pytest.mark.parametrize("path", ["broadcast_tx_sync", "head", "value", "cosign"])
@pytest.mark.parametrize("place", range(len(GARBAGE)))
def test_a_node_that_answers_garbage_is_passed_over(
    network: Network, log: OrderedLog, who: Institution, path: str, place: int
) -> None:
    """Or, at the worst, what it may have taken waits; nothing breaks and nothing is lost."""
    network.lies["A", path] = lambda _: GARBAGE[place]
    log.own_keys = keys_of(who)
    try:
        committed(log, who, 2)
    except TallyError:
        log.close()
        network.lies = {}
        log = network.writer(log.folder, who)
        if not log.records:
            committed(log, who, 2)
    network.lies = {}
    agree(network, log, who)
    assert log.records == 2


@pytest.mark.parametrize("size", [0, 1, 2, 10**6])
def test_a_node_that_lies_about_the_head_makes_nothing_count(
    network: Network, log: OrderedLog, who: Institution, size: int
) -> None:
    head = Head(who.origin, size, bytes(32), bytes(32)).encode()
    network.lies["A", "head"] = lambda _: query(head)
    network.halted = True
    with pytest.raises(TallyError, match=r"^(not_final_yet|parted)"):
        committed(log, who, 2)
    assert log.checkpoint is not None
    assert log.checkpoint.size == 0, "nothing was acknowledged"
    assert log.outgoing.exists()
    network.halted, network.lies = False, {}
    again = network.writer(log.folder, who)
    agree(network, again, who)
    assert again.records == 2


def test_a_false_root_of_one_node_stops_nobody(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    network.lies["A", "head"] = lambda _: query(Head(who.origin, 2, bytes(32), bytes(32)).encode())
    committed(log, who, 2)
    network.lies = {}
    agree(network, log, who)


def false_lines(who: Institution) -> dict[str, Lie]:
    stranger = CosignerKey("cosigner.example/B", seed_of("stranger"))
    note = f"\u2014 {who.cosigner.name} "
    return {
        "of nobody": lambda _: query(f"{note}AAAAAAAA\n".encode()),
        "empty": lambda _: query(b""),
        "no text": lambda _: query(b"\xff\xfe"),
        "of another key": lambda _: query(
            f"\u2014 {stranger.name} "
            f"{base64.b64encode(stranger.verifier.note_id + bytes(72)).decode()}\n".encode()
        ),
        "with a line more": lambda told: query(
            base64.b64decode(told["result"]["response"]["value"]) + b"\nlog.example/a\n"
        ),
    }


@pytest.mark.parametrize("case", list(false_lines(Institution("A"))))
def test_a_false_cosignature_is_none(
    network: Network, log: OrderedLog, who: Institution, case: str
) -> None:
    for name in "BC":
        network.lies[name, "cosign"] = false_lines(who)[case]
    with pytest.raises(TallyError) as told:
        committed(log, who, 2)
    assert (told.value.code, told.value.facts["have"]) == ("not_final_yet", 2)
    assert log.checkpoint is not None
    assert log.checkpoint.size == 0
    network.lies = {}
    agree(network, network.writer(log.folder, who), who)


def test_the_cosignature_of_one_member_is_not_taken_for_that_of_another(
    network: Network, log: OrderedLog, who: Institution
) -> None:
    for name in "BCD":
        network.lies[name, "cosign"] = as_a(network)
    with pytest.raises(TallyError) as told:
        committed(log, who, 2)
    assert told.value.facts["have"] == 1
    assert told.value.facts["missing"] == "B, C, D"


def as_a(network: Network) -> Lie:
    """Give what A cosigns, whoever is asked."""

    def lie(_: dict[str, Any]) -> Any:
        application = network.world.driver.applications["A"]
        stored = application.replica.stored
        assert stored is not None
        log = application.replica.logs["log.example/a"]
        who = network.world.who["A"]
        one = Checkpoint(log.origin, log.size, log.root(log.size), ())
        [line] = one.cosigned(who.cosigner, 1_900_000_000).signatures
        return query(line.text().encode())

    return lie


def test_a_workspace_that_lacks_entries_does_not_write(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    """As one that was restored from an old backup, with what another had outgoing."""
    committed(log, who, 2)
    network.halted = True
    with pytest.raises(TallyError, match=r"^not_final_yet"):
        committed(log, who, 3)
    waiting = log.outgoing.read_bytes()
    network.writer(tmp_path / "old", who).outgoing.write_bytes(waiting)
    with pytest.raises(TallyError, match=r"^parted"):
        network.writer(tmp_path / "old", who)
    network.writer(tmp_path / "other", network.world.who["B"]).outgoing.write_bytes(waiting)
    with pytest.raises(TallyError, match=r"^parted"):
        network.writer(tmp_path / "other", network.world.who["B"])


def test_two_writers_of_one_log_never_both_have_it(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    other = network.writer(tmp_path / "other", who)
    committed(log, who, 2)
    with pytest.raises(TallyError) as told:
        other.commit(batches_of(Institution("A"), 0, 1), who.log_key)
    assert told.value.code == "parted"
    assert other.checkpoint is not None
    assert other.checkpoint.size == 0
    committed(log, who, 1)
    agree(network, log, who)


def test_a_change_of_status_of_two_writers_is_not_taken_for_the_same(
    network: Network, log: OrderedLog, who: Institution, tmp_path: Path
) -> None:
    """Neither adds a batch: only the rows tell them apart."""
    committed(log, who, 4)
    log.close()
    copied = tmp_path / "other"
    copied.mkdir()
    for file in log.folder.iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    other, log = network.writer(copied, who), network.writer(log.folder, who)
    log.commit([], who.log_key, changes=[StatusChange(0, ERASED, 5)])
    with pytest.raises(TallyError, match=r"^parted"):
        other.commit([], who.log_key, changes=[StatusChange(1, ERASED, 5)])
    assert other.checkpoint is not None
    assert other.checkpoint.size == 2
    assert not other.outgoing.exists(), "it was refused at once"
