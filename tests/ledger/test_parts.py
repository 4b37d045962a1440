from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.ledger import BAD_RECEIPT
from tallystick.ledger.parts import digest, from_text, steps, to_text

WRONG: list[Any] = [None, 0, True, [], {}, b"\x00" * 31, b"\x00" * 33, "0" * 32, [bytes(32)]]


def refused(read: Any, value: Any) -> None:
    with pytest.raises(TallyError) as refusal:
        read(value)
    assert refusal.value.reason is BAD_RECEIPT


@given(st.binary(max_size=100))
def test_bytes_have_one_text(data: bytes) -> None:
    assert from_text(to_text(data)) == data


@pytest.mark.parametrize(
    "text", ["A", "AA", "AB==", "AA==\n", " AA==", "AA=", "A-A=", "AAAA====", "信"]
)
def test_another_text_of_the_same_bytes_is_refused(text: str) -> None:
    refused(from_text, text)


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_what_is_no_digest_no_path_and_no_text_is_refused(value: Any) -> None:
    refused(digest, value)
    refused(steps, value)
    if not isinstance(value, str):
        refused(from_text, value)


def test_a_path_is_cut_into_its_steps() -> None:
    assert steps(b"") == []
    assert steps(b"a" * 32 + b"b" * 32) == [b"a" * 32, b"b" * 32]
