"""A scheme as tables: what is weighed, how, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tallystick.app.naming import field_name, item_name, value_name
from tallystick.cli.pages.naming import Names, light_cell
from tallystick.cli.pages.values import plain, show_pairs
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Cell, Column, show_table
from tallystick.kernel.texts import Text

_ID = Text("代号", "Id")
_VERSION = Text("版本", "Version")
_DATE = Text("日期", "Date")
_SCALE = Text("分值", "Scale")
_DIGEST = Text("摘要", "Digest")
_RECORD = Text("记录", "Record")
_NOT_PUBLISHED = Text("尚未在此公布", "not published here")
_BASIS = Text("依据", "Basis")
_DIMENSIONS = Text("维度", "Dimensions")
_DIMENSION = Text("维度", "Dimension")
_WEIGHT = Text("权重", "Weight")
_INDICATORS = Text("指标（{n} 项）", "Indicators ({n})")
_INDICATOR = Text("指标", "Indicator")
_ITEM = Text("目录项", "Item")
_POINTS = Text("分值表", "Points")
_SUM = Text("合计", "Sum")
_RULES = Text("风险规则", "Risk rules")
_RULE = Text("规则", "Rule")
_LEVEL = Text("级", "Level")
_MATRIX = Text("矩阵", "Matrix")
_SCORE = Text("得分", "Score")
_NO_HIT = Text("未命中规则", "No rule hit")
_HIT = Text("命中规则", "Rule hit")
_FROM = Text("不低于 {score}", "{score} or more")
_BELOW = Text("其余", "otherwise")
_UNMAPPED = Text("未纳入评分的信息组", "Groups without a place in the score")
_MONTHS = Text("{n} 个月内", "{n} {n:month|months}")
_WEIGHTS_FROM = Text("权重来自", "Weights from")
_EXPERTS = Text("{n} 位专家（{method}），CR 最大 {cr}", "experts: {n} ({method}), CR at most {cr}")
_SIGNED_BY = Text("；{officer}签字照用：{reason}", "; {officer} signed for it: {reason}")
_OTHERWISE = Text("其他", "other")
_CARD = Text("评分卡 {digest}…，输入 {inputs}", "card {digest}..., fed by {inputs}")
_RECORDS = Text("有无记录", "any record")
HOW = {
    "count": Text("件数", "number of records"),
    "sum": Text("{field}的合计", "sum of {field}"),
    "max": Text("{field}的最大值", "highest {field}"),
    "min": Text("{field}的最小值", "lowest {field}"),
    "latest": Text("最近的{field}", "latest {field}"),
    "any": Text("任一{field}为是", "any {field}"),
    "all": Text("{field}全部为是", "all {field}"),
    "share": Text("{field}为是的比例", "share of {field}"),
    "ratio": Text("{field} ÷ {of}", "{field} / {of}"),
    "months_since": Text("距{field}的整月数", "whole months since {field}"),
}
"""What each aggregate of a scheme makes of the facts, in words."""


def show_scheme(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show a scheme: head, dimensions, indicators, rules, matrix, what has no place."""
    names = Names(document, screen.language)
    screen.paragraph(names.scheme, 0, "bold")
    record = document.get("record") or screen.tell(_NOT_PUBLISHED)
    scale = document["scale"]
    weighing = document.get("weighing")
    show_pairs(
        screen,
        [
            (_ID, document["id"]),
            (_VERSION, document["version"]),
            (_DATE, document["date"]),
            (_SCALE, f"{scale['min']}-{scale['max']}"),
            (_DIGEST, document["digest"]),
            (_RECORD, record),
            *([(_WEIGHTS_FROM, _weighed(screen, weighing))] if weighing else []),
        ],
    )
    _show_texts(screen, _BASIS, document["basis"])
    _show_dimensions(screen, document["dimensions"])
    _show_indicators(screen, document["indicators"])
    _show_rules(screen, document["rules"])
    _show_matrix(screen, document, names)
    groups = [
        {language: _with_note(one, language) for language in ("zh", "en")}
        for one in document["unmapped"]
    ]
    _show_texts(screen, _UNMAPPED, groups)


def _weighed(screen: Screen, weighing: Mapping[str, Any]) -> str:
    worst = max((group["cr"] for group in weighing["groups"]), key=Decimal)
    told = _EXPERTS.fill(n=len(weighing["experts"]), method=weighing["method"], cr=worst)
    signed = weighing.get("override")
    return screen.tell(told) + (screen.tell(_SIGNED_BY.fill(**signed)) if signed else "")


def _with_note(one: Mapping[str, Any], language: str) -> str:
    note = (one.get("note") or {}).get(language, "")
    stop = "：" if language == "zh" else ": "
    return f"{one['names'][language]}{stop}{note}" if note else str(one["names"][language])


def _show_texts(screen: Screen, heading: Text, texts: Sequence[Mapping[str, str]]) -> None:
    if texts:
        screen.line()
        screen.line(heading, "bold")
        for text in texts:
            screen.item(text[screen.language])


def _show_dimensions(screen: Screen, dimensions: Sequence[Mapping[str, Any]]) -> None:
    columns = (
        Column(screen.tell(_DIMENSION), flexible=True),
        Column(screen.tell(_WEIGHT), right=True),
    )
    rows = [[one["names"][screen.language], one["weight"]] for one in dimensions]
    total = sum((Decimal(one["weight"]) for one in dimensions), Decimal(0))
    screen.line()
    screen.line(_DIMENSIONS, "bold")
    whole = [Cell(screen.tell(_SUM), "bold"), Cell(str(total), "bold")]
    show_table(screen, columns, [*rows, whole], 2)


def _show_indicators(screen: Screen, indicators: Sequence[Mapping[str, Any]]) -> None:
    columns = (
        Column(screen.tell(_INDICATOR), flexible=True),
        Column(screen.tell(_WEIGHT), right=True),
        Column(screen.tell(_ITEM), flexible=True),
        Column(screen.tell(_POINTS), flexible=True),
    )
    rows = [
        [
            f"{one['code']} {one['names'][screen.language]}",
            one["weight"],
            _how(screen, one),
            _points(screen, one),
        ]
        for one in indicators
    ]
    screen.line()
    screen.line(_INDICATORS.fill(n=len(indicators)), "bold")
    show_table(screen, columns, rows, 2)


def _how(screen: Screen, one: Mapping[str, Any]) -> str:
    if "card" in one:
        fed = ", ".join(used["indicator"] for used in one["card"]["inputs"])
        return screen.tell(_CARD.fill(digest=one["card"]["digest"][:12], inputs=fed))
    item, stop, comma = one["select"]["item"], ": ", ", "
    if screen.language == "zh":
        stop, comma = "：", "，"
    how = _RECORDS if one["aggregate"] == "any" and not one["field"] else HOW[one["aggregate"]]
    told = how.fill(field=field_name(item, one["field"]), of=field_name(item, one["of"]))
    months = one["select"]["window_months"]
    window = f"{comma}{screen.tell(_MONTHS.fill(n=months))}" if months else ""
    return f"{screen.tell(item_name(item))}{stop}{screen.tell(told)}{window}"


def _points(screen: Screen, one: Mapping[str, Any]) -> str:
    if "card" in one:
        return "–".join(f"{mark['score']}→{mark['points']}" for mark in one["card"]["scale"])
    if one["formula"]:
        return str(one["formula"])
    steps, otherwise = [], screen.tell(_OTHERWISE)
    for step in one["table"]:
        values = "/".join(_value(screen, one, value) for value in step["values"])
        if step["test"] == "at_least":
            values, otherwise = f"≥{values}", f"<{values}"
        elif step["test"] == "otherwise":
            values = otherwise
        steps.append(f"{values}→{step['points']}")
    return ", ".join(steps) or "-"


def _value(screen: Screen, one: Mapping[str, Any], value: object) -> str:
    name = value_name(one["select"]["item"], one["field"], value)
    return plain(screen, value) if name is None else screen.tell(name)


def _show_rules(screen: Screen, rules: Sequence[Mapping[str, Any]]) -> None:
    columns = (
        Column(screen.tell(_LEVEL), right=True),
        Column(screen.tell(_RULE), flexible=True),
        Column(screen.tell(_ITEM), flexible=True),
    )
    ordered = sorted(rules, key=lambda one: -one["level"])
    rows = [
        [
            str(one["level"]),
            one["names"][screen.language],
            screen.tell(item_name(one["select"]["item"])),
        ]
        for one in ordered
    ]
    if rows:
        screen.line()
        screen.line(_RULES, "bold")
        show_table(screen, columns, rows, 2)


def _show_matrix(screen: Screen, document: Mapping[str, Any], names: Names) -> None:
    lights = {band["code"]: band["light"] for band in document["bands"]}
    columns = (
        Column(screen.tell(_SCORE)),
        Column(screen.tell(_NO_HIT), flexible=True),
        Column(screen.tell(_HIT), flexible=True),
    )

    def cell(code: str) -> Cell:
        light = light_cell(screen, lights[code])
        return Cell(f"{names.band(code)} {light.text}", light.paint)

    rows = []
    for one in document["matrix"]["rows"]:
        least = one["at_least"]
        score = _BELOW if least is None else _FROM.fill(score=least)
        rows.append([Cell(screen.tell(score)), cell(one["no_hit"]), cell(one["hit"])])
    screen.line()
    screen.line(_MATRIX, "bold")
    show_table(screen, columns, rows, 2)
    note = document["matrix"].get("note")
    if note:
        screen.paragraph(note[screen.language], 2)
