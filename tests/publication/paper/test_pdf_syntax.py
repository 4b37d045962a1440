"""Reading the end of a PDF: strict, linear, and refusing what it does not know."""

from __future__ import annotations

import time

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.publication.paper.pdf_syntax import TEXT_BYTES_MAX, read_dictionary, read_pdf

WRITTEN = b"""<</Type/Catalog/Pages 1 0 R /Lang (en)/Open [1 0 R/Fit null 0.5 -3]
/Deep<</A<</B[(a(b)c\\)) <FEFF0041>]>>>>/Flag true>> rest"""


def test_a_dictionary_is_read_to_its_entries_in_order() -> None:
    entries, end = read_dictionary(WRITTEN, 0)
    assert entries == {
        b"/Type": b"/Catalog",
        b"/Pages": b"1 0 R",
        b"/Lang": b"(en)",
        b"/Open": b"[1 0 R/Fit null 0.5 -3]",
        b"/Deep": b"<</A<</B[(a(b)c\\)) <FEFF0041>]>>>>",
        b"/Flag": b"true",
    }
    assert WRITTEN[end:] == b" rest"
    assert read_dictionary(b"<<>>", 0) == ({}, 4)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<<",
        b"[]",
        b"<</A>>",
        b"<</A 1",
        b"<</A 1]>>",
        b"<</A[1>>",
        b"<</A(1>>",
        b"<<1/A>>",
        b"<</A 1/A 2>>",
        b"<</#41 1>>",
        b"<</A 1 % /B 2\n/C 3>>",
        b"<</A{1}>>",
        b"<</A<0G>>>",
        b"<</A(" + b"x" * TEXT_BYTES_MAX + b")>>",
        b"<</A" + b"<<" * 200_000,
        b"<</A" + b"[" * 200_000,
        b"<</A" + b"(" * 200_000,
    ],
    ids=lambda data: repr(data[:16]),
)
def test_anything_else_is_refused_and_soon(data: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(TallyError, match="bad_page"):
        read_dictionary(data, 0)
    assert time.monotonic() - began < 5


def test_what_typst_writes_is_read(pdf_page: bytes) -> None:
    read = read_pdf(pdf_page)
    assert read.catalog[b"/Type"] == b"/Catalog"
    assert b"/Names" in read.catalog
    assert read.first_id.startswith(b"(")
    assert pdf_page[read.table :].startswith(b"xref\n0 %d\n" % read.size)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"%PDF-1.7\n", b"%PDF-9.9\n"),
        (b"%PDF-1.7\n", b" %PDF-1.7\n"),
        (b"\n%%EOF", b"\n%%EOF "),
        (b"\n%%EOF", b"\n"),
        (b"xref\n0 ", b"xref\n1 "),
        (b"startxref\n", b"startxref\n9"),
        (b"startxref\n", b"startxref\n9999999999"),
        (b"trailer\n", b"trailer "),
        (b"<</Size ", b"<</Prev 9/Size "),
        (b"<</Size ", b"<</Encrypt 9 0 R/Size "),
        (b"<</Size ", b"<</XRefStm 9/Size "),
        (b"<</Size ", b"<</Size 9/Siz2 "),
        (b"/ID[(", b"/IX[("),
        (b"/ID[(", b"/ID[<<>>("),
        (b"/ID[(", b"/ID 1("),
        (b"/Root ", b"/Root 99"),
        (b" 0 R/Info", b" 1 R/Info"),
        (b"\nstartxref", b"\n \nstartxref"),
    ],
)
def test_a_pdf_of_another_form_is_refused(pdf_page: bytes, before: bytes, after: bytes) -> None:
    head, found, tail = pdf_page.rpartition(before)
    assert found
    with pytest.raises(TallyError, match="bad_page"):
        read_pdf(head + after + tail)


def test_a_pdf_whose_table_points_elsewhere_is_refused(pdf_page: bytes) -> None:
    root = read_pdf(pdf_page).root
    at = read_pdf(pdf_page).table
    row = pdf_page.index(b"\n", at + 5) + 1 + 20 * root
    for wrong in (b"0000000000", b"9999999999", b"%010d" % (at + 1)):
        with pytest.raises(TallyError, match="bad_page"):
            read_pdf(pdf_page[:row] + wrong + pdf_page[row + 10 :])
    with pytest.raises(TallyError, match="bad_page"):
        read_pdf(pdf_page[: row + 17] + b"f" + pdf_page[row + 18 :])


def test_an_empty_or_cut_pdf_is_refused(pdf_page: bytes) -> None:
    for data in (b"", b"%PDF-1.7\n", *(pdf_page[:n] for n in range(0, len(pdf_page), 997))):
        with pytest.raises(TallyError, match="bad_page"):
            read_pdf(data)
