"""A table of two variables as a picture: what each pair of cells gives.

Owns one picture. Rules: every cell carries its signed number, so that the shade only helps the eye;
better is blue, worse is brown, nothing is white; cells carry the number they have in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tallystick.kernel.texts import Text
from tallystick.publication.charts.drawing import SMALL, Chart, Drawing, Table, wrapped
from tallystick.publication.charts.inks import INK, RULE, SOFT

ROW = 40
_LEFT, _TOP, _WIDTH = 150, 52, 640
_BLUES = ("#ffffff", "#e3edf7", "#c3d9ee", "#a0c2e2")
_BROWNS = ("#ffffff", "#fbe9dc", "#f6d2b8", "#efb892")
_SAID = Text(
    "{title}：{rows} 行 {columns} 列，每格为两项合起来的分。",
    "{title}: {rows} by {columns} cells, each with the points of both together.",
)


def heat(
    down: Sequence[str],
    across: Sequence[str],
    points: Sequence[int],
    title: str,
    language: str,
    *,
    ident: str,
) -> Chart:
    """Draw points by row and column, row after row."""
    said = _SAID.fill(title=title, rows=len(down), columns=len(across)).in_language(language)
    drawing = Drawing(ident, title, said, _WIDTH, _TOP + ROW * len(down) + 8)
    pitch = Fraction(_WIDTH - _LEFT - 4, len(across))
    most = max(map(abs, points), default=0) or 1
    for at, name in enumerate(across):
        middle = _LEFT + pitch * at + pitch / 2
        drawing.lines(
            middle, _TOP // 2, wrapped(name, pitch - 6, SMALL, 3), SOFT, size=SMALL, anchor="middle"
        )
    for row, name in enumerate(down):
        top = _TOP + ROW * row
        drawing.lines(
            _LEFT - 8, top + ROW // 2, wrapped(name, _LEFT - 14, SMALL), SOFT, size=SMALL,
            anchor="end",
        )  # fmt: skip
        for at in range(len(across)):
            value = points[row * len(across) + at]
            shades = _BLUES if value > 0 else _BROWNS
            fill = shades[-(-3 * abs(value) // most)]
            drawing.rect(_LEFT + pitch * at, top, pitch, ROW, fill, stroke=RULE)
            drawing.text(
                _LEFT + pitch * at + pitch / 2, top + ROW // 2 + 5, f"{value:+d}", INK,
                anchor="middle",
            )  # fmt: skip
    cells = [
        (name, *(f"{one:+d}" for one in points[at * len(across) : (at + 1) * len(across)]))
        for at, name in enumerate(down)
    ]
    return Chart(drawing.svg(), title, said, Table((title, *across), tuple(cells)))
