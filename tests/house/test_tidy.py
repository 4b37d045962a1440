from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check = Callable[[str, str], Iterator[str]]

MODULE_LINES_MAX = 400
# One file by design: it is handed over alone, so that no part of it can be left out (ADR 0022).
ONE_FILE = {"src/tallystick/publication/evidence/check_receipt.py": 540}
FUNCTION_LINES_MAX = 60

VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|base|managers?|misc)$")
LEFTOVER = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b|raise NotImplemented[E]rror")
MACHINE = re.compile(r"(?<![\w.~$}])/(?:work|tmp|root|home|Users)/\w|\bissue #?\d")


def vague_names(place: str, _: str) -> Iterator[str]:
    path = PurePosixPath(place)
    for part in (*path.parts[:-1], path.stem):
        if VAGUE.search(part):
            yield f"{place}: a file is named after its subject, not `{part}`"


def long_modules(place: str, text: str) -> Iterator[str]:
    lines = text.count("\n")
    most = ONE_FILE.get(place, MODULE_LINES_MAX)
    if lines > most:
        yield f"{place}: {lines} lines; at most {most}"


def long_functions(place: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                where = f"{place}:{node.lineno}: {node.name}"
                yield f"{where} has {lines} lines; at most {FUNCTION_LINES_MAX}"


def leftovers(place: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if LEFTOVER.search(line):
            yield f"{place}:{number}: left over: {line.strip()}"


def closed_fronts(place: str, text: str) -> Iterator[str]:
    if not place.startswith("src/") or not place.endswith("/__init__.py"):
        return
    tree = ast.parse(text)
    if not ast.get_docstring(tree):
        yield f"{place}: a package says what it owns"
    assigned = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    names = [
        target.id
        for node in assigned
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    if "__all__" not in names:
        yield f"{place}: a package lists its public surface in __all__"


def machine_traces(place: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE.search(line):
            yield f"{place}:{number}: true on one machine only: {line.strip()[:90]}"


PLANTED = [
    (vague_names, "src/tallystick/kernel/utils.py", ""),
    (vague_names, "src/tallystick/common/__init__.py", ""),
    (vague_names, "tests/sources/csv_helpers.py", ""),
    (long_modules, "src/tallystick/kernel/long.py", "x = 1\n" * 401),
    (long_functions, "src/tallystick/kernel/long.py", "def f():\n" + "    x = 1\n" * 60),
    (leftovers, "src/tallystick/kernel/a.py", "x = 1  # TO" + "DO: later\n"),
    (leftovers, "src/tallystick/kernel/a.py", "raise NotImplemented" + "Error\n"),
    (closed_fronts, "src/tallystick/kernel/__init__.py", '"""Owns bytes."""\n'),
    (closed_fronts, "src/tallystick/kernel/__init__.py", "__all__ = []\n"),
    (machine_traces, "docs/a.md", "see /" + "home/someone/notes"),
    (machine_traces, "docs/a.md", "as iss" + "ue 12 says"),
]

CLEAN = [
    (vague_names, "src/tallystick/kernel/database.py", ""),
    (long_modules, "src/tallystick/kernel/short.py", "x = 1\n" * 400),
    (long_functions, "src/tallystick/kernel/short.py", "def f():\n" + "    x = 1\n" * 59),
    (closed_fronts, "src/tallystick/kernel/__init__.py", '"""Owns bytes."""\n\n__all__ = ["a"]\n'),
    (machine_traces, "docs/a.md", "name it: make PYTHON=/path/to/python3.11"),
]


@pytest.mark.parametrize(("check", "place", "text"), PLANTED)
def test_what_is_planted_is_found(check: Check, place: str, text: str) -> None:
    assert list(check(place, text))


@pytest.mark.parametrize(("check", "place", "text"), CLEAN)
def test_what_is_in_order_is_left_alone(check: Check, place: str, text: str) -> None:
    assert not list(check(place, text))


@pytest.mark.parametrize(
    "check", [vague_names, long_modules, long_functions, leftovers, closed_fronts]
)
def test_the_code_is_tidy(check: Check, modules: dict[str, str]) -> None:
    found = [line for place, text in modules.items() for line in check(place, text)]
    assert not found, "\n".join(found)


def test_nothing_written_is_true_on_one_machine_only(written: dict[str, str]) -> None:
    found = [line for place, text in written.items() for line in machine_traces(place, text)]
    assert not found, "\n".join(found)
