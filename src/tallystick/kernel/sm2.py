"""SM2 signatures over SM3 (GB/T 32918, GM/T 0003), by one library: Tongsuo through `tongsuopy`.

Owns what is asked before the library is: that a public key is a point of the recommended curve, in
its one encoding, and that a signature is two numbers in their ranges. The library is optional; what
needs it raises NO_SM2 where it is missing. The signer's ID is the default one of GM/T 0009,
"1234567812345678".
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from typing import Any, NamedTuple

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text

SM2_LIBRARY = "tongsuo"
SM2_PACKAGE = "tongsuopy"
SM2_KEY_BYTES = 64  # x || y
SM2_SIGNATURE_BYTES = 64  # r || s
SEED_BYTES = 32
_NUMBER_BYTES = 32
_KEY_DOMAIN = b"tallystick/sm2-key/v1\n"

_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_BASE_X = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
_BASE_Y = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

NO_SM2 = Reason(
    "no_sm2",
    Text("本机没有 SM2-SM3 签名库（{name}）", "there is no library for SM2-SM3 here ({name})"),
    "GB/T 32918",
    Text(
        "请执行 pip install 'tallystick[sm]'；该库只有 x86-64 Linux、macOS 与 Windows 的版本。",
        "Run pip install 'tallystick[sm]'; that library is made for Linux on x86-64, macOS and"
        " Windows only.",
    ),
)


class _Library(NamedTuple):
    """What is used of the library: on this curve its ECDSA signs by SM2, whatever its name says."""

    keys: Any
    curve: Any
    algorithm: Any
    hashes: Any
    refused: type[Exception]


def _library(name: str) -> _Library:
    """Load the library, for the key `name`. Raises: NO_SM2."""
    try:
        from tongsuopy.crypto import exceptions, hashes  # noqa: PLC0415 - optional
        from tongsuopy.crypto.asymciphers import ec  # noqa: PLC0415 - optional
    except ImportError:
        raise NO_SM2.error(name=name) from None
    algorithm = ec.ECDSA(hashes.SM3())
    return _Library(ec, ec.SM2(), algorithm, hashes, exceptions.InvalidSignature)


def sm2_version() -> str:
    """Return the version of the library, "" where there is none."""
    try:
        _library("")
        return metadata.version(SM2_PACKAGE)
    except (TallyError, metadata.PackageNotFoundError):
        return ""


def sm3(data: bytes) -> bytes:
    """Return the SM3 digest: 32 bytes, by Python where its OpenSSL has it. Raises: NO_SM2."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        hashes = _library("SM3").hashes
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return bytes(digest.finalize())


def is_sm2_key(public: bytes) -> bool:
    """Tell whether `public` is x || y of a point that some secret number in [1, n-2] has.

    Infinity has no such encoding; every other point of the curve is of order n, as the cofactor is
    one. The opposite of the base point would belong to n-1, which is no secret key.
    """
    x, y = _halves(public)
    if len(public) != SM2_KEY_BYTES or max(x, y) >= _P or (x, y) == (_BASE_X, _P - _BASE_Y):
        return False
    return (y * y - x * x * x + 3 * x - _B) % _P == 0  # a = -3


def is_sm2_signature(signature: bytes) -> bool:
    """Tell whether `signature` is r || s with 1 <= r, s < n and r + s not n."""
    r, s = _halves(signature)
    return len(signature) == SM2_SIGNATURE_BYTES and 0 < r < _ORDER and 0 < s < _ORDER != r + s


def sm2_holds(name: str, public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the key `name` signed `message`. Raises: NO_SM2."""
    library = _library(name)
    if not (is_sm2_key(public) and is_sm2_signature(signature)):
        return False
    key = library.keys.EllipticCurvePublicKey.from_encoded_point(library.curve, b"\4" + public)
    try:
        key.verify(_der(signature), message, library.algorithm)
    except library.refused:
        return False
    return True


class Sm2Secret:
    r"""A secret number as the library holds it, with its public key; never printed.

    seed: 32 secret bytes; the number is the first of SM3("tallystick/sm2-key/v1\n" || seed ||
    counter byte), counter from 0, that is in [1, n-2]. Raises: NO_SM2.
    """

    __slots__ = ("_key", "_library", "public")

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise ValueError("a seed is 32 bytes")
        self._library = _library(name)
        self._key = self._library.keys.derive_private_key(secret_number(seed), self._library.curve)
        point = self._key.public_key().public_numbers()
        self.public = _number(point.x) + _number(point.y)

    def sign(self, message: bytes) -> bytes:
        """Return r || s, 64 bytes, another each time: the library draws the nonce."""
        return _from_der(self._key.sign(message, self._library.algorithm))


def secret_number(seed: bytes) -> int:
    """Return the secret number of a seed."""
    drawn = (sm3(_KEY_DOMAIN + seed + bytes([counter])) for counter in range(256))
    numbers = (int.from_bytes(digest, "big") for digest in drawn)
    return next(number for number in numbers if 1 <= number <= _ORDER - 2)


def _halves(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[:_NUMBER_BYTES], "big"), int.from_bytes(data[_NUMBER_BYTES:], "big")


def _number(value: int) -> bytes:
    return value.to_bytes(_NUMBER_BYTES, "big")


def _der(signature: bytes) -> bytes:
    """Return r || s as the library wants it: a SEQUENCE of two INTEGERs."""
    parts = b""
    for value in _halves(signature):
        digits = value.to_bytes(value.bit_length() // 8 + 1, "big")  # with room for the sign
        parts += b"\x02" + bytes([len(digits)]) + digits
    return b"\x30" + bytes([len(parts)]) + parts


def _from_der(data: bytes) -> bytes:
    """Return r || s of what `_der` writes."""
    end = 4 + data[3]  # 30, length, 02, length of r
    r, s = int.from_bytes(data[4:end], "big"), int.from_bytes(data[end + 2 :], "big")
    return _number(r) + _number(s)
