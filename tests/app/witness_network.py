"""One witness and a log it follows; a workspace whose trust file names witnesses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.store import Store
from tallystick.app.witnessing import Answer, Witnessing, follow, found_witness
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.signing import COSIGNATURE_ED25519, SigningKey, VerifierKey
from tallystick.testing.witnesses import PASSPHRASE, ShownLog

if TYPE_CHECKING:
    from tests.app.conftest import House

    from tallystick.testing.witnesses import WitnessNetwork

NAME, ORIGIN = "witness.example/w1", "example.org/log"
LOG, STRANGER = SigningKey(ORIGIN, bytes([1]) * 32), SigningKey(ORIGIN, bytes([2]) * 32)
NOW = 1_798_761_600
TRUE = ShownLog(LOG)
FORGED = TRUE.forged(3)


def random(count: int) -> bytes:
    return bytes(range(count))


def founded(folder: Path, kind: int = COSIGNATURE_ED25519) -> VerifierKey:
    """Make a witness that follows one log."""
    key = found_witness(folder, NAME, PASSPHRASE, random, FileDisk(), kind)
    follow(folder, LOG.verifier.text(), FileDisk())
    return key


def serving_in(folder: Path, disk: Disk | None = None, now: int = NOW) -> Witnessing:
    return Witnessing(folder, PASSPHRASE, lambda: now, disk or FileDisk())


def asked(folder: Path, *requests: bytes, now: int = NOW) -> list[Answer]:
    with serving_in(folder, now=now) as witness:
        return [witness.add_checkpoint(request) for request in requests]


def refused(reason: Reason) -> pytest.RaisesExc[TallyError]:
    return pytest.raises(TallyError, check=lambda fault: fault.reason is reason)


@contextmanager
def opened(house: House, witnesses: WitnessNetwork, disk: Disk | None = None) -> Iterator[Store]:
    """Open the workspace, whose trust file names the witnesses."""
    with Store.open(house.settings(disk), writer=True) as store:
        store.trust = witnesses.policy(store.trust, 2)
        yield store


def outcome(document: dict[str, Any]) -> dict[str, str]:
    return {one.name: one.why.en if one.why else "" for one in document["asked"]}
