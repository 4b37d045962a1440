"""The evidence package: a folder a court can keep, which needs neither us nor a network.

Owns its report (plain data in, a page of blocks out, for HTML and PDF alike) and the second
verifier, one file that is put into every package as it is. Rules: the report says what is proven
and what is not, and names what nobody has read as unverified; `check_receipt.py` is a program by
itself, which imports nothing of ours and which nothing of ours imports.

    >>> program().startswith(b"#!/usr/bin/env python3")
    True
"""

from __future__ import annotations

from importlib import resources

from tallystick.publication.evidence.report import compose

__all__ = ["PROGRAM", "compose", "program"]

PROGRAM = "check_receipt.py"


def program() -> bytes:
    """Return the second verifier, byte by byte as it is put into a package."""
    return (resources.files("tallystick.publication.evidence") / PROGRAM).read_bytes()
