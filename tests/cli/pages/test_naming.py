from __future__ import annotations

import io

import pytest

from tallystick.app import schemes
from tallystick.cli.pages.naming import Names, light_cell, percent
from tallystick.cli.pages.values import LIGHTS
from tallystick.cli.screen import Screen


@pytest.mark.parametrize(
    ("share", "said"),
    [("1", "100%"), ("0.9999", "99%"), ("0.005", "0%"), ("0", "0%"), ("0.4067", "40%")],
)
def test_a_share_is_rounded_down_so_that_all_means_all(share: str, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_light_is_told_by_its_word(language: str) -> None:
    screen = Screen(language, out=io.StringIO(), err=io.StringIO())
    words = {light_cell(screen, light).text for light in LIGHTS}
    assert len(words) == len(LIGHTS)
    assert all(word.startswith("● ") for word in words)
    assert "●" not in light_cell(screen, None).text


def test_names_come_from_the_scheme_in_the_language_spoken() -> None:
    names = Names(schemes.show(None, "association-2019"), "en")
    assert names.band("medium-high") == "Medium-high risk"
    assert names.band_called("中高风险") == "Medium-high risk"
    assert names.dimension("basic") == "Basics"


def test_a_code_without_a_name_stands_for_itself() -> None:
    names = Names({}, "en")
    assert names.band("x") == "x"
    assert names.band(None) == "-"
    assert names.band("x", "名") == "名"
    assert names.band_called("") == "-"
