from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.decimals import (
    NOT_A_DECIMAL,
    decimal_of,
    decimal_text,
    divide,
    divide_integers,
    round_half_even,
    scaled_text,
)
from tallystick.kernel.errors import TallyError

MODEST = settings(max_examples=80, deadline=None)
numbers = st.decimals(
    min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=6
)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+1", "01", "1.", ".5", "1e3", "1E3", "NaN", "Infinity", "-", "--1", "1,000",
     "1_000", "１", "٣", "0x1", "1" * 31, "72.5\n"],
)  # fmt: skip
def test_a_number_not_written_plainly_is_refused(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        decimal_of(text)
    assert refusal.value.reason is NOT_A_DECIMAL


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("72.50", "72.5"), ("0", "0"), ("-0", "0"), ("-0.00", "0"), ("100", "100"), ("0.10", "0.1"),
     ("1000000000000000000000", "1000000000000000000000"), ("-3.1400", "-3.14")],
)  # fmt: skip
def test_a_number_has_one_text_only(text: str, canonical: str) -> None:
    assert decimal_text(decimal_of(text)) == canonical
    assert decimal_text(decimal_of(canonical)) == canonical


def test_no_exponent_is_ever_written() -> None:
    assert decimal_text(Decimal("1E+3")) == "1000"
    assert decimal_text(Decimal("1E-7")) == "0.0000001"
    assert decimal_text(Decimal("5.000E+1")) == "50"


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [("0.5", 0, "0"), ("1.5", 0, "2"), ("2.5", 0, "2"), ("-2.5", 0, "-2"), ("-1.5", 0, "-2"),
     ("2.675", 2, "2.68"), ("2.665", 2, "2.66"), ("72.5", 2, "72.5")],
)  # fmt: skip
def test_halves_go_to_the_even_neighbour(value: str, places: int, expected: str) -> None:
    assert decimal_text(round_half_even(decimal_of(value), places)) == expected
    assert decimal_text(divide(decimal_of(value), Decimal(1), places)) == expected


def test_division_by_zero_is_an_error_and_not_a_number() -> None:
    with pytest.raises(ZeroDivisionError):
        divide(Decimal(1), Decimal(0), 2)


@MODEST
@given(numbers)
def test_reading_back_what_was_written_changes_nothing(value: Decimal) -> None:
    assert decimal_of(decimal_text(value)) == value


@MODEST
@given(numbers, numbers.filter(bool), st.integers(0, 8))
def test_division_rounds_once_as_fractions_do(above: Decimal, below: Decimal, places: int) -> None:
    exact = Fraction(above) / Fraction(below)
    assert Fraction(divide(above, below, places)) == round(exact, places)


@MODEST
@given(st.integers(-(10**18), 10**18), st.integers(-(10**9), 10**9).filter(bool))
def test_integers_are_divided_half_even(above: int, below: int) -> None:
    assert divide_integers(above, below) == round(Fraction(above, below))


@MODEST
@given(st.integers(-(10**20), 10**20), st.integers(0, 12))
def test_a_scaled_integer_is_written_as_the_decimal_it_is(value: int, places: int) -> None:
    assert scaled_text(value, places) == decimal_text(Decimal(value).scaleb(-places))
