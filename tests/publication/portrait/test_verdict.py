"""What the judgement of a portrait must not say: that nothing was found where nobody looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.publication.conftest import LANGUAGES
from tests.publication.test_html import Reader

from tallystick.publication import html

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
