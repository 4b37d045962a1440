"""Nested values as people read them: records, facts, settings.

Owns the names of the fields that every record has, in both languages. The fields of a fact are
named by the catalogue; where their names are not at hand, their codes stand.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tallystick.cli.cells import clean, pad, width, wrap
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

FIELDS = {
    "kind": Text("种类", "kind"),
    "subject": Text("主体", "subject"),
    "item": Text("目录项", "item"),
    "key": Text("标识", "key"),
    "occurred": Text("发生日期", "occurred"),
    "recorded": Text("记录日期（UTC+8）", "recorded (UTC+8)"),  # beside times in UTC
    "data": Text("事实", "data"),
    "source": Text("来源", "source"),
    "name": Text("名称", "name"),
    "code": Text("代码", "code"),
    "document": Text("文书", "document"),
    "digest": Text("摘要", "digest"),
    "channel": Text("渠道", "channel"),
    "delivered_by": Text("交付人", "delivered by"),
    "imported": Text("导入", "import"),
    "signatures": Text("签名", "signatures"),
    "v": Text("版本", "version"),
    "origin": Text("账本", "ledger"),
    "operator": Text("运营方", "operator"),
    "sample": Text("样例", "sample"),
    "role": Text("身份", "role"),
    "reason": Text("理由", "reason"),
    "mapping": Text("对照表摘要", "digest of the mapping"),
    "complete": Text("声明为完整", "declared complete"),
    "categories": Text("范围", "categories"),
    "purpose": Text("用途", "purpose"),
    "granted_on": Text("授权日期", "granted on"),
    "until": Text("截止", "until"),
    "document_digest": Text("授权书摘要", "digest of the document"),
    "grants": Text("授权", "grants"),
    "from_day": Text("自", "from"),
    "reader": Text("查看人", "reader"),
    "read": Text("读取", "read"),
    "withheld": Text("未读取", "withheld"),
    "as_of": Text("以何日为准", "as of"),
    "scheme": Text("方案", "scheme"),
    "view": Text("视图摘要", "digest of the view"),
    "result": Text("结果", "result"),
    "evaluation": Text("预评", "proposal"),
    "outcome": Text("结论", "outcome"),
    "band": Text("等级", "band"),
    "light": Text("灯", "light"),
    "officer": Text("认定人", "officer"),
    "scripted": Text("由脚本作出", "made by a script"),
    "text": Text("原文", "text"),
    "score": Text("得分", "score"),
    "status": Text("状态", "status"),
    "signature": Text("签名", "signature"),
    "from": Text("自", "from"),
    "detail": Text("说明", "detail"),
    "records": Text("记录", "records"),
    "basis": Text("依据", "basis"),
    "delivered": Text("已给出的副本", "copies given out"),
    "consents": Text("仍已撤回的授权", "grants that stay withdrawn"),
    "targets": Text("不再缺核实的申报", "declarations no visit is missing for"),
    "more": Text("另有组数", "further groups"),
    "count": Text("次数", "times"),
    "first": Text("最早", "first"),
    "last": Text("最近", "last"),
    "url": Text("地址", "address"),
    "quorum": Text("法定数", "quorum"),
}
CHANNELS = {
    "direct": Text("直接：来源自己签发", "direct: signed by the source itself"),
    "transcribed": Text(
        "转录：由他人抄录自来源的文书", "transcribed from a document of the source"
    ),
    "self-declared": Text("自行申报", "self-declared"),
}
KINDS = {
    "founding": Text("建账", "founding"),
    "party": Text("签名人登记", "party"),
    "import": Text("导入", "import"),
    "retraction": Text("撤回导入", "retraction"),
    "fact": Text("事实", "fact"),
    "grant": Text("授权", "grant"),
    "withdrawal": Text("撤回授权", "withdrawal"),
    "scheme": Text("方案", "scheme"),
    "use": Text("使用记录", "use"),
    "evaluation": Text("预评", "proposal"),
    "decision": Text("认定", "decision"),
    "report": Text("报告", "report"),
    "weighing": Text("专家赋权", "weighing"),
    "unread": Text("未能读取的行", "rows not read"),
    "key_end": Text("密钥终止", "end of a key"),
    "erasure": Text("销毁", "erasure"),
    "witness": Text("见证", "witness"),
    "model": Text("模型", "model"),
    "erased": Text("已销毁的记录", "erased"),
}
LIGHTS = {
    "green": Text("绿", "green"),
    "yellow": Text("黄", "yellow"),
    "orange": Text("橙", "orange"),
    "red": Text("红", "red"),
}
OUTCOMES = {
    "confirm": Text("确认", "confirmed"),
    "change": Text("更改", "changed"),
    "decline": Text("不予认定", "declined"),
}
ROLES = {
    "provider": Text("提供方", "provider"),
    "verifier": Text("核验人", "verifier"),
    "officer": Text("认定人", "officer"),
    "log": Text("账本", "log"),
}
_WORDS = {
    "kind": KINDS,
    "channel": CHANNELS,
    "light": LIGHTS,
    "outcome": OUTCOMES,
    "role": ROLES,
}
_FIRST = ("kind", "subject", "item", "occurred", "recorded", "data", "source", "channel")
_LAST = ("signatures", "text", "v")
_YES, _NO = Text("是", "yes"), Text("否", "no")
_TEXT_LINES_MAX = 12
_MORE = Text("……（另有 {n} 行）", "... ({n} more {n:line|lines})")


def utc(seconds: int) -> str:
    """Return a time in UTC, to the second: the one form in which the pages tell times."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def near(place: str | Path) -> str:
    """Return a path as it is typed from the current folder, where it lies below that."""
    whole = Path(place)
    with suppress(ValueError, OSError):
        return str(whole.relative_to(Path.cwd()))
    return str(whole)


def typed(place: str | Path) -> str:
    """Return a path as it stands in a command line."""
    return shlex.quote(near(place))


def plain(screen: Screen, value: object) -> str:
    """Return a single value as people read it."""
    if isinstance(value, bool):
        return screen.tell(_YES if value else _NO)
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain(screen, one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ("、" if screen.language == "zh" else ", ").join(plain(screen, v) for v in value)
    return str(value)


def worded(screen: Screen, name: str, value: object) -> str:
    """Return the value of the field `name`, in words where it is one of a known list."""
    known = _WORDS.get(name, {})
    if isinstance(value, str) and value in known:
        return screen.tell(known[value])
    return plain(screen, value)


LABEL_MAX = 80  # characters of a name on screen


def show_value(
    screen: Screen,
    document: Mapping[str, Any],
    indent: int = 0,
    names: Mapping[str, str] | None = None,
) -> None:
    """Show the fields of a document, nested ones indented. names: code -> name of its fields."""
    given = names or {}
    order = [*(n for n in _FIRST if n in document)]
    order += [n for n in document if n not in _FIRST and n not in _LAST]
    order += [n for n in _LAST if n in document]
    # A name may come from a stranger's paper: it must not steer the terminal or fill the screen.
    told = {name: given.get(name) or screen.tell(FIELDS.get(name, name)) for name in order}
    shown = [(name, " ".join(clean(label).split())[:LABEL_MAX]) for name, label in told.items()]
    flat = [label for name, label in shown if not _nested(document[name])]
    longest = max((width(label) for label in flat), default=0)
    for name, label in shown:
        value = document[name]
        if isinstance(value, Mapping) and value:
            screen.line(" " * indent + screen.paint(label, "dim"))
            show_value(screen, value, indent + 2, given)
        elif _nested(value):
            screen.line(" " * indent + screen.paint(label, "dim"))
            for one in value:
                show_value(screen, one, indent + 2, given)
        else:
            _show_line(screen, pad(label, longest), worded(screen, name, value), indent)


def _nested(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _show_line(screen: Screen, label: str, text: str, indent: int) -> None:
    start = indent + width(label) + 2
    lines = wrap(text, screen.cells - start)
    if len(lines) > _TEXT_LINES_MAX:
        hidden = len(lines) - _TEXT_LINES_MAX
        lines = [*lines[:_TEXT_LINES_MAX], screen.tell(_MORE.fill(n=hidden))]
    screen.line(f"{' ' * indent}{screen.paint(label, 'dim')}  {lines[0]}")
    for line in lines[1:]:
        screen.line(" " * start + line)


def show_pairs(screen: Screen, rows: Sequence[tuple[Text | str, str]], indent: int = 0) -> None:
    """Show names and values in two columns; long values are wrapped under themselves."""
    longest = max((width(screen.tell(name)) for name, _ in rows), default=0)
    for name, value in rows:
        _show_line(screen, pad(screen.tell(name), longest), value, indent)
