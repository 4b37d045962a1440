"""The comparison in `benchmarks/`: its folds, its figures and its two tables of known truth."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tallystick.testing import bench_models_peers

PLACE = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def accuracy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(PLACE))
    return import_module("accuracy")


def test_the_references_are_those_of_the_bench_and_two_more() -> None:
    lines = (PLACE / "peers.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line for line in lines if not line.startswith("#")}
    more = pinned - set(bench_models_peers.requirements("optbinning").splitlines())
    assert {line.split("==")[0] for line in more} == {"interpret-core", "lightgbm"}
    assert all("==" in line for line in pinned)


@pytest.mark.parametrize("table", ["synthetic_additive", "synthetic_interacting"])
def test_a_made_table_has_a_truth_that_can_be_learnt(accuracy: Any, table: str) -> None:
    data = {one.name: one for one in accuracy.made()}[table]
    assert 0.05 < data.y.mean() < 0.15
    assert abs(data.truth.mean() - data.y.mean()) < 0.02
    assert 0.8 < accuracy.metrics.auc(-data.truth, data.y) < 0.9
    again = {one.name: one for one in accuracy.made()}[table]
    assert (again.y == data.y).all()


def test_the_worst_hide_what_would_show_them(accuracy: Any) -> None:
    data = accuracy.made()[1]
    missing = np.isnan(data.arrays["ratio 00"])
    assert 0.05 < missing.mean() < 0.25
    assert data.y[missing].mean() > 1.5 * data.y[~missing].mean()


def test_differences_are_paired_and_a_missed_target_is_called_missed(accuracy: Any) -> None:
    theirs = np.linspace(0.7, 0.8, 25)
    gap = accuracy.paired(theirs - 0.01, theirs, 5)
    assert gap["difference"] == pytest.approx(-0.01)
    assert gap["se"] == pytest.approx(0, abs=1e-9), "what folds share is not noise"
    gap = accuracy.paired(theirs + np.tile([0.01, -0.01], 13)[:25], theirs, 5)
    assert gap["se_corrected"] > 2 * gap["se"] > 0
    far, near = ({"difference": one, "se": 0.001} for one in (-0.0029, -0.0019))
    brier = {"difference": 0.002, "se": 0.001}
    assert accuracy.judged("additive", {"auc": far, "brier": brier})["auc_met"]
    missed = accuracy.judged("boosted", {"auc": far, "brier": brier})
    assert not missed["auc_met"]
    assert missed["brier_met"] is None, "asked only at equal accuracy"
    assert accuracy.judged("boosted", {"auc": near, "brier": brier})["brier_met"] is False
    assert not accuracy.judged("logistic", {"auc": near, "brier": brier})["auc_met"]


def test_without_references_our_own_figures_are_given(
    accuracy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(accuracy, "SYNTHETIC_ROWS", 600)
    out = tmp_path / "out.json"
    words = ["--repeats", "1", "--folds", "2", "--routes", "logistic", "-o", str(out)]
    assert accuracy.main(words) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["settings"]["seeds"] == [accuracy.SEED]
    for table in found["results"].values():
        assert table["models"]["logistic"]["auc"]["mean"] > 0.6
        assert table["targets"] == table["failed"] == {}
    told = capsys.readouterr()
    assert str(accuracy.SEED) in told.out
    assert "--peer" in told.err, "why there are none"
