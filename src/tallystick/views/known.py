"""Which statements the ledger already holds, asked while a file is imported.

Owns `Known`, which finds for a new statement the newest record of the same identity and an older
record of the same content, by fingerprint. A hit is a candidate, never an answer: whoever asks
compares the bodies. Memory is about 32 bytes a record; a million new records do not grow a
dictionary of a million, since new ones are folded into sorted columns from time to time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RECENT_MAX = 200_000

_Numbers = npt.NDArray[np.uint64]


class Candidate(NamedTuple):
    """Record numbers, -1 where there is none.

    newest: the newest record with the same identity. same: a record with the same content.
    """

    newest: int
    same: int


UNKNOWN = Candidate(-1, -1)


class Known:
    """Fingerprints of the facts and grants in the ledger, those retracted left out."""

    def __init__(
        self, identity: Sequence[int], content: Sequence[int], kept: Sequence[int]
    ) -> None:
        numbers = np.asarray(kept, dtype=np.uint64)
        self._identity = _Table(np.asarray(identity, dtype=np.uint64)[numbers], numbers)
        self._content = _Table(np.asarray(content, dtype=np.uint64)[numbers], numbers)

    def find(self, identity: Sequence[int], content: Sequence[int]) -> list[Candidate]:
        """Return a candidate for each statement, as the ledger stood at the last `settle`."""
        newest, same = self._identity.find(identity), self._content.find(content)
        return list(map(Candidate, newest, same))

    def recent(self, identity: int, content: int) -> Candidate:
        """Return the candidate among the records added since."""
        return Candidate(
            self._identity.recent.get(identity, -1), self._content.recent.get(content, -1)
        )

    def is_recent(self, identity: int) -> bool:
        """Tell whether a record of this identity was added since."""
        return identity in self._identity.recent

    def add(self, identity: int, content: int, record: int) -> None:
        """Note the fingerprints of a record just appended."""
        self._identity.recent[identity] = record
        self._content.recent[content] = record

    def settle(self) -> None:
        """Fold the recent records into the sorted columns once they are many."""
        if len(self._identity.recent) > RECENT_MAX:
            self._identity.settle()
            self._content.settle()


class _Table:
    """Fingerprint -> newest record number."""

    def __init__(self, prints: _Numbers, records: _Numbers) -> None:
        self.recent: dict[int, int] = {}
        self._sort(prints, records)

    def settle(self) -> None:
        prints = np.fromiter(self.recent.keys(), np.uint64, len(self.recent))
        records = np.fromiter(self.recent.values(), np.uint64, len(self.recent))
        self.recent = {}
        self._sort(np.concatenate([self._prints, prints]), np.concatenate([self._records, records]))

    def find(self, wanted: Sequence[int]) -> list[int]:
        asked = np.asarray(wanted, dtype=np.uint64)
        if not len(self._prints) or not len(asked):
            return [-1] * len(asked)
        at = np.minimum(np.searchsorted(self._prints, asked), len(self._prints) - 1)
        hit = self._prints[at] == asked
        found: list[int] = np.where(hit, self._records[at].astype(np.int64), -1).tolist()
        return found

    def _sort(self, prints: _Numbers, records: _Numbers) -> None:
        # The newest record of each fingerprint: sort by (fingerprint, record), keep the last.
        order = np.lexsort((records, prints))
        prints, records = prints[order], records[order]
        last = np.ones(len(prints), dtype=bool)
        last[:-1] = prints[1:] != prints[:-1]
        self._prints, self._records = prints[last], records[last]
