"""From fine cells to the bins of a card, with weights of evidence.

Owns `Binning` and how one is made of counts. Rules: shape, sizes and significance as the settings
say; of the shapes allowed the one with the best penalised log-likelihood is taken, a freer shape
must gain more; one bin means that nothing significant was found and is said, never scored; weights
of evidence are shrunk by half a bad one and the good ones that go with it, so that a cell with few
rows says little and one without bad ones is no infinity. Everything is done on counts, so that it
can be done again without the rows of a fold.

    woe(cell) = ln((good + h (1-p)/p) / (bad + h)) - ln((1-p)/p),  p = bad share of all, h = 1/2
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.binning.fine import Fine
from tallystick.modelling.binning.optimum import FALLING, NONE, PEAK, RISING, VALLEY, merge
from tallystick.modelling.tables import Floats
from tallystick.modelling.wishes import Shape

HALF: Final = 0.5
_CODES: Final = {
    "rising": RISING,
    "falling": FALLING,
    "peak": PEAK,
    "valley": VALLEY,
    "none": NONE,
}
# What a freer shape must gain beyond the simplest, in log-likelihood, where the data choose.
_FREEDOM: Final = {"rising": 0.0, "falling": 0.0, "peak": 3.0, "valley": 3.0, "none": 12.0}


@dataclass(frozen=True)
class BinningSettings:
    """How bins are found.

    prebins: fine bins a number is first cut into. share, count: least rows of a bin, as a share of
    all and as a number. bads: least bad, and least good, ones of a bin. alpha: level at which
    neighbours must differ. most: bins at most.
    """

    prebins: int = 50
    share: float = 0.02
    count: int = 20
    bads: int = 0
    alpha: float = 0.001
    most: int = 12

    @property
    def penalty(self) -> float:
        """Log-likelihood a further bin must gain: half the chi-square quantile, one degree."""
        from scipy.stats import chi2  # noqa: PLC0415 - slow to import

        return float(chi2.ppf(1 - self.alpha, 1)) / 2


@dataclass(frozen=True, eq=False)
class Binning:
    """What became of one column.

    part: for each fine part the number of its bin. bins: how many. shape: the one taken.
    counts, bads: by bin, then specials, missing (and else), as in `Axis`. woe: the same cells.
    """

    part: tuple[int, ...]
    bins: int
    shape: Shape
    counts: Floats
    bads: Floats
    woe: Floats

    def by_fine_cell(self, made: Fine) -> Floats:
        """Return the weight of evidence of each fine cell."""
        places = np.array([*self.part, *range(self.bins, len(self.woe))])[: made.size]
        found: Floats = self.woe[places]
        return found


def bin_counts(
    made: Fine, counts: Floats, bads: Floats, shape: Shape, settings: BinningSettings
) -> Binning:
    """Return the bins of a column from the counts of its fine cells.

    counts, bads: float64, weight of rows and of bad ones by fine cell of `made`. shape: "auto" or
    the one to keep.
    """
    parts = made.parts
    order = np.arange(parts)
    if made.kind == "category":
        order = np.argsort(evidence(counts[:parts], bads[:parts], counts, bads), kind="stable")
    taken: Shape = shape if shape != "auto" else "none"
    if made.fixed:
        ends = np.arange(1, parts + 1)
    else:
        ends, taken = _ends(made, counts[order], bads[order], shape, settings, counts.sum())
    part = np.empty(parts, np.int64)
    part[order] = np.searchsorted(ends, np.arange(parts), side="right")
    bins = len(ends)
    cells = [*part, *range(bins, bins + len(counts) - parts)]
    size = bins + len(counts) - parts
    merged: Floats = np.bincount(cells, counts, minlength=size).astype(np.float64)
    merged_bads: Floats = np.bincount(cells, bads, minlength=size).astype(np.float64)
    return Binning(
        tuple(map(int, part)),
        bins,
        taken,
        merged,
        merged_bads,
        evidence(merged, merged_bads, counts, bads),
    )


def _ends(
    made: Fine,
    counts: Floats,
    bads: Floats,
    shape: Shape,
    settings: BinningSettings,
    total: float,
) -> tuple[NDArray[np.int64], Shape]:
    """Return the ends of the best bins under the shape, or under the best shape."""
    allowed: list[Shape] = [shape]
    if made.kind == "category":
        allowed = ["rising"]  # the categories stand in the order of their evidence
    elif shape == "auto":
        allowed = ["rising", "falling", "peak", "valley", "none"]
    best, taken, found = -np.inf, allowed[0], np.array([len(counts)])
    for one in allowed:
        ends, gain = merge(
            counts,
            bads,
            _CODES[one],
            least=max(settings.share * total, settings.count),
            least_bads=settings.bads,
            penalty=settings.penalty,
            most=settings.most,
        )
        gain -= _FREEDOM[one] if len(allowed) > 1 else 0.0
        if len(ends) and gain > best + 1e-9:
            best, taken, found = gain, one, ends
    return found, taken


def evidence(counts: Floats, bads: Floats, all_counts: Floats, all_bads: Floats) -> Floats:
    """Return shrunk weights of evidence by cell, float64; 0 for an empty cell."""
    total, bad = all_counts.sum(), all_bads.sum()
    odds = (total - bad) / bad
    good = counts - bads
    return np.asarray(np.log((good + HALF * odds) / (bads + HALF)) - np.log(odds))
