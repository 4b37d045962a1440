from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from tallystick.kernel.errors import TallyError
from tallystick.publication import pdf
from tallystick.publication.portrait import STATUSES

from .conftest import LANGUAGES, STANDINGS

if TYPE_CHECKING:
    from .conftest import Portraits

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">'
    '<rect width="1" height="1" fill="#000"/></svg>'
)


def read(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data), strict=True)


def told(data: bytes) -> str:
    """Return the text without spaces: where a line is broken is no matter here."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in read(data).pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def every_font(page: Any) -> list[Any]:
    """Return the fonts of a page and of everything drawn inside it."""
    found, waiting, seen = [], [page["/Resources"]], set()
    while waiting:
        resources = waiting.pop().get_object()
        found += [font.get_object() for font in resources.get("/Font", {}).values()]
        for inner in resources.get("/XObject", {}).values():
            if isinstance(inner, IndirectObject) and inner.idnum in seen:
                continue
            seen.add(getattr(inner, "idnum", -1))
            if "/Resources" in inner.get_object():
                waiting.append(inner.get_object()["/Resources"])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("standing", STANDINGS)
def test_every_page_has_the_one_typeface_embedded_and_no_other(
    portraits: Portraits, standing: str, language: str
) -> None:
    document = read(pdf.render(portraits(standing, language), language))
    assert len(document.pages) > 5
    for page in document.pages:
        fonts = every_font(page)
        assert fonts
        for font in fonts:
            assert re.fullmatch(r"/[A-Z]{6}\+NotoSansSC-Regular(-Identity-H)?", font["/BaseFont"])
            [descendant] = font["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"].get_object()
            assert "/FontFile3" in descriptor
            assert "/ToUnicode" in font  # what is seen can be read, searched and copied


def test_another_reader_of_fonts_sees_the_same(portraits: Portraits, tmp_path: Path) -> None:
    if shutil.which("pdffonts") is None:
        pytest.skip("pdffonts is not there; install poppler-utils")
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf.render(portraits("decided", "zh"), "zh"))
    listed = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True)
    rows = listed.stdout.splitlines()[2:]
    assert rows
    for row in rows:
        assert "NotoSansSC-Regular" in row
        assert re.search(r"\byes\s+yes\s+yes\b", row)  # embedded, a subset, with its letters


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("standing", STANDINGS)
def test_the_standing_stands_on_every_page(
    portraits: Portraits, standing: str, language: str
) -> None:
    document = read(pdf.render(portraits(standing, language), language))
    word = squeezed(STATUSES[standing].in_language(language))
    for number, page in enumerate(document.pages, 1):
        text = squeezed(page.extract_text())
        assert word in text
        of = len(document.pages)
        told_number = f"第{number}页，共{of}页" if language == "zh" else f"Page{number}of{of}"
        assert told_number in text


def test_paper_says_what_it_conforms_to_and_carries_what_that_needs(portraits: Portraits) -> None:
    document = read(pdf.render(portraits("decided", "zh"), "zh"))
    root: Any = document.trailer["/Root"]
    metadata = ET.fromstring(root["/Metadata"].get_data())  # noqa: S314 - our own file

    def said(name: str) -> str:
        found = [node.text for node in metadata.iter(name)]
        found += [node.get(name) for node in metadata.iter() if node.get(name)]
        return found[0] or ""

    assert (said(f"{PDFA}part"), said(f"{PDFA}conformance")) == ("3", "A")
    assert said(f"{PDFUA}part") == "1"
    [intent] = root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert intent.get_object()["/DestOutputProfile"].get_object().get_data()
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "zh-CN"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert "新月" in (document.metadata.title or "") or document.metadata.title


def test_paper_runs_and_asks_for_nothing(portraits: Portraits) -> None:
    data = pdf.render(portraits("proposal", "en"), "en")
    document = read(data)
    assert not document.is_encrypted
    forbidden = {
        "/JavaScript",
        "/JS",
        "/Launch",
        "/EmbeddedFiles",
        "/AcroForm",
        "/OpenAction",
        "/AA",
    }
    seen: set[str] = set()
    for number in document.xref[0]:
        value: Any = document.get_object(IndirectObject(number, 0, document))
        if isinstance(value, dict):
            seen |= set(value)
            assert value.get("/S") not in {"/JavaScript", "/Launch", "/URI", "/SubmitForm"}
    assert "/StructTreeRoot" in seen  # the search goes through the file
    assert not seen & forbidden


def test_what_is_copied_from_paper_has_no_hidden_letters(portraits: Portraits) -> None:
    text = told(pdf.render(portraits("decided", "zh"), "zh"))
    assert not set(text) & set("\u200b\u200c\u200d\ufeff\ufffd\x00")


def test_pictures_have_their_description(portraits: Portraits) -> None:
    document = read(pdf.render(portraits("decided", "en"), "en"))
    waiting: list[Any] = [document.trailer["/Root"]["/StructTreeRoot"]]  # type: ignore[index]
    described = []
    while waiting:
        node = waiting.pop()
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                described.append(str(node.get("/Alt", "")))
            waiting.append(node.get("/K", []))
    for word in ("Gauge", "Radar", "Waterfall", "Timeline"):
        assert any(one.startswith(word) for one in described), described


def test_the_same_document_gives_the_same_bytes_in_any_process(
    portraits: Portraits, tmp_path: Path
) -> None:
    document = portraits("decided", "zh")
    here = hashlib.sha256(pdf.render(document, "zh")).hexdigest()
    file = tmp_path / "d.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    program = (
        "import json, sys, hashlib; from tallystick.publication import pdf; "
        "d = json.load(open(sys.argv[1], encoding='utf-8')); "
        "print(hashlib.sha256(pdf.render(d, 'zh')).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", program, file], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_rare_letters_of_names_are_set(portraits: Portraits) -> None:
    document = portraits("decided", "zh")
    document["name"] = "㛃䶮𬭊𫘜样例有限公司"
    text = told(pdf.render(document, "zh"))
    assert text.count("㛃䶮𬭊𫘜样例有限公司") >= 2
    assert "U+" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_the_typeface_lacks_is_named_and_not_dropped(
    portraits: Portraits, language: str
) -> None:
    document = portraits("decided", language)
    document["facts"][0]["shown"].append(["x", "𠮷野样例𠮷"])
    document["tags"][0]["name"] = "𠮷"
    text = told(pdf.render(document, language))
    assert "[U+20BB7]野样例[U+20BB7]" in text
    note = pdf._REPLACED.in_language(language).partition("{")[0]
    assert squeezed(note) + "U+20BB7" in text


def test_a_note_on_letters_stands_only_where_one_was_missing(portraits: Portraits) -> None:
    text = told(pdf.render(portraits("decided", "zh"), "zh"))
    assert squeezed(pdf._REPLACED.zh.partition("{")[0]) not in text


def test_everything_the_web_page_says_of_facts_is_on_paper(portraits: Portraits) -> None:
    document = portraits("proposal", "zh")
    text = told(pdf.render(document, "zh"))
    for one in document["facts"]:
        assert one["record"] in text
        assert squeezed(one["provenance"]) in text
        for term in one["terms"]:
            assert squeezed(term) in text
    for withheld in document["withheld"].values():
        assert squeezed(withheld["name"]) in text
    for tag in document["tags"]:
        assert squeezed(tag["name"]) in text


def test_words_longer_than_a_column_break_and_do_not_run_off_the_page(
    portraits: Portraits,
) -> None:
    document = portraits("decided", "en")
    document["name"] = "W" * 150
    document["tags"][0]["name"] = "M" * 120
    document["facts"][0]["shown"] = [["N" * 70, "V" * 300]]
    data = pdf.render(document, "en")
    beyond = []
    for page in read(data).pages:
        width = float(page.mediabox.width)

        def seen(*drawn: Any, width: float = width) -> None:
            text, _, matrix, *_ = drawn
            if text.strip() and not -1 <= matrix[4] <= width:
                beyond.append(text)

        page.extract_text(visitor_text=seen)
    assert not beyond
    assert told(data).count("V") >= 300


def test_markup_of_the_typesetter_in_a_name_stays_text(portraits: Portraits) -> None:
    document = portraits("decided", "en")
    document["name"] = '#panic("x") $a$ *b* \\ <F1> @F1 "q" `c`'
    text = told(pdf.render(document, "en"))
    assert squeezed(document["name"]) in text


def test_the_code_is_set_with_its_text(portraits: Portraits) -> None:
    document = portraits("decided", "zh")
    plain = pdf.render(document, "zh")
    coded = pdf.render(document, "zh", qr_svg=SQUARE, code_text="TALLY-CODE-1")
    assert "TALLY-CODE-1" in told(coded)
    assert "TALLY-CODE-1" not in told(plain)
    assert "没有附带可扫描的核验码" in told(plain)
    assert "没有附带可扫描的核验码" not in told(coded)


def test_what_cannot_be_set_is_refused_with_a_remedy(portraits: Portraits) -> None:
    with pytest.raises(TallyError) as refused:
        pdf.render(portraits("decided", "zh"), "zh", qr_svg="no picture")
    assert refused.value.reason is pdf.NOT_TYPESET
    assert ".html" in refused.value.remedy.en


def test_a_warning_of_the_typesetter_is_a_refusal(
    portraits: Portraits, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = pdf._template().replace(
        b'font: "Noto Sans SC"', b'font: ("Nowhere", "Noto Sans SC")'
    )
    monkeypatch.setattr(pdf, "_template", lambda: template)
    with pytest.raises(TallyError) as refused:
        pdf.render(portraits("decided", "zh"), "zh")
    assert refused.value.reason is pdf.NOT_TYPESET
    assert "nowhere" in str(refused.value).lower()
