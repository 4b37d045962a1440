from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tallystick.consortium.replica import Block, Outcome
from tallystick.consortium.transactions import ACT, Act, decode_transaction, sign_act, sign_append
from tallystick.kernel import canonical
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import StatusChange
from tallystick.ledger.status import ERASED, SUPERSEDED
from tallystick.testing.consortium_world import World
from tallystick.testing.institutions import Institution, commitments_of, seed_of

START = b"TLYT\x00\x01"
DEEP = 250


def codes(results: list[Any]) -> list[tuple[int, str]]:
    return [(one.code, one.info) for one in results]


def judged(world: World, data: bytes) -> Outcome:
    """Return what all replicas say of a transaction, submitted and proposed: the same."""
    replicas = [one.replica for one in world.driver.applications.values()]
    found = {one.check(data) for one in replicas}
    assert len(found) == 1
    [outcome] = found
    block = Block(len(world.driver.blocks) + 1, world.driver.time, [data])
    held = {one.process(block) for one in replicas}
    chosen = {tuple(one.prepare(block, 1 << 20)) for one in replicas}
    assert len(held) == len(chosen) == 1
    if outcome.code:
        assert held == {False}
        assert chosen == {()}
    return outcome


def act_of(who: Institution, body: Mapping[str, object]) -> bytes:
    return sign_act(who.chain, who.key, dict(body)).encode()


def opening(who: Institution, origin: str = "log.example/new", **other: object) -> dict[str, Any]:
    log = SigningKey(origin, seed_of(origin))
    return {
        "act": "open",
        "origin": origin,
        "log": log.verifier.text(),
        "providers": [who.provider.verifier.text()],
        "member": who.name,
        **other,
    }


def keys(who: Institution, **other: object) -> dict[str, Any]:
    return {
        "act": "keys",
        "origin": who.origin,
        "log": who.log_key.verifier.text(),
        "providers": [who.provider.verifier.text()],
        "after": 1,
        **other,
    }


def keys_act(who: Institution, signer: SigningKey | None = None, **other: object) -> bytes:
    return sign_act(who.chain, signer or who.log_key, keys(who, **other)).encode()


# -- acts of every shape ---------------------------------------------------------------------------

VALUES: list[object] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**53 - 1,
    -(2**53) + 1,
    "",
    "x",
    "信",
    "a+b+c",
    "\u0000",
    [],
    [[]],
    ["x"],
    [1, None],
    {},
    {"kind": 1},
    {"kind": "add", "member": {}},
    {"kind": "remove", "name": [], "why": {}},
]
GOOD = ("open", "keys", "vote")


def good(world: World, kind: str) -> dict[str, Any]:
    who = world.who["A"]
    vote = {"kind": "remove", "name": "D", "why": "x"}
    return {
        "open": opening(who),
        "keys": keys(who),
        "vote": {"act": "vote", "version": 1, "change": vote, "member": "A"},
    }[kind]


def signer_of(who: Institution, kind: str) -> SigningKey:
    return who.log_key if kind == "keys" else who.key


@pytest.mark.parametrize("kind", GOOD)
def test_an_act_with_any_field_missing_more_or_of_another_type_is_refused_by_all_alike(
    world: World, kind: str
) -> None:
    who, body = world.who["A"], good(world, kind)
    key = signer_of(who, kind)
    assert judged(world, sign_act(who.chain, key, body).encode()).code == 0
    others = [{n: v for n, v in body.items() if n != name} for name in body]
    others += [{**body, "more": 1}, {}]
    others += [{**body, name: value} for name in body for value in VALUES if value != body[name]]
    for other in others:
        outcome = judged(world, sign_act(who.chain, key, other).encode())
        assert outcome.code == 1, other
        assert outcome.reason
    for signature in (*VALUES, "00" * 64, "zz" * 64, "00" * 63):
        outcome = judged(world, Act({**body, "signature": signature}).encode())
        assert outcome.code == 1
    assert judged(world, Act(body).encode()).code == 1


def nested(value: object, depth: int) -> object:
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"5",
        b'"act"',
        b"{",
        b"{}",
        b'{"act":1e5}',
        b'{"act":1.5}',
        b'{"act":9007199254740992}',
        b'{"act":123456789012345678901234567890}',
        b'{"act":"open","act":"open"}',
        b'{"b":1,"a":1}',
        b'{"act": "open"}',
        b'{"act":"\xff"}',
        b'{"act":"\\ud800"}',
        b'{"\xe4\xbf\xa1":1}',
        b'{"act":NaN}',
        b"[" * 100_000,
        b'{"act":' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"act":' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"act":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    ],
)
def test_json_that_is_no_act_is_refused_by_all_alike(world: World, data: bytes) -> None:
    outcome = judged(world, START + bytes([ACT]) + data)
    assert (outcome.code, outcome.reason) == (1, "bad_transaction")


def test_a_change_nested_as_deep_as_json_allows_is_refused(world: World) -> None:
    for depth in (1, 100, 248):
        change = {"kind": "remove", "name": nested("D", depth), "why": "x"}
        body = {"act": "vote", "version": 1, "change": change, "member": "A"}
        assert judged(world, act_of(world.who["A"], body)).code == 1


WORDS = some.sampled_from(
    [*GOOD, "act", "origin", "member", "A", "log.example/a", "change", "kind", "add", "remove"]
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53) + 1, 2**53 - 1) | some.text() | WORDS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = some.sampled_from(
    ["act", "origin", "log", "providers", "member", "after", "version", "change", "more"]
)
ACTS = some.dictionaries(FIELDS, JSON, max_size=7)
SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@given(said=ACTS, kind=some.sampled_from(GOOD), over=some.booleans())
@SETTINGS
def test_no_act_whatever_stops_a_replica_or_divides_them(
    world: World, said: dict[str, Any], kind: str, *, over: bool
) -> None:
    who = world.who["A"]
    body = {**good(world, kind), **said} if over else said
    outcome = judged(world, sign_act(who.chain, signer_of(who, kind), body).encode())
    assert outcome.code in {0, 1}


@given(data=some.binary(max_size=300), kind=some.sampled_from([b"\x01", b"\x02", b""]))
@SETTINGS
def test_no_bytes_whatever_stop_a_replica_or_divide_them(
    world: World, data: bytes, kind: bytes
) -> None:
    assert judged(world, START + kind + data).code == 1


# -- opening, keys ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin", ["", "a b", "a+b", "a\nb", "x" * 129, "信" * 43, "a\u2003b", "a\u0085b"]
)
def test_a_log_needs_a_name_that_can_stand_in_a_checkpoint(world: World, origin: str) -> None:
    body = {**opening(world.who["A"]), "origin": origin}
    assert judged(world, act_of(world.who["A"], body)).reason == "bad_transaction"


def test_a_log_is_opened_once_by_a_member_with_keys_of_its_own(world: World) -> None:
    a, b = world.who["A"], world.who["B"]
    data = a.opening()
    assert judged(world, data).reason == "origin_taken", "the very act of then, played again"
    assert judged(world, act_of(b, {**opening(b), "member": "A"})).reason == "no_such_member"
    assert judged(world, act_of(a, opening(a, member="Z"))).reason == "no_such_member"
    stranger = opening(a, log=b.log_key.verifier.text())
    assert judged(world, act_of(a, stranger)).reason == "bad_transaction"
    twice = [a.provider.verifier.text()] * 2
    for providers in ([], twice, [a.provider.verifier.text() + "A"], [b.cosigner.verifier.text()]):
        assert judged(world, act_of(a, opening(a, providers=providers))).code == 1
    many = [SigningKey(f"p{n}", seed_of(str(n))).verifier.text() for n in range(17)]
    assert judged(world, act_of(a, opening(a, providers=many[:16]))).code == 0
    assert judged(world, act_of(a, opening(a, providers=many))).reason == "bad_transaction"


def test_keys_follow_once_each_and_are_never_played_again(world: World) -> None:
    a = world.who["A"]
    other = SigningKey(a.origin, seed_of("A", "another log key"))
    first = keys_act(a, log=other.verifier.text())
    back = keys_act(a, other, log=a.log_key.verifier.text(), after=2)
    world.driver.submit(first)
    assert codes(world.driver.block()) == [(0, "")]
    assert judged(world, first).reason == "not_of_the_log"
    assert judged(world, a.append(1).encode()).reason == "not_of_the_log", "the old key signs none"
    world.driver.submit(back)
    assert codes(world.driver.block()) == [(0, "")]
    # The first key is in force once more, and the act of then still changes nothing.
    assert judged(world, first).reason == "stale_base"
    assert judged(world, back).reason == "not_of_the_log"
    assert judged(world, keys_act(a, log=other.verifier.text(), after=True)).code == 1
    assert judged(world, keys_act(a, log=other.verifier.text(), after=3)).code == 0


def test_an_act_signed_for_another_chain_is_none_here(world: World) -> None:
    a = world.who["A"]
    for key, body in ((a.key, opening(a)), (a.log_key, keys(a))):
        assert judged(world, sign_act("another", key, body).encode()).code == 1
    elsewhere = Institution("A", chain="another")
    assert judged(world, elsewhere.append(1).encode()).reason == "not_of_the_log"


def test_a_batch_of_a_provider_that_was_taken_away_is_refused(world: World) -> None:
    a = world.who["A"]
    other = SigningKey(f"{a.origin}/other", seed_of("A", "other provider"))
    world.driver.submit(keys_act(a, providers=[other.verifier.text()]))
    world.driver.block()
    assert judged(world, a.append(1).encode()).reason == "not_a_provider"


def test_votes_of_before_are_never_played_again(world: World) -> None:
    change: dict[str, object] = {"kind": "remove", "name": "D", "why": "a test"}
    back: dict[str, object] = {"kind": "add", "member": world.who["D"].member().to_json()}
    votes = [world.who[name].vote(1, change) for name in "ABC"]
    for data in votes:
        world.driver.submit(data)
    assert codes(world.driver.block()) == [(0, "")] * 3
    again = [world.who[name].vote(2, back) for name in "ABC"]
    for data in again:
        world.driver.submit(data)
    assert codes(world.driver.block()) == [(0, "")] * 3
    for data in (*votes, *again):
        assert judged(world, data).reason == "stale_vote"
    found = world.driver.block(extra=[*votes, *again])
    assert codes(found) == [(1, "stale_vote")] * 6


# -- appends that stand already --------------------------------------------------------------------


def test_only_the_very_append_that_stands_there_is_called_a_duplicate(world: World) -> None:
    """Else a writer would take for final what the log does not hold: an erasure, say."""
    a = world.who["A"]
    before = a.append(5).encode()
    changes = [StatusChange(1, SUPERSEDED, 5, 2)]
    told = a.append(1, changes=changes)
    alone = a.append(changes=[StatusChange(2, ERASED, 5)])
    for data in (before, told.encode(), alone.encode()):
        world.driver.submit(data)
        assert codes(world.driver.block()) == [(0, "")]
    for data in (before, told.encode(), alone.encode()):
        assert judged(world, data) == (0, "duplicate", *Outcome(0)[2:])

    def signed(base: int, *others: StatusChange, batches: Any = (), settled: bool = True) -> bytes:
        append = sign_append(
            a.chain, a.log_key, base, list(batches), changes=others, settled=settled
        )
        return append.encode()

    base = alone.base
    for data in (
        signed(base),
        signed(base, StatusChange(3, ERASED, 5)),
        signed(base, StatusChange(2, ERASED, 6)),
        signed(base, *alone.changes, StatusChange(3, ERASED, 5)),
        signed(base, *alone.changes, settled=False),
        signed(told.base, batches=told.batches),
        signed(told.base, StatusChange(1, ERASED, 5), batches=told.batches),
        signed(told.base + 1, *changes),
        signed(1),
        signed(told.base, *changes, batches=[*told.batches, *told.batches]),
    ):
        assert judged(world, data).reason == "stale_base", decode_transaction(data)


def test_the_second_of_two_alike_in_one_block_is_not_proposed(world: World) -> None:
    data = world.who["A"].append(3).encode()
    block = Block(2, world.driver.time, [data, data])
    replica = world.driver.applications["A"].replica
    assert replica.prepare(block, 1 << 20) == [data]
    assert not replica.process(block)
    world.driver.submit(data)
    assert [one.code for one in world.driver.block(extra=[data])] == [0, 0]


def test_how_far_ahead_an_append_may_wait_and_what_it_may_name(world: World) -> None:
    a = world.who["A"]
    near = sign_append(a.chain, a.log_key, 256, [])
    far = sign_append(a.chain, a.log_key, 257, [])
    ending = sign_append(a.chain, a.log_key, 256, [], changes=[StatusChange(9, ERASED, 1)])
    for append, code, reason in ((near, 0, ""), (far, 1, "ahead"), (ending, 1, "ahead")):
        [found] = {
            one.replica.check(append.encode())[:2] for one in world.driver.applications.values()
        }
        assert found == (code, reason)
    listed = commitments_of("A", 0, 1)
    assert listed
    assert codes(world.driver.block(extra=[near.encode()])) == [(1, "ahead")]


def test_a_body_said_in_another_order_is_no_transaction(world: World) -> None:
    body = good(world, "open")
    signed = sign_act(world.who["A"].chain, world.who["A"].key, body).body
    turned = dict(sorted(signed.items(), reverse=True))
    text = b",".join(
        canonical.encode(name) + b":" + canonical.encode(value) for name, value in turned.items()
    )
    assert judged(world, START + bytes([ACT]) + b"{" + text + b"}").reason == "bad_transaction"
