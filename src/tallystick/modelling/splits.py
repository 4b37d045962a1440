"""Which rows a model learns from and which it is judged on.

Owns the splits of a validation. Rules: no row of a group stands on both sides, where a group is an
organisation with all its rows and all its exact duplicates; where there is time, the past is
learnt from and the latest periods are judged; otherwise folds are repeated, each with its share of
bad ones; the same seed gives the same folds, and each repeat says its seed.

    plan = read_plan("5x5", seed=7)
    for split in splits(y, plan, groups=duplicate_groups(table)):
        ...split.train, split.test...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Column, Floats, Rows, Table

FOLDS_MAX: Final = 50
REPEATS_MAX: Final = 100
LARGE_GROUPS: Final = 1000
"""So many of the largest groups are weighed one by one against the folds."""

BAD_PLAN = Reason(
    "bad_validation_plan",
    Text("验证方案“{plan}”无法执行：{why}", "the validation plan “{plan}” cannot be kept: {why}"),
    "docs/models.md",
    Text(
        "写作 重复次数x折数，如 5x5；折数 2 至 50。",
        "Write repeats x folds, as 5x5; 2 to 50 folds.",
    ),
)
_WRITTEN = Text("应写作 重复次数x折数", "it is written repeats x folds")
_FEW = Text(
    "坏样本只分属 {groups} 组，少于 {folds} 折",
    "bad ones form {groups} groups, fewer than {folds} folds",
)
_ONE_PERIOD = Text("时间列只有一期", "the time column has a single period")
_ONE_SIDED = Text("{split} 一侧只有一种结果", "one side of {split} has outcomes of one kind only")


@dataclass(frozen=True)
class Plan:
    """How a model is validated.

    repeats, folds: of the folds drawn by chance; folds also divide organisations that stand in
    past and latest periods alike. kind: "temporal" learns from the past and judges the latest
    periods, "rolling" does so for each of the last `folds` periods in turn, "auto" is temporal
    where there is time. latest: the least share of rows in the latest periods.
    """

    repeats: int = 5
    folds: int = 5
    seed: int = 0
    kind: Literal["auto", "repeated", "temporal", "rolling"] = "auto"
    latest: float = 0.25


@dataclass(frozen=True, eq=False)
class Split:
    """Rows to learn from and rows to judge on.

    name: as shown; seed: of the folds it is one of; judged: the periods judged, "" by chance.
    """

    name: str
    seed: int
    train: Rows
    test: Rows
    judged: str = ""


def read_plan(text: str, seed: int = 0) -> Plan:
    """Return the plan written as "5x5". Raises TallyError `bad_validation_plan`."""
    match = re.fullmatch(r"([0-9]{1,3})[x×*]([0-9]{1,3})", text.strip().lower())
    repeats, folds = map(int, match.groups()) if match else (0, 0)
    if not (1 <= repeats <= REPEATS_MAX and 2 <= folds <= FOLDS_MAX):  # noqa: PLR2004 - one fold is no split
        raise BAD_PLAN.error(plan=text, why=_WRITTEN)
    return Plan(repeats, folds, seed, "repeated")


def settled(plan: Plan, periods: NDArray[np.generic] | None) -> Plan:
    """Return the plan with "auto" as what it comes to: by time where there is time."""
    if plan.kind != "auto":
        return plan
    return replace(plan, kind="repeated" if periods is None else "temporal")


def splits(
    y: Floats, plan: Plan, groups: Rows | None = None, periods: NDArray[np.generic] | None = None
) -> list[Split]:
    """Return the splits of a plan.

    groups: a label for each row, see `duplicate_groups` and `merged_groups`. periods: anything that
    sorts in the order of time, such as ISO dates or years.

    Raises: TallyError `bad_validation_plan` where a fold would have no bad or no good one.
    """
    labels = np.arange(len(y)) if groups is None else np.unique(groups, return_inverse=True)[1]
    plan = settled(plan, periods)
    if plan.kind == "repeated":
        return _repeated(y, plan, labels)
    if periods is None or len(np.unique(periods)) <= 1:
        raise BAD_PLAN.error(plan=plan.kind, why=_ONE_PERIOD)
    found = list(_temporal(y, plan, labels, periods))
    for split in found:
        if not all(0 < y[side].sum() < len(side) for side in (split.train, split.test)):
            raise BAD_PLAN.error(plan=plan.kind, why=_ONE_SIDED.fill(split=split.name))
    return found


def fold_of(y: Floats, groups: Rows, folds: int, seed: int) -> Rows:
    """Return the fold of each row: groups whole, bad and good rows spread evenly.

    Groups of several rows are dealt first, largest first, each to the fold that has least of what
    it brings; after the first thousand a round at a time, one to each fold; single rows then level
    the folds exactly.
    """
    dice = np.random.default_rng(seed)
    size = np.bincount(groups)
    bads = np.bincount(groups, weights=y, minlength=len(size)).astype(np.int64)
    place = np.zeros(len(size), np.int64)
    held = np.zeros((2, folds), np.int64)
    many = dice.permutation(np.flatnonzero(size > 1))
    many = many[np.lexsort((-size[many], -bads[many]))]
    scale = 1 / max(1.0, float(y.sum())), 1 / max(1.0, float(len(y) - y.sum()))
    for group in many[:LARGE_GROUPS]:
        brings = bads[group], size[group] - bads[group]
        load = sum(held[at] * scale[at] * (brings[at] > 0) for at in (0, 1))
        fold = int(np.lexsort((dice.random(folds), held.sum(axis=0), load))[0])
        place[group] = fold
        held[0, fold] += brings[0]
        held[1, fold] += brings[1]
    rest = many[LARGE_GROUPS:]
    rounds = dice.random((-(-len(rest) // folds), folds)).argsort(axis=1).ravel()
    place[rest] = rounds[: len(rest)]
    held[0] += np.bincount(place[rest], weights=bads[rest], minlength=folds).astype(np.int64)
    gone = size[rest] - bads[rest]
    held[1] += np.bincount(place[rest], weights=gone, minlength=folds).astype(np.int64)
    for at, wanted in ((0, 1), (1, 0)):
        single = dice.permutation(np.flatnonzero((size == 1) & (bads == wanted)))
        place[single] = _levelled(held[at], len(single), dice)
    return place[groups]


def _levelled(held: Rows, count: int, dice: np.random.Generator) -> Rows:
    """Return `count` folds that bring what the folds hold as near to level as can be."""
    low, high = int(held.min()), int(held.max()) + count + 1
    while high - low > 1:  # the highest level that `count` can fill everywhere
        middle = (low + high) // 2
        low, high = (middle, high) if np.maximum(0, middle - held).sum() <= count else (low, middle)
    brings = np.maximum(0, low - held)
    ready = np.flatnonzero(held <= low)
    brings[dice.permutation(ready)[: count - int(brings.sum())]] += 1
    return np.repeat(np.arange(len(held)), brings)


def _repeated(y: Floats, plan: Plan, labels: Rows) -> list[Split]:
    for outcome in (1, 0):
        found = len(np.unique(labels[y == outcome]))
        if found < plan.folds:
            why = _FEW.fill(groups=found, folds=plan.folds)
            raise BAD_PLAN.error(plan=f"{plan.repeats}x{plan.folds}", why=why)
    found_splits = []
    for repeat in range(plan.repeats):
        seed = plan.seed + repeat
        fold = fold_of(y, labels, plan.folds, seed)
        for at in range(plan.folds):
            train, test = np.flatnonzero(fold != at), np.flatnonzero(fold == at)
            found_splits.append(Split(f"{repeat + 1}-{at + 1}", seed, train, test))
    return found_splits


def _temporal(y: Floats, plan: Plan, labels: Rows, periods: NDArray[np.generic]) -> Iterator[Split]:
    names, order = np.unique(periods, return_inverse=True)
    if plan.kind == "rolling":
        stretches = [(at, at) for at in range(max(1, len(names) - plan.folds), len(names))]
    else:
        after = np.bincount(order)[::-1].cumsum()[::-1]
        enough = np.flatnonzero(after >= plan.latest * len(y))
        stretches = [(max(1, int(enough[-1])), len(names) - 1)]
    for first, last in stretches:
        past, latest = order < first, (order >= first) & (order <= last)
        name = f"{names[first]}" if first == last else f"{names[first]}..{names[last]}"
        yield from _apart(y, plan, labels, past, latest, name)


def _apart(
    y: Floats,
    plan: Plan,
    labels: Rows,
    past: NDArray[np.bool_],
    latest: NDArray[np.bool_],
    name: str,
) -> Iterator[Split]:
    """Yield past and latest; in folds of organisations where some stand on both sides."""
    both = np.intersect1d(labels[past], labels[latest])
    if not len(both):
        yield Split(name, plan.seed, np.flatnonzero(past), np.flatnonzero(latest), name)
        return
    fold = fold_of(y, labels, plan.folds, plan.seed)
    for at in range(plan.folds):
        train, test = np.flatnonzero(past & (fold != at)), np.flatnonzero(latest & (fold == at))
        yield Split(f"{name} {at + 1}/{plan.folds}", plan.seed, train, test, name)


def plan_told(plan: Plan, judged: Sequence[Split], rows: int, groups: Rows) -> dict[str, Any]:
    """Return how rows were split, as plain data. rows: of the table; groups: kept on one side."""
    held = int(groups.max()) + 1
    told: dict[str, Any] = {
        "kind": plan.kind,
        "repeats": plan.repeats,
        "folds": plan.folds,
        "seeds": list(dict.fromkeys(one.seed for one in judged)),
        "rows": rows,
        "groups": held,
        "rows_in_shared_groups": rows - held,
    }
    if plan.kind != "repeated":
        told["judged"] = list(dict.fromkeys(one.judged for one in judged))
        told["rows_judged"] = sum(len(one.test) for one in judged)
    return told


def duplicate_groups(table: Table) -> Rows:
    """Return a label for each row; rows equal in every column share it, and no others do.

    Rows are told apart by 64 bits mixed from all columns; those that agree in them are compared
    value by value, so that a collision never joins two rows. Missing equals missing.
    """
    mixed = np.zeros(table.rows, np.uint64)
    for at, name in enumerate(table.names):
        mixed = mixed_bits(mixed ^ mixed_bits(_bits(table.column(name)) + np.uint64(at + 1)))
    labels = np.unique(mixed, return_inverse=True)[1].astype(np.int64)
    shared = np.flatnonzero(np.bincount(labels, minlength=1)[labels] > 1)
    if not len(shared):
        return labels
    part = labels[shared]
    for name in table.names:
        bits = np.unique(_bits(table.column(name).take(shared)), return_inverse=True)[1]
        part = np.unique(part * (int(bits.max()) + 1) + bits, return_inverse=True)[1]
    labels[shared] = part + len(mixed)  # out of the way of the labels of single rows
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def merged_groups(*labels: Rows) -> Rows:
    """Return labels under which rows belong together that share a label in any of those given."""
    from scipy.sparse import coo_array, csgraph  # noqa: PLC0415 - heavy; wanted here only

    rows = len(labels[0])
    ends, starts, nodes = [], [], rows
    for label in labels:
        place = np.unique(label, return_inverse=True)[1]
        ends.append(place + nodes)
        starts.append(np.arange(rows))
        nodes += int(place.max(initial=-1)) + 1
    one, other = np.concatenate(starts), np.concatenate(ends)
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(nodes, nodes))
    found = csgraph.connected_components(graph, directed=False)[1][:rows]
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def column_labels(column: Column) -> Rows:
    """Return a label for each value of a column; each missing value is a label of its own.

    Rows without the code of an organisation are not thereby one organisation.
    """
    labels = np.unique(_bits(column), return_inverse=True)[1].astype(np.int64)
    gone = np.isnan(column.values) if column.kind == "number" else column.codes < 0
    labels[gone] = len(labels) + np.arange(int(gone.sum()))
    return labels


def _bits(column: Column) -> NDArray[np.uint64]:
    if column.kind == "category":
        return column.codes.astype(np.int64).view(np.uint64)
    values = column.values + 0.0  # minus zero is zero
    values[np.isnan(values)] = np.nan  # one pattern of bits
    return values.view(np.uint64)


def mixed_bits(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return bits spread over all 64 places. Source: the finaliser of splitmix64 (Steele 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
