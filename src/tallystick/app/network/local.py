"""A whole network on one machine, to try things with.

Owns the folder of such a network, one node a member in it, and starting and stopping them all. The
nodes are the same as real ones; only their addresses are those of this machine.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from tallystick.app.network import node
from tallystick.app.network.client import Node
from tallystick.app.network.engine import find_engine
from tallystick.app.network.files import found_network, read_member_file
from tallystick.app.network.folder import NodeFolder, NodeSettings
from tallystick.app.network.reasons import NOBODY_ANSWERS, NOT_A_NODE
from tallystick.app.progress import Progress, silent
from tallystick.consortium.state import Params
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

FOLDER_DEFAULT = "tally-network"
BASE_PORT = 26600
PORTS_A_NODE = 10
VALIDATORS_MAX = 16
STARTED_S_MAX = 90.0
HOST = "127.0.0.1"


def nodes_in(folder: Path) -> list[NodeFolder]:
    """Return the nodes of a local network, or the one node that `folder` is, by name.

    Raises: NOT_A_NODE.
    """
    if (folder / "node.json").exists():
        return [NodeFolder(folder)]
    found = sorted(file.parent for file in folder.glob("*/node.json"))
    if not found:
        raise NOT_A_NODE.error(folder=folder)
    return [NodeFolder(one) for one in found]


def create(
    folder: Path,
    count: int,
    now: int,
    *,
    base_port: int = BASE_PORT,
    snapshot_blocks: int = 100,
    suites: Sequence[str] = ("ed25519",),
) -> list[NodeFolder]:
    """Make the folders of a network of `count` validators, settled and not started."""
    made = []
    for place, name in enumerate(ascii_uppercase[:count]):
        one = NodeFolder(folder / name)
        port = base_port + PORTS_A_NODE * place
        settings = NodeSettings(name, HOST, port, port + 1, snapshot_blocks=snapshot_blocks)
        one.create(settings, now)
        made.append(one)
    files = [read_member_file(one.member_file) for one in made]
    genesis = found_network(files, "local", Params(suites=tuple(suites)))
    for one in made:
        one.take_genesis(genesis)
    return made


def up(
    folder: Path,
    count: int,
    now: int,
    *,
    base_port: int = BASE_PORT,
    snapshot_blocks: int = 100,
    suites: Sequence[str] = ("ed25519",),
    progress: Progress = silent,
) -> dict[str, Any]:
    """Make the network where it is not there yet, start what does not run, wait for a block.

    Raises: NO_ENGINE, ANOTHER_ENGINE, NOBODY_ANSWERS.
    """
    find_engine()
    new = not folder.exists() or not any(folder.iterdir())
    if new:
        create(
            folder,
            count,
            now,
            base_port=base_port,
            snapshot_blocks=snapshot_blocks,
            suites=suites,
        )
    nodes = nodes_in(folder)
    started = [one for one in nodes if not node.process_of(one)]
    for one in started:
        node.start(one)
    wait_for(nodes, 1, progress=progress)
    return {
        "network": str(folder),
        "chain": nodes[0].genesis().chain,
        "made": new,
        "nodes": [{"name": one.name, "url": one.url, "folder": str(one.folder)} for one in nodes],
        "started": [one.name for one in started],
    }


def wait_for(
    nodes: Sequence[NodeFolder],
    height: int,
    wait_s: float = STARTED_S_MAX,
    progress: Progress = silent,
) -> None:
    """Wait until each of `nodes` has the block `height`. Raises: NOBODY_ANSWERS."""
    until = time.monotonic() + wait_s
    for place, one in enumerate(nodes):
        progress("nodes", place, len(nodes))
        asked = Node(one.name, one.url)
        while not _has(asked, height):
            if time.monotonic() > until:
                why = Text("{name} 没有起来，见 {log}", "{name} did not start, see {log}")
                log = one.run / "engine.log"
                raise NOBODY_ANSWERS.error(why=why.fill(name=one.name, log=log))
            time.sleep(0.1)
        asked.close()
    progress("nodes", len(nodes), len(nodes))


def _has(asked: Node, height: int) -> bool:
    try:
        return bool(asked.state()["height"] >= height)
    except TallyError:
        return False


def down(folder: Path, names: Sequence[str] = ()) -> dict[str, Any]:
    """Stop the nodes of a network, or those named. What they hold stays."""
    stopped = [
        one.name for one in nodes_in(folder) if (not names or one.name in names) and node.stop(one)
    ]
    return {"network": str(folder), "stopped": stopped}
