"""From log-odds to integer points, and from points back to a probability.

Owns the scale. Rules: base_score stands at good:bad odds of base_odds and pdo points double them;
points are rounded half to even; the offset takes up what rounding moved on average; the probability
of a score is that of the scale itself, in millionths, one row for each whole score between one
millionth and all but one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, exp, floor, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.tables import Floats
from tallystick.scorecards.document import PPM, Outcome, Scaling

DEFAULT: Final = Scaling(base_score=600, base_odds="50", pdo=20)


def factor(scaling: Scaling) -> float:
    """Return points for one unit of natural log-odds."""
    return scaling.pdo / log(2)


def points_of(parts: Sequence[Floats], scaling: Scaling) -> list[NDArray[np.int64]]:
    """Return log-odds by cell of each term as integer points, rounded half to even."""
    return [np.rint(part * factor(scaling)).astype(np.int64) for part in parts]


def offset_of(
    intercept: float,
    parts: Sequence[Floats],
    points: Sequence[NDArray[np.int64]],
    counts: Sequence[Floats],
    scaling: Scaling,
) -> int:
    """Return the offset: of log-odds `intercept`, and what rounding moved on average.

    counts: weight of the rows by cell of each term.
    """
    base = scaling.base_score + factor(scaling) * (intercept - log(float(scaling.base_odds)))
    moved = sum(
        float((n * (part * factor(scaling) - point)).sum() / n.sum())
        for part, point, n in zip(parts, points, counts, strict=True)
    )
    return round(base + moved)


def probability(score: float, scaling: Scaling) -> float:
    """Return the probability of bad at a score."""
    log_odds = log(float(scaling.base_odds)) + (score - scaling.base_score) / factor(scaling)
    return 1 / (1 + exp(log_odds)) if log_odds > 0 else 1 - 1 / (1 + exp(-log_odds))


def outcome_of(scaling: Scaling) -> Outcome:
    """Return the step table of the probability of bad by whole score."""
    reach = factor(scaling) * log(PPM)
    middle = scaling.base_score - factor(scaling) * log(float(scaling.base_odds))
    scores = range(floor(middle - reach), ceil(middle + reach) + 1)
    pd = [min(max(round(PPM * probability(score, scaling)), 1), PPM - 1) for score in scores]
    return Outcome(upper=tuple(scores[:-1]), pd_ppm=tuple(pd))
