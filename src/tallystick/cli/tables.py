"""Tables of text, in cells.

Owns the layout: columns as wide as their longest cell, the flexible ones wrapped when the line is
too long for the screen, numbers to the right. A cell may be painted; its width is that of its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tallystick.cli.cells import pad, width, wrap
from tallystick.cli.screen import Screen

GAP = 2
FLEXIBLE_CELLS_MIN = 14


class Column(NamedTuple):
    """A column. right: numbers; flexible: wrapped when there is no room, down to `least` cells."""

    name: str
    right: bool = False
    flexible: bool = False
    least: int = FLEXIBLE_CELLS_MIN


class Cell(NamedTuple):
    """What stands in a cell, and how it is painted."""

    text: str
    paint: str = ""


def show_table(
    screen: Screen,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell | str]],
    indent: int = 0,
    gap: int = GAP,
) -> None:
    """Write a table under its headings; nothing for no rows. indent, gap: cells."""
    if not rows:
        return
    cells = [[one if isinstance(one, Cell) else Cell(one) for one in row] for row in rows]
    widths = fitted(screen.cells - indent, columns, cells, gap)
    head = [Cell(column.name, "bold") for column in columns]
    for row in (head, *cells):
        for line in _lines(screen, columns, row, widths, gap):
            screen.line(" " * indent + line)


def natural_width(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> int:
    """Return how wide a table would be without wrapping."""
    return sum(_longest(columns, rows)) + GAP * (len(columns) - 1)


def fitted(
    cells: int, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], gap: int = GAP
) -> list[int]:
    """Return the width of each column in a line of `cells`."""
    widths = _longest(columns, rows)
    over = sum(widths) + gap * (len(columns) - 1) - cells
    while over > 0:
        roomy = [p for p, one in enumerate(columns) if one.flexible and widths[p] > one.least]
        if not roomy:
            break
        widths[max(roomy, key=widths.__getitem__)] -= 1
        over -= 1
    return widths


def _longest(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    return [
        max(
            [width(line) for row in rows for line in row[place].text.split("\n")]
            + [width(column.name)]
        )
        for place, column in enumerate(columns)
    ]


def _lines(
    screen: Screen,
    columns: Sequence[Column],
    row: Sequence[Cell],
    widths: Sequence[int],
    gap: int,
) -> list[str]:
    wrapped = [wrap(cell.text, room) for cell, room in zip(row, widths, strict=True)]
    lines = []
    for at in range(max(len(one) for one in wrapped)):
        parts = []
        for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
            text = wrapped[place][at] if at < len(wrapped[place]) else ""
            padded = pad(text, widths[place], right=column.right)
            if place == len(columns) - 1 and not column.right:
                padded = text
            painted = screen.paint(text, cell.paint) if cell.paint and text else text
            parts.append(padded.replace(text, painted, 1) if text else padded)
        lines.append((" " * gap).join(parts).rstrip())
    return lines
