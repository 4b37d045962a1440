"""What experts' answers came to, for a card that is weighed by them.

Owns its heading, the weights and how consistent the answers are; a card without them gets nothing.
"""

from __future__ import annotations

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Table
from tallystick.publication.pages import Block, Grid, Heading, Paragraph, grouped
from tallystick.scorecards.document import Card
from tallystick.scorecards.sentences import label_of

_TITLE = Text("专家赋权（层次分析法）", "Weights from experts (AHP)")
_TOLD = Text(
    "{n} 位专家作答，一致性比率 CR 为 {cr}（须小于 0.10）；答卷摘要 {digest}，"
    "答卷本身在评分卡文件中。",
    "{n} {n:expert|experts} answered with a consistency ratio CR of {cr} (below 0.10 is asked "
    "for); digest of the answers {digest}, which are in the card.",
)
_UNTESTED = Text(
    "答卷只有最少的判断，没有一个多余：是否一致无从检验。",
    "The answers hold the least judgments and none beyond: whether they are consistent cannot be "
    "tested.",
)
_HEADS = (Text("变量", "Variable"), Text("权重", "Weight"))


def panel(card: Card, language: str) -> list[Block]:
    """Return the weights experts gave and how consistent they are, as blocks."""
    found = card.record.get("weighing")
    if not found:
        return []
    told = _TOLD.fill(
        n=len(found["answers"]["experts"]), cr=found["cr"], digest=grouped(found["digest"])
    )
    rows = tuple(
        (
            label_of(card.variable[name]).in_language(language) if name in card.variable else name,
            weight,
        )
        for name, weight in found["weights"]
    )
    heads = tuple(one.in_language(language) for one in _HEADS)
    blocks: list[Block] = [
        Heading(_TITLE.in_language(language)),
        Paragraph(told.in_language(language)),
    ]
    if not found["testable"]:
        blocks.append(Paragraph(_UNTESTED.in_language(language), "warning"))
    return [*blocks, Grid(Table(heads, rows), (5, 3), right=(1,))]
