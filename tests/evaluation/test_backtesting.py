"""The statistics of a back-test against independent implementations, and by what defines them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from tallystick.evaluation.backtesting import (
    DECILES,
    PLACES,
    decimal_places,
    discrimination,
    inversions,
    isotonic,
    kendall_tau_b,
    parts,
    root,
    spearman,
    wilson,
)
from tallystick.kernel.errors import TallyError

CLOSE = 1e-9
ROUNDED = 10.0**-PLACES

# Few values, so that most cases tie with others.
cases = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda listed: len({bad for _, bad in listed}) == 2
)
pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=30)
groups = st.lists(
    st.integers(0, 12).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))),
    min_size=1,
    max_size=9,
)


def split(listed: list[tuple[int, bool]]) -> tuple[list[int], list[bool]]:
    return [score for score, _ in listed], [bad for _, bad in listed]


def test_a_worked_example_by_hand() -> None:
    found = discrimination([1, 2, 2, 3], [True, True, False, False])
    # Of four pairs three are in order and one is a tie: 3.5 of 4.
    assert found.auc == Fraction(7, 8)
    assert found.gini == Fraction(3, 4)
    # Up to 1 stands half of the bad and none of the good.
    assert (found.ks, found.ks_at) == (Fraction(1, 2), 1)


@given(cases)
def test_the_auc_is_the_share_of_pairs_in_order_ties_half(listed: list[tuple[int, bool]]) -> None:
    scores, bad = split(listed)
    of_bad = [score for score, one in listed if one]
    of_good = [score for score, one in listed if not one]
    halves = sum((b < g) * 2 + (b == g) for b in of_bad for g in of_good)
    assert discrimination(scores, bad).auc == Fraction(halves, 2 * len(of_bad) * len(of_good))
    assert float(discrimination(scores, bad).auc) == pytest.approx(
        roc_auc_score(bad, [-score for score in scores]), abs=CLOSE
    )


@given(cases)
def test_ks_is_that_of_scipy(listed: list[tuple[int, bool]]) -> None:
    found = discrimination(*split(listed))
    of_bad = [score for score, bad in listed if bad]
    of_good = [score for score, bad in listed if not bad]
    assert float(found.ks) == pytest.approx(
        stats.ks_2samp(of_bad, of_good, method="exact").statistic, abs=CLOSE
    )
    below = [Fraction(sum(s <= found.ks_at for s in own), len(own)) for own in (of_bad, of_good)]
    assert abs(below[0] - below[1]) == found.ks


@given(cases)
def test_the_interval_is_that_of_delong_by_placements(listed: list[tuple[int, bool]]) -> None:
    of_bad = np.array([score for score, bad in listed if bad])
    of_good = np.array([score for score, bad in listed if not bad])
    found = discrimination(*split(listed))
    if min(len(of_bad), len(of_good)) < 2:
        assert found.low is None
        assert found.high is None
        return
    order = (of_bad[:, None] < of_good) + (of_bad[:, None] == of_good) / 2
    variance = np.var(order.mean(axis=1), ddof=1) / len(of_bad)
    variance += np.var(order.mean(axis=0), ddof=1) / len(of_good)
    reach = stats.norm.ppf(0.975) * np.sqrt(variance)
    assert found.low is not None
    assert found.high is not None
    assert float(found.low) == pytest.approx(max(0, order.mean() - reach), abs=1e-6)
    assert float(found.high) == pytest.approx(min(1, order.mean() + reach), abs=1e-6)


@given(cases)
def test_only_the_order_of_scores_counts(listed: list[tuple[int, bool]]) -> None:
    scores, bad = split(listed)
    stretched = discrimination([score**3 + 7 for score in scores], bad)
    found = discrimination(scores, bad)
    assert (stretched.auc, stretched.ks, stretched.low) == (found.auc, found.ks, found.low)
    turned = discrimination([-score for score in scores], bad)
    assert turned.auc == 1 - found.auc
    assert turned.ks == found.ks


def test_one_outcome_alone_is_refused() -> None:
    for bad in ([True, True], [False, False]):
        with pytest.raises(TallyError) as refusal:
            discrimination([1, 2], bad)
        assert refusal.value.code == "one_outcome"


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_rate_is_that_of_wilson(counts: tuple[int, int]) -> None:
    bad, count = counts
    found = wilson(bad, count)
    if not count:
        assert found.rate is None
        assert found.low == 0
        assert found.high == 1
        return
    expected = stats.binomtest(bad, count).proportion_ci(method="wilson")
    assert found.rate == Fraction(bad, count)
    assert float(found.low) == pytest.approx(expected.low, abs=1e-7)
    assert float(found.high) == pytest.approx(expected.high, abs=1e-7)
    assert 0 <= found.low <= found.rate <= found.high <= 1


@given(cases, st.integers(1, DECILES))
def test_parts_hold_every_case_once_and_never_split_a_tie(
    listed: list[tuple[int, bool]], count: int
) -> None:
    scores, bad = split(listed)
    found = parts(scores, bad, count)
    assert len(found) <= count
    assert sum(part.outcomes.cases for part in found) == len(listed)
    assert sum(part.outcomes.bad for part in found) == sum(bad)
    for below, above in pairwise(found):
        assert below.most < above.least
    for part in found:
        held = [score for score in scores if part.least <= score <= part.most]
        assert len(held) == part.outcomes.cases


def test_parts_without_ties_are_equal() -> None:
    found = parts(list(range(100)), [n % 7 == 0 for n in range(100)])
    assert [part.outcomes.cases for part in found] == [10] * 10


@given(groups)
def test_isotonic_rates_are_those_of_scikit_learn(listed: list[tuple[int, int]]) -> None:
    found = isotonic(listed)
    filled = [(bad, count) for bad, count in listed if count]
    assert [rate is None for rate in found] == [not count for _, count in listed]
    if not filled:
        return
    expected = IsotonicRegression(increasing=False).fit_transform(
        range(len(filled)),
        [bad / count for bad, count in filled],
        sample_weight=[count for _, count in filled],
    )
    mine = [rate for rate in found if rate is not None]
    assert [float(rate) for rate in mine] == pytest.approx(list(expected), abs=CLOSE)
    assert all(one >= other for one, other in pairwise(mine))
    total = sum((rate * count for rate, (_, count) in zip(mine, filled, strict=True)), Fraction(0))
    assert total == sum(bad for bad, _ in filled)


@given(groups)
def test_where_nothing_rises_the_isotonic_rates_are_those_observed(
    listed: list[tuple[int, int]],
) -> None:
    observed = [Fraction(bad, count) if count else None for bad, count in listed]
    assert (isotonic(listed) == observed) == (not inversions(listed))


def test_a_rise_names_its_two_neighbours_over_empty_groups() -> None:
    assert inversions([(5, 10), (0, 0), (6, 10), (1, 10)]) == [(0, 2)]


@given(pairs)
def test_tau_b_counts_pairs_and_is_that_of_scipy(listed: list[tuple[int, int]]) -> None:
    one, other = [x for x, _ in listed], [y for _, y in listed]
    if len(set(one)) < 2 or len(set(other)) < 2:
        for agreement in (kendall_tau_b, spearman):
            with pytest.raises(TallyError) as refusal:
                agreement(one, other)
            assert refusal.value.code == "not_two_orders"
        return
    balance = sum(
        ((x > u) - (x < u)) * ((y > v) - (y < v)) for (x, y), (u, v) in combinations(listed, 2)
    )
    found = kendall_tau_b(one, other)
    assert (found > 0) - (found < 0) == (balance > 0) - (balance < 0)
    assert float(found) == pytest.approx(stats.kendalltau(one, other).statistic, abs=ROUNDED)
    assert float(spearman(one, other)) == pytest.approx(
        stats.spearmanr(one, other).statistic, abs=ROUNDED
    )


@given(pairs)
def test_an_order_agrees_wholly_with_itself_and_is_turned_by_turning(
    listed: list[tuple[int, int]],
) -> None:
    one = [x for x, _ in listed]
    if len(set(one)) < 2:
        return
    for agreement in (kendall_tau_b, spearman):
        assert agreement(one, one) == 1
        assert agreement(one, [-x for x in one]) == -1
        other = [y for _, y in listed]
        if len(set(other)) > 1:
            assert agreement(one, other) == agreement(other, one)
            assert agreement(one, [-y for y in other]) == -agreement(one, other)


def test_scores_may_be_integers_decimals_or_fractions() -> None:
    bad = [True, False, True, False]
    found = [
        discrimination([kind(value) for value in (1, 2, 3, 4)], bad)
        for kind in (int, Decimal, Fraction)
    ]
    assert found[0] == found[1] == found[2]


@given(st.fractions(min_value=0, max_value=10**6))
def test_a_root_is_rounded_to_its_places(value: Fraction) -> None:
    found = root(value, 6)
    half = Fraction(1, 2 * 10**6)
    assert (found - half) ** 2 <= value or found < half
    assert value <= (found + half) ** 2
    assert (found * 10**6).denominator == 1


def test_text_has_at_most_the_places_asked_for() -> None:
    assert decimal_places(Fraction(2, 3), 4) == "0.6667"
    assert decimal_places(Fraction(-1, 8), 2) == "-0.12"
    assert decimal_places(Fraction(1)) == "1"
    assert decimal_places(None) == ""
