"""What the ledger's strangers and witnesses are told."""

from __future__ import annotations

from typing import Any

from tallystick.cli.pages.values import show_pairs, utc
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

_COSIGNED = Text("检查点（大小 {size}）的联署：", "Cosignatures of the checkpoint at size {size}:")
_AT = Text("{time} 联署", "cosigned at {time}")
_QUORUM = Text("见证已达法定数。", "The quorum is met.")
_NO_QUORUM = Text("见证不足法定数。", "The quorum is not met.")
_NEW = Text(
    "新见证在 {folder}。请把下面的公钥交给要请它见证的运营方：",
    "A new witness in {folder}. Hand this public key to the operators who ask for it:",
)
_NEXT = Text(
    "再用 tally witness follow 指明要跟踪的账本，用 tally witness serve 开始。",
    "Then name the ledgers it follows with tally witness follow, and start it with tally witness "
    "serve.",
)
_NAME, _KEY = Text("见证", "witness"), Text("公钥", "key")
_SEEN = Text("大小 {size}，{time} 联署", "size {size}, cosigned at {time}")
_NOTHING_SEEN = Text("还没有见过", "nothing seen yet")
_FORKS = Text(
    "有人向它出示过分叉，证据在 forks 文件夹：{names}",
    "It was shown forks; the evidence is in the folder forks: {names}",
)

_UNPROVED = Text(
    "有检查点没有随附成立的一致性证明，在 unproved 文件夹：{names}。可能是分叉，也可能是送来的人"
    "弄错了：请向账本要从一个到另一个的证明。",
    "Checkpoints came without a proof that held; they are in the folder unproved: {names}. It may "
    "be a fork, or a mistake of who sent them: ask the log for a proof from one to the other.",
)


def show_cosigned(screen: Screen, document: dict[str, Any]) -> None:
    """Show which witnesses cosigned."""
    screen.line(_COSIGNED.fill(size=document["size"]))
    for one in document["witnesses"]:
        told = screen.tell(_AT.fill(time=utc(one["time"]))) if one["time"] else one["why"]
        screen.paragraph(f"{screen.mark(ok=bool(one['time']))} {one['name']}  {told}", 2)
    screen.line(_QUORUM if document["quorum"] else _NO_QUORUM, "bold")
    if document["missing"]:
        screen.paragraph(document["missing"])


def show_new_witness(screen: Screen, document: dict[str, Any]) -> None:
    """Show a new witness and its key, which is copied."""
    screen.paragraph(_NEW.fill(folder=document["folder"]))
    screen.line(document["key"])
    screen.paragraph(_NEXT)


def show_witness(screen: Screen, document: dict[str, Any]) -> None:
    """Show what a witness saw of each ledger."""
    rows: list[tuple[Text | str, str]] = [(_NAME, document["name"]), (_KEY, document["key"])]
    for log in document["logs"]:
        seen = _SEEN.fill(size=log["size"], time=utc(log["time"]))
        rows.append((log["origin"], screen.tell(seen if log["time"] else _NOTHING_SEEN)))
    show_pairs(screen, rows)
    if document["forks"]:
        screen.line()
        screen.paragraph(_FORKS.fill(names=", ".join(document["forks"])), 0)
    if document["unproved"]:
        screen.line()
        screen.paragraph(_UNPROVED.fill(names=", ".join(document["unproved"])), 0)
