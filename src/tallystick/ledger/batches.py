r"""The leaf of the log: one signed batch header.

Owns the byte layout of a header (docs/spec/ledger.md) and the making and checking of batches. A
header says: the holder of this key delivered this many records, whose commitments have this Merkle
root. It carries no name, code or value.

    bytes  0..3    "TLYB"
           4..5    version, 1
           6..21   key id of the provider (16 bytes)
          22..25   count of records, 1 to BATCH_RECORDS_MAX
          26..57   root of the tree over the commitments
          58..65   time the provider says it sealed the batch, seconds since 1970, UTC
          66..129  signature by the provider's suite: Ed25519, or SM2 with SM3
All integers are big-endian. The signed message is "tallystick/batch/v1\n", the origin of the log,
a newline, and bytes 0..65: a batch signed for one log does not fit another.
"""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.kernel.signing import (
    BAD_SIGNATURE,
    PARTY_KINDS,
    SIGNATURE_BYTES,
    Signer,
    VerifierKey,
)
from tallystick.kernel.texts import Text

MAGIC = b"TLYB"
VERSION = 1
HEADER_BYTES = 130
BATCH_RECORDS_MAX = 1024  # a path within a batch has at most 10 steps
COMMITMENT_BYTES = 32
_TIME_END = 2**64
_LAYOUT = struct.Struct(">4sH16sI32sQ64s")
_DOMAIN = b"tallystick/batch/v1\n"
_COMMITMENT_DOMAIN = b"tallystick/record/v1\n"

BAD_HEADER = Reason(
    "bad_batch_header",
    Text("批次头的写法不对：{what}", "this is not a batch header: {what}"),
    "docs/spec/ledger.md",
)


def commitment_of(salt: bytes, body: bytes) -> bytes:
    r"""Return SHA-256("tallystick/record/v1\n" || salt || body): 32 bytes.

    salt: 32 random bytes, without which the body cannot be guessed from the commitment.
    body: the canonical bytes of the record.
    """
    return sha256(_COMMITMENT_DOMAIN + salt + body).digest()


class BatchHeader(NamedTuple):
    """A signed statement of who delivered how many records under which root."""

    key_id: bytes
    records: int
    root: bytes
    sealed_at: int
    signature: bytes

    def encode(self) -> bytes:
        """Return the 130 bytes of the header."""
        return _LAYOUT.pack(
            MAGIC, VERSION, self.key_id, self.records, self.root, self.sealed_at, self.signature
        )

    def check(self, origin: str, key: VerifierKey) -> None:
        """Check that `key` is the one named and signed for the log `origin`.

        Raises: BAD_SIGNATURE, NO_SM2.
        """
        if self.key_id != key.key_id:
            raise BAD_SIGNATURE.error(name=key.name)
        key.check(_message(origin, self.encode()), self.signature)


def decode_header(data: bytes) -> BatchHeader:
    """Read a header. Raises: BAD_HEADER unless `data` is one well-formed header."""
    if len(data) != HEADER_BYTES:
        raise BAD_HEADER.error(what=Text("长度", "length"))
    magic, version, key_id, count, root, sealed_at, signature = _LAYOUT.unpack(data)
    if magic != MAGIC or version != VERSION:
        raise BAD_HEADER.error(what=Text("开头的标识或版本", "magic or version"))
    if not 1 <= count <= BATCH_RECORDS_MAX:
        raise BAD_HEADER.error(what=Text("记录数", "count"))
    return BatchHeader(key_id, count, root, sealed_at, signature)


def sign_header(origin: str, key: Signer, commitments: list[bytes], sealed_at: int) -> BatchHeader:
    """Return the header over `commitments` (1 to 1024, 32 bytes each), signed by the provider.

    sealed_at: seconds since 1970. Raises: BAD_HEADER where a reader would refuse the header.
    """
    if not 1 <= len(commitments) <= BATCH_RECORDS_MAX:
        raise BAD_HEADER.error(what=Text("记录数", "count"))
    if any(len(c) != COMMITMENT_BYTES for c in commitments):
        raise BAD_HEADER.error(what=Text("承诺值", "commitments"))
    if key.verifier.kind not in PARTY_KINDS:  # a witness's signature need not fit
        raise BAD_HEADER.error(what=Text("密钥种类", "type of key"))
    if not 0 <= sealed_at < _TIME_END:
        raise BAD_HEADER.error(what=Text("时间", "time"))
    root = root_of([leaf_hash(c) for c in commitments])
    unsigned = BatchHeader(
        key.verifier.key_id, len(commitments), root, sealed_at, bytes(SIGNATURE_BYTES)
    )
    return unsigned._replace(signature=key.sign(_message(origin, unsigned.encode())))


def _message(origin: str, header: bytes) -> bytes:
    return _DOMAIN + origin.encode() + b"\n" + header[:-SIGNATURE_BYTES]
