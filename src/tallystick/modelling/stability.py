"""Whether scores and variables have moved since a card was fitted.

Owns the population stability index of a score (PSI) and of each variable (CSI), by period. Rules:
an index stands beside what chance alone would give for as many organisations, and beside the
customary 0.1 and 0.25, which mean nothing for few of them; an empty cell counts as half an
organisation; cells are those of the card, missing and specials apart.

    PSI = sum (a - e) ln(a / e)      shares of the cells, a now and e then

Without a change PSI is about (1/n + 1/m) times chi-square with cells - 1 degrees of freedom.
Source: Yurdakul 2018, "Statistical properties of population stability index".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.bands import band_of, quantile_bands
from tallystick.modelling.metrics import as_text
from tallystick.modelling.tables import Column, Floats, Rows, Table
from tallystick.scorecards.document import NUMBER, Axis, Band, Card, Term

Counts = Floats | Rows
"""Organisations by cell."""

CUSTOMARY: Final = (0.1, 0.25)
PARTS: Final = 10
EMPTY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Shift:
    """How far one distribution has moved.

    index: PSI or CSI. limit_95, limit_99: what chance stays below in 95 and 99 of 100 cases without
    a change. points: how many points the mean score has moved by it, NaN for a score itself.
    """

    name: str
    period: str
    rows: int
    index: float
    limit_95: float
    limit_99: float
    points: float = np.nan

    @property
    def beyond_chance(self) -> bool:
        """Whether chance alone gives so much in less than one of 100 cases."""
        return self.index > self.limit_99

    @property
    def customary(self) -> str:
        """Where it lies by custom: "below_0.1", "0.1_to_0.25" or "above_0.25"."""
        low, high = CUSTOMARY
        if self.index < low:
            return "below_0.1"
        return "0.1_to_0.25" if self.index <= high else "above_0.25"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "name": self.name,
            "period": self.period,
            "rows": self.rows,
            "index": as_text(self.index),
            "limit_95": as_text(self.limit_95),
            "limit_99": as_text(self.limit_99),
            "beyond_chance": self.beyond_chance,
            "customary": self.customary,
            "points": as_text(self.points),
        }


def stability_index(then: Floats, now: Floats) -> float:
    """Return PSI of two counts (or weights) by cell."""
    e, a = np.maximum(then, EMPTY), np.maximum(now, EMPTY)
    e, a = e / e.sum(), a / a.sum()
    return float(((a - e) * np.log(a / e)).sum())


def chance_limit(cells: int, then: float, now: float, level: float) -> float:
    """Return what PSI stays below without a change, in `level` of all cases."""
    from scipy.special import chdtri  # noqa: PLC0415 - heavy; the command line must start fast

    if cells <= 1 or min(then, now) <= 0:
        return 0.0
    return float((1 / then + 1 / now) * chdtri(cells - 1, 1 - level))


def shift(name: str, period: str, then: Counts, now: Counts, points: float = np.nan) -> Shift:
    """Return how far counts by cell have moved; cells empty in both do not count as cells."""
    used = (then > 0) | (now > 0)
    e, a = then[used].astype(np.float64), now[used].astype(np.float64)
    limits = [chance_limit(len(e), e.sum(), a.sum(), level) for level in (0.95, 0.99)]
    index = stability_index(e, a) if len(e) else np.nan
    return Shift(name, period, int(a.sum()), index, limits[0], limits[1], points)


def of_score(
    score: NDArray[np.integer[Any]],
    periods: NDArray[np.generic],
    reference: NDArray[np.bool_],
    bands: Sequence[Band] = (),
) -> tuple[Shift, ...]:
    """Return the shift of the score in each period against the reference rows.

    bands: the cells; tenths of the reference scores where none are given.
    """
    used = bands or quantile_bands(score[reference], [str(at) for at in range(PARTS)])
    place = band_of(score, used)
    return tuple(_by_period("score", place, len(used), periods, reference, None))


def of_variables(
    card: Card, table: Table, periods: NDArray[np.generic], reference: NDArray[np.bool_]
) -> tuple[Shift, ...]:
    """Return the shift of each term of a card in each period against the reference rows."""
    found: list[Shift] = []
    for term in card.terms:
        place = term_cells(term, table)
        points = np.array(term.points, np.float64)
        found += _by_period(term.code, place, len(points), periods, reference, points)
    return tuple(found)


def since_training(
    card: Card, table: Table, period: str = "", weights: Floats | None = None
) -> tuple[Shift, ...]:
    """Return the shift of each term against the counts the card keeps of its training.

    These are of weights where the fit had some; so are those of now where `weights` are given.
    """
    w = np.ones(table.rows) if weights is None else weights
    found = []
    for term in card.terms:
        if term.counts:
            now = np.bincount(term_cells(term, table), w, len(term.counts)).astype(np.float64)
            then, points = np.array(term.counts, np.float64), np.array(term.points, np.float64)
            moved = shift(term.code, period, then, now, _moved(then, now, points))
            found.append(replace(moved, rows=table.rows))
    return tuple(found)


def against_training(
    card: Card, table: Table, weights: Floats | None = None
) -> dict[str, Any] | None:
    """Return `since_training` as plain JSON, None where the card keeps no counts.

    {"rows", "variables": [Shift.to_json()], "beyond_chance": [names], "points": by how many points
    the mean score has moved}.
    """
    found = since_training(card, table, weights=weights)
    if not found:
        return None
    return {
        "rows": table.rows,
        "variables": [one.to_json() for one in found],
        "beyond_chance": [one.name for one in found if one.beyond_chance],
        "points": as_text(float(np.nansum([one.points for one in found]))),
    }


def _by_period(
    name: str,
    place: Rows,
    cells: int,
    periods: NDArray[np.generic],
    reference: NDArray[np.bool_],
    points: Floats | None,
) -> Iterator[Shift]:
    then = np.bincount(place[reference], minlength=cells)
    for period in np.unique(periods[~reference]):
        now = np.bincount(place[(periods == period) & ~reference], minlength=cells)
        moved = np.nan if points is None else _moved(then, now, points)
        yield shift(name, str(period), then, now, moved)


def _moved(then: Counts, now: Counts, points: Floats) -> float:
    return float(now @ points / (now.sum() or 1) - then @ points / (then.sum() or 1))


def term_cells(term: Term, table: Table) -> Rows:
    """Return the cell of a term each row falls into."""
    cells = np.zeros(table.rows, np.int64)
    for axis in term.axes:
        cells = cells * axis.size + axis_cells(axis, table.column(axis.variable))
    return cells


def axis_cells(axis: Axis, column: Column) -> Rows:
    """Return the cell of an axis each row falls into, as `scorecards.document` defines it."""
    if axis.kind == NUMBER:
        cells = np.searchsorted(np.array(axis.cuts), column.values, side="left").astype(np.int64)
        for code, cell in axis.codes.items():
            cells[column.values == code] = cell
        cells[np.isnan(column.values)] = axis.missing
        return cells
    known = [axis.places.get(text, axis.otherwise) for text in column.categories]
    return np.array([*known, axis.missing], np.int64)[column.codes]
