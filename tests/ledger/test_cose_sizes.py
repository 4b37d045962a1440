from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scitt_cose import verify_receipt

from tallystick.kernel.merkle import Tree, leaf_hash, path_of, root_of
from tallystick.kernel.notes import Checkpoint, NoteSignature, parse_checkpoint, write_checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import Receipt, RecordProof, commitment_of, sign_header
from tallystick.ledger.cose import read_cose, write_cose
from tallystick.ledger.status import FIRST_STATUS, StatusProof

SALT = bytes(range(32))
WITNESSES = ("witness1.example.net", "witness2.example.net")
# What C2SP tlog-cosignature has after the key id: time and signature.
ED25519_BYTES, ML_DSA_44_BYTES = 8 + 64, 8 + 2420


class Sample(NamedTuple):
    """A receipt, and the key that signs for its log."""

    receipt: Receipt
    key: SigningKey


def cosigned(checkpoint: Checkpoint, length: int) -> Checkpoint:
    """Return the checkpoint with lines of two witnesses, as long as their signatures would be."""
    lines = tuple(NoteSignature(name, name.encode()[-4:], bytes(length)) for name in WITNESSES)
    return checkpoint._replace(signatures=(*checkpoint.signatures, *lines))


def accepted_elsewhere(data: bytes, leaf: bytes, key: SigningKey) -> bool:
    public = Ed25519PublicKey.from_public_bytes(key.verifier.public)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return bool(verify_receipt(data, leaf_entry_hex=leaf.hex(), log_public_key_pem=pem).ok)


@pytest.fixture(scope="module")
def at_ten_million() -> Callable[[int, int], Sample]:
    """Return a maker of a receipt from ten million records: (records a batch, entries a commit)."""
    log_key = SigningKey("ledger.example.org/credit", bytes([1]) * 32)
    provider = SigningKey(f"{log_key.name}/provider", bytes([2]) * 32)

    def make(records: int, entries: int) -> Sample:
        commitments = [commitment_of(SALT, n.to_bytes(4, "big")) for n in range(records)]
        leaves = [leaf_hash(one) for one in commitments]
        header = sign_header(log_key.name, provider, commitments, 1_798_761_600)
        assert header.root == root_of(leaves)
        batches = -(-10_000_000 // records)
        status = FIRST_STATUS._replace(covered=batches).encode()
        tree = Tree()
        for number in range(batches * entries):
            tree.append(leaf_hash(number.to_bytes(4, "big")))
        entry = 1234 * entries
        hashes = [*tree._rows[0]]
        hashes[entry], hashes[-1] = leaf_hash(header.encode()), leaf_hash(status)
        tree = Tree()
        for one in hashes:
            tree.append(one)
        checkpoint = cosigned(
            write_checkpoint(log_key.name, len(tree), tree.root(), [log_key]), ED25519_BYTES
        )
        stated = StatusProof(status, tree.path(len(tree) - 1), b"\x00\x00")
        proof = RecordProof(
            789, path_of(789, leaves), header, entry, tree.path(entry), checkpoint, stated
        )
        return Sample(Receipt(commitments[789], None, None, proof), log_key)

    return make


@pytest.mark.parametrize(("records", "entries"), [(1000, 1), (1024, 1), (1000, 2), (1024, 2)])
def test_the_whole_way_at_ten_million_records_fits_into_1433_bytes(
    at_ten_million: Callable[[int, int], Sample], records: int, entries: int
) -> None:
    receipt, key = at_ten_million(records, entries)
    assert receipt.proof.status is not None
    proof = receipt.proof._replace(status=None)
    assert len(proof.path) == 10
    assert len(proof.entry_path) == 13 + entries
    data = write_cose(receipt._replace(proof=proof), key)
    assert len(data) <= 1433
    assert accepted_elsewhere(data, proof.header.encode(), key)
    more = len(write_cose(receipt, key)) - len(data)
    parts = len(receipt.proof.status.entry) + 32 * len(receipt.proof.status.path)
    assert parts + 9 <= more <= parts + 10


def test_two_post_quantum_cosignatures_are_carried_as_they_are(
    at_ten_million: Callable[[int, int], Sample],
) -> None:
    receipt, key = at_ten_million(1000, 1)
    proof = receipt.proof._replace(status=None)
    own = proof.checkpoint._replace(signatures=proof.checkpoint.signatures[:1])
    note = cosigned(own, ML_DSA_44_BYTES)
    data = write_cose(receipt._replace(proof=proof._replace(checkpoint=note)), key)
    assert read_cose(data).receipt.proof.checkpoint == parse_checkpoint(note.text())
    assert 6000 < len(data) < 6200
