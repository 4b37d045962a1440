"""The page of the scorecard says what the program does: its fields, and its worked example."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from math import inf
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.kernel import canonical
from tallystick.scorecards import document
from tallystick.scorecards.certificate import certify
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.to_duckdb import duckdb_sql
from tallystick.scorecards.writing import card_digest, read_card

if TYPE_CHECKING:
    from tallystick.scorecards.document import Card

VALUES = {"infinite": inf, "missing": None}


@pytest.fixture(scope="module")
def page(documents: dict[str, str]) -> str:
    return documents["docs/spec/scorecard.md"]


@pytest.fixture(scope="module")
def card(page: str) -> Card:
    [block] = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return read_card(canonical.encode(json.loads(block)))


@pytest.mark.parametrize("made", ["Card", "Variable", "Term", "Axis", "Scaling", "Outcome", "Band",
                                  "Ensemble", "Training"])  # fmt: skip
def test_every_field_is_on_the_page(page: str, made: str) -> None:
    for field in fields(getattr(document, made)):
        assert f"`{field.name}`" in page, field.name


def test_the_example_has_the_digest_the_page_says(page: str, card: Card) -> None:
    assert f"`{card_digest(card)}`" in page


def test_the_example_scores_as_worked_by_hand(page: str, card: Card) -> None:
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (\d), (\d) \| .* = (\d+) \| (\S+) \| (\w+) \|$",
                      page, re.MULTILINE)  # fmt: skip
    assert len(rows) == 6
    for margin, sector, one, other, raw, pd, band in rows:
        row: dict[str, Any] = {
            "margin": VALUES[margin] if margin in VALUES else float(margin),
            "sector": VALUES.get(sector, sector),
        }
        said = Interpreter(card).one(row)
        assert said.cells == (int(one), int(other))
        assert (said.raw, said.score, said.band) == (int(raw), int(raw), band)
        assert said.pd_ppm is not None
        assert said.pd_ppm / 1_000_000 == float(pd)


def test_the_certificate_has_the_fields_of_the_page(page: str, card: Card) -> None:
    for name in certify(card, "duckdb", duckdb_sql(card)):
        assert f"`{name}`" in page, name
