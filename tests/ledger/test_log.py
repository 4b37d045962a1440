from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import check_path, leaf_hash, root_of
from tallystick.kernel.notes import BAD_NOTE, UNKNOWN_SIGNER, parse_checkpoint, write_checkpoint
from tallystick.kernel.signing import BAD_SIGNATURE, SigningKey
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    ENTRY_BYTES,
    EVIDENCE_DAMAGED,
    UNKNOWN_KEY,
    Admission,
    Batch,
    BatchHeader,
    Log,
    commitment_of,
    create_log,
    decode_entry,
    open_log,
    read_checkpoint,
    sign_header,
)
from tallystick.ledger.batches import BAD_HEADER
from tallystick.ledger.log_reader import NO_SUCH_RECORD
from tallystick.ledger.status import FIRST_STATUS
from tallystick.testing.disk import FaultyDisk

DISK = FileDisk()
REFUSED = Reason("refused_here", Text("不收", "not taken"))
Commitments = Callable[..., list[bytes]]


def evidence(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def damaged(folder: Path, key: SigningKey, admit: Admission) -> TallyError:
    with pytest.raises(TallyError) as refusal:
        open_log(folder, DISK, key.verifier, admit)
    return refusal.value


# -- bytes ---------------------------------------------------------------------------------------


def test_the_files_are_those_of_the_specification(
    log: Log, provider: SigningKey, log_key: SigningKey, commitments: Commitments
) -> None:
    batches = [(commitments(3, "a"), 1), (commitments(5, "b"), 2), (commitments(2, "c"), 3)]
    headers = [sign_header(log.origin, provider, *batch).encode() for batch in batches]
    stated = [FIRST_STATUS._replace(covered=n, as_of=t).encode() for n, t in ((2, 2), (4, 3))]
    leaves = [*headers[:2], stated[0], headers[2], stated[1]]
    root = root_of([leaf_hash(leaf) for leaf in leaves])
    assert evidence(log.folder) == {
        "checkpoint": write_checkpoint(log.origin, 5, root, [log_key]).text().encode(),
        "commitments": b"".join(b"".join(listed) for listed, _ in batches),
        "entries": b"".join(b"\x00\x82" + leaf for leaf in leaves),
        "tile-0": b"".join(leaf_hash(leaf) for leaf in leaves),
    }
    assert ENTRY_BYTES == 132


def test_evidence_holds_no_name_code_or_value(
    log: Log, provider: SigningKey, log_key: SigningKey
) -> None:
    told = ["91310113MA1GKDGP4E", "样例一号有限公司", "98765.43"]
    bodies = [f'{{"name":"{text}"}}'.encode() for text in told]
    batch = log.seal(provider, [commitment_of(bytes(32), body) for body in bodies], 4)
    log.commit([batch], log_key)
    whole = b"".join(evidence(log.folder).values())
    for text in told:
        assert text.encode() not in whole
        assert text.encode("gb18030") not in whole


def test_a_new_log_has_a_signed_checkpoint_of_nothing(
    tmp_path: Path, log_key: SigningKey, admit: Admission
) -> None:
    log = create_log(tmp_path / "a" / "b", DISK, log_key, admit)
    checkpoint = read_checkpoint(log.checkpoint_file)
    checkpoint.check(log_key.verifier)
    assert (checkpoint.size, checkpoint.root) == (0, root_of([]))
    assert open_log(log.folder, DISK, log_key.verifier, admit).records == 0


def test_a_log_cannot_be_made_over_another(log: Log, log_key: SigningKey, admit: Admission) -> None:
    before = evidence(log.folder)
    with pytest.raises(TallyError) as refusal:
        create_log(log.folder, DISK, log_key, admit)
    assert refusal.value.reason is EVIDENCE_DAMAGED
    assert evidence(log.folder) == before


# -- reading -------------------------------------------------------------------------------------


def test_a_log_opened_anew_is_the_log_that_was_written(
    log: Log, log_key: SigningKey, admit: Admission
) -> None:
    again = open_log(log.folder, DISK, log_key.verifier, admit)
    assert list(again.batches()) == list(log.batches())
    assert [(b.number, b.entry, b.start) for b in log.batches()] == [
        (0, 0, 0),
        (1, 1, 3),
        (2, 3, 8),
    ]
    assert again.journal.entry == log.journal.entry
    assert again.records == log.records == 10
    assert again.checkpoint == log.checkpoint
    assert [again.prove(n) for n in range(10)] == [log.prove(n) for n in range(10)]


def test_every_record_is_proved_to_the_newest_checkpoint(
    log: Log, commitments: Commitments
) -> None:
    listed = commitments(3, "a") + commitments(5, "b") + commitments(2, "c")
    assert log.commitments(0, 10) == listed
    for record, commitment in enumerate(listed):
        proof = log.prove(record)
        assert proof.checkpoint == log.checkpoint
        batch = log.batch_of(record)
        assert (proof.header, proof.entry) == (batch.header, log.entry_of(record))
        assert proof.position == record - batch.start
        header = proof.header
        check_path(proof.position, header.records, leaf_hash(commitment), proof.path, header.root)
        leaf, top = leaf_hash(header.encode()), proof.checkpoint
        check_path(proof.entry, top.size, leaf, proof.entry_path, top.root)


@pytest.mark.parametrize("record", [-1, 10, 11, 2**40, -(2**40)])
def test_a_record_that_is_not_there_is_not_proved(log: Log, record: int) -> None:
    for ask in (log.entry_of, log.prove, lambda n: log.commitments(n, 1)):
        with pytest.raises(TallyError) as refusal:
            ask(record)
        assert refusal.value.reason is NO_SUCH_RECORD


def test_nothing_beyond_the_checkpoint_is_shown(
    log: Log, log_key: SigningKey, admit: Admission
) -> None:
    DISK.append(log.commitments_file, bytes(64))
    DISK.append(log.entries_file, bytes(ENTRY_BYTES))
    again = open_log(log.folder, DISK, log_key.verifier, admit)
    assert again.records == 10
    for first, count in ((10, 1), (9, 2), (0, 11), (11, 1), (0, -1)):
        with pytest.raises(TallyError) as refusal:
            again.commitments(first, count)
        assert refusal.value.reason is NO_SUCH_RECORD
    assert again.commitments(10, 0) == []


# -- admission -----------------------------------------------------------------------------------


def test_admission_is_asked_about_every_batch_with_its_place(
    tmp_path: Path, provider: SigningKey, log_key: SigningKey, commitments: Commitments
) -> None:
    asked: list[tuple[int, int]] = []

    def rule(header: BatchHeader, entry: int) -> None:
        asked.append((header.records, entry))

    log = create_log(tmp_path, DISK, log_key, rule)
    log.commit([log.seal(provider, commitments(n), 0) for n in (4, 2)], log_key)
    log.commit([log.seal(provider, commitments(3), 0)], log_key)
    assert asked == [(4, 0), (2, 1), (3, 3)]


@pytest.mark.parametrize("refused_entry", [5, 6, 7])
def test_a_refused_batch_leaves_nothing_written_of_any_batch_beside_it(
    refused_entry: int,
    log: Log,
    provider: SigningKey,
    log_key: SigningKey,
    commitments: Commitments,
) -> None:
    def rule(header: BatchHeader, entry: int) -> None:
        del header
        if entry == refused_entry:
            raise REFUSED.error()

    faulty = FaultyDisk(DISK)
    log = open_log(log.folder, faulty, log_key.verifier, rule)
    before = evidence(log.folder)
    batches = [log.seal(provider, commitments(2, str(n)), 0) for n in range(3)]
    with pytest.raises(TallyError) as refusal:
        log.commit(batches, log_key)
    assert refusal.value.reason is REFUSED
    assert faulty.calls == []
    assert evidence(log.folder) == before
    assert (log.records, log.size) == (10, 5)
    log.commit(batches[: refused_entry - 5], log_key)  # a refusal is no fault: the log goes on
    assert log.size == refused_entry + 1


def test_a_batch_of_a_stranger_or_of_another_log_is_refused(
    log: Log, provider: SigningKey, log_key: SigningKey, commitments: Commitments
) -> None:
    stranger = SigningKey(f"{log.origin}/stranger", bytes([7]) * 32)
    namesake = SigningKey(provider.name, bytes([7]) * 32)
    listed = commitments(2, "x")
    good = sign_header(log.origin, provider, listed, 1)
    before = evidence(log.folder)
    for header, reason in (
        (sign_header(log.origin, stranger, listed, 1), UNKNOWN_KEY),
        (sign_header(log.origin, namesake, listed, 1), UNKNOWN_KEY),
        (sign_header("example.org/other", provider, listed, 1), BAD_SIGNATURE),
        (good._replace(sealed_at=2), BAD_SIGNATURE),
        (good._replace(signature=bytes(64)), BAD_SIGNATURE),
        (sign_header(log.origin, namesake, listed, 1)._replace(key_id=good.key_id), BAD_SIGNATURE),
    ):
        with pytest.raises(TallyError) as refusal:
            log.commit([Batch(header, listed)], log_key)
        assert refusal.value.reason is reason
    assert evidence(log.folder) == before


def test_commitments_that_are_not_those_of_the_header_are_refused(
    log: Log, provider: SigningKey, log_key: SigningKey, commitments: Commitments
) -> None:
    # Acknowledged, they could never be proved; one too few would shift all that come after.
    good = log.seal(provider, commitments(3, "x"), 1)
    before = evidence(log.folder)
    for listed in (
        good.commitments[:2],
        [*good.commitments, bytes(32)],
        good.commitments[::-1],
        [*good.commitments[:2], bytes(32)],
        [*good.commitments[:2], good.commitments[2][:31]],
        [],
    ):
        with pytest.raises(TallyError) as refusal:
            log.commit([Batch(good.header, listed)], log_key)
        assert refusal.value.reason is BAD_HEADER
    assert evidence(log.folder) == before
    log.commit([good], log_key)
    assert log.records == 13


def test_the_key_of_another_log_signs_no_checkpoint_here(
    log: Log, provider: SigningKey, commitments: Commitments
) -> None:
    before = evidence(log.folder)
    batch = log.seal(provider, commitments(1, "x"), 1)
    for other in (
        SigningKey("example.org/other", bytes([1]) * 32),
        SigningKey(log.origin, bytes(32)),
    ):
        with pytest.raises(TallyError):
            log.commit([batch], other)
    assert evidence(log.folder) == before


@pytest.mark.parametrize("counts", [[1], [1024], [1, 1024, 1, 700], [1] * 40])
def test_batches_of_any_lawful_size_are_kept_and_proved(
    counts: list[int],
    tmp_path: Path,
    provider: SigningKey,
    log_key: SigningKey,
    admit: Admission,
    commitments: Commitments,
) -> None:
    log = create_log(tmp_path, DISK, log_key, admit)
    log.commit([log.seal(provider, commitments(n, str(n)), 0) for n in counts], log_key)
    again = open_log(tmp_path, DISK, log_key.verifier, admit)
    assert again.records == sum(counts)
    for record in {0, sum(counts) - 1, sum(counts) // 2}:
        proof = again.prove(record)
        leaf = leaf_hash(again.commitments(record, 1)[0])
        check_path(proof.position, proof.header.records, leaf, proof.path, proof.header.root)


# -- damage --------------------------------------------------------------------------------------


def test_any_changed_byte_of_the_entries_is_found(
    log: Log, log_key: SigningKey, admit: Admission
) -> None:
    good = log.entries_file.read_bytes()
    for at in range(len(good)):
        log.entries_file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert damaged(log.folder, log_key, admit).reason is EVIDENCE_DAMAGED


def test_a_cut_file_of_evidence_is_found(log: Log, log_key: SigningKey, admit: Admission) -> None:
    for file in (log.entries_file, log.commitments_file):
        good = file.read_bytes()
        for size in (0, 1, len(good) - 1, len(good) - 32):
            file.write_bytes(good[:size])
            fault = damaged(log.folder, log_key, admit)
            assert fault.reason is EVIDENCE_DAMAGED
            assert fault.facts["file"] == file.name
        file.write_bytes(good)


@pytest.mark.parametrize("name", ["entries", "commitments", "checkpoint"])
def test_a_missing_file_of_evidence_is_named(
    name: str, log: Log, log_key: SigningKey, admit: Admission
) -> None:
    (log.folder / name).unlink()
    fault = damaged(log.folder, log_key, admit)
    assert fault.reason is EVIDENCE_DAMAGED
    assert fault.facts["file"] == name


def test_a_checkpoint_that_is_damaged_strange_or_older_is_told_apart(
    log: Log, log_key: SigningKey, admit: Admission
) -> None:
    def opened_with(data: bytes) -> Reason:
        log.checkpoint_file.write_bytes(data)
        return damaged(log.folder, log_key, admit).reason

    top = log.checkpoint
    assert top is not None
    good = top.text().encode()
    stranger = SigningKey(log.origin, bytes([8]) * 32)
    assert opened_with(b"\xff" + good) is EVIDENCE_DAMAGED
    assert opened_with(b"") is BAD_NOTE
    assert opened_with(good.replace(b"\n5\n", b"\n2\n")) is BAD_SIGNATURE
    assert opened_with(good.replace(b"\n5\n", b"\n" + b"9" * 5000 + b"\n")) is BAD_NOTE
    for signers, origin, size, reason in (
        ([stranger], log.origin, 5, UNKNOWN_SIGNER),
        ([log_key], "example.org/other", 5, EVIDENCE_DAMAGED),
        ([log_key], log.origin, 4, EVIDENCE_DAMAGED),
        ([log_key], log.origin, 6, EVIDENCE_DAMAGED),
        ([log_key], log.origin, 10**18, EVIDENCE_DAMAGED),
    ):
        text = write_checkpoint(origin, size, top.root, signers).text()
        assert opened_with(text.encode()) is reason


def test_an_entry_is_read_by_its_place_and_in_one_form(log: Log) -> None:
    data = log.entries_file.read_bytes()
    assert [decode_entry(data, n).encode() for n in range(5)] == [log.entry(n) for n in range(5)]
    assert decode_entry(data, 4) == log.journal.entry
    for wrong, number in (
        (data, 5),
        (data[:-1], 4),
        (b"\x00\x81" + data[2:], 0),
        (b"\x82\x00" + data[2:], 0),
        (data[1:], 0),
    ):
        with pytest.raises(TallyError) as refusal:
            decode_entry(wrong, number)
        assert refusal.value.reason is EVIDENCE_DAMAGED
        assert refusal.value.facts["offset"] == number * ENTRY_BYTES


@pytest.mark.parametrize("name", ["entries", "commitments"])
@pytest.mark.parametrize("change", [b"x", b""])
def test_nothing_is_acknowledged_at_a_shifted_place(
    name: str, change: bytes, log: Log, provider: SigningKey, log_key: SigningKey,
    commitments: Commitments,
) -> None:  # fmt: skip
    file = log.folder / name
    good = file.read_bytes()
    file.write_bytes(good + change if change else good[:-1])
    checkpoint = log.checkpoint_file.read_bytes()
    with pytest.raises(TallyError) as refusal:
        log.commit([log.seal(provider, commitments(1, "x"), 1)], log_key)
    assert refusal.value.reason is EVIDENCE_DAMAGED
    assert log.checkpoint_file.read_bytes() == checkpoint
    assert file.read_bytes() == (good + change if change else good[:-1])


def test_a_forgers_ledger_of_the_same_origin_does_not_open_here(
    tmp_path: Path, log: Log, commitments: Commitments, log_key: SigningKey, admit: Admission
) -> None:
    forger = SigningKey(log.origin, bytes([66]) * 32)
    forged = create_log(tmp_path / "forged", DISK, forger, lambda *_: None)
    forged.commit([forged.seal(forger, commitments(3), 1)], forger)
    assert damaged(forged.folder, log_key, admit).reason is UNKNOWN_SIGNER
    assert parse_checkpoint(forged.checkpoint_file.read_text()).origin == log.origin
