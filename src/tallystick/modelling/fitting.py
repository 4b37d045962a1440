"""One name for every way of fitting.

Owns the way from a route to its fitter, and a card on a table. Rules: a fitter is given the rows it
may see and nothing else; its seed comes from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.tables import Floats, Table
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import Card
from tallystick.scorecards.kernel import Batch, Categories


def fit_route(
    route: str,
    table: Table,
    y: Floats,
    weights: Floats | None,
    wishes: Mapping[str, Wish],
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
) -> Card:
    """Return a card of a route that learns: linear, logistic, additive or boosted.

    options: fields of the settings of the route. Raises: what the fitter raises.
    """
    fit, settings = _fitter(route)
    chosen = replace(settings, seed=seed, **(options or {}))
    card: Card = fit(table, y, chosen, weights, wishes)
    return card


def option_names(route: str) -> frozenset[str]:
    """Return the fields `fit_route` takes as options for a route, without the seed."""
    return frozenset(one.name for one in fields(_fitter(route)[1])) - {"seed"}


def _fitter(route: str) -> Any:  # noqa: ANN401 - a function and its settings
    """Return the fitter of a route and its usual settings; each loads a library of its own."""
    if route == "linear":
        from tallystick.modelling.linear import LinearSettings, fit_linear  # noqa: PLC0415

        return fit_linear, LinearSettings()
    if route == "logistic":
        from tallystick.modelling.logistic import LogisticSettings, fit_logistic  # noqa: PLC0415

        return fit_logistic, LogisticSettings()
    if route == "additive":
        from tallystick.modelling.additive import AdditiveSettings, fit_additive  # noqa: PLC0415

        return fit_additive, AdditiveSettings()
    if route == "boosted":
        from tallystick.modelling.boosted import BoostedSettings, fit_boosted  # noqa: PLC0415

        return fit_boosted, BoostedSettings()
    raise ValueError(route)


def columns_of(card: Card, table: Table) -> dict[str, Floats | Categories]:
    """Return the columns a card reads, as its kernel takes them."""
    made: dict[str, Floats | Categories] = {}
    for variable in card.variables:
        if variable.name not in table.names:
            continue  # the kernel names what is absent
        column = table.column(variable.name)
        if column.kind == variable.kind == "number":
            made[variable.name] = column.values
        elif variable.kind == "number" and (column.codes < 0).all():
            made[variable.name] = np.full(len(column), np.nan)  # empty cells are of either kind
        elif column.kind == "category":
            made[variable.name] = Categories(column.codes, column.categories)
        else:
            texts, codes = np.unique(column.values[~np.isnan(column.values)], return_inverse=True)
            whole = np.full(len(column), -1, np.int32)
            whole[~np.isnan(column.values)] = codes
            made[variable.name] = Categories(whole, [_text(one) for one in texts.tolist()])
    return made


def _text(value: float) -> str:
    """Return a number as a category is written: whole numbers without a point."""
    return str(int(value)) if value.is_integer() else repr(value)


def scores_of(card: Card, table: Table) -> tuple[NDArray[np.int64], Floats]:
    """Return score and probability of bad of every row, NaN where the card states none."""
    batch = Batch(card)
    if not card.variables:  # a fold in which nothing told good from bad: one score for all
        return batch.outcome(np.full(table.rows, card.offset, np.int64))
    return batch.outcome(batch.raw(columns_of(card, table)))
