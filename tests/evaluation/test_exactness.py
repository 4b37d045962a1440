"""No float can come to be in the packages that evaluate: not written, not made, not divided."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tallystick.evaluation
import tallystick.kernel.decimals

if TYPE_CHECKING:
    from collections.abc import Iterator

EVALUATION = Path(tallystick.evaluation.__file__).parent
MODULES = [
    *sorted(EVALUATION.rglob("*.py")),
    Path(tallystick.kernel.decimals.__file__),
    Path(tallystick.kernel.decimals.__file__).with_name("dates.py"),
]
MAKERS = {"float", "fsum", "sqrt", "pow", "round"}
# `/` between paths is not a division
PATHS = {"evaluation/shipped.py"}
# What is divided there is Decimals and Fractions, and arrays in the search for where to begin.
DIVIDING = "ahp/"


def floats(name: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{name}:{line}: a float is written"
        divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        if divides and name not in PATHS and not name.startswith(DIVIDING):
            yield f"{name}:{line}: / makes a float of two integers"
        if isinstance(node, ast.Name) and node.id in MAKERS:
            yield f"{name}:{line}: {node.id} makes a float"


@pytest.mark.parametrize(
    "text", ["x = 0.5\n", "x = 1e3\n", "x = a / b\n", "x /= 2\n", "x = float(a)\n", "f = float\n"]
)
def test_a_planted_float_is_found(text: str) -> None:
    assert list(floats("planted.py", text))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_there_is_no_float(module: Path) -> None:
    assert not list(
        floats(f"{module.parent.name}/{module.name}", module.read_text(encoding="utf-8"))
    )
