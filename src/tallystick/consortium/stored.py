"""The state of a replica as a file, and what a chain begins with.

Owns the bytes of both: canonical JSON, the values as text. The hash over the values is computed
from them and kept beside them, and a digest over all of it, so that a changed byte is found when
the file is read. The name of the chain is one of the values: a snapshot that leads to the hash of a
header is of that chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from tallystick.consortium.members import Members, checked, read_member
from tallystick.consortium.reasons import BAD_CHANGE
from tallystick.consortium.state import (
    CHAIN,
    EVIDENCE,
    MEMBERS,
    PARAMS,
    VOTES,
    Params,
    app_hash,
    read_params,
)
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

FORMAT = 1


@dataclass(frozen=True)
class Stored:
    """The state after a block: its chain, height, time (seconds since 1970) and values."""

    chain: str
    height: int
    time: int
    values: dict[str, bytes]

    @cached_property
    def app_hash(self) -> bytes:
        """The hash over the values."""
        return app_hash(self.values)

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        document: dict[str, Any] = {
            "format": FORMAT,
            "chain": self.chain,
            "height": self.height,
            "time": self.time,
            "app_hash": self.app_hash.hex(),
            "values": {name: value.decode() for name, value in self.values.items()},
        }
        document["digest"] = sha256(canonical.encode(document)).hexdigest()
        return canonical.encode(document)


def read_stored(data: bytes) -> Stored | None:
    """Read the file of a state; None where it is not what `Stored.encode` writes."""
    try:
        document = canonical.decode(data)
        values = {name: text.encode() for name, text in document["values"].items()}
        stored = Stored(document["chain"], document["height"], document["time"], values)
        whole = stored.encode() == data and values[CHAIN] == stored.chain.encode()
    except (TallyError, KeyError, TypeError, AttributeError):
        return None
    return stored if whole else None


@dataclass(frozen=True)
class Genesis:
    """What a chain begins with: its name, its members, what they agreed on."""

    chain: str
    members: Members
    params: Params

    def values(self) -> dict[str, bytes]:
        """Return the first state."""
        return {
            CHAIN: self.chain.encode(),
            MEMBERS: self.members.encode(),
            VOTES: canonical.encode({}),
            EVIDENCE: canonical.encode([]),
            PARAMS: self.params.encode(),
        }

    def to_json(self) -> dict[str, Any]:
        """Return what stands as `app_state` in the genesis of the engine."""
        return {
            "members": [member.to_json() for member in self.members.listed],
            "params": canonical.decode(self.params.encode()),
        }


def read_genesis(chain: str, document: object) -> Genesis:
    """Read the `app_state` of a genesis. Raises: BAD_CHANGE."""
    if not isinstance(document, dict) or set(document) != {"members", "params"}:
        raise BAD_CHANGE.error(what=Text("创世文件", "the genesis"))
    members = checked(Members(1, tuple(read_member(one) for one in document["members"])))
    try:
        params = read_params(canonical.encode(document["params"]))
    except (TypeError, KeyError):
        raise BAD_CHANGE.error(what=Text("创世参数", "the parameters of the genesis")) from None
    return Genesis(chain, members, params)
