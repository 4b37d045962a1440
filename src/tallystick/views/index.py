"""What stands at which place of the ledger: one row a record, no content.

Owns the index every other view starts from: kind, item, subject, import, three keyed 64-bit
fingerprints, and the day a record ends by itself. The fingerprints are of what makes a statement
the same statement again (its identity), of what it says (its content), and of what a decision in
the old form of a publication has in common with the same one in the current form (its twin). The
bytes of an index are a function of the records alone, so that rebuilding gives the same bytes.

    >>> index = Index(bytes(32))
    >>> index.add({"kind": "retraction", "name": "tax-0001", "reason": "wrong file"})
    >>> len(index)
    1
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple

from tallystick.kernel import canonical
from tallystick.kernel.dates import date_of
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.records import KINDS, number_of
from tallystick.views.subject import last_day

FORMAT = 2
_ROWS_AT_ONCE = 4096
_VOLATILE = frozenset({"recorded", "delivered_by", "imported", "signatures", "v"})
_VOLATILE_KEYS = (b'"recorded":', b'"delivered_by":', b'"imported":', b'"digest":')
_ROOT_BYTES = 32
_LENGTH_BYTES = 8  # of the head
_BYTES_AT_ONCE = 1 << 20
ERASED_KIND = 255  # the kind of a row about an erased record, of which nothing is said any more

STALE_VIEW = Reason(
    "stale_view",
    Text("视图缓存与账本不符，需要重建", "the cached view does not fit the ledger; it is rebuilt"),
    "docs/spec/workspace.md",
)


class Row(NamedTuple):
    """The row of one record. identity, content and twin are fingerprints, 0 where there is none.

    twin: even for a decision in the current form, odd for one in the old form. ends: the last day
    it may be used, counted as `date.toordinal` does, 0 where no term runs.
    """

    kind: int
    item: str
    subject: str
    imported: str
    identity: int
    content: int
    twin: int = 0
    ends: int = 0


ERASED_ROW = Row(ERASED_KIND, "", "", "", 0, 0)


def row_of(body: Mapping[str, Any], secret: bytes, encoded: bytes = b"") -> Row:
    """Return the row of `body`.

    secret: 32 bytes that key the fingerprints. encoded: the canonical bytes of `body`, if the
    caller has them.
    """
    kind = body["kind"]
    identity = identity_of(body, secret)
    content = twin = ends = 0
    if kind in ("fact", "grant"):
        content = _fingerprint(_content(body, encoded), secret)
        ends = _ordinal(body["until"] if kind == "grant" else last_day(body["item"], body["data"]))
    elif "signatures" in body:
        content = _fingerprint(encoded or canonical.encode(body), secret)
    if kind == "fact":
        twin = _twin(body, secret)
    imported = body.get("imported") or (body.get("name", "") if kind == "import" else "")
    return Row(
        number_of(kind),
        body.get("item", ""),
        body.get("subject", ""),
        imported,
        identity,
        content,
        twin,
        ends,
    )


def identity_of(body: Mapping[str, Any], secret: bytes) -> int:
    """Return the fingerprint of what makes `body` the same statement again, 0 for an act."""
    name = _identity(body["kind"], body)
    return _fingerprint(name.encode(), secret) if name else 0


def _identity(kind: str, body: Mapping[str, Any]) -> str:
    """Return what makes a record the same statement again; "" for an act, which stands for itself.

    Of statements with one identity the newest counts: of a fact, a grant, a proposal by one scheme,
    a decision on one organisation, a scheme or a model of one name.
    """
    if kind == "fact":
        return f"fact\0{body['item']}\0{body['subject']}\0{body['key']}"
    if kind == "grant":
        return f"grant\0{body['subject']}\0{body['document_digest']}"
    if kind == "evaluation":
        return f"evaluation\0{body['subject']}\0{body['scheme']}"
    if kind == "decision":
        return f"decision\0{body['subject']}"
    return f"{kind}\0{body['name']}" if kind in ("scheme", "model") else ""


def _twin(body: Mapping[str, Any], secret: bytes) -> int:
    data = body["data"]
    form, document = data.get("form"), data.get("document")
    if form not in ("current", "old") or not document:
        return 0
    name = f"twin\0{body['item']}\0{body['subject']}\0{document}\0{body['occurred']}"
    return _fingerprint(name.encode(), secret) & ~1 | (form == "old") or 2


def _ordinal(day: str | None) -> int:
    """Return the number of an ISO day, 0 where there is none or it is on no calendar."""
    try:
        return date_of(day).toordinal() if day else 0
    except TallyError:
        return 0


def content_of(body: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of what a fact or grant says.

    Left out: when and by whom it was delivered and signed, and the digest of the file it came in;
    the same statement delivered twice is the same statement. `body` must be one that
    `canonical.encode` lets through.
    """
    said = {name: value for name, value in body.items() if name not in _VOLATILE}
    if "source" in said:
        said["source"] = {k: v for k, v in said["source"].items() if k != "digest"}
    return canonical.encode_own(said)


def _content(body: Mapping[str, Any], encoded: bytes) -> bytes:
    """Return bytes that are equal for equal statements, cheaper to make than `content_of`.

    Cuts the changing members out of the canonical bytes. A quote inside a text is escaped there, so
    that what is cut can only be a member; a body with more members of such a name goes the long
    way, whatever they hold, since its like must go it too.
    """
    if "signatures" in body:
        return content_of(body)
    said = encoded or canonical.encode_own(body)
    if any(said.count(key) > 1 for key in _VOLATILE_KEYS):
        return content_of(body)
    for name in ("recorded", "delivered_by", "imported"):
        said = said.replace(f'"{name}":"{body[name]}"'.encode(), b"")
    source = body.get("source")
    return said.replace(f'"digest":"{source["digest"]}"'.encode(), b"") if source else said


def _fingerprint(data: bytes, secret: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8, key=secret).digest(), "big") or 1


class _Names:
    """Names in order of first appearance; number 0 is the empty name."""

    def __init__(self, names: Iterable[str] = ("",)) -> None:
        self.names = list(names)
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
        return number

    def find(self, name: str) -> int | None:
        return self._numbers.get(name)


def _names_of(listed: object) -> _Names:
    if (
        type(listed) is not list
        or listed[:1] != [""]
        or any(type(name) is not str for name in listed)
        or len(set(listed)) != len(listed)
    ):
        raise ValueError("names")
    return _Names(listed)


class Index:
    """The rows of all records, column by column. About 42 bytes a record."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.subjects = _Names()
        self.items = _Names()
        self.imports = _Names()
        self.kind = array("B")
        self.item = array("H")
        self.subject = array("I")
        self.imported = array("I")
        self.identity = array("Q")
        self.content = array("Q")
        self.twin = array("Q")
        self.ends = array("I")

    def __len__(self) -> int:
        return len(self.kind)

    def add(self, body: Mapping[str, Any], encoded: bytes = b"") -> None:
        """Add the row of the next record of the ledger; arguments as for `row_of`."""
        self.add_rows([row_of(body, self.secret, encoded)])

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Add rows made by `row_of` with the same secret, in order."""
        self.kind.extend([row.kind for row in rows])
        self.item.extend(map(self.items.number, [row.item for row in rows]))
        self.subject.extend(map(self.subjects.number, [row.subject for row in rows]))
        self.imported.extend(map(self.imports.number, [row.imported for row in rows]))
        self.identity.extend([row.identity for row in rows])
        self.content.extend([row.content for row in rows])
        self.twin.extend([row.twin for row in rows])
        self.ends.extend([row.ends for row in rows])

    def add_erased(self) -> None:
        """Add the row of the next record of the ledger, which was erased."""
        self.add_rows([ERASED_ROW])

    def row(self, number: int) -> Row:
        """Return the row of record `number`."""
        return Row(
            self.kind[number],
            self.items.names[self.item[number]],
            self.subjects.names[self.subject[number]],
            self.imports.names[self.imported[number]],
            *(column[number] for column in self.columns()[4:]),
        )

    def without(self, numbers: Iterable[int]) -> Index:
        """Return the index of the same records with `numbers` erased, as if made anew.

        Names that only erased records had are gone with them.
        """
        erased = frozenset(numbers)
        index = Index(self.secret)
        rows = (ERASED_ROW if n in erased else self.row(n) for n in range(len(self)))
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            index.add_rows(some)
        return index

    def of_kind(self, kind: str) -> Iterator[int]:
        """Yield the numbers of all records of `kind`, in ledger order."""
        wanted, column, at = bytes([number_of(kind)]), self.kind.tobytes(), -1
        while (at := column.find(wanted, at + 1)) >= 0:
            yield at

    def same_act(self, row: Row) -> list[int]:
        """Return the records whose fingerprint says they are the signed act of `row`."""
        found: list[int] = []
        at = -1
        while row.content:
            try:
                at = self.content.index(row.content, at + 1)
            except ValueError:
                break
            if self.kind[at] == row.kind:
                found.append(at)
        return found

    def of_subject(self, code: str) -> list[int]:
        """Return the numbers of all records about `code`, in ledger order."""
        number = self.subjects.find(code)
        if not number:
            return []
        found: list[int] = []
        at = -1
        while True:
            try:
                at = self.subject.index(number, at + 1)
            except ValueError:
                return found
            found.append(at)

    def columns(self) -> tuple[array[int], ...]:
        """All columns, in the order they are written."""
        return (
            *(self.kind, self.item, self.subject, self.imported),
            *(self.identity, self.content, self.twin, self.ends),
        )

    def parts(self, root: bytes) -> Iterator[bytes | memoryview]:
        """Yield the index as bytes, part by part; root: of the log it was made from (32 bytes)."""
        head = self._head(root)
        yield len(head).to_bytes(_LENGTH_BYTES, "big")
        yield head
        yield from map(_little, self.columns())

    def _head(self, root: bytes) -> bytes:
        return canonical.encode(
            {
                "format": FORMAT,
                "records": len(self),
                "root": root.hex(),
                "subjects": self.subjects.names,
                "items": self.items.names,
                "imports": self.imports.names,
            }
        )

    def _fits(self, head: bytes, root: bytes) -> bool:
        """Tell whether `head` is that of these columns, and every number stands for something."""
        columns = (
            (self.item, len(self.items.names)),
            (self.subject, len(self.subjects.names)),
            (self.imported, len(self.imports.names)),
        )
        return (
            len(root) == _ROOT_BYTES
            and self._head(root) == head
            and all(len(column) == len(self) for column in self.columns())
            and all(kind < len(KINDS) or kind == ERASED_KIND for kind in set(self.kind))
            and all(max(column, default=0) < count for column, count in columns)
        )

    @classmethod
    def read(cls, take: Callable[[int], bytes], secret: bytes) -> tuple[Index, bytes]:
        """Return the index whose parts `take` gives, and the root it was made from.

        take: gives the next bytes, as many as are asked for or all that are left. Raises:
        STALE_VIEW.
        """
        try:
            encoded = take(int.from_bytes(take(_LENGTH_BYTES), "big"))
            head = canonical.decode(encoded)
            index = cls(secret)
            index.subjects = _names_of(head["subjects"])
            index.items = _names_of(head["items"])
            index.imports = _names_of(head["imports"])
            for column in index.columns():
                left = head["records"] * column.itemsize
                while left > 0 and (some := take(min(left, _BYTES_AT_ONCE))):
                    column.frombytes(some)
                    left -= len(some)
                if sys.byteorder == "big":
                    column.byteswap()
            root = bytes.fromhex(head["root"])
        except (TallyError, KeyError, TypeError, ValueError):
            raise STALE_VIEW.error() from None
        if take(1) or not index._fits(encoded, root):
            raise STALE_VIEW.error()
        return index, root


def _little(column: array[int]) -> memoryview:
    if sys.byteorder == "big":
        column = array(column.typecode, column)
        column.byteswap()
    return memoryview(column).cast("B")
