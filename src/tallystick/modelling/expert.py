"""A card that experts state, without any outcome: the routes `expert` and `ahp`.

Owns the way from directions and weights to points. Rules: an expert states the direction of every
column used (or the groups of a category, worst first); cut points are stated too, or the quintiles
of the table at hand; a card gives 0 to 1000 points, shared out by weight; a value in the worst part
gives none of them, one in the best all. What is missing or was never seen gets what the table gets
on average, rounded half to even: it neither lowers nor raises. No probability is stated.

    level of part i of n, rising: i / (n - 1); falling: the same from the other end;
    peak and valley: by the distance from the middle part
    points = round(1000 * weight / sum of weights * level)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.binning.fine import shortest_between
from tallystick.modelling.tables import Column, Table
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import CATEGORY, NUMBER, Axis, Card, Term, Training, Variable

FULL_POINTS: Final = 1000
DIRECTION_MISSING = Reason(
    "direction_missing",
    Text(
        "没有结果可学，须由专家写明方向：{columns}",
        "there are no outcomes to learn from, and an expert must state a direction for {columns}",
    ),
    "docs/models.md",
    Text(
        "用 tally model columns 得到说明表，填 shape（rising、falling、peak、valley）"
        "或类别的 groups（由差到好），不用的列填 use = no，再以 --columns 给出。",
        "tally model columns gives a sheet: state shape (rising, falling, peak, valley), or the "
        "groups of a category, worst first; use = no leaves a column out. Then give it with "
        "--columns.",
    ),
)
NOT_CUT = Reason(
    "not_cut",
    Text("列 {column} 分不出段：{why}", "column {column} cannot be cut into parts: {why}"),
    "docs/models.md",
    Text("请写明 cuts，或 use = no。", "State cuts, or use = no."),
)
_ALL_MISSING = Text("没有一个值", "it holds no value")
_CONSTANT = Text("只有一个值", "it holds one value only")
_SHAPED = {"rising", "falling", "peak", "valley"}
_PARTS: Final = 5
_DIRECTIONS: Final = {"rising": "up", "falling": "down"}


@dataclass(frozen=True)
class ExpertSettings:
    """full: the most points. parts: how many quantile bins where no cuts are stated."""

    full: int = FULL_POINTS
    parts: int = _PARTS
    seed: int = 0


def fit_expert(
    table: Table,
    wishes: Mapping[str, Wish],
    settings: ExpertSettings | None = None,
    route: str = "expert",
) -> Card:
    """Return the card experts state for the columns of `table`; no outcome is read.

    Raises: DIRECTION_MISSING, NOT_CUT.
    """
    chosen = settings or ExpertSettings()
    used = [name for name in table.names if wishes.get(name, Wish()).use]
    undirected = [name for name in used if not _directed(wishes.get(name, Wish()))]
    if undirected or not used:
        shown = ", ".join(undirected[:8]) + (" ..." if len(undirected) > 8 else "")  # noqa: PLR2004
        raise DIRECTION_MISSING.error(columns=shown or "-")
    weights = {name: Fraction(wishes[name].weight or "1") for name in used}
    whole = sum(weights.values())
    terms = tuple(
        _term(table.column(name), wishes[name], chosen, chosen.full * weights[name] / whole)
        for name in used
    )
    return Card(
        name="",
        route=route,
        kind="points",
        variables=tuple(
            _variable(name, term, wishes[name]) for name, term in zip(used, terms, strict=True)
        ),
        terms=terms,
        training=Training(rows=table.rows),
        settings=asdict(chosen),
    )


def _directed(wish: Wish) -> bool:
    return wish.shape in _SHAPED or bool(wish.groups)


def _variable(name: str, term: Term, wish: Wish) -> Variable:
    return Variable(
        name,
        term.axes[0].kind,
        zh=wish.zh,
        en=wish.en,
        unit=wish.unit,
        item=wish.item,
        direction=_DIRECTIONS.get(wish.shape, ""),
        actionable=wish.actionable,
    )


def _term(column: Column, wish: Wish, settings: ExpertSettings, full: Fraction) -> Term:
    axis = _axis(column, wish, settings)
    counts = _counts(column, axis)
    levels = [_level(part, axis.parts, wish.shape) for part in range(axis.parts)]
    points = [round(full * level) for level in levels]
    known = sum(counts[: axis.parts])
    mean = (
        Fraction(sum(c * p for c, p in zip(counts, points, strict=False)), known)
        if known
        else Fraction(sum(points), len(points))
    )
    points += [round(mean)] * (axis.size - axis.parts)
    return Term((axis,), tuple(points), tuple(counts))


def _level(part: int, parts: int, shape: str) -> Fraction:
    if parts == 1:
        return Fraction(1, 2)
    along = Fraction(part, parts - 1)
    if shape == "falling":
        return 1 - along
    if shape in {"peak", "valley"}:
        off = abs(2 * along - 1)
        return 1 - off if shape == "peak" else off
    return along


def _axis(column: Column, wish: Wish, settings: ExpertSettings) -> Axis:
    if column.kind == "category" or wish.groups:
        return Axis(column.name, CATEGORY, groups=wish.groups, special=wish.special)
    specials = {float(code) for code in wish.special}
    cuts = wish.cuts
    if not cuts:
        values = column.values[np.isfinite(column.values)]
        values = values[~np.isin(values, list(specials))]
        if not len(values):
            raise NOT_CUT.error(column=column.name, why=_ALL_MISSING)
        at = np.arange(1, settings.parts) / settings.parts
        ordered = np.unique(values)
        found = np.unique(np.quantile(values, at, method="lower"))
        place = np.searchsorted(ordered, found[found < ordered[-1]])
        cuts = tuple(  # each the shortest decimal that parts the same rows, to be read on paper
            shortest_between(low, high)
            for low, high in zip(ordered[place].tolist(), ordered[place + 1].tolist(), strict=True)
        )
        if not cuts:
            raise NOT_CUT.error(column=column.name, why=_CONSTANT)
    return Axis(
        column.name,
        NUMBER,
        thresholds=tuple(map(repr, cuts)),
        special=tuple(repr(code + 0.0) for code in sorted(specials)),
    )


def _counts(column: Column, axis: Axis) -> list[int]:
    """Return how many rows of the table lie in each cell."""
    if axis.kind == NUMBER:
        cells = np.searchsorted(np.array(axis.cuts), column.values, side="left")
        for code, cell in axis.codes.items():
            cells[column.values == code] = cell
        cells[np.isnan(column.values)] = axis.missing
    else:
        places = [axis.places.get(one, axis.otherwise) for one in column.categories]
        cells = np.array([*places, axis.missing])[column.codes]
    return [int(one) for one in np.bincount(cells, minlength=axis.size)]
