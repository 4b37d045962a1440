"""Bands of a score: how many organisations lie in each, how many were bad, and how bad it is.

Owns one picture. Rules: bars are counts, their striped foot the bad ones, the line with dots the
bad rate, and each has its number; where bands are many, some labels are left out and the table has
them all.

    >>> binchart([Cell("A", 9, 3, "33.3%")], "Bands", "en").table.rows
    (('A', '9', '3', '33.3%'),)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import SMALL, Chart, Drawing, Table
from tallystick.publication.charts.inks import INK, PAPER, RULE, SOFT

_LEFT, _RIGHT = 74, 626
_TOP, _STRIP = 42, 56  # of the line
_GROUND, _HIGH = 234, 104  # of the bars
_LABELS_MAX = 12
_WARM, _COUNTS = "#b3261e", "#c3d3e5"

_SAID = Text("{name}：{each}。", "{name}: {each}.")
_COUNT = Text("单位数", "count")
_BADS = Text("坏单位", "bad")
_RATE = Text("坏率", "bad rate")
_BAND = Text("段", "Band")
_HEAD = (_BAND, _COUNT, _BADS, _RATE)
_KEY = Text("柱：单位数；条纹：坏单位；点线：坏率", "bars: count; stripes: bad; line: bad rate")


class Cell(NamedTuple):
    """One band. rate: with "%", "" where there is none."""

    name: str
    rows: int
    bads: int
    rate: str


def binchart(cells: Sequence[Cell], title: str, language: str, *, ident: str = "bins") -> Chart:
    """Draw the cells in the order given."""
    named = [one.in_language(language) for one in _HEAD[1:]]
    said = [
        f"{one.name}: {named[0]} {one.rows}, {named[1]} {one.bads}, {named[2]} {one.rate or '-'}"
        for one in cells
    ]
    each = ("；" if language == "zh" else "; ").join(said)
    described = _SAID.fill(name=title, each=each).in_language(language)
    drawing = Drawing(ident, title, described, 640, _GROUND + 32)
    _draw_counts(drawing, cells, language)
    head = tuple(one.in_language(language) for one in _HEAD)
    rows = tuple((one.name, str(one.rows), str(one.bads), one.rate or "-") for one in cells)
    return Chart(drawing.svg(), title, described, Table(head, rows))


def _draw_counts(drawing: Drawing, cells: Sequence[Cell], language: str) -> None:
    most = max((one.rows for one in cells), default=0) or 1
    rates = [Fraction(one.rate.rstrip("%")) if one.rate else None for one in cells]
    ceiling = max((one for one in rates if one is not None), default=Fraction(0)) or Fraction(1)
    pitch = Fraction(_RIGHT - _LEFT, max(len(cells), 1))
    every = -(-len(cells) // _LABELS_MAX) or 1
    drawing.text(_LEFT, 14, _KEY.in_language(language), SOFT, size=SMALL)
    drawing.lines(4, _GROUND - 20, [_COUNT.in_language(language)], SOFT, size=SMALL)
    drawing.lines(4, _TOP + _STRIP // 2, [_RATE.in_language(language)], _WARM, size=SMALL)
    dots = []
    for place, (cell, rate) in enumerate(zip(cells, rates, strict=True)):
        x = _LEFT + pitch * place
        middle = x + pitch / 2
        tall = Fraction(_HIGH * cell.rows, most)
        drawing.rect(x + 2, _GROUND - tall, pitch - 4, tall, _COUNTS, stroke=RULE)
        striped = Fraction(_HIGH * cell.bads, most)
        for line in range(0, int(striped), 3):
            level = _GROUND - 1 - line
            drawing.line((x + 3, level), (x + pitch - 3, level), _WARM, thick=Fraction(3, 2))
        if place % every == 0:
            drawing.text(middle, _GROUND + 18, cell.name, INK, size=SMALL, anchor="middle")
            drawing.text(
                middle, _GROUND - tall - 5, str(cell.rows), INK, size=SMALL, anchor="middle"
            )
        if rate is not None:
            dots.append((middle, _TOP + _STRIP * (1 - rate / ceiling), cell.rate, place))
    drawing.line((_LEFT, _GROUND), (_RIGHT, _GROUND), RULE)
    for one, after in pairwise(dots):
        drawing.line(one[:2], after[:2], _WARM, thick=Fraction(3, 2))
    for x, y, rate_said, place in dots:
        drawing.circle(x, y, 3, PAPER, _WARM)
        if place % every == 0:
            drawing.text(x, y - 7, rate_said, _WARM, size=SMALL, anchor="middle")
