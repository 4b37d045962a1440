"""How a value becomes points.

Owns tables and formulas at work. Rules: points are kept as whole millionths, so that every sum is
exact; the first step that holds decides; a value no step takes, and a formula without result, give
no points at all: the indicator is unknown and never zero.

    >>> table = (Step("at_least", (Decimal(3),), Decimal(40)), Step("otherwise", (), Decimal(100)))
    >>> scorer(table, "", 2)(5)
    Points(millionths=40000000, text='40')
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any, NamedTuple

from tallystick.evaluation.schemes.formula import parse_formula
from tallystick.evaluation.schemes.scheme import Indicator, Step
from tallystick.kernel.decimals import decimal_text, round_half_even

MILLION = 1_000_000
REMEMBERED = 64  # small counts are looked up, not searched


class Points(NamedTuple):
    """Points as whole millionths, and as text."""

    millionths: int
    text: str


Scorer = Callable[[Any], Points | None]


def as_points(value: Decimal) -> Points:
    """Return `value` (at most 6 places) as points."""
    above, below = value.as_integer_ratio()
    return Points(above * MILLION // below, decimal_text(value))


def best_points(steps: tuple[Step, ...]) -> Points | None:
    """Return the most any step gives, None without steps."""
    return as_points(max(step.points for step in steps)) if steps else None


def best_of(indicator: Indicator) -> Points | None:
    """Return the most an indicator gives, None where that cannot be told (a formula)."""
    if indicator.card is not None:
        return as_points(indicator.card.scale[-1].points)
    return best_points(indicator.steps)


def scorer(steps: tuple[Step, ...], formula: str, decimals: int) -> Scorer:
    """Return the function from value to points that a table or a formula describes."""
    if formula:
        return _by_formula(formula, decimals)
    if any(step.test == "at_least" for step in steps):
        return _by_limits(steps)
    return _by_words(steps)


def _by_formula(text: str, decimals: int) -> Scorer:
    formula = parse_formula(text)

    def points(value: int | Decimal) -> Points | None:
        found = formula(Decimal(value))
        try:
            return None if found is None else as_points(round_half_even(found, decimals))
        except DecimalException:
            return None

    return _remembering(points)


def _by_limits(steps: tuple[Step, ...]) -> Scorer:
    limits = [(s.values[0], as_points(s.points)) for s in steps if s.test == "at_least"]
    rest = next((as_points(s.points) for s in steps if s.test == "otherwise"), None)

    def search(value: int | Decimal) -> Points | None:
        for limit, points in limits:
            if value >= limit:  # type: ignore[operator]  # limits of a table of numbers are numbers
                return points
        return rest

    return _remembering(search)


def _remembering(search: Scorer) -> Scorer:
    """Return `search` with its answers for small counts worked out beforehand."""
    known = [search(number) for number in range(REMEMBERED)]

    def points(value: int | Decimal) -> Points | None:
        if type(value) is int and 0 <= value < REMEMBERED:
            return known[value]
        return search(value)

    return points


def _by_words(steps: tuple[Step, ...]) -> Scorer:
    rest = next((as_points(s.points) for s in steps if s.test == "otherwise"), None)
    tests = [
        (step.test == "is", value, as_points(step.points))
        for step in steps
        for value in step.values
    ]
    if all(exactly for exactly, _, _ in tests):
        exact: dict[Any, Points] = {value: points for _, value, points in reversed(tests)}
        return lambda value: exact.get(value, rest)

    def search(value: str) -> Points | None:
        for exactly, wanted, points in tests:
            if value == wanted if exactly else value.startswith(str(wanted)):
                return points
        return rest

    return search
