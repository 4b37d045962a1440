"""The sections of the judgement: summary, result with its charts, indicators.

Owns how a score, a band and their grounds are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Axis, Step, Table, Zone, gauge, light_of, radar, waterfall
from tallystick.publication.pages import (
    SOFT,
    WARNING,
    Block,
    Bullets,
    Conclusion,
    Figure,
    Grid,
    Heading,
    Line,
    Pairs,
    Paragraph,
    Section,
)
from tallystick.publication.portrait.words import (
    NOTHING,
    OUTCOMES,
    STATUSES,
    Evidence,
    share,
    standing,
    stated,
    written,
)
from tallystick.records.bodies import named_officer

_REGISTRATION = "registration.basic"
_OVERVIEW = Text("概述", "Summary")
_BASIC = Text("基础信息", "Basic information")
_SUMMARY = Text("信用信息概要", "Summary of the information")
_NOTHING_KNOWN = Text("没有登记注册信息。", "Nothing is known of the registration.")
_CLASS, _FACTS = Text("信息类别", "Class of information"), Text("条数", "Facts")
_IN_ALL = Text("合计", "In all")
_RESULT = Text("评价结论与构成", "Result and how it is made up")
_SCORE_LINE = Text("得分 {score}（满分 {most}）", "Score {score} of {most}")
_NO_SCORE = Text(
    "不载明得分：已知信息太少（按权重计 {share}）",
    "No score is stated: too little is known ({share} of the weight)",
)
_COMPUTED = Text(
    "各维度贡献之和为 {score}，仅供核算：已知信息太少，不作为得分，也不据以定级。",
    "The dimensions add up to {score}, given for the arithmetic alone: too little is known for it "
    "to be a score, and no band follows from it.",
)
_LIGHT_LINE = Text("信用灯：{mark} {light}", "Light: {mark} {light}")
_PROPOSED = Text("预评为 {band}，认定为 {decided}", "Proposed {band}, decided {decided}")
_NO_BAND = Text("未定等级", "No band")
_DIMENSION_HEAD = (
    Text("维度", "Dimension"),
    Text("得分", "Score"),
    Text("权重", "Weight"),
    Text("贡献", "Gives"),
    Text("已知", "Known"),
)
_PARTS = Text("各维度", "Dimensions")
_ASSUMED = Text("未知，按 {score} 计", "unknown, taken at {score}")
_SYMBOL = Text("等级符号：{symbol}", "Symbol: {symbol}")
_RULES = Text("命中的风险规则", "Risk rules hit")
_NO_RULES = Text("没有命中风险规则。", "No risk rule was hit.")
_UNCHECKED = Text(
    "命中 {hit} 条；{all} 条规则中有 {unchecked} 条因没有读到资料而未能核对，不等于未命中：{names}",
    "{hit} hit; {unchecked} of {all} {all:rule|rules} could not be checked, which is not the same "
    "as no hit: {names}",
)
_RULE_HEAD = (Text("级别", "Level"), Text("规则", "Rule"), Text("依据", "Evidence"))
_REASONS = Text("理由", "Reasons")
_WARNINGS = Text("提示", "Warnings")
_STALE = Text(
    "预评封存之后，可以读取的事实已有变化，下次评价的结果会不同。",
    "What may be read has changed since the proposal was sealed; the next evaluation will differ.",
)
_EARLIER = Text(
    "此前的认定（就较早的预评）：{day} 由{officer}{outcome}，等级 {band}。就本次预评还没有认定。",
    "The decision before it, on an earlier proposal: {outcome} on {day} by {officer}, band {band}. "
    "Nobody has decided on the present proposal.",
)
_BASIS_ERASED = Text(
    "那份较早的预评已于 {when} 销毁（依据 {basis}）：该认定依据了什么，已无法出示。",
    "That earlier proposal was erased on {when} (basis: {basis}): what the decision rested on can "
    "be shown no more.",
)
_ZONES = Text("各级的分数范围", "Scores of the bands")
_ZONES_HIT = Text("各级的分数范围（有规则命中时）", "Scores of the bands (where a rule was hit)")
_ZONE_HEAD = (Text("等级", "Band"), Text("灯", "Light"), Text("自", "From"), Text("至", "To"))
_INDICATORS = Text("指标明细", "Indicators")
_INDICATOR_HEAD = (
    Text("指标", "Indicator"),
    Text("值", "Value"),
    Text("得分/最高", "Points/best"),
    Text("占总分", "Share"),
    Text("依据", "Evidence"),
)
_NO_EVIDENCE = Text(
    "“依据”为空的已知指标，是在所查来源中没有查到相应事实。",
    "A known indicator without evidence: the sources were consulted and hold no such fact.",
)
_PRODUCTS = {"dimension_product", "dimension_unknown", "rule_hit"}  # the tables say them already


def overview(document: Mapping[str, Any], language: str) -> Section:
    """Return basic information, the conclusion in one look, and how many facts of each class."""

    def said(text: Text) -> str:
        return text.in_language(language)

    basic = next((one for one in document["facts"] if one["item"] == _REGISTRATION), None)
    rows = tuple(
        (name, written(value, language)) for name, value in (basic["shown"] if basic else [])
    )
    counts = [(one["name"], str(one["facts"])) for one in document["classes"]]
    total = (said(_IN_ALL), str(sum(one["facts"] for one in document["classes"])))
    return Section(
        "summary",
        said(_OVERVIEW),
        (
            _conclusion(document, language),
            Heading(said(_BASIC)),
            Pairs(rows) if rows else Paragraph(said(_NOTHING_KNOWN), SOFT),
            Heading(said(_SUMMARY)),
            Grid(Table((said(_CLASS), said(_FACTS)), (*counts, total)), (5, 1), (1,), strong=True),
        ),
    )


def _conclusion(document: Mapping[str, Any], language: str) -> Conclusion:
    """Return the conclusion: the decided band, else the proposed one, its light and score."""
    evaluation, decision = document["evaluation"], document["decision"]
    proposed = document["explanation"]["band"] if evaluation["band"] else ""
    band, light = proposed, evaluation["light"] or ""
    if decision is not None:
        band, light = decision["band"], decision["light"]
    look = light_of(light)
    lines = [STATUSES[standing(document)]]
    if not stated(document):
        lines.append(_NO_SCORE.fill(share=share(evaluation["coverage"]["known"])))
    else:
        most = document["scheme"]["most"]
        lines.append(_SCORE_LINE.fill(score=evaluation["score"], most=most))
    if evaluation["grade"] and decision is None:
        lines.append(_SYMBOL.fill(symbol=evaluation["grade"]))
    if decision is not None and decision["band"] and decision["band"] != proposed:
        before = proposed or _NO_BAND.in_language(language)
        lines.append(_PROPOSED.fill(band=before, decided=decision["band"]))
    heading = band or _NO_BAND.in_language(language)
    lit = _LIGHT_LINE.fill(mark=look.mark, light=look.names).in_language(language)
    return Conclusion(light, heading, lit, tuple(line.in_language(language) for line in lines))


def result(document: Mapping[str, Any], language: str) -> Section:
    """Return gauge, radar, waterfall, the rules hit and the reasons."""

    def said(text: Text) -> str:
        return text.in_language(language)

    explained = document["explanation"]
    blocks: list[Block] = []
    if explained["stale"]:
        blocks.append(Paragraph(said(_STALE), WARNING))
    earlier = document["earlier_decision"]
    if earlier is not None:
        filled = _EARLIER.fill(
            day=earlier["recorded"],
            officer=named_officer(earlier["officer"], earlier["officer_key"]),
            outcome=OUTCOMES[earlier["outcome"]],
            band=earlier["band"] or NOTHING,
        )
        blocks.append(Paragraph(said(filled), WARNING))
        if erased := document.get("basis_erased"):
            told = _BASIS_ERASED.fill(when=erased["when"], basis=erased["basis"])
            blocks.append(Paragraph(said(told), WARNING))
    blocks += _charts(document, language)
    known = Evidence(document)
    blocks += [Heading(said(_RULES)), *_rules(document, language)]
    reasons = [
        known.line(one["text"], one["records"])
        for one in explained["reasons"]
        if one["code"] not in _PRODUCTS
    ]
    if reasons:
        blocks += [Heading(said(_REASONS)), Bullets(tuple(reasons))]
    if explained["warnings"]:
        warned = tuple(Line(one["text"]) for one in explained["warnings"])
        blocks += [Heading(said(_WARNINGS)), Bullets(warned)]
    return Section("result", said(_RESULT), tuple(blocks))


def _rules(document: Mapping[str, Any], language: str) -> list[Block]:
    """Return the rules hit; that none was is only said where every one was checked."""

    def said(text: Text) -> str:
        return text.in_language(language)

    hits, rules = document["explanation"]["rules_hit"], document["scheme"]["rules"]
    unchecked = [one["name"] for one in rules if one["state"] == "unchecked"]
    known = Evidence(document)
    blocks: list[Block] = []
    if hits:
        rows = [
            (str(hit["level"]), hit["name"], " ".join(known.of(hit["records"]))) for hit in hits
        ]
        head = tuple(said(one) for one in _RULE_HEAD)
        blocks.append(Grid(Table(head, tuple(rows)), (1, 5, 3), refs=(2,)))
    if unchecked:
        filled = _UNCHECKED.fill(
            hit=len(hits),
            unchecked=len(unchecked),
            all=len(rules),
            names=("；" if language == "zh" else "; ").join(unchecked),
        )
        blocks.append(Paragraph(said(filled), WARNING))
    elif not hits:
        blocks.append(Paragraph(said(_NO_RULES), SOFT))
    return blocks


def _charts(document: Mapping[str, Any], language: str) -> list[Block]:
    def said(text: Text) -> str:
        return text.in_language(language)

    evaluation, explained = document["evaluation"], document["explanation"]
    scheme, parts = document["scheme"], explained["contributions"]
    zones = [Zone(**one) for one in scheme["zones"]]
    band = explained["band"] if evaluation["band"] else ""
    most = scheme["most"]
    dial = gauge(
        evaluation["score"],
        zones,
        language,
        band=band,
        light=evaluation["light"] or "",
        most=most,
    )
    axes = [Axis(one["name"], one["score"], one.get("assumed") or "") for one in parts]
    web = radar(axes, language, most=most)
    steps = [Step(one["name"], one["product"], assumed=bool(one.get("assumed"))) for one in parts]
    built = waterfall(steps, evaluation["score"], language, most=most)
    rows = []
    for one in parts:
        score = one["score"] or said(NOTHING)
        if one.get("assumed"):
            score = said(_ASSUMED.fill(score=one["assumed"]))
        gives = one["product"] or said(NOTHING)
        rows.append((one["name"], score, one["weight"], gives, share(one["known"])))
    weights = sum((Decimal(one["weight"]) for one in parts), Decimal(0))
    total = (said(_IN_ALL), "", str(weights), evaluation["score"] or said(NOTHING), "")
    head = tuple(said(one) for one in _DIMENSION_HEAD)
    bands = tuple(
        (one.name, said(light_of(one.light).names), one.begins, one.ends) for one in zones
    )
    made_up: list[Block] = [
        Heading(said(_PARTS)),
        Grid(Table(head, (*rows, total)), (4, 4, 2, 2, 2), (1, 2, 3, 4), strong=True),
        Figure(web, tabled=True),
    ]
    if not stated(document):  # a dial or a sum in a picture would pass for a grade
        told = _NO_SCORE.fill(share=share(evaluation["coverage"]["known"]))
        if evaluation["score"] is not None:
            computed = _COMPUTED.fill(score=evaluation["score"])
            made_up.insert(2, Paragraph(said(computed), SOFT))
        return [Paragraph(said(told), WARNING), *made_up]
    return [
        Figure(dial, tabled=True),
        Heading(said(_ZONES_HIT if scheme["after_hit"] else _ZONES)),
        Grid(Table(tuple(said(one) for one in _ZONE_HEAD), bands), (4, 2, 1, 1), (2, 3)),
        *made_up,
        Figure(built, tabled=True),
    ]


def indicators(document: Mapping[str, Any], language: str) -> Section:
    """Return every indicator with its value, points and evidence, by dimension."""

    def said(text: Text) -> str:
        return text.in_language(language)

    known = Evidence(document)
    head = tuple(said(one) for one in _INDICATOR_HEAD)
    groups: dict[str, list[tuple[str, ...]]] = {}
    for one in document["explanation"]["indicators"]:
        points = said(NOTHING) if one["points"] is None else f"{one['points']}/{one['best'] or '-'}"
        row = (
            f"{one['indicator']} {one['name']}",
            written(one["value"], language),
            points,
            share(one["share"]),
            " ".join(known.of(one["records"])),
        )
        groups.setdefault(one["dimension"], []).append(row)
    blocks: list[Block] = []
    for name, rows in groups.items():
        grid = Grid(Table(head, tuple(rows)), (8, 4, 3, 2, 3), (2, 3), (4,))
        blocks += [Heading(name), grid]
    blocks.append(Paragraph(said(_NO_EVIDENCE), SOFT))
    return Section("indicators", said(_INDICATORS), tuple(blocks))
