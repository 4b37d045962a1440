"""Attaching and taking apart: whatever is not page or receipts has no place in a paper."""

from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.publication.paper import (
    PAPER_BYTES_MAX,
    Paper,
    attach,
    check_page,
    read_paper,
)

FORMS = ("html", "pdf")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_paper_comes_apart_into_what_it_was_made_of(
    pages: dict[str, bytes], receipt: bytes, form: str, count: int
) -> None:
    receipts = [receipt] * count
    assert read_paper(attach(form, pages[form], receipts)) == Paper(form, pages[form], receipts)


@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_carry_receipts_is_refused(
    pages: dict[str, bytes], receipt: bytes, form: str
) -> None:
    check_page(form, pages[form])
    paper = attach(form, pages[form], [receipt])
    for page in (b"", b"x", pages[form][:-9], paper, pages[form] + b"x" * PAPER_BYTES_MAX):
        with pytest.raises(TallyError, match="bad_page"):
            check_page(form, page)
        with pytest.raises(TallyError, match="bad_page"):
            attach(form, page, [receipt])


def assert_never_the_same(paper: bytes, changed: bytes, what: object) -> None:
    """Check that `changed` is refused, or comes apart into something else."""
    try:
        read = read_paper(changed)
    except TallyError:
        return
    assert read != read_paper(paper), what


@pytest.mark.parametrize("form", FORMS)
def test_no_changed_byte_gives_the_same_paper(
    pages: dict[str, bytes], receipt: bytes, form: str
) -> None:
    """Every byte of what was attached and of its edges, and every seventh of the page."""
    paper = attach(form, pages[form], [receipt])
    attached = (
        next(at for at, byte in enumerate(pages[form]) if byte != paper[at])
        if (form == "html")
        else len(pages[form])
    )
    places = {*range(0, attached, 7), *range(attached - 64, len(paper))}
    for at in places:
        for changed in (
            paper[:at] + bytes([paper[at] ^ 1 << at % 8]) + paper[at + 1 :],
            paper[:at] + paper[at + 1 :],
            paper[: at + 1] + paper[at:],
        ):
            if changed != paper:
                assert_never_the_same(paper, changed, at)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("added", [b"\n", b" ", b"\0", b"%", b"<p>", b"%%EOF\n"])
def test_nothing_stands_before_or_after(
    pages: dict[str, bytes], receipt: bytes, form: str, added: bytes
) -> None:
    paper = attach(form, pages[form], [receipt])
    assert_never_the_same(paper, paper + added, added)
    assert_never_the_same(paper, added + paper, added)


def shadow(paper: bytes) -> bytes:
    """Return `paper` with a further update that puts another page into its place."""
    table = int(paper.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    root = paper.rsplit(b"/Root ", 1)[1].split(b" ")[0]
    hidden = b"%s 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\n" % root
    at = len(paper) + len(hidden)
    rows = b"xref\n%s 1\n%010d 00000 n\r\n" % (root, len(paper))
    trailer = b"trailer\n<</Size 99/Root %s 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return paper + hidden + rows + trailer % (root, table, at)


def test_a_further_update_is_refused(pages: dict[str, bytes], receipt: bytes) -> None:
    with pytest.raises(TallyError, match="bad_paper"):
        read_paper(shadow(attach("pdf", pages["pdf"], [receipt])))


def test_an_update_hidden_between_page_and_receipts_is_refused(
    pages: dict[str, bytes], receipt: bytes
) -> None:
    """The forger updates the page first, and attaches the true receipts after it."""
    paper = attach("pdf", pages["pdf"], [receipt])
    update = paper[len(pages["pdf"]) :]
    with pytest.raises(TallyError, match="bad_paper"):
        read_paper(shadow(pages["pdf"]) + update)


def test_receipts_attached_twice_are_refused(pages: dict[str, bytes], receipt: bytes) -> None:
    pdf = attach("pdf", pages["pdf"], [receipt])
    with pytest.raises(TallyError, match="bad_paper"):
        read_paper(pdf + pdf[len(pages["pdf"]) :])
    html = attach("html", pages["html"], [receipt])
    block = html[html.index(b"<script") : html.index(b"</script>") + 9]
    for place in (b"<h1>", b"</body>"):
        with pytest.raises(TallyError, match="bad_paper"):
            read_paper(html.replace(place, block + place))


@pytest.mark.parametrize(
    "slipped",
    [
        b"<script>document.body.textContent='AAA'</script>",
        b"<style>p{display:none}</style>",
        b"<!-- x -->",
    ],
)
def test_a_script_or_style_slipped_in_makes_another_page(
    pages: dict[str, bytes], receipt: bytes, slipped: bytes
) -> None:
    paper = attach("html", pages["html"], [receipt])
    for place in (b"</head>", b"<h1>", b"<script type"):
        assert_never_the_same(paper, paper.replace(place, slipped + place), place)
    with pytest.raises(TallyError, match="bad_paper"):
        read_paper(paper.replace(b"</body>", slipped + b"</body>"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-",
        b"<!doctype html>",
        b"%PDF-1.7\n\n%tallystick receipts\n",
        b"%PDF-1.7\n\n%tallystick receipts\n\nstream\n[]\nendstream\n",
        b"\n%tallystick receipts\n\nstream\n" * 20_000,
        b'<!doctype html><script type="application/vnd.tallystick.receipts+json">',
        b'<!doctype html><script type="application/vnd.tallystick.receipts+json">'
        + b"[" * 2_000_000
        + b"</script>",
        b"%PDF-" + b"0" * PAPER_BYTES_MAX,
    ],
    ids=lambda data: repr(data[:20]),
)
def test_hostile_files_are_refused(data: bytes) -> None:
    with pytest.raises(TallyError, match="bad_paper"):
        read_paper(data)
