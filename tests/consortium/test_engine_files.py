from __future__ import annotations

import base64
import json
import tomllib
from hashlib import sha256

import pytest

from tallystick.consortium.engine_files import (
    Listening,
    StateSync,
    config,
    genesis_file,
    node_id,
    node_key_file,
    validator_key_file,
    validator_state_file,
)
from tallystick.consortium.stored import Genesis, read_genesis
from tallystick.consortium.transactions import TRANSACTION_BYTES_MAX
from tallystick.kernel.signing import SigningKey
from tallystick.testing.institutions import Institution, genesis_of, seed_of

LISTENING = Listening("0.0.0.0:26656", "127.0.0.1:26657", "unix:///x/y", ["a@b:1", "c@d:2"])
TIME = 1_800_000_000


def genesis() -> Genesis:
    return genesis_of([Institution(name) for name in "BADC"])


@pytest.mark.parametrize(
    "name", ["A", "信用协会", '"', "\\", "a'b", "𠮷田", '"\nlog_level = "debug', "x\ty"]
)
def test_settings_are_toml_whatever_a_member_is_called(name: str) -> None:
    read = tomllib.loads(config(name, LISTENING._replace(application=f"unix:///{name}")))
    assert read["moniker"] == name
    assert read["proxy_app"] == f"unix:///{name}"
    assert read["log_level"] == "consensus:info,state:info,*:error"
    assert read["p2p"]["persistent_peers"] == "a@b:1,c@d:2"


def test_the_settings_hold_what_the_ledger_needs() -> None:
    read = tomllib.loads(config("A", LISTENING))
    assert read["mempool"]["max_tx_bytes"] == TRANSACTION_BYTES_MAX
    assert read["rpc"]["max_body_bytes"] > TRANSACTION_BYTES_MAX * 4 // 3
    assert read["p2p"]["pex"] is False, "nobody but members is dialed"
    assert read["rpc"]["pprof_laddr"] == ""
    assert "statesync" not in read


def test_a_snapshot_is_taken_from_a_block_that_is_trusted() -> None:
    sync = StateSync(["http://a:1", "http://b:2"], 7, "AB" * 32)
    read = tomllib.loads(config("A", LISTENING, sync))["statesync"]
    assert read["enable"] is True
    assert (read["trust_height"], read["trust_hash"]) == (7, "AB" * 32)
    assert read["rpc_servers"] == "http://a:1,http://b:2"


def test_settings_can_be_changed_by_section() -> None:
    read = tomllib.loads(config("A", LISTENING, None, p2p={"pex": True}, new={"a": 1}))
    assert read["p2p"]["pex"] is True
    assert read["p2p"]["addr_book_strict"] is False
    assert read["new"] == {"a": 1}


def test_the_genesis_is_the_same_bytes_for_the_same_members() -> None:
    one = genesis_file(genesis(), TIME)
    assert one == genesis_file(genesis_of([Institution(name) for name in "ABCD"]), TIME)
    assert one != genesis_file(genesis(), TIME + 1)
    read = json.loads(one)
    assert read["genesis_time"] == "2027-01-15T08:00:00Z"
    assert [one["name"] for one in read["validators"]] == ["A", "B", "C", "D"]
    assert read_genesis(read["chain_id"], read["app_state"]) == genesis()


def test_an_observer_is_no_validator_of_the_genesis() -> None:
    made = genesis()
    listed = [made.members.listed[0]._replace(power=0), *made.members.listed[1:]]
    members = made.members._replace(listed=tuple(listed))
    read = json.loads(genesis_file(Genesis("c", members, made.params), TIME))
    assert [one["name"] for one in read["validators"]] == ["B", "C", "D"]
    assert len(read["app_state"]["members"]) == 4


def test_keys_are_written_as_the_engine_reads_them() -> None:
    key = SigningKey("A", seed_of("x"))
    public = key.verifier.public
    read = json.loads(validator_key_file(key))
    assert base64.b64decode(read["priv_key"]["value"]) == key.seed + public
    assert base64.b64decode(read["pub_key"]["value"]) == public
    assert read["address"] == sha256(public).hexdigest()[:40].upper()
    node = json.loads(node_key_file(key))
    assert base64.b64decode(node["priv_key"]["value"]) == key.seed + public
    assert node_id(key) == read["address"].lower()
    assert json.loads(validator_state_file()) == {"height": "0", "round": 0, "step": 0}
