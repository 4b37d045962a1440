from __future__ import annotations

import numpy as np
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.periods import moment, periods_of
from tallystick.modelling.splits import Plan, plan_told, settled, splits
from tallystick.modelling.tables import Column, from_arrays


def column(*texts: str) -> Column:
    return from_arrays({"when": np.array(texts)}).column("when")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2022-9-30", "2022-09-30"),
        ("2022/9/30 00:00:00", "2022-09-30"),
        ("2022-09-30T12:00:00", "2022-09-30"),
        ("2022年9月30日", "2022-09-30"),
        ("2022年9月", "2022-09"),
        ("2022-9", "2022-09"),
        ("2022Q3", "2022-Q3"),
        ("2022年第三季度", "2022-Q3"),
        ("2022年", "2022"),
        ("30.09.2022", ""),
        ("2022-13-01", ""),
        ("", ""),
    ],
)
def test_a_moment_is_read_as_people_write_it(written: str, read: str) -> None:
    assert moment(written) == read


def test_months_without_a_nought_in_front_come_in_the_order_of_the_calendar() -> None:
    found = periods_of(column("2022/10/31", "2022/9/30", "2021/12/31"), np.arange(2, 5))
    assert np.argsort(found).tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (("2022-09-30", "", "2021-12-31"), "3"),
        (("2022-09-30", "2021-12-31", "autumn"), "4"),
        (("2022-09-30", "2021-12-31", "2022Q3"), "4"),
    ],
)
def test_a_row_that_does_not_say_when_is_refused_and_not_taken_for_the_past(
    texts: tuple[str, ...], line: str
) -> None:
    with pytest.raises(TallyError) as refused:
        periods_of(column(*texts), np.arange(2, 5))
    assert refused.value.code == "time_unclear"
    assert f"line {line}:" in refused.value.text.en


def test_numbers_stand_as_they_are_and_a_missing_one_is_refused() -> None:
    years = Column("year", "number", values=np.array([2022.0, 2021.0]))
    assert periods_of(years, np.arange(2)).tolist() == [2022, 2021]
    with pytest.raises(TallyError) as refused:
        periods_of(Column("year", "number", values=np.array([2022.0, np.nan])), np.arange(1, 3))
    assert refused.value.code == "time_unclear"


def test_what_was_followed_is_told_and_not_that_the_plan_was_left_open() -> None:
    y = np.array([0.0, 1.0] * 8)
    years = np.repeat([2019, 2020, 2021, 2022], 4)
    groups = np.arange(16)
    plan = Plan(1, 2)
    by_time = plan_told(settled(plan, years), splits(y, plan, groups, years), 16, groups)
    assert (by_time["kind"], by_time["judged"], by_time["rows_judged"]) == ("temporal", ["2022"], 4)
    by_chance = plan_told(settled(plan, None), splits(y, plan, groups), 16, groups)
    assert by_chance["kind"] == "repeated"
    assert "judged" not in by_chance
