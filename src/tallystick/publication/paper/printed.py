"""The code printed on a report: which record, and under which signed checkpoint.

Owns the text in the QR code: `TALLY1:` and base32 in capitals, so that a QR code holds it in its
alphanumeric mode. It carries the record id, the checkpoint with the log's signature, and four bytes
by which a slip of the hand is told from a forgery. It proves that a trusted log signed this
checkpoint; that the record is in it, only a receipt or the ledger proves.

    >>> read_code(write_code(record, checkpoint)) == PrintedCode(record, checkpoint)
    True
"""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256
from typing import NamedTuple

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import HASH_BYTES
from tallystick.kernel.notes import (
    NOTE_ID_BYTES,
    Checkpoint,
    NoteSignature,
    parse_checkpoint,
)
from tallystick.kernel.signing import SIGNATURE_BYTES
from tallystick.kernel.texts import Text

PREFIX = "TALLY1:"
CODE_CHARACTERS_MAX = 1024
ORIGIN_BYTES_MAX = 255
SIZE_BYTES = 8
CHECK_BYTES = 4
_DOMAIN = b"tallystick/code/v1\n"
_BEFORE_ORIGIN = 2 * HASH_BYTES + SIZE_BYTES + NOTE_ID_BYTES + SIGNATURE_BYTES
_TEXT = re.compile(re.escape(PREFIX) + "([A-Z2-7]+)")
_GROUP = 8  # characters of base32 that are five whole bytes

BAD_CODE = Reason(
    "bad_code",
    Text("这不是一个完整的报告码：{what}", "this is not a whole code of a report: {what}"),
    "docs/spec/paper.md",
    Text("请重新扫码，或核对抄写。", "Scan it again, or compare what was copied."),
)
_NO_PREFIX = Text("应以 {prefix} 开头，后为大写字母与 2-7", "{prefix}, then capitals and 2-7").fill(
    prefix=PREFIX
)
_MISCOPIED = Text("有字符抄错或缺失", "a character is wrong or missing")
_ORIGIN = Text("账本名", "the name of the ledger")


class PrintedCode(NamedTuple):
    """What a code says: the 32-byte record id and a checkpoint with the log's one signature."""

    record: bytes
    checkpoint: Checkpoint


def write_code(record: bytes, checkpoint: Checkpoint) -> str:
    """Return the text of the code. Raises: BAD_CODE for what a code cannot hold."""
    own = [line for line in checkpoint.signatures if line.name == checkpoint.origin]
    origin = checkpoint.origin.encode()
    if len(own) != 1 or not 1 <= len(origin) <= ORIGIN_BYTES_MAX:
        raise BAD_CODE.error(what=_ORIGIN)
    said = b"".join(
        (
            record,
            checkpoint.size.to_bytes(SIZE_BYTES, "big"),
            checkpoint.root,
            own[0].note_id,
            own[0].signature,
            bytes([len(origin)]),
            origin,
        )
    )
    return PREFIX + base64.b32encode(said + _check(said)).decode().rstrip("=")


def read_code(text: str) -> PrintedCode:
    """Read a code; spaces and line breaks are skipped, small letters taken for capitals.

    Raises: BAD_CODE.
    """
    letters = "".join(text[: 2 * CODE_CHARACTERS_MAX].split())
    found = _TEXT.fullmatch(letters.upper()) if letters.isascii() else None
    if found is None or len(text) > 2 * CODE_CHARACTERS_MAX:
        raise BAD_CODE.error(what=_NO_PREFIX)
    try:
        data = base64.b32decode(found[1] + "=" * (-len(found[1]) % _GROUP))
    except (binascii.Error, ValueError):
        raise BAD_CODE.error(what=_MISCOPIED) from None
    said, check = data[:-CHECK_BYTES], data[-CHECK_BYTES:]
    if len(said) <= _BEFORE_ORIGIN or check != _check(said):
        raise BAD_CODE.error(what=_MISCOPIED)
    try:
        code = _read(said)
        again = write_code(*code)
    except (TallyError, UnicodeDecodeError):
        raise BAD_CODE.error(what=_ORIGIN) from None
    if again != letters.upper():
        raise BAD_CODE.error(what=_MISCOPIED)
    return code


def _read(said: bytes) -> PrintedCode:
    lengths = (HASH_BYTES, SIZE_BYTES, HASH_BYTES, NOTE_ID_BYTES, SIGNATURE_BYTES, 1)
    parts, at = [], 0
    for length in lengths:
        parts.append(said[at : at + length])
        at += length
    record, size, root, note_id, signature, _ = parts
    origin = said[at:].decode()
    line = NoteSignature(origin, note_id, signature)
    checkpoint = Checkpoint(origin, int.from_bytes(size, "big"), root, (line,))
    # The name and the size must be such as a checkpoint may have.
    return PrintedCode(record, parse_checkpoint(checkpoint.text()))


def _check(said: bytes) -> bytes:
    return sha256(_DOMAIN + said).digest()[:CHECK_BYTES]
