"""The timeline: when each fact happened and how long it counts.

Owns one picture. Rules: one lane for each kind of fact, in the order given; a fact begins on its
day and ends on its last day, or goes on behind the edge when no end is known; what speaks for, what
against and what neither has a mark of its own; what counts no more is hollow and dashed.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import SMALL, Chart, Drawing, Table, wrapped
from tallystick.publication.charts.inks import BLUE, FAINT, INK, PAPER, RULE, SHADE, SOFT

LANE = 34
_LEFT, _RIGHT, _TOP = 206, 626, 46
_FOOT = 44
_YEARS_MIN, _LABELS_MAX = 2, 10

TITLE = Text("事实时间轴", "Timeline of facts")
_SAID = Text(
    "时间轴，{first} 年至 {last} 年，今天是 {today}；共 {n} 条事实，其中 {ended} 条已不再有效。",
    "Timeline from {first} to {last}; today is {today}. Facts: {n}, no longer in force: {ended}.",
)
_TODAY = Text("今天", "today")
_HEAD = (
    Text("事实", "Fact"),
    Text("自", "From"),
    Text("至", "Until"),
    Text("说明", "Says"),
    Text("状态", "State"),
)
_OPEN = Text("未定", "open")
_IN_FORCE, _OVER = Text("有效", "in force"), Text("已不再有效", "no longer in force")
SIGNS = {
    1: (Text("有利", "speaks for"), "#1a7f37"),
    0: (Text("中性", "neutral"), BLUE),
    -1: (Text("不利", "speaks against"), "#b3261e"),
}


class Span(NamedTuple):
    """One fact. begins, ends: ISO days, ends None while no end is known; sign: 1, 0 or -1."""

    lane: str
    begins: str
    ends: str | None
    sign: int
    in_force: bool


class _Scale(NamedTuple):
    first: int
    last: int  # the year whose end is the right edge

    def x(self, day: str) -> Fraction:
        """Return where the ISO `day` lies; days beyond an edge lie on it."""
        date = datetime.date.fromisoformat(day)
        begin = datetime.date(self.first, 1, 1).toordinal()
        whole = datetime.date(self.last + 1, 1, 1).toordinal() - begin
        share = Fraction(date.toordinal() - begin, whole)
        return _LEFT + (_RIGHT - _LEFT) * min(max(share, Fraction(0)), Fraction(1))


def timeline(spans: Sequence[Span], today: str, language: str, *, ident: str = "timeline") -> Chart:
    """Draw `spans` by lane, as of the ISO day `today`."""
    lanes = list(dict.fromkeys(span.lane for span in spans))
    scale = _scale(spans, today)
    title = TITLE.in_language(language)
    described = _SAID.fill(
        first=scale.first,
        last=scale.last,
        today=today,
        n=len(spans),
        ended=sum(not span.in_force for span in spans),
    ).in_language(language)
    height = _TOP + LANE * max(len(lanes), 1) + _FOOT
    drawing = Drawing(ident, title, described, 640, height)
    for place, lane in enumerate(lanes):
        top = _TOP + LANE * place
        if place % 2 == 0:
            drawing.rect(0, top, 640, LANE, SHADE)
        drawing.lines(8, top + LANE // 2, wrapped(lane, _LEFT - 24, SMALL), INK, size=SMALL)
    _draw_years(drawing, scale, height - _FOOT)
    for span in sorted(spans, key=lambda one: (one.in_force, one.begins, one.ends or "")):
        _draw_span(drawing, span, scale, _TOP + LANE * lanes.index(span.lane) + LANE // 2)
    now = scale.x(today)
    drawing.line((now, _TOP - 8), (now, height - _FOOT), INK, thick=Fraction(3, 2), dash="2 3")
    drawing.text(now, _TOP - 26, _TODAY.in_language(language), INK, size=SMALL, anchor="middle")
    _draw_key(drawing, height - 16, language)
    return Chart(drawing.svg(), title, described, _table(spans, language))


def _scale(spans: Sequence[Span], today: str) -> _Scale:
    days = [today, *(span.begins for span in spans), *(s.ends for s in spans if s.ends)]
    first, last = int(min(days)[:4]), int(max(days)[:4])
    now = int(today[:4])
    last = min(last, now + 5)  # what ends far away runs to the edge
    first = max(first, last - 24)
    return _Scale(min(first, last - _YEARS_MIN + 1), last)


def _draw_years(drawing: Drawing, scale: _Scale, foot: int) -> None:
    every = -(-(scale.last - scale.first + 1) // _LABELS_MAX)
    for year in range(scale.first, scale.last + 2):
        x = scale.x(f"{year}-01-01")
        drawing.line((x, _TOP - 4), (x, foot), FAINT)
        after = scale.x(f"{year + 1}-01-01")
        if year <= scale.last and (year - scale.first) % every == 0:
            middle = (x + after) / 2
            drawing.text(middle, _TOP - 10, str(year), SOFT, size=SMALL, anchor="middle")
    drawing.line((_LEFT, foot), (_RIGHT, foot), RULE)


def _draw_span(drawing: Drawing, span: Span, scale: _Scale, y: int) -> None:
    colour = SIGNS[span.sign][1]
    x = scale.x(span.begins)
    end = Fraction(_RIGHT) if span.ends is None else max(scale.x(span.ends), x)
    drawing.line((x, y), (end, y), colour, thick=3, dash="" if span.in_force else "3 4")
    _draw_mark(drawing, x, y, span.sign, hollow=not span.in_force)
    if span.ends is not None and span.ends[:4] <= str(scale.last):
        drawing.line((end, y - 6), (end, y + 6), colour, thick=2)
    else:
        drawing.polygon([(end, y - 5), (end + 8, y), (end, y + 5)], colour)


def _draw_mark(drawing: Drawing, x: Fraction, y: int, sign: int, *, hollow: bool) -> None:
    colour = SIGNS[sign][1]
    fill = PAPER if hollow else colour
    if sign:
        tip, foot = (y - 7, y + 6) if sign > 0 else (y + 7, y - 6)
        drawing.polygon([(x - 7, foot), (x + 7, foot), (x, tip)], fill, colour, thick=2)
    else:
        drawing.circle(x, y, 6, fill, colour)


def _draw_key(drawing: Drawing, y: int, language: str) -> None:
    x = Fraction(8)
    for sign, (names, _) in SIGNS.items():
        _draw_mark(drawing, x + 8, y - 4, sign, hollow=False)
        said = names.in_language(language)
        drawing.text(x + 22, y, said, INK, size=SMALL)
        x += 150
    _draw_mark(drawing, x + 8, y - 4, 0, hollow=True)
    drawing.text(x + 22, y, _OVER.in_language(language), INK, size=SMALL)


def _table(spans: Sequence[Span], language: str) -> Table:
    rows = tuple(
        (
            span.lane,
            span.begins,
            span.ends or _OPEN.in_language(language),
            SIGNS[span.sign][0].in_language(language),
            (_IN_FORCE if span.in_force else _OVER).in_language(language),
        )
        for span in spans
    )
    return Table(tuple(one.in_language(language) for one in _HEAD), rows)
