from __future__ import annotations

import base64
import hashlib
import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel import sm2_by_hand as by_hand

from tallystick.kernel import sm2
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import (
    BAD_KEY_TEXT,
    BAD_SIGNATURE,
    PARTY_KINDS,
    SM2_SM3,
    VerifierKey,
)
from tallystick.kernel.sm2 import (
    NO_SM2,
    is_sm2_key,
    is_sm2_signature,
    secret_number,
    sm2_holds,
    sm3,
)
from tallystick.kernel.suites import Sm2SigningKey

gmssl = pytest.importorskip("gmssl_pyx")  # made for fewer machines than the library we use

MODEST = settings(max_examples=40, deadline=None)
SEEDS = st.binary(min_size=32, max_size=32)
P, N = by_hand.P, by_hand.N
PUBLISHED = json.loads(Path(__file__).with_name("sm2.json").read_text(encoding="utf-8"))
PUBLIC = bytes.fromhex(PUBLISHED["public"])
SECRET = int(PUBLISHED["secret"], 16)
SIGNATURE = bytes.fromhex(PUBLISHED["signature"])
TEXT = PUBLISHED["message"].encode()
R, S = int(PUBLISHED["signature"][:64], 16), int(PUBLISHED["signature"][64:], 16)

KEY = Sm2SigningKey("example.org/bank", bytes(range(32)))
MESSAGE = b"tallystick/batch/v1\n"


def refused(key: VerifierKey, message: bytes, signature: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        key.check(message, signature)
    assert refusal.value.reason is BAD_SIGNATURE


def bad_key(public: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        VerifierKey("k", public, SM2_SM3)
    assert refusal.value.reason is BAD_KEY_TEXT
    assert not is_sm2_key(public)


def der(signature: bytes) -> bytes:
    parts = b""
    for half in (signature[:32], signature[32:]):
        digits = half.lstrip(b"\x00")
        digits = b"\x00" + digits if digits[0] & 0x80 else digits
        parts += b"\x02" + bytes([len(digits)]) + digits
    return b"\x30" + bytes([len(parts)]) + parts


def raw(data: bytes) -> bytes:
    end = 4 + data[3]
    numbers = (int.from_bytes(data[4:end], "big"), int.from_bytes(data[end + 2 :], "big"))
    return by_hand.encoded(*numbers)


# -- what is published ----------------------------------------------------------------------------


def test_the_signature_of_the_standard_holds_and_no_neighbour_of_it() -> None:
    key = VerifierKey("A", PUBLIC, SM2_SM3)
    key.check(TEXT, SIGNATURE)
    refused(key, TEXT + b"\x00", SIGNATURE)
    refused(key, TEXT[:-1], SIGNATURE)
    refused(KEY.verifier, TEXT, SIGNATURE)


def test_the_numbers_of_the_standard_are_made_again_by_hand() -> None:
    assert by_hand.public_of(SECRET) == PUBLIC
    assert by_hand.identity(PUBLIC, sm3).hex() == PUBLISHED["z"]
    e = by_hand.number_of(PUBLIC, TEXT, sm3)
    assert e == int(PUBLISHED["e"], 16)
    assert by_hand.signed(SECRET, e, int(PUBLISHED["nonce"], 16)) == (R, S)


def test_the_secret_of_the_standard_has_its_public_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm2, "secret_number", lambda _: SECRET)
    assert Sm2SigningKey("A", bytes(32)).verifier.public == PUBLIC


@pytest.mark.parametrize(("text", "digest"), PUBLISHED["sm3"].items())
def test_the_digests_of_the_standard(
    monkeypatch: pytest.MonkeyPatch, text: str, digest: str
) -> None:
    assert sm3(text.encode()).hex() == digest == gmssl.sm3_hash(text.encode()).hex()

    def without_sm3(name: str, _: bytes) -> Any:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", without_sm3)  # as where OpenSSL is built without it
    assert sm3(text.encode()).hex() == digest


# -- another implementation -----------------------------------------------------------------------


@MODEST
@given(SEEDS, st.binary(max_size=300))
def test_two_implementations_accept_each_others_signatures(seed: bytes, message: bytes) -> None:
    key = Sm2SigningKey("k", seed)
    public = key.verifier.public
    assert gmssl.sm2_verify(public, message, der(key.sign(message)))
    theirs = gmssl.sm2_sign(by_hand.encoded(secret_number(seed)), public, message)
    key.verifier.check(message, raw(theirs))
    refused(key.verifier, message + b"\x00", raw(theirs))


@settings(max_examples=5, deadline=None)
@given(SEEDS, st.binary(max_size=80), st.integers(1, N - 1))
def test_what_is_made_by_hand_holds_and_the_other_way_round(
    seed: bytes, message: bytes, nonce: int
) -> None:
    key, secret = Sm2SigningKey("k", seed), secret_number(seed)
    public = key.verifier.public
    assert by_hand.public_of(secret) == public
    e = by_hand.number_of(public, message, sm3)
    key.verifier.check(message, by_hand.encoded(*by_hand.signed(secret, e, nonce)))
    ours = key.sign(message)
    assert by_hand.holds(public, e, int.from_bytes(ours[:32]), int.from_bytes(ours[32:]))


def test_a_signature_that_leads_to_infinity_is_refused() -> None:
    # Whoever holds the secret can make one: with r = e and s = -r d / (1 + d) the sum of points is
    # none. One library takes its x for zero and accepts, another refuses: here all must refuse.
    e = by_hand.number_of(PUBLIC, MESSAGE, sm3)
    r = e % N
    s = -r * SECRET * pow(1 + SECRET, -1, N) % N
    signature = by_hand.encoded(r, s)
    assert is_sm2_signature(signature)
    assert not by_hand.holds(PUBLIC, e, r, s)
    refused(VerifierKey("A", PUBLIC, SM2_SM3), MESSAGE, signature)


# -- what is refused before the library is asked --------------------------------------------------


class Lenient:
    """A library that accepts whatever it is asked about, and counts."""

    asked = 0
    EllipticCurvePublicKey: Any
    curve = algorithm = None
    refused = ZeroDivisionError

    def __init__(self) -> None:
        self.keys = self.EllipticCurvePublicKey = self

    def from_encoded_point(self, _curve: object, _point: bytes) -> Lenient:
        return self

    def verify(self, _signature: bytes, _message: bytes, _algorithm: object) -> None:
        self.asked += 1


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> Lenient:
    library = Lenient()
    monkeypatch.setattr(sm2, "_library", lambda _: library)
    VerifierKey("A", PUBLIC, SM2_SM3).check(b"anything", SIGNATURE)
    assert library.asked == 1
    return library


@pytest.mark.parametrize(
    ("r", "s"),
    [
        *((0, S), (R, 0), (0, 0), (N, S), (R, N), (N + 1, S), (R, N + 1), (R, N - R), (1, N - 1)),
        *((2**256 - 1, S), (R, 2**256 - 1), (N - 1, 1)),
    ],
)
def test_numbers_out_of_their_range(lenient: Lenient, r: int, s: int) -> None:
    assert not is_sm2_signature(by_hand.encoded(r, s))
    refused(VerifierKey("A", PUBLIC, SM2_SM3), TEXT, by_hand.encoded(r, s))
    assert lenient.asked == 1


def test_a_signature_has_one_encoding(lenient: Lenient) -> None:
    key = VerifierKey("A", PUBLIC, SM2_SM3)
    others = (b"", SIGNATURE[:-1], SIGNATURE + b"\x00", b"\x00" + SIGNATURE, der(SIGNATURE))
    for other in (*others, SIGNATURE * 2, SIGNATURE.hex().encode()):
        refused(key, TEXT, other)
    assert lenient.asked == 1


X, Y = by_hand.BASE
SMALL = next(x for x in range(99) if pow(x**3 - 3 * x + by_hand.B, (P - 1) // 2, P) == 1)
SMALL_Y = pow(SMALL**3 - 3 * SMALL + by_hand.B, (P + 1) // 4, P)


@pytest.mark.parametrize(
    "public",
    [
        by_hand.encoded(X, Y ^ 1),
        by_hand.encoded(X + 1, Y),
        by_hand.encoded(Y, X),
        by_hand.encoded(0, 0),  # infinity, where it is written so
        by_hand.encoded(SMALL + P, SMALL_Y),  # the same point modulo p
        by_hand.encoded(P, 0),
        by_hand.encoded(P, P),
        by_hand.encoded(2**256 - 1, 2**256 - 1),
        by_hand.encoded(X, P - Y),  # of the secret number n - 1, which is none
        b"",
        b"\x00",
        b"\x04" + PUBLIC,
        b"\x02" + PUBLIC[:32],
        PUBLIC[:63],
        PUBLIC + b"\x00",
    ],
)
def test_what_is_no_point_of_the_curve_is_no_key(lenient: Lenient, public: bytes) -> None:
    bad_key(public)
    assert not sm2_holds("k", public, TEXT, SIGNATURE)
    assert lenient.asked == 1


def test_the_smallest_coordinates_are_allowed() -> None:
    assert is_sm2_key(by_hand.encoded(SMALL, SMALL_Y))
    assert is_sm2_key(by_hand.encoded(X, Y))
    assert is_sm2_signature(by_hand.encoded(1, 1))
    assert is_sm2_signature(by_hand.encoded(N - 1, N - 1))


@MODEST
@given(st.data(), st.binary(min_size=1, max_size=200))
def test_any_flipped_bit_breaks_it(data: st.DataObject, message: bytes) -> None:
    good = KEY.sign(message)
    KEY.verifier.check(message, good)

    def flipped(what: bytes) -> bytes:
        bit = data.draw(st.integers(0, len(what) * 8 - 1))
        return (int.from_bytes(what) ^ 1 << bit).to_bytes(len(what))

    refused(KEY.verifier, flipped(message), good)
    refused(KEY.verifier, message, flipped(good))
    with pytest.raises(TallyError) as refusal:
        VerifierKey(KEY.name, flipped(KEY.verifier.public), SM2_SM3).check(message, good)
    assert refusal.value.reason in (BAD_KEY_TEXT, BAD_SIGNATURE)


# -- keys and their text --------------------------------------------------------------------------


def test_the_text_of_a_key_names_the_suite_and_reads_back() -> None:
    key = KEY.verifier
    blob = b"\xfftallystick/sm2-sm3/v1\n" + key.public
    digest = sha256(b"example.org/bank\n" + blob).digest()
    assert key.text() == f"example.org/bank+{digest[:4].hex()}+{base64.b64encode(blob).decode()}"
    assert (key.note_id, key.key_id) == (digest[:4], digest[:16])
    assert VerifierKey.from_text(key.text(), PARTY_KINDS) == key


def test_another_identifier_or_reader_takes_it_for_no_key() -> None:
    public = KEY.verifier.public
    blobs = [b"\xff" + public, b"\xfftallystick/sm2-sm3/v2\n" + public, b"\xff"]
    blobs += [b"\xfftallystick/sm2-sm3/v1\n", b"\xfftallystick/sm2-sm3/v1\n\x04" + public]
    blobs += [b"\x01" + public, b"\xfftallystick/sm2-sm3/v1\n" + public[:32]]
    texts = [
        f"k+{sha256(b'k' + bytes([10]) + blob).hexdigest()[:8]}+{base64.b64encode(blob).decode()}"
        for blob in blobs
    ]
    for text, kinds in [*((text, PARTY_KINDS) for text in texts), (KEY.verifier.text(), (1,))]:
        with pytest.raises(TallyError) as refusal:
            VerifierKey.from_text(text, kinds)
        assert refusal.value.reason is BAD_KEY_TEXT


def test_a_seed_gives_one_secret_number_and_one_out_of_range_is_drawn_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seed = bytes(range(32))
    first = sm3(b"tallystick/sm2-key/v1\n" + seed + b"\x00")
    assert secret_number(seed) == int.from_bytes(first)
    assert Sm2SigningKey(KEY.name, seed) == KEY
    asked: list[bytes] = []
    drawn = iter([0, N - 1, N, 2**256 - 1, N - 2])

    def draw(data: bytes) -> bytes:
        asked.append(data[-1:])
        return next(drawn).to_bytes(32)

    monkeypatch.setattr(sm2, "sm3", draw)
    assert secret_number(seed) == N - 2
    assert asked == [b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"]


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_of_another_length_is_a_fault(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sm2SigningKey("k", bytes(length))


def test_nonces_are_never_used_twice() -> None:
    made = [KEY.sign(MESSAGE) for _ in range(50)]
    assert len({signature[:32] for signature in made}) == 50
    assert all(is_sm2_signature(signature) for signature in made)


def test_a_secret_is_not_shown_where_an_object_is_printed() -> None:
    shown = f"{KEY!r} {KEY} {KEY.verifier!r} {KEY._secret!r}"
    number = secret_number(KEY.seed)
    for secret in (KEY.seed.hex(), repr(KEY.seed), str(number), f"{number:x}"):
        assert secret not in shown
    assert "seed" not in shown


def test_without_the_library_nothing_is_signed_or_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    good = KEY.sign(MESSAGE)
    for name in [*filter(lambda name: name.startswith("tongsuopy"), sys.modules), "tongsuopy"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert sm2.sm2_version() == ""
    # Neither a good nor a bad signature gets a verdict here, so that the lack is never mistaken.
    for signature in (good, bytes(64)):
        with pytest.raises(TallyError) as refusal:
            KEY.verifier.check(MESSAGE, signature)
        assert refusal.value.reason is NO_SM2
        assert "example.org/bank" in str(refusal.value)
        assert "tallystick[sm]" in refusal.value.remedy.en
        assert "tallystick[sm]" in refusal.value.remedy.zh
    with pytest.raises(TallyError) as refusal:
        Sm2SigningKey("k", bytes(32))
    assert refusal.value.reason is NO_SM2
    assert VerifierKey.from_text(KEY.verifier.text(), PARTY_KINDS) == KEY.verifier  # is readable
