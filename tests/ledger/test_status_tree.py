"""The status tree is the one of the specification, whatever was put in and taken out before."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger import naive_status as naive

from tallystick.ledger.status import EMPTY_TREE
from tallystick.ledger.status_tree import BUCKET_BITS, StatusTree

MODEST = settings(max_examples=60, deadline=None)
BASE = int.from_bytes(sha256(b"where all keys begin alike").digest(), "big") & ~1

# Keys that differ from one base in a single bit, or in a few: they share prefixes of any length up
# to 254 bits (a proof has at most 255 steps), and cross the border between buckets and what is
# hashed below them.
near = st.integers(1, 255).map(lambda bit: (BASE ^ 1 << bit).to_bytes(32, "big"))
cut = st.tuples(st.integers(1, 255), st.integers(0, 2**256 - 1)).map(
    lambda two: (BASE >> two[0] << two[0] | two[1] % (1 << two[0])).to_bytes(32, "big")
)
free = st.binary(min_size=32, max_size=32)
keys = st.one_of(near, cut, free, st.just(BASE.to_bytes(32, "big"))).map(
    lambda key: key[:31] + bytes([key[31] & 0xFE])
)
values = st.tuples(st.integers(1, 4), st.integers(0, 2**40)).map(lambda two: naive.value_of(*two))
changes = st.lists(st.tuples(keys, st.none() | values), max_size=8)


def tree_of(*listed: Sequence[tuple[bytes, bytes | None]]) -> StatusTree:
    tree = StatusTree()
    for some in listed:
        tree.update(some)
    return tree


def model_of(*listed: Sequence[tuple[bytes, bytes | None]]) -> dict[bytes, bytes]:
    held: dict[bytes, bytes] = {}
    for some in listed:
        for key, value in some:
            if value is None:
                held.pop(key, None)
            else:
                held[key] = value
    return held


@MODEST
@given(st.lists(changes, max_size=3), st.lists(keys, max_size=3))
def test_root_and_proofs_are_those_of_the_definition(
    listed: list[list[tuple[bytes, bytes | None]]], asked: list[bytes]
) -> None:
    tree, held = StatusTree(), dict[bytes, bytes]()
    for some in listed:
        tree.update(some)
        held = model_of(list(held.items()), some)
        assert tree.root() == naive.root_of(held)  # after each step, so that old hashes are in use
    assert len(tree) == len(held)
    for key in [*held, *asked]:
        assert tree.get(key) == held.get(key)
        assert tree.prove(key) == naive.proof_of(held, key)


@MODEST
@given(changes, st.randoms(use_true_random=False))
def test_the_order_in_which_keys_came_does_not_matter(
    listed: list[tuple[bytes, bytes | None]], chance: object
) -> None:
    held = list(model_of(listed).items())
    chance.shuffle(held)  # type: ignore[attr-defined]
    one_by_one = StatusTree()
    for pair in held:
        one_by_one.update([pair])
        one_by_one.root()
    assert tree_of(listed).root() == tree_of(held).root() == one_by_one.root()


@MODEST
@given(changes, changes)
def test_what_is_taken_out_again_leaves_no_trace(
    kept: list[tuple[bytes, bytes | None]], gone: list[tuple[bytes, bytes | None]]
) -> None:
    held = model_of(kept)
    tree = tree_of(kept)
    tree.root()
    tree.update(gone)
    tree.root()
    tree.update([(key, held.get(key)) for key, _ in gone])
    assert tree.root() == tree_of(list(held.items())).root()
    assert len(tree) == len(held)


def test_a_tree_that_was_emptied_is_the_empty_tree() -> None:
    pairs = [(naive.key_of(naive.commitment_of(n)), naive.value_of(1, n)) for n in range(50)]
    tree = tree_of(pairs)
    assert tree.root() != EMPTY_TREE
    tree.update((key, None) for key, _ in pairs)
    assert tree.root() == EMPTY_TREE == StatusTree().root()
    assert len(tree) == 0
    assert tree.prove(pairs[0][0]) == b"\x00\x00" == StatusTree().prove(bytes(32))


def test_to_take_out_what_is_not_there_changes_nothing() -> None:
    pairs = [(naive.key_of(naive.commitment_of(n)), naive.value_of(1, n)) for n in range(5)]
    tree = tree_of(pairs)
    root = tree.root()
    tree.update([(naive.key_of(naive.commitment_of(99)), None), (bytes(32), None)])
    assert (tree.root(), len(tree)) == (root, 5)


@pytest.mark.parametrize("shared", [0, 1, BUCKET_BITS - 1, BUCKET_BITS, BUCKET_BITS + 1, 100, 254])
def test_two_keys_part_at_any_depth_and_are_told_apart_there(shared: int) -> None:
    one = BASE.to_bytes(32, "big")
    other = (BASE ^ 1 << (255 - shared)).to_bytes(32, "big")
    held = {one: naive.value_of(1, 1), other: naive.value_of(2, 2)}
    tree = tree_of(list(held.items()))
    assert tree.root() == naive.root_of(held)
    for key in held:
        proof = tree.prove(key)
        assert proof == naive.proof_of(held, key)
        assert proof[0] == shared + 1
    tree.update([(other, None)])
    assert tree.root() == naive.leaf_of(one, held[one]), "one leaf alone is its own tree"
    assert tree.prove(other)[:2] == b"\x00\x02"


def test_a_value_that_changes_changes_the_root_and_back() -> None:
    key = naive.key_of(naive.commitment_of(1))
    tree = tree_of([(key, naive.value_of(1, 5)), (naive.key_of(b"another"), naive.value_of(3, 1))])
    first = tree.root()
    tree.update([(key, naive.value_of(2, 5))])
    assert tree.root() != first
    tree.update([(key, naive.value_of(1, 5))])
    assert tree.root() == first
    assert len(tree) == 2


def test_a_proof_of_a_tree_of_many_is_short() -> None:
    tree = tree_of(
        [(naive.key_of(naive.commitment_of(n)), naive.value_of(1, n)) for n in range(5_000)]
    )
    sizes = [len(tree.prove(naive.key_of(naive.commitment_of(n)))) for n in range(0, 10_000, 97)]
    assert max(sizes) < 32 * 24 + 100
