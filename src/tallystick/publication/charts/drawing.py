"""A drawing: SVG put together from a few shapes, the same digits everywhere.

Owns the writing of SVG. Rules: every drawing has a title and a description, and says so to a screen
reader; every coordinate is rounded to a tenth, so that the same data give the same bytes; text is
escaped; nothing is loaded from elsewhere, nothing runs. One unit is one CSS pixel on a page 640
units wide, and three quarters of a point on an A4 page.

    >>> Drawing("a", "Title", "What it shows", 10, 5).rect(0, 0, 10, 5, "#fff").svg()[:36]
    '<svg xmlns="http://www.w3.org/2000/s'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import NamedTuple, Self
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

WIDTH = 640  # units across a page
FAMILY = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
SMALL, NORMAL, LARGE = 12, 13, 16  # heights of letters, in units
LINE_HEIGHT = Fraction(13, 10)  # of the height of the letters
ELLIPSIS = "…"
_NARROW, _WIDE = Fraction(58, 100), Fraction(1)  # width of a letter by its height, no less than set
_TENTH = Decimal("0.1")

Number = int | float | Fraction | Decimal
Point = tuple[Number, Number]


class Table(NamedTuple):
    """The same as a picture, in words: the head of each column, and the rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Chart(NamedTuple):
    """A picture with what it says: SVG text, its title and description, and its table."""

    svg: str
    title: str
    description: str
    table: Table


def digits(number: Number) -> str:
    """Return a coordinate, rounded to a tenth.

    >>> digits(Fraction(1, 3)), digits(12), digits(-0.01)
    ('0.3', '12', '0')
    """
    exact = number if isinstance(number, int) else _decimal(number).quantize(_TENTH)
    if exact == int(exact):
        return str(int(exact))
    return str(exact)


def _decimal(number: float | Fraction | Decimal) -> Decimal:
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / Decimal(number.denominator)
    # A float is rounded twice: what two machines disagree on lies far behind the sixth digit.
    return Decimal(number).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)


def width_of(text: str, size: int = NORMAL) -> Fraction:
    """Return about how many units `text` takes: full-width letters 1, others 0.58 of the size."""
    wide = sum(east_asian_width(letter) in "WFA" for letter in text)
    return (wide * _WIDE + (len(text) - wide) * _NARROW) * size


def wrapped(text: str, room: Number, size: int = NORMAL, lines_max: int = 2) -> list[str]:
    """Return `text` in lines that fit `room` units; what does not fit ends in an ellipsis.

    Latin text breaks between words where it can, Chinese anywhere. A chart that shortens a name
    has the whole of it in its table.
    """
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < lines_max:
        end = len(rest)
        while end > 1 and width_of(rest[:end], size) > Fraction(room):
            end -= 1
        if end < len(rest) and len(lines) + 1 < lines_max:
            space = rest.rfind(" ", 1, end + 1)
            if space <= 0:  # names of columns are words joined by underscores
                space = rest.rfind("_", 1, end) + 1
            narrow = rest[end - 1].isascii() and rest[end].isascii()
            end = space if narrow and space > 0 else end
        elif end < len(rest):
            while end > 1 and width_of(rest[:end] + ELLIPSIS, size) > Fraction(room):
                end -= 1
            return [*lines, rest[:end].rstrip() + ELLIPSIS]
        lines.append(rest[:end].strip())
        rest = rest[end:].strip()
    return lines


class Drawing:
    """Shapes on a sheet of `width` by `height` units; the first lies lowest. Methods chain."""

    def __init__(self, ident: str, title: str, description: str, width: int, height: int) -> None:
        self._ident, self._title, self._description = ident, title, description
        self._size = (width, height)
        self._parts: list[str] = []

    def rect(
        self,
        x: Number,
        y: Number,
        width: Number,
        height: Number,
        fill: str,
        *,
        stroke: str = "",
        dash: str = "",
        round_by: int = 0,
    ) -> Self:
        """Draw a rectangle from its upper left corner."""
        corner = f' rx="{round_by}"' if round_by else ""
        where = f'x="{digits(x)}" y="{digits(y)}"'
        size = f'width="{digits(width)}" height="{digits(height)}"'
        return self._add(f"<rect {where} {size}{corner}{_paint(fill, stroke, dash)}/>")

    def circle(self, x: Number, y: Number, radius: Number, fill: str, stroke: str = "") -> Self:
        """Draw a disc around a point."""
        where = f'cx="{digits(x)}" cy="{digits(y)}" r="{digits(radius)}"'
        return self._add(f"<circle {where}{_paint(fill, stroke)}/>")

    def line(
        self,
        start: Point,
        end: Point,
        stroke: str,
        *,
        thick: Number = 1,
        dash: str = "",
    ) -> Self:
        """Draw a straight line."""
        where = (
            f'x1="{digits(start[0])}" y1="{digits(start[1])}" '
            f'x2="{digits(end[0])}" y2="{digits(end[1])}"'
        )
        return self._add(f"<line {where}{_paint('', stroke, dash, thick)}/>")

    def polygon(
        self,
        points: Iterable[Point],
        fill: str,
        stroke: str = "",
        *,
        thick: Number = 1,
        opacity: str = "",
        dash: str = "",
    ) -> Self:
        """Draw a closed figure through `points`. opacity: of the inside, as decimal text."""
        through = " ".join(f"{digits(x)},{digits(y)}" for x, y in points)
        inside = f' fill-opacity="{opacity}"' if opacity else ""
        return self._add(
            f'<polygon points="{through}"{_paint(fill, stroke, dash, thick)}{inside}/>'
        )

    def path(
        self, along: str, fill: str, stroke: str = "", *, thick: Number = 1, dash: str = ""
    ) -> Self:
        """Draw a path given in the language of SVG, its numbers written by `digits`."""
        return self._add(f'<path d="{along}"{_paint(fill, stroke, dash, thick)}/>')

    def text(
        self,
        x: Number,
        y: Number,
        said: str,
        fill: str,
        *,
        size: int = NORMAL,
        anchor: str = "start",
    ) -> Self:
        """Write one line; y is the foot of the letters, anchor start, middle or end."""
        aligned = "" if anchor == "start" else f' text-anchor="{anchor}"'
        where = f'x="{digits(x)}" y="{digits(y)}" font-size="{size}"'
        return self._add(f'<text {where}{aligned} fill="{fill}">{escape(said)}</text>')

    def lines(
        self,
        x: Number,
        middle: Number,
        said: Sequence[str],
        fill: str,
        *,
        size: int = NORMAL,
        anchor: str = "start",
    ) -> Self:
        """Write lines under one another, centred on the height `middle`."""
        step = LINE_HEIGHT * size
        foot = Fraction(middle) - step * (len(said) - 1) / 2 + Fraction(size * 36, 100)
        for place, line in enumerate(said):
            self.text(x, foot + step * place, line, fill, size=size, anchor=anchor)
        return self

    def group(self, inner: str, attributes: str = "") -> Self:
        """Draw finished SVG inside a group of its own."""
        return self._add(f"<g{attributes}>{inner}</g>")

    def inner(self) -> str:
        """Return the shapes alone."""
        return "".join(self._parts)

    def svg(self) -> str:
        """Return the whole picture, to stand alone or in a page."""
        width, height = self._size
        ident = quoteattr(f"{self._ident}-title {self._ident}-desc")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-labelledby={ident} '
            f'font-family="{FAMILY}">'
            f"<title id={quoteattr(self._ident + '-title')}>{escape(self._title)}</title>"
            f"<desc id={quoteattr(self._ident + '-desc')}>{escape(self._description)}</desc>"
            f"{self.inner()}</svg>"
        )

    def _add(self, part: str) -> Self:
        self._parts.append(part)
        return self


def _paint(fill: str, stroke: str, dash: str = "", thick: Number = 1) -> str:
    inside = f' fill="{fill or "none"}"'
    if not stroke:
        return inside
    width = "" if thick == 1 else f' stroke-width="{digits(thick)}"'
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'{inside} stroke="{stroke}"{width}{dashed}'
