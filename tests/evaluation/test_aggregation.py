from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.evaluation.aggregation import measure
from tallystick.kernel.errors import TallyError
from tallystick.records.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = "2026-04-01"


def facts(fact: Callable[..., Fact], *values: Any) -> list[Fact]:
    return [fact("x.y") if one is None else fact("x.y", f=one) for one in values]


@pytest.mark.parametrize(
    ("aggregate", "kind", "values", "expected"),
    [
        ("sum", "integer", [1, 2, 3], 6),
        ("sum", "decimal", ["0.1", "0.2"], Decimal("0.3")),
        ("sum", "decimal", ["7.5"], Decimal("7.5")),
        ("sum", "integer", [], 0),
        ("sum", "integer", [None, 4], 4),
        ("sum", "integer", [None], None),
        ("max", "integer", [1, 9, 3], 9),
        ("max", "decimal", ["9", "10"], Decimal(10)),
        ("min", "decimal", ["9", "10"], Decimal(9)),
        ("max", "integer", [], None),
        ("any", "boolean", [False, True], True),
        ("any", "boolean", [False], False),
        ("any", "boolean", [], False),
        ("any", "boolean", [None], None),
        ("all", "boolean", [True, True], True),
        ("all", "boolean", [True, False], False),
        ("all", "boolean", [None, True], True),
        ("all", "boolean", [], None),
        ("share", "boolean", [True, True, False], Decimal("0.666667")),
        ("share", "boolean", [], None),
        ("latest", "integer", [1, 2], 2),
        ("latest", "integer", [1, None], None),
        ("latest", "enum", ["a"], "a"),
        ("latest", "boolean", [False], False),
        ("latest", "decimal", ["1.50"], Decimal("1.5")),
        ("latest", "integer", [], None),
        ("months_since", "date", ["2020-04-02"], 71),
        ("months_since", "date", ["2020-04-01"], 72),
        ("months_since", "date", ["2026-04-02"], None),
        ("months_since", "date", [], None),
    ],
)
def test_an_aggregate_gives_what_its_name_says(
    fact: Callable[..., Fact], aggregate: str, kind: str, values: list[Any], expected: object
) -> None:
    found = measure(aggregate, "f", kind)(facts(fact, *values), AS_OF)
    assert found == expected
    assert type(found) is type(expected)


def test_facts_are_counted_and_their_being_there_told(fact: Callable[..., Fact]) -> None:
    some = facts(fact, None, None)
    assert measure("count", "", "")(some, AS_OF) == len(some)
    assert measure("any", "", "")(some, AS_OF) is True
    assert measure("any", "", "")([], AS_OF) is False


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(1, 3)], "0.333333"),
        ([(2, 3)], "0.666667"),
        ([(1, 2), (3, 2)], "1"),
        ([(1, None), (1, 4)], "0.25"),
        ([(1, None)], None),
        ([(1, 0)], None),
        ([], None),
    ],
)
def test_a_ratio_is_the_sum_above_over_the_sum_below_rounded_once(
    fact: Callable[..., Fact], pairs: list[tuple[int, int | None]], expected: str | None
) -> None:
    some = [
        fact("x.y", a=above) if below is None else fact("x.y", a=above, b=below)
        for above, below in pairs
    ]
    found = measure("ratio", "a", "integer", "b", "integer")(some, AS_OF)
    assert found == (None if expected is None else Decimal(expected))


def test_a_ratio_of_money_is_exact(fact: Callable[..., Fact]) -> None:
    some = [fact("x.y", a="1000000.10", b="3000000.30")]
    found = measure("ratio", "a", "decimal", "b", "decimal")(some, AS_OF)
    assert found == Decimal("0.333333")


def test_a_member_of_a_map_is_read_by_its_name(fact: Callable[..., Fact]) -> None:
    some = [fact("finance.ratios", ratios={"current": "1.25"})]
    assert measure("latest", "ratios.current", "decimal")(some, AS_OF) == Decimal("1.25")
    assert measure("latest", "ratios.quick", "decimal")(some, AS_OF) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [("integer", "3"), ("integer", True), ("integer", 2.5), ("boolean", 1), ("decimal", 1.5),
     ("decimal", "1e5"), ("decimal", "NaN"), ("decimal", ["1"]), ("enum", 3), ("text", 1)],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_and_not_read_as_something(
    fact: Callable[..., Fact], kind: str, value: object
) -> None:
    [wrong] = facts(fact, value)
    with pytest.raises(TallyError) as refusal:
        measure("latest", "f", kind)([wrong], AS_OF)
    assert refusal.value.code == "fact_malformed"
    assert wrong.record in str(refusal.value)


def test_a_date_that_is_none_is_refused(fact: Callable[..., Fact]) -> None:
    with pytest.raises(TallyError) as refusal:
        measure("months_since", "f", "date")(facts(fact, "2020-02-30"), AS_OF)
    assert refusal.value.code == "fact_malformed"


def test_a_map_that_is_none_is_refused(fact: Callable[..., Fact]) -> None:
    with pytest.raises(TallyError):
        measure("latest", "f.x", "decimal")(facts(fact, "1"), AS_OF)
