"""Boosted additive tables, as points that print on paper.

Owns `fit_additive`. Rules: every tree reads one variable, and few read one stated pair, so that
the sum of trees is a sum of tables, read out exactly; how many trees, and whether pairs help at
all, is what loses least on inner folds; log-odds are recalibrated on the same rows out of fold
before they become points; shapes that are stated hold to the last cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tallystick.modelling.additive_points import parts_of, terms_of
from tallystick.modelling.additive_search import Search
from tallystick.modelling.additive_trees import Forest
from tallystick.modelling.binning.columns import (
    CONSTANT,
    NOTHING_LEFT,
    Dropped,
    check_outcomes,
    fine_columns,
)
from tallystick.modelling.binning.fine import Fine
from tallystick.modelling.boosting import Recipe
from tallystick.modelling.logistic import settings_json
from tallystick.modelling.scaling import outcome_of
from tallystick.modelling.tables import Floats, Rows, Table
from tallystick.modelling.wishes import PEAK_OR_VALLEY, SHAPE_NOT_KEPT, Wish
from tallystick.scorecards.document import Card, Scaling, Training, Variable

SCALING: Final = Scaling(base_score=600, base_odds="50", pdo=40)
_TREES: Final = Recipe(trees=1200, learning_rate=0.08, leaves=4, least_rows=5, rows=0.8, bags=3)
MAINS: Final = (
    replace(_TREES, columns=0.3, random_cuts=True),
    replace(_TREES, columns=0.1, learning_rate=0.04),
)
"""Where cuts are drawn by lot tables are smooth; where they are sought, edges are found. The mean
of both is wrong less often than either."""
PAIRS: Final = Recipe(
    trees=400,
    learning_rate=0.08,
    leaves=4,
    least_rows=10,
    columns=0.5,
    rows=0.8,
    ridge=1.0,
    bags=3,
)


@dataclass(frozen=True)
class AdditiveSettings:
    """How tables are boosted.

    mains: recipes of main trees, whose mean is taken; over: of trees of pairs; `trees` is the most.
    pairs: two-way terms at most, none where they do not help. prebins: fine cells of a number
    before merging; cells: bins of a variable at most; coarse: cells of a variable in a pair.
    folds: inner folds.
    """

    mains: tuple[Recipe, ...] = MAINS
    over: Recipe = PAIRS
    pairs: int = 10
    prebins: int = 200
    cells: int = 32
    coarse: int = 10
    folds: int = 3
    threads: int = 1
    scaling: Scaling = SCALING
    seed: int = 0


def fit_additive(
    table: Table,
    y: Floats,
    settings: AdditiveSettings | None = None,
    weights: Floats | None = None,
    wishes: Mapping[str, Wish] | None = None,
) -> Card:
    """Return tables fitted to outcomes y, float64 (rows,), 1 is bad.

    weights: float64 (rows,), 1 each if None. Raises: NOT_OUTCOMES, BAD_WEIGHTS, TOO_FEW_ROWS,
    AN_IDENTIFIER, BAD_CUTS, NOTHING_LEFT, SHAPE_NOT_KEPT.
    """
    chosen = settings or AdditiveSettings()
    stated = wishes or {}
    for name, wish in stated.items():
        if wish.use and wish.shape in {"peak", "valley"}:
            raise SHAPE_NOT_KEPT.error(route="additive", column=name, what=PEAK_OR_VALLEY)
    held = check_outcomes(y, weights)
    rows = np.flatnonzero(held > 0)
    cells, dropped = _cells(table, stated, chosen, rows)
    shapes = {name: wish.shape for name, wish in stated.items()}
    forest = Forest(chosen.mains, chosen.over, chosen.pairs, chosen.seed, chosen.threads)
    search = Search(cells, y, held, shapes, forest, chosen.coarse)
    choice = search.choose(rows, chosen.folds)
    grown = search.whole(rows, choice)
    parts, moved = parts_of(
        grown.design,
        grown.tables(),
        choice.calibration.slopes[0],
        (y, held, rows),
        chosen.cells,
        chosen.scaling,
    )
    terms, offset = terms_of(parts, choice.calibration.intercept + moved, chosen.scaling)
    used = {name for term in terms for name in term.variables}
    return Card(
        name="",
        route="additive",
        kind="points",
        variables=tuple(_variable(one, stated) for one in cells if one.name in used),
        terms=terms,
        offset=offset,
        scaling=chosen.scaling,
        outcome=outcome_of(chosen.scaling),
        training=Training(rows=table.rows, bads=int(y[rows].sum())),
        settings=settings_json(chosen),
        record={"fit": choice.to_json(), "dropped": [one.to_json() for one in dropped]},
    )


def _cells(
    table: Table, wishes: Mapping[str, Wish], settings: AdditiveSettings, rows: Rows
) -> tuple[list[Fine], list[Dropped]]:
    """Return the columns in fine cells, and those left out."""
    kept, dropped = [], []
    for made in fine_columns(table, wishes, settings.prebins):
        if isinstance(made, Dropped):
            dropped.append(made)
        elif (made.codes[rows] == made.codes[rows[0]]).all():
            dropped.append(Dropped(made.name, CONSTANT))
        else:
            kept.append(made)
    if not kept:
        raise NOTHING_LEFT.error()
    return kept, dropped


def _variable(one: Fine, wishes: Mapping[str, Wish]) -> Variable:
    wish = wishes.get(one.name, Wish())
    return Variable(
        one.name,
        one.kind,
        zh=wish.zh,
        en=wish.en,
        unit=wish.unit,
        item=wish.item,
        direction={"rising": "up", "falling": "down"}.get(wish.shape, ""),
        actionable=wish.actionable,
    )
