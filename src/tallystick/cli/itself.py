"""How this program is called from here, for the commands it proposes to type next.

Owns that one answer. A command that is printed must work when it is copied: where `tally` is not on
the search path, or is another one, the path of the running program stands in its place.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from tallystick.cli.helping import PROGRAM

_MODULE = "tallystick"


def program(workspace: Path | None = None) -> str:
    """Return what to type for `tally`: the name, or the path of the program that is running.

    workspace: named behind it, where it was named on the command line.
    """
    there = f" --workspace {shlex.quote(_near(workspace))}" if workspace else ""
    return f"{_called()}{there}"


def _called() -> str:
    running = Path(sys.argv[0])
    if running.name == "__main__.py" and running.parent.name == _MODULE:
        return f"{shlex.quote(_near(Path(sys.executable)))} -m {_MODULE}"
    if running.name != PROGRAM or not running.is_file():
        return PROGRAM
    found = shutil.which(PROGRAM)
    if found is not None and Path(found).exists() and Path(found).samefile(running):
        return PROGRAM
    near = _near(running)
    return shlex.quote(near if "/" in near else f"./{near}")  # a bare name is looked for elsewhere


def _near(place: Path) -> str:
    """Return a path as it is typed here; links stay, since they say which program is meant."""
    whole = Path(os.path.abspath(place))  # noqa: PTH100 - `resolve` would follow links
    if Path.cwd() == Path(whole.root) or not whole.is_relative_to(Path.cwd()):
        return str(whole)
    return str(whole.relative_to(Path.cwd()))
