"""All trees of an ensemble as flat arrays, for compiled loops.

Owns `Packed`. Rules: sides count through all trees, so that a walk knows no tree; the arrays are
made from parsed trees only, and nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tallystick.scorecards.trees import Tree


class Packed(NamedTuple):
    """The trees, one behind the other.

    root: by tree, a node, or ~leaf. feature, threshold, left, right, default_left, missing: by
    node; a side >= 0 is a node, a side < 0 the leaf ~side. leaf: by leaf, ppm. parent, share: by
    node and, behind all nodes, by leaf: the node above (-1 for none) and the share of its training
    rows that came here (a half where none did).
    """

    root: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    default_left: NDArray[np.bool_]
    missing: NDArray[np.uint8]
    leaf: NDArray[np.int64]
    parent: NDArray[np.int32]
    share: NDArray[np.float64]


def pack(trees: Sequence[Tree], leaf_ppm: Sequence[Sequence[int]]) -> Packed:
    """Return the trees as flat arrays."""
    nodes = [len(tree.feature) for tree in trees]
    first_node = np.cumsum([0, *nodes])
    first_leaf = np.cumsum([0, *map(len, leaf_ppm)])
    left = _sides((tree.left for tree in trees), first_node, first_leaf)
    right = _sides((tree.right for tree in trees), first_node, first_leaf)
    covers = np.concatenate(
        [
            _joined((tree.cover for tree in trees), np.float64),
            _joined((tree.leaf_cover for tree in trees), np.float64),
        ]
    )
    parent = np.full(len(covers), -1, np.int32)
    share = np.ones(len(covers))
    places = [np.where(side >= 0, side, first_node[-1] + ~side) for side in (left, right)]
    whole = covers[places[0]] + covers[places[1]]
    for place in places:
        parent[place] = np.arange(len(place))
        share[place] = np.where(whole > 0, covers[place] / np.maximum(whole, 1), 0.5)
    return Packed(
        root=np.where(np.array(nodes) > 0, first_node[:-1], ~first_leaf[:-1]).astype(np.int32),
        feature=_joined((tree.feature for tree in trees), np.int32),
        threshold=_joined((tree.threshold for tree in trees), np.float64),
        left=left,
        right=right,
        default_left=_joined((tree.default_left for tree in trees), np.bool_),
        missing=_joined((tree.missing for tree in trees), np.uint8),
        leaf=_joined(leaf_ppm, np.int64),
        parent=parent,
        share=share,
    )


def _joined(rows: Iterable[Sequence[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.array(list(chain.from_iterable(rows)), kind)


def _sides(
    rows: Iterable[Sequence[int]], first_node: NDArray[np.int64], first_leaf: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Return sides that count through all trees instead of within their own."""
    moved = [
        np.where(side >= 0, side + node, side - leaf)
        for side, node, leaf in zip(
            (np.array(row, np.int64) for row in rows), first_node, first_leaf, strict=False
        )
    ]
    return np.concatenate([*moved, np.empty(0, np.int64)]).astype(np.int32)
