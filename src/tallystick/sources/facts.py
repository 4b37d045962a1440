"""What the values of a row become: drafts of catalogue items, and the grant a roster row names.

Owns, source by source, which values make which fact, its natural key, its date and its source.
Rules: a fact holds only what its row states and what the rulebook derives from that; a field that
is not stated is absent; a row that states no fact is refused.

A maker takes a `Row` and returns the drafts, or the reason the row is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple
from unicodedata import category, normalize

from tallystick.kernel.errors import Reason
from tallystick.sources.drafts import Channel, DraftRecord
from tallystick.sources.reasons import (
    DISPUTED,
    INCOMPLETE_ARREARS,
    INCOMPLETE_BREACH,
    INCOMPLETE_TAX_RATING,
    INCOMPLETE_YEAR,
    LEVEL_OF_KIND,
    NOTHING_STATED,
    WITHDRAWN,
)
from tallystick.sources.rules import is_late, penalty_terms
from tallystick.sources.values import LONG_TERM


class Row(NamedTuple):
    """The values of one row about one organisation.

    values: by the field of the column; a second column of the same field carries " 2".
    """

    subject: str
    line: int
    form: str
    channel: Channel
    values: dict[str, Any]


Maker = Callable[[Row], "list[DraftRecord] | Reason"]

_ONE_BRACKET: Final = str.maketrans(
    dict.fromkeys("([{【〈《［（", "〔") | dict.fromkeys(")]}】〉》］）", "〕")
)
_REFUSED_STATES: Final = {"withdrawn": WITHDRAWN, "disputed": DISPUTED}


def _penalty(row: Row) -> list[DraftRecord] | Reason:
    data = row.values
    state = data.pop("state", None)
    if state in _REFUSED_STATES:
        return _REFUSED_STATES[state]
    if "kinds" in data:
        data["kinds"] = [*data["kinds"], *data.pop("kinds 2", ())]
    elif "kinds 2" in data:
        data["kinds"] = list(data.pop("kinds 2"))
    for field in ("valid_until", "publish_until"):
        if data.get(field) == LONG_TERM:
            del data[field]
    decided_on = data["decided_on"]
    data["form"] = row.form
    data.update(penalty_terms(data))
    if "published_on" in data:
        data["late"] = is_late(decided_on, data["published_on"])
    return [_of_authority("penalty.decision", row, data, decided_on)]


def _licence(row: Row) -> list[DraftRecord] | Reason:
    data = row.values
    if "valid_until" in data:
        data["long_term"] = data["valid_until"] == LONG_TERM
        if data["long_term"]:
            del data["valid_until"]
    data["form"] = row.form
    published_on = data.pop("published_on", None)
    if published_on is not None:
        data["late"] = is_late(data["decided_on"], published_on)
    return [_of_authority("licence.decision", row, data, data["decided_on"])]


def _of_authority(item: str, row: Row, data: dict[str, Any], occurred: str) -> DraftRecord:
    code = data.get("authority_code", "")
    return DraftRecord(
        item,
        row.subject,
        f"{code or data['authority']}|{_even(data['document'])}",
        occurred,
        data,
        data["authority"],
        code,
        data["document"],
        row.channel,
        row.line,
    )


def _even(number: str) -> str:
    """Return a document number as it stands in keys: one width, one bracket, without spaces.

    〔2026〕1号, [2026] 1号 and （２０２６）1号 are one document.
    """
    plain = "".join(c for c in normalize("NFKC", number) if category(c) != "Cf")
    return "".join(plain.split()).translate(_ONE_BRACKET)


def _judgment_debtor(row: Row) -> list[DraftRecord] | Reason:
    data = row.values
    if data.get("valid_until") == LONG_TERM:
        del data["valid_until"]
    return [
        _draft(
            row,
            "court.judgment_debtor",
            data,
            key=_even(data["case_number"]),
            occurred=data.get("published_on", data["filed_on"]),
            source=(data["court"], ""),
            document=data["case_number"],
        )
    ]


def _listing(row: Row) -> list[DraftRecord] | Reason:
    data = row.values
    kind = data.pop("list", "abnormal_operation")
    source = (data["listed_by"], data.pop("listed_by_code", ""))
    document = data.pop("document", "")
    key = _even(document) or f"{data['listed_by']}|{data['listed_on']}"
    occurred = data["listed_on"]
    item = f"registry.{kind}"
    return [_draft(row, item, data, key=key, occurred=occurred, source=source, document=document)]


def _tax(row: Row) -> list[DraftRecord] | Reason:
    rating, arrears = _group(row, "rating"), _group(row, "arrears_notice")
    document = row.values.get("document", "")
    kind = row.values.get("kind")
    drafts = []
    if rating and kind != "arrears":
        if not {"year", "grade"} <= rating.keys():
            return INCOMPLETE_TAX_RATING
        if rating.get("valid_until") == LONG_TERM:
            del rating["valid_until"]
        key = str(rating["year"])
        source = (rating.get("rated_by", ""), "")
        item, occurred = "tax.rating", f"{key}-12-31"
        drafts.append(_draft(row, item, rating, key, occurred, source=source, document=document))
    if arrears and kind != "rating":
        if not {"tax_kind", "balance", "announced_on"} <= arrears.keys():
            return INCOMPLETE_ARREARS
        item, occurred = "tax.arrears_notice", arrears["announced_on"]
        key = f"{arrears['tax_kind']}|{occurred}"
        source = (arrears.get("announced_by", ""), "")
        drafts.append(_draft(row, item, arrears, key, occurred, source=source, document=document))
    return drafts or NOTHING_STATED


def _association(row: Row) -> list[DraftRecord] | Reason:
    year, breach = _group(row, "membership_year"), _group(row, "charter_breach")
    values = row.values
    source = (values.get("recorded_by", ""), values.get("recorded_by_code", ""))
    document = values.get("document", "")
    drafts = []
    if year.keys() - {"year"}:
        if "year" not in year:
            return INCOMPLETE_YEAR
        item, key = "association.membership_year", str(year["year"])
        occurred = f"{key}-12-31"
        drafts.append(_draft(row, item, year, key, occurred, source=source, document=document))
    if breach:
        if not {"document", "decided_on", "kind", "level"} <= breach.keys():
            return INCOMPLETE_BREACH
        item, number = "association.charter_breach", breach["document"]
        key, occurred = _even(number), breach["decided_on"]
        drafts.append(_draft(row, item, breach, key, occurred, source=source, document=number))
    return drafts or NOTHING_STATED


def _self_declared(row: Row) -> list[DraftRecord] | Reason:
    values = row.values
    drafts = []
    for group in ("qualification", "intellectual_property", "operation"):
        data = _group(row, group)
        if data:
            drafts.append(
                _draft(
                    row,
                    f"selfdeclared.{group}",
                    data,
                    key=values["period"],
                    occurred=values["declared_on"],
                    source=(values.get("name", ""), row.subject),
                    document=values.get("document", ""),
                )
            )
    return drafts or NOTHING_STATED


_HONOURS: Final = {
    "award": ("title", "awarded_on", ("national", "provincial", "municipal")),
    "standard": ("title", "published_on", ("national", "local", "industry", "enterprise")),
    "forum_speech": ("forum", "spoken_on", ("international", "national")),
}


def _honour(row: Row) -> list[DraftRecord] | Reason:
    values = row.values
    kind = values["kind"]
    title_field, date_field, levels = _HONOURS[kind]
    if values["level"] not in levels:
        return LEVEL_OF_KIND
    title, occurred = values["title"], values["date"]
    data = {title_field: title, "level": values["level"], date_field: occurred}
    if kind == "award":
        data |= {name: values[name] for name in ("awarded_by", "valid_until") if name in values}
        if data.get("valid_until") == LONG_TERM:
            del data["valid_until"]
    number = values.get("number", "")
    if kind == "standard" and number:
        data["number"] = number
    return [
        _draft(
            row,
            f"honour.{kind}",
            data,
            key=_even(number) or f"{title}|{occurred}",
            occurred=occurred,
            source=(values.get("awarded_by", ""), values.get("awarded_by_code", "")),
            document=number,
        )
    ]


def _site_visit(row: Row) -> list[DraftRecord] | Reason:
    data = row.values
    source = (data.pop("visited_by", ""), data.pop("visited_by_code", ""))
    document = data.pop("document", "")
    key = f"{data['target_item']}|{data['target_period']}|{data['visited_on']}"
    item, occurred = "visit.verification", data["visited_on"]
    return [_draft(row, item, data, key, occurred, source=source, document=document)]


def _ratios(row: Row) -> list[DraftRecord] | Reason:
    values = row.values
    ratios = dict(sorted(_group(row, "ratio").items()))
    if not ratios:
        return NOTHING_STATED
    end = values["period_end"]
    data = {"period_end": end, "ratios": ratios}
    source = (values.get("prepared_by", ""), "")
    document = values.get("document", "")
    return [_draft(row, "finance.ratios", data, end, end, source=source, document=document)]


_REGISTRATION: Final[tuple[str, ...]] = (
    *("name", "lei", "established_on", "registered_capital", "paid_in_capital", "industry"),
    *("shareholders", "officers", "changes_12m", "member_since"),
)
_REGISTRATION_DATES: Final = ("as_of", "member_since", "established_on", "consent_date")


def _registration(row: Row) -> list[DraftRecord] | Reason:
    values = row.values
    data: dict[str, Any] = {name: values[name] for name in _REGISTRATION if name in values}
    # A row without any date says how things are on the day it is delivered, which no reader knows.
    occurred = next((values[name] for name in _REGISTRATION_DATES if name in values), "")
    item = "registration.basic"
    return [_draft(row, item, data, "basic", occurred, source=("", ""), document="")]


def _draft(
    row: Row,
    item: str,
    data: dict[str, Any],
    key: str,
    occurred: str,
    *,
    source: tuple[str, str],
    document: str,
) -> DraftRecord:
    return DraftRecord(
        item, row.subject, key, occurred, data, *source, document, row.channel, row.line
    )


def _group(row: Row, group: str) -> dict[str, Any]:
    """Return the values of one item of a row that may yield several."""
    mark = f"{group}."
    return {
        name.removeprefix(mark): value
        for name, value in row.values.items()
        if name.startswith(mark)
    }


MAKERS: Final[dict[str, Maker]] = {
    "roster": _registration,
    "self-declared": _self_declared,
    "penalties": _penalty,
    "licences": _licence,
    "judgment-debtors": _judgment_debtor,
    "abnormal-operations": _listing,
    "tax": _tax,
    "association": _association,
    "honours": _honour,
    "site-visit": _site_visit,
    "ratios": _ratios,
}
