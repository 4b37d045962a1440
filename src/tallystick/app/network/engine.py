"""The program CometBFT: where it is, and which version.

Owns the search for it. Nothing is downloaded: `make cometbft` builds it from the pinned source.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tallystick.app.network.reasons import ANOTHER_ENGINE, NO_ENGINE
from tallystick.kernel.errors import TallyError

VERSION_LINE = "0.38."
_ASKED_S_MAX = 20


def find_engine() -> Path:
    """Return the program. Raises: NO_ENGINE, ANOTHER_ENGINE.

    TALLY_COMETBFT names it; else the one `make cometbft` built here or above; else that of PATH.
    """
    named = os.environ.get("TALLY_COMETBFT")
    beside = Path(__file__).resolve().parents[4]
    places = [Path(named)] if named else []
    places += [Path.cwd() / "build" / "cometbft", beside / "build" / "cometbft"]
    if found := shutil.which("cometbft"):
        places.append(Path(found))
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            version = version_of(place)
            if not version.startswith(VERSION_LINE):
                raise ANOTHER_ENGINE.error(found=version, wanted=f"{VERSION_LINE}x")
            return place.resolve()
    raise NO_ENGINE.error()


def version_of(program: Path) -> str:
    """Return what the program says it is, "" where it says nothing."""
    try:
        done = subprocess.run(  # noqa: S603 - the program that was looked for
            [str(program), "version"],
            capture_output=True,
            text=True,
            timeout=_ASKED_S_MAX,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().removeprefix("v")


def is_there() -> tuple[bool, str]:
    """Tell whether the engine can be used, and its version or the code of the reason."""
    try:
        return True, version_of(find_engine())
    except TallyError as fault:
        return False, fault.code
