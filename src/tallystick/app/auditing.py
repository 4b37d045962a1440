"""Checking a whole workspace: every byte of evidence, every byte of a body.

Owns the audit. It trusts nothing it can recompute: it reads the files anew, checks every signature,
recomputes every root and commitment, folds the trust file and the index from the records, and says
of each fault in which file and at which byte, or at which record, it lies. Files of undeclared kind
are named. What a dead writer left unacknowledged is cut off first, as any writer would.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, BinaryIO

from tallystick.app import damage
from tallystick.app.acts import check_acts
from tallystick.app.administering import OF_POLICY, Placed, policy_of
from tallystick.app.archives import attach
from tallystick.app.audit_erased import ERASED_KEY_THERE, Erasures, read_rows
from tallystick.app.audit_evidence import (
    STANDING_DIFFERS,
    changed_entry,
    check_derived_files,
    check_journal,
    check_order,
    check_times,
    differing_standing,
)
from tallystick.app.audit_report import (
    CUT_OFF,
    FAULTS_MAX,
    MISSING_FILE,
    UNDECLARED_FILE,
    AuditReport,
    Fault,
)
from tallystick.app.generations import own_log_key, own_provider_key, signed_in_time
from tallystick.app.officers import check_key_file
from tallystick.app.progress import Progress, silent
from tallystick.app.store import Store
from tallystick.app.verifying import Verifier
from tallystick.app.workspace import (
    NOT_A_WORKSPACE,
    ROLLED_BACK,
    Paths,
    Settings,
    find_passphrase,
    is_locked,
    kind_of,
    read_identity,
    sizes_of,
)
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import Tree, leaf_hash, root_of
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    COMMITMENT_BYTES,
    ENTRY_BYTES,
    EVIDENCE_DAMAGED,
    BatchHeader,
    StatusEntry,
    TrustPolicy,
    commitment_of,
    decode_entry,
    read_checkpoint,
)
from tallystick.records import number_of
from tallystick.vault import (
    BAD_KEYRING,
    ERASED_SLOT,
    WRAPPED_BYTES,
    WRONG_PASSPHRASE,
    Envelope,
    Vault,
    open_keyring,
    unseal,
)
from tallystick.views import Index

FOUNDING_PARTIES = 2  # the last of the records of a founding, which register the provider itself


def audit(settings: Settings, progress: Progress = silent) -> AuditReport:
    """Audit the workspace of `settings`.

    Raises: NOT_A_WORKSPACE, NO_PASSPHRASE, WRONG_PASSPHRASE. All else is in the report.
    """
    paths = Paths(settings.folder)
    damaged = AuditReport()
    try:
        origin = read_identity(paths)
    except TallyError as fault:
        if fault.reason is not NOT_A_WORKSPACE or not paths.keyring.exists():
            raise
        damaged.faults.append(Fault("workspace.json", 0, -1, fault.code, fault.text))
        return damaged
    passphrase = find_passphrase(settings)
    try:
        keyring = open_keyring(paths.keyring.read_bytes(), passphrase)
    except (TallyError, FileNotFoundError) as fault:
        if isinstance(fault, TallyError) and fault.reason is WRONG_PASSPHRASE:
            raise
        broken = BAD_KEYRING.error()
        damaged.faults.append(Fault("keys/keyring", 0, -1, broken.code, broken.text))
        return damaged
    store = Store(settings, keyring, origin)
    note = _recover(settings, paths)
    return _Audit(store, passphrase, progress).run(*note)


def _recover(settings: Settings, paths: Paths) -> list[Text]:
    """Let a writer clean up after a writer that died, and say what was cut off.

    A living writer is left alone.
    """
    if not paths.writing.exists():
        return []
    before = sizes_of(paths)
    with suppress(TallyError, OSError), Store.open(settings, writer=True):
        pass
    after = sizes_of(paths)
    cut = {name: size - after.get(name, size) for name, size in before.items()}
    return [CUT_OFF.fill(file=name, size=size) for name, size in sorted(cut.items()) if size > 0]


class _Audit:
    def __init__(self, store: Store, passphrase: str, progress: Progress) -> None:
        self._store = store
        self._passphrase = passphrase
        self._complete = True  # whether every entry is what the checkpoint covers
        self._paths = store.paths
        self._progress = progress
        self._report = AuditReport()
        self._origin = store.origin
        # While somebody writes, what lies beyond the checkpoint is not yet evidence.
        self._writing = store.paths.writing.exists() and is_locked(store.paths.lock)
        self._index = Index(store.secrets.fingerprint)
        self._acts: list[Placed] = []
        self._policy = TrustPolicy((store.first_log_key,), ())
        self._checkpoint_read: Checkpoint | None = None
        self._places: list[int] = []  # the entry of each batch
        self._first_status = 0
        self._erasures = Erasures()

    def run(self, *notes: Text) -> AuditReport:
        self._report.notes.extend(notes)
        self._files()
        checkpoint = self._checkpoint()
        if checkpoint is not None:
            headers = self._entries(checkpoint)
            self._records(headers)
            if not self._report.faults:
                self._derived()
        self._receipts()
        return self._report

    def _fault(self, file: str, offset: int, record: int, fault: TallyError) -> None:
        if len(self._report.faults) < FAULTS_MAX:
            self._report.faults.append(Fault(file, offset, record, fault.code, fault.text))

    def _damage(self, file: str, offset: int, what: Text, record: int = -1) -> None:
        fault = EVIDENCE_DAMAGED.error(file=file, offset=offset, what=what)
        self._fault(file, offset, record, fault)

    # -- files --------------------------------------------------------------------------------

    def _files(self) -> None:
        folder = self._paths.folder
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if (path.is_file() or path.is_symlink()) and (path.is_symlink() or not kind_of(name)):
                fault = UNDECLARED_FILE.error(file=name.as_posix())
                self._fault(name.as_posix(), 0, -1, fault)
        evidence = (self._store.log.entries_file, self._store.log.commitments_file)
        needed = (self._paths.trust, self._paths.bodies, self._paths.record_keys, *evidence)
        for path in needed:
            if not path.exists():
                name = path.relative_to(folder)
                self._fault(name.as_posix(), 0, -1, MISSING_FILE.error(file=name.as_posix()))

    # -- evidence -----------------------------------------------------------------------------

    def _checkpoint(self) -> Checkpoint | None:
        file = self._store.log.checkpoint_file
        if self._report.faults and not file.exists():
            return None
        try:
            checkpoint = read_checkpoint(file)
            if checkpoint.origin != self._origin and self._signed_as(checkpoint):
                self._damage("workspace.json", 0, damage.ORIGIN)
                return None
            self._store.log.key = own_log_key(self._store, checkpoint)
            checkpoint.check(self._store.log.key)
            if len(checkpoint.signatures) != 1:
                self._damage("evidence/checkpoint", 0, damage.SIGNATURES)
                return None
        except FileNotFoundError:
            fault = MISSING_FILE.error(file="evidence/checkpoint")
            self._fault("evidence/checkpoint", 0, -1, fault)
        except TallyError as fault:
            self._fault("evidence/checkpoint", 0, -1, fault)
        else:
            self._report.checkpoint = checkpoint.text()
            self._checkpoint_read = checkpoint
            return checkpoint
        return None

    def _signed_as(self, checkpoint: Checkpoint) -> bool:
        """Tell whether our log key signed `checkpoint` under the origin it states itself."""
        with suppress(TallyError):
            checkpoint.check(SigningKey(checkpoint.origin, self._store.log_key.seed).verifier)
            return True
        return False

    def _entries(self, checkpoint: Checkpoint) -> list[BatchHeader]:
        file = self._store.log.entries_file
        data = file.read_bytes() if file.exists() else b""
        tree, stated = Tree(), list[tuple[int, StatusEntry]]()
        headers: list[BatchHeader] = []
        for number in range(checkpoint.size):
            try:
                read = decode_entry(data, number)
                if isinstance(read, StatusEntry):
                    stated.append((number, read))
                else:
                    self._check_provider(read)
                    headers.append(read)
                    self._places.append(number)
            except TallyError as fault:
                self._fault("evidence/entries", number * ENTRY_BYTES, -1, fault)
                self._complete = False
                return headers
            tree.append(leaf_hash(read.encode()))
        end = checkpoint.size * ENTRY_BYTES
        if len(data) > end and not self._writing:
            self._damage("evidence/entries", end, damage.BEYOND)
        if tree.root() != checkpoint.root:
            changed = changed_entry(self._store.log, data, checkpoint)
            self._damage("evidence/entries", changed * ENTRY_BYTES, damage.ENTRIES_ROOT)
            self._complete = False
            return []  # nothing says which batch comes where
        self._first_status = stated[0][0] if stated else checkpoint.size
        check_order(stated, self._damage)
        if stated:
            rows = read_rows(self._store, stated[-1][1], self._damage)
            self._erasures = Erasures(rows)
        self._report.entries = checkpoint.size
        return headers

    def _check_provider(self, header: BatchHeader) -> None:
        # The keys that sign batches follow from the keyring, which of them when from the records;
        # the trust file is judged by those. A batch of any other key is none of ours.
        header.check(self._origin, own_provider_key(self._store, header))

    # -- records ------------------------------------------------------------------------------

    def _records(self, headers: list[BatchHeader]) -> None:
        total = sum(h.records for h in headers)
        vault = Vault(self._paths.bodies, self._paths.record_keys, self._store.settings.disk)
        first = 0
        attach(self._paths, self._store.log)
        with suppress(FileNotFoundError), self._store.log.commitments_file.open("rb") as file:
            for number, header in enumerate(headers):
                data = self._commitments(file, first, header.records)
                if data is None or not self._block(vault, first, header.records):
                    break
                self._batch(vault, number, header, first, data)
                first += header.records
                self._progress("audit", first, total)
        self._report.records = first
        try:
            if self._complete:
                self._store.check_not_rolled_back(total)
        except TallyError as fault:
            self._fault("evidence/checkpoint", 0, -1, fault)
        if first == total and self._complete:
            self._sizes(vault, total)
        vault.close()

    def _commitments(self, file: BinaryIO, first: int, count: int) -> bytes | None:
        """Read on in the file of commitments; what was moved to an archive is read there.

        Reports, and returns None, where the archive is not at hand.
        """
        on_disk = self._store.log.commitments_on_disk
        if first >= on_disk.base:
            return file.read(count * COMMITMENT_BYTES)
        try:
            return on_disk.read(first, count)
        except TallyError as fault:
            self._fault("evidence/commitments", first * COMMITMENT_BYTES, first, fault)
            return None

    def _block(self, vault: Vault, first: int, count: int) -> bool:
        """Find the block of the next batch; report it and return False if it is not there."""
        offset = vault.size
        try:
            vault.load(first + count)
        except TallyError as fault:
            self._fault("bodies/records", int(str(fault.facts["offset"])), first, fault)
            return False
        except (ValueError, IndexError):  # the file ends within the table of lengths
            self._damage("bodies/records", offset, damage.TOO_SHORT, first)
            return False
        size = self._paths.bodies.stat().st_size
        if vault.size <= size:
            return True
        starts = [vault.offset_of(record) for record in range(first, first + count)]
        broken = next(n for n, end in enumerate([*starts[1:], vault.size]) if end > size)
        self._damage("bodies/records", starts[broken], damage.TOO_SHORT, first + broken)
        return False

    def _envelopes(self, vault: Vault, number: int, commitments: list[bytes]) -> list[Envelope]:
        """Return the envelopes of a block; none, and a fault, where they cannot be read."""
        try:
            return list(vault.read_block(number, commitments))
        except TallyError as fault:
            offset = int(str(fault.facts.get("offset", 0)))
            self._fault("bodies/records", offset, int(str(fault.facts.get("record", -1))), fault)
            return []

    def _batch(
        self, vault: Vault, number: int, header: BatchHeader, first: int, data: bytes
    ) -> None:
        whole = len(data) // COMMITMENT_BYTES * COMMITMENT_BYTES
        commitments = [data[i : i + COMMITMENT_BYTES] for i in range(0, whole, COMMITMENT_BYTES)]
        intact = (
            len(commitments) == header.records
            and root_of([leaf_hash(c) for c in commitments]) == header.root
        )
        faults = len(self._report.faults)
        for record, envelope in enumerate(self._envelopes(vault, number, commitments), first):
            if record in self._erasures.changes:
                self._index.add_erased()
                self._erasures.commitments[record] = envelope.commitment
                if envelope.wrapped != ERASED_SLOT:
                    still = ERASED_KEY_THERE.error(record=record)
                    self._fault("keys/records", record * WRAPPED_BYTES, record, still)
                continue
            try:
                opened = unseal(record, envelope, self._store.secrets.wrapping)
                if commitment_of(opened.salt, opened.body) != envelope.commitment:
                    self._damage(
                        "bodies/records", vault.offset_of(record), damage.COMMITMENT, record
                    )
                    continue
                body = canonical.decode(opened.body)
                self._body(record, vault.offset_of(record), body, header, self._places[number])
                self._erasures.note(record, envelope.commitment, body)
                self._index.add(body, opened.body)
            except (KeyError, TypeError, ValueError, AttributeError):
                self._damage("bodies/records", vault.offset_of(record), damage.KIND, record)
            except TallyError as fault:
                if not intact:
                    offset = record * COMMITMENT_BYTES
                    self._damage("evidence/commitments", offset, damage.COMMITMENT, record)
                elif fault.code.startswith("key_"):
                    self._fault("keys/records", record * WRAPPED_BYTES, record, fault)
                else:
                    self._fault("bodies/records", vault.offset_of(record), record, fault)
        if not intact and len(self._report.faults) == faults:
            self._damage("evidence/commitments", first * COMMITMENT_BYTES, damage.BATCH_ROOT, first)

    def _body(
        self, record: int, offset: int, body: dict[str, Any], header: BatchHeader, entry: int
    ) -> None:
        number_of(body["kind"])
        self._report.sample |= body.get("sample") is True and body["kind"] == "founding"
        if body["delivered_by"] != header.key_id.hex():
            self._damage("bodies/records", offset, damage.DELIVERER, record)
        if body["kind"] in OF_POLICY:
            self._acts.append(Placed(entry, body))
            self._policy = policy_of(self._store.first_log_key, self._acts)
            self._policy.text()  # refuses what would not read back
        if not self._report.faults:
            # Were the record of a key damaged, every act it signed would be called forged as well.
            first = self._first_status
            check_acts(self._origin, body, self._policy, entry, signed_from=first)
            if body["kind"] != "founding" and record > FOUNDING_PARTIES:
                self._policy.party(header.key_id, "provider", entry)

    def _sizes(self, vault: Vault, total: int) -> None:
        """Report bytes beyond the last record: damage, unless somebody is writing."""
        if self._writing:
            return
        log = self._store.log
        kept = (total - log.commitments_on_disk.base) * COMMITMENT_BYTES
        for name, path, size in (
            (f"evidence/{log.commitments_file.name}", log.commitments_file, kept),
            ("bodies/records", self._paths.bodies, vault.size),
            ("keys/records", self._paths.record_keys, total * WRAPPED_BYTES),
        ):
            found = path.stat().st_size
            if found != size:
                self._damage(name, min(found, size), damage.SIZE.fill(found=found, size=size))

    # -- what follows from the records --------------------------------------------------------

    def _derived(self) -> None:
        trust = self._policy
        for place, fault in self._erasures.faults():
            self._fault("evidence/status", 0, place, fault)
        self._report.erased = self._erasures.listed(trust)
        if self._checkpoint_read is not None and not signed_in_time(trust, self._checkpoint_read):
            self._damage("evidence/checkpoint", 0, damage.SIGNATURES)
        wanted, found = trust.text().encode(), self._paths.trust.read_bytes()
        if wanted != found:
            offset = next(
                (i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b),
                min(len(wanted), len(found)),
            )
            self._damage("trust.policy", offset, damage.PARTIES)
        self._officers(trust)
        if self._writing:
            return
        store = self._store
        store.index, store.trust = self._index, trust
        self._standing()
        with suppress(TallyError):
            if not self._paths.index.exists() or self._paths.index.read_bytes() != (
                store.index_bytes()
            ):
                self._rebuild_index()

    def _standing(self) -> None:
        """Check the journal, the derived files, and that the records give what is stated."""
        store = self._store
        try:
            store.log.load()
            store.vault.load(store.log.records)
            check_journal(store, self._damage)
            check_derived_files(store, self._damage)
            for late in check_times(store):
                self._fault("evidence/entries", int(str(late.facts["entry"])), -1, late)
            for record, stated, follows in differing_standing(store):
                fault = STANDING_DIFFERS.error(record=record, stated=stated, follows=follows)
                self._fault("evidence/status", 0, record, fault)
        except TallyError as fault:
            self._fault("evidence/status", 0, -1, fault)

    def _officers(self, trust: TrustPolicy) -> None:
        """Check the key files of officers, as far as the passphrase of the workspace reaches."""
        for file in sorted(self._paths.keyring.parent.glob("*.key")):
            name = f"keys/{file.name}"
            try:
                unchecked = check_key_file(file, trust, self._passphrase)
            except TallyError as fault:
                self._fault(name, 0, -1, fault)
            else:
                if unchecked is not None:
                    self._report.notes.append(unchecked.fill(file=name))

    def _rebuild_index(self) -> None:
        self._report.notes.append(
            Text(
                "缓存 caches/index 与记录不符，已按记录重建",
                "the cache caches/index did not fit the records and was rebuilt from them",
            )
        )
        self._store.save_index()

    def _receipts(self) -> None:
        """Check the receipts kept in the workspace; they are copies, and say so when spoiled."""
        if not self._paths.receipts.is_dir() or self._report.faults:
            return
        verifier = Verifier(self._policy)
        for path in sorted(self._paths.receipts.glob("*.tally")):
            if not path.is_file():
                continue
            name = f"receipts/{path.name}"
            verdict = verifier.check(path.read_bytes())
            if verdict.valid and verdict.size > self._report.entries:
                fault = ROLLED_BACK.error(have=self._report.entries, had=verdict.size)
                self._fault(name, 0, -1, fault)
            if not verdict.valid:
                broken = next(c for c in verdict.checks if not c.ok)
                self._report.faults.append(
                    Fault(name, 0, -1, f"receipt_{broken.step}", broken.detail)
                )
