from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def record(finished_demo: Any, tally: Any) -> str:
    told = tally("verify", finished_demo.receipt, "--trust", finished_demo.trust, "--json").json()
    return str(told["record"])


def test_a_package_is_made_and_checked(
    tally: Any, finished_demo: Any, record: str, tmp_path: Path
) -> None:
    place = ("--workspace", finished_demo.workspace)
    said = tally("evidence", record[:12], "-o", tmp_path / "case", *place, "--no-content")
    assert said.status == 0, said.err
    assert "evidence --check" in said.out
    for language, word in (("zh", "完整且有效"), ("en", "WHOLE AND VALID")):
        words = ("evidence", "--check", tmp_path / "case", "--trust", finished_demo.trust)
        checked = tally(*words, "--lang", language)
        assert checked.status == 0, checked.out
        assert word in checked.out
        assert tally(*words, "--json").json()["valid"]
    (tmp_path / "case" / "checkpoint.txt").write_text("x", encoding="utf-8")
    bad = tally("evidence", "--check", tmp_path / "case", "--trust", finished_demo.trust)
    assert bad.status == 1
    assert "NOT VALID" in bad.out
    assert "checkpoint.txt" in bad.out


def test_a_copy_of_another_trust_file_or_program_is_told(
    tally: Any, finished_demo: Any, record: str, tmp_path: Path
) -> None:
    case, place = tmp_path / "case", ("--workspace", finished_demo.workspace)
    assert tally("evidence", record, "-o", case, *place, "--no-content").status == 0
    for name in ("trust.policy", "check_receipt.py"):
        (case / name).write_text("# another\n", encoding="utf-8")
    said = tally("evidence", "--check", case, "--trust", finished_demo.trust)
    assert said.status == 1
    assert "only the one given counts" in said.out
    assert "took no part" in said.out


def test_with_another_trust_file_the_steps_that_fail_are_shown(
    tally: Any, finished_demo: Any, record: str, tmp_path: Path
) -> None:
    case, place = tmp_path / "case", ("--workspace", finished_demo.workspace)
    assert tally("evidence", record, "-o", case, *place, "--no-content").status == 0
    tally("init", tmp_path / "other")
    said = tally("evidence", "--check", case, "--trust", tmp_path / "other" / "trust.policy")
    assert said.status == 1
    assert "checkpoint" in said.out


@pytest.mark.parametrize(("language", "word"), [("zh", "认定"), ("en", "decision")])
def test_the_kind_of_a_record_is_said_in_words(
    tally: Any, finished_demo: Any, tmp_path: Path, language: str, word: str
) -> None:
    case, trust = tmp_path / "case", finished_demo.trust
    told = tally("verify", finished_demo.receipt, "--trust", trust, "--json").json()
    place = ("--workspace", finished_demo.workspace)
    assert tally("evidence", told["record"], "-o", case, *place).status == 0
    said = tally("evidence", "--check", case, "--trust", trust, "--lang", language)
    [line] = (line for line in said.out.splitlines() if told["record"][:12] in line)
    assert word in line
    assert (told["body"]["kind"] in line) == (language == "en")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("abcdef",),
        ("-o", "x"),
        ("--check", "x"),
        ("--trust", "x"),
        ("abcdef", "-o", "x", "--trust", "y"),
        ("abcdef", "--check", "x", "--trust", "y"),
        ("--check", "x", "--trust", "y", "--no-content"),
        ("--check", "x", "--trust", "y", "--file", "z"),
    ],
)
def test_one_thing_is_done_at_a_time(tally: Any, words: tuple[str, ...]) -> None:
    assert tally("evidence", *words).status == 2


def test_the_files_of_the_workspace_are_not_written_to(
    tally: Any, finished_demo: Any, record: str
) -> None:
    place = ("--workspace", finished_demo.workspace)
    for inside in ("evidence", "bodies/case", "keys"):
        said = tally("evidence", record, "-o", finished_demo.workspace / inside, *place)
        assert said.status == 1
        assert "own_file" in said.err


def test_originals_are_named_one_by_one(
    tally: Any, finished_demo: Any, record: str, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    files = ("--file", tmp_path / "one", "--file", tmp_path / "two")
    place = ("--workspace", finished_demo.workspace)
    said = tally("evidence", record, "-o", tmp_path / "case", *files, *place)
    assert said.status == 1
    assert "file_not_named" in said.err
    assert not (tmp_path / "case").exists()
