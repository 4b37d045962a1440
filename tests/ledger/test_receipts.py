from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import PATH_DOES_NOT_LEAD
from tallystick.kernel.notes import write_checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import (
    BAD_RECEIPT,
    SUPERSEDED,
    Log,
    Receipt,
    StatusChange,
    commitment_of,
    read_receipt,
    write_receipt,
)
from tallystick.ledger.receipts import (
    NOT_COVERED,
    RECEIPT_BYTES_MAX,
    read_log_proof,
    write_log_proof,
)

FIRST_FORMAT = (Path(__file__).parents[1] / "data" / "receipt-1.tally").read_bytes()
SALT = bytes(range(32))
BODY = {"kind": "fact", "data": {"amount": "10.5"}, "later": ["kept", "信"]}


@pytest.fixture
def one(log: Log, provider: SigningKey, log_key: SigningKey) -> bytes:
    """Return a content receipt of the only record of its batch."""
    commitment = commitment_of(SALT, canonical.encode(BODY))
    log.commit([log.seal(provider, [commitment], 4)], log_key)
    return write_receipt(log.prove(log.records - 1), commitment, SALT, BODY)


def proved(log: Log, record: int) -> bytes:
    [commitment] = log.commitments(record, 1)
    return write_receipt(log.prove(record), commitment, None, None)


def checked(data: bytes) -> Receipt:
    receipt = read_receipt(data)
    receipt.check_batch_path()
    receipt.check_log_path()
    if receipt.proof.status is not None:
        receipt.check_status()
    return receipt


def bad(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        read_receipt(data)
    assert refusal.value.reason is BAD_RECEIPT


def test_what_is_wrong_is_said_in_chinese_without_english_words(one: bytes) -> None:
    text, said = one.decode(), set()
    spoiled = [text[:at] + "!" + text[at + 1 :] for at in range(0, len(text), 3)]
    spoiled += [text.replace(part, "x", 1) for part in text.split('"')[1::2]]
    spoiled += [text[:-1], "{}\n", text.replace('"position":0', '"position":-1')]
    for paper in spoiled:
        try:
            read_receipt(paper.encode())
        except TallyError as fault:
            said.add(fault.text.zh)
    words = {word for sentence in said for word in re.findall("[A-Za-z_0-9]{2,}", sentence)}
    assert len(said) > 8
    assert {word for word in words if not word.isdigit()} <= {"JSON", "base64", "log_proof"}


def test_every_record_is_proved_by_both_paths(log: Log) -> None:
    for record in range(log.records):
        receipt = checked(proved(log, record))
        assert (receipt.salt, receipt.body) == (None, None)
        assert [receipt.commitment] == log.commitments(record, 1)
        assert receipt.proof == log.prove(record)


def test_a_receipt_reads_back_as_it_was_written(one: bytes) -> None:
    receipt = checked(one)
    assert (receipt.salt, receipt.body) == (SALT, BODY)
    assert write_receipt(receipt.proof, receipt.commitment, receipt.salt, receipt.body) == one
    assert one.endswith(b"}\n")
    assert one.count(b"\n") == 1


def test_any_changed_bit_is_refused_or_leaves_no_valid_path_or_body(
    one: bytes, log: Log, provider: SigningKey
) -> None:
    for bit in range(len(one) * 8):
        spoiled = bytearray(one)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TallyError):
            fully_checked(bytes(spoiled), log, provider)


def fully_checked(data: bytes, log: Log, provider: SigningKey) -> None:
    """Check as the steps of a verifier do. Raises: TallyError, also where a body differs."""
    receipt = checked(data)
    assert receipt.salt is not None
    receipt.proof.checkpoint.check(log.key)
    receipt.proof.header.check(receipt.proof.checkpoint.origin, provider.verifier)
    if commitment_of(receipt.salt, canonical.encode(receipt.body)) != receipt.commitment:
        raise BAD_RECEIPT.error(what="body")


def test_any_removed_or_added_byte_is_refused(one: bytes, log: Log, provider: SigningKey) -> None:
    for at in range(0, len(one), 3):
        for spoiled in (one[:at] + one[at + 1 :], one[:at] + b"0" + one[at:]):
            with pytest.raises(TallyError):
                fully_checked(spoiled, log, provider)
    for end in (b"\n", b" ", b"{}", b"\x00", one):
        bad(one + end)


def test_a_receipt_of_one_record_does_not_prove_another(log: Log) -> None:
    one, other = json.loads(proved(log, 1)), json.loads(proved(log, 4))
    for mixed in (
        {**one, "commitment": other["commitment"]},
        {**one, "batch": other["batch"]},
        {**one, "batch": {**one["batch"], "position": 2}},
        {**one, "batch": {**one["batch"], "position": -1}},
        {**one, "batch": {**one["batch"], "header": other["batch"]["header"]}},
        {**one, "log_proof": other["log_proof"]},
        {**one, "log_proof": one["log_proof"].replace("index 0", "index 1")},
    ):
        with pytest.raises(TallyError) as refusal:
            checked(canonical.encode(mixed) + b"\n")
        assert refusal.value.reason in {BAD_RECEIPT, PATH_DOES_NOT_LEAD}


WRONG: list[Any] = [None, True, False, 0, 1, -1, 2**53 - 1, "", " ", "zz", "AB", [], {}, [1], [[]]]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_field_of_the_wrong_form_is_refused(one: bytes, value: Any) -> None:
    whole = json.loads(one)
    for name in whole:
        document = {**whole, name: value}
        if name == "body" and value == {}:  # a body of the right form, and a false one
            continue
        bad(canonical.encode(document) + b"\n")
    for name in whole["batch"]:
        if (name == "position" and type(value) is int and value in {0, 1}) or (
            name == "path" and value == ""
        ):
            continue  # of the right form; whether it leads anywhere is the next question
        bad(canonical.encode({**whole, "batch": {**whole["batch"], name: value}}) + b"\n")


PATHS: list[Any] = [[], {}, "AA", "00", "A" * 43, "A" * 44, base64.b64encode(bytes(33)).decode()]


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_a_path_is_digests_end_to_end_and_nothing_that_reads_like_them(
    one: bytes, path: Any
) -> None:
    whole = json.loads(one)
    assert whole["batch"]["path"] == ""
    bad(canonical.encode({**whole, "batch": {**whole["batch"], "path": path}}) + b"\n")
    bad(canonical.encode({**whole, "status": {**whole["status"], "path": path}}) + b"\n")


OLD_PATHS: list[Any] = ["", {}, "00", {"00" * 32: 1}, ["00" * 31], ["00" * 33], [""]]


@pytest.mark.parametrize("path", OLD_PATHS, ids=repr)
def test_a_path_of_the_first_format_is_a_list_of_digests(path: Any) -> None:
    whole = json.loads(FIRST_FORMAT)
    bad(canonical.encode({**whole, "batch": {**whole["batch"], "path": path}}) + b"\n")


@pytest.mark.parametrize("name", ["commitment", "salt"])
@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_commitment_and_salt_have_one_length(one: bytes, name: str, length: int) -> None:
    # Salt and body are hashed one after the other: with free lengths, bytes could cross the line.
    given = base64.b64encode(bytes(length)).decode()
    bad(canonical.encode({**json.loads(one), name: given}) + b"\n")
    bad(canonical.encode({**json.loads(FIRST_FORMAT), name: "00" * length}) + b"\n")


def test_a_receipt_of_the_first_format_is_read_and_states_nothing() -> None:
    receipt = checked(FIRST_FORMAT)
    assert receipt.proof.status is None
    assert receipt.body is not None
    with pytest.raises(TallyError) as refusal:
        receipt.check_status()
    assert refusal.value.reason is NOT_COVERED


def test_the_formats_do_not_mix(one: bytes) -> None:
    new, old = json.loads(one), json.loads(FIRST_FORMAT)
    for mixed in (
        {**new, "format": old["format"]},
        {**old, "format": new["format"]},
        {**old, "status": new["status"]},
        {**new, "batch": old["batch"]},
        {**new, "salt": old["salt"]},
        {**new, "format": "tallystick-receipt/3"},
    ):
        bad(canonical.encode(mixed) + b"\n")


def test_a_status_is_that_of_this_record_under_this_checkpoint(
    log: Log, log_key: SigningKey
) -> None:
    older = json.loads(proved(log, 1))
    log.commit([], log_key, changes=[StatusChange(1, SUPERSEDED, 7, by=4)], as_of=8)
    standing, entry = checked(proved(log, 1)).check_status()
    assert (standing.name, standing.since) == ("superseded", 7)
    assert [standing.by] == log.commitments(4, 1)
    assert (entry.as_of, entry.records) == (8, 1)
    newer, other = json.loads(proved(log, 1)), json.loads(proved(log, 2))
    for mixed in (
        {**newer, "status": older["status"]},
        {**older, "status": newer["status"]},
        {**newer, "status": {**newer["status"], "proof": other["status"]["proof"]}},
        {**newer, "status": {**newer["status"], "entry": older["status"]["entry"]}},
        {**newer, "status": {**newer["status"], "proof": "AAA="}},
    ):
        with pytest.raises(TallyError):
            checked(canonical.encode(mixed) + b"\n")


def test_nothing_is_stated_of_a_record_sealed_after_what_the_entry_covers(
    log: Log, provider: SigningKey, log_key: SigningKey, commitments: Any
) -> None:
    before = log.journal.entry
    log.commit([log.seal(provider, commitments(2, "late"), 9)], log_key, as_of=9, settled=False)
    assert log.journal.entry == before, "it says again what was said, as of the same time"
    late = checked(proved(log, log.records - 1))
    assert late.proof.status is None
    assert [proof.status for proof in log.prove_batch(3)] == [None, None]
    stated = checked(proved(log, 0)).proof.status
    # A forger who adds the true status entry of the checkpoint finds that it speaks of others.
    forged = late._replace(proof=late.proof._replace(status=stated))
    with pytest.raises(TallyError) as refusal:
        forged.check_status()
    assert refusal.value.reason is NOT_COVERED


def test_fields_too_many_or_too_few_are_refused(one: bytes) -> None:
    whole = json.loads(one)
    for name in whole.keys() - {"status"}:  # without it nothing is stated, which is lawful
        bad(canonical.encode({k: v for k, v in whole.items() if k != name}) + b"\n")
    for part in ("batch", "status"):
        for name in whole[part]:
            less = {k: v for k, v in whole[part].items() if k != name}
            bad(canonical.encode({**whole, part: less}) + b"\n")
        bad(canonical.encode({**whole, part: {**whole[part], "key": "a vkey"}}) + b"\n")
    bad(canonical.encode({**whole, "key": "a vkey"}) + b"\n")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b'"a"\n',
        b"{}\n",
        b"\xff\n",
        b"[" * 100_000 + b"\n",
        b"[" * 1000 + b"]" * 1000 + b"\n",
        b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"\n",
        b" " * RECEIPT_BYTES_MAX + b"\n",
    ],
)
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    bad(data)


def test_another_layout_of_the_same_json_is_refused(one: bytes) -> None:
    whole = json.loads(one)
    for text in (
        json.dumps(whole),
        json.dumps(whole, indent=1),
        json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + " ",
        one.decode().replace("{", '{"format":"tallystick-receipt/2",', 1).removesuffix("\n"),
    ):
        bad(text.encode() + b"\n")
    bad(one.replace(whole["commitment"].encode(), whole["commitment"][:-1].encode()))
    bad(one[:-1])
    bad(one.replace(b"\n", b"\r\n"))


def test_a_receipt_carries_no_key(one: bytes, provider: SigningKey, log_key: SigningKey) -> None:
    for key in (provider, log_key):
        assert key.verifier.public.hex().encode() not in one
        assert key.verifier.text().split("+", 2)[2].encode() not in one


def test_a_log_proof_is_written_as_the_published_form_says(log: Log) -> None:
    proof = log.prove(4)
    text = write_log_proof(proof.entry, proof.entry_path, proof.checkpoint)
    lines = text.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 1"]
    assert len(lines[2]) == 44
    assert text.endswith("\n\n" + proof.checkpoint.text())
    assert read_log_proof(text) == (proof.entry, proof.entry_path, proof.checkpoint)


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_log_proofs_read_back_for_every_entry(size: int, log_key: SigningKey) -> None:
    checkpoint = write_checkpoint(log_key.name, size, bytes(32), [log_key])
    for entry in range(size):
        path = [bytes([n]) * 32 for n in range(entry)]
        text = write_log_proof(entry, path, checkpoint)
        assert read_log_proof(text) == (entry, path, checkpoint)


def test_a_log_proof_in_another_form_is_refused(log: Log) -> None:
    proof = log.prove(4)
    text = write_log_proof(proof.entry, proof.entry_path, proof.checkpoint)
    for wrong in (
        "",
        text.replace("@v1", "@v2"),
        text.replace("index 1", "index 01"),
        text.replace("index 1", "index  1"),
        text.replace("index 1", "index +1"),
        text.replace("index 1", "index 1_0"),
        text.replace("index 1", "index -1"),
        text.replace("index 1", "1"),
        text.replace("index 1", "index " + "9" * 5000),
        text.replace("index 1\n", ""),
        text.replace("index 1", "extra AAAA\nindex 1"),
        text.replace("index 1\n", "index 1\n!\n"),
        text.replace("index 1\n", "index 1\nAAAA\n"),
        text.replace("\n", "\r\n"),
        text.replace("\n\n", "\n", 1),
        text + "\n",
        " " + text,
    ):
        with pytest.raises(TallyError):
            read_log_proof(wrong)
