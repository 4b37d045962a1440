"""What is offered to the two networks: transactions of the same size, made before the clock starts.

Owns both kinds. Ours are appends of a batch of commitments each, signed, of one log a validator,
each going on from the one before. Those of kvstore are `key=value` of as many bytes as ours, filled
at random, as ours are: neither can be made shorter.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tallystick.app.network.folder import NodeFolder
from tallystick.testing.institutions import STATUS_ENTRIES, Institution

BATCH_RECORDS = 1_000
_KEY = b"%012d="
_SIGNS = bytes(byte if byte not in b"=:" else byte + 128 for byte in range(256))


class Appends:
    """The logs of the validators of our network, one each, and what is appended to them."""

    def __init__(self, nodes: Sequence[NodeFolder], records: int = BATCH_RECORDS) -> None:
        self._records = records
        self.institutions: list[Institution] = []
        for node in nodes:
            one = Institution(node.name, node.genesis().chain)
            one.key = node.member_key()
            self.institutions.append(one)

    @property
    def openings(self) -> list[bytes]:
        """The transactions that open the logs."""
        return [one.opening() for one in self.institutions]

    def ready(self, count: int) -> list[tuple[str, bytes]]:
        """Return `count` transactions in turn of each log, with the name of its validator."""
        logs = self.institutions
        turns = (logs[number % len(logs)] for number in range(count))
        return [(one.name, one.append(self._records).encode()) for one in turns]

    def sizes_without(self, left: Iterable[str]) -> dict[str, int]:
        """Return how many entries each log has. left: of whom an append was not offered, each."""
        unoffered = Counter(left)
        each = 1 + STATUS_ENTRIES
        return {one.origin: one.size - each * unoffered[one.name] for one in self.institutions}


class Pairs:
    """What is written to kvstore: values of the size ours have."""

    def __init__(self, names: Sequence[str], size: int) -> None:
        self._names = list(names)
        self._size = size
        self._made = 0

    def ready(self, count: int) -> list[tuple[str, bytes]]:
        """Return `count` transactions in turn for each validator."""
        return list(self._each(count))

    def _each(self, count: int) -> Iterator[tuple[str, bytes]]:
        for number in range(self._made, self._made + count):
            key = _KEY % number
            filled = os.urandom(self._size - len(key)).translate(_SIGNS)
            yield self._names[number % len(self._names)], key + filled
        self._made += count


def append_bytes() -> int:
    """Return the size of an append of one batch, which depends on its records alone."""
    return len(Institution("A").append(BATCH_RECORDS).encode())
