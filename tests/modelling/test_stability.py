"""What chance alone gives is told from a change."""

import json

import numpy as np
import pytest
from scipy.stats import chi2

from tallystick.modelling.stability import (
    against_training,
    axis_cells,
    chance_limit,
    of_score,
    of_variables,
    shift,
    since_training,
    stability_index,
)
from tallystick.modelling.tables import from_arrays
from tallystick.scorecards.document import Axis, Card, Term, Variable

AXIS = Axis("x", "number", thresholds=("-0.5", "0.5"), special=("-999.0",))
TRADE = Axis("t", "category", groups=(("a", "b"), ("c",)), special=("zz",))
CARD = Card(
    "c",
    "logistic",
    "points",
    (Variable("x", "number"), Variable("t", "category")),
    (
        Term((AXIS,), (0, 10, 20, 5, 7), counts=(300, 400, 300, 0, 0)),
        Term((TRADE,), (1, 2, 3, 4, 5)),
    ),
)


def test_the_index_is_the_sum_over_cells() -> None:
    then, now = np.array([50.0, 50]), np.array([70.0, 30])
    assert stability_index(then, now) == pytest.approx(0.2 * np.log(1.4) - 0.2 * np.log(0.6))
    assert stability_index(then, then) == 0
    assert np.isfinite(stability_index(np.array([100.0, 0]), np.array([0.0, 100])))


def test_the_limit_is_the_quantile_of_chi_square_over_the_sample_sizes() -> None:
    expected = (1 / 500 + 1 / 200) * chi2.ppf(0.95, 9)
    assert chance_limit(10, 500, 200, 0.95) == pytest.approx(expected)


def test_without_a_change_chance_goes_beyond_the_limit_as_often_as_it_says() -> None:
    dice, shares = np.random.default_rng(3), np.full(10, 0.1)
    beyond = 0
    for _ in range(800):
        found = shift("s", "p", dice.multinomial(2000, shares), dice.multinomial(400, shares))
        beyond += found.index > found.limit_95
    assert 0.03 <= beyond / 800 <= 0.07


def test_custom_cries_wolf_over_few_organisations_and_the_limit_does_not() -> None:
    dice, shares = np.random.default_rng(1), np.full(10, 0.1)
    few = [
        shift("s", "p", dice.multinomial(50, shares), dice.multinomial(50, shares))
        for _ in range(40)
    ]
    assert sum(one.customary != "below_0.1" for one in few) > 30
    assert sum(one.beyond_chance for one in few) < 4


def test_a_moved_score_is_beyond_chance_in_its_period_only() -> None:
    dice = np.random.default_rng(0)
    score = np.r_[dice.normal(600, 20, 2000), dice.normal(600, 20, 500), dice.normal(590, 20, 500)]
    periods = np.repeat([2019, 2020, 2021], [2000, 500, 500])
    found = of_score(np.rint(score).astype(int), periods, periods == 2019)
    assert [(one.period, one.beyond_chance) for one in found] == [("2020", False), ("2021", True)]
    json.dumps([one.to_json() for one in found], allow_nan=False)


def test_every_cell_of_an_axis_is_found() -> None:
    x = np.array([-1, -0.5, 0, 0.5, 0.6, -999, np.nan, np.inf, -np.inf])
    cells = axis_cells(AXIS, from_arrays({"x": x}).column("x"))
    assert cells.tolist() == [0, 0, 1, 1, 2, 3, 4, 2, 0]
    texts = from_arrays({"t": np.array(["a", "b", "c", "zz", "", "new"])}).column("t")
    assert axis_cells(TRADE, texts).tolist() == [0, 0, 1, 2, 3, 4]


def test_a_moved_variable_says_how_many_points_it_moves() -> None:
    dice = np.random.default_rng(0)
    x = np.r_[dice.normal(0, 1, 1000), dice.normal(1, 1, 1000)]
    table = from_arrays({"x": x, "t": np.array(["a", "c"] * 1000)})
    periods = np.repeat([0, 1], 1000)
    moved, same = of_variables(CARD, table, periods, periods == 0)
    assert (moved.name, moved.beyond_chance, moved.points > 4) == ("x", True, True)
    assert (same.name, same.beyond_chance, same.points) == ("t", False, 0)


def test_a_card_is_compared_with_the_counts_of_its_training() -> None:
    x = np.r_[np.full(300, -1.0), np.zeros(400), np.ones(300)]
    table = from_arrays({"x": x, "t": np.array(["a"] * 1000)})
    (found,) = since_training(CARD, table)
    assert (found.name, found.index, found.points) == ("x", 0, 0)
    told = against_training(CARD, table.take(np.arange(500)))
    assert told is not None
    assert told["beyond_chance"] == ["x"]
    assert float(told["points"]) < 0
    assert against_training(Card("c", "expert", "points", ()), table) is None
