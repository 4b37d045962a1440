"""How well an ordering told what happened afterwards: exact statistics of a back-test.

Owns discrimination (AUC, KS, Gini), outcomes by group with their intervals, isotonic rates, and the
agreement of two orderings. Rules: a higher score means better, an outcome is bad or not; equal
scores are ties and are never put in an order by chance; everything is counted in integers and
fractions, a root is taken once and rounded half up to the places asked for, so that the digits are
the same on any machine. Nothing here is fitted, and nothing is called good or bad.

    >>> found = discrimination([1, 2, 2, 3], [True, True, False, False])
    >>> found.auc, found.ks
    (Fraction(7, 8), Fraction(1, 2))

Sources: AUC as the Mann-Whitney statistic with ties at one half (Hanley and McNeil 1982), its
variance by placements (DeLong, DeLong and Clarke-Pearson 1988); interval of a rate: Wilson 1927;
isotonic rates: pool adjacent violators (Ayer et al. 1955); tau-b: Kendall 1945, counted by Knight's
method (1966); rho: Spearman with mean ranks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from math import isqrt
from operator import itemgetter
from typing import Final, NamedTuple

from tallystick.kernel.decimals import divide_integers, scaled_text
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

Score = int | Decimal | Fraction

PLACES: Final = 6
DECILES: Final = 10
NORMAL_975: Final = Fraction(1_959_964, 1_000_000)
"""The quantile of the normal distribution behind every interval of 95 percent."""

ONE_OUTCOME = Reason(
    "one_outcome",
    Text(
        "结果只有一种（坏 {bad}、好 {good}），无从比较",
        "all outcomes are alike ({bad} bad, {good} good): nothing can be told apart",
    ),
    "docs/backtest.md",
    Text("请提供两种结果都有的文件。", "Give a file that has both outcomes."),
)
NOT_TWO_ORDERS = Reason(
    "not_two_orders",
    Text("一个排序中没有先后，无从比较", "one of the two orderings puts nothing before anything"),
    "docs/backtest.md",
)


class Level(NamedTuple):
    """All cases of one score: how many were bad, how many were not."""

    score: Score
    bad: int
    good: int


class Discrimination(NamedTuple):
    """How far a score tells bad from good.

    auc: the chance that a bad case scores below a good one, ties half. low, high: its 95 percent
    interval, cut to 0..1; None where one class has a single case. ks: the largest distance of the
    two distributions; ks_at: the highest score of the lower part at which it is reached first.
    """

    bad: int
    good: int
    auc: Fraction
    low: Fraction | None
    high: Fraction | None
    ks: Fraction
    ks_at: Score

    @property
    def gini(self) -> Fraction:
        """2 AUC - 1, also called the accuracy ratio."""
        return 2 * self.auc - 1


class Rate(NamedTuple):
    """Outcomes of a group: cases, bad ones, and the 95 percent Wilson interval of their rate."""

    cases: int
    bad: int
    low: Fraction
    high: Fraction

    @property
    def rate(self) -> Fraction | None:
        """The share that was bad; None where the group is empty."""
        return Fraction(self.bad, self.cases) if self.cases else None


class Part(NamedTuple):
    """A part of the cases by score: from and to which score, and what became of them."""

    least: Score
    most: Score
    outcomes: Rate


def levels(scores: Sequence[Score], bad: Sequence[bool]) -> list[Level]:
    """Return the cases by score, lowest score first. scores, bad: one each a case."""
    ordered = sorted(zip(scores, bad, strict=True), key=itemgetter(0))
    found = []
    for score, cases in groupby(ordered, key=itemgetter(0)):
        outcomes = [one for _, one in cases]
        found.append(Level(score, sum(outcomes), len(outcomes) - sum(outcomes)))
    return found


def discrimination(scores: Sequence[Score], bad: Sequence[bool]) -> Discrimination:
    """Return how far `scores` tell the bad cases from the good ones.

    scores, bad: one each a case. Raises: ONE_OUTCOME.
    """
    listed = levels(scores, bad)
    m, n = sum(level.bad for level in listed), sum(level.good for level in listed)
    if not m or not n:
        raise ONE_OUTCOME.error(bad=m, good=n)
    seen_bad = seen_good = best = 0
    best_at = listed[0].score
    # Twice the placement of each case, with how many cases have it: ties count one half.
    of_bad: list[tuple[int, int]] = []
    of_good: list[tuple[int, int]] = []
    for level in listed:
        above = n - seen_good - level.good
        of_bad.append((2 * above + level.good, level.bad))
        of_good.append((2 * seen_bad + level.bad, level.good))
        seen_bad += level.bad
        seen_good += level.good
        distance = abs(seen_bad * n - seen_good * m)
        if distance > best:
            best, best_at = distance, level.score
    auc = Fraction(sum(twice * cases for twice, cases in of_bad), 2 * m * n)
    variance = _variance(of_bad, m, n) + _variance(of_good, n, m) if min(m, n) > 1 else None
    reach = None if variance is None else NORMAL_975 * root(variance)
    low = None if reach is None else max(Fraction(0), auc - reach)
    high = None if reach is None else min(Fraction(1), auc + reach)
    return Discrimination(m, n, auc, low, high, Fraction(best, m * n), best_at)


def _variance(twice: Sequence[tuple[int, int]], own: int, other: int) -> Fraction:
    """Return the variance of the mean placement of `own` cases among `other` ones."""
    total = sum(place * cases for place, cases in twice)
    squares = sum(place * place * cases for place, cases in twice)
    return Fraction(own * squares - total * total, own * own * (own - 1) * 4 * other * other)


def wilson(bad: int, count: int) -> Rate:
    """Return the rate of `bad` among `count` with its Wilson interval; 0 to 1 for no cases."""
    if not count:
        return Rate(0, 0, Fraction(0), Fraction(1))
    share, z = Fraction(bad, count), NORMAL_975
    spread = Fraction(share * (1 - share), count) + Fraction(z * z, 4 * count * count)
    middle, reach = share + Fraction(z * z, 2 * count), z * root(spread)
    whole = 1 + Fraction(z * z, count)
    low, high = Fraction(middle - reach, whole), Fraction(middle + reach, whole)
    # The last digit of the root may put an end on the wrong side of a share of 0 or 1.
    return Rate(count, bad, max(Fraction(0), min(low, share)), min(Fraction(1), max(high, share)))


def parts(scores: Sequence[Score], bad: Sequence[bool], count: int = DECILES) -> list[Part]:
    """Return the cases in `count` parts by score, lowest first, as equal as ties allow.

    All cases of one score go into one part: that in which the first of them stands. So a part may
    be larger than its share and a part may be missing.
    """
    listed = levels(scores, bad)
    total, before = len(scores), 0
    grouped: dict[int, list[Level]] = {}
    for level in listed:
        grouped.setdefault(before * count // total, []).append(level)
        before += level.bad + level.good
    return [
        Part(
            part[0].score,
            part[-1].score,
            wilson(sum(one.bad for one in part), sum(one.bad + one.good for one in part)),
        )
        for part in grouped.values()
    ]


def isotonic(groups: Iterable[tuple[int, int]]) -> list[Fraction | None]:
    """Return the rates closest to those observed that never rise from one group to the next.

    groups: (bad, count) from the worst score to the best; an empty group has no rate and is passed
    over. Weighted least squares, which is also the likeliest non-rising sequence of rates.
    """
    listed = list(groups)
    pools: list[tuple[int, int, list[int]]] = []
    for place, (bad, count) in enumerate(listed):
        if not count:
            continue
        pool = (bad, count, [place])
        while pools and pools[-1][0] * pool[1] < pool[0] * pools[-1][1]:
            above = pools.pop()
            pool = (above[0] + pool[0], above[1] + pool[1], above[2] + pool[2])
        pools.append(pool)
    rates: list[Fraction | None] = [None] * len(listed)
    for bad, count, places in pools:
        for place in places:
            rates[place] = Fraction(bad, count)
    return rates


def inversions(groups: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the neighbours (place, next place) at which the rate rises, worst score first.

    groups: as for `isotonic`; empty groups are passed over.
    """
    filled = [(place, bad, count) for place, (bad, count) in enumerate(groups) if count]
    return [
        (one[0], other[0])
        for one, other in pairwise(filled)
        if one[1] * other[2] < other[1] * one[2]
    ]


def kendall_tau_b(one: Sequence[Score], other: Sequence[Score]) -> Decimal:
    """Return Kendall's tau-b of two orderings, -1 to 1, rounded to PLACES.

    one, other: a value for each thing ordered. Raises: NOT_TWO_ORDERS.
    """
    pairs = sorted(zip(one, other, strict=True))
    count = len(pairs)
    all_pairs = _pairs(count)
    ties_one, ties_other = _tied(one), _tied(other)
    balance = all_pairs - ties_one - ties_other + _tied(pairs) - 2 * _swaps([y for _, y in pairs])
    return _over_root(balance, (all_pairs - ties_one) * (all_pairs - ties_other))


def spearman(one: Sequence[Score], other: Sequence[Score]) -> Decimal:
    """Return Spearman's rho of two orderings, -1 to 1, rounded to PLACES; ties have mean ranks.

    one, other: a value for each thing ordered. Raises: NOT_TWO_ORDERS.
    """
    left, right = _twice_ranks(one), _twice_ranks(other)
    count = len(left)
    middle = count + 1  # twice the mean rank
    across = sum((x - middle) * (y - middle) for x, y in zip(left, right, strict=True))
    spread = [sum((rank - middle) ** 2 for rank in ranks) for ranks in (left, right)]
    return _over_root(across, spread[0] * spread[1])


def root(value: Fraction, places: int = 2 * PLACES) -> Fraction:
    """Return the square root of `value` (0 or more), rounded half up to `places`."""
    scaled = 4 * value.numerator * 10 ** (2 * places) // value.denominator
    return Fraction((isqrt(scaled) + 1) // 2, 10**places)


def decimal_places(value: Fraction | None, places: int = PLACES) -> str:
    """Return `value` as decimal text of at most `places`, rounded half-even; "" for None."""
    if value is None:
        return ""
    scaled = divide_integers(value.numerator * 10**places, value.denominator)
    return scaled_text(scaled, places)


def _over_root(above: int, below_squared: int) -> Decimal:
    """Return above / root(below_squared) to PLACES. Raises: NOT_TWO_ORDERS."""
    if below_squared <= 0:
        raise NOT_TWO_ORDERS.error()
    size = root(Fraction(above * above, below_squared), PLACES)
    return Decimal(decimal_places(size if above >= 0 else -size))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _tied(values: Iterable[Hashable]) -> int:
    """Return how many pairs of `values` are equal."""
    return sum(_pairs(times) for times in Counter(values).values())


def _swaps(values: Sequence[Score]) -> int:
    """Return how many pairs stand in `values` with the greater one first (Fenwick counts)."""
    place = {value: number for number, value in enumerate(sorted(set(values)), 1)}
    counts = [0] * (len(place) + 1)
    swapped = 0
    for seen, value in enumerate(values):
        at, not_greater = place[value], 0
        step = at
        while step:
            not_greater += counts[step]
            step -= step & -step
        swapped += seen - not_greater
        while at < len(counts):
            counts[at] += 1
            at += at & -at
    return swapped


def _twice_ranks(values: Sequence[Score]) -> list[int]:
    """Return twice the rank of each value, lowest first; equal values share their mean rank."""
    before, rank = 0, {}
    for value, times in sorted(Counter(values).items()):
        rank[value] = 2 * before + times + 1
        before += times
    return [rank[value] for value in values]
