from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tallystick.consortium.application import Application
from tallystick.consortium.members import read_members
from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.consortium.protocol import crypto_keys_pb2
from tallystick.consortium.replica import Replica
from tallystick.consortium.state import LOG, MEMBERS, ValueProof, read_head
from tallystick.kernel import canonical
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import check_consistency
from tallystick.kernel.notes import Checkpoint, parse_checkpoint, write_checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.testing.consortium_world import NOW, World, application
from tallystick.testing.engine_calls import Decided, EngineStopped
from tallystick.testing.institutions import Institution, seed_of

VALIDATOR_OUT = 0


def asked(world: World, path: str, data: bytes = b"", name: str = "B") -> Any:
    request = abci.RequestQuery(path=path.encode(), data=data)
    return world.driver.call(world.driver.applications[name], "query", request)


def code_of(answered: Any) -> str:
    """Return the code of a refusal, which stands in two places and is told in both languages."""
    assert answered.code == 1
    assert answered.value == b""
    if not answered.info:
        return ""
    told = json.loads(answered.log)
    assert told["code"] == answered.info
    assert told["zh"]
    assert told["en"]
    return str(told["code"])


def write(world: World, *counts: int) -> None:
    for count in counts:
        assert world.driver.submit(world.who["A"].append(count).encode()).code == 0
        assert [one.code for one in world.driver.block()] == [0]


def log_of(world: World) -> Any:
    return world.driver.applications["B"].replica.logs[world.who["A"].origin]


def checkpoint(world: World, size: int, key: SigningKey | None = None) -> Checkpoint:
    a = world.who["A"]
    return write_checkpoint(a.origin, size, log_of(world).root(size), [key or a.log_key])


# -- the beginning ---------------------------------------------------------------------------------


def test_an_echo_and_the_calls_that_ask_for_nothing(world: World) -> None:
    call, first = world.driver.call, world.driver.applications["A"]
    assert call(first, "echo", abci.RequestEcho(message="hello")).message == "hello"
    assert call(first, "extend_vote", abci.RequestExtendVote(height=2)).vote_extension == b""
    request = abci.RequestVerifyVoteExtension(height=2)
    assert call(first, "verify_vote_extension", request).status == 1


def test_info_says_where_a_replica_is(world: World) -> None:
    info = world.driver.call(world.driver.applications["A"], "info", abci.RequestInfo())
    assert (info.last_block_height, info.app_version) == (1, 1)
    assert info.last_block_app_hash == world.driver.blocks[-1].app_hash


def beginning(
    world: World, change: Callable[[abci.RequestInitChain], None]
) -> tuple[Application, abci.RequestInitChain]:
    request = world.driver._init()
    change(request)
    return application(world.folder / "new", world.who["A"]), request


def rewritten(request: abci.RequestInitChain, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(request.app_state_bytes)
    change(document)
    request.app_state_bytes = json.dumps(document).encode()


BEGINNINGS: list[Callable[[abci.RequestInitChain], object]] = [
    lambda r: r.validators.pop(),
    lambda r: setattr(r.validators[0], "power", 11),
    lambda r: setattr(r.validators[0].pub_key, "ed25519", bytes(32)),
    lambda r: r.validators.append(
        abci.ValidatorUpdate(pub_key=crypto_keys_pb2.PublicKey(ed25519=bytes(32)), power=1)
    ),
    lambda r: rewritten(r, lambda d: d["members"].pop()),
    lambda r: rewritten(r, lambda d: d["members"].append(d["members"][0])),
    lambda r: rewritten(r, lambda d: d["members"][0].update(power=0)),
    lambda r: rewritten(r, lambda d: d.update(members=[])),
    lambda r: rewritten(r, lambda d: d.update(members=5)),
    lambda r: rewritten(r, lambda d: d.update(more=1)),
    lambda r: rewritten(r, lambda d: d.pop("params")),
    lambda r: rewritten(r, lambda d: d["params"].update(more=1)),
    lambda r: rewritten(r, lambda d: d["params"].update(logs_max=1.5)),
    lambda r: rewritten(r, lambda d: d["params"].pop("suites")),
    lambda r: setattr(r, "app_state_bytes", b""),
    lambda r: setattr(r, "app_state_bytes", b"[]"),
]


@pytest.mark.parametrize("change", BEGINNINGS)
def test_a_chain_whose_validators_are_not_its_members_does_not_begin(
    world: World, change: Callable[[abci.RequestInitChain], None]
) -> None:
    fresh, request = beginning(world, change)
    with pytest.raises(EngineStopped):
        world.driver.call(fresh, "init_chain", request)
    assert fresh.replica.height == 0


def test_a_genesis_the_engine_wrote_in_its_own_way_is_the_same(world: World) -> None:
    fresh, request = beginning(world, lambda r: rewritten(r, lambda _: None))
    assert request.app_state_bytes != world.driver._init().app_state_bytes
    one = world.driver.call(fresh, "init_chain", request).app_hash
    other = application(world.folder / "other", world.who["A"])
    assert one == world.driver.call(other, "init_chain", world.driver._init()).app_hash


def test_an_observer_is_a_member_and_no_validator(world: World) -> None:
    def observing(request: abci.RequestInitChain) -> None:
        rewritten(request, lambda d: d["members"][3].update(power=0))
        del request.validators[3]

    fresh, request = beginning(world, observing)
    assert world.driver.call(fresh, "init_chain", request).app_hash


# -- blocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 1, 500, 2000, 3000, 100_000])
def test_a_proposal_keeps_within_its_bytes_and_the_order_of_each_log(
    world: World, room: int
) -> None:
    appends = [world.who[n].append(9, 3).encode() for _ in range(3) for n in "AB"]
    for application_ in world.driver.applications.values():
        request = abci.RequestPrepareProposal(
            max_tx_bytes=room, txs=appends[::-1], height=2, time={"seconds": world.driver.time}
        )
        chosen = list(world.driver.call(application_, "prepare_proposal", request).txs)
        assert sum(len(data) + 8 for data in chosen) <= room
        block = Decided(2, world.driver.time, chosen, world.driver.signers)
        assert world.driver.accepts(application_, block)
        if room == 100_000:
            assert sorted(chosen) == sorted(appends)


def test_a_proposal_holds_nothing_false_and_nothing_twice(world: World) -> None:
    good = world.who["A"].append(2).encode()
    bad = world.who["B"].append(2)._replace(as_of=1).encode()
    request = abci.RequestPrepareProposal(
        max_tx_bytes=1 << 20,
        txs=[b"", b"junk", bad, good, good],
        height=2,
        time={"seconds": world.driver.time},
    )
    first = world.driver.applications["A"]
    assert list(world.driver.call(first, "prepare_proposal", request).txs) == [good]
    for block in ([b""], [bad], [good, bad], [bad, good], [good, good]):
        decided = Decided(2, world.driver.time, block, world.driver.signers)
        assert not world.driver.accepts(first, decided)
    assert world.driver.accepts(first, Decided(2, world.driver.time, [], world.driver.signers))


def test_a_commit_without_a_block_stops_the_replica(world: World) -> None:
    with pytest.raises(EngineStopped, match="no block was played"):
        world.driver.call(world.driver.applications["A"], "commit", abci.RequestCommit())


def test_a_replica_before_its_chain_answers_no_question_and_takes_no_block(world: World) -> None:
    replica = Replica(world.folder / "new", FileDisk())
    replica.load()
    fresh = Application(replica, None, lambda: NOW)
    answered = world.driver.call(fresh, "query", abci.RequestQuery(path=b"state"))
    assert code_of(answered) == "no_such_question"
    for name, request in (
        ("check_tx", abci.RequestCheckTx(tx=b"x")),
        ("finalize_block", abci.RequestFinalizeBlock(height=1)),
    ):
        with pytest.raises(EngineStopped, match="has not begun"):
            world.driver.call(fresh, name, request)


def test_a_change_of_members_is_told_to_the_engine(world: World) -> None:
    d = world.who["D"]
    change: dict[str, object] = {"kind": "remove", "name": "D", "why": "it left"}
    votes = [world.who[name].vote(1, change) for name in "ABC"]
    request = abci.RequestFinalizeBlock(
        height=2,
        time={"seconds": world.driver.time},
        txs=votes,
        decided_last_commit=abci.CommitInfo(
            votes=[
                abci.VoteInfo(
                    validator=abci.Validator(address=bytes.fromhex(one.address)),
                    block_id_flag="BLOCK_ID_FLAG_COMMIT",
                )
                for one in world.driver.signers
            ]
        ),
    )
    first = world.driver.applications["A"]
    done = world.driver.call(first, "finalize_block", request)
    assert [one.code for one in done.tx_results] == [0, 0, 0]
    [update] = done.validator_updates
    assert update.pub_key.ed25519 == d.validator.verifier.public
    assert update.power == VALIDATOR_OUT


def test_blocks_are_kept_as_many_as_was_asked_for(world: World) -> None:
    first = world.driver.applications["A"]
    first.retain_blocks = 2
    found = []
    for height in range(2, 6):
        request = abci.RequestFinalizeBlock(height=height, time={"seconds": height})
        world.driver.call(first, "finalize_block", request)
        found.append(world.driver.call(first, "commit", abci.RequestCommit()).retain_height)
    assert found == [0, 1, 2, 3]


# -- cosignatures ----------------------------------------------------------------------------------


def test_what_is_final_is_cosigned_at_the_time_of_this_operator(world: World) -> None:
    write(world, 3, 2)
    for size in (4, 3, 2, 1, 0):
        one = checkpoint(world, size)
        line = asked(world, "cosign", one.text().encode()).value.decode()
        shown = parse_checkpoint(f"{one.body}\n{line}")
        assert shown.check_cosignature(world.who["B"].cosigner.verifier) == NOW
        assert len(shown.signatures) == 1, "nobody else's signature is given on"


def test_nothing_else_is_cosigned(world: World) -> None:
    write(world, 3, 2)
    a, good = world.who["A"], checkpoint(world, 4)
    stranger = SigningKey(a.origin, seed_of("stranger"))
    other = Institution("Z")

    def signed(origin: str, size: int, root: bytes, key: SigningKey) -> bytes:
        return write_checkpoint(origin, size, root, [key]).text().encode()

    cases = {
        "another root": (signed(a.origin, 4, bytes(32), a.log_key), "not_final"),
        "the root of another size": (
            signed(a.origin, 3, log_of(world).root(4), a.log_key),
            "not_final",
        ),
        "larger than it is": (signed(a.origin, 5, good.root, a.log_key), "not_final"),
        "far larger": (signed(a.origin, 10**18, good.root, a.log_key), "not_final"),
        "another key": (signed(a.origin, 4, good.root, stranger), "bad_signature unknown_signer"),
        "nobody's log": (signed(other.origin, 4, good.root, other.log_key), "unknown_origin"),
        "another log": (
            signed(world.who["C"].origin, 4, good.root, world.who["C"].log_key),
            "not_final",
        ),
        "no note": (b"", "bad_note"),
        "not signed": (good._replace(signatures=()).text().encode(), "bad_note"),
        "no text": (b"\xff", ""),
    }
    for case, (data, codes) in cases.items():
        answered = asked(world, "cosign", data)
        assert code_of(answered) in codes.split(" "), case


def test_what_is_played_and_not_committed_is_not_cosigned(world: World) -> None:
    write(world, 3)
    b = world.driver.applications["B"]
    told = world.who["A"].append(2).encode()
    request = abci.RequestFinalizeBlock(height=3, time={"seconds": world.driver.time}, txs=[told])
    world.driver.call(b, "finalize_block", request)
    ahead = checkpoint(world, 4)
    assert code_of(asked(world, "cosign", ahead.text().encode())) == "not_final"
    told_head = read_head(asked(world, "head", world.who["A"].origin.encode()).value)
    assert told_head.size == 2
    proof = canonical.encode({"origin": world.who["A"].origin, "old": 2, "new": 4})
    assert code_of(asked(world, "prove", proof)) == "not_final"
    world.driver.call(b, "commit", abci.RequestCommit())
    assert asked(world, "cosign", ahead.text().encode()).code == 0


def test_a_replica_without_a_cosigner_gives_no_cosignature(world: World) -> None:
    write(world, 3)
    bare = Application(world.driver.applications["B"].replica, None, lambda: NOW)
    with pytest.raises(TallyError, match=r"^not_final"):
        bare.ask("cosign", checkpoint(world, 2).text().encode())


# -- questions -------------------------------------------------------------------------------------


def test_a_value_is_told_with_a_proof_that_leads_to_the_hash(world: World) -> None:
    write(world, 3)
    for name in (MEMBERS, "votes", "params", "chain", LOG + world.who["A"].origin):
        told = json.loads(asked(world, "value", name.encode()).value)
        path = [bytes.fromhex(step) for step in told["path"]]
        value = told["value"].encode()
        proof = ValueProof(told["name"], value, told["place"], told["values"], path)
        proof.check(world.driver.blocks[told["height"] - 1].app_hash)
        with pytest.raises(TallyError):
            proof._replace(value=value + b" ").check(world.driver.blocks[-1].app_hash)


def test_consistency_is_proved_between_any_two_sizes(world: World) -> None:
    write(world, 3, 2, 1)
    log, origin = log_of(world), world.who["A"].origin
    for old in range(7):
        for new in range(old, 7):
            data = canonical.encode({"origin": origin, "old": old, "new": new})
            path = [base64.b64decode(one) for one in json.loads(asked(world, "prove", data).value)]
            check_consistency(old, new, log.root(old), log.root(new), path)


def test_the_state_is_told_as_it_is(world: World) -> None:
    write(world, 3)
    told = json.loads(asked(world, "/state").value)
    assert (told["chain"], told["height"]) == (world.driver.genesis.chain, 2)
    assert told["logs"][world.who["A"].origin] == 2
    assert told["cosigner"] == world.who["B"].cosigner.verifier.text()
    assert read_members(canonical.encode(told["members"])) == world.driver.genesis.members


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("", b"", "no_such_question"),
        ("store", b"", "no_such_question"),
        ("../state", b"", "no_such_question"),
        ("head", b"nobody.example", "unknown_origin"),
        ("head", b"\xff", ""),
        ("value", b"nothing", ""),
        ("value", b"\xff", ""),
        ("prove", b"", "not_canonical"),
        ("prove", b"{}", ""),
        ("prove", b"[]", ""),
        ("prove", b"5", ""),
        ("prove", b'{"new":1,"old":0,"origin":"nobody.example"}', "unknown_origin"),
        ("prove", b'{"new":1,"old":0,"origin":5}', ""),
        ("prove", b'{"new":1,"old":2,"origin":"log.example/a"}', "not_final"),
        ("prove", b'{"new":9,"old":0,"origin":"log.example/a"}', "not_final"),
        ("prove", b'{"new":"9","old":0,"origin":"log.example/a"}', ""),
        ("prove", b'{"new":0,"old":-1,"origin":"log.example/a"}', "not_final"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    world: World, path: str, data: bytes, code: str
) -> None:
    assert code_of(asked(world, path, data)) == code


PATHS = ("head", "value", "cosign", "state", "prove", "x")
ANY = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53) + 1, 2**53 - 1) | some.text(),
    lambda inner: some.lists(inner, max_size=3),
    max_leaves=4,
)
PROVED = some.fixed_dictionaries(
    {
        "origin": some.just("log.example/a") | ANY,
        "old": some.integers(-1, 5) | ANY,
        "new": some.integers(-1, 5) | ANY,
    }
)


@given(path=some.sampled_from(PATHS), data=some.binary(max_size=200) | PROVED)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_question_whatever_stops_a_replica(world: World, path: str, data: Any) -> None:
    if isinstance(data, dict):
        path, data = "prove", canonical.encode(data)
    assert asked(world, path, data).code in {0, 1}
