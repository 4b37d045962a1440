"""Reading tables: which values get which points.

Owns the reading of `table` and of the values in it. Rules: limits go from high to low; every value
has a step, if need be a last one for all others; a value the catalogue does not know is a problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tallystick.evaluation.schemes import faults
from tallystick.evaluation.schemes.grammar import AS_OF
from tallystick.evaluation.schemes.located import Place
from tallystick.evaluation.schemes.scheme import Step, Value
from tallystick.evaluation.schemes.vocabulary import NUMBERS

POINTS_MAX = 1_000_000


def read_table(place: Place, kind: str, values: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps of a table for values of `kind`; `values` are those of an enum."""
    places = place.items()
    steps = [_step(one, kind, values) for one in places]
    given: list[Value] = []
    lowest: Decimal | None = None
    for one, step in zip(places, steps, strict=True):
        if step.test == "otherwise" and one is not places[-1]:
            one.report(faults.TABLE_ORDER)
        if step.test == "at_least":
            limit = Decimal(step.values[0])
            if given:
                one.report(faults.WRONG_KIND, what="at_least", kind=faults.STEPS_OF_IS)
            if lowest is not None and limit >= lowest:
                one.report(faults.TABLE_ORDER)
            lowest = limit
        elif step.test == "is":
            if lowest is not None:
                one.report(faults.WRONG_KIND, what="is", kind=faults.STEPS_OF_AT_LEAST)
            if not set(given).isdisjoint(step.values):
                one.report(faults.TABLE_ORDER)
            given += step.values
    if kind and places and steps[-1].test != "otherwise":
        closed: Sequence[Value] = (True, False) if kind == "boolean" else values
        left = [str(value).lower() for value in closed if value not in given]
        if left or not closed:
            places[-1].report(faults.TABLE_INCOMPLETE, what=", ".join(left) or "…")
    if not places:
        place.report(faults.TABLE_INCOMPLETE, what="…")
    return tuple(steps)


_STEP_KINDS = {
    "at_least": NUMBERS,
    "is": frozenset({"integer", "decimal", "boolean", "text", "enum"}),
    "starts_with": frozenset({"text"}),
}


def _step(place: Place, kind: str, known: Sequence[str]) -> Step:
    keys = place.keys(
        {"points": True, "at_least": False, "is": False, "starts_with": False, "otherwise": False}
    )
    points = keys["points"].decimal(-POINTS_MAX, POINTS_MAX) if "points" in keys else Decimal(0)
    tests = [test for test in (*_STEP_KINDS, "otherwise") if test in keys]
    if len(tests) != 1:
        place.report(faults.MISSING_KEY, key="at_least | is | starts_with | otherwise")
        return Step("otherwise", (), points)
    test = tests[0]
    if test == "otherwise":
        if not keys[test].boolean():
            keys[test].report(faults.NOT_A_CHOICE, known="true")
        return Step(test, (), points)
    if kind and kind not in _STEP_KINDS[test]:
        keys[test].report(faults.WRONG_KIND, what=test, kind=faults.kind_in_words(kind))
        return Step("otherwise", (), points)
    if test == "at_least":
        return Step(test, (keys[test].any_decimal(),), points)
    several = keys[test].one_or_more()
    return Step(test, tuple(read_value(one, kind, known) for one in several), points)


def read_value(place: Place, kind: str, known: Sequence[str]) -> Value:
    """Return what a value of `kind` is compared with; `known` are the values of an enum."""
    if kind in NUMBERS:
        return place.any_decimal()
    if kind == "boolean":
        return place.boolean()
    if kind == "date":
        return AS_OF if place.scalar() == AS_OF else place.date()
    return place.choice(known) if known else place.scalar()
