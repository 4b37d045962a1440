"""Bars: how many of each, and how a score is spread.

Owns two pictures. Rules: bars begin at nothing; a bar that stands for a light carries its mark; the
number stands beside the bar; an empty class is shown as empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import NORMAL, SMALL, Chart, Drawing, Table, wrapped
from tallystick.publication.charts.inks import BLUE, FAINT, INK, RULE, SOFT, light_of

ROW = 34
_LEFT, _RIGHT = 168, 560
_PLOT_LEFT, _PLOT_RIGHT, _PLOT_TOP, _PLOT_FOOT = 44, 626, 24, 250
_TICKS = 4
_LABELS_MAX = 12

_BARS_SAID = Text("条形图。{each}。", "Bar chart. {each}.")
_HISTOGRAM_SAID = Text("直方图，共 {n} 家。{each}。", "Histogram of {n}. {each}.")
_NONE = Text("没有数据", "nothing to show")
_NAME, _NUMBER = Text("类别", "Class"), Text("数量", "Number")
_FROM, _TO = Text("自", "From"), Text("至", "To")


class Bar(NamedTuple):
    """One bar. value: decimal text, not below 0; light: its light, "" for none."""

    name: str
    value: str
    light: str = ""


class Bin(NamedTuple):
    """One class of a histogram: from `begins` up to `ends`, both decimal text."""

    begins: str
    ends: str
    number: int


def bars(rows: Sequence[Bar], title: str, language: str, *, ident: str = "bars") -> Chart:
    """Draw one bar under another, in the order given."""
    each = _joined([f"{row.name} {row.value}" for row in rows], language)
    described = _BARS_SAID.fill(each=each).in_language(language)
    drawing = Drawing(ident, title, described, 640, ROW * max(len(rows), 1) + 12)
    most = max((Fraction(row.value) for row in rows), default=Fraction(0)) or Fraction(1)
    for place, row in enumerate(rows):
        middle = ROW * place + ROW // 2 + 6
        look = light_of(row.light)
        name = f"{look.mark} {row.name}" if row.light else row.name
        drawing.lines(_LEFT - 12, middle, wrapped(name, _LEFT - 20), INK, anchor="end")
        long = (_RIGHT - _LEFT) * Fraction(row.value) / most
        drawing.rect(_LEFT, middle - 9, long, 18, look.fill if row.light else BLUE)
        drawing.text(_LEFT + long + 8, middle + 5, row.value, INK, size=NORMAL)
    drawing.line((_LEFT, 4), (_LEFT, ROW * max(len(rows), 1) + 8), RULE)
    head = (_NAME.in_language(language), _NUMBER.in_language(language))
    return Chart(
        drawing.svg(), title, described, Table(head, tuple((r.name, r.value) for r in rows))
    )


def histogram(bins: Sequence[Bin], title: str, language: str, *, ident: str = "histogram") -> Chart:
    """Draw how many fall into each class; the classes stand side by side."""
    each = _joined([f"{one.begins}-{one.ends}: {one.number}" for one in bins], language)
    n = sum(one.number for one in bins)
    described = _HISTOGRAM_SAID.fill(n=n, each=each).in_language(language)
    drawing = Drawing(ident, title, described, 640, 290)
    top = _ceiling(max((one.number for one in bins), default=0))
    for tick in range(_TICKS + 1):
        y = _PLOT_FOOT - Fraction((_PLOT_FOOT - _PLOT_TOP) * tick, _TICKS)
        drawing.line((_PLOT_LEFT, y), (_PLOT_RIGHT, y), FAINT if tick else RULE)
        drawing.text(_PLOT_LEFT - 8, y + 4, str(top * tick // _TICKS), SOFT, size=SMALL,
                     anchor="end")  # fmt: skip
    pitch = Fraction(_PLOT_RIGHT - _PLOT_LEFT, max(len(bins), 1))
    every = -(-len(bins) // _LABELS_MAX) or 1
    for place, one in enumerate(bins):
        x = _PLOT_LEFT + pitch * place
        high = (_PLOT_FOOT - _PLOT_TOP) * Fraction(one.number, top)
        if one.number:
            drawing.rect(x + 1, _PLOT_FOOT - high, pitch - 2, high, BLUE)
            drawing.text(x + pitch / 2, _PLOT_FOOT - high - 5, str(one.number), INK, size=SMALL,
                         anchor="middle")  # fmt: skip
        if place % every == 0:
            drawing.text(x, _PLOT_FOOT + 18, one.begins, SOFT, size=SMALL, anchor="middle")
    if bins:
        drawing.text(_PLOT_RIGHT, _PLOT_FOOT + 18, bins[-1].ends, SOFT, size=SMALL, anchor="middle")
    head = tuple(one.in_language(language) for one in (_FROM, _TO, _NUMBER))
    rows = tuple((one.begins, one.ends, str(one.number)) for one in bins)
    return Chart(drawing.svg(), title, described, Table(head, rows))


def _joined(each: Sequence[str], language: str) -> str:
    if not each:
        return _NONE.in_language(language)
    return ("；" if language == "zh" else "; ").join(each)


def _ceiling(most: int) -> int:
    """Return the least multiple of the number of ticks that is not below `most`."""
    return max(-(-most // _TICKS) * _TICKS, _TICKS)
