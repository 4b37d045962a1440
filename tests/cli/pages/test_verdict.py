from __future__ import annotations

import io
from typing import Any

import pytest

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


def test_a_signer_is_named_only_when_the_receipt_is_valid() -> None:
    assert "Forger" not in shown(verdict(consistent=True, signer="Forger"))


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
