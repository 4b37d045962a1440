from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.audit_evidence import check_times
from tallystick.app.cosigned import (
    check_cosigned,
    cosign,
    cosigned_checkpoints,
    cosigned_file,
    newest_trusted,
)
from tallystick.app.receipts import make_numbered
from tallystick.app.verifying import verify
from tallystick.app.web import Page
from tallystick.app.witnessing import shown_witness
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import write_checkpoint
from tallystick.ledger import TrustPolicy
from tallystick.ledger.evidence import EVIDENCE_DAMAGED
from tallystick.ledger.witness import BACK_DATED
from tallystick.testing.disk import FaultyDisk, every_fault
from tallystick.testing.witnesses import WitnessNetwork

from .witness_network import opened, outcome

if TYPE_CHECKING:
    from tests.app.conftest import House

    from tallystick.app.store import Store


def damaged(store: Store) -> None:
    with pytest.raises(TallyError) as refusal:
        check_cosigned(store)
    assert refusal.value.reason is EVIDENCE_DAMAGED


def test_witnesses_are_asked_and_what_they_signed_is_kept(
    small: House, witnesses: WitnessNetwork
) -> None:
    with opened(small, witnesses) as store:
        first = cosign(store)
        assert outcome(first) == {"A": "", "B": "", "C": ""}
        assert first["missing"] is None
        store.append([store.body(0)])
        second = cosign(store)
        assert second["size"] > first["size"]
        kept = cosigned_checkpoints(store.paths)
        assert [one.size for one in kept] == [first["size"], second["size"]]
        assert kept[1].text() == second["checkpoint"]
        for one in kept:
            assert set(store.trust.check_checkpoint(one).times) == {"A", "B", "C"}
        assert [one.size for one in check_cosigned(store)] == [first["size"], second["size"]]
        assert [one.time for one in check_cosigned(store)] == [witnesses.now, witnesses.now]
    # The second time each was asked to go on from what it had cosigned.
    assert witnesses.old_sizes("A") == [0, first["size"]]


def test_the_file_is_notes_with_an_empty_line_between(
    small: House, witnesses: WitnessNetwork
) -> None:
    with opened(small, witnesses) as store:
        cosign(store)
        cosign(store)
        first, second = cosigned_checkpoints(store.paths)
        data = cosigned_file(store.paths).read_bytes()
    assert data == f"{first.text()}\n{second.text()}".encode()


def test_a_witness_whose_memory_we_lost_is_asked_again_from_what_it_says(
    small: House, witnesses: WitnessNetwork
) -> None:
    with opened(small, witnesses) as store:
        size = cosign(store)["size"]
        cosigned_file(store.paths).unlink()
        assert outcome(cosign(store)) == {"A": "", "B": "", "C": ""}
    assert witnesses.old_sizes("A") == [0, 0, size]


def test_who_fails_is_named_and_the_others_are_kept(
    small: House, witnesses: WitnessNetwork
) -> None:
    witnesses.wrong["B"] = lambda _: Page(500, "text/plain", b"internal error\n")
    with opened(small, witnesses) as store:
        document = cosign(store)
        assert outcome(document)["B"].startswith("the witness B did not cosign: status 500")
        assert document["missing"] is None
        witnesses.wrong["C"] = witnesses.wrong["B"]
        document = cosign(store)
        assert document["missing"] is not None
        assert "signed: A; missing: B, C" in document["missing"].en
        assert len(cosigned_checkpoints(store.paths)) == 2
        witnesses.wrong["A"] = witnesses.wrong["B"]
        cosign(store)
        assert len(cosigned_checkpoints(store.paths)) == 2


def test_one_that_is_not_reached_is_named(small: House, witnesses: WitnessNetwork) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listened on
        port = taken.getsockname()[1]
        with opened(small, witnesses) as store:
            first, *others = store.trust.witnesses
            gone = first._replace(url=f"http://127.0.0.1:{port}/")
            store.trust = TrustPolicy(
                store.trust.logs, store.trust.parties, (gone, *others)
            ).with_quorum(2)
            document = cosign(store)
    assert "nobody is listening there" in outcome(document)["A"]
    assert document["missing"] is None


def test_a_fork_of_our_own_is_refused_by_the_witnesses_and_kept_there(
    small: House, witnesses: WitnessNetwork, tmp_path: Path
) -> None:
    """The operator puts an old backup back and goes on from there with another record."""
    (tmp_path / "old").mkdir()
    backup = small.copied(tmp_path / "old" / "workspace")
    with opened(small, witnesses) as store:
        size = cosign(store)["size"]
    with opened(backup, witnesses) as store:
        while store.log.size <= size:
            store.append([store.body(next(iter(store.index.of_kind("fact"))))])
        document = cosign(store)
    assert all("422" in why or "409" in why for why in outcome(document).values())
    for name in "ABC":
        shown = shown_witness(witnesses.folder / name)
        assert shown["logs"][0]["size"] == size
        assert shown["forks"] or shown["unproved"]


# -- what is kept ---------------------------------------------------------------------------------


def test_every_changed_byte_of_what_is_kept_is_found(
    small: House, witnesses: WitnessNetwork
) -> None:
    with opened(small, witnesses) as store:
        cosign(store)
        cosign(store)
        file = cosigned_file(store.paths)
        data = file.read_bytes()
        for at in {*range(0, len(data), 97), *range(200), *range(len(data) - 20, len(data))}:
            file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            damaged(store)
        file.write_bytes(data)
        check_cosigned(store)


def test_a_file_in_any_other_form_is_damaged(small: House, witnesses: WitnessNetwork) -> None:
    with opened(small, witnesses) as store:
        cosign(store)
        cosign(store)
        file = cosigned_file(store.paths)
        data = file.read_bytes()
        first, second = (one.text().encode() for one in cosigned_checkpoints(store.paths))
        for spoiled in (
            b"\n",
            data + b"\n",
            data[:-1],
            data[: len(first) + 20],
            b"\n" + data,
            first + second,
            first + b"\n\n" + second,
            second + b"\n" + first,
            data.replace(b"\n", b"\r\n"),
            data.replace(b"\xe2", b"\xff"),
            first.partition(b"\n\n")[0],
        ):
            file.write_bytes(spoiled)
            damaged(store)
        file.write_bytes(b"")  # nothing was ever cosigned
        with pytest.raises(TallyError):
            check_cosigned(store)


def test_a_cosigned_checkpoint_of_a_state_the_log_never_had_is_found(
    small: House, witnesses: WitnessNetwork
) -> None:
    with opened(small, witnesses) as store:
        cosign(store)
        [kept] = cosigned_checkpoints(store.paths)
        forged = write_checkpoint(store.origin, kept.size, bytes(32), [store.log_key])
        cosigned_file(store.paths).write_bytes(forged.text().encode())
        damaged(store)


def test_wherever_the_disk_breaks_what_is_kept_stays_whole(
    small: House, witnesses: WitnessNetwork, tmp_path: Path
) -> None:
    with opened(small, witnesses) as store:
        cosign(store)
        before = len(cosigned_checkpoints(store.paths))
    whole = FaultyDisk(FileDisk())
    trial = small.copied(tmp_path / "trial" / "workspace")
    with opened(trial, witnesses, whole) as store:
        cosign(store)
    writes = [n for n, call in enumerate(whole.calls, 1) if call.path.name == "cosigned"]
    assert len(writes) == 1
    for number, mode in every_fault(len(whole.calls)):
        if number not in writes:
            continue
        place = small.copied(tmp_path / f"{number}-{mode}" / "workspace")
        shutil.rmtree(place.folder / "receipts", ignore_errors=True)
        with (
            pytest.raises(OSError, match="simulated"),
            opened(place, witnesses, FaultyDisk(FileDisk(), number, mode, lasting=True)) as store,
        ):
            cosign(store)
        with opened(place, witnesses) as store:
            assert len(check_cosigned(store)) in {before, before + 1}


# -- what it is for -------------------------------------------------------------------------------


def test_a_receipt_is_given_under_the_newest_cosigned_checkpoint_that_covers_it(
    small: House, witnesses: WitnessNetwork
) -> None:
    with opened(small, witnesses) as store:
        cosign(store)
        trust = store.trust.text()
        verdict = verify(make_numbered(store, 2, content=False), trust)
        assert verdict.valid
        assert verdict.witnessed is not None
        assert verdict.witnessed.time == witnesses.now
        store.append([store.body(0)])  # not cosigned yet
        last = store.log.records - 1
        assert newest_trusted(store.trust, store.paths, store.log, last) is None
        late = verify(make_numbered(store, last, content=False), trust)
        assert not late.valid
        [failed] = [check for check in late.checks if not check.ok]
        assert failed.step == "witnesses"
        assert "missing: A, B, C" in failed.detail.en
        assert verify(make_numbered(store, 2, content=False), trust).valid


def test_a_batch_sealed_under_a_clock_put_back_is_found(
    small: House, witnesses: WitnessNetwork
) -> None:
    """The operator inserts a record and says it was there a year ago: witnesses know better."""
    with opened(small, witnesses) as store:
        cosign(store)
        assert list(check_times(store)) == []
        commitment = bytes(32)
        entry = store.log.size
        batch = store.log.seal(store.provider_key, [commitment], witnesses.now - 365 * 86_400)
        store.log.commit([batch], store.log_key)
        [fault] = check_times(store)
        assert fault.reason is BACK_DATED
        assert fault.facts["entry"] == entry
