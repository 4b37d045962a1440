from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import Tree, check_path, leaf_hash, path_of, root_of
from tallystick.kernel.multiproof import (
    MULTIPROOF_FAILS,
    check_multi,
    join_paths,
    multi_path,
    multi_root,
    path_within,
    places,
    resolve,
)

LEAVES = [leaf_hash(n.to_bytes(4, "big")) for n in range(3000)]


def nodes_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """Return a giver of hashes of complete subtrees, which fails for any other."""

    def node(height: int, index: int) -> bytes:
        under = leaves[index << height : (index + 1) << height]
        assert len(under) == 1 << height
        return root_of(under)

    return node


def proof_of(indices: Sequence[int], size: int) -> list[bytes]:
    return multi_path(indices, size, nodes_of(LEAVES[:size]))


def chosen(indices: Sequence[int]) -> list[bytes]:
    return [LEAVES[index] for index in indices]


def refused(
    indices: Sequence[int],
    size: int,
    leaves: Sequence[bytes],
    nodes: Sequence[bytes],
    root: bytes,
) -> None:
    with pytest.raises(TallyError) as refusal:
        check_multi(indices, size, leaves, nodes, root)
    assert refusal.value.reason is MULTIPROOF_FAILS


def subsets(size: int) -> list[tuple[int, ...]]:
    return [some for count in range(1, size + 1) for some in combinations(range(size), count)]


@pytest.mark.parametrize("size", range(1, 13))
def test_every_set_of_leaves_is_proved_and_its_paths_follow_from_the_proof(size: int) -> None:
    root = root_of(LEAVES[:size])
    paths = [path_of(index, LEAVES[:size]) for index in range(size)]
    for indices in subsets(size):
        nodes = proof_of(indices, size)
        check_multi(indices, size, chosen(indices), nodes, root)
        assert join_paths(indices, size, [paths[index] for index in indices]) == nodes
        known = resolve(indices, size, chosen(indices), nodes)
        for index in indices:
            assert path_within(index, size, known) == paths[index]
            check_path(index, size, LEAVES[index], paths[index], root)


@pytest.mark.parametrize("size", range(1, 13))
def test_no_hash_of_a_proof_follows_from_the_leaves_and_the_others(size: int) -> None:
    def under(place: tuple[int, int]) -> range:
        height, index = place
        return range(index << height, min((index + 1) << height, size))

    for indices in subsets(size):
        covered = [leaf for place in places(indices, size) for leaf in under(place)]
        # Each leaf of the tree is either proved or under exactly one hash: none is told twice,
        # and no two hashes could be one.
        assert sorted([*covered, *indices]) == list(range(size))
        whole = places(indices, size)
        siblings = {(height, index ^ 1) for height, index in whole}
        assert not siblings & set(whole)


@pytest.mark.parametrize("size", range(1, 40))
def test_the_proof_of_one_leaf_is_its_path(size: int) -> None:
    for index in range(size):
        assert proof_of([index], size) == path_of(index, LEAVES[:size])


def test_all_leaves_need_no_hash() -> None:
    for size in range(1, 70):
        assert proof_of(range(size), size) == []
        check_multi(range(size), size, LEAVES[:size], [], root_of(LEAVES[:size]))


@given(st.data())
def test_sets_of_leaves_of_large_trees_are_proved(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    indices = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=60)))
    nodes = proof_of(indices, size)
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    root = tree.root()
    check_multi(indices, size, chosen(indices), nodes, root)
    assert join_paths(indices, size, [tree.path(index) for index in indices]) == nodes
    known = resolve(indices, size, chosen(indices), nodes)
    assert all(path_within(index, size, known) == tree.path(index) for index in indices)


@given(st.data())
def test_any_change_of_a_proof_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    indices = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=20)))
    root, nodes, leaves = root_of(LEAVES[:size]), proof_of(indices, size), chosen(indices)
    hashes = [*leaves, *nodes]
    at, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    spoiled = bytearray(hashes[at])
    spoiled[bit // 8] ^= 1 << bit % 8
    hashes[at] = bytes(spoiled)
    refused(indices, size, hashes[: len(leaves)], hashes[len(leaves) :], root)


@pytest.mark.parametrize("size", range(1, 10))
def test_hashes_too_many_too_few_or_out_of_order_are_refused(size: int) -> None:
    root = root_of(LEAVES[:size])
    for indices in subsets(size):
        nodes, leaves = proof_of(indices, size), chosen(indices)
        refused(indices, size, leaves, [*nodes, LEAVES[-1]], root)
        refused(indices, size, leaves, [LEAVES[-1], *nodes], root)
        refused(indices, size, leaves[:-1], nodes, root)
        refused(indices, size, [*leaves, LEAVES[-1]], nodes, root)
        refused(indices, size, leaves, nodes, LEAVES[-1])
        if nodes:
            refused(indices, size, leaves, nodes[:-1], root)
            refused(indices, size, leaves, nodes[1:], root)
            refused(indices, size, leaves, [*nodes[:-1], nodes[-1][:31]], root)
        if len(nodes) > 1:
            refused(indices, size, leaves, nodes[::-1], root)
        if len(leaves) > 1:
            refused(indices, size, leaves[::-1], nodes, root)


def test_bytes_do_not_cross_the_line_between_two_hashes() -> None:
    root, [node] = root_of(LEAVES[:2]), proof_of([0], 2)
    check_multi([0], 2, LEAVES[:1], [node], root)
    for cut in (0, 1, 31):
        refused([0], 2, [LEAVES[0][:cut]], [LEAVES[0][cut:] + node], root)
    refused([0, 1], 2, [LEAVES[0] + node[:1], node[1:]], [], root)


@pytest.mark.parametrize("size", range(1, 10))
def test_a_proof_fits_no_other_leaves_and_no_other_places(size: int) -> None:
    root = root_of(LEAVES[:size])
    for indices in subsets(size):
        nodes, leaves = proof_of(indices, size), chosen(indices)
        for others in combinations(range(size), len(indices)):
            if others != indices:
                refused(others, size, leaves, nodes, root)
        refused(indices, size, [LEAVES[-1], *leaves[1:]], nodes, root)


@pytest.mark.parametrize(
    "indices",
    [[], [1, 1], [2, 1], [0, 0, 1], [-1], [-1, 0], [5], [0, 5], [2**64], [0, 1, 2, 3, 4, 4]],
)
def test_no_leaf_one_twice_out_of_order_or_outside_is_refused(indices: list[int]) -> None:
    leaves = [LEAVES[0]] * len(indices)
    refused(indices, 5, leaves, [], root_of(LEAVES[:5]))
    for refuse in (places, lambda some, size: multi_path(some, size, nodes_of(LEAVES[:5]))):
        with pytest.raises(TallyError):
            refuse(indices, 5)


@pytest.mark.parametrize("size", [0, -1])
def test_nothing_is_in_an_empty_tree(size: int) -> None:
    refused([0], size, [LEAVES[0]], [], LEAVES[0])
    refused([], size, [], [], root_of([]))


def test_a_tree_too_large_for_its_proof_is_refused_at_once() -> None:
    refused([5], 2**63, [LEAVES[5]], LEAVES[:10], LEAVES[0])
    assert len(places([5], 2**63)) == 63


def test_a_path_of_the_wrong_length_is_not_joined() -> None:
    paths = [path_of(index, LEAVES[:6]) for index in (1, 4)]
    assert join_paths([1, 4], 6, paths)
    for wrong in ([paths[0][:-1], paths[1]], [paths[0], [*paths[1], LEAVES[0]]]):
        with pytest.raises(TallyError):
            join_paths([1, 4], 6, wrong)


def test_many_leaves_cost_far_less_than_their_paths() -> None:
    chance = random.Random(4)  # noqa: S311 - which leaves is no secret
    indices = sorted(chance.sample(range(len(LEAVES)), 200))
    nodes = proof_of(indices, len(LEAVES))
    single = sum(len(places([index], len(LEAVES))) for index in indices)
    assert len(nodes) * 2 < single
    assert multi_root(indices, len(LEAVES), chosen(indices), nodes) == root_of(LEAVES)
