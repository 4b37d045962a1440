"""A ledger made from docs/spec alone, which can sign what no honest ledger would.

Nothing here is of `tallystick`: trees are hashed by the recursive definitions, bytes are laid out
by hand. So what both verifiers say of its receipts is held against the specification, and not
against the writer that one of them grew up with. A receipt is made of a `Plan`; every part of it
can be made wrong *before* it is signed, where a changed byte of a whole receipt breaks a signature.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from nacl.signing import SigningKey

ORIGIN = "example.org/own"
NOW = 1_793_505_600
EMPTY = bytes(32)
CODE, OTHER_CODE = "91310110631568129R", "11100000000014019G"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def u64(value: int) -> bytes:
    return value.to_bytes(8, "big")


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


@dataclass(frozen=True)
class Key:
    """A key pair under a name; kind 1 signs notes, 4 cosigns them."""

    name: str
    kind: int = 1

    @property
    def secret(self) -> SigningKey:
        return SigningKey(sha256(f"{self.name} {self.kind}".encode()).digest())

    @property
    def blob(self) -> bytes:
        return bytes([self.kind]) + bytes(self.secret.verify_key)

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.blob).digest()[:16]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id[:4].hex()}+{b64(self.blob)}"

    def sign(self, message: bytes) -> bytes:
        return bytes(self.secret.sign(message).signature)

    def line(self, signature: bytes) -> str:
        return f"\u2014 {self.name} {b64(self.id[:4] + signature)}\n"


LOG, PROVIDER, PARTNER = Key(ORIGIN), Key(f"{ORIGIN}/provider"), Key(f"{ORIGIN}/partner")
OFFICER, SECOND_OFFICER = Key(f"{ORIGIN}/officer/1"), Key(f"{ORIGIN}/officer/2")
VERIFIER, STRANGER = Key(f"{ORIGIN}/verifier"), Key(f"{ORIGIN}/stranger")
WITNESSES = tuple(Key(f"witness.example/{name}", 4) for name in "abc")
PARTIES = (
    ("provider", PROVIDER, CODE, "运营方"),
    ("provider", PARTNER, OTHER_CODE, "Partner"),
    ("officer", OFFICER, "-", "Officer One"),
    ("officer", SECOND_OFFICER, "-", "Officer Two"),
    ("verifier", VERIFIER, "-", "Verifier"),
)


# -- trees, by their recursive definitions --------------------------------------------------------


def tree_root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0]).digest() if leaves else sha256(b"").digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_root(leaves[:left]) + tree_root(leaves[left:])).digest()


def tree_path(at: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) < 2:
        return []
    left = 1 << (len(leaves) - 1).bit_length() - 1
    if at < left:
        return [*tree_path(at, leaves[:left]), tree_root(leaves[left:])]
    return [*tree_path(at - left, leaves[left:]), tree_root(leaves[:left])]


def status_key(record: bytes) -> bytes:
    return sha256(b"tallystick/status/v1\n" + record).digest()


def bits_of(key: bytes) -> str:
    return f"{int.from_bytes(key, 'big'):0256b}"


def status_root(values: dict[bytes, bytes], depth: int = 0) -> bytes:
    """Return the root of the tree over {key: value}."""
    if len(values) < 2:
        return next((status_leaf(key, value) for key, value in values.items()), EMPTY)
    left = {key: value for key, value in values.items() if bits_of(key)[depth] == "0"}
    right = {key: value for key, value in values.items() if key not in left}
    both = status_root(left, depth + 1) + status_root(right, depth + 1)
    return sha256(b"\1" + both).digest()


def status_leaf(key: bytes, value: bytes) -> bytes:
    return sha256(b"\0" + key + sha256(value).digest()).digest()


def status_way(values: dict[bytes, bytes], key: bytes) -> tuple[list[bytes], bytes]:
    """Return the siblings from the root downwards, and how the way to `key` ends."""
    siblings: list[bytes] = []
    while len(values) > 1:
        depth = len(siblings)
        mine = {k: v for k, v in values.items() if bits_of(k)[depth] == bits_of(key)[depth]}
        others = {k: v for k, v in values.items() if k not in mine}
        siblings.append(status_root(others, depth + 1))
        values = mine
    if key in values:
        return siblings, b"\1" + values[key]
    for other, value in values.items():
        return siblings, b"\2" + other + sha256(value).digest()
    return siblings, b"\0"


def status_proof(siblings: list[bytes], end: bytes) -> bytes:
    depth = len(siblings)
    marks = "".join("1" if one != EMPTY else "0" for one in siblings)
    width = -(-depth // 8)
    bitmap = bytes(int(marks.ljust(8 * width, "0")[at : at + 8], 2) for at in range(0, depth, 8))
    return bytes([depth]) + bitmap + b"".join(one for one in siblings if one != EMPTY) + end


# -- what is said in a body -----------------------------------------------------------------------


def body_of(kind: str, /, **fields: Any) -> dict[str, Any]:
    """Return a body with the texts its kind must have."""
    kinds: dict[str, dict[str, Any]] = {
        "grant": {"subject": CODE, "purpose": "p", "granted_on": "2026-01-01", "until": ""},
        "fact": {
            "item": "tax.rating", "subject": CODE, "key": "1", "occurred": "2026-01-01",
            "channel": "direct", "data": {},
        },
        "decision": {
            "subject": CODE, "evaluation": "", "outcome": "", "band": "", "light": "",
            "reason": "试", "officer": {"key": OFFICER.id.hex(), "name": "Officer One"},
        },
        "weighing": {
            "scheme": "s", "digest": "", "reason": "", "officer": {},
            "result": {"groups": [{"cr": "0.05"}]},
        },
        "model": {
            "action": "seal", "name": "m", "version": "1", "digest": "", "route": "expert",
            "training": "", "from_day": "2026-01-01", "card": "{}", "rows": 0,
            "officer": {"key": OFFICER.id.hex(), "name": "Officer One"},
        },
        "party": {"role": "verifier", "key": STRANGER.text, "code": "", "name": "New"},
        "key_end": {"role": "verifier", "key": VERIFIER.text, "reason": "retired", "detail": ""},
        "erasure": {
            "subject": CODE, "records": [], "basis": "b", "reason": "r", "delivered": [],
        },
        "witness": {"name": "a", "key": WITNESSES[0].text, "url": "", "quorum": 1},
    }  # fmt: skip
    more = kinds.get(kind, {})
    same = {"kind": kind, "v": 1, "recorded": "2026-11-01", "delivered_by": PROVIDER.id.hex()}
    return {**same, **more, **fields}


def signed(body: dict[str, Any], *keys: Key, origin: str = ORIGIN) -> dict[str, Any]:
    unsigned = {name: value for name, value in body.items() if name != "signatures"}
    message = f"tallystick/act/v1\n{origin}\n".encode() + canonical(unsigned)
    told = [{"key": key.id.hex(), "signature": key.sign(message).hex()} for key in keys]
    return {**body, "signatures": told}


# -- a receipt ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What a receipt is made of; None where the honest value is taken."""

    body: dict[str, Any] | None = field(default_factory=lambda: body_of("grant"))
    format: int = 2
    before: int = 3  # entries before the one of the record
    after: int = 2  # entries after it, the status entry among them
    count: int = 5  # records in the batch
    position: int = 2
    provider: Key = PROVIDER
    header: dict[str, Any] = field(default_factory=dict)  # fields changed before it is signed
    header_origin: str = ORIGIN
    told_position: int | None = None
    told_index: int | str | None = None
    batch_path: list[bytes] | None = None
    log_path: list[bytes] | None = None
    size: int | str | None = None
    origin: str = ORIGIN
    logs: tuple[Key, ...] = (LOG,)
    cosigned: tuple[tuple[Key, int], ...] = ()
    lines: str = ""  # further signature lines
    ended: int = 0  # the status of the record
    others: int = 20  # further records in the status tree
    since: int = NOW - 1000
    by: bytes = EMPTY
    entry: dict[str, Any] = field(default_factory=dict)  # fields of the status entry changed
    tree: tuple[list[bytes], bytes] | None = None  # siblings and end, with the root they give
    proof: bytes | None = None
    entry_at: int | None = None  # where another entry than the last is told
    has_status: bool = True
    document: dict[str, Any] = field(default_factory=dict)  # fields of the receipt changed

    def but(self, **changes: Any) -> Plan:
        return replace(self, **changes)


SALT = sha256(b"salt").digest()


def record_of(plan: Plan) -> bytes:
    said = canonical(plan.body if plan.body is not None else {})
    return sha256(b"tallystick/record/v1\n" + SALT + said).digest()


def header_of(plan: Plan, records: list[bytes]) -> bytes:
    told = {
        "magic": b"TLYB", "version": 1, "key": plan.provider.id, "count": len(records),
        "root": tree_root(records), "sealed": NOW - 500, **plan.header,
    }  # fmt: skip
    head = told["magic"] + told["version"].to_bytes(2, "big") + told["key"]
    head += told["count"].to_bytes(4, "big") + told["root"] + u64(told["sealed"])
    domain = f"tallystick/batch/v1\n{plan.header_origin}\n".encode()
    return bytes(head + plan.provider.sign(domain + head))


def statuses_of(plan: Plan) -> dict[bytes, bytes]:
    values = {
        status_key(bytes([at]) * 32): bytes([1 + at % 4]) + u64(at) + EMPTY
        for at in range(plan.others)
    }
    if plan.ended:
        value = bytes([plan.ended]) + u64(plan.since) + plan.by
        values[status_key(record_of(plan))] = value
    return values


def fold(record: bytes, siblings: list[bytes], end: bytes) -> bytes:
    """Return the root that siblings and end give for `record`, whatever they are."""
    key, digest = status_key(record), EMPTY
    if end[:1] == b"\1":
        digest = status_leaf(key, end[1:])
    elif end[:1] == b"\2":
        digest = sha256(b"\0" + end[1:]).digest()
    for bit, beside in reversed(list(zip(bits_of(key), siblings, strict=False))):
        digest = sha256(b"\1" + (beside + digest if bit == "1" else digest + beside)).digest()
    return digest


def status_of(plan: Plan) -> tuple[bytes, bytes]:
    """Return the status entry and the proof."""
    values, record = statuses_of(plan), record_of(plan)
    way = plan.tree if plan.tree is not None else status_way(values, status_key(record))
    root = fold(record, *plan.tree) if plan.tree is not None else status_root(values)
    told = {
        "magic": b"TLYS", "version": 1, "covered": plan.before + plan.after, "as_of": NOW - 400,
        "rows": len(values), "journal": EMPTY, "root": root, "records": len(values),
        "rest": bytes(28), **plan.entry,
    }  # fmt: skip
    entry = told["magic"] + told["version"].to_bytes(2, "big") + u64(told["covered"])
    entry += u64(told["as_of"]) + u64(told["rows"]) + told["journal"] + told["root"]
    entry += u64(told["records"]) + told["rest"]
    return bytes(entry), plan.proof if plan.proof is not None else status_proof(*way)


def checkpoint_of(plan: Plan, size: int | str, root: bytes) -> str:
    body = f"{plan.origin}\n{size}\n{b64(root)}\n"
    lines = [key.line(key.sign(body.encode())) for key in plan.logs]
    for key, moment in plan.cosigned:
        message = f"cosignature/v1\ntime {moment}\n{body}".encode()
        lines.append(key.line(u64(moment) + key.sign(message)))
    return f"{body}\n{''.join(lines)}{plan.lines}"


def receipt_of(plan: Plan) -> bytes:
    """Return the receipt of a plan, each signature over what the plan makes of it."""
    record = record_of(plan)
    records = [bytes([at % 256, at // 256]) * 16 for at in range(plan.count)]
    records[plan.position] = record
    header = header_of(plan, records)
    filler = [b"TLYB" + bytes([at % 256]) * 126 for at in range(plan.before + plan.after)]
    entry, proof = status_of(plan)
    leaves = [*filler[: plan.before], header, *filler[plan.before : -1], entry]
    if plan.entry_at is not None:  # the last entry is no status entry
        leaves[plan.entry_at], leaves[-1] = entry, filler[-1]
    told_at = len(leaves) - 1 if plan.entry_at is None else plan.entry_at
    size = len(leaves) if plan.size is None else plan.size
    path = tree_path(plan.before, leaves) if plan.log_path is None else plan.log_path
    index = plan.before if plan.told_index is None else plan.told_index
    steps = "".join(f"{b64(step)}\n" for step in path)
    head = f"c2sp.org/tlog-proof@v1\nindex {index}\n{steps}\n"
    batch = tree_path(plan.position, records) if plan.batch_path is None else plan.batch_path
    first = plan.format == 1
    document = {
        "format": f"tallystick-receipt/{plan.format}",
        "commitment": record.hex() if first else b64(record),
        "batch": {
            "position": plan.position if plan.told_position is None else plan.told_position,
            "path": [step.hex() for step in batch] if first else b64(b"".join(batch)),
            "header": header.hex() if first else b64(header),
        },
        "log_proof": head + checkpoint_of(plan, size, tree_root(leaves)),
    }
    if plan.has_status and not first:
        way = b"".join(tree_path(told_at, leaves))
        document["status"] = {"entry": b64(entry), "path": b64(way), "proof": b64(proof)}
    if plan.body is not None:
        document |= {"body": plan.body, "salt": SALT.hex() if first else b64(SALT)}
    return canonical({**document, **plan.document}) + b"\n"


def policy_of(*more: str, quorum: str = "none", logs: tuple[Key, ...] = (LOG,)) -> str:
    """Return a trust file. more: further lines."""
    lines = [f"log {key.text}" for key in logs]
    lines += [f"witness {key.name[-1]} {key.text}" for key in WITNESSES]
    lines += ["group two 2 a b c", f"quorum {quorum}"]
    lines += [f"#tally {role} {key.text} {code} {name}" for role, key, code, name in PARTIES]
    return "\n".join([*lines, *more]) + "\n"
