"""A validation belongs to the points it was made for.

Owns the digest of what scores, and the place of it in a validation. Rules: a validation names what
it is of; one that names nothing, or something else, is of no use for this card. It guards against
a validation that was left standing or copied, not against somebody who writes a new one: for that
an officer signs.

    card = with_validation(card, found)
    belongs(card)         # True; None without a validation, False where points were changed since
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tallystick.kernel import canonical
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import Card
from tallystick.scorecards.writing import card_json

SCORES: Final = ("bands", "ensemble", "kind", "offset", "outcome", "terms", "variables")
"""The fields of a card that decide what comes out."""

NOT_OF_THIS_CARD: Final = Text(
    "验证结果不属于这张评分卡：其中的摘要与变量、分值等不符，或没有摘要。这些数字不能说明这张卡",
    "the validation is not of this card: the digest in it is missing, or is not that of its "
    "variables and points; its figures say nothing about this card",
)


def scored_digest(card: Card) -> str:
    """Return the SHA-256 of the canonical bytes of what scores, in hexadecimal."""
    document = card_json(card)
    return hashlib.sha256(canonical.encode({name: document[name] for name in SCORES})).hexdigest()


def with_validation(card: Card, validation: Mapping[str, Any] | None) -> Card:
    """Return a finished card with a validation that names what it is of; None: there is none."""
    bound = None if validation is None else {**validation, "scored": scored_digest(card)}
    return replace(card, record={**card.record, "validation": bound})


def belongs(card: Card) -> bool | None:
    """Return whether the validation in a card is of its points; None where there is none."""
    validation = card.record.get("validation")
    if not validation:
        return None
    return isinstance(validation, Mapping) and validation.get("scored") == scored_digest(card)
