"""What users read: both languages, the same facts in both, one code a reason."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# One meaning said in several places, each with the words of the place.
SHARED = {"refused_class"}  # a kind of data the law forbids: as a column, an item or an indicator
HAN = re.compile("[\u3400-\u9fff]+")
LATIN = re.compile("[A-Za-z]{2,}")
# Chinese that English sentences cite: how a unit is written in a file, and the word that stands
# beside a proposal in both languages.
CITED = re.compile("[（(](?:万?元|倍|预评)[）)]|500万元")
RAISED = {"error", "problem", "report", "add"}
IN_WORDS = {"what", "why", "where"}  # facts that are words of a sentence, not codes or names
KEYS = {"formula", "at_least", "is", "item, data"}  # of a scheme, of a record: as they are typed
MARK = re.compile(r"\{(\w*)[^{}]*\}")


def calls(text: str, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def sentence(call: ast.Call, position: int, keyword: str) -> str | None:
    """Return the sentence written at that place of the call; None when it is not written there."""
    values = [word.value for word in call.keywords if word.arg == keyword]
    values += call.args[position : position + 1]
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return None


def half_said(place: str, text: str) -> Iterator[str]:
    for call in calls(text, "Text"):
        zh, en = sentence(call, 0, "zh"), sentence(call, 1, "en")
        if zh is None or en is None:
            continue
        if bool(zh.strip()) != bool(en.strip()):
            yield f"{place}:{call.lineno}: said in one language only: {zh or en}"
        if set(MARK.findall(zh)) != set(MARK.findall(en)):
            yield f"{place}:{call.lineno}: the languages tell different facts: {en}"


def mixed(place: str, text: str) -> Iterator[str]:
    """Yield what puts the words of one language into a sentence of the other."""
    for call in calls(text, "Text"):
        en = sentence(call, 1, "en")
        if en is not None and HAN.search(CITED.sub("", en)):
            yield f"{place}:{call.lineno}: Chinese in an English sentence: {en}"
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in RAISED:
            for word in node.keywords:
                if word.arg in IN_WORDS and _is_english(word.value):
                    yield f"{place}:{word.value.lineno}: {word.arg} is in one language: use Text"


def _is_english(value: ast.expr) -> bool:
    """Tell whether a fact is a text written out, or the words of an exception."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "str"
    if isinstance(value, ast.JoinedStr):
        return any(map(_is_english, value.values))
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return False
    return value.value not in KEYS and LATIN.search(value.value) is not None


def codes(text: str) -> Iterator[tuple[str, int]]:
    for call in calls(text, "Reason"):
        code = sentence(call, 0, "code")
        if code is not None:
            yield code, call.lineno


@pytest.mark.parametrize(
    "text",
    [
        'Text("", "only English")\n',
        'Text("只有中文", " ")\n',
        'Text("第 {line} 行", "line {number}")\n',
        'Text(zh="共 {n} 条", en="some")\n',
    ],
)
def test_a_planted_half_sentence_is_found(text: str) -> None:
    assert list(half_said("planted.py", text))


@pytest.mark.parametrize(
    "text",
    ['Text("", "")\n', 'Text("第 {line} 行", "line {line}")\n', "Text(zh, en)\n"],
)
def test_a_whole_sentence_is_left_alone(text: str) -> None:
    assert not list(half_said("planted.py", text))


@pytest.mark.parametrize(
    "text",
    [
        'Text("高风险", "band 高风险")\n',
        'raise BAD.error(what="a wrong field")\n',
        'raise BAD.error(line=1, what=f"{n} bytes too many")\n',
        "raise BAD.error(what=str(fault)) from None\n",
        'place.report(BAD, why="too long")\n',
    ],
)
def test_a_planted_word_of_the_other_language_is_found(text: str) -> None:
    assert list(mixed("planted.py", text))


def test_words_in_both_languages_and_signs_of_none_are_left_alone() -> None:
    text = 'BAD.error(what=Text("长度", "length"))\nplace.report(BAD, what="…", kind="is")\n'
    assert not list(mixed("planted.py", text))


def test_no_sentence_mixes_the_languages(product: dict[str, str]) -> None:
    # The files packaged with the program are for whoever makes them, and said in English.
    read_by_users = {at: text for at, text in product.items() if "/rulebook/" not in at}
    found = [line for place, text in read_by_users.items() for line in mixed(place, text)]
    assert not found, "\n".join(found)


def test_every_sentence_is_said_in_both_languages(product: dict[str, str]) -> None:
    found = [line for place, text in product.items() for line in half_said(place, text)]
    assert not found, "\n".join(found)


def test_every_reason_has_one_plain_code_of_its_own(product: dict[str, str]) -> None:
    places = defaultdict(list)
    for place, text in product.items():
        for code, line in codes(text):
            places[code].append(f"{place}:{line}")
    assert places, "no reason found: the check looks in the wrong place"
    odd = [code for code in places if not CODE.fullmatch(code)]
    assert not odd, f"lower case with underscores: {odd}"
    shared = {code: at for code, at in places.items() if len(at) > 1 and code not in SHARED}
    assert not shared, f"one code, several meanings: {shared}"
