"""How the parts of a chain are written: protobuf to be hashed and signed, JSON to be handed over.

Owns the few pieces of protobuf that headers and votes are made of, written as CometBFT writes them
(proto3: a field of value zero is left out; a part that is never absent is written though empty),
and `Fields`, a strict reader of a JSON object, in the notation of CometBFT's RPC and in our own.
Nothing here reads protobuf. A fault never repeats the value it was found in.
"""

from __future__ import annotations

import binascii
import datetime
import re
import struct
from collections.abc import Sequence
from typing import Any

import orjson

from tallystick.kernel.canonical import INTEGER_MAX
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

NANOS = 10**9
TIME_END = 253_402_300_800 * NANOS  # the year 10000, which RFC 3339 cannot write
NO_TIME = -62_135_596_800 * NANOS  # the year 1: what Go writes for a time that is not there
INT64_MAX = 2**63 - 1

_VARINT, _FIXED64, _BYTES = 0, 1, 2  # wire types of protobuf
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{0,8}[1-9])?Z"
)

BAD_CHAIN_DATA = Reason(
    "bad_chain_data",
    Text("这不是链上的数据：{what}", "this is not data of a chain: {what}"),
    "CometBFT 0.38",
    Text("请重新取得；不要改动。", "Get it again; do not edit it."),
)
_FIELD = Text("字段 {field}", "field {field}")


def check_part(held: bool, field: str) -> None:  # noqa: FBT001 - what is asserted comes first
    """Check what a form demands of a field. Raises: BAD_CHAIN_DATA, naming it."""
    if not held:
        raise BAD_CHAIN_DATA.error(what=_FIELD.fill(field=field))


# -- protobuf ------------------------------------------------------------------------------------


def varint(number: int) -> bytes:
    """Return a number from 0 to 2^64-1, seven bits to a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number_field(field: int, number: int) -> bytes:
    """Return a field of type uint64 or int64, whose negative numbers are of 64 bits."""
    return _tag(field, _VARINT) + varint(number % 2**64) if number else b""


def sfixed64_field(field: int, number: int) -> bytes:
    """Return a field of type sfixed64."""
    return _tag(field, _FIXED64) + struct.pack("<q", number) if number else b""


def bytes_field(field: int, data: bytes) -> bytes:
    """Return a field of type bytes or string."""
    return message_field(field, data) if data else b""


def message_field(field: int, message: bytes) -> bytes:
    """Return a field that is a message, though it be empty."""
    return _tag(field, _BYTES) + delimited(message)


def delimited(message: bytes) -> bytes:
    """Return a message behind its length."""
    return varint(len(message)) + message


def timestamp(time: int) -> bytes:
    """Return the message google.protobuf.Timestamp; time: nanoseconds since 1970."""
    seconds, nanos = divmod(time, NANOS)
    return number_field(1, seconds) + number_field(2, nanos)


def _tag(field: int, kind: int) -> bytes:
    return varint(field << 3 | kind)


# -- JSON ----------------------------------------------------------------------------------------


class Fields:
    """A JSON object that has certain fields and no others, in our own notation.

    Numbers are integers, bytes are hexadecimal in lower case, a time is [seconds, nanoseconds].
    Every method returns the value of a field. Raises: BAD_CHAIN_DATA, naming the field.
    """

    def __init__(self, value: object, keys: Sequence[str], name: str = "") -> None:
        """Take an object; name: of the field it was found in."""
        self.name = name
        if type(value) is not dict or set(value) != set(keys):
            raise BAD_CHAIN_DATA.error(what=_FIELD.fill(field=name or "{}"))
        self.value: dict[str, Any] = value

    def number(self, key: str, most: int = INTEGER_MAX) -> int:
        """Return an integer from 0 to `most`."""
        return self.plain(key, most)

    def plain(self, key: str, most: int) -> int:
        """Return an integer from 0 to `most`, which is an integer in either notation."""
        value = self.value[key]
        check_part(type(value) is int and 0 <= value <= most, self._path(key))
        return int(value)

    def decimal(self, key: str, most: int) -> int:
        """Return an integer from 0 to `most`, which is decimal text in either notation."""
        value = self.text(key)
        check_part(_DECIMAL.fullmatch(value) is not None and int(value) <= most, self._path(key))
        return int(value)

    def text(self, key: str) -> str:
        """Return a text."""
        value = self.value[key]
        check_part(type(value) is str, self._path(key))
        return str(value)

    def data(self, key: str) -> bytes:
        """Return bytes."""
        text = self.text(key)
        return self._read_hex(key, text, text)

    def blob(self, key: str) -> bytes:
        """Return bytes that the RPC writes in base64: keys and signatures."""
        return self.data(key)

    def time(self, key: str) -> int:
        """Return a time in nanoseconds since 1970."""
        value = self.value[key]
        whole = type(value) is list and [type(part) for part in value] == [int, int]
        check_part(whole and 0 <= value[1] < NANOS, self._path(key))
        return int(value[0] * NANOS + value[1])

    def part(self, key: str, keys: Sequence[str]) -> Fields:
        """Return the object in a field."""
        return type(self)(self.value[key], keys, self._path(key))

    def parts(self, key: str, keys: Sequence[str]) -> list[Fields]:
        """Return the objects of a list."""
        value = self.value[key]
        check_part(type(value) is list, self._path(key))
        return [type(self)(v, keys, f"{self._path(key)}[{i}]") for i, v in enumerate(value)]

    def _path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _read_hex(self, key: str, text: str, lower: str) -> bytes:
        try:
            data = bytes.fromhex(text)
        except ValueError:
            data = b""
        check_part(data.hex() == lower, self._path(key))
        return data


class RpcFields(Fields):
    """The same as CometBFT's RPC writes it.

    Numbers of 64 bits are decimal text, bytes hexadecimal in upper case or base64, times RFC 3339.
    """

    def number(self, key: str, most: int = INTEGER_MAX) -> int:
        """Return an integer from 0 to `most`."""
        return self.decimal(key, most)

    def data(self, key: str) -> bytes:
        """Return bytes that stand there in hexadecimal."""
        text = self.text(key)
        check_part(text == text.upper(), self._path(key))
        return self._read_hex(key, text, text.lower())

    def blob(self, key: str) -> bytes:
        """Return bytes that stand there in base64; null is none."""
        if self.value[key] is None:
            return b""
        text = self.text(key)
        try:
            data = binascii.a2b_base64(text, strict_mode=True)
        except (binascii.Error, ValueError):
            data = b""
        check_part(binascii.b2a_base64(data, newline=False).decode() == text, self._path(key))
        return data

    def time(self, key: str) -> int:
        """Return a time in nanoseconds since 1970."""
        found = _RFC3339.fullmatch(self.text(key))
        check_part(found is not None, self._path(key))
        second, fraction = found.groups() if found else ("", None)
        try:
            moment = datetime.datetime.fromisoformat(second).replace(tzinfo=datetime.UTC)
        except ValueError:
            raise BAD_CHAIN_DATA.error(what=_FIELD.fill(field=self._path(key))) from None
        seconds = (moment - _EPOCH) // datetime.timedelta(seconds=1)
        return seconds * NANOS + int((fraction or ".0")[1:].ljust(9, "0"))


def written_time(time: int) -> list[int]:
    """Return a time (nanoseconds since 1970) as our own notation has it."""
    return list(divmod(time, NANOS))


def rpc_result(answer: bytes) -> dict[str, Any]:
    """Return the result in an answer of the RPC. Raises: BAD_CHAIN_DATA."""
    try:
        told = orjson.loads(answer)
    except orjson.JSONDecodeError:
        told = None
    result = told.get("result") if type(told) is dict else None
    if type(result) is not dict:
        raise BAD_CHAIN_DATA.error(what=_FIELD.fill(field="result"))
    return result
