"""What is in force about one organisation: a pure fold over its records.

Owns the rules of the fold. Of facts with the same item and key the newest that was not retracted is
in force, the others are superseded and stay traceable. A withdrawal ends the grants it names from
its day, and with them what the roster says of the same documents later. A self-declared fact is
verified while the newest visit to its item and period confirmed it; a declaration that was changed
needs a visit sealed after the change, and one of which a record was erased a visit made and sealed
since. In all else the order of records says only which of two versions is the newer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tallystick.records import Fact
from tallystick.rulebook.catalogue import catalogue

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


def last_day(item: str, data: Mapping[str, Any]) -> str | None:
    """Return the last ISO day a fact may be used: its own end or its item's term, the earlier."""
    own = data.get(END_FIELDS.get(item, ""))
    listed = catalogue().items.get(item)
    term = listed.retention.ends_on(data) if listed else None
    return min((day for day in (own, term) if day is not None), default=None)


@dataclass(slots=True)
class SubjectView:
    """The records of one organisation, folded. All lists are in ledger order."""

    subject: str
    facts: list[Numbered] = field(default_factory=list)
    superseded: list[Numbered] = field(default_factory=list)
    retracted: list[Numbered] = field(default_factory=list)
    grants: list[Numbered] = field(default_factory=list)
    superseded_grants: list[Numbered] = field(default_factory=list)
    withdrawn: dict[str, str] = field(default_factory=dict)
    evaluations: list[Numbered] = field(default_factory=list)
    decisions: list[Numbered] = field(default_factory=list)
    verified: frozenset[str] = frozenset()

    def standing_decision(self) -> Numbered | None:
        """Return the newest decision, on whichever proposal it was made."""
        return self.decisions[-1] if self.decisions else None

    def as_fact(self, standing: Numbered) -> Fact:
        """Return the form in which a fact is handed to an evaluation."""
        body = standing.body
        item, data, occurred = body["item"], body["data"], body["occurred"]
        return Fact(
            standing.record,
            item,
            data,
            occurred,
            body["channel"],
            self.is_verified(standing),
            last_day(item, data),
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
    listed = list(records)
    history, consents = _History(), _Consents(view, erased_consents(n.body for n in listed))
    for place, numbered in enumerate(listed):
        body = numbered.body
        kind = body["kind"]
        if kind == "fact":
            history.note(place, numbered)
        elif kind == "grant":
            consents.note(numbered)
        if body.get("imported") in retracted:
            view.retracted.append(numbered)
        elif kind == "fact":
            identity = (body["item"], body["key"])
            older = standing.pop(identity, None)
            if older is not None:
                view.superseded.append(older)
            standing[identity] = numbered
        elif kind == "grant":
            consents.give(numbered)
        elif kind == "withdrawal":
            consents.withdraw(body)
        elif kind == "erasure":
            history.erase(place, body)
        elif kind == "evaluation":
            view.evaluations.append(numbered)
        elif kind == "decision":
            view.decisions.append(numbered)
    view.facts = list(standing.values())
    _drop_old_forms(view)
    view.grants = consents.standing()
    view.verified = frozenset(_verified(view.facts, history))
    return view


def erased_consents(records: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return what erasures say of the withdrawn grants they erased, by record id."""
    erasures = (body for body in records if body["kind"] == "erasure")
    return {one["record"]: one for body in erasures for one in body.get("consents", ())}


class _Consents:
    """Which grants stand. A row of the roster, corrected, replaces the consent it corrects.

    A consent document that was withdrawn stays so: the roster may be delivered again, with a comma
    changed, or its newest version be retracted, and brings no consent back that was given on the
    day of the withdrawal or before. What is entered by hand stands for itself. Of a grant that was
    erased, the erasure says as much as this needs.
    """

    def __init__(self, view: SubjectView, erased: Mapping[str, Mapping[str, Any]]) -> None:
        self._view = view
        self._erased = erased
        self._standing: dict[str, Numbered] = {}
        self._noted: dict[str, Numbered] = {}
        self._ended: dict[str, list[str]] = {}

    def note(self, grant: Numbered) -> None:
        """Note a grant, retracted or not."""
        self._noted[grant.record] = grant

    def give(self, grant: Numbered) -> None:
        body = grant.body
        document = body["document_digest"]
        older = self._standing.pop(document, None) if body["imported"] else None
        if older is not None:
            self._view.superseded_grants.append(older)
        self._standing[document if body["imported"] else grant.record] = grant
        if body["imported"]:
            for day in self._ended.get(document, ()):
                self._end_if_given(grant, day)

    def withdraw(self, body: Mapping[str, Any]) -> None:
        for record in body["grants"]:
            self._end(record, body["from_day"])
            if record in self._noted:
                self._end_document(self._noted[record].body, body["from_day"])
            elif record in self._erased:
                self._end_document(self._erased[record], body["from_day"])

    def _end_document(self, named: Mapping[str, Any], day: str) -> None:
        """End the other versions on the roster of the document of a grant that was withdrawn."""
        self._ended.setdefault(named["document_digest"], []).append(day)
        for grant in self._noted.values() if named["imported"] else ():
            imported, document = grant.body["imported"], grant.body["document_digest"]
            if imported and document == named["document_digest"]:
                self._end_if_given(grant, day)

    def _end_if_given(self, grant: Numbered, day: str) -> None:
        if grant.body["granted_on"] <= day:
            self._end(grant.record, day)

    def _end(self, record: str, day: str) -> None:
        withdrawn = self._view.withdrawn
        withdrawn[record] = min(day, withdrawn.get(record, day))

    def standing(self) -> list[Numbered]:
        return list(self._standing.values())


def _drop_old_forms(view: SubjectView) -> None:
    """Let a decision delivered in the current form supersede the same decision in the old form.

    The old form of the 双公示 files names no code of the authority, so the two have different keys;
    counted twice, one decision would weigh double.
    """
    current = {
        (n.body["item"], n.body["data"].get("document"), n.body["occurred"])
        for n in view.facts
        if n.body["data"].get("form") == "current" and n.body["data"].get("document")
    }
    for numbered in list(view.facts):
        body = numbered.body
        same = (body["item"], body["data"].get("document"), body["occurred"])
        if body["data"].get("form") == "old" and same in current:
            view.facts.remove(numbered)
            view.superseded.append(numbered)


class _History:
    """When what was declared and visited, retracted or not.

    A declaration must not be raised after a visit and still count as verified by it: neither by
    superseding it, nor by retracting it and declaring anew, nor by saying the visit again.

    places: of a declaration, where it stands in the ledger; of a visit, where it was first told of.
    changed: the declarations that say something else than one before them of the same period.
    erased: where and on which day a record of an item and period was erased, the last time.
    """

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.changed: set[str] = set()
        self._erased: dict[str, tuple[int, str]] = {}
        self._declared: dict[tuple[str, str], list[Any]] = {}
        self._visits: dict[tuple[str, str, str, str], int] = {}

    def note(self, place: int, fact: Numbered) -> None:
        item, data = fact.body["item"], fact.body["data"]
        if item.startswith(SELF_DECLARED):
            before = self._declared.setdefault((item, fact.body["key"]), [])
            if any(said != data for said in before):
                self.changed.add(fact.record)
            before.append(data)
            self.places[fact.record] = place
        elif item == VERIFICATION:
            visit = (*_target_of(data), data["visited_on"], data["outcome"])
            self.places[fact.record] = self._visits.setdefault(visit, place)

    def erase(self, place: int, body: Mapping[str, Any]) -> None:
        """Note an erasure. One that names no targets may be of any."""
        for target in body.get("targets", ("",)):
            self._erased[target] = (place, body["recorded"])

    def is_since(self, visit: Numbered, item: str, period: str) -> bool:
        """Tell whether a visit was made and sealed after all that was erased of its target."""
        erased = (self._erased.get(target) for target in ("", f"{item}|{period}"))
        return all(
            self.places[visit.record] > place and visit.body["data"]["visited_on"] >= day
            for place, day in filter(None, erased)
        )


def _target_of(data: Mapping[str, Any]) -> tuple[str, str]:
    return data["target_item"], data.get("target_period", "")


def _verified(facts: list[Numbered], history: _History) -> Iterator[str]:
    """Yield the ids of the self-declared facts that the newest visit to them confirmed."""
    visits: dict[tuple[str, str], Numbered] = {}
    for numbered in facts:
        if numbered.body["item"] == VERIFICATION:
            data = numbered.body["data"]
            newest = visits.get(_target_of(data))
            if newest is None or newest.body["data"]["visited_on"] <= data["visited_on"]:
                visits[_target_of(data)] = numbered
    places = history.places
    for numbered in facts:
        item, key = numbered.body["item"], numbered.body["key"]
        visit = visits.get((item, key)) if item.startswith(SELF_DECLARED) else None
        if visit is None or visit.body["data"]["outcome"] != "confirmed":
            continue
        if visit.body["data"]["visited_on"] < numbered.body["occurred"]:
            continue  # nobody confirms what was declared only later
        if not history.is_since(visit, item, key):
            continue  # what was declared before, or when the visit was told of, is not known
        later = places[visit.record] > places[numbered.record]
        if later or numbered.record not in history.changed:
            yield numbered.record
