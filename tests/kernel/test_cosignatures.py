from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import mldsa

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import leaf_hash
from tallystick.kernel.notes import (
    BAD_NOTE,
    TIME_END,
    UNKNOWN_SIGNER,
    Checkpoint,
    parse_checkpoint,
    write_checkpoint,
)
from tallystick.kernel.signing import (
    BAD_KEY_TEXT,
    BAD_SIGNATURE,
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    COSIGNATURES,
    NO_ML_DSA,
    CosignerKey,
    SigningKey,
    VerifierKey,
)

# Checkpoints that logs and witnesses of other people published, with the keys of the witnesses.
PUBLISHED = json.loads(
    (Path(__file__).parents[1] / "interop" / "published.json").read_text(encoding="utf-8")
)
COSIGNED = [(one, key) for one in PUBLISHED["cosigned"] for key in one["keys"]]

ORIGIN = "example.org/log"
LOG = SigningKey(ORIGIN, bytes(range(32)))
WITNESSES = {
    kind: CosignerKey("witness.example/w1", bytes([kind]) * 32, kind) for kind in COSIGNATURES
}
CHECKPOINT = write_checkpoint(ORIGIN, 5, leaf_hash(b"a"), [LOG])
TIME = 1_798_761_600


@pytest.fixture(params=COSIGNATURES, ids=["ed25519", "ml-dsa-44"])
def witness(request: pytest.FixtureRequest) -> CosignerKey:
    return WITNESSES[request.param]


def refused(checkpoint: Checkpoint, key: VerifierKey, reason: Reason) -> None:
    with pytest.raises(TallyError) as refusal:
        checkpoint.check_cosignature(key)
    assert refusal.value.reason is reason


@pytest.mark.parametrize(("vector", "vkey"), COSIGNED, ids=[vkey[:40] for _, vkey in COSIGNED])
def test_a_cosignature_that_others_published_holds_here(vector: dict[str, Any], vkey: str) -> None:
    key = VerifierKey.from_text(vkey, COSIGNATURES)
    checkpoint = parse_checkpoint(vector["checkpoint"])
    assert checkpoint.text() == vector["checkpoint"]
    assert key.text() == vkey
    assert checkpoint.check_cosignature(key) == vector["time"]
    for changed in (
        checkpoint._replace(size=checkpoint.size + 1),
        checkpoint._replace(root=leaf_hash(b"another")),
        checkpoint._replace(origin=checkpoint.origin + "x"),
    ):
        refused(changed, key, BAD_SIGNATURE)


def test_what_a_witness_cosigns_is_read_back_and_holds(witness: CosignerKey) -> None:
    checkpoint = CHECKPOINT.cosigned(witness, TIME)
    assert parse_checkpoint(checkpoint.text()) == checkpoint
    assert checkpoint.check_cosignature(witness.verifier) == TIME
    checkpoint.check(LOG.verifier)
    assert checkpoint.body == CHECKPOINT.body
    again = checkpoint.cosigned(witness, TIME + 1)
    assert len(again.signatures) == 2
    assert again.check_cosignature(witness.verifier) == TIME + 1


def test_a_cosignature_is_for_one_checkpoint_one_time_and_one_key(witness: CosignerKey) -> None:
    checkpoint = CHECKPOINT.cosigned(witness, TIME)
    line = checkpoint.signatures[-1]
    blobs = [line.signature[:-1], line.signature + b"\x00", line.signature[8:], b"\x01"]
    for at in (0, 7, 8, 40, 71, len(line.signature) - 1):
        blob = bytearray(line.signature)
        blob[at] ^= 1
        blobs.append(bytes(blob))
    spoiled = [
        checkpoint._replace(size=6),
        checkpoint._replace(root=leaf_hash(b"b")),
        checkpoint._replace(origin="example.org/log2"),
        *(checkpoint._replace(signatures=(line._replace(signature=blob),)) for blob in blobs),
    ]
    for one in spoiled:
        refused(one, witness.verifier, BAD_SIGNATURE)
    stranger = CosignerKey(witness.name, bytes(32), witness.kind)
    refused(checkpoint, stranger.verifier, UNKNOWN_SIGNER)
    renamed = CosignerKey("witness.example/w2", witness.seed, witness.kind)
    refused(checkpoint, renamed.verifier, UNKNOWN_SIGNER)


def test_an_ml_dsa_cosignature_is_bound_to_the_name_of_the_witness() -> None:
    witness = WITNESSES[COSIGNATURE_ML_DSA_44]
    renamed = CosignerKey("witness.example/w2", witness.seed, witness.kind).verifier
    line = CHECKPOINT.cosigned(witness, TIME).signatures[-1]
    moved = line._replace(name=renamed.name, note_id=renamed.note_id)
    refused(CHECKPOINT._replace(signatures=(moved,)), renamed, BAD_SIGNATURE)


def test_of_two_lines_of_one_witness_both_must_hold_and_the_earlier_time_counts(
    witness: CosignerKey,
) -> None:
    early, late = (CHECKPOINT.cosigned(witness, at).signatures[-1] for at in (TIME, TIME + 60))
    both = CHECKPOINT._replace(signatures=(late, early))
    assert both.check_cosignature(witness.verifier) == TIME
    blob = bytearray(early.signature)
    blob[-1] ^= 1
    spoiled = both._replace(signatures=(late, early._replace(signature=bytes(blob))))
    refused(spoiled, witness.verifier, BAD_SIGNATURE)


def test_of_two_lines_of_the_log_both_must_hold() -> None:
    line = CHECKPOINT.signatures[0]
    spoiled = line._replace(signature=line.signature[:-1] + b"\x00")
    with pytest.raises(TallyError) as refusal:
        CHECKPOINT._replace(signatures=(line, spoiled)).check(LOG.verifier)
    assert refusal.value.reason is BAD_SIGNATURE
    CHECKPOINT._replace(signatures=(line, line)).check(LOG.verifier)


def test_a_cosignature_may_state_no_time(witness: CosignerKey) -> None:
    assert CHECKPOINT.cosigned(witness, 0).check_cosignature(witness.verifier) == 0


@pytest.mark.parametrize("time", [-1, TIME_END, 2**64])
def test_a_time_no_cosignature_can_carry_is_refused(witness: CosignerKey, time: int) -> None:
    with pytest.raises(TallyError) as refusal:
        CHECKPOINT.cosigned(witness, time)
    assert refusal.value.reason is BAD_NOTE


def test_a_time_beyond_the_largest_is_refused(witness: CosignerKey) -> None:
    line = CHECKPOINT.cosigned(witness, TIME).signatures[-1]
    late = line._replace(signature=TIME_END.to_bytes(8, "big") + line.signature[8:])
    refused(CHECKPOINT._replace(signatures=(late,)), witness.verifier, BAD_SIGNATURE)


def test_the_signature_of_a_log_is_no_cosignature_nor_the_other_way_round() -> None:
    seed = bytes([7]) * 32
    signer, cosigner = SigningKey(ORIGIN, seed), CosignerKey(ORIGIN, seed)
    assert signer.verifier.public == cosigner.verifier.public
    assert signer.verifier.note_id != cosigner.verifier.note_id
    refused(
        write_checkpoint(ORIGIN, 5, CHECKPOINT.root, [signer]), cosigner.verifier, UNKNOWN_SIGNER
    )


def test_keys_are_written_and_read_back_each_under_its_kind(witness: CosignerKey) -> None:
    key = witness.verifier
    assert VerifierKey.from_text(key.text(), COSIGNATURES) == key
    assert str(witness.seed) not in repr(witness)
    for text, kinds in ((key.text(), (1,)), (LOG.verifier.text(), COSIGNATURES)):
        with pytest.raises(TallyError) as refusal:
            VerifierKey.from_text(text, kinds)
        assert refusal.value.reason is BAD_KEY_TEXT


@pytest.mark.parametrize(
    ("kind", "length"), [(4, 31), (4, 1312), (6, 32), (6, 1313), (1, 1312), (2, 32), (5, 32)]
)
def test_a_key_of_another_kind_or_length_is_refused(kind: int, length: int) -> None:
    with pytest.raises(TallyError) as refusal:
        VerifierKey("w", bytes(length), kind)
    assert refusal.value.reason is BAD_KEY_TEXT


@pytest.mark.parametrize("part", ["module", "key"])
def test_where_the_library_has_no_ml_dsa_it_is_said_and_ed25519_goes_on(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

    class Unsupported:
        @staticmethod
        def from_seed_bytes(_: bytes) -> None:
            raise UnsupportedAlgorithm("ML-DSA-44")

        from_public_bytes = from_seed_bytes

    witness = WITNESSES[COSIGNATURE_ML_DSA_44]
    checkpoint = CHECKPOINT.cosigned(witness, TIME)
    if part == "module":
        monkeypatch.setitem(__import__("sys").modules, mldsa.__name__, None)
        monkeypatch.delattr("cryptography.hazmat.primitives.asymmetric.mldsa")
    else:
        monkeypatch.setattr(mldsa, "MLDSA44PrivateKey", Unsupported)
        monkeypatch.setattr(mldsa, "MLDSA44PublicKey", Unsupported)
    refused(checkpoint, witness.verifier, NO_ML_DSA)
    with pytest.raises(TallyError) as refusal:
        CosignerKey("w", bytes(32), COSIGNATURE_ML_DSA_44)
    assert refusal.value.reason is NO_ML_DSA
    other = WITNESSES[COSIGNATURE_ED25519]
    assert CHECKPOINT.cosigned(other, TIME).check_cosignature(other.verifier) == TIME


def test_a_name_or_origin_too_long_for_ml_dsa_is_refused() -> None:
    long = write_checkpoint("x" * 256, 1, bytes(32), [])
    with pytest.raises(TallyError):
        long.cosigned(WITNESSES[COSIGNATURE_ML_DSA_44], TIME)
    long.cosigned(WITNESSES[COSIGNATURE_ED25519], TIME)
    with pytest.raises(TallyError):
        CHECKPOINT.cosigned(CosignerKey("x" * 256, bytes(32), COSIGNATURE_ML_DSA_44), TIME)
