"""The membership as it is on one day."""

from __future__ import annotations

from datetime import timedelta

from tallystick.kernel.identifiers import check_uscc
from tallystick.testing.world import make_world


def test_members_join_after_they_are_founded_and_before_the_day() -> None:
    for seed in range(20):
        world = make_world(seed, "2026-11-01")
        for member in world.members:
            assert member.established_on < member.member_since < world.as_of
            assert member.registered_capital >= 50


def test_codes_of_members_strangers_and_traders_are_valid_and_never_meet() -> None:
    for seed in range(20):
        world = make_world(seed, "2026-11-01")
        codes = [member.uscc for member in world.members]
        codes += [world.stranger(number) for number in range(100)]
        codes += [world.sole_trader(number) for number in range(100)]
        assert all(check_uscc(code) is None for code in codes)
        assert len({code[8:16] for code in codes}) == len(codes)


def test_the_same_stories_hold_at_any_date() -> None:
    early, late = make_world(1, "2025-11-01"), make_world(1, "2026-11-01")
    for young, old in zip(early.members, late.members, strict=True):
        assert (young.uscc, young.name, young.story) == (old.uscc, old.name, old.story)
        assert old.established_on - young.established_on == timedelta(days=365)
