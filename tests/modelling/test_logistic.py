"""Cards do not depend on order, do not leak on few bad ones, and refuse what cannot be fitted."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.binning.merging import BinningSettings
from tallystick.modelling.binning.stability import cells_of
from tallystick.modelling.linear import LinearSettings, fit_linear
from tallystick.modelling.logistic import LogisticSettings, fit_logistic
from tallystick.modelling.metrics import auc
from tallystick.modelling.scaling import probability
from tallystick.modelling.tables import Floats, MemoryTable, Table, from_arrays
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import Card

DATA = Path(str(files("tallystick.testing"))) / "data"
QUICK = LogisticSettings(binnings=(BinningSettings(alpha=0.05),), ridges=(10.0,))


def raw(card: Card, table: Table) -> Floats:
    found = np.full(table.rows, card.offset, float)
    for term in card.terms:
        cells = cells_of(table.column(term.axes[0].variable), term.axes[0])
        found += np.array(term.points)[cells]
    return found


def made(rows: int = 3000, seed: int = 0) -> tuple[MemoryTable, Floats]:
    dice = np.random.default_rng(seed)
    a, b, c = dice.normal(size=(3, rows))
    place = dice.choice(["east", "west"], rows)
    odds = -1.5 - a + 0.5 * b**2 + 0.8 * (place == "east")
    y = (dice.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    return from_arrays({"a": np.where(c > 1.5, np.nan, a), "b": b, "c": c, "place": place}), y


def polish() -> tuple[MemoryTable, Floats]:
    frame = pl.read_parquet(DATA / "polish1.parquet")
    arrays = {name: frame[name].to_numpy() for name in frame.columns if name != "y"}
    return from_arrays(arrays), frame["y"].to_numpy().astype(float)


def cross_validated(settings: LogisticSettings, wish: Wish) -> float:
    table, y = polish()
    wishes = dict.fromkeys(table.names, wish)
    order = np.random.default_rng(0).permutation(len(y))
    found = []
    for fold in range(3):
        test = np.sort(order[fold::3])
        train = np.setdiff1d(order, test)
        card = fit_logistic(table.take(train), y[train], settings, wishes=wishes)
        found.append(float(auc(raw(card, table.take(test)), y[test])))
    return float(np.mean(found))


def test_fine_bins_do_not_leak_on_few_bad_ones() -> None:
    # The bins under which cards of other makers fell from .81 to .66 here; significance and ridge
    # are chosen on the inner folds, as they are where nobody says otherwise.
    usual = LogisticSettings()
    fine = replace(
        usual,
        binnings=tuple(replace(one, prebins=60, share=0.01, most=60) for one in usual.binnings),
    )
    coarse = cross_validated(usual, Wish())
    assert coarse > 0.85
    assert cross_validated(fine, Wish(shape="none")) > coarse - 0.02


def test_the_card_does_not_depend_on_the_order_of_columns_or_on_a_second_run() -> None:
    table, y = made()
    turned = MemoryTable(table.column(name) for name in reversed(table.names))
    first, again, other = (fit_logistic(one, y, QUICK) for one in (table, table, turned))
    assert first == again
    assert {t.code: t.points for t in first.terms} == {t.code: t.points for t in other.terms}


def test_a_zero_weight_is_a_row_not_there() -> None:
    table, y = made()
    weights = (np.arange(len(y)) % 5 > 0).astype(float)
    card = fit_logistic(table, y, QUICK, weights)
    assert card.training.bads == int(y[weights > 0].sum())
    assert all(sum(term.counts) == weights.sum() for term in card.terms)


def test_every_cell_has_points_and_probabilities_are_calibrated() -> None:
    table, y = made()
    card = fit_logistic(table, y, QUICK)
    assert card.scaling
    for term in card.terms:
        size = term.axes[0].size
        assert [len(term.points), len(term.counts), len(term.bads), len(term.woe)] == [size] * 4
    score = raw(card, table)
    pd = np.array([probability(one, card.scaling) for one in score])
    assert pd.mean() == pytest.approx(y.mean(), abs=0.01)
    assert float(auc(score, y)) > 0.75


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"y": np.zeros(3000)}, "too_few_rows"),
        ({"y": np.full(3000, 2.0)}, "not_outcomes"),
        ({"y": np.full(3000, np.nan)}, "not_outcomes"),
        ({"weights": np.full(3000, -1.0)}, "bad_weights"),
        ({"weights": np.full(3000, np.nan)}, "bad_weights"),
        ({"weights": np.zeros(3000)}, "bad_weights"),
        ({"wishes": {name: Wish(use=False) for name in "abc"} | {"place": Wish(use=False)}},
         "nothing_left"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_refused(change: dict[str, Any], code: str) -> None:
    table, y = made()
    given: dict[str, Any] = {"y": y, "settings": QUICK} | change
    with pytest.raises(TallyError) as refused:
        fit_logistic(table, **given)
    assert refused.value.code == code


def test_ten_rows_are_too_few() -> None:
    table, y = made()
    with pytest.raises(TallyError) as refused:
        fit_logistic(table.take(np.arange(10)), y[:10])
    assert refused.value.code == "too_few_rows"


def test_a_linear_card_ranks_by_whole_points_from_nought_to_a_thousand() -> None:
    table, _ = made()
    a, b = table.column("a").values, table.column("b").values
    y = np.nan_to_num(a) * 2 - np.abs(b) + np.random.default_rng(1).normal(size=table.rows)
    card = fit_linear(table, y, LinearSettings())
    score = raw(card, table)
    assert np.corrcoef(score, y)[0, 1] > 0.8
    assert float(card.record["fit"]["r2"]) > 0.6
    assert -5 <= score.min() <= score.max() <= 1005
    assert card.outcome.pd_ppm == ()
    assert card.scaling is None


@pytest.mark.parametrize("y", [np.ones(3000), np.full(3000, np.nan), np.full(3000, np.inf)])
def test_a_target_that_does_not_rank_is_refused(y: Floats) -> None:
    with pytest.raises(TallyError) as refused:
        fit_linear(made()[0], y)
    assert refused.value.code == "not_a_ranking"


def test_a_column_the_folds_barely_see_does_not_blow_up_where_it_is_used() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=3000)
    y = (rng.random(3000) < 1 / (1 + np.exp(3 + x))).astype(float)
    rare = np.where(rng.random(3000) < 0.04, 1.0, 0.0) * (y == 0)  # few rows, none of them bad
    card = fit_logistic(from_arrays({"x": x, "rare": rare}), y, QUICK)
    reach = {term.code: max(term.points) - min(term.points) for term in card.terms}
    assert reach.get("rare", 0) < 150
