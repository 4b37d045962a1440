"""A whole model page, section by section.

Owns its order, the head and the limits of use.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from tallystick.kernel.texts import Text
from tallystick.publication.model import tables, validation
from tallystick.publication.model.words import (
    ABOUT,
    LIMITS,
    LIMITS_TITLE,
    NO_REASON,
    NOT_STATED,
    PURPOSE,
    ROUTES,
    SCALE,
    STANDING,
    STATUS,
    TITLE,
)
from tallystick.publication.pages import Bullets, Line, Page, Paragraph, Section
from tallystick.scorecards.document import Card


def compose(card: Card, digest: str, language: str) -> Page:
    """Return the page of a card. digest: of the card."""
    environment = card.record.get("environment") or {}
    sections = [
        _purpose(card, language),
        _limits(language),
        validation.section(card, language),
        *tables.sections(card, language),
        tables.making(card, digest, language),
    ]
    return Page(
        language=language,
        title=TITLE.in_language(language),
        name=card.name,
        code=digest[:16],
        status=STATUS.in_language(language),
        final=False,
        standing=STANDING.in_language(language),
        about=_about(card, digest, language),
        sections=tuple(sections),
        day=environment.get("fitted_on", ""),
        foot=f"Tallystick {environment.get('tallystick', '')}".strip(),
        fiction="",
    )


def _about(card: Card, digest: str, language: str) -> tuple[tuple[str, str], ...]:
    training = card.training
    said = {
        "route": ROUTES[card.route].in_language(language),
        "digest": digest,
        "rows": f"{training.rows:,}",
        "bads": f"{training.bads:,}" if training.bads else "-",
        "file": training.file or "-",
        "data": training.digest or "-",
        "day": (card.record.get("environment") or {}).get("fitted_on")
        or NOT_STATED.in_language(language),
    }
    return tuple((ABOUT[name].in_language(language), value) for name, value in said.items())


def _purpose(card: Card, language: str) -> Section:
    blocks = [Paragraph(PURPOSE[card.kind].in_language(language))]
    reason = card.route_reason.get(language) or NO_REASON.in_language(language)
    blocks.append(Paragraph(reason, "soft"))
    if card.scaling:
        odds = Decimal(card.scaling.base_odds)
        share = (1 / (1 + odds)).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
        told = SCALE.fill(
            base=card.scaling.base_score, odds=odds, share=share, pdo=card.scaling.pdo
        )
        blocks.append(Paragraph(told.in_language(language)))
    title = Text("它做什么", "What it does").in_language(language)
    return Section("purpose", title, tuple(blocks))


def _limits(language: str) -> Section:
    lines = tuple(Line(one.in_language(language)) for one in LIMITS)
    return Section("limits", LIMITS_TITLE.in_language(language), (Bullets(lines),))
