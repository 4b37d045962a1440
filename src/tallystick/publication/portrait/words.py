"""The words a portrait uses in more than one section, and how values are written.

Owns statuses, yes and no, and the writing of values, shares and evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tallystick.kernel.texts import Text
from tallystick.publication.pages import Line

RECORD_DIGITS = 12
YES, NO, NOTHING = Text("是", "yes"), Text("否", "no"), Text("—", "–")
STATUSES = {
    "proposal": Text("预评 PROPOSAL", "PROPOSAL"),
    "no_proposal": Text("未成预评", "NO PROPOSAL"),
    "decided": Text("已认定", "DECIDED"),
    "declined": Text("不予认定", "DECLINED"),
}
STANDINGS = {
    "proposal": Text(
        "这是软件给出的建议，不是等级；由具名的有权人员认定后才算等级。",
        "Worked out by the software: a proposal, not a grade. Only the decision of a named person "
        "with authority makes a grade.",
    ),
    "no_proposal": Text(
        "资料不足，软件没有形成预评；这不是对该组织的负面评价。",
        "Too little is known, so that the software makes no proposal. That says nothing against "
        "the organisation.",
    ),
    "decided": Text(
        "由{officer}于 {day} {outcome}。理由：{reason}",
        "{outcome} on {day} by {officer}. Reason: {reason}",
    ),
    "declined": Text(
        "由{officer}于 {day} 不予认定，因此没有等级。理由：{reason}",
        "Declined on {day} by {officer}; there is no grade. Reason: {reason}",
    ),
}
OUTCOMES = {
    "confirm": Text("确认预评", "Confirmed"),
    "change": Text("更改预评", "Changed"),
    "decline": Text("不予认定", "Declined"),
}
SCRIPTED = Text(
    "此认定由脚本作出，不是真人的认定。", "This decision was made by a script, not by a person."
)
STATES = {"in_force": Text("有效", "in force"), "ended": Text("已到期", "ended")}


def standing(document: Mapping[str, Any]) -> str:
    """Return the key of `STATUSES` for `document`."""
    status: str = document["status"]
    return status


def stated(document: Mapping[str, Any]) -> bool:
    """Tell whether the score may be stated: not where too little is known to propose anything."""
    sealed = document["evaluation"]
    return sealed["score"] is not None and sealed["status"] != "no_proposal"


def script_note(decision: Mapping[str, Any]) -> Text:
    """Return the sentence that says that a script decided; empty where a person did."""
    return SCRIPTED if decision["scripted"] else Text("", "")


def written(value: object, language: str) -> str:
    """Return a single value as people read it."""
    if isinstance(value, bool):
        return (YES if value else NO).in_language(language)
    if value is None or value in ("", [], {}):
        return NOTHING.in_language(language)
    if isinstance(value, Mapping):
        colon = "：" if language == "zh" else ": "
        return joined((f"{k}{colon}{written(v, language)}" for k, v in value.items()), language)
    if isinstance(value, list | tuple):
        return joined((written(one, language) for one in value), language)
    return str(value)


def joined(parts: Iterable[str], language: str) -> str:
    """Return a list in one line."""
    return ("、" if language == "zh" else ", ").join(parts)


def share(value: str) -> str:
    """Return a share of 1, decimal text, in hundredths.

    >>> share("0.885"), share("1")
    ('88.5%', '100%')
    """
    hundredths = Decimal(value) * 100
    text = format(hundredths.quantize(Decimal("0.01")), "f")
    return f"{text.rstrip('0').rstrip('.')}%"


def headed(name: str) -> str:
    """Return the name of an item or class as a heading: with a capital, where there are any."""
    return name[:1].upper() + name[1:]


class Evidence:
    """From the ids of records to the numbers of the facts on the page."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._numbers = {one["record"]: one["number"] for one in document["facts"]}

    def of(self, records: Iterable[str]) -> tuple[str, ...]:
        """Return the numbers of the facts; of a record not on the page, the start of its id."""
        return tuple(self._numbers.get(one, one[:RECORD_DIGITS]) for one in records)

    def line(self, text: str, records: Iterable[str]) -> Line:
        """Return a line of a list with its evidence."""
        return Line(text, self.of(records))
