"""Many records of one answer, proved together in one document.

Owns the form of an answer (docs/spec/answer.md): one line of canonical JSON and a newline, with one
checkpoint, each batch once, and one hash proof where single receipts would repeat what their paths
share. Rules: records stand in ledger order; one encoding, no unknown field, no hash too many; what
is read gives back, of each record, the same receipt as if it had been issued alone.

    >>> read_answer(write_answer(receipts)).receipts() == receipts
    True
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from tallystick.kernel import canonical
from tallystick.kernel.merkle import leaf_hash
from tallystick.kernel.multiproof import (
    Place,
    check_multi,
    join_paths,
    path_within,
    resolve,
)
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import BatchHeader, decode_header
from tallystick.ledger.log_reader import RecordProof
from tallystick.ledger.parts import (
    BAD_RECEIPT,
    WRONG_FORM,
    digest,
    from_text,
    read_document,
    steps,
    to_text,
)
from tallystick.ledger.receipts import NOT_COVERED, Receipt
from tallystick.ledger.status import (
    Standing,
    StatusEntry,
    StatusProof,
    check_status_proof,
    decode_status_entry,
)

FORMAT = "tallystick-answer/1"
ANSWER_BYTES_MAX = 64 * 1024 * 1024
ANSWER_HEAD = b'{"batches":['  # no receipt begins so
_FIELDS = frozenset({"batches", "checkpoint", "format", "log_nodes", "records"})
_BATCH = frozenset({"entry", "header", "nodes", "positions"})
_RECORD = frozenset({"commitment"})
_CONTENT = frozenset({"body", "salt"})

_NAMES = Text("字段不齐或多余", "fields")
_ORDER = Text("记录或批次的次序", "the order of records or batches")
_STATUS = Text("状态", "status")


class AnswerBatch(NamedTuple):
    """A batch with records in the answer: its entry and header, their positions, the proof."""

    entry: int
    header: BatchHeader
    positions: list[int]
    nodes: list[bytes]


class AnswerRecord(NamedTuple):
    """A record of the answer. salt and body are None where it proves existence only.

    status: its proof in the status tree; None where the answer states nothing of the status.
    """

    commitment: bytes
    salt: bytes | None
    body: dict[str, Any] | None
    status: bytes | None


class Answer(NamedTuple):
    """An answer, read. Its records stand in ledger order, as many as the batches have positions.

    status: the status entry, the last of the checkpoint; None where nothing is stated.
    log_nodes: the proof of all the batch headers, and of the status entry, in the log.
    """

    checkpoint: Checkpoint
    batches: list[AnswerBatch]
    status: bytes | None
    log_nodes: list[bytes]
    records: list[AnswerRecord]

    def check_batch_paths(self) -> None:
        """Check that every commitment is in its batch. Raises: MULTIPROOF_FAILS."""
        for batch, records in self.by_batch():
            leaves = [leaf_hash(record.commitment) for record in records]
            header = batch.header
            check_multi(batch.positions, header.records, leaves, batch.nodes, header.root)

    def check_log_path(self) -> None:
        """Check that batch headers and status entry are in the log. Raises: MULTIPROOF_FAILS."""
        indices, leaves = self._log_leaves()
        check_multi(indices, self.checkpoint.size, leaves, self.log_nodes, self.checkpoint.root)

    def check_status(self) -> tuple[list[Standing], StatusEntry]:
        """Return what the checkpoint states of each record, in their order; `status` must be there.

        That the status entry is the last of the log is for `check_log_path` to say. Raises:
        BAD_STATUS_ENTRY, BAD_STATUS_PROOF; NOT_COVERED where it does not speak of a batch.
        """
        if self.status is None:
            raise NOT_COVERED.error()
        entry = decode_status_entry(self.status)
        if self.batches[-1].entry >= entry.covered:
            raise NOT_COVERED.error()
        standings = [
            check_status_proof(record.status or b"", entry.root, record.commitment)
            for record in self.records
        ]
        return standings, entry

    def receipts(self) -> list[Receipt]:
        """Return the receipt of each record, in their order. Raises: MULTIPROOF_FAILS.

        The paths are those the proofs lead along; whether they end in the roots is for the checks.
        """
        size = self.checkpoint.size
        indices, leaves = self._log_leaves()
        log = resolve(indices, size, leaves, self.log_nodes)
        last = path_within(size - 1, size, log) if self.status is not None else []
        return [
            receipt
            for batch, records in self.by_batch()
            for receipt in self._receipts_of(batch, records, log, last)
        ]

    def by_batch(self) -> Iterator[tuple[AnswerBatch, list[AnswerRecord]]]:
        """Yield each batch with its records, one for each of its positions."""
        first = 0
        for batch in self.batches:
            yield batch, self.records[first : first + len(batch.positions)]
            first += len(batch.positions)

    def _receipts_of(
        self,
        batch: AnswerBatch,
        records: list[AnswerRecord],
        log: dict[Place, bytes],
        last: list[bytes],
    ) -> Iterator[Receipt]:
        leaves = [leaf_hash(record.commitment) for record in records]
        known = resolve(batch.positions, batch.header.records, leaves, batch.nodes)
        entry_path = path_within(batch.entry, self.checkpoint.size, log)
        for position, record in zip(batch.positions, records, strict=True):
            path = path_within(position, batch.header.records, known)
            status = None
            if self.status is not None:
                status = StatusProof(self.status, last, record.status or b"")
            proof = RecordProof(
                position, path, batch.header, batch.entry, entry_path, self.checkpoint, status
            )
            yield Receipt(record.commitment, record.salt, record.body, proof)

    def _log_leaves(self) -> tuple[list[int], list[bytes]]:
        """Return the places in the log that are proved, and their leaf hashes."""
        indices = [batch.entry for batch in self.batches]
        leaves = [leaf_hash(batch.header.encode()) for batch in self.batches]
        if self.status is not None:
            indices.append(self.checkpoint.size - 1)
            leaves.append(leaf_hash(self.status))
        return indices, leaves


def is_answer(data: bytes) -> bool:
    """Tell whether `data` begins as an answer does."""
    return data.startswith(ANSWER_HEAD)


def write_answer(receipts: Sequence[Receipt]) -> bytes:
    """Return one document that proves what these receipts of one checkpoint prove.

    Raises: BAD_RECEIPT for none, for the same record twice, for receipts of several checkpoints or
    of one with other signatures, for some with and some without status; MULTIPROOF_FAILS, or
    BAD_RECEIPT, where a path does not lead to its root. The proofs in the status tree are taken as
    they are.
    """
    return _written(join_receipts(receipts))


def join_receipts(receipts: Sequence[Receipt]) -> Answer:
    """Return the answer that proves what these receipts prove. Raises: as `write_answer`."""
    ordered = sorted(receipts, key=lambda one: (one.proof.entry, one.proof.position))
    if not ordered:
        raise BAD_RECEIPT.error(what=Text("没有记录", "no record"))
    first = ordered[0].proof
    for one in ordered:
        if one.proof.checkpoint != first.checkpoint or _stated(one.proof) != _stated(first):
            raise BAD_RECEIPT.error(
                what=Text("不是同一检查点的回执", "receipts of several checkpoints")
            )
    batches = [_batch(list(some)) for _, some in groupby(ordered, key=lambda one: one.proof.entry)]
    indices = [batch.entry for batch in batches]
    paths = {one.proof.entry: one.proof.entry_path for one in ordered}
    size, status = first.checkpoint.size, None
    if first.status is not None:
        status = first.status.entry
        indices.append(size - 1)
        paths[size - 1] = first.status.path
    nodes = join_paths(indices, size, [paths[index] for index in indices])
    records = [
        AnswerRecord(one.commitment, one.salt, one.body, one.proof.status and one.proof.status.tree)
        for one in ordered
    ]
    answer = Answer(first.checkpoint, batches, status, nodes, records)
    answer.check_batch_paths()
    answer.check_log_path()
    if answer.receipts() != ordered:  # a step that the others leave no need for was wrong
        raise BAD_RECEIPT.error(what=Text("路径", "path"))
    return answer


def _stated(proof: RecordProof) -> tuple[bytes, list[bytes]] | None:
    """Return the status entry of a proof and its path, without what is the record's own."""
    return None if proof.status is None else (proof.status.entry, proof.status.path)


def _batch(receipts: list[Receipt]) -> AnswerBatch:
    """Return the batch of receipts that stand in one entry, ascending by position."""
    proof = receipts[0].proof
    positions = [one.proof.position for one in receipts]
    if any(one == other for one, other in pairwise(positions)):
        raise BAD_RECEIPT.error(what=Text("同一记录出现两次", "the same record twice"))
    nodes = join_paths(positions, proof.header.records, [one.proof.path for one in receipts])
    return AnswerBatch(proof.entry, proof.header, positions, nodes)


def _written(answer: Answer) -> bytes:
    document: dict[str, Any] = {
        "format": FORMAT,
        "checkpoint": answer.checkpoint.text(),
        "batches": [
            {
                "entry": batch.entry,
                "header": to_text(batch.header.encode()),
                "positions": batch.positions,
                "nodes": to_text(b"".join(batch.nodes)),
            }
            for batch in answer.batches
        ],
        "log_nodes": to_text(b"".join(answer.log_nodes)),
        "records": [_record_written(record) for record in answer.records],
    }
    if answer.status is not None:
        document["status"] = to_text(answer.status)
    return canonical.encode(document) + b"\n"


def _record_written(record: AnswerRecord) -> dict[str, Any]:
    written: dict[str, Any] = {"commitment": to_text(record.commitment)}
    if record.salt is not None and record.body is not None:
        written |= {"salt": to_text(record.salt), "body": record.body}
    if record.status is not None:
        written["status"] = to_text(record.status)
    return written


def read_answer(data: bytes) -> Answer:
    """Read the bytes of an answer. Raises: BAD_RECEIPT unless they are its one encoding."""
    return read_document(data, ANSWER_BYTES_MAX, _read)


def _read(document: dict[str, Any]) -> Answer:
    names = frozenset(document)
    status = None
    if "status" in names:
        status = from_text(document["status"])
    if document["format"] != FORMAT or names - {"status"} != _FIELDS:
        raise BAD_RECEIPT.error(what=_NAMES)
    checkpoint = parse_checkpoint(document["checkpoint"])
    batches = [_read_batch(part) for part in _list(document["batches"])]
    records = [_read_record(part) for part in _list(document["records"])]
    end = checkpoint.size - (1 if status is not None else 0)
    if not _ascending([batch.entry for batch in batches], end) or sum(
        len(batch.positions) for batch in batches
    ) != len(records):
        raise BAD_RECEIPT.error(what=_ORDER)
    if any((record.status is None) != (status is None) for record in records):
        raise BAD_RECEIPT.error(what=_STATUS)
    return Answer(checkpoint, batches, status, steps(from_text(document["log_nodes"])), records)


def _read_batch(part: dict[str, Any]) -> AnswerBatch:
    if frozenset(part) != _BATCH or type(part["entry"]) is not int:
        raise BAD_RECEIPT.error(what=Text("批次", "batch"))
    header = decode_header(from_text(part["header"]))
    positions = _list(part["positions"])
    if any(type(one) is not int for one in positions) or not _ascending(positions, header.records):
        raise BAD_RECEIPT.error(what=_ORDER)
    return AnswerBatch(part["entry"], header, positions, steps(from_text(part["nodes"])))


def _read_record(part: dict[str, Any]) -> AnswerRecord:
    content = frozenset(part) - _RECORD - {"status"}
    if content not in {_CONTENT, frozenset()}:
        raise BAD_RECEIPT.error(what=_NAMES)
    salt = body = None
    if content:
        salt, body = digest(from_text(part["salt"])), part["body"]
        if type(body) is not dict:
            raise BAD_RECEIPT.error(what=Text("正文", "body"))
    status = from_text(part["status"]) if "status" in part else None
    return AnswerRecord(digest(from_text(part["commitment"])), salt, body, status)


def _ascending(numbers: list[int], end: int) -> bool:
    """Tell whether there are numbers, each greater than the one before, from 0 and below `end`."""
    rising = all(one < other for one, other in pairwise(numbers))
    return bool(numbers) and rising and numbers[0] >= 0 and numbers[-1] < end


def _list(value: object) -> list[Any]:
    if type(value) is not list:  # an empty text or object would read like an empty list
        raise BAD_RECEIPT.error(what=WRONG_FORM)
    return value
