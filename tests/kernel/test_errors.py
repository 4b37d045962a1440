from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from tallystick.kernel.errors import NOTHING, Problem, Reason, TallyError
from tallystick.kernel.texts import Text

NO_FILE = Reason(
    "no_such_file",
    Text("没有文件 {path}", "there is no file {path}"),
    "docs/commands.md",
    Text("请检查 {path}。", "Look at {path}."),
)
DAMAGED = Reason(
    "damaged",
    Text("{file} 第 {line} 行 {field}", "{file}, line {line}, {field}"),
    "",
    Text("请恢复 {file}。", "Restore {file}."),
)


def test_an_error_says_its_code_sentence_rule_and_remedy() -> None:
    fault = NO_FILE.error(path="a.csv")
    assert isinstance(fault, Exception)
    assert fault.code == "no_such_file"
    assert fault.text == Text("没有文件 a.csv", "there is no file a.csv")
    assert fault.remedy == Text("请检查 a.csv。", "Look at a.csv.")
    assert fault.reason.rule == "docs/commands.md"
    assert str(fault) == "no_such_file: there is no file a.csv"


def test_an_error_and_a_problem_say_the_same() -> None:
    raised = NO_FILE.error(path="a.csv").problem(file="b.csv", line=3, field="CF_WSH")
    value = NO_FILE.problem(file="b.csv", line=3, field="CF_WSH", path="a.csv")
    assert raised == value
    assert value == Problem(
        "b.csv",
        3,
        "CF_WSH",
        "no_such_file",
        Text("没有文件 a.csv", "there is no file a.csv"),
        "docs/commands.md",
        Text("请检查 a.csv。", "Look at a.csv."),
    )


def test_a_sentence_may_name_the_place_it_was_found_at() -> None:
    problem = DAMAGED.problem(file="a.csv", line=2, field="name")
    assert problem.message.en == "a.csv, line 2, name"
    assert problem.remedy.en == "Restore a.csv."
    raised = DAMAGED.error(file="a.csv", line=2, field="name")
    assert raised.problem(file="a.csv", line=2, field="name") == problem


def test_a_problem_is_told_to_programs_in_the_five_promised_fields() -> None:
    problem = NO_FILE.problem(file="a.csv", line=2, field="x", path="b")
    assert problem.to_json("zh") == {
        "file": "a.csv",
        "line": 2,
        "field": "x",
        "code": "no_such_file",
        "message": "没有文件 b",
    }
    assert problem.to_json()["message"] == "there is no file b"


def test_a_reason_without_a_remedy_has_none() -> None:
    bare = Reason("bare", Text("甲", "a"))
    assert bare.remedy == NOTHING
    assert bare.error().remedy == NOTHING
    assert bare.problem().file == ""


def test_an_error_crosses_from_one_process_to_another() -> None:
    fault = NO_FILE.error(path="a.csv", why=Text("甲", "a"))
    for other in (pickle.loads(pickle.dumps(fault)), copy.copy(fault)):  # noqa: S301
        assert isinstance(other, TallyError)
        assert (other.code, other.text, other.facts) == (fault.code, fault.text, fault.facts)
        assert other.reason == NO_FILE


def test_an_error_can_be_kept_in_a_set_as_any_exception_can() -> None:
    one, other = NO_FILE.error(path="a"), NO_FILE.error(path="a")
    assert len({one, other, one}) == 2
    with pytest.raises(ExceptionGroup) as raised:
        raise ExceptionGroup("two", [one, other])
    assert "no_such_file" in "".join(traceback.format_exception(raised.value))


def test_a_reason_is_a_constant() -> None:
    with pytest.raises(AttributeError):
        NO_FILE.code = "other"  # type: ignore[misc]
    assert hash(NO_FILE) == hash(copy.copy(NO_FILE))
