"""The files of the vault: encrypted bodies and, apart from them, their wrapped keys.

Owns two files in two folders.

    bodies/records    blocks, one a batch: "TLYV", version (2 bytes), number of the first record
                      (8), count (4), count lengths (4 each), the ciphertexts; big-endian
    keys/records      40 bytes a record, at 40 times its number; zeros where the key was destroyed

Rules: keys are durable before bodies, bodies before the ledger that acknowledges them; what lies
beyond the ledger's count is cut off by `recover`. The key file has mode 0600 and is left out of
ordinary backups.
"""

from __future__ import annotations

import bisect
import os
import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.vault.envelopes import WRAPPED_BYTES, Envelope

MAGIC = b"TLYV"
VERSION = 1
_HEAD = struct.Struct(">4sHQI")
_COUNT_MAX = 65536

BODIES_DAMAGED = Reason(
    "bodies_damaged",
    Text(
        "正文文件在第 {offset} 字节处写法不对（第 {record} 条记录起）",
        "the file of bodies is damaged at byte {offset} (from record number {record})",
    ),
    "docs/spec/workspace.md",
    Text("请从备份恢复正文文件。", "Restore the file of bodies from a backup."),
)


class _Block(NamedTuple):
    first: int
    records: int
    offset: int  # of the block in the file
    data: int  # of the first ciphertext in the file


class Vault:
    """The encrypted bodies and wrapped keys of one workspace."""

    def __init__(self, bodies: Path, keys: Path, disk: Disk) -> None:
        self.bodies_file = bodies
        self.keys_file = keys
        self.records = 0
        self._disk = disk
        self._blocks: list[_Block] = []
        self._firsts: list[int] = []
        self._ends: dict[int, array[int]] = {}
        self._size = 0
        self._handles: tuple[int, int] | None = None

    def create(self) -> None:
        """Make both files, empty."""
        for file in (self.bodies_file, self.keys_file):
            self._disk.append(file, b"")
            self._disk.sync(file)
        self.keys_file.chmod(0o600)

    def load(self, records: int) -> None:
        """Read where the blocks of the first `records` records lie.

        Raises: BODIES_DAMAGED where a block is not what it should be.
        """
        while self.records < records:
            block = self._block_at(self._size, self.records, records)
            self._remember(block)

    def recover(self) -> None:
        """Cut off what an interrupted writer left beyond the loaded records."""
        sizes = (
            (self.bodies_file, self._size),
            (self.keys_file, self.records * WRAPPED_BYTES),
        )
        for file, size in sizes:
            if file.stat().st_size > size:
                self._disk.truncate(file, size)

    def append(self, batches: Sequence[Sequence[Envelope]]) -> None:
        """Add one block a batch; durable when it returns, keys first."""
        if not batches:
            return
        self._disk.append(self.keys_file, b"".join(e.wrapped for batch in batches for e in batch))
        self._disk.sync(self.keys_file)
        parts = []
        size, first = self._size, self.records
        blocks = []
        for batch in batches:
            lengths = array("I", (len(e.ciphertext) for e in batch))
            head = _HEAD.pack(MAGIC, VERSION, first, len(batch))
            table = _big_endian(lengths)
            blocks.append(_Block(first, len(batch), size, size + len(head) + len(table)))
            parts += [head, table, *(e.ciphertext for e in batch)]
            size += len(head) + len(table) + sum(lengths)
            first += len(batch)
        self._disk.append(self.bodies_file, b"".join(parts))
        self._disk.sync(self.bodies_file)
        for block in blocks:
            self._remember(block)

    def read(self, record: int, commitment: bytes) -> Envelope:
        """Return the envelope of record number `record`, whose commitment the caller knows."""
        number = bisect.bisect_right(self._firsts, record) - 1
        block = self._blocks[number]
        ends = self._ends_of(number)
        index = record - block.first
        start = ends[index - 1] if index else 0
        bodies, keys = self._open()
        ciphertext = os.pread(bodies, ends[index] - start, block.data + start)
        wrapped = os.pread(keys, WRAPPED_BYTES, record * WRAPPED_BYTES)
        return Envelope(commitment, ciphertext, wrapped)

    def offset_of(self, record: int) -> int:
        """Return where the ciphertext of record number `record` begins in the file of bodies."""
        number = bisect.bisect_right(self._firsts, record) - 1
        index = record - self._blocks[number].first
        return self._blocks[number].data + (self._ends_of(number)[index - 1] if index else 0)

    def read_block(self, number: int, commitments: Sequence[bytes]) -> Iterator[Envelope]:
        """Yield the envelopes of block `number` in order, reading the file once."""
        block = self._blocks[number]
        ends = self._ends_of(number)
        bodies, keys = self._open()
        data = os.pread(bodies, ends[-1], block.data)
        slots = os.pread(keys, block.records * WRAPPED_BYTES, block.first * WRAPPED_BYTES)
        start = 0
        for index, commitment in enumerate(commitments):
            wrapped = slots[index * WRAPPED_BYTES : (index + 1) * WRAPPED_BYTES]
            yield Envelope(commitment, data[start : ends[index]], wrapped)
            start = ends[index]

    @property
    def size(self) -> int:
        """Bytes of the file of bodies that belong to loaded records."""
        return self._size

    def close(self) -> None:
        """Close the files read from."""
        if self._handles:
            for handle in self._handles:
                os.close(handle)
            self._handles = None

    def _open(self) -> tuple[int, int]:
        if self._handles is None:
            self._handles = (
                os.open(self.bodies_file, os.O_RDONLY),
                os.open(self.keys_file, os.O_RDONLY),
            )
        return self._handles

    def _ends_of(self, number: int) -> array[int]:
        ends = self._ends.get(number)
        if ends is None:
            block = self._blocks[number]
            table = os.pread(self._open()[0], block.records * 4, block.offset + _HEAD.size)
            ends = array("Q", accumulate(_from_big_endian(table)))
            self._ends[number] = ends
        return ends

    def _block_at(self, offset: int, first: int, records: int) -> _Block:
        fault = BODIES_DAMAGED.error(offset=offset, record=first)
        handle = self._open()[0]
        head = os.pread(handle, _HEAD.size, offset)
        if len(head) != _HEAD.size:
            raise fault
        magic, version, number, count = _HEAD.unpack(head)
        if (magic, version, number) != (MAGIC, VERSION, first) or not 0 < count <= _COUNT_MAX:
            raise fault
        if first + count > records:
            raise fault
        return _Block(first, count, offset, offset + _HEAD.size + 4 * count)

    def _remember(self, block: _Block) -> None:
        self._blocks.append(block)
        self._firsts.append(block.first)
        self.records = block.first + block.records
        self._size = block.data + self._ends_of(len(self._blocks) - 1)[-1]


def _big_endian(lengths: array[int]) -> bytes:
    swapped = array("I", lengths)
    if sys.byteorder == "little":
        swapped.byteswap()
    return swapped.tobytes()


def _from_big_endian(table: bytes) -> array[int]:
    lengths = array("I")
    lengths.frombytes(table)
    if sys.byteorder == "little":
        lengths.byteswap()
    return lengths
