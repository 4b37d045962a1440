"""The files of the tree, read once for all tests of the house, as texts by their place."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRITTEN = {".md", ".toml", ".in", ".yaml", ".yml", ".json", ".html", ".csv", ".txt", ".po"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def modules() -> dict[str, str]:
    """Every Python file of ours, of the product and of its tests."""
    files = sorted(path for top in ("src", "tests") for path in (ROOT / top).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture(scope="session")
def product(modules: dict[str, str]) -> dict[str, str]:
    """Every Python file of the product itself."""
    return {place: text for place, text in modules.items() if place.startswith("src/")}


@pytest.fixture(scope="session")
def documents() -> dict[str, str]:
    """Every Markdown document of the tree."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.fixture(scope="session")
def written(modules: dict[str, str]) -> dict[str, str]:
    """Everything a reader of the repository reads: code, documents, data, settings."""
    tops = [ROOT / top for top in ("src", "tests", "docs")]
    texts = dict(modules)
    for path in [*ROOT.iterdir(), *(path for top in tops for path in top.rglob("*"))]:
        if path.is_file() and (path.suffix in WRITTEN or path.name == "Makefile"):
            place = path.relative_to(ROOT).as_posix()
            texts[place] = path.read_text(encoding="utf-8", errors="replace")
    texts[".ci/run"] = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    return texts
