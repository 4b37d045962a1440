"""Bins hold what they promise: weights are repetition, signs, stated cuts, nothing silent."""

from typing import Any

import numpy as np
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.binning.columns import bin_columns, fine_columns, folds_of
from tallystick.modelling.binning.fine import fine
from tallystick.modelling.binning.information import information
from tallystick.modelling.binning.merging import Binning, BinningSettings, bin_counts
from tallystick.modelling.binning.stability import stability
from tallystick.modelling.tables import Column, Floats, from_arrays
from tallystick.modelling.wishes import Shape, Wish
from tallystick.scorecards.document import Axis

SETTINGS = BinningSettings(prebins=40, alpha=0.001)


def number(values: Any) -> Column:
    return from_arrays({"x": np.asarray(values, float)}).column("x")


def binned(x: Floats, y: Floats, w: Floats, shape: Shape = "auto") -> Binning:
    made = fine(number(x), Wish(), 40)
    counts: Floats = np.bincount(made.codes, w, made.size).astype(float)
    bads: Floats = np.bincount(made.codes, w * y, made.size).astype(float)
    return bin_counts(made, counts, bads, shape, SETTINGS)


def steps(rows: int = 4000, seed: int = 0) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(seed)
    x = dice.integers(0, 10, rows).astype(float)
    rate = np.select([x < 3, x < 7], [0.5, 0.25], 0.08)
    return x, (dice.random(rows) < rate).astype(float)


def test_a_weight_of_two_is_a_row_told_twice() -> None:
    x, y = steps()
    twice = np.arange(len(x)) % 3 == 0
    weighted = binned(x, y, 1.0 + twice)
    repeated = binned(
        np.concatenate([x, x[twice]]), np.concatenate([y, y[twice]]), np.ones(len(x) + twice.sum())
    )
    assert weighted.part == repeated.part
    assert np.allclose(weighted.woe, repeated.woe)


def test_steps_that_are_there_are_the_bins_and_better_is_positive() -> None:
    x, y = steps()
    table = from_arrays({"x": x})
    cells = fine_columns(table, {}, 40)
    found, _ = bin_columns(cells, y, np.ones(len(x)), folds_of(y, 5, 0), {}, SETTINGS, 0.0)
    assert [float(one) for one in found[0].axis.thresholds] == [2.0, 6.0]
    assert found[0].whole.shape == "rising"
    assert found[0].whole.woe[0] < 0 < found[0].whole.woe[2]


@pytest.mark.parametrize("shape", ["rising", "falling", "peak", "valley"])
def test_a_stated_shape_is_kept(shape: Shape) -> None:
    dice = np.random.default_rng(1)
    x = dice.normal(size=3000)
    y = (dice.random(3000) < 0.3).astype(float)
    woe = binned(x, y, np.ones(3000), shape).woe[:-1]
    turn = int(np.argmax(woe) if shape == "peak" else np.argmin(woe))
    turn = {"rising": len(woe) - 1, "falling": 0}.get(shape, turn)
    signs = np.sign(np.diff(woe)) * (-1 if shape == "valley" else 1)
    assert (signs[:turn] > 0).all()
    assert (signs[turn:] < 0).all()


def test_information_value_is_the_one_worked_by_hand() -> None:
    counts, bads = np.array([400.0, 600.0]), np.array([100.0, 50.0])
    good, bad = np.array([300 / 850, 550 / 850]), np.array([100 / 150, 50 / 150])
    by_hand = float(((good - bad) * np.log(good / bad)).sum())
    told = information(counts, bads)
    assert told.value == pytest.approx(by_hand, rel=0.01)
    assert told.chance == pytest.approx(1 / 850 + 1 / 150)


def test_the_error_and_the_chance_of_information_value_hold_by_simulation() -> None:
    dice = np.random.default_rng(0)
    share, rate = np.array([0.2, 0.3, 0.5]), np.array([0.4, 0.2, 0.1])
    bad, good = share * rate, share * (1 - rate)
    bad, good = bad / bad.sum(), good / good.sum()
    truth = ((good - bad) * np.log(good / bad)).sum()
    held, by_chance = 0, 0.0
    for _ in range(400):
        bads, goods = dice.multinomial(300, bad), dice.multinomial(1200, good)
        told = information((bads + goods).astype(float), bads.astype(float))
        held += abs(told.value - told.chance - truth) < 1.96 * told.error
        idle = dice.multinomial(300, good).astype(float)
        by_chance += information(idle + goods, idle).value / 400
    assert 0.91 < held / 400 < 0.985
    assert by_chance == pytest.approx(2 * (1 / 300 + 1 / 1200), rel=0.2)


def test_missing_special_and_infinite_values_have_the_cells_that_are_stated() -> None:
    made = fine(number([1, 2, 3, np.nan, -999, np.inf, -np.inf]), Wish(special=("-999",)), 5)
    assert made.codes[3] == made.missing
    assert made.codes[4] == made.parts
    assert made.codes[5] == made.parts - 1
    assert made.codes[6] == 0


@pytest.mark.parametrize(
    "cuts",
    [(1.0, 1.0), (2.0, 1.0), (float("nan"),), (float("inf"),), (-5.0, 2.0), (9.0,)],
)
def test_stated_cuts_that_do_not_rise_or_leave_a_bin_empty_are_refused(
    cuts: tuple[float, ...],
) -> None:
    with pytest.raises(TallyError) as refused:
        fine(number([1, 2, 3, 4]), Wish(cuts=cuts), 5)
    assert refused.value.code == "bad_cuts"


@pytest.mark.parametrize("groups", [(("a",), ("a", "b")), (("a",), ("z",)), (("a", "b", "c"),)])
def test_stated_groups_that_overlap_or_are_unknown_or_one_are_refused(
    groups: tuple[tuple[str, ...], ...],
) -> None:
    column = from_arrays({"x": np.array(["a", "b", "c"] * 5)}).column("x")
    with pytest.raises(TallyError) as refused:
        fine(column, Wish(groups=groups), 5)
    assert refused.value.code == "bad_cuts"


def test_a_column_of_names_is_refused_as_an_identifier() -> None:
    column = from_arrays({"x": np.array([f"n{at}" for at in range(6000)])}).column("x")
    with pytest.raises(TallyError) as refused:
        fine(column, Wish(), 5)
    assert refused.value.code == "an_identifier"


def test_rare_and_unseen_categories_share_the_cell_else() -> None:
    column = from_arrays({"x": np.array(["a"] * 50 + ["b"] * 50 + ["rare"])}).column("x")
    made = fine(column, Wish(), 5)
    assert made.categories == (("a",), ("b",))
    assert made.codes[-1] == made.size - 1


def test_a_column_that_tells_nothing_is_named_with_its_reason() -> None:
    x, y = steps()
    noise = np.random.default_rng(2).normal(size=len(x))
    table = from_arrays(
        {"x": x, "constant": np.ones(len(x)), "empty": np.full(len(x), np.nan), "noise": noise}
    )
    cells = fine_columns(table, {}, 40)
    strict = BinningSettings(prebins=40, alpha=0.0001)
    found, dropped = bin_columns(cells, y, np.ones(len(x)), folds_of(y, 5, 0), {}, strict, 0.0)
    assert [one.fine.name for one in found] == ["x"]
    assert {one.name for one in dropped} == {"constant", "empty", "noise"}
    assert all(one.reason.zh and one.reason.en for one in dropped)


def test_what_moves_between_periods_is_seen_and_what_does_not_is_not() -> None:
    dice = np.random.default_rng(0)
    axis = Axis("x", "number", thresholds=("-0.5", "0.5"))
    x = np.concatenate([dice.normal(size=1000), dice.normal(size=1000), dice.normal(1, 1, 1000)])
    periods = np.repeat(["2024", "2025", "2026"], 1000)
    y = (dice.random(3000) < 0.2).astype(float)
    first, same, moved = stability(from_arrays({"x": x}), axis, periods, y)
    assert (first.period, first.rows, first.psi) == ("2024", 1000, 0.0)
    assert same.psi < same.limit < moved.limit * 1.01 < moved.psi
    assert sum(moved.share) == pytest.approx(1)
    assert len(moved.woe) == axis.size
