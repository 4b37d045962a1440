"""What an import did."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tallystick.cli.pages.values import near, show_pairs, typed
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text

PROBLEMS_SHOWN_MAX = 12

_DONE = Text("已导入：{names}", "Imported: {names}")
_TRIAL = Text("试导入：没有封存任何东西。", "A trial: nothing was sealed.")
_NOTHING = Text("没有新记录。", "Nothing new.")
_NOT_TAKEN = Text("文件未能导入，没有封存任何记录。", "The file was not taken: nothing was sealed.")
_ALL_REFUSED = Text(
    "每一行都被拒绝，没有封存任何事实。", "Every row was refused: no fact was sealed."
)
_NOTHING_REFUSED = Text("没有新记录；拒绝 {n} 行。", "Nothing new; rows refused: {n}.")
_REMEDIES = Text("怎么办", "What to do")
_REMEDY = Text("{why}（{n} 处）：{remedy}", "{why} ({n}): {remedy}")
_EDIT = Text("待改的列名对照表：", "The mapping to edit:")
_GIVE_BACK = Text(
    "改好后：{tally} import 文件 --source 来源 --map 对照表",
    "Then: {tally} import FILE --source SOURCE --map MAPPING",
)
_MAPPING_HELPS = frozenset(("no_header", "columns_missing", "unit_unknown", "bad_mapping"))
_ACCEPTED = Text("封存", "sealed")
_WOULD = Text("将封存", "would be sealed")
_SUPERSEDED = Text("取代旧记录", "superseding older ones")
_DUPLICATE = Text("重复", "duplicates")
_REFUSED = Text("拒绝", "refused")
_DROPPED = Text("隐去的个人字段", "personal cells dropped")
_FAILED = Text("未能导入的文件", "files not taken")
_EACH = Text("{what} {n}", "{what} {n}")
_BY_KIND = Text("{n}：{each}", "{n}: {each}")
_CLAUSE_ENDS = re.compile("[：；:;(（]")
_LIST = Text("问题（前 {shown} 处，共 {n} 处）", "Problems (the first {shown} of {n})")
_ALL = Text("问题", "Problems")
_FILE = Text("文件", "File")
_LINE = Text("行", "Line")
_FIELD = Text("字段", "Field")
_WHY = Text("原因", "Why")
_MAPPING = Text("列名对照表：{file}", "Mapping of columns: {file}")
_COMPLETE = Text("声明为完整", "declared complete")
_NONE_WITHOUT_A_ROW = Text("没有对应行的会员即为“无”", "a member without a row has none")
_BUT_REFUSED = Text(
    "没有对应行的会员即为“无”；被拒绝的行所指的会员也在其中，请改正后再次导入",
    "a member without a row has none, and so has a member whose row was refused: correct those "
    "rows and import the file again",
)
_UNKNOWN_WITHOUT_A_ROW = Text(
    "没有对应行的会员在这一项上仍为“未知”。文件若已列出全体会员的全部内容，请加 --complete "
    "再导入一次。",
    "Members without a row in this file stay unknown here. If it says all there is about every "
    "member, import it again with --complete.",
)
_NOT_READ = Text(
    "没有读取的列：{columns}。若其中有要用的，请在对照表里写明（to），再用 --map 交回。",
    "Columns not read: {columns}. If one is wanted, say in the mapping what it is (`to`) and give "
    "that back with --map.",
)
_REGISTER = Text(
    "公共名录对全体会员有效：没有对应行的会员即为“无”；行被拒绝的会员在改正之前仍为“未知”。",
    "A public register counts for all members: who has no row has none; whose row was refused "
    "stays unknown until it is corrected.",
)
_WHOLE_LIST = Text("全部问题：{file}", "All problems: {file}")


def show_import(screen: Screen, document: Mapping[str, Any], called: str = "tally") -> None:
    """Show the counts, the first problems, what to do, and where mapping and list were written.

    called: what to type for this program.
    """
    if document["dry_run"]:
        screen.line(_TRIAL, "bold")
    else:
        screen.line(_headline(screen, document), "bold")
    rows: list[tuple[Text | str, str]] = [
        (_WOULD if document["dry_run"] else _ACCEPTED, str(document["accepted"])),
        (_SUPERSEDED, str(document["superseded"])),
        (_DUPLICATE, str(document["duplicate"])),
        (
            _REFUSED,
            _counted(
                screen,
                document["refused"],
                document.get("refused_by_code", {}),
                _clauses(document.get("reasons", {})),
            ),
        ),
    ]
    dropped = document.get("dropped", {})
    if dropped:
        rows.append(
            (
                _DROPPED,
                _counted(screen, sum(dropped.values()), dropped, document.get("dropped_names", {})),
            )
        )
    if document["failed"]:
        rows.append((_FAILED, ", ".join(document["failed"])))
    if document["complete"]:
        told = _BUT_REFUSED if document["refused"] else _NONE_WITHOUT_A_ROW
        rows.append((_COMPLETE, screen.tell(told)))
    show_pairs(screen, rows, 2)
    unknown = document.get("columns_not_read", {})
    if unknown:
        comma = "、" if screen.language == "zh" else ", "
        screen.line()
        headers = dict.fromkeys(header for one in unknown.values() for header in one)
        screen.paragraph(_NOT_READ.fill(columns=comma.join(headers)))
    if document.get("register"):
        screen.line()
        screen.paragraph(_REGISTER)
    if document["may_be_complete"]:
        screen.line()
        screen.paragraph(_UNKNOWN_WITHOUT_A_ROW)
    _show_problems(screen, document["problems"])
    _show_remedies(screen, document, called)
    for file in document.get("mappings", ()):
        screen.note(_MAPPING.fill(file=near(file)))
    for file in document.get("problem_lists", ()):
        screen.note(_WHOLE_LIST.fill(file=near(file)))


def _headline(screen: Screen, document: Mapping[str, Any]) -> Text:
    comma = "、" if screen.language == "zh" else ", "
    if document["imports"] and (document["accepted"] or not document["refused"]):
        return _DONE.fill(names=comma.join(document["imports"]))
    if document["refused"] and not document["duplicate"]:
        return _ALL_REFUSED
    if document["failed"] and not document["duplicate"]:
        return _NOT_TAKEN
    if document["refused"]:
        return _NOTHING_REFUSED.fill(n=document["refused"])
    return _NOTHING


def _show_remedies(screen: Screen, document: Mapping[str, Any], called: str) -> None:
    """Show what to do about each kind of problem, once."""
    counts = Counter(one["code"] for one in document["problems"])
    remedies = {code: one for code, one in document.get("remedies", {}).items() if one}
    if not counts or not remedies:
        return
    screen.line()
    screen.line(_REMEDIES, "bold")
    for code, count in counts.most_common():
        if code in remedies:
            why = _clauses(document.get("reasons", {})).get(code, code)
            screen.item(_REMEDY.fill(why=why, n=count, remedy=remedies[code]))
    if _MAPPING_HELPS & counts.keys() and document.get("mappings"):
        screen.line(f"  {screen.tell(_EDIT)}")
        for file in document["mappings"]:
            screen.line(f"    {typed(file)}")  # never wrapped: it is copied
        screen.line(f"  {screen.tell(_GIVE_BACK.fill(tally=called))}")


def _clauses(reasons: Mapping[str, str]) -> dict[str, str]:
    """Return the first clause of the sentence of each code: what is wrong, without the rest."""
    return {code: _CLAUSE_ENDS.split(said)[0].strip() or code for code, said in reasons.items()}


def _counted(
    screen: Screen, total: int, by_code: Mapping[str, int], names: Mapping[str, str]
) -> str:
    """Return a number and what it is made of, in words; a code without words stands for itself."""
    if not by_code:
        return str(total)
    semicolon = "；" if screen.language == "zh" else "; "
    each = [
        screen.tell(_EACH.fill(what=names.get(code, code), n=count))
        for code, count in by_code.items()
    ]
    return screen.tell(_BY_KIND.fill(n=total, each=semicolon.join(each)))


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
