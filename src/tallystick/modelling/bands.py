"""Bands of scores, for reading: five stretches named A to E.

Owns where bands begin when nobody states them. Rules: they are cut at the quintiles of scores of
rows the model was not fitted on, where there are such, and are stated to be so; they are stretches
of a score and no grade: a grade is a person's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tallystick.scorecards.document import Band

CODES: Final = ("E", "D", "C", "B", "A")  # worst first


def quintiles(scores: NDArray[np.int64], codes: Sequence[str] = CODES) -> tuple[Band, ...]:
    """Return one band a code, worst first, with about equally many of `scores` in each.

    Fewer bands where scores are too much alike: no band is empty of the scores given.
    """
    shares = np.arange(1, len(codes)) / len(codes)
    lowest = np.unique(np.quantile(scores, shares, method="higher")) if len(scores) else []
    found = [int(one) for one in lowest if one > scores.min()]
    named = codes[len(codes) - len(found) - 1 :]
    return tuple(Band(code, low) for code, low in zip(named, (None, *found), strict=True))
