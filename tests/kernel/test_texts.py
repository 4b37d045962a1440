from __future__ import annotations

import pytest

from tallystick.kernel.texts import LANGUAGES, Text, language_of

IMPORTED = Text("已导入 {n} 条", "imported {n} records")


def test_a_fact_is_filled_in_in_both_languages() -> None:
    assert IMPORTED.fill(n=3) == Text("已导入 3 条", "imported 3 records")


def test_a_sentence_within_a_sentence_keeps_to_its_language() -> None:
    outer = Text("原因:{why}", "reason: {why}")
    assert outer.fill(why=IMPORTED.fill(n=1)) == Text(
        "原因:已导入 1 条", "reason: imported 1 records"
    )


def test_what_is_filled_in_is_never_read_as_a_mark() -> None:
    hostile = "{n.__class__} {0} {why} %s"
    assert Text("{n}", "{n}").fill(n=hostile) == Text(hostile, hostile)


def test_facts_the_sentence_does_not_use_are_left_out() -> None:
    assert IMPORTED.fill(n=1, file="a.csv") == IMPORTED.fill(n=1)


def test_a_missing_fact_is_a_fault_of_ours_and_is_seen() -> None:
    with pytest.raises(KeyError):
        IMPORTED.fill()


def test_any_language_but_chinese_is_answered_in_english() -> None:
    assert IMPORTED.in_language("zh") == IMPORTED.zh
    for language in ("en", "", "fr", "zh-Hant-TW?"):
        assert IMPORTED.in_language(language) == IMPORTED.en
    assert LANGUAGES == ("zh", "en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "ZH_cn"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh"),
        ({"LC_MESSAGES": "en_GB", "LC_ALL": "zh_CN"}, "zh"),
        ({"LC_ALL": "zh_CN", "LANGUAGE": "en_GB:zh"}, "en"),
        ({"LANGUAGE": "zh:en", "LANG": "en_GB"}, "zh"),
        ({"TALLY_LANG": "en", "LANGUAGE": "zh", "LC_ALL": "zh_CN"}, "en"),
        ({"TALLY_LANG": "", "LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_locale_chooses_in_the_order_gettext_reads_it(
    environment: dict[str, str], language: str
) -> None:
    assert language_of(environment) == language


def test_the_process_environment_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TALLY_LANG", "zh")
    assert language_of() == "zh"
    monkeypatch.setenv("TALLY_LANG", "en")
    assert language_of() == "en"


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 records are"), (1, "1 record is"), (2, "2 records are"), (21, "21 records are")],
)
def test_a_word_goes_with_its_number(n: int, said: str) -> None:
    told = Text("{n} 条", "{n} {n:record|records} {n:is|are}")
    assert told.fill(n=n) == Text(f"{n} 条", said)


def test_a_number_is_still_written_as_asked() -> None:
    assert Text("{n:,}", "{n:,} {n}").fill(n=1000) == Text("1,000", "1,000 1000")
