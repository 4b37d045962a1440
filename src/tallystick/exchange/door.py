"""The one door from records to any use of them.

Owns the decision what of an organisation's facts may be read, for which purpose, on which day, and
the record every look leaves. Rules: items of the public class may be read; items of the consent
class only under a grant in force for the same purpose; context may be read and never weighs. What
is not read is named as withheld; it is never guessed.

Sources: 征信业管理条例 art. 18 to 22 (purpose, no use beyond it, a log of every look); 民法典
art. 1029 and 1030 (an organisation sees what is said of it).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import Fact
from tallystick.rulebook.catalogue import catalogue
from tallystick.views import SubjectView

MEMBER_EVALUATION = "association_evaluation"
_FREE = frozenset({"public", "context"})

PURPOSES = {
    MEMBER_EVALUATION: Text("会员信用评价", "evaluation of members"),
    "self_inspection": Text("主体查阅自己的信用信息", "an organisation reads its own file"),
    "operator_export": Text(
        "运营方完整导出（备份、迁移）", "the operator exports everything (backup)"
    ),
}

NO_GRANT = Reason(
    "no_grant",
    Text("未读取：没有授权", "withheld: no grant"),
    "征信业管理条例 art. 18, 20",
    Text(
        "请主体签署授权后用 tally grant 登记，再重新评价。",
        "Have the organisation sign a grant, enter it with tally grant, evaluate again.",
    ),
)
GRANT_ENDED = Reason(
    "grant_ended",
    Text("未读取：授权已到期或已撤回", "withheld: the grant has ended or was withdrawn"),
    "征信业管理条例 art. 18, 20",
    NO_GRANT.remedy,
)
UNKNOWN_PURPOSE = Reason(
    "unknown_purpose",
    Text("没有登记这种用途：{purpose}", "no such purpose is registered: {purpose}"),
    "征信业管理条例 art. 18, 20",
)
REASONS = {reason.code: reason for reason in (NO_GRANT, GRANT_ENDED)}


def purpose_code(text: str) -> str:
    """Return the code of the purpose that `text` names in any form, or `text` itself."""
    wanted = text.strip().lower()
    for code, name in PURPOSES.items():
        if wanted in {code, code.replace("_", "-"), name.zh, name.en.lower()}:
            return code
    return text


class Look(NamedTuple):
    """What the door let through: facts in ledger order, and item -> reason code of what it kept.

    read: item -> number of facts. digest: SHA-256 (hex) over the ids of the facts read.
    """

    facts: list[Fact]
    withheld: dict[str, str]
    read: dict[str, int]
    digest: str


def digest_of(facts: Iterable[Fact]) -> str:
    """Return SHA-256 (hex) over the ids of `facts`, whatever their order."""
    return sha256("\n".join(sorted(fact.record for fact in facts)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Door:
    """Reads for one purpose on one day. sharing: item code -> public, consent or context.

    as_of: the ISO day the reader judges by. needed: the items the reader asks for; an item withheld
    is named whether or not there is a fact, so that the silence says nothing about the
    organisation. read_on: the ISO day of the reading, `as_of` if empty. A grant must hold on both
    days: nobody reads under a withdrawn grant by asking for yesterday.
    """

    purpose: str
    as_of: str
    sharing: Mapping[str, str]
    needed: frozenset[str]
    read_on: str = ""

    def __post_init__(self) -> None:
        if self.purpose not in PURPOSES:
            raise UNKNOWN_PURPOSE.error(purpose=self.purpose)

    def look(self, view: SubjectView) -> Look:
        """Decide item by item, and return what may be read of `view`."""
        verdicts = {item: self._verdict(view, item) for item in self.needed}
        facts = [
            view.as_fact(n) for n in view.facts if verdicts.get(n.body["item"], "unasked") == ""
        ]
        read = Counter(fact.item for fact in facts)
        withheld = {item: verdict for item, verdict in sorted(verdicts.items()) if verdict}
        return Look(facts, withheld, dict(sorted(read.items())), digest_of(facts))

    def _verdict(self, view: SubjectView, item: str) -> str:
        """Return "" when `item` may be read, else the code of the reason why not."""
        if self.sharing.get(item) in _FREE:  # any other word, a misspelt one too, needs consent
            return ""
        ended = False
        days = (self.as_of, self.read_on or self.as_of)
        for grant in view.grants:
            body = grant.body
            if body["purpose"] != self.purpose or not _covers(body["categories"], item):
                continue
            if min(days) < body["granted_on"]:  # not yet given is not given, and has not ended
                continue
            withdrawn = view.withdrawn.get(grant.record)
            last = max(days)
            if last <= body["until"] and (withdrawn is None or last < withdrawn):
                return ""
            ended = True
        return GRANT_ENDED.code if ended else NO_GRANT.code


def open_door(purpose: str, as_of: str, read_on: str, needed: Iterable[str] | None = None) -> Door:
    """Return the door for `needed` items (all of the catalogue if None), each shared by its class.

    Raises: UNKNOWN_PURPOSE.
    """
    sharing = {code: item.sharing.value for code, item in catalogue().items.items()}
    asked = frozenset(sharing if needed is None else needed)
    return Door(purpose, as_of, sharing, asked, read_on)


def _covers(categories: list[str], item: str) -> bool:
    """Tell whether a category is `item`, or a prefix of it that ends at a dot."""
    return any(item == c or item.startswith(c.rstrip(".") + ".") for c in categories)
