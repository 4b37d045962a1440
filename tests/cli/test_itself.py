"""Commands that are proposed can be typed where they are read."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tallystick.cli.itself import program

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `tally` in .venv/bin below the current folder, and no other on the path."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    file = folder / "tally"
    file.write_text(
        f"#!{sys.executable}\nimport sys\nfrom tallystick.cli import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    file.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(sys, "argv", [str(file)])
    return file


def test_a_program_off_the_path_is_named_by_its_path(installed: Path) -> None:
    assert installed.is_file()
    assert program() == ".venv/bin/tally"


def test_a_program_on_the_path_is_named_by_its_name(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{installed.parent}:/usr/bin")
    assert program() == "tally"


def test_another_tally_on_the_path_is_not_taken_for_this_one(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other" / "tally"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n", encoding="utf-8")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{other.parent}:{installed.parent}")
    assert program() == ".venv/bin/tally"


def test_a_program_elsewhere_is_named_whole_and_quoted(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaced = tmp_path / "a b" / "tally"
    spaced.parent.mkdir()
    installed.rename(spaced)
    monkeypatch.setattr(sys, "argv", [str(spaced)])
    monkeypatch.chdir("/")
    assert program() == f"'{spaced}'"


def test_a_module_run_by_python_is_run_by_python_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(SOURCE / "tallystick" / "__main__.py")])
    assert program().endswith(" -m tallystick")


def test_the_command_init_proposes_runs_as_it_stands(installed: Path, tmp_path: Path) -> None:
    surroundings = {**os.environ, "PYTHONPATH": str(SOURCE), "TALLY_PASSPHRASE": "correct horse"}
    made = subprocess.run(
        [".venv/bin/tally", "init", "ws", "--lang", "en"],
        cwd=tmp_path,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    [line] = [one for one in made.stdout.splitlines() if one.startswith("Next: ")]
    words = shlex.split(line.removeprefix("Next: "))
    subprocess.run(words, cwd=tmp_path, env=surroundings, check=True)
    assert (tmp_path / "roster.xlsx").is_file()
    assert installed.is_file()
