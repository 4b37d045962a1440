"""How the bins of a card hold over time.

Owns `stability`: the share and the weight of evidence of each cell in each period, and the
population stability index of each period against the first. Rules: cells are those of the card, not
cut anew; weights of evidence are shrunk as in the fit; an empty cell has a share and no evidence.

    PSI(period) = sum over cells of (q - p) ln(q / p),  p the first period, q this one,
    each share with half a row added to every cell, so that an empty cell is no infinity.
    limit: what no change exceeds in one case of twenty, (1/n + 1/m) times the .95 quantile of
    chi-square with cells - 1 degrees of freedom (Yurdakul 2018), so that few rows do not alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.binning.merging import evidence
from tallystick.modelling.tables import Column, Floats, Table
from tallystick.scorecards.document import NUMBER, Axis


@dataclass(frozen=True)
class Period:
    """One period of one column. share, woe: by cell of the axis; woe empty without outcomes."""

    period: str
    rows: int
    share: tuple[float, ...]
    woe: tuple[float, ...]
    psi: float
    limit: float


def stability(
    table: Table, axis: Axis, periods: NDArray[Any], y: Floats | None = None
) -> tuple[Period, ...]:
    """Return the cells of one axis by period, in the order of the labels.

    periods: (rows,) labels that sort in time, such as "2025-06". y: outcomes, 1 is bad.
    """
    from scipy.stats import chi2  # noqa: PLC0415 - slow to import

    cells = cells_of(table.column(axis.variable), axis)
    labels, places = np.unique(periods, return_inverse=True)
    counts = np.zeros((len(labels), axis.size))
    np.add.at(counts, (places, cells), 1.0)
    bads = np.zeros_like(counts)
    if y is not None:
        np.add.at(bads, (places, cells), y)
    held = int((counts.sum(0) > 0).sum())
    quantile = float(chi2.ppf(0.95, max(1, held - 1)))
    first = counts[0]
    return tuple(
        Period(
            str(label),
            int(n.sum()),
            tuple(map(float, n / n.sum())),
            () if y is None else _evidence(n, b),
            _psi(first, n) if at else 0.0,
            quantile * (1 / first.sum() + 1 / n.sum()) if at else 0.0,
        )
        for at, (label, n, b) in enumerate(zip(labels, counts, bads, strict=True))
    )


def cells_of(column: Column, axis: Axis) -> NDArray[np.int64]:
    """Return the cell of the axis each row lies in, int64 (rows,)."""
    if axis.kind == NUMBER:
        cells = np.searchsorted(np.array(axis.cuts), column.values, side="left").astype(np.int64)
        for code, cell in axis.codes.items():
            cells[column.values == code] = cell
        cells[np.isnan(column.values)] = axis.missing
        return cells
    places = [axis.places.get(one, axis.otherwise) for one in column.categories]
    return np.array([*places, axis.missing], np.int64)[column.codes]


def _evidence(counts: Floats, bads: Floats) -> tuple[float, ...]:
    if not 0 < bads.sum() < counts.sum():
        return ()
    found = np.where(counts > 0, evidence(counts, bads, counts, bads), 0.0)
    return tuple(map(float, found))


def _psi(first: Floats, now: Floats) -> float:
    held = (first + now) > 0
    p, q = first[held] + 0.5, now[held] + 0.5
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())
