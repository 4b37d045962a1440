"""STUB."""

from __future__ import annotations
from fractions import Fraction
from typing import Any, Mapping
from tallystick.scorecards.document import Card
from tallystick.scorecards.interpreting import at


class Reasoner:
    def __init__(self, card: Card) -> None:
        self.card = card

    def one(self, row: Mapping[str, Any]) -> list[tuple[str, int]]:
        out = []
        for t in self.card.terms:
            n = sum(t.counts)
            mean = Fraction(sum(c * p for c, p in zip(t.counts, t.points)), n) if n else Fraction(0)
            out.append((t.code, round(t.points[at(t, row)] - mean)))
        return out
