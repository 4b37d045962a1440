"""How far a weight may move before a member's band, or the order of two members, changes.

Owns the search over evaluations that were made. Rules: one weight moves, the others of its group
keep their proportions and take up the difference; everything is exact; a weight stands on six
places, and the one named is the nearest at which something changes. A band is judged by the very
arithmetic of an evaluation, its rounding included; the order of two members before the score of a
dimension is rounded. What is known of a member, and whether that is enough, is taken as it was.

As one weight t moves, the score of a dimension is (a + b t) / (c + d t): it rises or falls all the
way, so that a band changes at most once on each side for every limit, and two members meet where a
quadratic in t is zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise
from typing import Any, NamedTuple

from tallystick.evaluation.findings import Hit
from tallystick.evaluation.matrix import UNIT, decider
from tallystick.evaluation.schemes.outcomes import Band
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.kernel.decimals import context

STEPS = 1_000_000  # weights have six places
_EDGE = 3  # steps around a root that are tried; its decimals are good to far more


class Share(NamedTuple):
    """One weight of a scheme: of the dimension `code`, or of an indicator of `dimension`."""

    dimension: str  # "" for a dimension
    code: str
    weight: Decimal
    whole: Decimal  # what the weights of its group add up to


class BandMove(NamedTuple):
    """The nearest weight at which the band of `subject` is another."""

    weight: Decimal
    subject: str
    before: Band
    after: Band


class OrderMove(NamedTuple):
    """The nearest weight at which `above` is no longer above `below`."""

    weight: Decimal
    above: str
    below: str


class Reach(NamedTuple):
    """What moving one weight changes first; None where nothing does."""

    share: Share
    band: BandMove | None
    order: OrderMove | None


class _Curve(NamedTuple):
    """(a + b t) / (c + d t), for all t in question of one sign below the line."""

    a: Fraction
    b: Fraction
    c: Fraction
    d: Fraction

    def at(self, t: Fraction) -> Fraction:
        return (self.a + self.b * t) / (self.c + self.d * t)

    def scaled(self, factor: Fraction, plus: Fraction) -> _Curve:
        """Return plus + factor x this."""
        a, b = factor * self.a + plus * self.c, factor * self.b + plus * self.d
        return _Curve(a, b, self.c, self.d)


class _Member:
    """What was found of one member, as exact numbers."""

    def __init__(self, scheme: Scheme, result: Mapping[str, Any]) -> None:
        self.subject = str(result["subject"])
        hit = {one["code"] for one in result["rules_hit"]}
        self.hits = [Hit(rule, ()) for rule in scheme.rules if rule.code in hit]
        self.scores = {
            one["code"]: Fraction(one["score"])
            for one in result["contributions"]
            if one["score"] is not None
        }
        points = {one["indicator"]: one["points"] for one in result["indicators"]}
        self.points = {
            one.code: Fraction(points[one.code])
            for one in scheme.indicators
            if one.weight and points[one.code] is not None
        }


class WeightMoves:
    """The search over `results`, evaluations of one scheme in sealed form."""

    def __init__(self, scheme: Scheme, results: Sequence[Mapping[str, Any]]) -> None:
        self._scheme = scheme
        self._unit = Fraction(1, 10**scheme.decimals)
        self._decide = decider(scheme)
        self._weights = {one.code: Fraction(one.weight) for one in scheme.dimensions}
        self._whole = sum(self._weights.values(), Fraction(0))
        self._inside = {
            code: {
                one.code: Fraction(one.weight)
                for one in scheme.indicators
                if one.dimension == code and one.weight
            }
            for code in self._weights
        }
        judged = [one for one in results if one["score"] is not None and one["band"] is not None]
        self.members = [_Member(scheme, one) for one in judged]

    def reaches(self) -> Iterator[Reach]:
        """Yield for each weight that can move what it changes first, in the order of the scheme."""
        for share in self._shares():
            yield Reach(share, self._band(share), self._order(share))

    def _shares(self) -> Iterator[Share]:
        whole = sum((one.weight for one in self._scheme.dimensions), Decimal(0))
        for one in self._scheme.dimensions:
            if 0 < one.weight < whole:
                yield Share("", one.code, one.weight, whole)
        for indicator in self._scheme.indicators:
            if 0 < indicator.weight < 1:
                yield Share(indicator.dimension, indicator.code, indicator.weight, Decimal(1))

    # -- the total as a function of one weight -----------------------------------------------------

    def _curve(self, member: _Member, share: Share) -> _Curve:
        """Return the total of `member` as `share` moves, no number in it rounded."""
        if not share.dimension:
            return self._mean(self._weights, member.scores, share).scaled(self._whole, Fraction(0))
        if share.dimension not in member.scores:
            return _flat(self._total(member.scores, self._weights, rounded=False))
        inner = self._mean(self._inside[share.dimension], member.points, share)
        zero = {**member.scores, share.dimension: Fraction(0)}
        one = {**member.scores, share.dimension: Fraction(1)}
        plus = self._total(zero, self._weights, rounded=False)
        factor = self._total(one, self._weights, rounded=False) - plus
        return inner.scaled(factor, plus)

    @staticmethod
    def _mean(
        weights: Mapping[str, Fraction], values: Mapping[str, Fraction], share: Share
    ) -> _Curve:
        """Return the mean of what is known, weighted, as `share` moves and the others follow."""
        own, whole = Fraction(share.weight), Fraction(share.whole)
        rest = whole - own
        others = [code for code in weights if code in values and code != share.code]
        known = sum((weights[code] for code in others), Fraction(0)) / rest
        sums = sum((weights[code] * values[code] for code in others), Fraction(0)) / rest
        there = share.code in values
        value = values[share.code] if there else Fraction(0)
        return _Curve(whole * sums, value - sums, whole * known, Fraction(there) - known)

    def _total(
        self, scores: Mapping[str, Fraction], weights: Mapping[str, Fraction], *, rounded: bool
    ) -> Fraction:
        """Return the total for scores of dimensions; an unknown one stands at the known mean."""
        known = sum((weights[code] for code in scores), Fraction(0))
        total = sum((score * weights[code] for code, score in scores.items()), Fraction(0))
        if len(scores) == len(weights) or not known:
            return total
        mean = total / known
        return total + (self._rounded(mean) if rounded else mean) * (self._whole - known)

    def _exact(self, member: _Member, share: Share, t: Fraction) -> Fraction:
        """Return the total at the weight `t` as an evaluation has it."""
        if share.dimension:
            if share.dimension not in member.scores:
                return self._total(member.scores, self._weights, rounded=True)
            inner = self._mean(self._inside[share.dimension], member.points, share)
            if not inner.c + inner.d * t:  # all that is known of it would have no weight
                return self._total(member.scores, self._weights, rounded=True)
            scores = {**member.scores, share.dimension: self._rounded(inner.at(t))}
            return self._total(scores, self._weights, rounded=True)
        others = (self._whole - t) / (self._whole - Fraction(share.weight))
        weights = {code: weight * others for code, weight in self._weights.items()}
        return self._total(member.scores, {**weights, share.code: t}, rounded=True)

    def _rounded(self, value: Fraction) -> Fraction:
        return round_steps(value / self._unit) * self._unit

    # -- bands ------------------------------------------------------------------------------------

    def _band(self, share: Share) -> BandMove | None:
        found: list[BandMove] = []
        for member in self.members:
            for end in (0, _steps(share.whole)):
                # nobody needs to look further than the nearest found so far
                reach = abs(_steps(share.weight) - _steps(found[-1].weight)) if found else STEPS * 2
                move = self._band_of(member, share, end, reach)
                if move is not None:
                    found.append(move)
        return found[-1] if found else None

    def _band_of(
        self, member: _Member, share: Share, end: int, nearer_than: int
    ) -> BandMove | None:
        """Return the nearest change of the band between the weight and `end`, in steps."""

        def band(step: int) -> Band | None:
            total = self._exact(member, share, Fraction(step, STEPS))
            return self._decide(int(total * UNIT // 1), member.hits)[1]

        here = _steps(share.weight)
        towards = 1 if end > here else -1
        far = here + towards * min(abs(end - here), nearer_than - 1)
        before = band(here)
        if before is None or far == here or band(far) is before:
            return None
        same, other = here, far
        while abs(other - same) > 1:
            middle = (same + other) // 2
            if band(middle) is before:
                same = middle
            else:
                other = middle
        after = band(other)
        if after is None:
            return None
        return BandMove(Decimal(other).scaleb(-6), member.subject, before, after)

    # -- order ------------------------------------------------------------------------------------

    def _order(self, share: Share) -> OrderMove | None:
        curves = [(self._curve(member, share), member.subject) for member in self.members]
        found = []
        for towards, end in ((-1, 0), (1, _steps(share.whole))):
            move = _first_crossing(curves, _steps(share.weight), towards, end)
            if move is not None:
                found.append(move)
        here = share.weight
        return min(found, key=lambda one: abs(one.weight - here), default=None)


def _first_crossing(
    curves: Sequence[tuple[_Curve, str]], here: int, towards: int, end: int
) -> OrderMove | None:
    """Return the nearest weight on one side at which two neighbours have changed places.

    The first two to change places are neighbours just before, and members of one score are ordered
    by where they go; so it is enough to look at neighbours.
    """
    start = Fraction(here, STEPS)
    ahead = Fraction(towards, STEPS)

    def compare(one: tuple[_Curve, str], other: tuple[_Curve, str]) -> int:
        for t in (start, start + ahead):
            difference = other[0].at(t) - one[0].at(t)
            if difference:
                return 1 if difference > 0 else -1
        return 0

    ordered = sorted((one for one in curves if _defined(one[0], end)), key=cmp_to_key(compare))
    best: OrderMove | None = None
    limit = end
    for (upper, above), (lower, below) in pairwise(ordered):
        if upper.at(start) == lower.at(start):
            continue
        step = _crossing(upper, lower, here, towards, limit)
        if step is not None:
            limit = step
            best = OrderMove(Decimal(step).scaleb(-6), above, below)
    return best


def _defined(curve: _Curve, end: int) -> bool:
    """Return whether something is known of the dimension all the way to `end`."""
    return bool(curve.c + curve.d * Fraction(end, STEPS))


def _crossing(upper: _Curve, lower: _Curve, here: int, towards: int, limit: int) -> int | None:
    """Return the first step up to `limit` at which `upper` is below `lower`, None without one."""
    a = upper.b * lower.d - lower.b * upper.d
    b = upper.a * lower.d + upper.b * lower.c - lower.a * upper.d - lower.b * upper.c
    c = upper.a * lower.c - lower.a * upper.c
    found = []
    for root in _roots(a, b, c):
        around = int(root * STEPS // 1)
        for step in range(around - _EDGE, around + _EDGE + 2):
            beyond = (step - here) * towards > 0 and (limit - step) * towards >= 0
            t = Fraction(step, STEPS)
            if beyond and upper.at(t) < lower.at(t):
                found.append(step)
    return min(found, key=lambda step: abs(step - here), default=None)


def _roots(a: Fraction, b: Fraction, c: Fraction) -> list[Fraction]:
    """Return where a t^2 + b t + c is zero, near enough for the steps around to be tried."""
    if not a:
        return [-c / b] if b else []
    inside = b * b - 4 * a * c
    if inside < 0:
        return []
    with localcontext(context()):
        exact = Decimal(inside.numerator) / Decimal(inside.denominator)
        root = Fraction(exact.sqrt())
    return [(-b - root) / (2 * a), (-b + root) / (2 * a)]


def _flat(value: Fraction) -> _Curve:
    return _Curve(value, Fraction(0), Fraction(1), Fraction(0))


def _steps(weight: Decimal) -> int:
    return int(weight.scaleb(6))


def round_steps(value: Fraction) -> int:
    """Return a fraction rounded half-even to an integer."""
    whole, rest = divmod(value.numerator, value.denominator)
    twice = 2 * rest
    return whole + (twice > value.denominator or (twice == value.denominator and whole % 2 == 1))
