"""A drill: backups are killed at random moments while somebody writes, and none is half a backup.

    python -m tests.drills.kill_backup --count 20

One process appends records all the time and says after each commit how many are acknowledged.
Another backs the workspace up, and is killed (SIGKILL) after a random fraction of the time a backup
takes. After every kill each snapshot that is listed must be whole by its digests and roots. At
intervals a backup is left to finish, is restored, and must hold every record that was acknowledged
when it began and pass its audit. In the end the writer is killed too.

Prints one line a kill and a summary as JSON on the last line. Exit status 1 when a promise broke.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.drills.killing import BrokenPromiseError, report, say

from tallystick.app.auditing import audit
from tallystick.app.backup_check import check_backups
from tallystick.app.backups import backup
from tallystick.app.founding import found
from tallystick.app.restoring import Beside, restore
from tallystick.app.store import Store
from tallystick.app.workspace import Settings

PASSPHRASE = "a passphrase for drills"  # noqa: S105 - it protects made-up rows
RECORDS_AT_ONCE = 40
FILLING = "x" * 2000
RESTORE_EVERY = 5
PAUSE_S = 0.002
WAIT_SECONDS_MAX = 120


@dataclass
class Outcome:
    """What a drill saw. kills: backups that were killed; finished: done before the kill came."""

    kills: int = 0
    finished: int = 0
    restored: int = 0
    snapshots: int = 0
    records: int = 0


def drill(count: int, seed: int, folder: Path) -> Outcome:
    """Kill `count` backups of a workspace that is being written. Raises: BrokenPromiseError."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    workspace, copies = folder / "workspace", folder / "copies"
    for name in ("workspace", "again"):
        (folder / f"{name}.passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    found(Settings(workspace), PASSPHRASE, operator="样例协会", sample=True).close()
    said = folder / "acknowledged"
    said.write_bytes(b"")
    writer = _started("--write", workspace, said)
    outcome = Outcome()
    try:
        lasts = _one_whole(workspace, copies, said)
        for number in range(1, count + 1):
            _kill_one(workspace, copies, lasts * chance.random(), outcome)
            held = check_backups(copies)["snapshots"]
            say(f"{number}: {_last(said)} acknowledged, {len(held)} snapshots")
            if number % RESTORE_EVERY == 0:
                lasts = _one_whole(workspace, copies, said)
                _restored(folder, copies, workspace)
                outcome.restored += 1
            if writer.poll() is not None:
                raise BrokenPromiseError("the writer was stopped by a backup")
    finally:
        writer.kill()
        writer.wait()
    _one_whole(workspace, copies, said)
    _restored(folder, copies, workspace)
    report = audit(Settings(workspace))
    if not report.ok:
        raise BrokenPromiseError(json.dumps(report.to_json(), ensure_ascii=False))
    held = check_backups(copies)["snapshots"]
    outcome.snapshots, outcome.records = len(held), held[-1]["records"]
    return outcome


def _one_whole(workspace: Path, copies: Path, said: Path) -> float:
    """Back up without being killed; return how many seconds it took."""
    _wait_until(lambda: _last(said) > 0)
    before, began = _last(said), time.monotonic()
    done = backup(Settings(workspace), copies)
    if done["records"] < before:
        raise BrokenPromiseError(f"{before} were acknowledged, the backup has {done['records']}")
    return time.monotonic() - began


def _kill_one(workspace: Path, copies: Path, after: float, outcome: Outcome) -> None:
    said = copies / "begun"
    said.unlink(missing_ok=True)
    process = _started("--backup", workspace, copies, said)
    _wait_until(lambda: said.exists() or process.poll() is not None)
    time.sleep(after)
    killed = process.poll() is None
    process.kill()
    process.wait()
    outcome.kills += killed
    outcome.finished += not killed


def _restored(folder: Path, copies: Path, workspace: Path) -> None:
    again = folder / "again"
    settings = Settings(again)
    done = restore(settings, copies, Beside(later=(workspace,)))
    if not done["ok"]:
        raise BrokenPromiseError(json.dumps(done["audit"], ensure_ascii=False))
    with Store.open(settings) as store:
        if store.log.records != done["records"]:
            raise BrokenPromiseError("a restored workspace has other records than its snapshot")
    _remove(again)


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def _started(act: str, *words: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.drills.kill_backup", act, *map(str, words)]
    )


def _wait_until(holds: object) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not holds():  # type: ignore[operator]
        time.sleep(PAUSE_S)
        if time.monotonic() > deadline:
            raise BrokenPromiseError("nothing happens any more")


def _last(said: Path) -> int:
    lines = said.read_text(encoding="ascii").split("\n")[:-1]
    return int(lines[-1]) if lines else 0


def _write(workspace: Path, said: Path) -> None:
    """Append without end; write into `said` how many records are acknowledged."""
    handle = os.open(said, os.O_WRONLY | os.O_APPEND)
    with Store.open(Settings(workspace, processes=1), writer=True) as store:
        body = {**store.body(0), "filling": FILLING}
        while True:
            store.append([body] * RECORDS_AT_ONCE)
            os.write(handle, f"{store.log.records}\n".encode())
            time.sleep(PAUSE_S)


def _backup(workspace: Path, copies: Path, said: Path) -> None:
    said.write_bytes(b"")
    backup(Settings(workspace), copies)


def main() -> int:
    """Run the drill; with --write or --backup, be one of its processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20, help="kills")
    parser.add_argument("--seed", type=int, default=None, help="of the moments")
    parser.add_argument("--write", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--backup", nargs=3, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        _write(*given.write)
    if given.backup:
        _backup(*given.backup)
        return 0
    return report(given.seed, lambda seed, folder: drill(given.count, seed, folder))


if __name__ == "__main__":
    sys.exit(main())
