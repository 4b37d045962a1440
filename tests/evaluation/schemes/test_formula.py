from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.evaluation.schemes.formula import FormulaError, parse_formula


@pytest.mark.parametrize(
    ("text", "value", "points"),
    [
        ("value", "7", "7"),
        ("40 + 20 * value", "2", "80"),
        ("min(100, 40 + 20 * value)", "9", "100"),
        ("max(0, 100 - 30 * value)", "5", "0"),
        ("100 - 10 - 5", "0", "85"),
        ("8 / 2 / 2", "0", "2"),
        ("2 + 3 * 4", "0", "14"),
        ("(2 + 3) * 4", "0", "20"),
        ("--value", "3", "3"),
        ("-value - -1", "3", "-2"),
        ("min(value)", "3", "3"),
        ("max(1, 2.5, value)", "2", "2.5"),
        ("0.1 + 0.2", "0", "0.3"),
        (" min ( 1 ,value )", "5", "1"),
    ],
)
def test_a_formula_means_what_it_says(text: str, value: str, points: str) -> None:
    assert parse_formula(text)(Decimal(value)) == Decimal(points)


@pytest.mark.parametrize(
    "text",
    ["", " ", "value value", "1 +", "* 2", "(1", "1)", "min(", "min()", "min 1", "max(1,)", "x",
     "value.real", "value ** 2", "2 // 1", "1e3", "1.", "0x10", "01", "abs(1)", "value[0]", "+1",
     "__import__('os')", "lambda: 1", "1 if value else 0", "1; 2", "value == 1", "１", "min(1 2)",
     "(" * 21 + "1" + ")" * 21, "1+" * 100 + "1", "1 # comment", "value\u00a0+1"],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(FormulaError, match=r"^at (\d+|the end)$"):
        parse_formula(text)


def test_the_place_named_is_where_it_goes_wrong() -> None:
    with pytest.raises(FormulaError, match=r"^at 5$"):
        parse_formula("1 + x")


def test_dividing_by_zero_gives_no_points_and_no_error() -> None:
    assert parse_formula("100 / value")(Decimal(0)) is None
    assert parse_formula("100 / value")(Decimal(8)) == Decimal("12.5")


def test_a_result_no_machine_should_hold_gives_no_points() -> None:
    huge = parse_formula("/".join(["1", *["0.0000000001"] * 10]) + " * value")
    assert huge(Decimal("1E+999999")) is None


def trees() -> st.SearchStrategy[tuple[str, Any]]:
    """Return formulas as text, each with the function of Fraction that it means."""
    leaves = st.one_of(
        st.just(("value", lambda value: value)),
        st.integers(0, 50).map(lambda n: (str(n), lambda _: Fraction(n))),
        st.sampled_from(["0.5", "2.25"]).map(lambda t: (t, lambda _: Fraction(t))),
    )

    def grow(
        inner: st.SearchStrategy[tuple[str, Any]],
    ) -> st.SearchStrategy[tuple[str, Any]]:
        def joined(sign: str, one: tuple[str, Any], two: tuple[str, Any]) -> tuple[str, Any]:
            means = {
                "+": lambda v: one[1](v) + two[1](v),
                "-": lambda v: one[1](v) - two[1](v),
                "*": lambda v: one[1](v) * two[1](v),
                "min": lambda v: min(one[1](v), two[1](v)),
                "max": lambda v: max(one[1](v), two[1](v)),
            }[sign]
            if sign in {"min", "max"}:
                return f"{sign}({one[0]}, {two[0]})", means
            return f"({one[0]} {sign} {two[0]})", means

        return st.builds(joined, st.sampled_from(["+", "-", "*", "min", "max"]), inner, inner)

    return st.recursive(leaves, grow, max_leaves=6)


@settings(max_examples=100, deadline=None)
@given(trees(), st.integers(-20, 20))
def test_formulas_agree_with_exact_fractions(tree: tuple[str, Any], value: int) -> None:
    text, means = tree
    found = parse_formula(text)(Decimal(value))
    assert found is not None
    assert Fraction(found) == means(Fraction(value))
