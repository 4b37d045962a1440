"""What a workspace uses of the disk, for what, how fast it grows, and what could be moved away.

Owns the figures of `tally ledger stats`. They come from sizes of files and from the headers of
batches, so that neither a passphrase nor a lock is needed.
"""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.workspace import Paths, Settings, read_identity
from tallystick.ledger import COMMITMENT_BYTES, decode_header, is_status_entry, read_checkpoint
from tallystick.ledger.commitments import base_of
from tallystick.ledger.evidence import read_leaves

KEEP_RECORDS = 1_000_000
_DAY_S = 86_400
_WINDOW_DAYS = 90
_YEAR_DAYS = 365
_DAYS_MIN = 7  # of a ledger, before its growth says anything of a year
_OUTPUTS = ("receipts", "reports", "imports", "exports")


class Part(NamedTuple):
    """Files of one use. derived: whether they can be made again from the others."""

    name: str
    files: int
    bytes: int
    derived: bool = False


class _Log(NamedTuple):
    entries: int
    batches: int
    records: int
    first_at: int
    window: int  # records sealed in the days of the window


def disk_use(settings: Settings, keep_records: int = KEEP_RECORDS) -> dict[str, Any]:
    """Return what uses the disk. keep_records: the newest ones, which are not for an archive.

    Raises: NOT_A_WORKSPACE, and what reading the evidence raises.
    """
    paths = Paths(settings.folder)
    origin = read_identity(paths)
    now = int(settings.now().timestamp())
    log = _log(paths, now)
    parts = _parts(paths)
    whole = sum(part.bytes for part in parts)
    lasting = sum(part.bytes for part in parts if not part.name.startswith("output"))
    days = min(max(now - log.first_at, _DAY_S) / _DAY_S, _WINDOW_DAYS) if log.records else 0
    yearly = int(log.window / days * _YEAR_DAYS) if days >= _DAYS_MIN else None
    base = max(map(base_of, paths.evidence.glob("commitments*")), default=0)
    movable = max(log.records - keep_records - base, 0)
    free = shutil.disk_usage(paths.folder).free
    a_record = lasting / log.records if log.records else 0
    grows = None if yearly is None else int(yearly * a_record)
    return {
        "workspace": str(paths.folder),
        "origin": origin,
        "entries": log.entries,
        "batches": log.batches,
        "records": log.records,
        "bytes": whole,
        "bytes_a_record": round(a_record, 1),
        "bytes_a_batch": round(lasting / log.batches, 1) if log.batches else 0,
        "parts": [
            {
                "name": part.name,
                "files": part.files,
                "bytes": part.bytes,
                "derived": part.derived,
                "bytes_a_record": round(part.bytes / log.records, 1) if log.records else 0,
            }
            for part in parts
        ],
        "growth": {
            "days": round(days),
            "records": log.window,
            "records_a_year": yearly,
            "bytes_a_year": grows,
        },
        "archived_records": base,
        "archivable": {"records": movable, "bytes": movable * COMMITMENT_BYTES},
        "free_bytes": free,
        "years_left": round(free / grows, 1) if grows else None,
    }


def _log(paths: Paths, now: int) -> _Log:
    size = read_checkpoint(paths.evidence / "checkpoint").size
    times, counts = array("q"), array("q")
    for leaf in read_leaves(paths.evidence / "entries", size):
        if not is_status_entry(leaf):
            header = decode_header(leaf)
            times.append(header.sealed_at)
            counts.append(header.records)
    since = now - _WINDOW_DAYS * _DAY_S
    window = sum(count for at, count in zip(times, counts, strict=True) if at >= since)
    return _Log(size, len(times), sum(counts), min(times, default=now), window)


def _parts(paths: Paths) -> list[Part]:
    evidence, folder = paths.evidence, paths.folder
    keys = folder / "keys"
    parts = [
        _part("evidence/entries", [evidence / "entries"]),
        _part("evidence/commitments", evidence.glob("commitments*")),
        _part("evidence/status", [evidence / "status"]),
        _part("evidence/checkpoint", [evidence / "checkpoint", evidence / "cosigned"]),
        _part("evidence/tiles", evidence.glob("tile-*"), derived=True),
        _part("evidence/groups", [evidence / "groups"], derived=True),
        _part("bodies", (folder / "bodies").rglob("*")),
        _part("keys/records", [keys / "records"]),
        _part("keys/others", [keys / "keyring", *keys.glob("*.key")]),
        _part("caches", (folder / "caches").rglob("*"), derived=True),
    ]
    known = {"evidence", "bodies", "keys", "caches"}
    outputs = [(name, (folder / name).rglob("*")) for name in _OUTPUTS]
    parts += [_part(f"output/{name}", files) for name, files in outputs]
    others = [one for one in folder.iterdir() if one.name not in known | set(_OUTPUTS)]
    files = (file for one in others for file in ((one,) if one.is_file() else one.rglob("*")))
    return [*parts, _part("output/others", files)]


def _part(name: str, files: Iterator[Path] | list[Path], *, derived: bool = False) -> Part:
    sizes = [file.stat().st_size for file in files if file.is_file()]
    return Part(name, len(sizes), sum(sizes), derived)
