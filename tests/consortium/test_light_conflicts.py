from __future__ import annotations

from dataclasses import replace

import pytest

from tallystick.consortium.commits import (
    TOO_LITTLE_POWER,
    TOO_LITTLE_TRUSTED_POWER,
)
from tallystick.consortium.headers import BlockID
from tallystick.consortium.light import (
    Frozen,
    app_hash_after,
    check_app_state,
    expires_soon,
    misbehaviour,
    read_trust,
    update,
    write_trust,
)
from tallystick.consortium.light_reasons import (
    CONFLICTING,
    FROM_FUTURE,
    FROZEN_TRUST,
    NO_CONFLICT,
    NOT_HEADER_AFTER,
    NOT_HIGHER,
    NOT_NEXT_VALIDATORS,
    OTHER_CHAIN,
    OTHER_HEADER,
    OTHER_STATE,
    TRUST_EXPIRED,
)
from tallystick.consortium.wire import NANOS

from .chains import (
    BASE,
    NOW,
    block,
    header,
    only,
    refused,
    trusted,
)

TRUST = trusted()


def test_another_header_of_the_trusted_height_is_a_conflict() -> None:
    other = block(BASE, app_hash=b"other")
    refused(CONFLICTING, update, TRUST, other, NOW)
    refused(TOO_LITTLE_POWER, update, TRUST, block(BASE, flags=only(1, 2), app_hash=b""), NOW)
    found = misbehaviour(TRUST, block(BASE), other, NOW)
    assert found.frozen == Frozen(BASE, *sorted((block(BASE).header.hash(), other.header.hash())))
    assert found == misbehaviour(TRUST, other, block(BASE), NOW)
    assert replace(found, frozen=None) == TRUST


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
def test_two_headers_of_one_height_freeze(height: int) -> None:
    found = misbehaviour(TRUST, block(height), block(height, app_hash=b"other"), NOW)
    assert found.frozen is not None
    assert found.frozen.height == height


def test_a_higher_header_that_is_not_later_freezes() -> None:
    low = block(BASE + 5)
    for time in (low.header.time, low.header.time - 1):
        high = block(BASE + 7, time=time)
        assert misbehaviour(TRUST, high, low, NOW).frozen == Frozen(
            BASE + 7, low.header.hash(), high.header.hash()
        )
    refused(NO_CONFLICT, misbehaviour, TRUST, low, block(BASE + 7), NOW)


def test_a_header_that_does_not_follow_the_one_below_freezes() -> None:
    low = block(BASE + 5)
    follows = block(BASE + 6, last_block_id=low.commit.block_id)
    refused(NO_CONFLICT, misbehaviour, TRUST, low, follows, NOW)
    astray = block(BASE + 6, last_block_id=BlockID(bytes(32), 1, bytes(32)))
    assert misbehaviour(TRUST, low, astray, NOW).frozen is not None


def test_trusted_validators_who_sign_a_made_up_set_freeze() -> None:
    lunatic = block(BASE + 1, {1: 1, 3: 1, 9: 30})  # not those named for this height
    refused(NOT_NEXT_VALIDATORS, update, TRUST, lunatic, NOW)
    assert misbehaviour(TRUST, block(BASE + 1), lunatic, NOW).frozen is not None
    strangers = block(BASE + 1, {1: 1, 9: 30})
    refused(TOO_LITTLE_TRUSTED_POWER, misbehaviour, TRUST, block(BASE + 1), strangers, NOW)


def test_one_header_twice_is_no_conflict() -> None:
    for height in (BASE, BASE + 5):
        refused(NO_CONFLICT, misbehaviour, TRUST, block(height), block(height), NOW)
    less = block(BASE + 5, flags=only(1, 2, 3))
    refused(NO_CONFLICT, misbehaviour, TRUST, block(BASE + 5), less, NOW)


def test_nobody_freezes_without_the_power_to() -> None:
    made, height = block(BASE + 5), BASE + 5
    forged = block(height, flags=only(1, 2), app_hash=b"other")
    for pair in ((made, forged), (forged, made)):
        refused(TOO_LITTLE_POWER, misbehaviour, TRUST, *pair, NOW)
    elsewhere = block(height, chain_id="made-2")
    refused(OTHER_CHAIN, misbehaviour, TRUST, made, elsewhere, NOW)
    refused(
        NOT_HIGHER, misbehaviour, TRUST, block(BASE - 1), block(BASE - 1, app_hash=b"other"), NOW
    )
    other = block(height, app_hash=b"other")
    refused(TRUST_EXPIRED, misbehaviour, TRUST, made, other, TRUST.expires_at)
    # The header that is trusted needs no votes beside it; one of its height that is not does.
    bare = block(BASE, flags=only(1))
    refused(
        TOO_LITTLE_POWER, misbehaviour, TRUST, bare, block(BASE, app_hash=b"", flags=only(1)), NOW
    )
    assert misbehaviour(TRUST, bare, block(BASE, app_hash=b""), NOW).frozen is not None


def test_a_conflict_in_the_future_freezes_all_the_same() -> None:
    ahead = TRUST.time + 1
    refused(FROM_FUTURE, update, TRUST, block(BASE + 5), ahead)
    pair = block(BASE + 5), block(BASE + 5, app_hash=b"other")
    assert misbehaviour(TRUST, *pair, ahead).frozen is not None


def test_frozen_it_refuses_everything() -> None:
    pair = block(BASE + 5), block(BASE + 5, app_hash=b"other")
    frozen = misbehaviour(TRUST, *pair, NOW)
    assert read_trust(write_trust(frozen)) == frozen
    refused(FROZEN_TRUST, update, frozen, block(BASE + 6), NOW)
    refused(FROZEN_TRUST, misbehaviour, frozen, *pair, NOW)
    made = block(BASE).header
    refused(FROZEN_TRUST, check_app_state, frozen, made, BASE - 1, made.app_hash)


# -- age and state -------------------------------------------------------------------------------


def test_trust_is_to_be_renewed_from_two_thirds_of_its_period() -> None:
    trust = replace(TRUST, trusting_period_s=100)
    at = trust.time + 100 * NANOS * 2 // 3 + 1  # the first whole nanosecond from two thirds
    assert not expires_soon(trust, at - 1)
    assert expires_soon(trust, at)
    assert expires_soon(trust, trust.expires_at)
    whole = replace(TRUST, trusting_period_s=3)
    assert expires_soon(whole, whole.time + 2 * NANOS)
    assert not expires_soon(whole, whole.time + 2 * NANOS - 1)


def test_the_state_after_a_height_stands_in_the_header_above() -> None:
    made = block(BASE).header
    assert app_hash_after(BASE - 1, made) == made.app_hash
    for height in (BASE, BASE - 2, BASE + 1):
        refused(NOT_HEADER_AFTER, app_hash_after, height, made)
        refused(NOT_HEADER_AFTER, check_app_state, TRUST, made, height, made.app_hash)
    check_app_state(TRUST, made, BASE - 1, made.app_hash)
    refused(OTHER_STATE, check_app_state, TRUST, made, BASE - 1, bytes(32))
    refused(OTHER_STATE, check_app_state, TRUST, made, BASE - 1, b"")
    other = header(BASE, app_hash=b"other")
    refused(OTHER_HEADER, check_app_state, TRUST, other, BASE - 1, b"other")
