"""Surveys and their sealed form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.evaluation.ahp.judgments import SCALE, Judgments, pairs_of
from tallystick.evaluation.ahp.questionnaires import (
    Answer,
    answer_from,
    answer_text,
    survey_from,
    survey_of,
)
from tallystick.kernel.errors import TallyError


def answer(expert: str, value: int, group: str = "", weight: int = 1, items: str = "ab") -> Answer:
    return Answer(
        expert, group, Judgments(tuple(items), {(0, 1): Fraction(value)}), Fraction(weight)
    )


def test_an_expert_answers_a_group_once() -> None:
    survey, problems = survey_of([answer("e", 3), answer("e", 5), answer("f", 2)])
    assert [one.code for one in problems] == ["expert_twice"]
    assert survey.experts == ("e", "f")
    assert survey.groups[0].answers[0].pairs[0, 1] == 3


def test_an_expert_has_one_weight_and_a_group_one_set_of_items() -> None:
    _, problems = survey_of([answer("e", 3), answer("e", 3, "g", 2), answer("f", 3, items="ac")])
    assert [one.code for one in problems] == ["expert_weight", "items_differ"]


def test_files_without_label_are_one_expert_each() -> None:
    survey, problems = survey_of(
        [answer("", 3), answer("", 2, "g"), answer("", 5), answer("", 4, "g")]
    )
    assert not problems
    assert survey.experts == ("expert 1", "expert 2")


def test_items_in_another_order_are_the_same_items() -> None:
    survey, problems = survey_of([answer("e", 3), answer("f", 3, items="ba")])
    assert not problems
    assert survey.groups[0].answers[1].pairs[0, 1] == Fraction(1, 3)


@given(st.integers(2, 6), st.data())
def test_sealed_answers_are_read_back_as_they_were(size: int, data: st.DataObject) -> None:
    items = tuple("abcdef"[:size])
    chain = {pair: data.draw(st.sampled_from(SCALE)) for pair in pairs_of(size)}
    kept = {p: v for p, v in chain.items() if p[1] == p[0] + 1 or data.draw(st.booleans())}
    judged = Judgments(items, kept)
    assert answer_from(answer_text(judged), items) == judged
    survey, _ = survey_of([Answer("who", "g", judged), Answer("she", "g", judged, Fraction(2))])
    sealed = survey.document()
    assert "who" not in str(sealed)
    assert survey_from(sealed).document() == sealed


@pytest.mark.parametrize(
    "change",
    [
        {"experts": ["0"]}, {"experts": ["-1"]}, {"experts": ["2/2"]}, {"experts": []},
        {"experts": ["1/0"]}, {"experts": ["1", "1"]}, {"groups": [{}]}, {"groups": None},
        {"groups": [{"group": "g", "items": ["a", "b"], "answers": ["10"]}]},
        {"groups": [{"group": "g", "items": ["a", "b"], "answers": ["3 3"]}]},
        {"groups": [{"group": "g", "items": ["a", "b"], "answers": [""]}]},
        {"groups": [{"group": "g", "items": ["a", "b"], "answers": ["-"]}]},
        {"groups": [{"group": "g", "items": ["a", "b"], "answers": ["03"]}]},
    ],
)  # fmt: skip
def test_sealed_answers_that_nobody_gave_are_refused(change: dict[str, object]) -> None:
    told = {"experts": ["1"], "groups": [{"group": "g", "items": ["a", "b"], "answers": ["3"]}]}
    assert survey_from(told).document() == told
    with pytest.raises(TallyError, match="bad_weighing"):
        survey_from({**told, **change})
