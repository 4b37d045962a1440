"""What is said of an evidence package: when it was made, and when it was checked."""

from __future__ import annotations

from typing import Any

from tallystick.cli.cells import pad, width, wrap
from tallystick.cli.itself import program
from tallystick.cli.pages.values import KINDS, near, typed
from tallystick.cli.pages.verdict import show_checks, standing_of
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

_ID_DIGITS = 12
_MADE = Text(
    "证据包：{folder}（{n} 条记录，{files} 个文件）",
    "Evidence package: {folder} ({n} {n:record|records}, {files} files)",
)
_NOT_ALL = Text(
    "有记录的核验步骤不成立，报告里写明了。",
    "A step of a record does not hold; the report says which.",
)
_OPEN = Text(
    "其中的内容没有加密，仅限本人读写。信任文件请经另一途径交给核验人，其 SHA-256 为 {digest}",
    "What it holds is not encrypted, and readable by its owner alone. Hand the trust file to "
    "whoever checks by another way; its SHA-256 is {digest}",
)
_CHECK = Text(
    "核验：{tally} evidence --check {folder} --trust trust.policy",
    "Check: {tally} evidence --check {folder} --trust trust.policy",
)
_WHOLE = Text("完整且有效", "WHOLE AND VALID")
_NOT_WHOLE = Text("不成立", "NOT VALID")
_STEPS = {
    "sums": Text("摘要", "digests"),
    "manifest": Text("清单", "manifest"),
    "receipts": Text("回执", "receipts"),
    "content": Text("内容", "content"),
    "checkpoint": Text("检查点", "checkpoint"),
    "originals": Text("原件", "originals"),
}
_OTHER_TRUST = Text(
    "包中的 trust.policy 与所给的信任文件不同；核验只用所给的。",
    "The trust.policy in the package differs from the trust file given; only the one given counts.",
)
_OTHER_PROGRAM = Text(
    "包中的 check_receipt.py 不是本版本所带的；它没有参与这次核验。",
    "The check_receipt.py in the package is not the one of this version; it took no part in this.",
)


def show_made(screen: Screen, document: dict[str, Any]) -> None:
    """Say what was written, and how to check it."""
    files = len(document["files"]) + 2  # the manifest and the digests
    counts = {"n": len(document["records"]), "files": files}
    screen.line(_MADE.fill(folder=near(document["folder"]), **counts))
    if not document["valid"]:
        screen.paragraph(_NOT_ALL)
    [trust] = (one["sha256"] for one in document["files"] if one["path"] == "trust.policy")
    screen.line(_CHECK.fill(tally=program(), folder=typed(document["folder"])))
    screen.note(_OPEN.fill(digest=trust))


def show_checked(screen: Screen, document: dict[str, Any]) -> None:
    """Show the verdict: the whole, its steps, a line a record, and the steps that do not hold."""
    valid = document["valid"]
    screen.line(_WHOLE if valid else _NOT_WHOLE, "bold", "green" if valid else "red")
    screen.line()
    names = [screen.tell(_STEPS[one["step"]]) for one in document["checks"]]
    longest = max(map(width, names))
    for name, one in zip(names, document["checks"], strict=True):
        first, *rest = wrap(one["detail"], screen.cells - longest - 6)
        screen.line(f"  {screen.mark(ok=one['ok'])} {pad(name, longest)}  {first}")
        for line in rest:
            screen.line(" " * (longest + 6) + line)
    screen.line()
    for record in document["records"]:
        body = record["body"] or {}
        kind = str(body.get("kind", ""))
        told = [record["record"][:_ID_DIGITS], screen.tell(KINDS.get(kind, kind)), record["signer"]]
        line = "  ".join(filter(None, (*told, screen.tell(standing_of(record["standing"])))))
        screen.paragraph(f"{screen.mark(ok=record['valid'])} {line}", 2)
        if not record["valid"]:
            show_checks(screen, [one for one in record["checks"] if not one["ok"]])
    if not document["trust"]["same_as_given"]:
        screen.paragraph(_OTHER_TRUST)
    if not document["program"]["same_as_shipped"]:
        screen.paragraph(_OTHER_PROGRAM)
