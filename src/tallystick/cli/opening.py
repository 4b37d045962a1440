"""From what was given to the settings of `app`: which workspace, whose passphrase.

Owns the defaults of the edge: the current folder or TALLY_WORKSPACE, the passphrase asked of a
terminal, files that people edit never overwritten, files written whole or not at all.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tallystick.cli.faults import FILE_THERE, NOT_TEXT
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.app.store import Store
    from tallystick.app.workspace import Settings

_ASKED = Text("工作区口令：", "Passphrase of the workspace: ")


def folder_of(given: argparse.Namespace) -> Path:
    """Return the folder of the workspace: --workspace, TALLY_WORKSPACE or the current one."""
    named: Path | None = given.workspace
    if named is None:
        named = Path(os.environ.get("TALLY_WORKSPACE") or ".").expanduser()
    return named.resolve()


def asking(screen: Screen) -> Callable[[], str] | None:
    """Return a function that asks for the passphrase; None where there is nobody to ask."""
    if not sys.stdin.isatty():
        return None

    def ask() -> str:
        from getpass import getpass  # noqa: PLC0415 - a terminal is rarely asked

        return getpass(screen.tell(_ASKED), stream=screen.err)

    return ask


def settings_of(screen: Screen, given: argparse.Namespace, folder: Path | None = None) -> Settings:
    """Return the settings for the workspace in `folder`, by default the one given."""
    from tallystick.app.workspace import Settings  # noqa: PLC0415 - not before it is needed

    place = folder or folder_of(given)
    if given.processes is None:
        return Settings(place, given.passphrase_file, asking(screen))
    return Settings(place, given.passphrase_file, asking(screen), processes=given.processes)


def opened(screen: Screen, given: argparse.Namespace, *, writer: bool = False) -> Store:
    """Return the opened workspace; use it as a context manager."""
    from tallystick.app.store import Store  # noqa: PLC0415 - not before it is needed

    return Store.open(settings_of(screen, given), writer=writer)


def read_words(path: Path) -> str:
    """Return the text of a file. Raises: NOT_TEXT, and what reading raises."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NOT_TEXT.error(path=path) from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that either has all of `data` or is not changed."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def refuse_overwriting(path: Path, data: bytes | None = None) -> None:
    """Raise FILE_THERE if `path` exists, unless it holds `data` already: somebody may edit it."""
    if path.exists() and (data is None or path.read_bytes() != data):
        raise FILE_THERE.error(path=path)
