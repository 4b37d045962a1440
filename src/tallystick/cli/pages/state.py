"""How things stand: the demo's end, a workspace, an installation, caches, speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tallystick.cli.cells import wrap
from tallystick.cli.helping import command_lines
from tallystick.cli.itself import program
from tallystick.cli.pages.backtest import show_conclusion
from tallystick.cli.pages.evaluation import decided, row_of, show_many
from tallystick.cli.pages.naming import Names
from tallystick.cli.pages.values import KINDS, near, plain, show_pairs, typed
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text

# -- the demo -------------------------------------------------------------------------------------

_MADE = Text(
    "演示已就绪（会员全部虚构；认定人是脚本）",
    "The demo is ready (its members are all fiction; the officer is a script)",
)
_WORKSPACE = Text("工作区", "Workspace")
_FILES = Text("样例文件", "Files imported")
_PASSPHRASE = Text("口令", "Passphrase")
_TRUST = Text("信任文件", "Trust file")
_RECEIPTS = Text("回执", "Receipts")
_REPORTS = Text("报告", "Reports")
_DECIDED = Text(
    "其中 {n} 家已由脚本认定：确认 {confirm}，更改 {change}，不予认定 {decline}。",
    "{n} of them {n:was|were} decided by the script: {confirm} confirmed, {change} changed, "
    "{decline} declined.",
)
_TRY = Text("接着试试", "Try next")


def show_demo(screen: Screen, document: Mapping[str, Any], names: Names) -> None:
    """Show the rated membership, what was made, and what to try next."""
    evaluations, decisions = document["evaluations"], document["decisions"]
    screen.line()
    said = {one["subject"]: one for one in decisions}
    rows = [row_of(one) for one in evaluations]
    rows = [decided(row, said[row.subject]) if row.subject in said else row for row in rows]
    show_many(screen, rows, names, sealed=True)
    counts = dict.fromkeys(("confirm", "change", "decline"), 0)
    for one in decisions:
        counts[one["outcome"]] += 1
    screen.paragraph(_DECIDED.fill(n=len(decisions), **counts))
    screen.line()
    show_conclusion(screen, document["backtest"])
    screen.line()
    screen.paragraph(_MADE, 0, "bold")
    made: list[tuple[Text | str, str]] = [
        (_WORKSPACE, near(document["workspace"])),
        (_FILES, near(document["files"])),
        (_PASSPHRASE, near(document["passphrase"])),
        (_TRUST, near(document["trust"])),
    ]
    made += [(_RECEIPTS if n == 0 else "", near(one)) for n, one in enumerate(document["receipts"])]
    made += [(_REPORTS if n == 0 else "", near(one)) for n, one in enumerate(document["reports"])]
    show_pairs(screen, made)
    screen.line()
    screen.line(_TRY, "bold")
    folder = typed(document["workspace"])
    lines = [f"{program()} explain {one['subject']} --workspace {folder}" for one in decisions[:1]]
    lines += [
        f"{program()} verify {typed(one)} --trust {typed(document['trust'])}"
        for one in document["receipts"][:1]
    ]
    lines.append(f"{program()} status --workspace {folder}")
    beside, files = document["backtest"]["workspace"], document["backtest"]["files"]
    outcomes = typed(Path(files) / document["backtest"]["outcomes"]["file"])
    scheme = document["backtest"]["scheme"]["id"]
    lines.append(f"{program()} backtest {scheme} --outcomes {outcomes} --workspace {typed(beside)}")
    for whole in lines:
        for line in command_lines(whole, screen.cells - 2):
            screen.line(f"  {line}")


# -- a workspace ----------------------------------------------------------------------------------

_LEDGER = Text("账本", "Ledger")
_COUNTS = Text(
    "{entries} 个条目，{records} 条记录",
    "{entries} {entries:entry|entries}, {records} {records:record|records}",
)
_SUBJECTS = Text("主体", "Subjects")
_BY_KIND = Text("记录", "Records")
_SCHEMES = Text("方案", "Schemes")
_OFFICERS = Text("认定人", "Officers")
_GRANTS = Text("授权", "Grants")
_GRANT_COUNTS = Text(
    "有效 {in_force}，其中即将到期 {expiring}；已到期 {expired}；已撤回 {withdrawn}",
    "{in_force} in force, {expiring} of them ending soon; {expired} ended; {withdrawn} withdrawn",
)
_UNDECIDED = Text("待认定", "Undecided")
_SIZE = Text("大小", "Size")
_IMPORTS = Text("导入", "Imports")
_NAME = Text("名字", "Name")
_SOURCE = Text("来源", "Source")
_DAY = Text("日期（UTC+8）", "Date (UTC+8)")
_RECORDS = Text("记录数", "Records")
_STATE = Text("状态", "State")
_STANDS = Text("有效", "in force")
_RETRACTED = Text("已撤回", "retracted")
_MISSING = Text("还没有导入的来源", "Sources not imported yet")
_COMPLETE = Text("十一个来源都已导入。", "All eleven sources are imported.")
_PARTS = {
    "evidence": Text("证据", "evidence"),
    "bodies": Text("内容", "bodies"),
    "keys": Text("密钥", "keys"),
    "caches": Text("缓存", "caches"),
}
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def show_status(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what is loaded, what is missing, what ends soon."""
    comma = "，" if screen.language == "zh" else ", "
    kinds = [f"{screen.tell(KINDS.get(k, k))} {n}" for k, n in document["by_kind"].items()]
    sizes = [
        f"{screen.tell(_PARTS.get(name, name))} {in_units(size)}"
        for name, size in document["bytes"].items()
    ]
    counts = {"entries": document["entries"], "records": document["records"]}
    rows: list[tuple[Text | str, str]] = [
        (_WORKSPACE, near(document["workspace"])),
        (_LEDGER, f"{document['origin']}{comma}{screen.tell(_COUNTS.fill(**counts))}"),
        (_BY_KIND, comma.join(kinds)),
        (_SUBJECTS, str(document["subjects"])),
        (_SCHEMES, plain(screen, document["schemes"])),
        (_OFFICERS, plain(screen, document["officers"])),
        (_GRANTS, screen.tell(_GRANT_COUNTS.fill(**document["grants"]))),
        (_UNDECIDED, str(document["undecided"])),
        (_SIZE, comma.join(sizes)),
    ]
    show_pairs(screen, rows)
    if document["witnesses"] and document["witnesses"]["message"]:
        screen.line()
        screen.paragraph(document["witnesses"]["message"], 0, "yellow")
    _show_imports(screen, document["imports"])
    missing = document["missing_sources"]
    screen.line()
    if not missing:
        screen.line(_COMPLETE)
        return
    screen.line(_MISSING, "bold")
    for source in missing:
        screen.item(f"{source}  {document['source_names'][source]}")


def _show_imports(screen: Screen, imports: Sequence[Mapping[str, Any]]) -> None:
    columns = (
        Column(screen.tell(_NAME)),
        Column(screen.tell(_SOURCE), flexible=True),
        Column(screen.tell(_DAY)),
        Column(screen.tell(_RECORDS), right=True),
        Column(screen.tell(_STATE)),
    )
    rows = [
        [
            one["name"],
            one["source_name"],
            one["recorded"],
            str(one["records"]),
            screen.tell(_RETRACTED if one["retracted"] else _STANDS),
        ]
        for one in imports
    ]
    if rows:
        screen.line()
        screen.line(_IMPORTS, "bold")
        show_table(screen, columns, rows, 2)


def in_units(size: int) -> str:
    """Return a number of bytes in units of 1024."""
    value, unit = float(size), _UNITS[0]
    for unit in _UNITS:
        if value < _STEP or unit == _UNITS[-1]:
            break
        value /= _STEP
    return f"{size} B" if unit == _UNITS[0] else f"{value:.1f} {unit}"


# -- an installation ------------------------------------------------------------------------------

_ALL_WELL = Text("一切正常。", "All is well.")
_ADVICE = Text("可以使用；有 {n} 项可改进。", "It works; {n} {n:thing|things} could be better.")
_BROKEN = Text("有 {n} 项必须解决。", "{n} {n:thing|things} must be put right.")


def show_findings(screen: Screen, findings: Sequence[Mapping[str, Any]]) -> None:
    """Show each check, what was found, and what to do where it is not well."""
    for one in findings:
        detail = f"  {one['detail']}" if one["detail"] else ""
        first, *rest = wrap(f"{one['name']}{detail}", screen.cells - 4)
        screen.line(f"  {screen.mark(ok=one['ok'])} {first}")
        for line in rest:
            screen.line(f"    {line}")
        if one["remedy"]:
            screen.paragraph(one["remedy"], 4)
    broken = sum(one["needed"] and not one["ok"] for one in findings)
    advised = sum(not one["needed"] and not one["ok"] for one in findings)
    screen.line()
    if broken:
        screen.line(_BROKEN.fill(n=broken), "bold", "red")
    elif advised:
        screen.line(_ADVICE.fill(n=advised), "bold")
    else:
        screen.line(_ALL_WELL, "bold", "green")


# -- caches and speed -----------------------------------------------------------------------------

_REBUILT = Text("由 {records} 条记录重建：", "Rebuilt from {records} {records:record|records}:")
_SAME = Text("逐字节相同", "the same byte for byte")
_DIFFERENT = Text("与原来不同，已换成重建的", "differed and was replaced")
_NEW = Text("原来没有，已建", "was not there and was made")
_MACHINE = Text("机器", "Machine")
_VERSIONS = Text("版本", "Versions")
_SETTINGS = Text("规模", "Settings")
_RESULTS = Text("结果", "Results")


def show_rebuild(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show whether each cache came out as it was."""
    screen.line(_REBUILT.fill(records=document["records"]))
    for one in document["views"]:
        said = _SAME if one["identical"] else _DIFFERENT if one["before"] else _NEW
        ok = one["identical"] or not one["before"]
        screen.line(f"  {screen.mark(ok=ok)} {one['file']}  {screen.tell(said)}")
        screen.line(f"    {one['after']}")


def show_bench(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what was measured, on what."""
    for heading, part in (
        (_MACHINE, "machine"),
        (_VERSIONS, "versions"),
        (_SETTINGS, "settings"),
        (_RESULTS, "results"),
    ):
        screen.line(heading, "bold")
        rows = [(str(name), plain(screen, value)) for name, value in document[part].items()]
        show_pairs(screen, list(rows), 2)
