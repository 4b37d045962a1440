"""From a file to a card with its validation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tallystick.app.models.fitting import FitRequest, fit
from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import Card
from tallystick.scorecards.writing import card_digest, card_text, read_card

ROWS = 500
SHEET = """column,use,shape,cuts,groups
current_ratio,yes,rising,1;1.5,
late_filings,yes,falling,,
region,yes,,,east;north|south
y,no,,,
growth,no,,,
"""


def test_a_card_reads_back_to_itself_and_says_how_it_came_to_be(
    fitted: tuple[Card, dict[str, Any]],
) -> None:
    card, told = fitted
    assert read_card(card_text(card)) == card
    assert told["card"]["digest"] == card_digest(card)
    assert "a test" in card.route_reason["en"]
    assert (card.training.rows, card.training.target) == (ROWS, "y")
    assert {"validation", "environment", "leakage", "dropped"} <= card.record.keys()


def test_the_figures_are_of_rows_not_seen_and_the_organisation_is_recognised(
    fitted: tuple[Card, dict[str, Any]],
) -> None:
    card, told = fitted
    assert told["auc"]["mean"] > 0.6
    assert told["plan"]["folds"] == 2
    assert told["plan"]["groups"] < ROWS  # rows of one organisation stay together
    assert card.record["organisation"] == "organisation"


def test_the_same_seed_gives_the_same_card(
    table: Path, request_: FitRequest, fitted: tuple[Card, dict[str, Any]]
) -> None:
    assert card_digest(fit(table, request_)[0]) == card_digest(fitted[0])


def test_with_dates_and_no_folds_asked_for_it_is_judged_on_the_latest(
    table: Path, request_: FitRequest
) -> None:
    _, told = fit(table, replace(request_, cv="", time="as_of"))
    assert told["plan"]["kind"] == "temporal"
    assert told["plan"]["judged"] == ["2022-12-31..2023-12-31"]
    assert all(one["name"].startswith("2022-12-31..2023-12-31") for one in told["folds"])


def test_a_ranking_is_validated_on_rows_not_seen(ranking: Card) -> None:
    found = ranking.record["validation"]
    assert 0.5 < float(found["spearman"]) <= 1
    assert found["plan"]["folds"] == 2
    assert len(ranking.bands) > 1


def test_what_experts_state_needs_no_outcomes(table: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SHEET, "utf-8")
    card, told = fit(table, FitRequest(columns=sheet, name="stated"))
    assert (card.route, told["validated"]) == ("expert", False)
    assert {one.name for one in card.variables} == {"current_ratio", "late_filings", "region"}
    points = {term.variables[0]: term.points for term in card.terms}
    assert list(points["current_ratio"][:3]) == sorted(points["current_ratio"][:3])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"route": "", "because": ""}, "too_few_outcomes"),
        ({"target": "nothing"}, "no_column_to_read"),
        ({"target": "growth", "leave_out": ("y",)}, "unclear_outcome"),
        ({"cv": "5"}, "bad_validation_plan"),
        ({"target": ""}, "route_needs"),
    ],
)
def test_what_is_refused(
    table: Path, request_: FitRequest, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(TallyError) as refused:
        fit(table, replace(request_, **change))
    assert refused.value.code == code
