from __future__ import annotations

import statistics
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.publication.membership.spread import classes, five_json, five_numbers

NUMBERS = st.decimals(-1000, 1000, places=4)


def exactly(values: list[Decimal]) -> list[Fraction]:
    """The same quartiles by the standard library, in fractions."""
    fractions = [Fraction(value) for value in values]
    quarters = statistics.quantiles(fractions, n=4, method="inclusive")
    return [min(fractions), *quarters, max(fractions)]


@given(st.lists(NUMBERS, min_size=2, max_size=60))
def test_quartiles_are_those_of_the_standard_library_to_the_last_digit(
    values: list[Decimal],
) -> None:
    found = five_numbers(values)
    assert found is not None
    assert [Fraction(one) for one in found] == exactly(values)


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_quartiles_are_those_of_numpy(values: list[Decimal]) -> None:
    found = five_numbers(values)
    expected = np.quantile([float(one) for one in values], [0, 0.25, 0.5, 0.75, 1])
    assert found is not None
    assert [float(one) for one in found] == pytest.approx(list(expected))


def test_one_value_is_all_five_and_none_is_none() -> None:
    assert five_json(five_numbers([Decimal("72.50")])) == dict.fromkeys(
        ("least", "lower", "median", "upper", "greatest"), "72.5"
    )
    assert five_json(five_numbers([])) is None


@given(st.lists(st.decimals(-50, 150, places=3), max_size=80))
def test_every_value_is_in_one_class_and_the_limits_hold(values: list[Decimal]) -> None:
    found = classes(values, Decimal(0), Decimal(100))
    assert sum(one["number"] for one in found) == len(values)
    inside = [one for one in found if Decimal(0) <= Decimal(one["begins"]) < Decimal(100)]
    for place, one in enumerate(inside):
        low, high = Decimal(one["begins"]), Decimal(one["ends"])
        last = place == len(inside) - 1
        expected = sum(low <= value < high or (last and value == high) for value in values)
        assert one["number"] == expected
    assert len(inside) == 20


def test_what_lies_off_the_scale_has_classes_of_its_own() -> None:
    found = classes([Decimal(-3), Decimal(0), Decimal(100), Decimal(120)], Decimal(0), Decimal(100))
    assert found[0] == {"begins": "-3", "ends": "0", "number": 1}
    assert found[-1] == {"begins": "100", "ends": "120", "number": 1}
    assert (found[1]["number"], found[-2]["number"]) == (1, 1)
