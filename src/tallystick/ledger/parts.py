"""What papers of every form are made of: digests, paths, bytes as text.

Owns how these are read, in one encoding each. Rules: what has another form raises BAD_RECEIPT.
"""

from __future__ import annotations

import binascii

from tallystick.kernel.merkle import HASH_BYTES
from tallystick.kernel.texts import Text
from tallystick.ledger.receipts import BAD_RECEIPT

WRONG_FORM = Text("有字段的形式不对", "a field of the wrong form")


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
