"""How far long work is: bars on a terminal, plain lines elsewhere, nothing when quiet.

Owns the function given to `app` as its progress. Rules: everything goes to standard error; rich is
imported only once a bar is really drawn; work that is over at once draws nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from tallystick.cli.cells import cut, pad
from tallystick.cli.screen import Screen, shows_colours
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

Progress = Callable[[str, int, int], None]
Clock = Callable[[], float]

_PATIENCE_S = 0.4  # work shorter than this draws no bar
_LINE_EVERY_S = 10.0
_WHAT_CELLS = 28
_OF = Text("{done}/{total}", "{done} of {total}")
# What `app` calls its steps, as people read it; names of files stand as they are.
STEPS = {
    "audit": Text("核查", "auditing"),
    "rebuild": Text("重建", "rebuilding"),
    "evaluate": Text("评价", "evaluating"),
    "export": Text("导出", "exporting"),
    "import": Text("导入", "importing"),
    "seal": Text("封存", "sealing"),
    "read": Text("读取", "reading"),
    "generate": Text("生成数据", "making data"),
    "receipts": Text("回执", "receipts"),
    "decide": Text("认定", "deciding"),
}


class _Shown(Protocol):
    def tell(self, what: str, done: int, total: int) -> None:
        """Show how far `what` is."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class _Lines:
    """Plain lines: one when a step ends, and now and then while it lasts."""

    def __init__(self, screen: Screen, clock: Clock) -> None:
        self._screen = screen
        self._clock = clock
        self._said_at = self._began = clock()
        self._pending: tuple[str, int, int] | None = None

    def tell(self, what: str, done: int, total: int) -> None:
        now = self._clock()
        if self._pending is not None and self._pending[0] != what:
            self._say()
            self._began = self._said_at = now
        self._pending = (what, done, total)
        if now - self._said_at >= _LINE_EVERY_S:
            self._say(still=True)
            self._said_at = now

    def _say(self, *, still: bool = False) -> None:
        if self._pending is None:
            return
        what, done, total = self._pending
        if not still:
            self._pending = None
            if self._clock() - self._began < _PATIENCE_S:
                return
        amount = str(done) if not total else self._screen.tell(_OF.fill(done=done, total=total))
        self._screen.note(f"{pad(cut(what, _WHAT_CELLS), _WHAT_CELLS)}  {amount}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del fault, trace
        if kind is None:
            self._say()


class _BarsOnTerminal:
    """One bar a step, on a terminal."""

    def __init__(self, screen: Screen, clock: Clock) -> None:
        self._screen = screen
        self._clock = clock
        self._began = clock()
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}

    def tell(self, what: str, done: int, total: int) -> None:
        if self._bars is None:
            if self._clock() - self._began < _PATIENCE_S:
                return
            self._bars = self._drawn()
        if what not in self._tasks:
            shown = pad(cut(what, _WHAT_CELLS), _WHAT_CELLS)
            self._tasks[what] = self._bars.add_task(shown, total=total or None)
        self._bars.update(self._tasks[what], completed=done, total=total or None)

    def _drawn(self) -> Bars:
        from rich import progress as rich  # noqa: PLC0415 - only where a bar is drawn
        from rich.console import Console  # noqa: PLC0415 - the same

        console = Console(file=self._screen.err, no_color=not shows_colours(self._screen.err))
        columns = (
            rich.TextColumn("{task.description}", markup=False),
            rich.BarColumn(),
            rich.MofNCompleteColumn(),
            rich.TimeElapsedColumn(),
        )
        bars = rich.Progress(*columns, console=console, transient=True)
        bars.start()
        return bars

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, fault, trace
        if self._bars is not None:
            self._bars.stop()


@contextmanager
def showing(screen: Screen, clock: Clock = time.monotonic) -> Iterator[Progress]:
    """Give the function to hand to `app`; what it shows is put away at the end."""
    if screen.quiet:
        yield _silent
        return
    shown: _Shown = _BarsOnTerminal(screen, clock) if screen.err.isatty() else _Lines(screen, clock)
    with shown:

        def tell(what: str, done: int, total: int) -> None:
            known = STEPS.get(what)
            shown.tell(screen.tell(known) if known else what, done, total)

        yield tell


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total
