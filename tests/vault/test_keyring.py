from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.vault import (
    BAD_KEYRING,
    WRONG_PASSPHRASE,
    Keyring,
    create_keyring,
    keyring,
    open_keyring,
)

PASSPHRASE = "a passphrase for tests 口令"  # noqa: S105 - it protects nothing


@pytest.fixture(scope="module")
def made() -> tuple[Keyring, bytes]:
    return create_keyring(PASSPHRASE, os.urandom)


def refused(reason: Reason, data: bytes, passphrase: str = PASSPHRASE) -> None:
    with pytest.raises(TallyError) as refusal:
        open_keyring(data, passphrase)
    assert refusal.value.reason is reason


def test_the_passphrase_opens_what_was_made(made: tuple[Keyring, bytes]) -> None:
    opened = open_keyring(made[1], PASSPHRASE)
    assert opened == made[0]
    assert len(opened.master) == 32


def test_another_implementation_of_the_specification_opens_it(made: tuple[Keyring, bytes]) -> None:
    document = json.loads(made[1])
    assert made[1] == canonical.encode(document) + b"\n"
    assert sorted(document) == ["kdf", "n", "p", "r", "salt", "v", "wrapped"]
    assert (document["v"], document["kdf"]) == (1, "scrypt")
    assert (document["n"], document["r"], document["p"]) == (32768, 8, 1)
    assert len(bytes.fromhex(document["salt"])) == 16
    derived = hashlib.scrypt(
        PASSPHRASE.encode(),
        salt=bytes.fromhex(document["salt"]),
        n=32768,
        r=8,
        p=1,
        maxmem=2**27,
        dklen=32,
    )
    assert aes_key_unwrap(derived, bytes.fromhex(document["wrapped"])) == made[0].master


def test_each_use_has_a_key_of_its_own_and_none_is_the_master(
    made: tuple[Keyring, bytes],
) -> None:
    ring = made[0]
    labels = ("records", "caches", "signing/log", "fingerprints", "signing/provider", "")
    keys = {ring.derive(label) for label in labels}
    assert len(keys) == len(labels)
    assert ring.master not in keys
    assert ring.derive("records") == hmac.new(ring.master, b"records", "sha256").digest()


def test_the_file_holds_neither_master_nor_derived_keys(made: tuple[Keyring, bytes]) -> None:
    ring, data = made
    for secret in (ring.master, ring.derive("records"), ring.derive("signing/log")):
        assert secret not in data
        assert secret.hex().encode() not in data
    assert PASSPHRASE.encode() not in data
    assert ring.master.hex() not in repr(ring)
    assert repr(ring.master) not in repr(ring)


def test_two_keyrings_under_one_passphrase_have_nothing_in_common() -> None:
    [(one, data), (other, more)] = [create_keyring(PASSPHRASE, os.urandom) for _ in range(2)]
    assert one.master != other.master
    documents = json.loads(data), json.loads(more)
    assert documents[0]["salt"] != documents[1]["salt"]
    assert documents[0]["wrapped"] != documents[1]["wrapped"]


def test_a_given_master_is_kept() -> None:
    ring, data = create_keyring(PASSPHRASE, os.urandom, bytes(range(32)))
    assert ring.master == bytes(range(32))
    assert open_keyring(data, PASSPHRASE) == ring


@pytest.mark.parametrize("wrong", ["", "a", PASSPHRASE + " ", PASSPHRASE.upper(), PASSPHRASE[:-1]])
def test_a_wrong_passphrase_is_refused(wrong: str, made: tuple[Keyring, bytes]) -> None:
    refused(WRONG_PASSPHRASE, made[1], wrong)


def test_a_passphrase_that_is_not_text_is_wrong_and_no_crash(made: tuple[Keyring, bytes]) -> None:
    # What the environment gives for bytes that are not UTF-8.
    refused(WRONG_PASSPHRASE, made[1], "\udcff\udcfe")
    _, data = create_keyring("\udcff", os.urandom)
    assert open_keyring(data, "\udcff").master


def spoiled(data: bytes, name: str, value: Any) -> bytes:
    return canonical.encode({**json.loads(data), name: value}) + b"\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", 2),
        ("v", True),
        ("v", "1"),
        ("kdf", "argon2id"),
        ("kdf", None),
        ("n", 1),
        ("n", 2),
        ("n", 16384),
        ("n", 2**30),
        ("n", "32768"),
        ("n", None),
        ("r", 1),
        ("r", True),
        ("p", 2),
        ("p", True),
        ("p", 2**40),
        ("salt", ""),
        ("salt", "00"),
        ("salt", "zz" * 16),
        ("salt", None),
        ("salt", 5),
        ("salt", ["00" * 16]),
        ("wrapped", ""),
        ("wrapped", "00" * 39),
        ("wrapped", "00" * 41),
        ("wrapped", "00" * 24),
        ("wrapped", "zz"),
        ("wrapped", None),
        ("more", 1),
    ],
)
def test_a_field_of_another_form_makes_it_no_keyring(
    name: str, value: Any, made: tuple[Keyring, bytes]
) -> None:
    refused(BAD_KEYRING, spoiled(made[1], name, value))


def test_hex_has_one_form(made: tuple[Keyring, bytes]) -> None:
    document = json.loads(made[1])
    for name in ("salt", "wrapped"):
        for other in (document[name].upper(), " " + document[name], document[name] + " "):
            if other != document[name]:
                refused(BAD_KEYRING, spoiled(made[1], name, other))


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"{}\n", b"[]\n", b"null\n", b"1\n", b'"a"\n', b"\xff\n", b"[" * 1000 + b"\n",
     b"[" * 1000 + b"]" * 1000 + b"\n"],
)  # fmt: skip
def test_what_is_no_keyring_is_refused(data: bytes) -> None:
    refused(BAD_KEYRING, data)


def test_another_layout_of_the_same_file_is_refused(made: tuple[Keyring, bytes]) -> None:
    data = made[1]
    for other in (
        data[:-1],
        data + b"\n",
        b" " + data,
        data.replace(b",", b", ", 1),
        json.dumps(dict(reversed(json.loads(data).items()))).encode() + b"\n",
        data.replace(b'"v":1', b'"v":1,"v":1'),
    ):
        refused(BAD_KEYRING, other)


def test_any_changed_byte_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # With scrypt as it is this would take a minute; that its result depends on all it is given is
    # not what is asked here.
    def quick(passphrase: str, salt: bytes) -> bytes:
        return hashlib.sha256(repr((passphrase, salt)).encode()).digest()

    monkeypatch.setattr(keyring, "_passphrase_key", quick)
    _, data = create_keyring(PASSPHRASE, os.urandom)
    assert open_keyring(data, PASSPHRASE).master
    for at in range(len(data)):
        for change in (1, 0x20, 0x80):
            changed = data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]
            with pytest.raises(TallyError) as refusal:
                open_keyring(changed, PASSPHRASE)
            assert refusal.value.reason in {BAD_KEYRING, WRONG_PASSPHRASE}
        with pytest.raises(TallyError):
            open_keyring(data[:at] + data[at + 1 :], PASSPHRASE)
        with pytest.raises(TallyError):
            open_keyring(data[:at] + b"0" + data[at:], PASSPHRASE)
