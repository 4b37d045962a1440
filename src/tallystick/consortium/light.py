"""A light client of a CometBFT chain: what is trusted of it, and how that moves on.

Owns `ChainTrust`, a document of one trusted header, and the pure functions that check a later
header against it by the rules of CometBFT's light client (light/verifier.go; ICS-007): `start`,
`update`, `misbehaviour`. Rules: trust is passed on only within the trusting period; to the next
height through the validators the trusted header names for it, further through more than the trust
level of the validators trusted, and always through more than two thirds of the header's own. Two
headers that cannot both be of one honest chain freeze the trust; frozen, it refuses everything.
Times are nanoseconds since 1970 and given by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tallystick.consortium import light_reasons as why
from tallystick.consortium.commits import (
    ONE_THIRD,
    Commit,
    TrustLevel,
    check_commit,
    check_commit_trusting,
    commit_from,
)
from tallystick.consortium.headers import (
    Header,
    ValidatorSet,
    check_chain_id,
    header_from,
    validators_from_rpc,
    validators_of,
)
from tallystick.consortium.wire import (
    NANOS,
    TIME_END,
    Fields,
    RpcFields,
    check_part,
    rpc_result,
    written_time,
)
from tallystick.kernel import canonical
from tallystick.kernel.canonical import INTEGER_MAX
from tallystick.kernel.merkle import HASH_BYTES

VERSION = 1
CLOCK_DRIFT_S = 10
SECONDS_MAX = 10**10  # a few centuries: no setting is longer


class LightBlock(NamedTuple):
    """A header, the votes for it, and the validators who could vote."""

    header: Header
    commit: Commit
    validators: ValidatorSet


def light_block_from_rpc(commit: bytes, validators: Sequence[bytes]) -> LightBlock:
    """Read the answers to /commit?height= and, page by page, to /validators?height=.

    Raises: BAD_CHAIN_DATA, BAD_VALIDATORS.
    """
    result = {"signed_header": rpc_result(commit).get("signed_header")}
    signed = Fields(result, ("signed_header",)).part("signed_header", ("header", "commit")).value
    return LightBlock(
        header_from(signed["header"], RpcFields),
        commit_from(signed["commit"], RpcFields),
        validators_from_rpc(validators),
    )


def write_light_block(block: LightBlock) -> bytes:
    """Return the canonical bytes of a block."""
    return canonical.encode({name: part.document() for name, part in block._asdict().items()})


def read_light_block(data: bytes) -> LightBlock:
    """Read canonical bytes. Raises: NOT_CANONICAL, BAD_CHAIN_DATA, BAD_VALIDATORS."""
    fields = Fields(canonical.decode(data), LightBlock._fields)
    return LightBlock(
        header_from(fields.value["header"]),
        commit_from(fields.value["commit"]),
        validators_of(fields, "validators"),
    )


# -- what is trusted -----------------------------------------------------------------------------


class Frozen(NamedTuple):
    """Why nothing is trusted any more: two headers, and the height of the higher one."""

    height: int
    first: bytes
    second: bytes

    def document(self) -> dict[str, Any]:
        """Return our JSON form."""
        return {"height": self.height, "first": self.first.hex(), "second": self.second.hex()}


_TRUST_KEYS = (
    "version",
    "chain_id",
    "height",
    "time",
    "header_hash",
    "validators",
    "next_validators_hash",
    "trust_level",
    "trusting_period_s",
    "clock_drift_s",
    "frozen",
)


@dataclass(frozen=True, slots=True)
class ChainTrust:
    """The newest header trusted of a chain, and on which terms. Raises: BAD_CHAIN_DATA.

    height, time, header_hash, validators, next_validators_hash: of that header. trusting_period_s:
    how long its validators can be held to account, shorter than what they stay bonded for.
    """

    chain_id: str
    height: int
    time: int
    header_hash: bytes
    validators: ValidatorSet
    next_validators_hash: bytes
    trust_level: TrustLevel
    trusting_period_s: int
    clock_drift_s: int
    frozen: Frozen | None = None

    def __post_init__(self) -> None:
        check_chain_id(self.chain_id)
        check_part(1 <= self.height <= INTEGER_MAX, "height")
        check_part(0 <= self.time < TIME_END, "time")
        check_part(len(self.header_hash) == HASH_BYTES, "header_hash")
        check_part(len(self.next_validators_hash) == HASH_BYTES, "next_validators_hash")
        self.trust_level.check()
        check_part(1 <= self.trusting_period_s <= SECONDS_MAX, "trusting_period_s")
        check_part(0 <= self.clock_drift_s <= SECONDS_MAX, "clock_drift_s")
        if self.frozen is not None:
            check_part(1 <= self.frozen.height <= INTEGER_MAX, "frozen.height")
            check_part(len(self.frozen.first) == HASH_BYTES, "frozen.first")
            check_part(len(self.frozen.second) == HASH_BYTES, "frozen.second")
            check_part(self.frozen.first != self.frozen.second, "frozen")

    @property
    def expires_at(self) -> int:
        """The time from which it is trusted no more."""
        return self.time + self.trusting_period_s * NANOS


def write_trust(trust: ChainTrust) -> bytes:
    """Return the canonical bytes of the document."""
    return canonical.encode(
        {
            "version": VERSION,
            "chain_id": trust.chain_id,
            "height": trust.height,
            "time": written_time(trust.time),
            "header_hash": trust.header_hash.hex(),
            "validators": trust.validators.document(),
            "next_validators_hash": trust.next_validators_hash.hex(),
            "trust_level": trust.trust_level._asdict(),
            "trusting_period_s": trust.trusting_period_s,
            "clock_drift_s": trust.clock_drift_s,
            "frozen": trust.frozen.document() if trust.frozen else None,
        }
    )


def read_trust(data: bytes) -> ChainTrust:
    """Read canonical bytes.

    Raises: NOT_CANONICAL, BAD_CHAIN_DATA, BAD_VALIDATORS, BAD_TRUST_LEVEL.
    """
    fields = Fields(canonical.decode(data), _TRUST_KEYS)
    check_part(fields.number("version") == VERSION, "version")
    level = fields.part("trust_level", TrustLevel._fields)
    frozen = None
    if fields.value["frozen"] is not None:
        told = fields.part("frozen", Frozen._fields)
        frozen = Frozen(told.number("height"), told.data("first"), told.data("second"))
    return ChainTrust(
        fields.text("chain_id"),
        fields.number("height"),
        fields.time("time"),
        fields.data("header_hash"),
        validators_of(fields, "validators"),
        fields.data("next_validators_hash"),
        TrustLevel(level.number("numerator"), level.number("denominator")),
        fields.number("trusting_period_s"),
        fields.number("clock_drift_s"),
        frozen,
    )


# -- moving on -----------------------------------------------------------------------------------


def start(
    chain_id: str,
    header_hash: bytes,
    block: LightBlock,
    now: int,
    *,
    trusting_period_s: int,
    clock_drift_s: int = CLOCK_DRIFT_S,
    trust_level: TrustLevel = ONE_THIRD,
) -> ChainTrust:
    """Return the trust in a block whose hash was learnt on another way than the block itself.

    Raises: BAD_CHAIN_DATA, BAD_TRUST_LEVEL, OTHER_CHAIN, OTHER_HEADER, TRUST_EXPIRED, FROM_FUTURE,
    and what `check_commit` does.
    """
    header = block.header
    trust = ChainTrust(
        chain_id,
        header.height,
        header.time,
        header_hash,
        block.validators,
        header.next_validators_hash,
        trust_level,
        trusting_period_s,
        clock_drift_s,
    )
    _check_chain(trust, header)
    if header.hash() != header_hash:
        raise why.OTHER_HEADER.error(height=header.height)
    _check_period(trust, now)
    _check_drift(trust, header, now)
    check_commit(header, block.commit, block.validators)
    return trust


def update(trust: ChainTrust, block: LightBlock, now: int) -> ChainTrust:
    """Return the trust in a later block, the terms as before.

    A block of the trusted height or below is refused; if it is another one of the trusted height
    and the validators did sign it, as CONFLICTING, and the trust should be frozen with
    `misbehaviour`. Raises: FROZEN_TRUST, TRUST_EXPIRED, OTHER_CHAIN, CONFLICTING, NOT_HIGHER,
    NOT_LATER, FROM_FUTURE, NOT_NEXT_VALIDATORS, and what `check_commit` and `check_commit_trusting`
    do.
    """
    header = block.header
    _check_usable(trust, now)
    _check_chain(trust, header)
    if header.height <= trust.height:
        if header.height == trust.height and header.hash() != trust.header_hash:
            _check_signed(trust, block)
            raise why.CONFLICTING.error(height=header.height)
        raise why.NOT_HIGHER.error(height=header.height, trusted=trust.height)
    if header.time <= trust.time:
        raise why.NOT_LATER.error(height=header.height, trusted=trust.height)
    _check_drift(trust, header, now)
    if header.height == trust.height + 1 and header.validators_hash != trust.next_validators_hash:
        raise why.NOT_NEXT_VALIDATORS.error(height=header.height)
    _check_signed(trust, block)
    return replace(
        trust,
        height=header.height,
        time=header.time,
        header_hash=header.hash(),
        validators=block.validators,
        next_validators_hash=header.next_validators_hash,
    )


def misbehaviour(trust: ChainTrust, first: LightBlock, second: LightBlock, now: int) -> ChainTrust:
    """Return the trust, frozen by two blocks that no honest chain has both of.

    Each must be signed as `update` asks, or by more than the trust level of the validators trusted,
    whatever its time; neither may be below the trusted height. One may be the trusted block itself.
    They conflict if they are two of one height, if the higher is not the later, or if one does not
    follow the other though its height does. Raises: FROZEN_TRUST, TRUST_EXPIRED, OTHER_CHAIN,
    NOT_HIGHER, NO_CONFLICT, and what `check_commit` and `check_commit_trusting` do.
    """
    _check_usable(trust, now)
    low, high = sorted((first, second), key=lambda block: _order(block.header))
    hashes = low.header.hash(), high.header.hash()
    for block, header_hash in zip((low, high), hashes, strict=True):
        _check_chain(trust, block.header)
        if block.header.height < trust.height:
            raise why.NOT_HIGHER.error(height=block.header.height, trusted=trust.height)
        if header_hash != trust.header_hash:
            _check_signed(trust, block)
    if hashes[0] == hashes[1] or not _in_conflict(low.header, high.header):
        raise why.NO_CONFLICT.error()
    return replace(trust, frozen=Frozen(high.header.height, *hashes))


def expires_soon(trust: ChainTrust, now: int) -> bool:
    """Return whether two thirds of the trusting period are over, so that it is time to update."""
    return 3 * (now - trust.time) >= 2 * trust.trusting_period_s * NANOS


# -- the state -----------------------------------------------------------------------------------


def app_hash_after(height: int, header: Header) -> bytes:
    """Return the hash of the application's state after the block of a height.

    It stands in the header of the height above. Raises: NOT_HEADER_AFTER.
    """
    if header.height != height + 1:
        raise why.NOT_HEADER_AFTER.error(height=height, found=header.height)
    return header.app_hash


def check_app_state(trust: ChainTrust, header: Header, height: int, app_hash: bytes) -> None:
    """Check that the state after the block of a height hashes to `app_hash`.

    header: the trusted one, of the height above. Raises: FROZEN_TRUST, OTHER_HEADER,
    NOT_HEADER_AFTER, OTHER_STATE.
    """
    _check_not_frozen(trust)
    if header.hash() != trust.header_hash:
        raise why.OTHER_HEADER.error(height=header.height)
    if app_hash_after(height, header) != app_hash:
        raise why.OTHER_STATE.error(height=height)


# -- the rules -----------------------------------------------------------------------------------


def _check_usable(trust: ChainTrust, now: int) -> None:
    _check_not_frozen(trust)
    _check_period(trust, now)


def _check_not_frozen(trust: ChainTrust) -> None:
    if trust.frozen is not None:
        raise why.FROZEN_TRUST.error(chain=trust.chain_id, height=trust.frozen.height)


def _check_period(trust: ChainTrust, now: int) -> None:
    if now >= trust.expires_at:
        raise why.TRUST_EXPIRED.error(height=trust.height, days=(now - trust.time) // _DAY)


def _check_chain(trust: ChainTrust, header: Header) -> None:
    if header.chain_id != trust.chain_id:
        raise why.OTHER_CHAIN.error(chain=header.chain_id, trusted=trust.chain_id)


def _check_drift(trust: ChainTrust, header: Header, now: int) -> None:
    if header.time >= now + trust.clock_drift_s * NANOS:  # as CometBFT: the limit itself is over
        raise why.FROM_FUTURE.error(height=header.height, drift=trust.clock_drift_s)


def _check_signed(trust: ChainTrust, block: LightBlock) -> None:
    """Check that those who are trusted to did sign a block, of the trusted height or above."""
    header = block.header
    known = {
        trust.height: trust.validators.hash(),
        trust.height + 1: trust.next_validators_hash,
    }.get(header.height)
    if header.validators_hash != known:
        # Before its own validators, who may be made up and so many that checking them is an attack.
        check_commit_trusting(trust.chain_id, block.commit, trust.validators, trust.trust_level)
    check_commit(header, block.commit, block.validators)


def _order(header: Header) -> tuple[int, bytes]:
    return header.height, header.hash()


def _in_conflict(low: Header, high: Header) -> bool:
    if low.height == high.height or high.time <= low.time:
        return True
    return high.height == low.height + 1 and high.last_block_id.hash != low.hash()


_DAY = 24 * 60 * 60 * NANOS
