from __future__ import annotations

import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.vault import Envelope, Vault, seal

WRAPPING = bytes(range(32))


def commit(salt: bytes, body: bytes) -> bytes:
    return sha256(b"tallystick/record/v1\n" + salt + body).digest()


@pytest.fixture
def wrapping() -> bytes:
    return WRAPPING


@pytest.fixture
def sealed() -> Callable[..., list[Envelope]]:
    """Return what seals bodies with chance from a seed."""

    def make(*bodies: bytes, seed: int = 1) -> list[Envelope]:
        return seal(list(bodies), WRAPPING, random.Random(seed).randbytes, commit)  # noqa: S311

    return make


@pytest.fixture
def batches(sealed: Callable[..., list[Envelope]]) -> list[list[Envelope]]:
    """Return three batches of 3, 1 and 4 bodies of different lengths."""
    return [
        sealed(*(f'{{"batch":{n},"i":{i},"text":"{"x" * i * 7}"}}'.encode() for i in range(count)))
        for n, count in enumerate((3, 1, 4))
    ]


@pytest.fixture
def vault(tmp_path: Path, batches: list[list[Envelope]]) -> Vault:
    """Return a vault that holds the three batches, the first two written at once."""
    for name in ("bodies", "keys"):
        (tmp_path / name).mkdir()
    vault = Vault(tmp_path / "bodies" / "records", tmp_path / "keys" / "records", FileDisk())
    vault.create()
    vault.append(batches[:2])
    vault.append(batches[2:])
    return vault
