"""The names of what an evaluation speaks of, in the language spoken.

Owns the way from codes to names: bands, dimensions and rules by the document of their scheme,
lights and states by the words of this house. A code without a name stands for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tallystick.cli.pages.values import LIGHTS
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Cell
from tallystick.kernel.texts import Text

NO_LIGHT = Text("无", "none")
PROPOSAL = Text("预评", "PROPOSAL")
NO_PROPOSAL = Text("未成预评", "NO PROPOSAL")
STATUSES = {
    "proposal": PROPOSAL,
    "no_proposal": NO_PROPOSAL,
    "decided": Text("已认定", "DECIDED"),
    "declined": Text("不予认定", "DECLINED"),
    "not_evaluated": Text("未评价", "NOT EVALUATED"),
}
NOT_A_GRADE = Text(
    "预评 PROPOSAL：软件的建议，不是等级；由具名的人认定后才算等级。",
    "PROPOSAL (预评): worked out by the software, not a grade; only the decision of a named "
    "person makes a grade.",
)
RECORD_DIGITS = 12
_HUNDRED = Decimal(100)
_DOT = "●"


class Names:
    """Names out of the document of one scheme."""

    def __init__(self, scheme: Mapping[str, Any], language: str) -> None:
        self._language = language
        self.scheme = self._of(scheme.get("names"), scheme.get("id", ""))
        self._bands = self._table(scheme, "bands", "names")
        self._called = {one["names"]["zh"]: one["code"] for one in scheme.get("bands", ())}
        self._dimensions = self._table(scheme, "dimensions", "short")
        self._rules = self._table(scheme, "rules", "names")

    def _of(self, names: Mapping[str, str] | None, otherwise: str) -> str:
        return (names or {}).get(self._language) or otherwise

    def _table(self, scheme: Mapping[str, Any], part: str, which: str) -> dict[str, str]:
        return {one["code"]: self._of(one[which], one["code"]) for one in scheme.get(part, ())}

    def band(self, code: str | None, otherwise: str | None = None) -> str:
        """Return the name of a band; `otherwise`, or a dash, where there is none."""
        return self._bands.get(code or "", otherwise or code or "-")

    def band_called(self, name: str) -> str:
        """Return the name, in the language spoken, of the band sealed under its Chinese name."""
        return self._bands.get(self._called.get(name, ""), name or "-")

    def dimension(self, code: str, otherwise: str = "") -> str:
        """Return the short name of a dimension."""
        return self._dimensions.get(code, otherwise or code)

    def rule(self, code: str, otherwise: str = "") -> str:
        """Return the name of a risk rule."""
        return self._rules.get(code, otherwise or code)


def light_cell(screen: Screen, light: str | None) -> Cell:
    """Return a light as a dot and its word."""
    if light not in LIGHTS:
        return Cell(f"- {screen.tell(NO_LIGHT)}")
    return Cell(f"{_DOT} {screen.tell(LIGHTS[light])}", light)


def light_text(screen: Screen, light: str | None) -> str:
    """Return a light as a painted dot and its word."""
    cell = light_cell(screen, light)
    return screen.paint(cell.text, cell.paint) if cell.paint else cell.text


def percent(share: str) -> str:
    """Return a share such as "0.8123" in percent, rounded down: 100 % means all of it."""
    return f"{(Decimal(share) * _HUNDRED).to_integral_value(ROUND_FLOOR)}%"


def short(record: str) -> str:
    """Return the beginning of a record id, enough to find it by."""
    return record[:RECORD_DIGITS]
