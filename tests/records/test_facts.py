from __future__ import annotations

import pytest

from tallystick.records import Fact

FACT = Fact(
    "ab" * 32, "tax.rating", {"grade": "A"}, "2025-04-30", "direct", verified=True, until=None
)


def test_nobody_downstream_changes_a_fact() -> None:
    with pytest.raises(AttributeError):
        FACT.verified = False  # type: ignore[misc]


def test_the_parts_of_a_fact_stand_in_the_order_evaluations_rely_on() -> None:
    assert Fact._fields == ("record", "item", "data", "occurred", "channel", "verified", "until")
