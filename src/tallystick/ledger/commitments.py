"""The commitments on disk: 32 bytes a record, in ledger order, and what finds a path quickly.

Owns `commitments` and the derived file `groups`: of each batch of more than 32 records the roots
over 32 commitments each, so that the path of one record takes 63 hashes and not two thousand. The
old part of the commitments may have been moved to an archive; what is left then is named by the
record it begins with (`commitments.4096`), and where two such files are there the one that begins
later is whole, since it was written under its name only when it was complete.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import HASH_BYTES, leaf_hash, path_of, root_of
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import COMMITMENT_BYTES
from tallystick.ledger.evidence import EVIDENCE_DAMAGED, TOO_SHORT

GROUP_RECORDS = 32
COMMITMENTS = "commitments"

ARCHIVED = Reason(
    "archived",
    Text(
        "第 {record} 条记录的承诺值已移入归档",
        "the commitment of record number {record} was moved to an archive",
    ),
    "docs/spec/ledger.md",
    Text(
        "请用 tally ledger archive --attach 文件夹 指明归档所在。",
        "Say where the archive is with tally ledger archive --attach DIR.",
    ),
)

Archive = Callable[[int, int], bytes]
"""Reads an archive: (first record, count) -> their commitments, 32 bytes each."""


def groups_in(records: int) -> int:
    """Return how many groups of a batch of `records` stand in the file of groups."""
    return -(-records // GROUP_RECORDS) if records > GROUP_RECORDS else 0


def group_roots(leaves: Sequence[bytes]) -> list[bytes]:
    """Return the roots over each 32 leaf hashes; their tree has the root of the batch."""
    return [
        root_of(list(leaves[at : at + GROUP_RECORDS]))
        for at in range(0, len(leaves), GROUP_RECORDS)
    ]


def base_of(file: Path) -> int:
    """Return the number of the first record of a file of commitments, -1 for any other file."""
    if file.name == COMMITMENTS:
        return 0
    name, _, number = file.name.partition(".")
    plain = number.isascii() and number.isdigit() and number == str(int(number)) != "0"
    return int(number) if name == COMMITMENTS and plain else -1


class Commitments:
    """The commitments of one log."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.archive: Archive | None = None
        self._folder = folder
        self._disk = disk
        self._base = -1
        self._handles: dict[Path, int] = {}

    @property
    def base(self) -> int:
        """The number of the first record that is here and not in an archive."""
        if self._base < 0:
            found = (base_of(file) for file in self._folder.glob(f"{COMMITMENTS}*"))
            self._base = max(found, default=0)
        return max(self._base, 0)

    @property
    def file(self) -> Path:
        """The file that grows."""
        return self._folder / (f"{COMMITMENTS}.{self.base}" if self.base else COMMITMENTS)

    @property
    def groups_file(self) -> Path:
        """The roots of the groups, derived."""
        return self._folder / "groups"

    def stale(self) -> list[Path]:
        """Return the files a later one has taken the place of."""
        others = self._folder.glob(f"{COMMITMENTS}*")
        return [file for file in others if 0 <= base_of(file) < self.base]

    def read(self, first: int, count: int) -> bytes:
        """Return `count` commitments from record number `first`, end to end.

        Raises: ARCHIVED, EVIDENCE_DAMAGED where the file ends before.
        """
        if first >= self.base:
            return self._read(self.file, (first - self.base) * COMMITMENT_BYTES, count)
        if self.archive is None:
            raise ARCHIVED.error(record=first)
        kept = min(count, self.base - first)
        return self.archive(first, kept) + self.read(self.base, count - kept)

    def path(self, position: int, start: int, records: int, groups: int) -> list[bytes]:
        """Return the path of record number start + position in its batch of `records`.

        groups: where the roots of its groups begin in their file, counted in roots. The path is
        not checked: the file of groups may be wrong.
        """
        if records <= GROUP_RECORDS:
            return path_of(position, self._leaves(start, records))
        group, within = divmod(position, GROUP_RECORDS)
        first = group * GROUP_RECORDS
        leaves = self._leaves(start + first, min(GROUP_RECORDS, records - first))
        roots = self._read(self.groups_file, groups * HASH_BYTES, groups_in(records))
        return path_of(within, leaves) + path_of(group, _cut(roots))

    def long_path(self, position: int, start: int, records: int) -> list[bytes]:
        """Return the same path, made from the commitments alone."""
        return path_of(position, self._leaves(start, records))

    def close(self) -> None:
        """Close the files read from, and look anew which they are."""
        for handle in self._handles.values():
            os.close(handle)
        self._handles.clear()
        self._base = -1

    def _leaves(self, first: int, count: int) -> list[bytes]:
        return [leaf_hash(one) for one in _cut(self.read(first, count))]

    def _read(self, file: Path, offset: int, count: int) -> bytes:
        if count <= 0:
            return b""
        if file not in self._handles:
            try:
                self._handles[file] = os.open(file, os.O_RDONLY)
            except FileNotFoundError:
                raise EVIDENCE_DAMAGED.error(
                    file=file.name, offset=0, what=Text("缺失", "missing")
                ) from None
        data = os.pread(self._handles[file], count * HASH_BYTES, offset)
        if len(data) != count * HASH_BYTES:
            raise EVIDENCE_DAMAGED.error(file=file.name, offset=offset + len(data), what=TOO_SHORT)
        return data


def _cut(data: bytes) -> list[bytes]:
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
