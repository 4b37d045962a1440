"""The best merging is the best of all, for every shape, and finds cuts that are truly there."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.modelling.binning.optimum import FALLING, NONE, PEAK, RISING, VALLEY, merge
from tallystick.modelling.tables import Floats

SHAPES = [RISING, FALLING, PEAK, VALLEY, NONE]


def entropy(bad: float, count: float) -> float:
    return float(sum(one * np.log(one / count) for one in (bad, count - bad) if one > 0))


def keeps(rates: list[float], shape: int) -> bool:
    steps = [after - before for before, after in pairwise(rates)]
    if shape == NONE:
        return True
    if shape in {FALLING, VALLEY}:
        steps = [-one for one in steps]
    if shape in {RISING, FALLING}:
        return all(one < 0 for one in steps)
    turns = range(len(steps) + 1)
    return any(all(s < 0 for s in steps[:t]) and all(s > 0 for s in steps[t:]) for t in turns)


def by_trying_all(
    counts: Floats, bads: Floats, shape: int, least: float, least_bads: float, most: int
) -> float:
    k, best = len(counts), -np.inf
    for inner in range(min(k, most)):
        for cuts in combinations(range(1, k), inner):
            spans = list(pairwise((0, *cuts, k)))
            n = [counts[a:b].sum() for a, b in spans]
            b = [bads[a:b].sum() for a, b in spans]
            if min(n) < max(least, 1e-9) or min(b) < least_bads:
                continue
            if min(x - y for x, y in zip(n, b, strict=True)) < least_bads:
                continue
            if keeps([y / x for x, y in zip(n, b, strict=True)], shape):
                gain = sum(entropy(y, x) - 1.0 for x, y in zip(n, b, strict=True))
                best = max(best, gain)
    return best


CELL = st.integers(0, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(CELL, min_size=1, max_size=8),
    least=st.integers(0, 10),
    least_bads=st.integers(0, 2),
    most=st.integers(1, 8),
)
def test_no_merging_under_the_shape_gains_more(
    shape: int, cells: list[tuple[int, int]], least: int, least_bads: int, most: int
) -> None:
    counts, bads = (np.array(one, float) for one in zip(*cells, strict=True))
    ends, gain = merge(
        counts, bads, shape, least=least, least_bads=least_bads, penalty=1.0, most=most
    )
    best = by_trying_all(counts, bads, shape, least, least_bads, most)
    if not len(ends):
        assert best == -np.inf
        return
    assert gain == pytest.approx(best)
    spans = list(pairwise((0, *ends)))
    assert ends[-1] == len(counts)
    rates = [bads[a:b].sum() / counts[a:b].sum() for a, b in spans]
    assert keeps(rates, shape)


def test_cuts_that_are_there_are_found() -> None:
    counts = np.full(40, 1000.0)
    bads = np.repeat([200.0, 100.0, 50.0, 20.0], 10)
    ends, _ = merge(counts, bads, RISING, penalty=3.0)
    assert ends.tolist() == [10, 20, 30, 40]


def test_a_difference_that_is_not_significant_is_merged() -> None:
    ends, _ = merge(np.array([100.0, 100.0]), np.array([10.0, 12.0]), NONE, penalty=1.92)
    assert ends.tolist() == [2]
