"""How a card becomes the points of an indicator.

Owns the binding of a card's variables to values found, and the way from its score to points. Rules:
a value that is withheld, unverified or unknown leaves the whole card without a score, unless it is
unknown and the scheme lets it be missing; then the points count and coverage does not. Points lie
straight between the marks of the scale and are rounded half-even once; a score beyond the scale is
taken at its end, and that is said. Reasons are the exact Shapley values of the card's variables.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tallystick.evaluation.card_options import Option, options
from tallystick.evaluation.findings import (
    ASSUMED_MISSING,
    KNOWN,
    UNKNOWN,
    UNVERIFIED,
    WITHHELD,
    CardFinding,
    Finding,
    Share,
)
from tallystick.evaluation.points import Points, as_points
from tallystick.evaluation.schemes.cards import AS_MISSING, CardUse, Input, Mark
from tallystick.evaluation.schemes.formula import Formula, parse_formula
from tallystick.kernel.decimals import divide_integers, scaled_text
from tallystick.scorecards.document import NUMBER, TREES, Card
from tallystick.scorecards.interpreting import Interpreter, Reading
from tallystick.scorecards.reasons import Reasoner

PLACES = 6  # points are whole millionths
Value = Decimal | str | None


class _Bound(NamedTuple):
    """One variable ready to be read: its input, the place of the indicator, the formula."""

    input: Input
    place: int
    formula: Formula | None
    number: bool


class CardScorer:
    """One indicator that takes its points from a card, prepared once.

    places: place of each indicator in the scheme, by code. decimals: of the scheme.
    """

    def __init__(self, use: CardUse, card: Card, places: Mapping[str, int], decimals: int) -> None:
        self.use, self.card = use, card
        self._unit = 10 ** (PLACES - decimals)
        self._interpreter = Interpreter(card)
        self._reasoner = Reasoner(card)
        self._bound = tuple(
            _Bound(
                one,
                places[one.indicator],
                parse_formula(one.formula) if one.formula else None,
                card.variable[one.variable].kind == NUMBER,
            )
            for one in use.inputs
        )

    def find(
        self,
        findings: Sequence[Finding],
        instead: Mapping[str, Value] | None = None,
        *,
        explained: bool = True,
    ) -> Finding:
        """Return what the card shows, given what the indicators that feed it show.

        instead: values by variable, taken for those found. explained: with the share of each
        variable.
        """
        behind = {bound.input.variable: findings[bound.place] for bound in self._bound}
        records = tuple(dict.fromkeys(record for one in behind.values() for record in one.records))
        values: dict[str, Value] = {}
        lacking: dict[str, str] = {}
        fatal: set[str] = set()
        for bound in self._bound:
            name, unknown = bound.input.variable, bound.input.unknown
            values[name] = value = (
                instead[name] if instead and name in instead else _value(bound, behind[name])
            )
            if value is None:
                state = behind[name].state
                lacking[name] = state = state if state in {WITHHELD, UNVERIFIED} else UNKNOWN
                if state != UNKNOWN or unknown != AS_MISSING:
                    fatal.add(state)
        if fatal:
            state = next(one for one in (WITHHELD, UNVERIFIED, UNKNOWN) if one in fatal)
            return Finding(state, None, None, records)
        said = self._interpreter.one(values)
        points, clipped = scaled_points(self.use.scale, said.score, self._unit)
        shares = self._shares(values, said, behind) if explained else ()
        found = CardFinding(said.raw, said.score, said.pd_ppm, tuple(lacking), clipped, shares)
        return Finding(ASSUMED_MISSING if lacking else KNOWN, said.score, points, records, found)

    def best(self, findings: Sequence[Finding], name: str) -> tuple[Option, Finding] | None:
        """Return what the variable `name` is best brought to, and what the card shows then.

        None where no other value gives more points than are there. Ties go to the lowest value.
        """
        present = self.find(findings, explained=False)
        most = present.points.millionths if present.points is not None else None
        chosen = None
        for option in options(self.card, name):
            then = self.find(findings, {name: option.value}, explained=False)
            if then.points is not None and (most is None or then.points.millionths > most):
                most, chosen = then.points.millionths, option
        return None if chosen is None else (chosen, self.find(findings, {name: chosen.value}))

    def _shares(
        self, values: Mapping[str, Value], said: Reading, behind: Mapping[str, Finding]
    ) -> tuple[Share, ...]:
        """Return the share of every variable with the records behind it, in the card's order."""
        trees = self.card.kind == TREES
        shares = self._reasoner.one(values) if trees else self._reasoner.of(said)
        return tuple(Share(name, points, behind[name].records) for name, points in shares)


def scaled_points(scale: Sequence[Mark], score: int, unit: int) -> tuple[Points, bool]:
    """Return the points a score stands for, and whether it lies beyond the scale.

    unit: millionths the points are rounded to, half-even.
    """
    clipped = not scale[0].score <= score <= scale[-1].score
    score = min(max(score, scale[0].score), scale[-1].score)
    at = min(bisect_right([mark.score for mark in scale], score), len(scale) - 1)
    (left, low), (right, high) = (
        (mark.score, as_points(mark.points).millionths) for mark in scale[at - 1 : at + 1]
    )
    above = low * (right - left) + (high - low) * (score - left)
    millionths = divide_integers(above, (right - left) * unit) * unit
    return Points(millionths, scaled_text(millionths, PLACES)), clipped


def _value(bound: _Bound, finding: Finding) -> Value:
    """Return the value a card reads, None where there is none."""
    value = finding.value if finding.state == KNOWN else None
    if value is None:
        return None
    if not bound.number:
        return str(value).lower() if isinstance(value, bool) else str(value)
    number = Decimal(value)
    return bound.formula(number) if bound.formula is not None else number
