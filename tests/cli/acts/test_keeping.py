from __future__ import annotations

import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.pages.keeping import show_archive
from tallystick.cli.screen import Screen

LANGUAGES = ("zh", "en")
UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_backup_is_made_listed_checked_and_restored(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    at = ("--workspace", demo.workspace, "--lang", language)
    made = tally("backup", "-o", tmp_path / "copy", *at)
    assert made.status == 0, made.err
    assert {"zh": "备份完成", "en": "Backed up: snapshot 1"}[language] in made.out
    again = tally("backup", "-o", tmp_path / "copy", *at)
    assert {"zh": "没有变化", "en": "Nothing changed"}[language] in again.out
    for word, told in (("--list", ""), ("--check", {"zh": "摘要", "en": "digests"}[language])):
        said = tally("backup", word, tmp_path / "copy", "--lang", language)
        assert said.status == 0, said.err
        assert told in said.out
    shutil.copy(tmp_path / "ws.passphrase", tmp_path / "again.passphrase")
    words = ("restore", tmp_path / "copy", "-o", tmp_path / "again", "--lang", language)
    refused = tally(*words)
    assert refused.status == 1
    assert "--as-of-backup" in refused.err
    done = tally(*words, "--later", demo.workspace)
    assert done.status == 0, done.out + done.err
    assert {"zh": "一切相符", "en": "everything agrees"}[language] in done.out
    assert tally("status", "--workspace", tmp_path / "again").status == 0


def test_several_later_sources_may_be_named(tally: Any, demo: Any, tmp_path: Path) -> None:
    tally("backup", "-o", tmp_path / "copy", "--workspace", demo.workspace)
    shutil.copy(tmp_path / "ws.passphrase", tmp_path / "again.passphrase")
    later = ("--later", demo.workspace, "--later", tmp_path / "copy")
    done = tally("restore", tmp_path / "copy", "-o", tmp_path / "again", *later, "--json")
    document = done.json()
    assert [one["form"] for one in document["later"]] == ["workspace", "backup"]
    assert document["ok"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_are_told_in_utc_and_what_tells_of_erasures_in_the_sentence(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    at = ("--lang", language)
    tally("backup", "-o", tmp_path / "copy", "--workspace", demo.workspace)
    [row] = tally("backup", "--list", tmp_path / "copy", *at).out.splitlines()[2:]
    assert UTC.search(row)
    shutil.copy(tmp_path / "ws.passphrase", tmp_path / "again.passphrase")
    later = ("--later", demo.workspace)
    said = tally("restore", tmp_path / "copy", "-o", tmp_path / "again", *later, *at).out
    assert not [line for line in said.splitlines() if line.startswith("  - ")]
    told = said.replace("\n", " ")
    assert demo.workspace.name in UTC.split(told)[0]
    assert UTC.search(told)


@pytest.mark.parametrize(
    ("language", "beside", "apart"),
    [("zh", "密钥就在备份里", "分开保管"), ("en", "The keys lie within the backup", "kept apart")],
)
def test_a_backup_says_whether_its_keys_lie_with_it(
    tally: Any, demo: Any, tmp_path: Path, language: str, beside: str, apart: str
) -> None:
    at = ("--workspace", demo.workspace, "--lang", language)
    together = tally("backup", "-o", tmp_path / "a", *at).out
    assert beside in together
    assert "--keys" in together
    away = tally("backup", "-o", tmp_path / "b", "--keys", tmp_path / "keys", *at).out
    assert apart in away
    assert beside not in away


def test_a_restore_that_accepts_not_knowing_says_so(tally: Any, demo: Any, tmp_path: Path) -> None:
    tally("backup", "-o", tmp_path / "copy", "--workspace", demo.workspace)
    shutil.copy(tmp_path / "ws.passphrase", tmp_path / "again.passphrase")
    done = tally("restore", tmp_path / "copy", "-o", tmp_path / "again", "--as-of-backup")
    assert "not known" in done.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_use_of_the_disk_is_shown(tally: Any, demo: Any, language: str) -> None:
    at = ("--workspace", demo.workspace, "--lang", language)
    said = tally("ledger", "stats", *at)
    assert said.status == 0, said.err
    assert {"zh": "可归档", "en": "Could be archived"}[language] in said.out
    assert "█" in said.out
    document = tally("ledger", "stats", *at, "--json").json()
    assert sum(one["bytes"] for one in document["parts"]) == document["bytes"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_archive_is_written_found_checked_and_brought_back(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    at = ("--workspace", demo.workspace, "--lang", language)
    done = tally("ledger", "archive", "-o", tmp_path / "old", "--keep-records", "1", *at)
    assert done.status == 0, done.err
    moved = tally("ledger", "archive", "-o", tmp_path / "old", *at, "--json").json()
    assert {"zh": "移走", "en": "move"}[language] in done.out
    if moved["bundles"]:
        (tmp_path / "old").rename(tmp_path / "new")
        assert tally("status", *at).status == 1
        for word in ("--attach", "--check"):
            assert tally("ledger", "archive", word, tmp_path / "new", *at).status == 0
    assert tally("ledger", "archive", "--bring-back", *at).status == 0
    assert tally("audit", *at).status == 0


@pytest.mark.parametrize(
    ("language", "few", "young", "none"),
    [
        ("zh", "账本有", "256", "没有归档过"),
        ("en", "the ledger has", "256", "Nothing was archived"),
    ],
)
def test_where_nothing_is_moved_it_is_said_why(
    tally: Any, demo: Any, tmp_path: Path, language: str, few: str, young: str, none: str
) -> None:
    at = ("--workspace", demo.workspace, "--lang", language)
    records = tally("status", *at, "--json").json()["records"]
    archiving = ("ledger", "archive", "-o", tmp_path / "old", "--keep-records")
    kept = tally(*archiving, "5000", *at).out
    assert few in kept
    assert str(records) in kept
    assert "5000" in kept
    assert str(tmp_path / "old") not in kept  # nothing is there
    assert young in tally(*archiving, "10", *at).out
    assert none in tally("ledger", "archive", "--bring-back", *at).out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["--attach", "--check"])
def test_a_folder_without_the_archive_is_told_with_what_to_do(
    tally: Any, demo: Any, tmp_path: Path, language: str, word: str
) -> None:
    at = ("--workspace", demo.workspace, "--lang", language, "--json")
    said = tally("ledger", "archive", word, tmp_path, *at).json()["error"]
    assert said["code"] == "no_archive"
    assert "-o" in said["remedy"]


@pytest.mark.parametrize(
    ("language", "word"), [("zh", "归档有 300 条"), ("en", "archive has the commitments of 300")]
)
def test_what_an_archive_holds_is_said_without_speaking_of_moving(language: str, word: str) -> None:
    out = io.StringIO()
    screen = Screen(language=language, out=out, err=io.StringIO())
    show_archive(screen, {"folder": "old", "records_moved": 0, "records_archived": 300})
    assert word in out.getvalue()
    assert "Nothing" not in out.getvalue()
    assert "没有可移走" not in out.getvalue()


@pytest.mark.parametrize(
    "words",
    [
        ("backup",),
        ("backup", "-o", "a", "--list", "b"),
        ("ledger", "archive"),
        ("ledger", "archive", "--bring-back", "--check", "b"),
    ],
)
def test_one_thing_at_a_time_is_asked_for(tally: Any, words: tuple[str, ...]) -> None:
    assert tally(*words).status == 2
