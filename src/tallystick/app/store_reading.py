"""Reading an opened workspace: records by number and by id, and the index of them.

Owns `StoreReader`, the part of a store that changes nothing but its own cache: bodies opened, ids
looked up, the index loaded, completed and made anew. Erased records are told as such, whatever key
is still there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from cryptography.exceptions import InvalidTag

from tallystick.app import erased
from tallystick.app.index_file import decrypt_index, encrypt_index
from tallystick.app.sealing import Secrets
from tallystick.app.workspace import (
    ROLLED_BACK,
    Paths,
    Settings,
)
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    COMMITMENT_BYTES,
    Log,
    TrustPolicy,
)
from tallystick.records import Body
from tallystick.vault import (
    Opened,
    Vault,
    unseal,
)
from tallystick.views import ERASED_KIND, STALE_VIEW, Index, Numbered

_FIND_RECORDS = 1 << 20  # commitments looked through at a time: 32 MiB

UNKNOWN_RECORD = Reason(
    "unknown_record",
    Text("没有编号为 {record} 的记录", "there is no record {record}"),
    "",
    Text("记录编号见 tally explain 与 tally export。", "tally explain and tally export show ids."),
)


class StoreReader:
    """A workspace as far as it is read. `Store` opens it."""

    settings: Settings
    paths: Paths
    secrets: Secrets
    vault: Vault
    index: Index
    log: Log
    trust: TrustPolicy
    rebuilt: str
    _cache_key: bytes

    # -- reading ------------------------------------------------------------------------------

    def opened(self, record: int) -> Opened:
        """Return salt and canonical body of record number `record`. Raises: RECORD_ERASED."""
        if record in self.log.journal.erased:
            raise erased.erased_of(self, record).refusal()
        [commitment] = self.log.commitments(record, 1)
        return unseal(record, self.vault.read(record, commitment), self.secrets.wrapping)

    def body(self, record: int) -> Body:
        """Return the body of record number `record`."""
        value: Body = canonical.decode_own(self.opened(record).body)
        return value

    def numbered(self, record: int) -> Numbered:
        """Return id and body of record number `record`."""
        [commitment] = self.log.commitments(record, 1)
        return Numbered(commitment.hex(), self.body(record))

    def scan(self, first: int = 0) -> Iterator[tuple[int, Opened | None]]:
        """Yield (number, opened body) of all records from number `first`, block by block.

        None stands for a record that was erased.
        """
        gone = self.log.journal.erased
        for batch in self.log.batches(first):
            commitments = self.log.commitments(batch.start, batch.header.records)
            for offset, envelope in enumerate(self.vault.read_block(batch.number, commitments)):
                number = batch.start + offset
                if number >= first and number in gone:
                    yield number, None
                elif number >= first:
                    yield number, unseal(number, envelope, self.secrets.wrapping)

    def find(self, text: str) -> int:
        """Return the number of the record whose id begins with `text` (6 or more hex digits).

        Raises: UNKNOWN_RECORD when there is none, or more than one.
        """
        try:
            prefix = bytes.fromhex(text[: len(text) // 2 * 2])
        except ValueError:
            raise UNKNOWN_RECORD.error(record=text) from None
        short = len(prefix) < 3  # noqa: PLR2004 - six digits
        found = [] if short else [n for n, c in self._like(prefix) if c.startswith(text.lower())]
        if len(found) != 1:
            raise UNKNOWN_RECORD.error(record=text)
        return found[0]

    def number_of(self, record: str) -> int:
        """Return the number of the record with this id, in full; -1 where there is none."""
        if len(record) != 2 * COMMITMENT_BYTES:  # the beginning of an id names no record
            return -1
        try:
            return next((number for number, _ in self._like(bytes.fromhex(record))), -1)
        except ValueError:
            return -1

    def _like(self, prefix: bytes) -> Iterator[tuple[int, str]]:
        """Yield number and id of the records whose id begins with `prefix`."""
        for first in range(0, self.log.records, _FIND_RECORDS):
            count = min(_FIND_RECORDS, self.log.records - first)
            data, at = self.log.commitments_on_disk.read(first, count), -1
            while (at := data.find(prefix, at + 1)) >= 0:
                if at % COMMITMENT_BYTES == 0:
                    yield first + at // COMMITMENT_BYTES, data[at : at + COMMITMENT_BYTES].hex()

    def retracted(self, before: int | None = None) -> frozenset[str]:
        """Return the names of the imports that were retracted; before: by that record number."""
        numbers = self.index.of_kind("retraction")
        return frozenset(self.body(n)["name"] for n in numbers if before is None or n < before)

    # -- the index, a cache -------------------------------------------------------------------

    def kept_index(self) -> tuple[Index, bytes] | None:
        """Return the index of the file and the root it was made from; None where there is none."""
        with suppress(FileNotFoundError):
            try:
                return decrypt_index(self.paths.index, self._cache_key, self.secrets.fingerprint)
            except (TallyError, InvalidTag, ValueError):
                self.rebuilt = STALE_VIEW.code
        return None

    def _load_index(self, kept: tuple[Index, bytes] | None) -> None:
        if kept is not None and kept[1] == self._root_at(len(kept[0])):
            self.index = kept[0]
        elif kept is not None:
            self.rebuilt = STALE_VIEW.code
        self.forget_erased()
        self._add_scanned(len(self.index))

    def _add_scanned(self, first: int) -> None:
        for _, opened in self.scan(first):
            if opened is None:
                self.index.add_erased()
            else:
                self.index.add(canonical.decode_own(opened.body), opened.body)

    def forget_erased(self) -> None:
        """Take what the ledger states as erased out of the index in memory."""
        gone = [n for n in self.log.journal.erased if n < len(self.index)]
        if any(self.index.kind[number] != ERASED_KIND for number in gone):
            self.index = self.index.without(gone)

    @staticmethod
    def check_not_rolled_back(kept: tuple[Index, bytes] | None, records: int) -> None:
        """Check that the index, which only the passphrase can write, is not ahead of the log.

        An older signed checkpoint fits older evidence perfectly; without this look, putting it back
        would make acknowledged records look like an interrupted write. Raises: ROLLED_BACK.
        """
        if kept is not None and len(kept[0]) > records:
            raise ROLLED_BACK.error(have=records, had=len(kept[0]))

    def _root_at(self, records: int) -> bytes:
        """Return the root of the log when it held `records` records, b"" if it never held them."""
        entries = self.log.entries_holding(records)
        return b"" if entries < 0 else self.log.root(entries)

    def index_bytes(self) -> bytes:
        """Return the index file: the same bytes for the same records."""
        return encrypt_index(self.index, self._root_at(len(self.index)), self._cache_key)

    def save_index(self) -> None:
        """Write the index file."""
        self.settings.disk.replace(self.paths.index, self.index_bytes(), 0o600)

    def rebuild_index(self) -> None:
        """Make the index anew from the bodies."""
        self.index = Index(self.secrets.fingerprint)
        self._add_scanned(0)
