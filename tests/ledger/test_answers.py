from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.kernel import canonical
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.multiproof import MULTIPROOF_FAILS
from tallystick.kernel.notes import NoteSignature
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import (
    BAD_RECEIPT,
    IN_FORCE,
    WITHDRAWN,
    Log,
    Receipt,
    StatusChange,
    commitment_of,
    create_log,
    read_receipt,
    write_receipt,
)
from tallystick.ledger.answers import (
    Answer,
    _written,
    is_answer,
    join_receipts,
    read_answer,
    write_answer,
)
from tallystick.ledger.receipts import NOT_COVERED

SALT = bytes(range(32))


def body_of(number: int) -> dict[str, Any]:
    return {"kind": "fact", "number": number, "later": ["kept", "信"]}


@pytest.fixture
def many(log: Log, provider: SigningKey, log_key: SigningKey) -> list[Receipt]:
    """Return content receipts of every record of four batches; number 11 is withdrawn."""
    bodies = [body_of(number) for number in range(log.records + 7)]
    new = [commitment_of(SALT, canonical.encode(body)) for body in bodies[log.records :]]
    first = log.records
    log.commit([log.seal(provider, new, 4)], log_key, changes=[StatusChange(11, WITHDRAWN, 5)])
    return [
        Receipt(
            log.commitment(number),
            SALT if number >= first else None,
            body if number >= first else None,
            log.prove(number),
        )
        for number, body in enumerate(bodies)
    ]


def checked(data: bytes, log: Log, provider: SigningKey) -> Answer:
    """Check as the steps of a verifier do. Raises: TallyError, also where a body differs."""
    answer = read_answer(data)
    answer.check_batch_paths()
    answer.check_log_path()
    if answer.status is not None:
        answer.check_status()
    answer.checkpoint.check(log.key)
    for batch in answer.batches:
        batch.header.check(answer.checkpoint.origin, provider.verifier)
    for record in answer.records:
        if record.salt is not None and (
            commitment_of(record.salt, canonical.encode(record.body)) != record.commitment
        ):
            raise BAD_RECEIPT.error(what="body")
    return answer


def bad(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        read_answer(data)
    assert refusal.value.reason is BAD_RECEIPT


def without_status(receipts: list[Receipt]) -> list[Receipt]:
    return [one._replace(proof=one.proof._replace(status=None)) for one in receipts]


def test_every_choice_of_records_gives_back_their_receipts(
    many: list[Receipt], log: Log, provider: SigningKey
) -> None:
    for count in (1, 2, 3, len(many) - 1, len(many)):
        for some in combinations(many, count):
            receipts = list(some)
            data = write_answer(receipts)
            answer = checked(data, log, provider)
            assert answer.receipts() == receipts
            assert write_answer(answer.receipts()) == data


def test_what_comes_back_is_each_receipt_byte_for_byte(many: list[Receipt]) -> None:
    for one in read_answer(write_answer(many)).receipts():
        data = write_receipt(one.proof, one.commitment, one.salt, one.body)
        assert read_receipt(data) == one
        one.check_batch_path()
        one.check_log_path()
        one.check_status()


def test_the_order_of_the_question_does_not_matter(many: list[Receipt]) -> None:
    assert write_answer(many[::-1]) == write_answer(many)


def test_each_status_is_stated_and_proved(many: list[Receipt]) -> None:
    standings, entry = read_answer(write_answer(many)).check_status()
    said = [standing.status for standing in standings]
    assert said == [WITHDRAWN if number == 11 else IN_FORCE for number in range(len(many))]
    assert entry.covered > many[-1].proof.entry


def test_an_answer_need_not_state_the_status(
    many: list[Receipt], log: Log, provider: SigningKey
) -> None:
    plain = without_status(many)
    answer = checked(write_answer(plain), log, provider)
    assert answer.receipts() == plain
    with pytest.raises(TallyError) as refusal:
        answer.check_status()
    assert refusal.value.reason is NOT_COVERED


def test_the_proof_of_one_record_does_not_state_the_status_of_another(
    many: list[Receipt], log: Log
) -> None:
    document = json.loads(write_answer(many))
    for one, other in ((11, 3), (3, 11)):
        changed = [dict(record) for record in document["records"]]
        changed[one]["status"] = document["records"][other]["status"]
        answer = read_answer(canonical.encode({**document, "records": changed}) + b"\n")
        with pytest.raises(TallyError):
            answer.check_status()
    assert log.size > 0


def test_a_status_entry_that_does_not_speak_of_a_batch_states_nothing(
    log: Log, provider: SigningKey, log_key: SigningKey
) -> None:
    new = commitment_of(SALT, b"later")
    log.commit([log.seal(provider, [new], 4)], log_key, settled=False)
    numbers = (0, log.records - 1)
    first, late = [Receipt(log.commitment(n), None, None, log.prove(n)) for n in numbers]
    assert late.proof.status is None
    with pytest.raises(TallyError):
        write_answer([first, late])  # one states something and the other does not
    # A forger gives both the true status entry of the checkpoint.
    forged = late._replace(proof=late.proof._replace(status=first.proof.status))
    answer = read_answer(write_answer([first, forged]))
    answer.check_log_path()
    with pytest.raises(TallyError) as refusal:
        answer.check_status()
    assert refusal.value.reason is NOT_COVERED


def test_any_changed_bit_is_refused_or_leaves_no_valid_proof(
    many: list[Receipt], log: Log, provider: SigningKey
) -> None:
    data = write_answer(many[2:5] + many[10:13])
    checked(data, log, provider)
    for bit in range(len(data) * 8):
        spoiled = bytearray(data)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TallyError):
            checked(bytes(spoiled), log, provider)


def test_any_removed_or_added_byte_is_refused(
    many: list[Receipt], log: Log, provider: SigningKey
) -> None:
    data = write_answer(many[2:5] + many[10:13])
    for at in range(0, len(data), 3):
        for spoiled in (data[:at] + data[at + 1 :], data[:at] + b"0" + data[at:]):
            with pytest.raises(TallyError):
                checked(spoiled, log, provider)
    for end in (b"\n", b" ", b"{}", b"\x00", data):
        bad(data + end)


Document = dict[str, Any]


def of_records(at: int) -> list[Callable[[Document], object]]:
    """Return changes of record number `at` that no answer survives."""
    return [
        lambda one: one["records"].pop(at),
        lambda one: one["records"].insert(at, one["records"][at]),
        lambda one: one["records"][at].pop("status"),
    ]


def of_batches(at: int) -> list[Callable[[Document], object]]:
    """Return changes of batch number `at` that no answer survives."""
    return [
        lambda one: one["batches"].pop(at),
        lambda one: one["batches"].insert(at, one["batches"][at]),
        lambda one: one["batches"][at]["positions"].pop(),
        lambda one: one["batches"][at]["positions"].append(1023),
        lambda one: one["batches"][at].update(positions=[]),
        lambda one: one["batches"][at].update(entry=3),
        lambda one: one["batches"][at].update(nodes="AAAA"),
    ]


OF_THE_WHOLE: list[Callable[[Document], object]] = [
    lambda one: one["batches"].reverse(),
    lambda one: one["batches"][1]["positions"].reverse(),
    lambda one: one["records"].reverse(),
    lambda one: one.update(log_nodes=""),
    lambda one: one.update(status=one["batches"][0]["header"]),
    lambda one: one.update(batches=[], records=[]),
    lambda one: one.pop("status"),
]


def test_records_batches_and_hashes_cannot_be_left_out_repeated_or_exchanged(
    many: list[Receipt], log: Log, provider: SigningKey
) -> None:
    data = write_answer([many[0], *many[3:5], *many[11:14]])
    whole = json.loads(data)
    changes = [*OF_THE_WHOLE]
    changes += [change for at in range(len(whole["records"])) for change in of_records(at)]
    changes += [change for at in range(len(whole["batches"])) for change in of_batches(at)]
    for change in changes:
        document = json.loads(data)
        change(document)
        changed = canonical.encode(document) + b"\n"
        assert changed != data
        with pytest.raises(TallyError) as refusal:
            checked(changed, log, provider)
        assert refusal.value.reason in {BAD_RECEIPT, MULTIPROOF_FAILS}


@pytest.mark.parametrize("positions", [[], [4, 0], [0, 0], [0, 5], [-1, 0], [0, 2**53 - 1]])
def test_places_out_of_order_or_outside_the_batch_are_refused(
    many: list[Receipt], positions: list[int]
) -> None:
    document = json.loads(write_answer([many[3], many[7]]))
    assert document["batches"][0]["positions"] == [0, 4]
    document["batches"][0]["positions"] = positions
    document["records"] = document["records"][:1] * len(positions)
    bad(canonical.encode(document) + b"\n")


def test_the_status_entry_is_no_batch_and_no_batch_lies_outside_the_log(
    many: list[Receipt],
) -> None:
    document = json.loads(write_answer(many[:1]))
    size = many[0].proof.checkpoint.size
    for entry in (size - 1, size, 2**53 - 1, -1):
        document["batches"][0]["entry"] = entry
        bad(canonical.encode(document) + b"\n")


def test_a_hash_too_many_is_refused(many: list[Receipt], log: Log, provider: SigningKey) -> None:
    answer = read_answer(write_answer(many[1:9]))
    more = [*answer.log_nodes, bytes(32)]
    batch = answer.batches[0]
    spare = batch._replace(nodes=[*batch.nodes, bytes(32)])
    for changed in (
        answer._replace(log_nodes=more),
        answer._replace(batches=[spare, *answer.batches[1:]]),
    ):
        with pytest.raises(TallyError) as refusal:
            checked(_written(changed), log, provider)
        assert refusal.value.reason is MULTIPROOF_FAILS


WRONG: list[Any] = [None, True, False, 0, -1, 2**53 - 1, "", " ", "zz", "AAAA", [], {}, [1], [[]]]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_field_of_the_wrong_form_is_refused(many: list[Receipt], value: Any) -> None:
    whole = json.loads(write_answer(many))
    for name in (*whole, "more"):
        if (name, value) != ("log_nodes", "") and (name != "status" or type(value) is not str):
            bad(canonical.encode({**whole, name: value}) + b"\n")
    batch, record = whole["batches"][0], whole["records"][-1]
    others = whole["batches"][1:]
    for name in (*batch, "more"):
        right = (name, value) in [("entry", 0), ("nodes", "")] and type(value) is not bool
        if not right:
            changed = {**whole, "batches": [{**batch, name: value}, *others]}
            bad(canonical.encode(changed) + b"\n")
    for name in (*record, "more"):
        if (name, value) != ("body", {}) and (name != "status" or type(value) is not str):
            changed = {**whole, "records": [*whole["records"][:-1], {**record, name: value}]}
            bad(canonical.encode(changed) + b"\n")


def test_fields_too_few_are_refused(many: list[Receipt]) -> None:
    whole = json.loads(write_answer(many))
    for name in whole:
        bad(canonical.encode({k: v for k, v in whole.items() if k != name}) + b"\n")
    for name in whole["batches"][0]:
        batch = {k: v for k, v in whole["batches"][0].items() if k != name}
        changed = {**whole, "batches": [batch, *whole["batches"][1:]]}
        bad(canonical.encode(changed) + b"\n")
    for name in whole["records"][-1]:
        record = {k: v for k, v in whole["records"][-1].items() if k != name}
        changed = {**whole, "records": [*whole["records"][:-1], record]}
        bad(canonical.encode(changed) + b"\n")
    bad(canonical.encode({**whole, "format": "tallystick-answer/2"}) + b"\n")


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"null\n", b"[]\n", b"{}\n", b"\xff\n", b"[" * 100_000 + b"\n"]
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    bad(data)


def test_receipts_that_do_not_belong_together_are_not_joined(
    many: list[Receipt], log: Log, log_key: SigningKey
) -> None:
    proof = many[0].proof
    more = NoteSignature("witness.example.net", b"1234", bytes(72))
    note = proof.checkpoint._replace(signatures=(*proof.checkpoint.signatures, more))
    log.commit([], log_key, as_of=9)
    later = Receipt(many[3].commitment, None, None, log.prove(3))
    wrong: list[list[Receipt]] = [
        [],
        [many[0], many[0]],
        [many[0], later],
        without_status([many[0], later]),
        [many[0], *without_status(many[1:])],
        [many[0], many[1]._replace(proof=many[1].proof._replace(checkpoint=note))],
    ]
    for receipts in wrong:
        with pytest.raises(TallyError) as refusal:
            join_receipts(receipts)
        assert refusal.value.reason is BAD_RECEIPT


def test_receipts_that_lead_nowhere_are_not_joined(many: list[Receipt]) -> None:
    one, proof, other = many[0], many[0].proof, many[4].proof
    for changed in (
        one._replace(commitment=bytes(32)),
        one._replace(proof=proof._replace(entry_path=proof.entry_path[:-1])),
        one._replace(proof=proof._replace(entry_path=other.entry_path)),
        one._replace(proof=proof._replace(path=[*proof.path, bytes(32)])),
        one._replace(proof=proof._replace(position=1)),
        one._replace(proof=proof._replace(header=other.header)),
    ):
        for receipts in ([changed], [changed, many[4]], [changed, many[2]]):
            with pytest.raises(TallyError) as refusal:
                write_answer(receipts)
            assert refusal.value.reason in {BAD_RECEIPT, MULTIPROOF_FAILS}


def test_it_begins_as_no_receipt_does(many: list[Receipt]) -> None:
    one = many[-1]
    assert is_answer(write_answer(many))
    assert not is_answer(write_receipt(one.proof, one.commitment, one.salt, one.body))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Return a log of 60 batches of 1,000 records."""
    key = SigningKey("example.org/ledger", bytes([1]) * 32)
    folder: Path = tmp_path_factory.mktemp("large")
    log = create_log(folder / "evidence", FileDisk(), key, lambda _header, _entry: None)
    for batch in range(60):
        listed = [commitment_of(SALT, f"{batch}/{n}".encode()) for n in range(1000)]
        log.commit([log.seal(SigningKey("p", bytes([2]) * 32), listed, batch)], key)
    return log


def receipts_of(log: Log, numbers: list[int]) -> list[Receipt]:
    return [Receipt(log.commitment(n), None, None, log.prove(n)) for n in numbers]


@given(st.sets(st.integers(0, 59_999), min_size=1, max_size=40))
def test_any_records_of_a_large_log_are_proved_together(large: Log, some: set[int]) -> None:
    receipts = receipts_of(large, sorted(some))
    answer = checked(write_answer(receipts), large, SigningKey("p", bytes([2]) * 32))
    assert answer.receipts() == receipts


@pytest.mark.parametrize(("count", "share"), [(100, 0.6), (1000, 0.35)])
def test_many_records_take_less_together_than_alone(large: Log, count: int, share: float) -> None:
    spread = receipts_of(large, list(range(7, 60_000, 60_000 // count)))
    alone = [write_receipt(one.proof, one.commitment, None, None) for one in spread]
    assert len(alone) == count
    assert len(write_answer(spread)) < share * sum(map(len, alone))
    neighbours = receipts_of(large, list(range(500, 500 + count)))
    assert len(write_answer(neighbours)) < 180 * count
