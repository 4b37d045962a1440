"""The fourth route: boosted trees, calibrated, with and without what an expert states.

Owns `fit_boosted`. Rules: categories become numbers by their weight of
evidence among the rows a booster learns from, and a category it has not met is missing; a special
code stays the number it is, and the trees part it if it matters; a shape trees cannot keep is
refused; the sum of a row that calibration learns from comes from boosters that had not seen it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.texts import Text
from tallystick.modelling.binning.columns import (
    CONSTANT,
    LEFT_OUT,
    NOTHING_LEFT,
    Dropped,
    check_outcomes,
    folds_of,
)
from tallystick.modelling.boosting import Recipe, ensemble_of, grow, sums
from tallystick.modelling.calibration import calibrate, steps
from tallystick.modelling.logistic import settings_json
from tallystick.modelling.scaling import DEFAULT
from tallystick.modelling.tables import Column, Floats, Rows, Table
from tallystick.modelling.wishes import PEAK_OR_VALLEY, SHAPE_NOT_KEPT, Wish
from tallystick.scorecards.document import Card, Scaling, Training, Variable
from tallystick.scorecards.trees import TreeReader

RECIPES: Final = (
    Recipe(),
    Recipe(trees=600, least_rows=10, columns=0.5, rows=0.8, random_cuts=True),
)
"""Greedy trees find exact relations between columns, random ones smooth over what is not exact."""
DIRECTIONS: Final = {"rising": "up", "falling": "down"}
_SIGNS: Final = {"rising": -1, "falling": 1}  # of the log-odds of bad
_SHRUNK: Final = 10.0  # rows of the whole table a category is mixed with

_SPECIAL = Text("有特殊码而又单调", "monotone, with special codes")
_CUTS = Text("切点或分组", "cuts or groups")
_NO_ORDER = Text("类别没有大小", "categories have no order")


@dataclass(frozen=True)
class BoostedSettings:
    """How trees are boosted.

    recipes: boosters averaged. constrained: keep the shapes that are stated; False for the
    challenger, which keeps none. folds: inner folds that calibration learns from. threads: of
    LightGBM; the trees are the same only for the same number.
    """

    recipes: tuple[Recipe, ...] = RECIPES
    constrained: bool = True
    folds: int = 5
    threads: int = 1
    scaling: Scaling = DEFAULT
    seed: int = 0


def fit_boosted(
    table: Table,
    y: Floats,
    settings: BoostedSettings | None = None,
    weights: Floats | None = None,
    wishes: Mapping[str, Wish] | None = None,
) -> Card:
    """Return trees fitted to outcomes y, float64 (rows,), 1 is bad.

    weights: float64 (rows,), 1 each if None. Raises: NOT_OUTCOMES, BAD_WEIGHTS, TOO_FEW_ROWS,
    SHAPE_NOT_KEPT, NOTHING_LEFT.
    """
    chosen = settings or BoostedSettings()
    stated = wishes or {}
    held = check_outcomes(y, weights)
    columns, dropped = _columns(table, stated, chosen)
    rows = np.flatnonzero(held > 0)
    whole = _grown(columns, y, held, rows, stated, chosen)
    margin = np.empty(len(rows))
    folds = folds_of(y[rows], chosen.folds, chosen.seed)
    for fold in range(chosen.folds):
        part = _grown(columns, y, held, rows[folds != fold], stated, chosen)
        margin[folds == fold] = part.margin(columns, rows[folds == fold])
    calibration = calibrate(margin, y[rows], held[rows], chosen.seed)
    return Card(
        name="",
        route="boosted",
        kind="trees",
        variables=tuple(_variable(column, stated, chosen) for column in columns),
        scaling=chosen.scaling,
        outcome=steps(calibration, chosen.scaling),
        ensemble=ensemble_of(whole.boosters, [one.name for one in columns], whole.encodings()),
        training=Training(rows=table.rows, bads=int(y[rows].sum())),
        settings=settings_json(chosen),
        record={
            "fit": {
                "calibration": calibration.form,
                "intercept": f"{calibration.intercept:.6f}",
                "slopes": [f"{slope:.6f}" for slope in calibration.slopes],
            },
            "dropped": [one.to_json() for one in dropped],
        },
    )


@dataclass(frozen=True, eq=False)
class _Grown:
    """Boosters, and the number of each category by column (NaN where none was met)."""

    boosters: list[Any]
    codes: dict[str, Floats]
    columns: Sequence[Column]

    def margin(self, columns: Sequence[Column], rows: Rows) -> Floats:
        """Return log-odds of good, shape (rows,)."""
        values = _matrix(columns, rows, self.codes)
        found = [sums(booster, values) for booster in self.boosters]
        return np.asarray(-np.mean(found, axis=0), np.float64)

    def encodings(self) -> dict[str, dict[str, str]]:
        """Return the numbers of categories as a card states them."""
        return {
            column.name: {
                name: repr(float(code))
                for name, code in zip(column.categories, self.codes[column.name], strict=True)
                if not np.isnan(code)
            }
            for column in self.columns
            if column.kind == "category"
        }


def _columns(
    table: Table, wishes: Mapping[str, Wish], settings: BoostedSettings
) -> tuple[list[Column], list[Dropped]]:
    """Return the columns trees are grown on, and the others."""
    columns, dropped = [], []
    for name in table.names:
        wish = wishes.get(name, Wish())
        column = table.column(name)
        if not wish.use:
            dropped.append(Dropped(name, LEFT_OUT))
        elif _constant(column):
            dropped.append(Dropped(name, CONSTANT))
        else:
            _check(column, wish, settings)
            columns.append(column)
    if not columns:
        raise NOTHING_LEFT.error()
    return columns, dropped


def _constant(column: Column) -> bool:
    cells = column.values if column.kind == "number" else column.codes
    first = cells[0]
    return bool(((cells == first) | ((cells != cells) & (first != first))).all())  # noqa: PLR0124 - NaN


def _check(column: Column, wish: Wish, settings: BoostedSettings) -> None:
    """Refuse what is stated and cannot be kept."""
    if not settings.constrained:
        return
    why = None
    if wish.cuts or wish.groups:
        why = _CUTS
    elif wish.shape in {"peak", "valley"}:
        why = PEAK_OR_VALLEY
    elif wish.shape in _SIGNS:
        why = _NO_ORDER if column.kind == "category" else _SPECIAL if wish.special else None
    if why is not None:
        raise SHAPE_NOT_KEPT.error(route="boosted", column=column.name, what=why)


def _grown(
    columns: Sequence[Column],
    y: Floats,
    weights: Floats,
    rows: Rows,
    wishes: Mapping[str, Wish],
    settings: BoostedSettings,
) -> _Grown:
    """Return boosters grown on some rows."""
    codes = {
        column.name: _evidence(column.codes[rows], len(column.categories), y[rows], weights[rows])
        for column in columns
        if column.kind == "category"
    }
    shapes = [wishes.get(column.name, Wish()).shape for column in columns]
    more: dict[str, Any] = {}
    if settings.constrained and any(shape in _SIGNS for shape in shapes):
        more["monotone_constraints"] = [_SIGNS.get(shape, 0) for shape in shapes]
    values = _matrix(columns, rows, codes)
    boosters: list[Any] = []
    for recipe in settings.recipes:
        boosters += grow(
            values,
            y[rows],
            weights[rows],
            recipe,
            seed=settings.seed,
            threads=settings.threads,
            **more,
        )
    return _Grown(boosters, codes, columns)


def _evidence(codes: Any, size: int, y: Floats, weights: Floats) -> Floats:  # noqa: ANN401 - int32
    """Return log-odds of good of each category, mixed with _SHRUNK average rows; NaN if not met."""
    met = codes >= 0
    counts = np.bincount(codes[met], weights[met], size)
    bads = np.bincount(codes[met], weights[met] * y[met], size)
    share = (weights @ y) / weights.sum()
    rate = (bads + _SHRUNK * share) / (counts + _SHRUNK)
    return np.where(counts > 0, np.log((1 - rate) / rate), np.nan)


def _matrix(columns: Sequence[Column], rows: Rows, codes: Mapping[str, Floats]) -> Floats:
    """Return the inputs of trees, shape (rows, columns)."""
    values = np.empty((len(rows), len(columns)))
    for at, column in enumerate(columns):
        if column.kind == "number":
            values[:, at] = column.values[rows]
        else:
            values[:, at] = np.append(codes[column.name], np.nan)[column.codes[rows]]
    return values


def _variable(column: Column, wishes: Mapping[str, Wish], settings: BoostedSettings) -> Variable:
    wish = wishes.get(column.name, Wish())
    return Variable(
        column.name,
        column.kind,
        zh=wish.zh,
        en=wish.en,
        unit=wish.unit,
        item=wish.item,
        direction=DIRECTIONS.get(wish.shape, "") if settings.constrained else "",
        actionable=wish.actionable,
    )


def margins(card: Card, table: Table) -> NDArray[np.int64]:
    """Return the raw sums of a table under a card of trees, ppm, shape (rows,)."""
    ensemble = card.ensemble
    if ensemble is None:
        raise ValueError("a card of points has no trees")
    columns = [table.column(name) for name in ensemble.inputs]
    codes = {
        column.name: np.array(
            [float(ensemble.encodings[column.name].get(one, "nan")) for one in column.categories]
        )
        for column in columns
        if column.kind == "category"
    }
    values = _matrix(columns, np.arange(table.rows), codes)
    return card.offset + TreeReader(ensemble).raw_batch(values)
