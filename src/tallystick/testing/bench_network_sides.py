"""The two networks that are measured: ours, and CometBFT with its own kvstore.

Owns starting and stopping them. Both have four validators of the same engine with the same
settings, made by the same code, and an application each behind a Unix socket: they differ in the
application alone. kvstore keeps its pairs in a database and waits for no disk; ours makes every
block durable.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from tallystick.app.network import local, node
from tallystick.app.network.client import Node
from tallystick.app.network.engine import find_engine
from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.reasons import NOBODY_ANSWERS
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.testing.peer_tessera import build

VALIDATORS = 4
SOURCE = Path(__file__).parents[3] / "engines" / "cometbft"
KVSTORE = "github.com/cometbft/cometbft/abci/cmd/abci-cli"
STARTED_S_MAX = 60.0
_PORTS = (20_000, 55_000)
_POLL_S = 0.05


def build_kvstore(into: Path, *, download: bool) -> Path:
    """Build CometBFT's kvstore at the version of our engine into a folder; return the program.

    Raises: NO_SOURCE, NO_GO, NO_MODULES, PEER_FAILED.
    """
    [program] = build(into, [KVSTORE], download=download, source=SOURCE)
    return program


class Side(ABC):
    """A network of validators on this machine, in a folder of its own."""

    def __init__(self, folder: Path, count: int = VALIDATORS) -> None:
        port = free_ports(count)
        self.nodes = local.create(folder, count, int(time.time()), base_port=port)

    @property
    def urls(self) -> dict[str, str]:
        """The RPC of each validator, by name."""
        return {one.name: one.url for one in self.nodes}

    def start(self) -> None:
        """Start all and wait for their first block. Raises: NOBODY_ANSWERS."""
        for one in self.nodes:
            self._start(one)
        until = time.monotonic() + STARTED_S_MAX
        for one in self.nodes:
            asked = Node(one.name, one.url)
            while _height(asked) < 1:
                if time.monotonic() > until:
                    raise NOBODY_ANSWERS.error(why=Text(one.name, one.name))
                time.sleep(_POLL_S)
            asked.close()

    @abstractmethod
    def stop(self) -> None:
        """Stop all that runs."""

    @abstractmethod
    def kill(self, name: str) -> None:
        """Kill a validator, application and engine, at once."""

    @abstractmethod
    def processes(self) -> dict[str, list[int]]:
        """Return the processes that are "engine" and "application"."""

    @abstractmethod
    def _start(self, one: NodeFolder) -> None:
        """Start one."""

    def named(self, name: str) -> NodeFolder:
        """Return a node by its name."""
        return next(one for one in self.nodes if one.name == name)


class OurSide(Side):
    """The ledger of several."""

    def _start(self, one: NodeFolder) -> None:
        node.start(one)

    def stop(self) -> None:
        """Stop all that runs."""
        for one in self.nodes:  # at once, and then waited for
            if process := node.process_of(one):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM)
        for one in self.nodes:
            node.stop(one)

    def kill(self, name: str) -> None:
        """Kill a validator: the engine ends with the process that started it."""
        process = node.process_of(self.named(name))
        engines = children_of([process])
        node.stop(self.named(name), signal.SIGKILL)
        for engine in engines:
            with suppress(ProcessLookupError):
                os.kill(engine, signal.SIGKILL)

    def processes(self) -> dict[str, list[int]]:
        """Return the processes that are "engine" and "application"."""
        applications = [process for one in self.nodes if (process := node.process_of(one))]
        return {"engine": children_of(applications), "application": applications}


class PeerSide(Side):
    """CometBFT with its own kvstore, over the same kind of socket. program: of kvstore."""

    def __init__(self, folder: Path, program: Path, count: int = VALIDATORS) -> None:
        super().__init__(folder, count)
        self._program = program
        self._engine = find_engine()
        self._running: dict[str, tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]] = {}

    def _start(self, one: NodeFolder) -> None:
        one.run.mkdir(exist_ok=True)
        one.write_engine()
        words = [str(self._program), "kvstore", "--address", f"unix://{one.socket}"]
        words += ["--persist", str(one.run / "kvstore"), "--log_level", "error"]
        with ExitStack() as files:
            journals = [
                files.enter_context((one.run / name).open("ab"))
                for name in ("application.log", "engine.log")
            ]
            application = _started(words, journals[0])
            until = time.monotonic() + STARTED_S_MAX
            while not _listens(one.socket) and time.monotonic() < until:
                time.sleep(_POLL_S)
            engine = _started([str(self._engine), "node", "--home", str(one.engine)], journals[1])
        self._running[one.name] = application, engine

    def stop(self) -> None:
        """Stop all that runs."""
        for _, engine in self._running.values():
            engine.terminate()
        for application, engine in self._running.values():
            for process in (engine, application):
                process.terminate()
                try:
                    process.wait(node.ENDING_S_MAX)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._running.clear()

    def kill(self, name: str) -> None:
        """Kill a validator, application and engine, at once."""
        for process in reversed(self._running.pop(name)):
            process.kill()
            process.wait()

    def processes(self) -> dict[str, list[int]]:
        """Return the processes that are "engine" and "application"."""
        pairs = self._running.values()
        return {"engine": [e.pid for _, e in pairs], "application": [a.pid for a, _ in pairs]}


def _started(words: Sequence[str], journal: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - CometBFT, which was looked for or built
        list(words), stdin=subprocess.DEVNULL, stdout=journal, stderr=journal
    )


def _height(asked: Node) -> int:
    try:
        return int(asked.status()["sync_info"]["latest_block_height"])
    except TallyError:
        return 0


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as tried, suppress(OSError):
        tried.connect(str(path))
        return True
    return False


def free_ports(count: int) -> int:
    """Return a port from which on a local network of `count` nodes can have its own."""
    while True:
        base = random.randrange(*_PORTS, local.PORTS_A_NODE)  # noqa: S311 - any will do
        wanted = [base + local.PORTS_A_NODE * n + one for n in range(count) for one in (0, 1)]
        with ExitStack() as tried, suppress(OSError):
            for port in wanted:
                one = tried.enter_context(socket.socket())
                one.bind((local.HOST, port))
            return base


def children_of(processes: Sequence[int]) -> list[int]:
    """Return the children of some processes (Linux; none elsewhere)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            if int(parent) in processes:
                found.append(int(folder.name))
    return found


class Used:
    """Seconds of the processor that the parts of a network have used since this was made."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._begun = time.monotonic()
        self._before = self._now()

    def _now(self) -> dict[str, float]:
        used = {
            part: sum(map(_seconds_of, processes))
            for part, processes in self._side.processes().items()
        }
        own = os.times()
        return {**used, "load_generator": own.user + own.system}

    def cores(self) -> Mapping[str, float]:
        """Return how many cores each part has used on average."""
        took = time.monotonic() - self._begun
        return {
            part: round((now - self._before.get(part, 0)) / took, 2)
            for part, now in self._now().items()
        }


def _seconds_of(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
