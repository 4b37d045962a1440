from __future__ import annotations

import sys
import unicodedata

import pytest

from tallystick.kernel.marks import STAND_IN, clean, is_plain, without_unseen

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_whatever_turns_the_direction_of_reading_is_replaced() -> None:
    every = [chr(at) for at in range(sys.maxunicode + 1)]
    turning = [c for c in every if unicodedata.bidirectional(c) in DIRECTIONS]
    assert len(turning) == len(DIRECTIONS)
    for mark in [*turning, "\u200e", "\u200f", "\u061c"]:
        assert clean(f"a{mark}b") == f"a{STAND_IN}b"


def test_every_control_but_tab_and_newline_is_replaced() -> None:
    for at in [*range(0x20), *range(0x7F, 0xA0)]:
        kept = chr(at) in "\t\n"
        assert clean(chr(at)) == (chr(at) if kept else STAND_IN)


@pytest.mark.parametrize("text", ["甲 乙\t丙\n丁", "José", "O’Neill – 𠮷", "क्षि", "👍"])
def test_what_people_write_comes_through(text: str) -> None:
    assert clean(text) == without_unseen(text) == text


@pytest.mark.parametrize("name", ["李主任", "José Ñu", "Jose\u0301", "क्षि", "O’Neill", "𠮷田"])
def test_a_name_people_write_is_plain(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize(
    "mark",
    [
        *("\u00ad", "\u034f", "\u115f", "\u1160", "\u180b", "\u200b", "\u200d", "\u202e", "\u2800"),
        *("\u2f4a", "\u2ff0", "\u3000", "\u3164", "\ufe00", "\ufeff", "\uffa0", "\U000e0100", "\n"),
    ],
)
def test_a_name_with_what_nobody_sees_is_not_plain(mark: str) -> None:
    assert not is_plain(f"李{mark}主任")
