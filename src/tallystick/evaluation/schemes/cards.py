"""Scorecards inside a scheme: what an indicator takes from one, and the reading of it.

Owns the part `card` of an indicator and the part `cards` of a scheme. Rules: a card is named by its
digest and its whole text stands in the scheme, so that whoever has the scheme can work its digits
out again; every variable of the card is bound to an indicator of the scheme, whose value it takes,
and no other is; what is unknown is missing to the card only where the scheme says so; points rise
with the score, straight between the marks and level beyond them.

    card:
      digest: 4bf5...
      inputs:
        margin: F1
        ratio: {indicator: F2, formula: value * 100, unknown: missing}
      scale:
        - {score: 500, points: 0}
        - {score: 700, points: 100}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tallystick.evaluation.schemes import faults
from tallystick.evaluation.schemes.formula import FormulaError, parse_formula
from tallystick.evaluation.schemes.located import Place
from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import NUMBER, Card
from tallystick.scorecards.packing import unpacked
from tallystick.scorecards.writing import card_digest, read_card

SCORE_MAX = 1_000_000_000
POINTS_MAX = 1_000_000
MARKS_MIN = 2
DIGEST_DIGITS = 64
AS_UNKNOWN, AS_MISSING = "unknown", "missing"
NUMERIC = frozenset({"integer", "decimal", "boolean"})
WORDED = frozenset({"text", "enum", "boolean"})


@dataclass(frozen=True, slots=True)
class Input:
    """Where a card gets one variable from.

    indicator: code of the indicator whose value it takes, through `formula` where that is not "".
    unknown: what is done where the value is unknown: "unknown" (then so is the score) or "missing".
    """

    variable: str
    indicator: str
    formula: str
    unknown: str

    def document(self) -> dict[str, str]:
        """Return the sealed form."""
        return {
            "variable": self.variable,
            "indicator": self.indicator,
            "formula": self.formula,
            "unknown": self.unknown,
        }


@dataclass(frozen=True, slots=True)
class Mark:
    """A score of the card and the points of the indicator it stands for."""

    score: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class CardUse:
    """How an indicator takes its points from a card. inputs: in the order of the scheme."""

    digest: str
    inputs: tuple[Input, ...]
    scale: tuple[Mark, ...]

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "digest": self.digest,
            "inputs": [one.document() for one in self.inputs],
            "scale": [
                {"score": mark.score, "points": decimal_text(mark.points)} for mark in self.scale
            ],
        }


def read_use(place: Place) -> CardUse:
    """Return what is written at `card` of an indicator; what is wrong goes to the log."""
    keys = place.keys({"digest": True, "inputs": True, "scale": True})
    inputs = keys["inputs"].members() if "inputs" in keys else ()
    scale = keys["scale"].items() if "scale" in keys else []
    marks = tuple(_mark(one) for one in scale)
    for one, low, high in zip(scale[1:], marks, marks[1:], strict=False):
        if high.score <= low.score or high.points < low.points:
            one.report(faults.SCALE_ORDER)
    if "scale" in keys and len(marks) < MARKS_MIN:
        keys["scale"].report(faults.SCALE_ORDER)
    return CardUse(
        keys["digest"].scalar().lower() if "digest" in keys else "",
        tuple(_input(name, one) for name, one in inputs),
        marks,
    )


def read_texts(places: Sequence[Place], used: Collection[str]) -> dict[str, Card]:
    """Return the cards whose texts stand at `places`, by their digests; `used` are those named."""
    found: dict[str, Card] = {}
    for place in places:
        text = place.scalar()
        if not text:
            continue
        try:
            card = read_card(unpacked(text))
        except TallyError as fault:
            place.report(faults.CARD_UNREADABLE, what=fault.text)
            continue
        digest = card_digest(card)
        if digest in found or digest not in used:
            place.report(faults.CARD_UNUSED, digest=digest[:12])
        found[digest] = card
    return found


def check_inputs(place: Place, use: CardUse, card: Card, kinds: Mapping[str, str]) -> None:
    """Report at `place` where the inputs are not those the card reads.

    kinds: of the values of the indicators that may be bound, by their codes.
    """
    told = {one.variable for one in use.inputs}
    odd = told ^ card.variable.keys()
    if odd:
        place.report(faults.CARD_INPUTS, names=", ".join(sorted(odd)))
    for one in use.inputs:
        variable = card.variable.get(one.variable)
        if one.indicator not in kinds:
            place.report(faults.NOT_AN_INPUT, code=one.indicator)
        elif variable is not None:
            kind = "decimal" if one.formula else kinds[one.indicator]
            if kind and kind not in (NUMERIC if variable.kind == NUMBER else WORDED):
                named = faults.kind_in_words(kind)
                place.report(faults.WRONG_KIND, what=one.variable, kind=named)


def _mark(place: Place) -> Mark:
    keys = place.keys({"score": True, "points": True})
    return Mark(
        keys["score"].integer(-SCORE_MAX, SCORE_MAX) if "score" in keys else 0,
        keys["points"].decimal(-POINTS_MAX, POINTS_MAX) if "points" in keys else Decimal(0),
    )


def _input(variable: str, place: Place) -> Input:
    if not place.is_mapping():
        return Input(variable, place.code(), "", AS_UNKNOWN)
    keys = place.keys({"indicator": True, "formula": False, "unknown": False})
    formula = " ".join(keys["formula"].scalar().split()) if "formula" in keys else ""
    if formula:
        try:
            parse_formula(formula)
        except FormulaError as fault:
            keys["formula"].report(faults.FORMULA_SYNTAX, where=fault.where)
    known = (AS_UNKNOWN, AS_MISSING)
    unknown = keys["unknown"].choice(known) if "unknown" in keys else AS_UNKNOWN
    code = keys["indicator"].code() if "indicator" in keys else ""
    return Input(variable, code, formula, unknown or AS_UNKNOWN)
