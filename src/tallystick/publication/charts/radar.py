"""The radar: how high each dimension scored.

Owns one picture. Rules: every axis has the same scale; a dimension nothing is known of is a gap in
the outline, its axis dashed and marked as unknown: it is not a score of 0, nor what was assumed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import (
    NORMAL,
    SMALL,
    Chart,
    Drawing,
    Point,
    Table,
    wrapped,
)
from tallystick.publication.charts.inks import BLUE, FAINT, INK, RULE, SOFT

HEIGHT = 360
_MIDDLE: tuple[int, int] = (320, 200)
_RADIUS = 134
_RINGS = 4
_NAME_ROOM = 150  # units for the name of an axis
_LINE = 17

TITLE = Text("各维度得分", "Scores of the dimensions")
_SAID = Text("雷达图，满分 {most}。{each}。", "Radar chart; the best score is {most}. {each}.")
_EACH = Text("{name} {value}", "{name} {value}")
_UNKNOWN = Text("未知", "unknown")
_ASSUMED = Text("未知，按 {score} 计", "unknown, taken at {score}")
_DIMENSION, _SCORE = Text("维度", "Dimension"), Text("得分", "Score")


class Axis(NamedTuple):
    """One dimension. value: decimal text, None where nothing is known; assumed: taken instead."""

    name: str
    value: str | None
    assumed: str = ""


def radar(axes: Sequence[Axis], language: str, *, most: int = 100, ident: str = "radar") -> Chart:
    """Draw `axes` clockwise from the top, each from 0 to `most`."""
    unknown = _UNKNOWN.in_language(language)
    shown = [_told(axis, language) for axis in axes]
    each = ("；" if language == "zh" else "; ").join(
        _EACH.fill(name=axis.name, value=value).in_language(language)
        for axis, value in zip(axes, shown, strict=True)
    )
    title = TITLE.in_language(language)
    described = _SAID.fill(most=most, each=each).in_language(language)
    drawing = Drawing(ident, title, described, 640, HEIGHT)
    _draw_web(drawing, [axis.value is not None for axis in axes], most)
    _draw_outline(
        drawing,
        [
            None if axis.value is None else _at(place, len(axes), _share(axis.value, most))
            for place, axis in enumerate(axes)
        ],
    )
    for place, axis in enumerate(axes):
        _name(drawing, place, len(axes), axis.name, axis.value or unknown)
    head = (_DIMENSION.in_language(language), _SCORE.in_language(language))
    rows = tuple((axis.name, value) for axis, value in zip(axes, shown, strict=True))
    return Chart(drawing.svg(), title, described, Table(head, rows))


def _told(axis: Axis, language: str) -> str:
    if axis.value is not None:
        return axis.value
    told = _ASSUMED.fill(score=axis.assumed) if axis.assumed else _UNKNOWN
    return told.in_language(language)


def _draw_outline(drawing: Drawing, corners: Sequence[Point | None]) -> None:
    """Draw the figure through what is known: closed where all is, else open at each gap."""
    known = [corner for corner in corners if corner is not None]
    if len(known) == len(corners):
        drawing.polygon(known, BLUE, BLUE, thick=2, opacity="0.18")
    else:
        for here, after in zip(corners, [*corners[1:], corners[0]], strict=True):
            if here is not None and after is not None:
                drawing.line(here, after, BLUE, thick=2)
    for corner in known:
        drawing.circle(*corner, 4, BLUE, BLUE)


def _share(value: str, most: int) -> Fraction:
    return min(max(Fraction(value) / most, Fraction(0)), Fraction(1))


def _at(place: int, of: int, share: float | Fraction) -> Point:
    angle = 2 * math.pi * place / of
    reach = _RADIUS * float(share)
    return _MIDDLE[0] + reach * math.sin(angle), _MIDDLE[1] - reach * math.cos(angle)


def _draw_web(drawing: Drawing, known: Sequence[bool], most: int) -> None:
    of = len(known)
    for ring in range(1, _RINGS + 1):
        corners = [_at(place, of, Fraction(ring, _RINGS)) for place in range(of)]
        drawing.polygon(corners, "", RULE if ring == _RINGS else FAINT)
    for place in range(of):
        drawing.line(
            _MIDDLE,
            _at(place, of, 1),
            FAINT if known[place] else RULE,
            dash="" if known[place] else "2 5",
        )
    for ring in range(1, _RINGS + 1) if of else ():
        x, y = _at(0, of, Fraction(ring, _RINGS))
        step = Fraction(most * ring, _RINGS)
        drawing.text(x + 4, y + 12, str(step), SOFT, size=SMALL)


def _name(drawing: Drawing, place: int, of: int, name: str, value: str) -> None:
    """Write the name of an axis and its value below, outside the web."""
    x, y = _at(place, of, 1 + 14 / _RADIUS)
    aside = math.sin(2 * math.pi * place / of)
    anchor = "middle" if abs(aside) < 0.2 else ("start" if aside > 0 else "end")  # noqa: PLR2004 - nearly upright
    lines = wrapped(name, _NAME_ROOM, NORMAL)
    above = y < _MIDDLE[1] and anchor == "middle"
    foot = float(y) - _LINE * len(lines) if above else float(y) + _LINE // 4
    if anchor == "middle" and not above:
        foot += _LINE // 2
    for line in lines:
        drawing.text(x, foot, line, INK, anchor=anchor)
        foot += _LINE
    drawing.text(x, foot, value, BLUE, anchor=anchor)
