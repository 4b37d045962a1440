"""The arithmetic of weights: decimals of forty digits, roots, logarithms, rounding.

Owns the precision everything of the process is worked out in, and the one rounding of weights.
Rules: results are the same on any machine and with any number of threads, because digits are
decided here and not by a linear-algebra library; a result is first cut to 20 places, where noise of
the last digits cannot reach, then rounded half-even to the places shown; the last weight takes what
rounding left, so that weights sum to exactly 1.

    >>> sealed_weights([Decimal(1) / 3, Decimal(1) / 3, Decimal(1) / 3], ("a", "b", "c"))
    (Decimal('0.333333'), Decimal('0.333333'), Decimal('0.333334'))
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from tallystick.evaluation.ahp import faults
from tallystick.kernel.decimals import context, decimal_text, round_half_even

WORKING_DIGITS = 40
SETTLED_PLACES = 20
WEIGHT_PLACES = 6
SHOWN_PLACES = 10  # of eigenvalues, ratios and imputed judgments
_SETTLED = Decimal(1).scaleb(-SETTLED_PLACES)


def working() -> Context:
    """Return a fresh context of 40 digits, for `localcontext`."""
    made = context()
    made.prec = WORKING_DIGITS
    return made


@lru_cache(maxsize=4_096)
def decimal_of_fraction(value: Fraction) -> Decimal:
    """Return a fraction as a decimal of 40 digits."""
    with localcontext(working()):
        return Decimal(value.numerator) / Decimal(value.denominator)


@lru_cache(maxsize=4_096)
def log_of(value: Fraction) -> Decimal:
    """Return the natural logarithm of a positive fraction, 40 digits."""
    with localcontext(working()):
        return Decimal(value.numerator).ln() - Decimal(value.denominator).ln()


def settled(value: Decimal) -> Decimal:
    """Return `value` to 20 places: the same on every machine."""
    return value.quantize(_SETTLED, context=context())


def shown(value: Decimal, places: int = SHOWN_PLACES) -> str:
    """Return the text of a settled value rounded half-even to `places`."""
    return decimal_text(round_half_even(settled(value), places))


def sealed_weights(weights: Sequence[Decimal], items: Sequence[str]) -> tuple[Decimal, ...]:
    """Return weights rounded half-even to 6 places, the last adjusted: they sum to exactly 1.

    Raises: WEIGHT_VANISHES where rounding leaves one nothing: it would not count any more.
    """
    found = rounded_weights(weights)
    for weight, item in zip(found, items, strict=True):
        if weight <= 0:
            raise faults.WEIGHT_VANISHES.error(item=item)
    return found


def rounded_weights(weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return weights rounded as `sealed_weights` does, to be shown: one may be 0."""
    rounded = [round_half_even(settled(weight), WEIGHT_PLACES) for weight in weights]
    return (*rounded[:-1], 1 - sum(rounded[:-1], Decimal(0)))
