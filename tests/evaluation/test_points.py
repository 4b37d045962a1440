from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.evaluation.points import REMEMBERED, as_points, best_points, scorer
from tallystick.evaluation.schemes.scheme import Step

LIMITS = (
    Step("at_least", (Decimal(100),), Decimal(100)),
    Step("at_least", (Decimal("2.5"),), Decimal("62.5")),
    Step("otherwise", (), Decimal(-10)),
)


@pytest.mark.parametrize(
    ("value", "points"),
    [(100, "100"), (99, "62.5"), (3, "62.5"), (2, "-10"), (-1, "-10"), (Decimal("2.5"), "62.5"),
     (Decimal("2.499999"), "-10"), (Decimal(100), "100"), (10**12, "100")],
)  # fmt: skip
def test_a_limit_belongs_to_the_step_above_it(value: int | Decimal, points: str) -> None:
    found = scorer(LIMITS, "", 2)(value)
    assert found is not None
    assert found.text == points


@settings(max_examples=60, deadline=None)
@given(st.integers(-5, REMEMBERED + 60))
def test_looking_up_a_small_count_is_the_same_as_searching(value: int) -> None:
    score = scorer(LIMITS, "", 2)
    assert score(value) == score(Decimal(value))


def test_the_first_step_that_holds_decides() -> None:
    steps = (
        Step("is", ("I6510",), Decimal(10)),
        Step("starts_with", ("I65", "I64"), Decimal(90)),
        Step("starts_with", ("I",), Decimal(50)),
        Step("otherwise", (), Decimal(0)),
    )
    score = scorer(steps, "", 2)
    found = [score(value) for value in ("I6510", "I6513", "I6420", "I1111", "M7320")]
    assert [one.text for one in found if one] == ["10", "90", "90", "50", "0"]


def test_a_value_without_step_gets_no_points_and_not_zero() -> None:
    assert scorer((Step("is", ("A",), Decimal(10)),), "", 2)("B") is None
    assert scorer((Step("at_least", (Decimal(5),), Decimal(10)),), "", 2)(4) is None


def test_true_and_false_are_told_apart() -> None:
    score = scorer((Step("is", (True,), Decimal(1)), Step("is", (False,), Decimal(0))), "", 2)
    assert score(True) == as_points(Decimal(1))  # noqa: FBT003 - the value scored
    assert score(False) == as_points(Decimal(0))  # noqa: FBT003 - the same


@pytest.mark.parametrize(
    ("formula", "decimals", "value", "points"),
    [("value / 3", 2, 1, "0.33"), ("value / 3", 6, 2, "0.666667"), ("value / 8", 2, 1, "0.12"),
     ("value / 8", 2, 3, "0.38"), ("min(100, 50 + 5 * value)", 2, 70, "100")],
)  # fmt: skip
def test_a_formula_is_rounded_once_half_even_to_the_places_of_the_scheme(
    formula: str, decimals: int, value: int, points: str
) -> None:
    for given_as in (value, Decimal(value)):
        found = scorer((), formula, decimals)(given_as)
        assert found is not None
        assert found.text == points


def test_a_formula_without_result_gives_no_points() -> None:
    assert scorer((), "1 / value", 2)(0) is None
    assert scorer((), "1 / value", 2)(Decimal(0)) is None


def test_the_best_of_a_table_is_its_highest_step_wherever_it_stands() -> None:
    low_is_best = (
        Step("at_least", (Decimal(1),), Decimal(40)),
        Step("otherwise", (), Decimal(95)),
    )
    assert best_points(low_is_best) == as_points(Decimal(95))
    assert best_points(()) is None
