"""A membership of any size, as the facts and consents a reader would have read.

Owns `membership`. Rules: every member has one consent and at least thirty facts over all items the
association's scheme asks for; the same arguments give the same facts; the data of a fact are shared
between members and must not be changed. Made for benchmarks, where 100,000 members take seconds.

    >>> drafts = membership(count=100_000, facts_each=30)
    >>> type(next(drafts)).__name__
    'DraftGrant'
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from tallystick.kernel.dates import add_months
from tallystick.sources import DraftGrant, DraftRecord
from tallystick.testing.chance import Dice
from tallystick.testing.fact_templates import Shelf
from tallystick.testing.fiction import company_codes

FACTS_EACH_MIN = 30
PURPOSE = "association_evaluation"
CONSENTED = ("selfdeclared", "tax", "association", "honour", "visit", "finance")
_CONSENT_MONTHS = 6


def membership(
    count: int, facts_each: int = FACTS_EACH_MIN, seed: int = 20260101, as_of: str = "2026-11-01"
) -> Iterator[DraftRecord | DraftGrant]:
    """Yield, member by member, one consent and then exactly `facts_each` facts.

    count: members, 1 and up. facts_each: facts of each member, 30 and up. as_of: the ISO date the
    facts are seen at. Lines count the rows of an imagined file, from 2.

    Raises ValueError for fewer than thirty facts.
    """
    if facts_each < FACTS_EACH_MIN:
        message = f"facts_each must be at least {FACTS_EACH_MIN}"
        raise ValueError(message)
    shelf = Shelf(seed, as_of, facts_each)
    dice = Dice(seed, "membership")
    line = 1
    for subject in company_codes(seed, count):
        line += 1
        yield _grant(subject, as_of, line)
        for template in shelf.facts(dice, facts_each):
            item, key, occurred, data, source_name, source_code, document, channel = template
            yield DraftRecord(
                item,
                subject,
                key,
                occurred,
                data,
                source_name,
                source_code,
                document,
                channel,
                line,
            )


def _grant(subject: str, as_of: str, line: int) -> DraftGrant:
    """Return the consent of a member to all categories, in force on `as_of`."""
    return DraftGrant(
        subject=subject,
        document_digest=sha256(subject.encode()).hexdigest(),
        granted_on=add_months(as_of, -_CONSENT_MONTHS),
        categories=CONSENTED,
        purpose=PURPOSE,
        until=add_months(as_of, _CONSENT_MONTHS),
        line=line,
    )
