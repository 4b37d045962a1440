from __future__ import annotations

import errno
import io
import json

import pytest

from tallystick.cli import faults
from tallystick.cli.screen import Screen
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

REFUSED = Reason(
    "planted_refusal",
    Text("不收 {what}", "{what} is refused"),
    "征信业管理条例 art. 14",
    Text("请删去 {what}。", "Remove {what}."),
)


def shown(said: faults.Said, language: str = "en", *, as_json: bool = False) -> tuple[str, str]:
    screen = Screen(language, as_json, out=io.StringIO(), err=io.StringIO())
    faults.show(said, screen)
    assert isinstance(screen.out, io.StringIO)
    assert isinstance(screen.err, io.StringIO)
    return screen.out.getvalue(), screen.err.getvalue()


def test_a_refusal_shows_sentence_code_rule_and_remedy_on_standard_error() -> None:
    said = faults.of_refusal(REFUSED.error(what="religion"), "en")
    out, err = shown(said)
    assert not out
    assert err.splitlines() == [
        "Not done: religion is refused",
        "  code: planted_refusal",
        "  rule: Regulation on the Credit Reporting Industry, art. 14",
        "  what to do: Remove religion.",
    ]


def test_a_refusal_as_json_is_the_one_document_on_standard_output() -> None:
    said = faults.of_refusal(REFUSED.error(what=Text("宗教", "religion")), "zh")
    out, err = shown(said, "zh", as_json=True)
    assert json.loads(out) == {
        "error": {
            "code": "planted_refusal",
            "message": "不收 宗教",
            "rule": "征信业管理条例 art. 14",
            "remedy": "请删去 宗教。",
        }
    }
    assert not err


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EACCES, "not_allowed"),
        (errno.ENOENT, "no_such_file"),
        (errno.EROFS, "read_only"),
        (errno.EISDIR, "a_folder"),
        (errno.ENOTDIR, "not_a_folder"),
        (errno.EIO, "system_fault"),
        (0, "system_fault"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_system_refuses_is_said_in_the_language(
    number: int, code: str, language: str
) -> None:
    said = faults.of_system(OSError(number, "os words", "/there"), language)
    assert said.code == code
    assert "/there" in said.message
    assert "os words" not in said.message
    assert said.remedy


def test_an_unexpected_exception_tells_its_kind_and_never_its_words() -> None:
    said = faults.of_ours(ValueError("a resident's number"), "en")
    assert "ValueError" in said.message
    assert "resident" not in " ".join(said)
    assert "doctor" in said.remedy


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_value_in_a_refusal_cannot_steer_the_terminal(language: str) -> None:
    said = faults.of_refusal(REFUSED.error(what="a\033[2J\r\x9bb"), language)
    assert not set(shown(said, language)[1]) & set("\033\r\x9b")
