from __future__ import annotations

import io

import pytest

from tallystick.app import schemes
from tallystick.cli.pages import scheme as page
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
    told = shown(language)
    assert [one for one in said if one not in told] == []
    assert "months_since" not in told
    assert "association.membership_year" not in told


def test_a_card_is_told_by_its_digest_what_feeds_it_and_its_scale() -> None:
    screen = Screen("en", out=io.StringIO(), err=io.StringIO())
    inputs = [{"variable": "x", "indicator": "F1"}, {"variable": "y", "indicator": "F2"}]
    scale = [{"score": 500, "points": "0"}, {"score": 700, "points": "100"}]
    one = {"card": {"digest": "ab" * 32, "inputs": inputs, "scale": scale}}
    assert page._how(screen, one) == "card abababababab..., fed by F1, F2"
    assert page._points(screen, one) == "500→0–700→100"
