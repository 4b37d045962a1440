"""A drill: erasures are killed at random moments, and whatever is stated is carried out.

    python -m tests.drills.kill_erasure --count 20

Facts about made-up organisations are sealed; then one after the other is erased by a process of its
own, which is killed (SIGKILL) after a random fraction of the time an erasure takes. After every
kill the next writer opens the workspace. Then a record is either there whole, or the ledger states
that it was erased and its key, its text and its salt are in no file; nothing else is lost; the
audit finds nothing; and a backup taken before any of it is restored without what was erased.

Prints one line a kill and a summary as JSON on the last line. Exit status 1 when a promise broke.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.drills.killing import BrokenPromiseError, report, say

from tallystick.app.auditing import audit
from tallystick.app.backups import backup
from tallystick.app.erasing import erase
from tallystick.app.founding import found
from tallystick.app.officers import new_officer
from tallystick.app.restoring import Beside, restore
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.records import bodies
from tallystick.testing.fiction import company_codes
from tallystick.vault import WRAPPED_BYTES

PASSPHRASE = "a passphrase for drills"  # noqa: S105 - it protects made-up rows
OFFICER = "An officer of the drill"
WAIT_SECONDS_MAX = 60
PAUSE_S = 0.002


@dataclass
class Outcome:
    """What a drill saw. kills: erasures that were killed; finished: done before the kill came.

    erased: records the ledger states as erased in the end; restored: what was erased again.
    """

    kills: int = 0
    finished: int = 0
    erased: int = 0
    restored: int = 0


def drill(count: int, seed: int, folder: Path) -> Outcome:
    """Kill `count` erasures. Raises: BrokenPromiseError."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    workspace = folder / "workspace"
    for name in ("workspace", "again"):
        (folder / f"{name}.passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    settings = Settings(workspace, processes=1)
    found(settings, PASSPHRASE, operator="样例协会", sample=True).close()
    marks = _fill(settings, count + 1)
    backup(settings, folder / "copy")
    outcome = Outcome()
    waiting = list(marks)
    lasts = _erase(workspace, waiting.pop(), folder / "begun")
    for number in range(1, count + 1):
        _kill_one(workspace, waiting[0], lasts * chance.random(), outcome)
        erased = _check(settings, marks)
        if waiting[0] in erased:
            waiting.pop(0)
        say(f"{number}: {len(erased)} erased")
    outcome.erased = len(_check(settings, marks))
    again = Settings(folder / "again", processes=1)
    done = restore(again, folder / "copy", Beside(later=(workspace,)))
    if not done["ok"]:
        raise BrokenPromiseError(json.dumps(done["audit"], ensure_ascii=False))
    outcome.restored = len(done["erased"])
    if outcome.restored != outcome.erased:
        raise BrokenPromiseError(f"{outcome.erased} were erased, {outcome.restored} in the restore")
    _check(again, marks)
    return outcome


def _fill(settings: Settings, count: int) -> dict[int, list[bytes]]:
    """Seal facts; return by record number what must be nowhere once one is erased."""
    codes = company_codes(11, count)
    source = {"name": "样例市税务局", "code": "", "document": "", "digest": ""}
    with Store.open(settings, writer=True) as store:
        new_officer(store, OFFICER)
        first = store.log.records
        store.append(
            [
                bodies.fact(
                    store.delivery(),
                    item="tax.rating",
                    subject=code,
                    key="2025",
                    occurred="2025-12-31",
                    data={"year": 2025, "grade": "A", "rated_by": f"PLANTED-{code}"},
                    source=source,
                    channel="transcribed",
                    imported="",
                )
                for code in codes
            ]
        )
        keys = store.paths.record_keys.read_bytes()
        marks = {}
        for number in range(first, first + count):
            opened = store.opened(number)
            key = keys[number * WRAPPED_BYTES : (number + 1) * WRAPPED_BYTES]
            marks[number] = [opened.body, opened.salt, opened.salt.hex().encode(), key]
    return marks


def _check(settings: Settings, marks: dict[int, list[bytes]]) -> set[int]:
    """Open as the next writer, and check every record; return those that are erased."""
    with Store.open(settings, writer=True) as store:
        erased = set(store.log.journal.erased) & marks.keys()
        for number in marks.keys() - erased:
            if store.opened(number).body != marks[number][0]:
                raise BrokenPromiseError(f"record {number} is not what it was")
    files = [path for path in settings.folder.rglob("*") if path.is_file()]
    contents = {path: path.read_bytes() for path in files}
    for number in erased:
        for mark in marks[number]:
            held = [path for path, data in contents.items() if mark in data]
            if held:
                raise BrokenPromiseError(f"record {number} was erased and is still in {held}")
    report = audit(settings)
    if not report.ok:
        raise BrokenPromiseError(json.dumps(report.to_json(), ensure_ascii=False))
    if {one.number for one in report.erased} & marks.keys() != erased:
        raise BrokenPromiseError("the audit lists other erasures than the ledger states")
    return erased


def _kill_one(workspace: Path, number: int, after: float, outcome: Outcome) -> None:
    said = workspace.with_suffix(".begun")
    said.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "tests.drills.kill_erasure",
        "--erase",
        str(workspace),
        str(number),
        str(said),
    ]
    process = subprocess.Popen(command)
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while process.poll() is None and not said.exists():
        time.sleep(PAUSE_S)
        if time.monotonic() > deadline:
            process.kill()
            raise BrokenPromiseError("the erasure stands still")
    time.sleep(after)
    killed = process.poll() is None
    process.kill()
    process.wait()
    outcome.kills += killed
    outcome.finished += not killed


def _erase(workspace: Path, number: int, said: Path) -> float:
    """Erase a record; return how many seconds it took, opening left out.

    said: the file that is made when it begins.
    """
    with Store.open(Settings(workspace, processes=1), writer=True) as store:
        record = store.log.commitment(number).hex()
        said.write_bytes(b"")
        began = time.monotonic()
        erase(store, [record], basis="征信业管理条例 art. 25", reason="a drill", officer=OFFICER)
        return time.monotonic() - began


def main() -> int:
    """Run the drill; with --erase, be the erasure that is killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20, help="kills")
    parser.add_argument("--seed", type=int, default=None, help="of the moments")
    parser.add_argument("--erase", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.erase:
        _erase(Path(given.erase[0]), int(given.erase[1]), Path(given.erase[2]))
        return 0
    return report(given.seed, lambda seed, folder: drill(given.count, seed, folder))


if __name__ == "__main__":
    sys.exit(main())
