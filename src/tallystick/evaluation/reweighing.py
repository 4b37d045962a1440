"""The order other weights would give: a sealed proposal scored by the weights of one expert.

Owns the score of a proposal under other weights than its scheme's, and the list of such weights.
Rules: only the points that were sealed are used and no fact is read again; what was left out of the
proposal is left out here; a dimension of which nothing is known is taken at the mean of the others,
so that two proposals stay comparable. The result orders and is no score of anybody.

    score = reweigher(scheme, {"profit": Fraction(1, 4), "R01": Fraction(1, 2), ...})
    score(result)    # 77.75 points are 77750000000000
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any, Final

from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.kernel.decimals import divide_integers
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

Weights = Mapping[str, Fraction]
Result = Mapping[str, Any]

UNIT_PLACES: Final = 12

WEIGHTS_DO_NOT_COVER = Reason(
    "weights_do_not_cover",
    Text(
        "{expert} 的权重须正好涵盖方案的维度和指标，且不为负；缺少、多出或为负的有 {codes}",
        "the weights of {expert} must cover the dimensions and indicators of the scheme, no more "
        "and no less, and none be negative; missing, unknown or negative: {codes}",
    ),
    "docs/backtest.md",
    Text(
        "请按方案的代码逐一给出权重。",
        "Give a weight for each code of the scheme (tally scheme show).",
    ),
)


def check_weights(scheme: Scheme, expert: str, weights: Weights) -> None:
    """Check that `weights` is for the parts of the scheme, all of them.

    Raises: WEIGHTS_DO_NOT_COVER.
    """
    wanted = {one.code for one in scheme.dimensions}
    wanted |= {one.code for one in scheme.indicators if one.weight}
    odd = wanted ^ weights.keys() | {code for code, weight in weights.items() if weight < 0}
    if odd:
        raise WEIGHTS_DO_NOT_COVER.error(expert=expert, codes=", ".join(sorted(odd)))


def reweigher(scheme: Scheme, weights: Weights) -> Callable[[Result], int | None]:
    """Return the function from a sealed proposal to its score under `weights`, in 10**-12 points.

    weights: code of each dimension and indicator -> its share, 0 or more. The function takes what
    `Evaluation.sealed` gives and returns None where nothing is known; the score of a dimension and
    the total are each rounded half-even once. `weights` must have passed `check_weights`.
    """
    unit = lcm(*(weight.denominator for weight in weights.values()))
    whole = {code: int(weight * unit) for code, weight in weights.items()}
    plan = [
        (
            whole[dimension.code],
            [
                (place, whole[one.code])
                for place, one in enumerate(scheme.indicators)
                if one.dimension == dimension.code and one.weight
            ],
        )
        for dimension in scheme.dimensions
    ]

    def score(result: Result) -> int | None:
        gained = [_units(one["points"]) for one in result["indicators"]]
        total = known = 0
        for share, inside in plan:
            found = [
                (weight, points)
                for place, weight in inside
                if (points := gained[place]) is not None
            ]
            below = sum(weight for weight, _ in found)
            if below:
                above = sum(weight * points for weight, points in found)
                total += share * divide_integers(above, below)
                known += share
        return divide_integers(total, known) if known else None

    return score


@lru_cache(maxsize=4096)
def _units(points: str | None) -> int | None:
    """Return points in units of 10**-12, None where there are none."""
    return None if points is None else int(Fraction(points) * 10**UNIT_PLACES)
