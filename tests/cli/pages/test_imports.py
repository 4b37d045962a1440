from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tallystick.cli import pages
from tallystick.cli.pages.imports import show_import
from tallystick.cli.screen import Screen

REFUSED: dict[str, Any] = {
    "accepted": 2,
    "superseded": 0,
    "duplicate": 0,
    "refused": 3,
    "refused_by_code": {"bad_uscc": 2, "planted": 1},
    "dropped": {"XK_FRDB": 7},
    "dropped_names": {"XK_FRDB": "legal representative"},
    "problems": [
        {"file": "a.csv", "line": 2, "field": "uscc", "code": "bad_uscc", "message": "not sound"}
    ],
    "imports": ["licences-0001"],
    "failed": [],
    "complete": False,
    "may_be_complete": False,
    "dry_run": False,
    "reasons": {"bad_uscc": "not a sound code: a check digit is wrong"},
    "remedies": {"bad_uscc": "look at the licence"},
}


def shown(document: dict[str, Any]) -> str:
    out = io.StringIO()
    show_import(Screen("en", out=out, err=io.StringIO()), document)
    return out.getvalue()


def test_what_was_refused_and_dropped_is_counted_in_words() -> None:
    page = shown(REFUSED)
    assert "3: not a sound code 2; planted 1" in page  # without words, the code stands
    assert "7: legal representative 7" in page
    assert "not a sound code (1): look at the licence" in page
    assert "bad_uscc" not in page
    assert "XK_FRDB" not in page


def test_every_page_is_listed() -> None:
    there = {one.stem for one in Path(pages.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(pages.__all__) == there
