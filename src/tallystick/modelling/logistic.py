"""A scorecard by logistic regression on weights of evidence.

Owns `fit_logistic`. Rules: how bins are made, whether a row is fitted with the evidence of other
folds or of all rows, and the ridge are those of least loss on inner folds, so that few bad ones
cannot speak for themselves; coefficients keep the sign the weights promise; log-odds are
recalibrated on the same out-of-fold rows before they become points, so that the scale says what it
means; columns that received no weight are not in the card and are listed with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np

from tallystick.kernel.texts import Text
from tallystick.modelling.binning.columns import (
    Binned,
    Dropped,
    Folds,
    bin_columns,
    check_outcomes,
    fine_columns,
    folds_of,
)
from tallystick.modelling.binning.fine import Fine
from tallystick.modelling.binning.merging import BinningSettings
from tallystick.modelling.regression import Design, fit_signed, log_odds
from tallystick.modelling.scaling import DEFAULT, offset_of, outcome_of, points_of
from tallystick.modelling.tables import Floats, Table
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import Card, Scaling, Term, Training, Variable

LARGE_ROWS: Final = 100_000
NO_WEIGHT = Text("其他列已经说明了它所说的", "other columns say what it says")
_DIRECTIONS: Final = {"rising": "up", "falling": "down"}
_SLOPE_MIN: Final = 0.2


Evidence = Literal["crossed", "plain"]
BINNINGS: Final = (
    BinningSettings(alpha=0.05),
    BinningSettings(alpha=0.001),
    BinningSettings(alpha=0.3),
    BinningSettings(alpha=0.3, share=0.05),
)


@dataclass(frozen=True)
class LogisticSettings:
    """How a card is fitted.

    folds: inner folds. binnings, ridges: to choose from; ridges act on standardised columns.
    evidence: with which a row is fitted: `crossed`, of the folds it is not in, which a column that
    says nothing cannot feign; `plain`, of all rows, which wastes none. Above LARGE_ROWS rows only
    the first of each is used. signed: coefficients are not negative. iv_min: information value a
    column needs.
    """

    binnings: tuple[BinningSettings, ...] = BINNINGS
    evidence: tuple[Evidence, ...] = ("crossed", "plain")
    folds: int = 5
    ridges: tuple[float, ...] = (1.0, 10.0, 30.0, 100.0)
    signed: bool = True
    iv_min: float = 0.0
    scaling: Scaling = DEFAULT
    seed: int = 0


def fit_logistic(
    table: Table,
    y: Floats,
    settings: LogisticSettings | None = None,
    weights: Floats | None = None,
    wishes: Mapping[str, Wish] | None = None,
) -> Card:
    """Return a card fitted to outcomes y, float64 (rows,), 1 is bad.

    weights: float64 (rows,), 1 each if None. Raises: NOT_OUTCOMES, BAD_WEIGHTS, TOO_FEW_ROWS,
    AN_IDENTIFIER, BAD_CUTS, NOTHING_LEFT.
    """
    chosen = settings or LogisticSettings()
    stated = wishes or {}
    held = check_outcomes(y, weights)
    folds = folds_of(y, chosen.folds, chosen.seed)
    best = _best(table, y, held, folds, stated, chosen)
    binned, dropped = best.binned, best.dropped
    intercept, slope = _recalibrated(best.oof, y, held)
    fitted = best.fitted
    fitted = np.array([intercept + slope * fitted[0], *(slope * fitted[1:])])
    kept = [at for at, b in enumerate(fitted[1:]) if abs(b) > 1e-6]  # noqa: PLR2004 - rounding
    dropped += [
        Dropped(one.fine.name, NO_WEIGHT) for at, one in enumerate(binned) if at not in kept
    ]
    terms, offset = _terms(
        [binned[at] for at in kept], fitted[[at + 1 for at in kept]], fitted[0], chosen.scaling
    )
    told = {
        "alpha": repr(best.binning.alpha),
        "least_share": repr(best.binning.share),
        "evidence": best.evidence,
        "ridge": repr(best.ridge),
        "recalibrated": [f"{intercept:.6f}", f"{slope:.6f}"],
    }
    return Card(
        name="",
        route="logistic",
        kind="points",
        variables=tuple(variable_of(binned[at], stated) for at in kept),
        terms=terms,
        offset=offset,
        scaling=chosen.scaling,
        outcome=outcome_of(chosen.scaling),
        training=Training(rows=table.rows, bads=int(y[held > 0].sum())),
        settings=settings_json(chosen),
        record={
            "fit": told,
            "dropped": [one.to_json() for one in dropped],
            "variables": [_told(binned[at], float(fitted[at + 1])) for at in kept],
        },
    )


def settings_json(settings: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass of settings
    """Return settings without floats: numbers as decimal text."""
    told: dict[str, Any] = _exact(asdict(settings))
    return told


def _exact(value: Any) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {name: _exact(one) for name, one in value.items()}
    return [_exact(one) for one in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, eq=False)
class _Fitted:
    """A fit: what it was made with, its coefficients, and log-odds of rows from other folds."""

    binning: BinningSettings
    evidence: Evidence
    ridge: float
    binned: list[Binned]
    dropped: list[Dropped]
    fitted: Floats
    oof: Floats
    loss: float


def _best(
    table: Table,
    y: Floats,
    weights: Floats,
    folds: Folds,
    wishes: Mapping[str, Wish],
    settings: LogisticSettings,
) -> _Fitted:
    """Return the fit of least out-of-fold loss over levels of significance and ridges.

    Rows beyond LARGE_ROWS leave nothing to decide: one fit, its own log-odds.
    """
    large = len(y) > LARGE_ROWS
    found: list[_Fitted] = []
    cells: dict[int, list[Fine | Dropped]] = {}
    for binning in settings.binnings[: 1 if large else None]:
        fines = binning.prebins
        if fines not in cells:
            cells[fines] = fine_columns(table, wishes, fines)
        binned, dropped = bin_columns(
            cells[fines], y, weights, folds, wishes, binning, settings.iv_min
        )
        for evidence in settings.evidence[: 1 if large else None]:
            whole, inner = _designs(binned, folds, evidence)
            ridge = settings.ridges[0]
            if large:
                b = fit_signed(whole, y, weights, ridge, signed=settings.signed)
                oof = log_odds(whole, b)
                return _Fitted(binning, evidence, ridge, binned, dropped, b, oof, 0.0)
            ridge, oof, loss = _best_ridge(inner, y, weights, folds, settings)
            if not found or loss < found[0].loss:
                b = fit_signed(whole, y, weights, ridge, signed=settings.signed)
                found = [_Fitted(binning, evidence, ridge, binned, dropped, b, oof, loss)]
    return found[0]


def _designs(
    binned: Sequence[Binned], folds: Folds, evidence: Evidence
) -> tuple[Design, list[Design]]:
    """Return the design of all rows, and that of each inner fold, which judges it."""
    codes = [one.fine.codes for one in binned]
    spread = np.array([one.spread for one in binned])
    if evidence == "crossed":
        made = Design(codes, [one.woe for one in binned], folds, spread)
        return made, [made] * (int(folds.max()) + 1)
    same = np.zeros(len(folds), np.uint8)
    inner = [
        Design(codes, [one.woe[fold : fold + 1] for one in binned], same, spread)
        for fold in range(int(folds.max()) + 1)
    ]
    whole = [one.whole.by_fine_cell(one.fine)[None] for one in binned]
    return Design(codes, whole, same, spread), inner


def _best_ridge(
    designs: Sequence[Design], y: Floats, weights: Floats, folds: Folds, settings: LogisticSettings
) -> tuple[float, Floats, float]:
    """Return the ridge of least out-of-fold loss, the log-odds of each row, and that loss."""
    best: tuple[float, Floats, float] = (settings.ridges[0], np.empty(0), np.inf)
    starts: dict[int, Floats] = {}
    for ridge in sorted(settings.ridges, reverse=True):
        oof = np.empty(len(y))
        for fold, design in enumerate(designs):
            inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            starts[fold] = fit_signed(
                design,
                y,
                weights,
                ridge,
                rows=inside,
                signed=settings.signed,
                start=starts.get(fold),
            )
            oof[outside] = log_odds(design, starts[fold], outside)
        loss = float((weights * (np.logaddexp(0, -oof) + y * oof)).sum())
        if loss < best[2]:
            best = (ridge, oof, loss)
    return best


def _recalibrated(eta: Floats, y: Floats, weights: Floats) -> tuple[float, float]:
    """Return intercept and slope of the logistic regression of good on log-odds."""
    intercept, slope = 0.0, 1.0
    for _ in range(50):
        moved = intercept + slope * eta
        good = 1 / (1 + np.exp(-moved))
        v = weights * good * (1 - good)
        r = weights * (good - (1 - y))
        hessian = np.array([[v.sum(), (v * eta).sum()], [(v * eta).sum(), (v * eta**2).sum()]])
        step = np.linalg.solve(hessian + 1e-9 * np.eye(2), [r.sum(), (r * eta).sum()])
        intercept, slope = intercept - step[0], slope - step[1]
        if np.abs(step).max() < 1e-10:  # noqa: PLR2004 - converged
            break
    return float(intercept), max(float(slope), _SLOPE_MIN)


def _terms(
    binned: Sequence[Binned], coefficients: Floats, intercept: float, scaling: Scaling
) -> tuple[tuple[Term, ...], int]:
    """Return terms with integer points, and the offset."""
    parts = [b * one.whole.woe for b, one in zip(coefficients, binned, strict=True)]
    # A cell nobody was in says nothing: it gets what weighs nothing.
    parts = [np.where(one.whole.counts > 0, p, 0.0) for p, one in zip(parts, binned, strict=True)]
    points = points_of(parts, scaling)
    counts = [one.whole.counts for one in binned]
    offset = offset_of(intercept, parts, points, counts, scaling)
    terms = tuple(
        Term(
            (one.axis,),
            tuple(map(int, point)),
            tuple(int(n) for n in np.rint(one.whole.counts)),
            tuple(int(n) for n in np.rint(one.whole.bads)),
            tuple(f"{w:.6f}" for w in one.whole.woe),
        )
        for one, point in zip(binned, points, strict=True)
    )
    return terms, offset


def variable_of(one: Binned, wishes: Mapping[str, Wish]) -> Variable:
    """Return the variable of a card, as stated or found."""
    wish = wishes.get(one.fine.name, Wish())
    return Variable(
        one.fine.name,
        one.fine.kind,
        zh=wish.zh,
        en=wish.en,
        unit=wish.unit,
        item=wish.item,
        direction=_DIRECTIONS.get(one.whole.shape, "") if one.fine.kind == "number" else "",
        actionable=wish.actionable,
    )


def _told(one: Binned, coefficient: float) -> dict[str, Any]:
    told = one.information
    return {
        "column": one.fine.name,
        "shape": one.whole.shape,
        "coefficient": f"{coefficient:.6f}",
        "iv": f"{told.value:.6f}",
        "iv_error": f"{told.error:.6f}",
        "iv_by_chance": f"{told.chance:.6f}",
        "iv_limit": f"{told.limit:.6f}",
    }
