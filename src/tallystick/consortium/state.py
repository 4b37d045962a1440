r"""The replicated state: named values and the one hash over them that every block header carries.

Owns the names and bytes of the values and `app_hash`. A value stands under a name; the hash is the
RFC 6962 root over leaves name || 0x0A || value, sorted by name, so that any value can be proved
to whoever knows the hash. What a log holds is stated as its checkpoint and the root of its status
tree:

    log/<origin>    the three lines of the checkpoint body, then base64 of the status root
    keys/<origin>   who appends to that log and whose batches it takes: canonical JSON
    chain           the name of the chain, for which everything is signed
    members         members.Members
    votes           members.Votes
    evidence        what validators were proved to have signed twice
    params          what all replicas must agree on beforehand
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from tallystick.kernel import canonical
from tallystick.kernel.merkle import check_path, leaf_hash, path_of, root_of
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import PARTY_KINDS, VerifierKey

CHAIN, MEMBERS, VOTES, EVIDENCE, PARAMS = "chain", "members", "votes", "evidence", "params"
LOG, KEYS = "log/", "keys/"
EVIDENCE_MAX = 256


class Params(NamedTuple):
    """What all replicas must agree on, from the first block.

    ed25519: the library whose verdict on an Ed25519 signature counts. suites: of the keys of
    providers. clock_apart_s: how far ahead of the chain's time a claim may be. logs_max: how many
    logs the ledger holds.
    """

    ed25519: str = "libsodium"
    suites: tuple[str, ...] = ("ed25519",)
    clock_apart_s: int = 300
    logs_max: int = 1024

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical.encode({**self._asdict(), "suites": list(self.suites)})


def read_params(data: bytes) -> Params:
    """Read what `Params.encode` writes."""
    document = canonical.decode(data)
    return Params(**{**document, "suites": tuple(document["suites"])})


class LogKeys(NamedTuple):
    """Who appends to a log and whose batches it takes, in their version; member: who opened it."""

    version: int
    member: str
    log: VerifierKey
    providers: tuple[VerifierKey, ...]

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        document = {
            "version": self.version,
            "member": self.member,
            "log": self.log.text(),
            "providers": [key.text() for key in self.providers],
        }
        return canonical.encode(document)


def read_keys(data: bytes) -> LogKeys:
    """Read what `LogKeys.encode` writes."""
    document: dict[str, Any] = canonical.decode(data)
    log = VerifierKey.from_text(document["log"])
    providers = tuple(VerifierKey.from_text(one, PROVIDER_KINDS) for one in document["providers"])
    return LogKeys(document["version"], document["member"], log, providers)


PROVIDER_KINDS = PARTY_KINDS


class Head(NamedTuple):
    """What the state says of one log."""

    origin: str
    size: int
    root: bytes
    status: bytes

    def encode(self) -> bytes:
        """Return the bytes of the value."""
        body = Checkpoint(self.origin, self.size, self.root, ()).body
        return f"{body}{base64.b64encode(self.status).decode()}\n".encode()


def read_head(data: bytes) -> Head:
    """Read what `Head.encode` writes. Raises: ValueError."""
    origin, size, root, status = data.decode().removesuffix("\n").split("\n")
    head = Head(origin, int(size), base64.b64decode(root), base64.b64decode(status))
    if head.encode() != data:
        raise ValueError(data)
    return head


def leaf_of(name: str, value: bytes) -> bytes:
    """Return the hash of the leaf of one value."""
    return leaf_hash(name.encode() + b"\n" + value)


def app_hash(values: Mapping[str, bytes]) -> bytes:
    """Return the hash over all values: 32 bytes."""
    return root_of([leaf_of(name, values[name]) for name in sorted(values)])


class ValueProof(NamedTuple):
    """That a value stands under a name in the state with some hash."""

    name: str
    value: bytes
    place: int
    values: int
    path: list[bytes]

    def check(self, root: bytes) -> None:
        """Check that the value is in the state with the hash `root`. Raises: PATH_DOES_NOT_LEAD."""
        check_path(self.place, self.values, leaf_of(self.name, self.value), self.path, root)


def prove_value(values: Mapping[str, bytes], name: str) -> ValueProof:
    """Return the proof of one value. Raises: KeyError where there is none."""
    names = sorted(values)
    index = names.index(name) if name in values else -1
    hashes = [leaf_of(one, values[one]) for one in names]
    return ValueProof(name, values[name], index, len(names), path_of(index, hashes))
