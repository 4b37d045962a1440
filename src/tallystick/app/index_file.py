"""The index on disk: a cache, encrypted, and the same bytes for the same records.

Owns the form of `caches/index` (docs/spec/workspace.md): a nonce and the encrypted index. The nonce
is a digest of the content under the secret: equal content, equal file; and no nonce ever serves two
contents.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tallystick.vault import Keyring
from tallystick.views import Index

_NONCE_BYTES = 12


def decrypt_index(file: Path, key: bytes, fingerprint: bytes) -> tuple[Index, bytes]:
    """Return the index of `file` and the root it was made from.

    Raises: FileNotFoundError; InvalidTag, ValueError and STALE_VIEW for what is no index of ours.
    """
    data = file.read_bytes()
    plain = AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None)
    return Index.from_bytes(plain, fingerprint)


def encrypt_index(index: Index, root: bytes, key: bytes) -> bytes:
    """Return the bytes of the file; root: of the log that the index was made from."""
    plain = index.to_bytes(root)
    nonce = Keyring(key).derive("nonce/" + sha256(plain).hexdigest())[:_NONCE_BYTES]
    return nonce + AESGCM(key).encrypt(nonce, plain, None)
