"""Where Go or its modules are missing there is no peer; that is said, and is no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app.toolchain import Go, find_go
from tallystick.kernel.errors import NOTHING, TallyError
from tallystick.testing import peer_tessera
from tallystick.testing.peer_tessera import (
    BENCH,
    NO_MODULES,
    PEER_FAILED,
    build,
    measure_tessera,
    run_peer,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have the peer in the build cache, its modules downloaded where they were not here."""
    try:
        build(tmp_path_factory.mktemp("peer"), [BENCH], download=True)
    except TallyError as fault:
        if fault.reason is PEER_FAILED:
            raise
        pytest.skip(f"{fault.text.en}; {fault.remedy.en}")


@pytest.mark.usefixtures("_built")
@pytest.mark.parametrize("wait", ["", "integrated", "published"])
def test_the_peer_adds_what_it_is_told_to_and_leaves_nothing_behind(
    tmp_path: Path, wait: str
) -> None:
    figures, why = run_peer(tmp_path, 1000, wait=wait, adders=200, batch_age_ms=10)
    assert figures is not None, why.en
    assert why == NOTHING
    assert figures["entries"] == 1000
    assert figures["entries_per_second"] == pytest.approx(1000 / figures["seconds"])
    assert figures["version"].startswith("v1.")
    settings = figures["settings"]
    assert (settings["entry_bytes"], settings["antispam"], settings["wait"]) == (130, False, wait)
    assert (figures["p99_ms"] is not None) is bool(wait)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_built")
def test_the_measurement_has_every_run_with_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tessera, "BATCHED", 2000)
    monkeypatch.setattr(peer_tessera, "SINGLE", 64)
    measured = measure_tessera(tmp_path / "peer")
    batched = [figures["settings"]["batch_size"] for figures in measured["batched"]]
    waits = [figures["settings"]["wait"] for figures in measured["single"]]
    assert batched == [256, 1024, 4096]
    assert waits == ["published", "published", "integrated", "integrated"]
    assert all(figures["cores"] >= 1 for figures in measured["batched"])


def test_a_measurement_that_cannot_be_made_says_so_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tessera, "find_go", lambda: None)
    missing = measure_tessera(tmp_path / "peer")["missing"]
    assert "1.24" in missing["zh"]
    assert "1.24" in missing["en"]


@pytest.mark.usefixtures("_built")
def test_a_peer_that_fails_says_what_it_says(tmp_path: Path) -> None:
    figures, why = run_peer(tmp_path, 0)
    assert figures is None
    assert "-count" in why.en


@pytest.mark.usefixtures("_built")
def test_without_leave_to_download_missing_modules_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    monkeypatch.setenv("GOFLAGS", "-mod=mod")  # of the one who runs it; ours stand
    with pytest.raises(TallyError) as refusal:
        build(tmp_path / "bin", [BENCH], download=False)
    assert refusal.value.reason is NO_MODULES
    figures, why = run_peer(tmp_path, 10)
    assert figures is None
    assert "--peer" in why.en
    assert "--peer" in why.zh


@pytest.mark.parametrize("go", [None, Go("go", "1.19.8")])
def test_without_go_there_is_no_peer_and_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, go: Go | None
) -> None:
    monkeypatch.setattr(peer_tessera, "find_go", lambda: go)
    figures, why = run_peer(tmp_path, 10)
    assert figures is None
    assert "1.24" in why.en
    assert list(tmp_path.iterdir()) == []


def test_without_the_source_tree_there_is_no_peer_and_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tessera, "SOURCE", tmp_path / "elsewhere")
    figures, why = run_peer(tmp_path, 10)
    assert figures is None
    assert "source checkout" in why.en


def test_the_go_found_is_one_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_go() is None
