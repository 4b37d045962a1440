from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.consortium.commits import (
    BAD_TRUST_LEVEL,
    FALSE_VOTE,
    OTHER_BLOCK,
    OTHER_VALIDATORS,
    TOO_LITTLE_POWER,
    TOO_LITTLE_TRUSTED_POWER,
    TrustLevel,
)
from tallystick.consortium.headers import BAD_VALIDATORS, BlockID, Header
from tallystick.consortium.light import (
    CLOCK_DRIFT_S,
    ChainTrust,
    LightBlock,
    app_hash_after,
    check_app_state,
    read_light_block,
    read_trust,
    start,
    update,
    write_light_block,
    write_trust,
)
from tallystick.consortium.light_reasons import (
    FROM_FUTURE,
    NOT_HIGHER,
    NOT_LATER,
    NOT_NEXT_VALIDATORS,
    OTHER_CHAIN,
    OTHER_HEADER,
    TRUST_EXPIRED,
)
from tallystick.consortium.wire import BAD_CHAIN_DATA, NANOS
from tallystick.kernel import canonical
from tallystick.kernel.canonical import NOT_CANONICAL
from tallystick.kernel.errors import TallyError

from .chains import (
    BASE,
    CHAIN,
    NOW,
    PERIOD_S,
    POWERS,
    REAL_CHAIN,
    REAL_HEIGHTS,
    block,
    commit,
    header,
    only,
    real,
    refused,
    trusted,
)

MODEST = settings(max_examples=80, deadline=None)
TRUST = trusted()


# -- a real chain --------------------------------------------------------------------------------


def real_trust(height: int = 1) -> ChainTrust:
    made = real(height)
    now = real(12).header.time
    return start(REAL_CHAIN, made.header.hash(), made, now, trusting_period_s=PERIOD_S)


def test_a_real_chain_is_followed_step_by_step_and_by_any_leap() -> None:
    now = real(12).header.time
    trust = real_trust()
    for height in REAL_HEIGHTS[1:]:
        trust = update(trust, real(height), now)
    for first in REAL_HEIGHTS[:-1]:
        assert update(real_trust(first), real(12), now) == trust
    assert trust.height == 12
    assert trust.header_hash == real(12).commit.block_id.hash
    assert trust.validators == real(12).validators


def test_the_state_of_a_real_chain_is_that_of_the_header_above() -> None:
    # The key-value store hashes to its number of transactions: one at height 3, of which height 4
    # tells first; each change of a validator is one more.
    trust = update(real_trust(), real(12), real(12).header.time)
    check_app_state(trust, real(12).header, 11, app_hash_after(11, real(12).header))
    assert app_hash_after(1, real(2).header) == bytes(8)
    assert app_hash_after(11, real(12).header) != bytes(8)


# -- start ---------------------------------------------------------------------------------------


def test_a_start_takes_the_terms_and_the_header() -> None:
    made = block(BASE).header
    assert TRUST.header_hash == made.hash()
    assert TRUST.next_validators_hash == made.next_validators_hash
    assert (TRUST.height, TRUST.time) == (BASE, made.time)
    assert TRUST.clock_drift_s == CLOCK_DRIFT_S
    assert TRUST.trust_level == (1, 3)
    assert TRUST.frozen is None


def start_with(made: LightBlock, now: int = NOW, **named: Any) -> ChainTrust:
    given_hash = named.pop("header_hash", made.header.hash())
    chain_id = named.pop("chain_id", CHAIN)
    return start(chain_id, given_hash, made, now, **{"trusting_period_s": PERIOD_S, **named})


def test_a_start_needs_the_header_that_was_told_of_and_votes_for_it() -> None:
    made = block(BASE)
    refused(OTHER_HEADER, start_with, made, header_hash=bytes(32))
    refused(BAD_CHAIN_DATA, start_with, made, header_hash=b"")
    refused(OTHER_CHAIN, start_with, made, chain_id="made-2")
    refused(TOO_LITTLE_POWER, start_with, block(BASE, flags=only(1, 2)))
    refused(OTHER_BLOCK, start_with, made._replace(commit=block(BASE, app_hash=b"").commit))
    refused(OTHER_VALIDATORS, start_with, made._replace(validators=block(BASE, {1: 1}).validators))


def test_a_start_is_within_the_period_and_not_from_the_future() -> None:
    made = block(BASE)
    end = made.header.time + PERIOD_S * NANOS
    assert start_with(made, end - 1).height == BASE
    refused(TRUST_EXPIRED, start_with, made, end)
    early = made.header.time - CLOCK_DRIFT_S * NANOS
    assert start_with(made, early + 1).height == BASE
    refused(FROM_FUTURE, start_with, made, early)


def test_a_start_has_terms_that_mean_something() -> None:
    made = block(BASE)
    refused(BAD_CHAIN_DATA, start_with, made, trusting_period_s=0)
    refused(BAD_CHAIN_DATA, start_with, made, trusting_period_s=10**11)
    refused(BAD_CHAIN_DATA, start_with, made, clock_drift_s=-1)
    refused(BAD_TRUST_LEVEL, start_with, made, trust_level=TrustLevel(1, 4))


# -- update --------------------------------------------------------------------------------------


@pytest.mark.parametrize("height", [BASE + 1, BASE + 2, 500])
def test_trust_moves_on_and_keeps_its_terms(height: int) -> None:
    made = block(height)
    found = update(TRUST, made, NOW)
    assert found.header_hash == made.header.hash()
    assert (found.height, found.time) == (height, made.header.time)
    assert found.validators == made.validators
    assert replace(
        found,
        height=TRUST.height,
        time=TRUST.time,
        header_hash=TRUST.header_hash,
    ) == TRUST  # fmt: skip


@pytest.mark.parametrize("height", [BASE - 1, BASE])
def test_a_header_that_is_not_higher_is_refused(height: int) -> None:
    refused(NOT_HIGHER, update, TRUST, block(height), NOW)


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
@pytest.mark.parametrize("later", [0, -1])
def test_a_header_that_is_not_later_is_refused(height: int, later: int) -> None:
    refused(NOT_LATER, update, TRUST, block(height, time=TRUST.time + later), NOW)
    update(TRUST, block(height, time=TRUST.time + 1), NOW)


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
def test_a_header_of_another_chain_is_refused(height: int) -> None:
    refused(OTHER_CHAIN, update, TRUST, block(height, chain_id="made-2"), NOW)


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
def test_trust_ends_with_its_period(height: int) -> None:
    made = block(height)
    end = TRUST.time + PERIOD_S * NANOS
    assert TRUST.expires_at == end
    update(TRUST, made, end - 1)
    refused(TRUST_EXPIRED, update, TRUST, made, end)
    refused(TRUST_EXPIRED, update, TRUST, made, end + 1)


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
def test_a_header_from_the_future_is_refused_at_the_drift_limit(height: int) -> None:
    made = block(height)
    limit = made.header.time - CLOCK_DRIFT_S * NANOS
    refused(FROM_FUTURE, update, TRUST, made, limit)
    update(TRUST, made, limit + 1)


def test_the_next_height_has_the_validators_that_were_named_for_it() -> None:
    trust = trusted(following={5: 3, 6: 3, 7: 3, 8: 3})
    others = {5: 3, 6: 3, 7: 3, 8: 4}
    refused(NOT_NEXT_VALIDATORS, update, trust, block(BASE + 1, others), NOW)
    refused(NOT_NEXT_VALIDATORS, update, trust, block(BASE + 1), NOW)  # though all are trusted
    # Named, they need no vote of those before them.
    found = update(trust, block(BASE + 1, {5: 3, 6: 3, 7: 3, 8: 3}), NOW)
    assert len(found.validators.validators) == 4


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
@pytest.mark.parametrize("signers", [(1, 2), (1, 3, 4), (1,)])
def test_two_thirds_of_the_new_validators_or_less_are_too_few(
    height: int, signers: tuple[int, ...]
) -> None:
    made = block(height, flags=only(*signers))
    reason = TOO_LITTLE_TRUSTED_POWER if (height, signers) == (BASE + 5, (1,)) else TOO_LITTLE_POWER
    refused(reason, update, TRUST, made, NOW)


def test_a_leap_needs_more_than_the_trust_level_of_those_trusted() -> None:
    exactly = block(BASE + 5, {1: 1, 9: 30})  # a third of the trusted power, most of its own
    above = block(BASE + 5, {1: 1, 3: 1, 9: 30})
    refused(TOO_LITTLE_TRUSTED_POWER, update, TRUST, exactly, NOW)
    assert update(TRUST, above, NOW).height == BASE + 5
    half = trusted(level=TrustLevel(1, 2))
    refused(TOO_LITTLE_TRUSTED_POWER, update, half, above, NOW)
    strangers = block(BASE + 5, {9: 30, 10: 1})
    refused(TOO_LITTLE_TRUSTED_POWER, update, TRUST, strangers, NOW)


def test_a_leap_needs_the_new_validators_too() -> None:
    few = block(BASE + 5, {1: 4, 2: 4, 9: 4}, flags={9: 1})
    refused(TOO_LITTLE_POWER, update, TRUST, few, NOW)
    made = block(BASE + 5, {1: 4, 2: 4, 9: 4})
    stated = made._replace(validators=block(BASE + 5, {1: 4, 2: 4, 9: 1}).validators)
    refused(OTHER_VALIDATORS, update, TRUST, stated, NOW)


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
def test_votes_for_another_header_do_not_carry_this_one(height: int) -> None:
    made = block(height)
    for changed in (header(height, app_hash=b"other"), header(height, time=made.header.time + 1)):
        refused(OTHER_BLOCK, update, TRUST, made._replace(header=changed), NOW)


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
def test_a_false_vote_that_is_looked_at_is_refused(height: int) -> None:
    made = block(height)
    first = replace(made.commit.votes[0], signature=made.commit.votes[1].signature)
    votes = replace(made.commit, votes=(first, *made.commit.votes[1:]))
    refused(FALSE_VOTE, update, TRUST, made._replace(commit=votes), NOW)


@pytest.mark.parametrize(
    "name",
    [name for name in Header.__dataclass_fields__ if name not in {"version_block", "height"}],
)
@pytest.mark.parametrize("height", [2, 12])
def test_no_field_of_a_real_header_can_be_changed(name: str, height: int) -> None:
    made = real(height)
    value = getattr(made.header, name)
    other: Any
    if isinstance(value, BlockID):
        other = value._replace(hash=bytes(32))
    elif isinstance(value, int):
        other = value + 1
    elif isinstance(value, str):
        other = "vectors-2"
    else:
        other = bytes([value[0] ^ 1]) + value[1:]
    changed = made._replace(header=replace(made.header, **{name: other}))
    with pytest.raises(TallyError):
        update(real_trust(), changed, real(12).header.time)


WRITTEN = write_light_block(real(7))


@MODEST
@given(at=st.integers(0, len(WRITTEN) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_of_a_real_block_leads_elsewhere(at: int, byte: int) -> None:
    now = real(12).header.time
    data = WRITTEN[:at] + bytes([byte]) + WRITTEN[at + 1 :]
    try:
        found = update(real_trust(3), read_light_block(data), now)
    except TallyError:
        return
    # A vote that is not needed may be changed; what is trusted then is the same.
    assert found == update(real_trust(3), real(7), now)


# -- the document --------------------------------------------------------------------------------

DOCUMENT = json.loads(write_trust(TRUST))


def test_what_is_written_is_read() -> None:
    assert read_trust(write_trust(TRUST)) == TRUST
    assert DOCUMENT["frozen"] is None
    assert DOCUMENT["trust_level"] == {"numerator": 1, "denominator": 3}
    refused(NOT_CANONICAL, read_trust, write_trust(TRUST) + b"\n")
    refused(NOT_CANONICAL, read_trust, json.dumps(DOCUMENT).encode())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", 2),
        ("chain_id", ""),
        ("height", 0),
        ("height", "10"),
        ("time", [-1, 0]),
        ("time", 5),
        ("header_hash", ""),
        ("header_hash", "00" * 31),
        ("header_hash", "AA" * 32),
        ("next_validators_hash", "00"),
        ("trusting_period_s", 0),
        ("trusting_period_s", True),
        ("clock_drift_s", -1),
        ("trust_level", {"numerator": 1}),
        ("trust_level", None),
        ("validators", {}),
        ("validators", [{}]),
        ("frozen", {}),
        ("frozen", False),
        ("frozen", {"height": 0, "first": "00" * 32, "second": "11" * 32}),
        ("frozen", {"height": 1, "first": "00" * 32, "second": "00" * 32}),
        ("frozen", {"height": 1, "first": "00" * 31, "second": "11" * 32}),
        ("frozen", {"height": 1, "first": "00" * 32, "second": ""}),
        ("more", 1),
    ],
)
def test_a_document_of_another_form_is_refused(key: str, value: object) -> None:
    refused(BAD_CHAIN_DATA, read_trust, canonical.encode({**DOCUMENT, key: value}))


@pytest.mark.parametrize("key", DOCUMENT)
def test_no_field_of_the_document_may_be_missing(key: str) -> None:
    rest = {name: value for name, value in DOCUMENT.items() if name != key}
    refused(BAD_CHAIN_DATA, read_trust, canonical.encode(rest))


def test_terms_and_validators_are_checked_when_read() -> None:
    level = {**DOCUMENT, "trust_level": {"numerator": 1, "denominator": 4}}
    refused(BAD_TRUST_LEVEL, read_trust, canonical.encode(level))
    twice = {**DOCUMENT, "validators": DOCUMENT["validators"][:1] * 2}
    refused(BAD_VALIDATORS, read_trust, canonical.encode(twice))


def test_a_made_chain_is_signed_as_its_keys_say() -> None:
    made = header(BASE)
    assert commit(made, block(BASE).validators) == block(BASE).commit
    assert sum(POWERS.values()) == 12
