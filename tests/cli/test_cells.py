from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.cli.cells import clean, cut, pad, width, wrap

WORDS = st.text(
    alphabet=st.sampled_from("信契有据可查 abcdefgh，。；（）《》“”.,-_/1234"), max_size=120
)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("tally", 5),
        ("信契", 4),
        ("信契 tally", 10),
        ("（预评）", 8),
        ("e\u0301", 1),
        ("●", 1),
    ],
)
def test_a_text_is_as_wide_as_a_terminal_shows_it(text: str, cells: int) -> None:
    assert width(text) == cells


def test_padding_counts_cells_and_not_characters() -> None:
    assert pad("信契", 6) == "信契  "
    assert pad("信契", 6, right=True) == "  信契"
    assert pad("信契信契", 6) == "信契信契"


def test_cutting_never_splits_a_wide_character() -> None:
    assert cut("信契有据", 8) == "信契有据"
    assert cut("信契有据", 7) == "信契有…"
    assert cut("信契有据", 6) == "信契…"


@settings(max_examples=100, deadline=None)
@given(WORDS, st.integers(4, 40))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("cells", range(8, 24))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(cells: int) -> None:
    lines = wrap("先公布，后使用。《社会信用条例》（试行），“一次”、两次；好。", cells)
    assert not [line for line in lines if line[0] in "，。》）”、；"]
    assert not [line for line in lines if line[-1] in "《（“"]


def test_english_breaks_at_spaces_and_long_words_at_their_joints() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("selfdeclared.qualification", 16) == ["selfdeclared.", "qualification"]
    assert wrap("a/b/cccccccccccc", 8) == ["a/b/", "cccccccc", "cccc"]


def test_a_newline_begins_a_line_and_an_empty_text_is_one_empty_line() -> None:
    assert wrap("a\nb", 10) == ["a", "b"]
    assert wrap("", 10) == [""]


@pytest.mark.parametrize(
    "attack",
    ["\033[2J", "\033]0;title\007", "\x9b31m", "\r", "\b\b\b", "\u202egnp.exe", "\x7f", "\u2028"],
)
def test_what_steers_a_terminal_never_comes_through(attack: str) -> None:
    shown = "".join(wrap(f"name{attack}name", 80))
    assert shown == clean(f"name{attack}name")
    assert not set(shown) & set("\033\007\x9b\r\b\u202e\x7f\u2028")
