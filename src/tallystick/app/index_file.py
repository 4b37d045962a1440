"""The index on disk: a cache, encrypted, and the same bytes for the same records.

Owns the form of `caches/index` (docs/spec/workspace.md): a nonce and the encrypted index. The nonce
is a digest of the content under the secret: equal content, equal file; and no nonce ever serves two
contents. Both ways the index goes piece by piece, since it is as large as all that is in memory.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from tallystick.vault import Keyring
from tallystick.views import Index

_NONCE_BYTES, _TAG_BYTES = 12, 16
_BYTES_AT_ONCE = 1 << 20


def decrypt_index(file: Path, key: bytes, fingerprint: bytes) -> tuple[Index, bytes]:
    """Return the index of `file` and the root it was made from.

    Raises: FileNotFoundError; InvalidTag, ValueError and STALE_VIEW for what is no index of ours.
    """
    with file.open("rb") as opened:
        plain = _Plain(opened, key)
        found = Index.read(plain.take, fingerprint)
        plain.finish()
    return found


class _Plain:
    """The plaintext of an encrypted file. Nothing of it is to be believed before `finish`."""

    def __init__(self, opened: BinaryIO, key: bytes) -> None:
        self._opened = opened
        self._left = opened.seek(0, 2) - _NONCE_BYTES - _TAG_BYTES
        if self._left < 0:
            raise ValueError("shorter than nonce and tag")
        opened.seek(-_TAG_BYTES, 2)
        tag = opened.read(_TAG_BYTES)
        opened.seek(0)
        self._decryptor = Cipher(AES(key), GCM(opened.read(_NONCE_BYTES), tag)).decryptor()

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        some = self._opened.read(max(min(size, self._left), 0))
        self._left -= len(some)
        return self._decryptor.update(some)

    def finish(self) -> None:
        """Check that all of it was ours. Raises: InvalidTag."""
        self._decryptor.finalize()


def encrypt_index(index: Index, root: bytes, key: bytes) -> bytes:
    """Return the bytes of the file; root: of the log that the index was made from."""
    digest = sha256()
    for part in index.parts(root):
        digest.update(part)
    nonce = Keyring(key).derive("nonce/" + digest.hexdigest())[:_NONCE_BYTES]
    encryptor = Cipher(AES(key), GCM(nonce)).encryptor()
    pieces = [nonce]
    for part in index.parts(root):
        starts = range(0, len(part), _BYTES_AT_ONCE)
        pieces += [encryptor.update(part[at : at + _BYTES_AT_ONCE]) for at in starts]
    pieces += [encryptor.finalize(), encryptor.tag]
    return b"".join(pieces)
