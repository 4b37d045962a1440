from __future__ import annotations

from typing import Any

import pytest

from tallystick.records import CHANNELS, channel_of, provenance_sentence

COURT = "11310000000000000X"
ASSOCIATION = "51310110PDY910013P"
SOURCE = {"name": "样例法院", "code": COURT, "document": "(2025)例01号", "digest": "ab" * 32}


@pytest.mark.parametrize("declared", ["direct", "transcribed", "", "Direct", "signed", "self"])
@pytest.mark.parametrize(
    ("source", "deliverer", "channel"),
    [
        (COURT, COURT, "direct"),
        (COURT, ASSOCIATION, "transcribed"),
        (COURT, "", "transcribed"),
        ("", ASSOCIATION, "transcribed"),
        ("", "", "transcribed"),
        (COURT.lower(), COURT, "transcribed"),
    ],
)
def test_only_the_source_itself_delivers_directly_whatever_a_file_claims(
    declared: str, source: str, deliverer: str, channel: str
) -> None:
    assert channel_of(declared, source, deliverer) == channel


def test_what_an_organisation_says_of_itself_is_never_more_than_that() -> None:
    for source in ("", COURT, ASSOCIATION):
        for deliverer in ("", COURT, ASSOCIATION):
            assert channel_of("self-declared", source, deliverer) == "self-declared"


def sentence(channel: str, **source: str) -> str:
    body: dict[str, Any] = {"channel": channel, "source": {**SOURCE, **source}}
    text = provenance_sentence(body, "样例协会")
    assert "样例协会" in text.zh or channel == "direct"
    return text.en


def test_a_transcript_says_that_the_source_did_not_sign() -> None:
    text = sentence("transcribed")
    assert text == (
        "transcribed by 样例协会 from document (2025)例01号 of 样例法院, not signed by 样例法院"
    )


def test_only_a_direct_fact_is_called_signed_by_its_source() -> None:
    assert sentence("direct") == "signed by 样例法院 itself, from document (2025)例01号"
    for channel in (*CHANNELS, "", "unheard-of"):
        if channel != "direct":
            assert "itself, from document" not in sentence(channel)


def test_a_declaration_is_called_one() -> None:
    assert sentence("self-declared").startswith("declared by the organisation itself")


def test_a_declaration_without_a_document_is_still_called_one() -> None:
    for missing in ({"name": ""}, {"document": ""}, {"name": "", "document": ""}):
        assert sentence("self-declared", **missing).startswith("declared by the organisation")


@pytest.mark.parametrize("channel", ["direct", "transcribed", "", "unheard-of"])
@pytest.mark.parametrize("missing", ["name", "document"])
def test_without_a_named_document_nothing_is_claimed_but_the_file(
    channel: str, missing: str
) -> None:
    text = sentence(channel, **{missing: ""})
    assert text.startswith("entered by 样例协会 from the file it delivered (SHA-256 abababab")
    assert "signed by" not in text


def test_a_body_without_a_source_is_still_told_of() -> None:
    assert "entered by X" in provenance_sentence({"channel": "direct"}, "X").en


def test_names_with_braces_are_only_names() -> None:
    text = provenance_sentence(
        {"channel": "direct", "source": {**SOURCE, "name": "{digest}"}}, "{}"
    )
    assert text.en.startswith("signed by {digest} itself")
