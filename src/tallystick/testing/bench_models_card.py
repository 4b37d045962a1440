"""The card whose scoring is measured: every column of the table, nine bins each.

Owns `full_card`. A fitted card leaves columns out, and how many depends on chance; scoring is
measured on one that reads all of them, with points from the weights of evidence of a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tallystick.modelling.scaling import DEFAULT, outcome_of, points_of
from tallystick.modelling.tables import Column, Floats, Rows, Table
from tallystick.scorecards.document import Axis, Card, Term, Training, Variable

BINS: Final = 9
_EVEN: Final = 0.5  # added to each count, so that an empty cell weighs nothing much


def full_card(table: Table, y: Floats, name: str) -> Card:
    """Return a card of all columns of a table, cut at quantiles; y as ever, 1 is bad."""
    columns = [table.column(one) for one in table.names]
    terms = tuple(_term(column, y) for column in columns)
    return Card(
        name=name,
        route="logistic",
        kind="points",
        variables=tuple(Variable(one.name, one.kind) for one in columns),
        terms=terms,
        offset=DEFAULT.base_score,
        scaling=DEFAULT,
        outcome=outcome_of(DEFAULT),
        training=Training(rows=table.rows, bads=int(y.sum())),
    )


def _term(column: Column, y: Floats) -> Term:
    axis, cells = _cut(column) if column.kind == "number" else _grouped(column)
    counts = np.bincount(cells, minlength=axis.size)
    bads = np.bincount(cells, y, axis.size)
    good = (counts - bads + _EVEN) / (len(y) - y.sum() + _EVEN)
    woe = np.log(good / ((bads + _EVEN) / (y.sum() + _EVEN)))
    [points] = points_of([np.where(counts > 0, woe, 0.0)], DEFAULT)
    return Term((axis,), _whole(points), _whole(counts), _whole(bads))


def _whole(values: Sequence[float] | Floats | Rows) -> tuple[int, ...]:
    return tuple(map(int, values))


def _cut(column: Column) -> tuple[Axis, Rows]:
    known = column.values[~np.isnan(column.values)]
    cuts = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    axis = Axis(column.name, "number", tuple(map(repr, cuts.tolist())))
    cells = np.searchsorted(cuts, column.values, side="left")
    return axis, np.where(np.isnan(column.values), axis.missing, cells)


def _grouped(column: Column) -> tuple[Axis, Rows]:
    parts = [tuple(column.categories[at::BINS]) for at in range(min(BINS, len(column.categories)))]
    axis = Axis(column.name, "category", groups=tuple(parts))
    cells = np.where(column.codes < 0, axis.missing, column.codes % max(len(parts), 1))
    return axis, cells.astype(np.int64)
