from __future__ import annotations

import struct
from collections.abc import Callable
from hashlib import sha256

import pytest

from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.kernel.signing import BAD_SIGNATURE, SigningKey
from tallystick.ledger import (
    BATCH_RECORDS_MAX,
    BatchHeader,
    commitment_of,
    decode_header,
    sign_header,
)
from tallystick.ledger.batches import BAD_HEADER, HEADER_BYTES

ORIGIN = "example.org/ledger"
SEALED_AT = 1_798_761_600


@pytest.fixture
def header(provider: SigningKey, commitments: Callable[..., list[bytes]]) -> BatchHeader:
    return sign_header(ORIGIN, provider, commitments(5), SEALED_AT)


def refused(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        decode_header(data)
    assert refusal.value.reason is BAD_HEADER


def test_the_bytes_of_a_header_are_those_of_the_specification(
    provider: SigningKey, commitments: Callable[..., list[bytes]], header: BatchHeader
) -> None:
    unsigned = (
        b"TLYB"
        + struct.pack(">H", 1)
        + sha256(provider.name.encode() + b"\n\x01" + provider.verifier.public).digest()[:16]
        + struct.pack(">I", 5)
        + root_of([sha256(b"\x00" + c).digest() for c in commitments(5)])
        + struct.pack(">Q", SEALED_AT)
    )
    message = b"tallystick/batch/v1\n" + ORIGIN.encode() + b"\n" + unsigned
    assert len(unsigned) == 66
    assert header.encode() == unsigned + provider.sign(message)
    assert len(header.encode()) == HEADER_BYTES == 130


def test_a_commitment_is_the_digest_of_domain_salt_and_body() -> None:
    salt, body = bytes(range(32)), canonical.encode({"kind": "fact"})
    assert commitment_of(salt, body) == sha256(b"tallystick/record/v1\n" + salt + body).digest()
    assert commitment_of(bytes(32), body) != commitment_of(salt, body)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 1000, 1023, 1024])
def test_a_header_of_any_lawful_count_reads_back(
    count: int, provider: SigningKey, commitments: Callable[..., list[bytes]]
) -> None:
    listed = commitments(count)
    header = sign_header(ORIGIN, provider, listed, SEALED_AT)
    header.check(ORIGIN, provider.verifier)
    assert decode_header(header.encode()) == header
    assert (header.records, header.sealed_at) == (count, SEALED_AT)
    assert header.root == root_of([leaf_hash(c) for c in listed])
    assert header.key_id == provider.verifier.key_id


@pytest.mark.parametrize("count", [0, BATCH_RECORDS_MAX + 1, 5000])
def test_a_batch_no_reader_would_take_is_not_signed(
    count: int, provider: SigningKey, commitments: Callable[..., list[bytes]]
) -> None:
    with pytest.raises(TallyError) as refusal:
        sign_header(ORIGIN, provider, commitments(count), SEALED_AT)
    assert refusal.value.reason is BAD_HEADER


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33), b"body"])
def test_only_commitments_are_signed(
    wrong: bytes, provider: SigningKey, commitments: Callable[..., list[bytes]]
) -> None:
    with pytest.raises(TallyError) as refusal:
        sign_header(ORIGIN, provider, [*commitments(2), wrong], SEALED_AT)
    assert refusal.value.reason is BAD_HEADER


@pytest.mark.parametrize("sealed_at", [-1, 2**64])
def test_a_time_the_layout_cannot_hold_is_refused(
    sealed_at: int, provider: SigningKey, commitments: Callable[..., list[bytes]]
) -> None:
    with pytest.raises(TallyError) as refusal:
        sign_header(ORIGIN, provider, commitments(1), sealed_at)
    assert refusal.value.reason is BAD_HEADER


def test_any_changed_bit_is_refused_or_breaks_the_signature(
    provider: SigningKey, header: BatchHeader
) -> None:
    good = header.encode()
    decode_header(good).check(ORIGIN, provider.verifier)
    for bit in range(len(good) * 8):
        spoiled = bytearray(good)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TallyError) as refusal:
            decode_header(bytes(spoiled)).check(ORIGIN, provider.verifier)
        assert refusal.value.reason in {BAD_HEADER, BAD_SIGNATURE}


def test_a_header_of_another_length_version_or_count_is_refused(header: BatchHeader) -> None:
    good = header.encode()
    for wrong in (b"", good[:-1], good + b"\x00", good[1:], good * 2, bytes(HEADER_BYTES)):
        refused(wrong)
    for wrong in (b"TLYV" + good[4:], good[:4] + b"\x00\x02" + good[6:], b"tlyb" + good[4:]):
        refused(wrong)
    for count in (0, 1025, 2**31, 2**32 - 1):
        refused(good[:22] + struct.pack(">I", count) + good[26:])


def test_a_batch_signed_for_one_log_does_not_fit_another(
    provider: SigningKey, header: BatchHeader
) -> None:
    for other in ("example.org/ledger2", "example.org/ledge", "", "example.org/ledger\n"):
        with pytest.raises(TallyError) as refusal:
            header.check(other, provider.verifier)
        assert refusal.value.reason is BAD_SIGNATURE


def test_a_header_that_names_one_key_and_is_signed_by_another_is_refused(
    provider: SigningKey, commitments: Callable[..., list[bytes]]
) -> None:
    forger = SigningKey("example.org/forger", bytes([9]) * 32)
    root = root_of([leaf_hash(c) for c in commitments(1)])
    unsigned = BatchHeader(provider.verifier.key_id, 1, root, SEALED_AT, bytes(64))
    message = b"tallystick/batch/v1\n" + ORIGIN.encode() + b"\n" + unsigned.encode()[:66]
    forged = unsigned._replace(signature=forger.sign(message))
    for key in (provider.verifier, forger.verifier):
        with pytest.raises(TallyError) as refusal:
            forged.check(ORIGIN, key)
        assert refusal.value.reason is BAD_SIGNATURE


def test_a_header_says_nothing_of_whom_or_what_it_is_about(provider: SigningKey) -> None:
    body = canonical.encode(
        {"subject": "91310113MA1GKDGP4E", "name": "样例一号有限公司", "data": {"fine": "98765.43"}}
    )
    # The same salt and time give another header for another body and nothing a search would find.
    data = sign_header(ORIGIN, provider, [commitment_of(bytes(32), body)], SEALED_AT).encode()
    for told in (b"91310113MA1GKDGP4E", "样例".encode(), b"98765", b"subject", ORIGIN.encode()):
        assert told not in data
    assert provider.name.encode() not in data
