"""Bands of scores and what became of the organisations in them.

Owns the outcomes by band and the cutting of a score into bands. Rules: bands run from the worst to
the best; the bad rate of each has its Wilson interval; whether rates fall from band to band is
said, and which steps rise. Counts are of rows; where rows weigh, rates are of weights, and the
weights stand beside the counts.

    >>> band_outcomes(score, y, (Band("D", None), Band("C", 560), Band("A", 640)))["monotone"]
    True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.metrics import as_text, quantile, wilson
from tallystick.modelling.tables import Floats, Rows
from tallystick.scorecards.document import Band


def band_of(score: NDArray[np.generic], bands: Sequence[Band]) -> Rows:
    """Return the place of each score among the bands, worst first."""
    lowest = [band.lowest for band in bands if band.lowest is not None]
    return np.searchsorted(np.array(lowest, np.float64), score, side="right").astype(np.int64)


def band_outcomes(
    score: NDArray[np.generic],
    y: Floats,
    bands: Sequence[Band],
    pd: Floats | None = None,
    weights: Floats | None = None,
) -> dict[str, Any]:
    """Return {"bands": [{"code", "lowest", "rows", "bads", "rate", "low", "high", "expected"}],
    "monotone", "rising"}.

    expected: mean pd, None where the card states none. monotone: no band has a higher rate than the
    next worse one, empty bands passed over; rising: the codes of those that have. With weights each
    band has "weight" and "bad_weight" too.
    """  # noqa: D205 - the shape of what is returned is one line in two
    place = band_of(score, bands)
    w = np.ones(len(y)) if weights is None else weights
    rows, rising, last = [], [], None
    for at, band in enumerate(bands):
        inside = place == at
        count, bads = int(inside.sum()), int(y[inside].sum())
        weight, bad = float(w[inside].sum()), float(w[inside] @ y[inside])
        rate, low, high = wilson(bad, weight)
        expected = np.nan
        if pd is not None and weight:
            expected = float(np.average(pd[inside], weights=w[inside]))
        if weight:
            if last is not None and rate > last:
                rising.append(band.code)
            last = rate
        rows.append(
            {"code": band.code, "lowest": band.lowest, "rows": count, "bads": bads}
            | {"rate": as_text(rate), "low": as_text(low), "high": as_text(high)}
            | {"expected": as_text(expected)}
            | weight_text(weights, weight, bad)
        )
    return {"bands": rows, "monotone": not rising, "rising": rising}


def weight_text(weights: Floats | None, weight: float, bad: float) -> dict[str, Any]:
    """Return what stands beside a count of rows where rows weigh; nothing where they do not."""
    return {} if weights is None else {"weight": as_text(weight), "bad_weight": as_text(bad)}


def quantile_bands(
    score: NDArray[np.integer[Any]], codes: Sequence[str], weights: Floats | None = None
) -> tuple[Band, ...]:
    """Return bands that hold about equal weights of these scores, fewer where scores are few.

    codes: from the worst to the best; the best ones are used where fewer bands come out.
    """
    worst = score.min() if weights is None else score[weights > 0].min()
    cuts = quantile(score, np.arange(1, len(codes)) / len(codes), weights, higher=True)
    lowest = [int(cut) for cut in np.unique(cuts) if cut > worst]
    used = codes[len(codes) - len(lowest) - 1 :]
    return tuple(Band(code, at) for code, at in zip(used, [None, *lowest], strict=True))
