"""Workspaces to be broken, and the one question asked after every fault."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.app.conftest import (
    House,
    empty,
    founded_house,
    passphrase_file,
    passphrases_tried_once,
    small,
    small_house,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "empty",
    "founded_house",
    "passphrase_file",
    "passphrases_tried_once",
    "small",
    "small_house",
]


def keeps(house: House, acknowledged: Sequence[str], records: int) -> None:
    """Check a workspace after a fault: nothing acknowledged is lost, nothing else is shown.

    records: how many there were before. A reader sees so much before anybody recovered anything;
    then a writer opens it, and the audit finds nothing.
    """
    with house.opened(writer=False) as reader:
        assert reader.log.records >= records + len(acknowledged)
        shown = reader.log.records
        assert len(reader.index) == shown
        for record in acknowledged:
            assert reader.opened(reader.find(record))
    with house.opened() as writer:
        assert writer.log.records == shown, "a writer brings nothing back that was not shown"
    report = house.audited()
    assert report.ok, report.faults


@contextmanager
def small_file_system(place: Path, size: str, *options: str) -> Iterator[bool]:
    """Mount a small file system in memory at `place`; gives False where that is not permitted."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *options]), "tmpfs"]
    try:
        done = subprocess.run([*command, str(place)], capture_output=True, check=False)
        mounted = done.returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


def remounted(place: Path, *options: str) -> bool:
    """Mount a file system again with other options; tell whether that was permitted."""
    command = ["mount", "-o", ",".join(["remount", *options]), str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
