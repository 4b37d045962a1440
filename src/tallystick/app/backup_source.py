"""A workspace that somebody may be writing, read as it is at one moment.

Owns the reading a backup does of a living workspace: the checkpoint together with the files that
are replaced whole, and whether a record was erased between two such moments. No secret is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from tallystick.app.backup_repository import erased_in
from tallystick.app.evidence_check import Walked, check_entries, check_signed
from tallystick.app.workspace import Paths, kind_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import StatusEntry, parse_trust
from tallystick.ledger.commitments import base_of
from tallystick.ledger.evidence import decode_leaf, read_leaves

_TRIES_MAX = 1000
# Of evidence and bodies, what grows and is copied by length, or can be made again.
_NOT_SMALL = ("entries", "status", "checkpoint", "groups", "records")

BUSY = Reason(
    "workspace_busy",
    Text("工作区写得太快，读不到不变的一刻", "the workspace is written to without a pause"),
    "",
    Text("请再试一次。", "Try again."),
)


class Source(NamedTuple):
    """A workspace at one moment: its checkpoint, and its small files as they were under it."""

    checkpoint: Checkpoint
    small: dict[str, bytes]


def read_source(paths: Paths) -> Source:
    """Read the checkpoint, and the small files at a moment at which it did not change.

    A party is sealed before it stands in the trust file, so that the file read is never ahead of
    the checkpoint; at worst it lacks the newest party, as after a writer that died. Raises: BUSY,
    BAD_NOTE, BAD_TRUST_FILE, UNKNOWN_KEY, UNKNOWN_SIGNER, BAD_SIGNATURE.
    """
    file = paths.evidence / "checkpoint"
    for _ in range(_TRIES_MAX):
        text = file.read_bytes()
        small = {name: path.read_bytes() for name, path in _small_files(paths)}
        if file.read_bytes() == text:
            break
    else:
        raise BUSY.error()
    checkpoint = parse_checkpoint(text.decode(errors="replace"))
    policy = parse_trust(small["trust.policy"].decode(errors="replace"))
    check_signed(checkpoint, policy)
    return Source(checkpoint, small)


def walk_source(paths: Paths, source: Source, asked: Collection[int]) -> Walked:
    """Walk over the entries of the workspace. Raises: EVIDENCE_DAMAGED."""
    return check_entries(paths.evidence / "entries", source.checkpoint, asked)


def first_commitment(evidence: Path) -> int:
    """Return the number of the first record whose commitment lies in a folder of evidence."""
    return max(map(base_of, evidence.glob("commitments*")), default=0)


def erased_meanwhile(paths: Paths, source: Source, newer: Source, rows: int, records: int) -> bool:
    """Tell whether one of the first `records` records was erased between two moments.

    rows: of the journal as of the first moment.
    """
    size = newer.checkpoint.size
    if size == source.checkpoint.size or not size:
        return False
    [leaf] = read_leaves(paths.evidence / "entries", 1, size - 1)
    last = decode_leaf(leaf)
    now = last.rows if isinstance(last, StatusEntry) else 0
    return bool(erased_in(paths.evidence / "status", now, records, rows))


def _small_files(paths: Paths) -> Iterator[tuple[str, Path]]:
    """Yield evidence and keys that are replaced whole, by their names in the workspace."""
    for path in sorted(paths.folder.rglob("*")):
        relative = path.relative_to(paths.folder)
        if kind_of(relative) in {"evidence", "bodies"} and path.is_file():
            grows = path.name in _NOT_SMALL or base_of(path) >= 0 or path.name.startswith("tile-")
            if not grows:
                yield relative.as_posix(), path
