"""What is in force about one organisation: a pure fold over its records.

Owns the rules of the fold. Of facts with the same item and key the newest that was not retracted is
in force, the others are superseded and stay traceable. A withdrawal ends the grants it names from
its day. A self-declared fact is verified while a signed confirmation of its item is in force. The
order of records is the order of the ledger; nothing else matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tallystick.records import Fact

SELF_DECLARED = "selfdeclared."
VERIFICATION = "visit.verification"

# The field that ends a fact, by item: the day from which it is no longer read.
END_FIELDS = {
    "court.judgment_debtor": "valid_until",
    "honour.award": "valid_until",
    "licence.decision": "valid_until",
    "penalty.decision": "publish_stop",
    "registry.abnormal_operation": "removed_on",
    "registry.serious_violation": "removed_on",
    "tax.arrears_notice": "cleared_on",
    "tax.rating": "valid_until",
}


class Numbered(NamedTuple):
    """A record: its id (hex commitment) and its body."""

    record: str
    body: Mapping[str, Any]


@dataclass(slots=True)
class SubjectView:
    """The records of one organisation, folded. All lists are in ledger order."""

    subject: str
    facts: list[Numbered] = field(default_factory=list)
    superseded: list[Numbered] = field(default_factory=list)
    retracted: list[Numbered] = field(default_factory=list)
    grants: list[Numbered] = field(default_factory=list)
    withdrawn: dict[str, str] = field(default_factory=dict)
    evaluations: list[Numbered] = field(default_factory=list)
    decisions: list[Numbered] = field(default_factory=list)
    confirmed: frozenset[tuple[str, str]] = frozenset()

    def as_fact(self, standing: Numbered) -> Fact:
        """Return the form in which a fact is handed to an evaluation."""
        body = standing.body
        item, data, occurred = body["item"], body["data"], body["occurred"]
        end = END_FIELDS.get(item)
        return Fact(
            standing.record,
            item,
            data,
            occurred,
            body["channel"],
            self.is_verified(item, occurred),
            data.get(end) if end else None,
        )

    def is_verified(self, item: str, occurred: str) -> bool:
        """Tell whether a fact counts as verified: only self-declared ones need a confirmation."""
        if not item.startswith(SELF_DECLARED):
            return True
        return any(
            target == item and occurred.startswith(period) for target, period in self.confirmed
        )


def fold_subject(
    subject: str, records: Iterable[Numbered], retracted: frozenset[str] = frozenset()
) -> SubjectView:
    """Fold the records about `subject`, in ledger order; retracted: names of imports."""
    view = SubjectView(subject)
    standing: dict[tuple[str, str], Numbered] = {}
    for numbered in records:
        body = numbered.body
        kind = body["kind"]
        if body.get("imported") in retracted:
            view.retracted.append(numbered)
        elif kind == "fact":
            identity = (body["item"], body["key"])
            older = standing.pop(identity, None)
            if older is not None:
                view.superseded.append(older)
            standing[identity] = numbered
        elif kind == "grant":
            view.grants.append(numbered)
        elif kind == "withdrawal":
            for grant in body["grants"]:
                view.withdrawn.setdefault(grant, body["from_day"])
        elif kind == "evaluation":
            view.evaluations.append(numbered)
        elif kind == "decision":
            view.decisions.append(numbered)
    view.facts = list(standing.values())
    view.confirmed = frozenset(
        (n.body["data"]["target_item"], n.body["data"].get("target_period", ""))
        for n in view.facts
        if n.body["item"] == VERIFICATION and n.body["data"]["outcome"] == "confirmed"
    )
    return view
