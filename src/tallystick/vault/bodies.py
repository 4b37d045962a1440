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
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.vault.envelopes import ERASED_SLOT, WRAPPED_BYTES, Envelope

MAGIC = b"TLYV"
VERSION = 1
_HEAD = struct.Struct(">4sHQI")
_COUNT_MAX = 65536
_ENDS_MAX = 4096  # blocks whose places are kept in memory: 32 MiB

BODIES_DAMAGED = Reason(
    "bodies_damaged",
    Text(
        "正文文件在第 {offset} 字节处写法不对（第 {record} 条记录起）",
        "the file of bodies is damaged at byte {offset} (from record number {record})",
    ),
    "docs/spec/workspace.md",
    Text("请从备份恢复正文文件。", "Restore the file of bodies from a backup."),
)
KEYS_DAMAGED = Reason(
    "keys_damaged",
    Text(
        "密钥文件缺失，或在第 {offset} 字节处与记录数不符",
        "the file of keys is missing, or at byte {offset} does not fit the number of records",
    ),
    "docs/spec/workspace.md",
    Text("请从备份恢复密钥文件。", "Restore the file of keys from a backup."),
)
INTERRUPTED = Reason(
    "vault_interrupted",
    Text(
        "上一次写入没有完成，须重新打开正文库",
        "the last write did not come to its end; the vault must be opened anew",
    ),
    "docs/spec/workspace.md",
    Text("请重新打开工作区再试。", "Open the workspace anew and try again."),
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
        self._interrupted = False

    def create(self) -> None:
        """Make both files, empty."""
        for file in (self.bodies_file, self.keys_file):
            self._disk.append(file, b"")
            self._disk.sync(file)
        self.keys_file.chmod(0o600)

    def load(self, records: int) -> None:
        """Read where the blocks of the first `records` records lie.

        Raises: BODIES_DAMAGED where a block is not what it should be; KEYS_DAMAGED where the file
        of keys is missing.
        """
        while self.records < records:
            block = self._block_at(self._size, self.records, records)
            self._remember(block)
            # A damaged length may say gigabytes: nothing is read by it that the file does not have.
            if self._size > os.fstat(self._open()[0]).st_size:
                self._forget(block)
                raise BODIES_DAMAGED.error(offset=block.offset, record=block.first)

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
        """Add one block a batch; durable when it returns, keys first.

        Raises, before anything is written: ValueError for a batch no reader would take;
        BODIES_DAMAGED or KEYS_DAMAGED where a file does not end where the records do. Raises
        OSError from the disk, after which the vault must be opened anew: INTERRUPTED says so to who
        tries again.
        """
        if not batches:
            return
        self._check_before(batches)
        self._interrupted = True  # until the last write below has come to its end
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
        self._interrupted = False

    def kept(self, records: Iterable[int]) -> list[int]:
        """Return those of `records` whose key slot is not all zeros, in order."""
        keys = self._open()[1]
        return [
            record
            for record in sorted(set(records))
            if os.pread(keys, WRAPPED_BYTES, record * WRAPPED_BYTES) not in (ERASED_SLOT, b"")
        ]

    def destroy(self, records: Iterable[int]) -> None:
        """Overwrite the keys of `records` with zeros where they stand, durably.

        Their bodies cannot be read after. What broke off is done again by the same call.
        """
        for first, count in _runs(self.kept(records)):
            self._disk.overwrite(self.keys_file, first * WRAPPED_BYTES, ERASED_SLOT * count)

    def read(self, record: int, commitment: bytes) -> Envelope:
        """Return the envelope of record number `record`, whose commitment the caller knows.

        Raises: IndexError where there is no such record.
        """
        number, index = self._place(record)
        block = self._blocks[number]
        ends = self._ends_of(number)
        start = ends[index - 1] if index else 0
        bodies, keys = self._open()
        ciphertext = os.pread(bodies, ends[index] - start, block.data + start)
        wrapped = os.pread(keys, WRAPPED_BYTES, record * WRAPPED_BYTES)
        return Envelope(commitment, ciphertext, wrapped)

    def offset_of(self, record: int) -> int:
        """Return where the ciphertext of record number `record` begins in the file of bodies.

        Raises: IndexError where there is no such record.
        """
        number, index = self._place(record)
        return self._blocks[number].data + (self._ends_of(number)[index - 1] if index else 0)

    def read_block(self, number: int, commitments: Sequence[bytes]) -> Iterator[Envelope]:
        """Yield the envelopes of block `number` in order, reading the file once.

        commitments: of its records, in order; of the first of them where the rest is lost. Raises:
        BODIES_DAMAGED where the block does not hold as many.
        """
        if number >= len(self._blocks) or self._blocks[number].records < len(commitments):
            raise BODIES_DAMAGED.error(offset=self._size, record=self.records)
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

    def _place(self, record: int) -> tuple[int, int]:
        """Return the block of record number `record`, and its place in the block."""
        if not 0 <= record < self.records:
            raise IndexError(record)
        number = bisect.bisect_right(self._firsts, record) - 1
        return number, record - self._blocks[number].first

    def _check_before(self, batches: Sequence[Sequence[Envelope]]) -> None:
        if self._interrupted:
            raise INTERRUPTED.error()
        for batch in batches:
            if not 0 < len(batch) <= _COUNT_MAX or {len(e.wrapped) for e in batch} != {
                WRAPPED_BYTES
            }:
                raise ValueError("a batch no reader would take")
        if self.bodies_file.stat().st_size != self._size:
            raise BODIES_DAMAGED.error(offset=self._size, record=self.records)
        if self.keys_file.stat().st_size != self.records * WRAPPED_BYTES:
            raise KEYS_DAMAGED.error(offset=self.records * WRAPPED_BYTES)

    def _open(self) -> tuple[int, int]:
        if self._handles is None:
            if not self.bodies_file.exists():
                raise BODIES_DAMAGED.error(offset=0, record=0)
            if not self.keys_file.exists():
                raise KEYS_DAMAGED.error(offset=0)
            self._handles = (
                os.open(self.bodies_file, os.O_RDONLY),
                os.open(self.keys_file, os.O_RDONLY),
            )
        return self._handles

    def _ends_of(self, number: int) -> array[int]:
        ends = self._ends.get(number)
        if ends is None:
            block = self._blocks[number]
            ends = array("Q", accumulate(self._lengths(block)))
            if len(self._ends) >= _ENDS_MAX:
                self._ends.clear()
            self._ends[number] = ends
        return ends

    def _lengths(self, block: _Block) -> array[int]:
        """Return how long each ciphertext of a block is."""
        return _from_big_endian(
            os.pread(self._open()[0], block.records * 4, block.offset + _HEAD.size)
        )

    def _block_at(self, offset: int, first: int, records: int) -> _Block:
        fault = BODIES_DAMAGED.error(offset=offset, record=first)
        handle = self._open()[0]
        head = os.pread(handle, _HEAD.size, offset)
        if len(head) != _HEAD.size:
            raise fault
        magic, version, number, count = _HEAD.unpack(head)
        if (magic, version, number) != (MAGIC, VERSION, first) or not 0 < count <= _COUNT_MAX:
            raise fault
        data = offset + _HEAD.size + 4 * count
        if first + count > records or data > os.fstat(handle).st_size:
            raise fault
        return _Block(first, count, offset, data)

    def _remember(self, block: _Block) -> None:
        self._blocks.append(block)
        self._firsts.append(block.first)
        self.records = block.first + block.records
        self._size = block.data + sum(self._lengths(block))

    def _forget(self, block: _Block) -> None:
        self._blocks.pop()
        self._firsts.pop()
        self.records, self._size = block.first, block.offset


def _runs(records: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, count) of each run of numbers that follow one another; `records` in order."""
    first, count = -1, 0
    for record in records:
        if record == first + count:
            count += 1
            continue
        if count:
            yield first, count
        first, count = record, 1
    if count:
        yield first, count


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
