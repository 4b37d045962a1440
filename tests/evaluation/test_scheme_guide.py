"""The guide to schemes is true: its example runs, and it names every word a scheme can say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.evaluation import evaluate, parse_scheme, scheme_items
from tallystick.evaluation.schemes import criteria, reading
from tallystick.evaluation.schemes.grammar import AGGREGATES, TESTS
from tallystick.evaluation.wording import STATE_TEXTS, WARNING_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tallystick.records.facts import Fact

GUIDE = (Path(__file__).parents[2] / "docs" / "scheme.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```yaml\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)


def test_the_example_of_the_guide_comes_out_as_it_says(fact: Callable[..., Fact]) -> None:
    scheme = parse_scheme(EXAMPLE)
    facts = [
        fact("penalty.decision", severity="ordinary"),
        fact("association.membership_year", meetings_held=4, meetings_attended=3),
    ]
    consulted = frozenset(scheme_items(scheme))
    found = evaluate(scheme, "x", facts, as_of="2026-04-01", consulted=consulted)
    assert [one.score for one in found.contributions] == ["70", "85"]
    assert (found.score, found.light) == ("74.5", "yellow")
    assert "74.5" in GUIDE


@pytest.mark.parametrize(
    "word",
    [
        *AGGREGATES,
        *TESTS,
        *STATE_TEXTS,
        *WARNING_TEXTS,
        *criteria._INDICATOR_KEYS,
        *criteria._RULE_KEYS,
        "no_proposal",
        "neutral",
        "worst",
        "ends_by",
        "starts_with",
        "otherwise",
    ],
)
def test_the_guide_explains_every_word(word: str) -> None:
    assert re.search(rf"`[^`\n]*\b{re.escape(word)}\b[^`\n]*`", GUIDE), word


@pytest.mark.parametrize("key", reading._KEYS)
def test_the_guide_shows_every_part_of_a_document(key: str) -> None:
    assert f"{key}:" in EXAMPLE or f"`{key}`" in GUIDE or f"**{key.capitalize()}**" in GUIDE
