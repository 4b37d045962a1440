"""The best merging of fine bins into few: exact, by dynamic programming.

Owns `merge`. Rules: of all ways to merge neighbouring fine bins under a shape and sizes, the one
with the greatest penalised log-likelihood is returned, not a greedy or timed-out one; what a cut
must gain is the half of a chi-square quantile, so that a difference which is not significant is
merged; nothing is returned where no admissible merging exists.

    gain(i..j) = sum over the segments of  b ln(b/n) + g ln(g/n)  -  penalty * segments

The state of the recursion is the last segment, since a shape compares its rate with the one before:
O(k^3) for k fine bins. The idea is that of optimal binning (Navas-Palencia 2020), solved here by
dynamic programming instead of integer programming.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tallystick.modelling.tables import Floats

RISING: Final = 0
FALLING: Final = 1
PEAK: Final = 2
VALLEY: Final = 3
NONE: Final = 4
_NEVER: Final = -1e300


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # numba ships no types
def _entropy(bad: float, count: float) -> float:
    """Return the log-likelihood of a segment at its own rate."""
    good = count - bad
    found = 0.0
    if bad > 0.0:
        found += bad * np.log(bad / count)
    if good > 0.0:
        found += good * np.log(good / count)
    return found


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]  # numba ships no types
def _best(
    counts: Floats,
    bads: Floats,
    shape: int,
    least: float,
    least_bads: float,
    penalty: float,
    most: int,
) -> tuple[Any, float]:
    """Return the ends of the best segments (exclusive, rising) and their gain.

    States are (first, end, phase): phase 0 goes the first way of the shape, 1 the other way.
    """
    k = len(counts)
    total = np.zeros(k + 1)
    bad = np.zeros(k + 1)
    for at in range(k):
        total[at + 1] = total[at] + counts[at]
        bad[at + 1] = bad[at] + bads[at]
    phases = 2 if shape in (2, 3) else 1
    value = np.full((k + 1, k + 1, phases), _NEVER)
    back = np.full((k + 1, k + 1, phases, 2), -1)
    size = np.zeros((k + 1, k + 1, phases), np.int64)
    for end in range(1, k + 1):
        for first in range(end):
            n = total[end] - total[first]
            b = bad[end] - bad[first]
            if n < least or b < least_bads or n - b < least_bads or n <= 0.0:
                continue
            gain = _entropy(b, n) - penalty
            if first == 0:
                for phase in range(phases):
                    value[first, end, phase] = gain
                    size[first, end, phase] = 1
                continue
            rate = b / n
            for before in range(first):
                m = total[first] - total[before]
                if m <= 0.0:
                    continue
                last = (bad[first] - bad[before]) / m
                for was in range(phases):
                    old = value[before, first, was]
                    if old == _NEVER or size[before, first, was] >= most:
                        continue
                    for phase in range(was, phases):
                        # rates of bad fall where the score rises
                        if shape == 0:
                            fits = rate < last
                        elif shape == 1:
                            fits = rate > last
                        elif shape == 2:
                            fits = rate < last if phase == 0 else rate > last
                        elif shape == 3:
                            fits = rate > last if phase == 0 else rate < last
                        else:
                            fits = True
                        if fits and old + gain > value[first, end, phase]:
                            value[first, end, phase] = old + gain
                            back[first, end, phase, 0] = before
                            back[first, end, phase, 1] = was
                            size[first, end, phase] = size[before, first, was] + 1
    best = _NEVER
    start, phase = -1, 0
    for first in range(k):
        for one in range(phases):
            if value[first, k, one] > best:
                best = value[first, k, one]
                start, phase = first, one
    ends = np.zeros(k, np.int64)
    if start < 0:
        return ends[:0], best
    found, end = 0, k
    while True:
        ends[found] = end
        found += 1
        if start == 0:
            break
        before, was = back[start, end, phase, 0], back[start, end, phase, 1]
        end, start, phase = start, before, was
    return ends[:found][::-1].copy(), best


def merge(
    counts: Floats,
    bads: Floats,
    shape: int = NONE,
    *,
    least: float = 1.0,
    least_bads: float = 0.0,
    penalty: float = 0.0,
    most: int = 255,
) -> tuple[NDArray[np.int64], float]:
    """Return the ends (exclusive, rising) of the best segments of fine bins, and what they gain.

    counts, bads: float64, weight of the rows and of the bad ones in each fine bin. shape: of the
    score as the value grows. least: weight a segment must hold; least_bads: bad and good ones.
    penalty: log-likelihood a segment costs. most: segments at most. No ends, and a gain below
    -1e299, where nothing is admissible.
    """
    ends, gain = _best(
        np.ascontiguousarray(counts, np.float64),
        np.ascontiguousarray(bads, np.float64),
        shape,
        least,
        least_bads,
        penalty,
        most,
    )
    return ends, float(gain)
