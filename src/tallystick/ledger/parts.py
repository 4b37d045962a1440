"""What papers of every form are made of: digests, paths, bytes as text.

Owns how these are read, in one encoding each. Rules: what has another form raises BAD_RECEIPT.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from typing import Any, TypeVar

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import HASH_BYTES
from tallystick.kernel.texts import Text

BAD_RECEIPT = Reason(
    "bad_receipt",
    Text("这不是一张完好的回执：{what}", "this is not an intact receipt: {what}"),
    "docs/spec/receipt.md",
    Text("请向出具方重新索取回执。", "Ask whoever issued the receipt for it again."),
)
WRONG_FORM = Text("有字段的形式不对", "a field of the wrong form")

_Paper = TypeVar("_Paper")


def read_document(data: bytes, longest: int, read: Callable[[dict[str, Any]], _Paper]) -> _Paper:
    """Return what `read` makes of one line of canonical JSON, of at most `longest` bytes.

    Raises: BAD_RECEIPT, whatever is wrong with it.
    """
    if len(data) > longest or not data.endswith(b"\n"):
        raise BAD_RECEIPT.error(what=Text("长度，或末尾的换行", "length or last newline"))
    try:
        return read(canonical.decode(data[:-1]))
    except TallyError as fault:
        if fault.reason is BAD_RECEIPT:
            raise
        raise BAD_RECEIPT.error(what=fault.text) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise BAD_RECEIPT.error(what=WRONG_FORM) from None


def digest(value: object) -> bytes:
    """Return `value` if it is 32 bytes. Raises: BAD_RECEIPT."""
    if not isinstance(value, bytes) or len(value) != HASH_BYTES:
        raise BAD_RECEIPT.error(what=Text("摘要写法", "a digest"))
    return value


def steps(value: object) -> list[bytes]:
    """Return the hashes that stand end to end in `value`. Raises: BAD_RECEIPT."""
    if not isinstance(value, bytes):
        raise BAD_RECEIPT.error(what=WRONG_FORM)
    return [digest(value[at : at + HASH_BYTES]) for at in range(0, len(value), HASH_BYTES)]


def to_text(data: bytes) -> str:
    """Return base64 with padding."""
    return binascii.b2a_base64(data, newline=False).decode()


def from_text(text: object) -> bytes:
    """Return the bytes `text` is the base64 of. Raises: BAD_RECEIPT for any other writing."""
    if not isinstance(text, str):
        raise BAD_RECEIPT.error(what=WRONG_FORM)
    try:
        data = binascii.a2b_base64(text, strict_mode=True) if text else b""
    except ValueError:
        raise BAD_RECEIPT.error(what=Text("base64 写法", "base64")) from None
    if to_text(data) != text:
        raise BAD_RECEIPT.error(what=Text("base64 写法", "base64"))
    return data
