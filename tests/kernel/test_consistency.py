from __future__ import annotations

import pytest
from tests.kernel.test_merkle import root_by_definition, split

from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import (
    EMPTY_ROOT,
    NOT_CONSISTENT,
    check_consistency,
    consistency_path,
    inclusion_path,
    leaf_hash,
    path_of,
    root_at,
)

LEAVES = [leaf_hash(bytes([n])) for n in range(70)]


# -- complete subtrees, and proofs that one tree goes on from another -----------------------------

CONSISTENT_MAX = 64


def path_by_definition(index: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, which `path_of` is tested against elsewhere."""
    return path_of(index, hashes)


def proof_by_definition(old: int, hashes: list[bytes], *, known: bool = True) -> list[bytes]:
    """PROOF of RFC 6962 section 2.1.2 (SUBPROOF, with `known` for its b), over leaf hashes."""
    if old == len(hashes):
        return [] if known else [root_by_definition(hashes)]
    k = split(len(hashes))
    if old <= k:
        return [
            *proof_by_definition(old, hashes[:k], known=known),
            root_by_definition(hashes[k:]),
        ]
    return [
        *proof_by_definition(old - k, hashes[k:], known=False),
        root_by_definition(hashes[:k]),
    ]


def complete(height: int, index: int) -> bytes:
    """Return the root over a complete subtree of the leaves; there must be such a one."""
    some = LEAVES[index << height : (index + 1) << height]
    assert len(some) == 1 << height
    return root_by_definition(some)


def inconsistent(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> None:
    with pytest.raises(TallyError) as refusal:
        check_consistency(old, new, old_root, new_root, path)
    assert refusal.value.reason is NOT_CONSISTENT


ROOTS_BY_SIZE = [root_by_definition(LEAVES[:size]) for size in range(len(LEAVES) + 1)]


@pytest.mark.parametrize("new", range(1, CONSISTENT_MAX + 1))
def test_roots_and_paths_are_had_from_complete_subtrees_alone(new: int) -> None:
    assert root_at(new, complete) == ROOTS_BY_SIZE[new]
    for index in range(new):
        assert inclusion_path(index, new, complete) == path_by_definition(index, LEAVES[:new])


@pytest.mark.parametrize("new", range(CONSISTENT_MAX + 1))
def test_every_tree_goes_on_from_every_smaller_one_by_the_proof_of_the_definition(
    new: int,
) -> None:
    check_consistency(0, new, EMPTY_ROOT, ROOTS_BY_SIZE[new], consistency_path(0, new, complete))
    for old in range(1, new + 1):
        path = consistency_path(old, new, complete)
        assert path == proof_by_definition(old, LEAVES[:new])
        check_consistency(old, new, ROOTS_BY_SIZE[old], ROOTS_BY_SIZE[new], path)


@pytest.mark.parametrize("new", range(1, CONSISTENT_MAX + 1))
def test_a_proof_fits_no_other_sizes_and_no_other_roots(new: int) -> None:
    for old in range(new + 1):
        path = consistency_path(old, new, complete)
        before, after = ROOTS_BY_SIZE[old], ROOTS_BY_SIZE[new]
        inconsistent(old, new, LEAVES[-1], after, path)
        if old:
            inconsistent(old, new, before, LEAVES[-1], path)
        inconsistent(-1, new, before, after, path)
        inconsistent(new + 1, new, before, after, path)
        for other in range(1, new + 1):
            if other != old:
                inconsistent(other, new, before, after, path)


@pytest.mark.parametrize("new", [2, 3, 4, 5, 7, 8, 9, 13, 16, 21, 33, 63, 64])
def test_a_shortened_extended_or_tampered_proof_is_refused(new: int) -> None:
    for old in range(new + 1):
        path = consistency_path(old, new, complete)
        before, after = ROOTS_BY_SIZE[old], ROOTS_BY_SIZE[new]
        more = [[*path, LEAVES[-1]], [LEAVES[-1], *path], [*path, before], [*path, b""]]
        less = [path[:-1], path[1:], []] if path else []
        swapped = [[path[1], path[0], *path[2:]]] if path[1:] and path[0] != path[1] else []
        for wrong in (*more, *less, *swapped):
            inconsistent(old, new, before, after, wrong)
        for step in range(len(path)):
            for byte in (0, 15, 31):
                spoiled = bytearray(path[step])
                spoiled[byte] ^= 1
                wrong = [*path[:step], bytes(spoiled), *path[step + 1 :]]
                inconsistent(old, new, before, after, wrong)
            for short in (b"", path[step][:31], path[step] + b"\x00"):
                inconsistent(old, new, before, after, [*path[:step], short, *path[step + 1 :]])


@pytest.mark.parametrize("changed", [0, 1, 2, 5, 6])
def test_a_history_in_which_one_leaf_was_changed_does_not_go_on(changed: int) -> None:
    forged = [*LEAVES[:changed], leaf_hash(b"another"), *LEAVES[changed + 1 :]]

    def node(height: int, index: int) -> bytes:
        return root_by_definition(forged[index << height : (index + 1) << height])

    for new in range(8, 20):
        path = consistency_path(7, new, node)
        inconsistent(7, new, ROOTS_BY_SIZE[7], root_by_definition(forged[:new]), path)


def test_nothing_goes_on_from_a_root_that_is_not_the_empty_one_by_saying_it_was_empty() -> None:
    inconsistent(0, 5, LEAVES[0], ROOTS_BY_SIZE[5], [])
    inconsistent(0, 0, EMPTY_ROOT, LEAVES[0], [])
    inconsistent(2**199, 2**200, LEAVES[0], LEAVES[1], [LEAVES[0]] * 63)
