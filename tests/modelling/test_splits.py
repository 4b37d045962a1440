"""No row of a group stands on both sides, and every fold has its share."""

from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.modelling import splits as splitting
from tallystick.modelling.splits import (
    Plan,
    column_labels,
    duplicate_groups,
    fold_of,
    merged_groups,
    read_plan,
    splits,
)
from tallystick.modelling.tables import Floats, from_arrays

labelled = st.lists(
    st.tuples(st.integers(0, 25), st.booleans(), st.integers(2015, 2020)), min_size=30, max_size=90
)


def unpacked(rows: Any) -> tuple[Any, Floats, Any]:
    groups, bad, years = zip(*rows, strict=True)
    return np.array(groups), np.array(bad, float), np.array(years)


@settings(max_examples=150, deadline=None)
@given(labelled, st.sampled_from(["repeated", "temporal", "rolling"]), st.integers(0, 5))
def test_no_row_of_a_group_is_on_both_sides(rows: Any, kind: Any, seed: int) -> None:
    groups, y, years = unpacked(rows)
    try:
        found = splits(y, Plan(2, 3, seed, kind), groups, years)
    except TallyError:
        return
    for split in found:
        assert not set(groups[split.train]) & set(groups[split.test])
        assert not set(split.train) & set(split.test)
        if kind != "repeated":
            assert years[split.train].max() < years[split.test].min()


@settings(max_examples=80, deadline=None)
@given(labelled, st.integers(2, 6))
def test_every_row_is_judged_once_in_each_repeat(rows: Any, folds: int) -> None:
    groups, y, _ = unpacked(rows)
    fold = fold_of(y, np.unique(groups, return_inverse=True)[1], folds, 1)
    assert len(fold) == len(y)
    assert set(fold) <= set(range(folds))


@given(st.integers(10, 300), st.integers(10, 300), st.integers(2, 9))
@settings(max_examples=60, deadline=None)
def test_single_rows_are_spread_as_evenly_as_can_be(bads: int, goods: int, folds: int) -> None:
    y = np.r_[np.ones(bads), np.zeros(goods)]
    fold = fold_of(y, np.arange(len(y)), folds, 0)
    for outcome in (0, 1):
        assert np.ptp(np.bincount(fold[y == outcome], minlength=folds)) <= 1


def test_groups_of_several_rows_are_spread_as_well() -> None:
    dice = np.random.default_rng(0)
    for count in (900, 5000):  # few groups, and more than are weighed one by one
        groups = np.unique(dice.integers(0, count, 3 * count), return_inverse=True)[1]
        y = (dice.random(3 * count) < 0.05).astype(float)
        fold = fold_of(y, groups, 5, 0)
        assert np.ptp(np.bincount(fold, weights=y)) <= 6
        assert np.ptp(np.bincount(fold)) <= 60


def test_the_same_seed_gives_the_same_folds_and_says_so() -> None:
    y = (np.arange(200) % 7 == 0).astype(float)
    one, other = (splits(y, Plan(3, 4, 11)) for _ in range(2))
    assert [split.seed for split in one] == [11] * 4 + [12] * 4 + [13] * 4
    assert all((a.test == b.test).all() for a, b in zip(one, other, strict=True))
    assert (one[0].test.tolist()) != one[4].test.tolist()


def test_time_is_split_at_the_latest_periods() -> None:
    years = np.repeat([2018, 2019, 2020, 2021], 25)
    y = (np.arange(100) % 5 == 0).astype(float)
    (split,) = splits(y, Plan(), periods=years)
    assert (split.name, len(split.test)) == ("2021", 25)
    assert set(years[split.train]) == {2018, 2019, 2020}
    rolling = splits(y, Plan(folds=2, kind="rolling"), periods=years)
    assert [one.name for one in rolling] == ["2020", "2021"]


def test_an_organisation_seen_every_year_is_learnt_or_judged_but_not_both() -> None:
    years, groups = np.tile([2018, 2019, 2020, 2021], 50), np.repeat(np.arange(50), 4)
    y = (groups % 5 == 0).astype(float)
    found = splits(y, Plan(folds=5), groups, years)
    assert sorted(np.concatenate([one.test for one in found])) == list(
        np.flatnonzero(years == 2021)
    )
    assert all(len(one.train) == 120 for one in found)


@pytest.mark.parametrize("text", ["", "5", "1x1", "0x5", "5x51", "axb", "-1x5"])
def test_a_plan_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(TallyError) as refused:
        read_plan(text)
    assert refused.value.code == "bad_validation_plan"


def test_a_plan_is_read_as_repeats_times_folds() -> None:
    assert read_plan(" 2X5", seed=3) == Plan(2, 5, 3, "repeated")


def test_fewer_bad_groups_than_folds_are_refused() -> None:
    y = np.r_[np.ones(3), np.zeros(50)]
    with pytest.raises(TallyError):
        splits(y, Plan(1, 5))
    with pytest.raises(TallyError):
        splits(
            np.r_[np.ones(9), np.zeros(50)],
            Plan(1, 5),
            np.r_[np.zeros(9), np.arange(1, 51)].astype(int),
        )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf")]),
            st.sampled_from(["", "a", "b"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_rows_share_a_label_exactly_when_they_are_equal(rows: Any) -> None:
    numbers, texts = zip(*rows, strict=True)
    labels = duplicate_groups(from_arrays({"n": np.array(numbers), "t": np.array(texts)}))
    keys = ["missing" if n != n else n + 0.0 for n in numbers]  # noqa: PLR0124 - NaN
    for one in range(len(rows)):
        for other in range(len(rows)):
            equal = (keys[one], texts[one]) == (keys[other], texts[other])
            assert (labels[one] == labels[other]) == equal


def test_a_collision_of_the_mixed_bits_joins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "mixed_bits", lambda bits: bits * np.uint64(0))
    labels = duplicate_groups(from_arrays({"a": np.array([1.0, 2, 1, 3]), "b": np.arange(4.0) % 2}))
    assert labels[0] == labels[2]
    assert len(set(labels)) == 3


def test_polish1_has_82_exact_duplicates() -> None:

    path = files("tallystick.testing").joinpath("data/polish1.parquet")
    frame = pl.read_parquet(path.read_bytes())
    table = from_arrays({name: frame[name].to_numpy() for name in frame.columns})
    labels = duplicate_groups(table)
    assert len(labels) - len(np.unique(labels)) == 82


def test_groups_that_share_a_row_are_one_group() -> None:
    organisation, copies = np.array([0, 0, 1, 2, 3]), np.array([0, 1, 1, 2, 3])
    assert merged_groups(organisation, copies).tolist() == [0, 0, 0, 1, 2]


def test_rows_without_a_code_are_not_one_organisation() -> None:
    column = from_arrays({"code": np.array(["a", "", "a", ""])}).column("code")
    labels = column_labels(column)
    assert labels[0] == labels[2]
    assert len(set(labels)) == 3
