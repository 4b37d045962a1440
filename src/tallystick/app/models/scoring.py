"""A table scored: the use case `tally model score`.

Owns the summary it prints. Rules: a part of the rows is read again and held against the reference
interpreter, row by row; where one differs nothing is left behind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tallystick.app.progress import Progress, silent
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import Card
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.scoring import read_batches, score_file
from tallystick.scorecards.writing import card_digest

COMPARED_MAX: Final = 1_000
UNEQUAL = Reason(
    "unequal_scores",
    Text(
        "第 {row} 行的分数与参考解释器不同：{found} 而不是 {wanted}",
        "row {row} is scored {found}, and the reference interpreter says {wanted}",
    ),
    "docs/spec/scorecard.md",
    Text("这是本软件的错误，请报告；没有写出文件。", "This is a fault of ours, please report it."),
)


def score(
    card: Card,
    source: Path,
    sink: Path,
    *,
    keep: tuple[str, ...] = (),
    reasons: bool = True,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Score a file into another and return the summary. Raises: UNEQUAL, and as `score_file`."""
    part = sink.with_name(f"{sink.name}.part")
    try:
        rows = score_file(card, source, part, keep=keep, reasons=reasons, progress=progress)
        compared = _compare(card, source, part, rows)
        part.replace(sink)
    finally:
        part.unlink(missing_ok=True)
    return {
        "rows": rows,
        "compared": compared,
        "equal": True,
        "card": {"name": card.name, "digest": card_digest(card)},
        "columns": [*keep, "score", "pd", *(["reasons"] if reasons else [])],
        **_spread(card, sink),
    }


def _compare(card: Card, source: Path, part: Path, rows: int) -> int:
    """Hold rows evenly through the file against the reference; return how many."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import parquet  # noqa: PLC0415 - as above

    if not rows:
        return 0
    scores = parquet.read_table(part, columns=["score"]).column("score").to_numpy()
    interpreter, step = Interpreter(card), max(1, rows // COMPARED_MAX)
    _, batches = read_batches(card, source, ())
    before, compared = 0, 0
    for table in batches:
        places = range(-before % step, len(table), step)
        rows_of = table.take(pa.array(places, pa.int64())).to_pylist()  # also of no rows at all
        for at, row in zip(places, rows_of, strict=True):
            wanted = interpreter.one(row).score
            if wanted != scores[before + at]:
                raise UNEQUAL.error(row=before + at + 1, found=scores[before + at], wanted=wanted)
            compared += 1
        before += len(table)
    return compared


def _spread(card: Card, sink: Path) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 - slow to import
    from pyarrow import parquet  # noqa: PLC0415 - as above

    scores = parquet.read_table(sink, columns=["score"]).column("score").to_numpy()
    if not len(scores):
        return {"scores": None, "bands": []}
    lowest = [band.lowest for band in card.bands if band.lowest is not None]
    places = np.searchsorted(lowest, scores, side="right") if card.bands else np.empty(0, int)
    counts = np.bincount(places, minlength=len(card.bands))
    return {
        "scores": {
            "lowest": int(scores.min()),
            "median": int(np.median(scores)),
            "highest": int(scores.max()),
        },
        "bands": [
            {"code": band.code, "lowest": band.lowest, "rows": int(count)}
            for band, count in zip(card.bands, counts, strict=True)
        ],
    }
