"""Records that were erased: what is still said of them, and what erasing leaves nowhere.

Owns the completion of an erasure. The ledger states first, in one commit, that records are erased;
then copies in the folders for people are removed, keys are destroyed, and the index is written
without them. Whoever opens the workspace to write next completes what broke off, or what an older
file of keys brought back, before anything is read. Copies come before keys: as long as a key is
there, what it opens tells which files hold the same.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import TrustPolicy, read_receipt
from tallystick.vault import unseal

if TYPE_CHECKING:
    from tallystick.app.store import Store
    from tallystick.app.store_reading import StoreReader
    from tallystick.records import Body

FOLDERS = ("receipts", "reports", "exports", "imports")
_OF_A_PERSON = frozenset({"fact", "grant", "evaluation", "decision", "report"})

RECORD_ERASED = Reason(
    "record_erased",
    Text(
        "记录 {record} 的内容已于 {when} 销毁，不能再读取（依据：{basis}；签署：{who}）",
        "the record {record} was erased on {when} and cannot be read "
        "(basis: {basis}; signed by {who})",
    ),
    "docs/spec/workspace.md",
    Text(
        "账本仍可证明它存在过、何时销毁：tally receipt --no-content。",
        "The ledger still proves that it was there, and when it was erased: tally receipt "
        "--no-content.",
    ),
)


class Erased(NamedTuple):
    """What is still said of an erased record. who: names of those who signed; by: record id."""

    number: int
    record: str
    who: str
    basis: str
    when: str
    by: str

    def refusal(self) -> TallyError:
        """Return the refusal to read it."""
        return RECORD_ERASED.error(
            record=self.record[:12], when=self.when, basis=self.basis, who=self.who
        )

    def to_json(self) -> dict[str, str | int]:
        """Return the form programs read."""
        return self._asdict()


def erased_of(store: StoreReader, number: int) -> Erased:
    """Return what is said of the erased record `number`, as its erasure record says it."""
    erased = store.log.journal.erased
    by, record = erased[number].by, store.log.commitment(number).hex()
    if by < 0 or by in erased:  # no erasure record; an audit says so
        return Erased(number, record, "-", "-", "-", "")
    return told_by(store.trust, number, record, store.body(by), store.log.commitment(by).hex())


def told_by(trust: TrustPolicy, number: int, record: str, body: Body, by: str) -> Erased:
    """Return what the erasure record `by` with `body` says of a record."""
    signers = [line["key"] for line in body.get("signatures", [])]
    names = [p.name for p in trust.parties if p.role == "officer" and p.key.key_id.hex() in signers]
    return Erased(
        number, record, ", ".join(names) or "-", body.get("basis", "-"), body["recorded"], by
    )


def complete(store: Store) -> list[str]:
    """Complete every erasure the ledger states; return the copies that were removed.

    Nothing is done, and nothing opened, where every key is destroyed already. A record that no
    erasure of two signatures names is left alone, whatever the journal states: an audit says so.
    """
    erased = store.log.journal.erased
    kept = [n for n in store.vault.kept(erased) if _is_ordered(store, n, erased[n].by)]
    if not kept:
        return []
    removed = [path for path, _ in copies(store, kept)]
    for path in removed:
        store.settings.disk.remove(path)
    store.vault.destroy(kept)
    return [path.relative_to(store.settings.folder).as_posix() for path in removed]


def _is_ordered(store: Store, number: int, by: int) -> bool:
    """Tell whether record `by` is an erasure that lists record `number`, signed as it must be."""
    from tallystick.app.acts import check_two_keys  # noqa: PLC0415 - rarely needed

    if by < 0 or by in store.log.journal.erased:
        return False
    try:
        body = store.body(by)
        listed = body["kind"] == "erasure" and body["records"]
        if not listed or store.log.commitment(number).hex() not in listed:
            return False
        check_two_keys(store.origin, body, store.trust, store.log.entry_of(by))
    except (TallyError, LookupError, TypeError, ValueError, InvalidTag):
        return False
    return True


def copies(store: Store, numbers: Iterable[int]) -> Iterator[tuple[Path, str]]:
    """Yield each file for people that holds one of the records, and why it is taken for one."""
    marks, subjects = [], set[str]()
    for number in numbers:
        record = store.log.commitment(number)
        marks += [record.hex().encode(), b64encode(record)]
        with suppress(TallyError):  # a key that was torn in half opens nothing any more
            envelope = store.vault.read(number, record)
            opened = unseal(number, envelope, store.secrets.wrapping)
            salt = opened.salt
            marks += [salt, salt.hex().encode(), b64encode(salt), opened.body]
            body = canonical.decode_own(opened.body)
            if body["kind"] in _OF_A_PERSON:
                subjects.add(body["subject"])
    for folder in FOLDERS:
        for path in sorted((store.settings.folder / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                if folder == "reports" and _is_about(path, subjects):
                    yield path, "report"
                elif _holds(path.read_bytes(), marks):
                    yield path, "copy"


def _holds(data: bytes, marks: Iterable[bytes]) -> bool:
    return any(mark in data for mark in marks)


def _is_about(path: Path, subjects: set[str]) -> bool:
    """Tell whether a report is of one of `subjects`: by its name, its text, or its receipts."""
    if not subjects:
        return False
    data = path.read_bytes()
    if any(one in path.name or one.encode() in data for one in subjects):
        return True
    from tallystick.publication.paper import read_paper  # noqa: PLC0415 - rarely needed

    with suppress(TallyError):
        bodies = [read_receipt(receipt).body for receipt in read_paper(data).receipts]
        return any(body and body.get("subject") in subjects for body in bodies)
    return False
