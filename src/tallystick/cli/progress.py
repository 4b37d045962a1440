"""How far long work is: bars on a terminal, plain lines elsewhere, nothing when quiet.

Owns the function given to `app` as its progress. Rules: everything goes to standard error; rich is
imported only once a bar is really drawn; work that is over at once draws nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tallystick.cli.cells import cut, pad
from tallystick.cli.screen import Screen, shows_colours
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

Clock = Callable[[], float]

_PATIENCE_S = 0.4  # work shorter than this draws no bar
_LINE_EVERY_S = 10.0
_WHAT_CELLS = 28
_OF = Text("{done}/{total}", "{done} of {total}")
# What `app` calls its steps, as people read it; names of files stand as they are.
STEPS = {
    "audit": Text("核查", "auditing"),
    "backup": Text("备份（MiB）", "copying (MiB)"),
    "backup_check": Text("重读核对（MiB）", "reading again (MiB)"),
    "restore": Text("恢复（MiB）", "restoring (MiB)"),
    "archive": Text("归档", "archiving"),
    "archive_check": Text("核对归档", "checking the archive"),
    "archive_back": Text("放回", "bringing back"),
    "rebuild": Text("重建", "rebuilding"),
    "nodes": Text("启动节点", "starting nodes"),
    "evaluate": Text("评价", "evaluating"),
    "sensitivity": Text("逐个变动权重", "moving each weight"),
    "export": Text("导出", "exporting"),
    "import": Text("导入", "importing"),
    "seal": Text("封存", "sealing"),
    "read": Text("读取", "reading"),
    "generate": Text("生成数据", "making data"),
    "receipts": Text("回执", "receipts"),
    "reports": Text("报告", "reports"),
    "backtest": Text("回测", "back-testing"),
    "decide": Text("认定", "deciding"),
    "fill": Text("填入数据", "filling in data"),
    "network": Text("测网络", "measuring the network"),
    "validate": Text("验证", "validating"),
    "fit": Text("拟合", "fitting"),
    "score": Text("评分", "scoring"),
    "prove": Text("核对导出", "proving the export"),
    "single": Text("逐个打分", "scoring one at a time"),
}


class _Shown(Protocol):
    def tell(self, what: str, done: int, total: int) -> None:
        """Show how far `what` is."""

    def clear(self) -> None:
        """Put away what is shown."""


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

    def clear(self) -> None:
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

    def clear(self) -> None:
        if self._bars is not None:
            self._bars.stop()
        self._bars, self._tasks = None, {}
        self._began = self._clock()


class Telling:
    """The function given to `app`; `clear` takes away what is drawn, before a line is written."""

    def __init__(self, screen: Screen, shown: _Shown | None) -> None:
        self._screen = screen
        self._shown = shown

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` (0: unknown) is done of `what`."""
        if self._shown is not None:
            known = STEPS.get(what)
            self._shown.tell(self._screen.tell(known) if known else what, done, total)

    def clear(self) -> None:
        """Take away what is drawn; the next step draws anew."""
        if self._shown is not None:
            self._shown.clear()


@contextmanager
def showing(screen: Screen, clock: Clock = time.monotonic) -> Iterator[Telling]:
    """Give the function to hand to `app`; what it shows is put away at the end."""
    if screen.quiet:
        yield Telling(screen, None)
        return
    bars = screen.err.isatty() and os.environ.get("TERM") != "dumb"
    shown: _Shown = _BarsOnTerminal(screen, clock) if bars else _Lines(screen, clock)
    try:
        yield Telling(screen, shown)
    finally:
        shown.clear()
