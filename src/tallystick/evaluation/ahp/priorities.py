"""From a matrix of comparisons to priorities: eigenvector or geometric mean, complete or not.

Owns the two methods. Rules: both are there and named, since they differ (Saaty prefers the
eigenvector, Crawford and Williams 1985 the geometric mean); for an incomplete matrix the first
takes the completion of least eigenvalue and the second the least squares of logarithms (Bozóki,
Fülöp and Rónyai 2010), which for a complete one is the geometric mean of a row.

    >>> from fractions import Fraction
    >>> from tallystick.evaluation.ahp.digits import settled
    >>> matrix = matrix_of(Judgments(("a", "b"), {(0, 1): Fraction(3)}))
    >>> [settled(one) for one in solve(matrix, "eigenvector").weights]
    [Decimal('0.75000000000000000000'), Decimal('0.25000000000000000000')]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import NamedTuple

from tallystick.evaluation.ahp.digits import decimal_of_fraction, log_of, working
from tallystick.evaluation.ahp.judgments import Judgments, Pair, pairs_of
from tallystick.evaluation.ahp.perron import Matrix, completed, largest

EIGENVECTOR = "eigenvector"
GEOMETRIC_MEAN = "geometric-mean"
METHODS = (EIGENVECTOR, GEOMETRIC_MEAN)

_ONE = Decimal(1)


class Comparisons(NamedTuple):
    """Comparisons of `size` items: for the judged pairs i < j the value and its logarithm."""

    size: int
    values: Mapping[Pair, Decimal]
    logs: Mapping[Pair, Decimal]

    @property
    def missing(self) -> list[Pair]:
        """The pairs without value."""
        return [pair for pair in pairs_of(self.size) if pair not in self.values]


class Priorities(NamedTuple):
    """Weights that sum to 1, the largest eigenvalue, and the matrix, completed."""

    weights: tuple[Decimal, ...]
    eigenvalue: Decimal
    matrix: Matrix


def matrix_of(judgments: Judgments) -> Comparisons:
    """Return the comparisons one expert made."""
    return Comparisons(
        len(judgments.items),
        {pair: decimal_of_fraction(value) for pair, value in judgments.pairs.items()},
        {pair: log_of(value) for pair, value in judgments.pairs.items()},
    )


def solve(given: Comparisons, method: str) -> Priorities:
    """Return the priorities of connected comparisons by `method`.

    The eigenvalue is that of the matrix completed for it, whatever the method: how far judgments
    contradict one another does not depend on what is made of them.
    """
    logs = None
    if method == GEOMETRIC_MEAN or given.missing:
        logs = least_squares(given)
    whole = completed(_square(given), given.missing, logs or [])
    eigenvalue, vector = largest(whole)
    if method == GEOMETRIC_MEAN and logs is not None:
        with localcontext(working()):
            shares = [one.exp() for one in logs]
            total = sum(shares)
            vector = tuple(share / total for share in shares)
    return Priorities(vector, eigenvalue, whole)


def eigenvalue_of(given: Comparisons) -> Decimal:
    """Return the largest eigenvalue of connected comparisons, completed where incomplete."""
    start = least_squares(given) if given.missing else []
    return largest(completed(_square(given), given.missing, start))[0]


def least_squares(given: Comparisons) -> list[Decimal]:
    """Return the logarithms of weights with the least squares of errors; the last is 0.

    The normal equations have the Laplacian of the graph of judged pairs; without the last row and
    column it is positive definite, so that elimination needs no exchange of rows.
    """
    size = given.size - 1
    with localcontext(working()):
        rows = [[Decimal(0)] * given.size for _ in range(size)]  # the last column: right-hand side
        for (i, j), log in given.logs.items():
            for one, other, value in ((i, j, log), (j, i, -log)):
                if one < size:
                    rows[one][one] += 1
                    rows[one][size] += value
                    if other < size:
                        rows[one][other] -= 1
        return [*_eliminated(rows), Decimal(0)]


def _eliminated(rows: list[list[Decimal]]) -> list[Decimal]:
    size = len(rows)
    for at in range(size):
        head = rows[at]
        for row in rows[at + 1 :]:
            if row[at]:
                factor = row[at] / head[at]
                for place in range(at, size + 1):
                    row[place] -= factor * head[place]
    found = [Decimal(0)] * size
    for at in reversed(range(size)):
        known = sum((rows[at][k] * found[k] for k in range(at + 1, size)), Decimal(0))
        found[at] = (rows[at][size] - known) / rows[at][at]
    return found


def _square(given: Comparisons) -> Sequence[Sequence[Decimal]]:
    """Return the square matrix; 1 stands where nothing was judged."""
    with localcontext(working()):
        rows = [[_ONE] * given.size for _ in range(given.size)]
        for (i, j), value in given.values.items():
            rows[i][j], rows[j][i] = value, _ONE / value
    return rows
