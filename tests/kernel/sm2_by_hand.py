"""SM2 as GB/T 32918.2 and .5 write it down, in affine coordinates: slow, and with chosen nonces."""

from __future__ import annotations

from collections.abc import Callable

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
BASE = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
Point = tuple[int, int] | None  # None is infinity


def add(p: Point, q: Point) -> Point:
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    if p == q:
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P) % P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P) % P
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def times(number: int, point: Point) -> Point:
    total: Point = None
    for bit in f"{number:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def encoded(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def public_of(secret: int) -> bytes:
    point = times(secret, BASE)
    assert point is not None
    return encoded(*point)


def identity(public: bytes, sm3: Callable[[bytes], bytes]) -> bytes:
    """Return Z of the default ID."""
    return sm3(b"\x00\x80" + b"1234567812345678" + encoded(A, B, *BASE) + public)


def number_of(public: bytes, message: bytes, sm3: Callable[[bytes], bytes]) -> int:
    """Return e, the number that is signed."""
    return int.from_bytes(sm3(identity(public, sm3) + message), "big")


def signed(secret: int, e: int, nonce: int) -> tuple[int, int]:
    point = times(nonce, BASE)
    assert point is not None
    r = (e + point[0]) % N
    return r, pow(1 + secret, -1, N) * (nonce - r * secret) % N


def holds(public: bytes, e: int, r: int, s: int) -> bool:
    key = (int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big"))
    point = add(times(s, BASE), times((r + s) % N, key))
    return point is not None and (e + point[0]) % N == r
