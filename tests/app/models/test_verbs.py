"""What is done with a card and a table: validate, score, explain, compare, export, a sheet."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import polars as pl
import pytest

from tallystick.app.models.columns import sheet
from tallystick.app.models.comparing import compare
from tallystick.app.models.explaining import Which, explain
from tallystick.app.models.exporting import export
from tallystick.app.models.figures import as_numbers
from tallystick.app.models.fitting import FitRequest, fit
from tallystick.app.models.scoring import score
from tallystick.app.models.validating import ValidateRequest, validate
from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import Card, Ensemble, Outcome
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.trees import parse_trees


@pytest.fixture(scope="module")
def poor(table: Path, request_: FitRequest) -> Card:
    """A card of one variable, clearly worse than that of two."""
    asked = replace(request_, leave_out=("growth", "late_filings"), name="poor")
    return fit(table, asked)[0]


@pytest.fixture
def other(table: Path, tmp_path: Path) -> Path:
    """The same organisations as another file: two columns changed places."""
    path = tmp_path / "other.csv"
    pl.read_parquet(table).select(pl.all().reverse()).write_csv(path)
    return path


def test_on_the_rows_of_the_fit_the_cross_validated_figures_come_first(
    card: Card, table: Path
) -> None:
    found = validate(card, table, ValidateRequest())
    assert found["seen"]
    assert found["auc"]["mean"] == float(card.record["validation"]["auc"]["mean"])
    assert found["within_the_sample"]["auc"]["mean"] != found["auc"]["mean"]


def test_another_file_is_judged_as_it_stands(card: Card, other: Path) -> None:
    found = validate(card, other, ValidateRequest(by=("region",), rejected=other))
    assert not found["seen"]
    assert [one["by"] for one in found["groups"]] == ["region"]
    assert {one["group"] for one in found["groups"][0]["groups"]} == {"east", "north", "south"}
    assert found["rejected"]["rejected_rows"] == 500
    assert not found["stability"]["beyond_chance"]


def test_a_ranking_is_told_by_its_validation_too(ranking: Card, table: Path) -> None:
    found = validate(ranking, table, ValidateRequest())
    assert found["seen"]
    assert found["spearman"] == float(ranking.record["validation"]["spearman"])
    assert set(found["within_the_sample"]) >= {"spearman", "kendall"}


@pytest.mark.parametrize("asked", [{"by": ("region",)}, {"rejected": Path("rejected.csv")}])
def test_groups_and_the_rejected_are_asked_of_good_and_bad_only(
    ranking: Card, table: Path, asked: dict[str, Any]
) -> None:
    with pytest.raises(TallyError) as refused:
        validate(ranking, table, ValidateRequest(**asked))
    assert refused.value.code == "ranks_only"


def test_a_table_is_scored_as_the_reference_interpreter_says(
    card: Card, table: Path, tmp_path: Path
) -> None:
    found = score(card, table, tmp_path / "scores.parquet", keep=("organisation",))
    made = pl.read_parquet(tmp_path / "scores.parquet")
    assert made.columns == ["organisation", "score", "pd", "reasons"] == found["columns"]
    interpreter = Interpreter(card)
    rows = pl.read_parquet(table).to_dicts()
    assert made["score"].to_list() == [interpreter.one(row).score for row in rows]
    assert sum(one["rows"] for one in found["bands"]) == 500


def test_an_unequal_score_leaves_no_file(
    card: Card, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tallystick.app.models.scoring.Interpreter",
        lambda held: Interpreter(replace(held, offset=held.offset + 1)),
    )
    with pytest.raises(TallyError) as refused:
        score(card, table, tmp_path / "scores.parquet")
    assert refused.value.code == "unequal_scores"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("baseline", ["mean", "best"])
def test_an_explanation_adds_up_and_its_reasons_are_below_the_baseline(
    card: Card, table: Path, baseline: str
) -> None:
    found = explain(card, table, Which(7, "", ""), "mean" if baseline == "mean" else "best")
    row = pl.read_parquet(table).to_dicts()[6]
    assert found["score"] == Interpreter(card).one(row).score
    assert all(one["points"] < 0 and one["zh"] and one["en"] for one in found["reasons"])
    if baseline == "best":
        assert all(one["points"] <= 0 for one in found["variables"])


def test_an_organisation_is_found_by_its_code_with_its_column_or_without(
    card: Card, table: Path
) -> None:
    code = pl.read_parquet(table)["organisation"][3]
    found = explain(card, table, Which(0, "", code))
    assert found == explain(card, table, Which(0, "organisation", code))
    assert found["row"] <= 4


@pytest.mark.parametrize(
    ("which", "code"),
    [
        (Which(0, "", ""), "which_row"),
        (Which(501, "", ""), "no_such_row"),
        (Which(0, "organisation", "org-x"), "no_such_code"),
        (Which(0, "organization", "org-1"), "no_code_column"),
    ],
)
def test_a_row_that_cannot_be_found_is_said(
    card: Card, table: Path, which: Which, code: str
) -> None:
    with pytest.raises(TallyError) as refused:
        explain(card, table, which)
    assert refused.value.code == code


def test_the_difference_is_that_of_the_challenger_to_the_champion(
    card: Card, poor: Card, table: Path
) -> None:
    found = compare(card, poor, table, "y")
    gap = found["challenger"]["auc"] - found["champion"]["auc"]
    assert gap < 0
    assert found["delong"]["mean"] == pytest.approx(gap, abs=2e-6)
    assert found["difference"]["mean"] == pytest.approx(gap, abs=2e-6)
    assert sum(one["rows"] for one in found["moved"]) == found["rows"] == 500
    assert found["champion"]["fitted_on_these_rows"]


def test_weights_count_as_rows_repeated_in_every_verb(
    card: Card, poor: Card, table: Path, tmp_path: Path
) -> None:
    held = pl.read_parquet(table).with_columns(w=pl.int_range(pl.len()) % 3)
    weighed, again = tmp_path / "weighed.parquet", tmp_path / "again.parquet"
    held.write_parquet(weighed)
    repeated = [at for at, w in enumerate(held["w"]) for _ in range(w)]
    held.drop("w")[repeated].write_parquet(again)
    total, bad = float(held["w"].sum()), float((held["w"] * held["y"]).sum())
    one = compare(card, poor, weighed, "y", weight="w")
    other = compare(card, poor, again, "y")
    assert (one["rows"], one["weight"], one["bad_weight"]) == (500, total, bad)
    assert (other["rows"], other["bads"]) == (total, bad)
    assert one["delong"] == pytest.approx(other["delong"], abs=2e-6)
    for side in ("champion", "challenger"):
        for name in ("auc", "ks", "brier", "log_loss"):
            assert one[side][name] == pytest.approx(other[side][name], abs=2e-6)
    assert [m["weight"] for m in one["moved"]] == [m["rows"] for m in other["moved"]]
    asked = ValidateRequest(weight="w", by=("region",), rejected=weighed)
    one = validate(card, weighed, asked)
    other = validate(card, again, replace(asked, weight="", rejected=again))
    for a, b in zip(one["outcomes"]["bands"], other["outcomes"]["bands"], strict=True):
        assert (a["weight"], a["bad_weight"], a["rate"]) == (b["rows"], b["bads"], b["rate"])
    for a, b in zip(one["groups"][0]["groups"], other["groups"][0]["groups"], strict=True):
        assert (a["weight"], a["rate"], a["auc"]) == (b["rows"], b["rate"], b["auc"])
    assert one["rejected"]["band"] == other["rejected"]["band"]


def test_a_card_is_exported_with_an_equal_certificate(card: Card) -> None:
    text, told = export(card, "duckdb")
    assert told["equal"]
    assert "SELECT" in text


def test_the_sheet_has_a_row_for_each_column_that_may_be_used(table: Path) -> None:
    written, told = sheet(table, "y")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    names = ["current_ratio", "late_filings", "region", "growth"]
    assert [row["column"] for row in rows] == names
    assert [one["column"] for one in told["columns"]] == names


def test_decimal_texts_become_numbers_and_other_texts_stay() -> None:
    held = {"auc": "0.5", "seeds": [0], "digest": "12e4", "day": "2026-01-01", "low": "-1.0e-05"}
    assert as_numbers(held) == {
        "auc": 0.5,
        "seeds": [0],
        "digest": "12e4",
        "day": "2026-01-01",
        "low": -1e-05,
    }


@pytest.fixture
def trees(card: Card) -> Card:
    """A card of five trees of one column, which fall as it rises."""
    late = np.arange(400.0)[:, None] % 9
    asked = {"objective": "binary", "num_leaves": 4, "verbose": -1, "num_threads": 1, "seed": 1}
    text = lightgbm.train(asked, lightgbm.Dataset(late, late[:, 0] > 4), 5).model_to_string()
    leaves = tuple(tuple(round(-1e6 * one) for one in tree.leaf) for tree in parse_trees(text, 1))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return replace(
        card,
        kind="trees",
        route="boosted",
        variables=tuple(one for one in card.variables if one.name == "late_filings"),
        terms=(),
        offset=0,
        scaling=None,
        outcome=Outcome(),
        ensemble=Ensemble(text, digest, ("late_filings",), {}, leaves),
    )


def test_trees_are_explained_in_log_odds_that_add_up_and_not_in_points(
    trees: Card, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("late_filings\n8\n0\n", encoding="utf-8")
    worst, best = (explain(trees, file, Which(at, "", "")) for at in (1, 2))
    assert worst["unit"] == "log-odds"
    (share,), (reason,) = worst["variables"], worst["reasons"]
    assert "points" not in share
    assert "points" not in reason
    assert share["log_odds"] == reason["log_odds"] < 0
    apart = worst["score"] - best["score"]  # raw sums, as this card has no table of outcomes
    assert round(1e6 * (share["log_odds"] - best["variables"][0]["log_odds"])) == apart
    told, times = f"{-share['log_odds']:.4f}", f"{np.exp(share['log_odds']):.2f}"
    for language in ("zh", "en"):
        assert told in reason[language]
        assert times in reason[language]


def test_trees_are_not_said_to_be_compared_with_the_best(trees: Card, table: Path) -> None:
    with pytest.raises(TallyError) as refused:
        explain(trees, table, Which(1, "", ""), "best")
    assert refused.value.code == "no_such_baseline"
