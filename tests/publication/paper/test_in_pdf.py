"""Receipts in a PDF: an update that other programs read, and a page that is not touched."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.publication.paper.bundle import write_bundle
from tallystick.publication.paper.in_pdf import attach, check, split


@pytest.fixture(scope="module")
def bundle(receipt: bytes) -> bytes:
    return write_bundle([receipt])


def opened(data: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(data), strict=True)


def test_the_page_stands_first_unchanged(pdf_page: bytes, bundle: bytes) -> None:
    paper = attach(pdf_page, bundle)
    assert paper.startswith(pdf_page)
    assert split(paper) == (pdf_page, bundle)
    assert attach(pdf_page, bundle) == paper


def test_another_program_finds_the_receipts(pdf_page: bytes, bundle: bytes) -> None:
    read = opened(attach(pdf_page, bundle))
    assert {name: list(files) for name, files in read.attachments.items()} == {
        "receipts.tally": [bundle]
    }


def test_another_program_sees_the_same_page(pdf_page: bytes, bundle: bytes) -> None:
    before, after = opened(pdf_page), opened(attach(pdf_page, bundle))
    texts = [[page.extract_text() for page in read.pages] for read in (before, after)]
    assert "The text of the page" in texts[0][0]
    assert texts[0] == texts[1]
    assert before.metadata == after.metadata
    assert before.xmp_metadata is not None
    assert after.xmp_metadata is not None
    assert before.xmp_metadata.pdfaid_part == after.xmp_metadata.pdfaid_part == "3"


def told(value: Any) -> str:
    """Return what a value says, whichever of two readers it was read by."""
    return re.sub(r"IndirectObject\((\d+), (\d+), \d+\)", r"\1 \2 R", repr(value))


def test_the_catalog_keeps_all_it_had(pdf_page: bytes, bundle: bytes) -> None:
    before, after = (
        {name: told(root.raw_get(name)) for name in root}
        for root in (opened(page).root_object for page in (pdf_page, attach(pdf_page, bundle)))
    )
    names_before, names_after = before.pop("/Names"), after.pop("/Names")
    assert set(after) - set(before) == {"/AF"}
    assert {name: after[name] for name in before} == before
    assert "/Dests" in names_before
    assert names_after.startswith(names_before.removesuffix("}"))


def test_it_stays_what_pdf_a_3_asks_of_attached_files(pdf_page: bytes, bundle: bytes) -> None:
    """ISO 19005-3, 6.8: names in both forms, a relation, a type, a date, and a place in /AF."""
    root = opened(attach(pdf_page, bundle)).root_object
    [described] = root["/AF"]
    named = root["/Names"]["/EmbeddedFiles"]["/Names"]
    file = described.get_object()
    assert named[0] == "receipts.tally"
    assert named[1].get_object() == file
    assert (file["/F"], file["/UF"]) == ("receipts.tally", "receipts.tally")
    assert file["/AFRelationship"] == "/Supplement"
    stream = file["/EF"]["/F"]
    assert stream == file["/EF"]["/UF"]
    assert stream["/Type"] == "/EmbeddedFile"
    assert stream["/Subtype"] == "/application/vnd.tallystick.receipts+json"
    assert stream["/Params"] == {"/Size": len(bundle), "/ModDate": "D:20270101000000+08'00'"}
    assert "/Filter" not in stream


def test_the_update_follows_the_rules_of_updates(pdf_page: bytes, bundle: bytes) -> None:
    paper = attach(pdf_page, bundle)
    tables = [int(at) for at in re.findall(rb"\nstartxref\n(\d+)\n%%EOF", paper)]
    assert len(tables) == 2
    assert [paper[at : at + 5] for at in tables] == [b"xref\n"] * 2
    before, after = opened(pdf_page).trailer, opened(paper).trailer
    assert after["/Prev"] == tables[0]
    assert after["/Size"] == before["/Size"] + 2
    assert told(after.raw_get("/Root")) == told(before.raw_get("/Root"))
    assert after["/ID"][0] == before["/ID"][0], "the first names the document"
    assert after["/ID"][1] != before["/ID"][1], "the second names this version"


def test_a_page_with_attached_files_is_refused(pdf_page: bytes, bundle: bytes) -> None:
    for more in (b"/AF[1 0 R]", b"/Names<</EmbeddedFiles<<>>>>"):
        grown = with_catalog(pdf_page, more)
        with pytest.raises(TallyError, match="bad_page"):
            check(grown)
    check(with_catalog(pdf_page, b"/PageMode/UseNone"))
    with pytest.raises(TallyError, match="bad_page"):
        check(attach(pdf_page, bundle))


def with_catalog(page: bytes, more: bytes) -> bytes:
    """Return `page` with entries in its catalog, which stands last, in the place of its names."""
    at = page.index(b"/Type/Catalog")
    end = page.index(b"\nendobj", at)
    entries = page[at : end - 2]
    grown = entries[: entries.index(b"/Names")] + more + b">>"
    moved = len(grown) - (end - at)
    tail = page[end:]
    table = int(re.findall(rb"startxref\n(\d+)", tail)[-1])
    old, new = (b"startxref\n%d\n" % place for place in (table, table + moved))
    return page[:at] + grown + tail.replace(old, new)


def test_a_page_without_an_update_is_no_paper(pdf_page: bytes) -> None:
    with pytest.raises(TallyError, match="bad_paper"):
        split(pdf_page)
