"""Numbers and time: what may not appear in the packages whose results everybody must repeat."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PURE = {
    "kernel",
    "records",
    "rulebook",
    "views",
    "exchange",
    "scorecards",
    "evaluation",
    "modelling",
    "casework",
    "publication",
}
# Pictures need sines; what they show is decimal text, and their digits are rounded. Models compare
# doubles and are fitted with them; what they leave behind is integers and decimal text.
EXACT = (PURE - {"publication", "scorecards", "modelling"}) | {"ledger", "vault"}

OUTSIDE = {
    "asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random",
    "secrets", "shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading",
    "time", "urllib", "uuid",
}  # fmt: skip
OUTSIDE_CALLS = {"open", "input", "now", "utcnow", "today"}

# The doors: modules of pure packages that touch the world, and why.
DOORS = {
    ("kernel/disk.py", "os"): "declares the disk and its real form, which is always passed in",
    ("kernel/disk.py", "pathlib"): "the same",
    ("kernel/disk.py", "open"): "the same",
    ("publication/evidence/check_receipt.py", "pathlib"): "a program by itself, run by strangers",
    ("publication/evidence/check_receipt.py", "time"): "the same; nothing of the package calls it",
    ("scorecards/certificate.py", "random"): "rows to compare, of a seed the certificate says",
    ("scorecards/scoring.py", "pathlib"): "reads and writes tables too long to be passed in",
    ("modelling/opening.py", "pathlib"): "reads the columns of a modeller's table",
    ("modelling/reading.py", "pathlib"): "the same",
    ("modelling/parquet.py", "pathlib"): "the same, a column at a time",
    ("kernel/texts.py", "os"): "reads the locale, which changes no result, only its language",
}


def place_in_package(place: str) -> str:
    return "/".join(PurePosixPath(place).parts[2:])


def package_of(place: str) -> str:
    parts = PurePosixPath(place).parts
    return parts[2] if len(parts) > 3 else ""


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module or ""]
    return []


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def touches_of_the_world(place: str, text: str) -> Iterator[str]:
    if package_of(place) not in PURE:
        return
    for node in ast.walk(ast.parse(text)):
        names = [name.partition(".")[0] for name in imported(node)]
        found = [name for name in names if name in OUTSIDE]
        if called(node) in OUTSIDE_CALLS:
            found.append(called(node))
        for name in found:
            if (place_in_package(place), name) not in DOORS:
                line = getattr(node, "lineno", 0)
                yield f"{place}:{line}: {name}: a pure package is given time, chance and files"


def floats(place: str, text: str) -> Iterator[str]:
    if package_of(place) not in EXACT:
        return
    for node in ast.walk(ast.parse(text)):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if literal or called(node) == "float":
            line = getattr(node, "lineno", 0)
            yield f"{place}:{line}: a float: what is signed or evaluated is exact"


@pytest.mark.parametrize(
    "text",
    [
        "import time\n",
        "import os.path\n",
        "from random import choice\n",
        "from urllib.request import urlopen\n",
        "def f():\n    import socket\n",
        "open('a')\n",
        "datetime.now()\n",
        "date.today()\n",
    ],
)
def test_a_planted_touch_of_the_world_is_found(text: str) -> None:
    assert list(touches_of_the_world("src/tallystick/evaluation/planted.py", text))
    assert not list(touches_of_the_world("src/tallystick/app/planted.py", text))


@pytest.mark.parametrize("text", ["WEIGHT = 0.85\n", "x = float('1')\n", "x = [1e3]\n"])
def test_a_planted_float_is_found(text: str) -> None:
    assert list(floats("src/tallystick/evaluation/planted.py", text))
    assert not list(floats("src/tallystick/cli/planted.py", text))


def test_pure_packages_touch_no_clock_chance_disk_or_network(product: dict[str, str]) -> None:
    found = [line for place, text in product.items() for line in touches_of_the_world(place, text)]
    assert not found, "\n".join(found)


def test_nothing_signed_or_evaluated_is_a_float(product: dict[str, str]) -> None:
    found = [line for place, text in product.items() for line in floats(place, text)]
    assert not found, "\n".join(found)
