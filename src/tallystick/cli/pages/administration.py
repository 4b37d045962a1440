"""What is said of acts that need two keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tallystick.app.bands import band_text
from tallystick.cli.pages.evaluation import officer_text
from tallystick.cli.pages.values import KINDS, OUTCOMES, ROLES, near
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text, set_off

_WOULD = Text(
    "将销毁 {n} 条记录（什么都还没有做）：",
    "{n} {n:record|records} would be erased; nothing was done yet:",
)
_ERASED = Text("已销毁 {n} 条记录：", "Erased {n} {n:record|records}:")
_WHY = {
    "chosen": Text("所指定", "named"),
    "older": Text("同一事项的旧版本", "an older version"),
    "cites": Text("引用了它", "cites it"),
    "reports": Text("显示了它", "shows it"),
}
_FILES = Text("工作区里的副本{did}：{files}", "Copies in the workspace {did}: {files}")
_REMOVED, _TO_REMOVE = Text("已删去", "removed"), Text("将删去", "to be removed")
_GIVEN_OUT = Text(
    "账本记下的查看与出具（日期为 UTC+8）：",
    "Looks at this content and reports of it that the ledger recorded (days are UTC+8):",
)
_SEEN = Text(
    "{reader}，{purpose}，{days}，{n} 次", "{reader}, {purpose}, {days}, {n} {n:time|times}"
)
_BETWEEN = Text("{first} 至 {last}", "{first} to {last}")
_ASK_BACK = Text(
    "账本没有记下报告、回执和证据包后来交给了谁；给出去的收不回来。请告知拿到的人，"
    "并请他们也删去；备份另见 tally backup --list 文件夹。",
    "To whom reports, receipts and evidence packages were passed on is not recorded, and what was "
    "given out cannot be called back. Tell those who have it, and ask them to delete it too; "
    "for backups see tally backup --list DIR.",
)
_DECISIONS = Text(
    "以下认定所依据的预评随之销毁。认定是某人的签名行为，在重新认定之前仍然有效，但它依据了什么将无法"
    "出示：",
    "The proposals that these decisions were made on go too. A decision is the act of a person and "
    "stands until there is another, but what it rested on can be shown no more:",
)
_DECIDED = Text(
    "{record}  {day} 由{officer}{outcome}，{band}",
    "{record}  {outcome} on {day} by {officer} {band}",
)
_LEAVES_ROSTER = Text(
    "名册上不再有该组织：要再查看或评价它，须先重新导入名册。",
    "The organisation is on the roster no more: import the roster again before it is looked at or "
    "evaluated.",
)
_DECIDE_ANEW = Text(
    "请重新评价并认定；若这些认定也应销毁，请把它们的编号一并写进 tally erase。",
    "Evaluate and decide anew; where these decisions must go as well, name their ids to tally "
    "erase too.",
)
_NONE_GIVEN = Text("账本上没有给出副本的记录。", "The ledger knows of no copy that was given out.")
_RECEIPT = Text("销毁的回执：{file}", "Receipt of the erasure: {file}")
_ROTATED = Text(
    "{role}的密钥已更换。新密钥：", "Another key follows as the key of the {role}. The new key:"
)
_FOLLOW = Text(
    "见证要跟踪新公钥后才会再联署（此前答以 403）。请在每个见证那里执行：",
    "Witnesses cosign again once they follow the new key; until then they answer 403. Run at each:",
)
_UNFOLLOW = Text(
    "旧公钥已失密，请每个见证也不再跟踪它：",
    "The old key was compromised: let each witness follow it no more:",
)
_FOLDER = Text("文件夹", "DIR")
_RESTORING = Text(
    "从此，恢复更早的快照须加：tally restore … --trust {trust} --with 认定人",
    "From now on, restoring an older snapshot needs: tally restore ... --trust {trust} --with "
    "OFFICER",
)
_ENDED = Text(
    "认定人 {name} 的密钥已终止，此后签的不算。",
    "The key of the officer {name} ended: what it signs from now on does not count.",
)
_ADDED = Text(
    "信任文件加上了见证 {name}；{of} 个见证中须有 {quorum} 个联署。",
    "The trust file names the witness {name}; {quorum} of {of} {of:witness|witnesses} must cosign.",
)
_DROPPED = Text(
    "信任文件不再有见证 {name}；{of} 个见证中须有 {quorum} 个联署。",
    "The trust file names the witness {name} no more; {quorum} of {of} {of:witness|witnesses} must "
    "cosign.",
)
_QUORUM = Text(
    "{of} 个见证中须有 {quorum} 个联署。",
    "{quorum} of {of} {of:witness|witnesses} must cosign.",
)
_NONE_ASKED = Text("信任文件现在不要求见证联署。", "The trust file asks for no witnesses now.")
_AGAIN = Text(
    "信任文件已改写，请重新分发：{trust}", "The trust file changed: hand it out again: {trust}"
)
_ROLE, _NAME, _STATE = Text("身份", "role"), Text("名称", "name"), Text("状态", "state")
_SIGNS = Text("有效", "in force")
_UNTIL = {
    "retired": Text("已更换，至 {until}", "retired, counts below {until}"),
    "compromised": Text("已泄露，至 {until}", "compromised, counts below {until}"),
}
_MORE = Text("还有 {n} 组未列出。", "{n} more {n:group is|groups are} not listed.")
_WITNESS = Text("见证", "witness")
_PURPOSES = {
    "association_evaluation": Text("会员信用评价", "evaluation of members"),
    "self_inspection": Text("主体查阅", "own file"),
    "operator_export": Text("完整导出", "full export"),
    "report": Text("报告", "report"),
}
_ID_DIGITS = 12


def show_erasure(screen: Screen, document: dict[str, Any], readers: Mapping[str, str]) -> None:
    """Show what was erased, or would be, what was removed, and what is known of copies.

    readers: names by the ids of their keys, of those the trust file has.
    """
    said = _ERASED if document["erased"] else _WOULD
    screen.line(said.fill(n=len(document["records"])), "bold")
    for one in document["records"]:
        why, kind = screen.tell(_WHY[one["why"]]), screen.tell(KINDS[one["kind"]])
        screen.line(f"  {one['record'][:_ID_DIGITS]}  {kind}  {why}")
    _show_decisions(screen, document["decisions"])
    if document["leaves_roster"]:
        screen.paragraph(_LEAVES_ROSTER, 0, "yellow")
    if document["removed"]:
        did = _REMOVED if document["erased"] else _TO_REMOVE
        screen.paragraph(_FILES.fill(did=did, files=", ".join(document["removed"])))
    if document["delivered"]:
        screen.paragraph(_GIVEN_OUT)
        for one in document["delivered"]:
            screen.paragraph(_delivered(one, readers), 2)
        if document["more"]:
            screen.paragraph(_MORE.fill(n=document["more"]), 2)
        screen.paragraph(_ASK_BACK)
    else:
        screen.paragraph(_NONE_GIVEN)
    if document["receipt"]:
        screen.paragraph(_RECEIPT.fill(file=near(document["receipt"])))


def _show_decisions(screen: Screen, decisions: list[dict[str, Any]]) -> None:
    """Name the decisions whose basis goes, and what to do."""
    if not decisions:
        return
    screen.paragraph(_DECISIONS, 0, "yellow")
    for one in decisions:
        said = _DECIDED.fill(
            record=one["record"][:_ID_DIGITS],
            day=one["recorded"],
            officer=set_off(officer_text(screen, one)),
            outcome=OUTCOMES[one["outcome"]],
            band=band_text(one["band"]),
        )
        screen.paragraph(said, 2)
    screen.paragraph(_DECIDE_ANEW)


def _delivered(one: Mapping[str, Any], readers: Mapping[str, str]) -> Text:
    """Return the line of a group of looks or reports."""
    first, last = one["first"], one["last"]
    days = Text(first, first) if first == last else _BETWEEN.fill(first=first, last=last)
    return _SEEN.fill(
        reader=readers.get(one["reader"], one["reader"][:_ID_DIGITS]),
        purpose=_PURPOSES.get(one["purpose"], Text(one["purpose"], one["purpose"])),
        days=days,
        n=one["count"],
    )


def show_keys(screen: Screen, document: dict[str, Any]) -> None:
    """Show every key, one after the other; keys are copied, so they are never wrapped."""
    rows = []
    for one in document["keys"]:
        end = _UNTIL[one["ended"]].fill(until=one["until"]) if one["ended"] else _SIGNS
        role = ROLES.get(one["role"], _WITNESS)
        rows.append([screen.tell(role), one["name"], screen.tell(end)])
    heads = [screen.tell(head) for head in (_ROLE, _NAME, _STATE)]
    show_table(screen, [Column(heads[0]), Column(heads[1], flexible=True), Column(heads[2])], rows)
    screen.line()
    for one in document["keys"]:
        screen.line(one["key"])


def show_rotated(screen: Screen, document: dict[str, Any], trust: Path) -> None:
    """Show the new key."""
    screen.line(_ROTATED.fill(role=ROLES[document["role"]]), "bold")
    screen.line(document["new"])
    screen.paragraph(_AGAIN.fill(trust=near(trust)))
    if document["role"] == "log":
        screen.paragraph(_FOLLOW)
        screen.line(f"  tally witness follow {screen.tell(_FOLDER)} {document['new']}")
        if document["reason"] == "compromised":
            screen.paragraph(_UNFOLLOW)
            screen.line(f"  tally witness unfollow {screen.tell(_FOLDER)} {document['old']}")
    screen.paragraph(_RESTORING.fill(trust=near(trust)))


def show_ended(screen: Screen, document: dict[str, Any], trust: Path) -> None:
    """Say that the key of an officer ended."""
    screen.paragraph(_ENDED.fill(name=document["name"]))
    screen.paragraph(_AGAIN.fill(trust=near(trust)))


def show_witness_added(screen: Screen, document: dict[str, Any], trust: Path) -> None:
    """Say that a witness was added."""
    _show_witnesses(screen, _ADDED, document, trust)


def show_witness_removed(screen: Screen, document: dict[str, Any], trust: Path) -> None:
    """Say that a witness was removed."""
    _show_witnesses(screen, _DROPPED, document, trust)


def show_quorum(screen: Screen, document: dict[str, Any], trust: Path) -> None:
    """Say how many witnesses must cosign from now on."""
    _show_witnesses(screen, _QUORUM, document, trust)


def _show_witnesses(screen: Screen, said: Text, document: dict[str, Any], trust: Path) -> None:
    screen.paragraph(said.fill(**{name: document[name] for name in ("name", "quorum", "of")}))
    if not document["quorum"]:
        screen.paragraph(_NONE_ASKED)
    screen.paragraph(_AGAIN.fill(trust=near(trust)))
