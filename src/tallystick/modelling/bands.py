"""Bands of scores and what became of the organisations in them.

Owns the outcomes by band and the cutting of a score into bands. Rules: bands run from the worst to
the best; the bad rate of each has its Wilson interval; whether rates fall from band to band is
said, and which steps rise.

    >>> band_outcomes(score, y, (Band("D", None), Band("C", 560), Band("A", 640)))["monotone"]
    True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.metrics import as_text, wilson
from tallystick.modelling.tables import Floats, Rows
from tallystick.scorecards.document import Band


def band_of(score: NDArray[np.generic], bands: Sequence[Band]) -> Rows:
    """Return the place of each score among the bands, worst first."""
    lowest = [band.lowest for band in bands if band.lowest is not None]
    return np.searchsorted(np.array(lowest, np.float64), score, side="right").astype(np.int64)


def band_outcomes(
    score: NDArray[np.generic], y: Floats, bands: Sequence[Band], pd: Floats | None = None
) -> dict[str, Any]:
    """Return {"bands": [{"code", "lowest", "rows", "bads", "rate", "low", "high", "expected"}],
    "monotone", "rising"}.

    expected: mean pd, None where the card states none. monotone: no band has a higher rate than the
    next worse one, empty bands passed over; rising: the codes of those that have.
    """  # noqa: D205 - the shape of what is returned is one line in two
    place = band_of(score, bands)
    rows, rising, last = [], [], None
    for at, band in enumerate(bands):
        inside = place == at
        count, bads = int(inside.sum()), int(y[inside].sum())
        rate, low, high = wilson(bads, count)
        expected = float(pd[inside].mean()) if pd is not None and count else np.nan
        if count:
            if last is not None and rate > last:
                rising.append(band.code)
            last = rate
        rows.append(
            {"code": band.code, "lowest": band.lowest, "rows": count, "bads": bads}
            | {"rate": as_text(rate), "low": as_text(low), "high": as_text(high)}
            | {"expected": as_text(expected)}
        )
    return {"bands": rows, "monotone": not rising, "rising": rising}


def quantile_bands(score: NDArray[np.integer[Any]], codes: Sequence[str]) -> tuple[Band, ...]:
    """Return bands that hold about equally many of these scores, fewer where scores are few.

    codes: from the worst to the best; the best ones are used where fewer bands come out.
    """
    cuts = np.quantile(score, np.arange(1, len(codes)) / len(codes), method="higher")
    lowest = [int(cut) for cut in np.unique(cuts) if cut > score.min()]
    used = codes[len(codes) - len(lowest) - 1 :]
    return tuple(Band(code, at) for code, at in zip(used, [None, *lowest], strict=True))
