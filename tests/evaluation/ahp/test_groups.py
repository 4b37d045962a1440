from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.evaluation.ahp.digits import settled
from tallystick.evaluation.ahp.groups import (
    consensus,
    consensus_word,
    joined_judgments,
    joined_priorities,
)
from tallystick.evaluation.ahp.judgments import SCALE, Judgments, pairs_of
from tallystick.evaluation.ahp.priorities import EIGENVECTOR, GEOMETRIC_MEAN, matrix_of, solve

from .conftest import judgments
from .test_priorities import matrices


@settings(max_examples=25, deadline=None)
@given(matrices(), st.integers(2, 5))
def test_experts_who_agree_are_one_expert(judged: Judgments, count: int) -> None:
    one = matrix_of(judged)
    joined = joined_judgments([one] * count, [Fraction(n + 1) for n in range(count)])
    assert joined == one
    weights = solve(one, EIGENVECTOR).weights
    both = joined_priorities([weights] * count, [Fraction(1)] * count)
    assert [settled(w) for w in both] == [settled(w) for w in weights]


@st.composite
def panels(draw: st.DrawFn) -> list[Judgments]:
    size, count = draw(st.integers(3, 5)), draw(st.integers(2, 4))
    items = tuple("abcde"[:size])
    return [
        Judgments(items, {pair: draw(st.sampled_from(SCALE)) for pair in pairs_of(size)})
        for _ in range(count)
    ]


@settings(max_examples=25, deadline=None)
@given(panels())
def test_by_geometric_means_both_ways_of_joining_agree(panel: list[Judgments]) -> None:
    """Barzilai and Golany 1994; a check of either way by the other."""
    shares = [Fraction(n + 1) for n in range(len(panel))]
    joined = joined_judgments([matrix_of(one) for one in panel], shares)
    each = [solve(matrix_of(one), GEOMETRIC_MEAN).weights for one in panel]
    by_priorities = joined_priorities(each, shares)
    by_judgments = solve(joined, GEOMETRIC_MEAN).weights
    assert [settled(w) for w in by_priorities] == [settled(w) for w in by_judgments]


@settings(max_examples=25, deadline=None)
@given(panels())
def test_the_order_of_the_experts_changes_no_digit(panel: list[Judgments]) -> None:
    shares = [Fraction(n + 1) for n in range(len(panel))]
    there = joined_judgments([matrix_of(one) for one in panel], shares)
    back = joined_judgments([matrix_of(one) for one in panel[::-1]], shares[::-1])
    for pair, value in there.values.items():
        assert settled(value) == settled(back.values[pair])


def test_who_counts_double_is_like_two() -> None:
    one = matrix_of(judgments("a, b", {("a", "b"): 2}))
    other = matrix_of(judgments("a, b", {("a", "b"): 9}))
    double = joined_judgments([one, other], [Fraction(2), Fraction(1)])
    three = joined_judgments([one, one, other], [Fraction(1)] * 3)
    assert settled(double.values[0, 1]) == settled(three.values[0, 1])


def test_a_pair_is_joined_over_those_who_judged_it() -> None:
    one = matrix_of(judgments("a, b, c", {("a", "b"): 4, ("b", "c"): 3}))
    other = matrix_of(judgments("a, b, c", {("a", "b"): 9, ("a", "c"): 2}))
    found = joined_judgments([one, other], [Fraction(1)] * 2).values
    assert settled(found[0, 1]) == 6
    assert settled(found[1, 2]) == 3
    assert settled(found[0, 2]) == 2


# -- consensus ------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(matrices())
def test_experts_who_say_the_same_have_full_consensus(judged: Judgments) -> None:
    weights = solve(matrix_of(judged), EIGENVECTOR).weights
    assert consensus([weights, weights, weights], [Fraction(1)] * 3) == 1


@pytest.mark.parametrize("size", [2, 3, 5, 9])
def test_experts_who_each_put_another_item_first_have_none(size: int) -> None:
    top, rest = Decimal(9) / (size + 8), Decimal(1) / (size + 8)
    opposed = [[top if n == own else rest for n in range(size)] for own in range(size)]
    assert consensus(opposed, [Fraction(1)] * size) == 0


def test_one_expert_agrees_with_nobody_and_nobody_is_asked() -> None:
    assert consensus([[Decimal("0.5")] * 2], [Fraction(1)]) is None


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("0.4999", "very_low"),
        ("0.5", "low"),
        ("0.6249", "low"),
        ("0.625", "moderate"),
        ("0.75", "high"),
        ("0.8749", "high"),
        ("0.875", "very_high"),
        ("1", "very_high"),
    ],
)
def test_the_words_of_consensus(value: str, word: str) -> None:
    assert consensus_word(Decimal(value)) == word
