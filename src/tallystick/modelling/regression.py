"""Logistic regression on tables of codes, with coefficients that keep their sign.

Owns `fit_signed`. Rules: a design row is never stored, it is looked up from codes of one byte in
blocks; a coefficient is never negative where weights of evidence promise a sign; the ridge acts on
standardised columns; Newton steps, each a small quadratic problem under the signs, until the
gradient is gone.

    minimise  sum w (ln(1 + e^-eta) + bad * eta) + ridge/2 * sum (sd_j b_j)^2,   b >= 0
    eta = intercept + sum over columns of b_j * table_j[fold, code]      (log-odds of good)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tallystick.modelling.tables import Floats

BLOCK: Final = 4_096  # with fifty columns it stays in the cache of a core
BLOCKS_HELD_MAX: Final = 16
SAMPLED_ROWS: Final = 50_000
Part = tuple[Floats, Any]
Parts = Callable[[], Iterable[Part]]
"""Gives design rows and where they stand, block by block, each time it is called."""
_THREADS: Final = 2
_STEPS_MAX: Final = 30
_SWEEPS_MAX: Final = 500
_STILL: Final = 1e-7


@dataclass(frozen=True, eq=False)
class Design:
    """Columns as codes and tables. codes: uint8 (rows,) each. tables: float64 (folds, cells) each.

    folds: uint8 (rows,), which row of the table a row is looked up in. spread: how much
    each column will vary at least where the coefficients are used: a column the folds barely see
    must not get a coefficient that blows up there.
    """

    codes: Sequence[NDArray[np.uint8]]
    tables: Sequence[Floats]
    folds: NDArray[np.uint8]
    spread: Floats | None = None

    def block(self, rows: NDArray[np.int64] | slice) -> Floats:
        """Return design rows, float64 (rows, 1 + columns); the first column is 1."""
        folds = self.folds[rows]
        made = np.empty((len(folds), len(self.codes) + 1))
        made[:, 0] = 1.0
        for at, (codes, table) in enumerate(zip(self.codes, self.tables, strict=True), 1):
            _look_up(made, at, codes[rows], folds, table)
        return made


@njit(nogil=True, cache=True)
def _look_up(made, at, codes, folds, table):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    for row in range(len(codes)):
        made[row, at] = table[folds[row], codes[row]]


@njit(nogil=True, cache=True)
def _signed_step(hessian, gradient, now, signed, sweeps):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Return the minimum of the quadratic model, coordinate by coordinate, signs kept."""
    b = now.copy()
    g = gradient.copy()  # gradient of the model at b
    for _ in range(sweeps):
        moved = 0.0
        for j in range(len(b)):
            if hessian[j, j] <= 0.0:
                continue
            new = b[j] - g[j] / hessian[j, j]
            if signed and j > 0 and new < 0.0:
                new = 0.0
            change = new - b[j]
            if change != 0.0:
                for k in range(len(b)):
                    g[k] += hessian[k, j] * change
                b[j] = new
                moved = max(moved, abs(change) * np.sqrt(hessian[j, j]))
        if moved < _STILL:
            break
    return b


def fit_signed(
    design: Design,
    y: Floats,
    weights: Floats,
    ridge: float,
    *,
    rows: NDArray[np.int64] | None = None,
    signed: bool = True,
    start: Floats | None = None,
) -> Floats:
    """Return intercept and coefficients of the log-odds of good, float64 (1 + columns,).

    y: 1 is bad. rows: which rows to fit on, all if None. start: where to begin.
    """
    if start is None and rows is None and len(y) > 2 * SAMPLED_ROWS:
        # Most steps are taken on few rows; where the last ones end does not depend on it.
        few = np.arange(0, len(y), len(y) // SAMPLED_ROWS)
        share = weights.sum() / weights[few].sum() if weights[few].sum() > 0 else 0.0
        if share and 0 < (weights * y)[few].sum() < weights[few].sum():
            start = fit_signed(design, y, weights, ridge / share, rows=few, signed=signed)
    parts = _parts(design, rows)
    spread = _spread(parts, weights)
    if design.spread is not None:
        spread = np.array([0.0, *np.maximum(spread[1:], design.spread)])
    held = slice(None) if rows is None else rows
    bad = float((weights[held] * y[held]).sum() / weights[held].sum())
    b = np.zeros(len(design.codes) + 1) if start is None else start.copy()
    if start is None:
        b[0] = np.log((1 - bad) / bad)
    penalty = ridge * spread**2
    loss = np.inf
    step: Floats = np.zeros_like(b)
    for _ in range(_STEPS_MAX):
        found, gradient, hessian = _derivatives(parts, y, weights, b)
        found += float((penalty * b**2).sum()) / 2
        if found > loss + 1e-9 * abs(loss):  # the quadratic model went too far: half the way
            step = step / 2
            b = b - step
            continue
        if loss - found < 1e-8 * abs(found):
            break
        loss = found
        hessian[np.diag_indices_from(hessian)] += penalty + 1e-9
        new = _signed_step(hessian, gradient + penalty * b, b, signed, _SWEEPS_MAX)
        step = new - b
        b = new
    return b


def log_odds(design: Design, b: Floats, rows: NDArray[np.int64] | None = None) -> Floats:
    """Return eta of rows, float64."""
    return np.concatenate(
        [np.einsum("ij,j->i", design.block(part), b) for part in _blocks(design, rows)]
    )


def _derivatives(
    parts: Parts, y: Floats, weights: Floats, b: Floats
) -> tuple[float, Floats, Floats]:
    """Return loss, gradient and hessian, summed over blocks in their order."""
    loss = 0.0
    gradient, hessian = np.zeros_like(b), np.zeros((len(b), len(b)))

    def one(block: Part) -> tuple[float, Floats, Floats]:
        x, part = block
        found: tuple[float, Floats, Floats] = _sums(x, y[part], weights[part], b)
        return found

    # Not BLAS: its threads wait for one another in a loop, which a shared machine pays for dearly.
    with ThreadPoolExecutor(_THREADS) as pool:
        for more, g, h in pool.map(one, parts()):
            loss += more
            gradient += g
            hessian += h
    upper = np.triu_indices(len(b), 1)
    hessian.T[upper] = hessian[upper]
    return loss, gradient, hessian


@njit(nogil=True, cache=True)
def _sums(x, bad, weights, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Return loss, gradient and the upper half of the hessian of one block."""
    count = len(b)
    loss, gradient, hessian = 0.0, np.zeros(count), np.zeros((count, count))
    for row in range(len(x)):
        w = weights[row]
        if w == 0.0:
            continue
        one = x[row]
        eta = 0.0
        for j in range(count):
            eta += one[j] * b[j]
        small = np.exp(-abs(eta))
        good = 1 / (1 + small) if eta >= 0 else small / (1 + small)
        loss += w * (np.log1p(small) + max(-eta, 0.0) + bad[row] * eta)
        residual, curve = w * (good - (1 - bad[row])), w * good * (1 - good)
        for j in range(count):
            gradient[j] += residual * one[j]
            part = curve * one[j]
            for k in range(j, count):
                hessian[j, k] += part * one[k]
    return loss, gradient, hessian


def _spread(parts: Parts, weights: Floats) -> Floats:
    """Return the standard deviation of each design column, 0 for the intercept."""
    total = 0.0
    first: Floats = np.zeros(1)
    second: Floats = np.zeros(1)
    for x, part in parts():
        w = weights[part]
        total += float(w.sum())
        first = first + np.einsum("i,ij->j", w, x)
        second = second + np.einsum("i,ij,ij->j", w, x, x)
    return np.asarray(np.sqrt(np.maximum(second / total - (first / total) ** 2, 0)))


def _parts(design: Design, rows: NDArray[np.int64] | None) -> Parts:
    """Return what gives design rows block by block: looked up once where they are few."""
    blocks = _blocks(design, rows)
    if len(blocks) > BLOCKS_HELD_MAX:
        return lambda: _looked_up(design, blocks)
    held = [(design.block(part), part) for part in blocks]
    return lambda: held


def _looked_up(design: Design, blocks: Sequence[Any]) -> Iterable[Part]:
    """Yield blocks as they are asked for."""
    return ((design.block(part), part) for part in blocks)


def _blocks(design: Design, rows: NDArray[np.int64] | None) -> list[Any]:
    count = len(design.folds) if rows is None else len(rows)
    cuts = range(0, count, BLOCK)
    if rows is None:
        return [slice(at, min(at + BLOCK, count)) for at in cuts]
    return [rows[at : at + BLOCK] for at in cuts]
