"""The part of CBOR that signed envelopes are made of, in its one deterministic encoding.

Owns `encode` and its strict inverse `decode` over integers of 64 bits, byte and text strings,
arrays, maps whose keys are integers or texts, tags and null, as RFC 8949 section 4.2.1 encodes
them: shortest heads, definite lengths, keys in the order of their bytes. Floats, booleans and
simple values are not in it. `decode` accepts exactly what `encode` writes.

    >>> encode({1: -8, 395: 1}).hex()
    'a2012719018b01'
"""

from __future__ import annotations

from typing import NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

DEPTH_MAX = 16
_UINT, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)
_NULL = 0xF6
_INTEGER_END = 2**64

NOT_CBOR = Reason(
    "not_cbor",
    Text(
        "这段内容不是确定写法的 CBOR：{what}",
        "this is not CBOR in its deterministic encoding: {what}",
    ),
    "RFC 8949 4.2.1",
)
_ENDS = Text("内容不完整", "it ends too early")
_OF_TYPE = Text("有不支持的类型", "a type that is not in use here")
_OTHER = Text("同一内容的另一种写法", "another encoding of the same value")
_NOT_UTF8 = Text("文字不是 UTF-8", "text that is not UTF-8")
_DEEP = Text("嵌套过深", "nested too deeply")


class Tag(NamedTuple):
    """A value with a tag number before it."""

    number: int
    value: Value


Value = int | bytes | str | list["Value"] | dict["int | str", "Value"] | Tag | None


def encode(value: Value) -> bytes:
    """Return the bytes of `value`. Raises: NOT_CBOR for what this part of CBOR has no form of."""
    kind = type(value)
    if value is None:
        return bytes([_NULL])
    if kind is int:
        return _integer(value)  # type: ignore[arg-type]
    if kind is bytes:
        return _head(_BYTES, len(value)) + value  # type: ignore[arg-type,operator]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Tag):
        return _head(_TAG, value.number) + encode(value.value)
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(encode(member) for member in value)
    if isinstance(value, dict):
        if not all(type(key) in {int, str} for key in value):
            raise NOT_CBOR.error(what=_OF_TYPE)
        members = sorted((encode(key), encode(member)) for key, member in value.items())
        return _head(_MAP, len(members)) + b"".join(key + member for key, member in members)
    raise NOT_CBOR.error(what=_OF_TYPE)


def decode(data: bytes) -> Value:
    """Return the value whose bytes are `data`. Raises: NOT_CBOR for anything else."""
    value, end = _Reader(data).value(0, 0)
    if end != len(data):
        raise NOT_CBOR.error(what=Text("末尾有多余内容", "bytes after its end"))
    return value


def _text(value: str) -> bytes:
    try:
        data = value.encode()
    except UnicodeEncodeError:
        raise NOT_CBOR.error(what=_NOT_UTF8) from None
    return _head(_TEXT, len(data)) + data


def _integer(value: int) -> bytes:
    return _head(_UINT, value) if value >= 0 else _head(_NEGATIVE, -1 - value)


def _head(major: int, argument: int) -> bytes:
    """Return the shortest head: three bits of type, then how many or which."""
    if not 0 <= argument < _INTEGER_END:
        raise NOT_CBOR.error(what=Text("整数超过 64 位", "an integer of more than 64 bits"))
    if argument < 24:  # noqa: PLR2004 - RFC 8949 section 3: it fits the first byte
        return bytes([major << 5 | argument])
    power = max(0, ((argument.bit_length() + 7) // 8 - 1).bit_length())  # of the width in bytes
    return bytes([major << 5 | 24 + power]) + argument.to_bytes(1 << power, "big")


class _Reader:
    """Reads values of `data`; each method is told where to begin and says where it ended."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def value(self, at: int, depth: int) -> tuple[Value, int]:
        if depth > DEPTH_MAX:
            raise NOT_CBOR.error(what=_DEEP)
        if self._data[at : at + 1] == bytes([_NULL]):
            return None, at + 1
        major, argument, at = self._head(at)
        if major == _UINT:
            return argument, at
        if major == _NEGATIVE:
            return -1 - argument, at
        if major in {_BYTES, _TEXT}:
            return self._string(major, argument, at)
        if major == _TAG:
            inner, at = self.value(at, depth + 1)
            return Tag(argument, inner), at
        if major == _ARRAY:
            members = []
            for _ in range(argument):  # each takes a byte or raises
                member, at = self.value(at, depth + 1)
                members.append(member)
            return members, at
        if major == _MAP:
            return self._map(argument, at, depth + 1)
        raise NOT_CBOR.error(what=_OF_TYPE)

    def _head(self, at: int) -> tuple[int, int, int]:
        first = self._data[at : at + 1]
        if not first:
            raise NOT_CBOR.error(what=_ENDS)
        major, argument = first[0] >> 5, first[0] & 31
        width = {24: 1, 25: 2, 26: 4, 27: 8}.get(argument, 0)
        end = at + 1 + width
        if width:
            rest = self._data[at + 1 : end]
            if len(rest) != width:
                raise NOT_CBOR.error(what=_ENDS)
            argument = int.from_bytes(rest, "big")
        elif argument > 23:  # noqa: PLR2004 - an indefinite length, or a reserved form
            raise NOT_CBOR.error(what=_OTHER)
        if _head(major, argument) != self._data[at:end]:
            raise NOT_CBOR.error(what=_OTHER)
        return major, argument, end

    def _string(self, major: int, length: int, at: int) -> tuple[Value, int]:
        data = self._data[at : at + length]
        if len(data) != length:
            raise NOT_CBOR.error(what=_ENDS)
        if major == _BYTES:
            return data, at + length
        try:
            return data.decode(), at + length
        except UnicodeDecodeError:
            raise NOT_CBOR.error(what=_NOT_UTF8) from None

    def _map(self, count: int, at: int, depth: int) -> tuple[Value, int]:
        members: dict[int | str, Value] = {}
        before = b""
        for _ in range(count):
            start = at
            key, at = self.value(at, depth)
            if not isinstance(key, int | str):
                raise NOT_CBOR.error(what=_OF_TYPE)
            if self._data[start:at] <= before:
                raise NOT_CBOR.error(what=_OTHER)
            before = self._data[start:at]
            members[key], at = self.value(at, depth)
        return members, at
