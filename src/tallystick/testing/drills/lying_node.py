"""A node whose replica computes something else from some block on.

    python -m tallystick.testing.drills.lying_node FOLDER

It stands for a program with a fault, or an operator who changed it. For drills only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.node import Running
from tallystick.consortium.replica import Block, Finalized, Replica
from tallystick.kernel.disk import FileDisk


class LyingReplica(Replica):
    """Adds an entry of its own to a log, once, before the block that next appends to it."""

    lied = False

    def finalize(self, block: Block) -> Finalized:
        """Play a block."""
        if block.transactions and self.logs and not self.lied:
            self.lied = True
            for log in self.logs.values():
                if log.size:
                    log.append([], durable=False)
        return super().finalize(block)


def main() -> None:
    """Run the node."""
    folder = NodeFolder(Path(sys.argv[-1]).resolve())
    Running(folder, lambda place: LyingReplica(place, FileDisk())).run()


if __name__ == "__main__":
    main()
