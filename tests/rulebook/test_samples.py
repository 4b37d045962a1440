from __future__ import annotations

import pytest

from tallystick.kernel.identifiers import SAMPLE_DIVISION, check_uscc, make_uscc
from tallystick.rulebook.samples import SAMPLE_MARK, SAMPLE_SUBJECT, is_sample_subject
from tallystick.rulebook.subjects import subject_kind
from tallystick.rulebook.territory import territory_of
from tallystick.testing.fiction import COMPANY, fictional_uscc


def test_a_code_of_the_reserved_division_is_well_formed_and_a_sample() -> None:
    for code in (fictional_uscc(COMPANY, 1, SAMPLE_DIVISION), make_uscc("51999999", 3)):
        assert check_uscc(code) is None
        assert is_sample_subject(code)
        assert territory_of(code) is None
        assert subject_kind(code)


@pytest.mark.parametrize("division", ["310110", "100000", "810000", "991000", "999900"])
def test_no_other_division_is_a_sample(division: str) -> None:
    assert not is_sample_subject(f"91{division}PDY00001X5")


def test_the_refusal_has_a_rule_and_a_remedy_and_the_mark_both_languages() -> None:
    assert SAMPLE_SUBJECT.rule
    assert "--sample" in SAMPLE_SUBJECT.remedy.zh
    assert "--sample" in SAMPLE_SUBJECT.remedy.en
    for text in SAMPLE_MARK:
        assert "样例" in text
        assert "SAMPLE" in text
