from __future__ import annotations

import itertools
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallystick.app.network.files import (
    MemberFile,
    fingerprint,
    found_network,
    genesis_in,
    read_member_file,
    read_network_file,
)
from tallystick.app.network.folder import NodeFolder, NodeSettings
from tallystick.app.network.membership import found, join
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.testing.institutions import Institution, seed_of

NOW = 1_800_000_000


def node(folder: Path, name: str, port: int = 26656, **more: Any) -> NodeFolder:
    made = NodeFolder(folder / name)
    made.create(NodeSettings(name, "127.0.0.1", port, port + 1, **more), NOW)
    return made


@pytest.fixture
def founders(tmp_path: Path) -> list[NodeFolder]:
    return [node(tmp_path, name, 26600 + 10 * n) for n, name in enumerate("ABCD")]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- what is secret --------------------------------------------------------------------------------


def test_what_is_secret_is_its_owners_alone(founders: list[NodeFolder]) -> None:
    a = founders[0]
    a.take_genesis(found_network([read_member_file(one.member_file) for one in founders]))
    a.rotate_validator(NOW)
    a.write_engine()
    assert mode_of(a.folder / "keys") == 0o700
    for part in ("config", "data"):
        assert mode_of(a.engine / part) == 0o700
    secret = [*(a.folder / "keys").iterdir(), *a.engine.rglob("*")]
    for file in secret:
        if file.is_file():
            assert mode_of(file) == 0o600, file
    assert len(list((a.folder / "keys").iterdir())) == 5


def test_no_secret_stands_in_what_is_handed_over(founders: list[NodeFolder]) -> None:
    a = founders[0]
    a.take_genesis(found_network([read_member_file(one.member_file) for one in founders]))
    shown = a.member_file.read_bytes() + a.export() + a.genesis_file.read_bytes()
    shown += (a.folder / "node.json").read_bytes()
    for role in ("member", "cosigner", "validator", "node"):
        assert a.seed(role).hex().encode() not in shown


def test_each_key_is_another_and_each_node_has_its_own(founders: list[NodeFolder]) -> None:
    roles = ("member", "cosigner", "validator", "node")
    seeds = {one.seed(role) for one in founders for role in roles}
    assert len(seeds) == len(founders) * len(roles)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "A"
    folder.mkdir()
    (folder / "mine").write_text("x")
    with pytest.raises(TallyError, match=r"^node_there"):
        node(tmp_path, "A")
    assert [one.name for one in folder.iterdir()] == ["mine"]


def test_settings_that_no_engine_could_start_from_are_refused(tmp_path: Path) -> None:
    for place, settings in enumerate(
        (
            NodeSettings("A", "no host", 26656, 26657),
            NodeSettings("A", "::1", 26656, 26657),
            NodeSettings("A", "127.0.0.1", 0, 26657),
            NodeSettings("A", "127.0.0.1", 70_000, 26657),
            NodeSettings("A B", "127.0.0.1", 26656, 26657),
            NodeSettings("A", "127.0.0.1", 26656, 26657, power=-1),
        )
    ):
        with pytest.raises(TallyError, match=r"^bad_(change|key_text)"):
            NodeFolder(tmp_path / str(place)).create(settings, NOW)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"name":"A"}', b"\xff", b"5"])
def test_a_folder_without_settings_is_no_node(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(TallyError, match=r"^not_a_node"):
        _ = NodeFolder(tmp_path).settings
    (tmp_path / "node.json").write_bytes(data)
    with pytest.raises(TallyError, match=r"^not_a_node"):
        _ = NodeFolder(tmp_path).settings


def test_a_key_that_is_gone_or_spoiled_is_told(founders: list[NodeFolder]) -> None:
    file = founders[0].folder / "keys" / "member"
    for data in ("zz", ""):
        file.write_text(data)
        with pytest.raises(TallyError, match=r"^no_member_key"):
            founders[0].member_key()
    file.unlink()
    with pytest.raises(TallyError, match=r"^no_member_key"):
        founders[0].member_key()


def test_the_socket_is_where_the_system_can_make_one(tmp_path: Path) -> None:
    short, deep = NodeFolder(tmp_path), NodeFolder(tmp_path / ("x" * 120))
    other = NodeFolder(tmp_path / ("y" * 120))
    assert len(str(deep.socket)) < 100
    assert deep.socket != other.socket
    assert short.socket.name


# -- the member file -------------------------------------------------------------------------------


def test_a_member_file_reads_back(founders: list[NodeFolder]) -> None:
    told = read_member_file(founders[0].member_file)
    assert told == MemberFile(founders[0].own_member(), NOW)


def refused(file: Path) -> None:
    with pytest.raises(TallyError) as fault:
        read_member_file(file)
    assert fault.value.code == "bad_member_file"
    assert fault.value.text.zh


def test_a_byte_of_a_member_file_changed_cut_off_or_added_is_refused(
    founders: list[NodeFolder], tmp_path: Path
) -> None:
    data, file = founders[0].member_file.read_bytes(), tmp_path / "x.member"
    for at in range(len(data) - 1):
        file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        refused(file)
    for cut in range(0, len(data) - 1, 7):
        file.write_bytes(data[:cut])
        refused(file)
    for more in (b" ", b"\n", b"x", b"{}"):
        file.write_bytes(data + more)
        refused(file)
    refused(tmp_path / "none.member")


def signed(told: dict[str, Any], key: SigningKey) -> bytes:
    said = {name: value for name, value in told.items() if name != "signature"}
    signature = key.sign(b"tallystick/member/v1\n" + canonical.encode(said))
    return canonical.encode({**said, "signature": signature.hex()}) + b"\n"


CHANGES: list[Callable[[dict[str, Any]], object]] = [
    lambda d: d.update(more=1),
    lambda d: d.pop("made_at"),
    lambda d: d.update(format=2),
    lambda d: d.update(made_at="1"),
    lambda d: d.update(made_at=-1),
    lambda d: d.update(made_at=True),
    lambda d: d.update(made_at=2**53 - 1),
    lambda d: d.update(member=None),
    lambda d: d["member"].update(power=10**7),
    lambda d: d["member"].update(node="somewhere"),
    lambda d: d["member"].update(key=Institution("Z").key.verifier.text()),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_its_own_key_signed_has_to_be_right_as_well(
    founders: list[NodeFolder], tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    document = canonical.decode(founders[0].member_file.read_bytes().strip())
    change(document)
    file = tmp_path / "x.member"
    file.write_bytes(signed(document, founders[0].member_key()))
    refused(file)


def test_a_member_file_another_signed_is_refused(
    founders: list[NodeFolder], tmp_path: Path
) -> None:
    document = canonical.decode(founders[0].member_file.read_bytes().strip())
    file = tmp_path / "x.member"
    file.write_bytes(signed(document, SigningKey("A/member", seed_of("thief"))))
    refused(file)
    file.write_bytes(signed(document, founders[0].member_key()))
    assert read_member_file(file).member.name == "A"


def test_a_fingerprint_is_short_and_of_all_bytes(founders: list[NodeFolder]) -> None:
    data = founders[0].member_file.read_bytes()
    assert len(fingerprint(data).split(" ")) == 4
    assert fingerprint(data) != fingerprint(data + b"\n")


# -- founding --------------------------------------------------------------------------------------


def test_the_same_founders_in_any_order_give_the_same_genesis(founders: list[NodeFolder]) -> None:
    files = [read_member_file(one.member_file) for one in founders]
    made = {found_network(order) for order in itertools.permutations(files)}
    assert len(made) == 1
    [data] = made
    assert genesis_in(data).chain.startswith("tally-")
    assert found_network(files[:3]) != data
    assert genesis_in(found_network(files[:3])).chain != genesis_in(data).chain


def test_every_founder_settles_on_the_same_bytes(founders: list[NodeFolder]) -> None:
    files = [one.member_file for one in founders]
    told = [found(one, files[::-1] if n else files, "tally") for n, one in enumerate(founders)]
    assert len({one.genesis_file.read_bytes() for one in founders}) == 1
    assert len({one["fingerprint"] for one in told}) == 1
    without_own = found(founders[0], files[1:], "tally")
    assert without_own["fingerprint"] == told[0]["fingerprint"]
    assert founders[0].members() == founders[1].members()


def test_two_files_of_one_founder_are_refused_whatever_their_order(
    founders: list[NodeFolder], tmp_path: Path
) -> None:
    """Else the genesis would follow from the order in which somebody named the files."""
    older = tmp_path / "older.member"
    older.write_bytes(founders[1].member_file.read_bytes())
    founders[1].write_member(NOW + 1)
    newer = founders[1].member_file
    for files in ([older, newer], [newer, older]):
        with pytest.raises(TallyError, match=r"^bad_member_file"):
            found(founders[0], files, "tally")
    assert not founders[0].genesis_file.exists()
    assert found(founders[0], [newer, newer], "tally")["members"] == ["A", "B"]


def test_a_file_of_ones_own_that_is_not_the_one_here_is_refused(
    founders: list[NodeFolder], tmp_path: Path
) -> None:
    older = tmp_path / "older.member"
    older.write_bytes(founders[0].member_file.read_bytes())
    founders[0].write_member(NOW + 1)
    with pytest.raises(TallyError, match=r"^bad_member_file"):
        found(founders[0], [older, founders[1].member_file], "tally")


def test_founders_who_share_a_key_found_nothing(founders: list[NodeFolder]) -> None:
    (founders[1].folder / "keys/validator").write_text(founders[0].seed("validator").hex())
    founders[1].write_member(NOW)
    with pytest.raises(TallyError, match=r"^bad_change"):
        found(founders[0], [founders[1].member_file], "tally")


def test_a_node_before_its_founding_says_so(founders: list[NodeFolder]) -> None:
    for ask in (founders[0].genesis, founders[0].members, founders[0].write_engine):
        with pytest.raises(TallyError, match=r"^not_accepted_yet"):
            ask()


# -- joining ---------------------------------------------------------------------------------------


def test_who_joins_has_the_genesis_and_dials_who_is_there(
    founders: list[NodeFolder], tmp_path: Path
) -> None:
    found(founders[0], [one.member_file for one in founders], "tally")
    file = tmp_path / "x.network"
    file.write_bytes(founders[0].export())
    joining = node(tmp_path, "E", 26700)
    told = join(joining, file)
    assert told["members"] == list("ABCD")
    assert joining.genesis_file.read_bytes() == founders[0].genesis_file.read_bytes()
    assert [one.node for one in joining.members().listed] == [
        one.own_member().node for one in founders
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("genesis"),
        lambda d: d.update(genesis=5),
        lambda d: d.update(genesis="{}"),
        lambda d: d.update(genesis="[]"),
        lambda d: d.update(genesis=d["genesis"].replace('"chain_id"', '"chain"')),
        lambda d: d.update(genesis=d["genesis"].replace('"power": 10', '"power": "10"')),
        lambda d: d.update(members=[]),
        lambda d: d.update(members=[5]),
        lambda d: d.update(members=5),
        lambda d: d.update(members=d["members"] * 2),
        lambda d: d["members"][0].update(node="x"),
    ],
)
def test_a_network_file_that_does_not_hold_is_refused(
    founders: list[NodeFolder], tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    found(founders[0], [one.member_file for one in founders], "tally")
    document = json.loads(founders[0].export())
    change(document)
    file = tmp_path / "x.network"
    file.write_bytes(canonical.encode(document) + b"\n")
    with pytest.raises(TallyError, match=r"^bad_network_file"):
        read_network_file(file)
    joining = node(tmp_path, "E", 26700)
    with pytest.raises(TallyError, match=r"^bad_network_file"):
        join(joining, file)
    assert not joining.genesis_file.exists()


# -- what the engine starts from -------------------------------------------------------------------


def test_what_a_validator_signed_before_is_never_forgotten(founders: list[NodeFolder]) -> None:
    """Were the file made anew at a start, the validator could sign twice."""
    a = founders[0]
    found(a, [one.member_file for one in founders], "tally")
    a.write_engine()
    state = a.engine / "data/priv_validator_state.json"
    state.write_text('{"height": "77", "round": 0, "step": 3}')
    a.write_engine()
    assert "77" in state.read_text()


def test_a_new_consensus_key_waits_until_it_is_accepted(founders: list[NodeFolder]) -> None:
    a = founders[0]
    found(a, [one.member_file for one in founders], "tally")
    in_force = a.validator()
    told = a.rotate_validator(NOW)
    assert told.member.validator == a.validator().verifier.public.hex()
    assert a.validator() != in_force
    assert a.consensus_key() == in_force


def test_a_key_in_force_is_not_lost_by_making_new_ones_over_and_over(
    founders: list[NodeFolder],
) -> None:
    """As who tries again after a vote that did not come to its end."""
    a = founders[0]
    found(a, [one.member_file for one in founders], "tally")
    in_force = a.validator()
    for _ in range(3):
        a.rotate_validator(NOW)
        assert a.consensus_key() == in_force
