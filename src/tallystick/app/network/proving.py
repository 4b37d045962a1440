"""Proofs that last when the network is gone.

Owns the making of two files: an anchor, one block of the chain to be trusted, handed over like a
trust file; and the proof that the chain holds the checkpoint of a receipt. Both are checked
offline.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from tallystick.app.network.client import Node
from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.reasons import NOT_FINAL_YET, REFUSED_BY_NETWORK
from tallystick.consortium.engine_files import EVIDENCE_AGE_S_MAX, HEARTBEAT_S
from tallystick.consortium.finality import (
    Final,
    FinalityProof,
    check_final,
    consistency_from,
    read_finality,
    value_from,
)
from tallystick.consortium.light import (
    LightBlock,
    light_block_from_rpc,
    read_trust,
    start,
    write_trust,
)
from tallystick.consortium.state import LOG, ValueProof, read_head
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import PATH_DOES_NOT_LEAD
from tallystick.ledger import Receipt, read_receipt

NANOS = 10**9
TRUSTING_PERIOD_S = EVIDENCE_AGE_S_MAX * 2 // 3  # shorter than validators can be held to account
WAIT_S_MAX = 2.0 * HEARTBEAT_S
VALIDATORS_A_PAGE = 100
POLL_S = 0.1


def anchor(folder: NodeFolder, now: int) -> bytes:
    """Return a trusted block: the newest of the own node, which nobody else is asked about.

    now: seconds since 1970. Raises: NOBODY_ANSWERS.
    """
    node = Node(folder.name, folder.url)
    block = _block(node, None)
    chain, header_hash = folder.genesis().chain, block.header.hash()
    node.close()
    trusted = start(chain, header_hash, block, now * NANOS, trusting_period_s=TRUSTING_PERIOD_S)
    return write_trust(trusted) + b"\n"


def prove_final(folder: NodeFolder, data: bytes) -> bytes:
    """Return the proof that the chain holds the checkpoint of a receipt.

    Raises: NOBODY_ANSWERS, REFUSED_BY_NETWORK where the ledger has no such log, NOT_FINAL_YET.
    """
    checkpoint = read_receipt(data).proof.checkpoint
    node = Node(folder.name, folder.url)
    until = time.monotonic() + WAIT_S_MAX
    while time.monotonic() < until:
        asked = canonical.decode(node.ask("value", f"{LOG}{checkpoint.origin}".encode()))
        value = value_from(asked)
        head = read_head(value.value)
        if head.size < checkpoint.size:  # of a block this node does not have yet
            time.sleep(POLL_S)
            continue
        proof = _in_a_block(node, value, asked["height"], until)
        if proof is not None:
            if 0 < checkpoint.size < head.size:
                wanted = {"origin": head.origin, "old": checkpoint.size, "new": head.size}
                told = canonical.decode(node.ask("prove", canonical.encode(wanted)))
                proof = proof._replace(consistency=consistency_from(told))
            node.close()
            return proof.encode()
    raise NOT_FINAL_YET.error(seconds=int(WAIT_S_MAX), needed=1, have=0, missing=folder.name)


def _in_a_block(node: Node, value: ValueProof, height: int, until: float) -> FinalityProof | None:
    """Return a value of the state after block `height` with a header that has its hash.

    That hash stands in the header of the next block, which may be to come; where that block changed
    nothing, in its own as well. None where it takes too long.
    """
    for at in (height, height + 1):
        while time.monotonic() < until:
            try:
                block = _block(node, at)
                value.check(block.header.app_hash)
            except TallyError as fault:
                if fault.reason is PATH_DOES_NOT_LEAD:
                    break
                if fault.reason is not REFUSED_BY_NETWORK:  # as the engine says of a block to come
                    raise
                time.sleep(POLL_S)
            else:
                return FinalityProof(block, value, [])
    return None


def _block(node: Node, height: int | None) -> LightBlock:
    params = {} if height is None else {"height": str(height)}
    commit = node.call("commit", **params)
    at = commit["signed_header"]["header"]["height"]
    pages: list[bytes] = []
    while True:
        page = node.call(
            "validators", height=at, page=str(len(pages) + 1), per_page=str(VALIDATORS_A_PAGE)
        )
        pages.append(json.dumps({"result": page}).encode())
        if len(pages) * VALIDATORS_A_PAGE >= int(page["total"]):
            break
    return light_block_from_rpc(json.dumps({"result": commit}).encode(), pages)


def check_receipt_final(receipt: Receipt, proof: Path, trust: Path, now: int) -> Final:
    """Check, offline, that the chain of an anchor holds the checkpoint of a receipt.

    now: seconds since 1970. Raises: as `check_final`.
    """
    _, entry = receipt.check_status() if receipt.proof.status else (None, None)
    return check_final(
        read_finality(proof.read_bytes()),
        receipt.proof.checkpoint,
        read_trust(trust.read_bytes().removesuffix(b"\n")),
        now * NANOS,
        entry.root if entry else None,
    )
