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
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import HASH_BYTES, check_path, leaf_hash
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import BATCH_RECORDS_MAX, BatchHeader, decode_header
from tallystick.ledger.log_reader import RecordProof
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

BAD_RECEIPT = Reason(
    "bad_receipt",
    Text("这不是一张完好的回执：{what}", "this is not an intact receipt: {what}"),
    "docs/spec/receipt.md",
    Text("请向出具方重新索取回执。", "Ask whoever issued the receipt for it again."),
)
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
        "commitment": _text(commitment),
        "batch": {
            "position": proof.position,
            "path": _text(b"".join(proof.path)),
            "header": _text(proof.header.encode()),
        },
        "log_proof": write_log_proof(proof.entry, proof.entry_path, proof.checkpoint),
    }
    if proof.status is not None:
        document["status"] = {
            "entry": _text(proof.status.entry),
            "path": _text(b"".join(proof.status.path)),
            "proof": _text(proof.status.tree),
        }
    if salt is not None and body is not None:
        document |= {"salt": _text(salt), "body": body}
    return canonical.encode(document) + b"\n"


def read_receipt(data: bytes) -> Receipt:
    """Read the bytes of a receipt. Raises: BAD_RECEIPT unless they are its one encoding."""
    if len(data) > RECEIPT_BYTES_MAX or not data.endswith(b"\n"):
        raise BAD_RECEIPT.error(what=Text("长度，或末尾的换行", "length or last newline"))
    try:
        return _read(canonical.decode(data[:-1]))
    except TallyError as fault:
        if fault.reason is BAD_RECEIPT:
            raise
        raise BAD_RECEIPT.error(what=fault.text) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise BAD_RECEIPT.error(
            what=Text("有字段的形式不对", "a field of the wrong form")
        ) from None


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
    read, steps = (_hex, _listed) if first else (_bytes, _steps)
    header: BatchHeader = decode_header(read(batch["header"]))
    entry, entry_path, checkpoint = read_log_proof(document["log_proof"])
    status = _status(document["status"]) if "status" in document else None
    proof = RecordProof(
        batch["position"], steps(batch["path"]), header, entry, entry_path, checkpoint, status
    )
    salt = body = None
    if content:
        salt, body = _digest(read(document["salt"])), document["body"]
        if type(body) is not dict:
            raise BAD_RECEIPT.error(what=Text("正文", "body"))
    return Receipt(_digest(read(document["commitment"])), salt, body, proof)


def _status(part: dict[str, Any]) -> StatusProof:
    if frozenset(part) != _STATUS:
        raise BAD_RECEIPT.error(what=Text("状态", "status"))
    return StatusProof(_bytes(part["entry"]), _steps(part["path"]), _bytes(part["proof"]))


def _text(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _bytes(text: str) -> bytes:
    data = binascii.a2b_base64(text, strict_mode=True) if text else b""
    if _text(data) != text:
        raise BAD_RECEIPT.error(what=Text("base64 写法", "base64"))
    return data


def _steps(text: str) -> list[bytes]:
    """Return the steps of a path, which stand end to end."""
    data = _bytes(text)
    return [_digest(data[at : at + HASH_BYTES]) for at in range(0, len(data), HASH_BYTES)]


def _listed(value: object) -> list[bytes]:
    """Return the steps of a path in the first format: a list of hex texts."""
    if type(value) is not list:  # an empty text or object would read like an empty list
        raise BAD_RECEIPT.error(what=Text("路径", "path"))
    return [_digest(_hex(step)) for step in value]


def _digest(data: bytes) -> bytes:
    if len(data) != HASH_BYTES:
        raise BAD_RECEIPT.error(what=Text("摘要写法", "a digest"))
    return data


def _hex(text: str) -> bytes:
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise BAD_RECEIPT.error(what=Text("十六进制写法", "hex"))
    return data


def write_log_proof(entry: int, path: list[bytes], checkpoint: Checkpoint) -> str:
    """Return the C2SP tlog-proof of entry number `entry`."""
    return _proof_head(entry, path) + "\n\n" + checkpoint.text()


def _proof_head(entry: int, path: list[bytes]) -> str:
    steps = [_text(step) for step in path]
    return "\n".join([PROOF_HEAD, f"index {entry}", *steps])


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
