from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as some

from tallystick.consortium import server
from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.consortium.server import (
    FLUSHED,
    FRAME_BYTES_MAX,
    FrameTooLong,
    Server,
    answer,
    frame,
    frames,
)
from tallystick.testing.consortium_world import World

WAIT_S = 20.0  # for what happens at once; a test that waits so long has failed


def echo(text: str) -> bytes:
    return abci.Request(echo=abci.RequestEcho(message=text)).SerializeToString()


FLUSH = abci.Request(flush=abci.RequestFlush()).SerializeToString()


class Handler:
    """Answers echoes, and fails where it is told to."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, name: str, request: Message) -> Message:
        assert name == "echo"
        assert isinstance(request, abci.RequestEcho)
        self.seen.append(request.message)
        if request.message == "fail":
            raise OSError("the disk is gone")
        return abci.ResponseEcho(message=request.message)


# -- frames ----------------------------------------------------------------------------------------


@given(messages=some.lists(some.binary(max_size=400), max_size=6), data=some.data())
def test_messages_come_out_as_they_went_in_wherever_they_are_cut(
    messages: list[bytes], data: some.DataObject
) -> None:
    whole = b"".join(map(frame, messages))
    cuts = sorted(data.draw(some.lists(some.integers(0, len(whole)), max_size=6)))
    buffer, found = bytearray(), []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        buffer += whole[start:end]
        found += frames(buffer)
    assert found == messages
    assert not buffer


def test_a_message_cut_at_every_byte_waits_for_its_end() -> None:
    for length in (0, 1, 127, 128, 300, 16_384):
        whole = frame(b"x" * length)
        for cut in range(0, len(whole), 1 + length // 50):
            buffer = bytearray(whole[:cut])
            assert frames(buffer) == []
            assert buffer == whole[:cut]
            buffer += whole[cut:]
            assert frames(buffer) == [b"x" * length]


def test_an_empty_message_is_one() -> None:
    assert frames(bytearray(b"\x00\x00")) == [b"", b""]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff\xff\x01",
        b"\x80\x80\x80\x80\x80",
        b"\xff\xff\xff\xff\x7f",
        frame(b"x") + b"\xff" * 10,
        bytes([*[0x80 | (FRAME_BYTES_MAX + 1) >> 7 * n & 0x7F for n in range(3)], 0x20]),
    ],
)
def test_a_length_that_no_engine_sends_is_refused_before_anything_is_read(data: bytes) -> None:
    with pytest.raises(FrameTooLong):
        frames(bytearray(data))


def test_the_largest_message_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FRAME_BYTES_MAX", 1000)
    assert frames(bytearray(frame(b"x" * 1000))) == [b"x" * 1000]
    with pytest.raises(FrameTooLong):
        frames(bytearray(frame(b"x" * 1001)[:2]))


# -- answers ---------------------------------------------------------------------------------------


def told(data: bytes) -> abci.Response:
    return abci.Response.FromString(data)


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x0a\xff", b"junk", b"\x9a\x06\x00"])
def test_what_is_no_request_is_answered_with_an_exception_and_is_no_fault_of_ours(
    data: bytes,
) -> None:
    handler = Handler()
    response, fault = answer(handler, data)
    assert told(response).WhichOneof("value") == "exception"
    assert fault is None
    assert not handler.seen


@given(some.binary(max_size=60))
def test_no_bytes_whatever_are_without_an_answer(data: bytes) -> None:
    def silent(_: str, request: Message) -> Message:
        return type(request)()

    response, _ = answer(silent, data)
    assert told(response).WhichOneof("value")


def test_a_flush_is_answered_without_asking_anybody() -> None:
    handler = Handler()
    assert answer(handler, FLUSH) == (FLUSHED, None)
    assert told(FLUSHED).WhichOneof("value") == "flush"
    assert not handler.seen


def test_a_fault_is_told_and_handed_on() -> None:
    response, fault = answer(Handler(), echo("fail"))
    assert isinstance(fault, OSError)
    assert "the disk is gone" in told(response).exception.error


# -- the socket ------------------------------------------------------------------------------------


class Engine:
    """One connection of an engine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._buffer = bytearray()
        self._found: list[bytes] = []

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def next(self) -> abci.Response | None:
        """Return the next answer, None where the connection was closed."""
        while not self._found:
            data = await self._reader.read(1 << 16)
            if not data:
                return None
            self._buffer += data
            self._found += frames(self._buffer)
        return told(self._found.pop(0))

    def close(self) -> None:
        self._writer.close()


Script = Callable[[Callable[[], Awaitable[Engine]]], Awaitable[None]]


def served(handler: server.Handler, address: str, script: Script) -> Server:
    """Run a server and what an engine does with it; the server is stopped at the end."""
    made = Server(handler, address)

    async def connect() -> Engine:
        if ":" in address:
            host, _, port = address.rpartition(":")
            return Engine(*await asyncio.open_connection(host, int(port)))
        return Engine(*await asyncio.open_unix_connection(address))

    async def run() -> None:
        ready = asyncio.Event()
        task = asyncio.create_task(made.run(ready.set))
        await ready.wait()
        try:
            await script(connect)
        finally:
            made.stop()
            await task

    async def in_time() -> None:
        await asyncio.wait_for(run(), WAIT_S)

    asyncio.run(in_time())
    return made


def test_requests_are_answered_in_their_order_on_each_connection(tmp_path: Path) -> None:
    handler = Handler()

    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        first, second = await connect(), await connect()
        many = b"".join(frame(echo(str(n))) + frame(FLUSH) for n in range(50))
        await first.send(many[:77])
        await second.send(frame(echo("other")))
        other = await second.next()
        assert other is not None
        assert other.echo.message == "other"
        await first.send(many[77:])
        for n in range(50):
            one, flushed = await first.next(), await first.next()
            assert one is not None
            assert flushed is not None
            assert one.echo.message == str(n)
            assert flushed.WhichOneof("value") == "flush"

    served(handler, str(tmp_path / "socket"), script)
    assert [one for one in handler.seen if one != "other"] == [str(n) for n in range(50)]


def test_a_byte_at_a_time_is_a_request_too(tmp_path: Path) -> None:
    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        engine = await connect()
        for byte in frame(echo("slow" * 50)):
            await engine.send(bytes([byte]))
        found = await engine.next()
        assert found is not None
        assert found.echo.message == "slow" * 50

    served(Handler(), str(tmp_path / "socket"), script)


def test_a_fault_is_answered_ends_the_server_and_nothing_after_it_is_handled(
    tmp_path: Path,
) -> None:
    """Other connections stay open meanwhile, as those of an engine do; they do not hold it up."""
    handler = Handler()

    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        idle, engine = await connect(), await connect()
        await engine.send(b"".join(map(frame, map(echo, ("before", "fail", "after")))))
        before, failed = await engine.next(), await engine.next()
        assert before is not None
        assert failed is not None
        assert before.echo.message == "before"
        assert "the disk is gone" in failed.exception.error
        assert await engine.next() is None
        assert await idle.next() is None

    with pytest.raises(OSError, match="the disk is gone"):
        served(handler, str(tmp_path / "socket"), script)
    assert handler.seen == ["before", "fail"]


def test_a_connection_that_sends_no_length_is_closed_and_the_others_stay(tmp_path: Path) -> None:
    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        bad, good = await connect(), await connect()
        await bad.send(b"\xff" * 20)
        assert await bad.next() is None
        await good.send(frame(b"junk") + frame(echo("good")))
        junk, found = await good.next(), await good.next()
        assert junk is not None
        assert found is not None
        assert junk.WhichOneof("value") == "exception"
        assert found.echo.message == "good"

    assert served(Handler(), str(tmp_path / "socket"), script).fault is None


def test_an_engine_that_goes_away_in_the_middle_of_a_request_leaves_the_server(
    tmp_path: Path,
) -> None:
    handler = Handler()

    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        gone = await connect()
        await gone.send(frame(echo("half"))[:-1])
        gone.close()
        good = await connect()
        await good.send(frame(echo("good")))
        assert await good.next() is not None

    served(handler, str(tmp_path / "socket"), script)
    assert handler.seen == ["good"]


def test_the_socket_is_of_its_owner_alone_and_one_left_behind_is_no_hindrance(
    tmp_path: Path,
) -> None:
    path = tmp_path / "socket"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()

    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        engine = await connect()
        await engine.send(frame(echo("x")))
        assert await engine.next() is not None

    served(Handler(), str(path), script)


def test_an_address_of_the_machine_serves_as_well() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        engine = await connect()
        await engine.send(frame(FLUSH))
        assert await engine.next() is not None

    served(Handler(), f"127.0.0.1:{port}", script)


def test_a_replica_is_driven_over_a_real_socket(world: World, tmp_path: Path) -> None:
    first = world.driver.applications["A"]
    data = world.who["A"].append(3).encode()
    requests = [
        abci.Request(info=abci.RequestInfo()),
        abci.Request(check_tx=abci.RequestCheckTx(tx=data)),
        abci.Request(finalize_block=abci.RequestFinalizeBlock(height=2, txs=[data])),
        abci.Request(commit=abci.RequestCommit()),
        abci.Request(info=abci.RequestInfo()),
    ]
    requests[2].finalize_block.time.seconds = world.driver.time

    async def script(connect: Callable[[], Awaitable[Engine]]) -> None:
        engine = await connect()
        await engine.send(b"".join(frame(one.SerializeToString()) for one in requests))
        found = [await engine.next() for _ in requests]
        heights = [one.info.last_block_height for one in (found[0], found[-1]) if one is not None]
        assert heights == [1, 2]

    served(first.handle, str(tmp_path / "socket"), script)
    assert first.replica.height == 2
