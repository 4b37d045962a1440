"""Answers of experts as records, and the officer who signs for contradictory ones.

Owns the record of a weighing. Rules: a scheme whose weights come from experts is sealed together
with their answers; the weights are worked out again first, and nothing the file says is believed;
where CR is not below 0.10 an officer must have signed a reason before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.app.acts import check_acts
from tallystick.app.officers import open_officer
from tallystick.app.store import Store
from tallystick.app.typed import masked
from tallystick.casework import check_reason
from tallystick.evaluation import Scheme, SchemeError
from tallystick.evaluation.ahp import (
    CR_LIMIT,
    NOTHING_TO_OVERRIDE,
    Weighing,
    too_inconsistent,
    weighing_of,
    weight_faults,
)
from tallystick.kernel.decimals import decimal_text
from tallystick.records import Body, bodies, sign_act


def override(
    store: Store, weighing: Weighing, scheme: str, officer: str, reason: str
) -> dict[str, Any]:
    """Seal a weighing an officer signs for although its judgments contradict one another.

    scheme: id of the scheme it is for, "" for none. officer: key file or name. Raises:
    NOTHING_TO_OVERRIDE, NO_REASON, REASON_TOO_LONG, and what opening the officer's key raises.
    """
    if weighing.accepted:
        raise NOTHING_TO_OVERRIDE.error(limit=decimal_text(CR_LIMIT))
    reason, _ = masked(check_reason(reason))
    key, name = open_officer(store, officer)
    body = _body(store, weighing, scheme, reason, {"key": key.verifier.key_id.hex(), "name": name})
    [record] = store.append([sign_act(store.origin, body, [key])])
    return {"record": record, "officer": name, "reason": reason}


def weighing_for(store: Store, scheme: Scheme) -> Body | str:
    """Return the record of the weighing `scheme` rests on: its id, or a body still to be sealed.

    "" for a scheme whose weights are set by hand. Raises: SchemeError where the weights are not
    those the answers give; TOO_INCONSISTENT where no officer signed.
    """
    faults = weight_faults(scheme)
    if faults:
        raise SchemeError([fault.problem(field="weighing") for fault in faults])
    weighing = weighing_of(scheme)
    if weighing is None or scheme.weighing is None:
        return ""
    if weighing.accepted and "override" in scheme.weighing:
        raise NOTHING_TO_OVERRIDE.error(limit=decimal_text(CR_LIMIT))
    sealed = sealed_weighing(store, scheme, signed=not weighing.accepted)
    if sealed:
        return sealed
    if not weighing.accepted:
        raise too_inconsistent(weighing)[0]
    return _body(store, weighing, scheme.id, "", {})


def sealed_weighing(store: Store, scheme: Scheme, *, signed: bool = False) -> str:
    """Return the id of the sealed weighing of `scheme`, "" where there is none.

    signed: only one an officer signed, whose signature is checked.
    """
    if scheme.weighing is None:
        return ""
    for number in store.index.of_kind("weighing"):
        found = store.numbered(number)
        same = found.body["digest"] == scheme.weighing["digest"]
        same &= not signed or _is_said_by(found.body, scheme.weighing)
        if same and found.body["scheme"] == scheme.id:
            check_acts(store.origin, dict(found.body), store.trust)
            return found.record
    return ""


def _is_said_by(body: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Tell whether the scheme says who signed and why, just as the signed record does."""
    said = told.get("override") or {}
    officer = body["officer"].get("name", "")
    return bool(officer) and (officer, body["reason"]) == (said.get("officer"), said.get("reason"))


def _body(
    store: Store, weighing: Weighing, scheme: str, reason: str, officer: dict[str, str]
) -> Body:
    return bodies.weighing(
        store.delivery(),
        scheme=scheme,
        digest=weighing.digest,
        result=weighing.document(),
        reason=reason,
        officer=officer,
    )
