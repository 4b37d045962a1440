"""A drill: an import is killed at random moments, and nothing that was acknowledged is lost.

    python -m tests.drills.kill_import --count 50

A large file of penalties is imported by a process of its own, which uses two more as a user's
import does, and is killed (SIGKILL) once it has acknowledged a random number of records and a
random fraction of a second has passed. After every kill the workspace must pass its audit, hold
every record that was acknowledged, byte for byte where it was, and no process may be left behind.
The next import of the same file goes on from there; the last one is left to finish and must
complete the file.

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

from tallystick.app import importing
from tallystick.app.auditing import audit
from tallystick.app.founding import found
from tallystick.app.importing import import_files
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.testing.bulk import write_penalties

PASSPHRASE = "a passphrase for drills"  # noqa: S105 - it protects made-up rows
SOURCE = "penalties"
COMMITMENT_BYTES = 32
CHUNK_ROWS = 1000  # fewer than an import takes at once, so that there are more moments to be hit
DELAY_SECONDS_MAX = 0.1  # about three such chunks
LAST_TARGET = 0.8  # of the rows that are missing: beyond, the kill would come too late
WAIT_SECONDS_MAX = 120
POLL_SECONDS = 0.002


@dataclass
class Outcome:
    """What a drill saw.

    kills: imports that were killed. finished: imports that were done before their kill came. rows:
    of the file. accepted: rows that are new records.
    """

    kills: int = 0
    finished: int = 0
    rows: int = 0
    accepted: int = 0


def drill(count: int, rows: int, seed: int, folder: Path) -> Outcome:
    """Kill `count` imports of a file of `rows` rows in `folder`; return what was seen.

    Raises: BrokenPromiseError.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    file = folder / "penalties.csv"
    outcome = Outcome(rows=rows, accepted=write_penalties(file, rows, members=500).accepted)
    workspace = _founded(folder, 0)
    for number in range(1, count + 1):
        missing = rows - _kept(workspace)
        if missing <= 0:
            workspace, missing = _founded(folder, number), rows
        target = int(missing * LAST_TARGET * chance.random())
        acknowledged, killed = _kill_one(workspace, file, target, chance)
        outcome.kills += killed
        outcome.finished += not killed
        _check(workspace)
        say(f"{number}: acknowledged {acknowledged}, kept {_kept(workspace)}")
    _complete(workspace, file, rows)
    return outcome


def _settings(workspace: Path) -> Settings:
    return Settings(workspace, processes=2)


def _founded(folder: Path, number: int) -> Path:
    workspace = folder / f"workspace-{number}"
    (folder / f"{workspace.name}.passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    found(_settings(workspace), PASSPHRASE, operator="样例协会", sample=True).close()
    return workspace


def _kept(workspace: Path) -> int:
    """Return how many records the checkpoint covers. A reader sees them without any recovery."""
    with Store.open(_settings(workspace)) as store:
        return store.log.records


def _check(workspace: Path) -> None:
    report = audit(_settings(workspace))
    if not report.ok:
        raise BrokenPromiseError(json.dumps(report.to_json(), ensure_ascii=False))


def _kill_one(workspace: Path, file: Path, target: int, chance: random.Random) -> tuple[int, bool]:
    """Import `file` in another process and kill it once it acknowledged more than `target` records.

    Returns how many records of the ledger were acknowledged, and whether the kill came in time.
    """
    before = _kept(workspace)
    evidence = (workspace / "evidence" / "commitments").read_bytes()
    said = workspace.with_suffix(".acknowledged")
    said.write_bytes(b"")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.drills.kill_import",
            "--import",
            str(workspace),
            str(file),
            str(said),
        ],
        start_new_session=True,
    )
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while process.poll() is None and _last(said, before) <= before + target:
        time.sleep(POLL_SECONDS)
        if time.monotonic() > deadline:
            process.kill()
            raise BrokenPromiseError("the import stands still")
    time.sleep(chance.random() * DELAY_SECONDS_MAX)
    killed = process.poll() is None
    process.kill()
    process.wait()
    _nobody_left(process.pid)
    acknowledged = _last(said, before)
    if _kept(workspace) < acknowledged:
        raise BrokenPromiseError(f"{acknowledged} were acknowledged, {_kept(workspace)} are there")
    covered = before * COMMITMENT_BYTES
    if (workspace / "evidence" / "commitments").read_bytes()[:covered] != evidence[:covered]:
        raise BrokenPromiseError("records acknowledged earlier are not where they were")
    return acknowledged, killed


def _last(said: Path, otherwise: int) -> int:
    """Return the last whole number that the import wrote into the file `said`."""
    lines = said.read_text(encoding="ascii").split("\n")[:-1]
    return int(lines[-1]) if lines else otherwise


def _nobody_left(group: int) -> None:
    """Wait until no process of the killed import is alive."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX / 10
    while time.monotonic() < deadline:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True
        ).stdout
        alive = [line.split() for line in listed.splitlines()]
        if not any(pgid == str(group) and state[0] != "Z" for pgid, state in alive):
            return
        time.sleep(POLL_SECONDS * 10)
    raise BrokenPromiseError(f"processes of the killed import {group} go on living")


def _complete(workspace: Path, file: Path, rows: int) -> None:
    with Store.open(_settings(workspace), writer=True) as store:
        report = import_files(store, [file], SOURCE)
        if (report.accepted + report.duplicate, report.problems) != (rows, []):
            raise BrokenPromiseError(f"the last import did not complete the file: {report}")
        again = import_files(store, [file], SOURCE)
        if (again.accepted, again.duplicate) != (0, rows):
            raise BrokenPromiseError("the same file again added records")
    _check(workspace)


def _import(workspace: Path, file: Path, said: Path) -> None:
    """Import `file`; write into `said` how many records are acknowledged, as soon as they are."""
    handle = os.open(said, os.O_WRONLY | os.O_APPEND)
    commit = Store.commit

    def told(store: Store, *arguments: object) -> int:
        first = commit(store, *arguments)  # type: ignore[arg-type]
        os.write(handle, f"{store.log.records}\n".encode())
        return first

    Store.commit = told  # type: ignore[assignment,method-assign]
    importing.CHUNK_ROWS_MAX = CHUNK_ROWS
    with Store.open(_settings(workspace), writer=True) as store:
        import_files(store, [file], SOURCE)


def main() -> int:
    """Run the drill; with --import, be the import that is killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=50, help="kills")
    parser.add_argument("--rows", type=int, default=30_000, help="rows of the file")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the moments; random if not given"
    )
    parser.add_argument("--import", nargs=3, type=Path, dest="importing", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.importing:
        _import(*given.importing)
        return 0
    return report(given.seed, lambda seed, folder: drill(given.count, given.rows, seed, folder))


if __name__ == "__main__":
    sys.exit(main())
