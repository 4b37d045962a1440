"""Blocks for tests: those of a real chain, and made ones that anything can be wrong with."""

from __future__ import annotations

import base64
import datetime
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.consortium.commits import ABSENT, FOR_BLOCK, ONE_THIRD, Commit, TrustLevel, Vote
from tallystick.consortium.headers import BlockID, Header, Validator, ValidatorSet
from tallystick.consortium.light import (
    ChainTrust,
    LightBlock,
    light_block_from_rpc,
    start,
)
from tallystick.consortium.wire import NANOS, NO_TIME
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.signing import SigningKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DATA = Path(__file__).with_name("data")
REAL_CHAIN = "vectors-1"
REAL_HEIGHTS = range(1, 13)
CHAIN = "made-1"
EPOCH = 1_800_000_000 * NANOS  # the time of height 0 of a made chain
BLOCK_S = 10
PERIOD_S = 14 * 24 * 60 * 60
BASE = 10  # the height that is trusted
NOW = EPOCH + 1000 * BLOCK_S * NANOS
POWERS = {1: 4, 2: 4, 3: 2, 4: 2}  # of key number: exactly 2/3 and exactly 1/3 can be had


def refused(reason: Reason, call: Callable[..., object], *args: object, **named: object) -> None:
    with pytest.raises(TallyError) as refusal:
        call(*args, **named)
    assert refusal.value.reason is reason, refusal.value
    assert refusal.value.text.zh
    assert refusal.value.text.en


# -- the real chain ------------------------------------------------------------------------------


def answers(height: int) -> tuple[bytes, bytes]:
    """Return what the node answered to /commit and to /validators."""
    commit, validators = (DATA / f"{name}-{height}.json" for name in ("commit", "validators"))
    return commit.read_bytes(), validators.read_bytes()


@cache
def real(height: int) -> LightBlock:
    commit, validators = answers(height)
    return light_block_from_rpc(commit, [validators])


# -- made chains ---------------------------------------------------------------------------------


@cache
def key(number: int) -> SigningKey:
    return SigningKey(f"validator-{number}", bytes([number]) * 32)


@cache
def numbers() -> dict[bytes, int]:
    """Return the number of each key, by its public half."""
    return {key(number).verifier.public: number for number in range(1, 40)}


def set_of(powers: Mapping[int, int]) -> ValidatorSet:
    """Return the validators with these keys and powers, in the order of a chain."""
    validators = [Validator(key(number).verifier.public, power) for number, power in powers.items()]
    return ValidatorSet(tuple(sorted(validators, key=lambda v: (-v.power, v.address))))


def header(
    height: int,
    powers: Mapping[int, int] | None = None,
    following: Mapping[int, int] | None = None,
    **changes: Any,
) -> Header:
    """Return a header at a height, which differs from all others of a chain in `changes` only."""
    mark = height.to_bytes(32, "big")
    validators = set_of(powers or POWERS)
    made: dict[str, Any] = {
        "version_block": 11,
        "version_app": 3,
        "chain_id": CHAIN,
        "height": height,
        "time": EPOCH + height * BLOCK_S * NANOS + 7,
        "last_block_id": BlockID(mark, 1, mark),
        "last_commit_hash": mark,
        "data_hash": mark,
        "validators_hash": validators.hash(),
        "next_validators_hash": set_of(following or powers or POWERS).hash(),
        "consensus_hash": mark,
        "app_hash": mark,
        "last_results_hash": mark,
        "evidence_hash": mark,
        "proposer_address": validators.validators[0].address,
    }
    return Header(**{**made, **changes})


def signed(made: Commit, place: int, validator: Validator, chain_id: str = CHAIN) -> Vote:
    """Return the vote of a place of a commit as this validator signs it."""
    vote = replace(made.votes[place], address=validator.address)
    signer = key(numbers()[validator.public])
    return replace(vote, signature=signer.sign(made.sign_bytes(chain_id, vote)))


def commit(
    voted: Header,
    validators: ValidatorSet,
    flags: Mapping[int, int] | None = None,
    **changes: Any,
) -> Commit:
    """Return the commit for a header. flags: what keys say, by their number, if not FOR_BLOCK."""
    block_id = BlockID(voted.hash(), 1, bytes(range(32)))
    said = [
        (flags or {}).get(numbers()[validator.public], FOR_BLOCK)
        for validator in validators.validators
    ]
    blank = bytes(64)
    votes = tuple(
        Vote(ABSENT) if flag == ABSENT else Vote(flag, v.address, voted.time + 1 + i, blank)
        for i, (flag, v) in enumerate(zip(said, validators.validators, strict=True))
    )
    made = replace(Commit(voted.height, 1, block_id, votes), **changes)
    places = range(len(made.votes))
    return replace(
        made,
        votes=tuple(
            made.votes[i]
            if made.votes[i].flag == ABSENT
            else signed(made, i, validators.validators[i], voted.chain_id)
            for i in places
        ),
    )


def block(
    height: int,
    powers: Mapping[int, int] | None = None,
    following: Mapping[int, int] | None = None,
    flags: Mapping[int, int] | None = None,
    **changes: Any,
) -> LightBlock:
    """Return a block at a height, signed by all of `powers` but as `flags` says."""
    made = header(height, powers, following, **changes)
    validators = set_of(powers or POWERS)
    return LightBlock(made, commit(made, validators, flags), validators)


def only(*signers: int) -> dict[int, int]:
    """Return flags by which of the 39 keys only these vote for the block."""
    return {number: ABSENT for number in range(1, 40) if number not in signers}


def trusted(
    height: int = BASE,
    powers: Mapping[int, int] | None = None,
    following: Mapping[int, int] | None = None,
    level: TrustLevel = ONE_THIRD,
) -> ChainTrust:
    made = block(height, powers, following)
    return start(
        CHAIN, made.header.hash(), made, NOW, trusting_period_s=PERIOD_S, trust_level=level
    )


# -- the notation of the RPC ---------------------------------------------------------------------


def rpc_time(time: int) -> str:
    if time == NO_TIME:
        return "0001-01-01T00:00:00Z"
    seconds, nanos = divmod(time, NANOS)
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    fraction = f".{nanos:09}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def in_rpc(value: Any, key: str = "") -> Any:
    """Turn a document of ours into the notation of the RPC."""
    if key in {"time", "timestamp"}:
        return rpc_time(value[0] * NANOS + value[1])
    if key == "signature":
        return base64.b64encode(bytes.fromhex(value)).decode() or None
    if isinstance(value, dict):
        return {name: in_rpc(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [in_rpc(member) for member in value]
    if key in {"height", "block", "app"}:
        return str(value)
    return value.upper() if isinstance(value, str) and key != "chain_id" else value


def rpc_answers(made: LightBlock) -> tuple[bytes, bytes]:
    """Return what a node would answer to /commit and to /validators."""
    signed_header = {
        "header": in_rpc(made.header.document()),
        "commit": in_rpc(made.commit.document()),
    }
    validators = [
        {
            "address": validator.address.hex().upper(),
            "pub_key": {
                "type": "tendermint/PubKeyEd25519",
                "value": base64.b64encode(validator.public).decode(),
            },
            "voting_power": str(validator.power),
            "proposer_priority": "0",
        }
        for validator in made.validators.validators
    ]
    count = str(len(validators))
    page = {
        "block_height": str(made.header.height),
        "validators": validators,
        "count": count,
        "total": count,
    }
    return _answer({"signed_header": signed_header, "canonical": True}), _answer(page)


def _answer(result: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": -1, "result": result}).encode()
