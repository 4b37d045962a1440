"""Measuring the pipeline on this machine.

Owns `tally bench pipeline`: records a second from a penalties file to sealed, encrypted, provable
records; how that scales; the evaluation of a large membership from encrypted storage; receipts
verified a second. What is printed names the machine, the versions and the settings. The peer in the
same run is plain reading and canonical hashing of the same rows, so that two machines, or one
machine on two days, can be compared by ratio.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import os
import platform
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Self

from tallystick.app.drafting import import_context, seal_drafts
from tallystick.app.evaluating import evaluate_each
from tallystick.app.founding import found
from tallystick.app.importing import import_files
from tallystick.app.progress import Progress, silent
from tallystick.app.receipts import make_numbered
from tallystick.app.store import Store
from tallystick.app.verifying import Verifier, verify
from tallystick.app.workspace import Settings
from tallystick.kernel import canonical
from tallystick.kernel.notes import parse_checkpoint
from tallystick.ledger import parse_trust
from tallystick.sources import SOURCES
from tallystick.testing.bulk import write_penalties
from tallystick.testing.membership import membership

RECORDS_DEFAULT = 1_000_000
MEMBERS_DEFAULT = 100_000
FACTS_EACH = 30
SMALL = 10  # the small run of the scaling has a tenth of the records
SCHEME = "association-2019"
AS_OF = "2026-11-01"
RECEIPTS = 2_000
_DRAFTS_PER_COMMIT = 16_384
_LIBRARIES = ("orjson", "PyNaCl", "cryptography", "numpy", "openpyxl", "pyarrow")


def pipeline(
    records: int = RECORDS_DEFAULT,
    members: int = MEMBERS_DEFAULT,
    processes: int | None = None,
    folder: Path | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure and return {"machine", "versions", "settings", "results"}; rates are per second.

    folder: where to work, removed afterwards; a temporary one if None. rss_mib counts this process
    and its workers together, at their peak.
    """
    used = processes or Settings(Path()).processes
    with tempfile.TemporaryDirectory(dir=folder) as working:
        place = Path(working)
        results = _ingest(place, records, used, progress)
        results |= _evaluation(place, members, used, progress)
    return {
        "machine": machine(),
        "versions": {"python": platform.python_version(), **versions()},
        "settings": {"records": records, "members": members, "processes": used},
        "results": results,
    }


class Memory:
    """The peak of the resident memory of this process and its children, sampled."""

    def __init__(self) -> None:
        self.peak_mib = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.peak_mib = max(self.peak_mib, resident_mib())

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self.peak_mib = max(self.peak_mib, resident_mib())


def resident_mib() -> float:
    """Return the resident memory of this process and its children, in MiB."""
    if not sys.platform.startswith("linux"):
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return (own + children) / 1024**2  # bytes on macOS
    total, me = 0, os.getpid()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                if int(folder.name) == me or int(fields[1]) == me:
                    total += int((folder / "statm").read_text().split()[1])
            except (OSError, IndexError, ValueError):
                continue
    return total * resource.getpagesize() / 1024**2


def versions() -> dict[str, str]:
    """Return the versions of the libraries that do the work."""
    return {name: importlib.metadata.version(name) for name in _LIBRARIES}


def machine() -> dict[str, Any]:
    """Return what was measured on: platform, processor, cores and the load beside it."""
    return {
        "platform": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor()


# -- from a file to sealed records ----------------------------------------------------------------


def _ingest(place: Path, records: int, processes: int, progress: Progress) -> dict[str, Any]:
    small_rows = max(records // SMALL, 1)
    small = _one_ingest(place / "small", small_rows, processes, progress)
    large = _one_ingest(place / "large", records, processes, progress)
    return {
        "records_per_second": round(records / large["seconds"]),
        "records_per_second_small": round(small_rows / small["seconds"]),
        "scaling": round((large["seconds"] / records) / (small["seconds"] / small_rows), 3),
        "rss_mib": round(large["rss_mib"]),
        "peer_rows_per_second": round(large["peer"]),
        "ratio_to_peer": round(records / large["seconds"] / large["peer"], 3),
        "bytes_per_record": large["bytes"] // records,
        **large["receipts"],
    }


def _one_ingest(place: Path, rows: int, processes: int, progress: Progress) -> dict[str, Any]:
    place.mkdir()
    file = place / "penalties.csv"
    write_penalties(file, rows)
    peer = rows / _timed(lambda: _peer(file))
    settings = _settings(place, processes)
    with found(settings, "bench", operator="bench") as store, Memory() as memory:
        begun = time.perf_counter()
        report = import_files(store, [file], "penalties", progress=progress)
        seconds = time.perf_counter() - begun
        if report.accepted != rows:
            message = f"{report.accepted} of {rows} accepted"
            raise RuntimeError(message)
    size = sum(p.stat().st_size for p in settings.folder.rglob("*") if p.is_file())
    receipts = _receipts(settings)
    shutil.rmtree(place)
    return {
        "seconds": seconds,
        "rss_mib": memory.peak_mib,
        "peer": peer,
        "bytes": size,
        "receipts": receipts,
    }


def _peer(file: Path) -> None:
    """Read every row, write it as canonical JSON, hash it: what nobody could do without."""
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        names = next(reader)
        for row in reader:
            hashlib.sha256(canonical.encode(dict(zip(names, row, strict=True)))).digest()


def _receipts(settings: Settings) -> dict[str, Any]:
    with Store.open(settings) as store:
        step = max(store.log.records // RECEIPTS, 1)
        numbers = range(3, store.log.records, step)
        begun = time.perf_counter()
        papers = [make_numbered(store, number) for number in islice(numbers, RECEIPTS)]
        made = (time.perf_counter() - begun) / len(papers)
        trust = store.trust.text()
    cold = _timed(lambda: _verify_cold(papers, trust))
    verifier = Verifier(parse_trust(trust))
    verifier.check(papers[0])
    warm = _timed(lambda: [verifier.check(paper) for paper in papers])
    if not all(verifier.check(paper).valid for paper in papers):
        message = "a receipt is not valid"
        raise RuntimeError(message)
    return {
        "receipt_bytes": max(map(len, papers)),
        "receipt_milliseconds": round(made * 1000, 3),
        "verify_per_second_nothing_cached": round(len(papers) / cold),
        "verify_per_second_one_checkpoint": round(len(papers) / warm),
    }


def _verify_cold(papers: list[bytes], trust: str) -> None:
    for paper in papers:
        parse_checkpoint.cache_clear()
        verify(paper, trust)


# -- a large membership ---------------------------------------------------------------------------


def _evaluation(place: Path, members: int, processes: int, progress: Progress) -> dict[str, Any]:
    settings = _settings(place / "members", processes)
    with found(settings, "bench", operator="bench") as store:
        _fill(store, members, progress)
    with Store.open(settings, writer=True) as store, Memory() as memory:
        digests = hashlib.sha256()
        begun = time.perf_counter()
        evaluated, sample = 0, []
        for result in evaluate_each(store, SCHEME, as_of=AS_OF, sentences=False, progress=progress):
            digests.update(result["digest"].encode())
            if evaluated % max(members // 20, 1) == 0:
                sample.append((result["subject"], result["digest"]))
            evaluated += 1
        seconds = time.perf_counter() - begun
        peak = memory.peak_mib
        for subject, digest in sample:
            [one] = evaluate_each(store, SCHEME, subject, AS_OF, sentences=False)
            if one["digest"] != digest:
                message = f"{subject}: one by one gives other digits"
                raise RuntimeError(message)
    return {
        "evaluate_seconds": round(seconds, 2),
        "evaluate_members": evaluated,
        "evaluate_facts": evaluated * FACTS_EACH,
        "evaluate_members_per_second": round(evaluated / seconds),
        "evaluate_rss_mib": round(peak),
        "evaluate_digests": digests.hexdigest(),
        "one_by_one_checked": len(sample),
    }


def _fill(store: Store, members: int, progress: Progress) -> None:
    """Seal a membership, as its files would have been."""
    drafts: Iterator[Any] = membership(members, FACTS_EACH, as_of=AS_OF)
    contexts = [
        import_context(store, f"{source}-bench", source, "0" * 64, "") for source in SOURCES
    ]
    store.append([header for header, _ in contexts])
    _, context = contexts[0]
    done = 0
    while some := list(islice(drafts, _DRAFTS_PER_COMMIT)):
        store.commit(seal_drafts(some, context))
        done += len(some)
        progress("fill", done, members * (FACTS_EACH + 1))


def _settings(place: Path, processes: int) -> Settings:
    place.mkdir(exist_ok=True)
    passphrase = place / "passphrase"
    passphrase.write_text("bench\n", encoding="utf-8")
    return Settings(place / "ws", passphrase_file=passphrase, processes=processes)


def _timed(act: Any) -> float:  # noqa: ANN401 - any function of no arguments
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
