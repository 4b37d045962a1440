"""Ed25519 keys and signatures, by one library (libsodium through PyNaCl).

Owns `SigningKey` (secret), `VerifierKey` (public, with the name it signs under) and their text
form, the "vkey" of C2SP signed-note. Before a signature is checked, encodings that libraries judge
differently are refused: a scalar S that is not reduced, a point whose y is not reduced, and points
of small order (RFC 8032 section 5.1.7 leaves room there). A check raises; it never returns a
boolean that could be overlooked.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from hashlib import sha256

from nacl import bindings
from nacl.exceptions import BadSignatureError

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

ED25519 = 0x01  # signature type of C2SP signed-note
KEY_BYTES = 32
SIGNATURE_BYTES = 64
KEY_ID_BYTES = 16
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_FIELD_PRIME = 2**255 - 19

BAD_SIGNATURE = Reason(
    "bad_signature",
    Text("签名不成立（签名人 {name}）", "the signature does not hold (signer {name})"),
    "RFC 8032 5.1.7",
)
BAD_KEY_TEXT = Reason(
    "bad_key_text",
    Text("公钥写法不对：{what}", "this is not a public key in vkey form: {what}"),
    "C2SP signed-note",
)


def is_name(text: str) -> bool:
    """Return whether `text` may name a key: no space, plus, control character; not empty."""
    return bool(text) and not any(
        c.isspace() or c < " " or c == "+" or "\ud800" <= c <= "\udfff" for c in text
    )


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name it signs under.

    key_id: SHA-256(name || 0x0A || 0x01 || public key); its first 4 bytes are the note key ID, its
    first 16 name the key in batches and records.
    """

    name: str
    public: bytes
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise BAD_KEY_TEXT.error(what=Text("名称", "name"))
        if len(self.public) != KEY_BYTES:
            raise BAD_KEY_TEXT.error(what=Text("长度", "length"))
        message = self.name.encode() + b"\n" + bytes([ED25519]) + self.public
        object.__setattr__(self, "digest", sha256(message).digest())

    @property
    def note_id(self) -> bytes:
        """The 4-byte key ID of C2SP signed-note."""
        return self.digest[:4]

    @property
    def key_id(self) -> bytes:
        """The 16 bytes that name this key in batch headers."""
        return self.digest[:KEY_ID_BYTES]

    def text(self) -> str:
        """Return the vkey: name+hash+base64(type || key)."""
        blob = base64.b64encode(bytes([ED25519]) + self.public).decode()
        return f"{self.name}+{self.note_id.hex()}+{blob}"

    @classmethod
    def from_text(cls, text: str) -> VerifierKey:
        """Read a vkey. Raises: BAD_KEY_TEXT unless it is exactly what `text` writes."""
        parts = text.split("+", 2)
        if len(parts) != 3:  # noqa: PLR2004 - name, hash, key
            raise BAD_KEY_TEXT.error(what=Text("应为“名称+摘要+公钥”", "name+hash+key"))
        try:
            blob = base64.b64decode(parts[2], validate=True)
        except (binascii.Error, ValueError):
            raise BAD_KEY_TEXT.error(what=Text("base64 编码", "base64")) from None
        if blob[:1] != bytes([ED25519]):
            raise BAD_KEY_TEXT.error(what=Text("密钥种类", "type"))
        key = cls(parts[0], blob[1:])
        if key.text() != text:
            raise BAD_KEY_TEXT.error(what=Text("摘要", "hash"))
        return key

    def check(self, message: bytes, signature: bytes) -> None:
        """Check an Ed25519 signature over `message`. Raises: BAD_SIGNATURE."""
        try:
            if not _canonical(signature, self.public):
                raise BadSignatureError  # noqa: TRY301 - one way out for every fault
            bindings.crypto_sign_open(signature + message, self.public)
        except (BadSignatureError, ValueError):
            raise BAD_SIGNATURE.error(name=self.name) from None


def _canonical(signature: bytes, public: bytes) -> bool:
    if len(signature) != SIGNATURE_BYTES:
        return False
    if int.from_bytes(signature[32:], "little") >= _GROUP_ORDER:
        return False
    for point in (signature[:32], public):
        if int.from_bytes(point, "little") & (2**255 - 1) >= _FIELD_PRIME:
            return False
        if point in _SMALL_ORDER:
            return False
    return True


# The encodings of the eight points of small order of edwards25519 with a reduced y: the two whose
# x is zero with either sign, since libraries differ in whether they mind a negative zero.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret key under a name. Its `seed` is 32 secret bytes; never printed."""

    name: str
    seed: bytes = field(repr=False)
    verifier: VerifierKey = field(init=False)
    _secret: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        public, secret = bindings.crypto_sign_seed_keypair(self.seed)
        object.__setattr__(self, "_secret", secret)
        object.__setattr__(self, "verifier", VerifierKey(self.name, public))

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over `message`."""
        return bindings.crypto_sign(message, self._secret)[:SIGNATURE_BYTES]
