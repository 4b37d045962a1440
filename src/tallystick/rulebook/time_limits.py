"""Clocks the law sets: objection, repair, publication, keeping.

Owns the table of time limits. Rules: a limit names its jurisdiction, its unit and what starts it,
and travels with the article and whether anybody read it; nothing here knows today's date. Today
only the page of the catalogue shows these limits. No verb starts or stops a clock by them yet: they
are offered to the rooms to come, objection and repair first.

    >>> time_limit("shanghai.agency_decides").ends_on("2026-09-30").day
    '2026-10-15'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from tallystick.kernel.dates import add_days, add_months, add_years
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.packs import Reader, read_pack
from tallystick.rulebook.working_days import DueDay, working_days_after

NO_SUCH_LIMIT = Reason(
    "no_such_time_limit",
    Text("没有名为 {code} 的期限", "there is no time limit called {code}"),
    "",
    Text("请查阅期限表。", "Look it up in the table of time limits."),
)
NOT_A_TERM = Reason(
    "not_a_term",
    Text("{code} 是次数，不是期限", "{code} is a number of times, not a term"),
)


class LimitUnit(StrEnum):
    """What a limit is counted in."""

    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    PER_YEAR = "per_year"  # so many times a year


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """One clock of the law.

    number: the longest term (or the number of times a year), in `unit`.
    least: the shortest term where the law sets one, in the same unit.
    start: what starts it.
    """

    code: str
    names: Text
    number: int
    unit: LimitUnit
    start: Text
    jurisdiction: str
    basis: Citation
    least: int | None = None

    def ends_on(self, start: str) -> DueDay:
        """Return the last day of the term that begins with the ISO date `start`.

        Raises: NOT_A_TERM for a number of times; NOT_A_DATE.
        """
        if self.unit is LimitUnit.WORKING_DAY:
            return working_days_after(start, self.number)
        if self.unit is LimitUnit.DAY:
            return DueDay(add_days(start, self.number), estimated=False)
        if self.unit is LimitUnit.MONTH:
            return DueDay(add_months(start, self.number), estimated=False)
        if self.unit is LimitUnit.YEAR:
            return DueDay(add_years(start, self.number), estimated=False)
        raise NOT_A_TERM.error(code=self.code)


@cache
def time_limits() -> Mapping[str, TimeLimit]:
    """Return every time limit by its code."""
    found: dict[str, TimeLimit] = {}
    for entry in read_pack("time_limits").body.expect("limits").each("limits"):
        limit = _read_limit(entry)
        if limit.code in found:
            entry.refuse(f"{limit.code!r} is given twice")
        found[limit.code] = limit
    return MappingProxyType(found)


def time_limit(code: str) -> TimeLimit:
    """Return the time limit `code`.

    Raises: NO_SUCH_LIMIT.
    """
    found = time_limits().get(code)
    if found is None:
        raise NO_SUCH_LIMIT.error(code=code)
    return found


def _read_limit(entry: Reader) -> TimeLimit:
    entry.expect(
        *("code", "zh", "en", "number", "unit", "start", "jurisdiction", "basis"),
        optional=("least",),
    )
    return TimeLimit(
        code=entry.text("code"),
        names=entry.names(),
        number=entry.integer("number"),
        unit=entry.one_of("unit", LimitUnit),
        start=entry.text_at("start"),
        jurisdiction=entry.text("jurisdiction"),
        basis=read_citation(entry.inner("basis")),
        least=entry.integer("least") if "least" in entry.content else None,
    )
