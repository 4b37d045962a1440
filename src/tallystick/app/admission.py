"""What may become a fact: catalogue, signatures, provenance.

Owns the check every fact passes before it is sealed, whatever brought it: the item is in the
catalogue in force and its fields fit; an item that two parties must sign carries both signatures; a
verification carries a verifier's. Raises typed refusals; nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Callable

from tallystick.kernel.errors import Reason
from tallystick.kernel.signing import VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import TrustPolicy
from tallystick.records import Body, check_act
from tallystick.records.signatures import NOT_SIGNED
from tallystick.rulebook.catalogue import catalogue
from tallystick.views import VERIFICATION

BOTH_PARTIES = 2

NOT_A_FACT = Reason(
    "not_a_fact",
    Text("{item} 的内容不合目录:{what}", "the data do not fit catalogue item {item}: {what}"),
    "上海市社会信用条例 art. 11",
)


def check_fact(body: Body, trust: TrustPolicy, origin: str) -> None:
    """Check one fact. Raises: the rulebook's refusals, NOT_SIGNED, BAD_SIGNATURE, UNKNOWN_KEY."""
    item = catalogue().item(body["item"])
    faults = catalogue().validate(item.code, body["data"])
    if faults:
        raise NOT_A_FACT.error(item=item.code, what=faults[0].message)
    if item.parties_signatures >= BOTH_PARTIES:
        _check_parties(body, trust, origin, item.parties_signatures)
    elif item.code == VERIFICATION:
        check_act(origin, body, _keys_of(trust, "verifier"))


def _check_parties(body: Body, trust: TrustPolicy, origin: str, count: int) -> None:
    """Check that the subject and its counterparties signed, each with its own registered key."""
    signers = check_act(origin, body, _keys_of(trust, "provider"), count)
    codes = {trust.party(signer, "provider").code for signer in signers}
    if body["subject"] not in codes or len(codes - {""}) < count:
        raise NOT_SIGNED.error(count=count, have=len(codes - {""}))


def _keys_of(trust: TrustPolicy, role: str) -> Callable[[bytes], VerifierKey]:
    def find(key_id: bytes) -> VerifierKey:
        return trust.party(key_id, role).key

    return find
