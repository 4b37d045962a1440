"""How to compute a score by hand, with one example worked out.

Owns the example. Rules: it is no organisation but one value of each variable, taken from the card
itself: where most of its rows lay, the threshold that closes that bin or the first category of that
group; it is computed by the reference interpreter.
"""

from __future__ import annotations

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Table
from tallystick.publication.pages import Block, Grid, Heading, Paragraph
from tallystick.scorecards.document import NUMBER, PPM, Axis, Card
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.sentences import label_of, number_text

_TITLE = Text("算一遍", "One score worked out")
_TOLD = Text(
    "下例不是某个组织：每个变量取卡中一个常见格的边界值。",
    "The example is no organisation: each variable takes the edge of a frequent cell of the card.",
)
_HEAD = (Text("变量", "Variable"), Text("值", "Value"), Text("分", "Points"))
_START, _TOTAL = Text("起点分", "Start"), Text("总分", "Score")
_PD = Text("坏的概率：{pd}。", "Probability of bad: {pd}.")
_BAND = Text("所在的段：{band}。", "Its band: {band}.")


def worked(card: Card, language: str) -> list[Block]:
    """Return the example as blocks; nothing for a card without terms."""
    if not card.terms:
        return []
    row = _values(card)
    reading = Interpreter(card).one(row)
    rows = [(_START.in_language(language), "", str(card.offset))]
    for term, points in zip(card.terms, reading.points, strict=True):
        labels = [label_of(card.variable[name]).in_language(language) for name in term.variables]
        values = " × ".join(_shown(card, name, row) for name in term.variables)
        rows.append((" × ".join(labels), values, f"{points:+d}"))
    rows.append((_TOTAL.in_language(language), "", str(reading.score)))
    head = tuple(one.in_language(language) for one in _HEAD)
    told = []
    if reading.pd_ppm is not None:
        told.append(_PD.fill(pd=f"{reading.pd_ppm / PPM:.6f}").in_language(language))
    if reading.band:
        told.append(_BAND.fill(band=reading.band).in_language(language))
    after = [Paragraph((" " if language == "en" else "").join(told))] if told else []
    return [
        Heading(_TITLE.in_language(language)),
        Paragraph(_TOLD.in_language(language), "soft"),
        Grid(Table(head, tuple(rows)), (5, 4, 2), right=(2,), strong=True),
        *after,
    ]


def _shown(card: Card, name: str, row: dict[str, str]) -> str:
    value = row[name]
    return (number_text(value) if card.variable[name].kind == NUMBER else value) or "-"


def _values(card: Card) -> dict[str, str]:
    """Return a value of each variable as text, of terms of one axis first; "" is missing."""
    found: dict[str, str] = {}
    for term in sorted(card.terms, key=lambda one: len(one.axes)):
        for axis in term.axes:
            counts = term.counts if len(term.axes) == 1 else ()
            found.setdefault(axis.variable, _value(axis, counts))
    return {one.name: found.get(one.name, "") for one in card.variables}


def _value(axis: Axis, counts: tuple[int, ...]) -> str:
    closed = len(axis.thresholds) if axis.kind == NUMBER else axis.parts
    if not closed:
        return ""
    at = max(range(closed), key=counts.__getitem__) if counts else 0
    return axis.thresholds[at] if axis.kind == NUMBER else axis.groups[at][0]
