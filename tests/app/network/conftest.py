"""A real network of four nodes, started once for all tests that look at it.

Needs the engine, which `make cometbft` builds with Go. Where neither is there the tests say so and
do not run; with CI=true that is a failure.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallystick.app.network import local, node
from tallystick.app.network.engine import find_engine
from tallystick.app.network.folder import NodeFolder
from tallystick.kernel.errors import TallyError
from tallystick.testing.drills.ports import free_range

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def engine() -> Path:
    try:
        return find_engine()
    except TallyError as fault:
        if shutil.which("go") is None:
            pytest.skip(f"{fault}; Go, which builds it, is not there either")
        subprocess.run(["make", "--silent", "cometbft"], cwd=ROOT, check=True)
        return find_engine()


@pytest.fixture(scope="module")
def network(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    del engine
    folder = tmp_path_factory.mktemp("network") / "net"
    try:
        local.up(folder, 4, int(time.time()), base_port=free_range(40), snapshot_blocks=10)
        yield folder
    finally:
        if folder.exists():
            for one in local.nodes_in(folder):
                node.stop(one)


@pytest.fixture
def member(network: Path) -> NodeFolder:
    return NodeFolder(network / "A")
