from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nacl import bindings

from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import BAD_SIGNATURE, VerifierKey


def read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


# Encodings that libraries judge differently: S not reduced, y of R or of the key not reduced, the
# points of small order, also in their other encodings and together. The message is one.
REFUSED = read("ed25519_refused.json")
# The twelve cases of "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko; SSR 2020), with what
# is said here to each.
SPECCHECK = read("ed25519_speccheck.json")


def verdict(public: str, message: str, signature: str) -> str:
    try:
        VerifierKey("k", bytes.fromhex(public)).check(
            bytes.fromhex(message), bytes.fromhex(signature)
        )
    except TallyError as refusal:
        return "refused" if refusal.reason is BAD_SIGNATURE else refusal.code
    return "accepted"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the library is asked about, in place of one that accepts everything."""
    asked: list[bytes] = []

    def accept(signed: bytes, _: bytes) -> bytes:
        asked.append(signed)
        return signed

    monkeypatch.setattr(bindings, "crypto_sign_open", accept)
    assert verdict(REFUSED["public"], "00", REFUSED["signature"]) == "accepted"
    asked.clear()
    return asked


def test_the_file_is_about_one_good_signature() -> None:
    assert verdict(REFUSED["public"], REFUSED["message"], REFUSED["signature"]) == "accepted"
    listed = {(one["public"], one["signature"]) for one in REFUSED["refused"]}
    assert len(listed) == len(REFUSED["refused"]) > 120


@pytest.mark.parametrize("vector", REFUSED["refused"], ids=lambda one: one["why"])
def test_an_encoding_in_dispute_is_refused_before_the_library_is_asked(
    asked: list[bytes], vector: dict[str, str]
) -> None:
    assert verdict(vector["public"], REFUSED["message"], vector["signature"]) == "refused"
    assert not asked


@pytest.mark.parametrize("case", SPECCHECK, ids=lambda one: one["case"])
def test_the_published_cases_have_the_stated_verdict(case: dict[str, str]) -> None:
    assert verdict(case["public"], case["message"], case["signature"]) == case["verdict"]


@pytest.mark.parametrize("case", SPECCHECK, ids=lambda one: one["case"])
def test_the_published_cases_reach_the_library_where_it_is_stated(
    asked: list[bytes], case: dict[str, Any]
) -> None:
    verdict(case["public"], case["message"], case["signature"])
    assert bool(asked) is not case["before_the_library"]


def test_all_twelve_published_cases_are_there() -> None:
    assert [case["case"] for case in SPECCHECK] == list(range(12))
    assert [case["case"] for case in SPECCHECK if case["verdict"] == "accepted"] == [3]
