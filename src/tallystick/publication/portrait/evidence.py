"""The sections of the evidence: tags, the facts over time, every fact with its terms.

Owns how a fact is told: what it says, until when it counts, where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Span, Table, film, timeline
from tallystick.publication.charts.timeline import SIGNS
from tallystick.publication.pages import (
    SOFT,
    Block,
    Entry,
    Figure,
    Film,
    Grid,
    Heading,
    Paragraph,
    Section,
)
from tallystick.publication.portrait.frames import frames_of
from tallystick.publication.portrait.words import NOTHING, STATES, Evidence, headed, written

_TAGS = Text("标签", "Tags")
_NO_TAGS = Text("没有标签。", "There are no tags.")
_TAGS_NOTE = Text(
    "标签只由有效且公开或经核实的事实得出，不计分；事实到期、更正或撤回，标签随之消失。",
    "Tags follow only from facts in force that are public or verified, and have no weight in the "
    "score; a fact that ends, is corrected or retracted takes its tag with it.",
)
_TAG_HEAD = (
    Text("标签", "Tag"),
    Text("性质", "Says"),
    Text("依据的信息", "From"),
    Text("至", "Until"),
    Text("依据", "Evidence"),
)
_OVER_TIME = Text("时间轴与逐年画像", "Over time")
_YEARS = Text("逐年画像", "Year by year")
_YEARS_NOTE = Text(
    "各年年末（当年为报告日）仍然有效、且今天仍可列出的事实。没有评价的年份不补算得分。",
    "Facts in force at the end of each year (this year: today) that may still be listed. No score "
    "is worked out afterwards for a year nobody evaluated.",
)
_FRAME_HEAD = (
    Text("年份", "Year"),
    Text("截至", "As of"),
    Text("有利", "For"),
    Text("中性", "Neutral"),
    Text("不利", "Against"),
    Text("得分", "Score"),
    Text("等级与状态", "Band and status"),
)
_NOT_EVALUATED = Text("未评价", "not evaluated")
_DETAILS = Text("信用信息明细", "Details")
_NO_FACTS = Text("没有可以列出的事实。", "There are no facts to list.")
_NOTHING_OF = Text("没有可以列出的信息。", "Nothing to list.")
_UNVERIFIED = Text("自报，未经核实，不计分", "self-declared, not verified, does not count")
_PROVENANCE = Text("来源：{said}", "Source: {said}")
_CHANNELS = {
    "direct": Text("渠道：来源直接签发", "Channel: signed by the source itself"),
    "transcribed": Text("渠道：转录", "Channel: transcribed"),
    "self-declared": Text("渠道：主体自报", "Channel: self-declared"),
}
_TERM = Text("期限：{said}", "Term: {said}")
_RECORD = Text("记录：{record}，{day} 入账", "Record: {record}, sealed on {day}")


def tags(document: Mapping[str, Any], language: str) -> Section:
    """Return the tags with their evidence."""

    def said(text: Text) -> str:
        return text.in_language(language)

    known = Evidence(document)
    rows = tuple(
        (
            one["name"],
            said(SIGNS[one["sign"]][0]),
            one["item_name"],
            one["until"] or said(NOTHING),
            " ".join(known.of(one["records"])),
        )
        for one in document["tags"]
    )
    head = tuple(said(one) for one in _TAG_HEAD)
    blocks: tuple[Block, ...] = (Paragraph(said(_NO_TAGS)),)
    if rows:
        blocks = (Grid(Table(head, rows), (5, 2, 5, 3, 3), refs=(4,)),)
    return Section("tags", said(_TAGS), (*blocks, Paragraph(said(_TAGS_NOTE), SOFT)))


def over_time(document: Mapping[str, Any], language: str) -> Section:
    """Return the timeline of facts, and the portrait from year to year."""

    def said(text: Text) -> str:
        return text.in_language(language)

    blocks: list[Block] = []
    if document["facts"]:
        spans = [
            Span(one["item_name"], one["from"], one["until"], one["sign"],
                 in_force=one["state"] == "in_force")
            for one in document["facts"]
        ]  # fmt: skip
        blocks.append(Figure(timeline(spans, document["reported_on"], language)))
    frames = frames_of(document, language)
    rows = [
        (
            str(frame.year),
            frame.day,
            *(str(len(frame.facts[sign])) for sign in (1, 0, -1)),
            frame.score or said(NOTHING),
            f"{frame.band} {frame.word or said(_NOT_EVALUATED)}".strip(),
        )
        for frame in frames
    ]
    grid = Grid(
        Table(tuple(said(one) for one in _FRAME_HEAD), tuple(rows)),
        (2, 3, 2, 2, 2, 2, 5),
        (2, 3, 4, 5),
    )
    blocks += [Heading(said(_YEARS)), Film(film(frames, language), grid)]
    blocks.append(Paragraph(said(_YEARS_NOTE), SOFT))
    return Section("time", said(_OVER_TIME), tuple(blocks))


def details(document: Mapping[str, Any], language: str) -> Section:
    """Return every fact, by class, with its terms, provenance and record."""

    def said(text: Text) -> str:
        return text.in_language(language)

    blocks: list[Block] = []
    if not document["facts"]:
        blocks.append(Paragraph(said(_NO_FACTS)))
    empty = []
    for group in document["classes"]:
        members = [one for one in document["facts"] if one["class"] == group["code"]]
        if not members:
            empty.append(group["name"])
            continue
        blocks.append(Heading(headed(group["name"])))
        blocks += [_entry(one, language) for one in members]
    if empty and document["facts"]:
        comma = "、" if language == "zh" else "; "
        colon = "：" if language == "zh" else ": "
        blocks.append(Paragraph(f"{comma.join(empty)}{colon}{said(_NOTHING_OF)}", SOFT))
    return Section("details", said(_DETAILS), tuple(blocks))


def _entry(one: Mapping[str, Any], language: str) -> Entry:
    def said(text: Text) -> str:
        return text.in_language(language)

    semicolon = "；" if language == "zh" else "; "
    badge = said(STATES[one["state"]])
    if not one["verified"]:
        badge = semicolon.join((badge, said(_UNVERIFIED)))
    terms = semicolon.join(one["terms"])
    notes = (
        said(_PROVENANCE.fill(said=one["provenance"])),
        semicolon.join((said(_CHANNELS[one["channel"]]), said(_TERM.fill(said=terms)))),
        said(_RECORD.fill(record=one["record"], day=one["recorded"])),
    )
    rows = tuple(
        (name, written(value, language))
        for name, value in one["shown"]
        if value not in ("", None, [], {})
    )
    return Entry(
        one["number"], headed(one["item_name"]), one["from"], badge, one["sign"], rows, notes
    )
