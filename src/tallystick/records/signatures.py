r"""Signatures inside a body: an act of a named person, or of the parties to a contract.

Owns how a body is signed by others than its deliverer. The signed message is
"tallystick/act/v1\n", the origin of the ledger, a newline, and the canonical body without its
`signatures`. Each signature names its key by the 16-byte id in hex.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason
from tallystick.kernel.signing import Signer, VerifierKey
from tallystick.kernel.texts import Text

_DOMAIN = b"tallystick/act/v1\n"

NOT_SIGNED = Reason(
    "not_signed",
    Text(
        "这条记录须有 {count} 个签名，只有 {have} 个",
        "needs {count} {count:signature|signatures}, has {have}",
    ),
    "docs/spec/records.md",
)
BAD_ACT = Reason(
    "bad_act",
    Text("签名栏的写法不对", "the signatures of this record are not in their one form"),
    "docs/spec/ledger.md",
)


def act_message(origin: str, body: Mapping[str, Any]) -> bytes:
    """Return the bytes a signer of `body` signs."""
    unsigned = {name: value for name, value in body.items() if name != "signatures"}
    return _DOMAIN + origin.encode() + b"\n" + canonical.encode(unsigned)


def sign_act(origin: str, body: Mapping[str, Any], keys: Sequence[Signer]) -> dict[str, Any]:
    """Return `body` with the signatures of `keys`."""
    message = act_message(origin, body)
    signatures = [
        {"key": key.verifier.key_id.hex(), "signature": key.sign(message).hex()} for key in keys
    ]
    return {**body, "signatures": signatures}


def check_act(
    origin: str, body: Mapping[str, Any], find: Callable[[bytes], VerifierKey], count: int = 1
) -> list[bytes]:
    """Check the signatures of `body` and return the ids of the keys that signed.

    find: 16-byte key id -> key; raises when the key is not accepted. count: how many different
    keys must have signed. Raises: NOT_SIGNED, BAD_ACT, BAD_SIGNATURE, NO_SM2,
    and what `find` raises.
    """
    message = act_message(origin, body)
    signers: list[bytes] = []
    for key_id, signature in _signatures(body.get("signatures", [])):
        key = find(key_id)
        key.check(message, signature)
        if key.key_id not in signers:
            signers.append(key.key_id)
    if len(signers) < count:
        raise NOT_SIGNED.error(count=count, have=len(signers))
    return signers


def _signatures(lines: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 - what a body holds there
    try:
        read = [(bytes.fromhex(s["key"]), bytes.fromhex(s["signature"])) for s in lines]
    except (KeyError, TypeError, ValueError):
        raise BAD_ACT.error() from None
    if [{"key": key.hex(), "signature": signature.hex()} for key, signature in read] != lines:
        raise BAD_ACT.error()
    return read
