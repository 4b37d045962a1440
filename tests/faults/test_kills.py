"""The drills in their small form; `make drill` runs the large one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def drilled(name: str, *words: str) -> dict[str, Any]:
    """Run a drill, which must end well; return its summary."""
    command = [sys.executable, "-m", f"tests.drills.{name}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def test_backups_killed_at_random_moments_while_somebody_writes_are_whole_or_none() -> None:
    seen = drilled("kill_backup", "--count", "5")
    assert seen["ok"]
    assert seen["kills"] + seen["finished"] == 5
    assert seen["restored"] == 1


def test_erasures_killed_at_random_moments_are_whole_or_completed_by_the_next_writer() -> None:
    seen = drilled("kill_erasure", "--count", "5")
    assert seen["ok"]
    assert seen["kills"] + seen["finished"] == 5
    assert seen["restored"] == seen["erased"] >= 1
