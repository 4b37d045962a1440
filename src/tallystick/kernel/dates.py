"""Days and months, counted as the law counts them.

Owns the arithmetic of dates; the clock is not here, a date is always passed in. Rules: a date is
ISO text of ten characters; a period of months ends on the day of the same number, or on the last
day of the month where there is none, and that day still belongs to it (民法典 art. 202); the day
something happens is not counted (民法典 art. 201).

    >>> add_months("2024-01-31", 1)
    '2024-02-29'
    >>> first_day_within("2025-02-28", 12)
    '2024-02-28'
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

MONTHS_A_YEAR = 12
_LENGTH = len("2024-02-29")

NOT_A_DATE = Reason(
    "not_a_date",
    Text("应为日历上有的日期，写作 2026-04-01", "a day of the calendar is expected, as 2026-04-01"),
    "GB/T 7408",
    Text("请写成 年-月-日。", "Write year-month-day."),
)


@lru_cache(maxsize=16_384)
def date_of(text: str) -> date:
    """Return the day `text` names.

    text: ISO, ten ASCII characters, such as "2026-04-01".

    Raises: NOT_A_DATE, also for days no calendar has.
    """
    if len(text) != _LENGTH or text[4] != "-" or text[7] != "-" or not text.isascii():
        raise NOT_A_DATE.error()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NOT_A_DATE.error() from None


def add_months(text: str, months: int) -> str:
    """Return the day `months` after (before, when negative) the day `text`.

    Where the month has no such day its last day is meant (民法典 art. 202).

    Raises: NOT_A_DATE for `text`, or for a result outside the years 1 to 9999.
    """
    return _moved(date_of(text), months).isoformat()


def add_years(text: str, years: int) -> str:
    """Return the day `years` after the day `text`; 29 February becomes 28 in common years.

    Raises: NOT_A_DATE for `text`, or for a result outside the years 1 to 9999.
    """
    return add_months(text, years * MONTHS_A_YEAR)


def add_days(text: str, days: int) -> str:
    """Return the day `days` after (before, when negative) the day `text`.

    Raises: NOT_A_DATE for `text`, or for a result outside the years 1 to 9999.
    """
    try:
        return (date_of(text) + timedelta(days=days)).isoformat()
    except OverflowError:
        raise NOT_A_DATE.error() from None


@lru_cache(maxsize=1_024)
def first_day_within(as_of: str, months: int) -> str:
    """Return the earliest day whose period of `months` still runs on `as_of`.

    Something that happened on day d counts on `as_of` while d + months >= as_of. Counting back
    from `as_of` is not the same at the end of months: on 2024-02-29 an act of 2023-02-28 is more
    than twelve months old.

    Raises: NOT_A_DATE for `as_of`, or for a result before the year 1.
    """
    day = date_of(as_of)
    first = _moved(day, -months)
    if _moved(first, months) < day:
        first += timedelta(days=1)
    return first.isoformat()


def months_between(start: str, end: str) -> int:
    """Return the whole months from `start` to `end`; negative when `end` comes before.

    Raises: NOT_A_DATE for either.
    """
    first, last = date_of(start), date_of(end)
    if last < first:
        return -months_between(end, start)
    months = (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month
    return months - 1 if _moved(first, months) > last else months


def _moved(day: date, months: int) -> date:
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    if not date.min.year <= year <= date.max.year:
        raise NOT_A_DATE.error()
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))
