"""Lines between nodes that can be cut: a proxy for each direction.

Owns `Lines`. A cut line refuses and ends connections; a mended one lets them through again. It is
all in one thread and changes no byte.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import NamedTuple

from tallystick.testing.drills.ports import HOST, free_port

READ_BYTES = 1 << 16


class Line(NamedTuple):
    """From whom to whom."""

    caller: str
    called: str


class Lines:
    """Proxies in front of nodes, one for each who calls another."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.at: dict[Line, int] = {}
        self._ports = ports
        self._cut: set[Line] = set()
        self._open: dict[Line, set[asyncio.StreamWriter]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen for every pair of nodes."""
        self._thread.start()
        for caller in self._ports:
            for called in self._ports:
                if caller != called:
                    line, port = Line(caller, called), free_port()
                    self.at[line] = port
                    self._open[line] = set()
                    self._wait(self._listen(line, port))

    def cut(self, *groups: str) -> None:
        """Cut all lines between nodes of different groups, such as "AB", "CD"."""
        of = {name: place for place, group in enumerate(groups) for name in group}
        self._cut = {one for one in self.at if of.get(one.caller) != of.get(one.called)}
        self._wait(self._end())

    def mend(self) -> None:
        """Let everything through again."""
        self._cut = set()

    def close(self) -> None:
        """Stop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _wait(self, what: object) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self, line: Line, port: int) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._through(line, reader, writer)

        await asyncio.start_server(serve, HOST, port)

    async def _end(self) -> None:
        for line in self._cut:
            for writer in list(self._open[line]):
                writer.close()

    async def _through(
        self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if line in self._cut:
            writer.close()
            return
        try:
            there = await asyncio.open_connection(HOST, self._ports[line.called])
        except OSError:
            writer.close()
            return
        both = {writer, there[1]}
        self._open[line] |= both
        try:
            await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        finally:
            self._open[line] -= both


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, OSError):
        while data := await reader.read(READ_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()
