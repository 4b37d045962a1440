from __future__ import annotations

from pathlib import Path

from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.catalogue_page import page
from tallystick.rulebook.refusals import refusals
from tallystick.rulebook.time_limits import time_limits

FILE = Path(__file__).parents[2] / "docs" / "catalogue.md"


def test_the_page_is_what_the_rule_packs_say() -> None:
    drifted = "make docs/catalogue.md again: the command is at the top of catalogue_page.py"
    assert FILE.read_text(encoding="utf-8") == page(), drifted


def test_the_page_shows_every_item_field_refusal_and_limit() -> None:
    shown = page()
    for item in catalogue().items.values():
        assert f"### {item.code}\n" in shown
        assert all(f"| `{field.name}` |" in shown for field in item.fields)
    assert all(f"| `{refused.code}` |" in shown for refused in refusals().classes)
    assert all(f"| `{code}` |" in shown for code in time_limits())


def test_every_unverified_citation_is_marked_on_the_page() -> None:
    shown = page()
    for item in catalogue().items.values():
        for citation in item.unverified:
            assert citation.text.zh in shown
            assert "未核对" in citation.text.zh
