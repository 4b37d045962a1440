from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.rulebook.folding import Folding

FOLDING = Folding("愛爱 戲戏", "оo аa")


@pytest.mark.parametrize(
    ("text", "dense"),
    [
        ("Blood Group", "bloodgroup"),
        ("ＢＬＯＯＤ", "blood"),
        ("愛\u200b 好", "爱好"),
        ("遊\n戲·時/間", "遊戏時間"),
        ("rélígión", "religion"),
        ("blооd", "blood"),
        ("", ""),
        ("___", ""),
    ],
)
def test_a_name_is_evened_out(text: str, dense: str) -> None:
    assert FOLDING.dense(text) == dense


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("bloodGroup", " blood group "),
        ("blood_group", " blood group "),
        ("GPSTrack", " gps track "),
        ("b l o o d", " blood "),
        ("bL_oO_d", " bl oo d "),
        ("bl00d", " blood "),
        ("血型 bloodType 2", " blood type "),
    ],
)
def test_the_words_a_reader_would_see_are_found(text: str, reading: str) -> None:
    assert reading in FOLDING.words(text)


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    dense = FOLDING.dense(text)
    assert FOLDING.dense(dense) == dense
    assert FOLDING.words(text).lower() == FOLDING.words(text)
