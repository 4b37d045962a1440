"""The status tree: which records are not in force any more.

Owns `StatusTree`, a compact sparse Merkle tree: a subtree with one leaf is that leaf, an empty one
is 32 zeros. Rules: the root follows from keys and values alone, in whatever order they came. Only
the buckets that changed are hashed again (a bucket holds the keys with the same first 16 bits): 16
hashes and those of a bucket, in which there are 15 keys in a tree of a million.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from tallystick.ledger.status import (
    EMPTY_TREE,
    another_there,
    bit,
    inner,
    nothing_there,
    status_leaf,
    this_there,
    write_proof,
)

BUCKET_BITS = 16


class _Subtree(NamedTuple):
    """digest; the key of its leaf where it has just one; whether it has more than one."""

    digest: bytes
    key: bytes | None
    many: bool


_EMPTY = _Subtree(EMPTY_TREE, None, many=False)


def _joined(left: _Subtree, right: _Subtree) -> _Subtree:
    for one, other in ((left, right), (right, left)):
        if not other.many and other.key is None and not one.many:
            return one
    return _Subtree(inner(left.digest, right.digest), None, many=True)


class StatusTree:
    """A map from 32-byte keys to values, with a root and a proof for any key."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._buckets: dict[int, list[bytes]] = {}
        self._nodes: dict[tuple[int, int], _Subtree] = {}
        self._changed: set[int] = set()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: bytes) -> bytes | None:
        """Return the value of `key`, None where the tree does not hold it."""
        return self._values.get(key)

    def update(self, changes: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Set the values of keys; None takes a key out."""
        for key, value in changes:
            bucket = _bucket_of(key)
            self._changed.add(bucket)
            if value is not None:
                if key not in self._values:
                    insort(self._buckets.setdefault(bucket, []), key)
                self._values[key] = value
            elif self._values.pop(key, None) is not None:
                keys = self._buckets[bucket]
                del keys[bisect_left(keys, key)]

    def root(self) -> bytes:
        """Return the root: 32 zeros for the empty tree."""
        self._settle()
        return self._node(0, 0).digest

    def prove(self, key: bytes) -> bytes:
        """Return the proof of what the tree holds, or does not hold, under `key`."""
        self._settle()
        siblings: list[bytes] = []
        subtree = self._node(0, 0)
        while subtree.many and len(siblings) < BUCKET_BITS:
            depth = len(siblings) + 1
            index = _bucket_of(key) >> (BUCKET_BITS - depth)
            siblings.append(self._node(depth, index ^ 1).digest)
            subtree = self._node(depth, index)
        keys: Sequence[bytes] = self._buckets.get(_bucket_of(key), ())
        while subtree.many:
            depth = len(siblings)
            halves = _split(keys, depth)
            keys = halves[bit(key, depth)]
            siblings.append(self._over(halves[1 - bit(key, depth)], depth + 1).digest)
            subtree = self._over(keys, depth + 1)
        return write_proof(siblings, self._terminal(key, subtree.key))

    def _terminal(self, key: bytes, there: bytes | None) -> bytes:
        if there is None:
            return nothing_there()
        value = self._values[there]
        return this_there(value) if there == key else another_there(there, value)

    def _node(self, depth: int, index: int) -> _Subtree:
        return self._nodes.get((depth, index), _EMPTY)

    def _settle(self) -> None:
        """Hash what changed again, from the buckets upwards."""
        above: set[int] = set()
        for bucket in self._changed:
            self._put(BUCKET_BITS, bucket, self._over(self._buckets.get(bucket, ()), BUCKET_BITS))
            above.add(bucket >> 1)
        self._changed.clear()
        for depth in range(BUCKET_BITS - 1, -1, -1):
            for index in above:
                left, right = self._node(depth + 1, 2 * index), self._node(depth + 1, 2 * index + 1)
                self._put(depth, index, _joined(left, right))
            above = {index >> 1 for index in above}

    def _put(self, depth: int, index: int, subtree: _Subtree) -> None:
        if subtree is _EMPTY:
            self._nodes.pop((depth, index), None)
        else:
            self._nodes[depth, index] = subtree

    def _over(self, keys: Sequence[bytes], depth: int) -> _Subtree:
        """Return the subtree over sorted `keys`, which share their first `depth` bits."""
        if not keys:
            return _EMPTY
        if len(keys) == 1:
            [key] = keys
            digest = status_leaf(key, sha256(self._values[key]).digest())
            return _Subtree(digest, key, many=False)
        left, right = _split(keys, depth)
        return _joined(self._over(left, depth + 1), self._over(right, depth + 1))


def _bucket_of(key: bytes) -> int:
    return int.from_bytes(key[:2], "big") >> (16 - BUCKET_BITS)


def _split(keys: Sequence[bytes], depth: int) -> tuple[Sequence[bytes], Sequence[bytes]]:
    at = bisect_left(keys, 1, key=lambda key: bit(key, depth))
    return keys[:at], keys[at:]
