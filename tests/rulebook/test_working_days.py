from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.rulebook.working_days import (
    calendar_basis,
    working_days_after,
)

MODEST = settings(max_examples=80, deadline=None)


def is_working_day(day: date) -> bool:
    before = day - timedelta(days=1)
    return working_days_after(before.isoformat(), 1).day == day.isoformat()


def year(number: int) -> list[date]:
    first = date(number, 1, 1)
    return [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(("number", "public_holidays"), [(2024, 11), (2025, 13), (2026, 13)])
def test_a_year_has_its_days_less_weekends_less_public_holidays(
    number: int, public_holidays: int
) -> None:
    # 全国年节及纪念日放假办法: 11 days until 2024, 13 since 2025; a holiday on a weekend is made up
    days = year(number)
    weekends = sum(day.weekday() >= 5 for day in days)
    worked = sum(is_working_day(day) for day in days)
    assert worked == len(days) - weekends - public_holidays


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-14", True), ("2026-02-15", False), ("2026-02-16", False), ("2026-02-23", False),
        ("2026-02-24", True), ("2026-02-28", True), ("2026-02-17", False), ("2026-01-04", True),
        ("2026-10-01", False), ("2026-10-07", False), ("2026-10-08", True), ("2026-10-10", True),
        ("2026-09-20", True), ("2026-09-25", False), ("2026-05-09", True), ("2026-06-19", False),
        ("2025-01-26", True), ("2025-01-28", False), ("2025-02-04", False), ("2025-02-08", True),
        ("2025-10-08", False), ("2025-10-09", True), ("2025-09-28", True), ("2025-10-11", True),
        ("2024-02-09", True), ("2024-02-10", False), ("2024-02-18", True), ("2024-02-04", True),
        ("2024-10-07", False), ("2024-10-12", True), ("2024-05-11", True), ("2024-06-10", False),
        ("2026-07-04", False), ("2026-07-05", False), ("2026-07-06", True),
    ],
)  # fmt: skip
def test_holidays_and_the_weekend_days_worked_in_their_place(day: str, worked: bool) -> None:  # noqa: FBT001
    assert is_working_day(date.fromisoformat(day)) is worked


@given(st.dates(date(2024, 1, 1), date(2026, 11, 1)), st.integers(1, 25))
@MODEST
def test_a_term_holds_exactly_its_working_days(start: date, number: int) -> None:
    due = working_days_after(start.isoformat(), number)
    end = date.fromisoformat(due.day)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day) for day in between) == number
    assert is_working_day(end)
    assert not due.estimated


def test_a_term_that_leaves_the_calendars_says_so() -> None:
    assert not working_days_after("2026-12-01", 5).estimated
    assert working_days_after("2026-12-30", 5).estimated
    assert working_days_after("2019-05-06", 1) == ("2019-05-07", True)


def test_the_day_itself_is_not_counted() -> None:
    assert working_days_after("2026-06-01", 0) == ("2026-06-01", False)
    assert working_days_after("2026-06-01", 1).day == "2026-06-02"


@pytest.mark.parametrize("number", [-1, 401])
def test_a_term_of_absurd_length_is_an_error(number: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        working_days_after("2026-06-01", number)


def test_the_calendars_cover_three_years_and_are_known_from_reprints() -> None:
    estimated = [working_days_after(f"{year}-06-01", 5).estimated for year in range(2023, 2028)]
    assert estimated == [True, False, False, False, True]
    assert not calendar_basis().verified
