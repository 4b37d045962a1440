"""How accurate the routes are, beside references refitted in the same run on the same folds.

Owns `make accuracy`. Rules: five repeats of five folds, groups of exact duplicates whole, bad ones
spread evenly, seeds printed; every model is fitted anew inside every fold with all it chooses for
itself; differences are paired, with the plain standard error over folds and the corrected one of
Nadeau and Bengio (2003); a target that is missed is shown as missed. Only array-level fitters are
called: no card, score file or page is written of anything.

    python benchmarks/accuracy.py polish1.parquet --peer -o accuracy.json

Two tables of known truth are made and judged as well (`synthetic.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

import synthetic
from tallystick.kernel.errors import TallyError
from tallystick.modelling import metrics
from tallystick.modelling.fitting import fit_route, scores_of
from tallystick.modelling.splits import duplicate_groups, fold_of
from tallystick.modelling.tables import Floats, MemoryTable, Rows, from_arrays
from tallystick.testing.bench_models_peers import environment

TARGET: Final = "y"
SEED: Final = 20261129
SYNTHETIC_ROWS: Final = 6_000
BOOSTED_BEHIND_MAX, ADDITIVE_BEHIND_MAX = 0.002, 0.003
RIVALS: Final = {"boosted": "lightgbm", "additive": "ebm", "logistic": "optbinning"}
MEASURES: Final = ("auc", "ks", "brier", "log_loss")


class Data(NamedTuple):
    """One table: its outcomes, and the probability they were drawn with where that is known."""

    name: str
    table: MemoryTable
    y: Floats
    arrays: Mapping[str, Any]
    truth: Floats | None = None


class Said(NamedTuple):
    """What a model said of each row out of fold: a ranking (higher is better) and a probability.

    Both of shape (repeats, rows).
    """

    score: NDArray[Any]
    pd: Floats


# -- data ------------------------------------------------------------------------------------------


def read(path: Path) -> Data:
    """Return a Parquet file with a target `y`."""
    found = pq.read_table(path)
    arrays = {
        name: _numbers(found[name]) if _is_number(found[name]) else _texts(found[name])
        for name in found.column_names
        if name != TARGET
    }
    y = found[TARGET].to_numpy().astype(np.float64)
    return Data(path.stem, from_arrays(arrays), y, arrays)


def _is_number(column: pa.ChunkedArray) -> bool:
    kind = column.type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _numbers(column: pa.ChunkedArray) -> Floats:
    values: Floats = column.cast(pa.float64()).fill_null(np.nan).to_numpy()
    return values


def _texts(column: pa.ChunkedArray) -> NDArray[np.object_]:
    return np.array(column.to_pylist(), object)


def made() -> list[Data]:
    """Return the tables of known truth."""
    drawn = {
        "synthetic_additive": synthetic.additive(SYNTHETIC_ROWS, SEED),
        "synthetic_interacting": synthetic.interacting(SYNTHETIC_ROWS, SEED),
    }
    return [
        Data(name, from_arrays(one.arrays), one.y, one.arrays, one.truth)
        for name, one in drawn.items()
    ]


# -- models ----------------------------------------------------------------------------------------


def out_of_fold(route: str, data: Data, folds: Rows) -> Said:
    """Fit one route in every fold; return what it said of the rows held out."""
    score, pd = np.empty(folds.shape), np.empty(folds.shape)
    began = time.perf_counter()
    for repeat, held in enumerate(folds):
        for fold in range(int(held.max()) + 1):
            train, test = np.flatnonzero(held != fold), np.flatnonzero(held == fold)
            card = fit_route(route, data.table.take(train), data.y[train], None, {}, SEED + repeat)
            score[repeat, test], pd[repeat, test] = scores_of(card, data.table.take(test))
        note(f"  {route} of repeat {repeat + 1}: {time.perf_counter() - began:.0f} s")
    return Said(score, pd)


class References:
    """The references, fitted by another Python beside our own fits."""

    def __init__(self, python: Path, data: Data, folds: Rows, names: Sequence[str]) -> None:
        self._place = tempfile.TemporaryDirectory()
        place = Path(self._place.name)
        self._out = place / "said.npz"
        pq.write_table(pa.table({**data.arrays, TARGET: data.y}), place / "data.parquet")
        np.save(place / "folds.npy", folds)
        script = Path(__file__).with_name("references.py")
        files = (place / "data.parquet", place / "folds.npy", self._out)
        ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        self._child = subprocess.Popen(  # noqa: S603 - the Python named by the caller, our script
            [str(python), str(script), *map(str, files), ",".join(names)],
            env={name: value for name, value in os.environ.items() if name not in ours},
        )

    def said(self) -> dict[str, Said]:
        """Wait for them and return what each said. Raises: SystemExit where they failed."""
        if self._child.wait():
            raise SystemExit("the references did not run")
        with np.load(self._out) as found:
            said = {name: Said(-found[name], found[name]) for name in found.files}
        self._place.cleanup()
        return said

    def check(self) -> None:
        """Raise SystemExit where they have failed already, before hours go into our own fits."""
        if self._child.poll():
            raise SystemExit("the references did not run")


def every(
    routes: Sequence[str], data: Data, folds: Rows, references: References | None
) -> tuple[dict[str, Said], dict[str, str]]:
    """Return what each route said, and why a route said nothing: hours of others are kept."""
    said, failed = {}, {}
    for route in routes:
        if references:
            references.check()
        try:
            said[route] = out_of_fold(route, data, folds)
        except TallyError as fault:
            failed[route] = f"{fault.reason.code}: {fault.text.en}"
            note(f"  {route} FAILED: {failed[route]}")
    return said, failed


# -- figures ---------------------------------------------------------------------------------------


def by_fold(said: Said, y: Floats, folds: Rows) -> dict[str, Floats]:
    """Return each measure in each fold, shape (repeats x folds,)."""
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    for repeat, held in enumerate(folds):
        for fold in range(int(held.max()) + 1):
            test = held == fold
            score, pd = said.score[repeat, test], said.pd[repeat, test]
            found["auc"].append(metrics.auc(score, y[test]))
            found["ks"].append(metrics.ks(score, y[test]))
            found["brier"].append(metrics.brier(pd, y[test]))
            found["log_loss"].append(metrics.log_loss(pd, y[test]))
    return {name: np.array(values) for name, values in found.items()}


def paired(ours: Floats, theirs: Floats, folds_each: int) -> dict[str, float]:
    """Return the mean difference with its plain and its corrected standard error."""
    gap = ours - theirs
    plain = float(np.std(gap, ddof=1) / np.sqrt(len(gap)))
    corrected = metrics.corrected_error(gap.tolist(), 1 / (folds_each - 1))
    return {"difference": float(gap.mean()), "se": plain, "se_corrected": corrected}


def judged(route: str, gaps: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return what was asked of a route and whether it holds.

    Brier is asked about only where AUC is equal, within what was allowed, or better.
    """
    auc, brier = gaps["auc"], gaps["brier"]
    allowed = {
        "boosted": BOOSTED_BEHIND_MAX,
        "additive": ADDITIVE_BEHIND_MAX,
        "logistic": auc["se"],
    }[route]
    met = auc["difference"] >= -allowed
    return {
        "auc_at_least": -allowed,
        "auc_met": met,
        "brier_at_most": brier["se"],
        "brier_met": brier["difference"] <= brier["se"] if met else None,
    }


def compared(data: Data, folds: Rows, said: Mapping[str, Said]) -> dict[str, Any]:
    """Return everything about one table."""
    figures = {name: by_fold(one, data.y, folds) for name, one in said.items()}
    folds_each = int(folds.max()) + 1
    models = {
        name: {
            measure: {"mean": float(values.mean()), "sd": float(values.std(ddof=1))}
            for measure, values in found.items()
        }
        for name, found in figures.items()
    }
    targets = {}
    for route, rival in RIVALS.items():
        if route in figures and rival in figures:
            gaps = {
                measure: paired(figures[route][measure], figures[rival][measure], folds_each)
                for measure in MEASURES
            }
            targets[route] = {"reference": rival, "paired": gaps, **judged(route, gaps)}
    known = {} if data.truth is None else {"auc_of_truth": metrics.auc(-data.truth, data.y)}
    return {
        "rows": data.table.rows,
        "columns": len(data.table.names),
        "bads": int(data.y.sum()),
        "groups": int(duplicate_groups(data.table).max()) + 1,
        **known,
        "models": models,
        "targets": targets,
    }


# -- the run ---------------------------------------------------------------------------------------


def note(text: str) -> None:
    """Say how far it is, on standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def show(name: str, found: Mapping[str, Any]) -> None:
    """Print one table's figures."""
    truth = f", AUC of the truth {found['auc_of_truth']:.4f}" if "auc_of_truth" in found else ""
    size = ", ".join(f"{found[one]} {one}" for one in ("rows", "columns", "bads", "groups"))
    lines = [f"\n{name}: {size}{truth}", f"  {'':12}" + "".join(f"{one:>20}" for one in MEASURES)]
    for model, figures in found["models"].items():
        shown = (f"{figures[one]['mean']:.4f} +- {figures[one]['sd']:.4f}" for one in MEASURES)
        lines.append(f"  {model:12}" + "".join(f"{one:>20}" for one in shown))
    for route, target in found["targets"].items():
        auc, brier = (target["paired"][one] for one in ("auc", "brier"))
        lines.append(
            f"  {route} - {target['reference']}: AUC {auc['difference']:+.4f} "
            f"(se {auc['se']:.4f}, corrected {auc['se_corrected']:.4f}; at least "
            f"{target['auc_at_least']:+.4f}: {_met(target['auc_met'])}); Brier "
            f"{brier['difference']:+.5f} (se {brier['se']:.5f}: {_met(target['brier_met'])})"
        )
    lines += [f"  {route} FAILED: {why}" for route, why in found["failed"].items()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _met(value: bool | None) -> str:  # noqa: FBT001 - what is told, not a switch
    return {True: "met", False: "MISSED", None: "not asked"}[value]


def asked(words: Sequence[str] | None) -> argparse.Namespace:
    """Return what was typed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path, help="Parquet files with a target y")
    parser.add_argument(
        "--peer", action="store_true", help="let pip get the references where they are not here yet"
    )
    parser.add_argument("--peers-python", type=Path, help="a Python that has them already")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--routes", default=",".join(RIVALS), help="comma between")
    parser.add_argument("--no-synthetic", action="store_true", help="leave out the made tables")
    parser.add_argument("-o", "--output", type=Path, help="write the results (JSON) here")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Judge every table; return 1 where a target is missed or a route failed."""
    given = asked(words)
    routes = given.routes.split(",")
    tables = [*map(read, given.files), *([] if given.no_synthetic else made())]
    seeds = [SEED + repeat for repeat in range(given.repeats)]
    sys.stdout.write(f"{given.repeats} x {given.folds} folds, seeds {seeds}\n")
    python = given.peers_python or _python(download=given.peer)
    results: dict[str, Any] = {}
    for data in tables:
        note(f"{data.name} ...")
        groups = duplicate_groups(data.table)
        folds = np.array([fold_of(data.y, groups, given.folds, seed) for seed in seeds])
        rivals = [RIVALS[route] for route in routes]
        references = References(python, data, folds, rivals) if python else None
        said, failed = every(routes, data, folds, references)
        found = compared(data, folds, said | (references.said() if references else {}))
        results[data.name] = found | {"failed": failed}
        show(data.name, results[data.name])
        if given.output:  # after each table: a long run that is stopped has said something
            given.output.write_text(json.dumps(_document(seeds, given, results), indent=2) + "\n")
    told = [one for found in results.values() for one in found["targets"].values()]
    missed = any(not one["auc_met"] or one["brier_met"] is False for one in told)
    return int(missed or any(found["failed"] for found in results.values()))


def _python(*, download: bool) -> Path | None:
    """Return the Python of the references; None, and the reason told, where there is none."""
    pinned = Path(__file__).with_name("peers.txt").read_text(encoding="utf-8")
    try:
        return environment("references", pinned, download=download)
    except TallyError as fault:
        note(f"without references: {fault.text.en}. {fault.remedy.en}")
        return None


def _document(
    seeds: list[int], given: argparse.Namespace, results: Mapping[str, Any]
) -> dict[str, Any]:
    versions = {one: metadata.version(one) for one in ("numpy", "scipy", "lightgbm", "numba")}
    return {
        "versions": {"python": platform.python_version(), **versions},
        "settings": {"seeds": seeds, "folds": given.folds, "routes": given.routes},
        "results": results,
    }


if __name__ == "__main__":
    raise SystemExit(main())
