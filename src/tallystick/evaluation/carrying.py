"""Cards into the text of a scheme, which carries them.

Owns `cards_missing`, the digests a scheme names and has no text for, and `with_cards`, which writes
texts into the part `cards`. Rules: every other character stays as it is; a long card is packed; the
digest of a scheme does not change by it, for it covers the digests and not the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.evaluation.schemes.cards import read_texts
from tallystick.evaluation.schemes.located import Log, Place, read_yaml
from tallystick.scorecards.document import Card
from tallystick.scorecards.packing import packed
from tallystick.scorecards.writing import card_text

# What YAML takes for the end of a line, or for nothing, and JSON does not.
_BREAKS = {ord(one): f"\\u{ord(one):04x}" for one in "\x85\u2028\u2029\ufeff"}


def cards_missing(text: str) -> tuple[str, ...]:
    """Return the digests of the cards that the scheme in `text` names and does not carry.

    Of a text that is no scheme there are none: reading it says what is wrong.
    """
    root = read_yaml(text, Log(""))
    if root is None or not root.is_mapping():
        return ()
    parts = dict(root.members())
    named: dict[str, None] = {}
    for place in parts["indicators"].items() if "indicators" in parts else ():
        card = _inside(place, "card")
        digest = _inside(card, "digest") if card is not None else None
        if digest is not None:
            named[digest.scalar().lower()] = None
    there = read_texts(parts["cards"].items() if "cards" in parts else [], named.keys())
    return tuple(digest for digest in named if digest and digest not in there)


def with_cards(text: str, cards: Sequence[Card]) -> str:
    """Return the text of a scheme with `cards` in its part `cards`, made where it has none."""
    if not cards:
        return text
    root = read_yaml(text, Log(""))
    part = _inside(root, "cards") if root is not None else None
    written = [_written(packed(card_text(card).decode())) for card in cards]
    if part is None:
        return f"{text.rstrip()}\n\ncards:\n" + "".join(f"  - {one}\n" for one in written)
    mark = part.node.start_mark
    margin = " " * mark.column
    added = "".join(f"- {one}\n{margin}" for one in written)
    return text[: mark.index] + added + text[mark.index :]


def _written(text: str) -> str:
    """Return a text as one value of a list, whatever the margin: quoted, on one line."""
    if not text.startswith("{"):
        return text
    return "'" + text.translate(_BREAKS).replace("'", "''") + "'"


def _inside(place: Place | None, key: str) -> Place | None:
    if place is None or not place.has(key):
        return None
    return dict(place.members())[key]
