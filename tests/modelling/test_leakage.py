"""A column that knows the outcome raises an alarm, and an honest one does not."""

from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.leakage import Alarm, alarms, days_of, later_dates, require_no_leak
from tallystick.modelling.tables import Floats, from_arrays

ROWS = 800
DICE = np.random.default_rng(4)
Y: Floats = (np.arange(ROWS) % 8 == 0).astype(float)
NOISE = DICE.normal(size=ROWS)


def codes(**columns: Any) -> set[tuple[str, str]]:
    return {(one.column, one.code) for one in alarms(from_arrays(columns), Y)}


def test_honest_columns_raise_no_alarm() -> None:
    trades = np.array(["a", "b", "c", "d"])[DICE.integers(0, 4, ROWS)]
    assert not codes(
        x=NOISE + Y,
        trade=trades,
        size=np.round(NOISE * 3),
        many=DICE.integers(0, 300, ROWS).astype(str),
    )


def test_polish1_raises_no_alarm() -> None:
    path = files("tallystick.testing").joinpath("data/polish1.parquet")
    frame = pl.read_parquet(path.read_bytes())
    table = from_arrays({name: frame[name].to_numpy() for name in frame.columns if name != "y"})
    assert alarms(table, frame["y"].to_numpy().astype(float)) == ()


def test_a_feature_too_good_is_named_whichever_way_it_points() -> None:
    assert codes(up=NOISE + 9 * Y) == {("up", "too_good")}
    assert codes(down=NOISE - 9 * Y) == {("down", "too_good")}


def test_a_leak_in_the_middle_of_a_range_is_found() -> None:
    assert ("x", "too_good") in codes(
        x=np.where(Y == 1, NOISE / 1000, np.sign(NOISE) * (1 + abs(NOISE)))
    )


def test_a_category_that_tells_the_outcome_is_found() -> None:
    said = np.where(Y == 1, np.where(NOISE > 0, "p", "q"), np.where(NOISE > 0, "r", "s"))
    assert codes(status=said) == {("status", "too_good")}


def test_a_copy_of_the_outcome_is_found_in_any_dress() -> None:
    for copy in (Y, 1 - Y, Y * 7 + 3, np.where(Y == 1, "x", "z"), np.where(Y == 1, np.nan, 5.0)):
        assert ("copy", "target_copy") in codes(copy=copy)


def test_identifiers_are_found_and_measurements_are_not() -> None:
    running = np.random.default_rng(1).permutation(ROWS) + 1000.0
    assert codes(number=running) == {("number", "identifier")}
    assert codes(code=np.array([f"C{at}" for at in range(ROWS)])) == {("code", "identifier")}
    assert not codes(revenue=np.round(NOISE * 1e9))


def test_a_missing_value_that_tells_the_outcome_is_found() -> None:
    gone = np.where((Y == 1) & (NOISE < 0.9), np.nan, NOISE)
    assert ("audit", "missing_tells") in codes(audit=gone)


def test_few_bad_ones_raise_no_alarm_by_chance() -> None:
    y = np.zeros(30)
    y[:3] = 1
    x = np.arange(30.0)[::-1] * 1.5
    assert not [one for one in alarms(from_arrays({"x": x}), y) if one.code == "too_good"]


@pytest.mark.parametrize(
    "name", ["recovery_rate", "WriteOff", "default_date", "核销金额", "after_default"]
)
def test_names_of_what_is_known_afterwards_are_told(name: str) -> None:
    (one,) = alarms(from_arrays({name: NOISE}), Y)
    assert (one.code, one.hard) == ("look_ahead_name", False)


@pytest.mark.parametrize(
    "name", ["After-tax net Interest Rate", "税后利润", "Average Collection Days"]
)
def test_names_that_only_sound_like_it_are_not(name: str) -> None:
    assert not alarms(from_arrays({name: NOISE}), Y)


def test_dates_after_the_observation_are_found() -> None:
    days = np.array(["2020-01-15", "2021/3/1", "2019年5月6日", ""] * (ROWS // 4))
    observed = np.full(ROWS, np.datetime64("2020-12-31"))
    found = alarms(from_arrays({"judged": days}), Y, observed=observed)
    assert ("look_ahead_date", True) in {(one.code, one.hard) for one in found}
    assert str(ROWS // 4) in found[0].text.en


def test_a_column_of_dates_is_noted_and_stops_nothing() -> None:
    days = np.array([20201231.0, 20210101.0, np.nan, 20210230.0] * (ROWS // 4))
    observed = np.full(ROWS, np.datetime64("2020-12-31"))
    (one,) = later_dates(from_arrays({"filed": days}), observed)
    assert (one.code, one.hard) == ("look_ahead_unused", False)
    assert str(ROWS // 4) in one.text.en
    assert not later_dates(from_arrays({"filed": days[:1]}), observed[:1])


def test_a_year_and_a_month_are_observed_at_their_end() -> None:
    said = np.array(["2020", "2020-02", "2021年2月", "202012", "20200115", "wave 3", ""])
    found = days_of(from_arrays({"t": said}).column("t"), last=True)
    wanted = ["2020-12-31", "2020-02-29", "2021-02-28", "2020-12-31", "2020-01-15", "NaT", "NaT"]
    assert found.astype(str).tolist() == wanted
    years = days_of(from_arrays({"t": np.array([2020.0, np.inf])}).column("t"), last=True)
    assert years.astype(str).tolist() == ["2020-12-31", "NaT"]


def test_codes_that_only_look_like_years_are_no_dates() -> None:
    codes_ = from_arrays({"region": np.array(["210102", "2101021", "2101", "2101-02"])})
    assert np.isnat(days_of(codes_.column("region"))).all()


def test_a_hard_alarm_stops_a_fit_until_it_is_answered_for_in_writing() -> None:
    found = alarms(from_arrays({"up": NOISE + 9 * Y, "recovery": NOISE}), Y)
    for because in ({}, {"up": "  "}, {"up": "ok"}, {"other": "known before the outcome"}):
        with pytest.raises(TallyError) as error:
            require_no_leak(found, because)
        assert error.value.code == "leakage_suspected"
        assert "“up”" in error.value.text.zh
        assert "recovery" not in error.value.text.en
    said = {"up": "taken from the accounts of the year before", "unused": "nothing to say here"}
    assert require_no_leak(found, said) == {"up": said["up"]}


def test_what_is_not_hard_stops_nothing() -> None:
    soft = alarms(from_arrays({"recovery": NOISE}), Y)
    assert require_no_leak(soft) == {}
    assert soft[0].to_json()["hard"] is False
    assert isinstance(soft[0], Alarm)
