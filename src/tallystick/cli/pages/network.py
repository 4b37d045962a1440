"""What is said of a ledger kept with others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tallystick.cli.itself import program
from tallystick.cli.pages.values import near, typed
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text

_UP = Text(
    "网络 {chain} 已在运行：{n} 个节点，在 {folder}",
    "The network {chain} runs: {n} {n:node|nodes}, in {folder}",
)
_NEXT = Text("查看：{tally} network status {folder}", "See it: {tally} network status {folder}")
_STOPPED = Text("已停止：{names}。数据都在。", "Stopped: {names}. What they hold stays.")
_NONE_RAN = Text("没有在运行的节点。", "No node was running.")
_MADE = Text("新节点 {name}：{folder}", "New node {name}: {folder}")
_MEMBER_FILE = Text(
    "成员文件：{file}，指纹 {fingerprint}。请把文件交给其他成员，并经另一途径（如电话）核对指纹。",
    "Member file: {file}, fingerprint {fingerprint}. Hand the file to the other members, and "
    "compare the fingerprint over another way, such as the telephone.",
)
_KEYS = Text(
    "密钥在 keys/（仅本人可读），请妥善备份；切勿让同一共识密钥在两处运行，那会被当作双签。",
    "The keys are in keys/, readable by you only: keep a copy. Never run one consensus key in two "
    "places: that counts as signing twice.",
)
_FOUNDED = Text(
    "创始成员已定：{members}。链 {chain}，创世文件指纹 {fingerprint}（各方应当一样）。",
    "The founders are settled: {members}. Chain {chain}, fingerprint of the genesis {fingerprint}: "
    "everybody must have the same.",
)
_RUN = Text("运行：{tally} network node {folder}", "Run it: {tally} network node {folder}")
_JOINED = Text(
    "已读入链 {chain} 的创世文件（成员 {members}）。",
    "Took the genesis of the chain {chain} (members {members}).",
)
_ASK_VOTES = Text(
    "请各成员执行：{tally} network accept {file}",
    "Ask the members to run: {tally} network accept {file}",
)
_EXPORTED = Text(
    "已写出：{file}（链 {chain}，指纹 {fingerprint}）",
    "Written: {file} (chain {chain}, fingerprint {fingerprint})",
)
_OF_FILE = Text(
    "所表决的成员文件的指纹：{fingerprint}。请与该机构经另一途径核对。",
    "Fingerprint of the member file voted for: {fingerprint}. Compare it with that institution "
    "over another way.",
)
_DONE = Text("已生效：{change}", "Done: {change}")
_VOTED = Text(
    "已投票：{change}。赞成的有 {voters}；超过三分之二票权才生效。",
    "Voted: {change}. In favour: {voters}; it counts with more than two thirds of the power.",
)
_CHANGES = {
    "add": Text("接纳 {name}", "{name} becomes a member"),
    "replace": Text("更换 {name} 的密钥或地址", "{name} has other keys or addresses"),
    "remove": Text("移出 {name}（{why}）", "{name} is out ({why})"),
}
_RESTART = Text(
    "生效后请重新启动节点，新密钥才用上："
    "{tally} network down {folder}；{tally} network node {folder}",
    "Restart the node once it counts, to sign by the new key: {tally} network down {folder}; "
    "{tally} network node {folder}",
)
_ATTACHED = Text(
    "工作区 {workspace} 现在向 {members} 提交（链 {chain}）。",
    "The workspace {workspace} now asks {members} (chain {chain}).",
)
_GOES_ON = Text(
    "账本 {chain} 正常：需要 {power_needed}/{power} 票权，现有 {power_there}。高度 {height}。",
    "The ledger {chain} goes on: {power_needed} of {power} votes are needed, {power_there} are "
    "there. Height {height}.",
)
_HALTED = Text(
    "账本 {chain} 已停：需要 {power_needed}/{power} 票权，现有 {power_there}。"
    "写不进去，已写入的不会丢。",
    "The ledger {chain} is HALTED: {power_needed} of {power} votes are needed, {power_there} are "
    "there. Nothing can be written; nothing written is lost.",
)
_NEED = Text(
    "需要 {count} 家中的 {needed} 家，现有 {there} 家", "need {needed} of {count}, have {there}"
)
_MISSING = Text(
    "{name} 自 {time}（高度 {height}）起缺席", "{name} is missing since {time} (height {height})"
)
_MISSING_ALWAYS = Text("{name} 缺席", "{name} is missing")
_START = Text("启动它：{tally} network node {folder}", "start it: {tally} network node {folder}")
_ASK_IT = Text("请联系该成员启动节点（{url}）", "ask that member to start its node ({url})")
_CATCHING_UP = Text("正在追赶，请稍候", "it is catching up; wait")
_ANOTHER_KEY = Text(
    "它仍用已更换的密钥，请重新启动该节点",
    "it runs by a key that was replaced: restart that node",
)
_ANSWERS = Text(
    "它在应答，但还没有签块；刚启动或刚加入时请稍候，否则查看 run/engine.log",
    "it answers and signs no block yet; wait where it was started or joined just now, else see "
    "run/engine.log",
)
_FAILED = Text(
    "{name} 的引擎已停止表决（见 {folder}/run/engine.log）。若是应用哈希不符，先用 "
    "{tally} ledger diff 比较两份副本，再移走它的 replica 与 engine/data 从成员处重新同步。",
    "The engine of {name} votes no more (see {folder}/run/engine.log). Where the application hash "
    "differs, compare two replicas with {tally} ledger diff, then move its replica and engine/data "
    "away and take them from the members.",
)
_EVIDENCE = Text(
    "{name} 在高度 {height} 签了两次，证据已记入账本。请表决："
    "{tally} network remove {name} --why 理由",
    "{name} signed twice at height {height}; the evidence is on the ledger. Vote: {tally} network "
    "remove {name} --why REASON",
)
_PENDING = Text("正在表决：{change}；赞成的有 {voters}", "Voted on: {change}; in favour: {voters}")
_SAME = Text(
    "两份副本一致（高度 {height} 与 {other}）。",
    "The replicas are the same (heights {height} and {other}).",
)
_DIFFER = Text(
    "从第 {height} 块起不同，先是 {name}：",
    "They part at block {height}, first in {name}:",
)
_HELD = Text("承诺都兑现", "all promises held")
_YES, _NO = Text("是", "yes"), Text("否", "no")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def show_up(screen: Screen, document: dict[str, Any]) -> None:
    """Say that a local network runs."""
    nodes = document["nodes"]
    told = _UP.fill(chain=document["chain"], n=len(nodes), folder=near(Path(document["network"])))
    screen.line(told, "bold")
    for one in nodes:
        screen.line(Text("  {name}  {url}", "  {name}  {url}").fill(**one))
    screen.line(_NEXT.fill(tally=program(), folder=typed(Path(document["network"]))))


def show_down(screen: Screen, document: dict[str, Any]) -> None:
    """Say which nodes were stopped."""
    stopped = document["stopped"]
    screen.line(_STOPPED.fill(names=", ".join(stopped)) if stopped else _NONE_RAN)


def show_made(screen: Screen, document: dict[str, Any]) -> None:
    """Say what a new node is and what to do with its file."""
    told = _MADE.fill(name=document["name"], folder=near(Path(document["folder"])))
    screen.line(told, "bold")
    _show_file(screen, document)
    screen.paragraph(_KEYS)


def _show_file(screen: Screen, document: dict[str, Any]) -> None:
    file = near(Path(document["file"]))
    screen.paragraph(_MEMBER_FILE.fill(file=file, fingerprint=document["fingerprint"]))


def show_founded(screen: Screen, document: dict[str, Any], folder: Path) -> None:
    """Say who the founders are."""
    members = ", ".join(document["members"])
    screen.paragraph(_FOUNDED.fill(**{**document, "members": members}))
    screen.line(_RUN.fill(tally=program(), folder=typed(folder)))


def show_joined(screen: Screen, document: dict[str, Any]) -> None:
    """Say what to do after joining."""
    members = ", ".join(document["members"])
    screen.paragraph(_JOINED.fill(chain=document["chain"], members=members))
    _show_file(screen, document)
    screen.line(_ASK_VOTES.fill(tally=program(), file=Path(document["file"]).name))
    screen.line(_RUN.fill(tally=program(), folder=typed(Path(document["folder"]))))


def show_exported(screen: Screen, document: dict[str, Any]) -> None:
    """Say where the network file is."""
    screen.paragraph(_EXPORTED.fill(**document))


def _change(change: dict[str, Any]) -> Text:
    name = change.get("name") or change["member"]["name"]
    return _CHANGES[change["kind"]].fill(name=name, why=change.get("why", ""))


def show_vote(screen: Screen, document: dict[str, Any]) -> None:
    """Say what became of a vote."""
    change = _change(document["change"])
    if "fingerprint" in document:
        screen.paragraph(_OF_FILE.fill(fingerprint=document["fingerprint"]))
    if document["done"]:
        screen.line(_DONE.fill(change=change), "green")
    else:
        screen.paragraph(_VOTED.fill(change=change, voters=", ".join(document["voters"])))


def show_votes(screen: Screen, documents: list[dict[str, Any]]) -> None:
    """Say what became of several votes."""
    for one in documents:
        show_vote(screen, one)


def show_rotated(screen: Screen, document: dict[str, Any]) -> None:
    """Say what to do for a new key to count."""
    show_vote(screen, document)
    _show_file(screen, document)
    if not document["done"]:
        screen.line(_ASK_VOTES.fill(tally=program(), file=Path(document["file"]).name))
    screen.paragraph(_RESTART.fill(tally=program(), folder=typed(Path(document["folder"]))))


def show_difference(screen: Screen, document: dict[str, Any]) -> None:
    """Say where two replicas part."""
    if document["same"]:
        screen.paragraph(_SAME.fill(**document["first"], other=document["second"]["height"]))
        return
    found = document["difference"]
    screen.paragraph(_DIFFER.fill(**found), 0, "red")
    for side in ("first", "second"):
        told = Text("{folder}（高度 {height}）", "{folder} (height {height})")
        screen.line(told.fill(**document[side]), "bold")
        for line in (found[side] or "-").splitlines():
            screen.line(Text("  {line}", "  {line}").fill(line=line))


def show_drills(screen: Screen, document: dict[str, Any]) -> None:
    """Say which promises held."""
    columns = [
        Column(screen.tell(Text("演练", "drill"))),
        Column(screen.tell(Text("秒", "seconds")), right=True),
        Column(screen.tell(Text("结果", "result")), flexible=True),
    ]
    rows = [
        (
            one["name"],
            f"{one['seconds']:.1f}",
            screen.tell(_HELD) if one["held"] else one["broken"],
        )
        for one in document["drills"]
    ]
    show_table(screen, columns, rows)


def show_attached(screen: Screen, document: dict[str, Any]) -> None:
    """Say whom a workspace asks now."""
    members = ", ".join(document["members"])
    workspace = near(Path(document["workspace"]))
    told = _ATTACHED.fill(workspace=workspace, members=members, chain=document["chain"])
    screen.paragraph(told)


def show_status(screen: Screen, document: dict[str, Any]) -> None:
    """Say who is there, who is missing, and what to do."""
    told = _HALTED if document["halted"] else _GOES_ON
    screen.paragraph(told.fill(**document), 0, "red" if document["halted"] else "green")
    columns = (
        Column(screen.tell(Text("成员", "member"))),
        Column(screen.tell(Text("票权", "votes")), right=True),
        Column(screen.tell(Text("应答", "answers"))),
        Column(screen.tell(Text("签了最新块", "signed the newest block"))),
        Column(screen.tell(Text("高度", "height")), right=True),
        Column(screen.tell(Text("落后", "behind")), right=True),
    )
    rows = [
        (
            one["name"],
            str(one["power"]),
            screen.tell(_YES if one["reachable"] else _NO),
            screen.tell(_YES if one["signed"] else _NO) if one["power"] else "-",
            str(one["height"]) if one["reachable"] else "-",
            "-" if one["behind"] is None else str(one["behind"]),
        )
        for one in document["members"]
    ]
    show_table(screen, columns, rows)
    _show_missing(screen, document)
    members = {one["name"] for one in document["members"]}
    for one in document["evidence"]:
        if one["name"] not in members:  # voted out already
            continue
        told = _EVIDENCE.fill(tally=program(), name=one["name"], height=one["height"])
        screen.paragraph(told, 0, "red")
    for one in document["votes"].values():
        voters = ", ".join(one["voters"])
        screen.paragraph(_PENDING.fill(change=_change(one["change"]), voters=voters))


def _show_missing(screen: Screen, document: dict[str, Any]) -> None:
    if document["missing"]:
        screen.line(_NEED.fill(**document), "yellow")
    for one in document["members"]:
        if one["failed"]:
            folder = near(Path(one["folder"]))
            told = _FAILED.fill(tally=program(), name=one["name"], folder=folder)
            screen.paragraph(told, 2, "red")
        elif one["name"] in document["missing"]:
            since = one["missing_since"]
            said = _MISSING_ALWAYS.fill(name=one["name"])
            if since:
                at = _time(since["time"])
                said = _MISSING.fill(name=one["name"], time=at, height=since["height"])
            what = _what_to_do(one)
            told = Text("{said}：{what}", "{said}: {what}").fill(said=said, what=what)
            screen.paragraph(told, 2, "yellow")


def _what_to_do(one: dict[str, Any]) -> Text:
    """Return what to do about a member that is missing, by what is known of its node."""
    if one["reachable"]:
        if one["another_key"]:
            return _ANOTHER_KEY
        return _CATCHING_UP if one["catching_up"] else _ANSWERS
    if one["folder"]:
        return _START.fill(tally=program(), folder=typed(Path(one["folder"])))
    return _ASK_IT.fill(url=one["url"])
