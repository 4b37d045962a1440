"""From findings to a proposal: scores, warnings, band, light.

Owns the arithmetic. Rules: whole millionths throughout, so that every sum and product is exact; the
score of a dimension is the weighted mean of its known indicators and is the only number rounded,
half-even, to the places the scheme names; the total is the plain sum of score x weight: it is never
divided by the weight sum and no score is clipped to the scale; what is odd is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tallystick.evaluation.coverage import CoverageReport, share_text
from tallystick.evaluation.findings import (
    KNOWN,
    NO_PROPOSAL,
    PROPOSAL,
    Anomaly,
    Assessment,
    Because,
    Contribution,
    Evaluation,
    Finding,
    Hit,
)
from tallystick.evaluation.matrix import PRODUCT_PLACES, decider
from tallystick.evaluation.points import MILLION, as_points, best_of
from tallystick.evaluation.schemes.outcomes import Band
from tallystick.evaluation.schemes.scheme import Dimension, Indicator, Scheme
from tallystick.kernel.decimals import decimal_text, divide_integers, scaled_text

SHARES_SHOWN_MAX = 4  # of each card
LOSSES_SHOWN_MAX = 8  # the heaviest losses of points are named as reasons
POINTS_PLACES = 6  # points and weights are kept as whole millionths
LIMITLESS = 10**24

W_WEIGHT_SUM = "W_WEIGHT_SUM"
W_SCALE = "W_SCALE"
W_UNKNOWN_DIMENSION = "W_UNKNOWN_DIMENSION"
W_UNMAPPED_GROUP = "W_UNMAPPED_GROUP"
W_LOW_COVERAGE = "W_LOW_COVERAGE"
W_MISSING = "W_MISSING"
W_RULES_UNCHECKED = "W_RULES_UNCHECKED"
W_CARD_CLIPPED = "W_CARD_CLIPPED"


class _Part(NamedTuple):
    """A dimension ready to add up; weights are millionths, `full` is their sum inside."""

    dimension: Dimension
    weight: int
    weight_text: str
    shares: tuple[_Share, ...]
    full: int


class _Share(NamedTuple):
    """An indicator inside its dimension: place in the scheme, code, weight, best millionths."""

    place: int
    code: str
    weight: int
    best: int


_Loss = tuple[int, str, tuple[str, ...]]


class _Sum(NamedTuple):
    """The score of one dimension in millionths (None: unknown) and its known weight."""

    score: int | None
    known: int


class Concluder:
    """A scheme's arithmetic, prepared once."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._unit: int = 10 ** (POINTS_PLACES - scheme.decimals)
        self._low, self._high = (as_points(limit).millionths for limit in scheme.scale)
        self._parts = tuple(_part(scheme, dimension) for dimension in scheme.dimensions)
        self._weight = sum(part.weight for part in self._parts)
        self._needed = [n for n, one in enumerate(scheme.indicators) if one.missing == "refuse"]
        self._carded = [n for n, one in enumerate(scheme.indicators) if one.card is not None]
        self._decide = decider(scheme)
        self._covered = CoverageReport(scheme).document
        self._weight_sum, self._unmapped = _of_scheme(scheme)
        self._enough = as_points(scheme.policy.coverage_at_least).millionths

    def conclude(self, subject: str, as_of: str, assessment: Assessment) -> Evaluation:
        """Return the proposal that follows from `assessment`."""
        losses: list[_Loss] = []
        sums = [self._sum(part, assessment.findings, losses) for part in self._parts]
        return self._propose(subject, as_of, assessment, sums, losses)

    def from_scores(
        self, subject: str, as_of: str, scores: Mapping[str, Decimal], hits: Sequence[Hit]
    ) -> Evaluation:
        """Return the proposal for scores of dimensions given by code; one left out is unknown."""
        given = {code: as_points(score).millionths for code, score in scores.items()}
        sums = [
            _Sum(given.get(part.dimension.code), part.full * (part.dimension.code in given))
            for part in self._parts
        ]
        return self._propose(subject, as_of, Assessment((), tuple(hits), (), (), ()), sums, [])

    def _sum(self, part: _Part, findings: Sequence[Finding], losses: list[_Loss]) -> _Sum:
        """Return the sum of one dimension; what it lost of the best goes to `losses`."""
        above = below = known = 0
        for place, code, weight, best in part.shares:
            state, _, points, records, _ = findings[place]
            if points is not None:
                got = points[0]
                above += weight * got
                below += weight
                if state == KNOWN:
                    known += weight
                if got < best:
                    losses.append(((got - best) * weight * part.weight, code, records))
        if not below:
            return _Sum(None, known)
        return _Sum(divide_integers(above, below * self._unit) * self._unit, known)

    def _propose(
        self,
        subject: str,
        as_of: str,
        assessment: Assessment,
        sums: Sequence[_Sum],
        losses: list[_Loss],
    ) -> Evaluation:
        share, share_of = self._known_share(sums)
        anomalies, refused = self._anomalies(assessment.findings, sums)
        known = share_text(share, share_of)
        thin = share < self._enough * self._weight
        if thin:
            anomalies.append(Anomaly(W_LOW_COVERAGE, known))
        if assessment.unchecked:
            anomalies.append(Anomaly(W_RULES_UNCHECKED, ", ".join(assessment.unchecked)))
        anomalies += self._unmapped
        total, contributions = self._add_up(sums, refused=refused)
        # Too little known: the score is shown for what it is, but no band is drawn from it.
        undrawn = thin and self._scheme.policy.below_coverage == "no_proposal"
        before, after, grade = self._decide(None if undrawn else total, assessment.hits)
        return Evaluation(
            scheme=self._scheme,
            subject=subject,
            as_of=as_of,
            status=PROPOSAL if after else NO_PROPOSAL,
            score=None if total is None else scaled_text(total, PRODUCT_PLACES),
            band_before_rules=before,
            band=after,
            grade=grade,
            contributions=contributions,
            warnings=tuple(anomalies),
            reasons=(
                *_of_dimensions(contributions),
                *(Because("rule_hit", hit.rule.code, hit.records) for hit in assessment.hits),
                *_of_the_move(before, after),
                *_heaviest(losses),
                *_of_cards(self._scheme, assessment.findings),
            ),
            known=known,
            assessment=assessment,
            _covered=self._covered,
        )

    def _known_share(self, sums: Sequence[_Sum]) -> tuple[int, int]:
        """Return the known weight and all weight, both in 10**-12."""
        known = sum(
            part.weight * one.known * MILLION // part.full
            for part, one in zip(self._parts, sums, strict=True)
        )
        return known, self._weight * MILLION

    def _anomalies(
        self, findings: Sequence[Finding], sums: Sequence[_Sum]
    ) -> tuple[list[Anomaly], bool]:
        """Return what is odd, and whether that forbids a score."""
        policy = self._scheme.policy
        found = list(self._weight_sum)
        refused = False
        for place in self._needed:
            if findings and findings[place].points is None:
                found.append(Anomaly(W_MISSING, self._scheme.indicators[place].code))
                refused = True
        for place in self._carded if findings else ():
            card = findings[place].card
            if card is not None and card.clipped:
                said = f"{self._scheme.indicators[place].code}={card.score}"
                found.append(Anomaly(W_CARD_CLIPPED, said))
        for part, (score, _) in zip(self._parts, sums, strict=True):
            if score is None:
                found.append(Anomaly(W_UNKNOWN_DIMENSION, part.dimension.short.zh))
                refused = refused or policy.unknown_dimension == "no_proposal"
            elif not self._low <= score <= self._high:
                value = f"{part.dimension.short.zh}={scaled_text(score, POINTS_PLACES)}"
                found.append(Anomaly(W_SCALE, value))
                refused = refused or policy.scale == "refuse"
        return found, refused

    def _add_up(
        self, sums: Sequence[_Sum], *, refused: bool
    ) -> tuple[int | None, tuple[Contribution, ...]]:
        """Return the total in 10**-12 points (None: there is none) and what each dimension gave."""
        neutral = None if refused else self._neutral(sums)
        total: int | None = None if refused else 0
        contributions = []
        for part, (score, known) in zip(self._parts, sums, strict=True):
            counted, assumed = score, None
            if score is None and neutral is not None:
                counted, assumed = neutral, scaled_text(neutral, POINTS_PLACES)
            product = None if counted is None else counted * part.weight
            total = None if total is None or product is None else total + product
            contributions.append(
                Contribution(
                    part.dimension,
                    None if score is None else scaled_text(score, POINTS_PLACES),
                    assumed,
                    part.weight_text,
                    None if product is None else scaled_text(product, PRODUCT_PLACES),
                    share_text(known, part.full),
                )
            )
        return total, tuple(contributions)

    def _neutral(self, sums: Sequence[_Sum]) -> int | None:
        """Return the weighted mean of the known dimensions; None when none or all are known."""
        above = below = 0
        for part, (score, _) in zip(self._parts, sums, strict=True):
            if score is not None:
                above += score * part.weight
                below += part.weight
        if not below or below == self._weight:
            return None
        return divide_integers(above, below * self._unit) * self._unit


def _of_scheme(scheme: Scheme) -> tuple[list[Anomaly], list[Anomaly]]:
    total = sum(as_points(dimension.weight).millionths for dimension in scheme.dimensions)
    weight_sum = [Anomaly(W_WEIGHT_SUM, scaled_text(total, POINTS_PLACES))]
    unmapped = [Anomaly(W_UNMAPPED_GROUP, group.names.zh) for group in scheme.unmapped]
    return (weight_sum if total != MILLION else []), unmapped


def _part(scheme: Scheme, dimension: Dimension) -> _Part:
    shares = tuple(
        _Share(place, one.code, as_points(one.weight).millionths, _best(one))
        for place, one in enumerate(scheme.indicators)
        if one.dimension == dimension.code and one.weight
    )
    return _Part(
        dimension,
        as_points(dimension.weight).millionths,
        decimal_text(dimension.weight),
        shares,
        sum(share.weight for share in shares),
    )


def _best(indicator: Indicator) -> int:
    """Return the most it gives, in millionths; of a formula no loss can be told."""
    best = best_of(indicator)
    return best.millionths if best else -LIMITLESS


def _heaviest(losses: list[_Loss]) -> list[Because]:
    """Return the heaviest losses of points, ties by code; a loss is negative."""
    losses.sort()
    return [Because("points_lost", code, records) for _, code, records in losses[:LOSSES_SHOWN_MAX]]


def _of_cards(scheme: Scheme, findings: Sequence[Finding]) -> list[Because]:
    """Return, of each card, the variables that gave least against the average, ties by name."""
    found = []
    for indicator, finding in zip(scheme.indicators, findings, strict=False):
        if finding.card is not None:
            least = sorted(finding.card.shares, key=lambda share: (share.points, share.variable))
            found += [
                Because("card_share", f"{indicator.code}.{share.variable}", share.records)
                for share in least[:SHARES_SHOWN_MAX]
            ]
    return found


def _of_dimensions(contributions: Sequence[Contribution]) -> list[Because]:
    return [
        Because(
            "dimension_unknown" if one.score is None else "dimension_product",
            one.dimension.code,
            (),
        )
        for one in contributions
    ]


def _of_the_move(before: Band | None, after: Band | None) -> list[Because]:
    if after is None or before is after:
        return []
    return [Because("band_by_rules", after.code, ())]
