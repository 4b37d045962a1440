"""Keys and signatures: Ed25519, by one library (libsodium through PyNaCl).

Owns `SigningKey` and `CosignerKey` (secret), `VerifierKey` (public, with the name it signs under)
and their text form, the "vkey" of C2SP signed-note; witnesses may sign by ML-DSA-44 instead, and
parties by SM2 with SM3 (`kernel.suites`). Before
a signature is checked, encodings that libraries judge differently are refused: a scalar S that is
not reduced, a point whose y is not reduced, and points of small order (RFC 8032 section 5.1.7
leaves room there). A check raises; it never returns a boolean that could be overlooked.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from nacl import bindings
from nacl.exceptions import BadSignatureError

from tallystick.kernel.errors import Reason
from tallystick.kernel.sm2 import SM2_KEY_BYTES, is_sm2_key, sm2_holds
from tallystick.kernel.texts import Text

ED25519_LIBRARY = "libsodium"  # where all must judge alike, by what; PyNaCl carries it

ED25519 = 0x01  # signature type of C2SP signed-note
COSIGNATURE_ED25519 = 0x04  # of C2SP tlog-cosignature, with a time
COSIGNATURE_ML_DSA_44 = 0x06  # the same, by FIPS 204
SM2_SM3 = 0xFF  # a type that C2SP has not assigned; followed by this, which names it
SM2_SM3_IDENTIFIER = b"tallystick/sm2-sm3/v1\n"
COSIGNATURES = (COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44)
PARTY_KINDS = (ED25519, SM2_SM3)  # whoever signs batches and acts
KEY_BYTES = 32
SIGNATURE_BYTES = 64
KEY_ID_BYTES = 16
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_FIELD_PRIME = 2**255 - 19

ML_DSA_44_KEY_BYTES = 1312
ML_DSA_44_SIGNATURE_BYTES = 2420
_PUBLIC_BYTES = {
    ED25519: KEY_BYTES,
    COSIGNATURE_ED25519: KEY_BYTES,
    COSIGNATURE_ML_DSA_44: ML_DSA_44_KEY_BYTES,
    SM2_SM3: SM2_KEY_BYTES,
}

NO_ML_DSA = Reason(
    "no_ml_dsa",
    Text(
        "本机的密码库不支持 ML-DSA-44（见证 {name}）",
        "the cryptographic library here knows no ML-DSA-44 (witness {name})",
    ),
    "FIPS 204",
    Text("请安装 cryptography 50 或更新的版本。", "Install cryptography 50 or newer."),
)
BAD_SIGNATURE = Reason(
    "bad_signature",
    Text("签名不成立（签名人 {name}）", "the signature does not hold (signer {name})"),
    "RFC 8032 5.1.7",
)
BAD_KEY_TEXT = Reason(
    "bad_key_text",
    Text("公钥写法不对：{what}", "this is not a public key in vkey form: {what}"),
    "C2SP signed-note",
    Text(
        "请照原样整行复制：名称+摘要+公钥。",
        "Copy the whole line as it was handed over: name+hash+key.",
    ),
)


def is_name(text: str) -> bool:
    """Return whether `text` may name a key: no space, plus, control character; not empty."""
    return bool(text) and not any(
        c.isspace() or c < " " or c == "+" or "\ud800" <= c <= "\udfff" for c in text
    )


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name it signs under.

    kind: the signature type of C2SP: a note's Ed25519, a cosignature by Ed25519 or ML-DSA-44, or
    one of none, SM2 with SM3, whose public key follows its identifier wherever it is written.
    key_id: SHA-256(name || 0x0A || kind || public key); its first 4 bytes are the note key ID, its
    first 16 name the key in batches and records.
    """

    name: str
    public: bytes
    kind: int = ED25519
    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise BAD_KEY_TEXT.error(what=Text("名称", "name"))
        if len(self.public) != _PUBLIC_BYTES.get(self.kind):
            raise BAD_KEY_TEXT.error(what=Text("长度", "length"))
        if self.kind == SM2_SM3 and not is_sm2_key(self.public):
            raise BAD_KEY_TEXT.error(what=Text("不是曲线上的点", "no point of the curve"))
        message = self.name.encode() + b"\n" + _prefix(self.kind) + self.public
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
        """Return the vkey: name+hash+base64(kind || key)."""
        blob = base64.b64encode(_prefix(self.kind) + self.public).decode()
        return f"{self.name}+{self.note_id.hex()}+{blob}"

    @classmethod
    def from_text(cls, text: str, kinds: Collection[int] = (ED25519,)) -> VerifierKey:
        """Read a vkey of one of `kinds`.

        Raises: BAD_KEY_TEXT unless it is exactly what `text` writes.
        """
        parts = text.split("+", 2)
        if len(parts) != 3:  # noqa: PLR2004 - name, hash, key
            raise BAD_KEY_TEXT.error(what=Text("应为“名称+摘要+公钥”", "name+hash+key"))
        try:
            blob = base64.b64decode(parts[2], validate=True)
        except (binascii.Error, ValueError):
            raise BAD_KEY_TEXT.error(what=Text("base64 编码", "base64")) from None
        if not blob or blob[0] not in kinds or not blob.startswith(_prefix(blob[0])):
            raise BAD_KEY_TEXT.error(what=Text("密钥种类", "type"))
        key = cls(parts[0], blob[len(_prefix(blob[0])) :], blob[0])
        if key.text() != text:
            raise BAD_KEY_TEXT.error(what=Text("摘要", "hash"))
        return key

    def check(self, message: bytes, signature: bytes) -> None:
        """Check a signature over `message`, by the scheme of this kind of key.

        Raises: BAD_SIGNATURE; NO_ML_DSA or NO_SM2 where the library here cannot check it.
        """
        if self.kind == SM2_SM3:
            if not sm2_holds(self.name, self.public, message, signature):
                raise BAD_SIGNATURE.error(name=self.name)
            return
        if self.kind == COSIGNATURE_ML_DSA_44:
            _check_ml_dsa(self, message, signature)
            return
        try:
            if not _canonical(signature, self.public):
                raise BadSignatureError  # noqa: TRY301 - one way out for every fault
            bindings.crypto_sign_open(signature + message, self.public)
        except (BadSignatureError, ValueError):
            raise BAD_SIGNATURE.error(name=self.name) from None


def _prefix(kind: int) -> bytes:
    """Return what stands before the public key of a kind, in its text and under its digest."""
    return bytes([kind]) + (SM2_SM3_IDENTIFIER if kind == SM2_SM3 else b"")


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


class Signer(Protocol):
    """Whatever signs batches and acts under a name: a key of any suite, held here or elsewhere."""

    @property
    def name(self) -> str:
        """The name it signs under."""

    @property
    def verifier(self) -> VerifierKey:
        """Its public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`."""


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


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """A secret key of a witness, under its name. Its `seed` is 32 secret bytes; never printed.

    kind: COSIGNATURE_ED25519 or COSIGNATURE_ML_DSA_44. Raises: NO_ML_DSA.
    """

    name: str
    seed: bytes = field(repr=False)
    kind: int = COSIGNATURE_ED25519
    verifier: VerifierKey = field(init=False)

    def __post_init__(self) -> None:
        if self.kind == COSIGNATURE_ML_DSA_44:
            public = _ml_dsa_secret(self.name, self.seed).public_key().public_bytes_raw()
            key = VerifierKey(self.name, public, self.kind)
        else:
            public, _ = bindings.crypto_sign_seed_keypair(self.seed)
            key = VerifierKey(self.name, public, COSIGNATURE_ED25519)
        object.__setattr__(self, "verifier", key)

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`: 64 bytes, or 2,420 by ML-DSA-44."""
        if self.kind == COSIGNATURE_ML_DSA_44:
            signature: bytes = _ml_dsa_secret(self.name, self.seed).sign(message)
            return signature
        return SigningKey(self.name, self.seed).sign(message)


def _ml_dsa(name: str) -> Any:  # noqa: ANN401 - a module of the library
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa  # noqa: PLC0415 - rarely needed
    except ImportError:
        raise NO_ML_DSA.error(name=name) from None
    return mldsa


def _ml_dsa_secret(name: str, seed: bytes) -> Any:  # noqa: ANN401 - a key of the library
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - rarely needed

    try:
        return _ml_dsa(name).MLDSA44PrivateKey.from_seed_bytes(seed)
    except UnsupportedAlgorithm:  # the library knows it, the OpenSSL below it does not
        raise NO_ML_DSA.error(name=name) from None


def _check_ml_dsa(key: VerifierKey, message: bytes, signature: bytes) -> None:
    from cryptography.exceptions import (  # noqa: PLC0415 - rarely needed
        InvalidSignature,
        UnsupportedAlgorithm,
    )

    try:
        public = _ml_dsa(key.name).MLDSA44PublicKey.from_public_bytes(key.public)
        public.verify(signature, message)
    except UnsupportedAlgorithm:
        raise NO_ML_DSA.error(name=key.name) from None
    except (InvalidSignature, ValueError):
        raise BAD_SIGNATURE.error(name=key.name) from None
