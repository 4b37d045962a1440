from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import EMPTY_ROOT, leaf_hash
from tallystick.kernel.notes import (
    BAD_NOTE,
    SIGNATURES_MAX,
    UNKNOWN_SIGNER,
    Checkpoint,
    parse_checkpoint,
    write_checkpoint,
)
from tallystick.kernel.signing import BAD_SIGNATURE, SigningKey

ORIGIN = "example.org/log"
KEY = SigningKey(ORIGIN, bytes(range(32)))
ROOT = leaf_hash(b"a")
GOOD = write_checkpoint(ORIGIN, 5, ROOT, [KEY]).text()
BODY, LINE = GOOD.split("\n\n")
BLOB = LINE.removesuffix("\n").rsplit(" ", 1)[1]


def refused(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        parse_checkpoint(text)
    assert refusal.value.reason is BAD_NOTE


def read_and_checked(data: bytes) -> Checkpoint:
    """Read and check as a verifier does. Raises: TallyError, UnicodeDecodeError."""
    checkpoint = parse_checkpoint(data.decode())
    checkpoint.check(KEY.verifier)
    return checkpoint


def test_a_checkpoint_is_written_as_the_published_form_says() -> None:
    signature = KEY.sign(BODY.encode() + b"\n")
    blob = base64.b64encode(KEY.verifier.note_id + signature).decode()
    root = base64.b64encode(ROOT).decode()
    assert f"{ORIGIN}\n5\n{root}\n\n\u2014 {ORIGIN} {blob}\n" == GOOD


def test_the_published_example_of_a_checkpoint_is_read() -> None:
    text = (
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u"
        "5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    checkpoint = parse_checkpoint(text)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert checkpoint.text() == text
    with pytest.raises(TallyError) as refusal:
        checkpoint.check(KEY.verifier)
    assert refusal.value.reason is UNKNOWN_SIGNER


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32), st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_reading_back_what_was_written_changes_nothing(size: int, root: bytes, keys: int) -> None:
    signers = [SigningKey(f"{ORIGIN}/{n}", bytes([n]) * 32) for n in range(keys)]
    checkpoint = write_checkpoint(ORIGIN, size, root, signers)
    assert parse_checkpoint(checkpoint.text()) == checkpoint
    for signer in signers:
        checkpoint.check(signer.verifier)


def test_any_changed_bit_is_refused_or_breaks_the_signature() -> None:
    good = GOOD.encode()
    read_and_checked(good)
    for bit in range(len(good) * 8):
        spoiled = bytearray(good)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises((TallyError, UnicodeDecodeError)):
            read_and_checked(bytes(spoiled))


def test_any_byte_put_to_any_value_is_refused_or_breaks_the_signature() -> None:
    good = GOOD.encode()
    for at in range(len(good)):
        for value in b"\x00\t\n\r +-/019=AZaz\x7f\x80\xe2\xff":
            if value != good[at]:
                with pytest.raises((TallyError, UnicodeDecodeError)):
                    read_and_checked(good[:at] + bytes([value]) + good[at + 1 :])


def test_any_removed_or_added_byte_is_refused_or_breaks_the_signature() -> None:
    good = GOOD.encode()
    for at in range(len(good)):
        with pytest.raises((TallyError, UnicodeDecodeError)):
            read_and_checked(good[:at] + good[at + 1 :])
        for added in (b"\n", b" ", b"0", b"A", b"=", b"\x00", b"\r"):
            text = good[:at] + added + good[at:]
            with pytest.raises((TallyError, UnicodeDecodeError)):
                read_and_checked(text)
    for added in (b"\n", b" ", b"\x00", b"x", LINE.encode()[:-1]):
        with pytest.raises(TallyError):
            read_and_checked(good + added)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n",
        BODY,
        BODY + "\n\n",
        LINE,
        GOOD[:-1],
        GOOD + "\n",
        "\n" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n\n", "\n\n\n"),
        GOOD.replace("\n\n", "\nextension\n\n"),
        GOOD.replace(f"{ORIGIN}\n5", "\n5", 1),
        GOOD.replace(f"{ORIGIN}\n5", "5", 1),
        GOOD.replace("\n5\n", "\n05\n"),
        GOOD.replace("\n5\n", "\n+5\n"),
        GOOD.replace("\n5\n", "\n-5\n"),
        GOOD.replace("\n5\n", "\n 5\n"),
        GOOD.replace("\n5\n", "\n5 \n"),
        GOOD.replace("\n5\n", "\n5_0\n"),
        GOOD.replace("\n5\n", "\n\u0665\n"),
        GOOD.replace("\n5\n", "\n\uff15\n"),
        GOOD.replace("\n5\n", "\n\u00b2\n"),
        GOOD.replace("\n5\n", "\n5.0\n"),
        GOOD.replace("\n5\n", "\n0x5\n"),
        GOOD.replace("\n5\n", "\n\n"),
        GOOD.replace("\n5\n", f"\n{'9' * 5000}\n"),
        GOOD.replace("\n5\n", f"\n{2**64}\n"),
        GOOD.replace(base64.b64encode(ROOT).decode(), base64.b64encode(ROOT[:31]).decode()),
        GOOD.replace(base64.b64encode(ROOT).decode(), base64.b64encode(ROOT + b"x").decode()),
        GOOD.replace(base64.b64encode(ROOT).decode(), ROOT.hex()),
        GOOD.replace("\u2014 ", "- "),
        GOOD.replace("\u2014 ", "\u2013 "),
        GOOD.replace("\u2014 ", "\u2014"),
        GOOD.replace("\u2014 ", "\u2014  "),
        GOOD.replace(f"\u2014 {ORIGIN} ", "\u2014  "),
        GOOD.replace(f"\u2014 {ORIGIN} ", f"\u2014 {ORIGIN}"),
        GOOD.replace(BLOB, ""),
        GOOD.replace(BLOB, BLOB.rstrip("=") or BLOB + "="),
        GOOD.replace(BLOB, BLOB + "="),
        GOOD.replace(BLOB, BLOB + "!"),
        GOOD.replace(BLOB, BLOB + " x"),
        GOOD.replace(BLOB, base64.urlsafe_b64encode(base64.b64decode(BLOB)).decode() + "\n"),
        GOOD + "\n" + LINE,
    ],
)
def test_a_text_that_is_not_exactly_a_checkpoint_is_refused(text: str) -> None:
    assert text != GOOD
    refused(text)


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01\x02\x03", b"\x01\x02\x03\x04"])
def test_a_signature_line_without_key_id_and_signature_is_refused(blob: bytes) -> None:
    refused(GOOD.replace(BLOB, base64.b64encode(blob).decode()))


@pytest.mark.parametrize("mark", ["\x00", "\t", "\r", "\x0b", "\x0c", "\x1b", "\x1f", "\udc80"])
def test_a_note_has_no_control_character(mark: str) -> None:
    for text in (
        GOOD.replace(f"{ORIGIN}\n5", f"{ORIGIN}{mark}\n5"),
        GOOD.replace(f"\u2014 {ORIGIN}", f"\u2014 {ORIGIN}{mark}"),
        GOOD + f"\u2014 other{mark} {BLOB}\n",
    ):
        refused(text)


@pytest.mark.parametrize("name", ["a+b", "a\u3000b", "\u00a0", "\u2028"])
def test_the_name_of_a_signer_has_no_plus_and_no_space_of_any_script(name: str) -> None:
    refused(GOOD + f"\u2014 {name} {BLOB}\n")


def test_there_are_as_many_signature_lines_as_allowed_and_no_more() -> None:
    parse_checkpoint(BODY + "\n\n" + LINE * SIGNATURES_MAX)
    refused(BODY + "\n\n" + LINE * (SIGNATURES_MAX + 1))
    assert SIGNATURES_MAX >= 16  # what the form asks of every reader


def test_signatures_of_strangers_are_passed_over_and_never_enough() -> None:
    stranger = SigningKey("example.org/witness", bytes(32))
    namesake = SigningKey(ORIGIN, bytes(32))
    both = write_checkpoint(ORIGIN, 5, ROOT, [stranger, namesake, KEY])
    parse_checkpoint(both.text()).check(KEY.verifier)
    for signers in ([stranger], [namesake], [stranger, namesake]):
        with pytest.raises(TallyError) as refusal:
            write_checkpoint(ORIGIN, 5, ROOT, signers).check(KEY.verifier)
        assert refusal.value.reason is UNKNOWN_SIGNER


def test_a_line_under_the_right_name_and_id_with_a_wrong_signature_is_refused() -> None:
    forged = base64.b64encode(KEY.verifier.note_id + bytes(64)).decode()
    for text in (
        f"{BODY}\n\n\u2014 {ORIGIN} {forged}\n",
        f"{BODY}\n\n\u2014 {ORIGIN} {forged}\n{LINE}",
    ):
        with pytest.raises(TallyError) as refusal:
            parse_checkpoint(text).check(KEY.verifier)
        assert refusal.value.reason is BAD_SIGNATURE


def test_a_signature_under_another_name_does_not_count() -> None:
    text = GOOD.replace(f"\u2014 {ORIGIN}", "\u2014 example.org/other")
    with pytest.raises(TallyError) as refusal:
        parse_checkpoint(text).check(KEY.verifier)
    assert refusal.value.reason is UNKNOWN_SIGNER


def test_origin_size_and_root_are_all_signed() -> None:
    for changed in (
        GOOD.replace(ORIGIN, "example.org/lag", 1),
        GOOD.replace("\n5\n", "\n6\n"),
        GOOD.replace(base64.b64encode(ROOT).decode(), base64.b64encode(EMPTY_ROOT).decode()),
    ):
        with pytest.raises(TallyError) as refusal:
            parse_checkpoint(changed).check(KEY.verifier)
        assert refusal.value.reason is BAD_SIGNATURE


def test_an_empty_log_has_a_checkpoint() -> None:
    text = write_checkpoint(ORIGIN, 0, EMPTY_ROOT, [KEY]).text()
    assert re.search(r"\n0\n", text)
    assert parse_checkpoint(text).size == 0
