"""Drills of members who come, go, replace a key, and of one who only watches."""

from __future__ import annotations

import time
from pathlib import Path

from tallystick.app.network import local, membership
from tallystick.app.network.folder import NodeFolder, NodeSettings
from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import parse_checkpoint
from tallystick.kernel.signing import COSIGNATURES, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.testing.drills.field import Field, Say, promise, until
from tallystick.testing.drills.ports import HOST


def _newcomer(field: Field, name: str, place: int, power: int) -> NodeFolder:
    """Make the node of an institution that joins, as its operator would: two small files."""
    network = Path(field.folder / "consortium.network")
    network.write_bytes(field.nodes["A"].export())
    port = field.base_port + local.PORTS_A_NODE * (len(field.nodes) + place)
    folder = field.folder.with_name(f"{field.folder.name}-{name}") / name
    settings = NodeSettings(name, HOST, port, port + 1, power, snapshot_blocks=10)
    membership.init_node(folder, settings, int(time.time()))
    node = NodeFolder(folder)
    membership.join(node, network)
    return node


def _all_accept(field: Field, names: str, file: Path) -> None:
    for name in names:
        if membership.accept(field.nodes[name].folder, file)["done"]:
            return
    promise(held=False, what=f"the votes of {names} suffice")


def _refused(change: object, code: str) -> None:
    """Check that a change is refused with a code. Raises: Broken."""
    try:
        change()  # type: ignore[operator]
    except TallyError as fault:
        promise(fault.code == code, f"refused as {code}, not {fault.code}")
    else:
        promise(held=False, what=f"refused as {code}")


def members(say: Say) -> None:
    """Add a validator, rotate a key, remove a validator; refuse what would halt the ledger."""
    with Field(say) as field:
        writer = field.writer("A")
        writer.start()
        new = _newcomer(field, "E", 0, power=10)
        _all_accept(field, "ABC", new.member_file)
        field.nodes["E"] = new
        field.start("E")
        field.caught_up("E")
        until(lambda: _signs(field, "E"), "E signs blocks")
        say(
            Text(
                "E 凭两个小文件和 A、B、C 的表决加入，已在签块",
                "E joined by two small files and the votes of A, B and C; it signs blocks",
            )
        )
        _rotate(field, "B", "ACD")
        say(Text("B 已用新密钥签块", "B signs by a new key"))
        field.kill("D")
        until(lambda: field.status()["missing"] == ["D"], "D is seen missing")
        # Four of five are there; without A it would be three of four with D dead: still enough.
        # Adding another one would need five of six.
        other = _newcomer(field, "F", 1, power=10)
        _votes_refused(field, "ABCE", other.member_file)
        say(
            Text(
                "D 失联时再加成员，事先被拒绝：否则账本会停住",
                "with D dead, another member was refused in advance: the ledger would have halted",
            )
        )
        _remove(field, "ABCE", "D")
        say(Text("失联的 D 已移出", "D, who is dead, was removed"))
        writer.stop()
        field.check("D")


def _votes_refused(field: Field, names: str, file: Path) -> None:
    """Check that the vote which would decide is refused, and the ledger goes on."""
    try:
        for name in names:
            promise(not membership.accept(field.nodes[name].folder, file)["done"], "not decided")
    except TallyError as fault:
        promise(fault.facts.get("code") == "power_at_risk", f"refused ({fault.facts.get('code')})")
        return
    promise(held=False, what="refused as power_at_risk")


def _remove(field: Field, names: str, gone: str) -> None:
    for name in names:
        if membership.remove(field.nodes[name].folder, gone, "its disk is lost")["done"]:
            return
    promise(held=False, what=f"the votes of {names} suffice")


def _rotate(field: Field, name: str, others: str) -> None:
    """Replace the consensus key of a member; it restarts when the others accepted it."""
    one = field.nodes[name]
    membership.rotate(one.folder, int(time.time()))
    _all_accept(field, others, one.member_file)
    field.stop(name)
    field.start(name)
    until(lambda: _signs(field, name), f"{name} signs by its new key")


def _signs(field: Field, name: str) -> bool:
    rows = {one["name"]: one for one in field.status()["members"]}
    return bool(rows[name]["signed"]) and not rows[name]["another_key"]


def supervisor(say: Say) -> None:
    """Let a supervisor keep the ledger without a vote, cosign it, and go away again."""
    with Field(say) as field:
        writer = field.writer("A")
        writer.write()
        new = _newcomer(field, "S", 0, power=0)
        _all_accept(field, "ABC", new.member_file)
        field.nodes["S"] = new
        field.start("S")
        field.caught_up("S")
        checkpoint = writer.write().checkpoint
        bare = checkpoint._replace(signatures=checkpoint.signatures[:1])
        key = VerifierKey.from_text(new.own_member().cosigner, COSIGNATURES)
        asked = field.asked("S")
        line = until(lambda: asked.ask("cosign", bare.text().encode()).decode(), "S cosigns")
        shown = parse_checkpoint(f"{bare.body}\n{line}")
        shown.check_cosignature(key)
        forged = bare._replace(root=bytes(32))
        try:
            asked.ask("cosign", forged.text().encode())
            promise(held=False, what="S cosigns nothing else")
        except TallyError:
            say(
                Text(
                    "S 保管账本，只为已定案的联署",
                    "S keeps the ledger, cosigned what is final, and nothing else",
                )
            )
        _refused(lambda: membership.remove(new.folder, "A", "no"), "no_vote")
        field.kill("S")
        writer.write()
        status = field.status()
        promise(not status["halted"] and status["missing"] == [], "it is not missed")
        say(Text("它失联也不影响账本", "its death changed nothing"))
        field.start("S")
        field.caught_up("S")
        field.check()
