"""A fact: what the door of the exchange hands to an evaluation.

Owns `Fact`. Rules: a fact is read from one record in force and names it; it says through which
channel it came and whether a verifier confirmed it; nobody downstream changes it.

    >>> fact = Fact("ab" * 32, "tax.rating", {"grade": "A"}, "2025-04-30", "direct", False, None)
    >>> fact.item
    'tax.rating'
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Fact(NamedTuple):
    """One fact about one subject.

    record: id of the record it was read from, lower-case hex.
    item: code of the catalogue item.
    data: the fields of the item; decimals are text, dates ISO text, nothing is a float.
    occurred: ISO day the thing happened on.
    channel: "direct", "transcribed" or "self-declared".
    verified: a verifier confirmed it; only self-declared facts need that to count.
    until: last ISO day it may be used, None when no end is known.
    """

    record: str
    item: str
    data: dict[str, Any]
    occurred: str
    channel: str
    verified: bool
    until: str | None
