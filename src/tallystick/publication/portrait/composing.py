"""A whole portrait, section by section.

Owns the order of the report, its heading and its notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.kernel.texts import Text
from tallystick.publication.pages import Bullets, Line, Page, Section
from tallystick.publication.portrait import evidence, reading, verdict
from tallystick.publication.portrait.words import (
    OUTCOMES,
    STANDINGS,
    STATUSES,
    script_note,
    standing,
)
from tallystick.records.bodies import named_officer

_TITLE = Text("法人和非法人组织信用报告", "Credit report of an organisation")
_FICTION = Text(
    "样例：本报告所载的组织、事实和人员均属虚构。",
    "Sample: the organisation, the facts and the people in this report are all fictional.",
)
_FOOT = Text("{operator} 出具", "Given out by {operator}")
_ABOUT = {
    "number": Text("报告编号", "Report number"),
    "subject": Text("统一社会信用代码", "Unified social credit code"),
    "lei": Text("全球法人识别编码", "Legal entity identifier"),
    "day": Text("报告日期", "Reported on"),
    "as_of": Text("评价基准日", "Judged as of"),
    "scheme": Text("评价方案", "Scheme"),
    "operator": Text("出具方", "Given out by"),
    "origin": Text("账本", "Ledger"),
}
_VERSION = Text("{name}，第 {version} 版", "{name}, version {version}")
_NOTES_TITLE = Text("报告说明", "About this report")
_NOTES = (
    Text(
        "本报告供信息使用者参考，不是行政决定，也不是交易、授信或准入的唯一依据；使用者应结合"
        "其他情况自行判断（征信业管理条例第 23 条）。",
        "This report is for the reference of its reader. It is no administrative decision and not "
        "the only ground for a transaction, a credit or an admission (Regulation on the Credit "
        "Reporting Industry, art. 23).",
    ),
    Text(
        "报告只写目录之内、依法可以读取的信息，逐条注明来源、渠道和期限。以 F 编号的条目是依据，"
        "见“信用信息明细”。没有某类信息，不等于没有发生，也不等于好或坏。",
        "It says only what is on the catalogue and may lawfully be read, each item with its "
        "source, channel and term. Numbers such as F1 are the evidence, in the section of details. "
        "That nothing of a kind is shown does not mean that nothing happened, nor good, nor bad.",
    ),
    Text(
        "不利信息的公示期或使用期限届满后不再列出。已更正的旧版本和已撤回的信息不列出。",
        "What speaks against the organisation is not listed once its term of publication or use "
        "has ended. Earlier versions of corrected facts and retracted facts are not listed.",
    ),
    Text(
        "认为信息有误、遗漏或不应归集的，主体可以向出具方提出异议；行政处罚等公共信用信息的修复，"
        "由作出认定的机关受理，以“信用中国”网站为准。",
        "Who thinks a fact wrong, missing or not lawfully collected may object to whoever gives "
        "this report out. Repair of public credit information, such as penalties, is asked of the "
        "authority that decided; where the two differ, the site Credit China prevails.",
    ),
    Text(
        "结构参照《公共信用信息报告标准（2022年版）》；本报告由行业组织出具，不是“信用中国”出具的"
        "公共信用信息报告。",
        "Its structure follows the national template for public credit reports (2022). It is given "
        "out by an association and is not a report of Credit China.",
    ),
)


def compose(document: Mapping[str, Any], language: str) -> Page:
    """Return the page of a document of the form `tallystick-portrait/1`."""
    key = standing(document)
    return Page(
        language=language,
        title=_TITLE.in_language(language),
        name=document["name"] or document["subject"],
        code=document["subject"],
        status=STATUSES[key].in_language(language),
        final=key == "decided",
        standing=_standing(document, key).in_language(language),
        about=_about(document, language),
        sections=tuple(_sections(document, language)),
        day=document["reported_on"],
        foot=_FOOT.fill(operator=document["operator"]).in_language(language),
        fiction=_FICTION.in_language(language) if document["sample"] else "",
    )


def _sections(document: Mapping[str, Any], language: str) -> list[Section]:
    notes = Bullets(tuple(Line(note.in_language(language)) for note in _NOTES))
    return [
        Section("notes", _NOTES_TITLE.in_language(language), (notes,)),
        verdict.overview(document, language),
        verdict.result(document, language),
        verdict.indicators(document, language),
        evidence.tags(document, language),
        evidence.over_time(document, language),
        evidence.details(document, language),
        reading.coverage(document, language),
        reading.changes(document, language),
        reading.looks(document, language),
        reading.provenance(document, language),
    ]


def _standing(document: Mapping[str, Any], key: str) -> Text:
    decision = document["decision"]
    if decision is None:
        return STANDINGS[key]
    said = STANDINGS[key].fill(
        officer=named_officer(decision["officer"], decision["officer_key"]),
        day=decision["recorded"],
        outcome=OUTCOMES[decision["outcome"]],
        reason=decision["reason"],
    )
    note = script_note(decision)
    return Text(f"{said.zh} {note.zh}".strip(), f"{said.en} {note.en}".strip())


def _about(document: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    evaluation, scheme = document["evaluation"], document["scheme"]
    day = document["reported_on"]
    number = f"{document['subject']}-{day.replace('-', '')}-{evaluation['record'][:8]}"
    values = {
        "number": number,
        "subject": document["subject"],
        "lei": document["lei"],
        "day": day,
        "as_of": evaluation["as_of"],
        "scheme": _VERSION.fill(name=scheme["name"], version=scheme["version"]).in_language(
            language
        ),
        "operator": document["operator"],
        "origin": document["origin"],
    }
    return tuple(
        (_ABOUT[name].in_language(language), value) for name, value in values.items() if value
    )
