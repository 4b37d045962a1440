from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def steps(clock: Clock, seconds: float) -> Iterator[tuple[str, int, int]]:
    for what, total in (("roster.xlsx", 0), ("audit", 100)):
        for done in (1, 50, 100):
            clock.now += seconds
            yield what, done, total


def said(seconds: float, *, quiet: bool = False, terminal: bool = False) -> str:
    clock = Clock()
    err = Terminal() if terminal else io.StringIO()
    screen = Screen("zh", quiet=quiet, out=io.StringIO(), err=err)
    with showing(screen, clock) as progress:
        for step in steps(clock, seconds):
            progress(*step)
    assert isinstance(screen.out, io.StringIO)
    assert not screen.out.getvalue(), "progress never goes to standard output"
    return err.getvalue()


def test_without_a_terminal_each_step_is_one_plain_line() -> None:
    lines = said(1.0).splitlines()
    assert [line.split() for line in lines] == [["roster.xlsx", "100"], ["核查", "100/100"]]


def test_long_steps_say_now_and_then_how_far_they_are() -> None:
    assert len(said(9.0).splitlines()) == 4


def test_work_that_is_over_at_once_says_nothing() -> None:
    assert not said(0.01)
    assert not said(0.01, terminal=True)


def test_quiet_is_quiet() -> None:
    assert not said(30.0, quiet=True)
    assert not said(30.0, quiet=True, terminal=True)


def test_on_a_terminal_there_is_a_bar_and_it_is_taken_away() -> None:
    drawn = said(1.0, terminal=True)
    assert "核查" in drawn
    assert "\033[?25h" in drawn, "the cursor comes back"


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "\033" not in said(1.0, terminal=True)


def test_an_interrupted_bar_gives_the_cursor_back() -> None:
    clock, err = Clock(), Terminal()
    screen = Screen("en", out=io.StringIO(), err=err)

    def work() -> None:
        with showing(screen, clock) as progress:
            clock.now = 9.0
            progress("import", 1, 10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert "\033[?25h" in err.getvalue()
