"""The sections of the reading: coverage, changes, looks, provenance.

Owns the words for what was known and withheld, what would change the result, who has looked, and
how all of it can be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Table, light_of
from tallystick.publication.pages import (
    SOFT,
    Block,
    Bullets,
    Code,
    Grid,
    Heading,
    Line,
    Pairs,
    Paragraph,
    Section,
)
from tallystick.publication.portrait.words import Evidence, joined, share

LOOKS_SHOWN_MAX = 40

_COVERAGE = Text("覆盖与未读取", "Coverage, and what was withheld")
_KNOWN = Text("按权重计，已知信息占 {share}。", "Of the weight, {share} is known.")
_ASPECTS = {
    "willingness": Text("意愿", "willingness"),
    "ability": Text("能力", "ability"),
    "performance": Text("表现", "performance"),
}
_ASPECT_HEAD = (
    Text("方面（GB/T 23794）", "Aspect (GB/T 23794)"),
    Text("已知", "Known"),
    Text("共", "Of"),
)
_ITEMS = Text("评价所问的信息", "What the evaluation asked for")
_ITEM_HEAD = (Text("信息", "Information"), Text("状态", "State"), Text("事实", "Facts"))
_WITHHELD = Text("未读取", "Withheld")
_NOT_WITHHELD = Text("没有未读取的信息。", "Nothing was withheld.")
_WITHHELD_HEAD = (Text("信息", "Information"), Text("原因", "Why"))
_CHANGES = Text("可以合法改善之处", "What would change the result")
_NO_CHANGES = Text(
    "没有任何一项单独的合法改变能提高等级。", "No single lawful change would better the band."
)
_CHANGES_NOTE = Text(
    "按同一方案重新计算：只改动一项，其余不变；结果仍是预评。",
    "Worked out anew by the same scheme with this one thing changed; the result would be a "
    "proposal again.",
)
_TO = Text("{what} → {score}{band} {mark} {light}", "{what} → {score}{band} {mark} {light}")
_LOOKS = Text("授权与查阅记录", "Consent, and who has looked")
_GRANTS = Text("授权", "Consent")
_NO_GRANTS = Text("没有授权。", "There is no consent.")
_GRANT_HEAD = (
    Text("自", "From"),
    Text("至", "Until"),
    Text("用途", "Purpose"),
    Text("范围", "What"),
)
_WITHDRAWN = Text("{until}（{day} 撤回）", "{until} (withdrawn on {day})")
_WHO = Text("谁看过", "Who has looked")
_LOOK_HEAD = (
    Text("日期", "Day"),
    Text("查阅人", "Reader"),
    Text("用途", "Purpose"),
    Text("读取条数", "Facts read"),
    Text("未读取项数", "Withheld"),
)
_THIS_LOOK = Text(
    "出具本报告的这次查阅也已入账，不在上表之内。",
    "The look this report was made from is sealed too and is not in the table.",
)
_EARLIER = Text("另有较早的 {n} 次未列。", "{n} earlier ones are not listed.")
_PROVENANCE = Text("来源、回执与核验", "Where it comes from, and how to check it")
_CHECK = Text(
    "报告中的每条事实、预评和认定都是账本里的一条封存记录。持有信任文件的人可以脱离本系统核验："
    "向出具方索取回执（tally receipt 记录编号），再运行 tally verify 回执 --trust 信任文件。"
    "信任文件须另行取得，不随报告提供。",
    "Every fact, the proposal and the decision are sealed records of a ledger. Whoever holds the "
    "trust file can check them without us: ask for a receipt (tally receipt RECORD), then run "
    "tally verify RECEIPT --trust FILE. The trust file must come by another way, not with this "
    "report.",
)
_RECEIPTS = {
    "evaluation": Text("预评的记录", "Record of the proposal"),
    "decision": Text("认定的记录", "Record of the decision"),
    "scheme": Text("方案的记录", "Record of the scheme"),
    "digest": Text("预评摘要", "Digest of the proposal"),
    "scheme_digest": Text("方案摘要", "Digest of the scheme"),
    "origin": Text("账本", "Ledger"),
    "entries": Text("账本条目数", "Entries of the ledger"),
    "root": Text("账本根", "Root of the ledger"),
}
_NO_CODE = Text("本份报告没有附带可扫描的核验码。", "This copy carries no code to scan.")
_DISCLAIMER = Text("声明", "Disclaimer")
_DISCLAIMED = (
    Text(
        "本报告仅供参考。出具方对所转录信息的来源负核对之责，不对来源机关的认定负责。",
        "This report is for reference only. The one who gives it out answers for copying its "
        "sources faithfully, not for what the authorities decided.",
    ),
    Text(
        "只评价组织，不评价个人；报告不含个人信息，认定人的姓名因履行职务而列出。",
        "Organisations are judged here, never people. The report holds no personal information; an "
        "officer is named for an act of office.",
    ),
    Text(
        "报告反映报告日的情况；使用前请向出具方或账本核对记录是否仍然有效。",
        "It shows the state of the day it was made; before use, ask whether its records still "
        "stand.",
    ),
)


def coverage(document: Mapping[str, Any], language: str) -> Section:
    """Return how much is known, item by item, and what was not read and why."""

    def said(text: Text) -> str:
        return text.in_language(language)

    found = document["evaluation"]["coverage"]
    aspects = tuple(
        (
            said(_ASPECTS.get(one["aspect"], Text(one["aspect"], one["aspect"]))),
            str(one["known"]),
            str(one["of"]),
        )
        for one in found["aspects"]
    )
    items = tuple((one["name"], one["state_text"], str(one["facts"])) for one in found["items"])
    withheld = tuple((one["name"], one["reason"]) for one in document["withheld"].values())
    remedies = dict.fromkeys(one["remedy"] for one in document["withheld"].values())
    blocks: list[Block] = [
        Paragraph(said(_KNOWN.fill(share=share(found["known"])))),
        Grid(Table(tuple(said(one) for one in _ASPECT_HEAD), aspects), (4, 1, 1), (1, 2)),
        Heading(said(_ITEMS)),
        Grid(Table(tuple(said(one) for one in _ITEM_HEAD), items), (4, 3, 1), (2,)),
        Heading(said(_WITHHELD)),
    ]
    if withheld:
        head = tuple(said(one) for one in _WITHHELD_HEAD)
        blocks.append(Grid(Table(head, withheld), (3, 4)))
        blocks += [Paragraph(one, SOFT) for one in remedies if one]
    else:
        blocks.append(Paragraph(said(_NOT_WITHHELD), SOFT))
    return Section("coverage", said(_COVERAGE), tuple(blocks))


def changes(document: Mapping[str, Any], language: str) -> Section:
    """Return the lawful changes that would better the band."""

    def said(text: Text) -> str:
        return text.in_language(language)

    known = Evidence(document)
    lines = []
    for one in document["explanation"]["changes"]:
        look = light_of(one["light"])
        filled = _TO.fill(
            what=one["text"],
            score=f"{one['score']} " if one.get("score") else "",
            band=one["band"],
            mark=look.mark,
            light=look.names,
        )
        lines.append(known.line(said(filled), one["records"]))
    blocks: tuple[Block, ...] = (Paragraph(said(_NO_CHANGES)),)
    if lines:
        blocks = (Bullets(tuple(lines)), Paragraph(said(_CHANGES_NOTE), SOFT))
    return Section("changes", said(_CHANGES), blocks)


def looks(document: Mapping[str, Any], language: str) -> Section:
    """Return the grants, and every look that was taken, the newest first."""

    def said(text: Text) -> str:
        return text.in_language(language)

    grants = []
    for one in document["grants"]:
        until = one["until"]
        if one["withdrawn_on"]:
            until = said(_WITHDRAWN.fill(until=until, day=one["withdrawn_on"]))
        what = joined(one["category_names"], language)
        grants.append((one["granted_on"], until, one["purpose_name"], what))
    seen = list(reversed(document["looks"]))
    rows = tuple(
        (one["recorded"], one["reader"], one["purpose"], str(one["facts"]), str(one["withheld"]))
        for one in seen[:LOOKS_SHOWN_MAX]
    )
    blocks: list[Block] = [Heading(said(_GRANTS))]
    if grants:
        head = tuple(said(one) for one in _GRANT_HEAD)
        blocks.append(Grid(Table(head, tuple(grants)), (2, 2, 2, 6)))
    else:
        blocks.append(Paragraph(said(_NO_GRANTS), SOFT))
    blocks.append(Heading(said(_WHO)))
    if rows:
        head = tuple(said(one) for one in _LOOK_HEAD)
        blocks.append(Grid(Table(head, rows), (2, 5, 4, 2, 2), (3, 4)))
    if len(seen) > LOOKS_SHOWN_MAX:
        blocks.append(Paragraph(said(_EARLIER.fill(n=len(seen) - LOOKS_SHOWN_MAX)), SOFT))
    blocks.append(Paragraph(said(_THIS_LOOK), SOFT))
    return Section("looks", said(_LOOKS), tuple(blocks))


def provenance(document: Mapping[str, Any], language: str) -> Section:
    """Return the records a receipt can be had of, the place of a code, and the disclaimer."""

    def said(text: Text) -> str:
        return text.in_language(language)

    evaluation, decision, scheme = (document[k] for k in ("evaluation", "decision", "scheme"))
    values = {
        "evaluation": evaluation["record"],
        "decision": decision["record"] if decision else "",
        "scheme": scheme["record"],
        "digest": evaluation["digest"],
        "scheme_digest": scheme["digest"],
        "origin": document["origin"],
        "entries": str(document["ledger"]["entries"]),
        "root": document["ledger"]["root"],
    }
    rows = tuple((said(_RECEIPTS[name]), value) for name, value in values.items() if value)
    return Section(
        "provenance",
        said(_PROVENANCE),
        (
            Paragraph(said(_CHECK)),
            Pairs(rows),
            Code(said(_NO_CODE)),
            Heading(said(_DISCLAIMER)),
            Bullets(tuple(Line(said(one)) for one in _DISCLAIMED)),
        ),
    )
