"""Order, keep, prove, replay: an append-only log of signed batch headers.

Owns the evidence files, the batch header, the trust file and the proof that a record is in the log.
Rules: RFC 6962 hashing; checkpoints in C2SP form; only salted commitments, never a name, a
code or a value; the rule of admission is a parameter. It knows nothing of credit.

    >>> log = create_log(folder, FileDisk(), log_key, admit=lambda header, entry: None)
    >>> log.commit([log.seal(provider_key, [commitment], sealed_at=0)], log_key).size
    1
"""

from tallystick.ledger.batches import (
    BATCH_RECORDS_MAX,
    COMMITMENT_BYTES,
    BatchHeader,
    commitment_of,
    decode_header,
    sign_header,
)
from tallystick.ledger.log import (
    ENTRY_BYTES,
    EVIDENCE_DAMAGED,
    Admission,
    Batch,
    Log,
    RecordProof,
    create_log,
    decode_entry,
    open_log,
    read_checkpoint,
)
from tallystick.ledger.receipts import (
    BAD_RECEIPT,
    RECEIPT_BYTES_MAX,
    Receipt,
    read_receipt,
    write_receipt,
)
from tallystick.ledger.trust import BAD_TRUST_FILE, UNKNOWN_KEY, Party, TrustPolicy, parse_trust

__all__ = [
    "BAD_RECEIPT",
    "BAD_TRUST_FILE",
    "BATCH_RECORDS_MAX",
    "COMMITMENT_BYTES",
    "ENTRY_BYTES",
    "EVIDENCE_DAMAGED",
    "RECEIPT_BYTES_MAX",
    "UNKNOWN_KEY",
    "Admission",
    "Batch",
    "BatchHeader",
    "Log",
    "Party",
    "Receipt",
    "RecordProof",
    "TrustPolicy",
    "commitment_of",
    "create_log",
    "decode_entry",
    "decode_header",
    "open_log",
    "parse_trust",
    "read_checkpoint",
    "read_receipt",
    "sign_header",
    "write_receipt",
]
