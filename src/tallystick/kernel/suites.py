"""The signature suites of those who sign batches and acts, by name.

Owns `SUITES`: for each suite what kind of key it has and by which library it is judged here. The
library is named so that a rule shared by many can name it, and each can compare: where all must
come to one result, nobody may judge by another. Owns `Sm2SigningKey` too. The hashes of the ledger
do not change with the suite: trees and commitments are SHA-256 under each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.signing import (
    ED25519,
    ED25519_LIBRARY,
    SM2_SM3,
    Signer,
    SigningKey,
    VerifierKey,
)
from tallystick.kernel.sm2 import SM2_LIBRARY, Sm2Secret, sm2_version
from tallystick.kernel.texts import Text

ED25519_SUITE = "ed25519"
SM2_SM3_SUITE = "sm2-sm3"

UNKNOWN_SUITE = Reason(
    "unknown_suite",
    Text("没有名为 {suite} 的签名套件", "there is no signature suite {suite}"),
    "docs/spec/ledger.md",
    Text("可用：{known}。", "There are: {known}."),
)


@dataclass(frozen=True, slots=True)
class Sm2SigningKey:
    """A secret key of SM2 with SM3 under a name. Its `seed` is 32 secret bytes; never printed.

    Raises: NO_SM2.
    """

    name: str
    seed: bytes = field(repr=False)
    verifier: VerifierKey = field(init=False)
    _secret: Sm2Secret = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        secret = Sm2Secret(self.name, self.seed)
        object.__setattr__(self, "_secret", secret)
        object.__setattr__(self, "verifier", VerifierKey(self.name, secret.public, SM2_SM3))

    def sign(self, message: bytes) -> bytes:
        """Return a 64-byte signature over `message`, another each time."""
        return self._secret.sign(message)


class Suite(NamedTuple):
    """A signature suite. library: what judges it here. extra: what installs it, "" for none."""

    name: str
    kind: int
    library: str
    extra: str
    signer: Callable[[str, bytes], Signer]

    @property
    def available(self) -> bool:
        """Whether its library is here."""
        return self.kind != SM2_SM3 or bool(sm2_version())


SUITES = {
    suite.name: suite
    for suite in (
        Suite(ED25519_SUITE, ED25519, ED25519_LIBRARY, "", SigningKey),
        Suite(SM2_SM3_SUITE, SM2_SM3, SM2_LIBRARY, "sm", Sm2SigningKey),
    )
}


def suite_named(name: str) -> Suite:
    """Return a suite. Raises: UNKNOWN_SUITE."""
    if name not in SUITES:
        raise UNKNOWN_SUITE.error(suite=name, known=", ".join(SUITES))
    return SUITES[name]


def suite_of(key: VerifierKey) -> Suite:
    """Return the suite of a party's key. Raises: UNKNOWN_SUITE for a key of a witness."""
    for suite in SUITES.values():
        if suite.kind == key.kind:
            return suite
    raise UNKNOWN_SUITE.error(suite=f"0x{key.kind:02x}", known=", ".join(SUITES))
