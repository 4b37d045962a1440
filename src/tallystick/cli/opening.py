"""From what was given to the settings of `app`: which workspace, whose passphrase.

Owns the defaults of the edge: the current folder or TALLY_WORKSPACE, the passphrase asked of a
terminal, files that people edit never overwritten, the files of the workspace never written to,
files written whole or not at all.
"""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tallystick.cli.faults import A_FOLDER, FILE_THERE, NOT_A_FILE, NOT_TEXT, OWN_FILE
from tallystick.cli.screen import Screen
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.app.store import Store
    from tallystick.app.workspace import Settings

PASSPHRASE_BYTES = 24
_TRIES = 3

PASSPHRASE_NOT_SET = Reason(
    "passphrase_not_set",
    Text("没有设定口令", "no passphrase was set"),
    "",
    Text(
        "请重来，或用 --passphrase-file 给出写有口令的文件。",
        "Try again, or give a file with the passphrase: --passphrase-file.",
    ),
)
NO_FOLDER = Reason(
    "no_folder",
    Text("没有文件夹 {folder}", "there is no folder {folder}"),
    "",
    Text("请先建好文件夹，或换一个位置。", "Make the folder first, or name another place."),
)
_REBUILT = Text(
    "缓存 caches/index 与记录不符，已按记录重建。",
    "The cache caches/index did not fit the records and was rebuilt from them.",
)
_NEW = Text("为新工作区设一个口令：", "A passphrase for the new workspace: ")
_NEW_WITNESS = Text("为新见证设一个口令：", "A passphrase for the new witness: ")
_AGAIN = Text("再输入一次：", "The same again: ")
_EMPTY = Text("口令不能为空。", "It cannot be empty.")
_DIFFERENT = Text("两次不一样。", "They differ.")
_NEW_OFFICER = Text(
    "{name} 本人的口令（不同于工作区的口令）：",
    "A passphrase of {name}'s own, not the workspace's: ",
)
_OFFICER_ASKED = Text("{name} 本人的口令：", "Passphrase of {name}: ")
_ASKED = Text("工作区口令：", "Passphrase of the workspace: ")
_WITNESS_ASKED = Text("见证的口令：", "Passphrase of the witness: ")


def folder_of(given: argparse.Namespace) -> Path:
    """Return the folder of the workspace: --workspace, TALLY_WORKSPACE or the current one."""
    named: Path | None = given.workspace
    if named is None:
        named = Path(os.environ.get("TALLY_WORKSPACE") or ".").expanduser()
    return named.resolve()


def asking(screen: Screen, question: Text = _ASKED) -> Callable[[], str] | None:
    """Return a function that asks for the passphrase; None where there is nobody to ask."""
    if not sys.stdin.isatty():
        return None

    def ask() -> str:
        from getpass import getpass  # noqa: PLC0415 - a terminal is rarely asked

        return getpass(screen.tell(question), stream=screen.err)

    return ask


def asking_officer(screen: Screen) -> Callable[[str, bool], str] | None:
    """Return a function that asks an officer; None where there is nobody to ask."""
    if not sys.stdin.isatty():
        return None

    def ask(name: str, new: bool) -> str:  # noqa: FBT001 - as `Settings` has it
        from getpass import getpass  # noqa: PLC0415 - a terminal is rarely asked

        if new:
            return _asked_twice(screen, _NEW_OFFICER.fill(name=name))
        return getpass(screen.tell(_OFFICER_ASKED.fill(name=name)), stream=screen.err)

    return ask


def settings_of(screen: Screen, given: argparse.Namespace, folder: Path | None = None) -> Settings:
    """Return the settings for the workspace in `folder`, by default the one given."""
    from tallystick.app.workspace import Settings  # noqa: PLC0415 - not before it is needed

    place = folder or folder_of(given)
    asked = (asking(screen), asking_officer(screen))
    if given.processes is None:
        return Settings(place, given.passphrase_file, *asked)
    return Settings(place, given.passphrase_file, *asked, processes=given.processes)


def opened(screen: Screen, given: argparse.Namespace, *, writer: bool = False) -> Store:
    """Return the opened workspace; use it as a context manager."""
    from tallystick.app.sampling import is_sample  # noqa: PLC0415 - not before it is needed
    from tallystick.app.store import Store  # noqa: PLC0415

    store = Store.open(settings_of(screen, given), writer=writer)
    screen.sample = is_sample(store)
    if store.rebuilt:
        screen.warn(_REBUILT)
    return store


def opened_unasked(screen: Screen, given: argparse.Namespace) -> Store | None:
    """Return the workspace, opened to read, None where it cannot be without asking anybody.

    For what is better known but not needed.
    """
    from tallystick.app.store import Store  # noqa: PLC0415 - not before it is needed

    try:
        return Store.open(replace(settings_of(screen, given), ask=None, ask_officer=None))
    except (TallyError, OSError):
        return None


@contextmanager
def passphrase_for(
    screen: Screen, given: argparse.Namespace, folder: Path
) -> Iterator[tuple[str, Path | None]]:
    """Give the passphrase of the new workspace `folder`, and the file of one that was made.

    It comes from where it is given; else a terminal is asked twice; else one is made and written
    beside the workspace. If the work inside fails, that file is taken away again.
    """
    from tallystick.app.workspace import (  # noqa: PLC0415
        NO_PASSPHRASE,
        Paths,
        Settings,
        find_passphrase,
    )

    there = ""
    try:
        there = find_passphrase(Settings(folder, given.passphrase_file))
    except TallyError as fault:
        if fault.reason is not NO_PASSPHRASE:
            raise
    if there or sys.stdin.isatty():
        yield there or _asked_twice(screen), None
        return
    import secrets  # noqa: PLC0415 - rarely needed

    file = Paths(folder).passphrase
    made = secrets.token_urlsafe(PASSPHRASE_BYTES)
    file.parent.mkdir(parents=True, exist_ok=True)
    opened_file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened_file, "w", encoding="utf-8") as writing:
            writing.write(f"{made}\n")
            writing.flush()
            os.fsync(writing.fileno())
        yield made, file
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def passphrase_of(
    screen: Screen, given: argparse.Namespace, folder: Path, *, new: bool = False
) -> str:
    """Return the passphrase of a witness in `folder`: as given, as set, or asked for, twice if new.

    Raises: NO_PASSPHRASE, BAD_PASSPHRASE_FILE.
    """
    from tallystick.app.workspace import Settings, find_passphrase  # noqa: PLC0415

    folder = folder.resolve()  # "." has no name, and the file beside it is named after it
    ask = asking(screen, _WITNESS_ASKED)
    if new and ask is not None:
        return find_passphrase(
            Settings(folder, given.passphrase_file, lambda: _asked_twice(screen, _NEW_WITNESS))
        )
    return find_passphrase(Settings(folder, given.passphrase_file, ask))


def _asked_twice(screen: Screen, question: Text = _NEW) -> str:
    from getpass import getpass  # noqa: PLC0415 - a terminal is rarely asked

    for _ in range(_TRIES):
        first = getpass(screen.tell(question), stream=screen.err)
        if not first:
            screen.warn(_EMPTY)
        elif first == getpass(screen.tell(_AGAIN), stream=screen.err):
            return first
        else:
            screen.warn(_DIFFERENT)
    raise PASSPHRASE_NOT_SET.error()


def read_words(path: Path) -> str:
    """Return the text of a file. Raises: NOT_TEXT, and what reading raises."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NOT_TEXT.error(path=path) from None


@contextmanager
def opened_to_check(path: Path) -> Iterator[BinaryIO]:
    """Open a file from somewhere else. Raises: NOT_A_FILE, A_FOLDER, and what opening raises.

    A pipe or a device is refused unread: it could keep who reads it waiting for ever.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise (A_FOLDER if stat.S_ISDIR(mode) else NOT_A_FILE).error(path=path)
        with os.fdopen(handle, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that either has all of `data` or is not changed.

    mode: of the file, less what the umask takes; never wider while it is being written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)  # what is left of another time keeps its own mode
        part.touch(mode, exist_ok=False)
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def refuse_own_files(given: argparse.Namespace, path: Path) -> None:
    """Raise OWN_FILE if `path` lies where the program keeps its own files in the workspace."""
    from tallystick.app.workspace import Paths, kind_of  # noqa: PLC0415 - not before it is needed

    folder, whole = folder_of(given), path.resolve()
    if whole == folder or not whole.is_relative_to(folder) or not Paths(folder).identity.exists():
        return
    if kind_of(whole.relative_to(folder)) != "output":
        raise OWN_FILE.error(path=path)


def refuse_overwriting(path: Path, data: bytes | None = None) -> None:
    """Raise FILE_THERE if `path` exists, unless it holds `data` already: somebody may edit it."""
    if path.exists() and (data is None or path.read_bytes() != data):
        raise FILE_THERE.error(path=path)


def refuse_before_work(path: Path) -> None:
    """Raise what writing `path` would raise, before work is done that leaves its traces.

    FILE_THERE where something is there already, NO_FOLDER where its folder is not.
    """
    if not path.parent.is_dir():
        raise NO_FOLDER.error(folder=path.parent)
    refuse_overwriting(path)


def free(folder: Path) -> Path:
    """Return `folder`, or the first of folder-2, folder-3 ... of which nothing is there yet."""
    number, wanted = 1, folder
    beside = ("", "-files", "-backtest", "-backtest-files")
    while any(wanted.with_name(wanted.name + part).exists() for part in beside):
        number += 1
        wanted = folder.with_name(f"{folder.name}-{number}")
    return wanted
