"""A small table of organisations, its card, and one fitted by somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tallystick.app.models.fitting import FitRequest, fit
from tallystick.scorecards.document import Card

ROWS = 500


def organisations(seed: int = 0, rows: int = ROWS) -> pl.DataFrame:
    """Return invented organisations: two columns matter, one does not, `y` is 1 for bad."""
    rng = np.random.default_rng(seed)
    ratio, late = rng.normal(1.2, 0.5, rows).round(3), rng.poisson(1.5, rows)
    odds = -0.8 - 2 * (ratio - 1.2) + 0.6 * (late - 1.5)
    held: dict[str, Any] = {
        "organisation": [f"org-{at:03}" for at in rng.integers(0, rows // 2, rows)],
        "as_of": [f"20{year}-12-31" for year in rng.integers(20, 24, rows)],
        "current_ratio": [None if at % 50 == 0 else one for at, one in enumerate(ratio)],
        "late_filings": late,
        "region": rng.choice(["east", "north", "south"], rows),
        "y": (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int),
        "growth": (ratio * 10 + rng.normal(0, 1, rows)).round(3),
    }
    return pl.DataFrame(held, strict=False)


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The organisations as a file."""
    path = tmp_path_factory.mktemp("models") / "organisations.parquet"
    organisations().write_parquet(path)
    return path


@pytest.fixture(scope="session")
def request_() -> FitRequest:
    """What is asked of a fit: two folds, a stated reason."""
    return FitRequest(
        target="y", route="logistic", because="a test", cv="1x2", leave_out=("growth",), name="one"
    )


@pytest.fixture(scope="session")
def fitted(table: Path, request_: FitRequest) -> tuple[Card, dict[str, Any]]:
    """A logistic card of the organisations and what is said of its fit."""
    return fit(table, request_)


@pytest.fixture(scope="session")
def card(fitted: tuple[Card, dict[str, Any]]) -> Card:
    """The card alone."""
    return fitted[0]


@pytest.fixture(scope="session")
def ranking(table: Path) -> Card:
    """A linear card: growth by the same columns."""
    asked = FitRequest(
        target="growth", route="linear", because="a test", leave_out=("y",), name="other", cv="1x2"
    )
    return fit(table, asked)[0]
