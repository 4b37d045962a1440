"""Headers of a CometBFT 0.38 chain and the validators that sign them: their forms and hashes.

Owns `Header`, `BlockID`, `Validator` and `ValidatorSet`, how each is read from the RPC, and our own
form of it: canonical JSON with one encoding. A value that exists is well formed, since it checks
itself when made. Rules: the hash of a header is an RFC 6962 tree over its 14 fields, each as
protobuf; so is that of a set over its validators, in the order they came in (most power first, then
by address), which the hash alone proves. Only Ed25519; versions of the application and heights to
2^53-1, as our JSON keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from tallystick.consortium.wire import (
    BAD_CHAIN_DATA,
    INT64_MAX,
    TIME_END,
    Fields,
    RpcFields,
    bytes_field,
    check_part,
    message_field,
    number_field,
    rpc_result,
    timestamp,
    written_time,
)
from tallystick.kernel import canonical
from tallystick.kernel.canonical import INTEGER_MAX
from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import HASH_BYTES, leaf_hash, root_of
from tallystick.kernel.signing import KEY_BYTES, VerifierKey
from tallystick.kernel.texts import Text

BLOCK_VERSION = 11  # of the block protocol in 0.38
ADDRESS_BYTES = 20
CHAIN_ID_BYTES_MAX = 50
VALIDATORS_MAX = 10_000  # CometBFT refuses commits of more votes
TOTAL_POWER_MAX = INT64_MAX // 8
_KEY_TYPE = "tendermint/PubKeyEd25519"
_TOTAL_END = 2**32

BAD_VALIDATORS = Reason(
    "bad_validators",
    Text("验证人名单不成立：{what}", "this is not a set of validators: {what}"),
    "CometBFT 0.38, types/validator_set.go",
)


class BlockID(NamedTuple):
    """The hash of a header, and number and hash of the parts the block was sent in."""

    hash: bytes = b""
    parts_total: int = 0
    parts_hash: bytes = b""

    def message(self) -> bytes:
        """Return the protobuf message BlockID, which is that of CanonicalBlockID too."""
        parts = number_field(1, self.parts_total) + bytes_field(2, self.parts_hash)
        return bytes_field(1, self.hash) + message_field(2, parts)

    def document(self) -> dict[str, Any]:
        """Return our JSON form."""
        parts = {"total": self.parts_total, "hash": self.parts_hash.hex()}
        return {"hash": self.hash.hex(), "parts": parts}

    def check(self, name: str) -> None:
        """Check the form. name: of the field it stands in. Raises: BAD_CHAIN_DATA."""
        check_part(len(self.hash) in (0, HASH_BYTES), f"{name}.hash")
        check_part(0 <= self.parts_total < _TOTAL_END, f"{name}.parts.total")
        check_part(len(self.parts_hash) in (0, HASH_BYTES), f"{name}.parts.hash")

    def check_complete(self, name: str) -> None:
        """Check that it names a block, as a vote for one must. Raises: BAD_CHAIN_DATA."""
        self.check(name)
        check_part(bool(self.hash and self.parts_total and self.parts_hash), name)


def block_id_of(fields: Fields, key: str) -> BlockID:
    """Read the block ID in a field, in either notation. Raises: BAD_CHAIN_DATA."""
    told = fields.part(key, ("hash", "parts"))
    parts = told.part("parts", ("total", "hash"))
    return BlockID(told.data("hash"), parts.plain("total", _TOTAL_END - 1), parts.data("hash"))


# -- header --------------------------------------------------------------------------------------

_HASHES = (
    "last_commit_hash",
    "data_hash",
    "validators_hash",
    "next_validators_hash",
    "consensus_hash",
    "app_hash",
    "last_results_hash",
    "evidence_hash",
    "proposer_address",
)  # in the order they are hashed
_NAMED = ("validators_hash", "next_validators_hash")  # without which no header can be checked
_KEYS = ("version", "chain_id", "height", "time", "last_block_id", *_HASHES)


@dataclass(frozen=True, slots=True)
class Header:
    """What the validators agree on for a height. time: nanoseconds since 1970.

    app_hash is of the state before this block, after the one before. Raises: BAD_CHAIN_DATA.
    """

    version_block: int
    version_app: int
    chain_id: str
    height: int
    time: int
    last_block_id: BlockID
    last_commit_hash: bytes
    data_hash: bytes
    validators_hash: bytes
    next_validators_hash: bytes
    consensus_hash: bytes
    app_hash: bytes
    last_results_hash: bytes
    evidence_hash: bytes
    proposer_address: bytes

    def __post_init__(self) -> None:
        check_part(self.version_block == BLOCK_VERSION, "version.block")
        check_part(0 <= self.version_app <= INTEGER_MAX, "version.app")
        check_chain_id(self.chain_id)
        check_part(1 <= self.height <= INTEGER_MAX, "height")
        check_part(0 <= self.time < TIME_END, "time")
        self.last_block_id.check("last_block_id")
        for name in _HASHES:
            length = len(getattr(self, name))
            if name == "proposer_address":
                check_part(length == ADDRESS_BYTES, name)
            elif name in _NAMED:
                check_part(length == HASH_BYTES, name)
            elif name != "app_hash":  # the application's own, of any length
                check_part(length in (0, HASH_BYTES), name)

    def hash(self) -> bytes:
        """Return the hash that votes are for."""
        leaves = [
            number_field(1, self.version_block) + number_field(2, self.version_app),
            bytes_field(1, self.chain_id.encode()),
            number_field(1, self.height),
            timestamp(self.time),
            self.last_block_id.message(),
            *(bytes_field(1, getattr(self, name)) for name in _HASHES),
        ]
        return root_of([leaf_hash(leaf) for leaf in leaves])

    def document(self) -> dict[str, Any]:
        """Return our JSON form."""
        return {
            "version": {"block": self.version_block, "app": self.version_app},
            "chain_id": self.chain_id,
            "height": self.height,
            "time": written_time(self.time),
            "last_block_id": self.last_block_id.document(),
            **{name: getattr(self, name).hex() for name in _HASHES},
        }


def header_of(fields: Fields) -> Header:
    """Read a header in either notation. Raises: BAD_CHAIN_DATA."""
    version = fields.part("version", ("block", "app"))
    return Header(
        version.number("block"),
        version.number("app"),
        fields.text("chain_id"),
        fields.number("height"),
        fields.time("time"),
        block_id_of(fields, "last_block_id"),
        *(fields.data(name) for name in _HASHES),
    )


def header_from(value: object, notation: type[Fields] = Fields) -> Header:
    """Read a header from JSON that was parsed. Raises: BAD_CHAIN_DATA."""
    return header_of(notation(value, _KEYS, "header"))


def write_header(header: Header) -> bytes:
    """Return the canonical bytes of a header."""
    return canonical.encode(header.document())


def read_header(data: bytes) -> Header:
    """Read canonical bytes. Raises: NOT_CANONICAL, BAD_CHAIN_DATA."""
    return header_from(canonical.decode(data))


def check_chain_id(chain_id: str) -> None:
    """Check the form of the name of a chain. Raises: BAD_CHAIN_DATA."""
    lone = any("\ud800" <= c <= "\udfff" for c in chain_id)  # has no encoding
    check_part(not lone and 1 <= len(chain_id.encode()) <= CHAIN_ID_BYTES_MAX, "chain_id")


# -- validators ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validator:
    """A key and the power of its vote. Raises: BAD_VALIDATORS."""

    public: bytes
    power: int
    address: bytes = field(init=False)

    def __post_init__(self) -> None:
        if len(self.public) != KEY_BYTES:
            raise BAD_VALIDATORS.error(what=Text("公钥", "public key"))
        if not 1 <= self.power <= TOTAL_POWER_MAX:
            raise BAD_VALIDATORS.error(what=Text("票权", "power"))
        object.__setattr__(self, "address", sha256(self.public).digest()[:ADDRESS_BYTES])

    def check(self, message: bytes, signature: bytes) -> None:
        """Check its signature over a message. Raises: BAD_SIGNATURE."""
        VerifierKey(self.address.hex(), self.public).check(message, signature)

    def message(self) -> bytes:
        """Return the protobuf message SimpleValidator."""
        return message_field(1, bytes_field(1, self.public)) + number_field(2, self.power)


@dataclass(frozen=True, slots=True)
class ValidatorSet:
    """Those who sign a height, as ordered by the chain. Raises: BAD_VALIDATORS.

    Nobody may be in it twice: whoever counts votes by place would count him twice.
    """

    validators: tuple[Validator, ...]
    total: int = field(init=False, repr=False)
    by_address: dict[bytes, Validator] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.validators) <= VALIDATORS_MAX:
            raise BAD_VALIDATORS.error(what=Text("人数", "how many"))
        total = sum(validator.power for validator in self.validators)
        if total > TOTAL_POWER_MAX:
            raise BAD_VALIDATORS.error(what=Text("总票权过大", "too much power in all"))
        by_address = {validator.address: validator for validator in self.validators}
        if len(by_address) != len(self.validators):
            raise BAD_VALIDATORS.error(what=Text("有人出现两次", "one appears twice"))
        object.__setattr__(self, "total", total)
        object.__setattr__(self, "by_address", by_address)

    def hash(self) -> bytes:
        """Return the hash that headers name the set by."""
        return root_of([leaf_hash(validator.message()) for validator in self.validators])

    def document(self) -> list[dict[str, Any]]:
        """Return our JSON form. Powers are decimal text: they may be of 60 bits."""
        return [{"pub_key": v.public.hex(), "power": str(v.power)} for v in self.validators]


def validators_of(fields: Fields, key: str) -> ValidatorSet:
    """Read the set in a field, in our own notation. Raises: BAD_CHAIN_DATA, BAD_VALIDATORS."""
    told = fields.parts(key, ("pub_key", "power"))
    return ValidatorSet(
        tuple(Validator(v.data("pub_key"), v.decimal("power", INT64_MAX)) for v in told)
    )


def write_validators(validators: ValidatorSet) -> bytes:
    """Return the canonical bytes of a set."""
    return canonical.encode({"validators": validators.document()})


def read_validators(data: bytes) -> ValidatorSet:
    """Read canonical bytes. Raises: NOT_CANONICAL, BAD_CHAIN_DATA, BAD_VALIDATORS."""
    return validators_of(Fields(canonical.decode(data), ("validators",)), "validators")


def validators_from_rpc(pages: Sequence[bytes]) -> ValidatorSet:
    """Read the answers to /validators?height=&page=, all pages of one height in their order.

    Raises: BAD_CHAIN_DATA, BAD_VALIDATORS.
    """
    found: list[Validator] = []
    stated = set()
    for page in pages:
        told = RpcFields(rpc_result(page), ("block_height", "validators", "count", "total"))
        stated.add((told.number("block_height"), told.number("total")))
        keys = ("address", "pub_key", "voting_power", "proposer_priority")
        found += map(_validator_of, told.parts("validators", keys))
    if {total for _, total in stated} != {len(found)} or len(stated) != 1:
        raise BAD_CHAIN_DATA.error(what=Text("缺页", "a page is missing"))
    return ValidatorSet(tuple(found))


def _validator_of(fields: Fields) -> Validator:
    key = fields.part("pub_key", ("type", "value"))
    check_part(key.text("type") == _KEY_TYPE, "pub_key.type")
    validator = Validator(key.blob("value"), fields.decimal("voting_power", INT64_MAX))
    check_part(fields.data("address") == validator.address, "address")
    return validator
