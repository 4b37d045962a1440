"""An opened workspace: log, vault, index and trust, kept in step.

Owns the commit order across rooms, and recovery. Order: keys, bodies (vault), commitments, entries,
checkpoint (log); the index is a cache and is written when the store closes. Each checkpoint states
what is in force (`standing`); what a large import left unstated is stated at its end. A writer
holds the lock and leaves the mark `caches/writing` until it closes; who opens a workspace to write
and finds the mark cuts off what was never acknowledged. Without the mark, bytes beyond the
checkpoint are damage.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

from tallystick.app import erased, standing
from tallystick.app.acts import ADMINISTRATIVE, check_acts
from tallystick.app.administering import check_trust
from tallystick.app.archives import attach
from tallystick.app.generations import (
    current_key,
    current_log_key,
    key_of,
    log_generations,
    log_key_of,
    signer_of,
)
from tallystick.app.network.attached import consortium_of
from tallystick.app.network.ordering import Consortium, OrderedLog, OwnKeys
from tallystick.app.sealing import Sealed, Secrets, seal_bodies
from tallystick.app.store_reading import StoreReader
from tallystick.app.workspace import (
    INTERRUPTED,
    LAW_TIME,
    TRUST_DIFFERS,
    Paths,
    Settings,
    find_passphrase,
    kind_of,
    read_identity,
)
from tallystick.kernel.disk import SCRATCH_SUFFIX
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.signing import Signer, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    BATCH_RECORDS_MAX,
    KEY_ENDED,
    BatchHeader,
    Log,
    StatusChange,
    TrustPolicy,
    parse_trust,
    read_checkpoint,
)
from tallystick.records import Body, Delivery
from tallystick.vault import (
    Keyring,
    Vault,
    open_keyring,
)
from tallystick.views import Index, row_of

LOCKED = Reason(
    "locked",
    Text("另一个程序正在写这个工作区", "another program is writing this workspace"),
    "",
    Text("请等它结束再试。", "Wait until it has finished, then try again."),
)
NOT_OPENED_TO_WRITE = Reason(
    "not_opened_to_write",
    Text("工作区只是打开来读的", "the workspace was opened to read only"),
)
ACT_REPLAYED = Reason(
    "act_replayed",
    Text(
        "这一签名的行为已在账本里（记录 {record}），不能再封存一次",
        "this signed act stands in the ledger already (record {record}); it is not sealed again",
    ),
    "docs/spec/records.md",
    Text(
        "它已然有效；确要再作一次的，请由签名人写明新的理由重新作出。",
        "It stands already. To act once more on purpose, let whoever signed it give a new reason.",
    ),
)
UNKNOWN_PROVIDER = Reason(
    "unknown_provider",
    Text("批次的签名人不是本账本的提供方", "the signer of the batch is no provider of this ledger"),
    "docs/spec/ledger.md",
)


class Store(StoreReader):
    """An opened workspace. Use as a context manager; `writer=True` takes the lock."""

    def __init__(self, settings: Settings, keyring: Keyring, origin: str) -> None:
        self.settings = settings
        self.paths = Paths(settings.folder)
        self.origin = origin
        self.secrets = Secrets(keyring.derive("records"), keyring.derive("fingerprints"))
        self.keyring = keyring
        self.log_key = log_key_of(keyring, origin)
        self.provider_key: Signer = key_of(keyring, origin, "provider")
        self.verifier_key: Signer = key_of(keyring, origin, "verifier")
        self.first_log_key = self.log_key.verifier
        self._cache_key = keyring.derive("caches")
        self.trust = TrustPolicy((self.log_key.verifier,), ())
        self.vault = Vault(self.paths.bodies, self.paths.record_keys, settings.disk)
        self.index = Index(self.secrets.fingerprint)
        self.rebuilt: str = ""
        self.log: Log = Log(self.paths.evidence, settings.disk, self.log_key.verifier, self.admit)
        self.consortium: Consortium | None = None
        self._lock: int | None = None
        self._committing = False
        self.acts_known: tuple[list[int], Any] | None = None

    # -- opening and closing ------------------------------------------------------------------

    @classmethod
    def open(cls, settings: Settings, *, writer: bool = False) -> Store:
        """Open the workspace of `settings`.

        Raises: NOT_A_WORKSPACE, NO_PASSPHRASE, BAD_PASSPHRASE_FILE, WRONG_PASSPHRASE, LOCKED, and
        what reading evidence and bodies raises.
        """
        paths = Paths(settings.folder)
        origin = read_identity(paths)
        keyring = open_keyring(paths.keyring.read_bytes(), find_passphrase(settings))
        store = cls(settings, keyring, origin)
        if writer:
            store.take_lock()
        return store._loaded()

    @classmethod
    def attach(cls, settings: Settings, keyring: Keyring, origin: str) -> Store:
        """Open the workspace to read, in another process of the one that opened it."""
        store = cls(settings, keyring, origin)
        return store._loaded()

    def _loaded(self) -> Store:
        try:
            self._load(recover=self._lock is not None)
        except BaseException:
            self._release()
            raise
        return self

    def _load(self, *, recover: bool) -> None:
        self.consortium = consortium_of(self.paths, needed=recover)
        try:
            self.open_log(parse_trust(self.paths.trust.read_bytes().decode()))
        except UnicodeDecodeError:
            raise TRUST_DIFFERS.error() from None
        died = recover and self.paths.writing.exists()
        if recover and isinstance(self.log, OrderedLog):
            if died:
                self.log.recover()
            self.log.complete(self.log_key)  # before the vault is cut to what the log holds
        attach(self.paths, self.log)
        kept = self.kept_index()
        self.check_not_rolled_back(kept, self.log.records)
        self.vault.load(self.log.records)
        if recover:
            if died:
                self.log.recover()
                self.vault.recover()
            self._remove_scratch()
            self.settings.disk.replace(self.paths.writing, b"")
            erased.complete(self)
        self._load_index(kept)
        check_trust(self, recover=died)

    def open_log(self, policy: TrustPolicy) -> Log:
        """Open the log by the keys that `policy` names, and sign by them from now on.

        The newest checkpoint may still be signed by a key that ended with it. Raises: as reading
        evidence does.
        """
        self._use_keys(policy)
        file, key = self.paths.evidence / "checkpoint", self.log_key.verifier
        if file.exists():
            key = signer_of(self.keyring, self.origin, policy, read_checkpoint(file))
        self.log = self.make_log(key)
        self.log.load()
        self.log.key = self.log_key.verifier
        return self.log

    def make_log(self, key: VerifierKey) -> Log:
        """Return the log of this workspace, not loaded, as one it keeps alone or with others."""
        where = (self.paths.evidence, self.settings.disk, key, self.admit)
        if self.consortium is None:
            return Log(*where)
        log = OrderedLog(*where, self.consortium)
        log.own_keys = OwnKeys(self._providers, self._own_log_key)
        return log

    def _providers(self) -> list[VerifierKey]:
        return [self.provider_key.verifier]

    def _own_log_key(self, key: VerifierKey) -> SigningKey | None:
        listed = log_generations(self.keyring, self.origin)
        return next((own for own in listed if own.verifier == key), None)

    def _remove_scratch(self) -> None:
        """Remove the unfinished copies of interrupted replacements."""
        folder = self.paths.folder
        for path in folder.rglob("*" + SCRATCH_SUFFIX):
            if kind_of(path.relative_to(folder)) == "scratch":
                self.settings.disk.remove(path)

    def close(self) -> None:
        """Write the index if it changed, remove the mark, release the lock."""
        try:
            if self._lock is not None:
                self.state_standing()
                self.log.sync_derived()
                self.save_index()
                self.settings.disk.remove(self.paths.writing)
        finally:
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if fault is None or (isinstance(fault, TallyError) and not self._committing):
            self.close()  # a refusal before anything was written leaves nothing to recover
        else:
            self._release()  # the mark stays: the next writer recovers

    def take_lock(self) -> None:
        """Become the one writer. Raises: LOCKED."""
        self.paths.lock.parent.mkdir(exist_ok=True)
        self._lock = os.open(self.paths.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._release()
            raise LOCKED.error() from None

    def _release(self) -> None:
        self.vault.close()
        self.log.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # -- writing ------------------------------------------------------------------------------

    def admit(self, header: BatchHeader, entry: int) -> None:
        """The rule of admission: a provider of this ledger signed the batch, before its key ended.

        Raises: UNKNOWN_PROVIDER, KEY_ENDED, and what the check of a signature raises.
        """
        try:
            party = self.trust.party(header.key_id, "provider", entry)
        except TallyError as fault:
            if fault.reason is KEY_ENDED:
                raise
            raise UNKNOWN_PROVIDER.error() from None
        header.check(self.origin, party.key)

    def delivery(self) -> Delivery:
        """Return who delivers records here, and today's date."""
        return Delivery(self.provider_key.verifier.key_id.hex(), self.settings.today())

    def append(self, records: Sequence[Body], *, changes: Sequence[StatusChange] = ()) -> list[str]:
        """Seal and commit `records`; return their ids. They are acknowledged when it returns.

        changes: of status beyond those that follow from the records, such as an erasure. Raises: as
        `commit`; NOT_SIGNED and the like for an administrative act that two keys did not sign.
        """
        for body in records:
            if body["kind"] in ADMINISTRATIVE:
                place, first = self.log.size, self.log.first_status()
                check_acts(self.origin, body, self.trust, place, signed_from=first)
            if "signatures" in body:
                self._check_new_act(body)
        sealed = seal_bodies(records, self.secrets, self.settings.random)
        self.commit(sealed, changes=changes)
        if self.log.journal.entry.covered < self.log.entries_holding(self.log.records):
            self.state_standing()
        return [s.envelope.commitment.hex() for s in sealed]

    def _check_new_act(self, body: Body) -> None:
        """Check that this very act does not stand in the ledger yet. Raises: ACT_REPLAYED.

        A signature binds what is said and the ledger, not the place in it: sealed once more, an
        old act would take the place of a newer one without anybody having signed that.
        """
        row = row_of(body, self.secrets.fingerprint)
        for number in self.index.same_act(row):
            if self.body(number) == body:
                raise ACT_REPLAYED.error(record=self.log.commitment(number).hex()[:12])

    def commit(self, sealed: Sequence[Sealed], *, changes: Sequence[StatusChange] = ()) -> int:
        """Commit sealed records in order; return the number of the first.

        Of many records, and of acts that end others, the standing is stated only when the store
        closes or `state_standing` is called. Raises: NOT_OPENED_TO_WRITE; INTERRUPTED after a
        commit that failed, until the workspace is opened anew; and what the log and the disk raise.
        """
        if self._lock is None:
            raise NOT_OPENED_TO_WRITE.error()
        if self._committing or self.vault.records != self.log.records:
            raise INTERRUPTED.error()
        first = self.log.records
        groups = [
            sealed[at : at + BATCH_RECORDS_MAX] for at in range(0, len(sealed), BATCH_RECORDS_MAX)
        ]
        sealed_at = self.seconds()
        batches = [
            self.log.seal(self.provider_key, [s.envelope.commitment for s in group], sealed_at)
            for group in groups
        ]
        for number, batch in enumerate(batches, start=self.log.size):
            self.admit(batch.header, number)  # before the vault takes in what would be refused
        self._committing = True
        self.index.add_rows([record.row for record in sealed])
        settled = self._is_stated() and standing.stated_at_once(self, first)
        if settled:
            # The first to write on a day states what ended since: else "as of now" would be false.
            today = self._stated_today()
            state = partial(standing.changes_by, first=first) if today else standing.all_changes
            own = state(self, now=sealed_at)
            changes = (*own, *changes)
        self.vault.append([[s.envelope for s in group] for group in groups])
        self.log.commit(batches, self.log_key, changes=changes, as_of=sealed_at, settled=settled)
        self._committing = False
        return first

    def state_standing(self, *, anew: bool = False) -> None:
        """State what is in force today, where the ledger states something else or nothing.

        anew: also where nothing changed, so that the newest checkpoint says so as of now.
        """
        if self._lock is None:
            raise NOT_OPENED_TO_WRITE.error()
        if not self.log.records:
            return
        known, now = self._is_stated() and self._stated_today(), self.seconds()
        changes = [] if known else standing.all_changes(self, now)
        if changes or anew or not self._is_stated():
            self._committing = True
            self.log.commit([], self.log_key, changes=changes, as_of=now)
            self._committing = False

    def _is_stated(self) -> bool:
        """Tell whether the ledger states the standing of every record in it."""
        held = self.log.entries_holding(self.log.records)
        return self.log.journal.entry.covered >= held

    def _stated_today(self) -> bool:
        """Tell whether the standing was stated today: nothing ends by itself in between."""
        stated = datetime.fromtimestamp(self.log.journal.entry.as_of, LAW_TIME)
        return stated.date().isoformat() >= self.settings.today()

    def seconds(self) -> int:
        """Return the time of sealing: the clock's, but never before what was sealed already."""
        sealed = max(self.log.journal.entry.as_of, self.log.sealed_at)
        return max(int(self.settings.now().timestamp()), sealed)

    # -- trust --------------------------------------------------------------------------------

    def take_policy(self, policy: TrustPolicy) -> None:
        """Write `policy` as the trust file, and sign from now on by the keys it names."""
        self.settings.disk.replace(self.paths.trust, policy.text().encode())
        self._use_keys(policy)
        self.log.key = self.log_key.verifier

    def _use_keys(self, policy: TrustPolicy) -> None:
        self.trust = policy
        where = self.keyring, self.origin
        self.log_key = current_log_key(*where, policy)
        self.provider_key = current_key(*where, "provider", policy)
        self.verifier_key = current_key(*where, "verifier", policy)
