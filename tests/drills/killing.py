"""What the drills that kill have in common: how they report, and what they fail with."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class BrokenPromiseError(Exception):
    """The drill found something gone that was acknowledged, or something half done."""


def say(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def report(seed: int | None, drill: Callable[[int, Path], DataclassInstance]) -> int:
    """Run `drill` on a seed, one of chance if None, and a folder; return the exit status."""
    seed = seed if seed is not None else random.SystemRandom().randrange(2**32)
    say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="tally-drill-") as folder:
        try:
            outcome = drill(seed, Path(folder))
        except (BrokenPromiseError, TallyError) as broken:
            say(json.dumps({"ok": False, "seed": seed, "broken": str(broken)}))
            return 1
    say(json.dumps({"ok": True, "seed": seed, **asdict(outcome)}))
    return 0
