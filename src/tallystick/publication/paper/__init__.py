"""A page that carries its own proof, and can be taken apart again to the last byte.

Owns the bundle of receipts, its place in an HTML page and in a PDF, the printed code and its
picture (docs/spec/paper.md). Rules: pure; attaching is a function of page and receipts alone, so
that whoever reads a paper attaches them again and compares: nothing can stand in the file that
neither the page nor the receipts account for. Reading is strict and bounded.

    >>> paper = read_paper(attach("html", page, receipts))
    >>> paper.page == page and paper.receipts == receipts
    True
"""

from tallystick.publication.paper.bundle import (
    BAD_PAGE,
    BAD_PAPER,
    PAPER_BYTES_MAX,
    RECEIPTS_MAX,
)
from tallystick.publication.paper.in_html import CONTENT_POLICY, MARKER
from tallystick.publication.paper.printed import BAD_CODE, PrintedCode, read_code, write_code
from tallystick.publication.paper.sheets import FORMS, Paper, attach, check_page, read_paper

__all__ = [
    "BAD_CODE",
    "BAD_PAGE",
    "BAD_PAPER",
    "CONTENT_POLICY",
    "FORMS",
    "MARKER",
    "PAPER_BYTES_MAX",
    "RECEIPTS_MAX",
    "Paper",
    "PrintedCode",
    "attach",
    "check_page",
    "read_code",
    "read_paper",
    "write_code",
]
