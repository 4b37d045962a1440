"""Tables of log-odds as printable points: few cells, exact thresholds, whole points.

Owns the way from `Tables` to the terms of a card. Rules: neighbouring cells are merged where the
likelihood loses least, weighted by what each row can still teach, w p (1 - p); cells that round to
the same points are one; specials, missing and else are never merged into values; a cell nobody was
in gets what weighs nothing; cells an expert stated stay as stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.additive_design import Design, Feature
from tallystick.modelling.additive_trees import Pair, Tables
from tallystick.modelling.scaling import factor, offset_of, points_of
from tallystick.modelling.tables import Floats, Rows, summed
from tallystick.scorecards.document import CATEGORY, NUMBER, Axis, Scaling, Term

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """One term before points: its axes, log-odds of good by cell, rows and bad ones by cell."""

    axes: tuple[Axis, ...]
    value: Floats
    counts: Floats
    bads: Floats


def terms_of(
    parts: Sequence[Part], intercept: float, scaling: Scaling
) -> tuple[tuple[Term, ...], int]:
    """Return terms with whole points, without those that are zero throughout, and the offset."""
    values = [part.value for part in parts]
    points = points_of(values, scaling)
    offset = offset_of(intercept, values, points, [part.counts for part in parts], scaling)
    terms = tuple(
        Term(
            part.axes,
            tuple(map(int, point)),
            tuple(map(int, np.rint(part.counts))),
            tuple(map(int, np.rint(part.bads))),
        )
        for part, point in zip(parts, points, strict=True)
        if point.any()
    )
    return terms, offset


def parts_of(
    design: Design,
    tables: Tables,
    slope: float,
    data: tuple[Floats, Floats, Rows],
    most: int,
    scaling: Scaling,
) -> tuple[list[Part], float]:
    """Return terms of log-odds of good, each with mean zero over the rows, and what that moved.

    data: y, weights, rows. slope: of calibration. most: bins, or groups, of one variable.
    """
    y, weights, rows = data
    margin = tables.margin(design, rows)
    chance = 1 / (1 + np.exp(-margin))
    taught = weights[rows] * chance * (1 - chance)
    mains, pairs, moved = _centred(design, tables, weights, rows)
    parts = []
    for one, table in zip(design.features, mains, strict=True):
        codes = one.fine.codes[rows]
        size = one.fine.size
        parts.append(
            _main(
                one,
                -slope * table,
                summed(codes, weights[rows], size),
                summed(codes, weights[rows] * y[rows], size),
                summed(codes, taught, size),
                most,
                1 / factor(scaling),
            )
        )
    for pair, table in pairs.items():
        parts.append(_pair(design, pair, -slope * table, data))
    return parts, -slope * moved


def _centred(
    design: Design, tables: Tables, weights: Floats, rows: Rows
) -> tuple[list[Floats], dict[Pair, Floats], float]:
    """Return mains and pairs with mean zero, what pairs say of one column given to it."""
    mains = list(tables.mains)
    pairs: dict[Pair, Floats] = {}
    moved = tables.intercept
    for (a, b), table in tables.pairs.items():
        counts = joint_counts(design, (a, b), weights, rows)
        rest = table.copy()
        for _ in range(50):
            for axis, at in ((1, a), (0, b)):
                n = counts.sum(axis)
                mean = np.where(n > 0, (counts * rest).sum(axis) / np.maximum(n, 1e-9), 0.0)
                rest -= np.expand_dims(mean, axis)
                mains[at] = mains[at] + mean[design.features[at].coarse]
        pairs[a, b] = np.where(counts > 0, rest, rest)
    for at, one in enumerate(design.features):
        counts = summed(one.fine.codes[rows], weights[rows], one.fine.size)
        middle = float(counts @ mains[at] / counts.sum())
        mains[at] = np.where(counts > 0, mains[at] - middle, 0.0)
        moved += middle
    return mains, pairs, moved


def joint_counts(design: Design, pair: Pair, values: Floats, rows: Rows) -> Floats:
    """Return sums of `values` by coarse cells of two columns."""
    first, second = (design.features[at] for at in pair)
    sizes = (first.coarse_size, second.coarse_size)
    codes = first.coarse[first.fine.codes[rows]] * sizes[1] + second.coarse[second.fine.codes[rows]]
    return summed(codes, values[rows], sizes[0] * sizes[1]).reshape(sizes)


def _main(
    one: Feature,
    value: Floats,
    counts: Floats,
    bads: Floats,
    taught: Floats,
    most: int,
    unit: float,
) -> Part:
    fine = one.fine
    parts = fine.parts
    order = np.arange(parts)
    if fine.kind == "category":
        order = np.argsort(value[:parts], kind="stable")
    groups = np.arange(parts)
    if not fine.fixed:
        groups[order] = merged(value[:parts][order], taught[:parts][order], most, unit)
    bins = int(groups.max()) + 1
    into = np.concatenate([groups, bins + np.arange(fine.size - parts)])
    count = bins + fine.size - parts
    weight = summed(into, taught, count)
    mean = summed(into, taught * value, count) / np.maximum(weight, 1e-300)
    return Part(
        (axis_of(one, groups),), mean, summed(into, counts, count), summed(into, bads, count)
    )


def _pair(design: Design, pair: Pair, value: Floats, data: tuple[Floats, Floats, Rows]) -> Part:
    y, weights, rows = data
    features = [design.features[at] for at in pair]
    counts = joint_counts(design, pair, weights, rows)
    bads = joint_counts(design, pair, weights * y, rows)
    axes = tuple(axis_of(one, one.coarse[: one.fine.parts]) for one in features)
    return Part(axes, value.ravel(), counts.ravel(), bads.ravel())


def axis_of(one: Feature, groups: Places) -> Axis:
    """Return the axis that puts fine cells of values together by group."""
    fine = one.fine
    if fine.kind == "number":
        ends = np.flatnonzero(groups[:-1] != groups[1:])
        cuts = tuple(repr(fine.cuts[at]) for at in ends)
        return Axis(fine.name, NUMBER, thresholds=cuts, special=fine.special)
    sets: list[list[str]] = [[] for _ in range(int(groups.max()) + 1)]
    for names, group in zip(fine.categories, groups, strict=True):
        sets[group] += names
    return Axis(fine.name, CATEGORY, groups=tuple(map(tuple, sets)), special=fine.special)


def merged(value: Floats, weight: Floats, most: int, unit: float) -> Places:
    """Return the group of each cell of a row of cells, merged as long as it costs little.

    Ward's rule: neighbours whose union adds least to sum of weight * (value - mean)^2 go first,
    until `most` are left and no two neighbours lie within half a `unit` of each other.
    """
    starts = list(range(len(value)))
    means, weights = value.tolist(), (weight + 1e-12).tolist()
    while len(starts) > 1:
        m, w = np.array(means), np.array(weights)
        apart = np.abs(np.diff(m))
        loss = w[:-1] * w[1:] / (w[:-1] + w[1:]) * apart**2
        loss[apart < unit / 2] = -1 / (1 + apart[apart < unit / 2])
        at = int(np.argmin(loss))
        if len(starts) <= most and loss[at] >= 0:
            break
        means[at] = (w[at] * m[at] + w[at + 1] * m[at + 1]) / (w[at] + w[at + 1])
        weights[at] += weights[at + 1]
        del means[at + 1], weights[at + 1], starts[at + 1]
    return np.searchsorted(np.array(starts), np.arange(len(value)), side="right") - 1
