"""What a replica remembers between blocks, in its own memory alone.

Owns the transactions it has read, and since when some of them wait for what comes before them. Both
have limits, are forgotten at a restart, and never change what a block does.
"""

from __future__ import annotations

from collections import OrderedDict

from tallystick.consortium.transactions import Transaction

DECODED_MAX = 640  # transactions remembered as read, about 100 kB each: more than can wait at once
DECODED_BYTES_MAX = 64 << 20  # of their own bytes
AHEAD_KNOWN_MAX = 4096


class Remembered:
    """Transactions as they were read, by digest; the oldest go first."""

    def __init__(self) -> None:
        self._found: OrderedDict[bytes, tuple[int, Transaction]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._found)

    def get(self, digest: bytes) -> Transaction | None:
        """Return a transaction, None where it is not remembered."""
        found = self._found.get(digest)
        return found[1] if found else None

    def keep(self, digest: bytes, length: int, told: Transaction) -> None:
        """Remember a transaction of `length` bytes."""
        self._found[digest] = (length, told)
        self._bytes += length
        while len(self._found) > DECODED_MAX or self._bytes > DECODED_BYTES_MAX:
            _, (gone, _) = self._found.popitem(last=False)
            self._bytes -= gone


class Waiting:
    """Since which block transactions wait for what comes before them."""

    def __init__(self) -> None:
        self._since: OrderedDict[bytes, int] = OrderedDict()

    def blocks(self, digest: bytes, height: int) -> int:
        """Return for how many blocks a transaction waits; from now on, where it is new."""
        since = self._since.setdefault(digest, height)
        if len(self._since) > AHEAD_KNOWN_MAX:
            self._since.popitem(last=False)
        return height - since
