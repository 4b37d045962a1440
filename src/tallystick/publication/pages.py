"""A page as data: what stands on it, before it is a web page or paper.

Owns the few kinds of block a report is made of. Rules: a block holds text and charts, no markup;
the web page and the paper are made from the same blocks, so that neither says more than the other;
evidence is named by anchors (`F3`), which become links.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Chart, Table

PLAIN, SOFT, WARNING = "plain", "soft", "warning"
CODE_GROUP = 8  # characters of a printed code between two spaces


class Paragraph(NamedTuple):
    """A sentence or several. tone: plain, soft (lesser) or warning."""

    text: str
    tone: str = PLAIN


class Heading(NamedTuple):
    """A heading within a section."""

    text: str


class Pairs(NamedTuple):
    """Names with their values, in two columns."""

    rows: tuple[tuple[str, str], ...]


class Line(NamedTuple):
    """One line of a list. refs: anchors of the entries it rests on, or ids nothing stands for."""

    text: str
    refs: tuple[str, ...] = ()


class Bullets(NamedTuple):
    """A list."""

    lines: tuple[Line, ...]


class Grid(NamedTuple):
    """A table. widths: of the columns, in parts; right: columns set to the right.

    refs: columns that hold anchors of entries, with spaces between; strong: the last row is a sum.
    """

    table: Table
    widths: tuple[int, ...]
    right: tuple[int, ...] = ()
    refs: tuple[int, ...] = ()
    strong: bool = False


class Figure(NamedTuple):
    """A chart with its title, description and table. tabled: a table beside it says the same."""

    chart: Chart
    tabled: bool = False


class Film(NamedTuple):
    """A picture that moves from year to year, with its frames as a table: a web page shows both."""

    moving: str
    table: Grid


class Entry(NamedTuple):
    """One fact: what evidence points to. badge: its state; notes: small print below its rows."""

    anchor: str
    title: str
    day: str
    badge: str
    sign: int
    rows: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


class Conclusion(NamedTuple):
    """The conclusion, large: its light, what it is called, the light in words, and lines below.

    Heading and words of the light are set in its colour, the lines are not.
    """

    light: str
    heading: str
    lit: str
    lines: tuple[str, ...]


class Code(NamedTuple):
    """The place of a machine-readable code, with what to say where there is none."""

    text: str


Block = Paragraph | Heading | Pairs | Bullets | Grid | Figure | Film | Entry | Conclusion | Code


class Section(NamedTuple):
    """A numbered part of a page."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


UNDATED: Final = Text("未注明日期", "date not stated")


class Page(NamedTuple):
    """A whole report.

    status: the word that stands on every page; final: whether a person decided; standing: the
    sentence that explains it; about: the facts of the report itself; day: its ISO date, "" if none
    is stated; foot: who gives it out; fiction: a sentence where nothing in it is real, else "".
    """

    language: str
    title: str
    name: str
    code: str
    status: str
    final: bool
    standing: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    day: str
    foot: str
    fiction: str


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a page or any part of it as JSON: a block says its kind, in lower case.

    >>> plain(Heading("Tags"))
    {'kind': 'heading', 'text': 'Tags'}
    """
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        fields = {name: plain(one) for name, one in value._asdict().items()}
        return {"kind": type(value).__name__.lower(), **fields}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


def grouped(code: str) -> str:
    """Return a printed code in groups, so that lines can break in it and an eye can keep its place.

    Who reads the code back skips the spaces.
    """
    return " ".join(code[at : at + CODE_GROUP] for at in range(0, len(code), CODE_GROUP))
