"""Colours and marks: what a light looks like, and how dark a letter is.

Owns the palette of everything published. Rules: nothing is told by colour alone, so every light has
a mark of its own shape and a name; letters have a contrast of at least 4.5 to 1 with what they
stand on, shapes of at least 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from __future__ import annotations

from typing import NamedTuple

from tallystick.kernel.texts import Text

INK = "#1f2a37"  # letters
SOFT = "#56606e"  # lesser letters
RULE = "#8a94a3"  # axes and outlines
FAINT = "#d9dee5"  # grids
PAPER = "#ffffff"
SHADE = "#f3f5f8"  # grounds
BLUE = "#1d5b94"  # figures that are no judgement


class Light(NamedTuple):
    """How a light is shown. fill: of the mark; ink: letters on white; on: letters on the fill."""

    names: Text
    mark: str
    fill: str
    ink: str
    on: str


LIGHTS = {
    "green": Light(Text("绿", "green"), "●", "#1a7f37", "#1a7f37", "#ffffff"),
    "yellow": Light(Text("黄", "yellow"), "▲", "#a87b00", "#7d5700", "#ffffff"),
    "orange": Light(Text("橙", "orange"), "◆", "#cc5500", "#a84300", "#ffffff"),
    "red": Light(Text("红", "red"), "■", "#b3261e", "#b3261e", "#ffffff"),
}
NO_LIGHT = Light(Text("无", "none"), "○", "#e3e7ec", "#56606e", "#1f2a37")


def light_of(code: str | None) -> Light:
    """Return how the light `code` is shown; one that is not known is no light."""
    return LIGHTS.get(code or "", NO_LIGHT)
