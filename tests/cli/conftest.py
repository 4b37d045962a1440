"""A command run in this process, and one demo workspace that all tests read."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from tallystick.cli import main

SOURCE = Path(__file__).parents[2] / "src"


@dataclass(frozen=True)
class Said:
    """What a command left: its exit status and both streams."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class Tally(Protocol):
    def __call__(self, *words: str | Path) -> Said: ...


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no test at the mercy of who runs it: language, width, workspace, passphrase."""
    for name in list(os.environ):
        if name.startswith(("TALLY_", "LC_", "LANG", "NO_COLOR", "FORCE_COLOR")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """Run a command in this process, without a terminal."""

    def run(*words: str | Path) -> Said:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["tally", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main()
        return Said(status, out.getvalue(), err.getvalue())

    return run


def process(
    *words: str | Path, environment: dict[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `tally` as a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "tallystick", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **(environment or {})},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@dataclass(frozen=True)
class Demo:
    """The finished demo: its workspace, its result, what was said on the way."""

    workspace: Path
    result: dict[str, Any]
    said: str

    @property
    def trust(self) -> Path:
        return self.workspace / "trust.policy"

    @property
    def receipt(self) -> Path:
        return Path(self.result["receipts"][0])

    @property
    def decided(self) -> str:
        return str(self.result["decisions"][0]["subject"])

    @property
    def undecided(self) -> str:
        known = {one["subject"] for one in self.result["decisions"]}
        return next(
            str(one["subject"])
            for one in self.result["evaluations"]
            if one["subject"] not in known and one["band"]
        )

    @property
    def files(self) -> Path:
        return Path(self.result["files"])


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "ws"
    done = process("demo", "--workspace", folder, "--json", "--lang", "en")
    assert done.returncode == 0, done.stderr
    return Demo(folder, json.loads(done.stdout), done.stderr)


@pytest.fixture
def demo(finished_demo: Demo, tmp_path: Path) -> Demo:
    """A copy of the demo workspace that a test may change."""
    folder = tmp_path / "ws"
    shutil.copytree(finished_demo.workspace, folder)
    passphrase = finished_demo.workspace.with_name("ws.passphrase")
    shutil.copy(passphrase, tmp_path / "ws.passphrase")
    return Demo(folder, finished_demo.result, finished_demo.said)
