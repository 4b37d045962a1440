"""The hashes on disk: what is proved by them is what the entries give, at every size."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import leaf_hash, root_at, root_of
from tallystick.ledger.tile_files import (
    TILE_BITS,
    TILE_WIDTH,
    TILES_DAMAGED,
    TileFiles,
    expected_tiles,
)
from tallystick.ledger.tiles import tile_path, tiles

SIZES = (0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000)


def leaves(count: int) -> list[bytes]:
    return [sha256(str(n).encode()).digest() for n in range(count)]


ALL = leaves(max(SIZES))


def grown(folder: Path, size: int, step: int = 10_000) -> TileFiles:
    made = TileFiles(folder, FileDisk())
    for at in range(0, size, step):
        made.extend(ALL[at : min(at + step, size)])
    return made


@pytest.mark.parametrize("size", SIZES)
def test_files_hold_each_level_end_to_end(size: int, tmp_path: Path) -> None:
    made = grown(tmp_path, size)
    wanted = list(expected_tiles(ALL[:size]))
    assert len(wanted) == sum(1 for level in range(4) if size >> TILE_BITS * level)
    for level, row in enumerate(wanted):
        assert made.file(level).read_bytes() == row
        assert made.bytes_of(level) == len(row)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"tile-{level}" for level in range(len(wanted))
    }


@pytest.mark.parametrize("size", [1, 255, 256, 300, 65_537])
def test_a_tile_is_the_one_other_tools_are_given(size: int, tmp_path: Path) -> None:
    """The export in files of C2SP form is made by other code, from entries."""
    data = [str(n).encode() for n in range(size)]
    made = TileFiles(tmp_path, FileDisk())
    made.extend(map(leaf_hash, data))
    for path, content in dict(tiles(data)).items():
        if path.startswith("tile/entries/"):
            continue
        level = int(path.split("/")[1])
        width = len(content) // 32
        first = next(
            n for n in range(0, size + 1, TILE_WIDTH) if tile_path(str(level), n, width) == path
        )
        assert made.tile(level, first // TILE_WIDTH, width) == content


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("how", ["grown", "loaded", "in memory", "rebuilt"])
def test_every_complete_subtree_is_there(size: int, how: str, tmp_path: Path) -> None:
    made = grown(tmp_path, size)
    if how == "loaded":
        made = TileFiles(tmp_path, FileDisk())
        made.load(size)
    elif how == "in memory":
        made.rebuild_in_memory(ALL[:size])
        for file in tmp_path.iterdir():
            file.unlink()  # nothing is read from files that are wrong
    elif how == "rebuilt":
        made.rebuild(ALL[:size])
    assert made.size == size
    assert root_at(size, made.node) == root_of(ALL[:size])
    for height in range(size.bit_length()):
        for index in {0, (size >> height) // 2, (size >> height) - 1} & set(range(size >> height)):
            some = ALL[index << height : (index + 1) << height]
            assert made.node(height, index) == root_of(some)


@pytest.mark.parametrize("before", [0, 1, 255, 256, 300, 65_535])
def test_a_loaded_tree_grows_like_one_that_was_never_closed(before: int, tmp_path: Path) -> None:
    grown(tmp_path / "a", 0)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    grown(tmp_path / "a", before)
    again = TileFiles(tmp_path / "a", FileDisk())
    again.load(before)
    again.extend(ALL[before : before + 400])
    whole = grown(tmp_path / "b", before + 400, 7_777)
    for level, file in enumerate(whole.files()):
        found = again.file(level)
        assert found.exists() == file.exists()
        assert not file.exists() or found.read_bytes() == file.read_bytes()


def test_a_missing_or_short_file_is_named_with_the_byte(tmp_path: Path) -> None:
    made = grown(tmp_path, 66_000)
    for name, size in (("tile-0", 66_000 * 32 - 1), ("tile-1", 0), ("tile-2", 31)):
        file = tmp_path / name
        good = file.read_bytes()
        file.write_bytes(good[:size])
        with pytest.raises(TallyError) as refusal:
            TileFiles(tmp_path, FileDisk()).load(66_000)
        assert refusal.value.reason is TILES_DAMAGED
        assert refusal.value.facts["file"] == name
        file.unlink()
        with pytest.raises(TallyError) as refusal:
            TileFiles(tmp_path, FileDisk()).load(66_000)
        assert refusal.value.reason is TILES_DAMAGED
        file.write_bytes(good)
    made.close()


def test_what_lies_beyond_the_loaded_size_is_nobodys(tmp_path: Path) -> None:
    grown(tmp_path, 700)
    early = TileFiles(tmp_path, FileDisk())
    early.load(300)
    assert root_at(300, early.node) == root_of(ALL[:300])
    assert early.bytes_of(0) == 300 * 32
    assert early.bytes_of(1) == 32


def test_a_rebuild_removes_levels_that_are_no_more(tmp_path: Path) -> None:
    made = grown(tmp_path, 66_000)
    made.rebuild(ALL[:10])
    assert {path.name for path in tmp_path.iterdir()} == {"tile-0"}
    assert made.files() == [tmp_path / "tile-0"]
