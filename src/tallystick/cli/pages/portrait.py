"""Everything about one organisation on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.app.bands import band_text
from tallystick.cli.itself import program
from tallystick.cli.pages import naming
from tallystick.cli.pages.evaluation import (
    officer_text,
    show_changes,
    show_dimensions,
    show_hits,
    show_list,
    show_result,
)
from tallystick.cli.pages.naming import Names, light_text, percent, short
from tallystick.cli.pages.values import OUTCOMES, plain
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text, set_off

LOOKS_SHOWN_MAX = 10

_NOT_EVALUATED = Text("还没有评价。", "Not evaluated yet.")
_BY = Text(
    "{day} 由 {officer} {outcome}；理由：{reason}",
    "{outcome} on {day} by {officer}; reason: {reason}",
)
_STALE = Text(
    "封存之后可读的事实已有变化：下面的说明以今天可读的事实为准，下次评价会不同。",
    "What may be read has changed since this was sealed: the explanation below goes by what may "
    "be read today, and the next evaluation will differ.",
)
_INDICATORS = Text("指标", "Indicators")
_INDICATOR = Text("指标", "Indicator")
_VALUE = Text("值", "Value")
_POINTS = Text("得分/最高", "Points")
_SHARE = Text("占总分", "Share")
_EVIDENCE = Text("依据", "Records")
_REASONS = Text("理由", "Reasons")
_WARNINGS = Text("提示", "Warnings")
_COVERAGE = Text("覆盖率", "Coverage")
_ASPECTS = {
    "willingness": Text("意愿", "willingness"),
    "ability": Text("能力", "ability"),
    "performance": Text("表现", "performance"),
}
_KNOWN_OF = Text("{aspect} {known}/{of} 项已知", "{aspect}: {known} of {of} known")
_WITHHELD = Text("未读取", "Withheld")
_FACTS = Text("事实", "Facts")
_STATES = {
    "in_force": Text("有效", "in force"),
    "superseded": Text("已被取代", "superseded"),
    "retracted": Text("已撤回", "retracted"),
    "ended": Text("已到期", "ended"),
}
_UNVERIFIED = Text("未经核实，不计分", "not verified, does not score")
_GRANTS = Text("授权", "Grants")
_GRANT = Text(
    "{day} 起至 {until}，用途 {purpose}：{categories}",
    "{day} to {until}, for {purpose}: {categories}",
)
_WITHDRAWN = Text("（{day} 撤回）", " (withdrawn on {day})")
_LOOKS = Text("谁看过", "Who looked")
_LOOK = Text(
    "{day}  {reader}，{purpose}：读取 {read} 条，{withheld} 项未读取",
    "{day}  {reader}, {purpose}; facts read: {read}, items withheld: {withheld}",
)
_EARLIER_DECISION = Text(
    "此前的认定：{day} 由{officer}{outcome}（{band}）；就上面这份新的预评还没有认定",
    "The decision before it: {outcome} by {officer} on {day} ({band}); nobody has decided on the "
    "newer proposal above",
)
_STANDS = Text("认定仍在，所依据的预评已无", "THE DECISION STANDS, ITS PROPOSAL IS GONE")
_DECIDED = Text(
    "{day} 由{officer}{outcome}（{band}）。", "{outcome} by {officer} on {day} ({band})."
)
_BASIS_ERASED = Text(
    "这项认定所依据的预评已于 {when} 销毁（签署 {who}；依据 {basis}）。认定是签名行为，仍可证明；"
    "它当时依据了什么，已无法出示。",
    "The proposal that this decision was made on was erased on {when} (signed by {who}; basis: "
    "{basis}). The decision is a signed act and can still be proved; what it rested on can be "
    "shown no more.",
)
_ANEW = Text(
    "请重新评价并认定：{tally} evaluate 方案 --subject {subject}，再 {tally} decide {subject}",
    "Evaluate and decide anew: {tally} evaluate SCHEME --subject {subject}, then {tally} decide "
    "{subject}",
)
_EARLIER = Text("更早还有 {n} 次。", "{n} earlier {n:one|ones}.")
_PRODUCTS = ("dimension_product", "dimension_unknown", "rule_hit")


def show_portrait(screen: Screen, document: Mapping[str, Any], names: Names) -> None:
    """Show who it is, what was proposed or decided, why, on which facts, and who looked."""
    screen.line(f"{document['name']}  {document['subject']}".strip(), "bold")
    _show_standing(screen, document, names)
    evaluated, explained = document["evaluation"], document["explanation"]
    if evaluated:
        screen.line()
        show_result(screen, evaluated, names)
        if explained.get("stale"):
            screen.paragraph(_STALE, 0, "yellow")
        show_dimensions(screen, evaluated, names)
        show_hits(screen, evaluated["rules_hit"], names)
        _show_reasons(screen, evaluated, explained)
        _show_indicators(screen, explained["indicators"])
        _show_coverage(screen, evaluated["coverage"])
    withheld = document["withheld"].values()
    remedies = dict.fromkeys(one["remedy"] for one in withheld if one["remedy"])
    reasons = [f"{one['name']}  {one['reason']}" for one in withheld]
    show_list(screen, _WITHHELD, [*reasons, *remedies])
    if evaluated:
        show_changes(screen, explained["changes"], names)
    _show_facts(screen, document["facts"])
    _show_grants(screen, document["grants"])
    _show_looks(screen, document["looks"])


def _show_standing(screen: Screen, document: Mapping[str, Any], names: Names) -> None:
    """Show in one place whether this is a grade: only a decision makes one."""
    decision = document["decision"]
    earlier = document.get("earlier_decision")
    if document["evaluation"] is None and not earlier:
        screen.line(_NOT_EVALUATED)
    elif document["evaluation"] is None and earlier:
        screen.line(_STANDS, "bold", "yellow")
        screen.paragraph(_decided(screen, _DECIDED, earlier, names))
        _show_basis(screen, document)
        screen.note(_ANEW.fill(tally=program(), subject=document["subject"]))
    elif decision is None:
        screen.paragraph(naming.NOT_A_GRADE, 0, "yellow")
        if earlier is not None:
            screen.paragraph(_decided(screen, _EARLIER_DECISION, earlier, names))
            _show_basis(screen, document)
    else:
        light = light_text(screen, decision["light"])
        band = f"{names.band_called(decision['band'])}  {light}"
        status = screen.tell(naming.STATUSES[document["status"]])
        screen.line(f"{screen.paint(status, 'bold')}  {band}")
        said = _BY.fill(
            day=decision["recorded"],
            officer=officer_text(screen, decision),
            outcome=OUTCOMES[decision["outcome"]],
            reason=decision["reason"],
        )
        screen.paragraph(said)


def _show_basis(screen: Screen, document: Mapping[str, Any]) -> None:
    """Say where what the decision rested on was erased."""
    if erased := document.get("basis_erased"):
        told = {name: erased[name] for name in ("when", "who", "basis")}
        screen.paragraph(_BASIS_ERASED.fill(**told), 0, "yellow")


def _decided(screen: Screen, said: Text, decision: Mapping[str, Any], names: Names) -> Text:
    """Return a sentence about a decision: when, by whom, to which band."""
    band = decision["band"]
    return said.fill(
        day=decision["recorded"],
        officer=set_off(officer_text(screen, decision)),
        outcome=OUTCOMES[decision["outcome"]],
        band=_band(band, names),
    )


def _band(name: str, names: Names) -> Text:
    """Return a band in both languages; names knows those of the proposal on the page, if any."""
    called = names.band_called(name)
    return Text(name, called) if called != name else band_text(name or "-")


def _show_reasons(
    screen: Screen, evaluated: Mapping[str, Any], explained: Mapping[str, Any]
) -> None:
    """Show warnings and reasons; what the tables above say already is left out."""
    show_list(
        screen, _WARNINGS, [f"{one['text']} [{one['code']}]" for one in explained["warnings"]]
    )
    reasons, codes = explained["reasons"], [one["code"] for one in evaluated["reasons"]]
    if len(codes) == len(reasons):
        pairs = zip(reasons, codes, strict=True)
        reasons = [reason for reason, code in pairs if code not in _PRODUCTS]
    lines = [
        " ".join([one["text"], *(f"[{short(record)}]" for record in one["records"])])
        for one in reasons
    ]
    show_list(screen, _REASONS, lines)


def _show_indicators(screen: Screen, indicators: Sequence[Mapping[str, Any]]) -> None:
    if not indicators:
        return
    columns = (
        Column(screen.tell(_INDICATOR), flexible=True),
        Column(screen.tell(_VALUE), flexible=True),
        Column(screen.tell(_POINTS), right=True),
        Column(screen.tell(_SHARE), right=True),
        Column(screen.tell(_EVIDENCE), flexible=True),
    )
    rows = []
    for one in indicators:
        points = "-" if one["points"] is None else f"{one['points']}/{one['best'] or '-'}"
        records = [short(record) for record in one["records"]]
        more = f" +{len(records) - 1}" if len(records) > 1 else ""
        evidence = f"{records[0]}{more}" if records else "-"
        name = f"{one['indicator']} {one['name']}"
        rows.append([name, one["value"], points, one["share"], evidence])
    screen.line()
    screen.line(_INDICATORS, "bold")
    show_table(screen, columns, rows, 2)


def _show_coverage(screen: Screen, coverage: Mapping[str, Any]) -> None:
    lines = [percent(coverage["known"])]
    for one in coverage["aspects"]:
        aspect = _ASPECTS.get(one["aspect"], Text(one["aspect"], one["aspect"]))
        said = _KNOWN_OF.fill(aspect=aspect, known=one["known"], of=one["of"])
        lines.append(screen.tell(said))
    comma = "；" if screen.language == "zh" else "; "
    screen.line()
    screen.line(_COVERAGE, "bold")
    screen.item(comma.join(lines))


def _show_facts(screen: Screen, facts: Sequence[Mapping[str, Any]]) -> None:
    if not facts:
        return
    screen.line()
    screen.line(_FACTS, "bold")
    for fact in facts:
        marks = [screen.tell(_STATES.get(fact["state"], fact["state"]))]
        if not fact["verified"]:
            marks.append(screen.tell(_UNVERIFIED))
        comma = "，" if screen.language == "zh" else ", "
        head = f"{fact['item_name']}  {fact['occurred']}  [{comma.join(marks)}]"
        screen.item(f"{head}  {short(fact['record'])}")
        stop = "：" if screen.language == "zh" else ": "
        told = [
            f"{name}{stop}{plain(screen, value)}"
            for name, value in fact["shown"].items()
            if value not in ("", None)
        ]
        semicolon = "；" if screen.language == "zh" else "; "
        screen.paragraph(semicolon.join(told), 4)
        screen.paragraph(fact["provenance"], 4, "dim")


def _show_grants(screen: Screen, grants: Sequence[Mapping[str, Any]]) -> None:
    lines = []
    for one in grants:
        said = _GRANT.fill(
            day=one["granted_on"],
            until=one["until"],
            purpose=one["purpose_name"],
            categories=plain(screen, one["category_names"]),
        )
        ended = one.get("withdrawn_on")
        after = screen.tell(_WITHDRAWN.fill(day=ended)) if ended else ""
        lines.append(f"{screen.tell(said)}{after}  {short(one['record'])}")
    show_list(screen, _GRANTS, lines)


def _show_looks(screen: Screen, looks: Sequence[Mapping[str, Any]]) -> None:
    lines = [
        screen.tell(
            _LOOK.fill(
                day=one["recorded"],
                reader=one["reader"],
                purpose=one["purpose"],
                read=sum(one["read"].values()),
                withheld=len(one["withheld"]),
            )
        )
        for one in looks[-LOOKS_SHOWN_MAX:]
    ]
    if len(looks) > LOOKS_SHOWN_MAX:
        lines.insert(0, screen.tell(_EARLIER.fill(n=len(looks) - LOOKS_SHOWN_MAX)))
    show_list(screen, _LOOKS, lines)
