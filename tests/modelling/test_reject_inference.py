"""A band over stated assumptions, never one number."""

import json

import numpy as np
import pytest

from tallystick.modelling.metrics import auc, ks
from tallystick.modelling.reject_inference import assumptions, refitted, sensitivity
from tallystick.modelling.tables import Floats, Table, from_arrays
from tallystick.scorecards.document import Axis, Card, Term, Variable

DICE = np.random.default_rng(2)
SCORE = np.rint(DICE.normal(620, 25, 900))
Y: Floats = (DICE.random(900) < 1 / (1 + np.exp((SCORE - 575) / 20))).astype(float)
REJECTED = np.rint(DICE.normal(575, 20, 400))
REJECTED_PD = 1 / (1 + np.exp((REJECTED - 575) / 20))
ACCEPTED = (SCORE, Y)  # its own pd is not asked for


def test_every_figure_is_a_band_and_the_accepted_stand_beside() -> None:
    found = sensitivity(ACCEPTED, Y, (REJECTED, REJECTED_PD))
    json.dumps(found, allow_nan=False)
    assert set(found) == {"accepted", "rejected_rows", "assumptions", "band", "statement"}
    assert found["accepted"]["auc"] == f"{auc(SCORE, Y):.6f}"
    for name, ends in found["band"].items():
        values = [float(one[name]) for one in found["assumptions"]]
        assert (float(ends["low"]), float(ends["high"])) == (min(values), max(values))
        assert min(values) < max(values)
    assert len(found["assumptions"]) == 9
    assert "not figures" in found["statement"]["en"]


def test_a_larger_factor_makes_the_rejected_worse_and_never_more_than_all_bad() -> None:
    by_code = {one.code: one.bad for one in assumptions(SCORE, Y, REJECTED)}
    one, three = by_code["parcelling_1"], by_code["parcelling_3"]
    assert (three >= one).all()
    assert three == pytest.approx(np.minimum(1, 3 * one))
    assert by_code["hard_cutoff_0.25"].sum() == 100
    assert "fuzzy" not in by_code


def test_a_hard_cutoff_measures_like_known_outcomes() -> None:
    bad = {one.code: one.bad for one in assumptions(SCORE, Y, REJECTED)}["hard_cutoff_0.5"]
    marks, outcomes = np.r_[SCORE, REJECTED], np.r_[Y, bad]
    found = next(
        one
        for one in sensitivity(ACCEPTED, Y, (REJECTED, REJECTED_PD * np.nan))["assumptions"]
        if one["code"] == "hard_cutoff_0.5"
    )
    assert float(found["auc"]) == pytest.approx(auc(marks, outcomes), abs=1e-6)
    assert float(found["ks"]) == pytest.approx(ks(marks, outcomes), abs=1e-6)
    assert float(found["bad_rate"]) == pytest.approx(outcomes.mean(), abs=1e-6)


def test_below_the_accepted_the_nearest_known_rate_holds() -> None:
    y = (np.arange(100) < 30).astype(float)
    score = np.arange(100.0) + 500
    (one, *_) = (a for a in assumptions(score, y, np.full(50, 100.0)) if a.code == "parcelling_1")
    assert (one.bad == one.bad[0]).all()
    assert one.bad[0] > 0.9


def fit(table: Table, y: Floats, weights: Floats | None) -> Card:
    """Give each half of x points by its own weighted odds."""
    x = table.column("x").values
    w = np.ones(len(y)) if weights is None else weights
    points = []
    for inside in (x <= 0, x > 0):
        bad, all_of = (w * y)[inside].sum(), w[inside].sum()
        points.append(round(20 * float(np.log((all_of - bad + 1) / (bad + 1)))))
    term = Term((Axis("x", "number", ("0.0",)),), (*points, 0))
    return Card("c", "logistic", "points", (Variable("x", "number"),), (term,))


def test_refitted_points_are_a_band_by_term() -> None:
    x = DICE.normal(size=900)
    y = (DICE.random(900) < 1 / (1 + np.exp(2 + 2 * x))).astype(float)
    table, rejected = from_arrays({"x": x}), from_arrays({"x": DICE.normal(-1, 1, 400)})
    marks = 600 + 20 * rejected.column("x").values
    found = refitted(fit, table, y, rejected, assumptions(600 + 20 * x, y, marks))
    assert found["terms"]["x"]["fits"] == 9
    assert float(found["terms"]["x"]["span"]["low"]) < float(found["terms"]["x"]["span"]["high"])


def test_categories_of_the_rejected_are_stacked_by_their_texts() -> None:
    table = from_arrays({"x": DICE.normal(size=4), "t": np.array(["b", "c", "", "b"])})
    rejected = from_arrays({"x": DICE.normal(size=2), "t": np.array(["a", "c"])})
    seen: list[list[str]] = []

    def watching(given: Table, y: Floats, weights: Floats | None) -> Card:
        column = given.column("t")
        seen.append(["" if c < 0 else column.categories[c] for c in column.codes])
        return fit(given, y, weights)

    assumed = assumptions(np.arange(4.0), np.array([1.0, 0, 0, 0]), np.zeros(2), shares=(0.5,))
    refitted(watching, table, np.array([1.0, 0, 0, 0]), rejected, assumed[:1])
    assert seen[1] == ["b", "c", "", "b", "a", "c", "a", "c"]
