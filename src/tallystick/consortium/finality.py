"""That a checkpoint is final: a proof, checked offline against one trusted block of the chain.

Owns the proof and its check. The proof holds a block whose header carries the hash of the state,
with the votes of its validators; the value of the log in that state; and, where the log has grown
since, the proof that it goes on from the checkpoint. The steps:

    1 chain       the block follows from the trusted one by the rules of a light client (`light`)
    2 state       the value stands in the state whose hash the header carries
    3 log         it is of the checkpoint's log, and its size and root are the checkpoint's, or
                  go on from them
    4 status      where the sizes are equal, the root of the status tree is the one stated

That the trusted block is the right one is for whoever holds it to know; it travels apart.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, NamedTuple

from tallystick.consortium.light import (
    ChainTrust,
    LightBlock,
    read_light_block,
    update,
    write_light_block,
)
from tallystick.consortium.light_reasons import FROZEN_TRUST
from tallystick.consortium.reasons import NOT_THIS_CHECKPOINT
from tallystick.consortium.state import LOG, ValueProof, read_head
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import check_consistency
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text

VERSION = 1
PROOF_BYTES_MAX = 1 << 20
STEPS_MAX = 64


class FinalityProof(NamedTuple):
    """A block, a value in the state its header hashes, and how the log went on since."""

    block: LightBlock
    value: ValueProof
    consistency: list[bytes]

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        value = self.value
        document = {
            "version": VERSION,
            "block": canonical.decode(write_light_block(self.block)),
            "value": {
                "name": value.name,
                "value": value.value.decode(),
                "place": value.place,
                "values": value.values,
                "path": [step.hex() for step in value.path],
            },
            "consistency": [step.hex() for step in self.consistency],
        }
        return canonical.encode(document) + b"\n"


class Final(NamedTuple):
    """What a proof shows: the block (its time in seconds since 1970), and the trust it gives."""

    chain: str
    height: int
    time: int
    trust: ChainTrust


def read_finality(data: bytes) -> FinalityProof:
    """Read the bytes of a proof. Raises: NOT_THIS_CHECKPOINT, and what reading a block raises."""
    try:
        document = canonical.decode(data.removesuffix(b"\n"))
        told = document["value"]
        if document["version"] != VERSION or set(document) != _KEYS or len(data) > PROOF_BYTES_MAX:
            raise _wrong(Text("写法", "its form"))
        if not (type(told["place"]) is type(told["values"]) is int and type(told["name"]) is str):
            raise _wrong(Text("写法", "its form"))
        value = ValueProof(
            told["name"],
            told["value"].encode(),
            told["place"],
            told["values"],
            _steps(told["path"]),
        )
        block = read_light_block(canonical.encode(document["block"]))
        proof = FinalityProof(block, value, _steps(document["consistency"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _wrong(Text("写法", "its form")) from None
    if proof.encode() != data:
        raise _wrong(Text("写法", "its form"))
    return proof


_KEYS = {"version", "block", "value", "consistency"}


def value_from(told: dict[str, Any]) -> ValueProof:
    """Return the proof of a value as a node tells it."""
    return ValueProof(
        told["name"],
        told["value"].encode(),
        int(told["place"]),
        int(told["values"]),
        _steps(told["path"]),
    )


def consistency_from(told: list[str]) -> list[bytes]:
    """Return the steps of a consistency proof as a node tells them. Raises: ValueError."""
    try:
        return [base64.b64decode(step, validate=True) for step in told]
    except binascii.Error as fault:
        raise ValueError(told) from fault


def _steps(told: list[str]) -> list[bytes]:
    if len(told) > STEPS_MAX:
        raise _wrong(Text("步数", "the number of steps"))
    return [bytes.fromhex(step) for step in told]


def check_final(
    proof: FinalityProof,
    checkpoint: Checkpoint,
    trust: ChainTrust,
    now: int,
    status_root: bytes | None = None,
) -> Final:
    """Check that the chain of `trust` holds `checkpoint`; return the block that shows it.

    now: nanoseconds since 1970. status_root: of the status tree, as the last entry under the
    checkpoint states it; None asks for none. Raises: what `light.update` raises,
    PATH_DOES_NOT_LEAD, NOT_CONSISTENT, NOT_THIS_CHECKPOINT.
    """
    header = proof.block.header
    if trust.frozen is not None:
        raise FROZEN_TRUST.error(chain=trust.chain_id, height=trust.frozen.height)
    same = (header.height, header.hash()) == (trust.height, trust.header_hash)
    known = trust if same else update(trust, proof.block, now)
    proof.value.check(header.app_hash)
    try:
        head = read_head(proof.value.value)
    except (ValueError, TallyError):
        raise _wrong(Text("账本的值", "the value of the log")) from None
    if proof.value.name != LOG + checkpoint.origin or head.origin != checkpoint.origin:
        raise _wrong(Text("账本名", "the origin"))
    if head.size < checkpoint.size:
        raise _wrong(Text("大小", "the size"))
    if head.size > checkpoint.size:
        sizes, roots = (checkpoint.size, head.size), (checkpoint.root, head.root)
        check_consistency(*sizes, *roots, proof.consistency)
    elif head.root != checkpoint.root:
        raise _wrong(Text("树根", "the root"))
    elif status_root not in {None, head.status}:
        raise _wrong(Text("状态树根", "the root of the status tree"))
    return Final(header.chain_id, header.height, header.time // 10**9, known)


def _wrong(what: Text) -> TallyError:
    return NOT_THIS_CHECKPOINT.error(what=what)
