"""Curves between nothing and one: what was expected against what happened, and the ROC curve.

Owns two pictures. Rules: both axes go from 0 to the same top and say so; the diagonal is what a
perfect calibration, or a coin, would give; points carry their interval as a bar; nothing is told by
colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import NORMAL, SMALL, Chart, Drawing, Table, wrapped
from tallystick.publication.charts.inks import BLUE, FAINT, INK, RULE, SOFT

_LEFT, _TOP, _SIDE = 150, 16, 340
_UP_END = 104  # left of the numbers along the axis
_TICKS = 4
_ROWS_MAX = 20  # of the table beside a ROC curve; the picture has every point
_EXPECTED, _OBSERVED = Text("预期比例", "Expected rate"), Text("实际比例", "Observed rate")
_LOW, _HIGH = Text("区间下端", "Low"), Text("区间上端", "High")
_COUNT = Text("家数", "Rows")
_FALSE = Text("好的被误判的比例", "Share of good ones called bad")
_TRUE = Text("坏的被找出的比例", "Share of bad ones found")
_CALIBRATION_SAID = Text(
    "校准图：{n} 组，横轴为预期比例，纵轴为实际比例及 95% 区间；虚线为两者相等。",
    "Calibration: {n} groups, expected rate across and observed rate with its 95% interval "
    "upwards; the dashed line is where both are equal.",
)
_ROC_SAID = Text(
    "ROC 曲线，AUC {auc}；虚线为抛硬币。", "ROC curve, AUC {auc}; the dashed line is a coin."
)


class Group(NamedTuple):
    """One group of a calibration: decimal texts, and how many rows."""

    expected: str
    observed: str
    low: str
    high: str
    rows: int


def calibration(groups: Sequence[Group], title: str, language: str, *, ident: str) -> Chart:
    """Draw expected against observed rates."""
    said = _CALIBRATION_SAID.fill(n=len(groups)).in_language(language)
    drawing = Drawing(ident, title, said, 640, _TOP + _SIDE + 46)
    top = _ceiling([Decimal(one) for group in groups for one in (group.expected, group.high)])
    _frame(drawing, top, _EXPECTED.in_language(language), _OBSERVED.in_language(language))
    for one in groups:
        x = _across(Decimal(one.expected), top)
        low, high = _up(Decimal(one.low), top), _up(Decimal(one.high), top)
        drawing.line((x, low), (x, high), SOFT)
        drawing.circle(x, _up(Decimal(one.observed), top), 4, BLUE)
    heads = (_EXPECTED, _OBSERVED, _LOW, _HIGH, _COUNT)
    rows = tuple((*(one[:4]), str(one.rows)) for one in groups)
    return Chart(drawing.svg(), title, said, Table(_heads(heads, language), rows))


def roc(
    points: Sequence[tuple[str, str]], auc: str, title: str, language: str, *, ident: str
) -> Chart:
    """Draw the ROC curve through points of false and true rates, decimal texts."""
    said = _ROC_SAID.fill(auc=auc).in_language(language)
    drawing = Drawing(ident, title, said, 640, _TOP + _SIDE + 46)
    one = Decimal(1)
    _frame(drawing, one, _FALSE.in_language(language), _TRUE.in_language(language))
    placed = [(_across(Decimal(x), one), _up(Decimal(y), one)) for x, y in points]
    for start, end in pairwise(placed):
        drawing.line(start, end, BLUE, thick=2)
    rows = tuple((x, y) for x, y in _thinned(points))
    return Chart(drawing.svg(), title, said, Table(_heads((_FALSE, _TRUE), language), rows))


def _thinned(points: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return points evenly through all of them, both ends included: a table is to be read."""
    last = len(points) - 1
    if last < _ROWS_MAX:
        return list(points)
    return [points[at * last // (_ROWS_MAX - 1)] for at in range(_ROWS_MAX)]


def _heads(heads: Sequence[Text], language: str) -> tuple[str, ...]:
    return tuple(one.in_language(language) for one in heads)


def _frame(drawing: Drawing, top: Decimal, across: str, up: str) -> None:
    for tick in range(_TICKS + 1):
        value = top * tick / _TICKS
        x, y = _across(value, top), _up(value, top)
        ink = FAINT if tick else RULE
        drawing.line((_LEFT, y), (_LEFT + _SIDE, y), ink)
        drawing.line((x, _TOP), (x, _TOP + _SIDE), ink)
        told = f"{value.normalize():f}"
        drawing.text(_LEFT - 8, y + 4, told, SOFT, size=SMALL, anchor="end")
        drawing.text(x, _TOP + _SIDE + 18, told, SOFT, size=SMALL, anchor="middle")
    drawing.line((_LEFT, _TOP + _SIDE), (_LEFT + _SIDE, _TOP), SOFT, dash="4 4")
    drawing.text(_LEFT + _SIDE / 2, _TOP + _SIDE + 38, across, INK, size=NORMAL, anchor="middle")
    beside = wrapped(up, _UP_END - 2, SMALL)  # by its own axis, where a wider font has room
    drawing.lines(_UP_END, _TOP + _SIDE // 2, beside, INK, anchor="end", size=SMALL)


def _across(value: Decimal, top: Decimal) -> Decimal:
    return _LEFT + _SIDE * value / top


def _up(value: Decimal, top: Decimal) -> Decimal:
    return _TOP + _SIDE * (1 - min(value, top) / top)


def _ceiling(values: Sequence[Decimal]) -> Decimal:
    most = max(values, default=Decimal(1))
    for step in ("0.01", "0.02", "0.05", "0.1", "0.2", "0.4", "0.6", "0.8"):
        if most <= Decimal(step):
            return Decimal(step)
    return Decimal(1)
