"""Drills of validators that compute something else, or sign two things."""

from __future__ import annotations

import shutil
import time
from signal import SIGKILL

from tallystick.app.network import membership, node
from tallystick.app.network.comparing import compare
from tallystick.app.network.folder import KEYS, NodeFolder
from tallystick.kernel.texts import Text
from tallystick.testing.drills.field import Field, Say, promise, until

LYING = "tallystick.testing.drills.lying_node"


def wrong_hash(say: Say) -> None:
    """Let one validator compute something else: it alone stops, and `ledger diff` says where."""
    with Field(say) as field:
        writer = field.writer("A")
        writer.write()
        field.stop("D")
        node.start(field.nodes["D"], program=LYING)
        field.caught_up("D")
        writer.start()
        until(lambda: any(one["failed"] for one in field.status()["members"]), "D gives up")
        goal = len(writer.acknowledged) + 3
        until(lambda: len(writer.acknowledged) >= goal, "A, B and C go on")
        failed = [one["name"] for one in field.status()["members"] if one["failed"]]
        promise(failed == ["D"], "D alone stopped")
        writer.stop()
        field.stop("D")
        field.stop("A")
        found = compare(field.nodes["A"].folder, field.nodes["D"].folder)
        promise(not found["same"], "the replicas differ")
        difference = found["difference"]
        promise(difference["name"].startswith("log/"), "the difference is named")
        say(
            Text(
                "ledger diff：第 {height} 块起不同，先是 {name}",
                "ledger diff: block {height}, first value {name}",
            ).fill(**difference)
        )
        field.start("A")
        # What it computed is worth nothing, and its engine took it for true: all of it again.
        field.destroy("D")
        field.start("D")
        field.caught_up("D")
        field.check()


def equivocation(say: Say) -> None:
    """Run one consensus key in two places: that is recorded, and the validator voted out."""
    with Field(say) as field:
        writers = [field.writer(name) for name in "AB"]
        twin = _twin(field, "D")
        for writer in writers:
            writer.start()
        node.start(twin)
        try:
            found = until(lambda: field.status()["evidence"], "evidence of two signatures", 180)
        finally:
            node.stop(twin, SIGKILL)
        promise({one["name"] for one in found} == {"D"}, "it is D who signed twice")
        say(
            Text(
                "D 在第 {height} 块签了两次（{kind}），已记入账本",
                "D signed twice at block {height} ({kind}); on the ledger",
            ).fill(**found[0])
        )
        field.kill("D")
        _voted_out(field, "D", "signed two blocks of one height")
        say(Text("A、B、C 表决移出了 D", "D was voted out by A, B and C"))
        for writer in writers:
            goal = len(writer.acknowledged) + 2
            until(lambda w=writer, g=goal: len(w.acknowledged) >= g, "three go on")  # type: ignore[misc]
        status = field.status()
        promise([one["name"] for one in status["members"]] == ["A", "B", "C"], "D is no member")
        promise(status["needed"] == 3, "three of three are needed now")  # noqa: PLR2004
        promise(status["evidence"], "the evidence stays")
        field.check("D")


def _voted_out(field: Field, name: str, why: str) -> None:
    for one in "ABC":
        done = membership.remove(field.nodes[one].folder, name, why)
        if done["done"]:
            return
    promise(held=False, what="three of four votes suffice")


def _twin(field: Field, name: str) -> NodeFolder:
    """Return a second node with the consensus key of a member: what nobody should ever do."""
    one = field.nodes[name]
    other = NodeFolder(field.folder.with_name(field.folder.name + "-twin") / name)
    shutil.copytree(one.folder / "keys", other.folder / "keys")
    (other.folder / "keys" / "node").write_text(f"{time.time_ns():064x}")
    port = field.base_port + 48
    settings = one.settings.__class__(
        **{**one.settings.__dict__, "p2p_port": port, "rpc_port": port + 1}
    )
    other.write_settings(settings)
    other.take_genesis(one.genesis_file.read_bytes())
    promise(set(KEYS) <= {file.name for file in (other.folder / "keys").iterdir()}, "all keys")
    return other
