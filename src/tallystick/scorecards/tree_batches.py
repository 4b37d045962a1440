"""Sums of leaves and exact contributions for many organisations at once.

Owns the compiled loops over `Packed` trees. Rules: the walk is that of `trees.Tree.reach`, and a
sum is a sum of integers. Contributions are path-dependent TreeSHAP in the form of GPUTreeShap
(Mitchell, Frank, Holmes 2022): each path from a root to a leaf is a game of its own among the
inputs it asks, and the values of a forest are the sums over its paths.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tallystick.scorecards.tree_arrays import Packed

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_ZERO_WITHIN = float(np.float32(1e-35))
_ZERO, _NAN = 1, 2


def sums(trees: Packed, values: Floats) -> Integers:
    """Return the sum of leaves by row, ppm, of `values`, shape (rows, inputs)."""
    return np.asarray(_sums(np.ascontiguousarray(values, np.float64), trees))


def contributions(trees: Packed, values: Floats) -> tuple[int, Integers]:
    """Return the expected sum and the part of each input, shape (rows, inputs), ppm.

    Expected plus the parts of a row is exactly its sum: parts are rounded down, and the units
    missing go to the largest remainders, ties to the earlier input.
    """
    values = np.ascontiguousarray(values, np.float64)
    exact, expected = _paths(values, trees)
    base = round(float(expected))
    parts: Integers = np.floor(exact).astype(np.int64)
    short = sums(trees, values) - base - parts.sum(axis=1)
    whole, rest = np.divmod(short, values.shape[1])
    order = np.argsort(parts - exact, axis=1, kind="stable")
    given = np.arange(values.shape[1])[None, :] < rest[:, None]
    repaired = np.take_along_axis(parts, order, axis=1) + given + whole[:, None]
    np.put_along_axis(parts, order, repaired, axis=1)
    return base, parts


@njit(nogil=True, cache=True)
def _goes_left(value: float, node: int, trees: Packed) -> bool:
    missing = trees.missing[node]
    if np.isnan(value):
        if missing == _NAN:
            return bool(trees.default_left[node])
        value = 0.0
    if missing == _ZERO and -_ZERO_WITHIN <= value <= _ZERO_WITHIN:
        return bool(trees.default_left[node])
    return bool(value <= trees.threshold[node])


@njit(nogil=True, cache=True)
def _sums(values: Floats, trees: Packed) -> Integers:
    found = np.zeros(values.shape[0], np.int64)
    for row in range(values.shape[0]):
        total = 0
        for root in trees.root:
            at = root
            while at >= 0:
                left = _goes_left(values[row, trees.feature[at]], at, trees)
                at = trees.left[at] if left else trees.right[at]
            total += trees.leaf[~at]
        found[row] = total
    return found


@njit(nogil=True, cache=True)
def _paths(values: Floats, trees: Packed) -> tuple[Floats, float]:
    """Return the parts before rounding, and the expected sum."""
    nodes = len(trees.feature)
    found = np.zeros(values.shape)
    expected = 0.0
    asked = np.empty(nodes + 1, np.int64)  # nodes of a path, from the leaf up
    slot = np.empty(nodes + 1, np.int64)  # the player each belongs to
    player = np.empty(nodes + 1, np.int64)  # the input of each player
    share = np.empty(nodes + 1)  # the share of training rows a player lets through if unknown
    for leaf in range(len(trees.leaf)):
        length = players = 0
        below = nodes + leaf
        chance = 1.0
        while trees.parent[below] >= 0:
            above = trees.parent[below]
            chance *= trees.share[below]
            at = 0
            while at < players and player[at] != trees.feature[above]:
                at += 1
            if at == players:
                player[at] = trees.feature[above]
                share[at] = 1.0
                players += 1
            share[at] *= trees.share[below]
            asked[length] = above if below == _side(trees.left[above], nodes) else ~above
            slot[length] = at
            length += 1
            below = above
        expected += chance * trees.leaf[leaf]
        _share_out(
            float(trees.leaf[leaf]),
            (asked[:length], slot[:length]),
            (player[:players], share[:players]),
            values,
            trees,
            found,
        )
    return found, expected


@njit(nogil=True, cache=True)
def _side(side: int, nodes: int) -> int:
    return side if side >= 0 else nodes + ~side


@njit(nogil=True, cache=True)
def _keep(
    keeps: NDArray[np.bool_], asked: Integers, slot: Integers, values: Floats, trees: Packed
) -> None:
    """Mark which players of a path keep to it."""
    keeps[:] = True
    for at in range(len(asked)):
        node = asked[at] if asked[at] >= 0 else ~asked[at]
        if _goes_left(values[trees.feature[node]], node, trees) != (asked[at] >= 0):
            keeps[slot[at]] = False


@njit(nogil=True, cache=True)
def _share_out(
    leaf: float,
    path: tuple[Integers, Integers],
    game: tuple[Integers, Floats],
    values: Floats,
    trees: Packed,
    found: Floats,
) -> None:
    """Add the Shapley values of one path's game to `found`, shape (rows, inputs).

    A coalition is worth the leaf times the shares of who is outside it, or nothing as soon as
    somebody in it leaves the path. With A who keep to the path, the coefficient k of
    prod over A of (t + share) sums the coalitions of k of them.
    """
    asked, slot = path
    player, share = game
    players = len(player)
    weight = np.ones(players + 1)  # by size of coalition, of the players but one
    for size in range(players):
        weight[size] = 1.0 / players
        for one in range(size):
            weight[size] *= (one + 1.0) / (players - 1.0 - one)
    keeps = np.empty(players, np.bool_)
    coalitions = np.empty(players + 1)
    for row in range(values.shape[0]):
        _keep(keeps, asked, slot, values[row], trees)
        size = 0
        outside = leaf
        coalitions[0] = 1.0
        for one in range(players):
            if not keeps[one]:
                outside *= share[one]
                continue
            coalitions[size + 1] = coalitions[size]
            for k in range(size, 0, -1):
                coalitions[k] = coalitions[k - 1] + share[one] * coalitions[k]
            coalitions[0] *= share[one]
            size += 1
        against = 0.0  # of each who leaves the path
        if size < players:
            for k in range(size + 1):
                against += weight[k] * coalitions[k]
        for one in range(players):
            if not keeps[one]:
                found[row, player[one]] -= outside * against
                continue
            quotient = 0.0
            total = 0.0
            for k in range(size, 0, -1):  # divide (t + share) out again
                quotient = coalitions[k] - share[one] * quotient
                total += weight[k - 1] * quotient
            found[row, player[one]] += outside * (1.0 - share[one]) * total
