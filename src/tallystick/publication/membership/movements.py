"""How members moved since the round before.

Owns the comparison. Rules: a band is compared with a band of the same version of the same scheme,
as it stood: by the decision where a person decided, by the proposal where nobody has; what cannot
be compared is named with the reason and never counted as unchanged; the change of the score is
given where both scores may be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import localcontext
from typing import Any

from tallystick.kernel.decimals import context, decimal_of, decimal_text
from tallystick.publication.membership.document import (
    NOT_EVALUATED,
    Json,
    Listed,
    Proposal,
    Standing,
)

UP, DOWN, UNCHANGED, NEW = "up", "down", "unchanged", "new"
NOT_COMPARED, GONE = "not_compared", "gone"
KINDS = (UP, DOWN, UNCHANGED, NEW, NOT_COMPARED, NOT_EVALUATED, GONE)


def movements(document: Json, members: Sequence[Listed]) -> dict[str, Any]:
    """Return `counts` by kind and `list`: one entry a member in order of codes, then who is gone.

    An entry has subject, kind, why ("" or what hindered the comparison), the change of the score
    ("" where it cannot be told), from and to: word, band, light and day of either standing.
    """
    order = [band["code"] for band in document["scheme"]["bands"]]
    entries = [_entry(member, order) for member in members]
    entries += [
        {"subject": code, "kind": GONE, "why": "", "change": "", "from": None, "to": None}
        for code in document["gone"]
    ]
    counts = Counter(entry["kind"] for entry in entries)
    return {"counts": {kind: counts[kind] for kind in KINDS}, "list": entries}


def _entry(member: Listed, order: Sequence[str]) -> dict[str, Any]:
    now = member.standing
    then = Standing.of(member.previous, member.previous_decision)
    kind, why = _kind(member, now, then, order)
    return {
        "subject": member.subject,
        "kind": kind,
        "why": why,
        "change": _change(member.shown, member.previous),
        "from": then._asdict() if member.previous is not None else None,
        "to": now._asdict() if member.proposal is not None else None,
    }


def _kind(member: Listed, now: Standing, then: Standing, order: Sequence[str]) -> tuple[str, str]:
    if member.proposal is None:
        return NOT_EVALUATED, ""
    if member.before == "other_version":
        return NOT_COMPARED, "other_version"
    if member.before == "none":
        return NEW, ""
    if now.band not in order:
        return NOT_COMPARED, f"now_{now.word}"
    if then.band not in order:
        return NOT_COMPARED, f"then_{then.word}"
    better = order.index(then.band) - order.index(now.band)
    return (UP if better > 0 else DOWN if better < 0 else UNCHANGED), ""


def _change(now: Proposal | None, then: Proposal | None) -> str:
    """Return the change of the score with its sign, "" where one of the two is not known."""
    if now is None or then is None or now.score is None or then.score is None:
        return ""
    with localcontext(context()):
        difference = decimal_of(now.score) - decimal_of(then.score)
    return ("+" if difference > 0 else "") + decimal_text(difference)
