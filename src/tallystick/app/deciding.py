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
from tallystick.evaluation import band_of, parse_scheme
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import bodies, sign_act

OUTCOMES = ("confirm", "change", "decline")

NOTHING_TO_DECIDE = Reason(
    "nothing_to_decide",
    Text("{subject} 还没有预评结果", "there is no proposal for {subject}"),
    "",
    Text("请先 tally evaluate。", "Run tally evaluate first."),
)
NO_REASON = Reason(
    "no_reason",
    Text("认定须写明理由", "a decision needs a reason"),
    "征信业管理条例 art. 23; 上海市社会信用条例 art. 27",
    Text("请用 --reason 写明。", "State it with --reason."),
)
NOT_AN_OUTCOME = Reason(
    "not_an_outcome",
    Text("认定只能是 confirm、change 或 decline", "a decision is confirm, change or decline"),
)
NO_BAND_TO_CONFIRM = Reason(
    "no_band_to_confirm",
    Text("这份预评没有等级,不能确认", "this proposal has no band to confirm"),
    "",
    Text(
        "资料不足:请补充资料后重评,或用 --outcome change --band 由人认定,或 decline。",
        "Too little is known: add facts and evaluate again, or decide with --outcome change "
        "--band, or decline.",
    ),
)


def decide(
    store: Store,
    subject: str,
    officer: str,
    reason: str,
    *,
    outcome: str = "confirm",
    band: str = "",
    light: str = "",
    scripted: bool = False,
) -> dict[str, Any]:
    """Decide on the newest proposal for `subject`; return what was decided.

    officer: key file or name. outcome: confirm, change (needs band) or decline. band: code or name
    of a band of the scheme; light: follows from the band unless given. Raises: NO_REASON,
    NOT_AN_OUTCOME, NOTHING_TO_DECIDE, NO_BAND_TO_CONFIRM, NOT_A_MEMBER, and what opening the
    officer's key raises.
    """
    if not reason.strip():
        raise NO_REASON.error()
    if outcome not in OUTCOMES:
        raise NOT_AN_OUTCOME.error()
    dossier = open_dossier(store, subject)
    if not dossier.view.evaluations:
        raise NOTHING_TO_DECIDE.error(subject=subject)
    proposal = dossier.view.evaluations[-1]
    result = proposal.body["result"]
    key, name = open_officer(store, officer)
    if outcome == "confirm":
        if not result["band"]:
            raise NO_BAND_TO_CONFIRM.error()
        band, light = result["band"], result["light"]
    elif outcome == "change":
        scheme = store.body(store.find(proposal.body["scheme"]))
        chosen = band_of(parse_scheme(scheme["text"], file=""), band)
        band, light = chosen.names.zh, light or chosen.light
    else:
        band = light = ""
    body = bodies.decision(
        store.delivery(),
        subject=subject,
        evaluation=proposal.record,
        outcome=outcome,
        band=band,
        light=light,
        reason=reason.strip(),
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
        "band": band,
        "light": light,
        "proposed_band": result["band"],
        "officer": name,
        "scripted": scripted,
        "reason": reason.strip(),
    }


__all__ = ["OUTCOMES", "decide", "new_officer"]
