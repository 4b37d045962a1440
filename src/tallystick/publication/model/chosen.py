"""What a fit chose for itself on inner folds, in words.

Owns the labels of `record.fit`. Rules: what is not known here is not told, since another program
may have written it; values are shown as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tallystick.kernel.texts import Text
from tallystick.publication.pages import Block, Heading, Pairs
from tallystick.scorecards.document import Card

_TITLE: Final = Text("拟合时在内层折上选定的", "What the fit chose on inner folds")
_LABELS: Final = {
    "alpha": Text("分箱的显著性水平", "Significance level of bins"),
    "least_share": Text("一箱至少占的行", "Share of rows in a bin, at least"),
    "evidence": Text("拟合一行所用的证据", "Evidence a row is fitted with"),
    "ridge": Text("岭惩罚", "Ridge penalty"),
    "recalibrated": Text("再校准（截距，斜率）", "Recalibrated by intercept, slope"),
    "main_trees": Text("单变量的树", "Trees of one variable"),
    "pair_trees": Text("成对变量的树", "Trees of pairs"),
    "calibration": Text("校准的形式", "Form of calibration"),
    "intercept": Text("校准的截距", "Intercept of calibration"),
    "slopes": Text("校准的斜率", "Slopes of calibration"),
}
_VALUES: Final = {
    "crossed": Text("其他折的", "of the folds it is not in"),
    "plain": Text("全部行的", "of all rows"),
    "platt": Text("Platt", "Platt"),
    "beta": Text("Beta", "beta"),
}


def chosen(card: Card, language: str) -> list[Block]:
    """Return what the fit of a card chose, as blocks; nothing where it says nothing known."""
    found = card.record.get("fit")
    if not isinstance(found, Mapping):
        return []
    rows = tuple(
        (label.in_language(language), _told(found[name], language))
        for name, label in _LABELS.items()
        if name in found
    )
    return [Heading(_TITLE.in_language(language)), Pairs(rows)] if rows else []


def _told(value: object, language: str) -> str:
    if isinstance(value, str) and value in _VALUES:
        return _VALUES[value].in_language(language)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
