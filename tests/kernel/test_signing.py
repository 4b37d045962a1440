from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import BAD_KEY_TEXT, BAD_SIGNATURE, SigningKey, VerifierKey

MODEST = settings(max_examples=60, deadline=None)
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD_PRIME = 2**255 - 19

# rfc8032: section 7.1 of that RFC. disputed: the published edge cases of ed25519-speccheck on
# which libraries disagree (small order, mixed order, S or y not reduced); agreed: the one on which
# none does.
VECTORS = json.loads(Path(__file__).with_name("ed25519.json").read_text(encoding="utf-8"))

# y of each point of small order, reduced and (where it fits) not, with either sign.
SMALL_Y = [
    0,
    1,
    FIELD_PRIME - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
]
SMALL_POINTS = [
    (y | sign << 255).to_bytes(32, "little")
    for y in (*SMALL_Y, FIELD_PRIME, FIELD_PRIME + 1)
    for sign in (0, 1)
]

KEY = SigningKey("example.org/log", bytes(range(32)))
MESSAGE = b"the size and the root\n"


def refused(key: VerifierKey, message: bytes, signature: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        key.check(message, signature)
    assert refusal.value.reason is BAD_SIGNATURE


def bad_text(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        VerifierKey.from_text(text)
    assert refusal.value.reason is BAD_KEY_TEXT


def vkey(name: str, blob: bytes) -> str:
    """Write a vkey whose digest fits, whatever name and blob are."""
    digest = sha256(name.encode() + b"\n" + blob).hexdigest()[:8]
    return f"{name}+{digest}+{base64.b64encode(blob).decode()}"


def parts(vector: dict[str, str]) -> tuple[VerifierKey, bytes, bytes]:
    public, message, signature = (
        bytes.fromhex(vector[name]) for name in ("public", "message", "signature")
    )
    return VerifierKey("k", public), message, signature


@pytest.mark.parametrize("vector", VECTORS["rfc8032"])
def test_the_vectors_of_the_standard(vector: dict[str, str]) -> None:
    verifier, message, signature = parts(vector)
    key = SigningKey("k", bytes.fromhex(vector["seed"]))
    assert key.verifier == verifier
    assert key.sign(message) == signature
    verifier.check(message, signature)
    refused(verifier, message + b"\x00", signature)


@MODEST
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300))
def test_another_library_makes_the_same_signatures(seed: bytes, message: bytes) -> None:
    other = Ed25519PrivateKey.from_private_bytes(seed)
    key = SigningKey("k", seed)
    assert key.verifier.public == other.public_key().public_bytes_raw()
    assert key.sign(message) == other.sign(message)
    key.verifier.check(message, other.sign(message))


def test_any_changed_bit_of_a_signature_breaks_it() -> None:
    good = KEY.sign(MESSAGE)
    KEY.verifier.check(MESSAGE, good)
    for bit in range(len(good) * 8):
        spoiled = bytearray(good)
        spoiled[bit // 8] ^= 1 << bit % 8
        refused(KEY.verifier, MESSAGE, bytes(spoiled))


def test_a_signature_fits_one_message_one_key_and_one_length() -> None:
    good = KEY.sign(MESSAGE)
    refused(KEY.verifier, MESSAGE + b"\n", good)
    refused(KEY.verifier, b"", good)
    refused(SigningKey(KEY.name, bytes(32)).verifier, MESSAGE, good)
    for wrong in (b"", good[:-1], good[1:], good + b"\x00", good + good, bytes(64), b"\xff" * 64):
        refused(KEY.verifier, MESSAGE, wrong)
    # A signature is not a prefix of what it signs: bytes may not move across the line between them.
    refused(KEY.verifier, MESSAGE[1:], good + MESSAGE[:1])


@pytest.mark.parametrize("times", [1, 2, 15])
def test_a_scalar_that_is_not_reduced_is_refused(times: int) -> None:
    good = KEY.sign(MESSAGE)
    scalar = int.from_bytes(good[32:], "little") + times * GROUP_ORDER
    refused(KEY.verifier, MESSAGE, good[:32] + scalar.to_bytes(32, "little"))
    refused(KEY.verifier, MESSAGE, good[:32] + GROUP_ORDER.to_bytes(32, "little"))


@pytest.mark.parametrize("public", SMALL_POINTS)
def test_a_key_of_small_order_signs_nothing(public: bytes) -> None:
    # With such a key and a zero scalar the equation of the standard holds for many messages.
    key = VerifierKey("k", public)
    for point in SMALL_POINTS:
        for message in (b"", b"a", b"b", MESSAGE):
            refused(key, message, point + bytes(32))


@pytest.mark.parametrize("point", SMALL_POINTS)
def test_no_honest_key_accepts_a_commitment_of_small_order(point: bytes) -> None:
    refused(KEY.verifier, MESSAGE, point + bytes(32))
    refused(KEY.verifier, MESSAGE, point + KEY.sign(MESSAGE)[32:])


@pytest.mark.parametrize("vector", VECTORS["disputed"])
def test_what_libraries_disagree_about_is_refused(vector: dict[str, str]) -> None:
    refused(*parts(vector))


@pytest.mark.parametrize("vector", VECTORS["agreed"])
def test_what_all_libraries_accept_is_accepted(vector: dict[str, str]) -> None:
    verifier, message, signature = parts(vector)
    verifier.check(message, signature)


def test_these_are_refused_before_the_library_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another library, or another version of this one, may let them pass.
    monkeypatch.setattr(bindings, "crypto_sign_open", lambda signed, _: signed)
    good = KEY.sign(MESSAGE)
    KEY.verifier.check(MESSAGE, good)
    scalar = (int.from_bytes(good[32:], "little") + GROUP_ORDER).to_bytes(32, "little")
    refused(KEY.verifier, MESSAGE, good[:32] + scalar)
    refused(KEY.verifier, MESSAGE, good[:32] + GROUP_ORDER.to_bytes(32, "little"))
    refused(KEY.verifier, MESSAGE, good + b"\x00")
    for point in SMALL_POINTS:
        refused(KEY.verifier, MESSAGE, point + good[32:])
        refused(VerifierKey("k", point), MESSAGE, good)


@pytest.mark.parametrize("extra", range(19))
def test_a_coordinate_that_is_not_reduced_is_refused(extra: int) -> None:
    for sign in (0, 1):
        point = (FIELD_PRIME + extra | sign << 255).to_bytes(32, "little")
        refused(VerifierKey("k", point), MESSAGE, KEY.sign(MESSAGE))
        refused(KEY.verifier, MESSAGE, point + KEY.sign(MESSAGE)[32:])


def test_a_refusal_names_the_signer() -> None:
    with pytest.raises(TallyError, match=r"example\.org/log"):
        KEY.verifier.check(MESSAGE, bytes(64))


# The published example of C2SP signed-note (and of golang.org/x/mod/sumdb/note).
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_SIGNER = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLISHED_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PUBLISHED_LINE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_the_published_note_verifies_and_is_made_again_byte_for_byte() -> None:
    key = VerifierKey.from_text(PUBLISHED_KEY)
    blob = base64.b64decode(PUBLISHED_LINE)
    assert key.name == "PeterNeumann"
    assert key.note_id.hex() == "c74f20a3"
    assert blob[:4] == key.note_id
    key.check(PUBLISHED_TEXT.encode(), blob[4:])
    refused(key, PUBLISHED_TEXT.replace("know", "knew").encode(), blob[4:])
    secret = SigningKey("PeterNeumann", base64.b64decode(PUBLISHED_SIGNER)[1:])
    assert secret.verifier.text() == PUBLISHED_KEY
    assert secret.sign(PUBLISHED_TEXT.encode()) == blob[4:]


def test_key_ids_are_digests_of_name_type_and_key() -> None:
    key = KEY.verifier
    digest = sha256(b"example.org/log\n\x01" + key.public).digest()
    assert (key.note_id, key.key_id) == (digest[:4], digest[:16])
    assert VerifierKey("example.org/other", key.public).key_id != key.key_id
    assert VerifierKey.from_text(key.text()) == key


def test_no_part_and_no_neighbour_of_a_key_text_is_a_key_text() -> None:
    text = PUBLISHED_KEY
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if (start, end) != (0, len(text)):
                bad_text(text[start:end])
    for at in range(len(text)):
        for shift in (1, 2, 32):
            bad_text(text[:at] + chr(ord(text[at]) ^ shift) + text[at + 1 :])
        bad_text(text[:at] + text[at + 1 :])
        bad_text(text[:at] + " " + text[at:])
        bad_text(text[:at] + "\n" + text[at:])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "++",
        "+++",
        PUBLISHED_KEY.upper(),
        PUBLISHED_KEY.replace("c74f20a3", "C74F20A3"),
        PUBLISHED_KEY.replace("c74f20a3", "0xc74f20a3"),
        PUBLISHED_KEY + "=",
        PUBLISHED_KEY + "AAAA",
        PUBLISHED_KEY.replace("/", "_"),
        "信" + PUBLISHED_KEY,
        "\udcff" + PUBLISHED_KEY,
        vkey("k", b""),
        vkey("k", b"\x01"),
        vkey("k", b"\x01" + bytes(31)),
        vkey("k", b"\x01" + bytes(33)),
        vkey("k", b"\x02" + bytes(32)),
        vkey("k", b"\x04" + bytes(32)),
        vkey("", b"\x01" + bytes(32)),
    ],
)
def test_a_text_that_is_not_exactly_a_key_is_refused(text: str) -> None:
    bad_text(text)


@pytest.mark.parametrize(
    "mark", [" ", "\t", "\n", "\r", "\x00", "\x1b", "\x1f", "\u3000", "\u2028"]
)
def test_a_name_with_spaces_or_control_characters_is_no_name(mark: str) -> None:
    for name in (mark, f"a{mark}b", f"a{mark}", f"{mark}a"):
        with pytest.raises(TallyError) as refusal:
            VerifierKey(name, bytes(32))
        assert refusal.value.reason is BAD_KEY_TEXT
        bad_text(vkey(name, b"\x01" + KEY.verifier.public))


@pytest.mark.parametrize("name", ["", "a+b", "+", "\udcff"])
def test_a_name_that_no_note_can_carry_is_no_name(name: str) -> None:
    with pytest.raises(TallyError) as refusal:
        VerifierKey(name, bytes(32))
    assert refusal.value.reason is BAD_KEY_TEXT


def test_a_secret_is_not_shown_where_an_object_is_printed() -> None:
    shown = f"{KEY!r} {KEY} {KEY.verifier!r}"
    for secret in (KEY.seed.hex(), repr(KEY.seed), repr(KEY._secret), KEY._secret.hex()):
        assert secret not in shown
    assert "seed" not in shown
