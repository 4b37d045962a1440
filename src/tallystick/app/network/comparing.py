"""Where two replicas part.

Owns `tally ledger diff`: the first block after which two replicas differ, and the first value in
it. What is compared are the folders of replicas; of a node that runs, they may be copied first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tallystick.app.network.reasons import OTHER_CHAINS
from tallystick.consortium.block_journal import first_difference
from tallystick.consortium.stored import Stored, read_stored
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

NOT_A_REPLICA = Reason(
    "not_a_replica",
    Text("{folder} 不是账本副本的文件夹", "{folder} is no folder of a replica"),
    "docs/operating/consortium.md",
    Text(
        "请给出节点的文件夹，或其中的 replica。",
        "Name the folder of a node, or the folder replica in it.",
    ),
)


def compare(first: Path, second: Path) -> dict[str, Any]:
    """Return where the replicas of two folders part. Raises: NOT_A_REPLICA, OTHER_CHAINS."""
    folders = [_replica(one) for one in (first, second)]
    stored = [_stored(one) for one in folders]
    if stored[0].chain != stored[1].chain:
        raise OTHER_CHAINS.error(first=stored[0].chain, second=stored[1].chain)
    found = first_difference(folders[0], folders[1], (stored[0], stored[1]))
    return {
        "first": {"folder": str(first), **_said(stored[0])},
        "second": {"folder": str(second), **_said(stored[1])},
        "same": found is None,
        "difference": found._asdict() if found else None,
    }


def _replica(folder: Path) -> Path:
    return folder / "replica" if (folder / "replica").is_dir() else folder


def _stored(folder: Path) -> Stored:
    try:
        stored = read_stored((folder / "state").read_bytes())
    except OSError:
        stored = None
    if stored is None:
        raise NOT_A_REPLICA.error(folder=folder)
    return stored


def _said(stored: Stored) -> dict[str, Any]:
    return {
        "chain": stored.chain,
        "height": stored.height,
        "app_hash": stored.app_hash.hex(),
    }
