from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from tallystick.kernel import merkle, suites
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import ED25519_LIBRARY, CosignerKey
from tallystick.kernel.suites import SUITES, UNKNOWN_SUITE, suite_named, suite_of


def test_each_suite_names_the_library_that_judges_it() -> None:
    assert {name: suite.library for name, suite in SUITES.items()} == {
        "ed25519": "libsodium",
        "sm2-sm3": "tongsuo",
    }
    assert ED25519_LIBRARY == "libsodium"


@pytest.mark.parametrize("name", SUITES)
def test_a_key_of_a_suite_signs_sixty_four_bytes_and_is_known_by_its_kind(name: str) -> None:
    suite = suite_named(name)
    key = suite.signer("example.org/bank", bytes(range(32)))
    assert suite_of(key.verifier) is suite
    assert key.verifier.kind == suite.kind
    assert suite.available
    signature = key.sign(b"message")
    assert len(signature) == 64
    key.verifier.check(b"message", signature)


def test_what_is_no_suite_of_a_party_is_named_with_those_there_are() -> None:
    with pytest.raises(TallyError) as refusal:
        suite_named("rsa")
    assert refusal.value.reason is UNKNOWN_SUITE
    assert "ed25519, sm2-sm3" in refusal.value.remedy.en
    with pytest.raises(TallyError) as refusal:
        suite_of(CosignerKey("w", bytes(32)).verifier)
    assert refusal.value.reason is UNKNOWN_SUITE


def test_without_its_library_a_suite_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "sm2_version", lambda: "")
    assert [suite.name for suite in SUITES.values() if suite.available] == ["ed25519"]


def test_trees_are_of_sha_256_under_every_suite() -> None:
    leaf = b"a batch header"
    one, two = sha256(b"\x00" + leaf).digest(), sha256(b"\x00" + leaf[::-1]).digest()
    assert merkle.leaf_hash(leaf) == one
    assert merkle.root_of([one, two]) == sha256(b"\x01" + one + two).digest()
    for suite in SUITES.values():
        key = suite.signer("k", bytes(32)).verifier
        assert sha256(key.name.encode() + b"\n" + _blob(key.text())).digest() == key.digest


def _blob(text: str) -> bytes:
    return base64.b64decode(text.split("+", 2)[2])
