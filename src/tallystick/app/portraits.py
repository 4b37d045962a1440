"""The portrait of one member: what a report about it says, as data.

Owns the collecting of a portrait: the explanation, the terms of every fact, the tags, the rounds of
the years before, the records a receipt can be had of. Rules: it is read through the door like
anything else, one look for a report; what the door withheld is named and not shown; a report is
handed on, so that a field kept off public pages, an older version of a fact, a retracted one, and
a fact that speaks against the organisation and whose term has ended are not in it.

Sources: 上海市社会信用条例 art. 34 (a report says who looked), art. 35 (five years, then no query);
信用修复管理办法 (publication ends by itself); 国家公共信用信息中心 公共信用信息报告标准
（2022年版）.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tallystick.app.closed import closed_items, without_figures
from tallystick.app.dossier import look, open_dossier
from tallystick.app.explaining import explained
from tallystick.app.naming import item_name, shown_data
from tallystick.app.store import Store
from tallystick.evaluation import (
    STATE_TEXTS,
    Scheme,
    Tag,
    parse_scheme,
    scheme_digest,
    tags_of,
)
from tallystick.exchange import MEMBER_EVALUATION, Look
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import Fact, bodies
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.items import CatalogueItem
from tallystick.views import END_FIELDS, Numbered, SubjectView

FORM = "tallystick-portrait/1"

NOTHING_TO_REPORT = Reason(
    "nothing_to_report",
    Text("{subject} 没有预评，不能出具报告", "there is no proposal on {subject}, and so no report"),
    "",
    Text(
        "请先评价：tally evaluate SCHEME --subject {subject}。",
        "Evaluate it first: tally evaluate SCHEME --subject {subject}.",
    ),
)
_KEPT = Text(
    "使用期限：{years} 年，至 {day}；依据：{basis}",
    "may be used for {years} years, until {day}; by {basis}",
)
_CHOSEN = Text("本工具自定", "a choice of this tool")
_RUNNING = Text(
    "行为尚未终止，{years} 年期限未起算", "the act goes on; its term of {years} years has not begun"
)
_GRANTED = Text("以授权为限，授权终止即不再读取", "as long as the grant lasts")
_OPEN = Text("无固定期限，直至更正或撤回", "no fixed term, until corrected or retracted")
_NOT_PUBLIC = Text(
    "依规不对外公示，仅供主体本人", "by rule not published; for the organisation itself"
)


def portrait(store: Store, subject: str, language: str = "en") -> dict[str, Any]:
    """Return the portrait of the member that `subject` names, a USCC or an LEI; the look is sealed.

    The document has the form `tallystick-portrait/1`: plain JSON in one language. Raises:
    NOTHING_TO_REPORT, and as `members.resolve`.
    """
    dossier = open_dossier(store, subject)
    view = dossier.view
    if not view.evaluations:
        raise NOTHING_TO_REPORT.error(subject=dossier.subject)
    today = store.settings.today()
    taken = look(store, view, MEMBER_EVALUATION, today)
    shown = explained(store, dossier, taken, language)
    tags = tags_of(taken.facts, today)
    sealed = store.body(store.find(view.evaluations[-1].body["scheme"]))
    scheme = parse_scheme(sealed["text"], file=sealed["name"])
    founding = store.body(next(iter(store.index.of_kind("founding"))))
    facts = _facts(shown["facts"], taken, today, language)
    return {
        "form": FORM,
        "language": language,
        "subject": dossier.subject,
        "name": dossier.name,
        "lei": dossier.lei,
        "operator": founding["operator"],
        "sample": founding["sample"],
        "origin": store.origin,
        "reported_on": today,
        "status": shown["status"],
        "evaluation": _sealed(shown["evaluation"], language),
        "decision": _worded(shown["decision"], scheme, language),
        "earlier_decision": _worded(shown["earlier_decision"], scheme, language),
        "basis_erased": shown["basis_erased"],
        "explanation": _explanation(shown["explanation"], scheme, language),
        "scheme": {
            **_scheme(scheme, view.evaluations[-1], shown["evaluation"], language),
            "rules": _rules(scheme, shown["evaluation"], taken, language),
        },
        "facts": facts,
        "classes": _classes(facts, language),
        "tags": [_tag(tag, language) for tag in tags],
        "rounds": _rounds(store, view, taken, language),
        "withheld": shown["withheld"],
        "grants": shown["grants"],
        "looks": [_look_line(one) for one in shown["looks"]],
        "ledger": _ledger(store),
    }


def _sealed(evaluation: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the sealed proposal, the items it asked for in words.

    What the explanation says again in words is left out.
    """
    twins = {"indicators", "reasons", "rules_hit", "contributions", "warnings"}
    items = [
        {
            **one,
            "name": item_name(one["item"]).in_language(language),
            "state_text": STATE_TEXTS[one["state"]].in_language(language),
        }
        for one in evaluation["coverage"]["items"]
    ]
    kept = {name: value for name, value in evaluation.items() if name not in twins}
    return {**kept, "coverage": {**evaluation["coverage"], "items": items}}


def _worded(
    decision: Mapping[str, Any] | None, scheme: Scheme, language: str
) -> dict[str, Any] | None:
    """Return a decision with the name of its band in `language`."""
    if decision is None:
        return None
    names = {band.names.zh: band.names.in_language(language) for band in scheme.bands}
    return {**decision, "band": names.get(decision["band"], decision["band"])}


def _explanation(shown: Mapping[str, Any], scheme: Scheme, language: str) -> dict[str, Any]:
    """Return the explanation, the bands of its changes in `language` too."""
    names = {band.code: band.names.in_language(language) for band in scheme.bands}
    changes = [{**one, "band": names.get(one["band_code"], "")} for one in shown["changes"]]
    return {**shown, "changes": changes}


def _scheme(
    scheme: Scheme, newest: Numbered, result: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """Return what a page says of the scheme. zones: the scale as the bands divide it, from below.

    The zones are those without a hit, or with one where a rule was hit that counts.
    """
    bands = {band.code: band for band in scheme.bands}
    hit = any(scheme.matrix.steps[one["level"]] != 0 for one in result["rules_hit"])
    zones: list[dict[str, str]] = []
    ends = str(scheme.scale[1])
    for row in scheme.matrix.rows:
        band = bands[row.hit if hit else row.no_hit]
        begins = str(scheme.scale[0] if row.at_least is None else row.at_least)
        name = band.names.in_language(language)
        zones.insert(0, {"name": name, "light": band.light, "begins": begins, "ends": ends})
        ends = begins
    return {
        "record": newest.body["scheme"],
        "id": scheme.id,
        "version": scheme.version,
        "name": scheme.names.in_language(language),
        "digest": scheme_digest(scheme),
        "most": int(scheme.scale[1]),
        "zones": zones,
        "after_hit": hit,
    }


def _rules(
    scheme: Scheme, result: Mapping[str, Any], taken: Look, language: str
) -> list[dict[str, str]]:
    """Return every risk rule with its state: "hit", "checked" and not hit, or "unchecked".

    A rule whose item may not be read today is unchecked too: nothing can be said of it.
    """
    hits = {one["code"] for one in result["rules_hit"]}
    unchecked = set(result["coverage"]["rules_unchecked"])
    unchecked |= {one.code for one in scheme.rules if one.selection.item in taken.withheld}

    def state(code: str) -> str:
        return "hit" if code in hits else "unchecked" if code in unchecked else "checked"

    return [
        {"code": one.code, "name": one.names.in_language(language), "state": state(one.code)}
        for one in scheme.rules
    ]


# -- facts ----------------------------------------------------------------------------------------


def _facts(
    shown: Iterable[Mapping[str, Any]],
    taken: Look,
    today: str,
    language: str,
) -> list[dict[str, Any]]:
    """Return the facts a report shows, by class of the catalogue and item, the newest first."""
    read = {fact.record: fact for fact in taken.facts}
    items = catalogue().items
    listed = [
        _fact(one, read[one["record"]], items[one["item"]], language)
        for one in shown
        if one["record"] in read and _may_be_handed_on(read[one["record"]], items, today)
    ]
    order, classes = list(items), list(catalogue().classes)
    listed.sort(key=lambda one: one["from"], reverse=True)
    listed.sort(key=lambda one: (classes.index(one["class"]), order.index(one["item"])))
    return [{"number": f"F{place}", **one} for place, one in enumerate(listed, 1)]


def _may_be_handed_on(fact: Fact, items: Mapping[str, CatalogueItem], today: str) -> bool:
    item = items.get(fact.item)
    if item is None or not item.scored:
        return False
    ended = fact.until is not None and fact.until < today
    return not (ended and _sign(fact, item) < 0)


def _sign(fact: Fact, item: CatalogueItem) -> int:
    """Return 1 for a fact that alone carries a tag that speaks for, -1 against, 0 for neither."""
    carried = tags_of([fact._replace(until=None)], fact.occurred)
    return min((tag.sign for tag in carried), default=min(item.sign, 0))


def _fact(
    shown: Mapping[str, Any],
    fact: Fact,
    item: CatalogueItem,
    language: str,
) -> dict[str, Any]:
    return {
        "record": fact.record,
        "item": fact.item,
        "item_name": shown["item_name"],
        "class": item.item_class.code,
        "class_name": item.item_class.names.in_language(language),
        "sign": _sign(fact, item),
        "state": shown["state"],
        "from": fact.occurred,
        "until": fact.until,
        "terms": [text.in_language(language) for text in _terms(item, fact.data)],
        "shown": _for_pages(fact, item, language),
        "verified": fact.verified,
        "channel": fact.channel,
        "recorded": shown["recorded"],
        "provenance": shown["provenance"],
    }


def _for_pages(fact: Fact, item: CatalogueItem, language: str) -> list[list[Any]]:
    """Return name and value of the fields that may stand on a page, money grouped.

    In the order of the catalogue, and as pairs: canonical JSON has no keys beyond ASCII.
    """
    shown: list[list[Any]] = []
    for field in item.fields:
        if not field.on_pages or field.name not in fact.data:
            continue
        value = fact.data[field.name]
        for name, words in shown_data(item.code, {field.name: value}, language).items():
            if field.unit == "CNY" and isinstance(value, str):
                shown.append([name, f"{Decimal(value):,f}"])
            elif isinstance(words, dict):
                shown.append([name, [f"{part} {figure}" for part, figure in words.items()]])
            else:
                shown.append([name, words])
    return shown


def _terms(item: CatalogueItem, data: Mapping[str, Any]) -> list[Text]:
    """Return how long the fact counts and why, a sentence each."""
    terms = []
    end = item.field(END_FIELDS.get(item.code, ""))
    if end is not None and data.get(end.name):
        terms.append(Text(f"{end.names.zh} {data[end.name]}", f"{end.names.en} {data[end.name]}"))
    if data.get("publish") is False:
        terms.append(_NOT_PUBLIC)
    kept = item.retention
    if kept.years is not None:
        basis = kept.basis.text if kept.basis else _CHOSEN
        day = kept.ends_on(data)
        said = _KEPT.fill(years=kept.years, day=day, basis=basis)
        terms.append(said if day else _RUNNING.fill(years=kept.years))
    elif item.sharing.value == "consent":
        terms.append(_GRANTED)
    elif not terms:
        terms.append(_OPEN)
    return terms


def _classes(facts: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return how many facts of each class are shown, for all classes that may be scored."""
    counts: dict[str, int] = {}
    for fact in facts:
        counts[fact["class"]] = counts.get(fact["class"], 0) + 1
    known = {item.item_class.code for item in catalogue().items.values() if item.scored}
    return [
        {"code": code, "name": one.names.in_language(language), "facts": counts.get(code, 0)}
        for code, one in catalogue().classes.items()
        if code in known
    ]


def _tag(tag: Tag, language: str) -> dict[str, Any]:
    return {
        "code": tag.code,
        "name": tag.names.in_language(language),
        "item_name": item_name(tag.item).in_language(language),
        "sign": tag.sign,
        "records": list(tag.records),
        "until": tag.until,
    }


# -- the years before, the looks, the ledger ------------------------------------------------------


def _rounds(store: Store, view: SubjectView, taken: Look, language: str) -> list[dict[str, Any]]:
    """Return the newest proposal of each day judged by, oldest first, each with its decision.

    One made from what may not be read any more has no figure.
    """
    decided = {numbered.body["evaluation"]: numbered for numbered in view.decisions}
    newest = {numbered.body["as_of"]: numbered for numbered in view.evaluations}
    schemes: dict[str, Scheme] = {}
    rounds = []
    for as_of, numbered in sorted(newest.items()):
        body = numbered.body
        if body["scheme"] not in schemes:
            sealed = store.body(store.find(body["scheme"]))
            schemes[body["scheme"]] = parse_scheme(sealed["text"], file=sealed["name"])
        scheme, result = schemes[body["scheme"]], body["result"]
        if closed_items(result, taken.withheld):
            result = without_figures(result)
        names = {band.names.zh: band.names.in_language(language) for band in scheme.bands}
        decision = decided.get(numbered.record)
        act = bodies.shown_decision(decision.record, decision.body) if decision else None
        rounds.append(
            {
                "record": numbered.record,
                "as_of": as_of,
                "scheme": scheme.id,
                "score": result["score"],
                "band": names.get(result["band"] or "", ""),
                "light": result["light"] or "",
                "decision": _worded(act, scheme, language),
            }
        )
    return rounds


def _look_line(look_taken: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "record": look_taken["record"],
        "recorded": look_taken["recorded"],
        "reader": look_taken["reader"],
        "purpose": look_taken["purpose"],
        "facts": sum(look_taken["read"].values()),
        "withheld": len(look_taken["withheld"]),
    }


def _ledger(store: Store) -> dict[str, Any]:
    checkpoint = store.log.checkpoint
    return {
        "entries": checkpoint.size if checkpoint else 0,
        "root": checkpoint.root.hex() if checkpoint else "",
    }
