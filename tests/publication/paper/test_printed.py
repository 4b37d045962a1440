"""The printed code: one text for one record under one checkpoint, and no slip unseen."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import Checkpoint, write_checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.publication.paper import PrintedCode, read_code, write_code

KEY = SigningKey("example.org/ledger", bytes([1]) * 32)
RECORD = sha256(b"record").digest()
CHECKPOINT = write_checkpoint(KEY.name, 77, sha256(b"root").digest(), [KEY])
CODE = write_code(RECORD, CHECKPOINT)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**63),
    st.binary(min_size=32, max_size=32),
    st.text("abcdefgh0123./-_", min_size=1, max_size=255),
)
def test_a_code_says_what_it_was_made_of(record: bytes, size: int, root: bytes, name: str) -> None:
    key = SigningKey(name, bytes([2]) * 32)
    checkpoint = write_checkpoint(name, size, root, [key])
    code = write_code(record, checkpoint)
    assert read_code(code) == PrintedCode(record, checkpoint)
    assert set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "QR alphanumeric"


def test_the_layout_is_that_of_the_specification() -> None:
    """Read with nothing of ours: docs/spec/paper.md, "The printed code"."""
    text = CODE.removeprefix("TALLY1:")
    data = base64.b32decode(text + "=" * (-len(text) % 8))
    said, check = data[:-4], data[-4:]
    assert check == sha256(b"tallystick/code/v1\n" + said).digest()[:4]
    assert said[:32] == RECORD
    assert int.from_bytes(said[32:40], "big") == 77
    assert said[40:72] == CHECKPOINT.root
    assert said[72:76] == KEY.verifier.note_id
    assert said[76:140] == CHECKPOINT.signatures[0].signature
    assert (said[140], said[141:]) == (len(KEY.name), KEY.name.encode())


def test_the_checkpoint_in_it_holds_for_the_key_of_the_log() -> None:
    read_code(CODE).checkpoint.check(KEY.verifier)


def test_no_changed_missing_or_doubled_character_is_overlooked() -> None:
    for at in range(len(CODE)):
        other = ALPHABET[(ALPHABET.find(CODE[at]) + 1) % len(ALPHABET)]
        for changed in (
            CODE[:at] + other + CODE[at + 1 :],
            CODE[:at] + CODE[at + 1 :],
            CODE[: at + 1] + CODE[at:],
        ):
            if changed != CODE:
                with pytest.raises(TallyError, match="bad_code"):
                    read_code(changed)


def test_how_it_was_copied_does_not_matter() -> None:
    lines = "\n".join(CODE[at : at + 40] for at in range(0, len(CODE), 40))
    for copied in (CODE.lower(), f"  {CODE}\n", lines, " ".join(CODE)):
        assert read_code(copied) == read_code(CODE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TALLY1:",
        "TALLY2:" + CODE[7:],
        CODE[7:],
        CODE + "=",
        CODE + "A" * 8,
        CODE.replace("A", "\u0391"),
        "TALLY1:" + "A" * 1_000_000,
        "TALLY1:" + "A" * 256,
    ],
    ids=lambda text: repr(text[:9]) + str(len(text)),
)
def test_what_is_not_a_whole_code_is_refused(text: str) -> None:
    with pytest.raises(TallyError, match="bad_code"):
        read_code(text)


@pytest.mark.parametrize("name", [b"", b"a b", b"a\nb", b"\xff", b"a+b"])
def test_a_code_with_a_name_no_log_may_have_is_refused(name: bytes) -> None:
    said = bytes(140) + bytes([len(name)]) + name
    check = sha256(b"tallystick/code/v1\n" + said).digest()[:4]
    text = "TALLY1:" + base64.b32encode(said + check).decode().rstrip("=")
    with pytest.raises(TallyError, match="bad_code"):
        read_code(text)


def test_a_checkpoint_that_its_log_did_not_sign_gives_no_code() -> None:
    for checkpoint in (
        Checkpoint(KEY.name, 1, bytes(32), ()),
        write_checkpoint("other.org", 1, bytes(32), [KEY]),
    ):
        with pytest.raises(TallyError, match="bad_code"):
            write_code(RECORD, checkpoint)
