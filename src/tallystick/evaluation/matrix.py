"""The matrix: a score and the rules hit become a band, a light and perhaps a symbol.

Owns the decision table. Rules: the row follows from the score, the column from the gravest step any
hit reaches; several hits do not add up; the worst band needs no score, so that leaving the score
unknown hides no rule that leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from tallystick.evaluation.findings import Hit
from tallystick.evaluation.schemes.outcomes import WORST, Band, Grades
from tallystick.evaluation.schemes.scheme import Scheme

PRODUCT_PLACES = 12  # a total is a whole number of 10**-12 points
UNIT = 1_000_000_000_000

# (total, hits) -> band before rules, band, symbol
Decision = tuple[Band | None, Band | None, str | None]
Decider = Callable[[int | None, Sequence[Hit]], Decision]


def decider(scheme: Scheme) -> Decider:
    """Return the function from total (in 10**-12 points, None: unknown) and hits to a decision."""
    bands = scheme.bands
    place = {band.code: number for number, band in enumerate(bands)}
    rows = [(_limit(row.at_least), place[row.no_hit], place[row.hit]) for row in scheme.matrix.rows]
    last = len(bands) - 1
    # "worst" is further than any number of bands
    reach = {
        level: last + 2 if step == WORST else int(step)
        for level, step in scheme.matrix.steps.items()
    }
    symbol = _symbols(scheme.grades)

    def decide(total: int | None, hits: Sequence[Hit]) -> Decision:
        step = max([reach[hit.rule.level] for hit in hits], default=0)
        if total is None:
            return None, (bands[last] if step > last + 1 else None), None
        _, free, hit = next(row for row in rows if row[0] is None or total >= row[0])
        after = last if step > last + 1 else min(hit + step - 1, last) if step else free
        return bands[free], bands[after], symbol(total, bands[after].code)

    return decide


def _limit(at_least: Decimal | None) -> int | None:
    if at_least is None:
        return None
    above, below = at_least.as_integer_ratio()
    return above * UNIT // below


def _symbols(grades: Grades | None) -> Callable[[int, str], str | None]:
    if grades is None:
        return lambda _total, _band: None
    cuts = [_limit(least) for _, least in grades.cuts]
    symbols = [symbol for symbol, _ in grades.cuts]
    caps = {band: symbols.index(symbol) for band, symbol in grades.caps.items()}

    def symbol_of(total: int, band: str) -> str:
        by_score = next(n for n, cut in enumerate(cuts) if cut is None or total >= cut)
        return symbols[max(by_score, caps.get(band, 0))]

    return symbol_of
