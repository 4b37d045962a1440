from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.ledger.tiles import TILE_WIDTH, tile_path, tiles, write_tiles


def entries(count: int) -> list[bytes]:
    return [hashlib.sha512(str(n).encode()).digest() for n in range(count)]


@pytest.mark.parametrize(
    ("first", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (256 * 1234067, 256, "tile/0/x001/x234/067"),
        (256 * 999, 12, "tile/0/999.p/12"),
        (256 * 1000, 256, "tile/0/x001/000"),
    ],
)
def test_tiles_are_named_as_the_specification_does(first: int, width: int, path: str) -> None:
    assert tile_path("0", first, width) == path


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 65_536, 65_537, 70_000])
def test_the_root_follows_from_the_tiles_alone(size: int) -> None:
    """Read back as a stranger does: from the bundles up, and every level by its own tiles."""
    made = dict(tiles(entries(size)))
    hashes, level = [leaf_hash(one) for one in entries(size)], 0
    while hashes:
        for first in range(0, len(hashes), TILE_WIDTH):
            some = hashes[first : first + TILE_WIDTH]
            assert made.pop(tile_path(str(level), first, len(some))) == b"".join(some)
        whole = len(hashes) // TILE_WIDTH * TILE_WIDTH
        hashes = [root_of(hashes[n : n + TILE_WIDTH]) for n in range(0, whole, TILE_WIDTH)]
        level += 1
    assert all(path.startswith("tile/entries/") for path in made)
    assert b"".join(made[path] for path in sorted(made)) == b"".join(
        len(one).to_bytes(2, "big") + one for one in entries(size)
    )


@pytest.mark.parametrize(("before", "after"), [(0, 300), (255, 256), (256, 600), (511, 70_000)])
def test_a_folder_that_is_continued_holds_what_a_new_one_would(
    tmp_path: Path, before: int, after: int
) -> None:
    grown, fresh = tmp_path / "grown", tmp_path / "fresh"
    for folder in (grown, fresh):
        folder.mkdir()
    write_tiles(grown, entries(before), "old", FileDisk())
    write_tiles(grown, entries(after), "new", FileDisk(), before)
    write_tiles(fresh, entries(after), "new", FileDisk())
    for file in (one for one in fresh.rglob("*") if one.is_file()):
        assert (grown / file.relative_to(fresh)).read_bytes() == file.read_bytes()
    assert base64.b64encode((grown / "checkpoint").read_bytes()) == base64.b64encode(b"new")
