"""From a file to a card with its validation: the use case `tally model fit`.

Owns the order of it: refusals, treatments, alarms, the route, validation that refits, the fit of
all rows, bands, the record. Rules: nothing is fitted before the columns were screened; the figures
that are told first are those of rows the model had not seen; the card says how it came to be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from tallystick.app.models.alarming import alarms_of
from tallystick.app.models.answers import weigh_columns
from tallystick.app.models.data import Opened, open_file, usable
from tallystick.app.models.telling_fits import environment, fit_document
from tallystick.app.progress import Progress, silent
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.bands import quantile_bands
from tallystick.modelling.binning.columns import check_outcomes
from tallystick.modelling.expert import fit_expert
from tallystick.modelling.fitting import fit_route, scores_of
from tallystick.modelling.metrics import roc_points
from tallystick.modelling.ranking import rank_out_of_fold
from tallystick.modelling.routes import Choice, Evidence, choose
from tallystick.modelling.seen_rows import sketch_of
from tallystick.modelling.splits import (
    Plan,
    duplicate_groups,
    merged_groups,
    read_plan,
    splits,
)
from tallystick.modelling.tables import Floats, Table
from tallystick.modelling.validation import evaluate, out_of_fold, report
from tallystick.scorecards.binding import with_validation
from tallystick.scorecards.document import Card, Training
from tallystick.scorecards.writing import check_card

NO_VALIDATION: Final = "none"
SMALL_ROWS: Final = 20_000
ROC_POINTS: Final = 60
BAND_CODES: Final = ("E", "D", "C", "B", "A")  # worst first; stretches of a score, no grades

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
    """What a modeller asks. Empty texts: not said; cv: "5x5", "none" or "" for what fits.

    accept_leakage: why alarms are none, COLUMN=REASON or one reason for all of them.
    """

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
    accept_leakage: tuple[str, ...] = ()
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
    _require_enough(choice, opened)
    alarms = alarms_of(opened, table, request.accept_leakage, request.seed)
    fitter, weighing = _fitter(choice, opened, request)
    validation, bands = _validated(fitter, choice, opened, table, request, progress)
    progress("fit", 0, 1)
    card = fitter(table, opened.reading.y, opened.reading.weights)
    progress("fit", 1, 1)
    card = _finished(card, choice, opened, request, validation, bands)
    found = {
        "leakage": alarms,
        "monotonicity": _price(choice, opened, table, request, progress),
        "rows_sketch": sketch_of(card, table),
        "weighing": weighing,
    }
    card = replace(card, record={**card.record, **found})
    check_card(card)
    return card, fit_document(card, choice, opened)


Fitter = Callable[[Table, Any, Any], Card]


def _evidence(opened: Opened, table: Table, request: FitRequest) -> Evidence:
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


def _require_enough(choice: Choice, opened: Opened) -> None:
    """Refuse too few rows before alarms and folds: both would say something else about them.

    Raises: TOO_FEW_ROWS, NOT_A_RANKING, NOT_OUTCOMES, BAD_WEIGHTS.
    """
    y, weights = opened.reading.y, opened.reading.weights
    if y is None or choice.route in {"expert", "ahp"}:
        return
    if choice.route == "linear":
        from tallystick.modelling.linear import check_ranking  # noqa: PLC0415 - for one route

        check_ranking(y, weights)
    else:
        check_outcomes(y, weights)


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
    table: Table,
    request: FitRequest,
    progress: Progress,
) -> tuple[dict[str, Any] | None, Any]:
    """Return the validation and scores of rows not seen; None where there is nothing to hold on."""
    y, weights = opened.reading.y, opened.reading.weights
    if y is None or request.cv == NO_VALIDATION:
        card = fitter(table, y, weights)
        return None, quantile_bands(scores_of(card, table)[0], BAND_CODES, weights)
    if choice.route in {"expert", "ahp"}:
        card = fitter(table, y, weights)
        found = evaluate(card, table, y, scores_of, weights, seed=request.seed)
        return found, quantile_bands(scores_of(card, table)[0], BAND_CODES, weights)
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
    own = None if weights is None else weights[rows]
    bands = quantile_bands(scores, BAND_CODES, own)
    curve = roc_points(scores, y[rows], ROC_POINTS, own)
    return {**report(held, bands), "roc": [[f"{x:.4f}", f"{t:.4f}"] for x, t in curve]}, bands


def _price(
    choice: Choice, opened: Opened, table: Table, request: FitRequest, progress: Progress
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
    made = replace(
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
            "treatments": opened.treatments_json(),
            "organisation": opened.organisation,
            "time": opened.time,
            "split_by_time": _kind_of(validation) in {"temporal", "rolling"},
            "weight": request.weight,
            "by_rule": choice.by_rule,
            "seed": request.seed,
            "environment": environment(),
        },
    )
    return with_validation(made, validation)


def _kind_of(validation: dict[str, Any] | None) -> str:
    return str((validation or {}).get("plan", {}).get("kind", ""))
