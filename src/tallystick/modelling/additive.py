"""The third and a half route: boosted additive tables, as points that print on paper.

Owns `fit_additive`. Rules: every tree reads one variable, and few read one stated pair, so that
the sum of trees is a sum of tables, read out exactly; how many trees, and whether pairs help at
all, is what loses least on inner folds; log-odds are recalibrated on the same rows out of fold
before they become points; shapes that are stated hold to the last cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tallystick.modelling.additive_design import Design, design_of
from tallystick.modelling.additive_points import parts_of, terms_of
from tallystick.modelling.additive_trees import Grown, Tables, grow_mains, grow_pairs
from tallystick.modelling.binning.columns import (
    CONSTANT,
    NOTHING_LEFT,
    Dropped,
    check_outcomes,
    fine_columns,
    folds_of,
)
from tallystick.modelling.binning.fine import Fine
from tallystick.modelling.boosting import Recipe
from tallystick.modelling.calibration import Calibration, fitted
from tallystick.modelling.logistic import settings_json
from tallystick.modelling.scaling import outcome_of
from tallystick.modelling.tables import Floats, Rows, Table
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import Card, Scaling, Training, Variable

SCALING: Final = Scaling(base_score=600, base_odds="50", pdo=40)
MAINS: Final = Recipe(
    trees=2000,
    learning_rate=0.05,
    leaves=4,
    least_rows=5,
    columns=0.3,
    rows=0.8,
    random_cuts=True,
    bags=4,
)
PAIRS: Final = Recipe(
    trees=600,
    learning_rate=0.05,
    leaves=4,
    least_rows=10,
    columns=0.5,
    rows=0.8,
    ridge=1.0,
    bags=4,
)


@dataclass(frozen=True)
class AdditiveSettings:
    """How tables are boosted.

    mains, over: recipes of main trees and of trees of pairs; `trees` is the most. pairs: two-way
    terms at most, none where they do not help. prebins: fine cells of a number before merging;
    cells: bins of a variable at most; coarse: cells of a variable in a pair. steps: numbers of
    trees that are compared. folds: inner folds.
    """

    mains: Recipe = MAINS
    over: Recipe = PAIRS
    pairs: int = 10
    prebins: int = 200
    cells: int = 32
    coarse: int = 10
    steps: int = 10
    folds: int = 4
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
    AN_IDENTIFIER, BAD_CUTS, NOTHING_LEFT.
    """
    chosen = settings or AdditiveSettings()
    stated = wishes or {}
    held = check_outcomes(y, weights)
    rows = np.flatnonzero(held > 0)
    cells, dropped = _cells(table, stated, chosen, rows)
    fit = _Fit(cells, y, held, stated, chosen)
    choice = fit.choose(rows)
    grown = fit.grown(rows, choice.mains, chosen.mains.bags, pairs=choice.above > 0)
    tables = grown.tables(choice.mains, choice.above)
    parts, moved = parts_of(
        grown.design,
        tables,
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


@dataclass(frozen=True)
class _Choice:
    """Numbers of trees, of pairs 0 where they do not help, and the calibration."""

    mains: int
    above: int
    calibration: Calibration

    def to_json(self) -> dict[str, Any]:
        return {
            "main_trees": self.mains,
            "pair_trees": self.above,
            "recalibrated": [
                f"{self.calibration.intercept:.6f}",
                f"{self.calibration.slopes[0]:.6f}",
            ],
        }


@dataclass(frozen=True, eq=False)
class _Fit:
    cells: Sequence[Fine]
    y: Floats
    weights: Floats
    wishes: Mapping[str, Wish]
    settings: AdditiveSettings

    def design(self, rows: Rows) -> Design:
        shapes = {name: wish.shape for name, wish in self.wishes.items()}
        return design_of(self.cells, shapes, self.y, self.weights, rows, self.settings.coarse)

    def mains(self, rows: Rows, bags: int, trees: int) -> Grown:
        from dataclasses import replace

        recipe = replace(self.settings.mains, bags=bags, trees=trees)
        return grow_mains(
            self.design(rows),
            self.y,
            self.weights,
            rows,
            recipe,
            self.settings.seed,
            self.settings.threads,
        )

    def with_pairs(self, grown: Grown, rows: Rows, count: int, bags: int) -> Grown:
        from dataclasses import replace

        chosen = self.settings
        return grow_pairs(
            grown,
            self.y,
            self.weights,
            rows,
            replace(chosen.over, bags=bags),
            count=count,
            most=chosen.pairs,
            seed=chosen.seed,
            threads=chosen.threads,
        )

    def grown(self, rows: Rows, mains: int, bags: int, *, pairs: bool) -> Grown:
        made = self.mains(rows, bags, mains)
        return self.with_pairs(made, rows, mains, bags) if pairs else made

    def choose(self, rows: Rows) -> _Choice:
        """Return the numbers of trees of least loss on inner folds."""
        chosen = self.settings
        y, weights = self.y[rows], self.weights[rows]
        folds = folds_of(y, chosen.folds, chosen.seed)
        inside = [rows[folds != fold] for fold in range(chosen.folds)]
        outside = [rows[folds == fold] for fold in range(chosen.folds)]
        grown = [self.mains(part, 1, chosen.mains.trees) for part in inside]

        def margins(made: Sequence[Tables]) -> Floats:
            found = np.empty(len(rows))
            for fold, one in enumerate(made):
                found[folds == fold] = one.margin(grown[fold].design, outside[fold])
            return found

        def best(
            counts: Sequence[tuple[int, int]], parts: Sequence[Grown]
        ) -> tuple[float, tuple[int, int], Floats]:
            found = []
            for count in counts:
                margin = margins([one.tables(*count) for one in parts])
                loss = float(weights @ (np.logaddexp(0, margin) - y * margin))
                found.append((loss, count, margin))
            return min(found, key=lambda one: one[0])

        loss, count, margin = best(
            [(n, 0) for n in _counts(chosen.mains.trees, chosen.steps)], grown
        )
        if chosen.pairs:
            above = [
                self.with_pairs(one, part, count[0], 1)
                for one, part in zip(grown, inside, strict=True)
            ]
            if all(one.pairs for one in above):
                loss2, count2, margin2 = best(
                    [(count[0], n) for n in _counts(chosen.over.trees, chosen.steps)], above
                )
                if loss2 < loss:
                    count, margin = count2, margin2
        return _Choice(*count, fitted("platt", -margin, y, weights))


def _counts(most: int, steps: int) -> list[int]:
    """Return numbers of trees to compare, closer together where they are few."""
    shares = (np.arange(1, steps + 1) / steps) ** 1.5
    return sorted({max(1, round(most * share)) for share in shares.tolist()})


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
