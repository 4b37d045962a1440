"""What the page of models tells a user to type in Python runs, and the codes it names are there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import tallystick
from tallystick.modelling.treatments import LEFT_OUT, STATED
from tallystick.testing.published import write_statements

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")
FIELDS = {"predict_proba", "decision_function", "get_params", "set_params", "company_age"}
SECONDS_MAX = 120  # some 10 on an idle machine, compiling included


@pytest.fixture(scope="module")
def page(documents: dict[str, str]) -> str:
    return documents["docs/models.md"]


def test_the_python_of_the_page_runs(page: str, tmp_path: Path) -> None:
    write_statements(tmp_path / "polish1.parquet", as_of="2026-11-01")
    (tmp_path / "typed.py").write_text("\n".join(BLOCK.findall(page)), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "typed.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(tallystick.__file__).parents[1]), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert re.match(r"\d{3} \d+ \[", run.stdout)
    assert (tmp_path / "five.json").is_file()
    assert (tmp_path / "decisions.jsonl").read_text().count("\n") == 1


def test_every_code_the_page_names_is_one_of_ours(page: str, product: dict[str, str]) -> None:
    ours = "\n".join(product.values())
    known = FIELDS | set(LEFT_OUT) | set(STATED)
    unknown = [one for one in CODE.findall(page) if one not in known and f'"{one}"' not in ours]
    assert not unknown
