"""The references accuracy.py compares with, refitted on its folds by the Python they live in.

Owns what is asked of optbinning, interpret and LightGBM: the settings of the published findings,
nothing tuned. Reads a Parquet file with a target `y` and an array of folds, writes probabilities.

    python references.py data.parquet folds.npy out.npz lightgbm,ebm,optbinning
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

TARGET = "y"
TREES, RATE = 400, 0.03
IV_MIN, RIDGE_C = 0.02, 0.1
Fitted = Callable[[Any], Any]  # a frame -> probability of bad


def lightgbm(frame: Any, y: Any, seed: int) -> Fitted:  # noqa: ANN401 - a frame and an array
    """400 trees at a rate of .03, everything else as it comes."""
    boost = import_module("lightgbm")
    levels = {name: _levels(frame[name]) for name in _texts(frame)}

    def numbers(rows: Any) -> Any:  # noqa: ANN401
        coded = {
            f"x{at}": rows[name].map(levels[name]).astype("float64")
            if name in levels
            else rows[name].to_numpy("float64")
            for at, name in enumerate(rows.columns)
        }
        return np.column_stack([np.asarray(one) for one in coded.values()])

    known = [at for at, name in enumerate(frame.columns) if name in levels]
    settings = {
        "objective": "binary",
        "learning_rate": RATE,
        "num_threads": 1,
        "seed": seed,
        "verbose": -1,
    }
    data = boost.Dataset(numbers(frame), y, categorical_feature=known or "auto")
    trees = boost.train(settings, data, TREES)
    return lambda rows: trees.predict(numbers(rows))


def ebm(frame: Any, y: Any, seed: int) -> Fitted:  # noqa: ANN401 - a frame and an array
    """Main effects only: an additive table."""
    glass, texts = import_module("interpret.glassbox"), set(_texts(frame))
    kinds = ["nominal" if name in texts else "continuous" for name in frame.columns]
    model = glass.ExplainableBoostingClassifier(
        feature_types=kinds, interactions=0, n_jobs=1, random_state=seed
    )
    model.fit(frame, y)
    return lambda rows: model.predict_proba(rows)[:, 1]


def optbinning(frame: Any, y: Any, seed: int) -> Fitted:  # noqa: ANN401 - a frame and an array
    """Optimal bins as they come, columns of IV .02 or more, logistic regression with C = .1."""
    del seed  # nothing in it is left to chance
    bins, linear = import_module("optbinning"), import_module("sklearn.linear_model")
    process = bins.BinningProcess(
        list(frame.columns),
        categorical_variables=_texts(frame),
        selection_criteria={"iv": {"min": IV_MIN}},
    )
    woe = process.fit_transform(frame, y, metric="woe")
    model = linear.LogisticRegression(C=RIDGE_C, max_iter=1000).fit(woe, y)
    return lambda rows: model.predict_proba(process.transform(rows, metric="woe"))[:, 1]


FITS: dict[str, Callable[[Any, Any, int], Fitted]] = {
    "lightgbm": lightgbm,
    "ebm": ebm,
    "optbinning": optbinning,
}


def _texts(frame: Any) -> list[str]:  # noqa: ANN401 - a frame of pandas
    numbers = set(frame.select_dtypes("number").columns)
    return [name for name in frame.columns if name not in numbers]


def _levels(column: Any) -> dict[str, int]:  # noqa: ANN401 - a column of pandas
    return {one: at for at, one in enumerate(sorted(set(column.dropna())))}


def main(data: Path, folds: Path, out: Path, wanted: list[str]) -> None:
    """Fit each reference in each fold; write probabilities, shape (repeats, rows) each."""
    pandas = import_module("pandas")
    frame, fold = pandas.read_parquet(data), np.load(folds)
    y, x = frame[TARGET].to_numpy("float64"), frame.drop(columns=TARGET)
    x = x.astype(dict.fromkeys(_texts(x), object))  # not every one of them knows texts of Arrow
    found = {name: np.full(fold.shape, np.nan) for name in wanted}
    seconds = dict.fromkeys(wanted, 0.0)
    for repeat, held in enumerate(fold):
        for one in range(int(held.max()) + 1):
            train, test = held != one, held == one
            for name in wanted:
                begun = time.perf_counter()
                model = FITS[name](x[train], y[train], repeat)
                found[name][repeat, test] = model(x[test])
                seconds[name] += time.perf_counter() - begun
        sys.stderr.write(f"  references of repeat {repeat + 1}: {_told(seconds)}\n")
    save: Any = np.savez  # its signature takes the names for its own options
    save(out, **found)


def _told(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {took:.0f} s" for name, took in seconds.items())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    read, split, written, names = sys.argv[1:]
    main(Path(read), Path(split), Path(written), names.split(","))
