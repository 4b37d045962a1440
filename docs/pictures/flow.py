"""Draws the way of a fact from file to decision and receipt, in both languages.

    python docs/pictures/flow.py

writes flow.en.svg and flow.zh.svg beside this file. Everything on the picture stands in the tables
below; the rest is boxes and arrows.
"""

# ruff: noqa: INP001 - a script beside its pictures, imported by nobody

from __future__ import annotations

import html
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
FONTS = (
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)
WIDTH, HEIGHT = 1180, 602
BOX_WIDTH, BOX_HEIGHT = 248, 116
INK, SOFT, LINE = "#1f2933", "#52606d", "#7b8794"


class Box(NamedTuple):
    """A box: where, in which colours, its heading and lines in English and Chinese."""

    column: int
    row: int
    fill: str
    edge: str
    en: tuple[str, ...]
    zh: tuple[str, ...]


FACT, PROOF, JUDGE, PERSON = "#e8f1fb", "#eaf6ec", "#fdf3e1", "#fbe9ea"
FACT_EDGE, PROOF_EDGE, JUDGE_EDGE, PERSON_EDGE = "#5b8fc7", "#5f9f6b", "#c99a3b", "#c0616a"

BOXES = (
    Box(0, 0, FACT, FACT_EDGE,
        ("Source file", "xlsx, csv, json, parquet", "eleven kinds of source"),
        ("来源文件", "xlsx、csv、json、parquet", "十一种来源")),
    Box(1, 0, FACT, FACT_EDGE,
        ("Read and checked", "personal cells are dropped,", "bad rows are listed"),
        ("读取与核对", "个人信息读取时即丢弃并计数", "不合格的行逐行列为问题")),
    Box(2, 0, FACT, FACT_EDGE,
        ("Record", "its maker, its deliverer, its", "channel: never confused"),
        ("记录", "谁作出事实、谁交付、", "经哪种渠道，从不混淆")),
    Box(3, 0, PROOF, PROOF_EDGE,
        ("Sealed", "body: encrypted, own key", "ledger: salted commitment"),
        ("封存", "内容：加密，一条一把钥匙", "账本：只有加盐的承诺值")),
    Box(0, 1, JUDGE, JUDGE_EDGE,
        ("The door", "public by law, or consent;", "every look is recorded"),
        ("入口", "依法公开的，或有授权的；", "每次查看都留记录")),
    Box(1, 1, JUDGE, JUDGE_EDGE,
        ("PROPOSAL 预评", "score, rules, light, reasons;", "worked out, not a grade"),
        ("预评 PROPOSAL", "得分、规则、矩阵、灯、理由；", "软件算出，不是等级")),
    Box(2, 1, PERSON, PERSON_EDGE,
        ("A named officer", "confirms, changes, declines,", "with reason and signature"),
        ("具名的认定人", "确认、更改或不予认定，", "写明理由并签名")),
    Box(3, 1, PERSON, PERSON_EDGE,
        ("Decision = grade", "sealed like every record:", "who, when, why"),
        ("认定 = 等级", "与其他记录一样封存：", "谁、何时、为什么")),
    Box(1, 2, PROOF, PROOF_EDGE,
        ("Trust file", "whose keys count; handed", "over by another way"),
        ("信任文件", "哪些公钥算数；", "经另一途径交付")),
    Box(2, 2, PROOF, PROOF_EDGE,
        ("tally verify", "offline, no workspace:", "unchanged, sealed by whom"),
        ("tally verify", "离线，不需要工作区：", "未被改动，由谁封存")),
    Box(3, 2, PROOF, PROOF_EDGE,
        ("Receipt (.tally)", "of any record: both Merkle", "paths and the checkpoint"),
        ("回执（.tally）", "任何一条记录都可出具：", "两段哈希路径和检查点")),
)  # fmt: skip
ROWS = (
    ("Facts", "事实"),
    ("Judgement", "评价与认定"),
    ("Proof", "证明"),
)


def left(column: int) -> int:
    """Return the left edge of a column, in pixels."""
    return 50 + column * (BOX_WIDTH + 29)


def top(row: int) -> int:
    """Return the upper edge of a row, in pixels."""
    return 66 + row * (BOX_HEIGHT + 74)


def drawn_box(box: Box, *, english: bool) -> str:
    """Return one box with its heading and lines."""
    x, y = left(box.column), top(box.row)
    head, *lines = box.en if english else box.zh
    parts = [
        (
            f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="10" '
            f'fill="{box.fill}" stroke="{box.edge}" stroke-width="1.5"/>'
        ),
        written(head, x + BOX_WIDTH // 2, y + 34, 19, INK, weight=600),
    ]
    parts += [
        written(line, x + BOX_WIDTH // 2, y + 64 + 24 * number, 15, SOFT)
        for number, line in enumerate(lines)
    ]
    return "\n".join(parts)


def written(text: str, x: int, y: int, size: int, colour: str, weight: int = 400) -> str:
    """Return a centred line of text."""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="middle">{html.escape(text)}</text>'
    )


def drawn_arrow(points: list[tuple[int, int]]) -> str:
    """Return a line through `points` with a head at its end."""
    path = " L ".join(f"{x} {y}" for x, y in points)
    return f'<path d="M {path}" fill="none" stroke="{LINE}" stroke-width="2" marker-end="url(#h)"/>'


def arrows() -> list[str]:
    """Return all arrows."""
    found = []
    for row, columns in ((0, range(3)), (1, range(3))):
        y = top(row) + BOX_HEIGHT // 2
        found += [drawn_arrow([(left(c) + BOX_WIDTH, y), (left(c + 1) - 5, y)]) for c in columns]
    middle = BOX_WIDTH // 2
    bend = top(0) + BOX_HEIGHT + 30
    down = [(left(3) + middle - 60, top(0) + BOX_HEIGHT), (left(3) + middle - 60, bend)]
    found.append(drawn_arrow([*down, (left(0) + middle, bend), (left(0) + middle, top(1) - 5)]))
    x = left(3) + middle
    found.append(drawn_arrow([(x, top(1) + BOX_HEIGHT), (x, top(2) - 5)]))
    y = top(2) + BOX_HEIGHT // 2
    found.append(drawn_arrow([(left(3), y), (left(2) + BOX_WIDTH + 5, y)]))
    found.append(drawn_arrow([(left(1) + BOX_WIDTH, y), (left(2) - 5, y)]))
    return found


def drawn(*, english: bool) -> str:
    """Return the picture in one language."""
    title = (
        "From a source file to a decision and a receipt" if english else "从来源文件到认定和回执"
    )
    names = [
        f'<text x="{left(0)}" y="{top(row) - 14}" font-size="15" font-weight="600" '
        f'fill="{SOFT}">{html.escape(en if english else zh)}</text>'
        for row, (en, zh) in enumerate(ROWS[:2])
    ]
    en, zh = ROWS[2]
    names.append(
        f'<text x="{left(1)}" y="{top(2) - 14}" font-size="15" font-weight="600" '
        f'fill="{SOFT}">{html.escape(en if english else zh)}</text>'
    )
    boxes = [drawn_box(box, english=english) for box in BOXES]
    head = (
        '<marker id="h" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M 0 0 L 10 5 L 0 10 z" fill="{LINE}"/></marker>'
    )
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
                f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="{html.escape(FONTS)}">'
            ),
            f"<title>{title}</title>",
            f"<defs>{head}</defs>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="#ffffff"/>',
            *names,
            *arrows(),
            *boxes,
            "</svg>",
            "",
        ]
    )


if __name__ == "__main__":
    for language in ("en", "zh"):
        target = FOLDER / f"flow.{language}.svg"
        target.write_text(drawn(english=language == "en"), encoding="utf-8")
