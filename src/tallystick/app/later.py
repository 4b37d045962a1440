"""What happened to a ledger after a backup of it was taken: which records were erased since.

Owns the reading of later states of the same ledger, whatever form they come in: a workspace, a
repository of backups, an exported log with its journal of status, or receipts of erasure records.
Rules: a later state counts only if its checkpoint is signed by the log, its entries lead to the
signed root, and the snapshot is its past; a receipt only if it is valid by the trust file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.backup_repository import (
    BODIES,
    RECORD_KEYS,
    Repository,
    repository_in,
)
from tallystick.app.evidence_check import Walked, check_journal, check_signed, walk
from tallystick.app.verifying import RECEIPT_BYTES_MAX, Verifier
from tallystick.app.workspace import Paths
from tallystick.kernel import canonical
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import NOTHING, Reason, TallyError
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import COMMITMENT_BYTES, ERASED, TrustPolicy, read_checkpoint
from tallystick.ledger.commitments import base_of
from tallystick.ledger.evidence import EVIDENCE_DAMAGED, LEAF_BYTES, read_leaves
from tallystick.ledger.status import ROW_BYTES, decode_rows
from tallystick.ledger.tiles import TILE_WIDTH, tile_path
from tallystick.vault import Vault, unseal

_LENGTH_BYTES = 2
_SEARCH_RECORDS = 1 << 16

NOT_LATER = Reason(
    "not_later",
    Text(
        "{path} 不是本快照之后的同一账本：{what}",
        "{path} is no later state of the ledger of this snapshot: {what}",
    ),
    "docs/spec/backup.md",
    Text("{remedy}", "{remedy}"),
)
NOT_AN_ERASURE = Reason(
    "not_an_erasure",
    Text(
        "{path} 不是销毁记录的有效回执：{what}", "{path} is no valid receipt of an erasure: {what}"
    ),
    "docs/spec/backup.md",
    Text(
        "请给出含内容的销毁回执；信任文件较旧时用 --trust 给出较新的。",
        "Give a receipt with content; if the trust file is older, give a newer one with --trust.",
    ),
)
_OLDER = Text("它比快照旧", "it is older than the snapshot")
_OTHER_ROOT = Text("快照不是它的过去", "the snapshot is not its past")
_UNSIGNED = Text("检查点没有本账本的签名", "its checkpoint is not signed by this ledger")
_NEWER_TRUST = Text(
    "若此后更换过账本的密钥，请用 --trust 给出较新的 trust.policy，并用 --with 指明认定人。",
    "If a key of the log was replaced since, give the newer trust.policy with --trust and name an "
    "officer with --with.",
)
_UNREADABLE = Text("认不出是什么", "it is nothing that is known here")
_INVALID = Text("不成立", "it does not hold")
_NO_LIST = Text("没有列出记录", "it lists no records")


class _Readable(NamedTuple):
    """Bodies and keys of a later state, and how many records they reach to."""

    bodies: Path
    keys: Path
    records: int


class Erasure(NamedTuple):
    """A record erased later. since: seconds since 1970.

    by: number of the erasure record in the later ledger, -1 if not known; body: what that record
    says, None where it could not be read.
    """

    record: int
    since: int
    by: int
    body: Mapping[str, Any] | None


@dataclass(frozen=True)
class Later:
    """One later state: where it was found, how far it came, what it erases of the snapshot.

    form: "workspace", "backup", "log" or "receipt". size, records: of its checkpoint; records is
    -1 where only the size is known. as_of: when it was sealed, seconds since 1970.
    """

    place: str
    form: str
    size: int
    records: int
    as_of: int
    erasures: list[Erasure] = field(default_factory=list)


@dataclass(frozen=True)
class Past:
    """The snapshot that is to be restored, as later states are compared with it.

    evidence: its folder, with its file of commitments; base: the first record in that file.
    wrapping: the key that opens keys of records, for the bodies of later erasure records.
    """

    checkpoint: Checkpoint
    records: int
    rows: int
    commitments: Path
    base: int
    policy: TrustPolicy
    wrapping: bytes


def learn(path: Path, past: Past, keys: Path | None = None) -> Later:
    """Return what `path` tells of the time after the snapshot.

    keys: where the keys of a repository of backups are kept. Raises: NOT_LATER, NOT_AN_ERASURE,
    EVIDENCE_DAMAGED, and what reading raises.
    """
    if path.is_file():
        return _of_receipt(path, past)
    if (path / "evidence" / "checkpoint").is_file() and (path / "workspace.json").is_file():
        return _of_evidence(path, "workspace", path, past, None)
    if (path / "checkpoint").is_file() and (path / "tile").is_dir():
        return _of_log(path, past)
    try:
        repository = repository_in(path, keys)
    except TallyError:
        raise _not_later(path, _UNREADABLE) from None
    return of_repository(repository, past)


def _not_later(path: Path, what: Text, remedy: Text = NOTHING) -> TallyError:
    return NOT_LATER.error(path=path, what=what, remedy=remedy)


def of_repository(repository: Repository, past: Past) -> Later:
    """Return what the newest evidence in a repository of backups tells. Raises: as `learn`."""
    newest, readable = repository.newest(), None
    if newest is not None and repository.keys_folder(newest.number).is_dir():
        keys = repository.place(RECORD_KEYS, newest.number)
        readable = _Readable(repository.folder / BODIES, keys, newest.records)
    return _of_evidence(repository.folder, "backup", repository.folder, past, readable)


def _of_evidence(
    path: Path, form: str, folder: Path, past: Past, readable: _Readable | None
) -> Later:
    evidence = folder / "evidence"
    checkpoint = read_checkpoint(evidence / "checkpoint")
    leaves = read_leaves(evidence / "entries", checkpoint.size)
    walked = _compared(path, checkpoint, leaves, past)
    erasures = _erased(evidence / "status", walked, past)
    if form == "workspace":
        paths = Paths(folder)
        readable = _Readable(paths.bodies, paths.record_keys, walked.records)
    if readable is not None and erasures:
        erasures = _with_bodies(erasures, evidence, readable, past)
    return _later(path, form, checkpoint, walked, erasures)


def _of_log(path: Path, past: Past) -> Later:
    checkpoint = read_checkpoint(path / "checkpoint")
    walked = _compared(path, checkpoint, _bundled(path, checkpoint.size), past)
    return _later(path, "log", checkpoint, walked, _erased(path / "status", walked, past))


def _later(
    path: Path, form: str, checkpoint: Checkpoint, walked: Walked, erasures: list[Erasure]
) -> Later:
    as_of = max(walked.status.as_of, walked.sealed_at)
    return Later(str(path), form, checkpoint.size, walked.records, as_of, erasures)


def _compared(path: Path, checkpoint: Checkpoint, leaves: Iterator[bytes], past: Past) -> Walked:
    """Walk over a later log and check that the snapshot is its past. Raises: NOT_LATER."""
    before = past.checkpoint
    try:
        check_signed(checkpoint, past.policy)
    except TallyError:
        ours = checkpoint.origin == before.origin
        raise _not_later(path, _UNSIGNED, _NEWER_TRUST if ours else NOTHING) from None
    if checkpoint.origin != before.origin:
        raise _not_later(path, _UNSIGNED)
    if checkpoint.size < before.size:
        raise _not_later(path, _OLDER)
    walked = walk(leaves, checkpoint.size, [before.size])
    if walked.roots.get(checkpoint.size) != checkpoint.root:
        what = Text("树根", "root")
        raise EVIDENCE_DAMAGED.error(file=f"{path}: entries", offset=0, what=what)
    if walked.roots[before.size] != before.root:
        raise _not_later(path, _OTHER_ROOT)
    return walked


def _bundled(path: Path, size: int) -> Iterator[bytes]:
    """Yield the leaves of an exported log. Raises: EVIDENCE_DAMAGED."""
    step = _LENGTH_BYTES + LEAF_BYTES
    for first in range(0, size, TILE_WIDTH):
        width = min(TILE_WIDTH, size - first)
        name = tile_path("entries", first, width)
        file = path / name
        if not file.exists() and width < TILE_WIDTH:  # a static host may keep the full one only
            file = path / tile_path("entries", first)
        data = file.read_bytes()
        if len(data) < width * step:
            what = Text("过短", "too short")
            raise EVIDENCE_DAMAGED.error(file=name, offset=len(data), what=what)
        for at in range(0, width * step, step):
            yield data[at + _LENGTH_BYTES : at + step]


def _erased(journal: Path, walked: Walked, past: Past) -> list[Erasure]:
    """Return what a checked journal erases of the snapshot, after the rows it had itself."""
    check_journal(journal, walked.status)
    if walked.status.rows <= past.rows:
        return []
    data = journal.read_bytes()[past.rows * ROW_BYTES : walked.status.rows * ROW_BYTES]
    return [
        Erasure(change.record, change.since, change.by, None)
        for change in decode_rows(data)
        if change.status == ERASED and change.record < past.records
    ]


def _with_bodies(
    erasures: list[Erasure], evidence: Path, readable: _Readable, past: Past
) -> list[Erasure]:
    """Add what the erasure records say, where they can be read with the keys at hand."""
    vault = Vault(readable.bodies, readable.keys, FileDisk())
    commitments = max(evidence.glob("commitments*"), key=base_of, default=evidence / "commitments")
    said: dict[int, Mapping[str, Any] | None] = {-1: None}
    try:
        vault.load(readable.records)
        for number in {one.by for one in erasures} - {-1}:
            said[number] = _body(number, vault, commitments, past)
    except (TallyError, OSError):
        pass  # the erasure stands; what was said of it is not to be had
    finally:
        vault.close()
    return [one._replace(body=said.get(one.by)) for one in erasures]


def _body(number: int, vault: Vault, commitments: Path, past: Past) -> Mapping[str, Any] | None:
    try:
        [commitment] = _commitments(commitments, base_of(commitments), number, 1)
        opened = unseal(number, vault.read(number, commitment), past.wrapping)
        body: Mapping[str, Any] = canonical.decode(opened.body)
    except (TallyError, ValueError, IndexError):
        return None
    return body if body.get("kind") == "erasure" else None


def _of_receipt(path: Path, past: Past) -> Later:
    """Return what the receipt of an erasure record tells. Raises: NOT_AN_ERASURE."""
    with path.open("rb") as file:
        data = file.read(RECEIPT_BYTES_MAX + 1)
    verdict = Verifier(past.policy).check(data)
    broken = next((one for one in verdict.checks if not one.ok), None)
    if not verdict.valid or verdict.origin != past.checkpoint.origin:
        raise NOT_AN_ERASURE.error(path=path, what=broken.detail if broken else _INVALID)
    body = verdict.body or {}
    ids = body.get("records")
    if body.get("kind") != "erasure" or not isinstance(ids, list):
        raise NOT_AN_ERASURE.error(path=path, what=_NO_LIST)
    numbers = numbers_of(frozenset(map(str, ids)), past)
    erasures = [Erasure(number, verdict.sealed_at, -1, body) for number in numbers]
    return Later(str(path), "receipt", verdict.size, -1, verdict.sealed_at, erasures)


def numbers_of(ids: Collection[str], past: Past) -> list[int]:
    """Return the numbers of the records of the snapshot that have one of the `ids` (hex)."""
    found = []
    for first in range(past.base, past.records, _SEARCH_RECORDS):
        count = min(_SEARCH_RECORDS, past.records - first)
        listed = _commitments(past.commitments, past.base, first, count)
        found += [first + at for at, one in enumerate(listed) if one.hex() in ids]
    return found


def _commitments(file: Path, base: int, first: int, count: int) -> list[bytes]:
    with file.open("rb") as opened:
        opened.seek((first - base) * COMMITMENT_BYTES)
        data = opened.read(count * COMMITMENT_BYTES)
    return [data[at : at + COMMITMENT_BYTES] for at in range(0, len(data), COMMITMENT_BYTES)]
