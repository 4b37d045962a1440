"""The gauge: where a score stands between the bands.

Owns one picture. Rules: the zones are those the scheme gives, from 0 to the best score, each with
its name, its light and its mark; the needle shows the score; without a score there is no needle and
the picture says so. The light shown is the band's own: a rule that was hit may put it lower than
the zone the needle stands in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import (
    LARGE,
    NORMAL,
    SMALL,
    Chart,
    Drawing,
    Point,
    Table,
    digits,
    wrapped,
)
from tallystick.publication.charts.inks import INK, PAPER, SOFT, light_of

HEIGHT = 276
_MIDDLE = (320, 212)
_OUTER, _INNER = 172, 126
_BETWEEN = (_OUTER + _INNER) // 2
_BIG = 34

TITLE = Text("得分在各级之间的位置", "Where the score stands")
_SAID = Text("仪表图，满分 {most}。得分 {score}，{band}。{each}。",
             "Gauge; the best score is {most}. Score {score}, {band}. {each}.")  # fmt: skip
_ZONE_SAID = Text("{begins} 至 {ends}：{name}（{light}）", "{begins} to {ends}: {name} ({light})")
_NO_SCORE = Text("没有得分", "no score")
_NO_BAND = Text("未定等级", "no band")
_BAND, _FROM, _TO = Text("等级", "Band"), Text("自", "From"), Text("至", "To")
_LIGHT = Text("灯", "Light")


class Zone(NamedTuple):
    """A stretch of the scale: the band it gives, from its lowest score to the next zone."""

    name: str
    light: str
    begins: str
    ends: str


def gauge(
    score: str | None,
    zones: Sequence[Zone],
    language: str,
    *,
    band: str = "",
    light: str = "",
    most: int = 100,
    ident: str = "gauge",
) -> Chart:
    """Draw `score` over `zones` (lowest first). band, light: what was concluded, "" for nothing."""
    spoken = [
        _ZONE_SAID.fill(
            begins=zone.begins, ends=zone.ends, name=zone.name, light=light_of(zone.light).names
        ).in_language(language)
        for zone in zones
    ]
    shown = score or _NO_SCORE.in_language(language)
    concluded = band or _NO_BAND.in_language(language)
    title = TITLE.in_language(language)
    described = _SAID.fill(
        most=most,
        score=shown,
        band=concluded,
        each=("；" if language == "zh" else "; ").join(spoken),
    ).in_language(language)
    drawing = Drawing(ident, title, described, 640, HEIGHT)
    for zone in zones:
        _draw_zone(drawing, zone, most)
    _draw_ticks(drawing, zones, most)
    if score is not None:
        _draw_needle(drawing, Fraction(score) / most)
    look = light_of(light)
    drawing.text(_MIDDLE[0], _MIDDLE[1] - 38, shown, INK, size=_BIG if score else LARGE,
                 anchor="middle")  # fmt: skip
    named = f"{look.mark} {concluded}" if band else concluded
    lines = wrapped(named, 600, LARGE)
    drawing.lines(_MIDDLE[0], _MIDDLE[1] + 38, lines, look.ink, size=LARGE, anchor="middle")
    head = tuple(one.in_language(language) for one in (_BAND, _LIGHT, _FROM, _TO))
    rows = tuple(
        (z.name, light_of(z.light).names.in_language(language), z.begins, z.ends) for z in zones
    )
    return Chart(drawing.svg(), title, described, Table(head, rows))


def _at(share: Fraction, reach: int) -> Point:
    angle = math.pi * (1 - float(min(max(share, Fraction(0)), Fraction(1))))
    return _MIDDLE[0] + reach * math.cos(angle), _MIDDLE[1] - reach * math.sin(angle)


def _place(point: Point) -> str:
    return f"{digits(point[0])} {digits(point[1])}"


def _draw_zone(drawing: Drawing, zone: Zone, most: int) -> None:
    begins, ends = Fraction(zone.begins) / most, Fraction(zone.ends) / most
    arc = (
        f"M{_place(_at(begins, _OUTER))} A{_OUTER} {_OUTER} 0 0 1 {_place(_at(ends, _OUTER))} "
        f"L{_place(_at(ends, _INNER))} A{_INNER} {_INNER} 0 0 0 {_place(_at(begins, _INNER))} Z"
    )
    look = light_of(zone.light)
    drawing.path(arc, look.fill, PAPER, thick=2)
    x, y = _at((begins + ends) / 2, _BETWEEN)
    drawing.text(x, float(y) + 5, look.mark, look.on, size=NORMAL, anchor="middle")
    x, y = _at((begins + ends) / 2, _OUTER + 16)
    anchor = "end" if float(x) < _MIDDLE[0] - 40 else "start"
    if abs(float(x) - _MIDDLE[0]) <= 40:  # noqa: PLR2004 - nearly upright
        anchor = "middle"
    drawing.lines(x, float(y) - 4, wrapped(zone.name, 126), look.ink, anchor=anchor)


def _draw_ticks(drawing: Drawing, zones: Sequence[Zone], most: int) -> None:
    for at in dict.fromkeys([*(zone.begins for zone in zones), str(most)]):
        share = Fraction(at) / most
        x, y = _at(share, _INNER - 14)
        below = 16 if share in (0, 1) else 4
        drawing.text(x, float(y) + below, at, SOFT, size=SMALL, anchor="middle")


def _draw_needle(drawing: Drawing, share: Fraction) -> None:
    tip, foot = _at(share, _OUTER + 8), _at(share, _INNER - 30)
    drawing.line(foot, tip, PAPER, thick=7).line(foot, tip, INK, thick=3)
    drawing.circle(*tip, 4, INK, PAPER)
