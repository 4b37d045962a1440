from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

FORM = ["valid", "consistent", "signer", "checks"]


@pytest.mark.parametrize(("language", "word"), [("zh", "有效"), ("en", "VALID")])
def test_a_receipt_is_valid_with_the_trust_file(
    tally: Any, finished_demo: Any, language: str, word: str
) -> None:
    words = ("verify", finished_demo.receipt, "--trust", finished_demo.trust)
    said = tally(*words, "--lang", language)
    assert said.status == 0
    assert said.out.splitlines()[1] == word
    assert all(name in tally(*words, "--json").json() for name in FORM)


@pytest.mark.parametrize(("language", "word"), [("zh", "签名人未知"), ("en", "SIGNER UNKNOWN")])
def test_without_a_trust_file_no_receipt_is_valid(
    tally: Any, finished_demo: Any, language: str, word: str
) -> None:
    said = tally("verify", finished_demo.receipt, "--lang", language)
    assert said.status == 1
    assert word in said.out.splitlines()[1]
    document = tally("verify", finished_demo.receipt, "--json").json()
    assert (document["valid"], document["consistent"], document["signer"]) == (
        False,
        True,
        "unknown",
    )


def test_a_changed_receipt_is_not_valid_and_the_step_is_named(
    tally: Any, finished_demo: Any, tmp_path: Path
) -> None:
    data = bytearray(finished_demo.receipt.read_bytes())
    data[len(data) // 2] ^= 1
    changed = tmp_path / "changed.tally"
    changed.write_bytes(data)
    said = tally("verify", changed, "--trust", finished_demo.trust, "--json")
    assert said.status == 1
    assert not said.json()["valid"]
    assert [one["step"] for one in said.json()["checks"] if not one["ok"]]


def test_a_trust_file_of_somebody_else_makes_nothing_valid(
    tally: Any, finished_demo: Any, tmp_path: Path
) -> None:
    tally("init", tmp_path / "other")
    trust = tmp_path / "other" / "trust.policy"
    said = tally("verify", finished_demo.receipt, "--trust", trust)
    assert said.status == 1
    assert "SAMPLE" in said.out.splitlines()[0]
    assert "VALID" not in said.out.splitlines()[1]


@pytest.mark.parametrize("trust", [b"\xff\xfe", b"", b"log nonsense\n"])
def test_a_spoiled_trust_file_is_refused(
    tally: Any, finished_demo: Any, tmp_path: Path, trust: bytes
) -> None:
    file = tmp_path / "trust.policy"
    file.write_bytes(trust)
    said = tally("verify", finished_demo.receipt, "--trust", file, "--json")
    assert said.status == 1
    assert said.json()["error"]["code"] in {"bad_trust_file", "not_text"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_day_beside_a_time_in_utc_says_where_it_is_counted(
    tally: Any, finished_demo: Any, language: str
) -> None:
    words = ("verify", finished_demo.receipt, "--trust", finished_demo.trust, "--lang", language)
    said = tally(*words).out
    assert re.search(r"\dT\d\d:\d\d:\d\dZ", said)
    assert "UTC+8" in next(
        line
        for line in said.splitlines()
        if line.strip().startswith({"zh": "记录日期", "en": "recorded"}[language])
    )


@pytest.mark.parametrize(("language", "word"), [("zh", "回执"), ("en", "receipt")])
def test_a_receipt_named_as_the_trust_file_is_told_apart_and_not_printed(
    tally: Any, finished_demo: Any, language: str, word: str
) -> None:
    said = tally(
        "verify", finished_demo.receipt, "--trust", finished_demo.receipt, "--lang", language
    )
    assert said.status == 1
    assert word in said.err.splitlines()[0]
    assert "batch" not in said.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_receipt_is_written_and_verified(
    tally: Any, demo: Any, tmp_path: Path, language: str
) -> None:
    record = demo.result["decisions"][0]["record"]
    file = tmp_path / "r.tally"
    where = ("--workspace", demo.workspace, "--lang", language)
    said = tally("receipt", record[:8], "-o", file, *where)
    assert said.status == 0, said.err
    assert "tally verify" in said.out
    assert tally("verify", file, "--trust", demo.trust).status == 0


def test_a_receipt_goes_into_the_workspace_by_default(tally: Any, demo: Any) -> None:
    record = demo.result["decisions"][0]["record"]
    made = tally("receipt", record[:10], "--workspace", demo.workspace, "--json").json()
    assert made["file"] == str(demo.workspace / "receipts" / f"{record[:12]}.tally")
    assert made["record"] == record


def test_a_receipt_without_content_says_nothing_of_it(
    tally: Any, demo: Any, tmp_path: Path
) -> None:
    decision = demo.result["decisions"][0]
    file = tmp_path / "r.tally"
    where = ("--workspace", demo.workspace)
    assert tally("receipt", decision["record"], "-o", file, "--no-content", *where).status == 0
    assert decision["subject"].encode() not in file.read_bytes()
    said = tally("verify", file, "--trust", demo.trust, "--json")
    assert said.status == 0
    assert said.json()["body"] is None


def test_a_receipt_that_cannot_be_written_leaves_nothing(tally: Any, demo: Any) -> None:
    record = demo.result["decisions"][0]["record"]
    target = demo.workspace / "no-such-folder" / "r.tally"
    said = tally("receipt", record, "-o", target, "--workspace", demo.workspace, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "no_such_file")


@pytest.mark.parametrize(("language", "sound"), [("zh", "完好"), ("en", "SOUND")])
def test_an_audit_finds_the_demo_sound(tally: Any, demo: Any, language: str, sound: str) -> None:
    said = tally("audit", "--workspace", demo.workspace, "--lang", language)
    assert said.status == 0
    assert said.out.splitlines()[1] == sound


@pytest.mark.parametrize("file", ["evidence/entries", "bodies/records"])
def test_an_audit_names_file_and_place_of_a_flipped_byte(tally: Any, demo: Any, file: str) -> None:
    path = demo.workspace / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    said = tally("audit", "--workspace", demo.workspace, "--lang", "en")
    assert said.status == 1
    assert said.out.splitlines()[1] == "NOT SOUND"
    assert file in said.out
    document = tally("audit", "--workspace", demo.workspace, "--json").json()
    assert (document["ok"], document["first_problem"]["file"]) == (False, file)


OWN = ["evidence/entries", "evidence/r.tally", "bodies/records", "bodies/r.tally", "keys/keyring"]
OWN += ["keys/r.tally", "caches/index", "caches/r", "workspace.json", "trust.policy"]


@pytest.mark.parametrize("place", [*OWN, "receipts/../evidence/checkpoint", "link/entries"])
def test_a_receipt_is_not_written_over_the_files_of_the_workspace(
    tally: Any, demo: Any, place: str
) -> None:
    (demo.workspace / "link").symlink_to("evidence")
    target = demo.workspace / place
    before = target.read_bytes() if target.exists() else None
    record = demo.result["decisions"][0]["record"]
    said = tally("receipt", record, "-o", target, "--workspace", demo.workspace, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "own_file")
    assert (target.read_bytes() if target.exists() else None) == before


@pytest.mark.parametrize("place", ["receipts/r.tally", "mine.tally"])
def test_a_receipt_is_written_beside_them(tally: Any, demo: Any, place: str) -> None:
    record = demo.result["decisions"][0]["record"]
    said = tally("receipt", record, "-o", demo.workspace / place, "--workspace", demo.workspace)
    assert said.status == 0, said.err
    assert (demo.workspace / place).is_file()


# -- how old a statement may be ------------------------------------------------------------------


@pytest.mark.parametrize(("age", "status"), [("9999w", 0), ("1s", 1)])
def test_max_age_decides_between_success_and_refusal(
    tally: Any, finished_demo: Any, age: str, status: int
) -> None:
    words = ("verify", finished_demo.receipt, "--trust", finished_demo.trust)
    if age == "1s":
        time.sleep(2.1)  # the demo has just been made
    said = tally(*words, "--max-age", age, "--json")
    assert said.status == status
    document = said.json()
    assert document["checks"][-1]["step"] == "fresh"
    assert document["checks"][-1]["ok"] == (status == 0)
    assert document["standing"]["status"] == "in_force"
    assert tally(*words).status == 0


def test_a_length_of_time_that_is_none_is_refused(tally: Any, finished_demo: Any) -> None:
    words = ("verify", finished_demo.receipt, "--trust", finished_demo.trust)
    for age in ("0d", "soon", "1 day", "1", "3y", ""):
        said = tally(*words, "--max-age", age)
        assert said.status == 2
        assert "30m, 12h, 1d" in said.err
    assert tally("verify", "--code", "TALLY1:AA", "--max-age", "1d").status == 2


@pytest.mark.parametrize(("language", "word"), [("zh", "有效"), ("en", "in force as of")])
def test_the_page_says_as_of_when_the_record_is_in_force(
    tally: Any, finished_demo: Any, language: str, word: str
) -> None:
    words = ("verify", finished_demo.receipt, "--trust", finished_demo.trust)
    assert word in tally(*words, "--lang", language).out
