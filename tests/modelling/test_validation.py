"""Folds are refitted, figures are honest, and a card is told when it meets its own rows."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling import metrics
from tallystick.modelling.bands import band_of, band_outcomes, quantile_bands
from tallystick.modelling.splits import Plan, read_plan
from tallystick.modelling.tables import Floats, Table, from_arrays
from tallystick.modelling.validation import evaluate, out_of_fold, report, validate
from tallystick.scorecards.document import Band, Card, Training

ROWS = 600


def made(noise: float = 1.0, seed: int = 0) -> tuple[Table, Floats]:
    dice = np.random.default_rng(seed)
    x = dice.normal(size=ROWS)
    y = (dice.random(ROWS) < 1 / (1 + np.exp(2 + x / noise))).astype(float)
    return from_arrays({"x": x, "row": np.arange(ROWS)}), y


def fit(table: Table, y: Floats, weights: Floats | None) -> Card:
    del weights
    seen = [int(row) for row in table.column("row").values]
    return Card("c", "logistic", "points", (), settings={"mean": float(y.mean()), "seen": seen})


def score(card: Card, table: Table) -> tuple[Any, Floats]:
    del card
    x = table.column("x").values
    return np.rint(600 + 20 * x).astype(int), 1 / (1 + np.exp(2 + x))


def without_pd(card: Card, table: Table) -> tuple[Any, Floats]:
    return score(card, table)[0], np.full(table.rows, np.nan)


def by_heart(card: Card, table: Table) -> tuple[Any, Floats]:
    """Rank the rows it has seen by a secret, others all alike."""
    known = np.isin(table.column("row").values, card.settings["seen"])
    return np.where(known, table.column("x").values, 0.0), np.full(table.rows, 0.1)


def test_every_fold_is_fitted_without_the_rows_it_is_judged_by() -> None:
    table, y = made()
    found = validate(fit, table, y, read_plan("3x4"), by_heart)
    assert found["auc"] == {"mean": "0.500000", "low": "0.500000", "high": "0.500000"}
    assert [fold["train"] + fold["test"] for fold in found["folds"]] == [ROWS] * 12
    assert found["plan"]["seeds"] == [0, 1, 2]


def test_the_report_is_plain_json_without_floats() -> None:
    table, y = made()
    found = validate(
        fit, table, y, read_plan("2x3"), score, bands=(Band("B", None), Band("A", 600))
    )
    json.dumps(found, allow_nan=False)

    def walk(part: Any) -> None:
        assert not isinstance(part, float)
        for inner in (
            part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        ):
            walk(inner)

    walk(found)
    assert set(found["calibration"]) >= {"intercept", "slope"}
    assert {"auc", "ks", "brier", "log_loss", "average_precision"} <= set(found)


def test_the_figures_are_means_over_folds_and_pooled_calibration() -> None:
    table, y = made()
    found = out_of_fold(fit, table, y, read_plan("2x5"), score)
    shown = report(found)
    aucs = [metrics.auc(one.score, y[one.split.test]) for one in found.judged]
    assert shown["auc"]["mean"] == f"{np.mean(aucs):.6f}"
    _, pd = score(Card("c", "logistic", "points", ()), table)
    assert shown["calibration"]["slope"] == f"{metrics.calibration(pd, y).slope:.6f}"
    rows, _, _ = found.once()
    assert sorted(rows) == list(range(ROWS))


def test_time_makes_one_split_with_a_bootstrap_interval() -> None:
    table, y = made()
    found = validate(fit, table, y, Plan(), score, periods=np.arange(ROWS) // 150)
    assert [fold["name"] for fold in found["folds"]] == ["3"]
    assert float(found["auc"]["low"]) < float(found["auc"]["mean"]) < float(found["auc"]["high"])


def test_what_was_done_is_named_where_the_data_decide() -> None:
    table, y = made()
    plan = Plan(1, 2)
    assert validate(fit, table, y, plan, score)["plan"]["kind"] == "repeated"
    periods = np.arange(ROWS) // 150
    found = validate(fit, table, y, plan, score, periods=periods)
    assert found["plan"]["kind"] == "temporal"


def test_copies_and_organisations_stay_on_one_side() -> None:
    table, y = made()
    twice = table.take(np.repeat(np.arange(ROWS), 2))
    found = out_of_fold(fit, twice, np.repeat(y, 2), read_plan("1x5"), score)
    for one in found.judged:
        assert not set(one.split.train // 2) & set(one.split.test // 2)
    found = out_of_fold(fit, table, y, read_plan("1x5"), score, organisations=np.arange(ROWS) // 3)
    assert not set(found.judged[0].split.train // 3) & set(found.judged[0].split.test // 3)


def test_a_card_is_told_when_it_meets_the_rows_it_was_fitted_on() -> None:
    table, y = made()
    card = replace(
        fit(table, y, None),
        training=Training(digest="abc"),
        record={"validation": {"auc": "0.7"}},
        bands=(Band("C", None), Band("B", 590), Band("A", 615)),
    )
    own = evaluate(card, table, y, score, digest="abc", draws=50)
    assert own["seen"] is True
    assert "fitted on" in own["statement"]["en"]
    assert own["cross_validated"] == {"auc": "0.7"}
    other = evaluate(card, table, y, score, digest="def", draws=50)
    assert other["seen"] is False
    assert other["cross_validated"] is None
    assert own["auc"] == other["auc"]
    assert sum(band["rows"] for band in own["outcomes"]["bands"]) == ROWS


def test_a_card_without_probabilities_has_no_figures_of_them() -> None:
    table, y = made()
    found = evaluate(
        fit(table, y, None),
        table,
        y,
        without_pd,
        draws=20,
    )
    assert found["brier"] is None
    assert found["calibration"]["slope"] is None
    assert found["auc"]["mean"] is not None
    found = validate(fit, table, y, read_plan("1x3"), without_pd)
    assert found["log_loss"] is None


def test_one_outcome_is_refused() -> None:
    table, y = made()
    with pytest.raises(TallyError) as refused:
        validate(fit, table, y * 0, read_plan("1x3"), score)
    assert refused.value.code == "one_outcome"


def test_bands_count_everybody_once_and_say_which_rises() -> None:
    marks = np.array([1, 5, 5, 9, 10, 20])
    bands = (Band("C", None), Band("B", 5), Band("A", 10))
    assert band_of(marks, bands).tolist() == [0, 1, 1, 1, 2, 2]
    found = band_outcomes(marks, np.array([1.0, 0, 0, 0, 1, 0]), bands)
    assert [(row["rows"], row["bads"]) for row in found["bands"]] == [(1, 1), (3, 0), (2, 1)]
    assert (found["monotone"], found["rising"]) == (False, ["A"])


def test_bands_of_few_scores_are_fewer() -> None:
    assert [band.code for band in quantile_bands(np.arange(100), "DCBA")] == list("DCBA")
    assert quantile_bands(np.full(9, 600), "DCBA") == (Band("A", None),)
