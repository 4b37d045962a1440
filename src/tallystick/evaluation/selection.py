"""Which facts an indicator or a rule looks at.

Owns the meaning of `where`. Rules: a fact whose field is absent fails every test except `absent`,
`absent_or_after` and `is_not`; a date is compared as ISO text; `as_of` means the day of the
evaluation; a listing removed on that very day has ended.

    >>> still_listed = Condition("removed_on", "date", "absent_or_after", ("as_of",))
    >>> predicate((still_listed,))({}, "2026-04-01")
    True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tallystick.evaluation.schemes.grammar import AS_OF
from tallystick.evaluation.schemes.scheme import Condition, Value
from tallystick.kernel.decimals import decimal_of

Predicate = Callable[[Mapping[str, Any], str], bool]


def predicate(where: tuple[Condition, ...]) -> Predicate | None:
    """Return the test of `where` as a function of (data, as_of), None when there is none."""
    tests = [_test(condition) for condition in where]
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    return lambda data, as_of: all(test(data, as_of) for test in tests)


def _test(condition: Condition) -> Predicate:
    name, kind, values = condition.field, condition.kind, condition.values
    if condition.test == "absent":
        return lambda data, _as_of: data.get(name) is None
    if condition.test == "present":
        return lambda data, _as_of: data.get(name) is not None
    if condition.test == "absent_or_after":
        return _absent_or_after(name, str(values[0]))
    if condition.test in {"at_least", "at_most"}:
        return _compare(name, kind, values[0], least=condition.test == "at_least")
    return _one_of(name, kind, frozenset(values), wanted=condition.test == "is")


def _absent_or_after(name: str, limit: str) -> Predicate:
    def test(data: Mapping[str, Any], as_of: str) -> bool:
        found = data.get(name)
        return found is None or found > (as_of if limit == AS_OF else limit)

    return test


def _compare(name: str, kind: str, limit: Value, *, least: bool) -> Predicate:
    def test(data: Mapping[str, Any], as_of: str) -> bool:
        found = data.get(name)
        if found is None:
            return False
        wanted: Any = as_of if limit == AS_OF else limit
        if kind == "decimal":
            found = decimal_of(found)
        return bool(found >= wanted if least else found <= wanted)

    return test


def _one_of(name: str, kind: str, members: frozenset[Value], *, wanted: bool) -> Predicate:
    def test(data: Mapping[str, Any], _as_of: str) -> bool:
        found = data.get(name)
        if found is None:
            return not wanted
        if kind == "texts":
            return members.isdisjoint(found) != wanted
        if kind == "decimal":
            found = decimal_of(found)
        elif kind == "integer":
            found = Decimal(found)
        return (found in members) is wanted

    return test
