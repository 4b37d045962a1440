from __future__ import annotations

import io
import json

import pytest

from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def narrow(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def screen(*, terminal: bool = False, as_json: bool = False) -> Screen:
    stream = Terminal if terminal else io.StringIO
    return Screen("en", as_json, out=stream(), err=stream())


def out(shown: Screen) -> str:
    assert isinstance(shown.out, io.StringIO)
    return shown.out.getvalue()


def test_colours_are_for_terminals_only() -> None:
    assert screen().paint("red", "red") == "red"
    assert screen(terminal=True).paint("red", "red") == "\033[31mred\033[0m"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_are_left_out_where_they_are_not_wanted(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert screen(terminal=True).paint("red", "red") == "red"


@pytest.mark.parametrize(
    "attack", ["\033[2J", "\033]0;x\007", "\x9b2J", "\r", "\x1bM", "\033[?25l"]
)
def test_no_value_steers_the_terminal_it_is_shown_on(attack: str) -> None:
    shown = screen(terminal=True)
    shown.line(f"before{attack}after", "bold")
    assert out(shown).count("\033") == 2
    assert not set(out(shown)) & set("\r\007\x9b")


@pytest.mark.parametrize("mark", "\u061c\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff")
def test_no_name_turns_the_reading_of_a_line(mark: str) -> None:
    shown = screen(terminal=True)
    shown.line(f"before{mark}after", "bold")
    shown.paragraph(f"before{mark}after")
    shown.warn(f"before{mark}after")
    assert isinstance(shown.err, io.StringIO)
    said = out(shown) + shown.err.getvalue()
    assert mark not in said
    assert said.count("before\ufffdafter") == 3


def test_json_holds_no_raw_character_that_steers_a_terminal() -> None:
    shown = screen(as_json=True)
    value = {"name": "a\x9b2J\u202eb\033[2J\x7f"}
    shown.show(value, lambda _: None)
    assert json.loads(out(shown)) == value
    assert not set(out(shown)) & set("\x9b\u202e\033\x7f")


@pytest.mark.parametrize("length", [0, 1, 100, 101, 250])
def test_a_list_of_any_length_is_one_json_document(length: int) -> None:
    shown = screen(as_json=True)
    value = [{"n": n, "名": "称"} for n in range(length)]
    shown.show(value, lambda _: None)
    assert json.loads(out(shown)) == value
    gathered = screen(as_json=True)
    gathered.show_gathered(gathered.gathered(iter(value)))
    assert json.loads(out(gathered)) == value


def test_json_on_a_narrow_stream_is_escaped_and_not_lost() -> None:
    shown = Screen("zh", as_json=True, out=narrow("gb2312"), err=io.StringIO())
    shown.show({"name": "信契✓"}, lambda _: None)
    shown.out.flush()
    assert isinstance(shown.out, io.TextIOWrapper)
    assert isinstance(shown.out.buffer, io.BytesIO)
    assert json.loads(shown.out.buffer.getvalue().decode("ascii")) == {"name": "信契✓"}


def test_a_narrow_stream_ends_no_command_and_signs_become_words() -> None:
    shown = Screen("en", out=narrow("ascii"), err=io.StringIO())
    shown.line("信契")
    assert (shown.mark(ok=True), shown.mark(ok=False)) == ("ok", "NO")
    assert Screen("en", out=narrow("utf-8"), err=io.StringIO()).mark(ok=True) == "✓"


def test_remarks_are_beside_the_result_and_silent_when_quiet() -> None:
    shown = Screen("zh", quiet=True, out=io.StringIO(), err=io.StringIO())
    shown.note(Text("附言", "a remark"))
    shown.warn(Text("要紧的话", "a warning"))
    assert (out(shown), shown.err.getvalue()) == ("", "要紧的话\n")  # type: ignore[attr-defined]


def test_a_pipe_is_wide_and_a_terminal_as_wide_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert screen().cells == 80
    monkeypatch.delenv("COLUMNS")
    assert screen().cells == 120


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_about_a_sample_begins_with_the_mark_in_either_language(language: str) -> None:
    shown = Screen(language, sample=True, out=io.StringIO(), err=io.StringIO())
    shown.show({}, lambda _: shown.line("the page"))
    first, second = out(shown).splitlines()
    assert "样例" in first
    assert "SAMPLE" in first
    assert second == "the page"


def test_every_object_of_a_document_about_a_sample_says_so() -> None:
    for document, expected in (
        ({"a": 1}, {"sample": True, "a": 1}),
        ([{"a": 1}, {"b": 2}], [{"sample": True, "a": 1}, {"sample": True, "b": 2}]),
        ([{"a": n} for n in range(150)], [{"sample": True, "a": n} for n in range(150)]),
        ([], []),
    ):
        shown = screen(as_json=True)
        shown.sample = True
        shown.show(document, lambda _: None)
        assert json.loads(out(shown)) == expected


def test_nothing_is_marked_that_is_no_sample() -> None:
    for as_json in (True, False):
        shown = screen(as_json=as_json)
        shown.show({"a": 1}, lambda said: said.line("the page"))
        assert "ample" not in out(shown)
