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
    card, told = fit(table, replace(request_, cv="", time="as_of"))
    assert told["plan"]["kind"] == "temporal"
    assert told["plan"]["judged"] == ["2022-12-31..2023-12-31"]
    assert card.record["split_by_time"]
    assert all(one["name"].startswith("2022-12-31..2023-12-31") for one in told["folds"])


@pytest.mark.parametrize("cv", ["1x2", "none"])
def test_a_card_whose_rows_were_not_split_by_their_dates_says_so(
    table: Path, request_: FitRequest, cv: str
) -> None:
    card, told = fit(table, replace(request_, cv=cv, time="as_of"))
    assert (card.record["time"], card.record["split_by_time"]) == ("as_of", False)
    assert told["split_by_time"] is False


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


@pytest.mark.parametrize(
    ("route", "code"),
    [
        ("logistic", "too_few_rows"),
        ("additive", "too_few_rows"),
        ("boosted", "too_few_rows"),
        ("linear", "not_a_ranking"),
    ],
)
@pytest.mark.parametrize("cv", ["", "5x5"])
def test_ten_rows_are_too_few_whatever_is_asked(
    tmp_path: Path, route: str, code: str, cv: str
) -> None:
    file = tmp_path / "ten.csv"
    rows = [f"{at},{at * 7 % 5},{at % 2}" for at in range(10)]
    file.write_text("\n".join(["x,z,y", *rows]), "utf-8")
    asked = FitRequest(target="y", route=route, because="a test", cv=cv)
    with pytest.raises(TallyError) as refused:
        fit(file, asked)
    assert refused.value.code == code
    assert refused.value.reason.remedy.zh


def test_every_fault_of_a_sheet_is_told(table: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "column,use,shape\ncurrent_ratio,perhaps,wavy\nno_such,,\nregion,,rounded\n", "utf-8"
    )
    with pytest.raises(TallyError) as refused:
        fit(table, FitRequest(columns=sheet, name="stated"))
    assert refused.value.code == "bad_statements"
    told = refused.value.text
    assert "4 faults" in told.en
    assert [told.en.count(f"line {line}") for line in (2, 3, 4)] == [2, 1, 1]
    assert "（current_ratio）" in told.zh
    assert "no_such" in told.zh
