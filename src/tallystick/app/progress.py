"""How long work says how far it is.

Owns the function every long act is given. The edge draws a bar from it, prints a line, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how far, of how many; 0 when unknown)."""


def silent(what: str, done: int, total: int) -> None:
    """Report nothing."""
    del what, done, total
