"""Joining, accepting and naming: nothing is overwritten, nobody votes for they know not what."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.app.network.comparing import compare
from tallystick.app.network.files import read_network_file
from tallystick.app.network.folder import NodeFolder, NodeSettings
from tallystick.app.network.membership import found, init_node, join
from tallystick.consortium.members import Members, changed, checked
from tallystick.consortium.state import Params
from tallystick.consortium.stored import Genesis, Stored
from tallystick.kernel.errors import TallyError
from tallystick.testing.institutions import Institution

NOW = 1_800_000_000


def node(folder: Path, name: str, **more: str) -> NodeFolder:
    init_node(folder, NodeSettings(name, "10.0.0.7", 26656, 26657, **more), NOW)  # type: ignore[arg-type]
    return NodeFolder(folder)


@pytest.fixture
def chains(tmp_path: Path) -> list[Path]:
    """Return the network files of two chains."""
    files = []
    for name in ("one", "two"):
        founder = node(tmp_path / name, f"founder-{name}")
        found(founder, [], name)
        files.append(tmp_path / f"{name}.network")
        files[-1].write_bytes(founder.export())
    return files


def test_who_joins_knows_the_members_of_the_day(tmp_path: Path, chains: list[Path]) -> None:
    new = node(tmp_path / "new", "new")
    told = join(new, chains[0])
    assert told["members"] == ["founder-one"]
    assert new.members() == read_network_file(chains[0])[1]
    new.write_engine()
    dialed = new.members().listed[0].node
    assert dialed in (new.engine / "config/config.toml").read_text()


def test_a_node_that_has_a_chain_keeps_it(tmp_path: Path, chains: list[Path]) -> None:
    new = node(tmp_path / "new", "new")
    join(new, chains[0])
    before = new.genesis_file.read_bytes()
    with pytest.raises(TallyError, match=r"^other_chain_there:"):
        join(new, chains[1])
    assert new.genesis_file.read_bytes() == before
    join(new, chains[0])  # once more, for newer members


@pytest.mark.parametrize("name", ["x y", "", "a+b", "a\u200bb"])
def test_a_name_that_cannot_be_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    with pytest.raises(TallyError, match=r"^bad_change:"):
        node(tmp_path / "n", name)
    assert not (tmp_path / "n").exists()
    node(tmp_path / "n", "fine")


def test_settings_that_cannot_be_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match=r"^bad_change:"):
        node(tmp_path / "n", "fine", url="ftp://x")
    assert not (tmp_path / "n").exists()


def test_questions_may_go_to_a_proxy(tmp_path: Path) -> None:
    one = node(tmp_path / "n", "fine", url="https://node.example")
    assert one.own_member().url == "https://node.example"


def test_a_vote_that_changes_nothing_is_none() -> None:
    member = Institution("A").member()
    members = checked(Members(1, (member, Institution("B").member())))
    with pytest.raises(TallyError, match=r"^bad_change:"):
        changed(members, {"kind": "replace", "member": member.to_json()})


def test_replicas_of_two_chains_are_not_compared(tmp_path: Path) -> None:
    members = checked(Members(1, (Institution("A").member(),)))
    for chain in ("one", "two"):
        (tmp_path / chain).mkdir()
        genesis = Genesis(chain, members, Params())
        state = Stored(chain, 1, NOW, genesis.values()).encode()
        (tmp_path / chain / "state").write_bytes(state)
    assert compare(tmp_path / "one", tmp_path / "one")["same"]
    with pytest.raises(TallyError, match=r"^other_chains:"):
        compare(tmp_path / "one", tmp_path / "two")
