"""The fictional membership as it is on one day: who there is, and what is known of each.

Owns `Member` and `World`. Rules: all ages count back from the day the world is seen at, so that the
world moves with it; draws come from dice labelled by what they are for.

    >>> make_world(seed=20260101, as_of="2026-11-01").members[0].name
    '云杉样例科技有限公司'
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tallystick.kernel.dates import date_of
from tallystick.testing.chance import Dice
from tallystick.testing.fiction import (
    COMPANY,
    DISTRICTS,
    ORGANS_FROM,
    SOLE_TRADER,
    company_name,
    fictional_lei,
    fictional_uscc,
)
from tallystick.testing.stories import CAST, DAYS_A_YEAR, Story, story_of

# Years since establishment and registered capital in 10,000 CNY, by how sound a firm is (0 to 3).
_AGES = ((2, 3), (3, 5), (6, 9), (11, 17))
_CAPITALS = ((50, 100), (200, 800), (1000, 3000), (5000, 9000))
_LOCAL_SHARE = 4
# Few members of a local association trade abroad: one in so many has an LEI.
_LEI_SHARE = 8


@dataclass(frozen=True, slots=True)
class Member:
    """One fictional member. registered_capital in 10,000 CNY (万元). lei: "" where it has none."""

    number: int
    uscc: str
    name: str
    story: Story
    established_on: date
    member_since: date
    registered_capital: int
    lei: str


@dataclass(frozen=True, slots=True)
class World:
    """All members as seen on `as_of`, and the dice to tell the rest with."""

    seed: int
    as_of: date
    members: tuple[Member, ...]

    def dice(self, label: str) -> Dice:
        """Return dice for the purpose `label`; the same ones each time they are asked for."""
        return Dice(self.seed, label)

    def ago(self, days: int) -> date:
        """Return the day `days` before the world is seen."""
        return self.as_of - timedelta(days=days)

    @property
    def last_year(self) -> int:
        """The last calendar year that is over."""
        return self.as_of.year - 1

    def stranger(self, number: int) -> str:
        """Return the code of a company that is no member, 0 to 99."""
        return fictional_uscc(COMPANY, ORGANS_FROM - 200 + number)

    def sole_trader(self, number: int) -> str:
        """Return the code of a sole trader, 0 to 99."""
        return fictional_uscc(SOLE_TRADER, ORGANS_FROM - 100 + number)


def make_world(seed: int, as_of: str) -> World:
    """Return the membership made from `seed`, as it is on `as_of` (an ISO date)."""
    today = date_of(as_of)
    # Organs, strangers and sole traders have numbers of their own at the end of the range.
    first = Dice(seed, "codes").between(1, ORGANS_FROM - 1_000)
    return World(
        seed,
        today,
        tuple(_member(seed, today, first, number) for number in range(len(CAST))),
    )


def _member(seed: int, today: date, first: int, number: int) -> Member:
    dice = Dice(seed, f"member {number}")
    story = story_of(number)
    # Most members of a local association are registered in its own district.
    division = DISTRICTS[0] if dice.below(_LOCAL_SHARE) else dice.pick(DISTRICTS)
    youngest, oldest = _AGES[story.foundation]
    age_days = dice.between(youngest * DAYS_A_YEAR - 60, oldest * DAYS_A_YEAR)
    established = today - timedelta(days=age_days)
    low, high = _CAPITALS[story.foundation]
    return Member(
        number=number,
        uscc=fictional_uscc(COMPANY, first + number, division),
        name=company_name(number),
        story=story,
        established_on=established,
        member_since=established + timedelta(days=min(age_days // 3, dice.between(120, 900))),
        registered_capital=dice.between(low // 50, high // 50) * 50,
        lei="" if number % _LEI_SHARE else fictional_lei(first + number),
    )
