"""What may become a fact: catalogue, signatures, provenance.

Owns the check every fact passes before it is sealed, whatever brought it: the item is in the
catalogue in force and its fields fit; an item that two parties must sign carries both signatures; a
verification carries a verifier's. What comes signed and not from a file is checked for its subject,
deliverer and channel too, as the readers of files do. Raises typed refusals; nothing is repaired.
"""

from __future__ import annotations

from tallystick.app.acts import BOTH_PARTIES, check_acts, check_parties, is_own
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import Party, TrustPolicy
from tallystick.records import CHANNELS, Body
from tallystick.rulebook.catalogue import catalogue
from tallystick.sources.people import refusal_of
from tallystick.views import VERIFICATION

NOT_IN_FORCE = Reason(
    "not_in_force",
    Text("目录项 {item} 已不在有效期内", "catalogue item {item} is not in force"),
    "上海市社会信用条例 art. 11",
)
NOT_A_FACT = Reason(
    "not_a_fact",
    Text("{item} 的内容不合目录：{what}", "the data do not fit catalogue item {item}: {what}"),
    "上海市社会信用条例 art. 11",
)
NOT_AS_DELIVERED = Reason(
    "not_as_delivered",
    Text("这条事实的{what}与交付人不符", "the {what} of this fact does not fit who delivers it"),
    "docs/spec/records.md",
)
_DELIVERER = Text("交付人", "deliverer")
_CHANNEL = Text("渠道", "channel")


def check_fact(body: Body, trust: TrustPolicy, origin: str, entry: int | None = None) -> None:
    """Check one fact. entry: where it is to be sealed, so that no key that ended signs it.

    Raises: the rulebook's refusals, NOT_SIGNED, BAD_SIGNATURE, UNKNOWN_KEY, KEY_ENDED.
    """
    item = catalogue().item(body["item"])
    if not item.in_force(body["recorded"]):
        raise NOT_IN_FORCE.error(item=item.code)
    faults = catalogue().validate(item.code, body["data"])
    if faults:
        raise NOT_A_FACT.error(item=item.code, what=faults[0].message)
    if item.parties_signatures >= BOTH_PARTIES:
        check_parties(origin, body, trust, item.parties_signatures, entry)
    elif item.code == VERIFICATION:
        check_acts(origin, body, trust, entry)


def check_delivered(body: Body, deliverer: Party, *, sample: bool = False) -> None:
    """Check what the reader of a file makes sure of: whom a fact is about, and who says it.

    sample: whether the workspace is a sample. Raises: NATURAL_PERSON, SOLE_TRADER, BAD_USCC, the
    refusal of a territory, SAMPLE_SUBJECT, NOT_AS_DELIVERED.
    """
    name = str(body["data"].get("name", ""))
    refused = refusal_of(body["subject"], None, name, sample=sample)
    if refused is not None:
        raise refused.error()
    if body["kind"] != "fact" or body["delivered_by"] != deliverer.key.key_id.hex():
        raise NOT_AS_DELIVERED.error(what=_DELIVERER)
    if body["channel"] not in CHANNELS or (
        body["channel"] == "direct" and not is_own(body, deliverer)
    ):
        raise NOT_AS_DELIVERED.error(what=_CHANNEL)
