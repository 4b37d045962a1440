"""Cards as files.

Owns reading a card from a file and the forms it is given out in. Rule: what is told of a card
from a file is checked with it, its record too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.binding import belongs
from tallystick.scorecards.document import Card
from tallystick.scorecards.recorded import check_record
from tallystick.scorecards.writing import card_digest, card_json, card_text, read_card

CARD_BYTES_MAX = 256 * 1024 * 1024
NO_CARD_FILE = Reason(
    "no_card_file",
    Text("没有文件 {path}", "there is no file {path}"),
    "",
    Text("tally model fit 写出评分卡。", "tally model fit writes a card."),
)
CARD_TOO_LARGE = Reason(
    "card_too_large",
    Text("{path} 太大，不像评分卡", "{path} is too large for a card"),
)


def read(path: Path) -> Card:
    """Return the card in a file. Raises: NO_CARD_FILE, CARD_TOO_LARGE, and what reading raises."""
    if not path.is_file():
        raise NO_CARD_FILE.error(path=path)
    if path.stat().st_size > CARD_BYTES_MAX:
        raise CARD_TOO_LARGE.error(path=path)
    card = read_card(path.read_bytes())
    check_record(card)
    return card


def text(card: Card) -> bytes:
    """Return a card as it is written to a file."""
    return card_text(card)


def digest(card: Card) -> str:
    """Return the digest a card is named by."""
    return card_digest(card)


def document(card: Card) -> dict[str, Any]:
    """Return a card as programs read it, with its digest and whether its validation is its own."""
    return {
        "digest": card_digest(card),
        "validation_belongs": belongs(card),
        "card": card_json(card),
    }
