"""Alarms before a fit: look-ahead dates, and an answer for each column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tallystick.app.models.fitting import FitRequest, fit
from tallystick.app.models.validating import ValidateRequest, validate
from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import Card

WHY = "taken from the accounts of the year before"


@pytest.fixture
def leaking(table: Path, tmp_path: Path) -> Path:
    """The organisations with two columns that know the outcome and one of later dates."""
    frame = pl.read_parquet(table)
    late = pl.Series("filed_on", ["2019-06-30", "2031-03-01"] * (len(frame) // 2))
    known = [(pl.col("y") * 9 + pl.col("growth") / 100).alias(name) for name in ("one", "two")]
    path = tmp_path / "leaking.parquet"
    frame.with_columns(late, *known).write_parquet(path)
    return path


def alarms(card: Card) -> dict[str, tuple[str, str]]:
    return {one["column"]: (one["code"], one["accepted_because"]) for one in card.record["leakage"]}


def test_dates_later_than_the_observation_are_noted_though_they_are_no_variables(
    leaking: Path, request_: FitRequest
) -> None:
    asked = replace(request_, leave_out=("growth", "one", "two"))
    assert alarms(fit(leaking, asked)[0]) == {"filed_on": ("look_ahead_unused", "")}
    asked = replace(asked, leave_out=(*asked.leave_out, "filed_on"))
    assert alarms(fit(leaking, asked)[0]) == {}


def test_a_linear_fit_is_warned_of_later_dates_too(leaking: Path) -> None:
    asked = FitRequest(
        target="growth", route="linear", because="a test", leave_out=("y",), cv="1x2"
    )
    assert alarms(fit(leaking, asked)[0]) == {"filed_on": ("look_ahead_unused", "")}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((f"one={WHY}", "two=measured before the outcome"), "measured before the outcome"),
        ((WHY,), WHY),
        (("two=measured before the outcome", WHY), "measured before the outcome"),
    ],
)
def test_each_alarm_is_answered_by_column_or_by_one_reason_for_all(
    leaking: Path, request_: FitRequest, answers: tuple[str, ...], said: str
) -> None:
    card, _ = fit(leaking, replace(request_, accept_leakage=answers))
    found = alarms(card)
    assert found["one"] == ("too_good", WHY)
    assert found["two"] == ("too_good", said)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((f"one={WHY}",), "leakage_suspected"),
        ((f"one={WHY}", "two=short"), "leakage_suspected"),
        ((f"thre={WHY}",), "no_such_alarm"),
    ],
)
def test_an_answer_for_one_column_answers_for_no_other(
    leaking: Path, request_: FitRequest, answers: tuple[str, ...], code: str
) -> None:
    with pytest.raises(TallyError) as refused:
        fit(leaking, replace(request_, accept_leakage=answers))
    assert refused.value.code == code


def test_the_file_of_the_fit_is_known_again_without_a_row_and_in_another_order(
    card: Card, table: Path, tmp_path: Path
) -> None:
    path = tmp_path / "again.csv"
    frame = pl.read_parquet(table).sample(fraction=1, shuffle=True, seed=3)
    frame.head(len(frame) - 1).write_csv(path)
    found = validate(card, path, ValidateRequest())
    assert not found["seen"]
    assert found["rows_in_fit"]["beyond_chance"]
    assert found["rows_in_fit"]["share"] == 1.0


def test_other_organisations_are_not_taken_for_those_of_the_fit(card: Card, tmp_path: Path) -> None:
    from tests.app.models.conftest import organisations  # noqa: PLC0415 - rows only this test needs

    path = tmp_path / "others.csv"
    organisations(seed=9).write_csv(path)
    found: dict[str, Any] = validate(card, path, ValidateRequest())["rows_in_fit"]
    assert found["known"]
    assert not found["beyond_chance"]
    assert np.isfinite(found["by_chance"])
