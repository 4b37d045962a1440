"""What the check of a report, or of the code printed on one, says.

Owns the pages of `tally verify` for paper. What is told of a grade comes from the sealed records,
never from the page.
"""

from __future__ import annotations

from typing import Any

from tallystick.app.bands import band_text
from tallystick.cli.pages import naming
from tallystick.cli.pages.values import LIGHTS, show_pairs
from tallystick.cli.pages.verdict import show_checks, show_head
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text
from tallystick.records.bodies import named_officer

_MEANS_PAPER = Text(
    "证明这份报告与封存时一字不差，并证明它当时所示的评价；不证明事实为真，也不证明评价至今未变。",
    "It proves that this report is byte for byte the one that was sealed, and what it showed then; "
    "not that the facts are true, nor that the grade still stands.",
)
_SHOWN = Text("封存的记录所说", "What the sealed records say")
_SUBJECT = Text("主体", "organisation")
_STATUS = Text("状态", "status")
_BAND = Text("等级", "grade")
_PROPOSED = Text("建议等级（预评）", "proposed band")
_LIGHT = Text("灯", "light")
_SCORE = Text("得分", "score")
_SCHEME = Text("方案", "scheme")
_AS_OF = Text("以何日为准", "as of")
_ISSUED = Text("出具日期", "issued")
_RECORDED = Text("封存日期", "sealed")
_DECIDED = Text("认定", "decided")
_BY = Text("{day}，{officer}", "{day}, by {officer}")
_BY_SCRIPT = Text("{day}，{officer}，由脚本作出", "{day}, by {officer}, made by a script")
_ONLY_CODE = Text("检查点可信，记录尚未证明", "CHECKPOINT TRUSTED, RECORD NOT PROVED")
_RECORD = Text("所印的记录", "record printed")
_LEDGER = Text("账本", "ledger")
_SIZE = Text("{origin}，第 {size} 个条目时的检查点", "{origin}, checkpoint at {size} entries")


def show_paper(screen: Screen, document: dict[str, Any], *, trusting: bool) -> None:
    """Show the verdict of a report. trusting: a trust file was given."""
    show_head(screen, document, _MEANS_PAPER, trusting=trusting)
    _show_shown(screen, document["shows"])


def show_code(screen: Screen, document: dict[str, Any], *, trusting: bool) -> None:
    """Show the verdict of a printed code. trusting: a trust file was given."""
    steps = {one["step"]: one["ok"] for one in document["checks"]}
    if not document["consistent"] or steps.get("proof") or not steps.get("printed"):
        show_head(screen, document, Text(document["proves"], document["proves"]), trusting=trusting)
        if not document["valid"]:
            screen.paragraph(document["proves"])
    else:
        screen.line(_ONLY_CODE, "bold", "yellow")
        screen.paragraph(document["proves"])
        screen.line()
        show_checks(screen, document["checks"])
        screen.line()
        where = _SIZE.fill(origin=document["origin"], size=document["size"])
        show_pairs(screen, [(_RECORD, document["record"]), (_LEDGER, screen.tell(where))])
    if document["said"] and steps.get("proof"):
        screen.paragraph(document["said"])
    _show_shown(screen, document["shows"])


def _show_shown(screen: Screen, shows: dict[str, Any]) -> None:
    """Show subject, grade, light, state, dates and who decided."""
    if not shows:
        return
    screen.line()
    screen.line(_SHOWN, "bold")
    officer = named_officer(shows["officer"], shows["officer_key"])
    by = _BY_SCRIPT if shows["scripted"] else _BY
    told: list[tuple[Text | str, Any]] = [
        (_SUBJECT, shows.get("subject")),
        (_STATUS, naming.STATUSES.get(shows["status"], shows["status"])),
        (
            _BAND if shows["status"] in {"decided", "declined"} else _PROPOSED,
            band_text(shows["band"]),
        ),
        (_LIGHT, LIGHTS.get(shows["light"], shows["light"])),
        (_SCORE, shows["score"]),
        (_SCHEME, shows["scheme"]),
        (_AS_OF, shows.get("as_of")),
        (_ISSUED if "format" in shows else _RECORDED, shows.get("recorded")),
        (_DECIDED, shows["officer"] and by.fill(day=shows["decided_on"], officer=officer)),
    ]
    show_pairs(screen, [(name, screen.tell(value)) for name, value in told if value])
    if shows["status"] in {"proposal", "no_proposal"}:
        screen.paragraph(naming.NOT_A_GRADE, 0, "yellow")
