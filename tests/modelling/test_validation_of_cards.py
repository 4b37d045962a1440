"""The validation with the fitter and the kernel that serve: cells and figures agree."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from tallystick.modelling import metrics
from tallystick.modelling.fitting import columns_of, fit_route, scores_of
from tallystick.modelling.leakage import alarms
from tallystick.modelling.reading import Narrowed, Reading, read_file
from tallystick.modelling.screening import require_organisations
from tallystick.modelling.splits import duplicate_groups, read_plan
from tallystick.modelling.stability import term_cells
from tallystick.modelling.tables import Floats, Table
from tallystick.modelling.validation import evaluate, validate
from tallystick.scorecards.document import Card
from tallystick.scorecards.kernel import Batch

FEW = tuple(f"X{at}" for at in (1, 2, 6, 21, 24, 27, 34, 35, 46))


@pytest.fixture(scope="module")
def polish() -> Reading:
    return read_file(Path(str(files("tallystick.testing").joinpath("data/polish1.parquet"))), "y")


@pytest.fixture(scope="module")
def card(polish: Reading) -> Card:
    assert polish.y is not None
    return fit(polish.table, polish.y, None)


def fit(table: Table, y: Floats, weights: Floats | None) -> Card:
    return fit_route("logistic", Narrowed(table, FEW), y, weights, {}, 1)


def test_polish1_is_read_without_a_treatment_and_passes_the_charter(polish: Reading) -> None:
    assert (polish.table.rows, len(polish.table.names)) == (7027, 64)
    assert not polish.treatments
    assert not polish.problems
    assert polish.y is not None
    assert polish.y.sum() == 271
    require_organisations(polish.table)
    assert len(np.unique(duplicate_groups(polish.table))) == 7027 - 82


def test_cells_of_stability_are_those_of_the_kernel(polish: Reading, card: Card) -> None:
    summed = np.full(polish.table.rows, card.offset)
    for term in card.terms:
        summed += np.array(term.points)[term_cells(term, polish.table)]
    assert (summed == Batch(card).raw(columns_of(card, polish.table))).all()


def test_cross_validation_is_soberer_than_the_rows_a_card_was_fitted_on(
    polish: Reading, card: Card
) -> None:
    assert polish.y is not None
    found = validate(fit, polish.table, polish.y, read_plan("1x3", 5), scores_of)
    own = evaluate(card, polish.table, polish.y, scores_of, draws=30)
    assert float(found["auc"]["mean"]) < float(own["auc"]["mean"])
    assert float(found["auc"]["low"]) < float(found["auc"]["mean"]) < float(found["auc"]["high"])
    assert float(found["brier"]) < 0.0372  # of the bad rate for everybody
    assert found["plan"]["rows_in_shared_groups"] == 82
    assert abs(float(found["calibration"]["expected_over_observed"]) - 1) < 0.2


def test_a_card_tells_apart_what_it_says_it_does(polish: Reading, card: Card) -> None:
    score, pd = scores_of(card, polish.table)
    assert polish.y is not None
    assert metrics.auc(score, polish.y) == pytest.approx(metrics.auc(-pd, polish.y), abs=0.002)
    assert not alarms(polish.table, polish.y)
