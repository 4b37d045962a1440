"""Offering transactions to validators, and seeing when blocks are committed: one light process.

Owns the connections: requests over HTTP that are kept open, and of each validator the events of its
blocks over a WebSocket, which carry the height and the number of transactions and not the block.
Which transactions a block holds is looked up after the clock has stopped. Rules: both networks are
asked in the same way; a transaction is final at a validator when that validator tells of the block,
which it does after its application has committed it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import orjson

CONNECTIONS = 16  # to each validator: one request at a time on each
DRAINED_S_MAX = 60.0
AGAIN_S = 0.05  # until what a full validator did not take is offered again
ANSWER_BYTES_MAX = 1 << 20
_QUERY = "tm.event='NewBlockEvents'"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_LENGTH_16, _LENGTH_64 = 126, 127
_MASKED = 0x80
_KNOWN = "already exists in cache"
_FULL = "mempool is full"


class NetworkFailed(Exception):  # noqa: N818 - what happened, not a fault of ours
    """A validator refused what it should take, or did not commit in time."""


class Handed(NamedTuple):
    """A transaction that was offered. digest: its SHA-256. at: seconds of the monotonic clock."""

    digest: bytes
    door: str
    at: float


class Seen(NamedTuple):
    """A block as a validator told of it. at: seconds of the monotonic clock."""

    height: int
    transactions: int
    at: float


@dataclass
class Run:
    """What came of offering. blocks: of each validator, by height. busy: times one was full.

    late: seconds each transaction was offered after it was due.
    """

    handed: list[Handed] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    blocks: dict[str, dict[int, Seen]] = field(default_factory=dict)
    busy: int = 0

    def first_seen(self) -> list[Seen]:
        """Return the blocks in their order, each as the first validator told of it."""
        found: dict[int, Seen] = {}
        for told in self.blocks.values():
            for one in told.values():
                known = found.get(one.height)
                if known is None or one.at < known.at:
                    found[one.height] = one
        return [found[height] for height in sorted(found)]


class Door:
    """The RPC of one validator, over a few connections."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 0
        self.waiting: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.Queue()
        )

    async def open(self) -> None:
        """Connect. Raises: OSError."""
        for _ in range(CONNECTIONS):
            self.waiting.put_nowait(await asyncio.open_connection(self.host, self.port))

    def close(self) -> None:
        """Close the connections that are not in use."""
        while not self.waiting.empty():
            self.waiting.get_nowait()[1].close()

    async def offer(self, transaction: bytes) -> bool:
        """Hand in a transaction; return whether it was taken, False where the validator is full.

        Raises: NetworkFailed where it is refused.
        """
        data = body_of(transaction)
        head = (
            f"POST / HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        connection = await self.waiting.get()
        try:
            reader, writer = connection
            writer.write(head.encode() + data)
            await writer.drain()
            answer = orjson.loads(await _answer(reader))
        finally:
            self.waiting.put_nowait(connection)
        told = json.dumps(answer.get("error", ""))
        if _FULL in told:
            return False
        if _KNOWN in told or answer.get("result", {}).get("code", 1) == 0:
            return True
        raise NetworkFailed(f"{self.name}: {answer}")


def body_of(transaction: bytes) -> bytes:
    """Return the JSON-RPC request that hands in a transaction."""
    start = b'{"jsonrpc":"2.0","id":1,"method":"broadcast_tx_sync","params":{"tx":"'
    return start + base64.b64encode(transaction) + b'"}}'


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, found, rest = head.partition(b"content-length:")
    length = int(rest.partition(b"\r\n")[0]) if found else ANSWER_BYTES_MAX + 1
    if length > ANSWER_BYTES_MAX:
        raise NetworkFailed("an answer without a length, or too long")
    return await reader.readexactly(length)


class Blocks:
    """The blocks of one validator, as it tells of them over its WebSocket."""

    def __init__(self, door: Door, tell: Callable[[str, Seen], None]) -> None:
        self._door = door
        self._tell = tell
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Subscribe. Raises: OSError, NetworkFailed."""
        door = self._door
        reader, writer = await asyncio.open_connection(door.host, door.port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /websocket HTTP/1.1\r\nHost: {door.host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        if b" 101 " not in await reader.readuntil(b"\r\n\r\n"):
            raise NetworkFailed(f"{door.name}: no WebSocket")
        asked = {"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": {"query": _QUERY}}
        writer.write(masked(_TEXT, json.dumps(asked).encode()))
        await read_frame(reader)  # that it is subscribed
        self._writer = writer
        self._task = asyncio.create_task(self._read(reader, writer))

    async def close(self) -> None:
        """Subscribe no longer."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._writer is not None:
            self._writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, data = await read_frame(reader)
                if kind == _PING:
                    writer.write(masked(_PONG, data))
                elif kind == _CLOSE:
                    return
                elif kind == _TEXT:
                    at = time.monotonic()
                    value = orjson.loads(data)["result"]["data"]["value"]
                    count, height = int(value.get("num_txs", 0)), int(value["height"])
                    self._tell(self._door.name, Seen(height, count, at))


def masked(kind: int, data: bytes) -> bytes:
    """Return a WebSocket frame of a client."""
    if len(data) < _LENGTH_16:
        head = bytes([0x80 | kind, _MASKED | len(data)])
    else:
        head = bytes([0x80 | kind, _MASKED | _LENGTH_16]) + len(data).to_bytes(2, "big")
    return head + bytes(4) + data  # masked with zeros


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read a WebSocket frame of a server, whole; return its kind and content."""
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == _LENGTH_16:
        length = int.from_bytes(await reader.readexactly(2), "big")
    elif length == _LENGTH_64:
        length = int.from_bytes(await reader.readexactly(8), "big")
    return first & 0x0F, await reader.readexactly(length)


class Load:
    """Offers to validators, by name -> URL, and counts what their blocks hold meanwhile."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self.run = Run()
        self._doors = {name: Door(name, url) for name, url in urls.items()}
        self._watched = [Blocks(door, self._told) for door in self._doors.values()]
        self._tasks: set[asyncio.Task[None]] = set()
        self._counted: set[int] = set()
        self._final = 0
        self._moved = asyncio.Event()

    async def __aenter__(self) -> Self:
        for door, blocks in zip(self._doors.values(), self._watched, strict=True):
            await door.open()
            await blocks.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        for blocks in self._watched:
            await blocks.close()
        for door in self._doors.values():
            door.close()

    def _told(self, name: str, block: Seen) -> None:
        self.run.blocks.setdefault(name, {})[block.height] = block
        if block.height not in self._counted:
            self._counted.add(block.height)
            self._final += block.transactions
            self._moved.set()

    def _hand(self, door: str, transaction: bytes) -> None:
        now = time.monotonic()
        self.run.handed.append(Handed(sha256(transaction).digest(), door, now))
        task = asyncio.create_task(self._offer(self._doors[door], transaction))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _offer(self, door: Door, transaction: bytes) -> None:
        while not await door.offer(transaction):
            self.run.busy += 1
            await asyncio.sleep(AGAIN_S)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._tasks.discard(task)
        self._moved.set()

    def _check(self) -> None:
        """Raise what an offer failed by."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (fault := task.exception()):
                raise fault

    async def paced(self, queue: Iterator[tuple[str, bytes]], rate: float, count: int) -> None:
        """Offer `count` transactions of (door, transaction), `rate` a second; wait for them all."""
        begun = time.monotonic()
        for number in range(count):
            due = begun + number / rate
            await asyncio.sleep(max(due - time.monotonic(), 0))
            self._check()
            door, transaction = next(queue)
            self._hand(door, transaction)
            self.run.late.append(max(self.run.handed[-1].at - due, 0))
        await self._drain()

    async def closed(
        self, queue: Iterator[tuple[str, bytes]], outstanding: int, seconds: float
    ) -> None:
        """Keep `outstanding` transactions waiting to be final for `seconds`; wait for them all.

        Ends earlier where the queue does.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            while len(self.run.handed) - self._final < outstanding:
                following = next(queue, None)
                if following is None:
                    return await self._drain()
                self._hand(*following)
            await self._wait(until)
        return await self._drain()

    async def _drain(self) -> None:
        until = time.monotonic() + DRAINED_S_MAX
        while self._final < len(self.run.handed):
            if time.monotonic() > until:
                raise NetworkFailed(f"{self._final} of {len(self.run.handed)} were final in time")
            await self._wait(until)
        # Each validator tells of the last block in its own time.
        last = max((one.height for one in self.run.first_seen()), default=0)
        while not all(last in told for told in self.run.blocks.values()):
            if time.monotonic() > until:
                raise NetworkFailed(f"not every validator told of block {last}")
            await asyncio.sleep(AGAIN_S)

    async def _wait(self, until: float) -> None:
        self._check()
        self._moved.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), min(max(until - time.monotonic(), 0), 1.0))


def transactions_in(answer: Mapping[str, Any]) -> list[bytes]:
    """Return the digests of the transactions of what a validator answers to `block`."""
    listed = answer["block"]["data"]["txs"] or []
    return [sha256(base64.b64decode(one)).digest() for one in listed]
