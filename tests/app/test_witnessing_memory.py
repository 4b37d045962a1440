"""What a witness keeps: forks it was shown, and what it saw, which it must never forget."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.app.witnessing import (
    KEPT_MAX,
    NOTHING_YET,
    SEEN_DAMAGED,
    WitnessFiles,
    follow,
    found_witness,
    read_witness,
    shown_witness,
)
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.merkle import leaf_hash
from tallystick.kernel.notes import Checkpoint, parse_checkpoint, write_checkpoint
from tallystick.kernel.signing import (
    CosignerKey,
)
from tallystick.ledger.witness import Submission, write_submission
from tallystick.testing.disk import FaultyDisk, every_fault
from tallystick.testing.witnesses import PASSPHRASE

from .witness_network import (
    FORGED,
    LOG,
    NAME,
    NOW,
    ORIGIN,
    TRUE,
    asked,
    founded,
    random,
    refused,
    serving_in,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness that follows one log."""
    founded(tmp_path / "w1")
    return tmp_path / "w1"


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
    with serving_in(folder) as witness, refused(SEEN_DAMAGED):
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
    with serving_in(folder) as witness:
        for at in (*range(0, body, 3), *range(cosignature, len(data), 7)):
            file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with refused(SEEN_DAMAGED):
                witness.add_checkpoint(TRUE.asks(5, 9))
        file.write_bytes(data)
        assert witness.add_checkpoint(TRUE.asks(5, 9)).status == 200


def calls_of_two_requests(folder: Path) -> int:
    disk = FaultyDisk(FileDisk())
    with serving_in(folder, disk) as witness:
        for request in (TRUE.asks(0, 5), TRUE.asks(5, 9)):
            assert witness.add_checkpoint(request).status == 200
    return len(disk.calls)


def test_a_cosignature_is_durable_before_it_is_answered_wherever_the_disk_breaks(
    tmp_path: Path,
) -> None:
    """Whatever was answered is what the folder remembers, and never less."""

    def made(name: str) -> Path:
        place = tmp_path / name
        founded(place)
        return place

    calls = calls_of_two_requests(made("whole"))
    assert calls == 2
    for number, mode in every_fault(calls):
        for lasting in (False, True):
            place = made(f"{number}-{mode}-{lasting}")
            disk = FaultyDisk(FileDisk(), number, mode, lasting=lasting)
            answered = 0
            with serving_in(place, disk) as witness:
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
