"""A card that ranks: least squares on the means of bins, in integer points.

Owns `fit_linear`. Rules: the target is any number, higher is better; bins are found by the same
exact merging as those of a logistic card, on whether a row lies above the median of the target,
which no outlier moves; a bin is given its mean, shrunk towards the mean of all by SHRUNK_ROWS rows;
a row is fitted with means of the folds it is not in, within bins of all rows; coefficients are not
negative; the ridge is the one of least squared error on the inner folds. No probability is stated.

    points = round(1000 * part / (best - worst)), half to even: the worst organisation imaginable
    has 0 and the best 1000, but for rounding
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.binning.columns import (
    BAD_WEIGHTS,
    NOTHING_LEFT,
    ROWS_MIN,
    Binned,
    Dropped,
    Folds,
    bin_columns,
    fine_columns,
    folds_of,
)
from tallystick.modelling.binning.merging import BinningSettings
from tallystick.modelling.logistic import NO_WEIGHT, settings_json, variable_of
from tallystick.modelling.tables import Floats, Table
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import Card, Term, Training

FULL_POINTS: Final = 1000
SHRUNK_ROWS: Final = 10.0
_SWEEPS: Final = 1000

NOT_A_RANKING = Reason(
    "not_a_ranking",
    Text(
        "目标应是有限的数，至少 {rows_min} 行，且不全相同",
        "the target should be finite numbers, in at least {rows_min} rows and not all the same",
    ),
    "docs/models.md",
    Text("请检查目标列。", "Check the column of the target."),
)


@dataclass(frozen=True)
class LinearSettings:
    """How a ranking is fitted. ridges: on standardised columns, by row. full: the most points."""

    binning: BinningSettings = field(default_factory=BinningSettings)
    folds: int = 5
    ridges: tuple[float, ...] = (0.0001, 0.001, 0.01, 0.1)
    full: int = FULL_POINTS
    seed: int = 0


def fit_linear(
    table: Table,
    y: Floats,
    settings: LinearSettings | None = None,
    weights: Floats | None = None,
    wishes: Mapping[str, Wish] | None = None,
) -> Card:
    """Return a card that ranks by y, float64 (rows,), higher is better.

    Raises: NOT_A_RANKING, BAD_WEIGHTS, AN_IDENTIFIER, BAD_CUTS, NOTHING_LEFT.
    """
    chosen, stated = settings or LinearSettings(), wishes or {}
    held = check_ranking(y, weights)
    low = (y <= np.median(y[held > 0])).astype(np.float64)
    if low.min() == low.max():  # more than half share the highest value
        low = (y < y.max()).astype(np.float64)
    folds = folds_of(low, chosen.folds, chosen.seed)
    cells = fine_columns(table, stated, chosen.binning.prebins)
    binned, dropped = bin_columns(cells, low, held, folds, stated, chosen.binning, 0.0)
    means = [_means(one, y, held, folds, chosen.folds) for one in binned]
    x = np.column_stack([m[folds, _cells(one)] for m, one in zip(means, binned, strict=True)])
    ridge, fitted, oof = _best(x, y, held, folds, chosen)
    kept = [at for at, b in enumerate(fitted[1:]) if b > 1e-9]  # noqa: PLR2004 - rounding
    if not kept:
        raise NOTHING_LEFT.error()
    dropped += [
        Dropped(one.fine.name, NO_WEIGHT) for at, one in enumerate(binned) if at not in kept
    ]
    parts = [fitted[at + 1] * means[at][-1] for at in kept]
    terms, offset = _terms([binned[at] for at in kept], parts, chosen.full)
    return Card(
        name="",
        route="linear",
        kind="points",
        variables=tuple(variable_of(binned[at], stated) for at in kept),
        terms=terms,
        offset=offset,
        training=Training(rows=table.rows),
        settings=settings_json(chosen),
        record={
            "fit": {"ridge": repr(ridge), **_quality(oof, y, held)},
            "dropped": [one.to_json() for one in dropped],
        },
    )


def check_ranking(y: Floats, weights: Floats | None) -> Floats:
    """Return weights to use. Raises: NOT_A_RANKING, BAD_WEIGHTS."""
    held = np.ones(len(y)) if weights is None else weights
    if held.shape != y.shape or not (np.isfinite(held) & (held >= 0)).all():
        raise BAD_WEIGHTS.error()
    seen = y[held > 0]
    if len(seen) < ROWS_MIN or not np.isfinite(y).all() or seen.min() == seen.max():
        raise NOT_A_RANKING.error(rows_min=ROWS_MIN)
    return held


def _cells(one: Binned) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the cell of the axis each row lies in."""
    extra = range(one.whole.bins, len(one.whole.woe))
    return np.array([*one.whole.part, *extra])[one.fine.codes]


def _means(one: Binned, y: Floats, weights: Floats, folds: Folds, count: int) -> Floats:
    """Return shrunk means less the mean of all, (folds + 1, cells): without each fold, of all."""
    size, cells = len(one.whole.woe), _cells(one)
    flat = folds.astype(np.int64) * size + cells
    n = np.bincount(flat, weights, count * size).reshape(count, size)
    total = np.bincount(flat, weights * y, count * size).reshape(count, size)
    n, total = np.vstack([n.sum(0) - n, n.sum(0)]), np.vstack([total.sum(0) - total, total.sum(0)])
    mean = total.sum(1, keepdims=True) / n.sum(1, keepdims=True)
    return np.asarray((total - n * mean) / (n + SHRUNK_ROWS))


def _best(
    x: Floats, y: Floats, weights: Floats, folds: Folds, settings: LinearSettings
) -> tuple[float, Floats, Floats]:
    """Return the ridge of least out-of-fold error, its coefficients, and what it foretells."""
    found: list[tuple[float, float, Floats]] = []
    for ridge in settings.ridges:
        oof = np.empty(len(y))
        for fold in range(settings.folds):
            inside = folds != fold
            b = _least_squares(x[inside], y[inside], weights[inside], ridge)
            oof[~inside] = b[0] + x[~inside] @ b[1:]
        found.append((float((weights * (y - oof) ** 2).sum()), ridge, oof))
    _, ridge, oof = min(found, key=lambda one: one[0])
    return ridge, _least_squares(x, y, weights, ridge), oof


def _least_squares(x: Floats, y: Floats, weights: Floats, ridge: float) -> Floats:
    """Return intercept and coefficients that are not negative, coordinate by coordinate."""
    w = weights / weights.sum()
    middle, mean = w @ x, float(w @ y)
    centred = x - middle
    gram, target = centred.T @ (centred * w[:, None]), centred.T @ (w * (y - mean))
    gram[np.diag_indices_from(gram)] *= 1 + ridge
    b = np.zeros(len(target))
    for _ in range(_SWEEPS):
        before = b.copy()
        for j in range(len(b)):
            if gram[j, j] > 0:
                b[j] = max(0.0, b[j] + (target[j] - gram[j] @ b) / gram[j, j])
        if np.abs(b - before).max() < 1e-9:  # noqa: PLR2004 - converged
            break
    return np.array([mean - middle @ b, *b])


def _terms(
    binned: Sequence[Binned], parts: Sequence[Floats], full: int
) -> tuple[tuple[Term, ...], int]:
    """Return terms whose best cells sum to `full` and worst ones to 0, before rounding."""
    held = [part[one.whole.counts > 0] for part, one in zip(parts, binned, strict=True)]
    worst = sum(float(part.min()) for part in held)
    reach = sum(float(part.max()) for part in held) - worst
    terms = tuple(
        Term(
            (one.axis,),
            tuple(int(p) for p in np.rint(full * part / reach)),
            tuple(int(n) for n in np.rint(one.whole.counts)),
        )
        for one, part in zip(binned, parts, strict=True)
    )
    return terms, round(-full * worst / reach)


def _quality(oof: Floats, y: Floats, weights: Floats) -> dict[str, str]:
    from scipy.stats import spearmanr  # noqa: PLC0415 - slow to import

    held = weights > 0
    w, seen, told = weights[held], y[held], oof[held]
    mean = float((w * seen).sum() / w.sum())
    r2 = 1 - float((w * (seen - told) ** 2).sum() / (w * (seen - mean) ** 2).sum())
    return {"r2": f"{r2:.6f}", "spearman": f"{float(spearmanr(told, seen).statistic):.6f}"}
