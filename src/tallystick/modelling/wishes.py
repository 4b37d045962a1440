"""What an expert states about each column before a fit.

Owns `Wish`, one column's. Rules: what is not stated is empty, and the fit decides and says so; a
statement that cannot be kept is refused, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

Shape = Literal["auto", "rising", "falling", "peak", "valley", "none"]
SHAPES: tuple[Shape, ...] = ("auto", "rising", "falling", "peak", "valley", "none")

SHAPE_NOT_KEPT = Reason(
    "shape_not_kept",
    Text(
        "路线 {route} 不能保证列 {column} 的要求：{what}",
        "the route {route} cannot keep what is stated of column {column}: {what}",
    ),
    "docs/models.md",
    Text(
        "logistic 路线各种形状都能保证；否则请撤去这项要求。",
        "The route logistic keeps every shape; otherwise take the statement back.",
    ),
)
PEAK_OR_VALLEY = Text("峰或谷", "a peak or a valley")


@dataclass(frozen=True)
class Wish:
    """What is stated about one column.

    kind: "number" or "category" instead of what the values suggest. shape: of the score as the
    value grows. special: codes apart from values, as text. cuts: thresholds, rising, instead of
    found ones; groups: sets of categories instead of found ones. weight: of an expert table, in
    its own units. item: catalogue item. actionable: the organisation can lawfully change it.
    use: False leaves the column out.
    """

    kind: Literal["", "number", "category"] = ""
    shape: Shape = "auto"
    special: tuple[str, ...] = ()
    cuts: tuple[float, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    weight: str = ""
    zh: str = ""
    en: str = ""
    unit: str = ""
    item: str = ""
    actionable: bool = False
    use: bool = True
