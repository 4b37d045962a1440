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
from tallystick.app.network.reasons import NOT_FINAL_YET
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
from tallystick.consortium.state import LOG, read_head
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.ledger import Receipt, read_receipt

NANOS = 10**9
TRUSTING_PERIOD_S = EVIDENCE_AGE_S_MAX * 2 // 3  # shorter than validators can be held to account
WAIT_S_MAX = 2.0 * HEARTBEAT_S
VALIDATORS_A_PAGE = 100


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
        # The hash of a state stands in the header of the block after it, which may be to come.
        block = _block(node, None)
        asked = node.ask("value", f"{LOG}{checkpoint.origin}".encode())
        value = value_from(canonical.decode(asked))
        head = read_head(value.value)
        proof = FinalityProof(block, value, [])
        if _is_in(proof) and head.size >= checkpoint.size:
            if 0 < checkpoint.size < head.size:
                wanted = {"origin": head.origin, "old": checkpoint.size, "new": head.size}
                told = canonical.decode(node.ask("prove", canonical.encode(wanted)))
                proof = proof._replace(consistency=consistency_from(told))
            node.close()
            return proof.encode()
        time.sleep(0.1)
    raise NOT_FINAL_YET.error(seconds=int(WAIT_S_MAX), needed=1, have=0, missing=folder.name)


def _is_in(proof: FinalityProof) -> bool:
    try:
        proof.value.check(proof.block.header.app_hash)
    except TallyError:
        return False
    return True


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
