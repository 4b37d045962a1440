"""A report of evidence claims what was checked and nothing else, in both languages alike."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tallystick.app.freshness import STANDINGS as KNOWN_STANDINGS
from tallystick.app.verifying import FOUND
from tallystick.publication import html, pdf
from tallystick.publication.evidence import PROGRAM, compose, program
from tallystick.publication.evidence.words import CHANNELS, KINDS, STANDINGS, STEPS
from tallystick.publication.pages import plain
from tallystick.records import KINDS as KNOWN_KINDS
from tallystick.records.provenance import CHANNELS as KNOWN_CHANNELS

RECORD: dict[str, Any] = {
    "record": "ab" * 32,
    "folder": "records/abababababab",
    "body": {
        "kind": "fact",
        "subject": "91310110631568129R",
        "channel": "transcribed",
        "source": {"name": "样例区人民法院", "code": "", "document": "1号", "digest": "0" * 64},
        "data": {"amount": "1"},
    },
    "shown": {
        "item": "tax",
        "recorded": "2026-11-01",
        "data": {"金额": "1", "list": ["a", {"b": 1}]},
    },
    "provider": "样例协会",
    "provider_key": "cd" * 16,
    "sealed_at": "2026-11-01T00:00:00Z",
    "witnessed": {"a": "2026-11-02T00:00:00Z", "b": ""},
    "standing": {"status": "superseded", "as_of": "2026-11-03", "since": "2026-11-02", "by": ""},
    "entry": 3,
    "position": 0,
    "checks": [{"step": "form", "ok": True, "detail": "one receipt"}],
}
DOCUMENT: dict[str, Any] = {
    "form": "tallystick-evidence-report/1",
    "language": "en",
    "valid": True,
    "origin": "example.org/ledger",
    "operator": "样例协会",
    "sample": False,
    "made_on": "2026-11-03",
    "size": 9,
    "root": "ef" * 32,
    "log_key": "12" * 16,
    "trust_sha256": "34" * 32,
    "records": [RECORD],
    "files": [
        {
            "path": "files/0-x.csv",
            "sha256": "0" * 64,
            "bytes": 7,
            "named_by": [{"record": "ab" * 32, "field": "source.digest"}],
        }
    ],
}


def document(language: str = "en", **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DOCUMENT), "language": language, **changes}


def said(told: dict[str, Any]) -> str:
    return html.write(compose(told))


def test_every_kind_standing_channel_and_step_has_its_words() -> None:
    assert set(KNOWN_KINDS) <= set(KINDS)
    assert set(KNOWN_CHANNELS) == set(CHANNELS)
    assert set(KNOWN_STANDINGS) == set(STANDINGS)
    assert set(FOUND) - {"fresh", "cose"} <= set(STEPS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_what_when_and_how_stand_in_the_report(language: str) -> None:
    page = said(document(language))
    for expected in (
        *("ab" * 32, "cd" * 16, "ef" * 32, "12" * 16, "34" * 32, "0" * 64),
        *("样例协会", "样例区人民法院", "91310110631568129R", "2026-11-01T00:00:00Z"),
        *("a 2026-11-02T00:00:00Z", "2026-11-03", "files/0-x.csv"),
        *("sha256sum -c SHA256SUMS", "python3 check_receipt.py records/abababababab/receipt.tally"),
    ):
        assert expected in page
    assert ("未核实" if language == "zh" else "Unverified") in page
    assert ("没有证明什么" if language == "zh" else "What is not proven") in page
    assert ("被后来的记录取代" if language == "zh" else "superseded by a later record") in page


def test_what_does_not_hold_is_said_first_and_at_its_step() -> None:
    bad = {**RECORD, "checks": [{"step": "provider", "ok": False, "detail": "unknown key"}]}
    page = compose(document(valid=False, records=[bad]))
    assert page.status == "A STEP DOES NOT HOLD"
    assert not page.final
    [records] = [one for one in page.sections if one.anchor == "records"]
    assert "DOES NOT HOLD" in str(plain(records.blocks))
    assert "EVERY STEP HOLDS" not in html.write(page)


def test_without_content_nothing_of_it_is_said() -> None:
    page = said(document(records=[{**RECORD, "body": None, "shown": None}], files=[]))
    assert "not what it says" in page
    assert "91310110631568129R" not in page
    assert "An original under files/" not in page


def test_a_field_of_any_form_is_shown_or_left_out_and_breaks_nothing() -> None:
    sources: tuple[object, ...] = (None, 1, "x", [], {"name": 5})
    for source in sources:
        for channel in ("direct", "other"):
            body = {**RECORD["body"], "source": source, "channel": channel, "result": {"band": 1}}
            assert said(document(records=[{**RECORD, "body": body, "shown": {"data": 5}}]))
    long = {**RECORD, "shown": {"reason": "x" * 500, "categories": ["a", "b"]}}
    assert "all of it in record.json" in said(document(records=[long]))


def test_a_scripted_decision_is_called_scripted() -> None:
    body = {
        "kind": "decision",
        "subject": "91310110631568129R",
        "officer": {"key": "56" * 16, "name": "演示员"},
        "scripted": True,
    }
    page = said(document(records=[{**RECORD, "body": body, "shown": body}]))
    assert "not decided by a person" in page
    assert "56" * 16 in page
    honest = {**body, "scripted": False}
    page = said(document(records=[{**RECORD, "body": honest, "shown": honest}]))
    assert "not decided by a person" not in page


def test_a_sample_is_called_one() -> None:
    assert "SAMPLE" in said(document(sample=True))
    assert "SAMPLE" not in said(document())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paper_is_set_in_the_packaged_typeface_without_a_warning(language: str) -> None:
    page = compose(document(language))
    assert pdf.write(page).startswith(b"%PDF-")
    assert pdf.write(page) == pdf.write(page)


def test_the_program_is_packed_byte_by_byte() -> None:
    assert PROGRAM == "check_receipt.py"
    assert b"import tallystick" not in program()
