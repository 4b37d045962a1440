"""Receipts in an HTML page.

Owns the marker a page leaves for them, the one block that takes its place, and the way back. The
block is data: a `script` of a type no browser runs. `<`, `>` and `&` stand in it as JSON escapes,
so that nothing a record says can end it.

    >>> split(attach(page, bundle)) == (page, bundle)
    True
"""

from __future__ import annotations

import re

import orjson

from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.publication.paper.bundle import BAD_PAGE, BAD_PAPER, BUNDLE_BYTES_MAX

MARKER = b"<!--tallystick:receipts-->"
# For the head of a page: it runs nothing, loads nothing, sends nothing.
CONTENT_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">"
)
_OPENING = b'<script type="application/vnd.tallystick.receipts+json">'
_CLOSING = b"</script>"
_BEGINS = re.compile(rb"<!doctype html>", re.IGNORECASE)
_ENDS = re.compile(rb"\s*</body>\s*</html>\s*\Z", re.IGNORECASE)
_ESCAPES = {b"<": b"\\u003c", b">": b"\\u003e", b"&": b"\\u0026"}

_FORM = Text("不是 UTF-8 的完整 HTML 文档", "it is not a whole HTML document in UTF-8")
_NO_MARKER = Text(
    "</body> 之前须有且只有一个标记 {marker}",
    "the marker {marker} must stand in it once, just before </body>",
).fill(marker=MARKER.decode())
_TOO_LONG = Text("回执过长", "the receipts are too long")
_OWN_BLOCK = Text("页内已有回执", "there are receipts in it already")
_NO_BLOCK = Text("没有附带回执，或不止一份", "no receipts are attached, or more than once")
_MEMBERSHIP = b'<meta name="tallystick-form" content="tallystick-membership/1">'
_NO_PAPER = Text(
    "全体会员的网页本来就不附回执；请核验某一家的报告或回执",
    "the page of a whole membership carries no receipts by design; verify the report or a receipt "
    "of one member",
)
_BLOCK = Text("附带的回执读不出来", "the receipts attached cannot be read")


def check(page: bytes) -> None:
    """Check that receipts can be attached to `page`. Raises: BAD_PAGE."""
    try:
        page.decode()
    except UnicodeDecodeError:
        raise BAD_PAGE.error(what=_FORM) from None
    if not _BEGINS.match(page):
        raise BAD_PAGE.error(what=_FORM)
    if _OPENING in page:
        raise BAD_PAGE.error(what=_OWN_BLOCK)
    _, found, after = page.partition(MARKER)
    if not found or MARKER in after or not _ENDS.match(after):
        raise BAD_PAGE.error(what=_NO_MARKER)


def attach(page: bytes, bundle: bytes) -> bytes:
    """Return `page` with `bundle` in the place of the marker. Raises: BAD_PAGE."""
    check(page)
    escaped = bundle
    for sign, escape in _ESCAPES.items():  # in JSON these stand within texts only
        escaped = escaped.replace(sign, escape)
    if len(escaped) > BUNDLE_BYTES_MAX:
        raise BAD_PAGE.error(what=_TOO_LONG)
    return page.replace(MARKER, _OPENING + escaped + _CLOSING)


def split(paper: bytes) -> tuple[bytes, bytes]:
    """Return page and bundle of `paper`. Raises: BAD_PAPER.

    What it returns is right only if attaching gives `paper` again: that is for the caller to see.
    """
    before, found, rest = paper.partition(_OPENING)
    block, closed, after = rest.partition(_CLOSING)
    if not found or not closed or _OPENING in after:
        by_design = not found and _MEMBERSHIP in before
        raise BAD_PAPER.error(what=_NO_PAPER if by_design else _NO_BLOCK)
    if len(block) > BUNDLE_BYTES_MAX:
        raise BAD_PAPER.error(what=_BLOCK)
    try:
        bundle = canonical.encode(orjson.loads(block))
    except (orjson.JSONDecodeError, TallyError):
        raise BAD_PAPER.error(what=_BLOCK) from None
    return before + MARKER + after, bundle
