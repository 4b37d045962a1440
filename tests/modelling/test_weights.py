"""A row of weight 3 says what three equal rows would; and weights of one change no figure."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.modelling import metrics
from tallystick.modelling.bands import band_outcomes, quantile_bands
from tallystick.modelling.reject_inference import sensitivity
from tallystick.modelling.stability import since_training
from tallystick.modelling.subgroups import compare
from tallystick.modelling.tables import Column, Floats, Rows, Table, from_arrays
from tallystick.modelling.validation import evaluate
from tallystick.scorecards.document import Axis, Band, Card, Term, Variable

ROWS = 400
BANDS = (Band("C", None), Band("B", 590), Band("A", 625))
COUNTS = {"rows", "bads", "groups", "rejected_rows", "rows_in_shared_groups"}
WEIGHTS = {"weight", "bad_weight", "rejected_weight"}


class Case:
    """Invented scores, outcomes and weights, and the same rows repeated as often as they weigh."""

    def __init__(self, seed: int, least: int = 0) -> None:
        dice = np.random.default_rng(seed)
        self.score = np.rint(dice.normal(610, 25, ROWS)).astype(np.int64)
        self.pd: Floats = (1 / (1 + np.exp((self.score - 590) / 20))).round(6)
        self.y: Floats = (dice.random(ROWS) < self.pd).astype(float)
        self.group = dice.choice(["east", "north"], ROWS)
        self.size: Floats = dice.normal(size=ROWS).round(1)
        self.weights: Floats = dice.integers(least, 4, ROWS).astype(float)
        self.again: Rows = np.repeat(np.arange(ROWS), self.weights.astype(int))


CASES = st.builds(Case, st.integers(0, 10**6))


def figures(found: Any) -> Any:
    """Return a document without its counts of rows and its weights."""
    if isinstance(found, dict):
        return {k: figures(one) for k, one in found.items() if k not in COUNTS | WEIGHTS}
    return [figures(one) for one in found] if isinstance(found, list | tuple) else found


def close(one: Any, other: Any) -> None:
    """Hold two documents against each other; figures to their last place but one."""
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            close(value, other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            close(a, b)
    elif isinstance(one, str) and one[-1:].isdigit():
        try:
            assert float(one) == pytest.approx(float(other), abs=2e-6)
        except ValueError:
            assert one == other
    else:
        assert one == other


@given(CASES)
def test_bands_are_those_of_rows_repeated(case: Case) -> None:
    s, y, pd, again = case.score, case.y, case.pd, case.again
    weighed = band_outcomes(s, y, BANDS, pd, case.weights)
    close(figures(weighed), figures(band_outcomes(s[again], y[again], BANDS, pd[again])))
    assert sum(one["rows"] for one in weighed["bands"]) == ROWS
    assert sum(float(one["weight"]) for one in weighed["bands"]) == len(again)
    assert quantile_bands(s, "EDCBA", case.weights) == quantile_bands(s[again], "EDCBA")


@given(CASES)
def test_curves_are_those_of_rows_repeated(case: Case) -> None:
    s, y, pd, again = case.score, case.y, case.pd, case.again
    weighed = metrics.calibration_curve(pd, y, 10, case.weights)
    repeated = metrics.calibration_curve(pd[again], y[again])
    assert [(p.weight, p.bad_weight) for p in weighed] == [(p.total, p.bads) for p in repeated]
    for one, other in zip(weighed, repeated, strict=True):
        assert one[2:6] == pytest.approx(other[2:6])
    curve = metrics.roc_points(s, y, 20, case.weights)
    assert np.array(curve) == pytest.approx(np.array(metrics.roc_points(s[again], y[again], 20)))


@given(CASES)
def test_intervals_of_auc_are_those_of_rows_repeated(case: Case) -> None:
    s, y, again, other = case.score, case.y, case.again, case.size
    weighed = metrics.delong(s, y, case.weights)
    assert weighed == pytest.approx(metrics.delong(s[again], y[again]))
    gap = metrics.delong_difference(s, other, y, case.weights)
    assert gap == pytest.approx(metrics.delong_difference(s[again], other[again], y[again]))
    shares = np.arange(1, 10) / 10
    assert metrics.quantile(s, shares, case.weights) == pytest.approx(np.quantile(s[again], shares))


@given(CASES)
def test_groups_are_those_of_rows_repeated(case: Case) -> None:
    s, y, pd, again = case.score, case.y, case.pd, case.again
    table = from_arrays({"g": case.group, "n": case.size})
    columns = {name: table.column(name) for name in table.names}
    weighed = compare(s, y, columns, pd, case.weights)
    taken: dict[str, Column] = {name: one.take(again) for name, one in columns.items()}
    close(figures(weighed), figures(compare(s[again], y[again], taken, pd[again])))
    (first, _) = weighed["attributes"]
    assert sum(one["rows"] for one in first["groups"]) == (case.weights > 0).sum()
    assert sum(float(one["weight"]) for one in first["groups"]) == len(again)


@given(CASES, st.integers(0, 100))
def test_reject_inference_is_that_of_rows_repeated(case: Case, seed: int) -> None:
    other, again = Case(seed), case.again
    accepted, rejected = (case.score, case.pd), (other.score - 15, other.pd)
    weighed = sensitivity(accepted, case.y, rejected, (case.weights, other.weights))
    repeated = sensitivity(
        (case.score[again], case.pd[again]),
        case.y[again],
        (rejected[0][other.again], other.pd[other.again]),
    )
    # a weight that a cutoff goes through is bad in part, and so are the rows repeated
    close(figures(weighed), figures(repeated))
    assert weighed["rejected_rows"] == ROWS
    assert float(weighed["rejected_weight"]) == len(other.again)


CARD = Card("c", "expert", "points", (Variable("at", "number"),), bands=BANDS)
ALL = np.arange(ROWS)


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_validation_is_that_of_rows_repeated(seed: int) -> None:
    case = Case(seed, least=1)
    score, pd = case.score, case.pd

    def scored(_card: Card, table: Table) -> tuple[Any, Floats]:
        at = table.column("at").values.astype(int)
        return score[at], pd[at]

    table = from_arrays({"at": ALL})
    asked: Any = {"draws": 20, "groups": ALL}
    weighed = evaluate(CARD, table, case.y, scored, case.weights, **asked)
    asked["groups"] = ALL[case.again]
    again = evaluate(CARD, table.take(case.again), case.y[case.again], scored, **asked)
    close(figures(weighed), figures(again))
    assert (weighed["rows"], float(weighed["weight"])) == (ROWS, len(case.again))
    ones = evaluate(CARD, table, case.y, scored, np.ones(ROWS), draws=20)
    plain = evaluate(CARD, table, case.y, scored, draws=20)
    assert figures(ones) == figures(plain)
    assert "weight" not in plain["outcomes"]["bands"][0]


def test_weights_that_are_shares_cut_bands_as_weights_that_are_counts() -> None:
    case = Case(1)
    shares = case.weights / case.weights.sum()
    cut = [one.lowest for one in quantile_bands(case.score, "EDCBA", shares)]
    assert len(set(cut)) == 5


def test_drift_is_that_of_rows_repeated() -> None:
    case = Case(2)
    term = Term((Axis("x", "number", ("600.0",)),), (0, 10, 3), (180, 220, 0))
    card = Card("c", "logistic", "points", (Variable("x", "number"),), (term,))
    table = from_arrays({"x": case.score})
    (weighed,) = since_training(card, table, weights=case.weights)
    (again,) = since_training(card, table.take(case.again))
    assert weighed.rows == ROWS
    assert (weighed.index, weighed.limit_95, weighed.points) == pytest.approx(
        (again.index, again.limit_95, again.points)
    )
