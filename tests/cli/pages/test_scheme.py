from __future__ import annotations

import io

import pytest

from tallystick.app import schemes
from tallystick.cli.pages.scheme import HOW, show_scheme
from tallystick.cli.screen import Screen
from tallystick.evaluation.schemes.grammar import AGGREGATES


def shown(language: str) -> str:
    out = io.StringIO()
    screen = Screen(language, out=out, err=io.StringIO())
    show_scheme(screen, schemes.show(None, "association-2019"))
    return " ".join(out.getvalue().split())


def test_there_are_words_for_every_aggregate() -> None:
    assert HOW.keys() == AGGREGATES.keys()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ["实缴资本 ÷ 注册资本", "失信被执行人：有无记录", "链圈→100"]),
        ("en", ["latest registered capital", "chain technology→100", "any record", "months"]),
    ],
)
def test_an_indicator_is_told_by_names_and_not_by_codes(
    language: str, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    page = shown(language)
    assert [one for one in said if one not in page] == []
    assert "months_since" not in page
    assert "association.membership_year" not in page
