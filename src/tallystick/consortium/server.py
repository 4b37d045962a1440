"""The socket CometBFT drives a replica through: ABCI 2.0, requests answered in order.

Owns the framing (a varint of the length, then a protobuf message) and the four connections of the
engine. Rules: answers go out in the order of their requests on each connection; one request is
handled at a time over all of them, so that a replica is never asked in the middle of a block; a
fault of this machine is answered with an exception, which stops the engine, and ends the server:
whatever is not on the disk is played again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress

from google.protobuf.message import DecodeError, Message

from tallystick.consortium.protocol import abci_types_pb2 as abci

FRAME_BYTES_MAX = 64 << 20  # a block is at most 4 MiB; a snapshot chunk at most 16
READ_BYTES = 1 << 20
_MORE = 0x80
_SHIFT = 7
_LENGTH_BYTES_MAX = 5

Handler = Callable[[str, Message], Message]
"""(name of the request, its fields) -> the fields of the response."""


class FrameTooLong(Exception):  # noqa: N818 - what happened, not a fault of ours
    """A length no engine sends. The connection is closed."""


def frame(message: bytes) -> bytes:
    """Return a message with its length before it."""
    length, head = len(message), bytearray()
    while length >= _MORE:
        head.append(length & (_MORE - 1) | _MORE)
        length >>= _SHIFT
    head.append(length)
    return bytes(head) + message


def frames(buffer: bytearray) -> list[bytes]:
    """Take all complete messages off the front of `buffer`. Raises: FrameTooLong."""
    found, at = [], 0
    while at < len(buffer):
        length, shift, start = 0, 0, at
        while start < len(buffer):
            byte = buffer[start]
            start += 1
            length |= (byte & (_MORE - 1)) << shift
            shift += _SHIFT
            if byte < _MORE:
                break
            if shift >= _SHIFT * _LENGTH_BYTES_MAX:
                raise FrameTooLong
        else:
            break  # the length itself is cut off
        if length > FRAME_BYTES_MAX:
            raise FrameTooLong
        if len(buffer) - start < length:
            break
        found.append(bytes(buffer[start : start + length]))
        at = start + length
    del buffer[:at]
    return found


def answer(handler: Handler, data: bytes) -> tuple[bytes, Exception | None]:
    """Return the response to one request, and the fault where it was one of this machine."""
    try:
        request = abci.Request.FromString(data)
        name = request.WhichOneof("value")
        if name is None:
            return _exception("unknown request"), None
        if name == "flush":
            return FLUSHED, None
        fields = handler(name, getattr(request, name))
    except DecodeError as fault:
        return _exception(repr(fault)), None
    except Exception as fault:  # noqa: BLE001 - handed to the engine, and ends the server
        return _exception(repr(fault)), fault
    response = abci.Response()
    getattr(response, name).CopyFrom(fields)
    return response.SerializeToString(), None


FLUSHED = abci.Response(flush=abci.ResponseFlush()).SerializeToString()


def _exception(why: str) -> bytes:
    return abci.Response(exception=abci.ResponseException(error=why)).SerializeToString()


class Server:
    """Serves one handler at `address`: a path for a Unix socket, or host:port."""

    def __init__(self, handler: Handler, address: str) -> None:
        self.fault: Exception | None = None
        self._handler = handler
        self._address = address
        self._ended = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop` is called or the handler fails; raise what it failed by."""
        if ":" in self._address:
            host, _, port = self._address.rpartition(":")
            server = await asyncio.start_server(self._serve, host, int(port))
        else:
            with suppress(FileNotFoundError):
                os.unlink(self._address)  # noqa: PTH108 - of a server that died
            server = await asyncio.start_unix_server(self._serve, self._address)
            os.chmod(self._address, 0o600)  # noqa: PTH101 - of the socket just made
        ready()
        async with server:
            await self._ended.wait()
            for writer in self._writers:  # one that stays open would be waited for
                writer.close()
        if self.fault is not None:
            raise self.fault

    def stop(self) -> None:
        """End the server."""
        self._ended.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        buffer = bytearray()
        self._writers.add(writer)
        try:
            while data := await reader.read(READ_BYTES):
                if self._ended.is_set():
                    return  # the replica may be in the middle of a block
                buffer += data
                out = []
                for message in frames(buffer):
                    response, fault = answer(self._handler, message)
                    out.append(frame(response))
                    if fault is not None:
                        self.fault = fault
                        break
                if out:
                    writer.write(b"".join(out))
                    await writer.drain()
                if self.fault is not None:
                    self.stop()
                    return
        except (ConnectionError, FrameTooLong):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
