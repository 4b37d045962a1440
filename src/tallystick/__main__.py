"""`python -m tallystick` is `tally`."""

from __future__ import annotations

import sys

from tallystick.cli import main

if __name__ == "__main__":
    sys.exit(main())
