from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.cells import width
from tallystick.testing.demo import OFFICER as SCRIPT

PROPOSAL = {"zh": "预评", "en": "PROPOSAL"}
LANGUAGES = ["zh", "en"]
FORM = {
    "subject", "score", "band_before_rules", "band", "light", "contributions", "rules_hit",
    "warnings", "reasons", "coverage", "withheld", "status", "digest",
}  # fmt: skip


def test_the_worked_example_comes_out_exactly_and_needs_no_workspace(
    tally: Any, tmp_path: Path
) -> None:
    words = ("evaluate", "association-2019", "--example", "--json", "--workspace", tmp_path)
    [result] = tally(*words).json()
    assert set(result) >= FORM
    assert (result["score"], result["band_before_rules"], result["band"]) == (
        "72.5",
        "中高风险",
        "高风险",
    )
    assert result["light"] == "red"
    warnings = [(one["code"], one["value"]) for one in result["warnings"]]
    assert ("W_WEIGHT_SUM", "0.85") in warnings
    assert ("W_SCALE", "经营类=120") in warnings


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worked_example_shows_its_arithmetic(tally: Any, language: str) -> None:
    said = tally("evaluate", "association-2019", "--example", "--lang", language).out
    for shown in ("72.5", "0.85", "13.5", "W_SCALE", PROPOSAL[language]):
        assert shown in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cells", [80, 120])
def test_the_membership_is_a_table_best_first_that_fits_the_screen(
    tally: Any, demo: Any, language: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(cells))
    words = ("evaluate", "association-2019", "--workspace", demo.workspace, "--lang", language)
    said = tally(*words, "--dry-run")
    lines = said.out.splitlines()
    assert not [line for line in lines if width(line) > cells]
    scores = [float(one) for one in re.findall(r"\s(\d+\.\d+|\d+)\s+\S+.*●", said.out)]
    assert len(scores) > 30
    assert scores == sorted(scores, reverse=True)
    stand = {"zh": ("已认定", "不予认定"), "en": ("DECIDED", "DECLINED")}[language]
    assert sum(map(said.out.count, (PROPOSAL[language], *stand))) > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_light_is_a_word_and_never_a_colour_alone(tally: Any, demo: Any, language: str) -> None:
    words = ("evaluate", "association-2019", "--workspace", demo.workspace, "--lang", language)
    said = tally(*words, "--dry-run").out
    assert not re.findall(r"●(?! (?:绿|黄|橙|红|green|yellow|orange|red))", said)
    assert "\033" not in said


def test_json_of_a_membership_is_one_list_in_the_promised_form(tally: Any, demo: Any) -> None:
    said = tally("evaluate", "association-2019", "--workspace", demo.workspace, "--json")
    results = said.json()
    assert len(results) > 30
    assert all(set(one) >= FORM | {"name", "record"} for one in results)
    assert all(isinstance(one["score"], str | None) for one in results)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_member_is_shown_with_its_reasons(tally: Any, demo: Any, language: str) -> None:
    words = ("evaluate", "association-2019", "--subject", demo.undecided, "--lang", language)
    said = tally(*words, "--workspace", demo.workspace, "--as-of", "2026-11-01").out
    assert demo.undecided in said
    assert "2026-11-01" in said
    assert PROPOSAL[language] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_explanation_of_what_nobody_decided_says_that_it_is_a_proposal(
    tally: Any, demo: Any, language: str
) -> None:
    said = tally("explain", demo.undecided, "--workspace", demo.workspace, "--lang", language)
    assert said.status == 0, said.err
    assert PROPOSAL[language] in said.out.splitlines()[2]
    for part in {"zh": ("指标", "事实", "授权", "谁看过"), "en": ("Facts", "Who looked")}[language]:
        assert part in said.out
    assert {"zh": "转录", "en": "transcribed by"}[language] in said.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_explanation_of_what_a_script_decided_says_that_too(
    tally: Any, demo: Any, language: str
) -> None:
    said = tally("explain", demo.decided, "--workspace", demo.workspace, "--lang", language)
    head = "\n".join(said.out.splitlines()[2:5])
    assert {"zh": "已认定", "en": "DECIDED"}[language] in head
    assert {"zh": "脚本", "en": "a script"}[language] in head


def test_a_look_is_recorded_and_shown(tally: Any, demo: Any) -> None:
    words = ("explain", demo.decided, "--workspace", demo.workspace, "--json")
    before = len(tally(*words).json()["looks"])
    assert len(tally(*words).json()["looks"]) == before + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_named_officer_decides(tally: Any, demo: Any, language: str) -> None:
    where = ("--workspace", demo.workspace, "--lang", language)
    made = tally("officer", "Officer One", "--with", SCRIPT, *where)
    assert made.status == 0, made.err
    assert "trust.policy" in made.out
    words = ("decide", demo.undecided, "--officer", "Officer One", "--reason", "as proposed")
    said = tally(*words, *where)
    assert said.status == 0, said.err
    assert "Officer One" in said.out
    assert " receipt " in said.err
    document = tally("explain", demo.undecided, *where, "--json").json()
    assert document["status"] == "decided"
    assert not document["decision"]["scripted"]


@pytest.mark.parametrize(
    "words",
    [
        ("--outcome", "change"),
        ("--band", "low"),
        ("--outcome", "decline", "--band", "low"),
    ],
)
def test_a_band_goes_with_a_change_and_only_with_it(
    tally: Any, demo: Any, words: tuple[str, ...]
) -> None:
    given = ("decide", demo.undecided, "--officer", "x", "--reason", "y", *words)
    said = tally(*given, "--workspace", demo.workspace, "--json")
    assert (said.status, said.json()["error"]["code"]) == (2, "wrong_usage")


def test_only_members_are_explained(tally: Any, demo: Any) -> None:
    said = tally("explain", "91310110631568129R", "--workspace", demo.workspace, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "not_a_member")


@pytest.mark.parametrize("command", [("explain",), ("evaluate", "association-2019", "--subject")])
def test_a_member_is_named_by_its_lei_as_well(
    tally: Any, demo: Any, command: tuple[str, ...]
) -> None:
    member = next(one for one in demo.result["evaluations"] if one["lei"])
    said = tally(*command, member["lei"].lower(), "--workspace", demo.workspace, "--json")
    assert said.status == 0, said.err
    document = said.json()
    document = document[0] if isinstance(document, list) else document
    assert (document["subject"], document["lei"]) == (member["subject"], member["lei"])


def test_what_is_neither_code_nor_lei_is_refused(tally: Any, demo: Any) -> None:
    said = tally("explain", "91310110631568129X", "--workspace", demo.workspace, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "bad_uscc")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scheme_is_begun_checked_and_published(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    where = ("--workspace", demo.workspace, "--lang", language)
    draft = tmp_path / "ours.yaml"
    assert tally("scheme", "new", "our-scheme", "-o", draft, *where).status == 0
    assert tally("scheme", "lint", draft, *where).status == 0
    first = tally("scheme", "publish", draft, *where)
    again = tally("scheme", "publish", draft, *where)
    assert (first.status, again.status) == (0, 0), first.err
    assert first.out != again.out
    shown = tally("scheme", "show", "our-scheme", *where)
    assert "our-scheme" in shown.out


def test_a_draft_goes_to_the_screen_or_into_json(tally: Any) -> None:
    plain = tally("scheme", "new", "our-scheme").out
    document = json.loads(tally("scheme", "new", "our-scheme", "--json").out)
    assert document["text"].strip() == plain.strip()
    assert "id: our-scheme" in plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_with_a_scheme_is_listed_by_line(
    tally: Any, tmp_path: Path, language: str
) -> None:
    draft = tmp_path / "wrong.yaml"
    text = tally("scheme", "new", "our-scheme").out
    draft.write_text(text.replace("weight: ", "wieght: ", 1), encoding="utf-8")
    said = tally("scheme", "lint", draft, "--lang", language)
    assert said.status == 1
    assert {"zh": "第", "en": "line"}[language] in said.out
    document = tally("scheme", "lint", draft, "--json").json()
    assert not document["ok"]
    assert all(one["line"] > 0 for one in document["problems"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cells", [80, 120])
def test_a_shipped_scheme_is_shown_without_a_workspace(
    tally: Any, language: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(cells))
    said = tally("scheme", "show", "association-2019", "--lang", language)
    assert said.status == 0, said.err
    assert "0.85" in said.out
    assert not [line for line in said.out.splitlines() if width(line) > cells]


def test_an_officer_has_a_key_file_elsewhere_and_a_passphrase_of_their_own(
    tally: Any, demo: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--workspace", demo.workspace, "--lang", "en")
    file = tmp_path / "one.key"
    monkeypatch.setenv("TALLY_OFFICER_PASSPHRASE", "the officer's own")
    made = tally("officer", "Officer One", "-o", file, "--with", SCRIPT, *where, "--json")
    assert made.json()["path"] == str(file)
    assert not list((demo.workspace / "keys").glob("Officer*"))
    words = ("decide", demo.undecided, "--officer", file, "--reason", "as proposed")
    monkeypatch.delenv("TALLY_OFFICER_PASSPHRASE")
    refused = tally(*words, *where, "--json")
    assert refused.json()["error"]["code"] == "wrong_passphrase"
    monkeypatch.setenv("TALLY_OFFICER_PASSPHRASE", "the officer's own")
    assert tally(*words, *where).status == 0


def test_a_number_of_a_person_in_the_reason_of_a_decision_is_masked_and_told(
    tally: Any, demo: Any
) -> None:
    where = ("--workspace", demo.workspace, "--lang", "zh")
    tally("officer", "Officer One", "--with", SCRIPT, *where)
    words = (
        "decide",
        demo.undecided,
        "--officer",
        "Officer One",
        "--reason",
        "电询一五四〇〇〇一二三四五",
    )
    said = tally(*words, *where)
    assert said.status == 0, said.err
    assert "电话号码 1" in said.err
    assert "电询〔已遮蔽〕" in said.out


def test_a_scheme_in_another_encoding_is_no_fault_of_the_program(
    tally: Any, tmp_path: Path
) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes("id: 方案".encode("gb18030"))
    said = tally("scheme", "lint", file, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "scheme_not_text")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sealed_proposal_is_worked_out_again_from_its_id(
    tally: Any, demo: Any, language: str
) -> None:
    record = demo.result["evaluations"][0]["record"]
    words = ("recompute", record, "--workspace", demo.workspace, "--lang", language)
    document = tally(*words, "--json").json()
    assert document["same"] is True
    assert document["sealed"] == document["digest"]
    assert document["digest"] in tally(*words).out
