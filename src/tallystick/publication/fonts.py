"""The one typeface of everything printed.

Owns the font and the question whether it has a letter. Rules: printed pages use Noto Sans SC and
nothing else, the file known by its digest, so that a page looks the same everywhere; a letter the
font does not have is shown as its code point in brackets and counted, never dropped. The font comes
with its licence (SIL Open Font License 1.1) in the package `pylopdf-fonts-zh-cn`.

    >>> shown("㛃䶮 ok")
    Shown(text='㛃䶮 ok', missing=())
    >>> shown("𠮷野").text
    '[U+20BB7]野'
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pylopdf_fonts_zh_cn as packaged

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

FAMILY = "Noto Sans SC"
DIGEST = "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9"
_BROKEN_LINES = {"\t": " ", "\r": " ", "\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n"}
_GROUPS_FORMAT = 12  # the form of a character table that reaches beyond 16 bits

FONT_CHANGED = Reason(
    "font_changed",
    Text(
        "字体文件与本软件要求的不同（SHA-256 {found}）",
        "the font file is not the one this software needs (SHA-256 {found})",
    ),
    "",
    Text(
        "请重新安装：pip install pylopdf-fonts-zh-cn==0.1.1。",
        "Install it again: pip install pylopdf-fonts-zh-cn==0.1.1.",
    ),
)


class Shown(NamedTuple):
    """A text as it can be printed, and the letters that were replaced, each once, in order."""

    text: str
    missing: tuple[str, ...]


@cache
def font_bytes() -> bytes:
    """Return the font file. Raises: FONT_CHANGED where it is not the one pinned."""
    data = packaged.sans_path().read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != DIGEST:
        raise FONT_CHANGED.error(found=found)
    return data


def font_folder() -> str:
    """Return the folder the font lies in. Raises: FONT_CHANGED."""
    font_bytes()
    return str(packaged.sans_path().parent)


@cache
def letters() -> frozenset[int]:
    """Return the code points the font has a glyph for. Raises: FONT_CHANGED."""
    return frozenset(
        code for first, last in character_groups(font_bytes()) for code in range(first, last + 1)
    )


def character_groups(font: bytes) -> Iterator[tuple[int, int]]:
    """Yield the first and last code point of each group of the font's widest character table.

    Source: OpenType 1.9, cmap, format 12. Raises: ValueError for a font without that table.
    """
    tables = {
        tag: offset
        for tag, _, offset, _ in struct.iter_unpack(
            ">4sIII", font[12 : 12 + 16 * struct.unpack_from(">H", font, 4)[0]]
        )
    }
    start = tables[b"cmap"]
    count = struct.unpack_from(">H", font, start + 2)[0]
    for entry in range(count):
        table = start + struct.unpack_from(">I", font, start + 4 + 8 * entry + 4)[0]
        if struct.unpack_from(">H", font, table)[0] == _GROUPS_FORMAT:
            groups = struct.unpack_from(">I", font, table + 12)[0]
            for first, last, _ in struct.iter_unpack(
                ">III", font[table + 16 : table + 16 + 12 * groups]
            ):
                yield first, last
            return
    message = "no character table of format 12"
    raise ValueError(message)


def shown(text: str) -> Shown:
    """Return `text` with every letter the font lacks as its code point in brackets."""
    known, missing, parts = letters(), dict[str, None](), []
    for letter in text:
        plain = _BROKEN_LINES.get(letter, letter)
        if plain == "\n" or ord(plain) in known:
            parts.append(plain)
        else:
            missing[letter] = None
            parts.append(f"[U+{ord(letter):04X}]")
    return Shown("".join(parts), tuple(missing))
