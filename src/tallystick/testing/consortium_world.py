"""A whole consortium in one process: four institutions, a replica each, and the order of calls.

Owns `World`. Nothing listens anywhere; blocks are played when somebody asks for one.
"""

from __future__ import annotations

from pathlib import Path

from tallystick.consortium.application import Application
from tallystick.consortium.replica import Replica
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.testing.engine_calls import Driver
from tallystick.testing.institutions import NAMES, Institution, genesis_of

NOW = 1_900_000_000  # of the operators' clocks
SNAPSHOT_BLOCKS = 2


def application(folder: Path, who: Institution, disk: Disk | None = None) -> Application:
    """Return the application of an institution over the replica in `folder`, loaded."""
    replica = Replica(folder, disk or FileDisk(), SNAPSHOT_BLOCKS)
    replica.load()
    return Application(replica, who.cosigner, lambda: NOW)


class World:
    """Four institutions, each with a replica under `folder`, and the driver of their blocks."""

    def __init__(self, folder: Path, names: tuple[str, ...] = NAMES) -> None:
        self.folder = folder
        self.who = {name: Institution(name) for name in names}
        genesis = genesis_of(list(self.who.values()))
        applications = {n: application(folder / n, one) for n, one in self.who.items()}
        self.driver = Driver(genesis, applications)
        self.driver.start()

    def opened(self) -> World:
        """Open the log of each institution, in one block."""
        for one in self.who.values():
            self.driver.submit(one.opening())
        self.driver.block()
        return self

    def restart(self, name: str) -> Application:
        """Let the replica of an institution die, and start it from its folder."""
        if name in self.driver.applications:
            self.driver.applications[name].replica.close()
        again = application(self.folder / name, self.who[name])
        self.driver.applications[name] = again
        self.driver.catch_up(again)
        return again
