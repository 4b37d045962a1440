"""The film: one picture a year, shown one after another.

Owns one moving picture for web pages. Rules: it runs once and stops at the last year; it can be
held, and any year can be chosen by keyboard; it needs no script; where the reader wants no motion,
and on paper, the last year stands still. What it shows stands in a table beside it as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import LARGE, NORMAL, SMALL, Drawing, wrapped
from tallystick.publication.charts.inks import FAINT, INK, PAPER, RULE, SHADE, SOFT, light_of
from tallystick.publication.charts.timeline import SIGNS

SECONDS_A_YEAR = 2
HEIGHT = 352
_LEFT, _RIGHT, _AXIS = 40, 600, 326
_ROW, _FIRST_ROW = 62, 148
_MARKS_MAX = 14

_TITLE = Text("逐年画像", "The portrait, year by year")
_SAID = Text(
    "动画：{first} 年至 {last} 年，每年一帧：当时有效的事实、得分和信用灯；同样的内容见下表。",
    "A moving picture from {first} to {last}, one frame a year: the facts in force, the score and "
    "the light; the table below says the same.",
)
_PLAY, _HOLD = Text("播放", "Play"), Text("暂停", "Hold")
_CONTROLS = Text("选择年份", "Choose a year")
_AS_OF = Text("截至 {day}", "as of {day}")
_SCORE = Text("得分 {score}", "Score {score}")
_NOT_EVALUATED = Text("该年没有评价", "Nobody evaluated it that year")
_NONE = Text("无", "none")


class Frame(NamedTuple):
    """One year. day: the ISO day it shows; facts: sign to the names of the facts in force then.

    score, band, light: "" where nobody evaluated; status: a key of the words for standings, or "";
    word: the word for it in the language of the page.
    """

    year: int
    day: str
    facts: Mapping[int, Sequence[str]]
    score: str = ""
    band: str = ""
    light: str = ""
    status: str = ""
    word: str = ""


def film(frames: Sequence[Frame], language: str, *, ident: str = "film") -> str:
    """Return the moving picture as HTML with its own style; "" without frames."""
    if not frames:
        return ""
    title = _TITLE.in_language(language)
    described = _SAID.fill(first=frames[0].year, last=frames[-1].year).in_language(language)
    sheet = Drawing(ident, title, described, 640, HEIGHT)
    sheet.rect(0, 0, 640, HEIGHT, SHADE, round_by=6)
    _draw_years(sheet, frames)
    for place, frame in enumerate(frames):
        drawing = Drawing(ident, title, described, 640, HEIGHT)
        _draw_frame(drawing, frame, language)
        x = _year_at(place, len(frames))
        drawing.circle(x, _AXIS - 12, 7, INK, PAPER)
        sheet.group(drawing.inner(), f' class="{ident}-frame {ident}-{place}"')
    return (
        f'<div class="film"><style>{_style(len(frames), ident)}</style>'
        f"<fieldset><legend>{escape(_CONTROLS.in_language(language))}</legend>"
        f"{_controls(frames, language, ident)}</fieldset>{sheet.svg()}</div>"
    )


def _controls(frames: Sequence[Frame], language: str, ident: str) -> str:
    def choice(key: str, said: str, *, chosen: bool = False) -> str:
        checked = " checked" if chosen else ""
        return (
            f'<label><input type="radio" name="{ident}" id="{ident}-at-{key}"{checked}>'
            f"<span>{escape(said)}</span></label>"
        )

    hold = (
        f'<label><input type="checkbox" id="{ident}-hold">'
        f"<span>{escape(_HOLD.in_language(language))}</span></label>"
    )
    play = choice("play", _PLAY.in_language(language), chosen=True)
    years = (choice(str(place), str(frame.year)) for place, frame in enumerate(frames))
    return play + hold + "".join(years)


def _style(of: int, ident: str) -> str:
    """Return the style sheet: which frame shows, by what is chosen above it."""
    frame, play = f".{ident}-frame", f".film:has(#{ident}-at-play:checked)"
    rules = [
        f"{frame}{{opacity:0}}",
        f"@keyframes {ident}-show{{0%{{opacity:0}}8%,92%{{opacity:1}}100%{{opacity:0}}}}",
        f"@keyframes {ident}-stay{{0%{{opacity:0}}8%,100%{{opacity:1}}}}",
    ]
    for place in range(of):
        name = "stay" if place == of - 1 else "show"
        rules.append(
            f"{play} .{ident}-{place}{{animation:{ident}-{name} {SECONDS_A_YEAR}s linear "
            f"{place * SECONDS_A_YEAR}s 1 both}}"
        )
        rules.append(f".film:has(#{ident}-at-{place}:checked) .{ident}-{place}{{opacity:1}}")
    last = f".{ident}-{of - 1}"
    still = f"{play} {frame}{{animation:none}}{play} {last}{{opacity:1}}"
    rules += [
        f".film:has(#{ident}-hold:checked) {frame}{{animation-play-state:paused}}",
        f"@media (prefers-reduced-motion:reduce){{{still}}}",
        f"@media print{{.film {frame}{{animation:none!important;opacity:0!important}}}}",
        f"@media print{{.film {last}{{opacity:1!important}}}}",
    ]
    return "".join(rules)


def _year_at(place: int, of: int) -> Fraction:
    if of == 1:
        return Fraction(_LEFT + _RIGHT, 2)
    return _LEFT + Fraction((_RIGHT - _LEFT) * place, of - 1)


def _draw_years(sheet: Drawing, frames: Sequence[Frame]) -> None:
    sheet.line((_LEFT, _AXIS - 12), (_RIGHT, _AXIS - 12), RULE, thick=2)
    for place, frame in enumerate(frames):
        x = _year_at(place, len(frames))
        sheet.circle(x, _AXIS - 12, 4, PAPER, RULE)
        sheet.text(x, _AXIS + 12, str(frame.year), SOFT, size=SMALL, anchor="middle")


def _draw_frame(drawing: Drawing, frame: Frame, language: str) -> None:
    drawing.text(_LEFT - 14, 66, str(frame.year), INK, size=44)
    as_of = _AS_OF.fill(day=frame.day).in_language(language)
    drawing.text(_LEFT - 12, 92, as_of, SOFT, size=SMALL)
    look = light_of(frame.light)
    drawing.circle(238, 56, 26, look.fill if frame.light else PAPER, look.ink)
    drawing.text(238, 63, look.mark, look.on if frame.light else look.ink, size=20, anchor="middle")
    if frame.status:
        head = " · ".join(part for part in (frame.band, frame.word) if part)
        drawing.lines(280, 44, wrapped(head, 340, LARGE), INK, size=LARGE)
        if frame.score:
            said = _SCORE.fill(score=frame.score).in_language(language)
            drawing.text(280, 86, said, INK, size=NORMAL)
    else:
        drawing.lines(280, 56, [_NOT_EVALUATED.in_language(language)], SOFT, size=NORMAL)
    for row, (sign, (names, colour)) in enumerate(SIGNS.items()):
        y = _FIRST_ROW + _ROW * row - 22
        _draw_row(
            drawing, y, names.in_language(language), colour, frame.facts[sign], sign, language
        )


def _draw_row(
    drawing: Drawing,
    y: int,
    name: str,
    colour: str,
    facts: Sequence[str],
    sign: int,
    language: str,
) -> None:
    drawing.line((_LEFT - 14, y - 18), (_RIGHT + 14, y - 18), FAINT)
    drawing.text(_LEFT - 12, y + 6, name, INK, size=NORMAL)
    drawing.text(_LEFT - 12, y + 26, str(len(facts)), colour, size=LARGE)
    for place in range(min(len(facts), _MARKS_MAX)):
        x = 150 + 22 * place
        if sign:
            tip, foot = (y - 8, y + 6) if sign > 0 else (y + 6, y - 8)
            drawing.polygon([(x - 8, foot), (x + 8, foot), (x, tip)], colour)
        else:
            drawing.circle(x, y, 7, colour)
    if len(facts) > _MARKS_MAX:
        drawing.text(150 + 22 * _MARKS_MAX - 6, y + 5, "…", colour, size=LARGE)
    comma = "、" if language == "zh" else ", "
    counted = (f"{one} ×{n}" if n > 1 else one for one, n in Counter(facts).items())
    told = comma.join(counted) or _NONE.in_language(language)
    drawing.lines(142, y + 22, wrapped(told, _RIGHT - 128, SMALL, 1), SOFT, size=SMALL)
