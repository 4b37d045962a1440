"""Boxes: where the quarters of a group lie, one line for each measure.

Owns one picture. Rules: the line reaches from the least to the greatest, the box from the lower to
the upper quartile, the thick mark is the median; a measure nobody is known in is named and left
empty; the numbers stand in the table to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import SMALL, Chart, Drawing, Table, wrapped
from tallystick.publication.charts.inks import BLUE, FAINT, INK, RULE, SHADE, SOFT

ROW = 40
_LEFT, _RIGHT, _TOP = 150, 560, 14
_TICKS = 4

_SAID = Text("箱线图。{each}。", "Box plot. {each}.")
_ONE = Text(
    "{name}：最低 {least}，四分之一 {lower}，中位 {median}，四分之三 {upper}，最高 {greatest}",
    "{name}: least {least}, lower quartile {lower}, median {median}, upper quartile {upper}, "
    "greatest {greatest}",
)
_UNKNOWN = Text("{name}：无人已知", "{name}: known of nobody")
_NONE = Text("没有数据", "nothing to show")
_HEAD = (
    Text("维度", "Measure"),
    Text("最低", "Least"),
    Text("下四分位", "Lower quartile"),
    Text("中位", "Median"),
    Text("上四分位", "Upper quartile"),
    Text("最高", "Greatest"),
)


class Box(NamedTuple):
    """One measure. numbers: least, lower, median, upper, greatest as decimal text, or None."""

    name: str
    numbers: tuple[str, str, str, str, str] | None


def boxes(
    rows: Sequence[Box],
    scale: tuple[str, str],
    title: str,
    language: str,
    *,
    ident: str = "boxes",
) -> Chart:
    """Draw one box under another; scale: the ends of the axis, moved out where a box needs it."""
    each = ("；" if language == "zh" else "; ").join(_said(row, language) for row in rows)
    described = _SAID.fill(each=each or _NONE.in_language(language)).in_language(language)
    height = _TOP + ROW * max(len(rows), 1) + 26
    drawing = Drawing(ident, title, described, 640, height)
    low = min([Fraction(scale[0]), *(Fraction(row.numbers[0]) for row in rows if row.numbers)])
    high = max([Fraction(scale[1]), *(Fraction(row.numbers[4]) for row in rows if row.numbers)])
    span = high - low or Fraction(1)
    foot = _TOP + ROW * max(len(rows), 1)
    for tick in range(_TICKS + 1):
        x = _LEFT + Fraction((_RIGHT - _LEFT) * tick, _TICKS)
        drawing.line((x, _TOP), (x, foot), FAINT)
        value = f"{float(low + span * tick / _TICKS):.4g}"
        drawing.text(x, foot + 18, value, SOFT, size=SMALL, anchor="middle")
    for place, row in enumerate(rows):
        _draw(drawing, row, _TOP + ROW * place + ROW // 2, low, span)
    head = tuple(text.in_language(language) for text in _HEAD)
    table = tuple((row.name, *(row.numbers or ("-",) * 5)) for row in rows)
    return Chart(drawing.svg(), title, described, Table(head, table))


def _draw(drawing: Drawing, row: Box, middle: int, low: Fraction, span: Fraction) -> None:
    drawing.lines(_LEFT - 12, middle, wrapped(row.name, _LEFT - 16), INK, anchor="end")
    if row.numbers is None:
        drawing.text(_LEFT + 8, middle + 4, "-", SOFT, size=SMALL)
        return
    least, lower, median, upper, greatest = (
        _LEFT + (Fraction(number) - low) / span * (_RIGHT - _LEFT) for number in row.numbers
    )
    drawing.line((least, middle), (greatest, middle), RULE, thick=2)
    for end in (least, greatest):
        drawing.line((end, middle - 6), (end, middle + 6), RULE, thick=2)
    drawing.rect(lower, middle - 10, upper - lower, 20, SHADE, stroke=BLUE)
    drawing.line((median, middle - 10), (median, middle + 10), BLUE, thick=4)
    drawing.text(_RIGHT + 12, middle + 5, row.numbers[2], INK)


def _said(row: Box, language: str) -> str:
    if row.numbers is None:
        return _UNKNOWN.fill(name=row.name).in_language(language)
    names = ("least", "lower", "median", "upper", "greatest")
    numbers = dict(zip(names, row.numbers, strict=True))
    return _ONE.fill(name=row.name, **numbers).in_language(language)
