"""Who must have signed within a body, and whether they did.

Owns the one check of the signatures that people and parties put inside a body, used when a fact is
taken in, when a receipt is verified and when a workspace is audited. A decision and a model carry
the signature of the very officer they name, and so does a weighing whose judgments contradict one
another; a verification a verifier's; the fulfilment of a contract those of both parties; an
administrative act those of the operator and of an officer. A body
that leaves a needed signature out is refused like one whose signature does not hold: otherwise
whoever runs a ledger could decide in somebody's name.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tallystick.kernel.decimals import decimal_of
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import VerifierKey
from tallystick.ledger import KEY_ENDED, UNKNOWN_KEY, Party, TrustPolicy
from tallystick.records import NOT_SIGNED, check_act

# Written out: a receipt is checked without loading the rule book.
VERIFICATION = "visit.verification"
CONTRACT = "contract.fulfilment"
BOTH_PARTIES = 2
ADMINISTRATIVE = frozenset({"party", "key_end", "erasure", "witness"})
TWO_KEYS = 2
CR_LIMIT = Decimal("0.1")
_NAMING = ("decision", "model")  # no set: a kind may be anything here
_ALWAYS = (*_NAMING, "key_end", "erasure", "witness")
_ROLES = {
    "decision": ("officer",),
    "model": ("officer",),
    "weighing": ("officer",),
    "fact": ("verifier", "provider"),
}


def check_acts(
    origin: str,
    body: dict[str, Any],
    trust: TrustPolicy,
    entry: int | None = None,
    *,
    signed_from: int | None = None,
) -> None:
    """Check every signature within `body`, and that none is missing.

    signed_from: the first status entry of the ledger, if known; the parties registered after it
    were registered by two keys. Of an earlier one nobody else signed.

    entry: where in the ledger the record stands; a key that ended before signs nothing there. None
    asks for no place. Raises: KEY_ENDED, NOT_SIGNED, BAD_SIGNATURE, UNKNOWN_KEY; KeyError,
    TypeError or ValueError for a body that is not of its kind.
    """
    kind = body["kind"]
    if kind in _NAMING or (kind == "weighing" and is_overridden(body)):
        signers = check_act(origin, body, _keys_of(trust, entry, "officer"))
        named = body["officer"]
        listed = [trust.party(signer, "officer") for signer in signers]
        if not any((p.key.key_id.hex(), p.name) == (named["key"], named["name"]) for p in listed):
            raise NOT_SIGNED.error(count=1, have=0)
    elif kind == "fact" and body["item"] == VERIFICATION:
        check_act(origin, body, _keys_of(trust, entry, "verifier"))
    elif kind == "fact" and body["item"] == CONTRACT:
        check_parties(origin, body, trust, entry=entry)
    elif kind in ADMINISTRATIVE:
        earlier = signed_from is None or (entry is not None and entry <= signed_from)
        founded = earlier and signed_from is not None  # with the very first batch of the ledger
        unsigned = (kind == "party" and earlier) or (kind == "witness" and founded)
        if "signatures" in body or not unsigned:
            check_two_keys(origin, body, trust, entry)
    elif "signatures" in body:
        check_act(origin, body, _keys_of(trust, entry, *_ROLES.get(kind, ())))


def has_acts(body: dict[str, Any]) -> bool:
    """Tell whether `body` carries signatures, or must, or is of no form that would say so."""
    return (
        "signatures" in body
        or body.get("kind") in _ALWAYS
        or (body.get("kind") == "weighing" and _may_be_overridden(body))
        or (body.get("kind") == "fact" and body.get("item") in (VERIFICATION, CONTRACT))
    )


def _may_be_overridden(body: dict[str, Any]) -> bool:
    try:
        return is_overridden(body)
    except (KeyError, TypeError, ValueError, AttributeError, TallyError):
        return True  # `check_acts` says what is wrong with it


def check_two_keys(
    origin: str, body: dict[str, Any], trust: TrustPolicy, entry: int | None = None
) -> None:
    """Check that the operator and an officer registered before signed an administrative act.

    The very first officer signs the own registration, together with the operator. Raises: as
    `check_acts`.
    """
    signers = check_act(origin, body, _keys_of(trust, entry, "provider", "officer"), TWO_KEYS)
    officers = [party.key for party in trust.parties if party.role == "officer"]
    if body["kind"] == "party" and body["role"] == "officer":
        listed = [key.text() for key in officers]
        place = listed.index(body["key"]) if body["key"] in listed else len(listed)
        officers = officers[: max(place, 1)]
    operator = bytes.fromhex(body["delivered_by"])
    # One secret under two names is one key.
    same = {p.key.public for p in trust.parties if p.key.key_id == operator}
    named = any(key.key_id in signers and key.public not in same for key in officers)
    if operator not in signers or not named:
        raise NOT_SIGNED.error(count=TWO_KEYS, have=1)


def is_overridden(body: dict[str, Any]) -> bool:
    """Tell whether a weighing names an officer, or must: a ratio in it is not below 0.10."""
    ratios = [decimal_of(group["cr"]) for group in body["result"]["groups"]]
    return bool(body["officer"]) or any(ratio >= CR_LIMIT for ratio in ratios)


def check_parties(
    origin: str,
    body: dict[str, Any],
    trust: TrustPolicy,
    count: int = BOTH_PARTIES,
    entry: int | None = None,
) -> None:
    """Check that the subject and its counterparties signed, each with its own registered key.

    count: how many different organisations must have signed. Raises: as `check_acts`.
    """
    signers = check_act(origin, body, _keys_of(trust, entry, "provider"), count)
    codes = {trust.party(signer, "provider").code for signer in signers} - {""}
    if body["subject"] not in codes or len(codes) < count:
        raise NOT_SIGNED.error(count=count, have=len(codes))


def is_own(body: dict[str, Any], deliverer: Party) -> bool:
    """Tell whether the deliverer of a fact also made it, by code or, without codes, by name."""
    source = body["source"]
    if source["code"] or deliverer.code:
        return bool(source["code"] == deliverer.code)
    return bool(source["name"] == deliverer.name)


def _keys_of(trust: TrustPolicy, entry: int | None, *roles: str) -> Callable[[bytes], VerifierKey]:
    def find(key_id: bytes) -> VerifierKey:
        for role in roles:
            try:
                return trust.party(key_id, role, entry).key
            except TallyError as fault:
                if fault.reason is KEY_ENDED:
                    raise
        raise UNKNOWN_KEY.error(key=key_id.hex())

    return find
