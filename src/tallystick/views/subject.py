"""What is in force about one organisation: a pure fold over its records.

Owns the rules of the fold. Of facts with the same item and key the newest that was not retracted is
in force, the others are superseded and stay traceable. A withdrawal ends the grants it names from
its day. A self-declared fact is verified while the newest visit to its item and period confirmed
it; a declaration that was changed needs a visit sealed after the change. In all else the order of
records says only which of two versions is the newer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    verified: frozenset[str] = frozenset()

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
            self.is_verified(standing),
            data.get(end) if end else None,
        )

    def is_verified(self, standing: Numbered) -> bool:
        """Tell whether a fact counts as verified: only self-declared ones need a confirmation."""
        return not standing.body["item"].startswith(SELF_DECLARED) or (
            standing.record in self.verified
        )


def fold_subject(
    subject: str, records: Iterable[Numbered], retracted: frozenset[str] = frozenset()
) -> SubjectView:
    """Fold the records about `subject`, in ledger order; retracted: names of imports."""
    view = SubjectView(subject)
    standing: dict[tuple[str, str], Numbered] = {}
    places: dict[str, int] = {}
    changed: set[str] = set()
    for place, numbered in enumerate(records):
        body = numbered.body
        kind = body["kind"]
        if body.get("imported") in retracted:
            view.retracted.append(numbered)
        elif kind == "fact":
            identity = (body["item"], body["key"])
            older = standing.pop(identity, None)
            if older is not None:
                view.superseded.append(older)
                changed.add(numbered.record)
            standing[identity] = numbered
            places[numbered.record] = place
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
    _drop_old_forms(view)
    view.verified = frozenset(_verified(view.facts, places, changed))
    return view


def _drop_old_forms(view: SubjectView) -> None:
    """Let a decision delivered in the current form supersede the same decision in the old form.

    The old form of the 双公示 files names no code of the authority, so the two have different keys;
    counted twice, one decision would weigh double.
    """
    current = {
        (n.body["item"], n.body["data"].get("document"), n.body["occurred"])
        for n in view.facts
        if n.body["data"].get("form") == "current"
    }
    for numbered in list(view.facts):
        body = numbered.body
        same = (body["item"], body["data"].get("document"), body["occurred"])
        if body["data"].get("form") == "old" and same in current:
            view.facts.remove(numbered)
            view.superseded.append(numbered)


def _verified(facts: list[Numbered], places: Mapping[str, int], changed: set[str]) -> Iterator[str]:
    """Yield the ids of the self-declared facts that the newest visit to them confirmed.

    places: record id to its place in the ledger. changed: ids of facts that superseded another.
    """
    visits: dict[tuple[str, str], Numbered] = {}
    for numbered in facts:
        if numbered.body["item"] == VERIFICATION:
            data = numbered.body["data"]
            target = (data["target_item"], data.get("target_period", ""))
            newest = visits.get(target)
            if newest is None or newest.body["data"]["visited_on"] <= data["visited_on"]:
                visits[target] = numbered
    for numbered in facts:
        body = numbered.body
        visit = visits.get((body["item"], body["key"]))
        if visit is None or visit.body["data"]["outcome"] != "confirmed":
            continue
        # Without this, a declaration could be raised after the visit and still count as verified.
        later = places[visit.record] > places[numbered.record]
        if later or numbered.record not in changed:
            yield numbered.record
