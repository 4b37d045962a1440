"""A card compiled: the use case `tally model export`.

Owns the way to a text with its certificate. Rules: without an equal certificate there is no text.
"""

from __future__ import annotations

from typing import Any, Literal

from tallystick.app.progress import Progress, silent
from tallystick.scorecards.certificate import check_export, export_card
from tallystick.scorecards.document import Card


def export(
    card: Card, engine: Literal["polars", "duckdb"], progress: Progress = silent
) -> tuple[str, dict[str, Any]]:
    """Return the text for an engine and the document with its certificate.

    Raises: CERTIFICATE_UNEQUAL, and what the compiler refuses.
    """
    text, certificate = export_card(
        card, engine, lambda done, total: progress("prove", done, total)
    )
    check_export(card, text, certificate)
    return text, {
        "engine": engine,
        "certificate": certificate,
        "equal": certificate["differences"] == 0,
    }
