from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tallystick.consortium import block_journal
from tallystick.consortium.block_journal import BlockJournal, first_difference, read_journal
from tallystick.consortium.state import CHAIN
from tallystick.consortium.stored import Stored
from tallystick.kernel.disk import FileDisk

FIRST = Stored("c", 0, 0, {CHAIN: b"c", "a": b"0", "b": b"0"})


def after(before: Stored, **values: str) -> Stored:
    changed = {name: value.encode() for name, value in values.items()}
    return replace(
        before, height=before.height + 1, values={**before.values, **changed}
    )  # what was computed of the old one is not taken along


class Replica:
    """A journal and the states it is of."""

    def __init__(self, folder: Path, state: Stored = FIRST) -> None:
        folder.mkdir()
        self.folder, self.state = folder, state
        self.journal = BlockJournal(folder, FileDisk())

    def play(self, *blocks: dict[str, str]) -> Replica:
        for values in blocks:
            following = after(self.state, **values)
            self.journal.note(self.state, following)
            self.state = following
        return self

    @property
    def lines(self) -> list[bytes]:
        return (self.folder / "blocks").read_bytes().splitlines(keepends=True)

    def without(self, *heights: int) -> None:
        """Take lines away, as a loss of power does."""
        kept = [
            line
            for line, one in zip(self.lines, read_journal(self.folder), strict=True)
            if one["height"] not in heights
        ]
        (self.folder / "blocks").write_bytes(b"".join(kept))


def parted(one: Replica, other: Replica) -> tuple[object, ...] | None:
    found = first_difference(one.folder, other.folder, (one.state, other.state))
    turned = first_difference(other.folder, one.folder, (other.state, one.state))
    assert (found is None) == (turned is None)
    if found is not None and turned is not None:
        assert (turned.height, turned.name) == (found.height, found.name)
        assert (turned.second, turned.first) == (found.first, found.second)
    return tuple(found) if found is not None else None


BLOCKS = [{"a": "1"}, {"b": "1"}, {}, {"a": "2", "b": "2"}, {"c": "1"}]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Replica, Replica]:
    return Replica(tmp_path / "1"), Replica(tmp_path / "2")


def test_two_that_are_alike_part_nowhere(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    assert parted(one.play(*BLOCKS), other.play(*BLOCKS)) is None
    assert parted(one.play({"a": "9"}), other) is None, "nor where one is ahead"
    assert parted(one.play({"a": "8"}, {"b": "7"}), other) is None


@pytest.mark.parametrize("place", range(5))
def test_the_first_block_and_the_first_value_that_differ_are_named(
    pair: tuple[Replica, Replica], place: int
) -> None:
    one, other = pair
    spoiled = {**BLOCKS[place], "b": "x", "zz": "y"}
    one.play(*BLOCKS, {"a": "5"})
    other.play(*BLOCKS[:place], spoiled, *BLOCKS[place + 1 :], {"a": "6"})
    before = BLOCKS[place].get("b")
    # A value that stayed the same is in no line.
    assert parted(one, other) == (place + 1, "b", before, "x")


def test_a_block_that_changed_nothing_in_one_of_them(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    one.play(*BLOCKS, {"a": "7"}, {})
    other.play(*BLOCKS, {}, {})
    assert parted(one, other) == (6, "a", "7", None)
    one.play({"c": "5"})
    other.play({"c": "5"})
    assert parted(one, other) == (6, "a", "7", None)


@pytest.mark.parametrize("gone", [(1,), (1, 2), (2,), (1, 2, 4), (4,), (5,), (1, 2, 4, 5)])
def test_lines_that_a_loss_of_power_took_are_no_difference(
    pair: tuple[Replica, Replica], gone: tuple[int, ...]
) -> None:
    one, other = pair
    one.play(*BLOCKS)
    other.play(*BLOCKS)
    other.without(*gone)
    assert parted(one, other) is None
    one.play({"a": "5"}, {"a": "6"})
    assert parted(one, other) is None
    other.play({"a": "5"})
    assert parted(one, other) is None
    other.play({"a": "x"})
    assert parted(one, other) == (7, "a", "6", "x")


def test_one_that_began_with_a_snapshot_has_no_lines_of_before(
    pair: tuple[Replica, Replica], tmp_path: Path
) -> None:
    one, _ = pair
    one.play(*BLOCKS)
    other = Replica(tmp_path / "3", one.state)
    assert parted(one, other) is None
    one.play({"a": "5"}, {"a": "6"})
    assert parted(one, other.play({"a": "5"})) is None
    assert parted(one, other.play({"a": "x"})) == (7, "a", "6", "x")


def test_where_the_journals_do_not_reach_the_states_tell(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    one.play(*BLOCKS)
    other.play({"a": "x"}, *BLOCKS[1:3], {"b": "2"}, BLOCKS[4])
    for replica in pair:
        (replica.folder / "blocks").write_bytes(b"")
    assert parted(one, other) == (5, "a", "2", "x")


def test_a_line_that_was_cut_off_spoils_no_other(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    one.play(*BLOCKS)
    other.play(*BLOCKS[:2])
    last = other.lines[-1]
    for cut in range(1, len(last)):
        (other.folder / "blocks").write_bytes(other.lines[0] + last[:cut])
        again = BlockJournal(other.folder, FileDisk())
        before = after(FIRST, **BLOCKS[0])
        again.note(before, after(before, **BLOCKS[1]))
        assert {line["height"] for line in read_journal(other.folder)} == {1, 2}


def test_a_block_played_twice_counts_once(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    one.play(*BLOCKS)
    other.play(*BLOCKS[:-1])
    before = other.state
    other.journal.note(before, after(before, **BLOCKS[-1]))
    assert parted(one, other.play(BLOCKS[-1])) is None


def test_a_journal_that_grew_too_long_begins_anew_and_keeps_the_one_before(
    pair: tuple[Replica, Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = pair
    monkeypatch.setattr(block_journal, "BYTES_MAX", 500)
    one.play(*[{"a": str(n)} for n in range(1, 31)])
    assert len(list(read_journal(one.folder))) < 10
    assert (one.folder / "blocks.old").stat().st_size < 1000
    monkeypatch.setattr(block_journal, "BYTES_MAX", 1 << 20)
    other.play(*[{"a": str(n)} for n in range(1, 30)])
    assert parted(one, other) is None
    assert parted(one, other.play({"b": "x"})) == (30, "a", "30", None)
