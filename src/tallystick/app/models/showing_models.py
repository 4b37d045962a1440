"""The page of a model as a file: the use case `tally model show`.

Owns the choice between web page and paper.
"""

from __future__ import annotations

from tallystick.publication.model import compose
from tallystick.scorecards.document import Card
from tallystick.scorecards.recorded import check_record
from tallystick.scorecards.writing import card_digest


def page(card: Card, suffix: str, language: str) -> bytes:
    """Return the page: ".html" is a web page, anything else a PDF.

    Raises: BAD_CARD, FONT_CHANGED, NOT_TYPESET.
    """
    check_record(card)
    made = compose(card, card_digest(card), language)
    if suffix.lower() == ".html":
        from tallystick.publication import html  # noqa: PLC0415 - each loads a library of its own

        return html.write(made).encode()
    from tallystick.publication import pdf  # noqa: PLC0415 - as above

    return pdf.write(made)
