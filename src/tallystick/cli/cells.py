"""How wide a text is on a terminal, and how it is broken into lines.

Owns width, wrapping and cutting in cells. Rules: a Chinese character takes two cells, a combining
mark none; Chinese breaks between any two characters, but no line begins with a closing mark or ends
with an opening one; words of other scripts break at spaces only, unless one is longer than a line;
characters that steer a terminal never come through, since what is shown may come from anybody.

    >>> width("信契 tally")
    10
    >>> wrap("先公布，后使用。", 8)
    ['先公布，', '后使用。']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tallystick.kernel import marks

_WIDE = frozenset("WF")
_CLOSING = frozenset("，。；：、！？）》」』】〉〕”’…％%,.;:!?)]}")
_OPENING = frozenset("（《「『【〈〔“‘([{")
_PIECE = re.compile(r"\s+|[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]+|.")
_JOINTS = "._/-,;"
ELLIPSIS = "…"


def clean(text: str) -> str:
    """Return `text` on lines of its own making: what steers a terminal is replaced."""
    return marks.clean(text.replace("\t", " "))


def width(text: str) -> int:
    """Return the number of cells `text` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """Return `text` filled with spaces to `cells`; right: the spaces come first."""
    fill = " " * max(0, cells - width(text))
    return fill + text if right else text + fill


def cut(text: str, cells: int) -> str:
    """Return `text`, shortened to `cells` with an ellipsis where it is longer."""
    if width(text) <= cells:
        return text
    return _head(text, cells - 1) + ELLIPSIS


def _head(text: str, cells: int) -> str:
    """Return the longest beginning of `text` that fits; at least one character."""
    taken = 0
    for at, character in enumerate(text):
        taken += _cells(character)
        if taken > cells and at:
            return text[:at]
    return text


def _pieces(paragraph: str) -> Iterator[str]:
    """Yield what may not be broken: words, single wide characters with the marks that stick."""
    held = ""
    for piece in _PIECE.findall(paragraph):
        sticks = held and (piece[0] in _CLOSING or held[-1] in _OPENING)
        if held and not sticks:
            yield held
            held = ""
        held += piece
    if held:
        yield held


def _broken(head: str) -> str:
    """Return as much of `head`, the beginning of a long word, as ends where a word may end."""
    at = max(head.rfind(mark) for mark in _JOINTS)
    return head[: at + 1] if at >= len(head) // 3 else head


def wrap(text: str, cells: int) -> list[str]:
    """Return the lines of `text`, none wider than `cells` (at least 2); a newline begins one."""
    lines: list[str] = []
    for paragraph in clean(text).split("\n"):
        lines += _wrap_one(paragraph, max(2, cells))
    return lines


def _wrap_one(paragraph: str, cells: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in _pieces(paragraph.rstrip()):
        if width(line) + width(piece.rstrip()) <= cells:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip() if lines else piece
        while width(line.rstrip()) > cells:
            head = _broken(_head(line, cells))
            lines.append(head)
            line = line[len(head) :]
    lines.append(line.rstrip())
    return lines
