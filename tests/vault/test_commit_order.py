"""The disk fails at any call a vault makes: what was acknowledged is held, what was not is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.testing.disk import DiskFaultError, FaultyDisk, Mode, every_fault
from tallystick.vault import Envelope, Vault, unseal
from tallystick.vault.bodies import INTERRUPTED

DISK = FileDisk()
CALLS = 8  # two appends of four calls each; checked below


def opened(vault: Vault, batches: list[list[Envelope]]) -> Vault:
    """Return the same files, opened anew by one who knows these batches."""
    again = Vault(vault.bodies_file, vault.keys_file, DISK)
    again.load(sum(map(len, batches)))
    return again


def holds(vault: Vault, batches: list[list[Envelope]], wrapping: bytes) -> bool:
    """Read all batches; a body that cannot be read raises."""
    first = 0
    for number, batch in enumerate(batches):
        listed = vault.read_block(number, [e.commitment for e in batch])
        bodies = [unseal(place, one, wrapping) for place, one in enumerate(listed, first)]
        assert bodies == [unseal(place, one, wrapping) for place, one in enumerate(batch, first)]
        first += len(batch)
    return True


def write(vault: Vault, made: list[list[Envelope]]) -> int:
    """Append two batches, one after the other; return how many appends came to their end."""
    for done, batch in enumerate(made):
        try:
            vault.append([batch])
        except DiskFaultError:
            return done
    return len(made)


@pytest.fixture
def made(sealed: Callable[..., list[Envelope]]) -> list[list[Envelope]]:
    return [sealed(b"{}", b'{"a":1}', seed=8), sealed(b'{"b":2}', seed=9)]


def test_the_order_of_writes_is_keys_then_bodies(vault: Vault, made: list[list[Envelope]]) -> None:
    disk = FaultyDisk(DISK)
    again = Vault(vault.bodies_file, vault.keys_file, disk)
    again.load(8)
    assert write(again, made) == 2
    assert [(call.name, call.path.parent.name) for call in disk.calls[: CALLS // 2]] == [
        ("append", "keys"),
        ("sync", "keys"),
        ("append", "bodies"),
        ("sync", "bodies"),
    ]
    assert len(disk.calls) == CALLS


@pytest.mark.parametrize("power", ["kept", "lost"])
@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(CALLS)))
def test_after_any_fault_the_vault_holds_what_was_acknowledged(
    fail_at: int,
    mode: Mode,
    power: str,
    vault: Vault,
    batches: list[list[Envelope]],
    made: list[list[Envelope]],
    wrapping: bytes,
) -> None:
    disk = FaultyDisk(DISK, fail_at, mode, lasting=True)
    broken = Vault(vault.bodies_file, vault.keys_file, disk)
    broken.load(8)
    done = write(broken, made)
    assert done < 2
    if power == "lost":
        disk.lose_power()

    kept = [*batches, *made[:done]]
    again = opened(vault, kept)
    assert holds(again, kept, wrapping)
    again.recover()
    assert write(again, made[done:]) == 2 - done
    whole = [*batches, *made]
    assert holds(again, whole, wrapping)
    assert holds(opened(vault, whole), whole, wrapping)


@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(CALLS)))
def test_after_a_fault_the_same_vault_writes_no_more_until_it_is_opened_anew(
    fail_at: int, mode: Mode, vault: Vault, made: list[list[Envelope]]
) -> None:
    again = Vault(vault.bodies_file, vault.keys_file, FaultyDisk(DISK, fail_at, mode))
    again.load(8)
    assert write(again, made) < 2
    before = vault.bodies_file.read_bytes(), vault.keys_file.read_bytes()
    with pytest.raises(TallyError) as refusal:
        again.append([made[0]])
    assert refusal.value.reason is INTERRUPTED
    assert (vault.bodies_file.read_bytes(), vault.keys_file.read_bytes()) == before


@pytest.mark.parametrize(("fail_at", "mode"), list(every_fault(2)))
def test_recovery_can_break_anywhere_and_be_done_again(
    fail_at: int,
    mode: Mode,
    vault: Vault,
    batches: list[list[Envelope]],
    made: list[list[Envelope]],
    wrapping: bytes,
) -> None:
    vault.append(made)  # and the ledger never acknowledged it
    broken = Vault(vault.bodies_file, vault.keys_file, FaultyDisk(DISK, fail_at, mode))
    broken.load(8)
    with pytest.raises(DiskFaultError):
        broken.recover()
    again = opened(vault, batches)
    again.recover()
    again.append(made)
    assert holds(again, [*batches, *made], wrapping)


def test_recovery_of_a_sound_vault_touches_nothing(vault: Vault) -> None:
    disk = FaultyDisk(DISK)
    again = Vault(vault.bodies_file, vault.keys_file, disk)
    again.load(8)
    again.recover()
    assert disk.calls == []
