from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

from tallystick.app.witnessing import (
    KEPT_MAX,
    LOG_FOLLOWED,
    NOT_A_WITNESS,
    NOTHING_YET,
    SEEN_DAMAGED,
    WITNESS_LOCKED,
    WITNESS_THERE,
    Answer,
    WitnessFiles,
    Witnessing,
    follow,
    found_witness,
    read_witness,
    shown_witness,
)
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import consistency_path, leaf_hash, root_of
from tallystick.kernel.notes import Checkpoint, parse_checkpoint, write_checkpoint
from tallystick.kernel.signing import (
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    CosignerKey,
    SigningKey,
    VerifierKey,
)
from tallystick.ledger.witness import Submission, write_submission
from tallystick.testing.disk import FaultyDisk, every_fault
from tallystick.vault import WRONG_PASSPHRASE, keyring

NAME, ORIGIN = "witness.example/w1", "example.org/log"
PASSPHRASE = "a passphrase for witnesses"  # noqa: S105 - it protects a made-up witness
LOG, STRANGER = SigningKey(ORIGIN, bytes([1]) * 32), SigningKey(ORIGIN, bytes([2]) * 32)
SECOND = SigningKey("example.org/second", bytes([3]) * 32)
NOW = 1_798_761_600


@dataclass
class History:
    """What a log shows: leaves, the key that signs."""

    leaves: list[bytes] = field(default_factory=lambda: [leaf_hash(bytes([n])) for n in range(40)])
    key: SigningKey = LOG

    def checkpoint(self, size: int) -> Checkpoint:
        return write_checkpoint(self.key.name, size, root_of(self.leaves[:size]), [self.key])

    def asks(self, old: int, new: int) -> bytes:
        def node(height: int, index: int) -> bytes:
            return root_of(self.leaves[index << height : (index + 1) << height])

        proof = consistency_path(old, new, node)
        return write_submission(Submission(old, proof, self.checkpoint(new)))


TRUE = History()
FORGED = History([*TRUE.leaves[:3], leaf_hash(b"forged"), *TRUE.leaves[4:]])


@pytest.fixture(autouse=True, scope="module")
def passphrases_tried_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "_passphrase_key", lru_cache(keyring._passphrase_key))
        yield


def random(count: int) -> bytes:
    return bytes(range(count))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness that follows one log."""
    made = tmp_path / "w1"
    found_witness(made, NAME, PASSPHRASE, random, FileDisk())
    follow(made, LOG.verifier.text(), FileDisk())
    return made


def opened(folder: Path, disk: Disk | None = None, now: int = NOW) -> Witnessing:
    return Witnessing(folder, PASSPHRASE, lambda: now, disk or FileDisk())


def asked(folder: Path, *requests: bytes, now: int = NOW) -> list[Answer]:
    with opened(folder, now=now) as witness:
        return [witness.add_checkpoint(request) for request in requests]


def time_of(answer: Answer, checkpoint: Checkpoint, key: VerifierKey) -> int:
    """Take an answer as a client does: put after the checkpoint, it is a note that holds."""
    assert (answer.status, answer.media) == (200, "text/plain; charset=utf-8")
    assert answer.text.count("\n") == 1
    return parse_checkpoint(f"{checkpoint.body}\n{answer.text}").check_cosignature(key)


def refused(reason: Reason) -> pytest.RaisesExc[TallyError]:
    return pytest.raises(TallyError, check=lambda fault: fault.reason is reason)


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
    rotated = History(TRUE.leaves, STRANGER)
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
        opened(folder)


def test_the_key_of_another_witness_does_not_fit(folder: Path, tmp_path: Path) -> None:
    found_witness(tmp_path / "w2", NAME, PASSPHRASE, bytes, FileDisk())
    (folder / "key").write_bytes((tmp_path / "w2" / "key").read_bytes())
    with refused(NOT_A_WITNESS):
        opened(folder)


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
    other = History(TRUE.leaves, SECOND)
    unsigned = History(TRUE.leaves, STRANGER)
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
    second = History(FORGED.leaves, SECOND)
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
    with opened(folder) as witness:

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
    with opened(folder), refused(WITNESS_LOCKED), opened(folder):
        pass
    with opened(folder):
        pass


# -- forks ----------------------------------------------------------------------------------------


def notes_of(file: Path) -> list[Checkpoint]:
    parts = file.read_text(encoding="utf-8").removesuffix("\n").split("\n\n")
    assert len(parts) == 4
    return [parse_checkpoint(f"{parts[at]}\n\n{parts[at + 1]}\n") for at in (0, 2)]


@pytest.mark.parametrize("old", [7, 0, 3])
def test_a_fork_is_kept_as_two_notes_that_the_log_signed(folder: Path, old: int) -> None:
    """Also where the request is wrong in another way: what the log signed, it signed."""
    asked(folder, TRUE.asks(0, 7))
    [answer] = asked(folder, FORGED.asks(old, 7))
    assert answer.status == 409
    [name] = shown_witness(folder)["forks"]
    seen, shown = notes_of(folder / "forks" / name)
    for note in (seen, shown):
        note.check(LOG.verifier)
    assert seen.size == shown.size == 7
    assert seen.root != shown.root
    assert shown_witness(folder)["logs"][0]["size"] == 7
    assert shown_witness(folder)["unproved"] == []


def test_a_fork_shown_again_is_kept_once_whatever_lines_are_put_under_it(folder: Path) -> None:
    asked(folder, TRUE.asks(0, 7))
    for number in range(5):
        noise = CosignerKey(f"noise{number}", bytes([number]) * 32)
        shown = FORGED.checkpoint(7).cosigned(noise, NOW)
        asked(folder, write_submission(Submission(7, [], shown)))
    [name] = shown_witness(folder)["forks"]
    assert b"noise" not in (folder / "forks" / name).read_bytes()


def test_no_more_forks_are_kept_than_the_limit(folder: Path) -> None:
    asked(folder, TRUE.asks(0, 7))
    roots = [leaf_hash(n.to_bytes(2, "big")) for n in range(KEPT_MAX + 5)]
    notes = [write_checkpoint(ORIGIN, 7, root, [LOG]) for root in roots]
    asked(folder, *(write_submission(Submission(7, [], note)) for note in notes))
    assert len(shown_witness(folder)["forks"]) == KEPT_MAX


def test_a_stranger_cannot_make_a_log_look_forked_by_a_wrong_proof(folder: Path) -> None:
    """Anybody may send what a log published with a proof that is none: that proves nothing."""
    asked(folder, TRUE.asks(0, 7))
    wrong = write_submission(Submission(7, [leaf_hash(b"x")], TRUE.checkpoint(9)))
    assert asked(folder, wrong)[0].status == 422
    shown = shown_witness(folder)
    assert shown["forks"] == []
    assert len(shown["unproved"]) == 1
    asked(folder, TRUE.asks(7, 9))  # and when the log itself comes with the proof, it is settled
    assert shown_witness(folder)["unproved"] == []


def test_a_larger_history_that_does_not_go_on_is_kept_for_who_asks(folder: Path) -> None:
    asked(folder, TRUE.asks(0, 7))
    [answer] = asked(folder, FORGED.asks(7, 12))
    assert answer.status == 422
    [name] = shown_witness(folder)["unproved"]
    seen, shown = notes_of(folder / "unproved" / name)
    assert (seen.size, shown.size) == (7, 12)
    shown.check(LOG.verifier)


# -- what was seen --------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["gone", "empty", "cut", "older", "forged", "another", "crlf"])
def test_a_witness_that_lost_what_it_saw_cosigns_no_more(folder: Path, what: str) -> None:
    asked(folder, TRUE.asks(0, 5))
    file = WitnessFiles(folder).seen(ORIGIN)
    data = file.read_bytes()
    unsigned = FORGED.checkpoint(5).text().encode()
    other = CosignerKey(NAME, bytes(32))
    spoiled = {
        "empty": b"",
        "cut": data[:-9],
        "older": NOTHING_YET + b"\n",
        "forged": unsigned,
        "another": FORGED.checkpoint(5).cosigned(other, NOW).text().encode(),
        "crlf": data.replace(b"\n", b"\r\n"),
    }
    if what == "gone":
        file.unlink()
    else:
        file.write_bytes(spoiled[what])
    before = file.read_bytes() if file.exists() else None
    with opened(folder) as witness, refused(SEEN_DAMAGED):
        witness.add_checkpoint(FORGED.asks(0, 9))
    with refused(SEEN_DAMAGED):
        shown_witness(folder)
    assert (file.read_bytes() if file.exists() else None) == before


def test_every_changed_byte_of_what_was_seen_is_noticed(folder: Path) -> None:
    asked(folder, TRUE.asks(0, 5))
    file = WitnessFiles(folder).seen(ORIGIN)
    data = file.read_bytes()
    cosignature = data.rindex("\u2014".encode())  # the log's own line is not what is relied on
    body = data.index(b"\n\n")
    with opened(folder) as witness:
        for at in (*range(0, body, 3), *range(cosignature, len(data), 7)):
            file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with refused(SEEN_DAMAGED):
                witness.add_checkpoint(TRUE.asks(5, 9))
        file.write_bytes(data)
        assert witness.add_checkpoint(TRUE.asks(5, 9)).status == 200


def calls_of_two_requests(folder: Path) -> int:
    disk = FaultyDisk(FileDisk())
    with opened(folder, disk) as witness:
        for request in (TRUE.asks(0, 5), TRUE.asks(5, 9)):
            assert witness.add_checkpoint(request).status == 200
    return len(disk.calls)


def test_a_cosignature_is_durable_before_it_is_answered_wherever_the_disk_breaks(
    tmp_path: Path,
) -> None:
    """Whatever was answered is what the folder remembers, and never less."""

    def made(name: str) -> Path:
        place = tmp_path / name
        found_witness(place, NAME, PASSPHRASE, random, FileDisk())
        follow(place, LOG.verifier.text(), FileDisk())
        return place

    calls = calls_of_two_requests(made("whole"))
    assert calls == 2
    for number, mode in every_fault(calls):
        for lasting in (False, True):
            place = made(f"{number}-{mode}-{lasting}")
            disk = FaultyDisk(FileDisk(), number, mode, lasting=lasting)
            answered = 0
            with opened(place, disk) as witness:
                for old, new in ((0, 5), (5, 9)):
                    try:
                        if witness.add_checkpoint(TRUE.asks(old, new)).status == 200:
                            answered = new
                    except OSError:
                        continue
            disk.lose_power()
            remembered = shown_witness(place)["logs"][0]["size"]
            assert remembered >= answered
            # Whatever happened, the witness goes on, and does not cosign another history.
            [fork] = asked(place, FORGED.asks(remembered, 9))
            if remembered > 3:
                assert fork.status in {409, 422}
            [again] = asked(place, TRUE.asks(remembered, 9))
            assert again.status == (200 if remembered > 3 or fork.status != 200 else 409)


def test_a_log_is_not_followed_by_half(tmp_path: Path) -> None:
    for number, mode in every_fault(2):
        place = tmp_path / f"{number}-{mode}"
        found_witness(place, NAME, PASSPHRASE, random, FileDisk())
        with pytest.raises(OSError, match="simulated"):
            follow(place, LOG.verifier.text(), FaultyDisk(FileDisk(), number, mode, lasting=True))
        _, _, logs = read_witness(place)
        if not logs:
            follow(place, LOG.verifier.text(), FileDisk())
        assert asked(place, TRUE.asks(0, 5))[0].status == 200
