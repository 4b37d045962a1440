"""The waterfall: how the contributions add up to the score.

Owns one picture. Rules: bars follow one another from left to right, the last stands on the ground
and is the sum; a contribution that is not known is a dashed place and adds nothing, one that
was assumed a dashed bar that says so; a falling bar carries its minus sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import NORMAL, SMALL, Chart, Drawing, Table, wrapped
from tallystick.publication.charts.inks import BLUE, FAINT, INK, PAPER, RULE, SOFT

HEIGHT = 330
_LEFT, _RIGHT, _TOP, _GROUND = 44, 626, 26, 268
_TICKS = 4
_ROOM = 18  # units a word inside a bar needs
_FALL = "#a84300"
_SUM = "#34404f"

TITLE = Text("得分构成", "How the score is made up")
_SAID = Text("瀑布图。{each}；合计 {total}。", "Waterfall chart. {each}; in all {total}.")
_ASSUMED = Text("假定", "assumed")
_UNKNOWN = Text("未知", "unknown")
_TOTAL = Text("合计", "Total")
_PART, _GIVES, _SO_FAR = Text("维度", "Dimension"), Text("贡献", "Gives"), Text("累计", "So far")


class Step(NamedTuple):
    """One contribution. change: decimal text, None where it is not known.

    assumed: nothing was known, and the change is what the scheme takes instead.
    """

    name: str
    change: str | None
    assumed: bool = False


def waterfall(
    steps: Sequence[Step],
    total: str | None,
    language: str,
    *,
    most: int = 100,
    ident: str = "waterfall",
) -> Chart:
    """Draw `steps` and their sum on a scale from 0 to `most`. total: None where there is none."""
    unknown = _UNKNOWN.in_language(language)
    assumed = _ASSUMED.in_language(language)
    said = [unknown if step.change is None else step.change for step in steps]
    told = [
        f"{value} ({assumed})" if step.assumed else value
        for step, value in zip(steps, said, strict=True)
    ]
    whole = unknown if total is None else total
    each = ("；" if language == "zh" else "; ").join(
        f"{step.name} {value}" for step, value in zip(steps, told, strict=True)
    )
    title = TITLE.in_language(language)
    described = _SAID.fill(each=each, total=whole).in_language(language)
    drawing = Drawing(ident, title, described, 640, HEIGHT)
    _draw_scale(drawing, most)
    pitch = Fraction(_RIGHT - _LEFT, len(steps) + 1)
    wide, level, rows = pitch * 3 / 5, Fraction(0), []
    for place, (step, value) in enumerate(zip(steps, said, strict=True)):
        x = _LEFT + pitch * place + pitch / 5
        change = Fraction(step.change or 0)
        reach = (level, level + change)
        _draw_step(drawing, x, wide, reach, value, most, assumed if step.assumed else "")
        level += change
        after = x + wide
        drawing.line((after, _y(level, most)), (after + pitch * 2 / 5, _y(level, most)), RULE)
        drawing.lines(x + wide / 2, _GROUND + 24, wrapped(step.name, pitch - 6), INK,
                      anchor="middle")  # fmt: skip
        rows.append((step.name, told[place], _plain(level)))
    x = _LEFT + pitch * len(steps) + pitch / 5
    name = _TOTAL.in_language(language)
    if total is not None:
        top = _y(Fraction(total), most)
        drawing.rect(x, top, wide, _GROUND - top, _SUM)
        drawing.text(x + wide / 2, top - 6, total, INK, anchor="middle")
    else:
        drawing.text(x + wide / 2, _GROUND - 8, whole, SOFT, size=SMALL, anchor="middle")
    drawing.lines(x + wide / 2, _GROUND + 24, [name], INK, anchor="middle")
    head = tuple(one.in_language(language) for one in (_PART, _GIVES, _SO_FAR))
    table = Table(head, (*rows, (name, whole, whole)))
    return Chart(drawing.svg(), title, described, table)


def _y(level: Fraction, most: int) -> Fraction:
    return _GROUND - (_GROUND - _TOP) * min(max(level / most, Fraction(0)), Fraction(1))


def _draw_scale(drawing: Drawing, most: int) -> None:
    for tick in range(_TICKS + 1):
        level = Fraction(most * tick, _TICKS)
        y = _y(level, most)
        drawing.line((_LEFT, y), (_RIGHT, y), FAINT if tick else RULE)
        drawing.text(_LEFT - 8, y + 4, _plain(level), SOFT, size=SMALL, anchor="end")


def _draw_step(
    drawing: Drawing,
    x: Fraction,
    wide: Fraction,
    reach: tuple[Fraction, Fraction],
    value: str,
    most: int,
    assumed: str,
) -> None:
    low, high = sorted(reach)
    top, foot = _y(high, most), _y(low, most)
    if top == foot:
        drawing.rect(x, top - 14, wide, 14, PAPER, stroke=RULE, dash="4 3")
        top -= 14
    elif assumed:
        drawing.rect(x, top, wide, foot - top, PAPER, stroke=BLUE, dash="4 3")
        inside = foot - top >= _ROOM
        middle = (top + foot) / 2 + 4 if inside else top - 22
        drawing.text(x + wide / 2, middle, assumed, SOFT, size=SMALL, anchor="middle")
    else:
        drawing.rect(x, top, wide, foot - top, BLUE if reach[1] > reach[0] else _FALL)
    drawing.text(x + wide / 2, top - 6, value, INK, size=NORMAL, anchor="middle")


def _plain(level: Fraction) -> str:
    """Return a sum of decimals as decimal text."""
    return format(level.numerator / level.denominator, ".6f").rstrip("0").rstrip(".")
