"""Two tables whose truth is known, so that accuracy is also judged where nobody tuned anything.

Owns `additive` and `interacting`. Rules: a seed gives one table; the probability of bad each row
was drawn with comes along as the best that any model could say.

    table = additive(6_000, seed=1)      # table.arrays, table.y, table.truth
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Drawn(NamedTuple):
    """Columns by name, outcomes (1 is bad), and the probability each was drawn with."""

    arrays: dict[str, NDArray[Any]]
    y: Floats
    truth: Floats


def additive(rows: int, seed: int) -> Drawn:
    """Sixteen ratios and two categories; log-odds are a sum of one curve a column, a third flat."""
    chance = np.random.default_rng(seed)
    common = chance.normal(size=rows)
    z = 0.4 * common[:, None] + np.sqrt(1 - 0.4**2) * chance.normal(size=(rows, 16))
    curves = (
        lambda x: -0.9 * x,
        lambda x: 0.8 * np.maximum(x, 0.3),
        lambda x: 0.45 * np.minimum(x**2, 6.0),
        lambda x: -0.9 * np.tanh(2 * x),
        lambda x: 0.7 * (x > 1.2),
        lambda x: -0.6 * np.sin(1.5 * x),
    )
    log_odds = np.full(rows, -4.1)
    for at in range(10):
        log_odds += curves[at % len(curves)](z[:, at]) * (1 - at / 14)
    names = [f"ratio {at:02d}" for at in range(16)]
    arrays: dict[str, NDArray[Any]] = {}
    for at, name in enumerate(names):
        arrays[name] = np.exp(0.8 * z[:, at]) if at % 3 == 0 else z[:, at]
    for name, levels, weight in (("trade", 8, 0.9), ("region", 24, 0.0)):
        codes = chance.integers(levels, size=rows)
        log_odds += weight * np.sin(7 * codes) / 2
        arrays[name] = np.array([f"{name} {code}" for code in codes], object)
    gaps = chance.random(rows) < 0.06  # missing without a meaning
    arrays[names[1]] = np.where(gaps, np.nan, arrays[names[1]])
    return _drawn(arrays, log_odds, chance)


def interacting(rows: int, seed: int) -> Drawn:
    """Twelve ratios; three pairs act together, and the worst hide what would show them.

    Two columns are missing not at random: the worse the value, the likelier it is not stated.
    """
    chance = np.random.default_rng(seed)
    z = chance.normal(size=(rows, 12))
    log_odds = np.full(rows, -3.6)
    log_odds += -0.6 * z[:, 0] - 0.5 * z[:, 1] + 0.4 * np.abs(z[:, 2])
    log_odds += 0.7 * z[:, 3] * z[:, 4]
    log_odds += 1.4 * ((z[:, 5] > 0.4) & (z[:, 6] > 0.4))
    log_odds += -0.8 * np.tanh(2 * z[:, 0]) * (z[:, 7] > 0)
    arrays: dict[str, NDArray[Any]] = {f"ratio {at:02d}": z[:, at].copy() for at in range(12)}
    for at in (0, 1):
        hidden = chance.random(rows) < 1 / (1 + np.exp(2.2 + 1.3 * z[:, at]))
        arrays[f"ratio {at:02d}"][hidden] = np.nan
        log_odds += 0.5 * hidden
    return _drawn(arrays, log_odds, chance)


def _drawn(arrays: dict[str, NDArray[Any]], log_odds: Floats, chance: np.random.Generator) -> Drawn:
    truth = 1 / (1 + np.exp(-log_odds))
    return Drawn(arrays, (chance.random(len(truth)) < truth).astype(np.float64), truth)
