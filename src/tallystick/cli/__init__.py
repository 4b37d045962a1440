"""The command line: parse, call `app`, show.

Owns everything a user types and reads in a terminal. Rules: it imports only `app` and the sentences
of `kernel`, and those inside the command that needs them; standard output holds the result (with
--json one JSON document and nothing else), standard error everything said beside it; no traceback
reaches a user; exit status 0 done, 1 refused or a check failed, 2 wrong usage.

    >>> main()  # what was typed stands in sys.argv
    0
"""

from __future__ import annotations

import sys

from tallystick.cli.running import run

__all__ = ["main"]


def main() -> int:
    """Do what was typed; return the exit status."""
    return run(sys.argv[1:])
