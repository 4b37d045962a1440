"""Checking a whole workspace: every byte of evidence, every byte of a body.

Owns the audit. It trusts nothing it can recompute: it reads the files anew, checks every signature,
recomputes every root and commitment, folds the trust file and the index from the records, and says
of each fault in which file and at which byte, or at which record, it lies. Files of undeclared kind
are named. What a dead writer left unacknowledged is cut off first, as any writer would.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from tallystick.app import damage
from tallystick.app.answer_checks import verify_answer
from tallystick.app.audit_erased import Erasures, read_rows
from tallystick.app.audit_evidence import (
    STANDING_DIFFERS,
    changed_entry,
    check_derived_files,
    check_journal,
    check_order,
    check_times,
    differing_standing,
)
from tallystick.app.audit_records import RecordsAudit
from tallystick.app.audit_report import (
    CUT_OFF,
    MISSING_FILE,
    UNDECLARED_FILE,
    UNWITNESSED,
    AuditReport,
    Fault,
)
from tallystick.app.cosigned import ever_named
from tallystick.app.generations import own_log_key, own_provider_key, signed_in_time
from tallystick.app.network.ordering import OUTGOING
from tallystick.app.officers import check_key_file
from tallystick.app.progress import Progress, silent
from tallystick.app.quorum import of_newest
from tallystick.app.store import Store
from tallystick.app.verifying import Verifier
from tallystick.app.workspace import (
    NOT_A_WORKSPACE,
    ROLLED_BACK,
    Paths,
    Settings,
    chain_of,
    find_passphrase,
    kind_of,
    read_identity,
    sizes_of,
)
from tallystick.consortium.transactions import Append, decode_transaction
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import Tree, leaf_hash
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    BAD_RECEIPT,
    ENTRY_BYTES,
    BatchHeader,
    StatusEntry,
    TrustPolicy,
    decode_entry,
    read_checkpoint,
)
from tallystick.ledger.answers import is_answer
from tallystick.vault import (
    BAD_KEYRING,
    WRONG_PASSPHRASE,
    open_keyring,
)

OF_WITNESSES = "witnesses"  # the step of a check that a quorum, or a key given up, fails
FOUNDING_PARTIES = 2  # the last of the records of a founding, which register the provider itself


def audit(settings: Settings, progress: Progress = silent) -> AuditReport:
    """Audit the workspace of `settings`.

    Raises: NOT_A_WORKSPACE, NO_PASSPHRASE, BAD_PASSPHRASE_FILE, WRONG_PASSPHRASE. All else is in
    the report.
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


class _Audit(RecordsAudit):
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
            if len(checkpoint.signatures) != 1 and not chain_of(self._paths):
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
        entries = [entry for _, entry in stated]
        self._erasures = Erasures(read_rows(self._store, entries, self._damage))
        self._report.entries = checkpoint.size
        return headers

    def _check_provider(self, header: BatchHeader) -> None:
        # The keys that sign batches follow from the keyring, which of them when from the records;
        # the trust file is judged by those. A batch of any other key is none of ours.
        header.check(self._origin, own_provider_key(self._store, header))

    # -- what follows from the records --------------------------------------------------------

    def _members_signed(self, checkpoint: Checkpoint) -> None:
        """Check the lines of a consortium's members below the signature of the log itself."""
        acts = (one.body for one in self._acts if one.body["kind"] == "witness")
        named = tuple(ever_named(self._policy, acts))
        try:
            signed = replace(self._policy, witnesses=named).signers(checkpoint)
            self._policy.check_checkpoint(checkpoint)
        except TallyError as fault:
            self._damage("evidence/checkpoint", 0, fault.text)
            return
        if signed.unchecked or len(signed.times) + 1 != len(checkpoint.signatures):
            self._damage("evidence/checkpoint", 0, damage.SIGNATURES)

    def _outgoing(self, checkpoint: Checkpoint) -> None:
        """Check that what waits to be final is of this log and goes on from it."""
        file = self._paths.evidence / OUTGOING
        if self._writing or not file.exists():
            return
        try:
            told = decode_transaction(file.read_bytes())
        except TallyError as fault:
            self._damage(f"evidence/{OUTGOING}", 0, fault.text)
            return
        own = isinstance(told, Append) and told.origin == self._origin
        if not own or (isinstance(told, Append) and told.base > checkpoint.size):
            self._damage(f"evidence/{OUTGOING}", 0, damage.ORIGIN)

    def _derived(self) -> None:
        trust = self._policy
        for place, fault in self._erasures.faults():
            self._fault("evidence/status", 0, place, fault)
        self._report.erased = self._erasures.listed(trust)
        if self._checkpoint_read is not None and not signed_in_time(trust, self._checkpoint_read):
            self._damage("evidence/checkpoint", 0, damage.SIGNATURES)
        first = self._first_status
        shared = any(one.entry < first for one in self._acts if one.body["kind"] == "witness")
        if shared and not chain_of(self._paths):  # only a log of a consortium begins so
            self._damage("workspace.json", 0, damage.CHAIN)
        if self._checkpoint_read is not None and (shared or chain_of(self._paths)):
            self._members_signed(self._checkpoint_read)
            self._outgoing(self._checkpoint_read)
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
        self._times()
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
            for record, stated, follows in differing_standing(store):
                fault = STANDING_DIFFERS.error(record=record, stated=stated, follows=follows)
                self._fault("evidence/status", 0, record, fault)
        except TallyError as fault:
            self._fault("evidence/status", 0, -1, fault)

    def _times(self) -> None:
        """Check the cosigned checkpoints, and the times of batches against those of witnesses.

        That the newest checkpoint lacks witnesses is a note: the next cosigning mends it.
        """
        try:
            for late in check_times(self._store):
                offset = int(str(late.facts["entry"])) * ENTRY_BYTES
                self._fault("evidence/entries", offset, -1, late)
            self._report.witnesses = found = of_newest(self._store)
            if found is not None and not found.met:
                self._report.notes.append(found.message())
        except TallyError as fault:
            self._fault("evidence/cosigned", 0, -1, fault)

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
        verifier, unwitnessed = Verifier(self._policy), 0
        for path in sorted(self._paths.receipts.glob("*.tally")):
            if not path.is_file():
                continue
            name, data = f"receipts/{path.name}", path.read_bytes()
            answer = verify_answer(data, verifier) if is_answer(data) else None
            verdicts = [verifier.check(data)] if answer is None else answer.records
            checks = [check for verdict in verdicts for check in verdict.checks]
            broken = [c for c in (*(answer.checks if answer else ()), *checks) if not c.ok]
            # They are copies, some older than the quorum that is asked for now, or signed by a log
            # key that fell into other hands since: that alone does not spoil them.
            spoiled = [check for check in broken if check.step != OF_WITNESSES]
            size = max((verdict.size for verdict in verdicts), default=0)
            if spoiled and answer is None:
                code = f"receipt_{spoiled[0].step}"
                self._report.faults.append(Fault(name, 0, -1, code, spoiled[0].detail))
            elif spoiled:
                self._fault(name, 0, -1, BAD_RECEIPT.error(what=Text("答复", "an answer")))
            elif size > self._report.entries:
                fault = ROLLED_BACK.error(have=self._report.entries, had=size)
                self._fault(name, 0, -1, fault)
            unwitnessed += bool(broken) and not spoiled
        if unwitnessed:
            self._report.notes.append(UNWITNESSED.fill(count=unwitnessed))
