"""The folder of a node.

Owns its files, the keys in it, and what the engine starts from:

    node.json           name, addresses, settings
    NAME.member         this institution's own member file
    genesis.json        of the chain, once the founders are settled
    joined.network      the network file it joined by, if it is no founder
    keys/               member, cosigner, validator, node: secret seeds
    engine/             the home of CometBFT, written anew at each start but for its data
    replica/            the replicated ledger
    run/                lock, socket and journals of what runs
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from tallystick.app.network.files import FORMAT, MemberFile, genesis_in, read_network_file
from tallystick.app.network.reasons import (
    NO_MEMBER_KEY,
    NODE_THERE,
    NOT_A_NODE,
    NOT_ACCEPTED_YET,
)
from tallystick.consortium.engine_files import (
    Listening,
    StateSync,
    config,
    node_id,
    node_key_file,
    validator_key_file,
    validator_state_file,
)
from tallystick.consortium.members import (
    Member,
    Members,
    check_name,
    read_member,
    read_members,
)
from tallystick.consortium.state import MEMBERS
from tallystick.consortium.stored import Genesis, Stored, read_stored
from tallystick.kernel import canonical
from tallystick.kernel.disk import FileDisk, make_folders
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import KEY_BYTES, CosignerKey, SigningKey

POWER = 10
SNAPSHOT_BLOCKS = 1000
JOINED = "joined.network"
SOCKET_PATH_MAX = 100  # the system takes 107 bytes
P2P_PORT, RPC_PORT = 26656, 26657
KEYS = ("member", "cosigner", "validator", "node")


@dataclass(frozen=True)
class NodeSettings:
    """What node.json says. Ports and hosts; blocks between snapshots; blocks kept, 0 for all."""

    name: str
    host: str
    p2p_port: int
    rpc_port: int
    power: int = POWER
    snapshot_blocks: int = SNAPSHOT_BLOCKS
    retain_blocks: int = 0
    url: str = ""  # of the RPC, as others ask it: through a proxy that speaks TLS
    peers: tuple[str, ...] = ()  # in place of the members' own addresses, where one is given

    @property
    def listen(self) -> str:
        """The address to listen on: this machine alone where the host is this machine."""
        return self.host if self.host in {"127.0.0.1", "localhost", "::1"} else "0.0.0.0"  # noqa: S104


class NodeFolder:
    """The folder of one node."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.disk = FileDisk()

    # -- reading ------------------------------------------------------------------------------

    @property
    def settings(self) -> NodeSettings:
        """What node.json says. Raises: NOT_A_NODE."""
        try:
            document = canonical.decode((self.folder / "node.json").read_bytes().strip())
            document["peers"] = tuple(document.get("peers", ()))
            return NodeSettings(**document)
        except (OSError, TypeError, KeyError, AttributeError, TallyError):
            raise NOT_A_NODE.error(folder=self.folder) from None

    @property
    def name(self) -> str:
        """The name of the member."""
        return self.settings.name

    @property
    def member_file(self) -> Path:
        """This institution's own member file."""
        return self.folder / f"{self.name}.member"

    @property
    def genesis_file(self) -> Path:
        """The genesis of the chain."""
        return self.folder / "genesis.json"

    @property
    def replica(self) -> Path:
        """The folder of the replica."""
        return self.folder / "replica"

    @property
    def engine(self) -> Path:
        """The home of the engine."""
        return self.folder / "engine"

    @property
    def run(self) -> Path:
        """Lock, socket and journals."""
        return self.folder / "run"

    @property
    def url(self) -> str:
        """The RPC of this node, asked from this machine."""
        settings = self.settings
        host = settings.host if settings.listen != "0.0.0.0" else "127.0.0.1"  # noqa: S104
        return f"http://{host}:{settings.rpc_port}"

    @property
    def socket(self) -> Path:
        """Where the application listens; elsewhere where the path would be too long."""
        path = self.run / "application.sock"
        if len(os.fsencode(path.absolute())) <= SOCKET_PATH_MAX:
            return path.absolute()
        digest = sha256(os.fsencode(path.absolute())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tally-{digest}.sock"

    def seed(self, role: str) -> bytes:
        """Return a secret seed. Raises: NO_MEMBER_KEY."""
        try:
            seed = bytes.fromhex((self.folder / "keys" / role).read_text().strip())
        except (OSError, ValueError):
            seed = b""
        if len(seed) != KEY_BYTES:
            raise NO_MEMBER_KEY.error(folder=self.folder)
        return seed

    def member_key(self) -> SigningKey:
        """Return the key this institution votes with. Raises: NO_MEMBER_KEY."""
        return SigningKey(f"{self.name}/member", self.seed("member"))

    def cosigner(self) -> CosignerKey:
        """Return the key this node cosigns with."""
        return CosignerKey(f"{self.name}/cosigner", self.seed("cosigner"))

    def validator(self) -> SigningKey:
        """Return the consensus key."""
        return SigningKey(self.name, self.seed("validator"))

    def genesis(self) -> Genesis:
        """Return the genesis of the chain. Raises: NOT_ACCEPTED_YET, BAD_NETWORK_FILE."""
        try:
            return genesis_in(self.genesis_file.read_bytes())
        except OSError:
            raise NOT_ACCEPTED_YET.error(name=self.name) from None

    def stored(self) -> Stored | None:
        """Return the newest committed state of the replica, None before the first block."""
        file = self.replica / "state"
        return read_stored(file.read_bytes()) if file.exists() else None

    def members(self) -> Members:
        """Return the members as this node knows them.

        Those of its state; of the network file it joined by, before it has one; of the genesis.
        """
        stored = self.stored()
        if stored:
            return read_members(stored.values[MEMBERS])
        file = self.folder / JOINED
        return read_network_file(file)[1] if file.exists() else self.genesis().members

    # -- writing ------------------------------------------------------------------------------

    def create(self, settings: NodeSettings, now: int) -> MemberFile:
        """Make the folder, its keys and its member file. Raises: NODE_THERE, BAD_CHANGE."""
        if self.folder.exists() and any(self.folder.iterdir()):
            raise NODE_THERE.error(folder=self.folder)
        check_name(settings.name)
        make_folders(self.folder / "keys", 0o700)
        for role in KEYS:
            self._write_seed(role)
        self.write_settings(settings)
        try:
            return self.write_member(now)
        except TallyError:
            shutil.rmtree(self.folder)  # else what was wrong could not be said better
            raise

    def _write_seed(self, role: str) -> None:
        self.disk.replace(self.folder / "keys" / role, secrets.token_hex(32).encode(), 0o600)

    def write_settings(self, settings: NodeSettings) -> None:
        """Write node.json."""
        document = {**settings.__dict__, "peers": list(settings.peers)}
        self.disk.replace(self.folder / "node.json", canonical.encode(document) + b"\n")

    def own_member(self) -> Member:
        """Return what this node's keys and settings say of its institution."""
        settings = self.settings
        node = SigningKey("node", self.seed("node"))
        return Member(
            settings.name,
            self.validator().verifier.public.hex(),
            settings.power,
            self.member_key().verifier.text(),
            self.cosigner().verifier.text(),
            f"{node_id(node)}@{settings.host}:{settings.p2p_port}",
            settings.url or f"http://{settings.host}:{settings.rpc_port}",
        )

    def write_member(self, now: int) -> MemberFile:
        """Write the member file anew."""
        told = MemberFile(read_member(self.own_member().to_json()), now)
        self.disk.replace(self.member_file, told.encode(self.member_key()))
        return told

    def new_validator_key(self) -> None:
        """Make another consensus key; the one in use stays with the engine until it is accepted."""
        self._write_seed("validator")

    def take_genesis(self, data: bytes) -> Genesis:
        """Keep the genesis of the chain. Raises: BAD_NETWORK_FILE."""
        genesis = genesis_in(data)
        self.disk.replace(self.genesis_file, data)
        return genesis

    def take_network(self, data: bytes) -> None:
        """Keep the network file this node joins by."""
        self.disk.replace(self.folder / JOINED, data)

    def write_engine(self, sync: StateSync | None = None) -> None:
        """Write what the engine starts from; its data stay. Raises: NOT_ACCEPTED_YET."""
        self.genesis()
        home = self.engine
        for part in ("config", "data"):
            (home / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        settings, own = self.settings, self.own_member()
        others = [one.node for one in self.members().listed if one.name != own.name]
        peers = settings.peers or tuple(others)
        listening = Listening(
            f"{settings.listen}:{settings.p2p_port}",
            f"{settings.listen}:{settings.rpc_port}",
            f"unix://{self.socket}",
            peers,
        )
        node = SigningKey("node", self.seed("node"))
        key = self.consensus_key()
        files = {
            "config/config.toml": config(own.name, listening, sync).encode(),
            "config/genesis.json": self.genesis_file.read_bytes(),
            "config/node_key.json": node_key_file(node),
            "config/priv_validator_key.json": validator_key_file(key),
        }
        for name, data in files.items():
            self.disk.replace(home / name, data, 0o600)
        state = home / "data/priv_validator_state.json"
        if not state.exists():
            self.disk.replace(state, validator_state_file(), 0o600)

    def consensus_key(self) -> SigningKey:
        """Return the key to sign blocks with: the newest, or the one before while that is in force.

        A new key counts only when the members accepted it; until then the old one signs.
        """
        newest = self.validator()
        before = self.folder / "keys" / "validator-before"
        if before.exists():
            listed = {one.validator for one in self.members().listed}
            old = SigningKey(self.name, bytes.fromhex(before.read_text().strip()))
            if old.verifier.public.hex() in listed:
                return old
        return newest

    def rotate_validator(self, now: int) -> MemberFile:
        """Make a new consensus key beside the one in force; return the new member file."""
        old = self.consensus_key().seed.hex().encode()  # not one that was never in force
        self.disk.replace(self.folder / "keys" / "validator-before", old, 0o600)
        self.new_validator_key()
        return self.write_member(now)

    def export(self) -> bytes:
        """Return the network file: genesis and members as of now."""
        document = {
            "format": FORMAT,
            "genesis": self.genesis_file.read_bytes().decode(),
            "members": [one.to_json() for one in self.members().listed],
        }
        return canonical.encode(document) + b"\n"


def with_peers(folder: NodeFolder, peers: Sequence[str]) -> None:
    """Let a node dial these addresses in place of those its members name."""
    folder.write_settings(replace(folder.settings, peers=tuple(peers)))
