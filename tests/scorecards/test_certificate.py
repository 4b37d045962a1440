"""Compiled cards equal the reference, or there is no export."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.scorecards.certificate import Engine, certify, check_export, export_card
from tallystick.testing.cards import random_card

ENGINES: tuple[Engine, ...] = ("duckdb", "polars")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(3))
def test_random_cards_with_hostile_names_are_certified_equal(engine: Engine, seed: int) -> None:
    card = random_card(seed)
    text, certificate = export_card(card, engine)
    assert certificate["differences"] == 0
    check_export(card, text, certificate)


@pytest.mark.parametrize(
    ("engine", "right", "wrong"),
    [
        ("duckdb", " <= ", " < "),
        ("duckdb", "IS NULL", "IS NOT NULL"),
        ("polars", "value <= most", "value < most"),
        ("polars", ".fill_nan(None)", ""),
    ],
)
def test_a_broken_compiler_gets_no_certificate(engine: Engine, right: str, wrong: str) -> None:
    card = random_card(1)
    text, _ = export_card(card, engine)
    assert right in text
    with pytest.raises(TallyError) as refused:
        certify(card, engine, text.replace(right, wrong))
    assert refused.value.code == "certificate_unequal"


@pytest.mark.parametrize("change", ["none", "text", "card"])
def test_an_export_without_its_certificate_is_refused(change: str) -> None:
    card = random_card(1)
    text, found = export_card(card, "duckdb")
    certificate: dict[str, Any] | None = None if change == "none" else found
    with pytest.raises(TallyError) as refused:
        check_export(
            random_card(2) if change == "card" else card,
            text + " " if change == "text" else text,
            certificate,
        )
    assert refused.value.code == "no_certificate"
