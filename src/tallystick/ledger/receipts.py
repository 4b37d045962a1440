"""The receipt: everything needed to check one record, in one file, but no key.

Owns the form of a `.tally` file (docs/spec/receipt.md): one line of canonical JSON and a newline,
whose `log_proof` is a C2SP `tlog-proof` of the batch header. With `body` and `salt` it proves the
content, without them only that something was there; with `status` also what the checkpoint states
of it. Reading is strict: one encoding, no unknown field, so that every byte of the file is either
checked or refused. Receipts of the first format, which state nothing of the status, are read too.
"""

from __future__ import annotations

import binascii
from typing import Any, NamedTuple

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import HASH_BYTES, check_path, leaf_hash
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import BATCH_RECORDS_MAX, BatchHeader, decode_header
from tallystick.ledger.log_reader import RecordProof
from tallystick.ledger.parts import BAD_RECEIPT, digest, from_text, read_document, steps, to_text
from tallystick.ledger.status import (
    Standing,
    StatusEntry,
    StatusProof,
    check_status_proof,
    decode_status_entry,
)

FORMAT = "tallystick-receipt/2"
FORMAT_1 = "tallystick-receipt/1"
RECEIPT_BYTES_MAX = 1024 * 1024
PROOF_HEAD = "c2sp.org/tlog-proof@v1"
_FIELDS = frozenset({"batch", "commitment", "format", "log_proof"})
_CONTENT = frozenset({"body", "salt"})
_BATCH = frozenset({"header", "path", "position"})
_STATUS = frozenset({"entry", "path", "proof"})

NOT_COVERED = Reason(
    "status_not_covered",
    Text(
        "检查点没有说明这条记录是否仍然有效",
        "the checkpoint does not state whether this record is in force",
    ),
    "docs/spec/receipt.md",
    Text(
        "请向出具方索取新的回执（tally receipt --refresh）。",
        "Ask whoever issued the receipt for a newer one (tally receipt --refresh).",
    ),
)
_LOG_PROOF = Text("账本的证明（log_proof）", "log_proof")


class Receipt(NamedTuple):
    """A receipt, read. salt and body are None where it proves existence only."""

    commitment: bytes
    salt: bytes | None
    body: dict[str, Any] | None
    proof: RecordProof

    def check_batch_path(self) -> None:
        """Check that the commitment is in the batch. Raises: PATH_DOES_NOT_LEAD."""
        proof = self.proof
        leaf = leaf_hash(self.commitment)
        check_path(proof.position, proof.header.records, leaf, proof.path, proof.header.root)

    def check_status(self) -> tuple[Standing, StatusEntry]:
        """Return what the checkpoint states of the record; `proof.status` must be there.

        The status entry is the last entry of the checkpoint, and must speak of the batch. Raises:
        PATH_DOES_NOT_LEAD, BAD_STATUS_ENTRY, BAD_STATUS_PROOF, NOT_COVERED.
        """
        status, checkpoint = self.proof.status, self.proof.checkpoint
        if status is None:
            raise NOT_COVERED.error()
        entry = decode_status_entry(status.entry)
        leaf, last = leaf_hash(status.entry), checkpoint.size - 1
        check_path(last, checkpoint.size, leaf, status.path, checkpoint.root)
        if self.proof.entry >= entry.covered:
            raise NOT_COVERED.error()
        return check_status_proof(status.tree, entry.root, self.commitment), entry

    def check_log_path(self) -> None:
        """Check that the batch header is in the log. Raises: PATH_DOES_NOT_LEAD."""
        proof, checkpoint = self.proof, self.proof.checkpoint
        leaf = leaf_hash(proof.header.encode())
        check_path(proof.entry, checkpoint.size, leaf, proof.entry_path, checkpoint.root)


def write_receipt(
    proof: RecordProof, commitment: bytes, salt: bytes | None, body: dict[str, Any] | None
) -> bytes:
    """Return the bytes of a receipt; salt and body both, or None both."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "commitment": to_text(commitment),
        "batch": {
            "position": proof.position,
            "path": to_text(b"".join(proof.path)),
            "header": to_text(proof.header.encode()),
        },
        "log_proof": write_log_proof(proof.entry, proof.entry_path, proof.checkpoint),
    }
    if proof.status is not None:
        document["status"] = {
            "entry": to_text(proof.status.entry),
            "path": to_text(b"".join(proof.status.path)),
            "proof": to_text(proof.status.tree),
        }
    if salt is not None and body is not None:
        document |= {"salt": to_text(salt), "body": body}
    return canonical.encode(document) + b"\n"


def read_receipt(data: bytes) -> Receipt:
    """Read the bytes of a receipt. Raises: BAD_RECEIPT unless they are its one encoding."""
    return read_document(data, RECEIPT_BYTES_MAX, _read)


def _read(document: dict[str, Any]) -> Receipt:
    names = frozenset(document)
    first = document["format"] == FORMAT_1
    content = names - _FIELDS - (frozenset() if first else {"status"})
    if (
        (document["format"] != FORMAT and not first)
        or not names >= _FIELDS
        or content not in {_CONTENT, frozenset()}
    ):
        raise BAD_RECEIPT.error(what=Text("字段不齐或多余", "fields"))
    batch = document["batch"]
    if (
        frozenset(batch) != _BATCH
        or type(batch["position"]) is not int
        or not 0 <= batch["position"] < BATCH_RECORDS_MAX
    ):
        raise BAD_RECEIPT.error(what=Text("批次", "batch"))
    read, read_path = (_hex, _listed) if first else (from_text, _steps)
    header: BatchHeader = decode_header(read(batch["header"]))
    entry, entry_path, checkpoint = read_log_proof(document["log_proof"])
    status = _status(document["status"]) if "status" in document else None
    proof = RecordProof(
        batch["position"], read_path(batch["path"]), header, entry, entry_path, checkpoint, status
    )
    salt = body = None
    if content:
        salt, body = digest(read(document["salt"])), document["body"]
        if type(body) is not dict:
            raise BAD_RECEIPT.error(what=Text("正文", "body"))
    return Receipt(digest(read(document["commitment"])), salt, body, proof)


def _status(part: dict[str, Any]) -> StatusProof:
    if frozenset(part) != _STATUS:
        raise BAD_RECEIPT.error(what=Text("状态", "status"))
    return StatusProof(from_text(part["entry"]), _steps(part["path"]), from_text(part["proof"]))


def _steps(text: object) -> list[bytes]:
    return steps(from_text(text))


def _listed(value: object) -> list[bytes]:
    """Return the steps of a path in the first format: a list of hex texts."""
    if type(value) is not list:  # an empty text or object would read like an empty list
        raise BAD_RECEIPT.error(what=Text("路径", "path"))
    return [digest(_hex(step)) for step in value]


def _hex(text: str) -> bytes:
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise BAD_RECEIPT.error(what=Text("十六进制写法", "hex"))
    return data


def write_log_proof(entry: int, path: list[bytes], checkpoint: Checkpoint) -> str:
    """Return the C2SP tlog-proof of entry number `entry`."""
    return _proof_head(entry, path) + "\n\n" + checkpoint.text()


def _proof_head(entry: int, path: list[bytes]) -> str:
    return "\n".join([PROOF_HEAD, f"index {entry}", *map(to_text, path)])


def read_log_proof(text: str) -> tuple[int, list[bytes], Checkpoint]:
    """Read a C2SP tlog-proof without extra data. Raises: BAD_RECEIPT, BAD_NOTE."""
    head, split, note = text.partition("\n\n")
    lines = head.split("\n")
    if not split or len(lines) < 2 or lines[0] != PROOF_HEAD:  # noqa: PLR2004 - head and index
        raise BAD_RECEIPT.error(what=_LOG_PROOF)
    try:
        entry = int(lines[1].removeprefix("index "))
        path = [binascii.a2b_base64(line, strict_mode=True) for line in lines[2:]]
    except (binascii.Error, ValueError):
        raise BAD_RECEIPT.error(what=_LOG_PROOF) from None
    checkpoint = parse_checkpoint(note)
    if entry < 0 or any(len(step) != HASH_BYTES for step in path):
        raise BAD_RECEIPT.error(what=_LOG_PROOF)
    if _proof_head(entry, path) != head:  # the note has one encoding by itself
        raise BAD_RECEIPT.error(what=_LOG_PROOF)
    return entry, path, checkpoint
