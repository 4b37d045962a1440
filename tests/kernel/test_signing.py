from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import BAD_KEY_TEXT, BAD_SIGNATURE, SigningKey, VerifierKey

MODEST = settings(max_examples=60, deadline=None)
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD_PRIME = 2**255 - 19

# RFC 8032 section 7.1: secret, public, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
        "6bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
        "8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
        "594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feeb"
        "bd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0"
        "303dca179c138ac17ad9bef1177331a704",
    ),
]

# Published edge cases on which libraries disagree (ed25519-speccheck): message, public, signature.
# Small order, mixed order, cofactored against cofactorless, S not reduced, y of R not reduced.
DISPUTED = [
    (
        "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a000000000000000000000000000000"
        "0000000000000000000000000000000000",
    ),
    (
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b"
        "03984d8068dcf1bb7dfc6637b45450ac04",
    ),
    (
        "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27a"
        "c8751a7dfe1baff8b953ec9f5833ca260e",
    ),
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a"
        "9a6a58921d6925e434ab10aa7940551a09",
    ),
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c"
        "03c1ceeeddb658d0030494ace586687405",
    ),
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc"
        "19b3b3052f7ff0538cb68afb369ba3a514",
    ),
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d5"
        "8cc3f54b8bd0d272f42b695dd7e89a8c22",
    ),
    (
        "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513ea"
        "feb5b0697390c1e505a0d4ddc71f566607",
    ),
    (
        "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd502691699"
        "6984eeec87ddf1d3be329006ace1b37b09",
    ),
]
# The one published edge case on which all of them agree: mixed order, both equations hold.
AGREED = (
    "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7"
    "802db02eb2e688b6c52fcd6648a98bd009",
)

# y of each point of small order, reduced and (where it fits) not, with either sign.
SMALL_Y = [
    0,
    1,
    FIELD_PRIME - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
]
SMALL_POINTS = [
    (y | sign << 255).to_bytes(32, "little")
    for y in (*SMALL_Y, FIELD_PRIME, FIELD_PRIME + 1)
    for sign in (0, 1)
]

KEY = SigningKey("example.org/log", bytes(range(32)))
MESSAGE = b"the size and the root\n"


def refused(key: VerifierKey, message: bytes, signature: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        key.check(message, signature)
    assert refusal.value.reason is BAD_SIGNATURE


def bad_text(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        VerifierKey.from_text(text)
    assert refusal.value.reason is BAD_KEY_TEXT


def vkey(name: str, blob: bytes) -> str:
    """Write a vkey whose digest fits, whatever name and blob are."""
    digest = sha256(name.encode() + b"\n" + blob).hexdigest()[:8]
    return f"{name}+{digest}+{base64.b64encode(blob).decode()}"


@pytest.mark.parametrize(("seed", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard(seed: str, public: str, message: str, signature: str) -> None:
    key = SigningKey("k", bytes.fromhex(seed))
    assert key.verifier.public.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    key.verifier.check(bytes.fromhex(message), bytes.fromhex(signature))
    refused(key.verifier, bytes.fromhex(message) + b"\x00", bytes.fromhex(signature))


@MODEST
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300))
def test_another_library_makes_the_same_signatures(seed: bytes, message: bytes) -> None:
    other = Ed25519PrivateKey.from_private_bytes(seed)
    key = SigningKey("k", seed)
    assert key.verifier.public == other.public_key().public_bytes_raw()
    assert key.sign(message) == other.sign(message)
    key.verifier.check(message, other.sign(message))


def test_any_changed_bit_of_a_signature_breaks_it() -> None:
    good = KEY.sign(MESSAGE)
    KEY.verifier.check(MESSAGE, good)
    for bit in range(len(good) * 8):
        spoiled = bytearray(good)
        spoiled[bit // 8] ^= 1 << bit % 8
        refused(KEY.verifier, MESSAGE, bytes(spoiled))


def test_a_signature_fits_one_message_one_key_and_one_length() -> None:
    good = KEY.sign(MESSAGE)
    refused(KEY.verifier, MESSAGE + b"\n", good)
    refused(KEY.verifier, b"", good)
    refused(SigningKey(KEY.name, bytes(32)).verifier, MESSAGE, good)
    for wrong in (b"", good[:-1], good[1:], good + b"\x00", good + good, bytes(64), b"\xff" * 64):
        refused(KEY.verifier, MESSAGE, wrong)
    # A signature is not a prefix of what it signs: bytes may not move across the line between them.
    refused(KEY.verifier, MESSAGE[1:], good + MESSAGE[:1])


@pytest.mark.parametrize("times", [1, 2, 15])
def test_a_scalar_that_is_not_reduced_is_refused(times: int) -> None:
    good = KEY.sign(MESSAGE)
    scalar = int.from_bytes(good[32:], "little") + times * GROUP_ORDER
    refused(KEY.verifier, MESSAGE, good[:32] + scalar.to_bytes(32, "little"))
    refused(KEY.verifier, MESSAGE, good[:32] + GROUP_ORDER.to_bytes(32, "little"))


@pytest.mark.parametrize("public", SMALL_POINTS)
def test_a_key_of_small_order_signs_nothing(public: bytes) -> None:
    # With such a key and a zero scalar the equation of the standard holds for many messages.
    key = VerifierKey("k", public)
    for point in SMALL_POINTS:
        for message in (b"", b"a", b"b", MESSAGE):
            refused(key, message, point + bytes(32))


@pytest.mark.parametrize("point", SMALL_POINTS)
def test_no_honest_key_accepts_a_commitment_of_small_order(point: bytes) -> None:
    refused(KEY.verifier, MESSAGE, point + bytes(32))
    refused(KEY.verifier, MESSAGE, point + KEY.sign(MESSAGE)[32:])


@pytest.mark.parametrize(("message", "public", "signature"), DISPUTED)
def test_what_libraries_disagree_about_is_refused(
    message: str, public: str, signature: str
) -> None:
    key = VerifierKey("k", bytes.fromhex(public))
    refused(key, bytes.fromhex(message), bytes.fromhex(signature))


def test_what_all_libraries_accept_is_accepted() -> None:
    message, public, signature = map(bytes.fromhex, AGREED)
    VerifierKey("k", public).check(message, signature)


@pytest.mark.parametrize("extra", range(19))
def test_a_coordinate_that_is_not_reduced_is_refused(extra: int) -> None:
    for sign in (0, 1):
        point = (FIELD_PRIME + extra | sign << 255).to_bytes(32, "little")
        refused(VerifierKey("k", point), MESSAGE, KEY.sign(MESSAGE))
        refused(KEY.verifier, MESSAGE, point + KEY.sign(MESSAGE)[32:])


def test_a_refusal_names_the_signer() -> None:
    with pytest.raises(TallyError, match=r"example\.org/log"):
        KEY.verifier.check(MESSAGE, bytes(64))


# The published example of C2SP signed-note (and of golang.org/x/mod/sumdb/note).
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLISHED_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PUBLISHED_LINE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)


def test_the_published_note_verifies_and_is_made_again_byte_for_byte() -> None:
    key = VerifierKey.from_text(PUBLISHED_KEY)
    blob = base64.b64decode(PUBLISHED_LINE)
    assert key.name == "PeterNeumann"
    assert key.note_id.hex() == "c74f20a3"
    assert blob[:4] == key.note_id
    key.check(PUBLISHED_TEXT.encode(), blob[4:])
    refused(key, PUBLISHED_TEXT.replace("know", "knew").encode(), blob[4:])
    secret = SigningKey("PeterNeumann", base64.b64decode(PUBLISHED_SECRET)[1:])
    assert secret.verifier.text() == PUBLISHED_KEY
    assert secret.sign(PUBLISHED_TEXT.encode()) == blob[4:]


def test_key_ids_are_digests_of_name_type_and_key() -> None:
    key = KEY.verifier
    digest = sha256(b"example.org/log\n\x01" + key.public).digest()
    assert (key.note_id, key.key_id) == (digest[:4], digest[:16])
    assert VerifierKey("example.org/other", key.public).key_id != key.key_id
    assert VerifierKey.from_text(key.text()) == key


def test_no_part_and_no_neighbour_of_a_key_text_is_a_key_text() -> None:
    text = PUBLISHED_KEY
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if (start, end) != (0, len(text)):
                bad_text(text[start:end])
    for at in range(len(text)):
        for shift in (1, 2, 32):
            bad_text(text[:at] + chr(ord(text[at]) ^ shift) + text[at + 1 :])
        bad_text(text[:at] + text[at + 1 :])
        bad_text(text[:at] + " " + text[at:])
        bad_text(text[:at] + "\n" + text[at:])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "++",
        "+++",
        PUBLISHED_KEY.upper(),
        PUBLISHED_KEY.replace("c74f20a3", "C74F20A3"),
        PUBLISHED_KEY.replace("c74f20a3", "0xc74f20a3"),
        PUBLISHED_KEY + "=",
        PUBLISHED_KEY + "AAAA",
        PUBLISHED_KEY.replace("/", "_"),
        "信" + PUBLISHED_KEY,
        "\udcff" + PUBLISHED_KEY,
        vkey("k", b""),
        vkey("k", b"\x01"),
        vkey("k", b"\x01" + bytes(31)),
        vkey("k", b"\x01" + bytes(33)),
        vkey("k", b"\x02" + bytes(32)),
        vkey("k", b"\x04" + bytes(32)),
        vkey("", b"\x01" + bytes(32)),
    ],
)
def test_a_text_that_is_not_exactly_a_key_is_refused(text: str) -> None:
    bad_text(text)


@pytest.mark.parametrize("mark", [" ", "\t", "\n", "\r", "\x00", "\x1b", "\x1f", "\u3000", "\u2028"])
def test_a_name_with_spaces_or_control_characters_is_no_name(mark: str) -> None:
    for name in (mark, f"a{mark}b", f"a{mark}", f"{mark}a"):
        with pytest.raises(TallyError) as refusal:
            VerifierKey(name, bytes(32))
        assert refusal.value.reason is BAD_KEY_TEXT
        bad_text(vkey(name, b"\x01" + KEY.verifier.public))


@pytest.mark.parametrize("name", ["", "a+b", "+", "\udcff"])
def test_a_name_that_no_note_can_carry_is_no_name(name: str) -> None:
    with pytest.raises(TallyError) as refusal:
        VerifierKey(name, bytes(32))
    assert refusal.value.reason is BAD_KEY_TEXT


def test_a_secret_is_not_shown_where_an_object_is_printed() -> None:
    shown = f"{KEY!r} {KEY} {KEY.verifier!r}"
    for secret in (KEY.seed.hex(), repr(KEY.seed), repr(KEY._secret), KEY._secret.hex()):
        assert secret not in shown
    assert "seed" not in shown
