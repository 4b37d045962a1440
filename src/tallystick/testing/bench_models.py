"""Measuring models on this machine: fitting a card, scoring by it, and the peers beside it.

Owns `tally bench models`. A table is made and written as Parquet; a logistic card is fitted to it
in a fresh process, reading included; a card of all its columns scores it, in turns with native
Polars; then each peer fits the same rows, one at a time, on as many cores. Whatever runs has the
machine to itself, and its memory is its own.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tallystick.app.progress import Progress, silent
from tallystick.modelling.parquet import ParquetTable
from tallystick.scorecards.writing import card_text
from tallystick.testing.bench_models_card import full_card
from tallystick.testing.bench_models_child import TARGET, run_child
from tallystick.testing.bench_models_peers import PEERS, measure_peer
from tallystick.testing.benching import machine
from tallystick.testing.credit_table import write_credit_table

ROWS_DEFAULT: Final = 1_000_000
ROWS_OF_TARGETS: Final = (
    1_000_000  # from so many rows on figures are held against what was asked for
)
ROWS_SLOW_SHARE: Final = 10  # scorecardpy gets this part of the rows: a million took it 12 minutes
COLUMNS: Final = 50
HELD_OUT_SHARE: Final = 5
WARM_ROWS: Final = 2_000
SAMPLE_ROWS: Final = 50_000
TURNS: Final = 3
SEED: Final = 20261129
_LIBRARIES: Final = ("numpy", "numba", "scipy", "polars", "pyarrow")

FIT_S_MAX, FIT_S_AIM = 20.0, 10.0
RSS_OVER_ARROW_MAX: Final = 1.5
AUC_BEHIND_MAX: Final = 0.002
SCORE_RATIO_MIN, SCORE_AIM = 1.4, 2_000_000
SCORE_RSS_MIB_MAX, SCORE_RSS_ROWS = 1_536, 10_000_000
REASONS_MIN: Final = 400_000
SINGLE_US_MAX, SINGLE_LOGGED_US_MAX = 100.0, 1_000.0


def models(
    rows: int = ROWS_DEFAULT,
    score_rows: int | None = None,
    peer_rows: int | None = None,
    progress: Progress = silent,
    *,
    download: bool = False,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Measure and return {"machine", "versions", "settings", "results"}.

    rows: of the table. score_rows: of the file that is scored, the table over and over; as many as
    the table if None. peer_rows: at most so many for each peer; all of them if None, a tenth for
    scorecardpy. download: make the environments of peers that are not here yet. folder: where to
    work, removed afterwards.
    """
    scored = score_rows or rows
    peers = {one: _rows_of(one, rows, peer_rows) for one in PEERS}
    steps = Steps(progress, 3 + 4 * TURNS + 2 + len(PEERS))
    with tempfile.TemporaryDirectory(dir=folder) as working:
        place = Path(working)
        with steps.step("generate"):
            _tables(place, rows)
        with steps.step("fit"):
            _warm(place)
        with steps.step("fit"):
            fitted = run_child("fit", {**_pair(place), "rows": rows})
        results = _scoring(place, rows, scored, steps)
        results["fit"] = fitted
        results["peers"] = {}
        for one, number in peers.items():
            with steps.step(one):
                train = _head(place, number, rows)
                results["peers"][one] = measure_peer(
                    one, train, place / "test.parquet", cores(), download=download
                )
    return {
        "machine": machine(),
        "versions": {
            "python": platform.python_version(),
            **{one: importlib.metadata.version(one) for one in _LIBRARIES},
        },
        "settings": {
            "rows": rows,
            "columns": COLUMNS,
            "held_out_rows": max(rows // HELD_OUT_SHARE, 1),
            "score_rows": scored,
            "peer_rows": peers,
            "cores": cores(),
            "seed": SEED,
        },
        "results": held_against(results),
    }


class Steps:
    """Progress over steps of which each is shown when it begins and when it is done."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do one step."""
        self._progress(name, self._done, self._total)
        yield
        self._done += 1
        self._progress(name, self._done, self._total)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _rows_of(peer: str, rows: int, most: int | None) -> int:
    if most is not None:
        return min(rows, most)
    return rows // ROWS_SLOW_SHARE if peer == "scorecardpy" and rows >= ROWS_OF_TARGETS else rows


def _pair(place: Path) -> dict[str, str]:
    return {"train": str(place / "train.parquet"), "test": str(place / "test.parquet")}


def _tables(place: Path, rows: int) -> None:
    write_credit_table(place / "train.parquet", rows, seed=SEED)
    write_credit_table(place / "test.parquet", max(rows // HELD_OUT_SHARE, 1), seed=SEED + 1)


def _head(place: Path, number: int, rows: int) -> Path:
    """Return a file of the first rows; the whole one where all are asked for."""
    import pyarrow as pa  # noqa: PLC0415 - heavy
    import pyarrow.parquet as pq  # noqa: PLC0415

    whole, part = place / "train.parquet", place / f"head-{number}.parquet"
    if number >= rows:
        return whole
    if not part.exists():
        file = pq.ParquetFile(whole)
        batches = islice(file.iter_batches(number), -(-rows // number))
        pq.write_table(pa.Table.from_batches(list(batches)).slice(0, number), part)
    return part


def _warm(place: Path) -> None:
    """Compile what is compiled once, on few rows, so that it is on disk; write the card."""
    rows = ParquetTable(place / "train.parquet").rows
    few = str(_head(place, WARM_ROWS, rows))
    run_child("fit", {"train": few, "test": few, "rows": WARM_ROWS})
    sample = ParquetTable(_head(place, SAMPLE_ROWS, rows), without=(TARGET,))
    card = full_card(sample, sample.column(TARGET).values, "bench")
    (place / "card.json").write_bytes(card_text(card))
    common = {"card": str(place / "card.json"), "source": few, "few": few}
    for reasons in (False, True):
        run_child("score", {**common, "target": str(place / "warm.parquet"), "reasons": reasons})


# -- scoring ---------------------------------------------------------------------------------------


def _scoring(place: Path, rows: int, scored: int, steps: Steps) -> dict[str, Any]:
    source = _repeated(place, rows, scored)
    asked = {"card": str(place / "card.json"), "source": str(source)}
    common = asked | {"few": str(_head(place, WARM_ROWS, rows))}
    target = str(place / "ours.parquet")
    found = _in_turns(place, common, steps)
    packed = _in_turns(place, common | {"source": str(_packed(place, source))}, steps)
    with steps.step("score"):
        reasons = run_child("score", {**common, "target": target, "reasons": True})
    with steps.step("single"):
        single = run_child("single", {**asked, "folder": str(place)})
    beside = ("score_rows_per_second", "polars_rows_per_second", "score_ratio_to_polars")
    return {
        "score_rows": scored,
        **found,
        "zstd": {name: packed[name] for name in beside},
        "reasons_rows_per_second": _pace(reasons),
        "reasons_rss_mib": reasons["rss_mib"],
        **single,
    }


def _in_turns(place: Path, common: Mapping[str, str], steps: Steps) -> dict[str, Any]:
    """Return what scoring took, in turns with native Polars, each in a process of its own."""
    ours, theirs = [], []
    target, other = str(place / "ours.parquet"), str(place / "polars.parquet")
    for _ in range(TURNS):
        with steps.step("score"):
            ours.append(run_child("score", {**common, "target": target, "reasons": False}))
        with steps.step("polars"):
            theirs.append(run_child("polars", {**common, "target": other}))
    _check_equal(Path(target), Path(other))
    best, peer = (max(some, key=_pace) for some in (ours, theirs))
    return {
        "score_rows_per_second": _pace(best),
        "score_rss_mib": max(one["rss_mib"] for one in ours),
        "polars_rows_per_second": _pace(peer),
        "polars_rss_mib": max(one["rss_mib"] for one in theirs),
        "score_ratio_to_polars": round(_pace(best) / _pace(peer), 2),
        "score_cpu_s": min(one["cpu_seconds"] for one in ours),
        "polars_cpu_s": min(one["cpu_seconds"] for one in theirs),
        "score_runs": [_pace(one) for one in ours],
        "polars_runs": [_pace(one) for one in theirs],
        "score_load_s": ours[-1]["load_s"],
    }


def _packed(place: Path, source: Path) -> Path:
    """Return the same file compressed harder: reading it is most of the work of both."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    file, packed = pq.ParquetFile(source), place / "packed.parquet"
    with pq.ParquetWriter(packed, file.schema_arrow, compression="zstd") as writer:
        for group in range(file.num_row_groups):
            writer.write_table(file.read_row_group(group))
    return packed


def _pace(run: Mapping[str, Any]) -> int:
    return int(run["rows_per_second"])


def _repeated(place: Path, rows: int, wanted: int) -> Path:
    """Return a file of so many rows: the table, over and over, row group by row group."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    whole, long = place / "train.parquet", place / "long.parquet"
    if wanted <= rows:
        return _head(place, wanted, rows)
    file = pq.ParquetFile(whole)
    with pq.ParquetWriter(long, file.schema_arrow) as writer:
        left = wanted
        while left:
            for group in range(file.num_row_groups):
                part = file.read_row_group(group).slice(0, left)
                writer.write_table(part)
                left -= part.num_rows
                if not left:
                    break
    return long


def _check_equal(ours: Path, theirs: Path) -> None:
    """Both must have given the same scores as often. Raises: RuntimeError.

    Not row by row: Polars 2.1 streams a file of many row groups out of their order now and then,
    whatever `maintain_order` says. What is exported is proved row by row where it is exported.
    """
    import numpy as np  # noqa: PLC0415 - after what is measured
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    one, other = (
        np.sort(pq.read_table(file, columns=["score"])["score"].to_numpy())
        for file in (ours, theirs)
    )
    if not np.array_equal(one, other):
        raise RuntimeError("the engines differ")


# -- what was asked for ----------------------------------------------------------------------------


def held_against(results: dict[str, Any]) -> dict[str, Any]:
    """Return the results with what a program looks for in front, and the targets at the end."""
    fitted = results["fit"]
    front = {
        "fit_s": fitted["fit_s"],
        "fit_rss_mib": fitted["fit_rss_mib"],
        **{name: value for name, value in results.items() if name not in ("fit", "peers")},
        "fit": fitted,
        "peers": results["peers"],
    }
    same = {
        name: one
        for name, one in results["peers"].items()
        if "missing" not in one and one["rows"] == fitted["rows"]
    }
    front["fit_ratio_to_peers"] = {
        name: round(one["fit_s"] / fitted["fit_s"], 1) for name, one in same.items()
    }
    targets = _targets(front)
    if same:
        best = max(one["auc"] for one in same.values())
        behind = round(best - fitted["auc"], 5)
        targets["auc_behind_best_peer"] = _at_most(behind, AUC_BEHIND_MAX)
    return front | {"targets": targets}


def _targets(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    targets = {
        "single_us": _at_most(found["single_us"], SINGLE_US_MAX),
        "single_logged_us": _at_most(found["single_logged_us"], SINGLE_LOGGED_US_MAX),
    }
    if found["score_rows"] >= ROWS_OF_TARGETS:
        targets |= {
            "score_ratio_to_polars": _at_least(found["score_ratio_to_polars"], SCORE_RATIO_MIN),
            "score_rows_per_second_aim": _at_least(found["score_rows_per_second"], SCORE_AIM),
            "reasons_rows_per_second": _at_least(found["reasons_rows_per_second"], REASONS_MIN),
        }
    if found["fit"]["rows"] >= ROWS_OF_TARGETS:
        targets |= {
            "fit_s": _at_most(found["fit_s"], FIT_S_MAX),
            "fit_s_aim": _at_most(found["fit_s"], FIT_S_AIM),
            "rss_over_arrow": _at_most(found["fit"]["rss_over_arrow"], RSS_OVER_ARROW_MAX),
        }
    if found["score_rows"] >= SCORE_RSS_ROWS:
        targets["score_rss_mib"] = _at_most(found["score_rss_mib"], SCORE_RSS_MIB_MAX)
    return targets


def _at_least(measured: float, asked: float) -> dict[str, Any]:
    return {"measured": measured, "at_least": asked, "met": measured >= asked}


def _at_most(measured: float, asked: float) -> dict[str, Any]:
    return {"measured": measured, "at_most": asked, "met": measured <= asked}
