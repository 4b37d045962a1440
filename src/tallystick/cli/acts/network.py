"""A ledger kept with others: its nodes, who is there, members and their votes."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.opening import (
    opened_to_check,
    refuse_overwriting,
    settings_of,
    write_whole,
)
from tallystick.cli.pages import network as pages
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen

if TYPE_CHECKING:
    from tallystick.app.network.folder import NodeFolder

FOLDER_DEFAULT = "tally-network"
VALIDATORS_DEFAULT = 4


def network_folder(given: argparse.Namespace, name: str = "network") -> Path:
    """Return the folder named, else the one of TALLY_NETWORK, else ./tally-network."""
    named: Path | None = getattr(given, name, None)
    return (named or Path(os.environ.get("TALLY_NETWORK") or FOLDER_DEFAULT).expanduser()).resolve()


def member_of(given: argparse.Namespace) -> NodeFolder | None:
    """Return the node through which a workspace is to write; None where it keeps its own ledger."""
    from tallystick.app.network.local import nodes_in  # noqa: PLC0415

    if given.engine != "cometbft":
        return None
    return nodes_in(network_folder(given))[0]


def suites_of(given: argparse.Namespace) -> tuple[str, ...]:
    """Return the suites of a new chain: Ed25519 always, and the one named."""
    return tuple(dict.fromkeys(("ed25519", given.suite or "ed25519")))


def up(screen: Screen, given: argparse.Namespace) -> None:
    """Start a network on this machine."""
    from tallystick.app.network import local  # noqa: PLC0415

    with showing(screen) as progress:
        document = local.up(
            network_folder(given, "folder"),
            given.validators or VALIDATORS_DEFAULT,
            int(time.time()),
            base_port=given.base_port or local.BASE_PORT,
            suites=suites_of(given),
            progress=progress,
        )
    screen.show(document, lambda _: pages.show_up(screen, document))


def down(screen: Screen, given: argparse.Namespace) -> None:
    """Stop nodes."""
    from tallystick.app.network import local  # noqa: PLC0415

    document = local.down(network_folder(given, "folder"), given.node or ())
    screen.show(document, lambda _: pages.show_down(screen, document))


def init(screen: Screen, given: argparse.Namespace) -> None:
    """Make the node of an institution."""
    from tallystick.app.network import folder, membership  # noqa: PLC0415

    settings = folder.NodeSettings(
        given.name,
        given.host,
        given.p2p_port or folder.P2P_PORT,
        given.rpc_port or folder.RPC_PORT,
        folder.POWER if given.power is None else given.power,
        url=given.url or "",
    )
    document = membership.init_node(given.folder.resolve(), settings, int(time.time()))
    screen.show(document, lambda _: pages.show_made(screen, document))


def accept(screen: Screen, given: argparse.Namespace) -> None:
    """Settle the founders, or vote for a member."""
    from tallystick.app.network import membership  # noqa: PLC0415
    from tallystick.app.network.local import nodes_in  # noqa: PLC0415

    folder = network_folder(given)
    node = nodes_in(folder)[0]
    if not node.genesis_file.exists():
        document = membership.found(node, given.files, given.chain or "tally", suites_of(given))
        screen.show(document, lambda _: pages.show_founded(screen, document, node.folder))
        return
    documents = [membership.accept(folder, file) for file in given.files]
    screen.show({"votes": documents}, lambda _: pages.show_votes(screen, documents))


def join(screen: Screen, given: argparse.Namespace) -> None:
    """Take the genesis of a network that runs."""
    from tallystick.app.network import membership  # noqa: PLC0415
    from tallystick.app.network.local import nodes_in  # noqa: PLC0415

    document = membership.join(nodes_in(network_folder(given))[0], given.file)
    screen.show(document, lambda _: pages.show_joined(screen, document))


def export(screen: Screen, given: argparse.Namespace) -> None:
    """Write the network file."""
    from tallystick.app.network.local import nodes_in  # noqa: PLC0415

    node = nodes_in(network_folder(given))[0]
    _written(screen, given.output, node.export(), node)


def run_node(screen: Screen, given: argparse.Namespace) -> None:
    """Run a node until it is told to stop."""
    from tallystick.app.network import node, syncing  # noqa: PLC0415
    from tallystick.app.network.folder import NodeFolder  # noqa: PLC0415

    del screen
    folder = NodeFolder(given.folder.resolve())
    settings = folder.settings
    sync = syncing.trusted_start(folder) if given.from_peers else None
    node.Running(folder, node.plain_replica(settings.snapshot_blocks), sync).run()


def status(screen: Screen, given: argparse.Namespace) -> int:
    """Say who is there, who is behind, and whether the ledger can go on."""
    from tallystick.app.network.status import network_status  # noqa: PLC0415

    document = network_status(network_folder(given, "folder"))
    screen.show(document, lambda _: pages.show_status(screen, document))
    return REFUSED if document["halted"] else DONE


def remove(screen: Screen, given: argparse.Namespace) -> None:
    """Vote a member out."""
    from tallystick.app.network import membership  # noqa: PLC0415

    document = membership.remove(network_folder(given), given.name, given.why)
    screen.show(document, lambda _: pages.show_vote(screen, document))


def rotate(screen: Screen, given: argparse.Namespace) -> None:
    """Replace the consensus key of a node."""
    from tallystick.app.network import membership  # noqa: PLC0415

    document = membership.rotate(network_folder(given), int(time.time()))
    screen.show(document, lambda _: pages.show_rotated(screen, document))


def anchor(screen: Screen, given: argparse.Namespace) -> None:
    """Write an anchor of the chain."""
    from tallystick.app.network import proving  # noqa: PLC0415
    from tallystick.app.network.local import nodes_in  # noqa: PLC0415

    node = nodes_in(network_folder(given))[0]
    _written(screen, given.output, proving.anchor(node, int(time.time())), node)


def prove(screen: Screen, given: argparse.Namespace) -> None:
    """Write the proof that the checkpoint of a receipt is final."""
    from tallystick.app.network import proving  # noqa: PLC0415
    from tallystick.app.network.local import nodes_in  # noqa: PLC0415
    from tallystick.app.verifying import RECEIPT_BYTES_MAX  # noqa: PLC0415

    with opened_to_check(given.receipt) as file:
        data = file.read(RECEIPT_BYTES_MAX + 1)
    node = nodes_in(network_folder(given))[0]
    _written(screen, given.output, proving.prove_final(node, data), node)


def _written(screen: Screen, output: Path, data: bytes, node: NodeFolder) -> None:
    from tallystick.app.network.files import fingerprint  # noqa: PLC0415

    refuse_overwriting(output)
    write_whole(output, data)
    chain = node.genesis().chain
    document = {"file": str(output), "chain": chain, "fingerprint": fingerprint(data)}
    screen.show(document, lambda _: pages.show_exported(screen, document))


def diff(screen: Screen, given: argparse.Namespace) -> int:
    """Say where two replicas part."""
    from tallystick.app.network.comparing import compare  # noqa: PLC0415

    document = compare(given.first, given.second)
    screen.show(document, lambda _: pages.show_difference(screen, document))
    return DONE if document["same"] else REFUSED


def drill(screen: Screen, given: argparse.Namespace) -> int:
    """Hold drills on a network of their own."""
    from tallystick.testing.drills.running import run_drills  # noqa: PLC0415

    document = run_drills(given.names, lambda text: screen.note(screen.tell(text)))
    screen.show(document, lambda _: pages.show_drills(screen, document))
    return DONE if document["held"] else REFUSED


def attach(screen: Screen, given: argparse.Namespace) -> None:
    """Let a workspace write through another node."""
    from tallystick.app.network.attached import attach_node  # noqa: PLC0415
    from tallystick.app.network.local import nodes_in  # noqa: PLC0415

    node = nodes_in(network_folder(given))[0]
    document = attach_node(settings_of(screen, given), node)
    screen.show(document, lambda _: pages.show_attached(screen, document))
