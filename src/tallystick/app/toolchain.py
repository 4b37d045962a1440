"""Go on this machine: not needed by anything of ours, used to hold us against other people's tools.

Owns finding the `go` command and reading its version.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import NamedTuple

GO_OLDEST = (1, 24)  # the first whose modules name tools, as tests/interop/go does
_VERSION = re.compile(r"\bgo(\d+)\.(\d+)(\S*)")
_SECONDS = 30


class Go(NamedTuple):
    """The `go` command found: where it is, and its version as it writes it, such as "1.26.8"."""

    program: str
    version: str

    @property
    def new_enough(self) -> bool:
        """Whether our Go module can be built with it."""
        major, minor, *_ = self.version.split(".")
        return (int(major), int(minor)) >= GO_OLDEST


def find_go() -> Go | None:
    """Return the `go` of PATH; None where there is none that runs."""
    program = shutil.which("go")
    if program is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603 - `go` of PATH, asked for nothing but its version
            [program, "version"], capture_output=True, text=True, check=False, timeout=_SECONDS
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(said)
    return Go(program, "{}.{}{}".format(*found.groups())) if found else None
