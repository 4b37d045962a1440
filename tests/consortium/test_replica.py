from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tallystick.consortium import replica as module
from tallystick.consortium import rules
from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.consortium.replica import AHEAD_BLOCKS_MAX, PASSES, Block
from tallystick.consortium.rules import Ledger
from tallystick.consortium.server import answer
from tallystick.consortium.state import LOG, read_head
from tallystick.consortium.transactions import Transaction, sign_act, sign_append
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import BATCH_RECORDS_MAX, Batch, StatusChange, create_log
from tallystick.ledger.status import ERASED, SUPERSEDED
from tallystick.testing.consortium_world import World
from tallystick.testing.engine_calls import Decided, EngineStopped
from tallystick.testing.institutions import Institution


def codes(results: list[Any]) -> list[tuple[int, str]]:
    return [(one.code, one.info) for one in results]


def test_all_replicas_hold_the_same_log_as_the_embedded_engine(
    world: World, tmp_path: Path
) -> None:
    a = world.who["A"]
    embedded = create_log(tmp_path / "embedded", FileDisk(), a.log_key, lambda *_: None)
    steps = [((3, 5), ()), ((1,), (StatusChange(0, SUPERSEDED, 7, 8),)), ((BATCH_RECORDS_MAX,), ())]
    for counts, changes in steps:
        told = a.append(*counts, changes=changes, at=1_700_000_000)
        assert world.driver.submit(told.encode()).code == 0
        assert codes(world.driver.block()) == [(0, "")]
        embedded.commit(told.batches, a.log_key, changes=told.changes, as_of=told.as_of)
    for application in world.driver.applications.values():
        replica = application.replica
        log = replica.logs[a.origin]
        assert (log.size, log.records) == (embedded.size, embedded.records)
        assert replica.stored is not None
        assert embedded.checkpoint is not None
        head = read_head(replica.stored.values[LOG + a.origin])
        assert (head.size, head.root) == (embedded.size, embedded.checkpoint.root)
        assert head.status == embedded.journal.entry.root != bytes(32)
        for name in ("entries", "commitments", "status", "tile-0"):
            mine = (replica.log_folder(a.origin) / name).read_bytes()
            assert mine == (tmp_path / "embedded" / name).read_bytes()


def test_appends_of_one_log_in_one_block_are_put_in_order(world: World) -> None:
    a = world.who["A"]
    three = [a.append(10).encode() for _ in range(3)]
    for data in reversed(three):
        assert world.driver.submit(data).code == 0
    assert codes(world.driver.block()) == [(0, "")] * 3
    assert world.driver.blocks[-1].transactions == three


def test_many_that_come_the_wrong_way_round_are_judged_twice_at_most(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one member could keep every proposer busy beyond its time."""
    a, replica, judged = world.who["A"], world.driver.applications["A"].replica, []
    many = [a.append(1).encode() for _ in range(60)]
    keys = world.who["B"].opening()
    check = Ledger.check

    def counted(ledger: Ledger, told: Transaction) -> bool:
        judged.append(told)
        return check(ledger, told)

    monkeypatch.setattr(Ledger, "check", counted)
    block = Block(2, world.driver.time, [*many[:30:-1], keys, b"junk", *many[30::-1]])
    assert replica.prepare(block, 1 << 20) == many
    assert len(judged) <= PASSES * (len(many) + 1)


def test_one_that_lacks_what_comes_before_waits(world: World) -> None:
    a = world.who["A"]
    first, second = a.append(1).encode(), a.append(1).encode()
    assert world.driver.submit(second).code == 0
    assert world.driver.block() == []
    assert world.driver.submit(first).code == 0
    assert codes(world.driver.block()) == [(0, ""), (0, "")]


def test_a_duplicate_is_harmless_and_does_not_wait(world: World) -> None:
    a = world.who["A"]
    data = a.append(4).encode()
    world.driver.submit(data)
    world.driver.block()
    again = world.driver.submit(data)
    assert (again.code, again.info) == (1, "duplicate")
    before = world.driver.blocks[-1].app_hash
    assert codes(world.driver.block(extra=[data])) == [(0, "duplicate")]
    assert world.driver.blocks[-1].app_hash == before


def forged(who: Institution, other: Institution) -> dict[str, bytes]:
    good = who.append(2)
    who.size, who.records = 0, 0
    swapped = good.batches[0]._replace(commitments=list(reversed(good.batches[0].commitments)))
    stranger = other.append(2)
    other.size, other.records = 0, 0
    return {
        "not_of_the_log": good._replace(as_of=good.as_of + 1).encode(),
        "unknown_origin": Institution("Z").append(1).encode(),
        "bad_transaction": good.encode()[:-1],
        "bad_batch_header": resigned(who, [swapped]),
        "not_a_provider": resigned(who, stranger.batches),
        "no_such_record_there": who.append(1, changes=[StatusChange(1, ERASED, 0)]).encode(),
        "dated_ahead_of_chain": Institution("A").append(1, at=4_000_000_000).encode(),
    }


def resigned(who: Institution, batches: list[Batch]) -> bytes:
    return sign_append(who.chain, who.log_key, 0, batches).encode()


def test_what_may_not_be_is_refused_with_a_code_when_submitted_and_when_decided(
    world: World,
) -> None:
    for reason, data in forged(world.who["A"], world.who["B"]).items():
        answered = world.driver.submit(data)
        assert (answered.code, answered.info) == (1, reason)
        assert set(json.loads(answered.log)) == {"code", "zh", "en", "remedy"}
    bad = list(forged(Institution("A"), Institution("B")).items())
    before = world.driver.blocks[-1].app_hash
    found = world.driver.block(extra=[data for _, data in bad])
    assert codes(found) == [(1, reason) for reason, _ in bad]
    assert world.driver.blocks[-1].app_hash == before


def test_nobody_votes_for_a_block_with_anything_false_in_it(world: World) -> None:
    good = world.who["A"].append(1).encode()
    honest = list(world.driver.applications.values())[1]
    signers = world.driver.signers
    assert world.driver.accepts(honest, Decided(2, world.driver.time, [good], signers))
    for block in ([good, good], [good, b"junk"], [world.who["A"].append(1).encode()]):
        assert not world.driver.accepts(honest, Decided(2, world.driver.time, block, signers))


def test_a_replica_that_was_away_catches_up_to_the_same_hash(world: World) -> None:
    away = world.driver.applications.pop("D")
    for n in range(1, 6):
        world.driver.submit(world.who["B"].append(n).encode())
        world.driver.block()
    world.driver.catch_up(away)
    assert away.replica.app_hash == world.driver.blocks[-1].app_hash
    world.driver.applications["D"] = away
    assert world.restart("D").replica.app_hash == world.driver.blocks[-1].app_hash


def test_a_replica_whose_folder_is_gone_plays_all_blocks_to_the_same_hash(
    world: World, tmp_path: Path
) -> None:
    for n in range(1, 4):
        world.driver.submit(world.who["C"].append(n).encode())
        world.driver.block()
    shutil.rmtree(tmp_path / "D")
    assert world.restart("D").replica.app_hash == world.driver.blocks[-1].app_hash


def test_one_that_differs_is_noticed(world: World) -> None:
    world.driver.submit(world.who["A"].append(1).encode())
    world.driver.block()
    world.driver.applications["D"].replica.logs[world.who["A"].origin].append(
        [], as_of=5, durable=False
    )
    world.driver.submit(world.who["A"].append(1).encode())
    with pytest.raises(EngineStopped):
        world.driver.block()


SCRIPT = """
import sys
from pathlib import Path
from typing import Any
from tallystick.testing.consortium_world import World
from tallystick.ledger import StatusChange
world = World(Path(sys.argv[1])).opened()
for n in range(6):
    for name, one in sorted(world.who.items(), reverse=bool(n % 2)):
        changes = [StatusChange(0, 1 + n % 4, n, -1)] if n else []
        world.driver.submit(one.append(n + 1, 2, changes=changes, at=n).encode())
    world.driver.block()
    world.driver.submit(world.who["A"].vote(1 + n, {"kind": "replace", "member":
        world.who["B"].member(11 + n)._asdict()}))
    for name in "CD":
        world.driver.submit(world.who[name].vote(1 + n, {"kind": "replace", "member":
            world.who["B"].member(11 + n)._asdict()}))
    world.driver.block()
print(*(block.app_hash.hex() for block in world.driver.blocks))
"""


def test_the_same_blocks_give_the_same_hashes_whatever_seed_locale_and_time_zone(
    tmp_path: Path,
) -> None:
    found = set()
    for place, (seed, zone, language) in enumerate(
        [("0", "UTC", "C"), ("1", "Asia/Shanghai", "tr_TR.UTF-8"), ("77", "America/Lima", "zh_CN")]
    ):
        env = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": language,
        }
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path / str(place))],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert len(set(found.pop().split())) > 10


def test_a_fault_of_ours_in_judging_ends_no_node(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hole somebody finds in the rules must not halt every replica at once."""
    data = world.who["A"].append(1).encode()
    replica = world.driver.applications["A"].replica
    signers = world.driver.signers

    def broken(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(Ledger, "check", broken)
    assert (replica.check(data).code, replica.check(data).reason) == (1, "bad_transaction")
    assert replica.prepare(Block(2, world.driver.time, [data]), 1 << 20) == []
    honest = world.driver.applications["B"]
    assert not world.driver.accepts(honest, Decided(2, world.driver.time, [data], signers))


def test_one_member_cannot_take_all_logs_there_may_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LOGS_A_MEMBER_MAX", 2)

    def opened(host: str, number: int) -> Any:
        new, member = Institution(f"{host}{number}"), world.who[host]
        body = {
            "act": "open",
            "origin": new.origin,
            "log": new.log_key.verifier.text(),
            "providers": [new.provider.verifier.text()],
            "member": host,
        }
        answered = world.driver.submit(sign_act(member.chain, member.key, body).encode())
        world.driver.block()
        return answered

    assert [opened("A", number).info for number in (1, 2)] == ["", "too_many"]
    assert opened("B", 1).code == 0


@pytest.mark.parametrize("path", ["head", "value", "cosign", "state", "prove", "", "x" * 10_000])
@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"1", b"{}", b"[" * 5000, b"log.example/a"])
def test_whatever_is_asked_ends_no_node(world: World, path: str, data: bytes) -> None:
    application = world.driver.applications["A"]
    asked = abci.RequestQuery(path=path.encode(), data=data)
    assert world.driver.call(application, "query", asked) is not None


def test_a_log_whose_name_is_not_ascii_is_refused_and_halts_nobody(world: World) -> None:
    who = Institution("A")
    body = {
        "act": "open",
        "origin": "账本",
        "log": SigningKey("账本", bytes(32)).verifier.text(),
        "providers": [who.provider.verifier.text()],
        "member": "A",
    }
    data = sign_act(who.chain, who.key, body).encode()
    assert world.driver.submit(data).info == "bad_transaction"
    assert codes(world.driver.block(extra=[data])) == [(1, "bad_transaction")]
    world.driver.block()


def test_what_waits_too_long_for_what_never_comes_is_let_go(world: World) -> None:
    a = world.who["A"]
    a.append(1)  # never submitted
    waiting = a.append(1).encode()
    replica = world.driver.applications["A"].replica
    assert replica.check(waiting).code == 0
    for _ in range(AHEAD_BLOCKS_MAX):
        world.driver.block()
    assert replica.check(waiting).code == 0
    world.driver.block()
    assert (replica.check(waiting).code, replica.check(waiting).reason) == (1, "ahead")


def test_nothing_that_ends_records_may_wait_for_records_to_come(world: World) -> None:
    a = world.who["A"]
    a.append(1)
    told = a.append(1, changes=[StatusChange(1, ERASED, 0)])
    assert world.driver.submit(told.encode()).info == "ahead"


def test_only_what_the_key_of_a_log_signed_is_remembered(world: World) -> None:
    replica = world.driver.applications["A"].replica
    good = world.who["A"].append(5)
    bad = good._replace(signature=bytes(64))
    assert replica.check(bad.encode()).reason == "not_of_the_log"
    assert not replica._decoded
    assert replica.check(good.encode()).code == 0
    assert len(replica._decoded) == 1


def test_a_block_of_more_transactions_than_are_allowed_gets_no_vote(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK_TRANSACTIONS_MAX", 3)
    a = world.who["A"]
    many = [a.append(1).encode() for _ in range(5)]
    for data in reversed(many):
        world.driver.submit(data)
    honest = world.driver.applications["B"]
    signers = world.driver.signers
    assert world.driver.accepts(honest, Decided(2, world.driver.time, many[:3], signers))
    assert not world.driver.accepts(honest, Decided(2, world.driver.time, many[:4], signers))
    assert codes(world.driver.block()) == [(0, "")] * 3
    assert codes(world.driver.block()) == [(0, "")] * 2


def test_a_path_that_is_no_text_ends_no_node(world: World) -> None:
    asked = abci.Request(query=abci.RequestQuery(path=b"\xff")).SerializeToString()
    response, fault = answer(world.driver.applications["A"].handle, asked)
    assert fault is None
    assert abci.Response.FromString(response).WhichOneof("value") == "query"
