"""How the selected facts become one value.

Owns the aggregates. Rules: no fact at all is zero for a count or a sum and false for `any`, when
the source was consulted; for every other aggregate it is unknown; a fact that lacks the field is
left out, and where all lack it the value is unknown; a quotient is rounded half-even to 6 places
once. Facts arrive ordered by day and record, so the order they were given in changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, DecimalException
from functools import lru_cache, reduce
from typing import Any

from tallystick.evaluation.schemes.faults import FACT_MALFORMED
from tallystick.kernel.dates import months_between
from tallystick.kernel.decimals import context, decimal_of, divide, divide_integers
from tallystick.kernel.errors import TallyError
from tallystick.records.facts import Fact

VALUE_PLACES = 6
MILLION = 10**VALUE_PLACES

Measured = int | bool | Decimal | str
Measure = Callable[[Sequence[Fact], str], Measured | None]
_Read = Callable[[Fact], Any]


def measure(aggregate: str, field: str, kind: str, of: str = "", of_kind: str = "") -> Measure:
    """Return the function of (facts, as_of) that `aggregate` names.

    kind, of_kind: kinds of `field` and of `of`. The function returns None for an unknown value
    and raises FACT_MALFORMED for a field that is not of its kind.
    """
    if aggregate == "count" or (aggregate == "any" and not field):
        return _count if aggregate == "count" else _exists
    read = _reader(field, kind)
    if aggregate == "latest":
        return lambda facts, _as_of: read(facts[-1]) if facts else None
    if aggregate == "months_since":
        return _months_since(read)
    if aggregate == "ratio":
        return _ratio(read, _reader(of, of_kind))
    return _over_all(aggregate, read)


def _count(facts: Sequence[Fact], _as_of: str) -> int:
    return len(facts)


def _exists(facts: Sequence[Fact], _as_of: str) -> bool:
    return len(facts) > 0


def _sum(values: Sequence[Any]) -> Any:  # noqa: ANN401 - integers or decimals, as read
    if len(values) == 1 or type(values[0]) is int:
        return sum(values[1:], values[0])
    return reduce(context().add, values)


def _share(values: Sequence[bool]) -> Decimal:
    return _quotient(sum(values), len(values))


def _quotient(above: int | Decimal, below: int | Decimal) -> Decimal:
    if type(above) is int and type(below) is int:
        return _millionths(divide_integers(above * MILLION, below))
    return divide(Decimal(above), Decimal(below), VALUE_PLACES)


@lru_cache(maxsize=4_096)
def _millionths(value: int) -> Decimal:
    return divide(Decimal(value), Decimal(MILLION), VALUE_PLACES)


_OVER_ALL: Mapping[str, Callable[[Sequence[Any]], Measured]] = {
    "sum": _sum,
    "max": max,
    "min": min,
    "any": any,
    "all": all,
    "share": _share,
}
_OF_NOTHING: Mapping[str, Measured] = {"sum": 0, "any": False}


def _over_all(aggregate: str, read: _Read) -> Measure:
    fold = _OVER_ALL[aggregate]
    of_nothing = _OF_NOTHING.get(aggregate)

    def value(facts: Sequence[Fact], _as_of: str) -> Measured | None:
        if not facts:
            return of_nothing
        found = [seen for fact in facts if (seen := read(fact)) is not None]
        return fold(found) if found else None

    return value


def _ratio(read: _Read, read_below: _Read) -> Measure:
    def value(facts: Sequence[Fact], _as_of: str) -> Measured | None:
        pairs = [(read(fact), read_below(fact)) for fact in facts]
        pairs = [pair for pair in pairs if None not in pair]
        if not pairs:
            return None
        below = _sum([pair[1] for pair in pairs])
        return _quotient(_sum([pair[0] for pair in pairs]), below) if below else None

    return value


def _months_since(read: _Read) -> Measure:
    def value(facts: Sequence[Fact], as_of: str) -> Measured | None:
        start = read(facts[-1]) if facts else None
        if start is None or start > as_of:
            return None
        try:
            return months_between(start, as_of)
        except TallyError:
            raise _malformed(facts[-1], "") from None

    return value


_TYPES = {"integer": int, "boolean": bool}


def _reader(field: str, kind: str) -> _Read:
    """Return the function that reads `field` of a fact as `kind`, None where it is absent."""
    if "." in field:
        return _map_reader(*field.split(".", 1))
    if kind == "decimal":
        return _decimal_reader(field)
    wanted = _TYPES.get(kind, str)

    def read(fact: Fact) -> Any:  # noqa: ANN401 - of type `wanted`
        found = fact.data.get(field)
        if found is not None and type(found) is not wanted:
            raise _malformed(fact, field)
        return found

    return read


def _decimal_reader(field: str) -> _Read:
    def read(fact: Fact) -> Decimal | None:
        found = fact.data.get(field)
        if found is None:
            return None
        try:
            return decimal_of(found)
        except (TallyError, TypeError, DecimalException):
            raise _malformed(fact, field) from None

    return read


def _map_reader(field: str, member: str) -> _Read:
    def read(fact: Fact) -> Decimal | None:
        found = fact.data.get(field)
        try:
            inner = None if found is None else found.get(member)
            return None if inner is None else decimal_of(inner)
        except (TallyError, TypeError, AttributeError):
            raise _malformed(fact, field) from None

    return read


def _malformed(fact: Fact, field: str) -> TallyError:
    return FACT_MALFORMED.error(record=fact.record, item=fact.item, name=field)
