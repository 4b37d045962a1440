"""How numbers are spread: classes of a histogram, quartiles.

Owns the two. Rules: everything is exact; quartiles are by linear interpolation between the two
nearest ranks (Hyndman and Fan 1996, definition 7; the one of spreadsheets), so that a quarter of
two decimals is again a decimal; a class holds its lower limit and not its upper, the last of the
scale holds both; what lies off the scale has classes of its own.

    >>> [str(one) for one in five_numbers([Decimal(1), Decimal(2), Decimal(4), Decimal(8)])]
    ['1', '1.75', '3', '5', '8']
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from tallystick.kernel.decimals import context, decimal_text

CLASSES = 20


class Five(NamedTuple):
    """Least, lower quartile, median, upper quartile, greatest."""

    least: Decimal
    lower: Decimal
    median: Decimal
    upper: Decimal
    greatest: Decimal


def five_numbers(values: Sequence[Decimal]) -> Five | None:
    """Return the five numbers of `values`, None where there are none."""
    if not values:
        return None
    ranked = sorted(values)
    with localcontext(context()):
        return Five(*(_at(ranked, quarter) for quarter in range(5)))


def _at(ranked: Sequence[Decimal], quarter: int) -> Decimal:
    place, rest = divmod((len(ranked) - 1) * quarter, 4)
    if not rest:
        return ranked[place]
    return (ranked[place] * (4 - rest) + ranked[place + 1] * rest) / 4


def five_json(five: Five | None) -> dict[str, str] | None:
    """Return the five numbers as decimal text."""
    if five is None:
        return None
    return {name: decimal_text(value) for name, value in five._asdict().items()}


def classes(values: Sequence[Decimal], low: Decimal, high: Decimal) -> list[dict[str, Any]]:
    """Return how many of `values` fall into each class of the scale `low` to `high`.

    Gives `begins`, `ends` (decimal text) and `number`; the sum of the numbers is that of `values`.
    """
    with localcontext(context()):
        step = (high - low) / CLASSES
        limits = [low + step * place for place in range(CLASSES)] + [high]
        counts = [0] * CLASSES
        below = [value for value in values if value < low]
        above = [value for value in values if value > high]
        for value in values:
            if low <= value <= high:
                counts[min(int((value - low) / step), CLASSES - 1)] += 1
    found = [
        _class(begins, ends, number)
        for begins, ends, number in zip(limits, limits[1:], counts, strict=False)
    ]
    if below:
        found.insert(0, _class(min(below), low, len(below)))
    if above:
        found.append(_class(high, max(above), len(above)))
    return found


def _class(begins: Decimal, ends: Decimal, number: int) -> dict[str, Any]:
    return {"begins": decimal_text(begins), "ends": decimal_text(ends), "number": number}
