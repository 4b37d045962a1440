"""What it costs in accuracy to keep the shapes an expert states.

Owns `price_of_monotonicity`. Rules: both forms learn and are judged on the same rows, so that the
difference is paired; what is reported is of rows neither has seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tallystick.modelling.boosted import BoostedSettings, fit_boosted, margins
from tallystick.modelling.metrics import auc
from tallystick.modelling.tables import Floats, Rows, Table
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import Card


@dataclass(frozen=True, eq=False)
class PriceOfMonotonicity:
    """Both cards of all rows, and AUC of each fold, shape (folds,), of rows not learnt from."""

    constrained: Card
    challenger: Card
    auc_constrained: Floats
    auc_challenger: Floats

    @property
    def price(self) -> float:
        """AUC given up for the stated shapes, mean over the folds."""
        return float((self.auc_challenger - self.auc_constrained).mean())

    @property
    def error(self) -> float:
        """Standard error of the mean of paired differences; folds share rows, so it is low."""
        differences = self.auc_challenger - self.auc_constrained
        return float(differences.std(ddof=1) / np.sqrt(len(differences)))


def price_of_monotonicity(
    table: Table,
    y: Floats,
    folds: Sequence[tuple[Rows, Rows]],
    settings: BoostedSettings | None = None,
    weights: Floats | None = None,
    wishes: Mapping[str, Wish] | None = None,
) -> PriceOfMonotonicity:
    """Return both forms and their difference over folds: rows to learn from, rows to judge on.

    Raises as `fit_boosted`.
    """
    chosen = settings or BoostedSettings()
    forms = [replace(chosen, constrained=kept) for kept in (True, False)]
    found: list[list[float]] = [[], []]
    for learnt, judged in folds:
        held = None if weights is None else weights[learnt]
        for form, areas in zip(forms, found, strict=True):
            card = fit_boosted(table.take(learnt), y[learnt], form, held, wishes)
            areas.append(auc(margins(card, table.take(judged)), y[judged]))
    constrained, challenger = (fit_boosted(table, y, form, weights, wishes) for form in forms)
    return PriceOfMonotonicity(constrained, challenger, *map(np.array, found))
