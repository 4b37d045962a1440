"""Whom a member is compared with.

Owns the choice. Rules: peers are members with a score; of the same section of industry and nearest
in registered capital (the ratio of the two) where the roster says both and there are at least three
such; otherwise those nearest in score; ties by code. A member without a score has no peers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tallystick.kernel.decimals import decimal_of
from tallystick.kernel.errors import TallyError
from tallystick.publication.membership.document import Listed

PEERS = 5
GROUP_MIN = 3  # others of the same section; with fewer the score decides

BY_SIZE, BY_SCORE = "industry_and_size", "score"


class _Placed(NamedTuple):
    """A member by the number it is compared by."""

    number: Decimal
    subject: str


def peers(members: Sequence[Listed]) -> dict[str, dict[str, Any]]:
    """Return for each member with a score: by what its peers were chosen, and their codes."""
    scores: list[_Placed] = []
    sections: dict[str, list[_Placed]] = {}
    for member in members:
        points = member.shown.points if member.shown else None
        if points is None:
            continue
        scores.append(_Placed(points, member.subject))
        capital = _capital(member.capital)
        if member.industry and capital is not None:
            sections.setdefault(member.industry, []).append(_Placed(capital, member.subject))
    scores.sort()
    chosen = {one.subject: _chosen(BY_SCORE, scores, one, _difference) for one in scores}
    for group in sections.values():
        if len(group) > GROUP_MIN:
            group.sort()
            chosen.update({one.subject: _chosen(BY_SIZE, group, one, _ratio) for one in group})
    return dict(sorted(chosen.items()))


def _chosen(
    by: str,
    ranked: Sequence[_Placed],
    one: _Placed,
    far: Callable[[Decimal, Decimal], Fraction],
) -> dict[str, Any]:
    """Return the nearest of `one` in `ranked`; none of them is further away than `PEERS` places.

    Of those with the very same number the codes nearest in order stand first.
    """
    at = bisect_left(ranked, one)
    around = [*ranked[max(at - PEERS, 0) : at], *ranked[at + 1 : at + 1 + PEERS]]
    around.sort(key=lambda other: (far(one.number, other.number), other.subject))
    return {"by": by, "members": [other.subject for other in around[:PEERS]]}


def _difference(one: Decimal, other: Decimal) -> Fraction:
    return abs(Fraction(one) - Fraction(other))


def _ratio(one: Decimal, other: Decimal) -> Fraction:
    return Fraction(max(one, other)) / Fraction(min(one, other))


def _capital(text: str) -> Decimal | None:
    """Return the registered capital, None where there is none above zero."""
    try:
        capital = decimal_of(text)
    except TallyError:
        return None
    return capital if capital > 0 else None


def positions(
    members: Sequence[Listed], dimensions: Sequence[str], fives: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """Return for each member that is shown where it lies among the quartiles of each dimension.

    fives: code -> the five numbers as decimal text. The words: "lowest" below the lower quartile,
    "lower" from there to below the median, "upper" from the median to the upper quartile, "highest"
    above it. A dimension that is unknown has no word.
    """
    limits = {
        code: [decimal_of(fives[code][name]) for name in ("lower", "median", "upper")]
        for code in dimensions
        if fives.get(code)
    }
    found: dict[str, dict[str, str]] = {}
    for member in members:
        if member.shown is None:
            continue
        found[member.subject] = {
            code: _quarter(decimal_of(value), limits[code])
            for code, value in member.shown.dimensions.items()
            if value is not None and code in limits
        }
    return found


def _quarter(value: Decimal, limits: Sequence[Decimal]) -> str:
    lower, median, upper = limits
    if value < lower:
        return "lowest"
    if value < median:
        return "lower"
    return "upper" if value <= upper else "highest"
