"""Merkle trees as RFC 6962 section 2.1 hashes them, with SHA-256.

Owns leaf and node hashes, roots, inclusion paths and their check, and `Tree`, an append-only tree
that keeps every complete node so that root and path cost O(log n).

    >>> tree = Tree()
    >>> for data in (b"a", b"b", b"c"): tree.append(leaf_hash(data))
    >>> check_path(2, 3, leaf_hash(b"c"), tree.path(2), tree.root())
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

PATH_DOES_NOT_LEAD = Reason(
    "path_does_not_lead",
    Text(
        "哈希路径不通向所声明的根（序号 {index}，总数 {size}）",
        "the hash path does not lead to the stated root (index {index} of {size})",
    ),
    "RFC 6962 2.1.1",
)


NOT_CONSISTENT = Reason(
    "not_consistent",
    Text(
        "大小为 {new} 的账本不是大小为 {old} 的账本的延续",
        "the log of size {new} does not go on from the log of size {old}",
    ),
    "RFC 9162 2.1.4",
)


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """Return the root over leaf hashes (32 bytes each); the empty tree's root is SHA-256("")."""
    if not hashes:
        return EMPTY_ROOT
    row = hashes
    while len(row) > 1:
        row = _next_row(row)
    return row[0]


def path_of(index: int, hashes: list[bytes]) -> list[bytes]:
    """Return the inclusion path of leaf `index`, from its sibling up to the root's child."""
    path = []
    row = hashes
    while len(row) > 1:
        sibling = index ^ 1
        if sibling < len(row):
            path.append(row[sibling])
        row = _next_row(row)
        index >>= 1
    return path


def all_paths(hashes: list[bytes], root: bytes) -> list[list[bytes]]:
    """Return the inclusion path of every leaf hash; none where they do not give `root`."""
    rows = [hashes]
    while len(rows[-1]) > 1:
        rows.append(_next_row(rows[-1]))
    if rows[-1] != [root]:
        return []
    return [
        [
            row[sibling]
            for level, row in enumerate(rows[:-1])
            if (sibling := (index >> level) ^ 1) < len(row)
        ]
        for index in range(len(hashes))
    ]


def _next_row(row: list[bytes]) -> list[bytes]:
    # Pairing each row and carrying an odd last node up unchanged gives the same tree as the
    # recursive definition, whose left part is the largest power of two below the size.
    above = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
    if len(row) % 2:
        above.append(row[-1])
    return above


def check_path(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> None:
    """Check that `leaf` (a leaf hash) stands at `index` of the tree of `size` leaves with `root`.

    Follows RFC 9162 section 2.1.3.2. Raises: PATH_DOES_NOT_LEAD.
    """
    if not _leads(index, size, leaf, path, root):
        raise PATH_DOES_NOT_LEAD.error(index=index, size=size)


def _leads(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    if not 0 <= index < size:
        return False
    position, last, value = index, size - 1, leaf
    for step in path:
        if last == 0 or len(step) != HASH_BYTES:
            return False
        if position & 1 or position == last:
            value = sha256(b"\x01" + step + value).digest()
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            value = sha256(b"\x01" + value + step).digest()
        position >>= 1
        last >>= 1
    return last == 0 and value == root


NodeOf = Callable[[int, int], bytes]
"""(height, index) -> root over the 2**height leaves from index * 2**height, all of them there."""


def root_at(size: int, node: NodeOf) -> bytes:
    """Return the root of a tree of `size` leaves, 1 or more, by its complete subtrees."""
    return _over(0, size, node)


def inclusion_path(index: int, size: int, node: NodeOf) -> list[bytes]:
    """Return the inclusion path of leaf `index` in the tree of `size` leaves (RFC 6962 2.1.1)."""
    path: list[bytes] = []
    first, count = 0, size
    while count > 1:
        left = _left(count)
        if index < first + left:
            path.append(_over(first + left, count - left, node))
            count = left
        else:
            path.append(_over(first, left, node))
            first, count = first + left, count - left
    return path[::-1]


def consistency_path(old: int, new: int, node: NodeOf) -> list[bytes]:
    """Return the proof that the tree of `new` leaves goes on from that of `old` (RFC 6962 2.1.2).

    0 <= old <= new; nothing is needed where old is 0 or new.
    """
    if old in (0, new):
        return []
    path: list[bytes] = []
    first, count, known, at = 0, new, True, old
    while at != count:
        left = _left(count)
        if at <= left:
            path.append(_over(first + left, count - left, node))
            count = left
        else:
            path.append(_over(first, left, node))
            first, count, known, at = first + left, count - left, False, at - left
    if not known:
        path.append(_over(first, count, node))
    return path[::-1]


def check_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]
) -> None:
    """Check that the tree of `new` leaves goes on from the tree of `old` leaves.

    Follows RFC 9162 section 2.1.4.2; of nothing everything goes on. Raises: NOT_CONSISTENT.
    """
    if not 0 <= old <= new or any(len(step) != HASH_BYTES for step in path):
        raise NOT_CONSISTENT.error(old=old, new=new)
    if old in (0, new):
        roots = (EMPTY_ROOT, EMPTY_ROOT if new == 0 else new_root) if old == 0 else (new_root,) * 2
        if path or (old_root, new_root) != roots:
            raise NOT_CONSISTENT.error(old=old, new=new)
        return
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps or _both_roots(old, new, steps) != (old_root, new_root):
        raise NOT_CONSISTENT.error(old=old, new=new)


def _both_roots(old: int, new: int, steps: list[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots that the steps of a consistency proof give, None where they do not fit."""
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, step)
        at, last = at >> 1, last >> 1
    return (first, second) if last == 0 else None


def _left(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _over(first: int, count: int, node: NodeOf) -> bytes:
    """Return the root over `count` leaves from `first`, a place where the tree splits."""
    parts = []
    while count:
        height = count.bit_length() - 1
        parts.append(node(height, first >> height))
        first, count = first + (1 << height), count - (1 << height)
    value = parts.pop()
    while parts:
        value = node_hash(parts.pop(), value)
    return value


class Tree:
    """An append-only tree of leaf hashes. Keeps all complete nodes: 64 bytes a leaf."""

    def __init__(self) -> None:
        self._rows: list[list[bytes]] = [[]]

    def __len__(self) -> int:
        return len(self._rows[0])

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the end."""
        row = self._rows[0]
        row.append(leaf)
        level = 0
        while len(row) % 2 == 0:
            parent = node_hash(row[-2], row[-1])
            level += 1
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(parent)

    def root(self) -> bytes:
        """Return the root of all leaves appended so far."""
        value: bytes | None = None
        for row in self._rows:
            if len(row) % 2:
                value = row[-1] if value is None else node_hash(row[-1], value)
        return EMPTY_ROOT if value is None else value

    def path(self, index: int) -> list[bytes]:
        """Return the inclusion path of leaf `index` in the tree as it stands."""
        path = []
        edge = self._edges()
        for level, row in enumerate(self._rows):
            sibling = (index >> level) ^ 1
            if sibling < len(row):
                path.append(row[sibling])
            elif sibling == len(row) and edge[level] is not None:
                path.append(edge[level])
        return path

    def _edges(self) -> list[bytes]:
        # edge[level]: the hash of the incomplete subtree to the right of the complete nodes of
        # that level, or None where the complete nodes cover everything.
        edges: list[bytes | None] = []
        value: bytes | None = None
        for row in self._rows:
            edges.append(value)
            if len(row) % 2:
                value = row[-1] if value is None else node_hash(row[-1], value)
        return edges  # type: ignore[return-value]
