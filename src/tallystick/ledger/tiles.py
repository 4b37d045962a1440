"""The log as C2SP tlog-tiles lays it out: static files that other people's tools read.

Owns the names and the bytes of tiles. A tile of level 0 holds up to 256 leaf hashes; one of level
n+1 holds the roots of full tiles of level n. Entry bundles hold the entries themselves, each with
its 2-byte length. Full tiles never change; a partial one is named by how many hashes it holds, and
older ones may stay. Rules: pure, but for `write_tiles`; whatever may be made from the entries is
made from them and from nothing else.

    >>> tile_path("0", 256 * 1234067)
    'tile/0/x001/x234/067'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tallystick.kernel.disk import Disk
from tallystick.kernel.merkle import leaf_hash, root_of

TILE_WIDTH = 256  # hashes in a full tile: a tree eight levels high
_GROUP = 1000  # three digits of an index are one step of the path


def tile_path(level: str, first: int, width: int = TILE_WIDTH) -> str:
    """Return the path of the tile whose first hash has index `first` in its level.

    level: "0", "1" ... for hashes, "entries" for a bundle. width: hashes in it, 1 to 256; fewer
    than 256 make it a partial tile. Source: C2SP tlog-tiles, "Merkle Tree".
    """
    index = first // TILE_WIDTH
    path = f"{index % _GROUP:03d}"
    while index := index // _GROUP:
        path = f"x{index % _GROUP:03d}/{path}"
    part = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{path}{part}"


def tiles(entries: Sequence[bytes], size_before: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every tile and bundle of the tree over `entries`.

    entries: the leaves, each at most 65,535 bytes. size_before: entries already laid out; full
    tiles that were complete then are left out, since they cannot have changed.
    """
    for first in range(_full(size_before), len(entries), TILE_WIDTH):
        some = entries[first : first + TILE_WIDTH]
        bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in some)
        yield tile_path("entries", first, len(some)), bundle
    hashes, level, before = [leaf_hash(entry) for entry in entries], 0, size_before
    while hashes:
        for first in range(_full(before), len(hashes), TILE_WIDTH):
            some = hashes[first : first + TILE_WIDTH]
            yield tile_path(str(level), first, len(some)), b"".join(some)
        whole = range(0, _full(len(hashes)), TILE_WIDTH)
        hashes = [root_of(hashes[first : first + TILE_WIDTH]) for first in whole]
        level, before = level + 1, before // TILE_WIDTH


def write_tiles(
    folder: Path, entries: Sequence[bytes], checkpoint: str, disk: Disk, size_before: int = 0
) -> int:
    """Write the layout into `folder`; return how many tiles were written.

    The checkpoint comes last, so that a reader never sees one whose tiles are missing. Raises:
    OSError from the disk.
    """
    written = 0
    for path, data in tiles(entries, size_before):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        disk.replace(file, data)
        written += 1
    disk.replace(folder / "checkpoint", checkpoint.encode())
    return written


def _full(size: int) -> int:
    return size // TILE_WIDTH * TILE_WIDTH
