r"""What is in force, stated with each checkpoint and provable for one record.

Owns the status entry (the last leaf of every checkpoint), the rows of the journal of changes, and
the check of a proof in the status tree. Layouts: docs/spec/ledger.md. The tree holds only records
that are NOT in force any more; a record that the entry covers and the tree does not hold is in
force, so that new records cost nothing and absence is what is proved about most of them.

    bytes  0..3    "TLYS"
           4..5    version, 1
           6..13   entries covered: of records in entries below this number the entry speaks
          14..21   as of: seconds since 1970, UTC
          22..29   rows of the journal
          30..61   digest of these rows, chained: SHA-256(digest before || row), 32 zeros before all
          62..93   root of the status tree
          94..101  records in the tree
         102..129  zero
All integers are big-endian. The ledger knows nothing of credit: why a record is superseded is for
whoever hands in the change.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import HASH_BYTES
from tallystick.kernel.texts import Text

STATUS_MAGIC = b"TLYS"
STATUS_VERSION = 1
STATUS_ENTRY_BYTES = 130
ROW_BYTES = 25
EMPTY_DIGEST = bytes(HASH_BYTES)
EMPTY_TREE = bytes(HASH_BYTES)

IN_FORCE, SUPERSEDED, WITHDRAWN, EXPIRED, ERASED = range(5)
STATUS_NAMES = ("in_force", "superseded", "withdrawn", "expired", "erased")

_LAYOUT = struct.Struct(">4sHQQQ32s32sQ28x")
_ROW = struct.Struct(">QBQQ")
_VALUE = struct.Struct(">BQ32s")
VALUE_BYTES = _VALUE.size
_KEY_DOMAIN = b"tallystick/status/v1\n"
_DEPTH_MAX = 255
_NOTHING, _THIS, _ANOTHER = range(3)

BAD_STATUS_ENTRY = Reason(
    "bad_status_entry",
    Text("状态条目的写法不对", "this is not a status entry"),
    "docs/spec/ledger.md",
)
BAD_STATUS_PROOF = Reason(
    "bad_status_proof",
    Text("状态证明不成立：{what}", "the proof of the status does not hold: {what}"),
    "docs/spec/ledger.md",
    Text(
        "请向出具方索取新的回执（tally receipt --refresh）。",
        "Ask whoever issued the receipt for a newer one (tally receipt --refresh).",
    ),
)


class StatusChange(NamedTuple):
    """One row of the journal: from `since` on, record number `record` has `status`.

    since: seconds since 1970. by: number of the record that caused it, -1 for none (expiry).
    """

    record: int
    status: int
    since: int
    by: int = -1

    def encode(self) -> bytes:
        """Return the 25 bytes of the row."""
        return _ROW.pack(self.record, self.status, self.since, self.by + 1)


class Standing(NamedTuple):
    """What a proof says of one record. by: commitment of the record that caused it, zeros if none.

    since: seconds since 1970; 0 for a record in force.
    """

    status: int
    since: int
    by: bytes

    @property
    def name(self) -> str:
        """The name of the status, as programs read it."""
        return STATUS_NAMES[self.status]


STANDS = Standing(IN_FORCE, 0, bytes(HASH_BYTES))


class StatusEntry(NamedTuple):
    """The last leaf of a checkpoint: what is in force as of then."""

    covered: int
    as_of: int
    rows: int
    journal: bytes
    root: bytes
    records: int

    def encode(self) -> bytes:
        """Return the 130 bytes of the entry."""
        return _LAYOUT.pack(STATUS_MAGIC, STATUS_VERSION, *self)


FIRST_STATUS = StatusEntry(0, 0, 0, EMPTY_DIGEST, EMPTY_TREE, 0)


def is_status_entry(leaf: bytes) -> bool:
    """Tell whether a leaf of the log is a status entry and no batch header."""
    return leaf[:4] == STATUS_MAGIC


def decode_status_entry(leaf: bytes) -> StatusEntry:
    """Read a status entry. Raises: BAD_STATUS_ENTRY unless `leaf` is its one encoding."""
    if len(leaf) != STATUS_ENTRY_BYTES:
        raise BAD_STATUS_ENTRY.error()
    magic, version, *fields = _LAYOUT.unpack(leaf)
    entry = StatusEntry(*fields)
    if (magic, version) != (STATUS_MAGIC, STATUS_VERSION) or entry.encode() != leaf:
        raise BAD_STATUS_ENTRY.error()
    return entry


def decode_rows(data: bytes) -> Iterator[StatusChange]:
    """Yield the rows of a journal, whose length is a multiple of 25."""
    for record, status, since, by in _ROW.iter_unpack(data):
        yield StatusChange(record, status, since, by - 1)


def chain(digest: bytes, rows: Iterable[bytes]) -> bytes:
    """Return the digest of a journal that has `digest` and goes on with `rows`."""
    for row in rows:
        digest = sha256(digest + row).digest()
    return digest


def status_key(commitment: bytes) -> bytes:
    """Return where the status of a record stands in the tree: 32 bytes.

    The commitment is itself a salted digest, so that a key says nothing of the record.
    """
    return sha256(_KEY_DOMAIN + commitment).digest()


def status_value(status: int, since: int, by: bytes) -> bytes:
    """Return the 41 bytes the tree holds of a record. by: a commitment, or 32 zeros."""
    return _VALUE.pack(status, since, by)


def status_leaf(key: bytes, value_digest: bytes) -> bytes:
    """Return the hash of a leaf. value_digest: SHA-256 of its value, so that others see no more."""
    return sha256(b"\x00" + key + value_digest).digest()


def inner(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees with two leaves or more between them."""
    return sha256(b"\x01" + left + right).digest()


def bit(key: bytes, depth: int) -> int:
    """Return bit number `depth` of a key, counted from the most significant of its first byte."""
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


class StatusProof(NamedTuple):
    """A status entry, the path from it to the root of its checkpoint, and a proof in its tree.

    The entry is the last leaf of the checkpoint. path: steps of 32 bytes; tree: as `write_proof`.
    """

    entry: bytes
    path: list[bytes]
    tree: bytes


def write_proof(siblings: list[bytes], terminal: bytes) -> bytes:
    """Return a proof: siblings from the root downwards, empty ones as `EMPTY_TREE`; what ends it.

    terminal: as `nothing_there`, `this_there` and `another_there` give it.
    """
    depth = len(siblings)
    bits = "".join("0" if one == EMPTY_TREE else "1" for one in siblings)
    width = (depth + 7) // 8
    bitmap = int(bits.ljust(8 * width, "0") or "0", 2).to_bytes(width, "big")
    kept = b"".join(one for one in siblings if one != EMPTY_TREE)
    return bytes([depth]) + bitmap + kept + terminal


def nothing_there() -> bytes:
    """Return how a proof ends where the subtree of the key is empty."""
    return bytes([_NOTHING])


def this_there(value: bytes) -> bytes:
    """Return how a proof ends where the tree holds the key."""
    return bytes([_THIS]) + value


def another_there(key: bytes, value: bytes) -> bytes:
    """Return how a proof ends where the subtree of the key is the one leaf of another key."""
    return bytes([_ANOTHER]) + key + sha256(value).digest()


def check_status_proof(proof: bytes, root: bytes, commitment: bytes) -> Standing:
    """Return what the tree with `root` says of the record with `commitment`.

    Along the bits of a key each subtree of a tree with a given root is of one form, so that no tree
    can be shown to hold a key and not to hold it. Raises: BAD_STATUS_PROOF.
    """
    key = status_key(commitment)
    siblings, terminal = _parts(proof)
    depth = len(siblings)
    standing, digest = _ending(terminal, key, depth)
    for level in range(depth - 1, -1, -1):
        pair = (siblings[level], digest) if bit(key, level) else (digest, siblings[level])
        digest = inner(*pair)
    if digest != root:
        raise BAD_STATUS_PROOF.error(what=Text("不通向状态树的根", "it does not lead to the root"))
    return standing


def _parts(proof: bytes) -> tuple[list[bytes], bytes]:
    """Return the siblings from the root downwards, and what ends the proof; one encoding only."""
    depth = proof[0] if proof else _DEPTH_MAX + 1
    width = (depth + 7) // 8
    bitmap = proof[1 : 1 + width]
    if depth > _DEPTH_MAX or len(bitmap) != width:
        raise BAD_STATUS_PROOF.error(what=Text("长度", "its length"))
    at, siblings = 1 + width, []
    for level in range(depth):
        if bit(bitmap, level):
            siblings.append(proof[at : at + HASH_BYTES])
            at += HASH_BYTES
        else:
            siblings.append(EMPTY_TREE)
    terminal = proof[at:]
    if any(len(one) != HASH_BYTES for one in siblings) or (
        write_proof(siblings, terminal) != proof
    ):
        raise BAD_STATUS_PROOF.error(what=Text("写法", "its encoding"))
    return siblings, terminal


def _ending(terminal: bytes, key: bytes, depth: int) -> tuple[Standing, bytes]:
    """Return what the end of a proof says of `key`, and the hash of the subtree there."""
    tag, rest = terminal[:1], terminal[1:]
    if tag == bytes([_NOTHING]) and not rest:
        return STANDS, EMPTY_TREE
    if tag == bytes([_THIS]) and len(rest) == VALUE_BYTES:
        status, since, by = _VALUE.unpack(rest)
        if not SUPERSEDED <= status <= ERASED:
            raise BAD_STATUS_PROOF.error(what=Text("状态", "the status"))
        return Standing(status, since, by), status_leaf(key, sha256(rest).digest())
    if tag == bytes([_ANOTHER]) and len(rest) == 2 * HASH_BYTES:
        other = rest[:HASH_BYTES]
        shared = all(bit(other, level) == bit(key, level) for level in range(depth))
        if other != key and shared:
            return STANDS, status_leaf(other, rest[HASH_BYTES:])
    raise BAD_STATUS_PROOF.error(what=Text("结尾", "its end"))
