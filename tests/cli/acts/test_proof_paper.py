"""`tally verify` for reports and printed codes: what it says, and what it never waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tallystick.app.papers import issue
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.publication.paper import MARKER, read_paper

PAGE = b"<!doctype html><html><body><h1>Report</h1>%s" + MARKER + b"</body></html>"


@dataclass(frozen=True)
class Report:
    """A report on a decided member of the demo, its code, and the receipt of the decision."""

    file: Path
    receipt: Path
    code: str


@pytest.fixture
def report(demo: Any, tmp_path: Path) -> Report:
    decision = demo.result["decisions"][0]
    codes: list[str] = []

    def render(qr: str, code: str) -> bytes:
        codes.append(code)
        return PAGE % qr.encode()

    with Store.open(Settings(demo.workspace), writer=True) as store:
        paper = issue(
            store,
            decision["subject"],
            "html",
            "en",
            {},
            render,
            evaluation=decision["evaluation"],
            decision=decision["record"],
        )
    file, receipt = tmp_path / "report.html", tmp_path / "r.tally"
    file.write_bytes(paper)
    receipt.write_bytes(read_paper(paper).receipts[-1])
    return Report(file, receipt, codes[0])


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ["有效", "由脚本作出"]), ("en", ["VALID", "made by a script"])]
)
def test_a_report_is_valid_and_says_who_decided(
    tally: Any, demo: Any, report: Report, language: str, words: list[str]
) -> None:
    said = tally("verify", report.file, "--trust", demo.trust, "--lang", language)
    assert said.status == 0, said.out
    assert said.out.splitlines()[1] == words[0]
    assert words[1] in said.out
    assert demo.decided in said.out
    told = tally("verify", report.file, "--trust", demo.trust, "--json").json()
    assert (told["valid"], told["shows"]["status"], told["shows"]["scripted"]) == (
        True,
        "decided",
        True,
    )


def test_the_name_of_a_file_does_not_say_what_it_is(
    tally: Any, demo: Any, report: Report, tmp_path: Path
) -> None:
    other = tmp_path / "report.tally"
    other.write_bytes(report.file.read_bytes())
    assert tally("verify", other, "--trust", demo.trust).status == 0


def test_without_a_trust_file_no_report_is_valid(tally: Any, report: Report) -> None:
    said = tally("verify", report.file)
    assert said.status == 1
    assert said.out.splitlines()[1] == "CONSISTENT, SIGNER UNKNOWN"


def test_a_changed_report_is_not_valid_and_tells_no_grade(
    tally: Any, demo: Any, report: Report
) -> None:
    report.file.write_bytes(report.file.read_bytes().replace(b"Report", b"Rating"))
    said = tally("verify", report.file, "--trust", demo.trust)
    assert said.status == 1
    assert said.out.splitlines()[1] == "NOT VALID"
    assert demo.decided not in said.out
    told = tally("verify", report.file, "--trust", demo.trust, "--json").json()
    assert [one["step"] for one in told["checks"] if not one["ok"]] == ["page"]


def test_a_code_alone_proves_no_record(tally: Any, demo: Any, report: Report) -> None:
    said = tally("verify", "--code", report.code, "--trust", demo.trust)
    assert said.status == 1
    assert said.out.splitlines()[1] == "CHECKPOINT TRUSTED, RECORD NOT PROVED"
    assert "--receipt" in said.out
    assert tally("verify", "--code", report.code).status == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_code_with_its_receipt_or_its_ledger_is_valid(
    tally: Any, demo: Any, report: Report, language: str
) -> None:
    asked = ("verify", "--code", report.code, "--trust", demo.trust, "--lang", language)
    for beside in (("--receipt", report.receipt), ("--workspace", demo.workspace)):
        said = tally(*asked, *beside)
        assert said.status == 0, said.out + said.err
        assert demo.decided in said.out
        told = tally(*asked, *beside, "--json").json()
        assert (told["valid"], told["shows"]["status"]) == (True, "decided")
        by_ledger = beside[0] == "--workspace"
        assert ("ledger" in [one["step"] for one in told["checks"]]) is by_ledger


def test_a_miscopied_code_is_named(tally: Any, demo: Any, report: Report) -> None:
    for code in (report.code[:-1], "hello", report.code[:20] + "7" + report.code[20:]):
        for beside in ((), ("--receipt", report.receipt), ("--workspace", demo.workspace)):
            said = tally("verify", "--code", code, "--trust", demo.trust, "--json", *beside)
            assert said.status == 1
            assert [one["step"] for one in said.json()["checks"]] == ["code"]


@pytest.mark.parametrize(
    "words",
    [(), ("x", "--code", "TALLY1:A"), ("x", "--receipt", "y"), ("--receipt", "y")],
)
def test_what_is_to_be_checked_must_be_clear(tally: Any, words: tuple[str, ...]) -> None:
    assert tally("verify", *words).status == 2


@pytest.mark.parametrize("asked", ["file", "receipt"])
def test_nothing_waits_for_a_pipe(tally: Any, report: Report, tmp_path: Path, asked: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = {"file": (pipe,), "receipt": ("--code", report.code, "--receipt", pipe)}[asked]
    said = tally("verify", *words, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "not_a_file")


def test_a_folder_and_a_missing_file_are_named(tally: Any, tmp_path: Path) -> None:
    assert tally("verify", tmp_path, "--json").json()["error"]["code"] == "a_folder"
    missing = tally("verify", tmp_path / "no", "--json")
    assert missing.json()["error"]["code"] == "no_such_file"


LOADED = """
import sys
from tallystick.cli.running import run
run(sys.argv[1:])
sys.stderr.write(" ".join(sys.modules))
"""


def test_checking_loads_only_what_it_needs(demo: Any, report: Report) -> None:
    def loaded(file: Path) -> set[str]:
        words = ("verify", file, "--trust", demo.trust, "--json")
        done = subprocess.run(
            [sys.executable, "-c", LOADED, *map(str, words)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return set(done.stderr.split())

    assert not [name for name in loaded(demo.receipt) if "publication" in name]
    paper = loaded(report.file)
    assert "tallystick.publication.paper" in paper
    assert not paper & {"segno", "typst", "numpy", "tallystick.app.store"}
