"""Where an empty replica may begin: a block the members' nodes agree on.

Owns the choice of the block that the engine trusts before it takes a snapshot. More than one node
is asked, and they must say the same; who wants more compares the hash with a member by another way.
"""

from __future__ import annotations

from tallystick.app.network.client import Node
from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.reasons import NOBODY_ANSWERS
from tallystick.consortium.engine_files import StateSync
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

SERVERS_MIN = 2
BACK_BLOCKS = 2  # the engine asks for blocks after a snapshot: the newest are left alone


def trusted_start(folder: NodeFolder) -> StateSync:
    """Return from whom to take a snapshot and which block is trusted. Raises: NOBODY_ANSWERS."""
    own = folder.name
    peers = [Node(one.name, one.url) for one in folder.members().listed if one.name != own]
    answering = [(node, found) for node in peers if (found := _height(node))]
    if len(answering) < SERVERS_MIN:
        why = Text("取快照要有两个成员应答", "a snapshot needs two members that answer")
        raise NOBODY_ANSWERS.error(why=why)
    height = max(1, min(found for _, found in answering) - BACK_BLOCKS)
    hashes = {_hash(node, height) for node, _ in answering}
    if len(hashes) != 1:
        why = Text("成员所说的区块不一致", "the members differ about a block")
        raise NOBODY_ANSWERS.error(why=why)
    urls = [node.url.replace("http://", "") for node, _ in answering]
    for node in peers:
        node.close()
    return StateSync(urls, height, hashes.pop())


def _height(node: Node) -> int:
    try:
        return int(node.status()["sync_info"]["latest_block_height"])
    except (TallyError, KeyError, ValueError):
        return 0


def _hash(node: Node, height: int) -> str:
    return str(
        node.call("commit", height=str(height))["signed_header"]["commit"]["block_id"]["hash"]
    )
