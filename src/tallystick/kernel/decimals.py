"""Exact decimals: read from text, written back in one way only.

Owns the decimal numbers of everything that is signed or evaluated. Rules: a number comes from
text or from an integer and never from a float; rounding is half-even and happens only where a
caller asks for it by name and says to how many places; there is one text for a number, so that
the same number has the same digest everywhere.

    >>> decimal_text(decimal_of("72.50"))
    '72.5'
    >>> decimal_text(divide(decimal_of("2"), decimal_of("3"), 4))
    '0.6667'
"""

from __future__ import annotations

import re
from decimal import (
    ROUND_HALF_EVEN,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Underflow,
)
from functools import lru_cache

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

PRECISION_DIGITS = 60  # twice the longest number read, so that a product of two is exact
DIGITS_MAX = 30  # digits of one number; a yuan amount of the whole country has 17
PLACES_MAX = 12

NOT_A_DECIMAL = Reason(
    "not_a_decimal",
    Text(
        "应为不带指数的十进制数，例如 72.5，不超过 30 位数字",
        "a decimal number without exponent is expected, such as 72.5, of at most 30 digits",
    ),
    "",
    Text("请写成普通小数。", "Write it as a plain decimal."),
)

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_TRAPS = [Clamped, DivisionByZero, InvalidOperation, Overflow, Underflow]


def context() -> Context:
    """Return a fresh context: 60 digits, half-even, every fault raised and none passed over.

    A context is mutable, so each computation takes its own: `with localcontext(context()):`.
    """
    return Context(
        prec=PRECISION_DIGITS,
        rounding=ROUND_HALF_EVEN,
        Emin=-999_999,
        Emax=999_999,
        capitals=1,
        clamp=0,
        flags=[],
        traps=_TRAPS,
    )


@lru_cache(maxsize=65_536)
def decimal_of(text: str) -> Decimal:
    """Return the number `text` writes, exactly.

    text: an optional minus sign, digits without leading zeros, optionally a point and digits;
    ASCII only, no exponent, no sign of plus, no space.

    Raises: NOT_A_DECIMAL.
    """
    if not _DECIMAL.fullmatch(text) or sum(mark.isdigit() for mark in text) > DIGITS_MAX:
        raise NOT_A_DECIMAL.error()
    return Decimal(text)


def decimal_text(value: Decimal) -> str:
    """Return the one text of `value`: no exponent, no trailing zeros, no minus before zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return "0" if text == "-0" else text


def round_half_even(value: Decimal, places: int) -> Decimal:
    """Return `value` rounded half-even to `places` (0..12) digits behind the point."""
    return value.quantize(_QUANTA[places], context=_WORKING)


def divide(dividend: Decimal, divisor: Decimal, places: int) -> Decimal:
    """Return `dividend` / `divisor` rounded once, half-even, to `places` digits.

    The quotient is formed from integers, so that it is not rounded twice.

    Raises: ZeroDivisionError.
    """
    above, above_by = dividend.as_integer_ratio()
    below, below_by = divisor.as_integer_ratio()
    quotient = divide_integers(above * below_by * 10**places, above_by * below)
    return Decimal(quotient).scaleb(-places, context=_WORKING)


def divide_integers(dividend: int, divisor: int) -> int:
    """Return `dividend` / `divisor` rounded half-even to an integer.

    Raises: ZeroDivisionError.
    """
    if divisor < 0:
        dividend, divisor = -dividend, -divisor
    quotient, rest = divmod(dividend, divisor)
    twice = 2 * rest
    return quotient + 1 if twice > divisor or (twice == divisor and quotient % 2) else quotient


def scaled_text(value: int, places: int) -> str:
    """Return the one text of `value` / 10**`places`, as `decimal_text` writes it.

    >>> scaled_text(72_500_000, 6)
    '72.5'
    """
    if not value:
        return "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, 10**places)
    if not rest:
        return f"{sign}{whole}"
    behind = f"{rest:0{places}d}".rstrip("0")
    return f"{sign}{whole}.{behind}"


_WORKING = context()
_QUANTA = tuple(Decimal(1).scaleb(-places, _WORKING) for places in range(PLACES_MAX + 1))
