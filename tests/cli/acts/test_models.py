"""The commands of models, run as a modeller runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from tallystick.testing.demo import OFFICER

if TYPE_CHECKING:
    from tests.cli.conftest import Demo, Said, Tally

ROWS = 400


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table of invented organisations."""
    rng = np.random.default_rng(1)
    ratio, late = rng.normal(1.2, 0.5, ROWS).round(3), rng.poisson(1.5, ROWS)
    bad = rng.random(ROWS) < 1 / (1 + np.exp(0.8 + 2 * (ratio - 1.2) - 0.6 * (late - 1.5)))
    path = tmp_path_factory.mktemp("models")
    held = {
        "organisation": [f"org-{at}" for at in range(ROWS)],
        "current_ratio": ratio,
        "late_filings": late,
        "region": rng.choice(["east", "north"], ROWS),
        "y": bad.astype(int),
    }
    pl.DataFrame(held).write_csv(path / "organisations.csv")
    return path


@pytest.fixture
def at(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder of one's own with the table in it."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fit(tally: Tally, *more: str) -> Said:
    asked = ("--target", "y", "--route", "logistic", "--because", "a test", "--cv", "1x2")
    return tally("model", "fit", "organisations.csv", *asked, "-o", "card.json", *more)


def test_a_modeller_goes_from_a_table_to_a_page(tally: Tally, at: Path) -> None:
    said = fit(tally)
    assert said.status == 0, said.err
    assert "AUC" in said.out
    for words, shown in (
        (("validate", "card.json", "organisations.csv", "--by", "region"), "By region"),
        (("score", "card.json", "organisations.csv", "-o", "scores.parquet"), "Scored 400 rows"),
        (("explain", "card.json", "organisations.csv", "--row", "7"), "Row 7: score"),
        (("explain", "card.json", "organisations.csv", "--code", "org-6"), "Row 7: score"),
        (("compare", "card.json", "card.json", "organisations.csv"), "0.0000 (95%: 0.0000 to"),
        (("export", "card.json", "--to", "duckdb", "-o", "card.sql"), "Certificate: equal"),
        (("show", "card.json"), "late_filings"),
        (("show", "card.json", "-o", "card.html"), "Written: "),
    ):
        said = tally("model", *words)
        assert said.status == 0, said.err
        assert shown in said.out
    assert (at / "card.sql.certificate.json").is_file()


def test_every_command_speaks_chinese_and_json(tally: Tally, at: Path) -> None:
    assert "AUC" in fit(tally, "--lang", "zh").out
    found = tally("model", "validate", "card.json", "organisations.csv", "--json").json()
    assert {"auc", "ks", "brier", "log_loss", "average_precision", "calibration"} <= found.keys()
    assert {"mean", "low", "high"} <= found["auc"].keys()
    shown = tally("model", "validate", "card.json", "organisations.csv", "--lang", "zh").out
    assert "各段的结果" in shown
    assert json.loads((at / "card.json").read_bytes())


def test_weights_stand_beside_the_counts_on_every_page(tally: Tally, at: Path) -> None:
    table = pl.read_csv(at / "organisations.csv").with_columns(pl.lit(2.5).alias("w"))
    table.write_csv(at / "organisations.csv")
    weighed = ("organisations.csv", "--weight", "w")
    assert "Bad weight" in fit(tally, "--weight", "w").out
    said = tally("model", "validate", "card.json", *weighed, "--by", "region").out
    assert said.count("Bad weight") == 2
    shown = tally("model", "compare", "card.json", "card.json", *weighed)
    assert "The weights add up to 1000, " in shown.out
    table.reverse().write_csv(at / "other.csv")
    assert "Bad weight" not in tally("model", "validate", "card.json", "other.csv").out
    tally("model", "show", "card.json", "-o", "card.html", "--lang", "zh")
    assert "坏的权重" in (at / "card.html").read_text("utf-8")


def test_the_rejected_and_what_has_moved_are_shown(tally: Tally, at: Path) -> None:
    fit(tally)
    table = pl.read_csv(at / "organisations.csv").with_columns(pl.col("late_filings") + 4)
    table.write_csv(at / "later.csv")
    table.drop("y").write_csv(at / "rejected.csv")
    said = tally("model", "validate", "card.json", "later.csv", "--rejected", "rejected.csv")
    assert said.status == 0, said.err
    assert "400 rows once rejected" in said.out
    assert "Variables spread otherwise than at training" in said.out


def test_a_place_that_would_not_do_is_refused_before_the_work(tally: Tally, at: Path) -> None:
    del at
    said = tally("model", "fit", "organisations.csv", "-o", "card.txt")
    assert (said.status != 0, "wrong_ending" in said.err) == (True, True)
    fit(tally)
    assert "file_there" in fit(tally).err


@pytest.mark.usefixtures("at")
def test_an_exported_file_runs_by_itself(tally: Tally) -> None:
    fit(tally)
    tally("model", "export", "card.json", "--to", "polars", "-o", "card.py")
    tally("model", "score", "card.json", "organisations.csv", "-o", "scores.parquet")
    run = (
        "import card, polars as pl; "
        "own = card.score(pl.scan_csv('organisations.csv')).collect()['score']; "
        "assert own.to_list() == pl.read_parquet('scores.parquet')['score'].to_list()"
    )
    subprocess.run([sys.executable, "-c", run], check=True, env={"PYTHONPATH": "."})


def test_a_model_is_sealed_and_retired_by_an_officer(tally: Tally, at: Path, demo: Demo) -> None:
    del at
    fit(tally)
    signed = ("--workspace", demo.workspace, "--officer", OFFICER, "--reason", "a test")
    said = tally("model", "seal", "card.json", "--version", "2026.1", *signed)
    assert said.status == 0, said.err
    assert "Model card, version 2026.1, is sealed" in said.out
    assert "sealed already" in tally("model", "seal", "card.json", *signed).out
    said = tally("model", "retire", "card", *signed)
    assert said.status == 0, said.err
    assert "Model card is out of use" in said.out
