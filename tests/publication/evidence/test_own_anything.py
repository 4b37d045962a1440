"""Anything at all: what nobody thought of must not divide the two verifiers either."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.publication.evidence.own_ledger import (
    NOW,
    OFFICER,
    WITNESSES,
    Plan,
    policy_of,
    receipt_of,
)

if TYPE_CHECKING:
    from types import ModuleType

from tests.publication.evidence.own_acts import ACTS
from tests.publication.evidence.own_checks import HONEST, TRUST, agreed

# -- anything at all ------------------------------------------------------------------------------

PLANS = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from([1, 2]),
        "before": st.integers(0, 9),
        "after": st.integers(1, 4),
        "count": st.integers(3, 9),
        "header": st.dictionaries(st.sampled_from(["count", "sealed"]), st.integers(0, 6)),
        "told_position": st.integers(-1, 9),
        "told_index": st.integers(0, 12),
        "size": st.integers(0, 12),
        "cosigned": st.lists(
            st.tuples(st.sampled_from(WITNESSES), st.integers(NOW - 9000, NOW + 400)), max_size=4
        ).map(tuple),
        "ended": st.integers(0, 5),
        "others": st.integers(0, 9),
        "entry": st.dictionaries(st.sampled_from(["covered", "as_of"]), st.integers(0, 9)),
        "proof": st.binary(max_size=80),
        "has_status": st.booleans(),
        "body": st.one_of(st.none(), st.sampled_from([body for body, _ in ACTS.values()])),
        "batch_path": st.lists(st.binary(min_size=32, max_size=32), max_size=3),
        "document": st.dictionaries(
            st.sampled_from(["salt", "body", "status", "commitment", "batch", "log_proof", "x"]),
            st.recursive(
                st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.text(max_size=5)
                | st.floats(),
                lambda inner: st.lists(inner, max_size=2)
                | st.dictionaries(st.text(max_size=4), inner, max_size=2),
                max_leaves=4,
            ),
            max_size=1,
        ),
    },
)  # fmt: skip
ENDS = st.lists(
    st.builds(
        "#tally until {} {} {} {}".format,
        st.integers(0, 6),
        st.sampled_from(["retired", "compromised"]),
        *(st.just(word) for word in ("officer", OFFICER.text)),
    ),
    max_size=1,
)


@settings(
    max_examples=400, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(PLANS, st.sampled_from(["none", "two", "a"]), ENDS, st.sampled_from([None, 60, 3600, 10**6]))
def test_nothing_divides_the_two(
    checker: ModuleType, changes: dict[str, Any], quorum: str, ends: list[str], age: int | None
) -> None:
    try:
        data = receipt_of(HONEST.but(**changes))
    except UnicodeEncodeError:
        return  # a lone surrogate is in no file
    agreed(checker, data, policy_of(*ends, quorum=quorum), age)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([Plan(body=body) for body, valid in ACTS.values() if valid]),
    st.integers(0, 10**6),
    st.sampled_from(["flip", "cut", "double", "swap"]),
)
def test_no_byte_divides_the_two(checker: ModuleType, plan: Plan, place: int, how: str) -> None:
    data = receipt_of(plan)
    at = place % (len(data) - 1)
    changed = {
        "flip": data[:at] + bytes([data[at] ^ 1 << place % 8]) + data[at + 1 :],
        "cut": data[:at] + data[at + 1 :],
        "double": data[:at] + data[at : at + 1] + data[at:],
        "swap": data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :],
    }[how]
    if changed != data:
        assert not agreed(checker, changed, TRUST)


def test_every_byte_of_a_small_receipt(checker: ModuleType) -> None:
    """Each changed in its lowest bit, left out, and doubled; none leaves a valid receipt."""
    data = receipt_of(HONEST.but(count=1, position=0, before=0, after=1, others=1, body=None))
    for at in range(len(data)):
        for changed in (
            data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
            data[:at] + data[at + 1 :],
            data[: at + 1] + data[at:],
        ):
            assert not agreed(checker, changed, TRUST), at


def test_base64_has_one_encoding(checker: ModuleType) -> None:
    """The bits that base64 leaves over, and padding left out or doubled, in every such field."""
    text = receipt_of(HONEST).decode()
    body, changed_some = text, 0
    for end in range(1, len(body)):
        letter = body[end - 1]
        if body[end] != "=" or letter == "=":
            continue
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        other = letters[letters.index(letter) ^ 1]
        changed = body[: end - 1] + other + body[end:]
        assert base64.b64decode("AA" + letter + "=") == base64.b64decode("AA" + other + "=")
        for one in (changed, body[:end] + body[end + 1 :], body[:end] + "=" + body[end:]):
            assert not agreed(checker, one.encode(), TRUST)
        changed_some += 1
    assert changed_some > 4
