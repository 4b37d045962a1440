"""Bytes, digests, Merkle proofs, signatures, identifiers, decimals and errors.

Owns what every other room stands on, and knows nothing of credit. Rules: pure but for `disk`, which
is the one place that writes evidence; no clock, no chance, no network; one function turns a value
into bytes (`canonical.encode`); one library verifies signatures (`signing`).

    >>> from tallystick.kernel import canonical
    >>> canonical.encode({"a": 1})
    b'{"a":1}'
"""

__all__ = [
    "canonical",
    "cbor",
    "dates",
    "decimals",
    "disk",
    "errors",
    "identifiers",
    "marks",
    "merkle",
    "multiproof",
    "notes",
    "signing",
    "texts",
]
