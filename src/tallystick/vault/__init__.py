"""Encrypted bodies that can be erased.

Owns the keyring, the envelope of one record, and the files of bodies and keys. Rules: a key a
record; keys in a file of their own, never beside the bodies; the salt of a commitment inside the
envelope, so that destroying the key erases both.

    >>> [envelope] = seal([b"{}"], wrapping_key, os.urandom, commitment_of)
    >>> unseal(0, envelope, wrapping_key).body
    b'{}'
"""

from tallystick.vault.bodies import BODIES_DAMAGED, KEYS_DAMAGED, Vault
from tallystick.vault.envelopes import (
    BODY_DAMAGED,
    ERASED_SLOT,
    KEY_DAMAGED,
    KEY_MISSING,
    WRAPPED_BYTES,
    Envelope,
    Opened,
    seal,
    unseal,
)
from tallystick.vault.keyring import (
    BAD_KEYRING,
    WRONG_PASSPHRASE,
    Keyring,
    Wrapped,
    create_keyring,
    open_keyring,
)

__all__ = [
    "BAD_KEYRING",
    "BODIES_DAMAGED",
    "BODY_DAMAGED",
    "ERASED_SLOT",
    "KEYS_DAMAGED",
    "KEY_DAMAGED",
    "KEY_MISSING",
    "WRAPPED_BYTES",
    "WRONG_PASSPHRASE",
    "Envelope",
    "Keyring",
    "Opened",
    "Vault",
    "Wrapped",
    "create_keyring",
    "open_keyring",
    "seal",
    "unseal",
]
