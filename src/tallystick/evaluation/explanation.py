"""Why: the sentences of an evaluation, in both languages, made when somebody reads them.

Owns the wording of reasons, warnings and states, and the form other programs read. Rules: every
sentence follows from the sealed document and the scheme alone, so that whoever holds both can
write the same explanation; a reason that rests on records names them; a proposal says it is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tallystick.evaluation.changes import Change
from tallystick.evaluation.conclusion import (
    W_CARD_CLIPPED,
    W_LOW_COVERAGE,
    W_MISSING,
    W_RULES_UNCHECKED,
    W_SCALE,
    W_UNMAPPED_GROUP,
)
from tallystick.evaluation.findings import Evaluation
from tallystick.evaluation.points import best_of
from tallystick.evaluation.schemes.scheme import Indicator, Scheme
from tallystick.evaluation.wording import (
    HIT,
    LOST,
    MOVED,
    NO,
    NOT_KNOWN,
    OF_POINTS,
    OF_TREES,
    PRODUCT,
    SHARE,
    STATE_TEXTS,
    STATUS_TEXTS,
    UNKNOWN_LEFT_OUT,
    UNKNOWN_NEUTRAL,
    WARNING_TEXTS,
    WORST_BY_RULES,
    YES,
)
from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import TREES
from tallystick.scorecards.sentences import log_odds_text

Document = Mapping[str, Any]


def evaluation_json(evaluation: Evaluation, changes: Sequence[Change] = ()) -> dict[str, Any]:
    """Return the form other programs read: the sealed document, its digest, and sentences.

    The sentences stand beside the codes as `text`; the digest is over the document without them,
    without `changes`, `status_text` and `digest`.
    """
    scheme, document = evaluation.scheme, evaluation.sealed()
    for entry in document["reasons"]:
        entry["text"] = _both(reason_sentence(scheme, document, entry))
    for entry in document["warnings"]:
        entry["text"] = _both(warning_sentence(scheme, entry))
    document["status_text"] = _both(STATUS_TEXTS[evaluation.status])
    document["changes"] = [change_json(change) for change in changes]
    return document


def change_json(change: Change) -> dict[str, Any]:
    """Return one lawful change in the form other programs read."""
    return {
        "kind": change.kind,
        "of": change.of,
        "text": _both(change.what),
        "records": list(change.records),
        "score": change.score,
        "band": change.band.names.zh,
        "band_code": change.band.code,
        "light": change.band.light,
    }


def explain_document(scheme: Scheme, document: Document, language: str = "en") -> dict[str, Any]:
    """Return a sealed evaluation explained in one language ("zh" or "en").

    document: what `Evaluation.document()` gave, perhaps years ago; scheme: the one it names.
    Gives `status`, `band_before_rules` and `band` (names), `contributions`, `rules_hit`, `reasons`
    and `warnings` (sentences), and `indicators`: one entry each with name, dimension, state,
    value, points of best, weight in the dimension, share of the whole score and the records used.
    """

    def said(text: Text) -> str:
        return text.in_language(language)

    bands = {band.code: band.names for band in scheme.bands}
    short = {one.code: one.short for one in scheme.dimensions}
    rules = {rule.code: rule.names for rule in scheme.rules}
    return {
        "status": said(STATUS_TEXTS[document["status"]]),
        "band_before_rules": said(bands.get(document["band_before_rules_code"], NOT_KNOWN)),
        "band": said(bands.get(document["band_code"], NOT_KNOWN)),
        "contributions": [
            {**one, "name": said(short[one["code"]])} for one in document["contributions"]
        ],
        "rules_hit": [{**one, "name": said(rules[one["code"]])} for one in document["rules_hit"]],
        "reasons": [
            {**one, "text": said(reason_sentence(scheme, document, one))}
            for one in document["reasons"]
        ],
        "warnings": [
            {**one, "text": said(warning_sentence(scheme, one))} for one in document["warnings"]
        ],
        "indicators": [
            _line(scheme, indicator, entry, said)
            for indicator, entry in zip(scheme.indicators, document["indicators"], strict=False)
        ],
    }


def value_text(entry: Document) -> Text:
    """Return the value of one entry of `indicators` as people read it."""
    value = entry["value"]
    if value is None:
        return STATE_TEXTS[entry["state"]]
    if isinstance(value, bool):
        return YES if value else NO
    return Text(str(value), str(value))


def warning_sentence(scheme: Scheme, entry: Document) -> Text:
    """Return the sentence of one entry of `warnings`, what it speaks of by its name in `scheme`."""
    code, value = entry["code"], str(entry["value"])
    return WARNING_TEXTS[code].fill(value=_spoken_of(scheme, code, value))


def _spoken_of(scheme: Scheme, code: str, value: str) -> Text:
    """Return what a warning is about as people call it; a name that is not there stays a code."""
    if code == W_RULES_UNCHECKED:
        rules = {rule.code: rule.names for rule in scheme.rules}
        names = [rules.get(one, _plain(one)) for one in value.split(", ")]
        return Text("；".join(one.zh for one in names), "; ".join(one.en for one in names))
    if code == W_LOW_COVERAGE:
        return _plain(f"{(Decimal(value) * 100).to_integral_value(ROUND_FLOOR)}%")
    parts = {one.short.zh: one.short for one in scheme.dimensions}
    if code in {W_SCALE, W_CARD_CLIPPED}:
        name, equals, score = value.partition("=")
        indicators = {one.code: one.names for one in scheme.indicators}
        part = (parts if code == W_SCALE else indicators).get(name, _plain(name))
        return Text(f"{part.zh}{equals}{score}", f"{part.en}{equals}{score}")
    if code == W_MISSING:
        return {one.code: one.names for one in scheme.indicators}.get(value, _plain(value))
    groups = {one.names.zh: one.names for one in scheme.unmapped}
    return (groups if code == W_UNMAPPED_GROUP else parts).get(value, _plain(value))


def _plain(said: str) -> Text:
    return Text(said, said)


def reason_sentence(scheme: Scheme, document: Document, entry: Document) -> Text:
    """Return the sentence of one entry of `reasons` of `document`."""
    code, of = entry["code"], entry["of"]
    if code in {"dimension_product", "dimension_unknown"}:
        return _of_dimension(scheme, _entry(document["contributions"], "code", of))
    if code == "rule_hit":
        rule = next(rule for rule in scheme.rules if rule.code == of)
        return HIT.fill(level=rule.level, rule=rule.names, count=len(entry["records"]))
    if code == "points_lost":
        return _of_loss(scheme, _entry(document["indicators"], "indicator", of))
    if code == "card_share":
        return _of_share(scheme, document, of)
    bands = {band.code: band.names for band in scheme.bands}
    before = document["band_before_rules_code"]
    if before is None:
        return WORST_BY_RULES.fill(after=bands[of])
    return MOVED.fill(before=bands[before], after=bands[of])


def _line(
    scheme: Scheme, indicator: Indicator, entry: Document, said: Callable[[Text], str]
) -> dict[str, Any]:
    dimension = next(one for one in scheme.dimensions if one.code == indicator.dimension)
    best = best_of(indicator)
    return {
        "indicator": indicator.code,
        "name": said(indicator.names),
        "dimension": said(dimension.short),
        "item": indicator.selection.item,
        "state": entry["state"],
        "state_text": said(STATE_TEXTS[entry["state"]]),
        "value": said(value_text(entry)),
        "points": entry["points"],
        "best": best.text if best else None,
        "weight": decimal_text(indicator.weight),
        "share": decimal_text(indicator.weight * dimension.weight),
        "records": entry["records"],
        "actionable": said(indicator.actionable) if indicator.actionable else "",
        **({"card": _card(scheme, indicator, entry, said)} if entry.get("card") else {}),
    }


def _card(
    scheme: Scheme,
    indicator: Indicator,
    entry: Document,
    said: Callable[[Text], str],
) -> dict[str, Any]:
    """Return what the card of an indicator said, its variables under the names people read."""
    card = entry["card"]
    shares = [
        {**one, "name": said(variable_name(scheme, indicator, one["variable"]))}
        for one in card["shares"]
    ]
    if _of_trees(scheme, indicator):  # sealed as millionths, which no reader takes for points
        shares = [{"log_odds": log_odds_text(one.pop("points")), **one} for one in shares]
    return {**card, "digest": indicator.card.digest if indicator.card else "", "shares": shares}


def _of_dimension(scheme: Scheme, entry: Document) -> Text:
    names = next(one.short for one in scheme.dimensions if one.code == entry["code"])
    if entry["score"] is not None:
        return PRODUCT.fill(
            dimension=names,
            score=entry["score"],
            weight=entry["weight"],
            product=entry["product"],
        )
    if "assumed" not in entry:
        return UNKNOWN_LEFT_OUT.fill(dimension=names)
    return UNKNOWN_NEUTRAL.fill(dimension=names, assumed=entry["assumed"])


def _of_loss(scheme: Scheme, entry: Document) -> Text:
    indicator = next(one for one in scheme.indicators if one.code == entry["indicator"])
    best = best_of(indicator)
    return LOST.fill(
        indicator=indicator.names,
        value=value_text(entry),
        points=entry["points"],
        best=best.text if best else "",
    )


def variable_name(scheme: Scheme, indicator: Indicator, name: str) -> Text:
    """Return what a variable of the card of `indicator` is called in words."""
    card = scheme.cards[indicator.card.digest] if indicator.card else None
    variable = card.variable.get(name) if card else None
    return Text(variable.zh or name, variable.en or name) if variable else _plain(name)


def _of_share(scheme: Scheme, document: Document, of: str) -> Text:
    code, _, name = of.partition(".")
    indicator = next(one for one in scheme.indicators if one.code == code)
    entry = _entry(document["indicators"], "indicator", code)
    share = _entry(entry["card"]["shares"], "variable", name)["points"]
    trees = _of_trees(scheme, indicator)
    return SHARE.fill(
        indicator=indicator.names,
        variable=variable_name(scheme, indicator, name),
        points=log_odds_text(share, sign="+") if trees else f"{share:+d}",
        unit=OF_TREES if trees else OF_POINTS,
    )


def _of_trees(scheme: Scheme, indicator: Indicator) -> bool:
    return indicator.card is not None and scheme.cards[indicator.card.digest].kind == TREES


def _entry(entries: Sequence[Document], key: str, wanted: str) -> Document:
    return next(entry for entry in entries if entry[key] == wanted)


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
