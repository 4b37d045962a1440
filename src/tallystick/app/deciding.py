"""A person decides.

Owns the act that makes a grade. The software proposes; a named officer confirms, changes or
declines the newest proposal, with a reason, and signs. Only then is there a grade. A decision
made by a script, as in the demonstration, says so in its record and wherever it is shown.
"""

from __future__ import annotations

from typing import Any

from tallystick.app.closed import closed_items
from tallystick.app.dossier import look, open_dossier
from tallystick.app.members import MEMBERSHIP
from tallystick.app.officers import new_officer, open_officer
from tallystick.app.store import Store
from tallystick.app.typed import masked
from tallystick.casework import OUTCOMES, check_reason, settle
from tallystick.evaluation import parse_scheme, scheme_items
from tallystick.exchange import MEMBER_EVALUATION
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import bodies, sign_act

SCRIPT_MARK = "（脚本）"  # the end of the name of an officer that is a script

NOTHING_TO_DECIDE = Reason(
    "nothing_to_decide",
    Text("{subject} 还没有预评结果", "there is no proposal for {subject}"),
    "",
    Text("请先 tally evaluate。", "Run tally evaluate first."),
)


STALE_PROPOSAL = Reason(
    "stale_proposal",
    Text(
        "预评之后事实有变化，不能就旧预评作出认定",
        "the facts have changed since this proposal; it cannot be decided on",
    ),
    "国办发〔2020〕49号",
    Text("请重新 tally evaluate，再作认定。", "Run tally evaluate again, then decide."),
)


def decide(
    store: Store,
    subject: str,
    officer: str,
    reason: str,
    *,
    outcome: str = "confirm",
    band: str = "",
    scripted: bool = False,
) -> dict[str, Any]:
    """Decide on the newest proposal for `subject`; return what was decided.

    subject: the member, by its USCC or its LEI. officer: key file or name. outcome: confirm, change
    (needs band) or decline. band: code or name of a band of the scheme, for a change. The facts are
    read once more, so that nobody decides on a fact that was corrected, retracted or repaired
    meanwhile. Raises: NOTHING_TO_DECIDE, STALE_PROPOSAL, REASON_TOO_LONG, as `members.resolve`,
    what `casework` raises, and what opening the officer's key raises.
    """
    reason, numbers = masked(check_reason(reason))
    dossier = open_dossier(store, subject)
    if not dossier.view.evaluations:
        raise NOTHING_TO_DECIDE.error(subject=dossier.subject)
    proposal = dossier.view.evaluations[-1]
    result = proposal.body["result"]
    key, name = open_officer(store, officer)
    sealed = store.body(store.find(proposal.body["scheme"]))
    scheme = parse_scheme(sealed["text"], file=sealed["name"])
    grade = settle(outcome, result, scheme, band)
    items = frozenset({*scheme_items(scheme), MEMBERSHIP})
    taken = look(store, dossier.view, MEMBER_EVALUATION, proposal.body["as_of"], items)
    # Consent may have ended for what held no fact and weighed as none.
    if taken.digest != proposal.body["view"] or closed_items(result, taken.withheld):
        raise STALE_PROPOSAL.error()
    body = bodies.decision(
        store.delivery(),
        subject=dossier.subject,
        evaluation=proposal.record,
        outcome=outcome,
        band=grade.band,
        light=grade.light,
        reason=reason,
        officer={"key": key.verifier.key_id.hex(), "name": name},
        scripted=scripted or name.endswith(SCRIPT_MARK),
    )
    [record] = store.append([sign_act(store.origin, body, [key])])
    return {
        "record": record,
        "subject": dossier.subject,
        "name": dossier.name,
        "evaluation": proposal.record,
        "outcome": outcome,
        "band": grade.band,
        "light": grade.light,
        "proposed_band": result["band"],
        "officer": name,
        "officer_key": key.verifier.key_id.hex(),
        "scripted": body["scripted"],
        "reason": reason,
        "masked": numbers,
    }


__all__ = ["OUTCOMES", "decide", "new_officer"]
