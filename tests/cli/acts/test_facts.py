from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def workspace(tally: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "members"
    assert tally("init", folder).status == 0
    return folder


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_template_is_written_and_never_over_one_filled_in(
    tally: Any, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "roster.xlsx"
    said = tally("template", "roster", "-o", file, "--lang", language)
    assert said.status == 0
    assert f"tally import {file} --source roster" in said.out
    again = tally("template", "roster", "-o", file, "--json")
    assert again.json()["error"]["code"] == "file_there"


def test_an_import_says_what_it_took_and_what_it_refused(
    tally: Any, workspace: Path, finished_demo: Any
) -> None:
    words = ("import", finished_demo.files / "roster.xlsx", "--source", "roster")
    said = tally(*words, "--workspace", workspace, "--json")
    report = said.json()
    assert said.status == 0
    assert {"accepted", "superseded", "duplicate", "refused", "problems"} <= set(report)
    assert report["accepted"] > 40
    assert report["refused"] == sum(report["refused_by_code"].values())
    for problem in report["problems"]:
        assert {"file", "line", "field", "code", "message"} <= set(problem)
    again = tally(*words, "--workspace", workspace, "--json").json()
    assert again["accepted"] == 0


def test_mapping_and_problems_are_kept_under_the_name_of_the_import(
    tally: Any, workspace: Path, finished_demo: Any
) -> None:
    words = ("import", finished_demo.files / "roster.xlsx", "--source", "roster")
    report = tally(*words, "--workspace", workspace, "--json").json()
    [name] = report["imports"]
    assert report["mappings"] == [str(workspace / "imports" / f"{name}.mapping.yaml")]
    listed = json.loads((workspace / "imports" / f"{name}.problems.json").read_text())
    assert listed == report["problems"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_dry_run_seals_nothing_and_says_so(
    tally: Any, workspace: Path, finished_demo: Any, language: str
) -> None:
    words = ("import", finished_demo.files / "roster.xlsx", "--source", "roster", "--dry-run")
    before = tally("status", "--workspace", workspace, "--json").json()["records"]
    said = tally(*words, "--workspace", workspace, "--lang", language)
    assert {"zh": "没有封存", "en": "nothing was sealed"}[language] in said.out
    assert tally("status", "--workspace", workspace, "--json").json()["records"] == before


def test_a_mapping_saved_can_be_given_back(
    tally: Any, workspace: Path, finished_demo: Any, tmp_path: Path
) -> None:
    words = ("import", finished_demo.files / "roster.xlsx", "--source", "roster")
    mapping = tmp_path / "map.yaml"
    dry = tally(*words, "--dry-run", "--save-map", mapping, "--workspace", workspace, "--json")
    done = tally(*words, "--map", mapping, "--workspace", workspace, "--json")
    assert done.json()["accepted"] == dry.json()["accepted"]
    mapping.write_text("edited: true\n")
    kept = tally(*words, "--dry-run", "--save-map", mapping, "--workspace", workspace, "--json")
    assert kept.json()["error"]["code"] == "file_there"


def test_several_files_are_several_imports_and_one_report(
    tally: Any, workspace: Path, finished_demo: Any
) -> None:
    files = [finished_demo.files / name for name in ("penalties-current.csv", "penalties-old.csv")]
    said = tally("import", *files, "--source", "penalties", "--workspace", workspace, "--json")
    report = said.json()
    assert len(report["imports"]) == 2
    assert len(report["mappings"]) == 2
    assert {one["file"] for one in report["problems"]} <= {file.name for file in files}
    assert report["refused"] == sum(report["refused_by_code"].values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_cannot_be_taken_is_named_and_the_others_go_on(
    tally: Any, workspace: Path, finished_demo: Any, tmp_path: Path, language: str
) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    files = [broken, finished_demo.files / "penalties-old.csv"]
    where = ("--source", "penalties", "--workspace", workspace, "--lang", language)
    dry = tally("import", *files, *where, "--dry-run", "--json")
    said = tally("import", *files, *where)
    assert (dry.status, said.status) == (1, 1)
    assert dry.json()["failed"] == ["broken.xlsx"]
    assert dry.json()["accepted"] > 0
    assert {"zh": "未能导入", "en": "not taken"}[language] in said.out
    assert tally("status", "--workspace", workspace, "--json").json()["imports"]
    alone = tally("import", broken, *where, "--json")
    assert alone.json()["error"]["code"] == "unreadable"


GOOD = "91310110202600012A"
NAME = "示例链条科技有限公司（虚构）"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_roster_of_names_and_codes_alone_is_taken(
    tally: Any, workspace: Path, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(f"企业名称,统一社会信用代码\n{NAME},{GOOD}\n", encoding="utf-8")
    where = ("--workspace", workspace, "--lang", language)
    said = tally("import", file, "--source", "roster", *where, "--json")
    assert (said.status, said.json()["accepted"]) == (0, 1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_of_which_every_row_was_refused_is_no_success(
    tally: Any, workspace: Path, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "roster.csv"
    rows = f"{NAME},{GOOD},12\n" * 3
    file.write_text(f"企业名称,统一社会信用代码,注册资本\n{rows}", encoding="utf-8")
    words = ("import", file, "--source", "roster", "--workspace", workspace, "--lang", language)
    said = tally(*words)
    assert said.status == 1
    assert {"zh": "每一行都被拒绝", "en": "Every row was refused"}[language] in said.out
    assert said.out.count("500万元") == 1, "a remedy is told once"
    assert "--map" in said.out
    assert "roster-0001.mapping.yaml" in said.out
    report = tally(*words, "--json")
    assert report.status == 1
    assert set(report.json()["remedies"]) == {"unit_unknown"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_was_not_taken_is_not_called_nothing_new(
    tally: Any, workspace: Path, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(f"企业名称,电话\n{NAME},\n", encoding="utf-8")
    said = tally("import", file, "--source", "roster", "--workspace", workspace, "--lang", language)
    assert said.status == 1
    assert {"zh": "文件未能导入", "en": "The file was not taken"}[language] in said.out
    assert "--map" in said.out


def test_a_refused_row_beside_known_ones_is_no_failure(
    tally: Any, workspace: Path, tmp_path: Path
) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(f"企业名称,统一社会信用代码\n{NAME},{GOOD}\n{NAME},1\n", encoding="utf-8")
    words = ("import", file, "--source", "roster", "--workspace", workspace, "--lang", "en")
    assert tally(*words).status == 0
    again = tally(*words)
    assert again.status == 0
    assert "Nothing new; rows refused: 1" in again.out


def test_progress_and_remarks_stay_off_standard_output(
    tally: Any, workspace: Path, finished_demo: Any
) -> None:
    words = ("import", finished_demo.files / "tax.csv", "--source", "tax", "--workspace", workspace)
    said = tally(*words)
    assert "mapping.yaml" in said.err
    assert "mapping.yaml" not in said.out
    assert not tally(*words, "--quiet").err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_retracted_import_says_so(tally: Any, demo: Any, language: str) -> None:
    where = ("--workspace", demo.workspace, "--lang", language)
    said = tally("retract", "ratios-0014", "--reason", "wrong file", *where)
    assert said.status == 0, said.err
    assert "ratios-0014" in said.out
    again = tally("retract", "ratios-0014", "--reason", "again", *where, "--json")
    assert (again.status, again.json()["error"]["code"]) == (1, "no_such_import")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_consent_is_entered_and_withdrawn(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    where = ("--workspace", demo.workspace, "--lang", language)
    document = tmp_path / "consent.pdf"
    document.write_bytes(b"signed")
    terms = ("--categories", "tax,honour", "--purpose", "association_evaluation")
    words = ("grant", demo.decided, *terms, "--until", "2099-12-31", "--document", document)
    granted = tally(*words, *where)
    assert granted.status == 0, granted.err
    assert demo.decided in granted.out
    withdrawn = tally("withdraw", demo.decided, *where, "--json")
    assert len(withdrawn.json()["withdrawn"]) == 2
    assert tally("withdraw", demo.decided, *where).status == 1


def test_a_grant_for_what_is_not_in_the_catalogue_is_refused(
    tally: Any, demo: Any, tmp_path: Path
) -> None:
    document = tmp_path / "consent.pdf"
    document.write_bytes(b"signed")
    terms = ("--categories", "religion", "--purpose", "association_evaluation")
    words = ("grant", demo.decided, *terms, "--until", "2099-12-31", "--document", document)
    said = tally(*words, "--workspace", demo.workspace, "--json")
    assert said.status == 1
    assert said.json()["error"]["rule"]


@pytest.mark.parametrize(("language", "word"), [("zh", "电话号码 1"), ("en", "telephone numbers")])
def test_a_number_of_a_person_in_a_reason_is_masked_and_told(
    tally: Any, demo: Any, language: str, word: str
) -> None:
    where = ("--workspace", demo.workspace, "--lang", language)
    said = tally("retract", "ratios-0014", "--reason", "问15400012345", *where)
    assert said.status == 0, said.err
    assert word in said.err
    more = tally(
        "retract", "honours-0013", "--reason", "154 OOO1 2346", *where, "--json", "--quiet"
    )
    assert more.json()["masked"] == {"masked_phone": 1}
    folder = demo.workspace / "exports"
    assert tally("export", "-o", folder, *where).status == 0
    written = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert b"15400012345" not in written
    assert b"154 OOO1 2346" not in written


@pytest.mark.parametrize("grant", ["", "  "])
def test_an_empty_grant_is_not_all_grants(tally: Any, demo: Any, grant: str) -> None:
    where = ("--workspace", demo.workspace)
    assert tally("withdraw", demo.decided, "--grant", grant, *where).status == 2
    assert len(tally("withdraw", demo.decided, *where, "--json").json()["withdrawn"]) == 1


@pytest.mark.parametrize("place", ["evidence/t.xlsx", "keys/t.xlsx", "caches/t.xlsx"])
def test_no_template_is_written_among_the_files_of_the_workspace(
    tally: Any, workspace: Path, place: str
) -> None:
    words = ("template", "tax", "-o", workspace / place, "--workspace", workspace)
    assert tally(*words, "--json").json()["error"]["code"] == "own_file"
    assert not (workspace / place).exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_is_not_there_is_told_with_what_to_do(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    words = ("import", tmp_path / "nope.csv", "--source", "roster", "--workspace", demo.workspace)
    said = tally(*words, "--lang", language, "--json").json()["error"]
    assert (said["code"], "nope.csv" in said["message"]) == ("no_file", True)
    assert said["remedy"]
