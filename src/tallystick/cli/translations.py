"""The Chinese of what argparse says itself: from the readable file to the one gettext reads.

Owns the compilation of `tallystick.po` to `tallystick.mo` (the format of GNU gettext,
little-endian, sorted, without a hash table). The compiled file is kept in the tree, and a test says
when it is not the one that comes out: run `python -m tallystick.cli.translations` after a change.
"""

from __future__ import annotations

import ast
import struct
from pathlib import Path

SOURCE = Path(__file__).with_name("locale") / "zh" / "LC_MESSAGES" / "tallystick.po"
_MAGIC = 0x950412DE
_HEADER = struct.Struct("<7I")
_PLACE = struct.Struct("<2I")
_WORDS = ("msgid_plural", "msgid", "msgstr[0]", "msgstr")


def messages(text: str) -> dict[str, str]:
    """Return original -> translation; the original of a plural holds both forms, with a NUL.

    Raises: ValueError with the number of a line that cannot be read.
    """
    found: dict[str, str] = {}
    parts: dict[str, str] = {}
    word = ""
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            if parts:
                plural = f"\0{parts['msgid_plural']}" if "msgid_plural" in parts else ""
                found[parts["msgid"] + plural] = parts.get("msgstr", parts.get("msgstr[0]", ""))
            parts, word = {}, ""
            continue
        if not stripped.startswith('"'):
            word, _, stripped = stripped.partition(" ")
        if word not in _WORDS or not stripped.startswith('"'):
            raise ValueError(f"line {number}")
        parts[word] = parts.get(word, "") + ast.literal_eval(stripped)
    return found


def compiled(text: str) -> bytes:
    """Return the bytes of the .mo file for the text of a .po file."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages(text).items())
    tables = _HEADER.size + 2 * _PLACE.size * len(pairs)
    places, data = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            places[side] += _PLACE.pack(len(pair[side]), tables + len(data))
            data += pair[side] + b"\0"
    originals = _HEADER.size
    translations = originals + len(places[0])
    header = _HEADER.pack(_MAGIC, 0, len(pairs), originals, translations, 0, tables)
    return header + places[0] + places[1] + data


def main() -> None:
    """Compile the file beside this module."""
    text = SOURCE.read_text(encoding="utf-8")
    SOURCE.with_suffix(".mo").write_bytes(compiled(text))


if __name__ == "__main__":
    main()
