from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.publication import html
from tallystick.publication.paper import CONTENT_POLICY
from tallystick.publication.portrait import STATUSES

from .conftest import LANGUAGES, STANDINGS

if TYPE_CHECKING:
    from .conftest import Portraits

HOSTILE = "<script>alert(1)</script><!--tallystick:receipts-->\"'&甲"


class Reader(HTMLParser):
    """Reads a page as a browser would: its text, ids, links and what it would load or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.ids: list[str] = []
        self.anchors: set[str] = set()
        self.loads: list[str] = []
        self.kinds: set[str] = set()
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds.add(tag)
        self._hidden += tag in {"style", "script"}
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and (value or "").startswith("#"):
                self.anchors.add((value or "")[1:])
            elif name in {"src", "href", "action", "data"} or name.startswith("on"):
                self.loads.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)

    @property
    def said(self) -> str:
        return " ".join(self.text)


def test_a_page_has_the_one_policy_of_reports_before_anything_it_could_stop(
    portraits: Portraits,
) -> None:
    page = html.render(portraits("decided", "en"), "en")
    assert page.count("Content-Security-Policy") == 1
    assert page.index(CONTENT_POLICY) < page.index("<title>") < page.index("<style>")
    assert "base-uri 'none'; form-action 'none'" in CONTENT_POLICY


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("standing", STANDINGS)
def test_a_page_needs_nothing_else_and_every_link_in_it_leads_somewhere(
    portraits: Portraits, standing: str, language: str
) -> None:
    page = html.render(portraits(standing, language), language)
    read = Reader(page)
    assert not read.loads
    assert not read.kinds & {"script", "iframe", "object", "embed", "img", "link", "form"}
    assert "url(" not in page
    assert "@import" not in page
    assert len(read.ids) == len(set(read.ids))
    assert read.anchors <= set(read.ids)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("standing", STANDINGS)
def test_the_standing_is_said_first_and_last(
    portraits: Portraits, standing: str, language: str
) -> None:
    page = html.render(portraits(standing, language), language)
    word = STATUSES[standing].in_language(language)
    assert page.index(word) < page.index("<nav")
    assert word in page[page.index("<footer") :]
    for other in set(STATUSES) - {standing}:
        assert f'<p class="word">{STATUSES[other].in_language(language)}</p>' not in page


TURNING = "\u061c\u200b\u200e\u200f\u202a\u202e\u2028\u2066\u2069\ufeff\x00\x1b\x9b"
SIGNS = "\ufffd" * len(TURNING)


def test_no_name_turns_the_reading_of_a_page(portraits: Portraits) -> None:
    document = portraits("decided", "en")
    document["name"] = f"Sample {TURNING}<b>Ltd"
    document["facts"][0]["shown"] = [["Note", f"a{TURNING}b"]]
    page = html.render(document, "en")
    assert not set(page) & set(TURNING)
    shown = f"Sample {SIGNS}&lt;b&gt;Ltd"
    assert f"<title>{shown} " in page
    assert f"<h1>{shown}</h1>" in page
    assert f"a{SIGNS}b" in page


def test_what_came_from_outside_stays_text(portraits: Portraits) -> None:
    document = portraits("decided", "zh")

    def spoiled(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: spoiled(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [spoiled(one, key) for one in value]
        free = {
            "name",
            "item_name",
            "text",
            "reason",
            "officer",
            "operator",
            "provenance",
            "reader",
        }
        return HOSTILE if key in free and isinstance(value, str) and value else value

    document = spoiled(document)
    document["facts"][0]["shown"] = [[HOSTILE, HOSTILE]]
    page = html.render(document, "zh")
    assert page.count(html.RECEIPTS) == 1
    assert "<script" not in page
    read = Reader(page)
    assert not read.loads
    assert HOSTILE in read.said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_place_of_receipts_is_marked_once_before_the_end(
    portraits: Portraits, language: str
) -> None:
    page = html.render(portraits("decided", language), language)
    assert page.count(html.RECEIPTS) == 1
    assert re.search(re.escape(html.RECEIPTS) + r"\s*</body>\s*</html>\s*$", page)


def test_a_code_stands_with_its_text_where_there_is_one(portraits: Portraits) -> None:
    document = portraits("decided", "en")
    square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>q</title></svg>'
    page = html.render(document, "en", qr_svg=square, code_text="<here>")
    assert square in page
    assert "&lt;here&gt;" in page
    assert "no code to scan" not in page
    assert "no code to scan" in html.render(document, "en")


def test_every_chart_has_its_table_and_description(portraits: Portraits) -> None:
    page = html.render(portraits("decided", "en"), "en")
    figures = re.findall(r"<figure>.*?</figure>", page, re.DOTALL)
    assert len(figures) == 4
    for figure in figures:
        assert "<desc" in figure
        assert "<details" in figure
        assert "<tbody>" in figure


def test_the_same_document_gives_the_same_page(portraits: Portraits) -> None:
    document = portraits("decided", "zh")
    assert html.render(document, "zh") == html.render(document, "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_evidence_lead_to_their_facts(portraits: Portraits, language: str) -> None:
    document = portraits("decided", language)
    read = Reader(html.render(document, language))
    hits = {record for hit in document["explanation"]["rules_hit"] for record in hit["records"]}
    numbers = {one["number"] for one in document["facts"] if one["record"] in hits}
    assert len(numbers) == len(hits) > 0
    assert numbers <= read.anchors
    for one in document["facts"]:
        assert one["record"] in read.said
        assert one["provenance"] in read.said


@pytest.mark.parametrize("standing", ["decided", "declined"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_banner_names_the_officer_with_the_key(
    portraits: Portraits, standing: str, language: str
) -> None:
    document = portraits(standing, language)
    decision = document["decision"]
    banner = html.render(document, language).partition("<nav")[0]
    digits = decision["officer_key"][:8]
    assert len(digits) == 8
    named = {"zh": f"（密钥 {digits}）", "en": f" (key {digits})"}[language]
    assert f"{decision['officer']}{named}" in banner
