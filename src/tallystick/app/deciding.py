"""A person decides.

Owns the act that makes a grade. The software proposes; a named officer confirms, changes or
declines the newest proposal, with a reason, and signs. Only then is there a grade. A decision
made by a script, as in the demonstration, says so in its record and wherever it is shown.
"""

from __future__ import annotations

from typing import Any

from tallystick.app.dossier import open_dossier
from tallystick.app.officers import new_officer, open_officer
from tallystick.app.store import Store
from tallystick.casework import OUTCOMES, check_reason, settle
from tallystick.evaluation import parse_scheme
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import bodies, sign_act

NOTHING_TO_DECIDE = Reason(
    "nothing_to_decide",
    Text("{subject} 还没有预评结果", "there is no proposal for {subject}"),
    "",
    Text("请先 tally evaluate。", "Run tally evaluate first."),
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

    officer: key file or name. outcome: confirm, change (needs band) or decline. band: code or name
    of a band of the scheme, for a change. Raises: NOTHING_TO_DECIDE, NOT_A_MEMBER, what `casework`
    raises, and what opening the officer's key raises.
    """
    reason = check_reason(reason)
    dossier = open_dossier(store, subject)
    if not dossier.view.evaluations:
        raise NOTHING_TO_DECIDE.error(subject=subject)
    proposal = dossier.view.evaluations[-1]
    result = proposal.body["result"]
    key, name = open_officer(store, officer)
    scheme = store.body(store.find(proposal.body["scheme"]))
    grade = settle(outcome, result, parse_scheme(scheme["text"], file=""), band)
    body = bodies.decision(
        store.delivery(),
        subject=subject,
        evaluation=proposal.record,
        outcome=outcome,
        band=grade.band,
        light=grade.light,
        reason=reason,
        officer={"key": key.verifier.key_id.hex(), "name": name},
        scripted=scripted,
    )
    [record] = store.append([sign_act(store.origin, body, [key])])
    return {
        "record": record,
        "subject": subject,
        "name": dossier.name,
        "evaluation": proposal.record,
        "outcome": outcome,
        "band": grade.band,
        "light": grade.light,
        "proposed_band": result["band"],
        "officer": name,
        "scripted": scripted,
        "reason": reason,
    }


__all__ = ["OUTCOMES", "decide", "new_officer"]
