"""How far weights may move: compared with evaluations of schemes that have the moved weights."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tallystick.evaluation import Scheme, parse_scheme
from tallystick.evaluation.ahp.moving import Reach, WeightMoves, _crossing, _Curve, round_steps
from tallystick.evaluation.ahp.sensitivity import stays
from tallystick.evaluation.evaluator import compile_scheme
from tallystick.evaluation.findings import KNOWN, UNKNOWN, Assessment, Finding
from tallystick.evaluation.points import as_points

CODES = ("A1", "A2", "B1", "B2")
SCHEME = """form: tallystick-scheme/1
id: small
version: "1.0"
names: {zh: 小, en: small}
date: 2026-01-01
basis: [{zh: 章程, en: charter}]
scale: {min: 0, max: 100}
decimals: 2
dimensions:
  - {code: a, names: {zh: 甲, en: a}, weight: %(a)s}
  - {code: b, names: {zh: 乙, en: b}, weight: %(b)s}
indicators:
%(indicators)s
rules: []
bands:
  - {code: low, names: {zh: 低, en: low}, light: green}
  - {code: mid, names: {zh: 中, en: mid}, light: yellow}
  - {code: high, names: {zh: 高, en: high}, light: red}
matrix:
  rows:
    - {at_least: 75, no_hit: low, hit: mid}
    - {at_least: 50, no_hit: mid, hit: high}
    - {no_hit: high, hit: high}
  steps: {1: 0, 2: 1, 3: 1, 4: worst}
policy: {weight_sum: warn, scale: warn, unknown_dimension: %(unknown)s}
"""
INDICATOR = """  - code: {code}
    names: {{zh: 甲, en: a}}
    dimension: {dimension}
    item: penalty.decision
    aggregate: count
    weight: {weight}
    formula: value
"""
WEIGHTS = {"a": "0.6", "b": "0.4", "A1": "0.7", "A2": "0.3", "B1": "0.5", "B2": "0.5"}

Points = Mapping[str, str | None]


def small(weights: Mapping[str, str] = WEIGHTS, unknown: str = "neutral") -> Scheme:
    indicators = "".join(
        INDICATOR.format(code=code, dimension=code[0].lower(), weight=weights[code])
        for code in CODES
    )
    told = {"a": weights["a"], "b": weights["b"], "indicators": indicators, "unknown": unknown}
    return parse_scheme(SCHEME % told)


def result(scheme: Scheme, subject: str, points: Points) -> dict[str, Any]:
    findings = tuple(
        Finding(UNKNOWN, None, None, ())
        if points[code] is None
        else Finding(KNOWN, None, as_points(Decimal(str(points[code]))), ())
        for code in CODES
    )
    assessment = Assessment(findings, (), (), (), ())
    return compile_scheme(scheme).conclude(subject, "2026-01-01", assessment).document()


def moved(code: str, weight: Decimal) -> dict[str, str]:
    """Return the weights of groups of two with one moved: the other takes up the rest."""
    other = {"a": "b", "b": "a", "A1": "A2", "A2": "A1", "B1": "B2", "B2": "B1"}[code]
    return {**WEIGHTS, code: format(weight, "f"), other: format(1 - weight, "f")}


def reaches(scheme: Scheme, members: Mapping[str, Points]) -> dict[str, Reach]:
    found = WeightMoves(scheme, [result(scheme, name, told) for name, told in members.items()])
    return {reach.share.code: reach for reach in found.reaches()}


PART = st.one_of(st.none(), st.integers(0, 10_000).map(lambda cents: str(Decimal(cents) / 100)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(PART, PART, PART, PART), min_size=1, max_size=4))
def test_the_band_changes_there_and_not_one_step_before(
    drawn: list[tuple[str | None, ...]],
) -> None:
    scheme = small()
    members = {f"m{n}": dict(zip(CODES, told, strict=True)) for n, told in enumerate(drawn)}
    step = Decimal("0.000001")
    for code, reach in reaches(scheme, members).items():
        if reach.band is None:
            continue
        at, subject = reach.band.weight, reach.band.subject
        towards = step if at > reach.share.weight else -step
        if not 0 < at < 1:
            continue  # a weight of 0 or 1 leaves a dimension without a second indicator
        there = result(small(moved(code, at)), subject, members[subject])
        before = result(small(moved(code, at - towards)), subject, members[subject])
        assert before["band_code"] == reach.band.before.code
        assert there["band_code"] == reach.band.after.code
        assert reach.band.before is not reach.band.after


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(PART, PART, PART, PART), min_size=1, max_size=4),
    st.sampled_from(["a", "A1", "B2"]),
    st.integers(1, 99),
)
def test_nearer_than_the_nearest_no_band_changes(
    drawn: list[tuple[str | None, ...]], code: str, percent: int
) -> None:
    scheme = small()
    members = {f"m{n}": dict(zip(CODES, told, strict=True)) for n, told in enumerate(drawn)}
    reach = reaches(scheme, members)[code]
    weight = Decimal(percent) / 100
    edge = abs(reach.band.weight - reach.share.weight) if reach.band else Decimal(2)
    if abs(weight - reach.share.weight) >= edge:
        return
    other = small(moved(code, weight))
    for name, told in members.items():
        now = result(scheme, name, told)
        if now["band"] is not None and now["score"] is not None:
            assert result(other, name, told)["band_code"] == now["band_code"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 100).map(str)] * 4), min_size=2, max_size=4),
    st.integers(1, 99),
)
def test_the_order_of_members_holds_up_to_the_weight_named_and_no_further(
    drawn: list[tuple[str, ...]], percent: int
) -> None:
    """Whole points and weights of one place need no rounding: the check is exact."""
    members = {f"m{n}": dict(zip(CODES, told, strict=True)) for n, told in enumerate(drawn)}

    def score(name: str, share: Fraction) -> Fraction:
        told = {code: Fraction(str(value)) for code, value in members[name].items()}
        a = told["A1"] * Fraction(7, 10) + told["A2"] * Fraction(3, 10)
        b = told["B1"] / 2 + told["B2"] / 2
        return a * share + b * (1 - share)

    reach = reaches(small(), members)["a"]
    here = Fraction(3, 5)
    if reach.order is not None:
        there = Fraction(reach.order.weight)
        assert score(reach.order.above, here) > score(reach.order.below, here)
        assert score(reach.order.above, there) < score(reach.order.below, there)
    edge = abs(Fraction(reach.order.weight) - here) if reach.order else Fraction(2)
    other = Fraction(percent, 100)
    if abs(other - here) < edge - Fraction(1, 10**6):
        for one in members:
            for two in members:
                if score(one, here) > score(two, here):
                    assert score(one, other) >= score(two, other)


CURVE = st.builds(
    lambda a, b, c, d: _Curve(Fraction(a), Fraction(b), Fraction(c), Fraction(d)),
    st.integers(0, 100),
    st.integers(-100, 100),
    st.integers(1, 10),
    st.integers(0, 10),
)


# They meet at 0.2 and at 0.6: which is nearer depends on where one stands.
MEETING = _Curve(Fraction(0), Fraction(2), Fraction(1), Fraction(0))
MET = _Curve(Fraction(6, 25), Fraction(0), Fraction(4, 5), Fraction(-1))


@settings(max_examples=200, deadline=None)
@given(CURVE, CURVE, st.integers(1, 99), st.sampled_from([-1, 1]))
@example(MEETING, MET, 40, 1)
@example(MEETING, MET, 40, -1)
def test_two_curves_are_found_to_cross_first_where_they_do(
    upper: _Curve, lower: _Curve, percent: int, towards: int
) -> None:
    here, end = percent * 10_000, 1_000_000 if towards > 0 else 0
    if upper.at(Fraction(percent, 100)) <= lower.at(Fraction(percent, 100)):
        return
    step = _crossing(upper, lower, here, towards, end)
    for scanned in range(here, end + towards, towards * 5_000):
        t = Fraction(scanned, 1_000_000)
        if lower.c + lower.d * t <= 0:
            break
        below = upper.at(t) < lower.at(t)
        before = step is None or (step - scanned) * towards > 0
        if before:
            assert not below
    if step is not None:
        t = Fraction(step, 1_000_000)
        assert upper.at(t) < lower.at(t)


def test_where_no_weight_matters_nothing_is_named() -> None:
    members: dict[str, Points] = {"m": dict.fromkeys(CODES, "80")}
    assert all(
        reach.band is None and reach.order is None for reach in reaches(small(), members).values()
    )


def test_members_without_a_score_are_left_out() -> None:
    scheme = small(unknown="no_proposal")
    members: dict[str, Points] = {"m": {"A1": None, "A2": None, "B1": "10", "B2": "90"}}
    found = WeightMoves(scheme, [result(scheme, "m", members["m"])])
    assert not found.members


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("1/2", 0), ("3/2", 2), ("5/2", 2), ("7/4", 2), ("-1/2", 0), ("-3/2", -2)],
)
def test_steps_are_rounded_half_even(value: str, rounded: int) -> None:
    assert round_steps(Fraction(value)) == rounded


# -- the order of the items themselves ------------------------------------------------------------


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6))
def test_within_its_interval_a_weight_keeps_its_place(parts: list[int]) -> None:
    total = sum(parts)
    weights = [Decimal(part * 1_000_000 // total) / 1_000_000 for part in parts]
    weights[-1] = 1 - sum(weights[:-1], Decimal(0))
    for place, (weight, reach) in enumerate(zip(weights, stays(weights), strict=True)):
        assert reach.low <= weight <= reach.high
        for at in (reach.low, reach.high):
            scale = (1 - Fraction(at)) / (1 - Fraction(weight))
            for n, other in enumerate(weights):
                if n != place and other < weight:
                    assert Fraction(other) * scale <= Fraction(at)
                elif n != place and other > weight:
                    assert Fraction(other) * scale >= Fraction(at)
