"""What a page of validation calls its figures: cross-validated only where they are."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tallystick.cli.pages import model_validation
from tallystick.cli.screen import Screen

AUC = {"auc": {"mean": 0.9, "low": 0.8, "high": 1.0}}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"seen": True, "within_the_sample": AUC}, "the figures are the cross-validated ones"),
        ({"seen": True}, "nothing was cross-validated"),
        ({"seen": False}, "on other data"),
    ],
)
def test_figures_within_the_sample_are_not_called_cross_validated(
    monkeypatch: pytest.MonkeyPatch, document: dict[str, Any], told: str
) -> None:
    heads: list[str] = []
    monkeypatch.setattr(
        model_validation, "show_figures", lambda _screen, head, _document: heads.append(head.en)
    )
    for other in ("show_pairs", "show_told", "_rows_in_fit"):
        monkeypatch.setattr(model_validation, other, lambda *_: None)
    screen: Any = None  # nothing but the heading is shown
    about = {"treatments": [], "rows_in_fit": {}, "validation_belongs": True}
    model_validation.show_validation(screen, document | AUC | about)
    assert told in heads[0]


@pytest.mark.parametrize(("language", "word"), [("en", "Warning: they"), ("zh", "警告：它们")])
def test_rows_of_the_fit_are_a_warning_in_the_language_of_the_reader(
    language: str, word: str
) -> None:
    screen = Screen(language, as_json=False, out=io.StringIO())
    found = {"beyond_chance": True, "statement": {"zh": "它们", "en": "they"}}
    model_validation._rows_in_fit(screen, found)  # the part of the page this is about
    assert word in screen.out.getvalue()  # type: ignore[attr-defined]  # a StringIO
