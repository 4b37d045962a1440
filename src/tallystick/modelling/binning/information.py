"""How much a binned variable tells: information value, with its uncertainty.

Owns IV, its standard error and what it would be by chance alone. Sources: IV is the symmetrised
Kullback-Leibler divergence of good and bad (Kullback and Leibler 1951); its error by the delta
method on two multinomials; under no association IV is distributed as (1/good + 1/bad) times
chi-square with cells - 1 degrees of freedom (as the population stability index: Yurdakul 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tallystick.modelling.tables import Floats


@dataclass(frozen=True)
class Information:
    """value: IV. error: its standard error. chance: what no association gives on average.

    limit: what no association exceeds in one case of twenty.
    """

    value: float
    error: float
    chance: float
    limit: float


def information(counts: Floats, bads: Floats) -> Information:
    """Return IV of cells with these weights of rows and of bad ones, each float64 (cells,)."""
    from scipy.stats import chi2  # noqa: PLC0415 - slow to import

    held = counts > 0
    bad, good = bads[held] + 0.0, counts[held] - bads[held]
    bads_all, goods_all = bad.sum(), good.sum()
    half = 0.5 / len(bad)  # cells without one kind: a share of half a row
    pb = (bad + half) / (bads_all + half * len(bad))
    pg = (good + half) / (goods_all + half * len(good))
    woe = np.log(pg / pb)
    value = float(((pg - pb) * woe).sum())
    by_good, by_bad = woe + 1 - pb / pg, -woe + 1 - pg / pb
    variance = ((pg * by_good**2).sum() - (pg * by_good).sum() ** 2) / goods_all
    variance += ((pb * by_bad**2).sum() - (pb * by_bad).sum() ** 2) / bads_all
    scale, degrees = 1 / goods_all + 1 / bads_all, max(1, len(bad) - 1)
    return Information(
        value,
        float(np.sqrt(max(variance, 0.0))),
        float(scale * (len(bad) - 1)),
        float(scale * chi2.ppf(0.95, degrees)),
    )
