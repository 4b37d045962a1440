"""From a raw sum of trees to a score and a probability, as steps.

Owns the calibration of margins (log-odds of good before it) on rows their models had not seen.
Rules: two forms are tried, and the one of least log loss on rows its own fit had not seen is taken;
both rise with the margin, so that calibration changes no order; the result leaves as a table of
integers, so that every engine gives the same.

    Platt: log-odds = a + b m        beta: log-odds = a - b ln p(m) + c ln(1 - p(m)),  b, c >= 0

Sources: Platt 1999; Kull, Silva Filho, Flach 2017, with p the probability of bad at margin m.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log
from typing import Final

import numpy as np

from tallystick.modelling.binning.columns import folds_of
from tallystick.modelling.scaling import factor, probability
from tallystick.modelling.tables import Floats
from tallystick.scorecards.document import PPM, Outcome, Scaling

FOLDS: Final = 5
ROWS_A_POINT: Final = 4
"""Rows of the table for each whole score: the probability is finer than the score."""
_LEAST: Final = 1e-3  # slope: however little a margin says, it keeps its order
_REACH: Final = 60 * PPM  # no raw sum that matters lies beyond


@dataclass(frozen=True)
class Calibration:
    """Log-odds of good at margin m: intercept + sum of slopes * basis(m)."""

    form: str
    intercept: float
    slopes: tuple[float, ...]

    def __call__(self, margin: Floats) -> Floats:
        """Return calibrated log-odds of good."""
        basis = _BASES[self.form](margin)
        return np.asarray(self.intercept + basis @ np.array(self.slopes), np.float64)


def _platt(margin: Floats) -> Floats:
    return margin[:, None]


def _beta(margin: Floats) -> Floats:
    """Return -ln p and ln(1 - p) of the probability of bad p at a margin."""
    return np.column_stack([np.logaddexp(0, margin), -np.logaddexp(0, -margin)])


_BASES: Final[dict[str, Callable[[Floats], Floats]]] = {"platt": _platt, "beta": _beta}


def calibrate(margin: Floats, y: Floats, weights: Floats, seed: int = 0) -> Calibration:
    """Return the calibration of margins of rows out of fold; y: 1 is bad."""
    folds = folds_of(y, FOLDS, seed)
    losses = {}
    for form in _BASES:
        loss = 0.0
        for fold in range(FOLDS):
            out = folds == fold
            made = fitted(form, margin[~out], y[~out], weights[~out])
            eta = made(margin[out])
            loss += float(weights[out] @ (np.logaddexp(0, -eta) + y[out] * eta))
        losses[form] = loss
    return fitted(min(losses, key=losses.__getitem__), margin, y, weights)


def fitted(form: str, margin: Floats, y: Floats, weights: Floats) -> Calibration:
    """Return one form fitted by maximum likelihood, slopes not negative."""
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to import

    basis = np.column_stack([np.ones(len(y)), _BASES[form](margin)])
    total = float(weights.sum())

    def loss(b: Floats) -> tuple[float, Floats]:
        eta = basis @ b
        value = weights @ (np.logaddexp(0, -eta) + y * eta)
        slope = basis.T @ (weights * (y - 1 / (1 + np.exp(np.clip(eta, -700, 700)))))
        return float(value) / total, slope / total

    slopes = basis.shape[1] - 1
    found = minimize(
        loss,
        np.array([0.0, *[1.0] * slopes]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *[(_LEAST, None)] * slopes],
        options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9},
    )
    return Calibration(form, float(found.x[0]), tuple(map(float, found.x[1:])))


def steps(calibration: Calibration, scaling: Scaling) -> Outcome:
    """Return the table from a raw sum in ppm to score and probability of bad.

    Between one millionth and all but one there are ROWS_A_POINT rows for each whole score.
    """
    reach = factor(scaling) * log(PPM)
    middle = scaling.base_score - factor(scaling) * log(float(scaling.base_odds))
    fine = np.arange(ROWS_A_POINT * floor(middle - reach), ROWS_A_POINT * ceil(middle + reach) + 1)
    edges = (fine[:-1] + 0.5) / ROWS_A_POINT  # in points
    wanted = (edges - scaling.base_score) / factor(scaling) + log(float(scaling.base_odds))
    low = np.full(len(wanted), -_REACH, np.int64)
    high = np.full(len(wanted), _REACH, np.int64)
    while (low < high).any():  # the largest raw sum whose log-odds do not exceed the edge
        half = low + (high - low + 1) // 2
        within = calibration(half / PPM) <= wanted
        low, high = np.where(within, half, low), np.where(within, high, half - 1)
    upper, first = np.unique(low, return_index=True)
    rows = fine[[*first, len(fine) - 1]]
    scores = np.rint(rows / ROWS_A_POINT).astype(np.int64)
    pd = [round(PPM * probability(row / ROWS_A_POINT, scaling)) for row in rows]
    return Outcome(
        tuple(map(int, upper)),
        tuple(map(int, scores)),
        tuple(min(max(one, 1), PPM - 1) for one in pd),
    )
