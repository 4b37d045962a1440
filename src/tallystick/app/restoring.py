"""A workspace made again from a backup, with every erasure sealed since already in it.

Owns `restore`. The backup is read and checked first; what later states of the same ledger say was
erased is learnt before the first key is written, so that no key of an erased record reaches the new
folder; `workspace.json`, without which a folder is no workspace, comes last. The erasures are
sealed into the restored ledger, with the records that ordered them where these can be read, so that
it states them too. It then goes its own way: what was sealed after the snapshot is lost, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple

from tallystick.app.archives import note_of, note_to, open_archive
from tallystick.app.auditing import audit
from tallystick.app.backup_check import MIB, check_snapshot
from tallystick.app.backup_repository import (
    BACKUP_DAMAGED,
    BODIES,
    NO_BACKUP,
    OTHER_DIGEST,
    RECORD_KEYS,
    Repository,
    Snapshot,
    digest_of,
    read_part,
    read_slots,
    repository_in,
)
from tallystick.app.evidence_check import Walked
from tallystick.app.later import Erasure, Later, Past, learn, of_repository
from tallystick.app.progress import Progress, silent
from tallystick.app.reapplying import OFFICER_NEEDED, seal_again, unknown_orders, use_policy
from tallystick.app.store import Store
from tallystick.app.workspace import ALREADY_THERE, Paths, Settings, find_passphrase
from tallystick.kernel import canonical
from tallystick.kernel.disk import make_folders
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import parse_trust, read_checkpoint
from tallystick.vault import WRAPPED_BYTES, Keyring, Vault, open_keyring, unseal

NOTHING_LATER = Reason(
    "nothing_later",
    Text(
        "不知道第 {number} 号快照之后封存过哪些销毁",
        "it is not known which erasures were sealed after snapshot {number}",
    ),
    "docs/spec/backup.md",
    Text(
        "请用 --later 给出较新的工作区、备份、导出的账本或销毁回执；若都没有，"
        "用 --as-of-backup 表示接受这一点。",
        "Give a newer workspace, backup, exported log or receipts of erasures with --later; if "
        "there is none, accept this with --as-of-backup.",
    ),
)
_IDENTITY = "workspace.json"


class Beside(NamedTuple):
    """What a restore is given beside the backup.

    later: what tells of erasures since. keys: where the keys of the backup lie, if apart. archive:
    where commitments lie that were moved out of the workspace before its first backup. trust: the
    text of a trust file newer than the one in the backup. officer: name or key file of who signs
    erasures anew that the restored ledger cannot take over as they were signed.
    """

    later: Sequence[Path] = ()
    keys: Path | None = None
    archive: Path | None = None
    trust: str = ""
    officer: str = ""


NOTHING_BESIDE = Beside()


def restore(
    settings: Settings,
    source: Path,
    beside: Beside = NOTHING_BESIDE,
    *,
    snapshot: int = 0,
    as_of_backup: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Make the workspace of `settings` from a backup; return what was done and what was lost.

    source: a repository of backups. snapshot: its number, the newest if 0. as_of_backup: go on
    where nothing tells of erasures since. Raises: ALREADY_THERE, NO_BACKUP, NO_SNAPSHOT,
    BACKUP_DAMAGED, EVIDENCE_DAMAGED, KEYS_AWAY, NO_ARCHIVE, NOTHING_LATER, NOT_LATER,
    NOT_AN_ERASURE, OFFICER_NEEDED, NO_PASSPHRASE, BAD_PASSPHRASE_FILE, WRONG_PASSPHRASE.
    """
    folder = settings.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ALREADY_THERE.error(folder=folder)
    repository = repository_in(source, beside.keys)
    newest = repository.newest()
    if newest is None:
        raise NO_BACKUP.error(folder=source)
    chosen = repository.snapshot(snapshot) if snapshot else newest
    if beside.archive is not None:
        open_archive(beside.archive, chosen.origin)
    walked = check_snapshot(repository, chosen, progress)
    keyring_file = repository.place("keys/keyring", chosen.number)
    keyring = open_keyring(keyring_file.read_bytes(), find_passphrase(settings))
    act = _Restore(settings, repository, chosen, keyring, progress)
    known = act.learn(walked, beside)
    # A receipt tells of one erasure; only a later state of the ledger tells of all.
    if not as_of_backup and all(one.records < 0 for one in known):
        raise NOTHING_LATER.error(number=chosen.number)
    act.check_orders(known, beside.officer)
    try:
        act.copy(known)
        act.seal(known, beside)
    except BaseException:
        rmtree(folder, ignore_errors=True)  # it was empty, and is no workspace yet
        raise
    act.open(beside.archive)
    report = audit(settings, progress)
    return act.told(known) | {"ok": report.ok, "audit": report.to_json()}


class _Restore:
    def __init__(
        self,
        settings: Settings,
        repository: Repository,
        snapshot: Snapshot,
        keyring: Keyring,
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._disk = settings.disk
        self._paths = Paths(settings.folder)
        self._repository = repository
        self._snapshot = snapshot
        self._store = Store(settings, keyring, snapshot.origin)
        self._progress = progress

    # -- what happened since ------------------------------------------------------------------

    def learn(self, walked: Walked, beside: Beside) -> list[Later]:
        """Return what is known of the time after the snapshot."""
        repository, snapshot = self._repository, self._snapshot
        policy = repository.place("trust.policy", snapshot.number).read_text(encoding="utf-8")
        use_policy(self._store, parse_trust(policy))
        past = Past(
            snapshot.note,
            snapshot.records,
            walked.status.rows,
            repository.folder / snapshot.commitments,
            snapshot.base,
            parse_trust(beside.trust or policy),
            self._store.secrets.wrapping,
        )
        known = [learn(path, past, beside.keys) for path in beside.later]
        if read_checkpoint(repository.evidence / "checkpoint").size > snapshot.note.size:
            known.append(of_repository(repository, past))
        return known

    def _erasures(self, known: Sequence[Later]) -> dict[int, Erasure]:
        """Return the erasure of each record, the one with what was said of it before another."""
        found: dict[int, Erasure] = {}
        for one in (erasure for state in known for erasure in state.erasures):
            if one.record not in found or (found[one.record].body is None and one.body is not None):
                found[one.record] = one
        return found

    # -- copying ------------------------------------------------------------------------------

    def copy(self, known: Sequence[Later]) -> None:
        """Copy all but `workspace.json`; no key of an erased record."""
        snapshot, paths = self._snapshot, self._paths
        for folder in ("evidence", "bodies", "keys", "caches"):
            make_folders(paths.folder / folder)
        paths.keyring.parent.chmod(0o700)
        total, done = sum(file.bytes for file in snapshot.files.values()), 0
        for name, file in snapshot.files.items():
            if name == _IDENTITY:
                continue
            if name == RECORD_KEYS:
                self._copy_keys(known)
            elif file.bytes or not name.startswith("evidence/status"):
                self._copy_file(name, file.bytes, file.sha256)
            done += file.bytes
            self._progress("restore", done >> MIB, total >> MIB)
        self._disk.replace(paths.evidence / "checkpoint", snapshot.checkpoint.encode())

    def _copy_file(self, name: str, size: int, digest: str) -> None:
        place = self._paths.folder / name
        mode = 0o600 if name.startswith("keys/") else 0o644
        self._disk.append(place, b"")
        place.chmod(mode)
        for data in read_part(self._repository.place(name, self._snapshot.number), 0, size):
            self._disk.append(place, data)
        self._disk.sync(place)
        if digest_of(read_part(place, 0, size)) != digest:
            raise BACKUP_DAMAGED.error(file=name, what=OTHER_DIGEST)

    def _copy_keys(self, known: Sequence[Later]) -> None:
        repository, snapshot = self._repository, self._snapshot
        place, source = self._paths.record_keys, repository.place(RECORD_KEYS, snapshot.number)
        erased = repository.erased(snapshot.rows, snapshot.records) | self._erasures(known).keys()
        self._disk.append(place, b"")
        place.chmod(0o600)
        taken = sha256()
        for slots in read_slots(source, snapshot.records, erased):
            taken.update(slots)
            self._disk.append(place, slots)
        self._disk.sync(place)
        read = read_part(place, 0, snapshot.records * WRAPPED_BYTES)
        if digest_of(read) != taken.hexdigest():
            raise BACKUP_DAMAGED.error(file=RECORD_KEYS, what=OTHER_DIGEST)

    # -- sealing what was erased since --------------------------------------------------------

    def check_orders(self, known: Sequence[Later], officer: str) -> None:
        """Check, before anything is written, that the erasures can be sealed again."""
        erasures = list(self._erasures(known).values())
        unknown = unknown_orders(self._store, erasures, self._snapshot.note.size)
        if unknown and not officer:
            raise OFFICER_NEEDED.error(count=len(unknown))

    def seal(self, known: Sequence[Later], beside: Beside) -> None:
        """State the later erasures in the restored ledger, and make its derived files."""
        store = self._store
        erasures = [one for _, one in sorted(self._erasures(known).items())]
        log = store.open_log(store.trust)
        try:
            if beside.archive is not None:
                log.commitments_on_disk.archive = open_archive(beside.archive, log.origin).read
            log.rebuild_derived()
            if erasures:
                store.vault.load(log.records)
                seal_again(store, erasures, beside.officer, self._subject_of)
            log.sync_derived()
        finally:
            store.vault.close()
            log.close()

    def _subject_of(self, record: int) -> str:
        """Return whom a record of the snapshot is about, as far as its key is still there."""
        repository, snapshot = self._repository, self._snapshot
        keys = repository.place(RECORD_KEYS, snapshot.number)
        vault = Vault(repository.folder / BODIES, keys, self._disk)
        try:
            vault.load(snapshot.records)
            envelope = vault.read(record, self._store.log.commitment(record))
            body = canonical.decode(unseal(record, envelope, self._store.secrets.wrapping).body)
            return str(body.get("subject", ""))
        except TallyError:
            return ""
        finally:
            vault.close()

    def open(self, archive: Path | None) -> None:
        """Make the folder a workspace, whose first writer puts right what a dead one leaves."""
        if archive is not None:
            self._disk.replace(note_of(self._paths), note_to(archive))
        self._disk.replace(self._paths.writing, b"")
        name, snapshot = _IDENTITY, self._snapshot
        data = self._repository.place(name, snapshot.number).read_bytes()
        self._disk.replace(self._paths.identity, data)
        with suppress(OSError):
            self._paths.identity.chmod(0o644)

    def told(self, known: Sequence[Later]) -> dict[str, Any]:
        """Return what was restored, what tells of later, and what is lost."""
        snapshot = self._snapshot
        records = max([snapshot.records, *(one.records for one in known)])
        untold = bool(known) and all(one.records < 0 for one in known)  # receipts alone
        return {
            "workspace": str(self._settings.folder),
            "from": str(self._repository.folder),
            "origin": snapshot.origin,
            "snapshot": snapshot.number,
            "taken_at": snapshot.taken_at,
            "size": snapshot.note.size,
            "records": snapshot.records,
            "known_size": max([snapshot.note.size, *(one.size for one in known)]),
            "known_records": records,
            "lost_records": None if untold else records - snapshot.records,
            "erased": sorted(self._erasures(known)),
            "erasures_known_as_of": max((one.as_of for one in known), default=0),
            "later": [
                {
                    "path": one.place,
                    "form": one.form,
                    "size": one.size,
                    "records": one.records,
                    "erased": len(one.erasures),
                }
                for one in known
            ],
        }
