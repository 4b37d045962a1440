"""Bringing an older workspace to this program's format.

Owns `upgrade`. There is one format so far; a workspace of a newer one is refused by whatever opens
it, and an upgrade is a list of steps from format to format, each leaving evidence untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tallystick.app.workspace import FORMAT, Paths, Settings, read_identity
from tallystick.kernel import canonical

STEPS: Mapping[int, Callable[[Paths], None]] = {}
"""From format n to n + 1."""


def upgrade(settings: Settings) -> dict[str, Any]:
    """Upgrade the workspace of `settings`. Raises: NOT_A_WORKSPACE, NEWER_FORMAT."""
    paths = Paths(settings.folder)
    read_identity(paths)
    found = int(canonical.decode(paths.identity.read_bytes().removesuffix(b"\n"))["format"])
    for number in range(found, FORMAT):
        STEPS[number](paths)
    return {"format_before": found, "format": FORMAT, "changed": found != FORMAT}
