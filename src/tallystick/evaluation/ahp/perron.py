"""The largest eigenvalue of a positive matrix with its vectors, to thirty digits.

Owns the numerical core. A float of the linear-algebra library only says where to look; the digits
come from iterative refinement (Wilkinson 1963): residuals in decimals of 40 digits, corrections by
an inverse in floats, until a correction no longer reaches the thirtieth digit. So neither the
library nor the number of its threads decides a digit.

Missing judgments are completed as Bozóki, Fülöp and Rónyai (2010) define it: the values that make
the eigenvalue least. At that optimum a missing judgment of i against j is u_i / u_j, with u_i the
root of (right / left vector)_i, so that n - 1 logarithms are sought instead of one number for every
missing pair. In them the eigenvalue is convex (Kingman 1961): Newton's method finds the minimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallystick.evaluation.ahp.digits import working
from tallystick.evaluation.ahp.judgments import Pair, components

Row = tuple[Decimal, ...]
Matrix = tuple[Row, ...]
Floats = NDArray[np.float64]
Inverse = NDArray[np.floating[Any]]

ROUNDS_MAX = 60
_SETTLED = Decimal("1e-30")
_COMPLETED = Decimal("1e-26")
_FLAT = Decimal("1e-9")  # a slope near enough to the minimum for the refinement to go on from
_NOISE = 64  # units in the last place by which floats may call a lower eigenvalue higher


class Perron(NamedTuple):
    """The eigenvalue, and its right and left vectors, each of which sums to 1."""

    value: Decimal
    right: Row
    left: Row


class NotSettledError(ArithmeticError):
    """The refinement did not come to rest: a fault of the program, not of the answers."""


def perron(matrix: Matrix) -> Perron:
    """Return the largest eigenvalue of a positive matrix and its vectors, to thirty digits."""
    with localcontext(working()):
        value, right = _refined(matrix)
        _, left = _refined(tuple(zip(*matrix, strict=True)))
    return Perron(value, right, left)


def largest(matrix: Matrix) -> tuple[Decimal, Row]:
    """Return the largest eigenvalue and the right vector alone."""
    with localcontext(working()):
        return _refined(matrix)


def _refined(matrix: Matrix) -> tuple[Decimal, Row]:
    rough = np.array(matrix, dtype=np.float64)
    values, vectors = np.linalg.eig(rough)
    at = int(np.argmax(values.real))
    start = np.abs(vectors[:, at].real)
    start /= start.sum()
    # (A - value) w = 0 and sum w = 1, as one system for the corrections of w and of the value.
    size = len(matrix)
    system = np.ones((size + 1, size + 1))
    system[:size, :size] = rough - values[at].real * np.eye(size)
    system[:size, size] = -start
    system[size, size] = 0
    inverse = np.linalg.inv(system)
    vector = [Decimal(one) for one in start.tolist()]
    value = Decimal(values[at].real.item())
    for _ in range(ROUNDS_MAX):
        residual = [
            value * own - _dot(row, vector) for row, own in zip(matrix, vector, strict=True)
        ]
        residual.append(1 - sum(vector, Decimal(0)))
        *steps, step = _times(inverse, residual)
        vector = [one + change for one, change in zip(vector, steps, strict=True)]
        value += step
        if max(map(abs, (*steps, step))) < _SETTLED:
            return value, tuple(vector)
    raise NotSettledError


def _dot(row: Sequence[Decimal], vector: Sequence[Decimal]) -> Decimal:
    return sum(map(Decimal.__mul__, row, vector), Decimal(0))


def _times(inverse: Inverse, residual: Sequence[Decimal]) -> list[Decimal]:
    """Return `inverse` times a residual that may be smaller than floats keep apart from others."""
    scale = max(map(abs, residual))
    if not scale:
        return [Decimal(0)] * len(residual)
    scaled = np.array([one / scale for one in residual], dtype=np.float64)
    return [Decimal(one) * scale for one in (inverse @ scaled).tolist()]


def completed(
    matrix: Sequence[Sequence[Decimal]], missing: Sequence[Pair], start: Sequence[Decimal]
) -> Matrix:
    """Return `matrix` with its missing pairs at the values that make the eigenvalue least.

    matrix: square; what stands at missing pairs is not looked at. start: logarithms of weights to
    begin at, one an item; those of least squares are near the optimum. The judged pairs must
    connect all items, or there is no single optimum.
    """
    if not missing:
        return tuple(tuple(row) for row in matrix)
    size = len(matrix)
    free = [i for group in components(size, missing) for i in group[1:]]
    holes = np.zeros((size, size), dtype=bool)
    for i, j in missing:
        holes[i, j] = holes[j, i] = True
    # what stands in the holes so far is put in anew by _with
    rough = np.array([[one or 1 for one in row] for row in matrix], dtype=np.float64)
    guess = _least(rough, holes, free, np.array(start, dtype=np.float64))
    inverse = np.linalg.inv(_bend(_with(rough, holes, guess), holes)[np.ix_(free, free)])
    with localcontext(working()):
        logs = [Decimal(one) for one in guess.tolist()]
        for _ in range(ROUNDS_MAX):
            whole = _filled(matrix, missing, logs)
            slopes = _slopes(whole, missing, perron(whole))
            steps = _times(inverse, [slopes[i] for i in free])
            for i, step in zip(free, steps, strict=True):
                logs[i] -= step
            if max(map(abs, steps)) < _COMPLETED:
                return _filled(matrix, missing, logs)
    raise NotSettledError


def _filled(
    matrix: Sequence[Sequence[Decimal]], missing: Sequence[Pair], logs: Sequence[Decimal]
) -> Matrix:
    rows = [list(row) for row in matrix]
    roots = [log.exp() for log in logs]
    for i, j in missing:
        rows[i][j], rows[j][i] = roots[i] / roots[j], roots[j] / roots[i]
    return tuple(map(tuple, rows))


def _slopes(matrix: Matrix, missing: Sequence[Pair], found: Perron) -> list[Decimal]:
    """Return how the eigenvalue grows with the logarithm of each item in the missing pairs."""
    _, right, left = found
    slopes = [Decimal(0)] * len(matrix)
    for i, j in missing:
        pull = left[i] * matrix[i][j] * right[j] - left[j] * matrix[j][i] * right[i]
        slopes[i] += pull
        slopes[j] -= pull
    scale = _dot(left, right)
    return [slope / scale for slope in slopes]


# -- the way to the neighbourhood of the optimum, in floats ---------------------------------------


def _with(rough: Floats, holes: NDArray[np.bool_], logs: Floats) -> Floats:
    return np.where(holes, np.exp(logs[:, None] - logs[None, :]), rough)


def _vectors(rough: Floats) -> tuple[Any, Floats, Floats]:
    """Return the eigenvalue, the right vector, and the left one with left . right = 1."""
    values, vectors = np.linalg.eig(rough)
    at = int(np.argmax(values.real))
    right = np.abs(vectors[:, at].real)
    values_left, vectors_left = np.linalg.eig(rough.T)
    left = np.abs(vectors_left[:, int(np.argmax(values_left.real))].real)
    return values[at].real, right, left / (left @ right)


def _bend(rough: Floats, holes: NDArray[np.bool_]) -> Floats:
    """Return the second derivatives of the eigenvalue in the logarithms of the items.

    Source: perturbation of a simple eigenvalue to second order (Kato 1966, II.2), with the reduced
    resolvent of the matrix at it.
    """
    value, right, left = _vectors(rough)
    size = len(rough)
    inside = np.where(holes, rough, 0)
    projector = np.outer(right, left)
    resolvent = np.linalg.inv(value * np.eye(size) - rough + projector) - projector
    from_left = np.diag(left) @ inside - np.diag(left @ inside)
    from_right = np.diag(inside @ right) - inside @ np.diag(right)
    mixed = from_left @ resolvent @ from_right
    flow = left[:, None] * inside * right[None, :]
    flow = flow + flow.T
    bend: Floats = np.diag(flow.sum(axis=1)) - flow + mixed + mixed.T
    return bend


def _pull(rough: Floats, holes: NDArray[np.bool_]) -> Floats:
    _, right, left = _vectors(rough)
    inside = np.where(holes, rough, 0)
    pull: Floats = left * (inside @ right) - (left @ inside) * right
    return pull


def _least(rough: Floats, holes: NDArray[np.bool_], free: list[int], start: Floats) -> Floats:
    """Return logarithms near the minimum: Newton's method, each step halved until it descends."""
    logs = start.copy()
    for _ in range(ROUNDS_MAX):
        whole = _with(rough, holes, logs)
        slope = _pull(whole, holes)[free]
        if np.abs(slope).max() < _FLAT:
            break
        change = np.zeros_like(logs)
        change[free] = np.linalg.solve(_bend(whole, holes)[np.ix_(free, free)], slope)
        here = _vectors(whole)[0]
        here += _NOISE * np.spacing(here)
        for _ in range(ROUNDS_MAX):
            if _vectors(_with(rough, holes, logs - change))[0] <= here:
                break
            change = change / 2
        logs = logs - change
    return logs
