"""The secrets of a workspace: one master key, wrapped by a passphrase.

Owns the file `keyring` (mode 0600): the parameters of scrypt (RFC 7914) and the master key wrapped
with AES key wrap (RFC 3394) under the key scrypt derives. From the master key come, by
HMAC-SHA-256 over a label, the keys of each use; none of them is ever written.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text

SCRYPT_N = 2**15  # 32 MiB and about 0.1 s
SCRYPT_R = 8
SCRYPT_P = 1
_MEMORY_BYTES_MAX = 128 * 1024 * 1024
SALT_BYTES = 16
WRAPPED_BYTES = 40

WRONG_PASSPHRASE = Reason(
    "wrong_passphrase",
    Text("口令不对，打不开{key}", "the passphrase does not open {key}"),
    "",
    Text("口令取自 {given}。", "It is read from {given}."),
)
BAD_KEYRING = Reason(
    "bad_keyring",
    Text("密钥文件写法不对", "the keyring file is damaged"),
    "docs/spec/workspace.md",
    Text("请从备份恢复密钥文件。", "Restore the keyring from a backup."),
)


class Wrapped(NamedTuple):
    """What a passphrase opens, and where it is given: said where a passphrase is wrong."""

    key: Text
    given: Text


OF_WORKSPACE = Wrapped(
    Text("工作区的密钥文件", "the keyring of the workspace"),
    Text(
        "--passphrase-file、工作区旁的 .passphrase 文件、TALLY_PASSPHRASE、TALLY_PASSPHRASE_FILE "
        "中的第一个",
        "the first of --passphrase-file, the .passphrase file beside the workspace, "
        "TALLY_PASSPHRASE and TALLY_PASSPHRASE_FILE",
    ),
)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The opened secrets. `derive(label)` gives the 32-byte key of one use."""

    master: bytes = field(repr=False)

    def derive(self, label: str) -> bytes:
        """Return HMAC-SHA-256(master, label): 32 bytes."""
        return hmac.digest(self.master, label.encode(), "sha256")


def create_keyring(
    passphrase: str, random: Callable[[int], bytes], master: bytes = b""
) -> tuple[Keyring, bytes]:
    """Return a keyring and the bytes of its file; master: 32 secret bytes, new ones if empty."""
    master, salt = master or random(32), random(SALT_BYTES)
    wrapped = aes_key_wrap(_passphrase_key(passphrase, salt), master)
    return Keyring(master), _file(salt, wrapped)


def open_keyring(data: bytes, passphrase: str, of: Wrapped = OF_WORKSPACE) -> Keyring:
    """Open the bytes of a keyring file. Raises: BAD_KEYRING, WRONG_PASSPHRASE."""
    try:
        document = canonical.decode(data.removesuffix(b"\n"))
        salt, wrapped = bytes.fromhex(document["salt"]), bytes.fromhex(document["wrapped"])
    except (TallyError, KeyError, TypeError, ValueError):
        raise BAD_KEYRING.error() from None
    # There is one file for a salt and a wrapped key: other costs or fields make it another.
    if (len(salt), len(wrapped)) != (SALT_BYTES, WRAPPED_BYTES) or data != _file(salt, wrapped):
        raise BAD_KEYRING.error()
    try:
        return Keyring(aes_key_unwrap(_passphrase_key(passphrase, salt), wrapped))
    except InvalidUnwrap:
        raise WRONG_PASSPHRASE.error(key=of.key, given=of.given) from None


def _file(salt: bytes, wrapped: bytes) -> bytes:
    document = {
        "v": 1,
        "kdf": "scrypt",
        "n": SCRYPT_N,
        "r": SCRYPT_R,
        "p": SCRYPT_P,
        "salt": salt.hex(),
        "wrapped": wrapped.hex(),
    }
    return canonical.encode(document) + b"\n"


def _passphrase_key(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        # Bytes of the environment that are not UTF-8 come as such surrogates, and go as they came.
        passphrase.encode(errors="surrogateescape"),
        salt=salt,
        n=SCRYPT_N,
        r=SCRYPT_R,
        p=SCRYPT_P,
        maxmem=_MEMORY_BYTES_MAX,
        dklen=32,
    )
