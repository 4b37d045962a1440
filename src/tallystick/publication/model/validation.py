"""How a model was validated, as a section.

Owns its figures, its two curves and the outcomes by band. Rules: how it was done stands before the
figures; a part that is missing is said to be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Table
from tallystick.publication.charts.binchart import Cell, binchart
from tallystick.publication.charts.curve import Group, calibration, roc
from tallystick.publication.model.words import (
    ALARM_ANSWERED,
    ALARMS,
    BAND_HEADS,
    BANDS,
    BANDS_FALL,
    BANDS_RISE,
    BESIDE,
    BESIDE_TITLE,
    CALIBRATION,
    HOW,
    JUDGED,
    MEASURES,
    NO_ALARMS,
    NO_CURVE,
    NOT_LOOKED_FOR,
    NOT_RECORDED,
    NOT_VALIDATED,
    PRICE,
    ROC,
    TIME_NOT_USED,
    VALIDATION,
    WARNING,
    WEIGHT_HEADS,
)
from tallystick.publication.pages import Block, Figure, Grid, Heading, Pairs, Paragraph, Section
from tallystick.scorecards.binding import NOT_OF_THIS_CARD, belongs
from tallystick.scorecards.document import Card

Json = Mapping[str, Any]
_INTERVAL = Text("{mean}（95% 区间 {low} 至 {high}）", "{mean} (95%: {low} to {high})")


def section(card: Card, language: str) -> Section:
    """Return the section."""
    found: Json | None = card.record.get("validation")
    blocks: list[Block] = []
    if not found:
        blocks.append(Paragraph(NOT_VALIDATED.in_language(language), "warning"))
    else:
        if not belongs(card):
            told = WARNING.fill(told=NOT_OF_THIS_CARD)
            blocks.append(Paragraph(told.in_language(language), "warning"))
        blocks.append(Paragraph(_how(found, language)))
        time = card.record.get("time")
        if time and card.record.get("split_by_time") is False:  # older cards do not say
            told = TIME_NOT_USED.fill(column=time)
            blocks.append(Paragraph(told.in_language(language), "warning"))
        blocks.append(Pairs(_figures(found, language)))
        blocks += _curves(found, language)
        blocks += _bands(found, language)
        blocks += _beside({**found, **_price(card)}, language)
    blocks += _alarms(card, language)
    return Section("validation", VALIDATION.in_language(language), tuple(blocks))


def _how(found: Json, language: str) -> str:
    plan = found.get("plan")
    if not plan:
        return HOW["whole"].in_language(language)
    repeated = plan["kind"] == "repeated" or len(plan["seeds"]) > 1
    told = HOW["repeated" if repeated else "temporal"].fill(
        repeats=plan["repeats"],
        folds=plan["folds"],
        seeds=", ".join(map(str, plan["seeds"])),
        again=plan["rows_in_shared_groups"],
        judged=JUDGED.fill(periods=", ".join(plan["judged"]), rows=plan["rows_judged"])
        if "judged" in plan
        else "",
    )
    return told.in_language(language)


def _figures(found: Json, language: str) -> tuple[tuple[str, str], ...]:
    rows = []
    for name, text in MEASURES.items():
        value = found.get(name)
        interval = (found.get("intervals") or {}).get(name)
        if name in {"intercept", "slope"}:
            value = (found.get("calibration") or {}).get(name)
        if isinstance(interval, Mapping) and interval.get("mean") is not None:
            value = _INTERVAL.fill(**interval).in_language(language)
        elif isinstance(value, Mapping):
            value = _INTERVAL.fill(**value).in_language(language)
        if value is not None:  # a ranking has no AUC, and good and bad no rank correlation
            rows.append((text.in_language(language), str(value)))
    return tuple(rows)


def _curves(found: Json, language: str) -> list[Block]:
    blocks: list[Block] = []
    curve = (found.get("calibration") or {}).get("curve")
    if curve:
        groups = [
            Group(one["expected"], one["observed"], one["low"], one["high"], one["rows"])
            for one in curve
        ]
        title = CALIBRATION.in_language(language)
        blocks.append(Figure(calibration(groups, title, language, ident="calibration")))
    else:
        blocks.append(Paragraph(NO_CURVE.in_language(language), "soft"))
    points = found.get("roc")
    if points:
        auc = (found.get("auc") or {}).get("mean") or "-"
        pairs = [(one[0], one[1]) for one in points]
        title = ROC.in_language(language)
        blocks.append(Figure(roc(pairs, auc, title, language, ident="roc")))
    return blocks


def _bands(found: Json, language: str) -> list[Block]:
    outcomes = found.get("outcomes")
    if not outcomes:
        return []
    weighed = "weight" in outcomes["bands"][0]
    rows = tuple(
        (
            one["code"],
            "-" if one["lowest"] is None else str(one["lowest"]),
            str(one["rows"]),
            str(one["bads"]),
            *((_weight(one["weight"]), _weight(one["bad_weight"])) if weighed else ()),
            one["rate"] or "-",
            f"{one['low']} - {one['high']}",
            one["expected"] or "-",
        )
        for one in reversed(outcomes["bands"])
    )
    told_heads = (*BAND_HEADS[:4], *(WEIGHT_HEADS if weighed else ()), *BAND_HEADS[4:])
    heads = tuple(one.in_language(language) for one in told_heads)
    shares = (1, 1, 1, 1, *((1, 1) if weighed else ()), 2, 3, 2)
    told = BANDS_FALL if outcomes["monotone"] else BANDS_RISE
    codes = ", ".join(outcomes["rising"])
    title = BANDS.in_language(language)
    drawn = [
        Cell(one["code"], one["rows"], one["bads"], _percent(one["rate"]))
        for one in reversed(outcomes["bands"])
    ]
    return [
        Heading(title),
        Figure(binchart(drawn, title, language, ident="bands"), tabled=True),
        Grid(Table(heads, rows), shares, right=tuple(range(1, len(heads)))),
        Paragraph(told.fill(codes=codes, n=len(outcomes["rising"])).in_language(language)),
    ]


def _weight(text: str) -> str:
    return f"{float(text):,.2f}".removesuffix(".00")


def _percent(rate: str | None) -> str:
    return f"{Decimal(rate) * 100:.1f}%" if rate else ""


def _price(card: Card) -> Json:
    found = card.record.get("monotonicity")
    return {"price_of_monotonicity": found} if found else {}


def _beside(found: Json, language: str) -> list[Block]:
    """Return what stands beside the figures; each that is missing is said to be."""
    rows = []
    for name, text in BESIDE.items():
        value = found.get(name)
        if isinstance(value, Mapping):
            told = json.dumps(value, ensure_ascii=False, sort_keys=True)
            if name == "price_of_monotonicity" and {"price", "error"} <= value.keys():
                told = PRICE.fill(**value).in_language(language)
        else:
            told = str(value) if value else NOT_RECORDED.in_language(language)
        rows.append((text.in_language(language), told))
    return [Heading(BESIDE_TITLE.in_language(language)), Pairs(tuple(rows))]


def _alarms(card: Card, language: str) -> list[Block]:
    found = card.record.get("leakage") or []
    blocks: list[Block] = [Heading(ALARMS.in_language(language))]
    if not found:
        told = NO_ALARMS if card.training.bads else NOT_LOOKED_FOR
        return [*blocks, Paragraph(told.in_language(language), "soft")]
    for one in found:
        because = one.get("accepted_because")
        answered = ALARM_ANSWERED.fill(why=because).in_language(language) if because else ""
        blocks.append(Paragraph(f"{one[language]} {answered}".strip(), "warning"))
    return blocks
