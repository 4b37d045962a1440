"""Bins of a variable, or bands of a score: how many, how bad, and what they give.

Owns one picture of two parts. Rules: above, bars are counts, their striped foot the bad ones, and
the line with dots the bad rate; below, points stand on a line of nothing, upward better, each with
its sign; bins carry the number they have in the table; where bins are many, some labels are left
out and the table has them all; what there is none of is not drawn.

    >>> binchart([Cell("at most 1", "9", "3", "33.3%", "", "-5")], "roa", "en").table.rows[0][0]
    '1'
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import SMALL, Chart, Drawing, Table
from tallystick.publication.charts.inks import BLUE, FAINT, INK, PAPER, RULE, SOFT

_LEFT, _RIGHT = 74, 626
_TOP, _GROUND = 34, 164
_POINTS_HIGH = 84
_LABELS_MAX = 13
_FALL, _WARM, _COUNTS = "#a84300", "#b3261e", "#c3d3e5"

_SAID = Text("{name}：{each}。", "{name}: {each}.")
_EACH = Text("{cell}：{parts}", "{cell}: {parts}")
_COUNT = Text("单位数", "count")
_BADS = Text("坏单位", "bad")
_RATE = Text("坏率", "bad rate")
_POINTS = Text("分值", "points")
_WOE = Text("WoE", "WoE")
_HEAD = (Text("序号", "Number"), Text("范围", "Range"), _COUNT, _BADS, _RATE, _WOE, _POINTS)
_KEY = Text("柱：单位数；条纹：坏单位；点线：坏率", "bars: count; stripes: bad; line: bad rate")


class Cell(NamedTuple):
    """One bin. count, bads, points: whole numbers as text; rate with "%"; "" where none is."""

    name: str
    count: str
    bads: str
    rate: str
    woe: str
    points: str


def binchart(cells: Sequence[Cell], name: str, language: str, *, ident: str = "bins") -> Chart:
    """Draw the cells of `name`, in the order given."""
    counted = any(one.count for one in cells)
    pointed = any(one.points for one in cells)
    said = [_told(one, language) for one in cells]
    each = ("；" if language == "zh" else "; ").join(said)
    described = _SAID.fill(name=name, each=each).in_language(language)
    above = _GROUND if counted else 8
    height = above + (_POINTS_HIGH + 46 if pointed else 0) + 32
    drawing = Drawing(ident, name, described, 640, height)
    if counted:
        _draw_counts(drawing, cells, language)
    if pointed:
        _draw_points(drawing, cells, above + 30, language)
    pitch = Fraction(_RIGHT - _LEFT, max(len(cells), 1))
    every = -(-len(cells) // (_LABELS_MAX * 2)) or 1
    for place in range(0, len(cells), every):
        middle = _LEFT + pitch * place + pitch / 2
        drawing.text(middle, above + 16, str(place + 1), SOFT, size=SMALL, anchor="middle")
    head = tuple(one.in_language(language) for one in _HEAD)
    rows = tuple((str(at), *one) for at, one in enumerate(cells, 1))
    return Chart(drawing.svg(), name, described, Table(head, tuple(_ordered(row) for row in rows)))


def _ordered(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one or "-" for one in row)


def _told(cell: Cell, language: str) -> str:
    named = ((_COUNT, cell.count), (_BADS, cell.bads), (_RATE, cell.rate), (_POINTS, cell.points))
    parts = ", ".join(f"{what.in_language(language)} {value}" for what, value in named if value)
    return _EACH.fill(cell=cell.name, parts=parts).in_language(language)


def _draw_counts(drawing: Drawing, cells: Sequence[Cell], language: str) -> None:
    most = max((int(one.count or 0) for one in cells), default=0) or 1
    rates = [Fraction(one.rate.rstrip("%")) if one.rate else None for one in cells]
    ceiling = max((one for one in rates if one is not None), default=Fraction(0)) or Fraction(1)
    pitch = Fraction(_RIGHT - _LEFT, len(cells))
    every = -(-len(cells) // _LABELS_MAX)
    drawing.text(_LEFT, 14, _KEY.in_language(language), SOFT, size=SMALL)
    drawing.lines(4, _GROUND - 20, [_COUNT.in_language(language)], SOFT, size=SMALL)
    drawing.lines(4, _TOP + 6, [_RATE.in_language(language)], _WARM, size=SMALL)
    high = Fraction(_GROUND - _TOP - 36)
    dots = []
    for place, (cell, rate) in enumerate(zip(cells, rates, strict=True)):
        x, middle = _LEFT + pitch * place, _LEFT + pitch * place + pitch / 2
        tall = high * int(cell.count or 0) / most
        drawing.rect(x + 2, _GROUND - tall, pitch - 4, tall, _COUNTS, stroke=RULE)
        foot = high * int(cell.bads or 0) / most
        for line in range(0, int(foot), 3):
            y = _GROUND - 1 - line
            drawing.line((x + 3, y), (x + pitch - 3, y), _WARM, thick=Fraction(3, 2))
        if place % every == 0:
            drawing.text(middle, _GROUND - 5, cell.count, INK, size=SMALL, anchor="middle")
        if rate is not None:
            dots.append((middle, _TOP + 14 + (high + 10) * (1 - rate / ceiling), cell.rate, place))
    drawing.line((_LEFT, _GROUND), (_RIGHT, _GROUND), RULE)
    for one, after in pairwise(dots):
        drawing.line(one[:2], after[:2], _WARM, thick=Fraction(3, 2))
    for x, y, rate_said, place in dots:
        drawing.circle(x, y, 3, PAPER, _WARM)
        if place % every == 0:
            drawing.text(x, y - 7, rate_said, _WARM, size=SMALL, anchor="middle")


def _draw_points(drawing: Drawing, cells: Sequence[Cell], top: int, language: str) -> None:
    values = [int(one.points or 0) for one in cells]
    best, worst = max(*values, 0, 0), min(*values, 0, 0)
    step = Fraction(_POINTS_HIGH - 32, max(best - worst, 1))
    zero = top + 14 + step * best
    pitch = Fraction(_RIGHT - _LEFT, len(cells))
    every = -(-len(cells) // _LABELS_MAX)
    drawing.line((_LEFT, zero), (_RIGHT, zero), RULE)
    drawing.lines(4, zero, [_POINTS.in_language(language)], BLUE, size=SMALL)
    foot = top + _POINTS_HIGH + 10
    woes = any(one.woe for one in cells)
    if woes:
        drawing.line((_LEFT, foot - 14), (_RIGHT, foot - 14), FAINT)
        drawing.text(4, foot + 2, "WoE", SOFT, size=SMALL)
    for place, (cell, value) in enumerate(zip(cells, values, strict=True)):
        x, middle = _LEFT + pitch * place, _LEFT + pitch * place + pitch / 2
        tall = step * abs(value)
        up = value >= 0
        drawing.rect(x + 4, zero - tall if up else zero, pitch - 8, tall, BLUE if up else _FALL)
        if place % every == 0:
            where = zero - tall - 4 if up else zero + tall + 13
            drawing.text(middle, where, f"{value:+d}", INK, size=SMALL, anchor="middle")
            if woes:
                drawing.text(middle, foot + 2, cell.woe[:6], SOFT, size=SMALL, anchor="middle")
