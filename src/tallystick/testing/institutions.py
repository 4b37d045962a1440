"""Ready-made institutions that run a ledger together.

Owns `Institution`, with all its keys from a seed, and the genesis a few of them agree on. Nothing
here is random: the same names give the same keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from tallystick.consortium.members import Member, Members, checked
from tallystick.consortium.state import Params
from tallystick.consortium.stored import Genesis
from tallystick.consortium.transactions import Append, sign_act, sign_append
from tallystick.kernel.signing import CosignerKey, SigningKey
from tallystick.ledger import Batch, StatusChange
from tallystick.ledger.batches import sign_header

CHAIN = "tally-test"
POWER = 10
NAMES = ("A", "B", "C", "D")
STATUS_ENTRIES = 1  # that the ledger adds to each append


def seed_of(*words: str) -> bytes:
    """Return 32 bytes that follow from the words."""
    return sha256("/".join(words).encode()).digest()


def commitments_of(name: str, first: int, count: int) -> list[bytes]:
    """Return commitments of records that nobody has."""
    return [sha256(f"{name}/{n}".encode()).digest() for n in range(first, first + count)]


@dataclass
class Institution:
    """A member and the log it keeps. size and records: of that log, as far as it was written."""

    name: str
    chain: str = CHAIN
    size: int = 0
    records: int = 0
    key: SigningKey = field(init=False)
    validator: SigningKey = field(init=False)
    cosigner: CosignerKey = field(init=False)
    log_key: SigningKey = field(init=False)
    provider: SigningKey = field(init=False)

    def __post_init__(self) -> None:
        name = self.name
        self.key = SigningKey(f"member.example/{name}", seed_of(name, "member"))
        self.validator = SigningKey(name, seed_of(name, "validator"))
        self.cosigner = CosignerKey(f"cosigner.example/{name}", seed_of(name, "cosigner"))
        self.log_key = SigningKey(self.origin, seed_of(name, "log"))
        self.provider = SigningKey(f"{self.origin}/provider", seed_of(name, "provider"))

    @property
    def origin(self) -> str:
        """The name of its log."""
        return f"log.example/{self.name.lower()}"

    def member(self, power: int = POWER) -> Member:
        """Return what its member file says."""
        return Member(
            self.name,
            self.validator.verifier.public.hex(),
            power,
            self.key.verifier.text(),
            self.cosigner.verifier.text(),
            f"{sha256(self.name.encode()).hexdigest()[:40]}@127.0.0.1:26656",
            "http://127.0.0.1:26657",
        )

    def opening(self) -> bytes:
        """Return the transaction that opens its log."""
        body = {
            "act": "open",
            "origin": self.origin,
            "log": self.log_key.verifier.text(),
            "providers": [self.provider.verifier.text()],
            "member": self.name,
        }
        return sign_act(self.chain, self.key, body).encode()

    def append(
        self,
        *counts: int,
        changes: Sequence[StatusChange] = (),
        at: int = 0,
        settled: bool = True,
    ) -> Append:
        """Return an append of a batch of each count of records, and go on from it."""
        first = self.records
        batches = []
        for count in counts:
            listed = commitments_of(self.name, first, count)
            batches.append(Batch(sign_header(self.origin, self.provider, listed, at), listed))
            first += count
        told = sign_append(
            self.chain,
            self.log_key,
            self.size,
            batches,
            changes=changes,
            as_of=at,
            settled=settled,
        )
        self.size += len(batches) + STATUS_ENTRIES
        self.records = first
        return told

    def vote(self, version: int, change: dict[str, object]) -> bytes:
        """Return a vote for a change of the members."""
        body = {"act": "vote", "version": version, "change": change, "member": self.name}
        return sign_act(self.chain, self.key, body).encode()


def genesis_of(institutions: Sequence[Institution], chain: str = CHAIN) -> Genesis:
    """Return the genesis these institutions agree on."""
    members = checked(Members(1, tuple(one.member() for one in institutions)))
    return Genesis(chain, members, Params())
