"""The same receipt as a COSE Receipt (RFC 9942), for tools that know COSE and nothing of us.

Owns the form of a `.cose` file (docs/spec/cose.md): a COSE_Sign1 by the log's key over the root of
the log, detached, whose inclusion proof leads from a batch header to that root. Whatever else a
receipt has stands in one private header: commitment, path in the batch, batch header, status, the
signatures of the checkpoint, and, where it proves the content, salt and body. Rules: what is read
gives back the receipt and its checkpoint byte for byte; one encoding; no root is signed that the
same key has not signed already in a checkpoint.

    >>> read_cose(write_cose(receipt, log_key)).receipt == receipt
    True
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tallystick.kernel import canonical
from tallystick.kernel.cbor import Tag, Value, decode, encode
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import leaf_hash
from tallystick.kernel.multiproof import multi_root
from tallystick.kernel.notes import (
    NOTE_ID_BYTES,
    UNKNOWN_SIGNER,
    Checkpoint,
    NoteSignature,
    parse_checkpoint,
)
from tallystick.kernel.signing import SIGNATURE_BYTES, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import BATCH_RECORDS_MAX, decode_header
from tallystick.ledger.log_reader import RecordProof
from tallystick.ledger.parts import BAD_RECEIPT, WRONG_FORM, digest, steps
from tallystick.ledger.receipts import RECEIPT_BYTES_MAX, Receipt
from tallystick.ledger.status import StatusProof

COSE_HEAD = b"\xd2\x84"  # tag 18, an array of four: no receipt in JSON begins so
COSE_SIGN1 = 18
ALG, KID, CWT_CLAIMS, VDS, VDP = 1, 4, 15, 395, 396  # registered header parameters
EDDSA = -8
RFC9162_SHA256 = 1
INCLUSION_PROOFS = -1
ISSUER = 1  # claim of RFC 8392
CARRIED = -1414289714  # private use (below -65536); its bytes are 3A and "TLY1"
COMMITMENT, POSITION, PATH, HEADER, SIGNATURES, STATUS, SALT, BODY = range(1, 9)

_OTHER = Text("另一种写法", "another encoding")


class CoseReceipt(NamedTuple):
    """A COSE receipt, read. note_id: of the key that signed it, 4 bytes; signature: 64 bytes."""

    receipt: Receipt
    note_id: bytes
    signature: bytes

    def check(self, key: VerifierKey) -> None:
        """Check that the log's `key` signed the root that the inclusion proof leads to.

        The checkpoint's own signatures are checked besides, as in any receipt. Raises:
        UNKNOWN_SIGNER for another log or key; BAD_SIGNATURE.
        """
        checkpoint = self.receipt.proof.checkpoint
        if (key.name, key.note_id) != (checkpoint.origin, self.note_id):
            raise UNKNOWN_SIGNER.error()
        key.check(_signed(checkpoint, self.note_id), self.signature)


def is_cose(data: bytes) -> bool:
    """Tell whether `data` begins as a COSE receipt does."""
    return data.startswith(COSE_HEAD)


def write_cose(receipt: Receipt, log_key: SigningKey) -> bytes:
    """Return `receipt` as a COSE receipt signed by the key that signed its checkpoint.

    Raises: UNKNOWN_SIGNER, BAD_SIGNATURE where it did not; PATH_DOES_NOT_LEAD.
    """
    receipt.check_batch_path()
    receipt.check_log_path()
    checkpoint, key = receipt.proof.checkpoint, log_key.verifier
    checkpoint.check(key)
    signature = log_key.sign(_signed(checkpoint, key.note_id))
    return _written(CoseReceipt(receipt, key.note_id, signature))


def read_cose(data: bytes) -> CoseReceipt:
    """Read the bytes of a COSE receipt. Raises: BAD_RECEIPT unless they are its one encoding.

    The root is worked out from header and path, so that `check_log_path` has nothing to add; that
    it is the log's is for the signatures to say.
    """
    if len(data) > RECEIPT_BYTES_MAX:
        raise BAD_RECEIPT.error(what=Text("长度", "length"))
    try:
        cose = _read(decode(data))
        same = _written(cose) == data
    except TallyError as fault:
        if fault.reason is BAD_RECEIPT:
            raise
        raise BAD_RECEIPT.error(what=fault.text) from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise BAD_RECEIPT.error(what=WRONG_FORM) from None
    if not same:
        raise BAD_RECEIPT.error(what=_OTHER)
    return cose


def _protected(origin: str, note_id: bytes) -> bytes:
    claims: Value = {ISSUER: origin}
    return encode({ALG: EDDSA, KID: note_id, CWT_CLAIMS: claims, VDS: RFC9162_SHA256})


def _signed(checkpoint: Checkpoint, note_id: bytes) -> bytes:
    """Return the Sig_structure of RFC 9052 section 4.4 over the root of the checkpoint."""
    return encode(["Signature1", _protected(checkpoint.origin, note_id), b"", checkpoint.root])


def _written(cose: CoseReceipt) -> bytes:
    receipt, note_id = cose.receipt, cose.note_id
    proof, checkpoint = receipt.proof, receipt.proof.checkpoint
    inclusion = encode([checkpoint.size, proof.entry, [*proof.entry_path]])
    carried: dict[int | str, Value] = {
        COMMITMENT: receipt.commitment,
        POSITION: proof.position,
        PATH: b"".join(proof.path),
        HEADER: proof.header.encode(),
        SIGNATURES: [_line(one, checkpoint.origin, note_id) for one in checkpoint.signatures],
    }
    if proof.status is not None:
        carried[STATUS] = [proof.status.entry, b"".join(proof.status.path), proof.status.tree]
    if receipt.salt is not None and receipt.body is not None:
        carried |= {SALT: receipt.salt, BODY: canonical.encode(receipt.body)}
    proofs: Value = {INCLUSION_PROOFS: [inclusion]}
    protected = _protected(checkpoint.origin, note_id)
    return encode(
        Tag(COSE_SIGN1, [protected, {VDP: proofs, CARRIED: carried}, None, cose.signature])
    )


def _line(line: NoteSignature, origin: str, note_id: bytes) -> Value:
    """Return a signature line; the name and id of the log's own are told in the header."""
    if (line.name, line.note_id) == (origin, note_id):
        return line.signature
    return [line.name, line.note_id + line.signature]


def _read(document: Any) -> CoseReceipt:  # noqa: ANN401 - what of its form is wrong raises
    protected, unprotected, _, signature = document.value
    head: Any = decode(protected)
    origin, note_id = head[CWT_CLAIMS][ISSUER], _bytes(head[KID], NOTE_ID_BYTES)
    [inclusion] = unprotected[VDP][INCLUSION_PROOFS]
    carried = unprotected[CARRIED]
    header = decode_header(_bytes(carried[HEADER]))
    found: Any = decode(inclusion)
    size, entry, path = _number(found[0]), _number(found[1]), [digest(step) for step in found[2]]
    root = multi_root([entry], size, [leaf_hash(header.encode())], path)
    lines = tuple(_signature(line, origin, note_id) for line in carried[SIGNATURES])
    # What no note could say is no receipt.
    checkpoint = parse_checkpoint(Checkpoint(origin, size, root, lines).text())
    position = _number(carried[POSITION])
    if position >= BATCH_RECORDS_MAX:
        raise BAD_RECEIPT.error(what=Text("批次", "batch"))
    status = _status(carried[STATUS]) if STATUS in carried else None
    proof = RecordProof(position, steps(carried[PATH]), header, entry, path, checkpoint, status)
    salt, body = _content(carried)
    receipt = Receipt(digest(carried[COMMITMENT]), salt, body, proof)
    return CoseReceipt(receipt, note_id, _bytes(signature, SIGNATURE_BYTES))


def _content(carried: dict[int, Any]) -> tuple[bytes | None, dict[str, Any] | None]:
    if SALT not in carried and BODY not in carried:
        return None, None
    body = canonical.decode(_bytes(carried[BODY]))
    if type(body) is not dict:
        raise BAD_RECEIPT.error(what=Text("正文", "body"))
    return digest(carried[SALT]), body


def _status(part: list[Any]) -> StatusProof:
    entry, path, tree = part
    return StatusProof(_bytes(entry), steps(path), _bytes(tree))


def _signature(line: object, origin: str, note_id: bytes) -> NoteSignature:
    if isinstance(line, bytes):
        return NoteSignature(origin, note_id, line)
    if not isinstance(line, list):
        raise BAD_RECEIPT.error(what=Text("签名", "signatures"))
    name, blob = line
    return NoteSignature(name, blob[:NOTE_ID_BYTES], blob[NOTE_ID_BYTES:])


def _bytes(value: object, length: int | None = None) -> bytes:
    if not isinstance(value, bytes) or (length is not None and len(value) != length):
        raise BAD_RECEIPT.error(what=WRONG_FORM)
    return value


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise BAD_RECEIPT.error(what=WRONG_FORM)
    return value
