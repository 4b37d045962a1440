from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([\w.]+)( ;.*)? \\$", re.MULTILINE)
REFUSED = re.compile(
    r"\bA?GPL|affero|general public|business source|\bBUSL|\bBSL-?1\.1|SSPL|commons clause",
    re.IGNORECASE,
)


def pins(root: Path, lock: str) -> dict[str, str]:
    return {match[1]: match[2] for match in PIN.finditer((root / lock).read_text(encoding="utf-8"))}


def licence_of(name: str) -> str:
    about = metadata.metadata(name)
    said = [*about.get_all("License-Expression", []), *about.get_all("License", [])]
    classified = [line for line in about.get_all("Classifier", []) if line.startswith("License")]
    return "\n".join(line[:200] for line in (*said, *classified))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_library_is_pinned_with_its_digest_and_no_address(root: Path, lock: str) -> None:
    text = (root / lock).read_text(encoding="utf-8")
    required = [line for line in text.splitlines() if re.match(r"\w", line)]
    assert len(required) == len(pins(root, lock)) > 8
    assert "://" not in text
    assert "--index" not in text
    for block in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_check_tools_never_change_what_the_product_runs_on(root: Path) -> None:
    run, check = (pins(root, lock) for lock in LOCKS)
    assert {name: check.get(name) for name in run} == run


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPLv3+", "GNU Affero GPL", "BUSL-1.1"])
def test_a_planted_licence_that_binds_the_user_is_found(licence: str) -> None:
    assert REFUSED.search(licence)


def test_nothing_the_product_runs_on_has_a_licence_that_binds_the_user(root: Path) -> None:
    licences = {name: licence_of(name) for name in pins(root, "requirements.lock")}
    assert all(text.strip() for text in licences.values()), licences
    refused = {name: text for name, text in licences.items() if REFUSED.search(text)}
    assert not refused


def optional(root: Path) -> list[str]:
    """Return what the extras of the package install."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras = settings["project"]["optional-dependencies"]
    return [wanted for extra in extras.values() for wanted in extra]


def test_what_may_be_added_is_one_version_that_the_tests_use_and_binds_nobody(root: Path) -> None:
    tested = pins(root, "requirements-dev.lock")
    for wanted in optional(root):
        name, version = wanted.split("==")
        assert tested[name] == version
        assert licence_of(name).strip()
        assert not REFUSED.search(licence_of(name))


def foreign_imports(text: str) -> set[str]:
    """Return what a module imports that neither Python nor this project brings."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"tallystick"}


def test_a_planted_foreign_import_is_found() -> None:
    text = "import os\nfrom tallystick.kernel import texts\ndef f():\n    from nacl import public\n"
    assert foreign_imports(text) == {"nacl"}


def test_the_product_imports_only_what_it_asks_for(root: Path, product: dict[str, str]) -> None:
    asked = re.findall(r"^([\w-]+)", (root / "requirements.in").read_text("utf-8"), re.MULTILINE)
    asked += [wanted.partition("==")[0] for wanted in optional(root)]
    brought = metadata.packages_distributions()
    unasked = {
        f"{place}: {name}"
        for place, text in product.items()
        for name in foreign_imports(text)
        if not {wheel.lower() for wheel in brought.get(name, [])} & {w.lower() for w in asked}
    }
    assert not unasked


def test_the_product_asks_for_nothing_it_does_not_import(
    root: Path, product: dict[str, str]
) -> None:
    if "src/tallystick/cli/__init__.py" not in product:
        return  # what the command line draws with is not used before there is one
    asked = re.findall(r"^([\w-]+)", (root / "requirements.in").read_text("utf-8"), re.MULTILINE)
    imported = set().union(*(foreign_imports(text) for text in product.values()))
    brought = metadata.packages_distributions()
    used = {wheel.lower() for name in imported for wheel in brought.get(name, [])}
    assert {wheel.lower() for wheel in asked} - used == {"setuptools"}  # installs the package
