from __future__ import annotations

from typing import Any

import pytest

from tallystick.kernel.signing import CosignerKey
from tallystick.testing.demo import OFFICER as SCRIPT

LANGUAGES = ("zh", "en")


def where(demo: Any, language: str = "en") -> tuple[object, ...]:
    return ("--workspace", demo.workspace, "--lang", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_erasure_is_tried_then_done_and_audited(tally: Any, demo: Any, language: str) -> None:
    at = where(demo, language)
    record = demo.result["evaluations"][0]["record"]
    words = ("erase", record, "--basis", "A-1", "--reason", "A-2", "--with", SCRIPT)
    tried = tally(*words, "--dry-run", *at)
    assert tried.status == 0, tried.err
    assert record[:12] in tried.out
    assert tally("audit", *at, "--json").json()["erased"] == []
    done = tally(*words, *at, "--json").json()
    assert record in {one["record"] for one in done["records"]}
    audited = tally("audit", *at)
    assert audited.status == 0, audited.out
    assert record[:12] in audited.out
    assert "A-1" in audited.out
    refused = tally("receipt", record, *at, "--json")
    assert refused.json()["error"]["code"] == "record_erased"


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_listed_replaced_and_ended(tally: Any, demo: Any, language: str) -> None:
    at = where(demo, language)
    for role in ("log", "provider", "verifier"):
        said = tally("key", "rotate", role, "--with", SCRIPT, *at)
        assert said.status == 0, said.err
        assert "trust.policy" in said.out
        plain = " ".join(said.out.split())
        assert "tally restore" in plain
        assert "--trust" in plain
        assert "--with" in plain
        new = next(line for line in said.out.splitlines() if line.startswith("tallystick.local/"))
        assert ("tally witness follow" in plain) == (role == "log")
        assert plain.count(new) == (2 if role == "log" else 1)
    assert tally("officer", "Officer One", "--with", SCRIPT, *at).status == 0
    ended = tally("key", "end", "officer", SCRIPT, "--with", "Officer One", "--compromised", *at)
    assert ended.status == 0, ended.err
    page = tally("key", "list", *at)
    assert page.status == 0
    keys = tally("key", "list", *at, "--json").json()["keys"]
    states = [(key["role"], key["ended"]) for key in keys]
    assert sorted(states) == [
        ("log", ""),
        ("log", "retired"),
        ("officer", ""),
        ("officer", "compromised"),
        ("provider", ""),
        ("provider", "retired"),
        ("verifier", ""),
        ("verifier", "retired"),
    ]
    assert all(key["key"] in page.out for key in keys)
    assert tally("audit", *at).status == 0
    verified = tally("verify", demo.receipt, "--trust", demo.trust, *at)
    assert verified.status == 0, verified.out


def test_a_witness_is_added(tally: Any, demo: Any) -> None:
    key = CosignerKey("witness.example/w1", bytes([9]) * 32).verifier.text()
    words = ("witness", "add", "w1", key, "--quorum", "1", "--with", SCRIPT)
    said = tally(*words, *where(demo))
    assert said.status == 0, said.err
    assert "1 of 1 witness must cosign" in said.out
    assert f"witness w1 {key}" in demo.trust.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_without_a_scheme_is_refused_and_nothing_is_sealed(
    tally: Any, demo: Any, language: str
) -> None:
    at = where(demo, language)
    before = tally("status", *at, "--json").json()["entries"]
    key = CosignerKey("witness.example/w1", bytes([9]) * 32).verifier.text()
    words = ("witness", "add", "w1", key, "--url", "127.0.0.1:18411", "--with", SCRIPT)
    said = tally(*words, *at)
    assert said.status == 1
    assert "bad_witness_url" in said.err
    assert "http://127.0.0.1:8411" in said.err
    assert tally("status", *at, "--json").json()["entries"] == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_witness_is_removed_and_the_quorum_changed(tally: Any, demo: Any, language: str) -> None:
    at, signed = where(demo, language), ("--with", SCRIPT)
    keys = [CosignerKey(f"witness.example/w{n}", bytes([n]) * 32).verifier.text() for n in (8, 9)]
    for name, key in zip(("w1", "w2"), keys, strict=True):
        assert tally("witness", "add", name, key, *signed, *at).status == 0
    again = tally("witness", "add", "w1", keys[0], *signed, *at)
    assert again.status == 1
    assert "witness_named" in again.err
    assert "tally witness remove w1" in again.err
    assert tally("witness", "quorum", "x", *signed, *at).status == 2
    said = tally("witness", "quorum", "2", *signed, *at)
    assert said.status == 0, said.err
    told = {"zh": "2 个见证中须有 2 个联署", "en": "2 of 2 witnesses must cosign"}[language]
    assert told in said.out
    assert "trust.policy" in said.out
    refused = tally("witness", "remove", "w1", *signed, *at)
    assert refused.status == 1
    assert "quorum_too_large" in refused.err
    said = tally("witness", "remove", "w1", "--quorum", "1", *signed, *at)
    assert said.status == 0, said.err
    told = {"zh": "1 个见证中须有 1 个联署", "en": "1 of 1 witness must cosign"}[language]
    assert told in said.out
    document = tally("witness", "remove", "w2", "--quorum", "0", *signed, *at, "--json").json()
    assert (document["name"], document["quorum"], document["of"]) == ("w2", 0, 0)
    assert "quorum none" in demo.trust.read_text(encoding="utf-8")
    assert tally("audit", *at).status == 0


def test_a_second_officer_needs_one_who_is_there(tally: Any, demo: Any) -> None:
    refused = tally("officer", "Officer One", *where(demo), "--json")
    assert refused.json()["error"]["code"] == "signer_needed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_witnesses_that_are_missing_are_named_wherever_one_looks(
    tally: Any, demo: Any, language: str
) -> None:
    at = where(demo, language)
    record = demo.result["decisions"][0]["record"]
    asked: list[tuple[str, ...]] = [("status",), ("audit",), ("receipt", record)]
    for words in asked:
        assert tally(*words, *at, "--json").json()["witnesses"] is None
    key = CosignerKey("witness.example/w1", bytes([9]) * 32).verifier.text()
    tally("witness", "add", "w1", key, "--quorum", "1", "--with", SCRIPT, *at)
    for words in (*asked, ("receipt", record, "--cose")):
        said = tally(*words, *at)
        assert said.status == 0
        assert {"zh": "见证不足", "en": "lacks witnesses"}[language] in said.out
        assert "w1" in said.out
        assert "tally ledger cosign" in " ".join(said.out.split())
        document = tally(*words, *at, "--json").json()["witnesses"]
        assert (document["met"], document["missing"]) == (False, ["w1"])
    file = tally("receipt", record, *at, "--json").json()["file"]
    assert tally("verify", file, "--trust", demo.trust).status == 1
    refreshed = tally("receipt", "--refresh", file, *at)
    assert "tally ledger cosign" in " ".join(refreshed.out.split())
