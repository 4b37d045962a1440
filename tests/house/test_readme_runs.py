"""What README tells a new user to type is typed here, word for word, in an empty folder.

Two things stand in for the user: this Python's `tally` is put on the path as the activation of
`.venv` would, and the id that `tally decide` prints is put in the place of RECORD. The spreadsheets
keep the example row that they come with.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import tallystick

PARTS = {"README.md": "Five minutes to a first", "README.zh.md": "五分钟"}
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS_MAX = 120  # some 10 on an idle machine
RECORD = "\"$(grep -o '[0-9a-f]\\{64\\}' decided.txt | head -n 1)\""


def section(text: str, heading: str) -> str:
    """Return the text under the heading that begins with `heading`."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    [found] = [part for part in parts if part.startswith(heading)]
    return found


def commands(text: str) -> str:
    """Return all that stands in the shell blocks, as one script."""
    return "\n".join(BLOCK.findall(text))


@pytest.fixture(scope="module")
def scripts(documents: dict[str, str]) -> dict[str, str]:
    return {place: commands(section(documents[place], head)) for place, head in PARTS.items()}


@pytest.fixture(scope="module")
def typed(scripts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Type the commands; return what was said and the folder they were typed in."""
    folder = tmp_path_factory.mktemp("newcomer")
    scripted = scripts["README.md"].replace("RECORD", RECORD)
    scripted = re.sub(r"^(tally decide .*)$", r"\1 | tee decided.txt", scripted, flags=re.MULTILINE)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    tally = programs / "tally"
    tally.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tallystick "$@"\n')
    tally.chmod(0o755)
    (folder / "consent.pdf").write_bytes(b"what the member signed")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TALLY_")}
    run = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", scripted],
        cwd=folder,
        env={
            **kept,
            "PATH": f"{programs}:{kept['PATH']}",
            "LC_ALL": "C.UTF-8",
            "TALLY_OFFICER_PASSPHRASE": "the officer's own",
            "PYTHONPATH": str(Path(tallystick.__file__).parents[1]),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS_MAX,
        check=False,
    )
    said = run.stdout.decode()
    assert run.returncode == 0, said
    return said, folder


def test_both_languages_tell_the_same_commands(scripts: dict[str, str]) -> None:
    assert scripts["README.md"] == scripts["README.zh.md"]
    assert scripts["README.md"].count("tally ") > len(PARTS)


def test_both_languages_have_the_same_parts(documents: dict[str, str]) -> None:
    shapes = []
    for place in PARTS:
        lines = re.findall(r"^(#+ |\||!\[|```|- |\*\*\d)", documents[place], flags=re.MULTILINE)
        shapes.append(lines)
    assert shapes[0] == shapes[1]


def test_every_command_of_the_readme_does_what_it_says(typed: tuple[str, Path]) -> None:
    said, folder = typed
    for expected in ("PROPOSAL", "VALID", "SOUND", "the same byte for byte", "withheld"):
        assert expected in said, expected
    assert "Not done" not in said
    assert (folder / "decision.tally").is_file()
    assert (folder / "everything" / "records.jsonl").is_file()


def test_a_newcomer_ends_with_a_decided_member(typed: tuple[str, Path]) -> None:
    said, folder = typed
    decided = (folder / "decided.txt").read_text(encoding="utf-8")
    assert "91310110202600012A" in decided
    assert "Officer One" in decided
    assert said.index("PROPOSAL") < said.index(decided.splitlines()[0])
