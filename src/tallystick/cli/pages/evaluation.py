"""Evaluations as people read them: a table of many, a page of one, a decision, problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tallystick.cli.faults import rule_in_words
from tallystick.cli.pages import naming
from tallystick.cli.pages.naming import Names, light_cell, light_text, percent, short
from tallystick.cli.pages.values import LIGHTS, OUTCOMES, show_pairs
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Cell, Column, natural_width, show_table
from tallystick.kernel.texts import Text
from tallystick.records.bodies import named_officer

__all__ = [
    "Names",
    "Row",
    "decided",
    "row_of",
    "show_decision",
    "show_many",
    "show_one",
    "show_problems",
]

ROWS_ON_TERMINAL_MAX = 500
_JOINED_CELLS = 18  # a code is never broken
_BAND_CELLS = 11

NAME = Text("名称", "Name")
USCC = Text("统一社会信用代码", "USCC")
SCORE = Text("得分", "Score")
BAND = Text("风险等级", "Band")
LIGHT = Text("灯", "Light")
RULES = Text("命中规则", "Rules hit")
COVERAGE = Text("覆盖率", "Coverage")
STATUS = Text("状态", "Status")
_LEVELS = Text("{n} 条（{level} 级）", "{n} (lv {level})")
_KNOWN_SHORT = Text("覆盖率", "Known")
_HEAD = Text("{scheme}，以 {day} 为准，{n} 家", "{scheme}, as of {day}; members: {n}")
_BY_LIGHT = Text("合计", "In all")
_MORE = Text("另有 {n} 家未列出；全部见 --json。", "{n} more are not shown; --json gives all.")
_NOT_SEALED = Text("未封存：这是一次试算。", "Not sealed: this was a trial.")
_NEXT = Text(
    "下一步：{tally} explain 信用代码；{tally} decide 信用代码 --officer 密钥 --reason 理由",
    "Next: {tally} explain USCC; {tally} decide USCC --officer KEY --reason TEXT",
)


class Row(NamedTuple):
    """One evaluation, as much of it as a table shows."""

    name: str
    subject: str
    as_of: str
    score: str | None
    band_code: str | None
    band: str | None
    light: str | None
    rules: int
    level: int
    known: str
    status: str


def row_of(result: Mapping[str, Any]) -> Row:
    """Return what a table shows of one result."""
    hits = result["rules_hit"]
    row = Row(
        result.get("name", ""),
        result["subject"],
        result["as_of"],
        result["score"],
        result["band_code"],
        result["band"],
        result["light"],
        len(hits),
        max((hit["level"] for hit in hits), default=0),
        result["coverage"]["known"],
        result["status"],
    )
    decision = result.get("decision")
    return decided(row, decision) if decision and decision.get("current") else row


def decided(row: Row, decision: Mapping[str, Any]) -> Row:
    """Return the row of a member on which a person, or the demo's script, has decided."""
    if decision["outcome"] == "decline":
        return row._replace(status="declined", band_code=None, band=None, light=None)
    band, light = decision["band"], decision["light"]
    return row._replace(status="decided", band_code=None, band=band, light=light)


def show_many(
    screen: Screen, rows: Sequence[Row], names: Names, *, sealed: bool, called: str = ""
) -> None:
    """Show a membership, best score first, with counts by light.

    called: what to type for this program, to say what comes next; "" to say nothing of it.
    """
    if rows:
        head = _HEAD.fill(scheme=names.scheme, day=rows[0].as_of, n=len(rows))
        screen.paragraph(head, 0, "bold")
    screen.paragraph(naming.NOT_A_GRADE, 0, "yellow")
    screen.line()
    ranked = sorted(rows, key=_rank)
    shown = ranked[:ROWS_ON_TERMINAL_MAX] if screen.out.isatty() else ranked
    _show_rows(screen, shown, names)
    if len(shown) < len(ranked):
        screen.line(_MORE.fill(n=len(ranked) - len(shown)))
    screen.line()
    show_counts(screen, [row.light for row in rows])
    if not sealed:
        screen.note(_NOT_SEALED)
    if called:
        screen.note(_NEXT.fill(tally=called))


def _rank(row: Row) -> tuple[bool, Decimal, str]:
    return (row.score is None, -Decimal(row.score or 0), row.subject)


def _show_rows(screen: Screen, rows: Sequence[Row], names: Names) -> None:
    cells = [[Cell(row.name), Cell(row.subject), *_cells(screen, row, names)] for row in rows]
    columns = _columns(screen, joined=False)
    if natural_width(columns, cells) > screen.cells:
        columns = _columns(screen, joined=True)
        cells = [[Cell(f"{row.name}\n{row.subject}"), *_cells(screen, row, names)] for row in rows]
        show_table(screen, columns, cells, gap=1)
        return
    show_table(screen, columns, cells)


def _columns(screen: Screen, *, joined: bool) -> list[Column]:
    """Return the columns; joined: name and code share one, for want of room."""
    name, code = screen.tell(NAME), screen.tell(USCC)
    if joined:
        first = [Column(f"{name} / {code}", flexible=True, least=_JOINED_CELLS)]
    else:
        first = [Column(name, flexible=True), Column(code)]
    return [
        *first,
        Column(screen.tell(SCORE), right=True),
        Column(screen.tell(BAND), flexible=True, least=_BAND_CELLS),
        Column(screen.tell(LIGHT)),
        Column(screen.tell(RULES)),
        Column(screen.tell(_KNOWN_SHORT if joined else COVERAGE), right=True),
        Column(screen.tell(STATUS)),
    ]


def _cells(screen: Screen, row: Row, names: Names) -> list[Cell]:
    rules = screen.tell(_LEVELS.fill(n=row.rules, level=row.level)) if row.rules else "-"
    status = naming.STATUSES.get(row.status, naming.PROPOSAL)
    return [
        Cell(row.score or "-"),
        Cell(names.band(row.band_code) if row.band_code else names.band_called(row.band or "")),
        light_cell(screen, row.light),
        Cell(rules),
        Cell(percent(row.known)),
        Cell(screen.tell(status), "" if row.status == "decided" else "yellow"),
    ]


def show_counts(screen: Screen, lights: Sequence[str | None]) -> None:
    """Show how many there are of each light."""
    counts = Counter(lights)
    parts = [
        f"{light_text(screen, light)} {counts[light]}"
        for light in (*LIGHTS, None)
        if light is not None or counts[None]
    ]
    stop = "：" if screen.language == "zh" else ": "
    screen.line(f"{screen.tell(_BY_LIGHT)}{stop}{'   '.join(parts)}")


# -- one evaluation -------------------------------------------------------------------------------

_BEFORE = Text("计入规则前", "Before rules")
_AFTER = Text("预评结论", "Proposed")
_AS_OF = Text("以何日为准", "As of")
_SCHEME = Text("方案", "Scheme")
_RECORD = Text("记录", "Record")
_DIGEST = Text("摘要", "Digest")
_DIMENSION = Text("维度", "Dimension")
_WEIGHT = Text("权重", "Weight")
_PRODUCT = Text("乘积", "Product")
_KNOWN = Text("已知", "Known")
_TOTAL = Text("合计", "Sum")
_ASSUMED = Text("{score}（推定）", "{score} (assumed)")
_RULES_HIT = Text("命中的风险规则", "Risk rules hit")
_LEVEL = Text("{level} 级", "level {level}")
_WARNINGS = Text("提示", "Warnings")
_REASONS = Text("理由", "Reasons")
_CHANGES = Text("哪些合法的改变会改善结果", "Which lawful changes would better the result")
_WITHHELD = Text("未读取", "Withheld")
_TO = Text("则为", "then")
_CODE_SAID = ("dimension_product", "dimension_unknown", "rule_hit")


def show_one(
    screen: Screen, result: Mapping[str, Any], names: Names, withheld: Sequence[str] = ()
) -> None:
    """Show one proposal: arithmetic, rules, warnings, reasons and lawful changes.

    withheld: what was not read and why, a line each.
    """
    screen.line(f"{result.get('name', '')}  {result['subject']}".strip(), "bold")
    screen.paragraph(naming.NOT_A_GRADE, 0, "yellow")
    screen.line()
    show_result(screen, result, names)
    show_dimensions(screen, result, names)
    show_hits(screen, result["rules_hit"], names)
    warnings = [f"{_said(screen, one)} [{one['code']}]" for one in result["warnings"]]
    show_list(screen, _WARNINGS, warnings)
    reasons = [_said(screen, one) for one in result["reasons"] if one["code"] not in _CODE_SAID]
    show_list(screen, _REASONS, reasons)
    show_changes(screen, result.get("changes", ()), names)
    show_list(screen, _WITHHELD, withheld)


def _said(screen: Screen, one: Mapping[str, Any]) -> str:
    text = one.get("text")
    if isinstance(text, Mapping):
        return str(text.get(screen.language, ""))
    return str(text or one.get("value", ""))


def show_result(screen: Screen, result: Mapping[str, Any], names: Names) -> None:
    """Show score, band and light, and what they rest on."""
    scheme = result["scheme"]
    before = names.band(result["band_before_rules_code"], result["band_before_rules"])
    after = names.band(result["band_code"], result["band"])
    if result.get("grade"):
        after = f"{result['grade']}  {after}"
    rows: list[tuple[Text | str, str]] = [(SCORE, result["score"] or "-"), (_BEFORE, before)]
    status = screen.tell(naming.STATUSES.get(result["status"], naming.PROPOSAL))
    light = screen.tell(light_cell(screen, result["light"]).text)
    rows.append((_AFTER, f"{after}  {light}  [{status}]"))
    rows.append((COVERAGE, percent(result["coverage"]["known"])))
    if result.get("as_of"):
        rows.append((_AS_OF, result["as_of"]))
    rows.append((_SCHEME, f"{names.scheme}  ({scheme['id']} {scheme['version']})"))
    if result.get("record"):
        rows.append((_RECORD, result["record"]))
    rows.append((_DIGEST, result["digest"]))
    show_pairs(screen, rows)


def show_dimensions(screen: Screen, result: Mapping[str, Any], names: Names) -> None:
    """Show what each dimension gave."""
    columns = (
        Column(screen.tell(_DIMENSION), flexible=True),
        Column(screen.tell(SCORE), right=True),
        Column(screen.tell(_WEIGHT), right=True),
        Column(screen.tell(_PRODUCT), right=True),
        Column(screen.tell(_KNOWN), right=True),
    )
    rows = []
    for one in result["contributions"]:
        score = one["score"] or "-"
        if one.get("assumed"):
            score = screen.tell(_ASSUMED.fill(score=one["assumed"]))
        name = names.dimension(one["code"], one["dimension"])
        rows.append([name, score, one["weight"], one["product"] or "-", percent(one["known"])])
    weights = sum((Decimal(one["weight"]) for one in result["contributions"]), Decimal(0))
    total = [screen.tell(_TOTAL), "", str(weights), result["score"] or "-", ""]
    screen.line()
    show_table(screen, columns, [*rows, [Cell(text, "bold" if text else "") for text in total]])


def show_hits(screen: Screen, hits: Sequence[Mapping[str, Any]], names: Names) -> None:
    """Show the risk rules hit, with the records that hit them."""
    if not hits:
        return
    screen.line()
    screen.line(_RULES_HIT, "bold")
    for hit in hits:
        level = screen.tell(_LEVEL.fill(level=hit["level"]))
        records = " ".join(short(record) for record in hit["records"])
        name = names.rule(hit["code"], hit["rule"])
        screen.paragraph(f"{level}  {name}  {records}".rstrip(), 2)


def show_list(screen: Screen, heading: Text, lines: Sequence[str]) -> None:
    """Show a heading and its lines; nothing without lines."""
    if not lines:
        return
    screen.line()
    screen.line(heading, "bold")
    for line in lines:
        screen.item(line)


def show_changes(screen: Screen, changes: Sequence[Mapping[str, Any]], names: Names) -> None:
    """Show the lawful changes that would better the band."""
    if not changes:
        return
    screen.line()
    screen.line(_CHANGES, "bold")
    for one in changes:
        light = light_cell(screen, one["light"]).text
        band = names.band(one["band_code"], one["band"])
        score = f"{one['score']}  " if one.get("score") else ""
        screen.item(f"{_said(screen, one)} → {screen.tell(_TO)} {score}{band} {light}")


# -- decisions and problems -----------------------------------------------------------------------

_DECIDED = Text("已认定", "Decided")
_OUTCOME = Text("结论", "Outcome")
_PROPOSED = Text("预评为", "Proposed")
_OFFICER = Text("认定人", "Officer")
_REASON = Text("理由", "Reason")
_SCRIPT = Text("{name}（脚本，不是真人）", "{name} (a script, not a person)")
_NEXT_RECEIPT = Text("出具回执：{tally} receipt {record}", "Its receipt: {tally} receipt {record}")


def show_decision(screen: Screen, document: Mapping[str, Any], names: Names, called: str) -> None:
    """Show a decision just made. called: what to type for this program."""
    light = light_cell(screen, document["light"]).text
    screen.line(
        f"{screen.tell(_DECIDED)}  {document.get('name', '')}  {document['subject']}", "bold"
    )
    rows: list[tuple[Text | str, str]] = [
        (_OUTCOME, screen.tell(OUTCOMES[document["outcome"]])),
        (BAND, f"{names.band_called(document['band'])}  {light}"),
        (_PROPOSED, names.band_called(document.get("proposed_band") or "")),
        (_OFFICER, officer_text(screen, document)),
        (_REASON, document["reason"]),
        (_RECORD, document["record"]),
    ]
    show_pairs(screen, rows)
    screen.note(_NEXT_RECEIPT.fill(tally=called, record=short(document["record"])))


def officer_text(screen: Screen, decision: Mapping[str, Any]) -> str:
    """Return who decided, and with which key; a script is called one."""
    name = named_officer(decision["officer"], decision["officer_key"])
    return screen.tell(_SCRIPT.fill(name=name) if decision.get("scripted") else name)


_LINE = Text("第 {line} 行", "line {line}")


def show_problems(screen: Screen, head: Text, problems: Sequence[Mapping[str, Any]]) -> None:
    """Show what is wrong with a document, each with its line and what to do."""
    screen.line(head, "bold")
    for one in problems:
        where = screen.tell(_LINE.fill(line=one["line"]))
        field = f"  {one['field']}" if one["field"] else ""
        screen.item(f"{where}{field}  {one['message']} [{one['code']}]")
        for more in (one.get("remedy"), rule_in_words(one.get("rule") or "")):
            if more:
                screen.paragraph(more, 4)
