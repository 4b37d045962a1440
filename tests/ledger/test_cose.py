from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scitt_cose import verify_receipt

from tallystick.kernel import canonical
from tallystick.kernel.cbor import Tag, decode, encode
from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import (
    UNKNOWN_SIGNER,
    Checkpoint,
    NoteSignature,
    write_checkpoint,
)
from tallystick.kernel.signing import BAD_SIGNATURE, SigningKey, VerifierKey
from tallystick.ledger import (
    BAD_RECEIPT,
    Log,
    Receipt,
    commitment_of,
    write_receipt,
)
from tallystick.ledger.cose import CARRIED, HEADER, is_cose, read_cose, write_cose

SALT = bytes(range(32))
BODY = {"kind": "fact", "data": {"amount": "10.5"}, "later": ["kept", "信"]}
WITNESSES = [SigningKey(f"witness{n}.example.net", bytes([7 + n]) * 32) for n in (1, 2)]


def cosigned(checkpoint: Checkpoint, seconds: int = 1_798_761_600) -> Checkpoint:
    """Return the checkpoint with the cosignatures (C2SP tlog-cosignature, 0x04) of both."""
    message = f"cosignature/v1\ntime {seconds}\n{checkpoint.body}".encode()
    lines = tuple(
        NoteSignature(
            key.name, key.verifier.note_id, seconds.to_bytes(8, "big") + key.sign(message)
        )
        for key in WITNESSES
    )
    return checkpoint._replace(signatures=(*checkpoint.signatures, *lines))


def check_cosignatures(checkpoint: Checkpoint) -> None:
    assert len(checkpoint.signatures) == 1 + len(WITNESSES)
    for key, line in zip(WITNESSES, checkpoint.signatures[1:], strict=True):
        if (line.name, line.note_id) != (key.name, key.verifier.note_id):
            raise UNKNOWN_SIGNER.error()
        seconds = int.from_bytes(line.signature[:8], "big")
        message = f"cosignature/v1\ntime {seconds}\n{checkpoint.body}".encode()
        key.verifier.check(message, line.signature[8:])


def receipt_of(log: Log, record: int, *, content: bool = False) -> Receipt:
    proof = log.prove(record)
    proof = proof._replace(checkpoint=cosigned(proof.checkpoint))
    salt, body = (SALT, BODY) if content else (None, None)
    return Receipt(log.commitments(record, 1)[0], salt, body, proof)


@pytest.fixture
def sealed(log: Log, provider: SigningKey, log_key: SigningKey) -> Receipt:
    """Return a content receipt from a batch of several records."""
    commitment = commitment_of(SALT, canonical.encode(BODY))
    others = [commitment_of(SALT, bytes([n])) for n in range(4)]
    log.commit([log.seal(provider, [*others, commitment], 4)], log_key)
    return receipt_of(log, log.records - 1, content=True)


def pem(key: VerifierKey) -> bytes:
    public = Ed25519PublicKey.from_public_bytes(key.public)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def accepted_elsewhere(data: bytes, leaf: bytes, key: VerifierKey) -> bool:
    """Tell what an implementation that is not ours says of the way from the leaf to the root."""
    result = verify_receipt(data, leaf_entry_hex=leaf.hex(), log_public_key_pem=pem(key))
    return bool(result.ok)


def fully_checked(data: bytes, log_key: VerifierKey, provider: VerifierKey) -> Receipt:
    """Check as the steps of a verifier do. Raises: TallyError, also where a body differs."""
    cose = read_cose(data)
    receipt = cose.receipt
    receipt.check_batch_path()
    receipt.check_log_path()
    if receipt.proof.status is not None:
        receipt.check_status()
    cose.check(log_key)
    receipt.proof.checkpoint.check(log_key)
    check_cosignatures(receipt.proof.checkpoint)
    receipt.proof.header.check(receipt.proof.checkpoint.origin, provider)
    if receipt.salt is not None and (
        commitment_of(receipt.salt, canonical.encode(receipt.body)) != receipt.commitment
    ):
        raise BAD_RECEIPT.error(what="body")
    return receipt


def bad(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        read_cose(data)
    assert refusal.value.reason is BAD_RECEIPT


def test_every_receipt_comes_back_with_its_checkpoint_byte_for_byte(
    log: Log, log_key: SigningKey, provider: SigningKey
) -> None:
    for record in range(log.records):
        receipt = receipt_of(log, record)
        data = write_cose(receipt, log_key)
        cose = read_cose(data)
        assert cose.receipt == receipt
        assert cose.receipt.proof.checkpoint.text() == receipt.proof.checkpoint.text()
        assert write_receipt(cose.receipt.proof, receipt.commitment, None, None) == write_receipt(
            receipt.proof, receipt.commitment, None, None
        )
        assert write_cose(cose.receipt, log_key) == data
        assert fully_checked(data, log_key.verifier, provider.verifier) == receipt


def test_salt_body_and_status_come_back_too(
    sealed: Receipt, log_key: SigningKey, provider: SigningKey
) -> None:
    data = write_cose(sealed, log_key)
    assert read_cose(data).receipt == sealed
    assert sealed.body == BODY
    assert sealed.proof.status is not None
    assert fully_checked(data, log_key.verifier, provider.verifier) == sealed
    older = sealed._replace(proof=sealed.proof._replace(status=None))
    assert read_cose(write_cose(older, log_key)).receipt == older


def test_another_implementation_accepts_what_we_write_for_its_entry_and_key_alone(
    log: Log, log_key: SigningKey, provider: SigningKey
) -> None:
    for record in range(log.records):
        receipt = receipt_of(log, record)
        data, leaf = write_cose(receipt, log_key), receipt.proof.header.encode()
        assert accepted_elsewhere(data, leaf, log_key.verifier)
        assert not accepted_elsewhere(data, leaf, provider.verifier)
        assert not accepted_elsewhere(data, leaf[:-1] + b"\x00", log_key.verifier)


def test_another_implementation_says_who_signed_what(log: Log, log_key: SigningKey) -> None:
    receipt = receipt_of(log, 4)
    proof = receipt.proof
    result = verify_receipt(
        write_cose(receipt, log_key),
        leaf_entry_hex=proof.header.encode().hex(),
        log_public_key_pem=pem(log_key.verifier),
    )
    assert (result.tree_size, result.leaf_index) == (proof.checkpoint.size, proof.entry)
    assert result.root == proof.checkpoint.root.hex()
    assert result.issuer == log_key.name
    assert result.protected_header_ext == {4: log_key.verifier.note_id}


def test_it_is_a_signature_over_the_detached_root_as_the_published_form_says(
    log: Log, log_key: SigningKey
) -> None:
    receipt = receipt_of(log, 4)
    data = write_cose(receipt, log_key)
    message = cbor2.loads(data)
    protected, unprotected, payload, signature = message.value
    assert (message.tag, payload) == (18, None)
    assert dict(cbor2.loads(protected))[395] == 1
    proof = receipt.proof
    inclusion = [proof.checkpoint.size, proof.entry, proof.entry_path]
    assert list(unprotected[396][-1]) == [cbor2.dumps(inclusion)]
    assert unprotected[CARRIED][HEADER] == proof.header.encode()
    signed = cbor2.dumps(["Signature1", protected, b"", proof.checkpoint.root])
    key = Ed25519PublicKey.from_public_bytes(log_key.verifier.public)
    key.verify(signature, signed)
    with pytest.raises(InvalidSignature):
        key.verify(signature, signed + b"\x00")
    assert cbor2.dumps(message, canonical=True) == data


def test_no_changed_bit_leaves_it_valid(
    sealed: Receipt, log_key: SigningKey, provider: SigningKey
) -> None:
    data = write_cose(sealed, log_key)
    fully_checked(data, log_key.verifier, provider.verifier)
    for bit in range(len(data) * 8):
        spoiled = bytearray(data)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TallyError):
            fully_checked(bytes(spoiled), log_key.verifier, provider.verifier)


def test_no_removed_added_or_replaced_byte_leaves_it_valid(
    sealed: Receipt, log_key: SigningKey, provider: SigningKey
) -> None:
    data = write_cose(sealed, log_key)
    for at in range(len(data)):
        for spoiled in (
            data[:at] + data[at + 1 :],
            data[:at] + b"\x00" + data[at:],
            data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :],
            data[:at],
        ):
            with pytest.raises(TallyError):
                fully_checked(spoiled, log_key.verifier, provider.verifier)
    for end in (b"\x00", b"\xf6", b"\n", data):
        bad(data + end)


WRONG: list[Any] = [None, 0, -1, 2**63, "", "x", b"", b"x", [], [1], {}, {1: 1}, Tag(1, 1), [[]]]


@pytest.fixture
def rewritten(sealed: Receipt, log_key: SigningKey) -> Callable[[int, Any], bytes]:
    """Return a writer of the receipt with one of its four parts replaced."""
    whole: Any = decode(write_cose(sealed, log_key))

    def write(at: int, part: Any) -> bytes:
        return encode(Tag(18, [*whole.value[:at], part, *whole.value[at + 1 :]]))

    return write


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_part_or_header_of_the_wrong_form_is_refused(
    sealed: Receipt, log_key: SigningKey, rewritten: Callable[[int, Any], bytes], value: Any
) -> None:
    whole: Any = decode(write_cose(sealed, log_key))
    protected: Any = decode(whole.value[0])
    unprotected = whole.value[1]
    for at in (0, 1, 3):
        bad(rewritten(at, value))
    if value is not None:
        bad(rewritten(2, value))
    for label in (*protected, 2, 16, "x"):
        bad(rewritten(0, encode({**protected, label: value})))
    if value != "x":  # which names a log
        bad(rewritten(0, encode({**protected, 15: {1: value}})))
    for label in (*unprotected, 394, "x"):
        bad(rewritten(1, {**unprotected, label: value}))
    bad(rewritten(1, {**unprotected, 396: {-1: value}}))
    bad(rewritten(1, {**unprotected, 396: {-1: [value]}}))
    [inclusion] = unprotected[396][-1]
    fields: Any = decode(inclusion)
    for at in range(3):
        changed = [*fields[:at], value, *fields[at + 1 :]]
        if (at, value) != (1, 0):  # a number, and the next question is whether it is the right one
            bad(rewritten(1, {**unprotected, 396: {-1: [encode(changed)]}}))
    bad(encode(Tag(17, whole.value)))
    bad(encode(whole.value))
    bad(encode(Tag(18, [*whole.value, value])))


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_what_is_carried_in_the_wrong_form_is_refused(
    sealed: Receipt, log_key: SigningKey, rewritten: Callable[[int, Any], bytes], value: Any
) -> None:
    whole: Any = decode(write_cose(sealed, log_key))
    unprotected = whole.value[1]
    carried = unprotected[CARRIED]
    for label in (*carried, 0, 9, "x"):
        if (label, value) not in [(2, 0), (3, b"")]:  # of the right form, and leading elsewhere
            bad(rewritten(1, {**unprotected, CARRIED: {**carried, label: value}}))
    for label in carried:
        less = {other: part for other, part in carried.items() if other != label}
        if label != 6:  # the status may be left out
            bad(rewritten(1, {**unprotected, CARRIED: less}))


def test_a_second_writing_of_the_logs_own_signature_is_refused(
    sealed: Receipt, log_key: SigningKey
) -> None:
    whole: Any = decode(write_cose(sealed, log_key))
    carried = whole.value[1][CARRIED]
    own, *others = carried[5]
    carried[5] = [[log_key.name, log_key.verifier.note_id + own], *others]
    bad(encode(whole))


@pytest.mark.parametrize(
    "data", [b"", b"\xd2", b"\xd2\x84", b"{}\n", b"\xd2\x84\x40\xa0\xf6\x40", b"\x00" * 2_000_000]
)
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    bad(data)


def test_only_the_key_that_signed_the_checkpoint_can_sign_the_export(
    log: Log, log_key: SigningKey
) -> None:
    receipt = receipt_of(log, 1)
    for name in (log_key.name, "example.org/other"):
        with pytest.raises(TallyError) as refusal:
            write_cose(receipt, SigningKey(name, bytes([9]) * 32))
        assert refusal.value.reason is UNKNOWN_SIGNER
    proof = receipt.proof
    other = proof._replace(checkpoint=proof.checkpoint._replace(root=bytes(32)))
    with pytest.raises(TallyError):
        write_cose(receipt._replace(proof=other), log_key)
    lying = write_checkpoint(log_key.name, 7, bytes(32), [log_key])
    with pytest.raises(TallyError):
        write_cose(receipt._replace(proof=proof._replace(checkpoint=lying)), log_key)
    with pytest.raises(TallyError):
        write_cose(receipt._replace(commitment=bytes(32)), log_key)


def test_a_forger_of_the_whole_paper_is_not_believed(
    log: Log, log_key: SigningKey, provider: SigningKey
) -> None:
    forger = SigningKey(log_key.name, bytes([9]) * 32)
    receipt = receipt_of(log, 1)
    proof = receipt.proof
    note = cosigned(
        write_checkpoint(log_key.name, proof.checkpoint.size, proof.checkpoint.root, [forger])
    )
    data = write_cose(receipt._replace(proof=proof._replace(checkpoint=note)), forger)
    assert not accepted_elsewhere(data, proof.header.encode(), log_key.verifier)
    with pytest.raises(TallyError) as refusal:
        fully_checked(data, log_key.verifier, provider.verifier)
    assert refusal.value.reason is UNKNOWN_SIGNER
    cose = read_cose(data)
    for changed, reason in (
        (cose._replace(note_id=log_key.verifier.note_id), BAD_SIGNATURE),
        (cose, UNKNOWN_SIGNER),
    ):
        with pytest.raises(TallyError) as refusal:
            changed.check(log_key.verifier)
        assert refusal.value.reason is reason


def test_it_begins_as_no_other_receipt_does(log: Log, log_key: SigningKey) -> None:
    receipt = receipt_of(log, 1)
    assert is_cose(write_cose(receipt, log_key))
    assert not is_cose(write_receipt(receipt.proof, receipt.commitment, None, None))
