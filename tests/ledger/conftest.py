from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import BatchHeader, Log, Party, TrustPolicy, commitment_of, create_log

ORIGIN = "example.org/ledger"
LOG_KEY = SigningKey(ORIGIN, bytes([1]) * 32)
PROVIDER = SigningKey(f"{ORIGIN}/provider", bytes([2]) * 32)


@pytest.fixture
def log_key() -> SigningKey:
    return LOG_KEY


@pytest.fixture
def provider() -> SigningKey:
    return PROVIDER


@pytest.fixture
def trust() -> TrustPolicy:
    return TrustPolicy(
        (LOG_KEY.verifier,),
        (Party("provider", PROVIDER.verifier, "51310110PDY910013P", "样例协会"),),
    )


@pytest.fixture
def admit(trust: TrustPolicy) -> Callable[[BatchHeader, int], None]:
    """Return the rule of a workspace: a provider of the trust file signed it for this log."""

    def rule(header: BatchHeader, entry: int) -> None:
        del entry
        header.check(ORIGIN, trust.party(header.key_id, "provider").key)

    return rule


@pytest.fixture
def commitments() -> Callable[..., list[bytes]]:
    """Return a maker of `count` commitments, all different for each `name`."""

    def make(count: int, name: str = "") -> list[bytes]:
        return [commitment_of(bytes(32), f"{name}{n}".encode()) for n in range(count)]

    return make


@pytest.fixture
def log(
    tmp_path: Path,
    admit: Callable[[BatchHeader, int], None],
    commitments: Callable[..., list[bytes]],
) -> Log:
    """Return a log of three batches of 3, 5 and 2 records."""
    log = create_log(tmp_path / "evidence", FileDisk(), LOG_KEY, admit)
    first = [log.seal(PROVIDER, commitments(3, "a"), 1), log.seal(PROVIDER, commitments(5, "b"), 2)]
    log.commit(first, LOG_KEY)
    log.commit([log.seal(PROVIDER, commitments(2, "c"), 3)], LOG_KEY)
    return log
