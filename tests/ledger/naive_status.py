"""The status tree as the specification defines it, and nothing else: slow, recursive, independent.

    python tests/ledger/naive_status.py

makes the published vectors anew (tests/data/status_vectors.json). This file shares no line with
`tallystick.ledger`; the tests hold one against the other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[1] / "data" / "status_vectors.json"
SHARED = 16  # bits that the keys of some vectors have in common
ZERO = bytes(32)


def digest(data: bytes) -> bytes:
    return sha256(data).digest()


def commitment_of(number: int) -> bytes:
    return digest(f"record {number}".encode())


def key_of(commitment: bytes) -> bytes:
    return digest(b"tallystick/status/v1\n" + commitment)


def value_of(status: int, since: int, by: bytes = ZERO) -> bytes:
    return bytes([status]) + since.to_bytes(8, "big") + by


def bit_of(key: bytes, depth: int) -> int:
    return int.from_bytes(key, "big") >> (255 - depth) & 1


def leaf_of(key: bytes, value: bytes) -> bytes:
    return digest(b"\x00" + key + digest(value))


def root_of(held: Mapping[bytes, bytes], depth: int = 0) -> bytes:
    """Return the root of the subtree over `held`, whose keys share their first `depth` bits."""
    if not held:
        return ZERO
    if len(held) == 1:
        [(key, value)] = held.items()
        return leaf_of(key, value)
    left, right = halves(held, depth)
    one, other = root_of(left, depth + 1), root_of(right, depth + 1)
    return digest(b"\x01" + one + other)


def halves(
    held: Mapping[bytes, bytes], depth: int
) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
    sides: tuple[dict[bytes, bytes], dict[bytes, bytes]] = ({}, {})
    for key, value in held.items():
        sides[bit_of(key, depth)][key] = value
    return sides


def proof_of(held: Mapping[bytes, bytes], key: bytes) -> bytes:
    """Return the proof of what a tree that holds `held` says of `key`."""
    siblings: list[bytes] = []
    here = dict(held)
    while len(here) > 1:
        sides = halves(here, len(siblings))
        side = bit_of(key, len(siblings))
        siblings.append(root_of(sides[1 - side], len(siblings) + 1))
        here = sides[side]
    depth = len(siblings)
    marks = "".join("1" if one != ZERO else "0" for one in siblings)
    bitmap = bytes(int(marks[at : at + 8].ljust(8, "0"), 2) for at in range(0, depth, 8))
    told = b"".join(one for one in siblings if one != ZERO)
    return bytes([depth]) + bitmap + told + _end(here, key)


def _end(here: Mapping[bytes, bytes], key: bytes) -> bytes:
    if not here:
        return b"\x00"
    [(there, value)] = here.items()
    return b"\x01" + value if there == key else b"\x02" + there + digest(value)


def said_of(held: Mapping[bytes, bytes], key: bytes) -> tuple[int, int, bytes]:
    """Return status, since, by of `key`: (0, 0, zeros) for what is in force."""
    value = held.get(key)
    if value is None:
        return 0, 0, ZERO
    return value[0], int.from_bytes(value[1:9], "big"), value[9:]


# -- published vectors ---------------------------------------------------------------------------


def make_vectors() -> list[dict[str, Any]]:
    """Return trees, and what is proved of records in them."""
    caused = commitment_of(9)
    one = {key_of(commitment_of(0)): value_of(1, 1_796_000_000, caused)}
    many = {
        key_of(commitment_of(n)): value_of(1 + n % 4, 1_796_000_000 + n, caused if n % 3 else ZERO)
        for n in range(9)
    }
    first, second, beside, below = alike()
    deep = many | {
        key_of(first): value_of(2, 1_796_000_100, caused),
        key_of(second): value_of(4, 1_796_000_200, caused),
    }
    cases: list[tuple[str, Mapping[bytes, bytes], bytes]] = [
        ("absent: the tree is empty", {}, commitment_of(0)),
        ("absent: the one leaf is of another record", one, commitment_of(1)),
        ("absent: from a tree of nine", many, commitment_of(50)),
        ("absent: an empty subtree below a prefix two leaves share", deep, beside),
        ("absent: another leaf below a prefix two leaves share", deep, below),
        ("present: the one leaf", one, commitment_of(0)),
        ("present: two leaves share a long prefix", deep, first),
        ("present: the other of the two", deep, second),
        *(
            (f"present: from a tree of nine, status {1 + n}", many, commitment_of(n))
            for n in range(4)
        ),
    ]
    return [_vector(*case) for case in cases]


def _vector(name: str, held: Mapping[bytes, bytes], commitment: bytes) -> dict[str, Any]:
    key = key_of(commitment)
    status, since, by = said_of(held, key)
    return {
        "name": name,
        "tree": [{"key": k.hex(), "value": v.hex()} for k, v in sorted(held.items())],
        "root": root_of(held).hex(),
        "commitment": commitment.hex(),
        "key": key.hex(),
        "proof": proof_of(held, key).hex(),
        "status": status,
        "since": since,
        "by": by.hex(),
    }


def alike() -> tuple[bytes, bytes, bytes, bytes]:
    """Return four commitments whose keys share their first bits, found by trying.

    The keys of the first two part last of all that part from the third; the fourth goes on with one
    of them, beyond where these two part.
    """
    found: dict[int, list[bytes]] = {}
    for commitment in _many():
        listed = found.setdefault(int.from_bytes(key_of(commitment)[:2], "big"), [])
        listed.append(commitment)
        for beside in listed[:-1]:
            for first in listed[:-1]:
                for second in listed[:-1]:
                    apart = _parted(first, second)
                    if SHARED < _parted(first, beside) < apart and _parted(
                        second, beside
                    ) < apart < _parted(second, commitment):
                        return first, second, beside, commitment
    raise AssertionError


def _many() -> Iterator[bytes]:
    number = 1_000_000
    while True:
        yield commitment_of(number)
        number += 1


def _parted(one: bytes, other: bytes) -> int:
    """Return at which bit the keys of two commitments differ first, 0 for the same."""
    differing = int.from_bytes(key_of(one), "big") ^ int.from_bytes(key_of(other), "big")
    return 256 - differing.bit_length() if differing else 0


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(make_vectors(), indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("tests/data/status_vectors.json is made anew\n")
