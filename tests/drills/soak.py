"""A drill: a million small records through the whole store, and what that does to it.

    python -m tests.drills.soak --records 1000000

One process appends facts, a thousand at a time, as an import does. Of every tenth it notes the rate
and the memory in use. At a tenth of the way and at the end a process of its own opens the workspace
to read and to write, so that nothing is in its memory. Then the workspace is backed up, audited,
and its newest and oldest receipts are built and verified.

The promises: the last tenth is sealed at no less than 0.8 of the rate of the first; a reader is
there within a limit of time; memory grows by no more than a set number of bytes a record, which is
what the index takes. Prints the results as JSON on the last line. Exit
status 1 when a promise broke.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.drills.killing import BrokenPromiseError

from tallystick.app import receipts
from tallystick.app.auditing import audit
from tallystick.app.backup_check import check_backups
from tallystick.app.backups import backup
from tallystick.app.disk_use import disk_use
from tallystick.app.founding import found
from tallystick.app.sealing import seal_bodies
from tallystick.app.store import Store
from tallystick.app.verifying import verify
from tallystick.app.workspace import Settings
from tallystick.records import Body, bodies
from tallystick.testing.benching import machine, resident_mib
from tallystick.testing.fiction import company_codes

PASSPHRASE = "a passphrase for drills"  # noqa: S105 - it protects made-up rows
AT_ONCE = 1000
SUBJECTS = 20_000
TENTHS = 10
RATE_KEPT_MIN = 0.8
OPEN_S_MAX = 2.0
OPEN_RECORDS = 10_000_000  # the limit of time above is for so many
MEMORY_BYTES_A_RECORD_MAX = 130  # 42 of the index, and two copies of it while it is written
RECEIPTS = 50
JUDGED_RECORDS_MIN = 500_000  # with fewer, rate and memory are those of the first seconds


def soak(records: int, folder: Path) -> dict[str, Any]:
    """Append `records` records and return what was measured. Raises: BrokenPromiseError."""
    workspace = folder / "workspace"
    (folder / "workspace.passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    settings = Settings(workspace, processes=1)
    found(settings, PASSPHRASE, operator="样例协会", sample=True).close()
    codes = company_codes(7, min(records, SUBJECTS))
    rates: list[int] = []
    memory: list[float] = []
    opened: dict[str, Any] = {}
    for tenth in range(TENTHS):
        with Store.open(settings, writer=True) as store:
            began, fsynced = time.perf_counter(), store.log.records
            _fill(store, tenth * records // TENTHS, (tenth + 1) * records // TENTHS, codes)
            took = time.perf_counter() - began
            rates.append(round((store.log.records - fsynced) / took))
            memory.append(round(resident_mib(), 1))
        if tenth in (0, TENTHS - 1):
            opened[f"{(tenth + 1) * 10}%"] = _opened(workspace)
        _say(f"{(tenth + 1) * 10} %: {rates[-1]} records/s, {memory[-1]} MiB")
    results: dict[str, Any] = {
        "records": records,
        "records_per_second_by_tenth": rates,
        "scaling": round(rates[-1] / rates[0], 2),
        "rss_mib_by_tenth": memory,
        "rss_bytes_a_record": round((memory[-1] - memory[0]) * 2**20 / (records * 0.9)),
        "opening": opened,
        **_kept(settings, folder),
        "machine": machine(),
    }
    _check(results)
    return results


def _fill(store: Store, first: int, end: int, codes: list[str]) -> None:
    for start in range(first, end, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, end))
        store.commit(seal_bodies([_fact(store, n, codes) for n in numbers], store.secrets))


def _fact(store: Store, number: int, codes: list[str]) -> Body:
    source = {
        "name": "样例市税务局",
        "code": "",
        "document": f"样税〔2026〕{number}号",
        "digest": "",
    }
    return bodies.fact(
        store.delivery(),
        item="tax.rating",
        subject=codes[number % len(codes)],
        key=f"{2000 + number // len(codes)}",
        occurred="2025-12-31",
        data={"year": 2000 + number // len(codes), "grade": "A", "rated_by": "样例市税务局"},
        source=source,
        channel="transcribed",
        imported="",
    )


def _opened(workspace: Path) -> dict[str, Any]:
    """Open the workspace in new processes, to read and to write; return seconds and memory."""
    said = {}
    for way in ("read", "write"):
        command = [sys.executable, "-m", "tests.drills.soak", "--open", way, str(workspace)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        said[way] = json.loads(done.stdout)
    return said


def _open(way: str, workspace: Path) -> None:
    began = time.perf_counter()
    with Store.open(Settings(workspace, processes=1), writer=way == "write") as store:
        took = time.perf_counter() - began
        store.opened(store.log.records - 1)
        told = {"seconds": round(took, 2), "rss_mib": round(resident_mib())}
    sys.stdout.write(json.dumps(told))


def _kept(settings: Settings, folder: Path) -> dict[str, Any]:
    """Back up, audit and prove; return what each took."""
    began = time.perf_counter()
    made = backup(settings, folder / "copy")
    backed_up = time.perf_counter() - began
    began = time.perf_counter()
    check_backups(folder / "copy")
    checked = time.perf_counter() - began
    use = disk_use(settings)
    trust = (settings.folder / "trust.policy").read_text(encoding="utf-8")
    with Store.open(settings) as store:
        last = store.log.records - 1
        numbers = [last * place // RECEIPTS for place in range(RECEIPTS + 1)]
        began = time.perf_counter()
        papers = [receipts.make_numbered(store, number, content=False) for number in numbers]
        built = (time.perf_counter() - began) / len(papers)
    for paper in papers:
        if not verify(paper, trust).valid:
            raise BrokenPromiseError("a receipt does not verify")
    began = time.perf_counter()
    report = audit(settings)
    if not report.ok:
        raise BrokenPromiseError(json.dumps(report.to_json(), ensure_ascii=False))
    return {
        "backup_s": round(backed_up, 1),
        "backup_check_s": round(checked, 1),
        "backup_mib": made["bytes"] >> 20,
        "audit_s": round(time.perf_counter() - began, 1),
        "receipt_ms": round(built * 1000, 2),
        "bytes_a_record": use["bytes_a_record"],
        "bytes_by_part": {part["name"]: part["bytes"] for part in use["parts"] if part["bytes"]},
    }


def _check(results: dict[str, Any]) -> None:
    broken = []
    large = results["records"] >= JUDGED_RECORDS_MIN
    if large and results["scaling"] < RATE_KEPT_MIN:
        broken.append(f"the last tenth was sealed at {results['scaling']} of the first rate")
    limit = OPEN_S_MAX * max(results["records"] / OPEN_RECORDS, 1)
    if results["opening"]["100%"]["read"]["seconds"] > limit:
        broken.append(f"a reader waits for more than {limit} s")
    if large and results["rss_bytes_a_record"] > MEMORY_BYTES_A_RECORD_MAX:
        broken.append(f"memory grows by {results['rss_bytes_a_record']} bytes a record")
    if broken:
        raise BrokenPromiseError(json.dumps({"broken": broken, **results}, ensure_ascii=False))


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> int:
    """Run the soak; with --open, be the process that opens the workspace."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None, help="where; a temporary one if not")
    parser.add_argument("--open", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.open:
        _open(given.open[0], Path(given.open[1]))
        return 0
    with tempfile.TemporaryDirectory(prefix="tally-soak-", dir=given.folder) as folder:
        try:
            results = soak(given.records, Path(folder))
        except BrokenPromiseError as broken:
            sys.stdout.write(json.dumps({"ok": False, "broken": str(broken)}) + "\n")
            return 1
    sys.stdout.write(json.dumps({"ok": True, **results}, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
