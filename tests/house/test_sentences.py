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
