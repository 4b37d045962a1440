from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

WORDS = {"zh": ("预评", "已认定"), "en": ("PROPOSAL", "DECIDED")}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("ending", "magic"), [(".html", b"<!DOCTYPE html>"), (".pdf", b"%PDF-1.7")]
)
def test_a_report_is_a_page_or_paper_by_the_ending_of_its_name(
    tally: Any, demo: Any, tmp_path: Path, language: str, ending: str, magic: bytes
) -> None:
    workspace = demo.workspace
    proposed, decided = WORDS[language]
    for word, subject in ((decided, demo.decided), (proposed, demo.undecided)):
        file = tmp_path / f"{subject}{ending}"
        words = ("report", subject, "-o", file, "--workspace", workspace, "--lang", language)
        said = tally(*words)
        assert said.status == 0
        assert file.name in said.out
        assert word in said.out
        assert file.read_bytes().lstrip().startswith(magic)
        assert file.stat().st_mode & 0o777 == 0o600


def test_without_a_name_a_pdf_named_by_code_and_day_comes_into_this_folder(
    tally: Any, demo: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert tally("report", demo.decided, "--workspace", demo.workspace).status == 0
    [made] = folder.iterdir()
    assert made.name.startswith(demo.decided)
    assert made.suffix == ".pdf"


def test_json_shows_the_document_and_writes_only_where_a_file_is_named(
    tally: Any, demo: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    words = ("report", demo.decided, "--json", "--workspace", demo.workspace)
    document = tally(*words).json()
    assert (document["form"], document["file"]) == ("tallystick-portrait/1", "")
    assert not list(folder.iterdir())
    file = tmp_path / "a.html"
    assert tally(*words, "-o", file).json()["file"] == str(file)
    assert file.exists()


def test_another_ending_is_wrong_usage_and_nothing_is_read(
    tally: Any, demo: Any, tmp_path: Path
) -> None:
    said = tally("report", "x", "-o", tmp_path / "a.doc", "--workspace", demo.workspace)
    assert said.status == 2
    assert ".pdf" in said.err


def test_who_is_no_member_has_no_report(tally: Any, demo: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    words = ("report", "91310110631568129R", "-o", file, "--workspace", demo.workspace)
    said = tally(*words)
    assert said.status == 1
    assert not file.exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_membership_is_written_as_one_page_for_its_owner_alone(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "members.html"
    words = ("report", "--all", "-o", file, "--workspace", demo.workspace, "--lang", language)
    said = tally(*words)
    assert said.status == 0, said.err
    assert file.name in said.out
    assert all(word in said.out for word in WORDS[language])
    text = file.read_text(encoding="utf-8")
    assert demo.decided in text
    assert demo.undecided in text
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_membership_as_json_writes_only_where_a_file_is_named(
    tally: Any, demo: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    words = ("report", "--all", "--workspace", demo.workspace)
    document = tally(*words, "--json").json()
    assert (document["form"], document["file"]) == ("tallystick-membership/1", "")
    assert not list(folder.iterdir())
    assert tally(*words).status == 0
    [made] = folder.iterdir()
    assert made.name.startswith("members-association-2019-")


@pytest.mark.parametrize(
    "wrong",
    [
        ("report",),
        ("report", "91310110631568129R", "--all"),
        ("report", "91310110631568129R", "--scheme", "association-2019"),
        ("report", "--all", "-o", "members.pdf"),
    ],
)
def test_one_or_all_and_never_both(tally: Any, demo: Any, wrong: tuple[str, ...]) -> None:
    said = tally(*wrong, "--workspace", demo.workspace)
    assert said.status == 2
    assert "--all" in said.err


def test_a_scheme_nobody_was_evaluated_by_is_refused(tally: Any, demo: Any, tmp_path: Path) -> None:
    file = tmp_path / "members.html"
    words = ("report", "--all", "--scheme", "other", "-o", file, "--workspace", demo.workspace)
    said = tally(*words)
    assert said.status == 1
    assert "no_such_scheme" in said.err
    assert not file.exists()


def test_a_report_nobody_can_be_given_is_not_sealed_as_given_out(
    tally: Any, demo: Any, tmp_path: Path
) -> None:
    at = ("--workspace", demo.workspace)
    there = tmp_path / "mine.pdf"
    there.write_bytes(b"mine")
    before = tally("status", *at, "--json").json()["records"]
    for target, code in ((tmp_path / "no" / "r.pdf", "no_folder"), (there, "file_there")):
        done = tally("report", demo.decided, "-o", target, *at, "--json")
        assert done.status == 1
        assert done.json()["error"]["code"] == code
    assert there.read_bytes() == b"mine"
    assert tally("status", *at, "--json").json()["records"] == before


@pytest.mark.parametrize(("language", "word"), [("zh", "密钥"), ("en", "key")])
def test_who_checks_a_report_is_told_which_key_decided(
    tally: Any, demo: Any, tmp_path: Path, language: str, word: str
) -> None:
    file = tmp_path / "r.html"
    assert tally("report", demo.decided, "-o", file, "--workspace", demo.workspace).status == 0
    words = ("verify", file, "--trust", demo.trust)
    told = tally(*words, "--json").json()["shows"]
    assert len(told["officer_key"]) == 32
    said = tally(*words, "--lang", language).out
    assert f"{word} {told['officer_key'][:8]}" in said
    trusted = Path(demo.trust).read_text(encoding="utf-8")
    assert f"+{told['officer_key'][:8]}+" in trusted
