"""Facts without a subject."""

from __future__ import annotations

import pytest

from tallystick.testing.chance import Dice
from tallystick.testing.fact_templates import Shelf


@pytest.mark.parametrize("count", [30, 33, 60])
def test_a_member_is_given_as_many_facts_as_asked_all_different(count: int) -> None:
    shelf = Shelf(1, "2026-11-01", count)
    dice = Dice(1, "members")
    for _ in range(50):
        templates = list(shelf.facts(dice, count))
        assert len(templates) == count
        assert len({(one.item, one.key) for one in templates}) == count
