"""Trees written as LightGBM's text: read strictly, walked exactly, explained exactly.

Owns `Tree`, its parser, and `TreeReader`, which gives an `Ensemble`'s raw sum. Rules: only plain
numerical trees of a single output are read; whatever else the text holds is refused by name, never
guessed; a sum of leaves is a sum of integers, so its order changes nothing.

How a value is walked (LightGBM, `Tree::NumericalDecision`): a node compares `value <= threshold`
and goes left where that holds. NaN takes the node's default side where `missing` is NAN and is read
as zero elsewhere; where `missing` is ZERO, a zero (within 1e-35) and NaN take the default side.

A threshold of infinity parts NaN from every value. LightGBM itself takes values within 1e-35 of
zero for zero before it walks; here they are compared as they are.

    >>> reader = TreeReader(ensemble)                       # doctest: +SKIP
    >>> reader.raw([0.5, math.nan])                         # doctest: +SKIP
    -1284031
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import Ensemble
from tallystick.scorecards.tree_arrays import Packed, pack

NONE, ZERO, NAN = 0, 1, 2  # what a node takes for missing
ZERO_WITHIN = float(np.float32(1e-35))  # LightGBM's kZeroThreshold is a float of 32 bits

TREES_NOT_READ = Reason(
    "trees_not_read",
    Text(
        "树模型的文本读不了：{place}，{fault}",
        "the text of the trees is not read: {place}, {fault}",
    ),
    "",
    Text(
        "请使用 LightGBM 二分类、单输出、数值切分的模型文本。",
        "Use the text of a LightGBM model of one output with numerical cuts.",
    ),
)
TREES_CHANGED = Reason(
    "trees_changed",
    Text(
        "树模型的文本与其摘要不符：写的是 {stated}，算出 {found}",
        "the text of the trees does not match its digest: {stated} is stated, {found} computed",
    ),
    "",
    Text("请取回原来的评分卡文件。", "Get the original card again."),
)

_BAD_FIELD = Text("{name} 不对", "{name} is missing or wrong")
_NOT_ONLY = Text("{name} 不是 {only}", "{name} is not {only}")
_UNPAIRED = Text(
    "有的叶没有值，或有的值没有叶", "a leaf without its value, or a value without its leaf"
)
_CUT_OFF = Text("没有写完", "it is cut off")
_FOREST = Text("average_output：是随机森林", "average_output: a random forest")
_ORDER = Text("次序不对", "it is out of order")
_OTHER_CUTS = Text("有类别切分或线性叶", "it has categorical cuts or linear leaves")
_NO_NUMBER = Text("有的数不是有限的数", "it holds a number that is none")
_NEGATIVE = Text("个数为负", "it holds a negative count")
_NOT_ONCE = Text("有的节点或叶出现两次，或没有出现", "a node or leaf stands there twice, or never")
_CHILD = Text("子节点在父节点之前", "a child stands before its parent")

_T = TypeVar("_T")


@dataclass(frozen=True)
class Tree:
    """One tree. Node 0 is the root; a side >= 0 is a node, a side < 0 the leaf ~side.

    By node: feature (place of the input), threshold, left, right, default_left, missing (NONE,
    ZERO or NAN) and cover (training rows that met it). By leaf: leaf (LightGBM's own value,
    log-odds of bad, for reading only) and leaf_cover. A tree without nodes is its one leaf.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    default_left: tuple[bool, ...]
    missing: tuple[int, ...]
    cover: tuple[int, ...]
    leaf: tuple[float, ...]
    leaf_cover: tuple[int, ...]

    def goes_left(self, node: int, value: float) -> bool:
        """Tell whether `value` goes left at `node`."""
        missing = self.missing[node]
        if math.isnan(value) and missing != NAN:
            value = 0.0
        if missing == NAN and math.isnan(value):
            return self.default_left[node]
        if missing == ZERO and -ZERO_WITHIN <= value <= ZERO_WITHIN:
            return self.default_left[node]
        return value <= self.threshold[node]

    def reach(self, values: Sequence[float]) -> int:
        """Return the leaf the values fall into."""
        at = 0 if self.feature else -1
        while at >= 0:
            left = self.goes_left(at, values[self.feature[at]])
            at = self.left[at] if left else self.right[at]
        return ~at


class TreeReader:
    """The raw sum of an `Ensemble` for one organisation or many, and what each input gave to it.

    Raises `trees_changed` or `trees_not_read`. Values are in the order of `ensemble.inputs`,
    categories already encoded to their doubles, missing as NaN.
    """

    def __init__(self, ensemble: Ensemble) -> None:
        found = hashlib.sha256(ensemble.text.encode()).hexdigest()
        if found != ensemble.digest:
            raise TREES_CHANGED.error(stated=ensemble.digest, found=found)
        self.inputs = ensemble.inputs
        self.trees = parse_trees(ensemble.text, len(ensemble.inputs))
        self.leaf_ppm = ensemble.leaf_ppm
        if [len(tree.leaf) for tree in self.trees] != [len(leaves) for leaves in self.leaf_ppm]:
            raise _fault("leaf_ppm", _UNPAIRED)

    def raw(self, values: Sequence[float]) -> int:
        """Return the sum of the leaves reached, in ppm. The reference: every engine equals it."""
        pairs = zip(self.trees, self.leaf_ppm, strict=True)
        return sum(leaves[tree.reach(values)] for tree, leaves in pairs)

    def raw_batch(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the sums of `values`, shape (rows, inputs), as `raw` gives them."""
        from tallystick.scorecards import tree_batches  # noqa: PLC0415 - numba, when first used

        return tree_batches.sums(self.packed, values)

    def contributions(self, values: NDArray[np.float64]) -> tuple[int, NDArray[np.int64]]:
        """Return the expected sum and what each input added to it, shape (rows, inputs), in ppm.

        Path-dependent TreeSHAP (Lundberg et al. 2020, algorithm 2) over the integer leaves, with
        the training rows of each node as its weight. Exact to the last integer: expected plus a
        row's contributions is its raw sum. They are rounded down, and the units missing go one
        each to the largest remainders, ties to the earlier input.
        """
        from tallystick.scorecards import tree_batches  # noqa: PLC0415 - numba, when first used

        return tree_batches.contributions(self.packed, values)

    @cached_property
    def packed(self) -> Packed:
        """All trees as flat arrays, for compiled loops."""
        return pack(self.trees, self.leaf_ppm)


def parse_trees(text: str, inputs: int) -> tuple[Tree, ...]:
    """Return the trees of LightGBM's text that read `inputs` values. Raises `trees_not_read`."""
    body, end, _ = text.partition("\nend of trees")
    head, *blocks = body.split("\nTree=")
    header = _lines(head)
    if not end:
        raise _fault("end", _CUT_OFF)
    if "average_output" in header:
        raise _fault("header", _FOREST)
    wanted = {"num_class": "1", "num_tree_per_iteration": "1", "max_feature_idx": str(inputs - 1)}
    for name, only in wanted.items():
        if header.get(name) != only:
            raise _fault("header", _NOT_ONLY.fill(name=name, only=only))
    return tuple(_tree(place, block, inputs) for place, block in enumerate(blocks))


def _tree(place: int, block: str, inputs: int) -> Tree:
    where = f"Tree={place}"
    number, _, rest = block.partition("\n")
    lines = _lines(rest)
    if number != str(place):
        raise _fault(where, _ORDER)
    if lines.get("num_cat") != "0" or lines.get("is_linear", "0") != "0":
        raise _fault(where, _OTHER_CUTS)

    def row(name: str, kind: Callable[[str], _T], length: int) -> tuple[_T, ...]:
        try:
            found = tuple(map(kind, lines[name].split()))
        except (KeyError, ValueError):
            raise _fault(where, _BAD_FIELD.fill(name=name)) from None
        if len(found) != length:
            raise _fault(where, _BAD_FIELD.fill(name=name))
        return found

    leaves = row("num_leaves", int, 1)[0]
    nodes = leaves - 1
    kinds = row("decision_type", int, nodes)
    if leaves < 1 or any(kind & 1 or not 0 <= kind >> 2 <= NAN for kind in kinds):
        raise _fault(where, _BAD_FIELD.fill(name="decision_type"))
    tree = Tree(
        feature=row("split_feature", int, nodes),
        threshold=row("threshold", float, nodes),
        left=row("left_child", int, nodes),
        right=row("right_child", int, nodes),
        default_left=tuple(bool(kind & 2) for kind in kinds),
        missing=tuple(kind >> 2 for kind in kinds),
        cover=row("internal_count", int, nodes),
        leaf=row("leaf_value", float, leaves),
        leaf_cover=row("leaf_count", int, leaves) if nodes else (0,),
    )
    _check(tree, inputs, where)
    return tree


def _check(tree: Tree, inputs: int, where: str) -> None:
    """Refuse what is not one tree over the inputs, parents before their children."""
    nodes = len(tree.feature)
    if any(not 0 <= feature < inputs for feature in tree.feature):
        raise _fault(where, _BAD_FIELD.fill(name="split_feature"))
    if any(map(math.isnan, tree.threshold)) or not all(map(math.isfinite, tree.leaf)):
        raise _fault(where, _NO_NUMBER)
    if min(*tree.cover, *tree.leaf_cover, 0) < 0:
        raise _fault(where, _NEGATIVE)
    if nodes and sorted((*tree.left, *tree.right)) != [*range(~nodes, 0), *range(1, nodes)]:
        raise _fault(where, _NOT_ONCE)
    sides = zip(tree.left, tree.right, strict=True)
    if any(0 <= side <= node for node, both in enumerate(sides) for side in both):
        raise _fault(where, _CHILD)


def _lines(text: str) -> dict[str, str]:
    """Return `name=value` lines as names and values; a line without `=` has an empty value."""
    parts = (line.partition("=") for line in text.splitlines())
    return {name: value for name, _, value in parts}


def _fault(place: str, fault: Text) -> TallyError:
    return TREES_NOT_READ.error(place=place, fault=fault)
