"""One Merkle proof for many leaves of a tree as RFC 6962 hashes it.

Owns which hashes such a proof holds and in which order: row by row from the leaves upwards, each
from left to right, of every known node its sibling, unless that is known too or there is none. So
no hash is in it that follows from the others, and of one leaf it is the inclusion path itself.
Rules: an odd last node of a row is carried up unchanged, which gives the tree of the RFC; a check
takes exactly the hashes it needs and refuses any more.

    >>> nodes = multi_path([0, 5], 7, lambda height, index: hashes_of[height, index])
    >>> check_multi([0, 5], 7, [leaf_0, leaf_5], nodes, root)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import HASH_BYTES, NodeOf, node_hash, root_at
from tallystick.kernel.texts import Text

Place = tuple[int, int]
"""(row, index): row 0 are the leaves; row r has the half, rounded up, of the nodes of row r - 1."""

MULTIPROOF_FAILS = Reason(
    "multiproof_fails",
    Text(
        "多条记录的哈希证明不成立（共 {leaves} 项，总数 {size}）",
        "the hash proof of many records does not hold ({leaves} of {size})",
    ),
    "RFC 6962 2.1",
)


def multi_path(indices: Sequence[int], size: int, node: NodeOf) -> list[bytes]:
    """Return the proof of the leaves at `indices`, strictly ascending, of a tree of `size` leaves.

    node: gives the hashes of complete subtrees; the incomplete right edge is made from those.
    Raises: MULTIPROOF_FAILS for no leaf, a leaf twice or out of order, or one outside the tree.
    """
    return [_node_at(place, size, node) for place in places(indices, size)]


def places(indices: Sequence[int], size: int) -> list[Place]:
    """Return where the hashes of a proof stand in the tree, in their order. Raises: as above."""
    _check_indices(indices, size)
    return [place for row in _rows(indices, size) for place in row]


def join_paths(indices: Sequence[int], size: int, paths: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Return the proof of the leaves at `indices` made from the inclusion path of each.

    Whether the paths lead anywhere is not looked at. Raises: MULTIPROOF_FAILS, also for a path of
    another length than its leaf has.
    """
    wanted = places(indices, size)
    known: dict[Place, bytes] = {}
    for index, path in zip(indices, paths, strict=True):
        steps = places([index], size)
        if len(steps) != len(path):
            raise _fault(indices, size)
        known.update(zip(steps, path, strict=True))
    return [known[place] for place in wanted]


def check_multi(
    indices: Sequence[int],
    size: int,
    leaves: Sequence[bytes],
    nodes: Sequence[bytes],
    root: bytes,
) -> None:
    """Check that `leaves` (leaf hashes) stand at `indices` of a tree of `size` leaves with `root`.

    Raises: MULTIPROOF_FAILS, also for a hash too many or too few, no leaf, a leaf twice or out of
    order.
    """
    if multi_root(indices, size, leaves, nodes) != root:
        raise _fault(indices, size)


def multi_root(
    indices: Sequence[int], size: int, leaves: Sequence[bytes], nodes: Sequence[bytes]
) -> bytes:
    """Return the root that a proof leads to. Raises: MULTIPROOF_FAILS, as `check_multi`."""
    known = resolve(indices, size, leaves, nodes)
    return known[_height(size), 0]


def resolve(
    indices: Sequence[int], size: int, leaves: Sequence[bytes], nodes: Sequence[bytes]
) -> dict[Place, bytes]:
    """Return every hash that a proof gives or lets one work out, the root at (height, 0).

    Raises: MULTIPROOF_FAILS, as `check_multi`.
    """
    wanted = places(indices, size)
    if (
        len(wanted) != len(nodes)
        or len(leaves) != len(indices)
        or any(len(one) != HASH_BYTES for one in (*leaves, *nodes))
    ):
        raise _fault(indices, size)
    known = dict(zip(wanted, nodes, strict=True))
    known.update(zip(((0, index) for index in indices), leaves, strict=True))
    row = list(indices)
    for height in range(_height(size)):
        parents = sorted({index >> 1 for index in row})
        for parent in parents:
            left, right = known[height, 2 * parent], known.get((height, 2 * parent + 1))
            known[height + 1, parent] = left if right is None else node_hash(left, right)
        row = parents
    return known


def path_within(index: int, size: int, known: Mapping[Place, bytes]) -> list[bytes]:
    """Return the inclusion path of one of the leaves of a proof that was resolved."""
    return [known[place] for place in places([index], size)]


def _rows(indices: Sequence[int], size: int) -> Iterator[list[Place]]:
    """Yield for each row which siblings are wanted."""
    row, width = list(indices), size
    for height in range(_height(size)):
        there = set(row)
        siblings = (index ^ 1 for index in row)
        yield [(height, one) for one in siblings if one < width and one not in there]
        row = sorted({index >> 1 for index in row})
        width = (width + 1) >> 1


def _height(size: int) -> int:
    """Return the number of the row that holds the root alone."""
    return (size - 1).bit_length()


def _node_at(place: Place, size: int, node: NodeOf) -> bytes:
    """Return the hash at a place, of a complete subtree or of the right edge."""
    height, index = place
    first = index << height
    count = min(1 << height, size - first)
    return root_at(count, lambda under, at: node(under, (first >> under) + at))


def _check_indices(indices: Sequence[int], size: int) -> None:
    ascending = all(one < other for one, other in itertools.pairwise(indices))
    if not indices or not ascending or indices[0] < 0 or indices[-1] >= size:
        raise _fault(indices, size)


def _fault(indices: Sequence[int], size: int) -> TallyError:
    return MULTIPROOF_FAILS.error(leaves=len(indices), size=size)
