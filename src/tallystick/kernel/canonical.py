"""The one function that turns a value into bytes, and its strict inverse.

Owns canonical JSON as RFC 8785 defines it, over the part of JSON this project signs: objects with
ASCII keys, arrays, strings, booleans, null and integers of at most 53 bits. A float is refused: two
machines may disagree about its digits. `decode` accepts exactly what `encode` writes and nothing
else, so that a document has one encoding only.

    >>> encode({"b": 1, "a": ["信", True]}).decode()
    '{"a":["信",true],"b":1}'
"""

from __future__ import annotations

from typing import Any

import orjson

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

INTEGER_MAX = 2**53 - 1  # the largest integer every JSON reader keeps exactly (RFC 8785, 3.2.2.3)

NOT_CANONICAL = Reason(
    "not_canonical",
    Text("这段内容不是规范 JSON：{what}", "this is not canonical JSON: {what}"),
    "RFC 8785",
    Text("请用原件；不要改动或重新排版。", "Use the original; do not edit or reformat it."),
)
_OF_TYPE = Text("有 {kind} 类型的值", "a value of type {kind}")


def encode(value: object) -> bytes:
    """Return the canonical bytes of `value`.

    Raises: NOT_CANONICAL for floats, non-ASCII or non-text keys, integers over 53 bits, lone
    surrogates, more than 254 values one within the other, and any other type.
    """
    try:
        _check(value)
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except RecursionError:
        raise NOT_CANONICAL.error(what=Text("嵌套过深", "nested too deeply")) from None
    except orjson.JSONEncodeError as fault:
        raise NOT_CANONICAL.error(what=Text("有不能写成 JSON 的值", str(fault))) from None


def encode_own(value: object) -> bytes:
    """Return the canonical bytes of parts of a value that `encode` has already let through."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def decode(data: bytes) -> Any:  # noqa: ANN401 - the shape is the caller's to check
    """Return the value whose canonical bytes are `data`.

    Raises: NOT_CANONICAL when `data` is not JSON, or is not what `encode` would write.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as fault:
        raise NOT_CANONICAL.error(what=_unreadable(fault)) from None
    if encode(value) != data:
        raise NOT_CANONICAL.error(
            what=Text("同一内容的另一种写法", "another encoding of the same value")
        )
    return value


def decode_own(data: bytes) -> Any:  # noqa: ANN401 - as above
    """Return the value of canonical bytes this program wrote and has just authenticated.

    Does not look for other encodings: a body that opens under its commitment is what was sealed.
    """
    return orjson.loads(data)


def _unreadable(fault: orjson.JSONDecodeError) -> Text:
    return Text(f"第 {fault.pos} 字节处不是 JSON", f"{fault.msg} at byte {fault.pos}")


def _check(value: object) -> None:
    kind = type(value)
    if kind is dict:
        for key, member in value.items():  # type: ignore[attr-defined]
            if type(key) is not str or not key.isascii():
                raise NOT_CANONICAL.error(
                    what=Text("有的键不是 ASCII 文字", "a key that is not ASCII text")
                )
            if type(member) is not str:
                _check(member)
    elif kind is list:
        for member in value:  # type: ignore[attr-defined]
            if type(member) is not str:
                _check(member)
    elif kind is int:
        if not -INTEGER_MAX <= value <= INTEGER_MAX:  # type: ignore[operator]
            raise NOT_CANONICAL.error(
                what=Text("整数超过 53 位", "an integer of more than 53 bits")
            )
    elif kind is not str and kind is not bool and value is not None:
        raise NOT_CANONICAL.error(what=_OF_TYPE.fill(kind=kind.__name__))
