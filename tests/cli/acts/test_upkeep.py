from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tallystick.testing import benching

MEASURED = {
    "machine": {"platform": "planted", "cores": 2},
    "versions": {"python": "3.11"},
    "settings": {"records": 10, "members": 5, "processes": 1},
    "results": {"records_per_second": 1},
}


@pytest.mark.parametrize(("language", "word"), [("zh", "逐字节相同"), ("en", "byte for byte")])
def test_a_rebuild_says_that_the_caches_came_out_the_same(
    tally: Any, demo: Any, language: str, word: str
) -> None:
    said = tally("rebuild", "--workspace", demo.workspace, "--lang", language)
    assert said.status == 0
    assert word in said.out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_is_exported_with_a_warning(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    words = ("export", "-o", tmp_path / "all", "--workspace", demo.workspace)
    said = tally(*words, "--lang", language)
    assert said.status == 0, said.err
    assert {"zh": "没有加密", "en": "not encrypted"}[language] in said.out
    assert (tmp_path / "all" / "records.jsonl").exists()


def test_an_export_goes_into_the_workspace_by_default(tally: Any, demo: Any) -> None:
    made = tally("export", "--workspace", demo.workspace, "--json").json()
    assert Path(made["folder"]).parent == demo.workspace / "exports"
    assert tally("audit", "--workspace", demo.workspace).status == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workspace_of_this_version_needs_no_upgrade(tally: Any, demo: Any, language: str) -> None:
    said = tally("upgrade", "--workspace", demo.workspace, "--lang", language)
    assert said.status == 0
    assert not tally("upgrade", "--workspace", demo.workspace, "--json").json()["changed"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_measurement_is_shown_and_written(
    tally: Any, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def pipeline(**sizes: Any) -> dict[str, Any]:
        asked.update(sizes)
        return MEASURED

    monkeypatch.setattr(benching, "pipeline", pipeline)
    file = tmp_path / "bench.json"
    words = ("bench", "pipeline", "--records", "10", "--processes", "1", "-o", file)
    said = tally(*words, "--lang", language)
    assert said.status == 0
    assert "records_per_second" in said.out
    assert json.loads(file.read_text()) == MEASURED
    assert (asked["records"], asked["processes"], "members" in asked) == (10, 1, False)
