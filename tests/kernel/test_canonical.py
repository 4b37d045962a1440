from __future__ import annotations

import datetime
import decimal
import enum
import json
from typing import Any, NamedTuple

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel import canonical
from tallystick.kernel.canonical import INTEGER_MAX, NOT_CANONICAL
from tallystick.kernel.errors import TallyError

MODEST = settings(max_examples=100, deadline=None)

keys = st.text(st.characters(max_codepoint=127), max_size=8)
atoms = (
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
values = st.recursive(
    atoms,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


class Colour(enum.IntEnum):
    RED = 1


class Name(str):
    __slots__ = ()


class Point(NamedTuple):
    x: int


def refused(value: object) -> TallyError:
    with pytest.raises(TallyError) as refusal:
        canonical.encode(value)
    assert refusal.value.reason is NOT_CANONICAL
    return refusal.value


def refused_bytes(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        canonical.decode(data)
    assert refusal.value.reason is NOT_CANONICAL


@MODEST
@given(values)
def test_the_bytes_are_those_of_an_independent_implementation(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@MODEST
@given(values)
def test_reading_back_what_was_written_changes_nothing(value: Any) -> None:
    data = canonical.encode(value)
    assert canonical.decode(data) == value
    assert canonical.encode(canonical.decode(data)) == data


@MODEST
@given(values)
def test_a_text_that_any_other_writer_makes_is_refused_unless_it_is_the_same(value: Any) -> None:
    data = canonical.encode(value)
    for other in (
        json.dumps(value),
        json.dumps(value, ensure_ascii=False, indent=1),
        json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    ):
        if other.encode() != data:
            refused_bytes(other.encode())


@MODEST
@given(values, st.data())
def test_a_changed_byte_is_refused_or_means_something_else(value: Any, data: Any) -> None:
    good = canonical.encode(value)
    at = data.draw(st.integers(0, len(good) - 1))
    spoiled = bytearray(good)
    spoiled[at] ^= data.draw(st.integers(1, 255))
    try:
        other = canonical.decode(bytes(spoiled))
    except TallyError:
        return
    assert canonical.encode(other) == bytes(spoiled) != good


@pytest.mark.parametrize(
    "value",
    [0.0, 1.5, -0.0, 1e300, float("nan"), float("inf"), [1.0], {"a": [{"b": 2.0}]}],
)
def test_a_float_is_refused_wherever_it_stands(value: object) -> None:
    assert "float" in str(refused(value))


@pytest.mark.parametrize("value", [INTEGER_MAX + 1, -INTEGER_MAX - 1, 2**64, -(2**64), 10**400])
def test_an_integer_that_some_reader_would_round_is_refused(value: int) -> None:
    refused(value)
    refused({"a": [value]})


@pytest.mark.parametrize("value", [INTEGER_MAX, -INTEGER_MAX, 0])
def test_integers_of_53_bits_are_kept(value: int) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize("key", ["信", "é", "\x80", "\u2028", 1, None, True, b"a", ("a",), 1.0])
def test_a_key_that_is_not_ascii_text_is_refused(key: Any) -> None:
    refused({key: 1})
    refused([{"a": {key: 1}}])


@pytest.mark.parametrize(
    "value",
    [
        "\ud800",
        "a\udfffb",
        b"bytes",
        (1, 2),
        {1},
        object(),
        Colour.RED,
        Name("a"),
        {Name("a"): 1},
        [Name("a")],
        Point(1),
        decimal.Decimal(1),
        datetime.date(2026, 1, 1),
        bytearray(b"a"),
    ],
)
def test_a_value_json_does_not_have_is_refused_and_never_guessed_at(value: object) -> None:
    refused(value)


def test_a_refusal_says_what_kind_of_value_it_was_and_never_the_value() -> None:
    assert "310101199001011234" not in str(refused({"code": 310101199001011234}))
    assert "secret" not in str(refused({"code": [b"secret"]}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"nul",
        b"{",
        b'{"a":1',
        b"[1,]",
        b'{"a":1}\n',
        b' {"a":1}',
        b'{"a": 1}',
        b'{"a":1}{"a":1}',
        b'{"a":1}\x00',
        b"\xef\xbb\xbf{}",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":{"x":1,"x":1}}',
        b"1.0",
        b"1e2",
        b"-0",
        b"01",
        b"+1",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"18446744073709551616",
        b"-9223372036854775809",
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000A"',
        b'"\\u000a"',
        b'"\\u4fe1"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'"\xc0\xaf"',
        b'"\x01"',
        b'"\t"',
        b'"a',
        b"'a'",
        '{"信":1}'.encode(),
        b"// note\n1",
        b"undefined",
        b"True",
    ],
)
def test_bytes_that_encode_would_not_write_are_refused(data: bytes) -> None:
    refused_bytes(data)


@pytest.mark.parametrize("depth", [255, 500, 1000, 1020, 1024, 1025, 100_000])
@pytest.mark.parametrize(("left", "right"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_bytes_nested_without_end_are_refused_like_any_others(
    depth: int, left: bytes, right: bytes
) -> None:
    refused_bytes(left * depth + b"1" + right * depth)
    refused_bytes(left * depth)


@pytest.mark.parametrize("depth", [255, 500, 1000, 5000])
def test_a_value_nested_without_end_is_refused_like_any_other(depth: int) -> None:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    refused(value)
    value = {}
    for _ in range(depth):
        value = {"a": value}
    refused(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    ring: list[Any] = []
    ring.append(ring)
    refused(ring)


def test_what_a_record_nests_is_far_from_the_limit() -> None:
    value: Any = 1
    for _ in range(100):
        value = {"a": [value]}
    assert canonical.decode(canonical.encode(value)) == value


def test_the_quick_ways_write_and_read_the_same() -> None:
    value = {"b": [1, "信"], "a": None}
    assert canonical.encode_own(value) == canonical.encode(value)
    assert canonical.decode_own(canonical.encode(value)) == value
