"""What a sealed proposal was made from and may not be read any more.

Owns the one rule: a proposal is read like the facts it was made from. An item whose state could not
have been told without reading it, though it held no fact, was read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

READ_STATES = frozenset({"known", "unverified"})


def closed_items(result: Mapping[str, Any], withheld: Collection[str]) -> list[str]:
    """Return the items that `result` was made from and the door withholds now, in order.

    result: of a sealed proposal. withheld: items, as the door names them today.
    """
    items = result["coverage"]["items"]
    read = [one["item"] for one in items if one["state"] in READ_STATES]
    return [item for item in read if item in withheld]


def without_figures(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return `result` with nothing left that what it read can be worked out from."""
    blank = ("score", "band", "band_code", "band_before_rules", "band_before_rules_code", "light")
    return {
        **result,
        **dict.fromkeys((*blank, "grade")),
        "contributions": [
            {**one, "score": None, "product": None} for one in result["contributions"]
        ],
        "indicators": [
            {**one, "state": "withheld", "value": None, "points": None, "records": [], **_card(one)}
            for one in result["indicators"]
        ],
        "reasons": [],
        "rules_hit": [],
    }


def _card(one: Mapping[str, Any]) -> dict[str, None]:
    """Return that the card of an indicator says nothing, where it has one."""
    return {"card": None} if "card" in one else {}
