from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tallystick.consortium.transactions import (
    ACT,
    APPEND,
    BATCHES_MAX,
    ORIGIN_BYTES_MAX,
    TRANSACTION_BYTES_MAX,
    Act,
    Append,
    decode_transaction,
    sign_act,
    sign_append,
)
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import BATCH_RECORDS_MAX, Batch, StatusChange
from tallystick.ledger.batches import HEADER_BYTES, sign_header
from tallystick.ledger.status import ROW_BYTES
from tallystick.testing.institutions import CHAIN, Institution, commitments_of, seed_of

WHO = Institution("A")
AFTER_ORIGIN = 7 + 2 + len(WHO.origin)
BIG = 2**64 - 1


def batch(count: int, at: int = 0) -> Batch:
    listed = commitments_of("A", 0, count)
    return Batch(sign_header(WHO.origin, WHO.provider, listed, at), listed)


def append(base: int = 0, *counts: int, rows: int = 0, settled: bool = True) -> Append:
    changes = [StatusChange(n, n % 5, n, n - 1) for n in range(rows)]
    batches = [batch(count) for count in counts]
    return sign_append(CHAIN, WHO.log_key, base, batches, changes=changes, settled=settled)


def refused(data: bytes) -> None:
    with pytest.raises(TallyError) as told:
        decode_transaction(data)
    assert told.value.code == "bad_transaction"
    assert told.value.text.zh
    assert told.value.text.en


NUMBERS = some.integers(0, BIG)
CHANGES = some.builds(
    StatusChange, NUMBERS, some.integers(0, 255), NUMBERS, some.integers(-1, BIG - 1)
)


@given(
    base=some.integers(1, BIG),
    as_of=NUMBERS,
    settled=some.booleans(),
    counts=some.lists(some.integers(1, 5), max_size=4),
    changes=some.lists(CHANGES, max_size=4),
)
def test_an_append_reads_back_to_what_was_signed(
    base: int, as_of: int, counts: list[int], changes: list[StatusChange], *, settled: bool
) -> None:
    told = sign_append(
        CHAIN,
        WHO.log_key,
        base,
        [batch(count) for count in counts],
        changes=changes,
        as_of=as_of,
        settled=settled,
    )
    found = decode_transaction(told.encode())
    assert isinstance(found, Append)
    assert found == told
    assert found.encode() == told.encode()
    assert found.records == sum(counts)
    found.check(CHAIN, WHO.log_key.verifier)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53) + 1, 2**53 - 1) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text("abc"), inner),
    max_leaves=8,
)


@given(some.dictionaries(some.text("abcdef", min_size=1), JSON))
def test_an_act_reads_back_to_what_was_signed(body: dict[str, object]) -> None:
    told = sign_act(CHAIN, WHO.key, body)
    found = decode_transaction(told.encode())
    assert isinstance(found, Act)
    assert found == told
    found.check(CHAIN, WHO.key.verifier)
    with pytest.raises(TallyError, match=r"^bad_signature"):
        found.check(CHAIN + "x", WHO.key.verifier)
    with pytest.raises(TallyError, match=r"^bad_signature"):
        found.check(CHAIN, WHO.log_key.verifier)


def test_no_part_of_a_transaction_is_one() -> None:
    for told in (append(0, 2, 1, rows=2), append(5), append(5, rows=1)):
        data = told.encode()
        for cut in range(len(data)):
            refused(data[:cut])
        for more in (b"\x00", b"x", data[-64:], bytes(25), bytes(130)):
            refused(data + more)
            refused(more + data)
    act = sign_act(CHAIN, WHO.key, {"act": "open"}).encode()
    for cut in range(len(act)):
        refused(act[:cut])
    for more in (b"\x00", b" ", b"\n", b"{}"):
        refused(act + more)


def test_a_changed_byte_is_refused_or_breaks_the_signature() -> None:
    data = append(3, 2, rows=1).encode()
    for at in range(len(data)):
        for bit in (1, 0x80):
            other = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            try:
                found = decode_transaction(other)
            except TallyError:
                refused(other)
                continue
            assert found.encode() == other, "it has one encoding"
            with pytest.raises(TallyError, match=r"^bad_signature"):
                found.check(CHAIN, WHO.log_key.verifier)


@pytest.mark.parametrize("flag", [2, 3, 0x80, 0xFF])
def test_a_flag_is_zero_or_one(flag: int) -> None:
    data = bytearray(append(3, 1).encode())
    assert data[AFTER_ORIGIN + 8] == 1
    data[AFTER_ORIGIN + 8] = flag
    refused(bytes(data))


def test_a_kind_version_or_mark_there_is_not_is_refused() -> None:
    data = append(3, 1).encode()
    for kind in range(256):
        if kind not in {APPEND, ACT}:
            refused(data[:6] + bytes([kind]) + data[7:])
    refused(data[:6] + bytes([ACT]) + data[7:])
    refused(b"TLYT\x00\x02" + data[6:])
    refused(b"TLYB\x00\x01" + data[6:])


@pytest.mark.parametrize("origin", [b"", b"x" * (ORIGIN_BYTES_MAX + 1), b"\xff", b"\xed\xa0\x80"])
def test_an_origin_has_its_length_and_is_text(origin: bytes) -> None:
    data = append(3, 1).encode()
    refused(data[:7] + struct.pack(">H", len(origin)) + origin + data[AFTER_ORIGIN:])


def test_nothing_at_all_is_no_append() -> None:
    refused(append(0).encode())
    assert decode_transaction(append(1).encode())


def test_at_most_sixteen_batches_and_a_mebibyte() -> None:
    most = append(0, *[BATCH_RECORDS_MAX] * BATCHES_MAX)
    assert decode_transaction(most.encode()) == most
    with pytest.raises(TallyError, match=r"^bad_transaction"):
        append(0, *[1] * (BATCHES_MAX + 1))
    one = batch(1)
    forged = most._replace(batches=[one] * (BATCHES_MAX + 1))
    refused(forged.encode())
    room = TRANSACTION_BYTES_MAX - len(append(1).encode())
    full = append(1, rows=room // ROW_BYTES)
    assert decode_transaction(full.encode()) == full
    with pytest.raises(TallyError, match=r"^bad_transaction"):
        append(1, rows=room // ROW_BYTES + 1)
    refused(full._replace(changes=[*full.changes, *full.changes[:1]]).encode())
    refused(bytes(TRANSACTION_BYTES_MAX + 1))


@pytest.mark.parametrize("rows", [1, 2, 2**20, 2**32 - 1])
def test_more_rows_than_there_are_bytes_are_refused(rows: int) -> None:
    data = append(1).encode()
    refused(data[:-68] + struct.pack(">I", rows) + data[-64:])


@pytest.mark.parametrize("count", [0, BATCH_RECORDS_MAX + 1, 2**32 - 1])
def test_a_batch_of_no_or_too_many_records_is_refused(count: int) -> None:
    data = append(1, 1).encode()
    start = AFTER_ORIGIN + 19
    assert data[start : start + 4] == b"TLYB"
    at = start + 22
    refused(data[:at] + struct.pack(">I", count) + data[at + 4 :])
    assert len(data) == start + HEADER_BYTES + 32 + 4 + 64


def test_a_signature_is_for_one_chain_one_log_and_one_key() -> None:
    told = append(3, 1)
    other = SigningKey(WHO.origin, seed_of("another"))
    for chain, key in ((CHAIN + "x", WHO.log_key), ("", WHO.log_key), (CHAIN, other)):
        with pytest.raises(TallyError, match=r"^bad_signature"):
            told.check(chain, key.verifier)
    for changed in (
        told._replace(origin="log.example/b"),
        told._replace(base=4),
        told._replace(settled=False),
        told._replace(as_of=1),
        told._replace(batches=[]),
        told._replace(changes=[StatusChange(0, 1, 1)]),
    ):
        with pytest.raises(TallyError, match=r"^bad_signature"):
            changed.check(CHAIN, WHO.log_key.verifier)


def test_what_was_found_out_of_a_transaction_holds_for_its_chain_and_key_alone() -> None:
    """A replica remembers what held; it does not take it for another's."""
    found = decode_transaction(append(3, 2).encode())
    assert isinstance(found, Append)
    other = SigningKey(WHO.origin, seed_of("another"))
    for _ in range(2):
        found.check(CHAIN, WHO.log_key.verifier)
        for chain, key in ((CHAIN + "x", WHO.log_key), (CHAIN, other)):
            with pytest.raises(TallyError, match=r"^bad_signature"):
                found.check(chain, key.verifier)
        [one] = found.batches
        one.header.check(WHO.origin, WHO.provider.verifier)
        with pytest.raises(TallyError, match=r"^bad_signature"):
            one.header.check("log.example/b", WHO.provider.verifier)
        with pytest.raises(TallyError, match=r"^bad_signature"):
            one.header.check(WHO.origin, other.verifier)
        with pytest.raises(TallyError, match=r"^bad_signature"):
            found._replace(base=4).check(CHAIN, WHO.log_key.verifier)
        one.check()
        with pytest.raises(TallyError, match=r"^bad_batch_header"):
            one._replace(commitments=one.commitments[::-1]).check()


@pytest.mark.parametrize("signature", [None, 5, "", "zz", "00", "00" * 64, ["00"]])
def test_an_act_without_a_signature_that_can_be_one_is_refused(signature: object) -> None:
    body = {**sign_act(CHAIN, WHO.key, {"act": "open"}).body, "signature": signature}
    with pytest.raises(TallyError, match=r"^bad_(transaction|signature)"):
        Act(body).check(CHAIN, WHO.key.verifier)
    with pytest.raises(TallyError, match=r"^bad_transaction"):
        Act({"act": "open"}).check(CHAIN, WHO.key.verifier)


def test_a_signature_of_an_act_is_written_in_one_way() -> None:
    body = sign_act(CHAIN, WHO.key, {"act": "open"}).body
    text = body["signature"]
    for other in (text.upper(), f" {text}", f"{text[:2]} {text[2:]}", f"{text}\n"):
        with pytest.raises(TallyError, match=r"^bad_transaction"):
            Act({**body, "signature": other}).check(CHAIN, WHO.key.verifier)
