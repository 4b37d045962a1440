"""Reports of one member, given out: a page, sealed, with its receipts inside.

Owns the way from a portrait to a file. The page is drawn from the portrait alone, sealed as it is
drawn, and carries the proof of what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tallystick.app.papers import issue
from tallystick.app.store import Store
from tallystick.kernel.texts import Text
from tallystick.publication.portrait import STATUSES, standing

_LOCAL = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")


def report(store: Store, document: Mapping[str, Any], suffix: str) -> bytes:
    """Return the report that `document` describes as a file that carries its own proof.

    document: as `portrait` gives it. suffix: ".html" or ".pdf". The page is sealed as it is drawn;
    its receipts are attached, and the printed code leads to the decision, else to the proposal.
    Raises: as `page_of` and `papers.issue`.
    """

    def drawn(qr_svg: str, code_text: str) -> bytes:
        return page_of(document, suffix, qr_svg=qr_svg, code_text=code_text)

    return issue(
        store,
        document["subject"],
        suffix.removeprefix("."),
        document["language"],
        document,
        drawn,
        evaluation=document["evaluation"]["record"],
        decision=document["decision"]["record"] if document["decision"] else "",
    )


def page_of(
    document: Mapping[str, Any], suffix: str, *, qr_svg: str = "", code_text: str = ""
) -> bytes:
    """Return the page of the report, not yet sealed: ".html" is a web page, anything else a PDF.

    Raises: FONT_CHANGED, NOT_TYPESET.
    """
    language = document["language"]
    if suffix == ".html":
        from tallystick.publication import html  # noqa: PLC0415 - each loads a library of its own

        return html.render(document, language, qr_svg=qr_svg, code_text=code_text).encode()
    from tallystick.publication import pdf  # noqa: PLC0415 - as above

    return pdf.render(document, language, qr_svg=qr_svg, code_text=code_text)


def standing_of(document: Mapping[str, Any]) -> Text:
    """Return the word that stands on every page of the report."""
    return STATUSES[standing(document)]


def file_name(document: Mapping[str, Any], suffix: str) -> str:
    """Return the name a report is saved under where none is given."""
    name = _LOCAL.sub("", document["name"])
    return f"{document['subject']}-{name}-{document['reported_on']}{suffix}"
