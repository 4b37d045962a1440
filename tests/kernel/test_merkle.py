from __future__ import annotations

from hashlib import sha256

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import (
    EMPTY_ROOT,
    PATH_DOES_NOT_LEAD,
    NodeOf,
    Tree,
    all_paths,
    check_path,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    path_of,
    root_at,
    root_of,
)

SIZES = range(71)
LEAVES = [leaf_hash(bytes([n])) for n in range(70)]

# The leaves every implementation of RFC 6962 is tested with, and the roots of the first n of them.
REFERENCE = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def root_by_definition(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word, over leaf hashes."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    left, right = root_by_definition(hashes[:k]), root_by_definition(hashes[k:])
    return sha256(b"\x01" + left + right).digest()


def path_by_definition(index: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, word for word, over leaf hashes."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return [*path_by_definition(index, hashes[:k]), root_by_definition(hashes[k:])]
    return [*path_by_definition(index - k, hashes[k:]), root_by_definition(hashes[:k])]


def tree_of(hashes: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in hashes:
        tree.append(leaf)
    return tree


def refused(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        check_path(index, size, leaf, path, root)
    assert refusal.value.reason is PATH_DOES_NOT_LEAD


@pytest.mark.parametrize("size", range(9))
def test_the_reference_leaves_have_their_published_roots(size: int) -> None:
    hashes = [leaf_hash(data) for data in REFERENCE[:size]]
    assert root_of(hashes).hex() == ROOTS[size]
    assert tree_of(hashes).root().hex() == ROOTS[size]
    assert root_by_definition(hashes).hex() == ROOTS[size]


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf_hash(b"a") == sha256(b"\x00a").digest()
    assert node_hash(b"a" * 32, b"b" * 32) == sha256(b"\x01" + b"a" * 32 + b"b" * 32).digest()
    assert sha256(b"").digest() == EMPTY_ROOT
    pair = [leaf_hash(b"l"), leaf_hash(b"r")]
    assert leaf_hash(pair[0] + pair[1]) != root_of(pair)


@pytest.mark.parametrize("size", SIZES)
def test_roots_are_those_of_the_definition(size: int) -> None:
    hashes = LEAVES[:size]
    assert root_of(hashes) == root_by_definition(hashes) == tree_of(hashes).root()
    assert hashes == LEAVES[:size]


@pytest.mark.parametrize("size", SIZES)
def test_every_path_is_that_of_the_definition_and_leads_to_the_root(size: int) -> None:
    hashes = LEAVES[:size]
    tree, root = tree_of(hashes), root_of(hashes)
    assert len(tree) == size
    for index in range(size):
        path = path_of(index, hashes)
        assert path == path_by_definition(index, hashes) == tree.path(index)
        check_path(index, size, hashes[index], path, root)


def test_the_tree_gives_its_root_at_every_size_on_the_way() -> None:
    tree = Tree()
    for size, leaf in enumerate(LEAVES):
        assert tree.root() == root_by_definition(LEAVES[:size])
        tree.append(leaf)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 13, 16, 33])
def test_a_path_does_not_fit_any_other_place_leaf_or_root(size: int) -> None:
    hashes = LEAVES[:size]
    root = root_of(hashes)
    for index in range(size):
        path = path_of(index, hashes)
        refused(index, size, LEAVES[-1], path, root)
        refused(index, size, hashes[index], path, LEAVES[-1])
        for other in range(size):
            if other != index:
                refused(other, size, hashes[index], path, root)
                refused(index, size, hashes[other], path, root)


@pytest.mark.parametrize("size", [2, 3, 5, 8, 13, 33])
def test_a_shortened_extended_or_tampered_path_is_refused(size: int) -> None:
    hashes = LEAVES[:size]
    root = root_of(hashes)
    for index in range(size):
        leaf, path = hashes[index], path_of(index, hashes)
        refused(index, size, leaf, path[:-1], root)
        refused(index, size, leaf, path[1:], root)
        refused(index, size, leaf, [], root)
        refused(index, size, leaf, [*path, root], root)
        refused(index, size, leaf, [leaf, *path], root)
        refused(index, size, leaf, [*path, b""], root)
        for step in range(len(path)):
            for byte in (0, 15, 31):
                spoiled = bytearray(path[step])
                spoiled[byte] ^= 1
                refused(index, size, leaf, [*path[:step], bytes(spoiled), *path[step + 1 :]], root)
            for wrong in (b"", path[step][:31], path[step] + b"\x00"):
                refused(index, size, leaf, [*path[:step], wrong, *path[step + 1 :]], root)
        if len(path) > 1 and path[0] != path[1]:
            refused(index, size, leaf, [path[1], path[0], *path[2:]], root)


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_an_index_outside_the_tree_is_refused(size: int) -> None:
    hashes = LEAVES[:size]
    path, root = path_of(size - 1, hashes), root_of(hashes)
    for index in (-1, -size, size, size + 1, 2**64, -(2**64)):
        refused(index, size, hashes[-1], path, root)


def test_nothing_is_in_the_empty_tree() -> None:
    refused(0, 0, LEAVES[0], [], EMPTY_ROOT)
    refused(0, 0, EMPTY_ROOT, [], EMPTY_ROOT)
    refused(0, -1, LEAVES[0], [], LEAVES[0])


def test_the_only_leaf_is_its_own_root() -> None:
    check_path(0, 1, LEAVES[0], [], LEAVES[0])
    refused(0, 1, LEAVES[0], [LEAVES[1]], LEAVES[0])
    refused(0, 1, LEAVES[0], [], LEAVES[1])


def test_a_node_cannot_be_passed_off_as_a_leaf() -> None:
    hashes = LEAVES[:4]
    root, left, right = root_of(hashes), node_hash(*hashes[:2]), node_hash(*hashes[2:])
    check_path(0, 2, left, [right], root)  # such a tree exists; the size is what tells it apart
    refused(0, 4, left, [right], root)
    refused(0, 3, left, [right], root)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8])
def test_a_path_that_goes_on_above_the_root_is_refused_even_where_it_leads_to_what_is_asked(
    size: int,
) -> None:
    hashes, more = LEAVES[:size], LEAVES[-1]
    root = root_of(hashes)
    for index in range(size):
        path = [*path_of(index, hashes), more]
        for above in (node_hash(more, root), node_hash(root, more)):
            refused(index, size, hashes[index], path, above)


def test_a_tree_too_large_for_its_path_is_refused_at_once() -> None:
    refused(5, 2**200, LEAVES[5], path_of(5, LEAVES), root_of(LEAVES))
    refused(2**199, 2**200, LEAVES[5], [LEAVES[0]] * 64, root_of(LEAVES))


# -- trees of which only complete subtrees are kept ---------------------------------------------


def subproof_by_definition(m: int, hashes: list[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2, word for word, over leaf hashes."""
    n = len(hashes)
    if m == n:
        return [] if known else [root_by_definition(hashes)]
    k = split(n)
    if m <= k:
        more = subproof_by_definition(m, hashes[:k], known=known)
        return [*more, root_by_definition(hashes[k:])]
    more = subproof_by_definition(m - k, hashes[k:], known=False)
    return [*more, root_by_definition(hashes[:k])]


def kept(hashes: list[bytes], asked: list[tuple[int, int]] | None = None) -> NodeOf:
    """Return complete subtrees of `hashes`, and nothing of a tree that is not complete."""

    def node(height: int, index: int) -> bytes:
        first, end = index << height, (index + 1) << height
        assert end <= len(hashes), "no such subtree is complete"
        if asked is not None:
            asked.append((height, index))
        return root_by_definition(hashes[first:end])

    return node


@pytest.mark.parametrize("size", range(1, 71))
def test_root_and_paths_come_of_complete_subtrees_alone(size: int) -> None:
    hashes = LEAVES[:size]
    assert root_at(size, kept(hashes)) == root_by_definition(hashes)
    for index in range(size):
        path = inclusion_path(index, size, kept(hashes))
        assert path == path_by_definition(index, hashes)
        check_path(index, size, hashes[index], path, root_by_definition(hashes))


@pytest.mark.parametrize("size", range(1, 40))
def test_the_consistency_of_any_two_sizes_is_shown_as_the_definition_says(size: int) -> None:
    hashes = LEAVES[:size]
    assert consistency_path(0, size, kept(hashes)) == []
    for old in range(1, size + 1):
        wanted = subproof_by_definition(old, hashes, known=True)
        assert consistency_path(old, size, kept(hashes)) == wanted


def test_an_older_tree_is_proved_out_of_a_longer_one() -> None:
    for size in range(1, 70):
        assert root_at(size, kept(LEAVES)) == root_by_definition(LEAVES[:size])
        for index in {0, size // 2, size - 1}:
            wanted = path_by_definition(index, LEAVES[:size])
            assert inclusion_path(index, size, kept(LEAVES)) == wanted


@pytest.mark.parametrize("size", [1, 255, 256, 257, 2**20 - 1, 2**20, 2**40 + 1])
def test_a_proof_asks_for_few_subtrees_however_large_the_tree(size: int) -> None:
    asked: list[tuple[int, int]] = []

    def node(height: int, index: int) -> bytes:
        assert (index + 1) << height <= size
        asked.append((height, index))
        return leaf_hash(f"{height} {index}".encode())

    bits = size.bit_length()
    root = root_at(size, node)
    assert len(asked) <= bits
    for index in {0, size // 3, size - 1}:
        asked.clear()
        path = inclusion_path(index, size, node)
        assert len(asked) <= 2 * bits
        assert len(path) <= bits
    assert len(root) == 32


def test_the_paths_of_all_leaves_are_those_of_each() -> None:
    for size in range(1, 40):
        hashes = LEAVES[:size]
        wanted = [path_by_definition(index, hashes) for index in range(size)]
        assert all_paths(hashes, root_by_definition(hashes)) == wanted
        assert all_paths(hashes, LEAVES[-1]) == []
        if size > 1:
            assert all_paths(hashes[::-1], root_by_definition(hashes)) == []
