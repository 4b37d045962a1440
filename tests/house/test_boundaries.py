from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "tallystick"
LINTER = Path(sys.executable).with_name("lint-imports")


def floors() -> list[list[str]]:
    """Return the packages of each floor, top floor first, as pyproject.toml lists them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        contract
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["id"] == "floors"
    )
    return [re.findall(r"\w+", layer) for layer in contract["layers"]]


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def plant(tree: Path, importer: str, imported: str) -> None:
    module = tree / "src" / PACKAGE / importer / f"planted_{imported}.py"
    module.write_text(f"import {PACKAGE}.{imported}\n", encoding="utf-8")


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """A copy of the real tree in which every floor of the list has its packages."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "src" / PACKAGE,
        tmp_path / "src" / PACKAGE,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in (name for floor in floors() for name in floor):
        folder = tmp_path / "src" / PACKAGE / name
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    return tmp_path


def test_the_real_tree_keeps_its_floors() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_the_check_reads_the_copied_tree_and_finds_it_in_order(copied_tree: Path) -> None:
    done = lint(copied_tree)
    assert done.returncode == 0, done.stdout


def test_no_floor_may_import_from_a_floor_above(copied_tree: Path) -> None:
    listed = floors()
    planted = [
        (importer, imported)
        for below, above in zip(listed[1:], listed, strict=False)
        for importer in below
        for imported in above
    ]
    bottom, top = listed[-1][0], listed[0][0]
    planted.append((bottom, top))
    for importer, imported in planted:
        plant(copied_tree, importer, imported)
    done = lint(copied_tree)
    assert done.returncode != 0
    missed = [
        f"{importer} -> {imported}"
        for importer, imported in planted
        if f"{PACKAGE}.{importer} is not allowed to import {PACKAGE}.{imported}" not in done.stdout
    ]
    assert not missed, done.stdout


def test_neighbours_on_one_floor_may_not_import_one_another(copied_tree: Path) -> None:
    (neighbours,) = (floor for floor in floors() if "ledger" in floor)
    pairs = [(a, b) for a in neighbours for b in neighbours if a != b]
    assert len(pairs) == 6
    for importer, imported in pairs:
        plant(copied_tree, importer, imported)
    done = lint(copied_tree)
    assert done.returncode != 0
    for importer, imported in pairs:
        assert f"{PACKAGE}.{importer} is not allowed to import {PACKAGE}.{imported}" in done.stdout


def test_a_new_package_fails_until_it_is_given_a_place(copied_tree: Path) -> None:
    folder = copied_tree / "src" / PACKAGE / "newcomer"
    folder.mkdir()
    (folder / "__init__.py").touch()
    done = lint(copied_tree)
    assert done.returncode != 0
    assert "newcomer" in done.stdout
