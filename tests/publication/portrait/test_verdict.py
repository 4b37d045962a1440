"""What the judgement of a portrait must not say: that nothing was found where nobody looked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.publication.conftest import LANGUAGES
from tests.publication.test_html import Reader

from tallystick.publication import html
from tallystick.publication.charts import LIGHTS
from tallystick.publication.pages import Conclusion, Figure, Film, Paragraph
from tallystick.publication.portrait import compose

if TYPE_CHECKING:
    from tests.publication.conftest import Portraits

NO_HIT = {"zh": "没有命中风险规则", "en": "No risk rule was hit"}


def said(document: dict[str, Any], language: str) -> str:
    return " ".join(Reader(html.render(document, language)).said.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_nobody_could_check_are_counted_and_named_and_are_not_no_hit(
    portraits: Portraits, language: str
) -> None:
    document = portraits("no_proposal", language)
    rules = document["scheme"]["rules"]
    unchecked = [one["name"] for one in rules if one["state"] == "unchecked"]
    assert unchecked
    text = said(document, language)
    count = {
        "zh": f"命中 0 条；{len(rules)} 条规则中有 {len(unchecked)} 条",
        "en": f"0 hit; {len(unchecked)} of {len(rules)} rules could not be checked",
    }
    assert count[language] in text
    assert NO_HIT[language] not in text
    after = text[text.index(count[language]) :][:1500]
    assert all(name in after for name in unchecked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hit_is_said_where_every_rule_was_checked(portraits: Portraits, language: str) -> None:
    document = portraits("proposal", language)
    for one in document["scheme"]["rules"]:
        one["state"] = "checked"
    assert not document["explanation"]["rules_hit"]
    assert NO_HIT[language] in said(document, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_too_little_is_known_nothing_looks_like_a_grade(
    portraits: Portraits, language: str
) -> None:
    document = portraits("no_proposal", language)
    score = document["evaluation"]["score"]
    assert score is not None  # worked out and sealed, and yet not stated
    page = compose(document, language)
    blocks = [block for section in page.sections for block in section.blocks]
    [concluded] = [block for block in blocks if isinstance(block, Conclusion)]
    assert not any(score in line for line in concluded.lines)
    assert any({"zh": "不载明得分", "en": "No score"}[language] in line for line in concluded.lines)
    pictures = [block.chart for block in blocks if isinstance(block, Figure)]
    assert len(pictures) == 2  # the radar and the timeline: no dial, no bar of the sum
    assert not any(score in picture.svg for picture in pictures)
    [film] = [block for block in blocks if isinstance(block, Film)]
    assert score not in film.moving
    small = [one for one in blocks if isinstance(one, Paragraph) and score in one.text]
    assert [one.tone for one in small] == ["soft"]


@pytest.mark.parametrize("standing", ["decided", "proposal"])
def test_where_enough_is_known_the_score_has_its_gauge(portraits: Portraits, standing: str) -> None:
    document = portraits(standing, "en")
    page = compose(document, "en")
    figures = [one for s in page.sections for one in s.blocks if isinstance(one, Figure)]
    assert any(document["evaluation"]["score"] in one.chart.svg for one in figures)
    assert len(figures) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_warnings_are_told_by_names_in_the_language_of_the_report(
    portraits: Portraits, language: str
) -> None:
    document = portraits("no_proposal", language)
    warned = " ".join(one["text"] for one in document["explanation"]["warnings"])
    assert document["explanation"]["warnings"]
    for one in document["scheme"]["rules"]:
        assert one["code"] not in warned
    assert document["evaluation"]["coverage"]["known"] not in warned
    assert re.search(r"\b\d+%", warned)
    if language == "en":
        assert not re.search("[\u4e00-\u9fff]", warned)


def test_the_light_is_told_in_its_colour_and_the_banner_in_none(portraits: Portraits) -> None:
    document = portraits("decided", "en")
    page = html.render(document, "en")
    red = LIGHTS["red"]
    assert f'<p class="lit" style="color:{red.ink}">Light: {red.mark} red</p>' in page
    [banner] = re.findall(r"^\.status {.*}$", page, re.MULTILINE)
    assert not any(colour in banner for one in LIGHTS.values() for colour in (one.ink, one.fill))
