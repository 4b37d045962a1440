"""A scheme of tables as a scorecard.

Owns `card_of_scheme`. Rules: the raw sum of the card is the score of the scheme, digit by digit, in
units of 10**-places (`settings`), for every subject of whom all is known; what a card cannot say is
refused with the reason and never approximated unasked. A scheme rounds the score of a dimension:
where that changes nothing every indicator is a term of its own; where it does, a dimension of one
or two indicators is one term with the rounding done in each cell, and one of more is refused,
unless the caller takes the sum without that rounding, and `settings` says how far apart the two can
be. `decimals: 6` in the scheme brings them together where points are whole. A scheme leaves out
what is unknown, which no sum can: a missing value gets the mean of the cells, rounded half-even, or
the points of zero where the scheme says so.

    card = card_of_scheme(parse_scheme(text))
    row = card_row(scheme, evaluation.assessment)
    Interpreter(card).one(row).raw      # 7250 with places 2, where the score is 72.5

A card compares doubles. A table that begins "at least 3" becomes a bin above the double just below
3; a value with more than 15 digits may lie so close to a limit that both are one double.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from math import nextafter
from typing import NamedTuple

from tallystick.evaluation.findings import KNOWN, Assessment
from tallystick.evaluation.points import MILLION, as_points, scorer
from tallystick.evaluation.schemes.scheme import Dimension, Indicator, Scheme, Step
from tallystick.evaluation.schemes.vocabulary import NUMBERS
from tallystick.kernel.decimals import divide_integers, scaled_text
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import CATEGORY, NUMBER, POINTS, Axis, Card, Term, Variable

PLACES = 12  # a score is whole 10**-12: points and two weights of six places, one rounded away
TINY = "-1e-30"  # just below zero: a fact has at most 30 digits
AXES_MAX = 2  # of one term

NO_CARD = Reason(
    "scheme_is_no_card",
    Text("方案 {name} 不能写成评分卡：{code} {what}", "no card can say {name}: {code} {what}"),
    "docs/scheme.md",
    Text(
        "请改用分档表；若因取整，可将方案的 decimals 设为 6，或接受不取整的和。",
        "Use tables; where rounding is the reason set `decimals: 6`, or take the sum unrounded.",
    ),
)
_FORMULA = Text("用公式计分", "has a formula")
_CARD = Text("的分值来自评分卡", "takes its points from a card")
_PREFIX = Text("按文字开头计分", "has a table of beginnings (starts_with)")
_ROUNDED = Text(
    "的得分须取整，而其指标多于两个", "has a score that is rounded, and more than two indicators"
)
_REASON = {"zh": "由方案的分档表换算", "en": "made from the tables of a scheme"}


class _Term(NamedTuple):
    """A term to be: its axes, its points in 10**-12."""

    axes: tuple[Axis, ...]
    points: list[int]


class _Cells(NamedTuple):
    """One indicator as an axis: the points of its cells in millionths, None for a missing value."""

    indicator: Indicator
    weight: int
    axis: Axis
    points: tuple[int | None, ...]


def card_of_scheme(scheme: Scheme, *, exact: bool = True) -> Card:
    """Return the card that says what the tables of `scheme` say.

    exact: refuse what would differ in a digit; otherwise the sum of a dimension of more than two
    indicators is not rounded, and `settings` says in `apart` by how much a score can differ.
    Raises: NO_CARD.
    """
    terms: list[_Term] = []
    apart = 0
    used: list[Indicator] = []
    for dimension in scheme.dimensions:
        cells = [
            _cells(scheme, one)
            for one in scheme.indicators
            if one.dimension == dimension.code and one.weight
        ]
        used += [one.indicator for one in cells]
        added, off = _of_dimension(scheme, dimension, cells, exact=exact)
        terms += added
        apart += off
    places = PLACES
    while places and all(one % 10 == 0 for _, points in terms for one in points):
        terms = [_Term(axes, [one // 10 for one in points]) for axes, points in terms]
        places -= 1
    return Card(
        name=scheme.id,
        route="ahp" if scheme.weighing else "expert",
        kind=POINTS,
        variables=tuple(_variable(one) for one in used),
        terms=tuple(Term(axes, tuple(points)) for axes, points in terms),
        route_reason=dict(_REASON),
        settings={
            "scheme": scheme.id,
            "digest": scheme.digest,
            "places": places,
            "apart": scaled_text(apart, PLACES),
        },
    )


def card_row(scheme: Scheme, assessment: Assessment) -> dict[str, Decimal | str | None]:
    """Return the values the card of `scheme` reads, by variable; None where there is none."""
    row: dict[str, Decimal | str | None] = {}
    for indicator, finding in zip(scheme.indicators, assessment.findings, strict=True):
        value = finding.value if finding.state == KNOWN else None
        if value is not None and indicator.kind not in NUMBERS:
            row[indicator.code] = _word(value)
        else:
            row[indicator.code] = None if value is None else Decimal(value)
    return row


def _of_dimension(
    scheme: Scheme, dimension: Dimension, cells: Sequence[_Cells], *, exact: bool
) -> tuple[list[_Term], int]:
    """Return the terms one dimension becomes, and how far apart its sum can be, in 10**-12."""
    weight = as_points(dimension.weight).millionths
    unit = 10 ** (6 - scheme.decimals)
    whole = all(not (one.weight * p) % (MILLION * unit) for one in cells for p in one.points if p)
    if whole or len(cells) > AXES_MAX:
        if not whole and exact:
            raise NO_CARD.error(name=scheme.id, code=dimension.code, what=_ROUNDED)
        step = unit if whole else 1
        found = []
        off = 0 if whole else unit * weight // 2
        for one in cells:
            known = [p for p in one.points if p is not None]
            mean = divide_integers(one.weight * sum(known), len(known) * MILLION * step) * step
            gained = [
                mean if p is None else divide_integers(one.weight * p, MILLION) for p in one.points
            ]
            off += sum((one.weight * p) % MILLION > 0 for p in known) and weight // 2 + 1
            found.append(_Term((one.axis,), [points * weight for points in gained]))
        return found, off
    scores = [_score(cells, points, unit) for points in product(*(one.points for one in cells))]
    known = [score for score in scores if score is not None]
    mean = divide_integers(sum(known), len(known) * unit) * unit
    axes = tuple(one.axis for one in cells)
    return [_Term(axes, [(mean if one is None else one) * weight for one in scores])], 0


def _score(cells: Sequence[_Cells], points: Sequence[int | None], unit: int) -> int | None:
    """Return the score of a dimension in millionths, as `conclusion` works it out."""
    told = [(one.weight, p) for one, p in zip(cells, points, strict=True) if p is not None]
    below = sum(weight for weight, _ in told)
    above = sum(weight * p for weight, p in told)
    return divide_integers(above, below * unit) * unit if below else None


def _cells(scheme: Scheme, one: Indicator) -> _Cells:
    what = _FORMULA if one.formula else _CARD if one.card is not None else None
    if what is None and any(step.test == "starts_with" for step in one.steps):
        what = _PREFIX
    if what is not None:
        raise NO_CARD.error(name=scheme.id, code=one.code, what=what)
    rest = next((_points(step) for step in one.steps if step.test == "otherwise"), None)
    axis, points = _numbers(one, rest) if one.kind in NUMBERS else _words(one, rest)
    return _Cells(one, as_points(one.weight).millionths, axis, points)


def _numbers(one: Indicator, rest: int | None) -> tuple[Axis, tuple[int | None, ...]]:
    rising = [step for step in reversed(one.steps) if step.test == "at_least"]
    codes = [(value, _points(step)) for step in one.steps for value in step.values]
    limits = [Decimal(step.values[0]) for step in rising]
    zero = scorer(one.steps, "", 0)(0) if one.missing == "zero" else None
    missing = None if zero is None else zero.millionths
    if rising:
        thresholds = tuple(_just_below(limit, one.kind) for limit in limits)
        axis = Axis(one.code, NUMBER, thresholds)
        return axis, (rest, *map(_points, rising), missing)
    special = tuple(_double(Decimal(value)) for value, _ in codes)
    return Axis(one.code, NUMBER, special=special), (rest, *(p for _, p in codes), missing)


def _words(one: Indicator, rest: int | None) -> tuple[Axis, tuple[int | None, ...]]:
    steps = [step for step in one.steps if step.test == "is"]
    groups = tuple(tuple(_word(value) for value in step.values) for step in steps)
    zero = scorer(one.steps, "", 0)(False) if one.missing == "zero" else None  # noqa: FBT003 - a value
    missing = zero.millionths if zero is not None and one.kind == "boolean" else None
    return Axis(one.code, CATEGORY, groups=groups), (*map(_points, steps), missing, rest)


def _just_below(limit: Decimal, kind: str) -> str:
    """Return the double a value must lie above to be at least `limit`."""
    if kind == "integer":
        return _double((limit - 1).to_integral_value("ROUND_CEILING"))
    return TINY if not limit else repr(nextafter(limit, Decimal("-Infinity")))


def _double(value: Decimal) -> str:
    """Return the text of the double nearest to `value`."""
    return repr(nextafter(value, value))  # the next one towards itself


def _variable(one: Indicator) -> Variable:
    return Variable(
        one.code,
        NUMBER if one.kind in NUMBERS else CATEGORY,
        zh=one.names.zh,
        en=one.names.en,
        item=one.selection.item,
        actionable=one.actionable is not None,
    )


def _points(step: Step) -> int:
    return as_points(step.points).millionths


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
