"""Cards made by chance, and rows that lie where mistakes are made.

Owns `random_card` and `random_rows`, for whoever tests a reader of cards or an engine. Rules: the
same seed gives the same card; every kind of cell occurs; rows lie on thresholds, beside them by one
unit in the last place, on special codes, and on whatever else a double can be.
"""

from __future__ import annotations

import math
import random
from typing import Any, Final

from tallystick.scorecards.document import (
    CATEGORY,
    NUMBER,
    Axis,
    Band,
    Card,
    Outcome,
    Term,
    Variable,
)

TEXTS: Final = ("建筑", "retail", "it's", 'a "b"', "x;--", "C\nD", "Ä", " ", "0", "-1")
EXTREMES: Final = (
    0.0,
    -0.0,
    math.inf,
    -math.inf,
    math.nan,
    1.7976931348623157e308,
    -1.7976931348623157e308,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    0.1,
    1e16,
    9007199254740993.0,
)


def random_card(seed: int, variables: int = 6) -> Card:
    """Return a card of points with numbers, categories, specials and one term of two axes."""
    dice = random.Random(seed)  # noqa: S311 - a test wants the same chance again
    named = [
        Variable(f"v{at}" if at else "收入'; \"x", CATEGORY if at % 3 == 2 else NUMBER)  # noqa: PLR2004 - every third
        for at in range(variables)
    ]
    terms = [_term(dice, (one,)) for one in named]
    terms.append(_term(dice, (named[0], named[2 % variables])))
    upper = sorted(dice.sample(range(-300, 900), 40))
    pd = sorted((dice.randrange(1, 1_000_000) for _ in range(41)), reverse=True)
    return Card(
        f"random {seed}",
        "additive",
        "points",
        tuple(named),
        tuple(terms),
        offset=dice.randrange(0, 600),
        outcome=Outcome(upper=tuple(upper), pd_ppm=tuple(pd)),
        bands=(Band("C", None), Band("B", 200), Band("A", 400)),
    )


def _term(dice: random.Random, variables: tuple[Variable, ...]) -> Term:
    axes = tuple(_axis(dice, one) for one in variables)
    size = math.prod(axis.size for axis in axes)
    return Term(
        axes,
        tuple(dice.randrange(-90, 90) for _ in range(size)),
        tuple(dice.randrange(0, 50) for _ in range(size)),
    )


def _axis(dice: random.Random, variable: Variable) -> Axis:
    if variable.kind == CATEGORY:
        texts = dice.sample(TEXTS, 7)
        special = tuple(texts[6:]) if dice.random() < 0.5 else ()  # noqa: PLR2004 - half of them
        return Axis(
            variable.name,
            CATEGORY,
            groups=((texts[0], texts[1]), tuple(texts[2:5])),
            special=special,
        )
    count = dice.choice((0, 1, 3, 8, 40))
    cuts = {dice.choice((dice.gauss(0, 1), float(dice.randrange(-5, 5)))) for _ in range(count)}
    codes = dice.sample(("-999.0", "0.0", "99.0"), dice.randrange(3))
    return Axis(
        variable.name,
        NUMBER,
        thresholds=tuple(repr(cut + 0.0) for cut in sorted(cuts)),
        special=tuple(codes),
    )


def random_rows(card: Card, seed: int, count: int) -> list[dict[str, Any]]:
    """Return rows for a card; None is missing."""
    dice = random.Random(seed)  # noqa: S311 - a test wants the same chance again
    places: dict[str, list[Any]] = {
        one.name: [None, "", "never seen", *TEXTS] if one.kind == CATEGORY else [None, *EXTREMES]
        for one in card.variables
    }
    for term in card.terms:
        for axis in term.axes:
            if axis.kind == NUMBER:
                for value in (*axis.cuts, *axis.codes):
                    beside = (math.nextafter(value, -math.inf), math.nextafter(value, math.inf))
                    places[axis.variable] += [value, *beside]
    return [
        {
            name: dice.choice(values)
            if values[1:2] == [""] or dice.random() < 0.7  # noqa: PLR2004 - most on a place
            else dice.gauss(0, 2)
            for name, values in places.items()
        }
        for _ in range(count)
    ]
