"""A card held against outcomes: the use case `tally model validate`.

Owns the document it prints. Rules: where the file is the one the card was fitted on, the figures
told first are the cross-validated ones of the fit, and those within the sample stand beside them
under their name, unless the outcome is another one or the validation is not of this card; groups
that are too small are not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tallystick.app.models.data import Opened, open_file
from tallystick.app.models.figures import as_numbers
from tallystick.app.progress import Progress, silent
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.fitting import scores_of
from tallystick.modelling.metrics import as_text
from tallystick.modelling.ranking import rank_figures
from tallystick.modelling.seen_rows import seen_in
from tallystick.modelling.tables import Floats, MemoryTable, OnDisk, Table
from tallystick.modelling.validation import evaluate
from tallystick.scorecards.binding import belongs
from tallystick.scorecards.document import Card
from tallystick.scorecards.recorded import check_record
from tallystick.scorecards.writing import card_digest

HEADLINE: Final = (
    "auc",
    "gini",
    "ks",
    "brier",
    "log_loss",
    "average_precision",
    "spearman",
    "kendall",
    "calibration",
    "intervals",
    "outcomes",
)
TARGET_NEEDED = Reason(
    "target_needed",
    Text("没有说明结果在哪一列", "it is not said which column holds the outcomes"),
    "docs/models.md",
    Text("请用 --target 写明。", "Say so with --target."),
)
RANKS_ONLY = Reason(
    "ranks_only",
    Text(
        "线性路线只排序，没有好坏，不能分组比较，也不能做拒绝推断",
        "a linear card ranks and knows no good or bad: no groups, no reject inference",
    ),
    "docs/models.md",
    Text("请去掉 --by 和 --rejected。", "Leave --by and --rejected out."),
)


@dataclass(frozen=True)
class ValidateRequest:
    """What is asked: the column of outcomes, groups to compare, organisations once rejected."""

    target: str = ""
    bad: str = ""
    weight: str = ""
    by: tuple[str, ...] = ()
    rejected: Path | None = None
    seed: int = 0


def validate(
    card: Card, file: Path, request: ValidateRequest, progress: Progress = silent
) -> dict[str, Any]:
    """Return how a card does on a file with outcomes.

    Raises: TARGET_NEEDED, RANKS_ONLY, and as reading.
    """
    check_record(card)
    target = request.target or card.training.target
    if not target:
        raise TARGET_NEEDED.error()
    if card.route == "linear" and (request.by or request.rejected is not None):
        raise RANKS_ONLY.error()
    progress("read", 0, 0)
    opened = open_file(
        file,
        target=target,
        bad=request.bad,
        number=card.route == "linear",
        weight=request.weight,
        beside=[name for name in request.by if name not in card.variable],
        cards=(card,),
    )
    reading = opened.reading
    if reading.y is None:
        raise TARGET_NEEDED.error()
    table = whole_table(opened)
    progress("validate", 0, 0)
    found = _judged(card, table, opened, request.seed)
    bads = card.training.bads if card.route == "linear" else int(reading.y.sum())
    same = (target, bads) == (card.training.target, card.training.bads)
    bound = belongs(card)
    found = _seen_first(found) if same and bound else {**found, "cross_validated": None}
    document = {
        **as_numbers(found),
        "card": {"name": card.name, "digest": card_digest(card), "route": card.route},
        "data": {"file": file.name, "digest": opened.digest, "rows": len(reading.y)},
        "validation_belongs": bound,
        "rows_in_fit": as_numbers(seen_in(card.record.get("rows_sketch"), card, table)),
        "treatments": opened.treatments_json(),
        "stability": as_numbers(_stability(card, table, reading.weights)),
    }
    if request.by:
        document["groups"] = _groups(card, table, opened, request)
    if request.rejected is not None:
        document["rejected"] = _rejected(card, table, opened, request)
    return document


def _judged(card: Card, table: Table, opened: Opened, seed: int) -> dict[str, Any]:
    """Return the figures of a card on a file that holds outcomes."""
    reading, seen = opened.reading, card.training.digest == opened.digest
    if reading.y is None:
        raise TARGET_NEEDED.error()
    if card.route == "linear":
        crossed = card.record.get("validation") if seen else None
        return _ranking(card, table, reading.y) | {"seen": seen, "cross_validated": crossed}
    return evaluate(
        card,
        table,
        reading.y,
        scores_of,
        reading.weights,
        groups=opened.organisations,
        digest=opened.digest,
        seed=seed,
    )


def whole_table(opened: Opened) -> Table:
    """Return the columns a card reads, those too that a fit would leave out as they stand here."""
    table = opened.reading.table
    beside = {n: one for n, one in opened.reading.aside.items() if n not in table.names}
    if isinstance(table, OnDisk):
        names = (*table.names, *beside)
        return OnDisk(names, table.rows, lambda n: beside[n] if n in beside else table.column(n))
    return MemoryTable([*map(table.column, table.names), *beside.values()])


def _seen_first(found: dict[str, Any]) -> dict[str, Any]:
    """Put the cross-validated figures first where the card was fitted on these rows."""
    crossed = found.get("cross_validated")
    if not found["seen"] or not crossed:
        return found
    inside = {name: found[name] for name in HEADLINE if name in found}
    first = {name: crossed[name] for name in HEADLINE if name in crossed}
    rest = {name: one for name, one in found.items() if name not in HEADLINE}
    rest.pop("cross_validated")
    return {**first, **rest, "plan": crossed.get("plan"), "within_the_sample": inside}


def _ranking(card: Card, table: Table, y: Any) -> dict[str, Any]:  # noqa: ANN401 - an array
    figures = rank_figures(scores_of(card, table)[0], y)
    return {name: as_text(one) for name, one in figures.items()} | {"rows": len(y)}


def _stability(card: Card, table: Table, weights: Floats | None) -> dict[str, Any] | None:
    from tallystick.modelling.stability import against_training  # noqa: PLC0415 - imports scipy

    return against_training(card, table, weights)


def _groups(
    card: Card, table: Table, opened: Opened, request: ValidateRequest
) -> list[dict[str, Any]]:
    from tallystick.modelling.subgroups import compare_groups  # noqa: PLC0415 - as above

    score, pd = scores_of(card, table)
    y, weights = opened.reading.y, opened.reading.weights
    if y is None:
        return []
    return [
        {"by": name, **as_numbers(compare_groups(table.column(name), score, pd, y, weights))}
        for name in request.by
    ]


def _rejected(card: Card, table: Table, opened: Opened, request: ValidateRequest) -> dict[str, Any]:
    from tallystick.modelling.reject_inference import sensitivity  # noqa: PLC0415 - as above

    if request.rejected is None or opened.reading.y is None:
        return {}
    asked = open_file(request.rejected, weight=request.weight, cards=(card,))
    accepted, rejected = scores_of(card, table), scores_of(card, whole_table(asked))
    own, others = opened.reading.weights, asked.reading.weights
    weights = None if own is None or others is None else (own, others)
    found: dict[str, Any] = as_numbers(sensitivity(accepted, opened.reading.y, rejected, weights))
    return found
