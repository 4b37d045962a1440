from __future__ import annotations

from decimal import Decimal

import pytest

from tallystick.evaluation.schemes.scheme import Condition, Value
from tallystick.evaluation.selection import predicate

AS_OF = "2026-04-01"


def passes(kind: str, test: str, values: tuple[Value, ...], found: object) -> bool:
    run = predicate((Condition("f", kind, test, values),))
    assert run is not None
    return run({} if found is None else {"f": found}, AS_OF)


@pytest.mark.parametrize(
    ("kind", "test", "values", "found", "expected"),
    [
        ("enum", "is", ("a", "b"), "b", True),
        ("enum", "is", ("a", "b"), "c", False),
        ("enum", "is", ("a",), None, False),
        ("enum", "is_not", ("a",), "b", True),
        ("enum", "is_not", ("a",), "a", False),
        ("enum", "is_not", ("a",), None, True),
        ("texts", "is", ("fine",), ["warning", "fine"], True),
        ("texts", "is", ("fine",), ["warning"], False),
        ("texts", "is_not", ("fine",), ["warning"], True),
        ("boolean", "is", (True,), True, True),
        ("boolean", "is", (True,), False, False),
        ("integer", "is", (Decimal(3),), 3, True),
        ("decimal", "is", (Decimal("1.5"),), "1.50", True),
        ("decimal", "at_least", (Decimal(9),), "10", True),
        ("decimal", "at_least", (Decimal(10),), "9.99", False),
        ("integer", "at_most", (Decimal(3),), 3, True),
        ("integer", "at_most", (Decimal(3),), 4, False),
        ("integer", "at_most", (Decimal(3),), None, False),
        ("date", "at_least", ("as_of",), "2026-04-01", True),
        ("date", "at_least", ("as_of",), "2026-03-31", False),
        ("date", "at_most", ("2025-01-01",), "2025-01-01", True),
        ("date", "absent_or_after", ("as_of",), None, True),
        ("date", "absent_or_after", ("as_of",), "2026-04-02", True),
        ("date", "absent_or_after", ("as_of",), "2026-04-01", False),
        ("date", "absent_or_after", ("2026-01-01",), "2026-01-02", True),
        ("text", "absent", (), None, True),
        ("text", "absent", (), "x", False),
        ("text", "present", (), "x", True),
        ("text", "present", (), None, False),
    ],
)
def test_a_condition_means_what_it_says(
    kind: str, test: str, values: tuple[Value, ...], found: object, *, expected: bool
) -> None:
    assert passes(kind, test, values, found) is expected


def test_several_conditions_must_all_hold() -> None:
    run = predicate(
        (Condition("a", "enum", "is", ("x",)), Condition("b", "integer", "at_least", (Decimal(2),)))
    )
    assert run is not None
    assert run({"a": "x", "b": 2}, AS_OF)
    assert not run({"a": "x", "b": 1}, AS_OF)
    assert not run({"a": "y", "b": 2}, AS_OF)


def test_without_conditions_there_is_nothing_to_run() -> None:
    assert predicate(()) is None
