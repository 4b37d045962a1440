"""Snapshots read again: every digest, every root, the signature on the checkpoint.

Owns the check of copies, which needs no secret. What a copied key or body says is not looked at:
whoever restores a workspace audits it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tallystick.app.backup_repository import (
    BACKUP_DAMAGED,
    ENTRIES,
    JOURNAL,
    OTHER_DIGEST,
    Repository,
    Snapshot,
    repository_in,
)
from tallystick.app.evidence_check import (
    Walked,
    check_commitments,
    check_entries,
    check_journal,
    check_signed,
)
from tallystick.app.progress import Progress, silent
from tallystick.kernel.notes import Checkpoint
from tallystick.ledger import parse_trust, read_checkpoint

MIB = 20  # bits: progress of copying is told in MiB


def backups_in(folder: Path, keys: Path | None = None) -> dict[str, Any]:
    """Return what the repository in `folder` holds. Raises: NO_BACKUP, BACKUP_DAMAGED."""
    repository = repository_in(folder, keys)
    listed = [repository.snapshot(number) for number in repository.numbers()]
    newest = read_checkpoint(repository.evidence / "checkpoint") if listed else None
    return {
        "folder": str(repository.folder),
        "origin": listed[-1].origin if listed else "",
        "evidence_size": newest.size if newest else 0,
        "incomplete": len(repository.incomplete()),
        "snapshots": [
            {
                "number": one.number,
                "taken_at": one.taken_at,
                "size": one.note.size,
                "records": one.records,
                "bytes": sum(file.bytes for file in one.files.values()),
                "keys": repository.keys_folder(one.number).is_dir(),
            }
            for one in listed
        ],
    }


def check_backups(
    folder: Path, keys: Path | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Check every snapshot in `folder`: all digests, all roots; return what was checked.

    Raises: NO_BACKUP, BACKUP_DAMAGED, KEYS_AWAY, EVIDENCE_DAMAGED.
    """
    repository = repository_in(folder, keys)
    for number in repository.numbers():
        check_snapshot(repository, repository.snapshot(number), progress)
    return backups_in(folder, keys)


def check_snapshot(
    repository: Repository, snapshot: Snapshot, progress: Progress = silent, *, first: int = 0
) -> Walked:
    """Read a snapshot again: digests of all files, roots from entries and commitments.

    first: of the first record whose commitment is hashed again; the digest covers those before.
    Raises: BACKUP_DAMAGED, KEYS_AWAY, EVIDENCE_DAMAGED, and what the checkpoint's signature raises.
    """
    total = sum(file.bytes for file in snapshot.files.values())
    done = 0
    for name, file in snapshot.files.items():
        if repository.digest(name, snapshot) != file.sha256:
            raise BACKUP_DAMAGED.error(file=name, what=OTHER_DIGEST)
        done += file.bytes
        progress("backup_check", done >> MIB, total >> MIB)
    policy = repository.place("trust.policy", snapshot.number).read_text(encoding="utf-8")
    checkpoint = snapshot.note
    check_signed(checkpoint, parse_trust(policy))
    return check_copied(repository, checkpoint, snapshot.commitments, snapshot.base, first)


def check_copied(
    repository: Repository, checkpoint: Checkpoint, commitments: str, base: int, first: int = 0
) -> Walked:
    """Compute the roots of the copied evidence anew. Raises: EVIDENCE_DAMAGED."""
    entries = repository.folder / ENTRIES
    walked = check_entries(entries, checkpoint)
    check_journal(repository.folder / JOURNAL, walked.status)
    file = repository.folder / commitments
    if walked.records > base:
        check_commitments(entries, checkpoint.size, file, base, first)
    return walked
