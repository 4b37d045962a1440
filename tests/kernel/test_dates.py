from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.dates import (
    NOT_A_DATE,
    add_days,
    add_months,
    add_years,
    date_of,
    first_day_within,
    months_between,
)
from tallystick.kernel.errors import TallyError

MODEST = settings(max_examples=100, deadline=None)
days = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 12, 31)).map(date.isoformat)


@pytest.mark.parametrize(
    "text",
    ["", "20240229", "2024-2-9", "2023-02-29", "2024-13-01", "2024-W01-1", "2024-00-10",
     "２０２４-01-01", "2024/01/01", "2024-01-01T00:00", "0000-01-01", "2024-01-1 "],
)  # fmt: skip
def test_what_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        date_of(text)
    assert refusal.value.reason is NOT_A_DATE


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2024-01-31", 1, "2024-02-29"), ("2023-01-31", 1, "2023-02-28"),
     ("2025-01-31", 3, "2025-04-30"), ("2024-02-29", 12, "2025-02-28"),
     ("2024-02-29", 48, "2028-02-29"), ("2024-12-15", 1, "2025-01-15"),
     ("2024-03-31", -1, "2024-02-29"), ("2025-01-15", -13, "2023-12-15"),
     ("2024-05-05", 0, "2024-05-05")],
)  # fmt: skip
def test_a_period_of_months_ends_on_the_same_day_or_the_last_of_the_month(
    start: str, months: int, end: str
) -> None:
    assert add_months(start, months) == end


def test_years_and_days_are_added_over_the_leap_day() -> None:
    assert add_years("2024-02-29", 1) == "2025-02-28"
    assert add_days("2024-02-28", 2) == "2024-03-01"
    assert add_days("2024-03-01", -1) == "2024-02-29"


def test_a_month_after_the_last_of_the_calendar_is_refused() -> None:
    with pytest.raises(TallyError):
        add_months("9999-12-01", 1)


def test_a_day_after_the_last_of_the_calendar_is_refused() -> None:
    with pytest.raises(TallyError):
        add_days("9999-12-31", 1)


@pytest.mark.parametrize(
    ("as_of", "months", "first"),
    [("2025-02-28", 12, "2024-02-28"), ("2024-02-29", 12, "2023-03-01"),
     ("2025-03-31", 1, "2025-03-01"), ("2026-04-01", 36, "2023-04-01"),
     ("2024-02-29", 36, "2021-03-01"), ("2026-04-01", 0, "2026-04-01")],
)  # fmt: skip
def test_a_window_opens_on_the_first_day_whose_period_still_runs(
    as_of: str, months: int, first: str
) -> None:
    assert first_day_within(as_of, months) == first


@MODEST
@given(days, st.integers(0, 240))
def test_window_and_period_are_the_same_rule(as_of: str, months: int) -> None:
    first = first_day_within(as_of, months)
    assert add_months(first, months) >= as_of
    for back in range(1, 5):
        earlier = (date_of(first) - timedelta(days=back)).isoformat()
        assert add_months(earlier, months) < as_of


@MODEST
@given(days, st.integers(0, 600), st.integers(0, 27))
def test_whole_months_are_counted_only_when_whole(start: str, months: int, more: int) -> None:
    end = add_months(start, months)
    assert months_between(start, end) == months
    assert months_between(start, add_days(end, more)) in {months, months + 1}
    if end != start:
        assert months_between(end, start) == -months
        assert months_between(start, add_days(end, -1)) == months - 1


def test_months_are_not_counted_early() -> None:
    assert months_between("2024-01-31", "2024-02-28") == 0
    assert months_between("2024-01-31", "2024-02-29") == 1
    assert months_between("2020-05-10", "2026-05-09") == 71
