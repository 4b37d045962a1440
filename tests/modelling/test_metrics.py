"""The measures against scikit-learn and against counting by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn import metrics as theirs
from sklearn.linear_model import LogisticRegression

from tallystick.modelling import metrics
from tallystick.modelling.resampling import bootstrap, bootstrap_difference, draws
from tallystick.modelling.tables import Floats

cases = st.lists(
    st.tuples(st.integers(-3, 3), st.booleans(), st.integers(1, 4)), min_size=2, max_size=40
).filter(lambda rows: len({bad for _, bad, _ in rows}) == 2)


def some(rows: int = 400, seed: int = 3) -> tuple[Floats, Floats, Floats, Floats]:
    dice = np.random.default_rng(seed)
    score = np.round(dice.normal(size=rows), 1)
    pd = 1 / (1 + np.exp(1.5 + score))
    return (
        score,
        pd,
        (dice.random(rows) < pd).astype(float),
        dice.integers(1, 5, rows).astype(float),
    )


@settings(max_examples=150, deadline=None)
@given(cases)
def test_auc_is_the_share_of_pairs_in_order_with_ties_half(rows: Any) -> None:
    score, bad, weight = (np.array(part, float) for part in zip(*rows, strict=True))
    won = total = 0.0
    for s, y, w in zip(score, bad, weight, strict=True):
        for s2, y2, w2 in zip(score, bad, weight, strict=True):
            if y and not y2:
                won += w * w2 * ((s < s2) + 0.5 * (s == s2))
                total += w * w2
    assert metrics.auc(score, bad, weight) == pytest.approx(won / total)
    assert metrics.gini(score, bad, weight) == pytest.approx(2 * won / total - 1)


@settings(max_examples=150, deadline=None)
@given(cases)
def test_a_whole_weight_is_that_many_organisations(rows: Any) -> None:
    score, bad, weight = (np.array(part, float) for part in zip(*rows, strict=True))
    times = weight.astype(int)
    weighed = metrics.Ranking(score, bad).measure(weight)
    repeated = metrics.Ranking(np.repeat(score, times), np.repeat(bad, times)).measure()
    assert weighed == pytest.approx(repeated)


@settings(max_examples=100, deadline=None)
@given(cases)
def test_ks_is_the_largest_distance_of_two_distributions(rows: Any) -> None:
    score, bad, _ = (np.array(part, float) for part in zip(*rows, strict=True))
    by_hand = max(
        abs(np.mean(score[bad == 1] <= cut) - np.mean(score[bad == 0] <= cut)) for cut in score
    )
    assert metrics.ks(score, bad) == pytest.approx(by_hand)


def test_measures_agree_with_scikit_learn() -> None:
    score, pd, y, w = some()
    for weight in (None, w):
        assert metrics.auc(score, y, weight) == pytest.approx(
            theirs.roc_auc_score(y, -score, sample_weight=weight)
        )
        assert metrics.average_precision(score, y, weight) == pytest.approx(
            theirs.average_precision_score(y, -score, sample_weight=weight)
        )
        assert metrics.brier(pd, y, weight) == pytest.approx(
            theirs.brier_score_loss(y, pd, sample_weight=weight)
        )
        assert metrics.log_loss(pd, y, weight) == pytest.approx(
            theirs.log_loss(y, pd, sample_weight=weight)
        )


def test_a_probability_of_nought_costs_no_more_than_one_in_a_million() -> None:
    assert metrics.log_loss(np.array([0.0]), np.array([1.0])) == pytest.approx(np.log(1e6))


def test_recalibration_agrees_with_scikit_learn() -> None:
    _, pd, y, w = some()
    x = metrics.logit(pd * 0.5)
    model = LogisticRegression(C=1e12, tol=1e-10, max_iter=1000).fit(x[:, None], y, w)
    found = metrics.calibration(pd * 0.5, y, w)
    assert found.intercept == pytest.approx(model.intercept_[0], abs=1e-4)
    assert found.slope == pytest.approx(model.coef_[0, 0], abs=1e-4)


def test_recalibration_finds_the_distortion_put_in() -> None:
    score, _, _, _ = some(60_000)
    pd = 1 / (1 + np.exp(1.5 + score))
    y = (np.random.default_rng(1).random(len(pd)) < pd).astype(float)
    found = metrics.calibration(1 / (1 + np.exp(-(metrics.logit(pd) - 0.3) / 0.5)), y)
    assert found == pytest.approx((0.3, 0.5), abs=0.05)


def test_recalibration_of_one_outcome_or_of_a_separated_table_is_no_number() -> None:
    pd = np.array([0.1, 0.2, 0.8, 0.9])
    assert np.isnan(metrics.calibration(pd, np.ones(4))).all()
    assert np.isnan(metrics.calibration(pd, np.array([0.0, 0, 1, 1]))).all()
    assert np.isnan(metrics.calibration(np.full(4, 0.2), np.array([0.0, 0, 1, 1]))).all()


def test_a_measure_of_one_outcome_is_no_number() -> None:
    assert np.isnan(metrics.Ranking(np.arange(3.0), np.ones(3)).measure()).all()


def test_the_calibration_curve_counts_everybody_once() -> None:
    _, pd, y, _ = some()
    curve = metrics.calibration_curve(pd, y, 5)
    assert sum(part.total for part in curve) == len(y)
    assert sum(part.bads for part in curve) == y.sum()
    assert all(part.low <= part.observed <= part.high for part in curve)
    assert [part.expected for part in curve] == sorted(part.expected for part in curve)


def test_wilson_agrees_with_the_published_form() -> None:

    for bads, count in ((0, 10), (3, 20), (10, 10), (39, 1000)):
        exact = binomtest(bads, count).proportion_ci(method="wilson")
        found = metrics.wilson(bads, count)
        assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_delong_is_the_variance_of_placements_counted_by_hand() -> None:
    score, _, y, _ = some(60)
    kernel = np.array(
        [[(b < g) + 0.5 * (b == g) for g in score[y == 0]] for b in score[y == 1]], float
    )
    variance = (
        kernel.mean(1).var(ddof=1) / len(kernel) + kernel.mean(0).var(ddof=1) / kernel.shape[1]
    )
    found = metrics.delong(score, y)
    assert found.mean == pytest.approx(kernel.mean())
    step = metrics.Z_95 * np.sqrt(variance) / (found.mean * (1 - found.mean))
    assert metrics.logit(np.array([found.high]))[0] == pytest.approx(
        metrics.logit(np.array([found.mean]))[0] + step
    )


def test_delong_covers_the_truth_as_often_as_it_says() -> None:
    hits, dice = 0, np.random.default_rng(5)
    for _ in range(300):
        y = (np.arange(150) < 30).astype(float)
        found = metrics.delong(dice.normal(size=150) - y, y)
        hits += found.low <= 0.76025 <= found.high  # Phi(1 / sqrt 2)
    assert 0.91 <= hits / 300 <= 0.985


def test_the_difference_of_a_score_and_itself_is_nought() -> None:
    score, _, y, _ = some()
    assert metrics.delong_difference(score, score, y) == (0, 0, 0)
    assert bootstrap_difference(score, score * 2, y, count=20) == (0, 0, 0)


def test_two_ways_to_the_interval_of_a_difference_agree() -> None:
    score, _, y, _ = some(1500)
    other = score + np.random.default_rng(2).normal(size=len(score))
    exact = metrics.delong_difference(score, other, y)
    drawn = bootstrap_difference(score, other, y, count=400, seed=1)
    assert drawn.mean == pytest.approx(exact.mean)
    assert (drawn.low, drawn.high) == pytest.approx((exact.low, exact.high), abs=0.01)


def test_the_bootstrap_agrees_with_delong_and_repeats_itself() -> None:
    score, pd, y, _ = some(1500)
    found = bootstrap(score, y, pd, count=400, seed=9)
    exact = metrics.delong(score, y)
    assert found["auc"] == pytest.approx(exact, abs=0.01)
    assert found == bootstrap(score, y, pd, count=400, seed=9)
    assert found != bootstrap(score, y, pd, count=400, seed=10)
    assert all(low <= mean <= high for mean, low, high in found.values())


def test_a_draw_takes_groups_whole_and_keeps_both_outcomes() -> None:
    groups = np.repeat(np.arange(20), 3)
    y = np.zeros(60)
    y[0] = 1
    for weight in draws(y, groups, 30, seed=0):
        assert (weight.reshape(20, 3) == weight.reshape(20, 3)[:, :1]).all()
        assert weight[0] == 1
        assert weight.sum() == 60


def test_rows_of_one_organisation_widen_the_interval() -> None:
    score, _, y, _ = some(300)
    many, groups = np.repeat(score, 10), np.repeat(np.arange(300), 10)
    alone = bootstrap(many, np.repeat(y, 10), count=200)["auc"]
    whole = bootstrap(many, np.repeat(y, 10), groups=groups, count=200)["auc"]
    assert whole.high - whole.low > 2 * (alone.high - alone.low)


def test_folds_that_share_rows_give_a_larger_error_than_independent_ones() -> None:
    values = [0.8, 0.82, 0.79, 0.85, 0.81]
    assert metrics.corrected_error(values, 0.25) == pytest.approx(
        np.sqrt((1 / 5 + 0.25) * np.var(values, ddof=1))
    )
    assert metrics.corrected_interval(values, 0.25).low < 0.8
    assert np.isnan(metrics.corrected_error([0.8], 0.25))


def test_a_perfect_order_of_few_is_not_certain() -> None:
    y = np.r_[np.ones(3), np.zeros(30)]
    assert metrics.delong(1 - y, y).low == pytest.approx(0.025 ** (1 / 3))
    assert metrics.delong(y, y).high == pytest.approx(1 - 0.025 ** (1 / 3))


def test_a_bootstrap_by_group_and_score_is_that_of_rows_drawn() -> None:
    dice = np.random.default_rng(4)
    score, other = dice.integers(0, 40, 300), dice.integers(0, 40, 300)
    y, pd = (dice.random(300) < 0.3).astype(float), dice.random(300)
    weights, groups = dice.random(300) * 3, dice.integers(0, 120, 300)
    drawn = [times * weights for times in draws(y, groups, 25, seed=6)]
    by_hand = {
        "auc": [metrics.auc(score, y, w) for w in drawn],
        "ks": [metrics.ks(score, y, w) for w in drawn],
        "average_precision": [metrics.average_precision(score, y, w) for w in drawn],
        "brier": [metrics.brier(pd, y, w) for w in drawn],
        "log_loss": [metrics.log_loss(pd, y, w) for w in drawn],
    }
    found = bootstrap(score, y, pd, weights, groups=groups, count=25, seed=6)
    for name, values in by_hand.items():
        assert found[name][1:] == pytest.approx(np.quantile(values, (0.025, 0.975)))
    gap = bootstrap_difference(score, other, y, weights, groups=groups, count=25, seed=6)
    gaps = [metrics.auc(score, y, w) - metrics.auc(other, y, w) for w in drawn]
    assert gap[1:] == pytest.approx(np.quantile(gaps, (0.025, 0.975)))
