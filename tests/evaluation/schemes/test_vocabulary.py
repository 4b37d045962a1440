from __future__ import annotations

import pytest

from tallystick.evaluation.schemes.vocabulary import packaged_vocabulary
from tallystick.rulebook.catalogue import catalogue


def test_an_evaluation_sees_every_item_of_the_catalogue() -> None:
    words = packaged_vocabulary()
    for code, item in catalogue().items.items():
        seen = words.item(code)
        assert seen is not None
        assert set(seen.fields) == {field.name for field in item.fields}
        assert seen.scored == (not code.startswith("context."))
        assert seen.self_declared == code.startswith("selfdeclared.")
    assert words.item("person.habits") is None


@pytest.mark.parametrize("word", ["宗教信仰", "religion", "血型", "病史", "基因", "指纹"])
def test_a_refused_class_is_recognised_with_its_article(word: str) -> None:
    reason = packaged_vocabulary().refusal(["处罚次数", word])
    assert reason is not None
    assert reason.code == "refused_class"
    assert reason.rule


def test_ordinary_words_are_not_refused() -> None:
    assert packaged_vocabulary().refusal(["处罚次数", "主要管理人员（董监高）", "ISO9001"]) is None
