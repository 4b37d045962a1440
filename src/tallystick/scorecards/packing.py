"""The text of a card where little room is left: in a record, in a scheme.

Owns the packed form: a text of more than `PLAIN_MAX` characters is deflated (RFC 1950) and written
in base64; a card begins with "{", and base64 never does. Rules: what comes out is what went in,
character by character; how well it is packed is nobody's concern, no digest is over it.

    >>> unpacked(packed('{"name":"a"}'))
    '{"name":"a"}'
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

PLAIN_MAX: Final = 65_536  # characters
UNPACKED_MAX: Final = 64 << 20  # bytes

NOT_PACKED = Reason(
    "card_not_packed",
    Text("这段内容不是评分卡的文本：{what}", "this is not the text of a card: {what}"),
    "docs/models.md",
    Text("请用原件。", "Use the original."),
)
_BROKEN = Text("解不开", "it cannot be unpacked")
_LONG = Text("过长", "it is too long")


def packed(text: str) -> str:
    """Return `text` as it is, or packed where it is long."""
    if len(text) <= PLAIN_MAX:
        return text
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unpacked(text: str) -> str:
    """Return the text that `packed` was given. Raises: NOT_PACKED."""
    if text.lstrip().startswith("{"):
        return text
    try:
        deflated = zlib.decompressobj()
        data = deflated.decompress(base64.b64decode(text, validate=True), UNPACKED_MAX)
        if not deflated.eof:
            raise NOT_PACKED.error(what=_LONG if len(data) == UNPACKED_MAX else _BROKEN)
        return data.decode()
    except (binascii.Error, zlib.error, ValueError):
        raise NOT_PACKED.error(what=_BROKEN) from None
