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

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text

SCRYPT_N = 2**15  # 32 MiB and about 0.1 s
SCRYPT_R = 8
SCRYPT_P = 1
_MEMORY_BYTES_MAX = 128 * 1024 * 1024
_FIELDS = {"kdf", "n", "p", "r", "salt", "v", "wrapped"}

WRONG_PASSPHRASE = Reason(
    "wrong_passphrase",
    Text("口令不对，打不开密钥文件", "the passphrase does not open the keyring"),
    "",
    Text(
        "口令取自 --passphrase-file、TALLY_PASSPHRASE、TALLY_PASSPHRASE_FILE "
        "或工作区旁的 .passphrase 文件。",
        "It is read from --passphrase-file, TALLY_PASSPHRASE, TALLY_PASSPHRASE_FILE, "
        "or the .passphrase file beside the workspace.",
    ),
)
BAD_KEYRING = Reason(
    "bad_keyring",
    Text("密钥文件写法不对", "the keyring file is damaged"),
    "docs/spec/workspace.md",
    Text("请从备份恢复密钥文件。", "Restore the keyring from a backup."),
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
    master, salt = master or random(32), random(16)
    wrapped = aes_key_wrap(_passphrase_key(passphrase, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P), master)
    document = {
        "v": 1,
        "kdf": "scrypt",
        "n": SCRYPT_N,
        "r": SCRYPT_R,
        "p": SCRYPT_P,
        "salt": salt.hex(),
        "wrapped": wrapped.hex(),
    }
    return Keyring(master), canonical.encode(document) + b"\n"


def open_keyring(data: bytes, passphrase: str) -> Keyring:
    """Open the bytes of a keyring file. Raises: BAD_KEYRING, WRONG_PASSPHRASE."""
    try:
        document = canonical.decode(data.removesuffix(b"\n"))
        if set(document) != _FIELDS or document["kdf"] != "scrypt" or not data.endswith(b"\n"):
            raise BAD_KEYRING.error()
        cost = (document["n"], document["r"], document["p"])
        if cost != (SCRYPT_N, SCRYPT_R, SCRYPT_P) or document["v"] != 1:
            raise BAD_KEYRING.error()
        salt, wrapped = bytes.fromhex(document["salt"]), bytes.fromhex(document["wrapped"])
        if (salt.hex(), wrapped.hex()) != (document["salt"], document["wrapped"]):
            raise BAD_KEYRING.error()
    except (TallyError, TypeError, ValueError):
        raise BAD_KEYRING.error() from None
    try:
        return Keyring(aes_key_unwrap(_passphrase_key(passphrase, salt, *cost), wrapped))
    except InvalidUnwrap:
        raise WRONG_PASSPHRASE.error() from None


def _passphrase_key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES_MAX, dklen=32
    )
