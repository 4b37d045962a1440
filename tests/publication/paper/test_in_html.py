"""Receipts in HTML: one block of data that nothing in a record can end."""

from __future__ import annotations

from html.parser import HTMLParser

import orjson
import pytest

from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.publication.paper.bundle import BUNDLE_BYTES_MAX, write_bundle
from tallystick.publication.paper.in_html import MARKER, attach, check, split

TYPE = "application/vnd.tallystick.receipts+json"


class Scripts(HTMLParser):
    """Reads a page as a browser does: the scripts in it, and what stands in them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], str]] = []
        self._within = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._within = True
            self.found.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._within:
            attributes, text = self.found[-1]
            self.found[-1] = (attributes, text + data)


def test_a_browser_finds_the_receipts_as_data(pages: dict[str, bytes], receipt: bytes) -> None:
    [(attributes, text)] = Scripts(attach(pages["html"], write_bundle([receipt]))).found
    assert attributes == {"type": TYPE}
    assert canonical.encode(orjson.loads(text)[0]) + b"\n" == receipt


@pytest.mark.parametrize(
    "said", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;", "]]>", "\\u003c", "\\"]
)
def test_nothing_a_record_says_ends_the_block(pages: dict[str, bytes], said: str) -> None:
    bundle = canonical.encode([{"body": {"name": said}}])
    paper = attach(pages["html"], bundle)
    assert len(Scripts(paper).found) == 1
    assert split(paper) == (pages["html"], bundle)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<!doctype html>", b"<html>"),
        (b"<!doctype", b" <!doctype"),
        (MARKER, b""),
        (MARKER, MARKER + MARKER),
        (MARKER, MARKER + b"<p>"),
        (b"</html>", b"</html><p>"),
        (b"<h1>", MARKER + b"<h1>"),
        (b"<h1>", b'<script type="application/vnd.tallystick.receipts+json">[]</script><h1>'),
        (b"<h1>", b"\xff<h1>"),
    ],
)
def test_a_page_that_cannot_carry_receipts_is_refused(
    pages: dict[str, bytes], before: bytes, after: bytes
) -> None:
    check(pages["html"])
    with pytest.raises(TallyError, match="bad_page"):
        check(pages["html"].replace(before, after))


def test_what_could_not_be_read_back_is_not_attached(pages: dict[str, bytes]) -> None:
    bundle = canonical.encode([{"body": "<" * (BUNDLE_BYTES_MAX // 6)}])
    assert len(bundle) < BUNDLE_BYTES_MAX
    with pytest.raises(TallyError, match="bad_page"):
        attach(pages["html"], bundle)


def test_a_page_without_receipts_is_no_paper(pages: dict[str, bytes]) -> None:
    with pytest.raises(TallyError, match="bad_paper"):
        split(pages["html"])
