from __future__ import annotations

import itertools
import threading
from pathlib import Path

import pytest

from tallystick.app.witnessing import (
    LOG_FOLLOWED,
    LOG_NOT_FOLLOWED,
    NOT_A_WITNESS,
    WITNESS_LOCKED,
    WITNESS_THERE,
    Answer,
    Witnessing,
    follow,
    found_witness,
    read_witness,
    shown_witness,
    unfollow,
)
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.signing import (
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    CosignerKey,
    SigningKey,
    VerifierKey,
)
from tallystick.ledger.witness import Submission, write_submission
from tallystick.testing.witnesses import PASSPHRASE, ShownLog
from tallystick.vault import WRONG_PASSPHRASE

from .witness_network import (
    FORGED,
    LOG,
    NAME,
    NOW,
    ORIGIN,
    STRANGER,
    TRUE,
    asked,
    founded,
    random,
    refused,
    serving_in,
)

SECOND = SigningKey("example.org/second", bytes([3]) * 32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness that follows one log."""
    founded(tmp_path / "w1")
    return tmp_path / "w1"


def time_of(answer: Answer, checkpoint: Checkpoint, key: VerifierKey) -> int:
    """Take an answer as a client does: put after the checkpoint, it is a note that holds."""
    assert (answer.status, answer.media) == (200, "text/plain; charset=utf-8")
    assert answer.text.count("\n") == 1
    return parse_checkpoint(f"{checkpoint.body}\n{answer.text}").check_cosignature(key)


# -- making one -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44])
def test_a_witness_is_made_and_cosigns_by_its_kind(tmp_path: Path, kind: int) -> None:
    folder = tmp_path / "w"
    key = found_witness(folder, NAME, PASSPHRASE, random, FileDisk(), kind)
    assert key == CosignerKey(NAME, random(32), kind).verifier
    follow(folder, LOG.verifier.text(), FileDisk())
    [answer] = asked(folder, TRUE.asks(0, 5))
    assert time_of(answer, TRUE.checkpoint(5), key) == NOW


def test_the_secret_key_is_wrapped_and_readable_by_nobody_else(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            assert random(32) not in file.read_bytes()
            assert random(32).hex() not in file.read_text(encoding="utf-8")
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    with refused(WRONG_PASSPHRASE):
        Witnessing(folder, "another", lambda: NOW, FileDisk())


def test_a_witness_is_not_made_where_something_is(folder: Path) -> None:
    with refused(WITNESS_THERE):
        found_witness(folder, NAME, PASSPHRASE, random, FileDisk())


def test_a_log_is_followed_once_and_a_second_key_of_it_keeps_what_was_seen(folder: Path) -> None:
    with refused(LOG_FOLLOWED):
        follow(folder, LOG.verifier.text(), FileDisk())
    asked(folder, TRUE.asks(0, 5))
    follow(folder, STRANGER.verifier.text(), FileDisk())
    rotated = ShownLog(STRANGER)
    assert [one.status for one in asked(folder, rotated.asks(0, 9), rotated.asks(5, 9))] == [
        409,
        200,
    ]
    assert [one["origin"] for one in shown_witness(folder)["logs"]] == [ORIGIN]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b'"v":1', b'"v":2'),
        lambda data: data.replace(b'"name"', b'"nome"'),
        lambda data: data.replace(b'"logs":[', b'"logs":[1,'),
        lambda data: data.replace(b"{", b'{"added":1,'),
    ],
)
def test_a_spoiled_identity_is_refused(folder: Path, spoil: object) -> None:
    file = folder / "witness.json"
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]
    with refused(NOT_A_WITNESS):
        read_witness(folder)
    with refused(NOT_A_WITNESS):
        serving_in(folder)


def test_the_key_of_another_witness_does_not_fit(folder: Path, tmp_path: Path) -> None:
    found_witness(tmp_path / "w2", NAME, PASSPHRASE, bytes, FileDisk())
    (folder / "key").write_bytes((tmp_path / "w2" / "key").read_bytes())
    with refused(NOT_A_WITNESS):
        serving_in(folder)


# -- answering ------------------------------------------------------------------------------------


def test_a_log_that_grows_is_cosigned_step_by_step(folder: Path) -> None:
    _, key, _ = read_witness(folder)
    sizes = [0, 1, 5, 5, 6, 23, 40]
    for at, (old, new) in enumerate(itertools.pairwise(sizes)):
        [answer] = asked(folder, TRUE.asks(old, new), now=NOW + at)
        assert time_of(answer, TRUE.checkpoint(new), key) == NOW + at
    assert shown_witness(folder) == {
        "name": NAME,
        "key": key.text(),
        "logs": [{"origin": ORIGIN, "size": 40, "time": NOW + 5}],
        "forks": [],
        "unproved": [],
    }


def test_each_wrong_request_has_its_answer(folder: Path) -> None:
    other = ShownLog(SECOND)
    unsigned = ShownLog(STRANGER)
    answers = asked(
        folder,
        TRUE.asks(0, 7),
        b"nonsense",
        write_submission(Submission(9, [], TRUE.checkpoint(7))),
        unsigned.asks(7, 8),
        other.asks(0, 8),
        TRUE.asks(3, 8),
        FORGED.asks(7, 7),
        write_submission(Submission(7, [], TRUE.checkpoint(8))),
    )
    assert [one.status for one in answers] == [200, 400, 400, 403, 404, 409, 409, 422]
    assert (answers[5].media, answers[5].text) == ("text/x.tlog.size", "7\n")
    assert answers[6].media != "text/x.tlog.size"  # not what a client would try again with
    assert shown_witness(folder)["logs"][0]["size"] == 7


def test_the_size_of_a_log_never_seen_is_nothing(folder: Path) -> None:
    [answer] = asked(folder, TRUE.asks(3, 8))
    assert (answer.status, answer.text) == (409, "0\n")


def test_logs_are_kept_apart(folder: Path) -> None:
    follow(folder, SECOND.verifier.text(), FileDisk())
    second = ShownLog(SECOND, FORGED.leaves)
    answers = asked(folder, TRUE.asks(0, 9), second.asks(0, 5), TRUE.asks(9, 10))
    assert [one.status for one in answers] == [200, 200, 200]
    assert [one["size"] for one in shown_witness(folder)["logs"]] == [10, 5]


def test_the_clock_may_go_back_and_cosignatures_do_not(folder: Path) -> None:
    _, key, _ = read_witness(folder)
    asked(folder, TRUE.asks(0, 5), now=NOW)
    [answer] = asked(folder, TRUE.asks(5, 6), now=NOW - 3600)
    assert time_of(answer, TRUE.checkpoint(6), key) == NOW


def test_of_many_at_once_one_order_comes_out(folder: Path) -> None:
    """The race of the protocol: a smaller size must not take the place of a larger one."""
    asked(folder, TRUE.asks(0, 4))
    answers: list[tuple[int, int]] = []
    with serving_in(folder) as witness:

        def ask(new: int) -> None:
            answers.append((witness.add_checkpoint(TRUE.asks(4, new)).status, new))

        threads = [threading.Thread(target=ask, args=(new,)) for new in range(5, 40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    [size] = [new for status, new in answers if status == 200]
    assert {status for status, _ in answers} == {200, 409}
    assert shown_witness(folder)["logs"][0]["size"] == size


def test_one_process_serves_a_folder(folder: Path) -> None:
    with serving_in(folder), refused(WITNESS_LOCKED), serving_in(folder):
        pass
    with serving_in(folder):
        pass


def test_a_key_that_fell_into_other_hands_is_followed_no_more(folder: Path) -> None:
    vkey = STRANGER.verifier.text()
    follow(folder, vkey, FileDisk())
    stolen = ShownLog(STRANGER)
    assert [one.status for one in asked(folder, stolen.asks(0, 3))] == [200]
    assert unfollow(folder, vkey, FileDisk()) == STRANGER.verifier
    assert [one.status for one in asked(folder, stolen.asks(3, 5))] == [403]
    with pytest.raises(TallyError) as refusal:
        unfollow(folder, vkey, FileDisk())
    assert refusal.value.reason is LOG_NOT_FOLLOWED
