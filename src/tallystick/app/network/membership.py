"""Members and their votes: founding, joining, leaving, new keys.

Owns these verbs. Every change of a chain that runs is a vote of each member, signed by its own key
and ordered like any other transaction; nobody changes the members alone. In the folder of a local
network, where all members are one person's, all of them vote.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tallystick.app.network.client import Node
from tallystick.app.network.files import (
    MemberFile,
    fingerprint,
    found_network,
    read_member_file,
    read_network_file,
)
from tallystick.app.network.folder import NodeFolder, NodeSettings
from tallystick.app.network.local import nodes_in
from tallystick.app.network.reasons import (
    BAD_MEMBER_FILE,
    NO_VOTE,
    NOT_DECIDED,
    OTHER_CHAIN_THERE,
)
from tallystick.consortium.members import digest_of_change
from tallystick.consortium.state import Params
from tallystick.consortium.transactions import sign_act
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

DECIDED_S_MAX = 30.0
SUITES = ("ed25519",)
POLL_S, AGAIN_S, SURE_S = 0.05, 1.0, 3.0
_ALREADY = frozenset(("already_voted",))
_COUNTED = _ALREADY | {"stale_vote"}


def init_node(folder: Path, settings: NodeSettings, now: int) -> dict[str, Any]:
    """Make a node of one's own institution. Raises: NODE_THERE, BAD_CHANGE for what it says."""
    node = NodeFolder(folder)
    told = node.create(settings, now)
    return _own(node, told)


def _own(node: NodeFolder, told: MemberFile) -> dict[str, Any]:
    file = node.member_file
    return {
        "name": told.member.name,
        "folder": str(node.folder),
        "file": str(file),
        "fingerprint": fingerprint(file.read_bytes()),
        "member": told.member.to_json(),
    }


def found(
    node: NodeFolder, files: Sequence[Path], chain: str, suites: Sequence[str] = SUITES
) -> dict[str, Any]:
    """Settle the founders: this member and those of `files`.

    suites: of the keys that sign batches; all founders must say the same. Raises: BAD_MEMBER_FILE.
    """
    own = read_member_file(node.member_file)
    told = {own.member.name: own}
    for file in files:
        one = read_member_file(file)
        if told.setdefault(one.member.name, one) != one:
            here = Text("与本机的不同", "it is not the one here")
            twice = Text("同一成员有两份不同的文件", "there are two different ones of this member")
            what = here if one.member.name == own.member.name else twice
            raise BAD_MEMBER_FILE.error(file=file.name, what=what)
    data = found_network(list(told.values()), chain, Params(suites=tuple(suites)))
    genesis = node.take_genesis(data)
    return {
        "chain": genesis.chain,
        "members": [one.name for one in genesis.members.listed],
        "fingerprint": fingerprint(data),
    }


def join(node: NodeFolder, file: Path) -> dict[str, Any]:
    """Take the genesis of a chain that runs, and who is there. Raises: BAD_NETWORK_FILE.

    A node that has another chain keeps it: OTHER_CHAIN_THERE.
    """
    data, members = read_network_file(file)
    if node.genesis_file.exists() and node.genesis_file.read_bytes() != data:
        raise OTHER_CHAIN_THERE.error(folder=node.folder, chain=node.genesis().chain)
    genesis = node.take_genesis(data)
    node.take_network(file.read_bytes())
    return {
        **_own(node, read_member_file(node.member_file)),
        "chain": genesis.chain,
        "members": [one.name for one in members.listed],
    }


def accept(folder: Path, file: Path) -> dict[str, Any]:
    """Vote for a member of a member file: a new one, or other keys of one there is.

    Raises: BAD_MEMBER_FILE, and as `vote`.
    """
    told = read_member_file(file).member
    known = {one["name"] for one in _state(folder)["members"]["members"]}
    kind = "replace" if told.name in known else "add"
    document = vote(folder, {"kind": kind, "member": told.to_json()})
    return {**document, "fingerprint": fingerprint(file.read_bytes())}


def remove(folder: Path, name: str, why: str) -> dict[str, Any]:
    """Vote for the removal of a member. Raises: as `vote`."""
    return vote(folder, {"kind": "remove", "name": name, "why": why})


def rotate(folder: Path, now: int) -> dict[str, Any]:
    """Make a new consensus key of a node, and vote for it. Raises: as `vote`."""
    node = nodes_in(folder)[0]
    node.rotate_validator(now)
    return {**_own(node, read_member_file(node.member_file)), **accept(folder, node.member_file)}


def vote(folder: Path, change: dict[str, Any]) -> dict[str, Any]:
    """Let the member whose node is in `folder` vote; all members of a local network do.

    Returns whether the change is done, and who voted. Raises: REFUSED_BY_NETWORK with the code of
    why a vote does not count, NOBODY_ANSWERS.
    """
    digest = digest_of_change(change)
    state = _state(folder)
    version = state["members"]["version"]
    voting = {one["name"] for one in _listed(state) if one["power"]}
    nodes = [node for node in nodes_in(folder) if node.name in voting]
    if not nodes:
        raise NO_VOTE.error(folder=folder)
    for node in nodes:
        body = {"act": "vote", "version": version, "change": change, "member": node.name}
        told = sign_act(state["chain"], node.member_key(), body)
        if _voted(folder, told.encode(), digest, node.name, version):
            break
    state = _state(folder)
    pending = state["votes"].get(digest)
    return {
        "change": change,
        "digest": digest,
        "done": state["members"]["version"] > version,
        "voters": pending["voters"] if pending else [],
        "version": state["members"]["version"],
        "power_needed": 2 * sum(one["power"] for one in _listed(state)) // 3 + 1,
    }


def _voted(folder: Path, data: bytes, digest: str, name: str, version: int) -> bool:
    """Submit a vote and wait until a block holds it; return whether it decided the change.

    A vote that was refused in its block, and not when it was submitted, is refused here as well.
    """
    asked = _reached(folder)
    until = time.monotonic() + DECIDED_S_MAX
    sure = time.monotonic() + SURE_S
    while True:
        try:
            asked.submit(data)
            break
        except TallyError as fault:
            code = fault.facts.get("code")
            if code in _ALREADY:
                return False
            # A block does not wait for everybody: who is there shows over a few of them.
            if code != "power_at_risk" or time.monotonic() > sure:
                raise
            time.sleep(POLL_S)
    again = time.monotonic() + AGAIN_S
    while time.monotonic() < until:
        state = asked.state()
        if state["members"]["version"] > version:
            return True
        if name in state["votes"].get(digest, {"voters": ()})["voters"]:
            return False
        if time.monotonic() > again:
            try:
                asked.submit(data)  # whoever was there may be gone: then it says why it is refused
            except TallyError as fault:
                if fault.facts.get("code") not in _COUNTED:  # it was decided in this very moment
                    raise
            again += AGAIN_S
        time.sleep(POLL_S)
    raise NOT_DECIDED.error(seconds=int(DECIDED_S_MAX))


def _listed(state: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = state["members"]["members"]
    return listed


def _state(folder: Path) -> dict[str, Any]:
    asked = _reached(folder)
    state = asked.state()
    asked.close()
    return state


def _reached(folder: Path) -> Node:
    """Return a node of ours, or of another member, that answers. Raises: NOBODY_ANSWERS."""
    nodes = nodes_in(folder)
    own = {one.name: one.url for one in nodes}
    others = {one.name: one.url for one in nodes[0].members().listed if one.name not in own}
    missing: TallyError | None = None
    for name, url in {**own, **others}.items():
        asked = Node(name, url)
        try:
            asked.state()
        except TallyError as fault:
            missing = fault
            continue
        return asked
    if missing is None:
        raise AssertionError
    raise missing
