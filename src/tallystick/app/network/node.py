"""What runs on a node: the application of the ledger, and the engine that drives it.

Owns the two processes as one. The application listens before the engine is started; where the
engine ends, the replica is read anew from its disk, since a block may have been played and not
committed, and the engine is started again, later each time. One process serves a folder.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from tallystick.app.network.engine import find_engine
from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.reasons import ANOTHER_LIBRARY, NO_SUITE, NODE_RUNS
from tallystick.consortium.application import Application
from tallystick.consortium.engine_files import StateSync
from tallystick.consortium.replica import Replica
from tallystick.consortium.server import Server
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.signing import ED25519_LIBRARY
from tallystick.kernel.suites import suite_named

PAUSE_S_MAX = 30.0
STEADY_S = 60.0  # an engine that ran so long was not failing at its start
ENDING_S_MAX = 10.0
JOURNAL_BYTES_MAX = 32 << 20
STARTED = b"-- the engine is started --\n"  # in its journal: what is above is of the time before

MakeReplica = Callable[[Path], Replica]


class Running:
    """A node that runs in this process until it is told to stop."""

    def __init__(
        self, folder: NodeFolder, make_replica: MakeReplica, sync: StateSync | None = None
    ) -> None:
        self._folder = folder
        self._make = make_replica
        self._sync = sync
        self._program = find_engine()
        self._stopping = False
        self._engine: subprocess.Popen[bytes] | None = None
        self._server: Server | None = None

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises: NODE_RUNS, what the replica raises."""
        self._folder.run.mkdir(exist_ok=True)
        lock = take_lock(self._folder)
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop())
            pause = 1.0
            while not self._stopping:
                started = time.monotonic()
                self._once()
                pause = 1.0 if time.monotonic() - started > STEADY_S else pause
                self._wait(pause)
                pause = min(2 * pause, PAUSE_S_MAX)
        finally:
            self._end_engine()
            os.close(lock)

    def stop(self) -> None:
        """Let the node end."""
        self._stopping = True
        if self._engine is not None:
            with suppress(OSError):
                self._engine.terminate()

    def _wait(self, pause: float) -> None:
        until = time.monotonic() + pause
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.1)

    def _once(self) -> None:
        """Run application and engine until one of them ends."""
        replica = self._make(self._folder.replica)
        replica.load()
        genesis = self._folder.genesis()
        if genesis.params.ed25519 != ED25519_LIBRARY:
            raise ANOTHER_LIBRARY.error(wanted=genesis.params.ed25519, found=ED25519_LIBRARY)
        for name in genesis.params.suites:
            if not suite_named(name).available:
                raise NO_SUITE.error(suite=name, extra=suite_named(name).extra)
        application = Application(replica, self._folder.cosigner(), lambda: int(time.time()))
        application.retain_blocks = self._folder.settings.retain_blocks
        # A snapshot is taken by an empty replica only; the engine ignores the wish of another.
        self._folder.write_engine(self._sync if replica.height == 0 else None)
        self._server = Server(application.handle, str(self._folder.socket))
        try:
            asyncio.run(self._serve(self._server))
        finally:
            self._end_engine()
            replica.close()

    async def _serve(self, server: Server) -> None:
        watch: asyncio.Task[None] | None = None

        def ready() -> None:
            nonlocal watch
            self._start_engine()
            watch = asyncio.create_task(self._watch(server))

        try:
            await server.run(ready)
        finally:
            if watch is not None:
                watch.cancel()

    async def _watch(self, server: Server) -> None:
        """End the server when the engine has ended."""
        if self._engine is not None:
            await asyncio.to_thread(self._engine.wait)
        server.stop()

    def _start_engine(self) -> None:
        file = self._folder.run / "engine.log"
        if file.exists() and file.stat().st_size > JOURNAL_BYTES_MAX:
            file.replace(file.with_suffix(".old"))
        with file.open("ab") as journal:
            journal.write(STARTED)
            journal.flush()
            self._engine = subprocess.Popen(  # noqa: S603 - the program that was looked for
                [str(self._program), "node", "--home", str(self._folder.engine)],
                stdin=subprocess.DEVNULL,
                stdout=journal,
                stderr=journal,
                preexec_fn=_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )

    def _end_engine(self) -> None:
        engine = self._engine
        if engine is None:
            return
        with suppress(OSError):
            engine.terminate()
        try:
            engine.wait(ENDING_S_MAX)
        except subprocess.TimeoutExpired:
            engine.kill()
            engine.wait()
        self._engine = None


def _with_parent() -> None:
    """Let the kernel end the engine when its supervisor dies, however it dies (Linux)."""
    import ctypes  # noqa: PLC0415 - in the child process

    parent_death_signal = 1  # PR_SET_PDEATHSIG
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


def plain_replica(snapshot_blocks: int) -> MakeReplica:
    """Return what makes an honest replica."""
    return lambda folder: Replica(folder, FileDisk(), snapshot_blocks)


def take_lock(folder: NodeFolder) -> int:
    """Become the one process of a node; return the handle of its lock. Raises: NODE_RUNS."""
    handle = os.open(folder.run / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise NODE_RUNS.error(name=folder.name) from None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle


def process_of(folder: NodeFolder) -> int:
    """Return the process that runs a node, 0 where none does."""
    try:
        handle = os.open(folder.run / "lock", os.O_RDWR)
    except OSError:
        return 0
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return int(os.read(handle, 20) or b"0")
    finally:
        os.close(handle)
    return 0


def start(folder: NodeFolder, *words: str, program: str = "tallystick") -> None:
    """Start a node as a process of its own, which goes on after this one. Raises: NODE_RUNS."""
    if process_of(folder):
        raise NODE_RUNS.error(name=folder.name)
    folder.run.mkdir(exist_ok=True)
    with _journal(folder) as journal:
        subprocess.Popen(  # noqa: S603 - this program
            [sys.executable, "-m", program, "network", "node", str(folder.folder), *words],
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=journal,
            start_new_session=True,
        )


def _journal(folder: NodeFolder) -> IO[bytes]:
    return (folder.run / "node.log").open("ab")


def stop(folder: NodeFolder, number: int = signal.SIGTERM, wait_s: float = 20.0) -> bool:
    """Stop a node; return whether one ran and ended."""
    process = process_of(folder)
    if not process:
        return False
    with suppress(ProcessLookupError):
        os.kill(process, number)
    until = time.monotonic() + wait_s
    while process_of(folder) and time.monotonic() < until:
        time.sleep(0.05)
    return not process_of(folder)
