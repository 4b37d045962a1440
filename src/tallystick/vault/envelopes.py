"""Sealing one record body: fresh key, fresh salt, encryption, wrapped key.

Owns the envelope. The plaintext is the 32-byte salt followed by the canonical body; it is
encrypted with AES-256-GCM under a key made for this record alone, and bound to the record's
commitment as associated data. That key is kept wrapped (AES key wrap, RFC 3394, 40 bytes).
Destroying it makes the body unreadable and, the salt being inside, the commitment unguessable.

A nonce of zeros is right here and only here: each key encrypts one message in its life.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

KEY_BYTES = 32
SALT_BYTES = 32
WRAPPED_BYTES = 40
ERASED_SLOT = bytes(WRAPPED_BYTES)
_NONCE = bytes(12)

BODY_DAMAGED = Reason(
    "body_damaged",
    Text(
        "第 {record} 条记录的正文与其承诺值不符",
        "the body of record number {record} does not fit its commitment",
    ),
    "docs/spec/workspace.md",
    Text("请从备份恢复正文文件。", "Restore the file of bodies from a backup."),
)
KEY_DAMAGED = Reason(
    "key_damaged",
    Text("第 {record} 条记录的密钥打不开", "the key of record number {record} cannot be opened"),
    "docs/spec/workspace.md",
    Text("请从备份恢复密钥文件。", "Restore the file of keys from a backup."),
)
KEY_MISSING = Reason(
    "key_missing",
    Text(
        "第 {record} 条记录没有密钥，也没有销毁记录",
        "record number {record} has no key, and no erasure record says why",
    ),
    "docs/spec/workspace.md",
    Text("请从备份恢复密钥文件。", "Restore the file of keys from a backup."),
)


class Envelope(NamedTuple):
    """One sealed body: its commitment, ciphertext and wrapped key."""

    commitment: bytes
    ciphertext: bytes
    wrapped: bytes


class Opened(NamedTuple):
    """One opened body: the salt of its commitment and its canonical bytes."""

    salt: bytes
    body: bytes


def seal(
    bodies: list[bytes],
    wrapping_key: bytes,
    random: Callable[[int], bytes],
    commit: Callable[[bytes, bytes], bytes],
) -> list[Envelope]:
    """Return the envelopes of `bodies` (canonical bytes each).

    random: gives that many unpredictable bytes. commit: (salt, body) -> 32-byte commitment.

    Raises: ValueError where `random` gave too few: a shorter key would still be a key.
    """
    needed = (SALT_BYTES + KEY_BYTES) * len(bodies)
    chance = random(needed)
    if len(chance) != needed:
        raise ValueError("too little chance to seal with")
    envelopes = []
    at = 0
    for body in bodies:
        salt, key = chance[at : at + SALT_BYTES], chance[at + SALT_BYTES : at + 64]
        at += SALT_BYTES + KEY_BYTES
        commitment = commit(salt, body)
        ciphertext = AESGCM(key).encrypt(_NONCE, salt + body, commitment)
        envelopes.append(Envelope(commitment, ciphertext, aes_key_wrap(wrapping_key, key)))
    return envelopes


def unseal(record: int, envelope: Envelope, wrapping_key: bytes) -> Opened:
    """Open an envelope.

    Raises: KEY_MISSING when the key slot is empty, KEY_DAMAGED when the wrapped key does not open,
    BODY_DAMAGED when the ciphertext or the commitment it is bound to was changed.
    """
    if envelope.wrapped == ERASED_SLOT or len(envelope.wrapped) != WRAPPED_BYTES:
        raise KEY_MISSING.error(record=record)
    try:
        key = aes_key_unwrap(wrapping_key, envelope.wrapped)
    except InvalidUnwrap:
        raise KEY_DAMAGED.error(record=record) from None
    try:
        plain = AESGCM(key).decrypt(_NONCE, envelope.ciphertext, envelope.commitment)
    except InvalidTag:
        raise BODY_DAMAGED.error(record=record) from None
    return Opened(plain[:SALT_BYTES], plain[SALT_BYTES:])
