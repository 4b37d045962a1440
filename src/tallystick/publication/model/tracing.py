"""What JR/T 0221-2021 asks to be traceable, and where the record of a card holds it.

Owns that list. Rules: the list is of a summary of the standard, not of its text, and says so;
what the card does not record is said to be missing, never left out.
"""

from __future__ import annotations

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Table
from tallystick.publication.pages import Block, Grid, Heading, Paragraph, grouped
from tallystick.scorecards.document import Card

_TITLE = Text("可追溯清单（JR/T 0221-2021）", "List for traceability (JR/T 0221-2021)")
_UNVERIFIED = Text(
    "未核实：清单依标准的摘要整理，尚未与标准正文核对。",
    "Unverified: the list follows a summary of the standard and was not checked against its text.",
)
_HEAD = (Text("要求", "Asked for"), Text("卡中所记", "What the card records"))
_MISSING = Text("没有记录", "not recorded")
_ELSEWHERE = Text("不在卡中，见账本", "not in the card: see the ledger")
_ROWS = Text("{rows} 行", "{rows} {rows:row|rows}")
_ASKED = {
    "source": Text("训练数据来源", "Source of the training data"),
    "time": Text("训练数据时间", "Time of the training data"),
    "volume": Text("训练数据量", "Volume of the training data"),
    "hash": Text("训练数据摘要", "Digest of the training data"),
    "sampling": Text("抽样与种子", "Sampling and seed"),
    "script": Text("建模程序", "Program of the fit"),
    "environment": Text("软硬件环境", "Hardware and software"),
    "when": Text("建模时间", "When it was fitted"),
    "operator": Text("建模和部署的操作人", "Who fitted and deployed it"),
    "monitoring": Text("监测与退出", "Monitoring and exit"),
}


def traceability(card: Card, language: str) -> list[Block]:
    """Return the list as blocks."""
    environment = card.record.get("environment") or {}
    training, seed = card.training, card.record.get("seed")
    version = environment.get("tallystick", "")
    machine = [environment.get(name, "") for name in ("machine", "system", "python")]
    held = {
        "source": training.file,
        "time": card.record.get("time") or "",
        "volume": _ROWS.fill(rows=training.rows).in_language(language) if training.rows else "",
        "hash": grouped(training.digest),
        "sampling": "" if seed is None else str(seed),
        "script": f"tallystick {version}" if version else "",
        "environment": ", ".join(filter(None, machine)),
        "when": environment.get("fitted_on", ""),
        "operator": _ELSEWHERE.in_language(language),
        "monitoring": _ELSEWHERE.in_language(language),
    }
    missing = _MISSING.in_language(language)
    rows = tuple(
        (text.in_language(language), held[name] or missing) for name, text in _ASKED.items()
    )
    head = tuple(one.in_language(language) for one in _HEAD)
    return [
        Heading(_TITLE.in_language(language)),
        Paragraph(_UNVERIFIED.in_language(language), "soft"),
        Grid(Table(head, rows), (3, 5)),
    ]
