"""Every write of a replica broken in turn: it comes back to the same state, or says it cannot."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from tallystick.consortium.application import Application
from tallystick.consortium.block_journal import first_difference
from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.consortium.stored import Stored
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.ledger import StatusChange
from tallystick.ledger.status import ERASED, SUPERSEDED
from tallystick.testing.consortium_world import World, application
from tallystick.testing.disk import MODES, DiskFaultError, FaultyDisk, every_fault
from tallystick.testing.engine_calls import EngineStopped
from tallystick.testing.institutions import Institution

CALLS = 47  # of a replica that plays the five blocks below; checked
FILES = ("entries", "commitments", "status")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Five blocks: logs are opened, batches of all sizes come, records end, members vote."""
    made = World(tmp_path_factory.mktemp("world"))
    a, b = made.who["A"], made.who["B"]
    for data in (a.opening(), b.opening(), a.append(3, 300).encode()):
        assert made.driver.submit(data).code in {0, 1}
    made.driver.block(extra=[])
    a.size, a.records = 0, 0
    blocks = [
        [a.append(3, 300).encode(), b.append(1).encode()],
        [a.append(2, changes=[StatusChange(1, SUPERSEDED, 5, 6)]).encode()],
        [vote_of(made.who["A"]), b.append(300, changes=[StatusChange(0, ERASED, 5)]).encode()],
        [a.append(changes=[StatusChange(4, ERASED, 5)]).encode()],
    ]
    for transactions in blocks:
        for data in transactions:
            assert made.driver.submit(data).code == 0
        assert [one.code for one in made.driver.block()] == [0] * len(transactions)
    return made


def vote_of(who: Institution) -> bytes:
    return who.vote(1, {"kind": "remove", "name": "D", "why": "a test"})


def played(world: World, folder: Path, disk: Disk) -> Application:
    """Load the replica in `folder` and play what it lacks."""
    found = application(folder, world.who["D"], disk)
    try:
        world.driver.catch_up(found)
    except EngineStopped as fault:
        found.replica.close()
        raise DiskFaultError(str(fault)) from fault
    return found


def content(of: Application, world: World) -> dict[str, bytes]:
    replica = of.replica
    names = [(one.origin, name) for one in (world.who["A"], world.who["B"]) for name in FILES]
    files = {f"{o}/{n}": replica.log_folder(o) / n for o, n in names}
    return {n: f.read_bytes() if f.exists() else b"" for n, f in files.items()}


def comes_back(world: World, folder: Path) -> None:
    """Check that a replica, started again, has the state and the logs of an undisturbed one."""
    whole = world.driver.applications["A"]
    again = played(world, folder, FileDisk())
    try:
        assert again.replica.app_hash == world.driver.blocks[-1].app_hash
        assert content(again, world) == content(whole, world)
        first, second = again.replica.stored, whole.replica.stored
        assert isinstance(first, Stored)
        assert isinstance(second, Stored)
        parted = first_difference(folder, whole.replica.folder, (first, second))
        assert parted is None, "the journal tells of no difference there is not"
    finally:
        again.replica.close()


def test_how_many_calls_there_are_to_break(world: World, tmp_path: Path) -> None:
    disk = FaultyDisk(FileDisk())
    played(world, tmp_path / "D", disk).replica.close()
    assert len(disk.calls) == CALLS


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("number", range(1, CALLS + 1))
def test_a_replica_whose_disk_fails_at_any_call_comes_back(
    world: World, tmp_path: Path, number: int, *, lasting: bool
) -> None:
    """Lasting: the machine is gone, and with it all that was not durable."""
    for mode in MODES:
        folder = tmp_path / mode
        disk = FaultyDisk(FileDisk(), number, mode, lasting=lasting)
        with suppress(DiskFaultError):
            played(world, folder, disk).replica.close()
        assert disk.failed
        if lasting:
            disk.lose_power()
        comes_back(world, folder)


def test_a_fault_while_it_starts_again_is_no_worse(world: World, tmp_path: Path) -> None:
    """The start of a replica writes as well: it cuts off what was never committed."""
    half = tmp_path / "half"
    with pytest.raises(DiskFaultError):
        played(world, half, FaultyDisk(FileDisk(), CALLS // 2, "torn", lasting=True))
    counted = FaultyDisk(FileDisk())
    shutil.copytree(half, tmp_path / "counted")
    played(world, tmp_path / "counted", counted).replica.close()
    for number, mode in every_fault(len(counted.calls)):
        folder = tmp_path / f"{number}-{mode}"
        shutil.copytree(half, folder)
        disk = FaultyDisk(FileDisk(), number, mode, lasting=True)
        with suppress(DiskFaultError):
            played(world, folder, disk).replica.close()
        disk.lose_power()
        comes_back(world, folder)


@pytest.mark.parametrize("count", range(5))
@pytest.mark.parametrize("power_lost", [False, True])
def test_one_killed_between_playing_a_block_and_committing_it_comes_back(
    world: World, tmp_path: Path, count: int, *, power_lost: bool
) -> None:
    folder, disk = tmp_path / "D", FaultyDisk(FileDisk())
    found = application(folder, world.who["D"], disk)
    blocks = world.driver.blocks
    world.driver.blocks = blocks[:count]
    try:
        world.driver.catch_up(found)
        call = found.handle
        found.handle = lambda name, request: (  # type: ignore[method-assign]
            abci.ResponseCommit() if name == "commit" else call(name, request)
        )
        world.driver.blocks = blocks[: count + 1]
        world.driver.catch_up(found)
    finally:
        world.driver.blocks = blocks
    assert found.replica.height == count
    found.replica.close()
    if power_lost:
        disk.lose_power()
    comes_back(world, folder)


def test_no_half_written_state_is_ever_read(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "D"
    played(world, folder, FileDisk()).replica.close()
    data = (folder / "state").read_bytes()
    for at in range(0, len(data), 97):
        (folder / "state").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(Exception, match="replica_damaged"):
            application(folder, world.who["D"])
    (folder / "state").write_bytes(data[: len(data) // 2])
    with pytest.raises(Exception, match="replica_damaged"):
        application(folder, world.who["D"])


@pytest.mark.parametrize("name", ["entries", "status"])
def test_a_log_that_lost_what_was_committed_is_noticed_at_the_start(
    world: World, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "D"
    found = played(world, folder, FileDisk())
    found.replica.close()
    file = found.replica.log_folder(world.who["A"].origin) / name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Exception, match="damaged"):
        played(world, folder, FileDisk())
