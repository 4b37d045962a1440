"""How far each weight may move before the order of the items changes.

Owns the intervals of single weights. Rules: one weight moves, the others keep their proportions and
take up the difference, so that all still sum to 1; everything is exact; an interval is given to 6
places, cut towards the weight, so that within it nothing changes.

    >>> stays(("0.5", "0.3", "0.2"))[0]
    Interval(low=Decimal('0.375000'), high=Decimal('1.000000'))
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import NamedTuple

from tallystick.evaluation.ahp.digits import WEIGHT_PLACES


class Interval(NamedTuple):
    """From `low` to `high` the weight may move; beyond, two items change places."""

    low: Decimal
    high: Decimal


def stays(weights: Sequence[Decimal | str]) -> list[Interval]:
    """Return for each of `weights`, which sum to 1, how far it may move with the order kept.

    The weight w of an item meets the one of another, v, at v / (1 - w + v).
    """
    exact = [Fraction(Decimal(weight)) for weight in weights]
    found = []
    for place, own in enumerate(exact):
        others = [weight for n, weight in enumerate(exact) if n != place]
        meets = [Fraction(other, 1 - own + other) for other in others if other != own]
        if len(meets) < len(others):  # a tie: any move ends it
            found.append(Interval(Decimal(weights[place]), Decimal(weights[place])))
            continue
        low = max((meet for meet in meets if meet < own), default=Fraction(0))
        high = min((meet for meet in meets if meet > own), default=Fraction(1))
        found.append(Interval(rounded_up(low), rounded_down(high)))
    return found


def rounded_up(value: Fraction) -> Decimal:
    """Return `value` to 6 places, never less."""
    return _rounded(value, ROUND_CEILING)


def rounded_down(value: Fraction) -> Decimal:
    """Return `value` to 6 places, never more."""
    return _rounded(value, ROUND_FLOOR)


def _rounded(value: Fraction, towards: str) -> Decimal:
    whole, rest = divmod(value.numerator * 10**WEIGHT_PLACES, value.denominator)
    up = 1 if rest and towards == ROUND_CEILING else 0
    return Decimal(whole + up).scaleb(-WEIGHT_PLACES)
