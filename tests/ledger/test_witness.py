from __future__ import annotations

import base64
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import NOT_CONSISTENT, consistency_path, leaf_hash, root_of
from tallystick.kernel.notes import Checkpoint, write_checkpoint
from tallystick.kernel.signing import CosignerKey, SigningKey
from tallystick.ledger.witness import (
    ANOTHER_SIZE,
    BACK_DATED,
    BAD_REQUEST,
    CLOCKS_APART_S_MAX,
    DATED_AHEAD,
    FORK,
    NOT_SIGNED_BY_LOG,
    PROOF_LINES_MAX,
    REQUEST_BYTES_MAX,
    STATUS_OF,
    UNKNOWN_LOG,
    Claim,
    Cosigned,
    Seen,
    Submission,
    check_dates,
    check_log,
    check_submission,
    read_submission,
    write_submission,
)

ORIGIN = "example.org/log"
LOG, LATER = (SigningKey(ORIGIN, bytes([n]) * 32) for n in (1, 2))
WITNESS = CosignerKey("witness.example/w1", bytes([9]) * 32)
LEAVES = [leaf_hash(bytes([n])) for n in range(40)]


def node(height: int, index: int) -> bytes:
    return root_of(LEAVES[index << height : (index + 1) << height])


def checkpoint(size: int) -> Checkpoint:
    return write_checkpoint(ORIGIN, size, root_of(LEAVES[:size]), [LOG])


def submission(old: int, new: int) -> Submission:
    return Submission(old, consistency_path(old, new, node), checkpoint(new))


def seen(size: int) -> Seen:
    return Seen(size, root_of(LEAVES[:size]))


def refused(one: Submission, before: Seen, reason: Reason, status: int) -> TallyError:
    with pytest.raises(TallyError) as refusal:
        check_submission(one, before)
    assert refusal.value.reason is reason
    assert STATUS_OF[refusal.value.code] == status
    return refusal.value


# -- the form of a request ------------------------------------------------------------------------

GOOD = write_submission(submission(7, 12))


def test_a_request_is_written_as_the_form_says() -> None:
    lines = GOOD.decode().split("\n")
    path = consistency_path(7, 12, node)
    assert lines[0] == "old 7"
    assert lines[1 : 1 + len(path)] == [base64.b64encode(step).decode() for step in path]
    assert "\n".join(lines[1 + len(path) :]) == "\n" + checkpoint(12).text()


def test_the_published_example_of_a_request_is_read() -> None:
    text = (
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        "\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u"
        "5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "\u2014 example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wk"
        "s+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n"
    )
    one = read_submission(text.encode())
    assert (one.old, len(one.proof), one.checkpoint.size) == (20852014, 4, 20852163)
    assert write_submission(one) == text.encode()


@given(st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back(one: int, other: int) -> None:
    old, new = sorted((one, other))
    asked = submission(old, new)
    assert read_submission(write_submission(asked)) == asked
    assert len(write_submission(asked)) <= REQUEST_BYTES_MAX


NOTE = checkpoint(12).text().encode()
STEP = base64.b64encode(LEAVES[0])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"old 7\n",
        NOTE,
        b"\n" + NOTE,
        b"old 7\n" + NOTE,
        b"old 7\n\n\n" + NOTE,
        b"old 7\n\n" + NOTE + b"\n",
        b"old 7\n\n" + NOTE[:-1],
        b"\nold 7\n\n" + NOTE,
        b"7\n\n" + NOTE,
        b"Old 7\n\n" + NOTE,
        b"old  7\n\n" + NOTE,
        b"old 07\n\n" + NOTE,
        b"old +7\n\n" + NOTE,
        b"old -7\n\n" + NOTE,
        b"old 7 \n\n" + NOTE,
        b"old 7\r\n\r\n" + NOTE,
        b"old \xd9\xa7\n\n" + NOTE,
        b"old \xc2\xb2\n\n" + NOTE,
        b"old " + b"9" * 5000 + b"\n\n" + NOTE,
        b"old " + b"9" * 20 + b"\n\n" + NOTE,
        b"old \n\n" + NOTE,
        b"\xffold 7\n\n" + NOTE,
        b"\xef\xbb\xbfold 7\n\n" + NOTE,
        b"old 7\n" + STEP[:-1] + b"\n\n" + NOTE,
        b"old 7\n " + STEP + b"\n\n" + NOTE,
        b"old 7\n" + STEP + b"=\n\n" + NOTE,
        b"old 7\n" + base64.b64encode(bytes(31)) + b"\n\n" + NOTE,
        b"old 7\n" + base64.b64encode(bytes(33)) + b"\n\n" + NOTE,
        b"old 7\n" + base64.urlsafe_b64encode(b"\xff" * 32) + b"\n\n" + NOTE,
        b"old 7\n" + (STEP + b"\n") * (PROOF_LINES_MAX + 1) + b"\n" + NOTE,
    ],
)
def test_a_request_in_any_other_form_is_refused(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        read_submission(data)
    assert refusal.value.reason is BAD_REQUEST
    assert STATUS_OF[refusal.value.code] == 400


def test_as_many_steps_as_allowed_are_read() -> None:
    data = b"old 7\n" + (STEP + b"\n") * PROOF_LINES_MAX + b"\n" + NOTE
    assert len(read_submission(data).proof) == PROOF_LINES_MAX


def test_any_changed_byte_is_refused_or_another_request() -> None:
    for at in range(len(GOOD)):
        changed = GOOD[:at] + bytes([GOOD[at] ^ 1]) + GOOD[at + 1 :]
        try:
            assert write_submission(read_submission(changed)) == changed
        except TallyError as fault:
            assert fault.reason is BAD_REQUEST  # noqa: PT017 - many of these are refused


def test_the_largest_lawful_request_fits_the_limit() -> None:
    """63 steps, and 16 signatures of ML-DSA-44, which every reader of notes must take."""
    signatures = 16 * (len("\u2014 witness.example/w1 ".encode()) + (4 + 8 + 2420) * 4 // 3 + 4)
    assert PROOF_LINES_MAX * 45 + signatures + len(NOTE) < REQUEST_BYTES_MAX


# -- whose checkpoint it is -----------------------------------------------------------------------


def test_a_log_that_is_not_followed_is_not_found() -> None:
    with pytest.raises(TallyError) as refusal:
        check_log(checkpoint(3), [])
    assert (refusal.value.reason, STATUS_OF[refusal.value.code]) == (UNKNOWN_LOG, 404)


def test_a_checkpoint_that_the_log_did_not_sign_is_forbidden() -> None:
    spoiled = checkpoint(3)._replace(size=4)
    stranger = write_checkpoint(ORIGIN, 3, LEAVES[0], [LATER])
    for one in (spoiled, stranger, checkpoint(3)._replace(signatures=())):
        with pytest.raises(TallyError) as refusal:
            check_log(one, [LOG.verifier])
        assert (refusal.value.reason, STATUS_OF[refusal.value.code]) == (NOT_SIGNED_BY_LOG, 403)


def test_any_of_the_keys_of_a_log_is_enough_and_its_line_is_the_one_kept() -> None:
    both = [LOG.verifier, LATER.verifier]
    assert check_log(checkpoint(3), both) == checkpoint(3).signatures[0]
    newer = write_checkpoint(ORIGIN, 3, LEAVES[0], [LATER]).cosigned(WITNESS, 1)
    assert check_log(newer, both).is_of(LATER.verifier)


# -- the decision ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"), list(itertools.combinations_with_replacement(range(20), 2))
)
def test_a_checkpoint_that_goes_on_from_what_was_seen_may_be_cosigned(old: int, new: int) -> None:
    check_submission(submission(old, new), seen(old) if old else Seen())


def test_an_old_size_above_the_new_is_a_bad_request() -> None:
    refused(Submission(5, [], checkpoint(3)), seen(5), BAD_REQUEST, 400)
    refused(Submission(5, [], checkpoint(3)), seen(2), BAD_REQUEST, 400)


@pytest.mark.parametrize("old", [0, 4, 6, 12])
def test_another_old_size_is_a_conflict_that_says_the_size(old: int) -> None:
    fault = refused(submission(old, 12), seen(5), ANOTHER_SIZE, 409)
    assert fault.facts["size"] == 5


def test_the_first_checkpoint_needs_no_proof_and_takes_none() -> None:
    check_submission(submission(0, 12), Seen())
    refused(Submission(0, [LEAVES[0]], checkpoint(12)), Seen(), NOT_CONSISTENT, 422)


def test_the_same_checkpoint_may_be_cosigned_again_and_another_root_is_a_fork() -> None:
    check_submission(Submission(5, [], checkpoint(5)), seen(5))
    refused(Submission(5, [LEAVES[0]], checkpoint(5)), seen(5), NOT_CONSISTENT, 422)
    other = write_checkpoint(ORIGIN, 5, LEAVES[0], [LOG])
    refused(Submission(5, [], other), seen(5), FORK, 409)


def test_a_proof_that_does_not_hold_is_not_cosigned() -> None:
    good = submission(7, 12)
    forged = write_checkpoint(ORIGIN, 12, LEAVES[0], [LOG])
    for one in (
        good._replace(checkpoint=forged),
        good._replace(proof=good.proof[:-1]),
        good._replace(proof=[*good.proof, LEAVES[0]]),
        good._replace(proof=[]),
        good._replace(proof=good.proof[::-1]),
    ):
        refused(one, seen(7), NOT_CONSISTENT, 422)


# -- times ----------------------------------------------------------------------------------------

HOUR, NOW = 3600, 1_798_761_600
COSIGNED = [Cosigned(4, NOW), Cosigned(8, NOW + HOUR), Cosigned(20, NOW + 2 * HOUR)]


def test_batches_sealed_between_two_cosignatures_are_as_they_say() -> None:
    claims = [Claim(0, NOW - 9 * HOUR), Claim(3, NOW - 1), Claim(4, NOW), Claim(7, NOW + HOUR)]
    claims += [Claim(8, NOW + HOUR), Claim(19, NOW + 2 * HOUR), Claim(20, NOW + 9 * HOUR)]
    assert list(check_dates(claims, COSIGNED)) == []
    assert list(check_dates(claims, [])) == []


def test_a_batch_that_claims_a_time_before_it_was_there_is_back_dated() -> None:
    [fault] = check_dates([Claim(8, NOW - 30 * 24 * HOUR), Claim(9, NOW + HOUR)], COSIGNED)
    assert fault.reason is BACK_DATED
    assert (fault.facts["entry"], fault.facts["witnessed"]) == (8, NOW + HOUR)


def test_a_batch_that_claims_a_time_after_it_was_seen_is_dated_ahead() -> None:
    [fault] = check_dates([Claim(2, NOW + 3 * HOUR)], COSIGNED)
    assert fault.reason is DATED_AHEAD
    assert (fault.facts["entry"], fault.facts["witnessed"]) == (2, NOW)


@pytest.mark.parametrize("apart", [0, 1, CLOCKS_APART_S_MAX])
def test_clocks_may_differ_by_so_much_and_no_more(apart: int) -> None:
    for claimed in (NOW + HOUR - apart, NOW + 2 * HOUR + apart):
        assert not list(check_dates([Claim(8, claimed)], COSIGNED, apart))
    for claimed in (NOW + HOUR - apart - 1, NOW + 2 * HOUR + apart + 1):
        assert list(check_dates([Claim(8, claimed)], COSIGNED, apart))


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), max_size=6),
    st.lists(st.integers(0, 40), max_size=30),
)
@settings(max_examples=200, deadline=None)
def test_the_faults_are_those_of_the_definition(
    signed: list[tuple[int, int]], times: list[int]
) -> None:
    cosigned = [Cosigned(size, time) for size, time in sorted(signed)]
    expected = []
    for entry, claimed in enumerate(times):
        before = [one.time for one in cosigned if one.size <= entry]
        after = [one.time for one in cosigned if one.size > entry]
        if before and claimed < before[-1] - 2:
            expected.append((entry, BACK_DATED))
        elif after and claimed > after[0] + 2:
            expected.append((entry, DATED_AHEAD))
    found = check_dates((Claim(*one) for one in enumerate(times)), cosigned, 2)
    assert [(fault.facts["entry"], fault.reason) for fault in found] == expected
