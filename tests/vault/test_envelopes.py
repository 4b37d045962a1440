from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from tallystick.kernel.errors import Reason, TallyError
from tallystick.vault import (
    BODY_DAMAGED,
    KEY_DAMAGED,
    KEY_MISSING,
    WRAPPED_BYTES,
    Envelope,
    seal,
    unseal,
)

Sealed = Callable[..., list[Envelope]]
BODY = '{"name":"样例一号有限公司","fine":"98765.43"}'.encode()
RECORD = 7


def refused(reason: Reason, envelope: Envelope, wrapping: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        unseal(RECORD, envelope, wrapping)
    assert refusal.value.reason is reason
    assert refusal.value.facts["record"] == RECORD
    for told in ("样例", "98765", BODY.decode(), wrapping.hex()):
        assert told not in str(refusal.value)


@pytest.fixture
def one(sealed: Sealed) -> Envelope:
    return sealed(BODY)[0]


@pytest.mark.parametrize("body", [b"", b"{}", BODY, b"x" * 100_000])
def test_what_was_sealed_opens_again(body: bytes, sealed: Sealed, wrapping: bytes) -> None:
    [envelope] = sealed(body)
    opened = unseal(RECORD, envelope, wrapping)
    assert opened.body == body
    assert len(opened.salt) == 32
    digest = sha256(b"tallystick/record/v1\n" + opened.salt + body).digest()
    assert digest == envelope.commitment
    assert len(envelope.wrapped) == WRAPPED_BYTES


def test_another_implementation_of_the_specification_opens_it(
    one: Envelope, wrapping: bytes
) -> None:
    key = aes_key_unwrap(wrapping, one.wrapped)
    plain = AESGCM(key).decrypt(bytes(12), one.ciphertext, one.commitment)
    assert plain[32:] == BODY
    assert len(one.ciphertext) == 32 + len(BODY) + 16


def test_every_record_has_a_key_and_a_salt_of_its_own(wrapping: bytes) -> None:
    # The nonce is always zero, which is safe only as long as no key seals twice.
    envelopes = seal([BODY] * 50, wrapping, os.urandom, lambda salt, _: salt)
    envelopes += seal([BODY] * 50, wrapping, os.urandom, lambda salt, _: salt)
    assert len({aes_key_unwrap(wrapping, e.wrapped) for e in envelopes}) == 100
    assert len({e.commitment for e in envelopes}) == 100
    assert len({e.ciphertext for e in envelopes}) == 100
    keys = {aes_key_unwrap(wrapping, e.wrapped) for e in envelopes}
    assert keys.isdisjoint(e.commitment for e in envelopes)


def test_chance_is_asked_for_once_and_never_used_twice(wrapping: bytes) -> None:
    asked: list[int] = []

    def chance(count: int) -> bytes:
        asked.append(count)
        return bytes(range(count))

    salts: list[bytes] = []

    def commit(salt: bytes, _: bytes) -> bytes:
        salts.append(salt)
        return bytes(32)

    envelopes = seal([b"a", b"b"], wrapping, chance, commit)
    keys = [aes_key_unwrap(wrapping, e.wrapped) for e in envelopes]
    assert asked == [128]
    assert b"".join(s + k for s, k in zip(salts, keys, strict=True)) == bytes(range(128))


@pytest.mark.parametrize("short", [0, 1, 63, 112, 127])
def test_too_little_chance_seals_nothing(short: int, wrapping: bytes) -> None:
    with pytest.raises(ValueError, match="chance"):
        seal([b"a", b"b"], wrapping, lambda _: bytes(short), lambda *_: bytes(32))


def test_nothing_to_seal_gives_nothing(sealed: Sealed) -> None:
    assert sealed() == []


def test_an_envelope_shows_nothing_of_its_content(one: Envelope, wrapping: bytes) -> None:
    whole = b"".join(one)
    opened = unseal(RECORD, one, wrapping)
    for told in (BODY, "样例".encode(), b"98765", b"fine", opened.salt):
        assert told not in whole
    assert aes_key_unwrap(wrapping, one.wrapped) not in whole


def test_any_changed_bit_is_found_and_said_to_be_of_body_or_key(
    one: Envelope, wrapping: bytes
) -> None:
    for bit in range(len(one.ciphertext) * 8):
        refused(BODY_DAMAGED, one._replace(ciphertext=flipped(one.ciphertext, bit)), wrapping)
    for bit in range(len(one.commitment) * 8):
        refused(BODY_DAMAGED, one._replace(commitment=flipped(one.commitment, bit)), wrapping)
    for bit in range(len(one.wrapped) * 8):
        refused(KEY_DAMAGED, one._replace(wrapped=flipped(one.wrapped, bit)), wrapping)


def flipped(data: bytes, bit: int) -> bytes:
    spoiled = bytearray(data)
    spoiled[bit // 8] ^= 1 << bit % 8
    return bytes(spoiled)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 31])
def test_a_ciphertext_of_any_wrong_length_is_damage(
    length: int, one: Envelope, wrapping: bytes
) -> None:
    refused(BODY_DAMAGED, one._replace(ciphertext=one.ciphertext[:length]), wrapping)
    refused(BODY_DAMAGED, one._replace(ciphertext=one.ciphertext + bytes(length + 1)), wrapping)


def test_an_empty_or_missing_slot_is_a_missing_key(one: Envelope, wrapping: bytes) -> None:
    for slot in (bytes(WRAPPED_BYTES), b"", one.wrapped[:-1], one.wrapped[:20]):
        refused(KEY_MISSING, one._replace(wrapped=slot), wrapping)


def test_one_record_cannot_stand_in_for_another(sealed: Sealed, wrapping: bytes) -> None:
    one, other = sealed(b'{"a":1}', b'{"a":2}')
    refused(BODY_DAMAGED, one._replace(ciphertext=other.ciphertext), wrapping)
    refused(BODY_DAMAGED, one._replace(wrapped=other.wrapped), wrapping)
    refused(BODY_DAMAGED, one._replace(commitment=other.commitment), wrapping)
    swapped = one._replace(ciphertext=other.ciphertext, wrapped=other.wrapped)
    refused(BODY_DAMAGED, swapped, wrapping)


def test_another_master_opens_nothing(one: Envelope, wrapping: bytes) -> None:
    refused(KEY_DAMAGED, one, bytes(32))
    refused(KEY_DAMAGED, one, wrapping[::-1])
