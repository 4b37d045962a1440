"""Taking a paper apart and putting it together, whatever its form.

Owns the one rule that makes a paper checkable: a file is a paper only if page and receipts, put
together again, give the very same bytes. A second update, a script slipped in, a second attachment,
a byte after the end: each would have to come from somewhere, and there is nowhere.

    >>> read_paper(attach("pdf", page, receipts)).form
    'pdf'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.publication.paper import in_html, in_pdf
from tallystick.publication.paper.bundle import (
    BAD_PAGE,
    BAD_PAPER,
    PAPER_BYTES_MAX,
    read_bundle,
    write_bundle,
)


class _Form(NamedTuple):
    """How pages of one form are checked, given receipts, and taken apart."""

    check: Callable[[bytes], None]
    attach: Callable[[bytes, bytes], bytes]
    split: Callable[[bytes], tuple[bytes, bytes]]


FORMS = {
    "html": _Form(in_html.check, in_html.attach, in_html.split),
    "pdf": _Form(in_pdf.check, in_pdf.attach, in_pdf.split),
}
_PDF_MAGIC = b"%PDF-"

_TOO_LONG = Text("超过 {n} MiB", "more than {n} MiB").fill(n=PAPER_BYTES_MAX // 1024**2)
_MORE = Text(
    "除页面与回执之外，文件里还有别的内容，或写法不同",
    "the file holds something beside the page and its receipts, or writes them in another way",
)
_NO_PAGE = Text("所附的页面不完整：{why}", "the page in it is not whole: {why}")


class Paper(NamedTuple):
    """A page and its receipts. form: html or pdf; receipts: the bytes of `.tally` files."""

    form: str
    page: bytes
    receipts: list[bytes]


def check_page(form: str, page: bytes) -> None:
    """Check that receipts can be attached to `page`. Raises: BAD_PAGE."""
    if len(page) > PAPER_BYTES_MAX // 2:
        raise BAD_PAGE.error(what=_TOO_LONG)
    FORMS[form].check(page)


def attach(form: str, page: bytes, receipts: Sequence[bytes]) -> bytes:
    """Return the paper of `page` and `receipts` (bytes of `.tally` files, the report's first).

    Deterministic: the same page and receipts give the same bytes on any machine. Raises: BAD_PAGE,
    BAD_RECEIPT.
    """
    check_page(form, page)
    return FORMS[form].attach(page, write_bundle(receipts))


def read_paper(data: bytes) -> Paper:
    """Return page and receipts of a paper. Raises: BAD_PAPER unless they account for every byte.

    Whether the receipts are valid, and are those of this page, is not looked at here.
    """
    if len(data) > PAPER_BYTES_MAX:
        raise BAD_PAPER.error(what=_TOO_LONG)
    form = "pdf" if data.startswith(_PDF_MAGIC) else "html"
    page, bundle = FORMS[form].split(data)
    receipts = read_bundle(bundle)
    try:
        again = FORMS[form].attach(page, bundle)
    except TallyError as fault:
        raise BAD_PAPER.error(what=_NO_PAGE.fill(why=fault.text)) from None
    if again != data:
        raise BAD_PAPER.error(what=_MORE)
    return Paper(form, page, receipts)
