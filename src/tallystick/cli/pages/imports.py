"""What an import did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.cli.pages.values import near, show_pairs
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text

PROBLEMS_SHOWN_MAX = 12

_DONE = Text("已导入：{names}", "Imported: {names}")
_TRIAL = Text("试导入：没有封存任何东西。", "A trial: nothing was sealed.")
_NOTHING = Text("没有新记录。", "Nothing new.")
_ACCEPTED = Text("封存", "sealed")
_WOULD = Text("将封存", "would be sealed")
_SUPERSEDED = Text("取代旧记录", "superseding older ones")
_DUPLICATE = Text("重复", "duplicates")
_REFUSED = Text("拒绝", "refused")
_DROPPED = Text("隐去的个人字段", "personal cells dropped")
_FAILED = Text("未能导入的文件", "files not taken")
_BY_CODE = Text("{n}：{codes}", "{n}: {codes}")
_LIST = Text("问题（前 {shown} 处，共 {n} 处）", "Problems (the first {shown} of {n})")
_ALL = Text("问题", "Problems")
_FILE = Text("文件", "File")
_LINE = Text("行", "Line")
_FIELD = Text("字段", "Field")
_WHY = Text("原因", "Why")
_MAPPING = Text("列名对照表：{file}", "Mapping of columns: {file}")
_WHOLE_LIST = Text("全部问题：{file}", "All problems: {file}")


def show_import(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show the counts, the first problems, and where mapping and list were written."""
    if document["dry_run"]:
        screen.line(_TRIAL, "bold")
    elif document["imports"]:
        screen.line(_DONE.fill(names=", ".join(document["imports"])), "bold")
    else:
        screen.line(_NOTHING, "bold")
    rows: list[tuple[Text | str, str]] = [
        (_WOULD if document["dry_run"] else _ACCEPTED, str(document["accepted"])),
        (_SUPERSEDED, str(document["superseded"])),
        (_DUPLICATE, str(document["duplicate"])),
        (_REFUSED, _counted(screen, document["refused"], document.get("refused_by_code", {}))),
    ]
    dropped = document.get("dropped", {})
    if dropped:
        rows.append((_DROPPED, _counted(screen, sum(dropped.values()), dropped)))
    if document["failed"]:
        rows.append((_FAILED, ", ".join(document["failed"])))
    show_pairs(screen, rows, 2)
    _show_problems(screen, document["problems"])
    for file in document.get("mappings", ()):
        screen.note(_MAPPING.fill(file=near(file)))
    for file in document.get("problem_lists", ()):
        screen.note(_WHOLE_LIST.fill(file=near(file)))


def _counted(screen: Screen, total: int, by_code: Mapping[str, int]) -> str:
    if not by_code:
        return str(total)
    comma = "，" if screen.language == "zh" else ", "
    codes = comma.join(f"{code} {count}" for code, count in by_code.items())
    return screen.tell(_BY_CODE.fill(n=total, codes=codes))


def _show_problems(screen: Screen, problems: list[Mapping[str, Any]]) -> None:
    if not problems:
        return
    shown = problems[:PROBLEMS_SHOWN_MAX]
    some = _LIST.fill(shown=len(shown), n=len(problems))
    screen.line()
    screen.line(_ALL if len(shown) == len(problems) else some, "bold")
    columns = (
        Column(screen.tell(_FILE), flexible=True),
        Column(screen.tell(_LINE), right=True),
        Column(screen.tell(_FIELD), flexible=True),
        Column(screen.tell(_WHY), flexible=True),
    )
    rows = [
        [one["file"], str(one["line"] or "-"), one["field"] or "-", one["message"]] for one in shown
    ]
    show_table(screen, columns, rows, 2)
