"""The whole membership, from what is sealed: the document behind `tally report --all`.

Owns the collecting of a membership. Rules: nothing is evaluated again; the newest proposal of a
member by the scheme of the report counts, with the decision on that very proposal, and the one of
the round before; a proposal is read like the facts it was made from, so that where the door
withholds an item today which the proposal was made from, the proposal is named and no number of it
is shown; a decided grade is the act of a person and stands. Of a member a report has name and code,
its industry and its registered capital, nothing else of the roster. One look is recorded for each
member, all in one commit, before anything is handed out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tallystick.app.closed import closed_items
from tallystick.app.members import MEMBERSHIP, Member, members
from tallystick.app.naming import item_name
from tallystick.app.progress import Progress, silent
from tallystick.app.schemes import NO_SUCH_SCHEME
from tallystick.app.store import Store
from tallystick.evaluation import Scheme, parse_scheme, scheme_document, scheme_items
from tallystick.evaluation import warning_sentence as sentence_of
from tallystick.exchange import MEMBER_EVALUATION, Look, open_door
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.publication.membership import FORM, figures, page
from tallystick.records import Body, bodies, number_of
from tallystick.views import Numbered, SubjectView, fold_subject

KINDS = ("fact", "grant", "withdrawal", "erasure", "evaluation", "decision")
_OF_THE_SCHEME = frozenset(("W_WEIGHT_SUM", "W_UNMAPPED_GROUP"))  # the same for every member
_MEMBERS_PER_STEP = 256

NOTHING_EVALUATED = Reason(
    "nothing_evaluated",
    Text(
        "还没有任何会员的评价，不能出具报告", "no member is evaluated; there is nothing to report"
    ),
    "",
    Text("请先评价：tally evaluate SCHEME。", "Evaluate first: tally evaluate SCHEME."),
)


def membership(
    store: Store, scheme: str = "", language: str = "en", progress: Progress = silent
) -> dict[str, Any]:
    """Return the membership as plain JSON in one language, with its figures; the looks are sealed.

    scheme: name of the scheme whose proposals are shown; by default that of the newest proposal.
    Raises: NOTHING_EVALUATED, NO_SUCH_SCHEME, NO_MEMBERS, and what opening bodies raises.
    """
    listed = members(store, KINDS)
    record, parsed = _scheme(store, scheme)
    reading = _Reading(store, parsed, language)
    rows: list[dict[str, Any]] = []
    uses: list[Body] = []
    for place, member in enumerate(listed, 1):
        row, use = reading.read(member)
        rows.append(row)
        uses.append(use)
        if place % _MEMBERS_PER_STEP == 0 or place == len(listed):
            progress("read", place, len(listed))
    store.append(uses)
    founding = store.body(next(iter(store.index.of_kind("founding"))))
    checkpoint = store.log.checkpoint
    document = {
        "form": FORM,
        "language": language,
        "operator": founding["operator"],
        "sample": founding["sample"],
        "origin": store.origin,
        "reported_on": store.settings.today(),
        "scheme": {"record": record, **_shown_scheme(parsed, language)},
        "scheme_warnings": reading.scheme_warnings,
        "items": {code: item_name(code).in_language(language) for code in scheme_items(parsed)},
        "members": rows,
        "gone": _gone(store, {member.subject for member in listed}),
        "ledger": {
            "entries": checkpoint.size if checkpoint else 0,
            "root": checkpoint.root.hex() if checkpoint else "",
        },
    }
    return {**document, "figures": figures(document)}


def as_page(document: Mapping[str, Any]) -> str:
    """Return the document of `membership` as one HTML page that needs nothing else."""
    return page(document)


def file_name(document: Mapping[str, Any]) -> str:
    """Return the name the page is saved under where none is given."""
    return f"members-{document['scheme']['id']}-{document['reported_on']}.html"


def _scheme(store: Store, name: str) -> tuple[str, Scheme]:
    """Return record and scheme of the newest proposal, by `name` where one is given."""
    sealed: dict[str, Body] = {}
    for number in reversed(list(store.index.of_kind("evaluation"))):
        record = store.body(number)["scheme"]
        if record not in sealed:
            sealed[record] = store.body(store.find(record))
            if name in {"", sealed[record]["name"]}:
                body = sealed[record]
                return record, parse_scheme(body["text"], file=body["name"])
    if not sealed:
        raise NOTHING_EVALUATED.error()
    known = sorted({body["name"] for body in sealed.values()})
    raise NO_SUCH_SCHEME.error(name=name, known=", ".join(known))


def _shown_scheme(scheme: Scheme, language: str) -> dict[str, Any]:
    """Return what a report says of the scheme, names in one language."""
    told = scheme_document(scheme)

    def named(part: str, names: str, *others: str) -> list[dict[str, Any]]:
        return [
            {"code": one["code"], "name": one[names][language], **{key: one[key] for key in others}}
            for one in told[part]
        ]

    return {
        "id": scheme.id,
        "version": scheme.version,
        "digest": scheme.digest,
        "name": told["names"][language],
        "scale": told["scale"],
        "dimensions": named("dimensions", "short", "weight"),
        "bands": named("bands", "names", "light"),
        "rules": named("rules", "names", "level"),
        "matrix": {
            "rows": told["matrix"]["rows"],
            "steps": told["matrix"]["steps"],
            "note": (told["matrix"]["note"] or {}).get(language, ""),
        },
        "coverage_at_least": told["policy"]["coverage_at_least"],
    }


def _gone(store: Store, listed: set[str]) -> list[str]:
    """Return the codes that have a proposal and are no member any more; no body is opened."""
    index = store.index
    kinds = np.frombuffer(index.kind, dtype=np.uint8)
    subjects = np.frombuffer(index.subject, dtype=np.uint32)
    rated = np.unique(subjects[kinds == number_of("evaluation")])
    return sorted({index.subjects.names[number] for number in rated} - listed)


class _Reading:
    """Reads one member after another through one door."""

    def __init__(self, store: Store, scheme: Scheme, language: str) -> None:
        today = store.settings.today()
        self.scheme_warnings: list[str] = []
        self._store = store
        self._scheme = scheme
        self._language = language
        self._door = open_door(MEMBER_EVALUATION, today, today, {*scheme_items(scheme), MEMBERSHIP})
        self._retracted = store.retracted()
        self._roster = store.index.items.find(MEMBERSHIP)
        self._fact = number_of("fact")
        self._delivery = store.delivery()
        self._bands = {band.names.zh: band.code for band in scheme.bands}

    def read(self, member: Member) -> tuple[dict[str, Any], Body]:
        """Return what the report has of a member, and the record of the look it took."""
        index = self._store.index
        numbers = [
            n
            for n in member.records
            if index.kind[n] != self._fact or index.item[n] == self._roster
        ]
        records = map(self._store.numbered, numbers)
        view = fold_subject(member.subject, records, self._retracted)
        look = self._door.look(view)
        newest, before, earlier = self._rounds(view)
        row = {
            "subject": view.subject,
            **_roster_row(look),
            "proposal": self._proposal(newest, look) if newest else None,
            "decision": self._decision(view, newest),
            "earlier_decision": self._earlier_decision(view, newest),
            "before": before,
            "previous": self._proposal(earlier, look) if earlier else None,
            "previous_decision": self._decision(view, earlier),
        }
        return row, self._use(view.subject, look, (row["proposal"], row["previous"]))

    def _rounds(self, view: SubjectView) -> tuple[Numbered | None, str, Numbered | None]:
        """Return the newest proposal, what came before it, and the proposal of the round before.

        A round is a day judged by: of several proposals for one day the last sealed counts. What
        came before: "round", "none", or "other_version" of the scheme, which is not compared.
        """
        named = [n for n in view.evaluations if _of(n)["id"] == self._scheme.id]
        mine = [n for n in named if _of(n)["digest"] == self._scheme.digest]
        if not mine:
            return None, "other_version" if named else "none", None
        newest = mine[-1]
        days = {n.body["as_of"]: n for n in mine if n.body["as_of"] < newest.body["as_of"]}
        if days:
            return newest, "round", days[max(days)]
        return newest, "other_version" if len(named) > len(mine) else "none", None

    def _proposal(self, sealed: Numbered, look: Look) -> dict[str, Any]:
        """Return a proposal, or only that there is one where the door closes it today."""
        result = sealed.body["result"]
        head = {"record": sealed.record, "as_of": sealed.body["as_of"]}
        items = result["coverage"]["items"]
        closed = closed_items(result, look.withheld)
        if closed:
            return {**head, "withheld": closed}
        self._note_warnings(result["warnings"])
        return {
            **head,
            "withheld": [],
            "status": result["status"],
            "score": result["score"],
            "band_before_rules": result["band_before_rules_code"],
            "band": result["band_code"],
            "light": result["light"],
            "symbol": result["grade"],
            "known": result["coverage"]["known"],
            "dimensions": {one["code"]: one["score"] for one in result["contributions"]},
            "rules_hit": [
                {"code": one["code"], "level": one["level"]} for one in result["rules_hit"]
            ],
            "rules_unchecked": result["coverage"]["rules_unchecked"],
            "warnings": [one for one in result["warnings"] if one["code"] not in _OF_THE_SCHEME],
            "items": {one["item"]: [one["state"], one["facts"]] for one in items},
        }

    def _note_warnings(self, warnings: Iterable[Mapping[str, Any]]) -> None:
        """Keep, once, what is odd about the scheme itself and so is said of every member."""
        if not self.scheme_warnings:
            self.scheme_warnings = [
                sentence_of(self._scheme, one).in_language(self._language)
                for one in warnings
                if one["code"] in _OF_THE_SCHEME
            ]

    def _decision(self, view: SubjectView, proposal: Numbered | None) -> dict[str, Any] | None:
        """Return the newest decision on this very proposal."""
        made = [
            one.body for one in view.decisions
            if proposal is not None and one.body["evaluation"] == proposal.record
        ]  # fmt: skip
        return self._shown(made[-1]) if made else None

    def _earlier_decision(
        self, view: SubjectView, newest: Numbered | None
    ) -> dict[str, Any] | None:
        """Return the decision that stands, where it was made on an older proposal."""
        standing = view.standing_decision()
        if standing is None or newest is None or standing.body["evaluation"] == newest.record:
            return None
        return self._shown(standing.body)

    def _shown(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a decision without its officer and reason, which are not the report's affair."""
        return {
            "outcome": body["outcome"],
            "recorded": body["recorded"],
            "band": self._bands.get(body["band"]),
            "light": body["light"] or None,
            "scripted": body["scripted"],
        }

    def _use(self, subject: str, look: Look, proposals: Iterable[Mapping[str, Any] | None]) -> Body:
        """Return the record of the look: the roster row, and the facts the numbers come from."""
        read = Counter(look.read)
        for proposal in proposals:
            for item, (_, facts) in (proposal or {}).get("items", {}).items():
                if facts:
                    read[item] = max(read[item], facts)
        return bodies.use(
            self._delivery,
            subject=subject,
            purpose=MEMBER_EVALUATION,
            reader=self._delivery.delivered_by,
            read=dict(sorted(read.items())),
            withheld=look.withheld,
            as_of=self._delivery.recorded,
        )


def _of(proposal: Numbered) -> Mapping[str, Any]:
    scheme: Mapping[str, Any] = proposal.body["result"]["scheme"]
    return scheme


def _roster_row(look: Look) -> dict[str, Any]:
    """Return what the report takes from the roster: name, section of industry, capital."""
    rows = [fact.data for fact in look.facts if fact.item == MEMBERSHIP]
    data = rows[-1] if rows else {}
    section = str(data.get("industry", ""))[:1].upper()
    return {
        "name": data.get("name", ""),
        "industry": section if "A" <= section <= "T" else "",
        "registered_capital": data.get("registered_capital", ""),
    }
