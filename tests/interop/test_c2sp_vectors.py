"""What others published: notes, keys, checkpoints with cosignatures, a whole log.

`published.json` says of each where it is from. They are bytes that others made and signed, and no
code of theirs.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import Tree, leaf_hash
from tallystick.kernel.notes import (
    UNKNOWN_SIGNER,
    NoteSignature,
    parse_checkpoint,
    write_checkpoint,
)
from tallystick.kernel.signing import (
    BAD_KEY_TEXT,
    BAD_SIGNATURE,
    COSIGNATURE_ED25519,
    COSIGNATURES,
    ED25519,
    SigningKey,
    VerifierKey,
)
from tallystick.ledger.tiles import tile_path, tiles

PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))


def secret(text: str) -> SigningKey:
    """Read the text of a secret key of golang.org/x/mod/sumdb/note."""
    name, _, blob = text.removeprefix("PRIVATE+KEY+").split("+", 2)
    data = base64.b64decode(blob)
    assert data[0] == ED25519
    return SigningKey(name, data[1:])


def parts(note: str) -> tuple[bytes, list[NoteSignature]]:
    """Take a signed note apart that need not be a checkpoint."""
    text, _, lines = note.rpartition("\n\n")
    signatures = []
    for line in lines.splitlines():
        _, name, blob = line.split(" ")
        data = base64.b64decode(blob)
        signatures.append(NoteSignature(name, data[:4], data[4:]))
    return f"{text}\n".encode(), signatures


# -- signed-note --------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", PUBLISHED["notes"], ids=lambda v: v["source"])
def test_a_published_note_is_signed_by_its_published_keys(vector: dict[str, Any]) -> None:
    body, signatures = parts(vector["text"])
    assert len(signatures) == len(vector["keys"])
    for text, line in zip(vector["keys"], signatures, strict=True):
        key = VerifierKey.from_text(text)
        assert (key.text(), key.name, key.note_id) == (text, line.name, line.note_id)
        key.check(body, line.signature)
        with pytest.raises(TallyError) as refusal:
            key.check(body + b"\n", line.signature)
        assert refusal.value.reason is BAD_SIGNATURE


def test_our_signature_with_a_published_secret_key_is_the_published_one() -> None:
    [vector] = [one for one in PUBLISHED["notes"] if "secret" in one]
    body, signatures = parts(vector["text"])
    key = secret(vector["secret"])
    assert key.verifier.text() == vector["keys"][0]
    assert key.sign(body) == signatures[0].signature


@pytest.mark.parametrize("text", PUBLISHED["keys"]["refused"])
def test_a_key_text_others_refuse_is_refused(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        VerifierKey.from_text(text)
    assert refusal.value.reason is BAD_KEY_TEXT


def test_no_part_of_a_key_text_and_no_text_like_it_is_a_key() -> None:
    """Go's tests of note.NewVerifier, on its key."""
    good = PUBLISHED["notes"][1]["keys"][0]
    cut = {good[i:j] for i in range(len(good)) for j in range(i + 1, len(good) + 1)} - {good}
    for text in cut | {good[:i] + chr(ord(good[i]) + 1) + good[i + 1 :] for i in range(len(good))}:
        with pytest.raises(TallyError):
            VerifierKey.from_text(text)


# -- tlog-checkpoint and tlog-cosignature ---------------------------------------------------------


@pytest.mark.parametrize(
    "vector", [PUBLISHED["example"], *PUBLISHED["cosigned"]], ids=lambda v: v["source"][:40]
)
def test_a_published_checkpoint_with_cosignatures_is_read_and_written_as_it_was(
    vector: dict[str, Any],
) -> None:
    text = vector["checkpoint"]
    checkpoint = parse_checkpoint(text)
    assert checkpoint.text() == text
    assert len(checkpoint.signatures) == text.count("\u2014 ")


def test_the_timestamp_of_the_published_example_is_the_one_its_text_names() -> None:
    [_, cosigned] = parse_checkpoint(PUBLISHED["example"]["checkpoint"]).signatures
    assert int.from_bytes(cosigned.signature[:8], "big") == PUBLISHED["example"]["time"]
    assert len(cosigned.signature) == 8 + 64


@pytest.mark.parametrize("vector", PUBLISHED["cosigned"], ids=lambda v: v["source"][:40])
def test_cosignatures_of_public_witnesses_hold_by_the_published_keys(
    vector: dict[str, Any],
) -> None:
    checkpoint = parse_checkpoint(vector["checkpoint"])
    for text in vector["keys"]:
        key = VerifierKey.from_text(text, COSIGNATURES)
        assert key.text() == text
        assert checkpoint.check_cosignature(key) == vector["time"]
        for changed in (
            checkpoint._replace(size=checkpoint.size + 1),
            checkpoint._replace(root=leaf_hash(checkpoint.root)),
            checkpoint._replace(origin=f"{checkpoint.origin}/2"),
        ):
            with pytest.raises(TallyError) as refusal:
                changed.check_cosignature(key)
            assert refusal.value.reason is BAD_SIGNATURE


def test_both_kinds_of_cosignature_are_among_what_was_published() -> None:
    keys = [text for vector in PUBLISHED["cosigned"] for text in vector["keys"]]
    assert {VerifierKey.from_text(text, COSIGNATURES).kind for text in keys} == set(COSIGNATURES)


def test_the_key_of_a_witness_is_none_of_a_log() -> None:
    for vector in PUBLISHED["cosigned"]:
        checkpoint = parse_checkpoint(vector["checkpoint"])
        for text in vector["keys"]:
            with pytest.raises(TallyError) as refusal:
                VerifierKey.from_text(text)
            assert refusal.value.reason is BAD_KEY_TEXT
            key = VerifierKey.from_text(text, COSIGNATURES)
            if key.kind == COSIGNATURE_ED25519:  # the same point, taken for the key of a log
                with pytest.raises(TallyError) as refusal:
                    checkpoint.check(VerifierKey(key.name, key.public))
                assert refusal.value.reason is UNKNOWN_SIGNER


# -- tlog-tiles and a whole log of another implementation -----------------------------------------


def test_tiles_lie_where_the_published_examples_say() -> None:
    assert tile_path("0", 1234067 * 256) == "tile/0/x001/x234/067"
    made = [path for path, _ in tiles([b""] * 70_000) if not path.startswith("tile/entries")]
    by_level = {level: [p for p in made if p.startswith(f"tile/{level}/")] for level in range(4)}
    partial = {level: [p for p in found if ".p/" in p] for level, found in by_level.items()}
    assert [len(found) for found in by_level.values()] == [273 + 1, 1 + 1, 1, 0]
    assert partial[0] == ["tile/0/273.p/112"]
    assert partial[1] == ["tile/1/001.p/17"]
    assert partial[2] == ["tile/2/000.p/1"]
    assert {path for path, _ in tiles([b""] * 256)} == {
        "tile/entries/000",
        "tile/0/000",
        "tile/1/000.p/1",
    }


def test_we_make_of_the_same_entries_the_log_that_tessera_made() -> None:
    vector = PUBLISHED["log"]
    key, signer = VerifierKey.from_text(vector["key"]), secret(vector["secret"])
    entries = [word.encode() for word in vector["entries"]]
    digests: dict[str, str] = {}
    tree = Tree()
    for size, text in enumerate(vector["checkpoints"]):
        if size:
            tree.append(leaf_hash(entries[size - 1]))
            digests |= {path: sha256(data).hexdigest() for path, data in tiles(entries[:size])}
        checkpoint = parse_checkpoint(text)
        checkpoint.check(key)
        assert (checkpoint.size, checkpoint.root) == (size, tree.root())
        assert write_checkpoint(key.name, size, tree.root(), [signer]).text() == text
    assert len(tree) == 15
    assert digests == vector["sha256"]
