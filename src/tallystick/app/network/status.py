"""Who is there, who is behind, and whether the ledger can go on.

Owns that account. It asks every member's node itself and looks at who signed the newest block; what
one node says of others is not taken over. A ledger goes on while more than two thirds of the power
signs; the account says how much is there, who is missing since when, and what to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tallystick.app.network import node as processes
from tallystick.app.network.client import Node
from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.local import nodes_in
from tallystick.app.network.reasons import NOBODY_ANSWERS
from tallystick.consortium.engine_files import HEARTBEAT_S
from tallystick.consortium.members import Member, read_member
from tallystick.kernel.errors import TallyError

ASKED_S_MAX = 3.0
SILENT_S_MAX = 3 * HEARTBEAT_S  # without a block, after which a ledger counts as halted
RECENT_BLOCKS = 3  # one who signed so lately is there: a block does not wait for everybody
SIGNED = (2, 3)  # flags of votes: for the block, or for none
_FAILED = b"CONSENSUS FAILURE"
_JOURNAL_TAIL = 1 << 16


def network_status(folder: Path, now: Callable[[], float] = time.time) -> dict[str, Any]:
    """Return the account of the network that the nodes in `folder` belong to.

    Raises: NOT_A_NODE, NOT_ACCEPTED_YET; NOBODY_ANSWERS where no member's node does.
    """
    own = {one.name: one for one in nodes_in(folder)}
    members = next(iter(own.values())).members()
    asked = {one.name: _asked(one, own.get(one.name)) for one in members.listed}
    there = {name: found for name, found in asked.items() if found["reachable"]}
    if not there:
        halted = {"members": [_idle(one, own.get(one.name)) for one in members.listed]}
        return _summed(None, halted["members"], members.power, {})
    best = max(there.values(), key=lambda found: int(found["height"]))
    source = Node(best["name"], best["url"], ASKED_S_MAX)
    state = source.state()
    listed = [read_member(one) for one in state["members"]["members"]]
    connected = {peer for found in there.values() for peer in found["peers"]}
    newest = _commit(source, None)
    silent = max(0.0, now() - newest["time"]) if newest else 0.0
    rows = []
    for one in listed:
        found = asked.get(one.name) or _asked(one, own.get(one.name))
        signed = newest is not None and one.address in newest["signed"]
        since = None
        if newest is not None and not signed and one.power:
            since = _since(source, one, newest["height"])
        rows.append(
            {
                **found,
                "present": found["reachable"] or one.node.partition("@")[0] in connected,
                "power": one.power,
                "signed": signed,
                "behind": max(0, best["height"] - found["height"]) if found["reachable"] else None,
                "missing_since": since,
            }
        )
    source.close()
    for row in rows:
        del row["peers"]
    state["silent_s"] = int(silent)
    return _summed(newest, rows, sum(one.power for one in listed), state)


def _summed(
    newest: dict[str, Any] | None,
    rows: list[dict[str, Any]],
    power: int,
    state: dict[str, Any],
) -> dict[str, Any]:
    silent = newest is None or state["silent_s"] > SILENT_S_MAX
    for row in rows:
        last = row["missing_since"]
        recent = bool(last and newest and newest["height"] - last["height"] <= RECENT_BLOCKS)
        # One that died a moment ago has signed the newest block; nobody is connected to it.
        row["there"] = (
            row["present"]
            and not row["failed"]
            and (silent or not row["power"] or row["signed"] or recent)
        )
    have = sum(row["power"] for row in rows if row["there"])
    # The newest block may be of before somebody died: who is gone is known at once.
    halted = silent or 3 * have <= 2 * power
    voting = [row for row in rows if row["power"]]
    return {
        "chain": state.get("chain", ""),
        "height": state.get("height", 0),
        "time": newest["time"] if newest else 0,
        "silent_s": state.get("silent_s"),
        "halted": halted,
        "members": rows,
        "power": power,
        "power_needed": 2 * power // 3 + 1,
        "power_there": have,
        "needed": _count_needed(voting, power),
        "there": sum(1 for row in voting if row["there"]),
        "count": len(voting),
        "missing": [row["name"] for row in voting if not row["there"]],
        "votes": state.get("votes", {}),
        "evidence": state.get("evidence", []),
        "logs": state.get("logs", {}),
    }


def _count_needed(voting: Sequence[dict[str, Any]], power: int) -> int:
    """Return how many members it takes, the strongest first, to have more than two thirds."""
    have, count = 0, 0
    for row in sorted(voting, key=lambda row: -int(row["power"])):
        if 3 * have > 2 * power:
            break
        have += row["power"]
        count += 1
    return count


def _asked(member: Member, own: NodeFolder | None) -> dict[str, Any]:
    """Return what a member's own node says of itself, and what is known of it on this machine."""
    found = _idle(member, own)
    node = Node(member.name, own.url if own else member.url, ASKED_S_MAX)
    try:
        told = node.status()
        found["reachable"] = True
        found["height"] = int(told["sync_info"]["latest_block_height"])
        found["catching_up"] = bool(told["sync_info"]["catching_up"])
        found["peers"] = [one["node_info"]["id"] for one in node.call("net_info")["peers"]]
        found["another_key"] = (
            told["validator_info"]["address"].lower() != member.address and member.power > 0
        )
    except (TallyError, KeyError, ValueError, TypeError):
        pass
    node.close()
    return found


def _idle(member: Member, own: NodeFolder | None) -> dict[str, Any]:
    return {
        "name": member.name,
        "url": own.url if own else member.url,
        "power": member.power,
        "folder": str(own.folder) if own else "",
        "running": bool(processes.process_of(own)) if own else None,
        "failed": _has_failed(own),
        "reachable": False,
        "present": False,
        "peers": [],
        "signed": False,
        "height": 0,
        "behind": None,
        "catching_up": False,
        "another_key": False,
        "missing_since": None,
    }


def _has_failed(own: NodeFolder | None) -> bool:
    """Tell whether the engine of a node here gave up: it goes on answering, and votes no more."""
    if own is None or not processes.process_of(own):
        return False
    try:
        with (own.run / "engine.log").open("rb") as journal:
            journal.seek(0, 2)
            journal.seek(max(0, journal.tell() - _JOURNAL_TAIL))
            return _FAILED in journal.read().rpartition(processes.STARTED)[2]
    except OSError:
        return False


def _commit(node: Node, height: int | None) -> dict[str, Any] | None:
    """Return height, time and signers of a commit; of the newest for None.

    None before the first block.
    """
    told = node.call("commit", **({} if height is None else {"height": str(height)}))
    if not told["signed_header"]["commit"]:
        return None
    header, commit = told["signed_header"]["header"], told["signed_header"]["commit"]
    signed = {
        one["validator_address"].lower()
        for one in commit["signatures"]
        if one["block_id_flag"] in SIGNED
    }
    return {"height": int(commit["height"]), "time": _seconds(header["time"]), "signed": signed}


def _seconds(text: str) -> float:
    """Return the seconds since 1970 of the engine's time, which may have nanoseconds."""
    whole, _, rest = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(whole + "+00:00").timestamp() + float(f"0.{rest or 0}")


def _signed(node: Node, height: int, member: Member) -> bool:
    found = _commit(node, height)
    return found is not None and member.address in found["signed"]


def _since(node: Node, member: Member, height: int) -> dict[str, Any] | None:
    """Return the last block a member signed, None where it signed none that is still there."""
    step, high = 1, height
    try:
        while True:
            low = max(1, height - step)
            if _signed(node, low, member):
                break
            if low == 1:
                return None
            high, step = low, 2 * step
        while high - low > 1:
            middle = (low + high) // 2
            if _signed(node, middle, member):
                low = middle
            else:
                high = middle
        found = _commit(node, low)
        return {"height": low, "time": int(found["time"])} if found else None
    except TallyError as fault:
        if fault.reason is NOBODY_ANSWERS:
            raise
        return None
