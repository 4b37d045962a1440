"""Explaining one member: the proposal or grade, and every fact and look behind it.

Owns the page `tally explain` shows, as data: who the member is, what was proposed, who decided, the
contributions, the rules hit with their records, the reasons, what was withheld, what would change
the result, the facts with their provenance, and who has looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.app.closed import closed_items, without_figures
from tallystick.app.dossier import Dossier, look, open_dossier
from tallystick.app.erased import erased_of
from tallystick.app.members import MEMBERSHIP, consulted_about, consulted_items
from tallystick.app.naming import (
    category_names,
    item_name,
    purpose_name,
    shown_data,
    value_name,
    withheld_reason,
    withheld_remedy,
)
from tallystick.app.store import Store
from tallystick.app.unread import unread_items
from tallystick.evaluation import (
    Scheme,
    change_json,
    explain_document,
    lawful_changes,
    parse_scheme,
    scheme_items,
)
from tallystick.exchange import MEMBER_EVALUATION, Look, digest_of
from tallystick.records import bodies, provenance_sentence
from tallystick.views import Numbered, SubjectView

DECIDED = "decided"
DECLINED = "declined"
NOT_EVALUATED = "not_evaluated"


def explain(store: Store, subject: str, language: str = "en") -> dict[str, Any]:
    """Return everything that may be shown about `subject`; the look is recorded.

    subject: the member, by its USCC or its LEI. status: "decided" or "declined" only when an
    officer acted on the newest proposal, else that of the proposal: "proposal" or "no_proposal".
    Where the proposal of the decision that stands was erased, basis_erased says when and by whom.
    Raises: as `members.resolve`.
    """
    dossier = open_dossier(store, subject)
    taken = look(store, dossier.view, MEMBER_EVALUATION, store.settings.today())
    return explained(store, dossier, taken, language)


def explained(store: Store, dossier: Dossier, taken: Look, language: str) -> dict[str, Any]:
    """Return what `explain` does of a file that was opened and a look that was taken at it."""
    view = dossier.view
    admitted = {fact.record for fact in taken.facts}
    deliverers = {p.key.key_id.hex(): p.name for p in store.trust.parties}
    shown = _judged(store, dossier, taken, language)
    shown["facts"] = [
        _fact(numbered, state, deliverers, view, language)
        for numbered, state in _facts(view, store.settings.today())
        if numbered.record in admitted or state in {"superseded", "retracted"}
    ]
    shown["facts"] = [f for f in shown["facts"] if f["item"] not in taken.withheld]
    shown["withheld"] = {
        item: {
            "name": item_name(item).in_language(language),
            "reason": withheld_reason(code).in_language(language),
            "remedy": withheld_remedy(code).in_language(language),
        }
        for item, code in taken.withheld.items()
    }
    shown["looks"] = [_look_line(use, deliverers, language) for use in dossier.uses]
    shown["grants"] = [_grant(g, view, language) for g in view.grants]
    return shown


def _judged(store: Store, dossier: Dossier, taken: Look, language: str) -> dict[str, Any]:
    view = dossier.view
    shown: dict[str, Any] = {
        "subject": view.subject,
        "name": dossier.name,
        "lei": dossier.lei,
        "status": NOT_EVALUATED,
        "evaluation": None,
        "decision": None,
        "earlier_decision": None,
        "basis_erased": None,
        "explanation": None,
    }
    if (standing := view.standing_decision()) is not None:
        gone = store.number_of(standing.body["evaluation"])
        if gone in store.log.journal.erased:
            shown["basis_erased"] = erased_of(store, gone).to_json()
    if not view.evaluations:
        if standing is not None:
            shown["earlier_decision"] = bodies.shown_decision(standing.record, standing.body)
        return shown
    newest = view.evaluations[-1]
    body = newest.body
    scheme = store.body(store.find(body["scheme"]))
    parsed = parse_scheme(scheme["text"], file=scheme["name"])
    readable = _readable(body["result"], taken.withheld)
    shown["evaluation"] = {
        "record": newest.record,
        "recorded": body["recorded"],
        "as_of": body["as_of"],
        "scheme": scheme["name"],
        **readable,
    }
    told = {**body, "result": readable}
    shown["explanation"] = _explanation(store, parsed, told, taken, language)
    shown["status"] = readable["status"]
    if standing is None:
        return shown
    decision = bodies.shown_decision(standing.record, standing.body)
    if decision["evaluation"] == newest.record:
        shown["status"] = DECLINED if decision["outcome"] == "decline" else DECIDED
        shown["decision"] = decision
    else:
        shown["earlier_decision"] = decision
    return shown


def _readable(result: Mapping[str, Any], withheld: Mapping[str, str]) -> dict[str, Any]:
    """Return a sealed result, without its figures where what it was made from is closed now.

    One dimension alone could be worked out from the rest, and so all go. `stale` says so.
    """
    return without_figures(result) if closed_items(result, withheld) else dict(result)


def _explanation(
    store: Store, scheme: Scheme, body: Mapping[str, Any], taken: Look, language: str
) -> dict[str, Any]:
    """Return the sealed proposal in words, and what would better it as the facts stand today.

    stale: the facts that may be read today are no longer those it was made from.
    """
    changes = lawful_changes(
        scheme,
        taken.facts,
        as_of=body["as_of"],
        consulted=consulted_about(
            consulted_items(store),
            (fact.item for fact in taken.facts),
            unread_items(store).get(body["subject"], frozenset()),
        ),
        withheld=taken.withheld.items(),
    )
    told = map(change_json, changes)
    explained = explain_document(scheme, body["result"], language)
    for one, indicator in zip(explained["indicators"], scheme.indicators, strict=False):
        words = value_name(indicator.selection.item, indicator.field, one["value"])
        one["value"] = words.in_language(language) if words else one["value"]
    read = {*scheme_items(scheme), MEMBERSHIP}
    return {
        "stale": digest_of(f for f in taken.facts if f.item in read) != body["view"],
        **explained,
        "changes": [{**change, "text": change["text"][language]} for change in told],
    }


def _facts(view: SubjectView, today: str) -> list[tuple[Numbered, str]]:
    def state(numbered: Numbered) -> str:
        until = view.as_fact(numbered).until
        return "ended" if until is not None and until < today else "in_force"

    return [
        *((n, state(n)) for n in view.facts),
        *((n, "superseded") for n in view.superseded),
        *((n, "retracted") for n in view.retracted if n.body["kind"] == "fact"),
    ]


def _fact(
    numbered: Numbered,
    state: str,
    deliverers: Mapping[str, str],
    view: SubjectView,
    language: str,
) -> dict[str, Any]:
    body = numbered.body
    deliverer = deliverers.get(body["delivered_by"], body["delivered_by"])
    return {
        "record": numbered.record,
        "state": state,
        "item": body["item"],
        "item_name": item_name(body["item"]).in_language(language),
        "occurred": body["occurred"],
        "recorded": body["recorded"],
        "data": body["data"],
        "shown": shown_data(body["item"], body["data"], language),
        "verified": view.is_verified(numbered),
        "channel": body["channel"],
        "provenance": provenance_sentence(body, deliverer).in_language(language),
    }


def _look_line(use: Numbered, readers: Mapping[str, str], language: str) -> dict[str, Any]:
    body = use.body
    return {
        "record": use.record,
        "recorded": body["recorded"],
        "reader": readers.get(body["reader"], body["reader"]),
        "purpose": purpose_name(body["purpose"]).in_language(language),
        "read": body["read"],
        "withheld": body["withheld"],
    }


def _grant(numbered: Numbered, view: SubjectView, language: str) -> dict[str, Any]:
    body = numbered.body
    return {
        "record": numbered.record,
        "categories": body["categories"],
        "category_names": [
            name.in_language(language) for name in category_names(body["categories"])
        ],
        "purpose": body["purpose"],
        "purpose_name": purpose_name(body["purpose"]).in_language(language),
        "granted_on": body["granted_on"],
        "until": body["until"],
        "withdrawn_on": view.withdrawn.get(numbered.record, ""),
        "document_digest": body["document_digest"],
    }
