"""Compiled cards equal the reference, or there is no export."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.boosted import BoostedSettings, fit_boosted
from tallystick.modelling.boosting import Recipe
from tallystick.modelling.tables import from_arrays
from tallystick.scorecards.certificate import Engine, certify, check_export, export_card
from tallystick.scorecards.document import Card
from tallystick.scorecards.to_duckdb import DECISIONS_MAX
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


@pytest.fixture(scope="module")
def trees() -> Card:
    """Trees of numbers with gaps and of a category, more of them than one sum holds."""
    dice = np.random.default_rng(3)
    ratio, late = dice.normal(size=(2, 600))
    sector = dice.choice(["A", "B", "'; C"], 600)
    bad = (dice.random(600) < 1 / (1 + np.exp(ratio - (sector == "B") + 1))).astype(float)
    ratio[dice.random(600) < 0.2] = np.nan
    table = from_arrays({"ratio": ratio, "late": late, "sector": sector.astype(object)})
    recipes = (Recipe(trees=70, leaves=4), Recipe(trees=70, leaves=4, random_cuts=True))
    return fit_boosted(table, bad, BoostedSettings(recipes=recipes, folds=2))


@pytest.mark.parametrize("engine", ENGINES)
def test_trees_are_certified_and_a_side_missing_goes_with_is_written_once(
    trees: Card, engine: Engine
) -> None:
    assert trees.ensemble is not None
    leaves = sum(map(len, trees.ensemble.leaf_ppm))
    assert len(trees.ensemble.leaf_ppm) > DECISIONS_MAX
    text, certificate = export_card(trees, engine)
    assert certificate["differences"] == 0
    questions = re.findall(r"card__\d+ <= " if engine == "duckdb" else r"\('cut'", text)
    assert len(questions) <= leaves
    lost, kept = {"duckdb": (" IS NULL OR ", " IS NOT NULL AND "), "polars": ("node[2]", "False")}[
        engine
    ]
    with pytest.raises(TallyError, match="certificate_unequal"):
        certify(trees, engine, text.replace(lost, kept))


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
