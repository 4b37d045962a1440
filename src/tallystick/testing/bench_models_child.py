"""What one fresh process of the models' bench does: fit, score, score one at a time.

Owns the tasks and how a process looks at its own memory. Rules: a task begins in a new process, so
that its peak is its own; what it needs is imported before the clock starts and is the baseline of
memory; a process says one line of JSON.

    python -m tallystick.testing.bench_models_child fit '{"train": "...", "test": "...", ...}'
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tallystick.scorecards.document import Card

TARGET: Final = "y"
SINGLES: Final = 5_000
CHILD_S_MAX: Final = 3600


def run_child(task: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Run a task in a new process and return what it measured. Raises: RuntimeError."""
    words = [sys.executable, "-m", __name__, task, json.dumps(settings)]
    done = subprocess.run(  # noqa: S603 - this Python and this module
        words, capture_output=True, text=True, check=False, timeout=CHILD_S_MAX
    )
    if done.returncode:
        raise RuntimeError(f"{task}: {done.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def peak_mib() -> float:
    """Return the peak of this process's resident memory, in MiB."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # Not what getrusage says: that may be the peak of the process that started this one.
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


class Watch:
    """Seconds of the wall and of the processor since it was made, and memory before that."""

    def __init__(self) -> None:
        self._base = peak_mib()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def paced(self, source: str) -> dict[str, Any]:
        """Return how fast the rows of a Parquet file were gone through."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        import pyarrow.parquet as pq  # noqa: PLC0415 - after what is measured

        rows = pq.read_metadata(source).num_rows
        return {
            "rows": rows,
            "seconds": round(wall, 3),
            "cpu_seconds": round(cpu, 3),
            "rows_per_second": round(rows / wall),
            "rss_mib": round(peak_mib()),
            "rss_base_mib": round(self._base),
        }


def _reading(path: str) -> Card:
    from tallystick.scorecards.writing import read_card  # noqa: PLC0415 - not every task needs it

    return read_card(Path(path).read_bytes())


def fit(train: str, test: str, rows: int) -> dict[str, Any]:
    """Fit a logistic card on a Parquet file, reading included, and judge it on another."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy, and the baseline of this task alone
    import scipy.optimize  # noqa: F401, PLC0415 - of the baseline, as a fit imports it

    from tallystick.modelling import metrics  # noqa: PLC0415
    from tallystick.modelling.fitting import scores_of  # noqa: PLC0415
    from tallystick.modelling.logistic import fit_logistic  # noqa: PLC0415
    from tallystick.modelling.parquet import ParquetTable  # noqa: PLC0415

    base = peak_mib()
    begun, used = time.perf_counter(), time.process_time()
    table = ParquetTable(train, without=(TARGET,))
    card = fit_logistic(table, table.column(TARGET).values)
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    peak = peak_mib()
    held = ParquetTable(test)
    scores, _ = scores_of(card, held)
    arrow_mib = pq.read_table(train).nbytes / 2**20
    return {
        "fit_s": round(seconds, 2),
        "fit_cpu_s": round(used, 2),
        "rows": rows,
        "auc": round(metrics.auc(scores, held.column(TARGET).values), 5),
        "rss_base_mib": round(base),
        "fit_rss_mib": round(peak - base),
        "arrow_mib": round(arrow_mib),
        "rss_over_arrow": round((peak - base) / arrow_mib, 2),
        "variables": len(card.variables),
        "cells": sum(len(term.points) for term in card.terms),
    }


def score(card: str, few: str, source: str, target: str, reasons: bool) -> dict[str, Any]:  # noqa: FBT001 - named in JSON
    """Score a Parquet file into another by our kernel, with reasons or without.

    few: a small file scored first, so that compiled code is loaded, as libraries are imported.
    """
    from tallystick.scorecards.scoring import score_file  # noqa: PLC0415 - with its libraries

    read = _reading(card)
    begun = time.perf_counter()
    score_file(read, Path(few), Path(target), reasons=reasons)
    loaded = time.perf_counter() - begun
    watch = Watch()
    score_file(read, Path(source), Path(target), reasons=reasons)
    return watch.paced(source) | {"load_s": round(loaded, 2)}


def polars(card: str, few: str, source: str, target: str) -> dict[str, Any]:
    """Score a Parquet file into another by native Polars, streaming; `few` first, as above."""
    import polars as pl  # noqa: PLC0415 - heavy, and the baseline of this task alone

    from tallystick.testing.bench_models_polars import in_polars  # noqa: PLC0415

    raw = in_polars(_reading(card))
    pl.scan_parquet(few).select(raw).sink_parquet(target)
    watch = Watch()
    pl.scan_parquet(source).select(raw).sink_parquet(target)
    return watch.paced(source)


def single(card: str, source: str, folder: str) -> dict[str, Any]:
    """Score one at a time: the median, and with the decision log the mean of all, synced."""
    from tallystick.app.models.decision_log import (  # noqa: PLC0415 - with its libraries
        DecisionLog,
        Scored,
        input_digest,
    )
    from tallystick.scorecards.interpreting import Interpreter  # noqa: PLC0415
    from tallystick.scorecards.writing import card_digest  # noqa: PLC0415

    read = _reading(card)
    interpreter, digest = Interpreter(read), card_digest(read)
    organisations = list(_organisations(source, SINGLES))
    taken = []
    for one in organisations:
        begun = time.perf_counter()
        interpreter.one(one)
        taken.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    with DecisionLog(Path(folder) / "log", lambda: datetime.now(UTC)) as log:
        for one in organisations:
            said = interpreter.one(one)
            log.add(Scored(digest, input_digest(one), said.score, said.pd_ppm))
    logged = (time.perf_counter() - begun) / len(organisations)
    return {
        "single_us": round(statistics.median(taken) * 1e6, 1),
        "single_p99_us": round(sorted(taken)[len(taken) * 99 // 100] * 1e6, 1),
        "single_logged_us": round(logged * 1e6, 1),
    }


def _organisations(source: str, count: int) -> Iterator[dict[str, float | str | None]]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    file = pq.ParquetFile(source)
    columns = [name for name in file.schema_arrow.names if name != TARGET]
    batch = next(file.iter_batches(count, columns=columns))
    yield from batch.to_pylist()


TASKS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "fit": fit,
    "score": score,
    "polars": polars,
    "single": single,
}


def main(task: str, settings: str) -> None:
    """Do a task and print what was measured."""
    found = TASKS[task](**json.loads(settings))
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
