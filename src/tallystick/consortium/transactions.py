r"""What members send to be ordered: batches of commitments, and acts about logs and members.

Owns the bytes of transactions (docs/spec/consortium.md), their limits and signatures. All integers
are big-endian. A transaction has one encoding; what does not read back to the same bytes is none.

    bytes  0..3    "TLYT"
           4..5    version, 1
           6       kind: 1 append, 2 act

An append goes on with: length of the origin (2 bytes), the origin; entries the log has before it
(8); 1 where it states what is in force, else 0 (1); as of (8); number of batches (2); of each the
130 bytes of its header and its commitments; number of changes of status (4), each 25 bytes; the
signature of the log's key (64) over "tallystick/append/v1\n", the chain, a newline and all before.
An act goes on with canonical JSON.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from tallystick.consortium.reasons import BAD_TRANSACTION
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SIGNATURE_BYTES, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import COMMITMENT_BYTES, Batch, BatchHeader, StatusChange, decode_header
from tallystick.ledger.batches import HEADER_BYTES
from tallystick.ledger.status import ROW_BYTES, decode_rows

TRANSACTION_BYTES_MAX = 1 << 20
ACT_BYTES_MAX = 64 << 10
BATCHES_MAX = 16
ORIGIN_BYTES_MAX = 128
APPEND, ACT = 1, 2
_START = b"TLYT\x00\x01"
_HEAD = struct.Struct(">QBQH")
_APPEND_DOMAIN = b"tallystick/append/v1\n"
_ACT_DOMAIN = b"tallystick/act/v1\n"


class Append(NamedTuple):
    """Batches and changes of status that go on from `base` entries of the log `origin`."""

    origin: str
    base: int
    settled: bool
    as_of: int
    batches: list[Batch]
    changes: list[StatusChange]
    signature: bytes

    @property
    def records(self) -> int:
        """How many records its batches hold."""
        return sum(batch.header.records for batch in self.batches)

    def unsigned(self) -> bytes:
        """Return the bytes before the signature."""
        origin = self.origin.encode()
        return b"".join(
            (
                _START,
                bytes([APPEND]),
                len(origin).to_bytes(2, "big"),
                origin,
                _HEAD.pack(self.base, self.settled, self.as_of, len(self.batches)),
                *(b.header.encode() + b"".join(b.commitments) for b in self.batches),
                len(self.changes).to_bytes(4, "big"),
                *(change.encode() for change in self.changes),
            )
        )

    def encode(self) -> bytes:
        """Return the bytes of the transaction."""
        return self.unsigned() + self.signature

    def check(self, chain: str, key: VerifierKey) -> None:
        """Check that `key` signed this for `chain`. Raises: BAD_SIGNATURE."""
        key.check(_message(_APPEND_DOMAIN, chain, self.unsigned()), self.signature)


class ReadHeader(BatchHeader):
    """A header as it was read. Whether a key signed it is found out once."""

    def check(self, origin: str, key: VerifierKey) -> None:
        """Check as a header does, the first time for this log and key."""
        if self.__dict__.get("signed_by") != (origin, key):
            super().check(origin, key)
            self.__dict__["signed_by"] = (origin, key)


class ReadBatch(Batch):
    """A batch as it was read. That its commitments lead to its root is found out once."""

    def checked_groups(self) -> list[bytes]:
        """Check as a batch does, the first time; return the roots of its groups."""
        known: list[bytes] | None = self.__dict__.get("groups")
        if known is None:
            known = self.__dict__["groups"] = super().checked_groups()
        return known


class ReadAppend(Append):
    """An append as it was read. What follows from its bytes alone is found out once.

    A replica judges a transaction when it is submitted, while it waits, when it is proposed, when
    it is decided and when it is written: the tree over a thousand commitments and the signatures
    are nearly all of that. What held is remembered with what was read, which nothing changes, and
    for the very key it held for; what did not hold is judged anew.
    """

    def check(self, chain: str, key: VerifierKey) -> None:
        """Check as an append does, the first time for this chain and key."""
        if self.__dict__.get("signed_by") != (chain, key):
            super().check(chain, key)
            self.__dict__["signed_by"] = (chain, key)


class Act(NamedTuple):
    """Something said about a log or the members: canonical JSON with a signature in it."""

    body: dict[str, Any]

    def encode(self) -> bytes:
        """Return the bytes of the transaction."""
        return _START + bytes([ACT]) + canonical.encode(self.body)

    def check(self, chain: str, key: VerifierKey) -> None:
        """Check that `key` signed this for `chain`. Raises: BAD_SIGNATURE, BAD_TRANSACTION."""
        said = {name: value for name, value in self.body.items() if name != "signature"}
        try:
            signature = bytes.fromhex(self.body["signature"])
        except (KeyError, TypeError, ValueError):
            raise _wrong(Text("签名", "signature")) from None
        if signature.hex() != self.body["signature"]:  # capitals and spaces would be read as well
            raise _wrong(Text("签名", "signature"))
        key.check(_message(_ACT_DOMAIN, chain, canonical.encode(said)), signature)


Transaction = Append | Act


def sign_append(
    chain: str,
    key: SigningKey,
    base: int,
    batches: Sequence[Batch],
    *,
    changes: Sequence[StatusChange] = (),
    as_of: int = 0,
    settled: bool = True,
) -> Append:
    """Return an append to the log that `key` signs for. Raises: BAD_TRANSACTION over a limit."""
    listed = list(batches), list(changes)
    unsigned = Append(key.name, base, settled, as_of, *listed, bytes(SIGNATURE_BYTES))
    signature = key.sign(_message(_APPEND_DOMAIN, chain, unsigned.unsigned()))
    signed = unsigned._replace(signature=signature)
    if len(listed[0]) > BATCHES_MAX or len(signed.encode()) > TRANSACTION_BYTES_MAX:
        raise _wrong(Text("太大", "its size"))
    return signed


def sign_act(chain: str, key: SigningKey, body: dict[str, Any]) -> Act:
    """Return an act signed by `key`."""
    signature = key.sign(_message(_ACT_DOMAIN, chain, canonical.encode(body)))
    return Act({**body, "signature": signature.hex()})


def decode_transaction(data: bytes) -> Transaction:
    """Read a transaction. Raises: BAD_TRANSACTION unless `data` is its one encoding."""
    if len(data) > TRANSACTION_BYTES_MAX:
        raise _wrong(Text("太大", "its size"))
    kind = data[len(_START) : len(_START) + 1]
    if data[: len(_START)] != _START or kind not in {bytes([APPEND]), bytes([ACT])}:
        raise _wrong(Text("开头的标识、版本或种类", "magic, version or kind"))
    rest = data[len(_START) + 1 :]
    try:
        if kind == bytes([APPEND]):
            return _append(rest)
        if len(rest) > ACT_BYTES_MAX:
            raise _wrong(Text("太大", "its size"))
        body = canonical.decode(rest)
    except TallyError as fault:
        if fault.reason is BAD_TRANSACTION:
            raise
        raise _wrong(fault.text) from None
    except (UnicodeDecodeError, struct.error):
        raise _wrong(Text("长度", "its length")) from None
    if not isinstance(body, dict):
        raise _wrong(Text("应为对象", "an object is expected"))
    return Act(body)


class _Cursor:
    """Bytes read from the front."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) != count:
            raise _wrong(Text("长度", "its length"))
        self.at += count
        return taken


def _append(data: bytes) -> Append:
    cursor = _Cursor(data)
    length = int.from_bytes(cursor.take(2), "big")
    if not 0 < length <= ORIGIN_BYTES_MAX:
        raise _wrong(Text("账本名", "origin"))
    origin = cursor.take(length).decode()
    base, settled, as_of, count = _HEAD.unpack(cursor.take(_HEAD.size))
    if settled not in {0, 1} or count > BATCHES_MAX:
        raise _wrong(Text("标志或批次数", "flag or number of batches"))
    batches: list[Batch] = []
    for _ in range(count):
        header = decode_header(cursor.take(HEADER_BYTES))
        some = cursor.take(header.records * COMMITMENT_BYTES)
        cut = range(0, len(some), COMMITMENT_BYTES)
        batches.append(
            ReadBatch(ReadHeader(*header), [some[at : at + COMMITMENT_BYTES] for at in cut])
        )
    rows = int.from_bytes(cursor.take(4), "big")
    changes = list(decode_rows(cursor.take(rows * ROW_BYTES)))
    signature = cursor.take(SIGNATURE_BYTES)
    if cursor.at != len(data) or not (batches or changes or base):
        raise _wrong(Text("长度", "its length"))
    return ReadAppend(origin, base, bool(settled), as_of, batches, changes, signature)


def digest_of(data: bytes) -> bytes:
    """Return SHA-256 of a transaction, as CometBFT names it."""
    return sha256(data).digest()


def _message(domain: bytes, chain: str, said: bytes) -> bytes:
    return domain + chain.encode() + b"\n" + said


def _wrong(what: Text) -> TallyError:
    return BAD_TRANSACTION.error(what=what)
