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


@njit(nogil=True, cache=True)
def _entropy(bad: float, count: float) -> float:
    """Return the log-likelihood of a segment at its own rate."""
    good = count - bad
    found = 0.0
    if bad > 0.0:
        found += bad * np.log(bad / count)
    if good > 0.0:
        found += good * np.log(good / count)
    return found


@njit(nogil=True, cache=True)
def _fits(shape: int, phase: int, rate: float, last: float) -> bool:
    """Tell whether a rate of bad may follow the last one; it falls where the score rises."""
    if shape == NONE:
        return True
    falls = shape in (RISING, PEAK)
    if phase == 1:
        falls = not falls
    return rate < last if falls else rate > last


@njit(nogil=True, cache=True)
def _extend(
    state: tuple[Any, Any],
    total: Floats,
    bad: Floats,
    segment: tuple[int, int],
    shape: int,
    gain: float,
) -> None:
    """Put the segment (first, end) after the best segment that may stand before it."""
    value, back = state
    first, end = segment
    phases, layers = value.shape[2], value.shape[3]
    rate = (bad[end] - bad[first]) / (total[end] - total[first])
    for before in range(first):
        m = total[first] - total[before]
        if m <= 0.0:
            continue
        last = (bad[first] - bad[before]) / m
        for was in range(phases):
            for layer in range(layers):
                old = value[before, first, was, layer]
                then = layer + 1 if layers > 1 else 0
                if old == _NEVER or then >= layers:
                    continue
                for phase in range(was, phases):
                    more = old + gain > value[first, end, phase, then]
                    if more and _fits(shape, phase, rate, last):
                        value[first, end, phase, then] = old + gain
                        back[first, end, phase, then, 0] = before
                        back[first, end, phase, then, 1] = was
                        back[first, end, phase, then, 2] = layer


@njit(nogil=True, cache=True)
def _traced(value: Any, back: Any, k: int) -> tuple[Any, float]:  # noqa: ANN401 - compiled arrays
    """Return the ends of the best segments that reach k, and their gain."""
    best, start, phase, layer = _NEVER, -1, 0, 0
    for first in range(k):
        for one in range(value.shape[2]):
            for other in range(value.shape[3]):
                if value[first, k, one, other] > best:
                    best, start = value[first, k, one, other], first
                    phase, layer = one, other
    ends = np.zeros(k, np.int64)
    found, end = 0, k
    while start >= 0:
        ends[found] = end
        found += 1
        step = back[start, end, phase, layer]
        end, start, phase, layer = start, step[0], step[1], step[2]
    return ends[:found][::-1].copy(), best


@njit(nogil=True, cache=True)
def _best(
    counts: Floats,
    bads: Floats,
    shape: int,
    least: float,
    least_bads: float,
    penalty: float,
    layers: int,
) -> tuple[Any, float]:
    """Return the ends of the best segments (exclusive, rising) and their gain.

    States are (first, end, phase, layer): phase 0 goes the first way of the shape, 1 the other way.
    layers: segments at most, each of a layer of its own; 1 for any number of them.
    """
    k = len(counts)
    total, bad = np.zeros(k + 1), np.zeros(k + 1)
    total[1:], bad[1:] = np.cumsum(counts), np.cumsum(bads)
    phases = 2 if shape in (PEAK, VALLEY) else 1
    value = np.full((k + 1, k + 1, phases, layers), _NEVER)
    back = np.full((k + 1, k + 1, phases, layers, 3), -1)
    for end in range(1, k + 1):
        for first in range(end):
            n, b = total[end] - total[first], bad[end] - bad[first]
            if n < least or b < least_bads or n - b < least_bads or n <= 0.0:
                continue
            gain = _entropy(b, n) - penalty
            if first == 0:
                value[first, end, :, 0] = gain
            else:
                _extend((value, back), total, bad, (first, end), shape, gain)
    return _traced(value, back, k)


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
    cells = np.ascontiguousarray(counts, np.float64), np.ascontiguousarray(bads, np.float64)
    ends, gain = _best(*cells, shape, least, least_bads, penalty, 1)
    if len(ends) > most:  # rarely: to count the segments costs as many times more
        if most == 1:
            return _whole(*cells, least, least_bads, penalty)
        ends, gain = _best(*cells, shape, least, least_bads, penalty, most)
    return ends, float(gain)


def _whole(
    counts: Floats, bads: Floats, least: float, least_bads: float, penalty: float
) -> tuple[NDArray[np.int64], float]:
    """Return everything as one segment, if it is admissible."""
    n, b = float(counts.sum()), float(bads.sum())
    if n < least or min(b, n - b) < least_bads:
        return np.zeros(0, np.int64), _NEVER
    return np.array([len(counts)]), float(_entropy(b, n)) - penalty
