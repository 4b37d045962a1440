"""The cells of one variable: how many, how many bad, and what they give.

Owns one picture: a row a cell with two bars and the points. Rules: bars begin at nothing, each
kind on a scale of its own; the number stands beside the bar; an empty cell is
shown as empty; where no cell has a rate there is no column of rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import NORMAL, SMALL, Chart, Drawing, Table, wrapped
from tallystick.publication.charts.inks import BLUE, INK, RULE, SOFT

ROW = 30
_HEAD = 26
_NAME_END, _COUNT_AT, _RATE_AT, _POINTS_AT = 200, 212, 396, 626
_BAR = 110
_CELL, _ROWS = Text("取值", "Value"), Text("家数", "Rows")
_RATE, _POINTS = Text("坏的比例", "Bad rate"), Text("分", "Points")
_SAID = Text(
    "{n} 格，每格的家数、坏的比例和分。", "{n} cells, each with rows, bad rate and points."
)
_SAID_UNRATED = Text("{n} 格，每格的家数和分。", "{n} cells, each with rows and points.")


class Cell(NamedTuple):
    """One cell. rate: decimal text, "" where there is none."""

    name: str
    rows: int
    rate: str
    points: int


def cells(rows: Sequence[Cell], title: str, language: str, *, ident: str) -> Chart:
    """Draw one cell under another, in the order given."""
    rated = any(one.rate for one in rows)
    said = (_SAID if rated else _SAID_UNRATED).fill(n=len(rows)).in_language(language)
    drawing = Drawing(ident, title, said, 640, _HEAD + ROW * len(rows) + 8)
    heads = [one.in_language(language) for one in (_CELL, _ROWS, _RATE, _POINTS)]
    drawing.text(_NAME_END, 16, heads[0], SOFT, size=SMALL, anchor="end")
    drawing.text(_COUNT_AT, 16, heads[1], SOFT, size=SMALL)
    if rated:
        drawing.text(_RATE_AT, 16, heads[2], SOFT, size=SMALL)
    drawing.text(_POINTS_AT, 16, heads[3], SOFT, size=SMALL, anchor="end")
    most = max((one.rows for one in rows), default=0) or 1
    worst = max((Decimal(one.rate) for one in rows if one.rate), default=Decimal(0)) or Decimal(1)
    for place, one in enumerate(rows):
        middle = _HEAD + ROW * place + ROW // 2
        drawing.lines(
            _NAME_END,
            middle,
            wrapped(one.name, _NAME_END - 10, SMALL),
            INK,
            anchor="end",
            size=SMALL,
        )
        long = Decimal(_BAR * one.rows) / most
        drawing.rect(_COUNT_AT, middle - 8, long, 16, BLUE)
        drawing.text(_COUNT_AT + long + 6, middle + 4, str(one.rows), INK, size=SMALL)
        if one.rate:
            high = _BAR * Decimal(one.rate) / worst
            drawing.rect(_RATE_AT, middle - 8, high, 16, "none", stroke=INK)
            drawing.text(_RATE_AT + high + 6, middle + 4, one.rate, INK, size=SMALL)
        drawing.text(_POINTS_AT, middle + 5, f"{one.points:+d}", INK, size=NORMAL, anchor="end")
    drawing.line((0, _HEAD - 4), (640, _HEAD - 4), RULE)
    table = [(one.name, str(one.rows), one.rate or "-", f"{one.points:+d}") for one in rows]
    shown = (0, 1, 2, 3) if rated else (0, 1, 3)  # without outcomes there are no rates
    told = tuple(tuple(row[at] for at in shown) for row in table)
    return Chart(drawing.svg(), title, said, Table(tuple(heads[at] for at in shown), told))
