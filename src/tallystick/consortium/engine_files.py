"""The files CometBFT starts from: its settings, its genesis, its keys.

Owns their content; nothing is written here. The settings are those measured to carry batches of a
thousand commitments between four nodes (docs/adr/0025-cometbft.md says which default fails and
why); what is not named keeps the engine's default.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from tallystick.consortium.stored import Genesis
from tallystick.kernel.signing import SigningKey

BLOCK_BYTES_MAX = 4 << 20
TRANSACTION_BYTES_MAX = 1 << 20
MEMPOOL_TRANSACTIONS_MAX = 20_000
MEMPOOL_BYTES_MAX = 16 << 20
RPC_BODY_BYTES_MAX = 4 << 20  # a transaction in base64, with room
EVIDENCE_AGE_S_MAX = 14 * 24 * 3600  # how long a validator can be held to what it signed
HEARTBEAT_S = 30  # a block without transactions so often, so that a member who is missing is seen
ADDRESS_BYTES = 20


class Listening(NamedTuple):
    """Where an engine listens and whom it dials.

    p2p, rpc: host:port. application: an address of the ABCI server. peers: id@host:port each.
    """

    p2p: str
    rpc: str
    application: str
    peers: Sequence[str]


class StateSync(NamedTuple):
    """From whom an empty replica takes a snapshot, and the block that is trusted beforehand."""

    servers: Sequence[str]
    height: int
    header_hash: str


def node_id(key: SigningKey) -> str:
    """Return what a node key is called among peers: 20 bytes in hex."""
    return sha256(key.verifier.public).digest()[:ADDRESS_BYTES].hex()


def config(
    name: str, listening: Listening, sync: StateSync | None = None, **changes: Mapping[str, Any]
) -> str:
    """Return config.toml. changes: settings of a section in place of ours, by its name."""
    sections = _sections(name, listening)
    if sync is not None:
        sections["statesync"] = {
            "enable": True,
            "rpc_servers": ",".join(sync.servers),
            "trust_height": sync.height,
            "trust_hash": sync.header_hash,
            "trust_period": f"{EVIDENCE_AGE_S_MAX * 2 // 3 // 3600}h0m0s",
            "discovery_time": "5s",
            "chunk_request_timeout": "10s",
        }
    for section, named in changes.items():
        sections.setdefault(section, {}).update(named)
    lines = []
    for section, named in sections.items():
        if section:
            lines.append(f"\n[{section}]")
        lines += [f"{key} = {_toml(value)}" for key, value in named.items()]
    return "\n".join(lines) + "\n"


def _sections(name: str, listening: Listening) -> dict[str, dict[str, Any]]:
    """Return our settings, by section."""
    return {
        "": {
            "proxy_app": listening.application,
            "moniker": name,
            "abci": "socket",
            "log_level": "consensus:info,state:info,*:error",
        },
        "rpc": {
            "laddr": f"tcp://{listening.rpc}",
            "max_body_bytes": RPC_BODY_BYTES_MAX,
            "pprof_laddr": "",
        },
        "p2p": {
            "laddr": f"tcp://{listening.p2p}",
            "persistent_peers": ",".join(listening.peers),
            "addr_book_strict": False,
            "allow_duplicate_ip": True,
            "pex": False,
            "flush_throttle_timeout": "10ms",
            "max_packet_msg_payload_size": 16384,
            "send_rate": 50 << 20,
            "recv_rate": 50 << 20,
        },
        "mempool": {
            "size": MEMPOOL_TRANSACTIONS_MAX,
            "cache_size": 2 * MEMPOOL_TRANSACTIONS_MAX,
            "max_txs_bytes": MEMPOOL_BYTES_MAX,
            "max_tx_bytes": TRANSACTION_BYTES_MAX,
        },
        "consensus": {
            "timeout_propose": "1s",
            "timeout_propose_delta": "250ms",
            "timeout_prevote": "300ms",
            "timeout_precommit": "300ms",
            "timeout_commit": "200ms",
            "peer_gossip_sleep_duration": "10ms",
            "create_empty_blocks": False,
            "create_empty_blocks_interval": f"{HEARTBEAT_S}s",
        },
        "storage": {"discard_abci_responses": True},
        "tx_index": {"indexer": "null"},
        "instrumentation": {"prometheus": False},
    }


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def genesis_file(genesis: Genesis, time: int) -> bytes:
    """Return genesis.json: the same bytes for the same members. time: seconds since 1970."""
    validators = [
        {
            "address": member.address.upper(),
            "pub_key": {
                "type": "tendermint/PubKeyEd25519",
                "value": base64.b64encode(bytes.fromhex(member.validator)).decode(),
            },
            "power": str(member.power),
            "name": member.name,
        }
        for member in genesis.members.listed
        if member.power
    ]
    document = {
        "genesis_time": datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "chain_id": genesis.chain,
        "initial_height": "1",
        "consensus_params": {
            "block": {"max_bytes": str(BLOCK_BYTES_MAX), "max_gas": "-1"},
            "evidence": {
                "max_age_num_blocks": "1000000",
                "max_age_duration": str(EVIDENCE_AGE_S_MAX * 10**9),
                "max_bytes": "1048576",
            },
            "validator": {"pub_key_types": ["ed25519"]},
            "version": {"app": "1"},
            "abci": {"vote_extensions_enable_height": "0"},
        },
        "validators": validators,
        "app_hash": "",
        "app_state": genesis.to_json(),
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def validator_key_file(key: SigningKey) -> bytes:
    """Return priv_validator_key.json."""
    public = key.verifier.public
    document = {
        "address": sha256(public).digest()[:ADDRESS_BYTES].hex().upper(),
        "pub_key": _typed("tendermint/PubKeyEd25519", public),
        "priv_key": _typed("tendermint/PrivKeyEd25519", key.seed + public),
    }
    return json.dumps(document, indent=1).encode()


def validator_state_file() -> bytes:
    """Return priv_validator_state.json of a validator that has signed nothing yet."""
    return json.dumps({"height": "0", "round": 0, "step": 0}).encode()


def node_key_file(key: SigningKey) -> bytes:
    """Return node_key.json."""
    secret = key.seed + key.verifier.public
    return json.dumps({"priv_key": _typed("tendermint/PrivKeyEd25519", secret)}).encode()


def _typed(kind: str, value: bytes) -> dict[str, str]:
    return {"type": kind, "value": base64.b64encode(value).decode()}
