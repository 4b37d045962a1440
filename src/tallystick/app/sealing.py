"""Sealing bodies, in any process.

Owns the step between a body and a commit: canonical bytes, salt, commitment, encryption, the row of
the index. It needs two secrets and no opened workspace, so that bulk work can be spread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tallystick.kernel import canonical
from tallystick.ledger import commitment_of
from tallystick.records import Body
from tallystick.vault import Envelope, seal
from tallystick.views import Row, row_of


class Sealed(NamedTuple):
    """A record ready to be committed: its envelope and its row in the index."""

    envelope: Envelope
    row: Row


class Secrets(NamedTuple):
    """What a worker process needs to seal and unseal: keys for records and fingerprints."""

    wrapping: bytes
    fingerprint: bytes


def seal_bodies(
    records: Iterable[Body], secrets: Secrets, random: Callable[[int], bytes] = os.urandom
) -> list[Sealed]:
    """Seal bodies: canonical bytes, commitment, encryption, index row. Runs in any process."""
    listed = list(records)
    encoded = [canonical.encode(body) for body in listed]
    envelopes = seal(encoded, secrets.wrapping, random, commitment_of)
    return [
        Sealed(envelope, row_of(body, secrets.fingerprint, data))
        for body, data, envelope in zip(listed, encoded, envelopes, strict=True)
    ]
