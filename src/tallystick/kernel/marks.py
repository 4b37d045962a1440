r"""Marks that nobody sees, or that change how what stands beside them is read.

Owns which characters those are, and the one way they are shown where a text stands raw. Rules: what
came from outside never turns the direction of reading, moves a cursor or hides between letters; a
tab and a newline are not among them. Words for patterns: what stands here goes between brackets.

    >>> clean("\u202emoc.elpmas")
    '\ufffdmoc.elpmas'
"""

from __future__ import annotations

import re

# C0 but tab, newline and escape; DEL; C1. Escape is apart, since colours begin with it.
CONTROLS = r"\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f"
# Direction (UAX 9), no width at all, line and paragraph separators, annotations between lines.
FORMATS = r"\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
STAND_IN = "\ufffd"

_STEERING = re.compile(rf"[{CONTROLS}\x1b{FORMATS}]")
# Printable by their category, yet blank: Default_Ignorable_Code_Point of DerivedCoreProperties.txt
# (fillers, variation selectors, joiners, tags), the empty Braille pattern and other empty letters.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
# Parts of characters that look like whole ones: radicals, description marks, strokes.
_PARTS = re.compile("[\u2e80-\u2fdf\u2ff0-\u2fff\u31c0-\u31ef]")


def clean(text: str) -> str:
    """Return `text` with a stand-in for each mark that steers a terminal or the reading."""
    return _STEERING.sub(STAND_IN, text.replace("\r\n", "\n"))


def without_unseen(text: str) -> str:
    """Return `text` without the letters and marks that leave no ink."""
    return _UNSEEN.sub("", text)


def is_plain(text: str) -> bool:
    """Tell whether every character of `text` is seen, and is what it looks like."""
    return text.isprintable() and not _UNSEEN.search(text) and not _PARTS.search(text)
