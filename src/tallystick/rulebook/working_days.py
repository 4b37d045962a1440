"""Working days, with the holidays and the weekend days worked in their place.

Owns the counting of terms in working days. Rules: the day something happens is not counted; a term
of n working days ends on the n-th working day after it; a year without a published calendar is
counted with weekends off only, and the answer says that it is an estimate.

    >>> working_days_after("2026-02-13", 1).day  # a Friday; the Saturday after it is worked
    '2026-02-14'
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from tallystick.kernel.dates import date_of
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.packs import Reader, read_pack

DAYS_MAX = 400  # of one term; no working-day term of any law cited comes near it
_SATURDAY = 5
_DAY = datetime.timedelta(days=1)
_ESTIMATED = Text(
    "（该年度工作日历未载入，仅按周末估算）",
    " (an estimate: no calendar of that year is loaded, only weekends are off)",
)


class DueDay(NamedTuple):
    """The last day of a term.

    day: ISO.
    estimated: a year without a calendar was counted on the way.
    """

    day: str
    estimated: bool

    @property
    def text(self) -> Text:
        """The day as a reader sees it, saying so when it is an estimate."""
        if not self.estimated:
            return Text(self.day, self.day)
        return Text(self.day + _ESTIMATED.zh, self.day + _ESTIMATED.en)


@dataclass(frozen=True, slots=True)
class _Calendar:
    years: frozenset[int]
    off: frozenset[datetime.date]
    worked: frozenset[datetime.date]
    basis: Citation


@cache
def _calendar() -> _Calendar:
    body = read_pack("calendar").body.expect("basis", "years")
    off: set[datetime.date] = set()
    worked: set[datetime.date] = set()
    years = dict(body.members("years"))
    for year, entry in years.items():
        entry.expect("notice", "off", "worked").text_at("notice")
        days_off, days_worked = _holidays(entry), {date_of(d) for d in entry.texts("worked")}
        if {str(day.year) for day in days_off | days_worked} != {year} or days_off & days_worked:
            entry.refuse("days of another year, or days both off and worked")
        if any(day.weekday() < _SATURDAY for day in days_worked):
            entry.refuse("only a Saturday or Sunday is worked in place of another day")
        off |= days_off
        worked |= days_worked
    basis = read_citation(body.inner("basis"))
    return _Calendar(frozenset(map(int, years)), frozenset(off), frozenset(worked), basis)


def _holidays(entry: Reader) -> set[datetime.date]:
    days: set[datetime.date] = set()
    for first, last in entry.spans("off"):
        day, end = date_of(first), date_of(last)
        if end < day:
            entry.refuse("a holiday ends before it begins")
        while day <= end:
            days.add(day)
            day += _DAY
    return days


def calendar_basis() -> Citation:
    """Return what the calendars rest on, and whether that was read in its official edition."""
    return _calendar().basis


@lru_cache(maxsize=65_536)
def working_days_after(start: str, days: int) -> DueDay:
    """Return the last day of a term of `days` working days that begins with the day `start`.

    days: 0 to 400; for 0 it is `start` itself.

    Raises: NOT_A_DATE; ValueError for another number of days.
    """
    if not 0 <= days <= DAYS_MAX:
        message = f"a term of {days} working days"
        raise ValueError(message)
    day, estimated, years = date_of(start), False, _calendar().years
    while days:
        day += _DAY
        estimated = estimated or day.year not in years
        days -= _worked(day)
    return DueDay(day.isoformat(), estimated)


def _worked(day: datetime.date) -> bool:
    table = _calendar()
    if day.weekday() >= _SATURDAY:
        return day in table.worked
    return day not in table.off
