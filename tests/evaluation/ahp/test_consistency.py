from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings

from tallystick.evaluation.ahp.consistency import (
    CR_LIMIT,
    RI_TABLES,
    consistency,
    mendings,
    random_index,
)
from tallystick.evaluation.ahp.digits import shown
from tallystick.evaluation.ahp.judgments import SCALE, Judgments
from tallystick.evaluation.ahp.priorities import EIGENVECTOR, matrix_of, solve

from .conftest import judgments
from .test_priorities import matrices


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("saaty-1980", ".58 .90 1.12 1.24 1.32 1.41 1.45 1.49"),
        ("saaty-2005", ".52 .89 1.11 1.25 1.35 1.40 1.45 1.49"),
    ],
)
def test_the_random_indices_are_the_published_ones(table: str, told: str) -> None:
    found = [random_index(size, table) for size in range(3, 11)]
    assert found == [(Decimal(value), table) for value in told.split()]


@pytest.mark.parametrize("table", RI_TABLES)
def test_beyond_fifteen_items_the_table_that_reaches_so_far_is_named(table: str) -> None:
    assert random_index(15, table)[1] == table
    assert random_index(20, table) == (Decimal("1.5371"), "donegan-dodd-1991")
    assert random_index(35, table) == (Decimal("1.5874"), "donegan-dodd-1991")


def test_two_items_cannot_contradict_one_another() -> None:
    assert consistency(Decimal(2), 2, 0, "saaty-2005").accepted


def test_exactly_the_limit_is_not_below_it() -> None:
    at = 3 + 2 * Decimal("0.052")
    assert consistency(at, 3, 0, "saaty-2005").ratio == CR_LIMIT
    assert not consistency(at, 3, 0, "saaty-2005").accepted
    assert consistency(at - Decimal("1e-15"), 3, 0, "saaty-2005").accepted


def test_with_judgments_missing_the_stricter_ratio_stands_beside() -> None:
    found = consistency(Decimal("4.0923672939"), 4, 1, "saaty-2005")
    assert found.strict is not None
    assert round(found.strict / found.ratio, 12) == Decimal("1.5")  # 1 - 1/3 of the index
    assert consistency(Decimal(4), 4, 3, "saaty-2005").strict is None  # a tree says nothing


def test_a_planted_slip_is_the_first_to_reconsider_and_its_true_value_is_named() -> None:
    shares = {"a": 8, "b": 4, "c": 2, "d": 1}
    told: dict[tuple[str, str], str | int] = {
        (x, y): str(Fraction(p, q)) for x, p in shares.items() for y, q in shares.items() if x < y
    }
    told["a", "c"] = "1/4"
    judged = judgments("a, b, c, d", told)
    found = solve(matrix_of(judged), EIGENVECTOR)
    first = mendings(matrix_of(judged), found.weights, "saaty-2005")[0]
    assert (first.pair, first.value) == ((0, 2), Fraction(4))
    assert not first.ratio


def test_nothing_is_to_be_reconsidered_where_nothing_would_be_better() -> None:
    judged = judgments("a, b, c", {("a", "b"): 2, ("b", "c"): 2, ("a", "c"): 4})
    assert not mendings(
        matrix_of(judged), solve(matrix_of(judged), EIGENVECTOR).weights, "saaty-2005"
    )


@settings(max_examples=40, deadline=None)
@given(matrices(most=7))
def test_each_mending_betters_the_ratio_and_stays_on_the_scale(judged: Judgments) -> None:
    found = solve(matrix_of(judged), EIGENVECTOR)
    size, missing = len(judged.items), len(judged.missing)
    before = consistency(found.eigenvalue, size, missing, "saaty-2005").ratio
    pairs = dict(judged.pairs)
    listed = mendings(matrix_of(judged), found.weights, "saaty-2005")
    assert len(listed) <= 3
    for mending in listed:
        assert mending.value in SCALE
        assert mending.value != pairs[mending.pair]
        pairs[mending.pair] = mending.value
        after = solve(matrix_of(Judgments(judged.items, pairs)), EIGENVECTOR)
        then = consistency(after.eigenvalue, size, missing, "saaty-2005").ratio
        assert shown(then) == shown(mending.ratio)
        assert mending.ratio < before
        before = mending.ratio
