"""The hashes of the log on disk: the levels of C2SP tlog-tiles, each laid end to end in one file.

Owns the files `tile-0`, `tile-1` ... of a log. Level 0 holds the leaf hashes, level n+1 the roots
of the full tiles (256 hashes) of level n; tile number N of a level is at byte 8192 N. They follow
from the entries and can be made again; they are what lets a log of any size be opened, and a record
be proved, without reading it all. Rules: nothing read here is trusted before it led to a signed
root; hashes beyond the loaded size are nobody's, and a writer cuts them off before it appends.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import HASH_BYTES, node_hash, root_of
from tallystick.kernel.texts import Text

TILE_WIDTH = 256
TILE_BITS = 8
_TILE_BYTES = TILE_WIDTH * HASH_BYTES
TILES_REMEMBERED_MAX = 256  # 16 KiB each with their inner nodes

TILES_DAMAGED = Reason(
    "tiles_damaged",
    Text(
        "哈希瓦片文件 {file} 在第 {offset} 字节处过短",
        "the file of hashes {file} is too short at byte {offset}",
    ),
    "docs/spec/ledger.md",
    Text("请执行 tally rebuild 重新生成。", "Run tally rebuild to make it again."),
)


class TileFiles:
    """The hashes of one log. Nothing is read from disk before it is needed."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.size = 0
        self.in_memory = False  # whether the files are wrong and nothing is read from them
        self._memory: list[bytearray] = []
        self._folder = folder
        self._disk = disk
        self._tails: list[bytearray] = [bytearray()]  # the hashes of the last, partial tiles
        self._handles: dict[int, int] = {}
        self._rows = lru_cache(maxsize=TILES_REMEMBERED_MAX)(self._read_rows)

    def file(self, level: int) -> Path:
        """Return the file of a level."""
        return self._folder / f"tile-{level}"

    def files(self) -> list[Path]:
        """Return the files there should be for the loaded size."""
        return [self.file(level) for level in range(len(self._tails))]

    def bytes_of(self, level: int) -> int:
        """Return how many bytes of the file of `level` belong to the loaded size."""
        return (self.size >> (TILE_BITS * level)) * HASH_BYTES

    def load(self, size: int) -> None:
        """Read the partial tiles of a log of `size` leaves. Raises: TILES_DAMAGED."""
        self._start_anew()
        self.size = size
        self._tails = []
        level = 0
        while level == 0 or size >> (TILE_BITS * level):
            count = size >> (TILE_BITS * level)
            first = count // TILE_WIDTH * TILE_WIDTH
            self._tails.append(bytearray())
            if count > first:
                self._tails[level] = bytearray(self._read(level, first, count - first))
            level += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the end. Written, not synced: the log can make them again."""
        written: dict[int, list[bytes]] = {}
        for leaf in leaves:
            self._add(0, leaf, written)
            self.size += 1
        for level, hashes in written.items():
            self._disk.append(self.file(level), b"".join(hashes))

    def rebuild(self, leaves: Iterable[bytes]) -> None:
        """Make all files anew from leaf hashes."""
        self._start_anew()
        for file in self._folder.glob("tile-*"):
            self._disk.remove(file)
        some: list[bytes] = []
        for leaf in leaves:
            some.append(leaf)
            if len(some) == TILE_WIDTH**2:
                self.extend(some)
                some = []
        self.extend(some)

    def rebuild_in_memory(self, leaves: Iterable[bytes]) -> None:
        """Hold all hashes in memory, made from leaf hashes: for who reads and may not write."""
        self._start_anew()
        self.in_memory = True
        written: dict[int, list[bytes]] = {}
        for leaf in leaves:
            self._add(0, leaf, written)
            self.size += 1
        self._memory = [bytearray(b"".join(written[level])) for level in sorted(written)]

    def sync(self) -> None:
        """Make what was written durable, as far as there is any."""
        for file in self.files():
            if file.exists():
                self._disk.sync(file)

    def node(self, height: int, index: int) -> bytes:
        """Return the root over the 2**height leaves from index * 2**height, all of them there.

        Raises: TILES_DAMAGED where the file does not reach so far.
        """
        level, above = divmod(height, TILE_BITS)
        first = index << above
        tile, at = divmod(first, TILE_WIDTH)
        if tile == (self.size >> (TILE_BITS * level)) // TILE_WIDTH:
            some = self._tails[level][at * HASH_BYTES : (at + (1 << above)) * HASH_BYTES]
            cut = range(0, len(some), HASH_BYTES)
            return root_of([bytes(some[n : n + HASH_BYTES]) for n in cut])
        start = (at >> above) * HASH_BYTES
        return self._rows(level, tile)[above][start : start + HASH_BYTES]

    def tile(self, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
        """Return the bytes of a tile, or of the first `width` hashes of it."""
        return self._read(level, number * TILE_WIDTH, width)

    def close(self) -> None:
        """Close the files read from and forget what was read."""
        for handle in self._handles.values():
            os.close(handle)
        self._handles.clear()
        self._rows.cache_clear()

    def _start_anew(self) -> None:
        self.close()
        self.size, self._tails = 0, [bytearray()]
        self.in_memory, self._memory = False, []

    def _add(self, level: int, digest: bytes, written: dict[int, list[bytes]]) -> None:
        if level == len(self._tails):
            self._tails.append(bytearray())
        tail = self._tails[level]
        tail += digest
        written.setdefault(level, []).append(digest)
        if len(tail) == _TILE_BYTES:
            self._add(level + 1, _rows_of(bytes(tail))[TILE_BITS], written)
            tail.clear()

    def _read(self, level: int, first: int, count: int) -> bytes:
        file = self.file(level)
        if self.in_memory:
            return bytes(self._memory[level][first * HASH_BYTES : (first + count) * HASH_BYTES])
        if level not in self._handles:
            try:
                self._handles[level] = os.open(file, os.O_RDONLY)
            except FileNotFoundError:
                raise TILES_DAMAGED.error(file=file.name, offset=0) from None
        data = os.pread(self._handles[level], count * HASH_BYTES, first * HASH_BYTES)
        if len(data) != count * HASH_BYTES:
            raise TILES_DAMAGED.error(file=file.name, offset=first * HASH_BYTES + len(data))
        return data

    def _read_rows(self, level: int, tile: int) -> list[bytes]:
        return _rows_of(self._read(level, tile * TILE_WIDTH, TILE_WIDTH))


def expected_tiles(leaves: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of each level over leaf hashes, from level 0 upwards."""
    row = list(leaves)
    while row:
        yield b"".join(row)
        whole = range(0, len(row) // TILE_WIDTH * TILE_WIDTH, TILE_WIDTH)
        row = [root_of(row[at : at + TILE_WIDTH]) for at in whole]


def _rows_of(row: bytes) -> list[bytes]:
    """Return a full tile and the eight rows of nodes above it, each laid end to end."""
    rows = [row]
    while len(row) > HASH_BYTES:
        step = 2 * HASH_BYTES
        row = b"".join(
            node_hash(row[at : at + HASH_BYTES], row[at + HASH_BYTES : at + step])
            for at in range(0, len(row), step)
        )
        rows.append(row)
    return rows
