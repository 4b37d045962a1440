"""The part of an audit that reads every record: its envelope, its key, what it says.

Owns the findings of an audit while it runs, and the walk through bodies and commitments, batch by
batch, which also folds the index and the trust file anew.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Any, BinaryIO

from tallystick.app import damage
from tallystick.app.acts import check_acts
from tallystick.app.administering import OF_POLICY, Placed, policy_of
from tallystick.app.archives import attach
from tallystick.app.audit_erased import ERASED_KEY_THERE, Erasures
from tallystick.app.audit_report import (
    FAULTS_MAX,
    AuditReport,
    Fault,
)
from tallystick.app.progress import Progress
from tallystick.app.store import ACT_REPLAYED, Store
from tallystick.app.workspace import (
    is_locked,
)
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    COMMITMENT_BYTES,
    EVIDENCE_DAMAGED,
    BatchHeader,
    TrustPolicy,
    commitment_of,
)
from tallystick.records import number_of
from tallystick.vault import (
    ERASED_SLOT,
    WRAPPED_BYTES,
    Envelope,
    Vault,
    unseal,
)
from tallystick.views import Index

FOUNDING_PARTIES = 2  # the last of the records of a founding, which register the provider itself


class RecordsAudit:
    """The findings of an audit, and its way through the records."""

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
        self._signed: dict[bytes, int] = {}  # signed acts, by their digest: the first of each

    def _fault(self, file: str, offset: int, record: int, fault: TallyError) -> None:
        if len(self._report.faults) < FAULTS_MAX:
            self._report.faults.append(Fault(file, offset, record, fault.code, fault.text))

    def _damage(self, file: str, offset: int, what: Text, record: int = -1) -> None:
        fault = EVIDENCE_DAMAGED.error(file=file, offset=offset, what=what)
        self._fault(file, offset, record, fault)

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
                self._store.check_not_rolled_back(self._store.kept_index(), total)
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
                if "signatures" in body:
                    self._once(record, opened.body)
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

    def _once(self, record: int, body: bytes) -> None:
        """Note a signed act; the same one a second time stands there without anybody's will."""
        first = self._signed.setdefault(sha256(body).digest(), record)
        if first != record:
            again = ACT_REPLAYED.error(record=first)
            self._fault("bodies/records", -1, record, again)

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
