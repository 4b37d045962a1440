from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.kernel.cbor import DEPTH_MAX, NOT_CBOR, Tag, decode, encode
from tallystick.kernel.errors import TallyError

KEYS = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=40)
LEAVES = st.none() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=300) | st.text()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12
)

# RFC 8949 appendix A, of the part that is in use here.
PUBLISHED: list[tuple[Any, str]] = [
    (0, "00"),
    (1, "01"),
    (10, "0a"),
    (23, "17"),
    (24, "1818"),
    (25, "1819"),
    (100, "1864"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (-1, "20"),
    (-10, "29"),
    (-100, "3863"),
    (-1000, "3903e7"),
    (None, "f6"),
    (Tag(1, 1363896240), "c11a514b67b0"),
    (Tag(24, bytes.fromhex("6449455446")), "d818456449455446"),
    (b"", "40"),
    (bytes.fromhex("01020304"), "4401020304"),
    ("", "60"),
    ("a", "6161"),
    ("IETF", "6449455446"),
    ('"\\', "62225c"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ("\U00010151", "64f0908591"),
    ([], "80"),
    ([1, 2, 3], "83010203"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    (
        list(range(1, 26)),
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    ),
    ({}, "a0"),
    ({1: 2, 3: 4}, "a201020304"),
    ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    (["a", {"b": "c"}], "826161a161626163"),
]


def refused(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        decode(data)
    assert refusal.value.reason is NOT_CBOR


@pytest.mark.parametrize(("value", "text"), PUBLISHED, ids=[text for _, text in PUBLISHED])
def test_the_published_examples_are_written_and_read(value: Any, text: str) -> None:
    assert encode(value).hex() == text
    assert decode(bytes.fromhex(text)) == value


@given(VALUES)
def test_what_is_written_reads_back_and_means_the_same_to_another_library(value: Any) -> None:
    data = encode(value)
    assert decode(data) == value
    assert cbor2.loads(data) == value
    assert len(cbor2.dumps(value, canonical=True)) == len(data)


@given(st.binary(max_size=60))
def test_whatever_is_read_is_written_the_same(data: bytes) -> None:
    try:
        value = decode(data)
    except TallyError:
        return
    assert encode(value) == data


@given(VALUES, st.data())
def test_no_changed_byte_is_another_writing_of_the_same_value(value: Any, data: Any) -> None:
    spoiled = bytearray(encode(value))
    at = data.draw(st.integers(0, len(spoiled) - 1))
    spoiled[at] ^= data.draw(st.integers(1, 255))
    try:
        read = decode(bytes(spoiled))
    except TallyError:
        return
    assert read != value


def test_keys_stand_in_the_order_of_their_bytes() -> None:
    # RFC 8949 section 4.2.1, its example
    keys: list[Any] = [10, 100, -1, "z", "aa"]
    text = encode(dict.fromkeys(reversed(keys), 0)).hex()
    assert text == "a5" + "".join(encode(key).hex() + "00" for key in keys)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "18",
        "1817",  # 23 in two bytes
        "190018",
        "1a0000ffff",
        "1b00000000ffffffff",
        "5800",  # a length in two bytes
        "1c",
        "1f",
        "5f40ff",  # indefinite lengths
        "7f60ff",
        "9fff",
        "bfff",
        "41",
        "5bffffffffffffffff",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "61ff",
        "63eda080",  # a lone surrogate
        "8100f6",
        "0000",
        "81",
        "a101",
        "a1",
        "a201020102",  # a key twice
        "a203040102",  # keys out of order
        "a1800000",
        "a14000",  # a key that is neither number nor text
        "a1f600",
        "f4",
        "f5",
        "f7",
        "f90000",
        "fb3ff199999999999a",
        "f818",
        "ff",
        "c1",
    ],
)
def test_every_other_writing_and_every_other_type_is_refused(text: str) -> None:
    refused(bytes.fromhex(text))


def test_depth_has_a_limit() -> None:
    decode(b"\x81" * DEPTH_MAX + b"\x00")
    for head in (b"\x81", b"\xc1", b"\xa1\x00"):
        refused(head * (DEPTH_MAX + 1) + b"\x00")
        refused(head * 100_000 + b"\x00")


@pytest.mark.parametrize(
    "value", [True, False, 1.0, 2**64, -(2**64) - 1, (1,), {1}, "\ud800", {None: 1}, {b"": 1}]
)
def test_what_has_no_form_is_not_written(value: Any) -> None:
    wholes: list[Any] = [value, [value], {1: value}, Tag(18, value)]
    for whole in wholes:
        with pytest.raises(TallyError) as refusal:
            encode(whole)
        assert refusal.value.reason is NOT_CBOR
    with pytest.raises(TallyError):
        encode({True: 1})
    with pytest.raises(TallyError):
        encode(Tag(-1, 1))
