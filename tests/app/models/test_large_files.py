"""A table too large for memory gives the card and the figures it gives in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tallystick.app.models.comparing import compare
from tallystick.app.models.fitting import FitRequest, fit
from tallystick.app.models.validating import ValidateRequest, validate
from tallystick.kernel.errors import TallyError
from tallystick.modelling.tables import MemoryTable
from tallystick.scorecards.writing import card_text


@pytest.fixture
def untidy(table: Path, tmp_path: Path) -> Path:
    """The organisations with a weight, texts for numbers, and outcomes that are not known."""
    held = pl.read_parquet(table).with_columns(
        late_filings=pl.col("late_filings").cast(pl.String).replace("4", "NA"),
        w=pl.int_range(pl.len()) % 2 + 1,
        y=pl.when(pl.int_range(pl.len()) % 50 == 3).then(None).otherwise(pl.col("y")),
        text=pl.col("as_of"),
    )
    path = tmp_path / "untidy.parquet"
    held.write_parquet(path)
    return path


def on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be small enough for memory, and no table be put there."""

    def refused(*_: Any) -> None:
        pytest.fail("a table was taken into memory")

    monkeypatch.setattr("tallystick.modelling.opening.MEMORY_BYTES_MAX", 0)
    monkeypatch.setattr(MemoryTable, "take", refused)


@pytest.mark.parametrize("cv", ["1x2", "", "none"])
def test_a_file_left_on_disk_gives_the_card_and_figures_of_memory(
    untidy: Path, request_: FitRequest, monkeypatch: pytest.MonkeyPatch, cv: str
) -> None:
    asked = replace(request_, cv=cv, weight="w")
    checks = ValidateRequest(weight="w", by=("region",), rejected=untidy)
    card, told = fit(untidy, asked)
    checked = validate(card, untidy, checks)
    compared = compare(card, card, untidy, "y")
    on_disk(monkeypatch)
    again, told_again = fit(untidy, asked)
    assert card_text(again) == card_text(card)
    assert told_again == told
    assert validate(card, untidy, checks) == checked
    assert compare(card, card, untidy, "y") == compared


@pytest.mark.parametrize("route", ["linear", "additive", "boosted"])
def test_every_route_fits_a_file_left_on_disk(
    table: Path, request_: FitRequest, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    asked = replace(request_, route=route, cv="none")
    if route == "linear":
        asked = replace(asked, target="growth", leave_out=("y",))
    card, _ = fit(table, asked)
    on_disk(monkeypatch)
    assert card_text(fit(table, asked)[0]) == card_text(card)


def test_refusals_and_alarms_look_at_a_file_left_on_disk_too(
    table: Path, request_: FitRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk(monkeypatch)
    held = pl.read_parquet(table)
    mobile = 13_800_000_000 + np.random.default_rng(0).integers(0, 10**8, len(held))
    for column, code in (
        (pl.col("y").alias("copy"), "leakage_suspected"),
        (pl.Series("number", np.arange(len(held))), "leakage_suspected"),
        (pl.col("region").alias("gender"), "refused_columns"),
        (pl.Series("x9", mobile), "refused_columns"),
    ):
        path = tmp_path / f"{code}.parquet"
        held.with_columns(column).write_parquet(path)
        with pytest.raises(TallyError) as refused:
            fit(path, request_)
        assert refused.value.code == code
