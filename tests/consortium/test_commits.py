from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.consortium.commits import (
    ABSENT,
    BAD_TRUST_LEVEL,
    DOUBLE_VOTE,
    FALSE_VOTE,
    FOR_BLOCK,
    FOR_NIL,
    MISPLACED_VOTE,
    ONE_THIRD,
    OTHER_BLOCK,
    OTHER_HEIGHT,
    OTHER_SIZE,
    OTHER_VALIDATORS,
    ROUND_MAX,
    TOO_LITTLE_POWER,
    TOO_LITTLE_TRUSTED_POWER,
    Commit,
    TrustLevel,
    Vote,
    check_commit,
    check_commit_trusting,
    read_commit,
    write_commit,
)
from tallystick.consortium.headers import TOTAL_POWER_MAX, BlockID, Validator, ValidatorSet
from tallystick.consortium.wire import BAD_CHAIN_DATA, TIME_END
from tallystick.kernel.errors import TallyError

from .chains import (
    CHAIN,
    POWERS,
    REAL_CHAIN,
    REAL_HEIGHTS,
    block,
    commit,
    header,
    only,
    real,
    refused,
    set_of,
    signed,
)

MODEST = settings(max_examples=80, deadline=None)
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def with_vote(made: Commit, place: int, **changes: object) -> Commit:
    votes = list(made.votes)
    votes[place] = replace(votes[place], **changes)  # type: ignore[arg-type]
    return replace(made, votes=tuple(votes))


# -- real commits --------------------------------------------------------------------------------


@pytest.mark.parametrize("height", REAL_HEIGHTS)
def test_the_commits_of_a_real_chain_hold(height: int) -> None:
    made = real(height)
    check_commit(*made)
    check_commit_trusting(REAL_CHAIN, made.commit, real(1).validators)


def test_all_signatures_of_the_real_chain_hold_and_one_vote_is_absent() -> None:
    absent = 0
    for height in REAL_HEIGHTS:
        _, made, validators = real(height)
        for vote, validator in zip(made.votes, validators.validators, strict=True):
            absent += vote.flag == ABSENT
            if vote.flag == FOR_BLOCK:
                validator.check(made.sign_bytes(REAL_CHAIN, vote), vote.signature)
    assert absent == 4


@MODEST
@given(height=st.sampled_from(REAL_HEIGHTS), at=st.integers(0), bit=st.integers(0, 7))
def test_any_changed_byte_of_what_is_signed_is_found(height: int, at: int, bit: int) -> None:
    _, made, validators = real(height)
    vote, validator = made.votes[0], validators.validators[0]
    for part in (made.sign_bytes(REAL_CHAIN, vote), vote.signature):
        other = bytearray(part)
        other[at % len(part)] ^= 1 << bit
        message, signature = (
            (bytes(other), vote.signature)
            if part is not vote.signature
            else (made.sign_bytes(REAL_CHAIN, vote), bytes(other))
        )
        with pytest.raises(TallyError):
            validator.check(message, signature)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    "change", ["height", "round", "hash", "parts_total", "parts_hash", "time", "chain"]
)
def test_every_part_of_a_vote_is_signed(change: str, place: int) -> None:
    _, made, validators = real(4)
    vote, chain = made.votes[place], REAL_CHAIN
    if change in {"height", "round"}:
        made = replace(made, **{change: getattr(made, change) + 1})
    elif change == "time":
        vote = replace(vote, time=vote.time + 1)
    elif change == "chain":
        chain = "vectors-2"
    else:
        part = getattr(made.block_id, change)
        other: Any = part + 1 if isinstance(part, int) else part[:-1] + bytes([part[-1] ^ 1])
        made = replace(made, block_id=made.block_id._replace(**{change: other}))
    with pytest.raises(TallyError):
        validators.validators[place].check(made.sign_bytes(chain, vote), vote.signature)


# -- two thirds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signers", [(1, 2, 3), (1, 2, 4), (1, 2, 3, 4)], ids=lambda signers: str(len(signers))
)
def test_more_than_two_thirds_suffice(signers: tuple[int, ...]) -> None:
    check_commit(*block(3, flags=only(*signers)))


@pytest.mark.parametrize("signers", [(1, 2), (1, 3, 4), (2, 3, 4), (1,), (3,), ()])
def test_exactly_two_thirds_or_less_do_not(signers: tuple[int, ...]) -> None:
    refused(TOO_LITTLE_POWER, check_commit, *block(3, flags=only(*signers)))


def test_votes_for_nil_do_not_count_though_they_hold() -> None:
    flags = {3: FOR_NIL, 4: FOR_NIL}
    made, votes, validators = block(3, flags=flags)
    for vote, validator in zip(votes.votes, validators.validators, strict=True):
        validator.check(votes.sign_bytes(CHAIN, vote), vote.signature)
    refused(TOO_LITTLE_POWER, check_commit, made, votes, validators)
    refused(TOO_LITTLE_POWER, check_commit, *block(3, flags=dict.fromkeys(POWERS, FOR_NIL)))


def test_a_vote_for_nil_relabelled_for_the_block_is_false() -> None:
    made, votes, validators = block(3, flags={1: FOR_NIL})
    place = [vote.flag for vote in votes.votes].index(FOR_NIL)
    refused(FALSE_VOTE, check_commit, made, with_vote(votes, place, flag=FOR_BLOCK), validators)


def test_powers_of_60_bits_are_compared_exactly() -> None:
    third = TOTAL_POWER_MAX // 3
    assert 3 * third == TOTAL_POWER_MAX
    exact = {1: 2 * third, 2: third}
    refused(TOO_LITTLE_POWER, check_commit, *block(3, exact, flags=only(1)))
    check_commit(*block(3, {1: 2 * third + 1, 2: third - 1}, flags=only(1)))
    both = block(3, exact).commit
    refused(
        TOO_LITTLE_TRUSTED_POWER,
        check_commit_trusting,
        CHAIN,
        block(3, exact, flags=only(2)).commit,
        set_of(exact),
    )
    check_commit_trusting(CHAIN, both, set_of(exact))


def test_what_is_not_needed_is_not_looked_at_but_what_is_must_hold() -> None:
    made, votes, validators = block(3)
    last = len(votes.votes) - 1
    check_commit(made, with_vote(votes, last, signature=bytes(64)), validators)
    for place in range(last):
        broken = with_vote(votes, place, signature=bytes(64))
        refused(FALSE_VOTE, check_commit, made, broken, validators)


# -- whose votes, and for what -------------------------------------------------------------------


def test_a_commit_of_another_height_is_refused() -> None:
    made, _, validators = block(3)
    other = commit(made, validators, height=4)
    refused(OTHER_HEIGHT, check_commit, made, other, validators)


def test_a_commit_for_another_block_is_refused() -> None:
    made, _, validators = block(3)
    other = commit(made, validators, block_id=BlockID(bytes(32), 1, bytes(32)))
    refused(OTHER_BLOCK, check_commit, made, other, validators)
    for changed in (header(3, app_hash=b"other"), header(3, time=made.time + 1)):
        refused(OTHER_BLOCK, check_commit, changed, commit(made, validators), validators)


def test_parts_of_another_block_make_the_votes_false() -> None:
    made, votes, validators = block(3)
    other = replace(votes, block_id=votes.block_id._replace(parts_total=2))
    refused(FALSE_VOTE, check_commit, made, other, validators)


def test_votes_signed_for_another_chain_or_round_are_false() -> None:
    made, votes, validators = block(3)
    elsewhere = tuple(
        signed(votes, place, validator, "made-2")
        for place, validator in enumerate(validators.validators)
    )
    refused(FALSE_VOTE, check_commit, made, replace(votes, votes=elsewhere), validators)
    refused(FALSE_VOTE, check_commit, made, replace(votes, round=2), validators)
    refused(FALSE_VOTE, check_commit, made, replace(votes, round=0), validators)


def test_validators_other_than_those_of_the_header_are_refused() -> None:
    made, votes, _ = block(3)
    for powers in ({1: 4, 2: 4, 3: 2, 4: 3}, {1: 4, 2: 4, 3: 2}, {5: 4, 2: 4, 3: 2, 4: 2}):
        refused(OTHER_VALIDATORS, check_commit, made, votes, set_of(powers))
    turned = ValidatorSet(set_of(POWERS).validators[::-1])
    refused(OTHER_VALIDATORS, check_commit, made, votes, turned)


def test_a_commit_has_one_place_for_each_validator() -> None:
    made, votes, validators = block(3)
    for other in (votes.votes[:-1], (*votes.votes, votes.votes[0]), (*votes.votes, Vote(ABSENT))):
        refused(OTHER_SIZE, check_commit, made, replace(votes, votes=other), validators)


def test_a_vote_stands_at_the_place_of_its_validator() -> None:
    made, votes, validators = block(3)
    first, second, *others = votes.votes
    swapped = replace(votes, votes=(second, first, *others))
    refused(MISPLACED_VOTE, check_commit, made, swapped, validators)
    twice = replace(votes, votes=(first, first, *others))
    refused(MISPLACED_VOTE, check_commit, made, twice, validators)


def test_swapped_signatures_are_false() -> None:
    made, votes, validators = block(3)
    first, second = votes.votes[0].signature, votes.votes[1].signature
    swapped = with_vote(with_vote(votes, 0, signature=second), 1, signature=first)
    refused(FALSE_VOTE, check_commit, made, swapped, validators)


def test_signatures_that_are_not_canonical_are_false() -> None:
    made, votes, validators = block(3)
    signature = votes.votes[0].signature
    scalar = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    for other in (
        signature[:32] + scalar.to_bytes(32, "little"),
        bytes([1]) + bytes(63),  # a point of small order
        bytes(64),
    ):
        refused(FALSE_VOTE, check_commit, made, with_vote(votes, 0, signature=other), validators)


def test_a_key_of_small_order_signs_nothing() -> None:
    weak = Validator(bytes([1]) + bytes(31), 5)
    validators = ValidatorSet((weak,))
    made = header(3, validators_hash=validators.hash())
    vote = Vote(FOR_BLOCK, weak.address, made.time, bytes([1]) + bytes(63))
    votes = Commit(3, 0, BlockID(made.hash(), 1, bytes(32)), (vote,))
    refused(FALSE_VOTE, check_commit, made, votes, validators)


@MODEST
@given(place=st.integers(0, 2), at=st.integers(0, 63), bit=st.integers(0, 7))
def test_any_changed_byte_of_a_signature_is_found(place: int, at: int, bit: int) -> None:
    made, votes, validators = block(3)
    signature = bytearray(votes.votes[place].signature)
    signature[at] ^= 1 << bit
    broken = with_vote(votes, place, signature=bytes(signature))
    refused(FALSE_VOTE, check_commit, made, broken, validators)


# -- an older set --------------------------------------------------------------------------------

OLD = set_of(POWERS)  # 12 in all: a third is 4


@pytest.mark.parametrize(
    ("signers", "level"),
    [((1, 3), ONE_THIRD), ((3, 4, 1), TrustLevel(1, 2)), ((1, 2, 3), TrustLevel(2, 3))],
)
def test_more_than_the_trust_level_suffices(signers: tuple[int, ...], level: TrustLevel) -> None:
    later = {**dict.fromkeys(signers, 1), 9: 30}  # in another order, with others, of other powers
    check_commit_trusting(CHAIN, block(8, later).commit, OLD, level)


@pytest.mark.parametrize(
    ("signers", "level"),
    [
        ((1,), ONE_THIRD),
        ((3, 4), ONE_THIRD),
        ((), ONE_THIRD),
        ((1, 3), TrustLevel(1, 2)),
        ((1, 2), TrustLevel(2, 3)),
        ((1, 2, 3, 4), TrustLevel(1, 1)),
    ],
)
def test_exactly_the_trust_level_or_less_does_not(
    signers: tuple[int, ...], level: TrustLevel
) -> None:
    later = {**dict.fromkeys(signers, 1), 9: 30}
    made = block(8, later).commit
    refused(TOO_LITTLE_TRUSTED_POWER, check_commit_trusting, CHAIN, made, OLD, level)


def test_only_votes_for_the_block_count_of_an_older_set() -> None:
    made = block(8, flags={1: FOR_NIL, 2: FOR_NIL}).commit
    refused(TOO_LITTLE_TRUSTED_POWER, check_commit_trusting, CHAIN, made, OLD)
    refused(
        TOO_LITTLE_TRUSTED_POWER, check_commit_trusting, CHAIN, block(8, flags=only()).commit, OLD
    )


def test_nobody_counts_twice() -> None:
    made = block(8, {1: 1, 9: 30}).commit
    one = next(v for v in made.votes if v.address in OLD.by_address)
    for votes in ((one, one), (*made.votes, one), (one, replace(one, flag=FOR_NIL))):
        twice = replace(made, votes=votes)
        refused(DOUBLE_VOTE, check_commit_trusting, CHAIN, twice, OLD)


def test_a_false_vote_of_one_who_is_trusted_is_found() -> None:
    made = block(8)
    for place in range(2):
        broken = with_vote(made.commit, place, signature=bytes(64))
        refused(FALSE_VOTE, check_commit_trusting, CHAIN, broken, OLD)
    refused(FALSE_VOTE, check_commit_trusting, "made-2", made.commit, OLD)


@pytest.mark.parametrize(
    "level",
    [(1, 4), (333, 1000), (0, 1), (4, 3), (1, 0), (-1, -3), (1, -3), (2**53, 2**53), (True, 1)],
)
def test_a_trust_level_is_from_a_third_to_one(level: tuple[int, int]) -> None:
    made = block(8).commit
    refused(BAD_TRUST_LEVEL, check_commit_trusting, CHAIN, made, OLD, TrustLevel(*level))


# -- forms ---------------------------------------------------------------------------------------

ADDRESS = OLD.validators[0].address


@pytest.mark.parametrize(
    ("flag", "address", "time", "signature"),
    [
        (0, ADDRESS, 1, bytes(64)),
        (4, ADDRESS, 1, bytes(64)),
        (ABSENT, ADDRESS, 1, bytes(64)),
        (ABSENT, b"", 0, b""),
        (FOR_BLOCK, b"", 1, bytes(64)),
        (FOR_BLOCK, ADDRESS, -1, bytes(64)),
        (FOR_NIL, ADDRESS, TIME_END, bytes(64)),
        (FOR_BLOCK, ADDRESS, 1, b""),
        (FOR_NIL, ADDRESS, 1, bytes(63)),
        (FOR_BLOCK, ADDRESS, 1, bytes(65)),
    ],
)
def test_no_vote_exists_that_is_not_well_formed(
    flag: int, address: bytes, time: int, signature: bytes
) -> None:
    refused(BAD_CHAIN_DATA, Vote, flag, address, time, signature)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("height", 0),
        ("round", -1),
        ("round", ROUND_MAX + 1),
        ("block_id", BlockID()),
        ("block_id", BlockID(bytes(32), 0, bytes(32))),
        ("block_id", BlockID(bytes(32), 1, b"")),
        ("block_id", BlockID(b"", 1, bytes(32))),
        ("votes", ()),
        ("votes", (Vote(ABSENT),) * 10_001),
    ],
)
def test_no_commit_exists_that_is_not_well_formed(name: str, value: object) -> None:
    refused(BAD_CHAIN_DATA, replace, block(3).commit, **{name: value})


@pytest.mark.parametrize("height", [1, 9])
def test_what_is_written_is_read(height: int) -> None:
    made = real(height).commit
    assert read_commit(write_commit(made)) == made
    refused(BAD_CHAIN_DATA, read_commit, write_commit(made).replace(b'"round":0', b'"round":"0"'))


@MODEST
@given(data=st.data())
def test_no_changed_byte_of_the_form_is_read_as_the_same(data: st.DataObject) -> None:
    written = write_commit(real(9).commit)
    at, byte = data.draw(st.integers(0, len(written) - 1)), data.draw(st.integers(0, 255))
    other = written[:at] + bytes([byte]) + written[at + 1 :]
    try:
        found = read_commit(other)
    except TallyError:
        return
    assert (found == real(9).commit) is (other == written)
