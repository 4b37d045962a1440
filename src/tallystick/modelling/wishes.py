"""What an expert states about each column before a fit.

Owns `Wish`, one column's. Rules: what is not stated is empty, and the fit decides and says so; a
statement that cannot be kept is refused, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["auto", "rising", "falling", "peak", "valley", "none"]
SHAPES: tuple[Shape, ...] = ("auto", "rising", "falling", "peak", "valley", "none")


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
