"""Trees of LightGBM's text: walked as LightGBM walks them, explained as definition says."""

from __future__ import annotations

import hashlib
import re
from itertools import combinations
from math import factorial
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import Ensemble
from tallystick.scorecards.trees import Tree, TreeReader, parse_trees

INPUTS = 4


def _values(seed: int, rows: int) -> np.ndarray[Any, Any]:
    chance = np.random.default_rng(seed)
    values = np.round(chance.normal(size=(rows, INPUTS)), 1)
    values[chance.random(values.shape) < 0.1] = np.nan
    values[chance.random(values.shape) < 0.1] = 0.0
    return values


def _booster(seed: int, trees: int = 6, **more: Any) -> Any:
    values = _values(seed, 400)
    known = np.nan_to_num(values)
    noise = np.random.default_rng(seed + 1).normal(size=400)
    y = (known[:, 0] * known[:, 1] + known[:, 2] + noise > 0).astype(float)
    asked = {"objective": "binary", "num_threads": 1, "verbose": -1, "num_leaves": 7, "seed": seed}
    return lightgbm.train(asked | more, lightgbm.Dataset(values, y), trees)


def _ensemble(text: str) -> Ensemble:
    trees = parse_trees(text, INPUTS)
    leaves = tuple(tuple(round(-1e6 * leaf) for leaf in tree.leaf) for tree in trees)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Ensemble(text, digest, tuple("abcd"), {}, leaves)


def _edges(reader: TreeReader) -> np.ndarray[Any, Any]:
    """Return rows on thresholds, beside them, at zeros, infinities and NaN."""
    cuts = [cut for tree in reader.trees for cut in tree.threshold]
    beside = [np.nextafter(cut, side) for cut in cuts for side in (-np.inf, np.inf)]
    odd = [0.0, -0.0, 1e-34, -1e-34, np.inf, -np.inf, np.nan]
    every = np.array([*cuts, *beside, *odd])
    every[np.abs(every) < 2e-35] = 0.0  # LightGBM takes such rows for zero before it walks
    return np.random.default_rng(0).choice(every, (300, INPUTS))


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 1000),
    more=st.sampled_from([{}, {"zero_as_missing": True}, {"use_missing": False}]),
)
def test_leaves_and_sums_are_those_of_lightgbm(seed: int, more: dict[str, Any]) -> None:
    booster = _booster(seed, **more)
    reader = TreeReader(_ensemble(booster.model_to_string()))
    values = np.vstack([_values(seed + 2, 100), _edges(reader)])
    expected = booster.predict(values, pred_leaf=True)
    assert [[tree.reach(row) for tree in reader.trees] for row in values] == expected.tolist()
    sums = reader.raw_batch(values)
    assert [reader.raw(row) for row in values] == sums.tolist()
    assert np.abs(sums / 1e6 + booster.predict(values, raw_score=True)).max() < 1e-5


def _worth(tree: Tree, leaves: tuple[int, ...], row: Any, known: set[int], at: int) -> float:
    """Return what a coalition is worth: unknown inputs go both ways, by the training rows."""
    if at < 0:
        return leaves[~at]
    sides = (tree.left[at], tree.right[at])
    if tree.feature[at] in known:
        left = tree.goes_left(at, row[tree.feature[at]])
        return _worth(tree, leaves, row, known, sides[0] if left else sides[1])
    covers = [tree.cover[side] if side >= 0 else tree.leaf_cover[~side] for side in sides]
    parts = [_worth(tree, leaves, row, known, side) for side in sides]
    return float(np.average(parts, weights=covers))


def test_contributions_are_shapley_values_by_their_definition() -> None:
    reader = TreeReader(_ensemble(_booster(3, num_leaves=15).model_to_string()))
    rows = np.vstack([_values(9, 15), _edges(reader)[:15]])
    expected, parts = reader.contributions(rows)

    def worth(row: Any, known: set[int]) -> float:
        pairs = zip(reader.trees, reader.leaf_ppm, strict=True)
        return sum(_worth(tree, leaves, row, known, 0) for tree, leaves in pairs)

    assert abs(worth(rows[0], set()) - expected) <= 0.5
    for row, found in zip(rows, parts, strict=True):
        for one in range(INPUTS):
            rest = [other for other in range(INPUTS) if other != one]
            value = sum(
                factorial(size)
                * factorial(INPUTS - size - 1)
                / factorial(INPUTS)
                * (worth(row, {*group, one}) - worth(row, set(group)))
                for size in range(INPUTS)
                for group in combinations(rest, size)
            )
            assert abs(found[one] - value) <= 2


def test_contributions_add_up_to_the_last_unit() -> None:
    reader = TreeReader(_ensemble(_booster(5, trees=40).model_to_string()))
    values = np.vstack([_values(6, 300), _edges(reader)])
    expected, parts = reader.contributions(values)
    assert (expected + parts.sum(axis=1) == reader.raw_batch(values)).all()


def test_a_tree_of_one_leaf_is_a_constant() -> None:
    booster = _booster(1, trees=2, min_data_in_leaf=300)
    reader = TreeReader(_ensemble(booster.model_to_string()))
    values = _values(1, 5)
    assert reader.raw_batch(values).tolist() == [sum(map(sum, reader.leaf_ppm))] * 5
    assert not reader.contributions(values)[1].any()


def test_a_cut_at_infinity_parts_missing_from_every_value() -> None:
    values = np.random.default_rng(0).normal(size=(400, INPUTS))
    values[:100, 1] = np.nan
    y = np.isnan(values[:, 1]).astype(float)
    asked = {"objective": "binary", "num_threads": 1, "verbose": -1}
    text = lightgbm.train(asked, lightgbm.Dataset(values, y), 1).model_to_string()
    tree = parse_trees(text, INPUTS)[0]
    assert tree.threshold[0] >= 1e300
    assert tree.reach([0.0, np.nan, 0.0, 0.0]) != tree.reach([0.0, np.inf, 0.0, 0.0])


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("num_class=1", "num_class=2"),
        ("num_tree_per_iteration=1", "average_output\nnum_tree_per_iteration=1"),
        ("max_feature_idx=3", "max_feature_idx=4"),
        ("num_cat=0", "num_cat=1"),
        ("is_linear=0", "is_linear=1"),
        ("Tree=1", "Tree=7"),
        ("end of trees", ""),
        ("decision_type=", "decision_type=1 "),
        ("left_child=", "left_child=0 "),
        ("leaf_value=", "leaf_value=inf "),
        ("split_feature=", "split_feature=x "),
        ("threshold=", "thresholds="),
    ],
)
def test_what_is_not_a_plain_tree_is_refused_by_name(found: str, put: str) -> None:
    text = _booster(2).model_to_string()
    with pytest.raises(TallyError, match="trees_not_read") as refused:
        parse_trees(text.replace(found, put, 1), INPUTS)
    assert re.findall(r"[a-z]+ [a-z]+", refused.value.text.zh) == []  # no sentence in English


def test_a_walk_that_would_not_end_is_refused() -> None:
    text = _booster(2).model_to_string()
    row = next(line for line in text.splitlines() if line.startswith("left_child=1 "))
    with pytest.raises(TallyError, match="trees_not_read"):
        parse_trees(text.replace(row, row.replace("=1 ", "=0 ", 1), 1), INPUTS)


def test_a_changed_text_is_refused() -> None:
    made = _ensemble(_booster(2).model_to_string())
    changed = Ensemble(made.text + " ", made.digest, made.inputs, {}, made.leaf_ppm)
    with pytest.raises(TallyError, match="trees_changed"):
        TreeReader(changed)
