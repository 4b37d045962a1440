"""The field of a drill: a network of its own, and writers who write all the while.

Owns `Field` and `Writer`. A writer is a workspace's log without the workspace: it makes batches,
hands them to the consortium and keeps what was acknowledged. `check` is the promise: everything
acknowledged stands once in every replica, under the root that was acknowledged, and all replicas
agree.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL
from types import TracebackType
from typing import Any, NamedTuple, Self

from tallystick.app.network import local, node
from tallystick.app.network.attached import consortium_around, open_log
from tallystick.app.network.client import Node
from tallystick.app.network.folder import NodeFolder, with_peers
from tallystick.app.network.ordering import OrderedLog
from tallystick.app.network.status import network_status
from tallystick.consortium.replica import Replica
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import EMPTY_ROOT
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.kernel.texts import Text
from tallystick.testing.drills.ports import HOST, free_range
from tallystick.testing.drills.proxies import Line, Lines
from tallystick.testing.institutions import commitments_of, seed_of

WAIT_S_MAX = 90.0
RECORDS = 50
SNAPSHOT_BLOCKS = 10
PORTS_SPARE = 60

Say = Callable[[Text], None]


class Broken(Exception):  # noqa: N818 - a promise was
    """A promise of a drill does not hold."""


def promise(held: object, what: str) -> None:
    """Check a promise. Raises: Broken."""
    if not held:
        raise Broken(what)


def until(found: Callable[[], object], what: str, wait_s: float = WAIT_S_MAX) -> Any:  # noqa: ANN401
    """Wait until `found` gives something, and return it. Raises: Broken when it takes too long."""
    end = time.monotonic() + wait_s
    while True:
        try:
            if result := found():
                return result
        except TallyError:
            pass
        if time.monotonic() > end:
            raise Broken(f"not within {wait_s:.0f} s: {what}")
        time.sleep(0.1)


class Acknowledged(NamedTuple):
    """A commit that was acknowledged: the checkpoint, and the commitments it added."""

    checkpoint: Checkpoint
    first: int
    commitments: list[bytes]


class Writer:
    """Writes to a log of its own through the node of one member."""

    def __init__(self, folder: Path, through: NodeFolder, name: str) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.name = name
        self.waits: list[str] = []
        self.origin = f"drill.example/{name}"
        self.log_key = SigningKey(self.origin, seed_of("drill", name, str(folder)))
        self.provider = SigningKey(f"{self.origin}/provider", seed_of("provider", name))
        self._folder = folder / f"writer-{name}"
        self._through = through
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.log = self._made()
        self.log.create(self.log_key)
        open_log(self.log, through, self.log_key, [self.provider.verifier])

    def _made(self) -> OrderedLog:
        network = consortium_around(self._through)
        return OrderedLog(self._folder, FileDisk(), self.log_key.verifier, lambda *_: None, network)

    def write(self, records: int = RECORDS, final_s_max: float = WAIT_S_MAX) -> Acknowledged:
        """Write one batch and wait for its receipt. Raises: as `OrderedLog.commit`."""
        self.log.final_s_max = final_s_max
        first = self.log.records
        listed = commitments_of(self.origin, first, records)
        batch = self.log.seal(self.provider, listed, 0)
        checkpoint = self.log.commit([batch], self.log_key)
        told = Acknowledged(checkpoint, first, listed)
        self.acknowledged.append(told)
        return told

    def reopen(self) -> None:
        """Open the log anew, as the next writer does, and finish what was outgoing."""
        self.log.close()
        self.log = self._made()
        self.log.load()
        self.log.recover()
        before = self.log.records
        if self.log.complete(self.log_key) and self.log.records > before:
            listed = self.log.commitments(before, self.log.records - before)
            if self.log.checkpoint is not None:
                self.acknowledged.append(Acknowledged(self.log.checkpoint, before, listed))

    def start(self) -> None:
        """Write on and on, in a thread; what fails is kept and tried again."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write no more; what was begun is finished."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(WAIT_S_MAX)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.write()
            except TallyError as fault:
                self.waits.append(fault.code)
                time.sleep(0.2)
                try:
                    self.reopen()
                except TallyError as again:
                    self.waits.append(again.code)

    def check(self, folder: NodeFolder) -> None:
        """Check that everything acknowledged is in the log of a replica, once. Raises: Broken."""
        stored = folder.stored()
        promise(stored is not None, f"{folder.name} has a state")
        copy = Path(tempfile.mkdtemp()) / "replica"
        shutil.copytree(folder.replica, copy)  # of a node that is stopped
        try:
            replica = Replica(copy, FileDisk())
            replica.load()
            log = replica.logs[self.origin]
            for one in self.acknowledged:
                size, root = one.checkpoint.size, one.checkpoint.root
                held = log.root(size) if size else EMPTY_ROOT
                promise(held == root, f"{folder.name} holds {self.origin} up to {size}")
                found = log.commitments(one.first, len(one.commitments))
                promise(found == one.commitments, f"{folder.name} holds all records of {size}")
            every = log.commitments(0, log.records)
            promise(len(set(every)) == len(every), "no record stands there twice")
            replica.close()
        finally:
            shutil.rmtree(copy.parent)


class Field:
    """A network of `count` validators in a folder of its own, removed at the end."""

    def __init__(self, say: Say, count: int = 4, *, lines: bool = False) -> None:
        self.say = say
        self.folder = Path(tempfile.mkdtemp(prefix="tally-drill-"))
        self.base_port = free_range(local.PORTS_A_NODE * count + PORTS_SPARE)
        made = local.create(
            self.folder,
            count,
            int(time.time()),
            base_port=self.base_port,
            snapshot_blocks=SNAPSHOT_BLOCKS,
        )
        self.nodes = {one.name: one for one in made}
        self.writers: list[Writer] = []
        self.lines: Lines | None = None
        if lines:
            self._draw_lines()

    def _draw_lines(self) -> None:
        ports = {name: one.settings.p2p_port for name, one in self.nodes.items()}
        self.lines = Lines(ports)
        self.lines.start()
        ids = {name: one.own_member().node.partition("@")[0] for name, one in self.nodes.items()}
        for name, one in self.nodes.items():
            peers = [
                f"{ids[other]}@{HOST}:{self.lines.at[Line(name, other)]}"
                for other in self.nodes
                if other != name
            ]
            with_peers(one, peers)

    def __enter__(self) -> Self:
        for name in self.nodes:
            self.start(name)
        local.wait_for(list(self.nodes.values()), 1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self.writers:
            writer.stop()
            writer.log.close()
        for one in self.nodes.values():
            node.stop(one, SIGKILL)
        if self.lines is not None:
            self.lines.close()
        if fault is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self.say(
                Text("留作查看：{folder}", "kept for a look: {folder}").fill(folder=self.folder)
            )

    # -- nodes --------------------------------------------------------------------------------

    def start(self, name: str, *words: str) -> None:
        """Start a node."""
        node.start(self.nodes[name], *words)

    def kill(self, name: str) -> None:
        """Kill a node at once, application and engine."""
        promise(node.stop(self.nodes[name], SIGKILL), f"{name} ran")

    def stop(self, name: str) -> None:
        """Let a node end."""
        node.stop(self.nodes[name])

    def destroy(self, name: str) -> None:
        """Remove replica and engine data of a node, but not what its validator signed last.

        An operator who loses that too makes a new consensus key, or waits: it might sign twice.
        """
        one = self.nodes[name]
        shutil.rmtree(one.replica)
        kept = (one.engine / "data/priv_validator_state.json").read_bytes()
        shutil.rmtree(one.engine)
        (one.engine / "data").mkdir(parents=True)
        (one.engine / "data/priv_validator_state.json").write_bytes(kept)

    def asked(self, name: str) -> Node:
        """Return the RPC of a node."""
        return Node(name, self.nodes[name].url)

    def height(self, name: str) -> int:
        """Return how far a replica is, 0 where it does not answer."""
        try:
            return int(self.asked(name).state()["height"])
        except TallyError:
            return 0

    def status(self) -> dict[str, Any]:
        """Return what `tally network status` says."""
        return network_status(self.folder)

    def writer(self, name: str) -> Writer:
        """Return a new writer through the node of a member."""
        writer = Writer(self.folder / "writers", self.nodes[name], f"{name}{len(self.writers)}")
        self.writers.append(writer)
        return writer

    # -- promises -----------------------------------------------------------------------------

    def caught_up(self, name: str, wait_s: float = WAIT_S_MAX) -> None:
        """Wait until a node is where the others are. Raises: Broken."""
        others = [one for one in self.nodes if one != name and node.process_of(self.nodes[one])]
        goal = max(self.height(one) for one in others)
        until(lambda: self.height(name) >= goal, f"{name} caught up to {goal}", wait_s)

    def check(self, *left_out: str) -> None:
        """Stop everything, and check what was promised in every replica. Raises: Broken."""
        for writer in self.writers:
            writer.stop()
            writer.reopen()
        running = [name for name in self.nodes if name not in left_out]
        for name in running:
            if not node.process_of(self.nodes[name]):
                self.start(name)
        goal = max(self.height(name) for name in running)
        until(lambda: all(self.height(name) >= goal for name in running), f"height {goal}")
        for name in self.nodes:
            self.stop(name)
        hashes: dict[int, set[str]] = {}
        for name in running:
            stored = self.nodes[name].stored()
            if stored is not None:
                hashes.setdefault(stored.height, set()).add(stored.app_hash.hex())
            for writer in self.writers:
                writer.check(self.nodes[name])
        promise(all(len(found) == 1 for found in hashes.values()), "replicas of a height agree")
        written = sum(len(one.acknowledged) for one in self.writers)
        self.say(
            Text(
                "已确认的 {n} 笔，{count} 份副本里都有，且只有一份",
                "{n} commits acknowledged, all of them in {count} replicas, once",
            ).fill(n=written, count=len(running))
        )
