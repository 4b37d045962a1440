"""A scorecard fitted by another library: run by the Python of that library, not by ours.

Owns what is asked of optbinning, toad and scorecardpy. Rules: bins, weights of evidence, a logistic
regression and points, each as its makers set it up; the data are in memory before the clock starts;
nothing of Tallystick is imported here, as nothing of it is installed there.

    python peer_cards.py optbinning train.parquet test.parquet 2    # prints one line of JSON
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

TARGET = "y"
IV_MIN = 0.02
RIDGE_C = 0.1
SHOWN = ("numpy", "pandas", "scikit-learn")
Points = Callable[[Any], Any]  # a frame without the target -> scores, higher is better


def fit_optbinning(frame: Any, cores: int) -> Points:  # noqa: ANN401 - a frame of pandas
    """Optimal bins, columns of an information value of .02 or more, C = .1, points by PDO."""
    optbinning, linear = import_module("optbinning"), import_module("sklearn.linear_model")
    x = frame.drop(columns=TARGET)
    process = optbinning.BinningProcess(
        list(x.columns),
        categorical_variables=texts_of(x),
        selection_criteria={"iv": {"min": IV_MIN}},
        n_jobs=cores,
    )
    card = optbinning.Scorecard(
        process,
        linear.LogisticRegression(C=RIDGE_C, max_iter=1000),
        scaling_method="pdo_odds",
        scaling_method_params={"pdo": 20, "odds": 50, "scorecard_points": 600},
    )
    card.fit(x, frame[TARGET])
    points: Points = card.score
    return points


def fit_toad(frame: Any, cores: int) -> Points:  # noqa: ANN401 - a frame of pandas
    """Bins by decision trees (its chi-square default does not end on a million rows)."""
    del cores  # it uses one
    toad = import_module("toad")
    x, y = frame.drop(columns=TARGET), frame[TARGET]
    combiner = toad.transform.Combiner()
    combiner.fit(x, y, method="dt", min_samples=0.05, empty_separate=True)
    weights = toad.transform.WOETransformer()
    woe = weights.fit_transform(combiner.transform(x), y)
    card = toad.ScoreCard(combiner=combiner, transer=weights, C=RIDGE_C, max_iter=1000)
    card.fit(woe, y)
    points: Points = card.predict
    return points


def fit_scorecardpy(frame: Any, cores: int) -> Points:  # noqa: ANN401 - a frame of pandas
    """Bins by its trees, as it comes."""
    cards, linear = import_module("scorecardpy"), import_module("sklearn.linear_model")
    bins = cards.woebin(frame, y=TARGET, no_cores=cores)
    woe = cards.woebin_ply(frame, bins, no_cores=cores)
    columns = [name for name in woe.columns if name != TARGET]
    fitted = linear.LogisticRegression(C=RIDGE_C, max_iter=1000)
    fitted.fit(woe[columns], woe[TARGET])
    card = cards.scorecard(bins, fitted, columns)
    return lambda rows: cards.scorecard_ply(rows, card)["score"].to_numpy()


FITS: dict[str, Callable[[Any, int], Points]] = {
    "optbinning": fit_optbinning,
    "toad": fit_toad,
    "scorecardpy": fit_scorecardpy,
}


def texts_of(frame: Any) -> list[str]:  # noqa: ANN401 - a frame of pandas
    """Return the names of columns that hold texts."""
    numbers = set(frame.select_dtypes("number").columns)
    return [name for name in frame.columns if name not in numbers]


def peak_mib() -> float:
    """Return the peak of resident memory since this program began, with its largest child."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + children
    own = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(own) / 1024 + children


def cpu_seconds() -> float:
    """Return the seconds of processor this program and its ended children have used."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def measure(name: str, train: Path, test: Path, cores: int) -> dict[str, Any]:
    """Fit a card on one file and judge it on the other; return the figures."""
    pandas, judge = import_module("pandas"), import_module("sklearn.metrics")
    fit = FITS[name]
    import_module(name)
    base = peak_mib()
    frame, held = pandas.read_parquet(train), pandas.read_parquet(test)
    loaded = peak_mib()
    begun, used = time.perf_counter(), cpu_seconds()
    score = fit(frame, cores)
    fit_s, used = time.perf_counter() - begun, cpu_seconds() - used
    peak = peak_mib()
    x = held.drop(columns=TARGET)
    begun = time.perf_counter()
    points = score(x)
    score_s = time.perf_counter() - begun
    return {
        "versions": {
            "python": platform.python_version(),
            **{one: metadata.version(one) for one in (name, *SHOWN)},
        },
        "rows": len(frame),
        "columns": len(x.columns),
        "cores": cores,
        "fit_s": round(fit_s, 2),
        "fit_cpu_s": round(used, 2),
        "rss_base_mib": round(base),
        "rss_loaded_mib": round(loaded),
        "rss_mib": round(peak),
        "auc": round(float(judge.roc_auc_score(held[TARGET], -points)), 5),
        "score_rows_per_second": round(len(x) / score_s),
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    asked, learnt, judged, used = sys.argv[1:]
    with contextlib.redirect_stdout(sys.stderr):  # some of them talk
        found = measure(asked, Path(learnt), Path(judged), int(used))
    print(json.dumps(found))  # noqa: T201 - the one thing this program says
