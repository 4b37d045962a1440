"""How well a score tells bad from good, and a probability what happened.

Owns the measures of a validation and their intervals. Rules: `y` is 1 for bad and 0 for good; a
higher score is better; equal scores are ties and count half; a weight is a number of organisations,
so that a row of weight 2 says what two equal rows would; an interval is of 95 percent; a
probability is kept within 1..999,999 millionths before a logarithm is taken of it, as a card states
none beyond. Floats stay inside; a caller writes them as text.

    >>> auc(np.array([1.0, 2, 2, 3]), np.array([1.0, 1, 0, 0]))
    0.875

Sources: AUC as the Mann-Whitney statistic (Hanley and McNeil 1982), its variance by placements
(DeLong, DeLong and Clarke-Pearson 1988, fast form Sun and Xu 2014); interval of a rate: Wilson
1927; recalibration: Cox 1958; resampled standard error: Nadeau and Bengio 2003.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.tables import Floats

PD_LEAST: Final = 1e-6
Z_95: Final = 1.959963984540054
NEWTON_STEPS_MAX: Final = 60
NEWTON_DONE: Final = 1e-10


class Interval(NamedTuple):
    """A figure with its 95 percent interval."""

    mean: float
    low: float
    high: float


class Calibration(NamedTuple):
    """logit(P(bad)) = intercept + slope * logit(pd); 0 and 1 where pd is right as it stands.

    Both are NaN where outcomes or probabilities are all alike, or one side is separated.
    """

    intercept: float
    slope: float


class Part(NamedTuple):
    """One stretch of the calibration curve: rows, bad ones, mean pd, rate, interval, weights."""

    total: int
    bads: int
    expected: float
    observed: float
    low: float
    high: float
    weight: float
    bad_weight: float


class Ranking:
    """Scores in order, ready to be measured again and again under other weights.

    ties: by row, the place of its score among the `count` different ones, worst first.
    """

    def __init__(self, score: NDArray[np.generic], y: Floats) -> None:
        known, self.ties = np.unique(score, return_inverse=True)
        self.count = len(known)
        self._y = y

    def measure(self, weights: Floats | None = None) -> tuple[float, float, float]:
        """Return AUC, KS and average precision; NaN where one outcome is missing."""
        each = np.ones(len(self._y)) if weights is None else weights
        bad, good = each * self._y, each * (1 - self._y)
        sides = [np.bincount(self.ties, side, self.count) for side in (bad, good)]
        return measured(*(np.asarray(side, np.float64) for side in sides))


def measured(bad: Floats, good: Floats) -> tuple[float, float, float]:
    """Return AUC, KS and average precision of the weights of bad and good by score, worst first."""
    bads, goods = (np.concatenate(([0.0], np.cumsum(side))) for side in (bad, good))
    if bads[-1] <= 0 or goods[-1] <= 0:
        return np.nan, np.nan, np.nan
    found = float(np.trapezoid(bads, goods) / (bads[-1] * goods[-1]))
    distance = float(np.abs(bads / bads[-1] - goods / goods[-1]).max())
    seen = bads[1:] + goods[1:]
    precision = np.divide(bads[1:], seen, out=np.zeros_like(seen), where=seen > 0)
    return found, distance, float(np.diff(bads) @ precision / bads[-1])


def auc(score: NDArray[np.generic], y: Floats, weights: Floats | None = None) -> float:
    """Return the chance that a bad one scores below a good one, ties half."""
    return Ranking(score, y).measure(weights)[0]


def gini(score: NDArray[np.generic], y: Floats, weights: Floats | None = None) -> float:
    """Return 2 AUC - 1."""
    return 2 * auc(score, y, weights) - 1


def ks(score: NDArray[np.generic], y: Floats, weights: Floats | None = None) -> float:
    """Return the largest distance between the distributions of bad and good."""
    return Ranking(score, y).measure(weights)[1]


def average_precision(
    score: NDArray[np.generic], y: Floats, weights: Floats | None = None
) -> float:
    """Return the mean share of bad among those at or below a score, over the bad ones."""
    return Ranking(score, y).measure(weights)[2]


def brier(pd: Floats, y: Floats, weights: Floats | None = None) -> float:
    """Return the mean squared distance of probability and outcome."""
    return float(np.average((pd - y) ** 2, weights=weights))


def log_loss(pd: Floats, y: Floats, weights: Floats | None = None) -> float:
    """Return the mean negative log-likelihood, in nats."""
    return float(np.average(_surprise(pd, y), weights=weights))


def expected_over_observed(pd: Floats, y: Floats, weights: Floats | None = None) -> float:
    """Return expected bads over observed ones; NaN without any."""
    seen = float(np.average(y, weights=weights))
    return float(np.average(pd, weights=weights)) / seen if seen > 0 else np.nan


def calibration(pd: Floats, y: Floats, weights: Floats | None = None) -> Calibration:
    """Return intercept and slope of the logistic recalibration, by Newton's method."""
    x = logit(pd)
    w = np.ones_like(x) if weights is None else weights
    if not 0 < y @ w < w.sum() or np.ptp(x) == 0:
        return Calibration(np.nan, np.nan)
    a, b = 0.0, 1.0
    for _ in range(NEWTON_STEPS_MAX):
        p = 1 / (1 + np.exp(-(a + b * x)))
        rest, curve = w * (y - p), w * p * (1 - p)
        haa, hab, hbb = curve.sum(), curve @ x, curve @ (x * x)
        below = haa * hbb - hab * hab
        if not np.isfinite(below) or below <= 0:
            return Calibration(np.nan, np.nan)
        ga, gb = rest.sum(), rest @ x
        da, db = (hbb * ga - hab * gb) / below, (haa * gb - hab * ga) / below
        cut = max(1.0, abs(da) / 5, abs(db) / 5)  # a far start must not overshoot
        a, b = a + da / cut, b + db / cut
        if abs(da) + abs(db) < NEWTON_DONE:
            return Calibration(float(a), float(b))
    return Calibration(np.nan, np.nan)


def calibration_curve(
    pd: Floats, y: Floats, parts: int = 10, weights: Floats | None = None
) -> tuple[Part, ...]:
    """Return parts of equal weight by pd, lowest first; equal probabilities stay together."""
    w = np.ones(len(pd)) if weights is None else weights
    cuts = np.unique(standing_at(pd, np.linspace(0, w.sum(), parts + 1)[1:-1], w))
    place = np.searchsorted(cuts, pd, side="right")
    found = []
    for at in range(len(cuts) + 1):
        inside = place == at
        own, marks = w[inside], y[inside]
        weight, bad = float(own.sum()), float(own @ marks)
        if weight > 0:
            rate = wilson(bad, weight)
            expected = float(np.average(pd[inside], weights=own))
            counts = (len(own), int(marks.sum()))
            found.append(Part(*counts, expected, *rate, weight, bad))
    return tuple(found)


def roc_points(
    score: NDArray[np.generic], y: Floats, most: int, weights: Floats | None = None
) -> list[tuple[float, float]]:
    """Return the ROC curve: shares of good and of bad at or below a score, `most` points of it."""
    w = np.ones(len(y)) if weights is None else weights
    counted = np.flatnonzero(w > 0)
    order = counted[np.argsort(score[counted], kind="stable")]
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    bad, good = (np.cumsum(w[order] * side[order]) for side in (y, 1 - y))
    chosen = ends[np.unique(np.linspace(0, len(ends) - 1, most).astype(int))]
    pairs = zip(good[chosen] / good[-1], bad[chosen] / bad[-1], strict=True)
    return [(0.0, 0.0), *((float(x), float(t)) for x, t in pairs)]


def standing_at(values: NDArray[Any], places: Floats, weights: Floats) -> NDArray[Any]:
    """Return the values at places from 0 on, if each stood in order as often as it weighs."""
    order = np.argsort(values, kind="stable")
    found = np.searchsorted(np.cumsum(weights[order]), places, side="right")
    return np.asarray(values[order][np.minimum(found, len(order) - 1)])


def quantile(
    values: NDArray[Any], shares: Floats, weights: Floats | None = None, *, higher: bool = False
) -> Floats:
    """Return quantiles as numpy does, of values that stand as often as they weigh.

    higher: the next value above; otherwise between two. Weights of a mean below one, which are
    shares and no numbers of organisations, are taken at a mean of one.
    """
    w = np.ones(len(values)) if weights is None else weights
    w = w * max(1.0, (w > 0).sum() / w.sum())
    places = shares * (w.sum() - 1)
    if higher:
        return standing_at(values, np.ceil(places), w)
    low = np.floor(places)
    rest = places - low
    below, above = standing_at(values, low, w), standing_at(values, low + 1, w)
    step = above - below
    return np.asarray(np.where(rest < 1 / 2, below + step * rest, above - step * (1 - rest)))


def wilson(bads: float, count: float, z: float = Z_95) -> Interval:
    """Return a rate with Wilson's interval; 0..1 where nothing was counted."""
    if count <= 0:
        return Interval(np.nan, 0.0, 1.0)
    rate, share = bads / count, z * z / count
    middle = (rate + share / 2) / (1 + share)
    half = z / (1 + share) * np.sqrt(rate * (1 - rate) / count + share / (4 * count))
    low = 0.0 if bads <= 0 else max(0.0, middle - half)
    return Interval(rate, float(low), 1.0 if bads >= count else float(min(1.0, middle + half)))


def delong(
    score: NDArray[np.generic], y: Floats, weights: Floats | None = None, z: float = Z_95
) -> Interval:
    """Return AUC with DeLong's interval on the logit scale, which stays within 0..1.

    At 1 and 0 the variance vanishes; the interval is then that of a rate never missed in as many
    trials as the smaller outcome has cases: 0.025 ** (1/n) (Clopper and Pearson 1934).
    """
    found, variance, least = placed(*placements(score, y, weights), y, weights)
    if least <= 1:
        return Interval(found, 0.0, 1.0)
    if not 0 < found < 1:
        reach = 0.025 ** (1 / least)
        return Interval(found, reach, 1.0) if found else Interval(found, 0.0, 1 - reach)
    step = z * np.sqrt(variance) / (found * (1 - found))
    ends = 1 / (1 + np.exp(-(np.log(found / (1 - found)) + np.array((-step, step)))))
    return Interval(found, float(ends[0]), float(ends[1]))


def delong_difference(
    one: NDArray[np.generic],
    other: NDArray[np.generic],
    y: Floats,
    weights: Floats | None = None,
    z: float = Z_95,
) -> Interval:
    """Return AUC of `one` minus AUC of `other` on the same organisations, with its interval."""
    (bad, good), (bad_2, good_2) = placements(one, y, weights), placements(other, y, weights)
    found, variance, least = placed(bad - bad_2, good - good_2, y, weights)
    if least <= 1:
        return Interval(found, -1.0, 1.0)
    step = z * float(np.sqrt(variance))
    return Interval(found, found - step, found + step)


def placements(
    score: NDArray[np.generic], y: Floats, weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """Return for each bad one the share of good ones above it, for each good one of bad below."""
    w = np.ones(len(y)) if weights is None else weights

    def below(own: NDArray[np.bool_], others: NDArray[np.bool_]) -> Floats:
        among, weight = score[others], w[others]
        order = np.argsort(among, kind="stable")
        running = np.concatenate(([0.0], np.cumsum(weight[order])))
        left, right = (
            running[np.searchsorted(among[order], score[own], side=side)]
            for side in ("left", "right")
        )
        return np.asarray((left + right) / 2 / (running[-1] or 1.0), np.float64)

    return 1 - below(y == 1, y == 0), below(y == 0, y == 1)


def placed(
    bad: Floats, good: Floats, y: Floats, weights: Floats | None = None
) -> tuple[float, float, float]:
    """Return AUC, or a difference of it, by placements, its variance, and the lesser weight.

    The variance is NaN where an outcome weighs one or less.
    """
    w = np.ones(len(y)) if weights is None else weights
    sides = ((bad, w[y == 1]), (good, w[y == 0]))
    least = min(float(own.sum()) for _, own in sides)
    if sides[0][1].sum() <= 0:
        return np.nan, np.nan, least
    found = float(np.average(bad, weights=sides[0][1]))
    if least <= 1:
        return found, np.nan, least
    return found, sum(spread(*side) / side[1].sum() for side in sides), least


def spread(values: Floats, weights: Floats) -> float:
    """Return the variance of values that stand as often as they weigh, of more than one."""
    apart = values - np.average(values, weights=weights)
    return float(weights @ (apart * apart) / (weights.sum() - 1))


def corrected_error(values: Sequence[float], test_over_train: float) -> float:
    """Return the standard error of a mean over folds that share training rows.

    sqrt((1/k + n_test/n_train) * variance), k all folds of all repeats; NaN below two. A plain
    standard error takes the folds for independent and is far too small. Source: Nadeau and
    Bengio 2003, Bouckaert and Frank 2004.
    """
    k = len(values)
    if k <= 1:
        return np.nan
    return float(np.sqrt((1 / k + test_over_train) * np.var(values, ddof=1)))


def corrected_interval(
    values: Sequence[float],
    test_over_train: float,
    least: float = 0.0,
    most: float = 1.0,
) -> Interval:
    """Return the mean over folds with the interval of Student's t at the corrected error.

    least, most: what the measure can be at all; the interval ends there.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - heavy; the command line must start fast

    mean = float(np.mean(values))
    error = corrected_error(values, test_over_train)
    if not np.isfinite(error):
        return Interval(mean, np.nan, np.nan)
    half = float(stdtrit(len(values) - 1, 0.975)) * error
    return Interval(mean, max(least, mean - half), min(most, mean + half))


def logit(pd: Floats) -> Floats:
    """Return ln(pd / (1 - pd)), pd within 1..999,999 millionths."""
    kept = np.clip(pd, PD_LEAST, 1 - PD_LEAST)
    return np.asarray(np.log(kept) - np.log1p(-kept), np.float64)


def losses(pd: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return squared distance and negative log-likelihood of each organisation."""
    return (pd - y) ** 2, _surprise(pd, y)


def _surprise(pd: Floats, y: Floats) -> Floats:
    kept = np.clip(pd, PD_LEAST, 1 - PD_LEAST)
    return -(y * np.log(kept) + (1 - y) * np.log1p(-kept))


def as_text(value: float) -> str | None:
    """Return a figure as it stands in a record: six places, None where it is no number."""
    return f"{value:.6f}" if np.isfinite(value) else None


def interval_text(found: Interval) -> dict[str, str | None]:
    """Return a figure and its interval as they stand in a record."""
    return {name: as_text(value) for name, value in found._asdict().items()}
