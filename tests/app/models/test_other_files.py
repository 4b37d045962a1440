"""A card on other files than its own: columns that vary no more, other outcomes, nothing to use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from tallystick.app.models.columns import sheet
from tallystick.app.models.comparing import compare
from tallystick.app.models.data import open_file
from tallystick.app.models.fitting import FitRequest, fit
from tallystick.app.models.validating import ValidateRequest, validate
from tallystick.kernel.errors import TallyError
from tallystick.modelling.fitting import scores_of
from tallystick.scorecards.binding import with_validation
from tallystick.scorecards.document import Axis, Card, Outcome, Term, Training, Variable

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

ROWS = 200
DICE = np.random.default_rng(1)
Y = (DICE.random(ROWS) < 0.4).astype(int)
MARGIN = DICE.normal(size=ROWS) - Y
CARD = Card(
    "other",
    "logistic",
    "points",
    (Variable("margin", "number"), Variable("sector", "category")),
    (
        Term((Axis("margin", "number", thresholds=("0.0",)),), (1, 3, 2)),
        Term((Axis("sector", "category", groups=(("1",), ("2",))),), (10, 20, 30, 40)),
    ),
    outcome=Outcome((20,), (), (600_000, 300_000)),
)


def written(folder: Path, **changed: Any) -> Path:
    columns = {"margin": MARGIN, "sector": np.where(MARGIN > 1, 1.0, 2.0), "y": Y, "z": 1 - Y}
    file = folder / "other.parquet"
    parquet.write_table(pa.table(columns | changed), file)
    return file


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"margin": np.ones(ROWS)},
        {"margin": pa.array([None] * ROWS, pa.float64())},
        {"margin": pa.array([""] * ROWS)},
        {"sector": ["1"] * ROWS},
        {"sector": [f"k{row}" for row in range(ROWS)]},
        {"sector": ["1", "two"] * (ROWS // 2)},
        {"margin": np.full(ROWS, 20_260_101.0)},
    ],
)
def test_a_column_of_the_card_is_read_whatever_it_holds_in_another_file(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    file = written(tmp_path, **changed)
    assert validate(CARD, file, ValidateRequest("y"))["data"]["rows"] == ROWS
    assert compare(CARD, CARD, file, "y")["rows"] == ROWS


def test_figures_of_another_outcome_are_not_those_of_the_fit(tmp_path: Path) -> None:
    file = written(tmp_path)
    digest = validate(CARD, file, ValidateRequest("y"))["data"]["digest"]
    crossed = {"auc": {"mean": "0.999000", "low": "0.990000", "high": "1.000000"}}
    card = replace(CARD, training=Training(digest, file.name, "y", ROWS, int(Y.sum())))
    card = with_validation(card, crossed)
    assert validate(card, file, ValidateRequest("y"))["auc"]["mean"] == 0.999
    assert validate(card, file, ValidateRequest("z"))["auc"]["mean"] < 0.5
    assert validate(card, file, ValidateRequest("y", bad="0"))["auc"]["mean"] < 0.5


def test_figures_of_other_points_are_not_those_of_the_card(tmp_path: Path) -> None:
    file = written(tmp_path)
    digest = validate(CARD, file, ValidateRequest("y"))["data"]["digest"]
    crossed = {"auc": {"mean": "0.999000", "low": "0.990000", "high": "1.000000"}}
    card = replace(CARD, training=Training(digest, file.name, "y", ROWS, int(Y.sum())))
    found = validate(replace(with_validation(card, crossed), offset=5), file, ValidateRequest("y"))
    assert found["validation_belongs"] is False
    assert found["seen"]
    assert found["auc"]["mean"] < 0.9
    assert validate(card, file, ValidateRequest("y"))["validation_belongs"] is None


@pytest.mark.parametrize("route", ["logistic", "boosted", "expert"])
def test_a_file_without_a_column_to_use_is_refused(tmp_path: Path, route: str) -> None:
    file = written(tmp_path, margin=np.ones(ROWS), sector=["1"] * ROWS, z=np.zeros(ROWS))
    with pytest.raises(TallyError, match="no_inputs"):
        fit(file, FitRequest(target="y", route=route, because="a test", cv="1x2"))


def test_a_column_that_names_the_organisation_is_no_input(tmp_path: Path) -> None:
    codes = np.arange(ROWS) // 2
    names: dict[str, Any] = {"uscc": [f"org-{one:03}" for one in codes]}
    names["name"] = [f"Sample {one}" for one in codes]
    names["uscc"][5] = None  # whose it is may be unknown in a row
    opened = open_file(written(tmp_path, **names), target="y")
    assert opened.organisation == "uscc"
    assert "name" not in opened.table.names
    assert "sector" in opened.table.names
    [one] = [one for one in opened.treatments_json() if one["column"] == "name"]
    assert one["code"] == "names_organisation"
    shared = {**names, "name": [f"Sample {one // 2}" for one in codes]}
    assert "name" in open_file(written(tmp_path, **shared), target="y").table.names


def test_a_card_of_no_variable_gives_every_row_its_offset(tmp_path: Path) -> None:
    """Such a card comes out of a fold in which nothing told good from bad."""
    bare = replace(CARD, variables=(), terms=(), offset=15)
    opened = open_file(written(tmp_path), target="y")
    score, pd = scores_of(bare, opened.table)
    assert score.tolist() == [15] * ROWS
    assert set(pd.tolist()) == {0.6}


def test_problems_of_a_fit_are_told_in_both_languages(tmp_path: Path) -> None:
    mixed = [str(at) if at % 2 else "about" for at in range(ROWS)]
    asked = FitRequest(target="y", route="logistic", because="a test", cv="1x2", leave_out=("z",))
    _, told = fit(written(tmp_path, rate=mixed), replace(asked, name="mixed"))
    [problem] = told["problems"]
    assert "rate" in problem["message"]["zh"]
    assert "holds" in problem["message"]["en"]


def test_one_organisation_written_in_two_ways_is_one(tmp_path: Path) -> None:
    ways = ["91x-001", "91X001", "９１x 001", "91x002", None]
    opened = open_file(written(tmp_path, uscc=[*ways] * (ROWS // 5)), target="y")
    assert opened.organisations is not None
    first = opened.organisations[:5].tolist()
    assert len(set(first[:3])) == 1
    assert len(set(first)) == 3
    assert len(set(opened.organisations.tolist())) == 2 + ROWS // 5  # without a code each its own


def test_a_column_of_amounts_is_refused_until_somebody_says_what_it_is(
    table: Path, request_: FitRequest, tmp_path: Path
) -> None:
    path = tmp_path / "amounts.csv"
    amounts = pl.read_parquet(table).with_columns(late_filings=pl.format("￥{}", "late_filings"))
    amounts.write_csv(path)
    with pytest.raises(TallyError) as refused:
        fit(path, request_)
    assert refused.value.code == "looks_like_numbers"
    assert "late_filings" in refused.value.text.en
    left_out = replace(request_, leave_out=("growth", "late_filings"))
    assert "late_filings" not in fit(path, left_out)[0].variable
    written, _ = sheet(path, "y")
    columns = tmp_path / "columns.csv"
    columns.write_bytes(written)
    with pytest.raises(TallyError, match="looks_like_numbers"):
        fit(path, replace(request_, columns=columns))  # what the sheet found is no statement
    stated = written.replace(b"late_filings,yes,,", b"late_filings,yes,category,")
    assert stated != written
    columns.write_bytes(stated)
    card, _ = fit(path, replace(request_, columns=columns))
    assert card.variable["late_filings"].kind == "category"
