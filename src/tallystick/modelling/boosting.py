"""LightGBM, made to give the same trees every time, and its text cut to what a walk needs.

Owns how LightGBM is called. Rules: one thread unless told otherwise, rows in order, every die
seeded; several boosters are averaged by dividing their leaves, so that they are one ensemble; the
text keeps structure, leaves and counts, and nothing of the machine or the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.modelling.tables import Floats
from tallystick.scorecards.document import PPM, Ensemble
from tallystick.scorecards.trees import parse_trees

_KEPT: Final = (
    "num_leaves",
    "num_cat",
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
    "leaf_count",
    "internal_count",
    "is_linear",
)


@dataclass(frozen=True)
class Recipe:
    """How one booster is grown; the names are LightGBM's.

    bags: boosters of this recipe, each with a seed of its own.
    """

    trees: int = 400
    learning_rate: float = 0.03
    leaves: int = 31
    least_rows: int = 20
    columns: float = 1.0
    rows: float = 1.0
    ridge: float = 0.0
    random_cuts: bool = False
    bags: int = 1

    def parameters(self, seed: int, threads: int) -> dict[str, Any]:
        """Return LightGBM's parameters."""
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.least_rows,
            "feature_fraction": self.columns,
            "bagging_fraction": self.rows,
            "bagging_freq": 1 if self.rows < 1 else 0,
            "lambda_l2": self.ridge,
            "extra_trees": self.random_cuts,
            "seed": seed,
            "num_threads": threads,
            "deterministic": True,
            "force_col_wise": True,
            "verbosity": -1,
        }


def begin(
    values: NDArray[Any],
    y: Floats,
    weights: Floats,
    recipe: Recipe,
    *,
    seed: int,
    threads: int = 1,
    start: Floats | None = None,
    **more: Any,  # noqa: ANN401 - LightGBM's parameters are of every type
) -> Any:  # noqa: ANN401 - LightGBM ships no types
    """Return a booster of log-odds of bad without a tree yet; `update` adds one.

    values: shape (rows, inputs). start: log-odds already explained, shape (rows,). more: further
    parameters of LightGBM.
    """
    import lightgbm  # noqa: PLC0415 - slow to import

    parameters = recipe.parameters(seed, threads) | more
    if recipe.random_cuts:
        values, y, weights, start = _with_a_row_beyond(values, y, weights, start)
        parameters["bin_construct_sample_cnt"] = len(y)
    data = lightgbm.Dataset(values, y, weight=weights, init_score=start, params=parameters)
    return lightgbm.Booster(parameters, data)


def _with_a_row_beyond(
    values: NDArray[Any], y: Floats, weights: Floats, start: Floats | None
) -> tuple[NDArray[Any], Floats, Floats, Floats | None]:
    """Return the same with a row of no weight whose every value lies above the others.

    LightGBM never draws the last cut of an input by lot: of three categories two would stay one.
    """
    with np.errstate(all="ignore"):
        beyond = np.fmax.reduce(values, axis=0, initial=0.0) + 1
    return (
        np.vstack([values, beyond]),
        np.append(y, 0.0),
        np.append(weights, 0.0),
        None if start is None else np.append(start, 0.0),
    )


def grow(
    values: NDArray[Any],
    y: Floats,
    weights: Floats,
    recipe: Recipe,
    *,
    seed: int,
    **more: Any,  # noqa: ANN401 - as `begin`
) -> list[Any]:
    """Return the boosters of a recipe with all their trees, one a bag; arguments as `begin`."""
    grown = []
    for bag in range(recipe.bags):
        booster = begin(values, y, weights, recipe, seed=seed + bag, **more)
        for _ in range(recipe.trees):
            if booster.update():
                break  # no cut is left that gains anything
        grown.append(booster)
    return grown


def sums(
    booster: Any,  # noqa: ANN401 - LightGBM ships no types
    values: NDArray[Any],
    first: int = 0,
    trees: int = -1,
) -> Floats:
    """Return the log-odds of bad that trees from `first` on say, all by default, shape (rows,).

    One thread: LightGBM would set its threads for the trees still to be grown as well.
    """
    found = booster.predict(
        values, raw_score=True, start_iteration=first, num_iteration=trees, num_threads=1
    )
    return np.asarray(found, np.float64)


def ensemble_of(
    boosters: Sequence[Any],
    inputs: Sequence[str],
    encodings: Mapping[str, Mapping[str, str]],
) -> Ensemble:
    """Return boosters of the same inputs as one ensemble, the mean of their sums."""
    blocks = []
    header = ""
    for booster in boosters:
        head, *trees = booster.model_to_string().partition("\nend of trees")[0].split("\nTree=")
        header = header or _header(head)
        blocks += [_block(tree, len(boosters)) for tree in trees]
    parts = [f"Tree={at}\n{block}\n" for at, block in enumerate(blocks)]
    sizes = " ".join(str(len(part)) for part in parts)
    text = f"{header}tree_sizes={sizes}\n\n{''.join(parts)}end of trees\n"
    return Ensemble(
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        inputs=tuple(inputs),
        encodings={name: dict(codes) for name, codes in encodings.items()},
        leaf_ppm=tuple(
            tuple(round(-PPM * leaf) for leaf in tree.leaf)
            for tree in parse_trees(text, len(inputs))
        ),
    )


def _header(head: str) -> str:
    """Return the header without the sizes of trees and without what names may hold."""
    count = int(dict(line.partition("=")[::2] for line in head.splitlines())["max_feature_idx"])
    names = " ".join(f"Column_{at}" for at in range(count + 1))
    infos = " ".join(["none"] * (count + 1))
    return (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"
        f"max_feature_idx={count}\nobjective=binary sigmoid:1\n"
        f"feature_names={names}\nfeature_infos={infos}\n"
    )


def _block(tree: str, share: int) -> str:
    """Return the lines of a tree that a walk needs, its leaves divided by `share`."""
    lines = dict(line.partition("=")[::2] for line in tree.splitlines()[1:] if "=" in line)
    leaves = np.array(lines["leaf_value"].split(), np.float64) / share
    lines["leaf_value"] = " ".join(map(repr, leaves.tolist()))
    return "".join(f"{name}={lines[name]}\n" for name in _KEPT if name in lines)
