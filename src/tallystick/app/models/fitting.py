"""From a file to a card with its validation: the use case `tally model fit`.

Owns the order of it: refusals, treatments, alarms, the route, validation that refits, the fit of
all rows, bands, the record. Rules: nothing is fitted before the columns were screened; the figures
that are told first are those of rows the model had not seen; the card says how it came to be.
"""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.app.models.answers import weigh_columns
from tallystick.app.models.data import Opened, open_file, usable
from tallystick.app.models.figures import as_numbers
from tallystick.app.progress import Progress, silent
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.bands import quantile_bands
from tallystick.modelling.expert import fit_expert
from tallystick.modelling.fitting import fit_route, scores_of
from tallystick.modelling.ranking import rank_out_of_fold
from tallystick.modelling.routes import Choice, Evidence, choose
from tallystick.modelling.splits import (
    Plan,
    duplicate_groups,
    merged_groups,
    read_plan,
    splits,
)
from tallystick.modelling.tables import Floats, MemoryTable, Table
from tallystick.modelling.validation import evaluate, out_of_fold, report
from tallystick.scorecards.document import Card, Training
from tallystick.scorecards.writing import card_digest, check_card

NO_VALIDATION: Final = "none"
SMALL_ROWS: Final = 20_000
ROC_POINTS: Final = 60
BAND_CODES: Final = ("E", "D", "C", "B", "A")  # worst first; stretches of a score, no grades
_LIBRARIES: Final = ("numpy", "scipy", "lightgbm", "numba", "polars", "duckdb", "pyarrow")

NO_INPUTS = Reason(
    "no_inputs",
    Text("{file} 没有可用的列", "{file} has no column that can be used"),
    "docs/models.md",
    Text(
        "除结果、权重、组织和日期外，须有不恒定也不全缺失的列。",
        "Beside outcome, weights, organisation and date there must be a column that is neither "
        "constant nor all missing.",
    ),
)


@dataclass(frozen=True)
class FitRequest:
    """What a modeller asks. Empty texts: not said; cv: "5x5", "none" or "" for what fits."""

    target: str = ""
    bad: str = ""
    route: str = ""
    because: str = ""
    cv: str = ""
    columns: Path | None = None
    answers: tuple[Path, ...] = ()
    organisation: str = ""
    time: str = ""
    weight: str = ""
    leave_out: tuple[str, ...] = ()
    accept_leakage: str = ""
    name: str = ""
    seed: int = 0


def fit(
    file: Path, request: FitRequest, progress: Progress = silent
) -> tuple[Card, dict[str, Any]]:
    """Return the card fitted to a file and what `tally model fit` says of it.

    Raises: what reading, screening, the choice of the route, validation and the fit raise.
    """
    progress("read", 0, 0)
    opened = open_file(
        file,
        target=request.target,
        bad=request.bad,
        number=request.route == "linear",
        weight=request.weight,
        organisation=request.organisation,
        time=request.time,
        sheet=request.columns,
        leave_out=request.leave_out,
    )
    table = usable(opened)
    if not table.names:
        raise NO_INPUTS.error(file=file.name)
    choice = choose(_evidence(opened, table, request), request.route, request.because)
    alarms = _alarms(opened, table, request)
    fitter, weighing = _fitter(choice, opened, request)
    validation, bands = _validated(fitter, choice, opened, table, request, progress)
    progress("fit", 0, 1)
    card = fitter(table, opened.reading.y, opened.reading.weights)
    progress("fit", 1, 1)
    card = _finished(card, choice, opened, request, validation, bands)
    found = {"leakage": alarms, "monotonicity": _price(choice, opened, table, request, progress)}
    card = replace(card, record={**card.record, **found, "weighing": weighing})
    check_card(card)
    return card, _document(card, choice, opened)


Fitter = Callable[[Table, Any, Any], Card]


def _evidence(opened: Opened, table: MemoryTable, request: FitRequest) -> Evidence:
    y = opened.reading.y
    if y is None:
        return Evidence(table.rows, answers=bool(request.answers))
    two = bool(np.isin(y, (0.0, 1.0)).all())
    return Evidence(
        len(y),
        int(y.sum()) if two else 0,
        "binary" if two else "number",
        bool(request.answers),
    )


def _alarms(opened: Opened, table: MemoryTable, request: FitRequest) -> list[dict[str, Any]]:
    """Return the alarms of leakage. Raises: LEAKAGE_SUSPECTED where nobody answers for one."""
    from tallystick.modelling.leakage import alarms, require_no_leak  # noqa: PLC0415 - imports scipy

    y = opened.reading.y
    if y is None or not np.isin(y, (0.0, 1.0)).all():
        return []
    found = alarms(table, y, seed=request.seed)
    said = {one.column: request.accept_leakage for one in found if request.accept_leakage}
    because = require_no_leak(found, said)
    return [
        {
            "code": one.code,
            "column": one.column,
            **one.text._asdict(),
            "accepted_because": because.get(one.column, ""),
        }
        for one in found
    ]


def _fitter(choice: Choice, opened: Opened, request: FitRequest) -> tuple[Fitter, Any]:
    """Return the function that fits rows by the route, and what experts' answers came to."""
    wishes, told = opened.wishes, None
    if choice.route == "ahp":
        wishes, told = weigh_columns(request.answers, opened.table.names, wishes)
    if choice.route in {"expert", "ahp"}:
        return lambda table, _y, _w: fit_expert(table, wishes, route=choice.route), told
    return lambda table, y, w: fit_route(choice.route, table, y, w, wishes, request.seed), None


def _plan(opened: Opened, request: FitRequest) -> Plan:
    if request.cv:
        return read_plan(request.cv, request.seed)
    rows = len(opened.reading.y) if opened.reading.y is not None else 0
    return Plan(2 if rows <= SMALL_ROWS else 1, 5, request.seed, "auto")


def _validated(
    fitter: Fitter,
    choice: Choice,
    opened: Opened,
    table: MemoryTable,
    request: FitRequest,
    progress: Progress,
) -> tuple[dict[str, Any] | None, Any]:
    """Return the validation and scores of rows not seen; None where there is nothing to hold on."""
    y, weights = opened.reading.y, opened.reading.weights
    if y is None or request.cv == NO_VALIDATION:
        card = fitter(table, y, weights)
        return None, quantile_bands(scores_of(card, table)[0], BAND_CODES)
    if choice.route in {"expert", "ahp"}:
        card = fitter(table, y, weights)
        found = evaluate(card, table, y, scores_of, weights, seed=request.seed)
        return found, quantile_bands(scores_of(card, table)[0], BAND_CODES)
    plan = _plan(opened, request)
    steps = _steps(plan, y, opened)
    done = 0

    def counted(part: Table, part_y: Floats, part_w: Floats | None) -> Card:
        nonlocal done
        progress("validate", done, steps)
        done += 1
        return fitter(part, part_y, part_w)

    beside: Any = {
        "organisations": opened.organisations,
        "periods": None if plan.kind == "repeated" else opened.periods(),
    }
    if choice.route == "linear":
        ranked, scores = rank_out_of_fold(counted, table, y, plan, scores_of, weights, **beside)
        return ranked, quantile_bands(scores, BAND_CODES)
    held = out_of_fold(counted, table, y, plan, scores_of, weights, **beside)
    rows, scores, _ = held.once()
    bands = quantile_bands(scores, BAND_CODES)
    return {**report(held, bands), "roc": _roc(scores, y[rows])}, bands


def _roc(scores: NDArray[Any], y: Floats) -> list[list[str]]:
    """Return at most ROC_POINTS points of the ROC curve: shares of good and bad called bad."""
    order = np.argsort(scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    bad = np.cumsum(y[order])[ends] / y.sum()
    good = np.cumsum(1 - y[order])[ends] / (1 - y).sum()
    chosen = np.unique(np.linspace(0, len(ends) - 1, ROC_POINTS).astype(int))
    found = [[f"{x:.4f}", f"{t:.4f}"] for x, t in zip(good[chosen], bad[chosen], strict=True)]
    return [["0.0000", "0.0000"], *found]


def _price(
    choice: Choice, opened: Opened, table: MemoryTable, request: FitRequest, progress: Progress
) -> dict[str, Any] | None:
    """Return what the stated shapes cost in AUC, for trees; None where no shape was stated."""
    y, shapes = opened.reading.y, {wish.shape for wish in opened.wishes.values()}
    if choice.route != "boosted" or y is None or not shapes & {"rising", "falling"}:
        return None
    from tallystick.modelling.boosted import BoostedSettings  # noqa: PLC0415 - not for other routes
    from tallystick.modelling.monotone_price import price_of_monotonicity  # noqa: PLC0415 - as above

    progress("fit", 0, 0)
    plan = replace(_plan(opened, request), repeats=1)
    groups = duplicate_groups(table)
    if opened.organisations is not None:
        groups = merged_groups(groups, opened.organisations)
    folds = [(one.train, one.test) for one in splits(y, replace(plan, kind="repeated"), groups)]
    settings = BoostedSettings(seed=request.seed)
    found = price_of_monotonicity(table, y, folds, settings, opened.reading.weights, opened.wishes)
    return {
        "constrained_auc": f"{found.auc_constrained.mean():.6f}",
        "challenger_auc": f"{found.auc_challenger.mean():.6f}",
        "price": f"{found.price:.6f}",
        "error": f"{found.error:.6f}",
        "folds": len(folds),
    }


def _steps(plan: Plan, y: Floats, opened: Opened) -> int:
    periods = None if plan.kind == "repeated" else opened.periods()
    if periods is None:
        return plan.repeats * plan.folds
    high = (y > np.median(y)).astype(np.float64) if not np.isin(y, (0.0, 1.0)).all() else y
    return len(splits(high, plan, opened.organisations, periods))


def _finished(
    card: Card,
    choice: Choice,
    opened: Opened,
    request: FitRequest,
    validation: dict[str, Any] | None,
    bands: Any,  # noqa: ANN401 - bands of a card
) -> Card:
    y = opened.reading.y
    two = y is not None and bool(np.isin(y, (0.0, 1.0)).all())
    return replace(
        card,
        name=request.name,
        bands=bands,
        route_reason=choice.reason._asdict(),
        training=Training(
            opened.digest,
            opened.file,
            request.target,
            opened.table.rows,
            int(y.sum()) if y is not None and two else 0,
        ),
        record={
            **card.record,
            "validation": validation,
            "treatments": opened.treatments_json(),
            "organisation": opened.organisation,
            "time": opened.time,
            "by_rule": choice.by_rule,
            "seed": request.seed,
            "environment": environment(),
        },
    )


def environment() -> dict[str, Any]:
    """Return when and with what a model was made: the traceability JR/T 0221-2021 asks for."""
    return {
        "fitted_on": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "tallystick": importlib.metadata.version("tallystick"),
        "libraries": [[name, importlib.metadata.version(name)] for name in _LIBRARIES],
    }


def _document(card: Card, choice: Choice, opened: Opened) -> dict[str, Any]:
    record = card.record
    validation = as_numbers(record["validation"]) or {}
    return {
        **validation,
        "card": {
            "file": "",
            "name": card.name,
            "digest": card_digest(card),
            "route": card.route,
            "by_rule": choice.by_rule,
            "route_reason": card.route_reason,
            "kind": card.kind,
            "variables": [one.name for one in card.variables],
            "terms": len(card.terms),
            "trees": len(card.ensemble.leaf_ppm) if card.ensemble else 0,
            "bands": [{"code": band.code, "lowest": band.lowest} for band in card.bands],
        },
        "training": {
            "rows": card.training.rows,
            "bads": card.training.bads,
            "digest": card.training.digest,
            "target": card.training.target,
        },
        "validated": bool(validation),
        "importance": importance(card),
        "dropped": record.get("dropped", []),
        "treatments": record["treatments"],
        "problems": [
            one.to_json() | {"message": one.message._asdict()} for one in opened.reading.problems
        ],
        "leakage": record["leakage"],
        "monotonicity": as_numbers(record["monotonicity"]),
        "weighing": record["weighing"],
        "seed": record["seed"],
        "organisation": record["organisation"],
        "time": record["time"],
        "split_by_time": (record["validation"] or {}).get("plan", {}).get("kind") != "repeated",
    }


def importance(card: Card) -> list[dict[str, Any]]:
    """Return variables by how far their points reach over the training rows, most first."""
    reach = {one.name: 0 for one in card.variables}
    for term in card.terms:
        held = [
            p for p, n in zip(term.points, term.counts or (1,) * len(term.points), strict=True) if n
        ]
        for axis in term.axes:
            reach[axis.variable] += (max(held) - min(held)) // len(term.axes) if held else 0
    ordered = sorted(reach.items(), key=lambda one: (-one[1], one[0]))
    return [{"variable": name, "points": points} for name, points in ordered]
