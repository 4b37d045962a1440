"""Order, keep, prove, replay: an append-only log of signed batch headers.

Owns the evidence files, the batch header, the trust file and the proof that a record is in the log.
Rules: RFC 6962 hashing; checkpoints in C2SP form; only salted commitments, never a name, a
code or a value; the rule of admission is a parameter. It knows nothing of credit.

    >>> log = create_log(folder, FileDisk(), log_key, admit=lambda header, entry: None)
    >>> log.commit([log.seal(provider_key, [commitment], sealed_at=0)], log_key).size
    1
"""

from tallystick.ledger.answers import Answer, is_answer, read_answer, write_answer
from tallystick.ledger.batches import (
    BATCH_RECORDS_MAX,
    COMMITMENT_BYTES,
    BatchHeader,
    commitment_of,
    decode_header,
    sign_header,
)
from tallystick.ledger.commitments import ARCHIVED
from tallystick.ledger.cose import CoseReceipt, is_cose, read_cose, write_cose
from tallystick.ledger.evidence import (
    ENTRY_BYTES,
    EVIDENCE_DAMAGED,
    decode_entry,
    read_checkpoint,
)
from tallystick.ledger.log import Admission, Batch, Log, create_log, open_log
from tallystick.ledger.log_reader import RecordProof, SealedBatch
from tallystick.ledger.parts import BAD_RECEIPT
from tallystick.ledger.receipts import (
    RECEIPT_BYTES_MAX,
    Receipt,
    read_receipt,
    write_receipt,
)
from tallystick.ledger.status import (
    ERASED,
    EXPIRED,
    IN_FORCE,
    STATUS_NAMES,
    SUPERSEDED,
    WITHDRAWN,
    Standing,
    StatusChange,
    StatusEntry,
    StatusProof,
    check_status_proof,
    decode_status_entry,
    is_status_entry,
    status_key,
)
from tallystick.ledger.trust import (
    COMPROMISED,
    NO_QUORUM,
    RETIRED,
    Ended,
    Group,
    Party,
    TrustPolicy,
    Witness,
    Witnessed,
    parse_trust,
)
from tallystick.ledger.trust_reasons import (
    BAD_TRUST_FILE,
    KEY_ENDED,
    LOG_KEY_COMPROMISED,
    LOG_KEY_ENDED,
    QUORUM_MISSING,
    UNKNOWN_KEY,
)

__all__ = [
    "ARCHIVED",
    "BAD_RECEIPT",
    "BAD_TRUST_FILE",
    "BATCH_RECORDS_MAX",
    "COMMITMENT_BYTES",
    "COMPROMISED",
    "ENTRY_BYTES",
    "ERASED",
    "EVIDENCE_DAMAGED",
    "EXPIRED",
    "IN_FORCE",
    "KEY_ENDED",
    "LOG_KEY_COMPROMISED",
    "LOG_KEY_ENDED",
    "NO_QUORUM",
    "QUORUM_MISSING",
    "RECEIPT_BYTES_MAX",
    "RETIRED",
    "STATUS_NAMES",
    "SUPERSEDED",
    "UNKNOWN_KEY",
    "WITHDRAWN",
    "Admission",
    "Answer",
    "Batch",
    "BatchHeader",
    "CoseReceipt",
    "Ended",
    "Group",
    "Log",
    "Party",
    "Receipt",
    "RecordProof",
    "SealedBatch",
    "Standing",
    "StatusChange",
    "StatusEntry",
    "StatusProof",
    "TrustPolicy",
    "Witness",
    "Witnessed",
    "check_status_proof",
    "commitment_of",
    "create_log",
    "decode_entry",
    "decode_header",
    "decode_status_entry",
    "is_answer",
    "is_cose",
    "is_status_entry",
    "open_log",
    "parse_trust",
    "read_answer",
    "read_checkpoint",
    "read_cose",
    "read_receipt",
    "sign_header",
    "status_key",
    "write_answer",
    "write_cose",
    "write_receipt",
]
