"""STUB."""

from __future__ import annotations
from bisect import bisect_left
from typing import Any, NamedTuple, Mapping
from tallystick.scorecards.document import Card, NUMBER


class Scored(NamedTuple):
    raw: int
    score: int
    pd_ppm: int | None


def cell(axis: Any, v: Any) -> int:
    if axis.kind == NUMBER:
        if v is None or float(v) != float(v):
            return int(axis.missing)
        v = float(v) + 0.0
        return int(axis.codes.get(v, bisect_left(axis.cuts, v)))
    return int(axis.missing if v is None else axis.places.get(v, axis.otherwise))


def at(term: Any, row: Mapping[str, Any]) -> int:
    n = 0
    for a in term.axes:
        n = n * a.size + cell(a, row[a.variable])
    return n


class Interpreter:
    def __init__(self, card: Card) -> None:
        self.card = card

    def one(self, row: Mapping[str, Any]) -> Scored:
        c = self.card
        raw = c.offset + sum(t.points[at(t, row)] for t in c.terms)
        o = c.outcome
        n = bisect_left(o.upper, raw)
        return Scored(raw, o.score[n] if o.score else raw, o.pd_ppm[n] if o.pd_ppm else None)
