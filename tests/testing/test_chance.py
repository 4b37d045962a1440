"""Chance that can be repeated."""

from __future__ import annotations

from datetime import date

from tallystick.testing.chance import Dice


def draws(seed: int, label: str) -> list[object]:
    dice = Dice(seed, label)
    day = dice.day(date(2026, 1, 1), date(2026, 12, 31))
    return [dice.below(1000), dice.between(5, 9), dice.pick("abcdef"), dice.digits(6), day]


def test_the_same_seed_and_label_draw_the_same_and_others_differ() -> None:
    assert draws(1, "a") == draws(1, "a")
    assert draws(1, "a") != draws(2, "a")
    assert draws(1, "a") != draws(1, "b")


def test_the_draws_are_the_same_on_every_machine_and_version() -> None:
    dice = Dice(20260101, "known")
    assert [dice.below(1_000_000) for _ in range(5)] == [413179, 491425, 766285, 643425, 955007]


def test_every_draw_stays_within_its_bounds() -> None:
    dice = Dice(3, "bounds")
    assert {dice.below(3) for _ in range(200)} == {0, 1, 2}
    assert {dice.between(4, 6) for _ in range(200)} == {4, 5, 6}
    first, last = date(2026, 2, 27), date(2026, 3, 1)
    assert {dice.day(first, last) for _ in range(200)} == {first, date(2026, 2, 28), last}
