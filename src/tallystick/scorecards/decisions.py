"""A card as plain decisions, which any engine that compares can carry out.

Owns the one form the compilers share: a card is a sum of decisions, each a chain on one variable
whose ends are points or further decisions. Rules: the order of the tests is that of the document:
missing, special codes, then bins from the lowest, or groups and else.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import NUMBER, TREES, Axis, Card, Term
from tallystick.scorecards.trees import NAN, ZERO, Tree, TreeReader

LEAVES_MAX: Final = 50_000

TOO_MANY_LEAVES = Reason(
    "too_many_leaves",
    Text(
        "模型有 {leaves} 片叶子，编译上限为 {most}",
        "the model has {leaves} leaves, and at most {most} are compiled",
    ),
    "docs/models.md",
    Text(
        "请用 tally model score 评分，或导出可加的评分卡。",
        "Score with tally model score, or export an additive card.",
    ),
)
NOT_COMPILED = Reason(
    "not_compiled",
    Text("这棵树把零当缺失，编译不了", "a tree that takes nought for missing is not compiled"),
    "docs/models.md",
)
RESERVED_NAME = Reason(
    "reserved_name",
    Text(
        "变量不能叫 {name}：编译结果用这个名字",
        "a variable cannot be called {name}: what is compiled uses this name",
    ),
    "docs/models.md",
    Text("请给这一列改名后重新建模。", "Give the column another name and fit again."),
)
_RESERVED: Final = ("score", "pd", "band")


@dataclass(frozen=True)
class Numbers:
    """A chain on a number. special: codes with where they lead. upto: thresholds with the same."""

    variable: str
    missing: Node
    special: tuple[tuple[str, Node], ...]
    upto: tuple[tuple[str, Node], ...]
    above: Node


@dataclass(frozen=True)
class Texts:
    """A chain on a category. groups: texts, and where they lead."""

    variable: str
    missing: Node
    groups: tuple[tuple[tuple[str, ...], Node], ...]
    otherwise: Node


@dataclass(frozen=True)
class Cut:
    """One question of a tree: at most `at`, or above. missing_left: which way missing goes.

    Its own, and not a chain, so that the side missing goes with is there once and not twice.
    """

    variable: str
    at: str
    missing_left: bool
    left: Node
    right: Node


Node = int | Numbers | Texts | Cut


def decisions(card: Card) -> list[Node]:
    """Return the decisions whose points, and the offset, sum to raw.

    Raises: TOO_MANY_LEAVES, NOT_COMPILED, RESERVED_NAME.
    """
    for one in card.variables:
        if one.name.lower() in _RESERVED or one.name.lower().startswith("card__"):
            raise RESERVED_NAME.error(name=one.name)
    if card.kind != TREES:
        return [_of_term(term) for term in card.terms]
    ensemble = card.ensemble
    if ensemble is None:
        raise TypeError("a card of trees has an ensemble")
    leaves = sum(map(len, ensemble.leaf_ppm))
    if leaves > LEAVES_MAX:
        raise TOO_MANY_LEAVES.error(leaves=leaves, most=LEAVES_MAX)
    return [
        _of_tree(tree, points, card)
        for tree, points in zip(TreeReader(ensemble).trees, ensemble.leaf_ppm, strict=True)
    ]


def _of_term(term: Term) -> Node:
    first = term.axes[0]
    if len(term.axes) == 1:
        return _of_axis(first, term.points.__getitem__)
    second = term.axes[1]
    return _of_axis(
        first,
        lambda one: _of_axis(second, lambda two: term.points[one * second.size + two]),
    )


def _of_axis(axis: Axis, lead: Callable[[int], Node]) -> Node:
    special = [(code, lead(axis.parts + at)) for at, code in enumerate(axis.special)]
    missing = lead(axis.missing)
    if axis.kind == NUMBER:
        upto = tuple((cut, lead(at)) for at, cut in enumerate(axis.thresholds))
        return Numbers(axis.variable, missing, tuple(special), upto, lead(len(axis.thresholds)))
    groups: list[tuple[tuple[str, ...], Node]] = [((code,), where) for code, where in special]
    groups += [(texts, lead(at)) for at, texts in enumerate(axis.groups)]
    return Texts(axis.variable, missing, tuple(groups), lead(axis.otherwise))


def _of_tree(tree: Tree, points: tuple[int, ...], card: Card, at: int | None = None) -> Node:
    at = (0 if tree.feature else -1) if at is None else at
    if at < 0:
        return points[~at]
    if tree.missing[at] == ZERO:
        raise NOT_COMPILED.error()
    name = card.variables[tree.feature[at]].name
    left = _of_tree(tree, points, card, tree.left[at])
    right = _of_tree(tree, points, card, tree.right[at])
    lost = tree.default_left[at] if tree.missing[at] == NAN else tree.threshold[at] >= 0
    if math.isinf(tree.threshold[at]):  # everything that is not missing goes one way
        return Numbers(
            name, left if lost else right, (), (), left if tree.threshold[at] > 0 else right
        )
    return Cut(name, repr(tree.threshold[at]), lost, left, right)
