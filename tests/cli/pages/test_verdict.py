from __future__ import annotations

import io
from typing import Any

import pytest

from tallystick.app import schemes
from tallystick.app.bands import BANDS
from tallystick.cli.cells import width
from tallystick.cli.pages.verdict import show_audit, show_verdict
from tallystick.cli.screen import Screen

STEPS = [{"step": "form", "ok": True, "detail": "fine"}]


def verdict(**words: Any) -> dict[str, Any]:
    document = {
        "valid": False,
        "consistent": False,
        "signer": "unknown",
        "record": "ab" * 32,
        "origin": "example.org/x",
        "size": 3,
        "provenance": "",
        "body": None,
        "checks": STEPS,
    }
    return {**document, **words}


def shown(document: dict[str, Any], language: str = "en", *, trusting: bool = True) -> str:
    out = io.StringIO()
    show_verdict(Screen(language, out=out, err=io.StringIO()), document, trusting=trusting)
    return out.getvalue()


@pytest.mark.parametrize(
    ("document", "trusting", "head"),
    [
        (verdict(valid=True, consistent=True, signer="Example"), True, "VALID"),
        (verdict(consistent=True), False, "CONSISTENT, SIGNER UNKNOWN"),
        (verdict(consistent=True), True, "CONSISTENT, BUT NOT SIGNED BY A TRUSTED KEY"),
        (verdict(), True, "NOT VALID"),
        (verdict(), False, "NOT VALID"),
    ],
)
def test_the_first_line_says_it_all(document: dict[str, Any], trusting: bool, head: str) -> None:  # noqa: FBT001
    assert shown(document, trusting=trusting).splitlines()[0] == head


@pytest.mark.parametrize(
    ("outcome", "head", "todo"),
    [
        ("too_old", "SIGNED BY TRUSTED KEYS, BUT STATED TOO LONG AGO", "--refresh"),
        ("no_longer_in_force", "SIGNED BY TRUSTED KEYS, BUT NOT IN FORCE ANY MORE", "in force"),
        ("quorum_missing", "SIGNED BY THE LOG, BUT TOO FEW WITNESSES COSIGNED", "Ask whoever"),
    ],
)
def test_what_is_signed_but_does_not_do_says_so_first(outcome: str, head: str, todo: str) -> None:
    document = verdict(consistent=True, outcome=outcome, signer="Example")
    page = shown(document)
    assert page.splitlines()[0] == head
    assert todo in page
    assert "Example" in page, "whose signature holds is named"
    assert not shown(document, "zh").isascii()


def test_what_does_not_agree_with_itself_has_no_other_headline() -> None:
    assert shown(verdict(outcome="too_old")).splitlines()[0] == "NOT VALID"


RESULT = {
    "scheme": {"id": "association-2019", "version": "1.0", "digest": "00"},
    "score": "52.55",
    "band": "中高风险",
    "band_code": "medium-high",
    "light": "orange",
    "contributions": [{"code": "basic", "dimension": "基础类", "product": "14.85"}],
    "rules_hit": [{"code": "public-blacklist", "rule": "公共信用黑名单"}],
    "indicators": [{"indicator": "B01", "value": "55"}],
}


def test_a_result_is_told_by_its_conclusion_in_the_language_spoken() -> None:
    body = {"kind": "evaluation", "result": RESULT}
    english, chinese = shown(verdict(body=body)), shown(verdict(body=body), "zh")
    assert "medium-high" in english
    assert "basic 14.85" in english
    assert not {"中高风险", "基础类", "公共信用黑名单"} & set(english.split())
    assert "中高风险" in chinese
    assert "基础类 14.85" in chinese
    assert not {"orange", "public-blacklist", "medium-high"} & set(chinese.split())
    assert "B01" not in english + chinese


@pytest.mark.parametrize("result", [None, [], "x", {}, {**RESULT, "contributions": 1}])
def test_a_forged_result_is_shown_and_breaks_nothing(result: Any) -> None:
    assert shown(verdict(body={"kind": "evaluation", "result": result})).startswith("NOT VALID")


def test_a_decision_is_told_in_the_language_spoken() -> None:
    body = {"kind": "decision", "band": "中风险", "light": "yellow", "outcome": "confirm"}
    assert "Medium risk" in shown(verdict(body=body))
    chinese = shown(verdict(body=body), "zh")
    assert "确认" in chinese
    assert not {"yellow", "confirm"} & set(chinese.split())


def test_the_bands_are_those_of_the_schemes_that_come_along() -> None:
    bands = schemes.show(None, "association-2019")["bands"]
    assert {one["names"]["zh"]: one["names"]["en"] for one in bands} == {
        zh: text.en for zh, text in BANDS.items()
    }


@pytest.mark.parametrize("attack", ["\033[1;32mVALID\033[0m", "x\r\nVALID", "\x9b2J", "a\u202eb"])
def test_what_a_receipt_says_cannot_paint_over_the_verdict(attack: str) -> None:
    body = {"kind": "fact", "data": {"name": attack}, "source": {"name": attack}}
    text = shown(verdict(body=body, provenance=attack))
    assert text.splitlines()[0] == "NOT VALID"
    assert not set(text) & set("\033\r\x9b\u202e")
    assert "VALID" not in text.splitlines()[1:]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_many_faults_are_counted_and_fit_the_screen(language: str) -> None:
    problem = {
        "file": "bodies/records",
        "offset": 10,
        "record": 7,
        "code": "body_damaged",
        "message": "a sentence that is rather long " * 5,
    }
    out = io.StringIO()
    document = {"ok": False, "entries": 1, "records": 9, "problems": [problem] * 30, "notes": []}
    show_audit(Screen(language, out=out, err=io.StringIO()), document)
    lines = out.getvalue().splitlines()
    assert "10" in lines[-1]
    assert all(width(line) <= 100 for line in lines)
