"""Empty spreadsheets to fill in.

Owns the use case `tally template`.
"""

from __future__ import annotations

from pathlib import Path

from tallystick.sources import SOURCES, write_template


def write(source: str, path: Path, language: str) -> None:
    """Write the template of `source` to `path` (xlsx). Raises: the source is unknown."""
    write_template(source, path, language)


__all__ = ["SOURCES", "write"]
