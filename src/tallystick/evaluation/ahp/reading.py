"""From the cells of files to answers: square matrices and lists of pairs.

Owns the two shapes of a questionnaire. Rules: everything wrong is found at once and named by file,
sheet, line and cell, never by what stands there; an answer with a problem is left out whole and the
others are kept; columns about people are not read; a sheet of explanations is passed over.

A square matrix has the items in its first row and column. A list has columns a, b and judgment, and
may have expert, weight and group. Lines above a list may say `expert`, `weight` and `group`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from tallystick.evaluation.ahp import faults
from tallystick.evaluation.ahp.collecting import Collector, Position, weight_of
from tallystick.evaluation.ahp.hierarchy import Layer
from tallystick.evaluation.ahp.judgments import ITEMS_MAX, Judgments, Pair, read_judgment
from tallystick.evaluation.ahp.questionnaires import Answer
from tallystick.kernel.errors import Problem, TallyError

Line = tuple[int, Sequence[str]]
"""The line a row stands in (1-based), and its cells."""

_HEADERS: Mapping[str, frozenset[str]] = {
    "a": frozenset({"a", "item a", "甲", "甲项"}),
    "b": frozenset({"b", "item b", "乙", "乙项"}),
    "judgment": frozenset({"judgment", "judgement", "value", "判断", "标度"}),
    "expert": frozenset({"expert", "专家"}),
    "weight": frozenset({"weight", "expert weight", "专家权重", "权重"}),
    "group": frozenset({"group", "组", "组别", "分组"}),
}
_NEEDED = ("a", "b", "judgment")
_ABOVE = ("expert", "weight", "group")


class Sheet(NamedTuple):
    """One table of a file: "" or the name of the sheet, and its rows."""

    name: str
    rows: Sequence[Line]


class _Square(NamedTuple):
    """A matrix: name of its sheet, rows, what stands above it, what problems call the sheet."""

    name: str
    rows: Sequence[Line]
    above: Mapping[str, str]
    shown: str


class Guard(NamedTuple):
    """What is kept out: headers that announce personal data, texts that hold personal numbers."""

    header: Callable[[str], bool]
    text: Callable[[str], bool]


def read_sheets(
    file: str, sheets: Sequence[Sheet], layers: Sequence[Layer], guard: Guard
) -> tuple[list[Answer], list[Problem]]:
    """Return the answers in the tables of one file, and all problems.

    layers: the groups of the scheme the file answers; empty for a file on its own.
    """
    collector = Collector(file, layers, guard.text)
    squares: list[_Square] = []
    above: dict[str, str] = {}
    for sheet in sheets:
        collector.sheet = _shown(sheet, sheets, guard)
        own = dict(above) if len(sheets) == 1 else {**above, "group": ""}
        rows = _below(sheet.rows, own)
        if not above:
            above = {key: value for key, value in own.items() if key != "group"}
        columns = _columns(rows[0][1]) if rows else {}
        if all(name in columns for name in _NEEDED):
            _read_pairs(collector, rows, columns, own, guard)
        else:
            squares += [_Square(sheet.name, block, own, collector.sheet) for block in _blocks(rows)]
    _read_squares(collector, squares)
    return collector.finished()


def _shown(sheet: Sheet, sheets: Sequence[Sheet], guard: Guard) -> str:
    """Return what a problem calls a sheet: its name, its place where that is a personal number."""
    if len(sheets) == 1:
        return ""
    return f"#{sheets.index(sheet) + 1}" if guard.text(sheet.name) else sheet.name


def _key(cell: str) -> str:
    return cell.strip().lower().replace("_", " ")


def _known(cell: str) -> str:
    """Return what a header means, "" where it is not known. Two languages may stand in one cell."""
    words = {_key(cell), *(_key(part) for part in cell.replace("\n", "/").split("/"))}
    return next((name for name, spellings in _HEADERS.items() if words & spellings), "")


def _below(rows: Sequence[Line], above: dict[str, str]) -> list[Line]:
    """Return the rows from the header on; what lines above it say goes to `above`."""
    for at, (_, cells) in enumerate(rows):
        filled = [cell for cell in cells if cell.strip()]
        name = _known(filled[0]) if filled else ""
        known = {_known(cell) for cell in filled}
        if known.issuperset(_NEEDED):
            return list(rows[at:])
        if name in _ABOVE and len(filled) <= 2:  # noqa: PLR2004 - a name and what it is
            above[name] = filled[1].strip() if len(filled) > 1 else ""
        elif len(filled) > 1 or (filled and not cells[0].strip()):
            return list(rows[at:])
    return []


def _columns(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _known(cell)
        if name:
            found.setdefault(name, place)
    return found


# -- lists of pairs -------------------------------------------------------------------------------


def _read_pairs(
    collector: Collector,
    rows: Sequence[Line],
    columns: Mapping[str, int],
    above: Mapping[str, str],
    guard: Guard,
) -> None:
    head, header = rows[0]
    for place, cell in enumerate(header):
        if place not in columns.values() and guard.header(cell):
            collector.report(faults.PERSONAL_ANSWER, Position(head, place), position=place + 1)
    for line, cells in rows[1:]:
        told = {
            name: cells[place].strip() if place < len(cells) else ""
            for name, place in columns.items()
        }
        if not any(told.get(name) for name in _NEEDED):
            continue
        for name in _ABOVE:
            told[name] = told.get(name) or above.get(name, "")
        collector.pair(told, line, columns)


# -- square matrices ------------------------------------------------------------------------------


def _blocks(rows: Sequence[Line]) -> list[list[Line]]:
    """Return what looks like matrices, names to the right and names below, parted by empty rows."""
    blocks: list[list[Line]] = []
    before = -1
    for line, cells in rows:
        if line != before + 1:
            blocks.append([])
        blocks[-1].append((line, cells))
        before = line
    return [block for block in blocks if len(block) > 1 and any(map(str.strip, block[0][1][1:]))]


def _read_squares(collector: Collector, squares: Sequence[_Square]) -> None:
    """Read matrices; several of the same items are several experts, of others several groups."""
    named = [frozenset(cell.strip() for cell in square.rows[0][1][1:]) for square in squares]
    same = len(set(named)) == 1
    for square in squares:
        above = square.above
        collector.sheet = square.shown
        corner = square.rows[0][1][0].strip() if square.rows[0][1] else ""
        called = corner or (square.name if len(squares) > 1 else "")
        expert = above.get("expert", "") or (called if same else "")
        group = above.get("group", "") or ("" if same else called)
        _read_square(collector, square.rows, expert, group, above.get("weight", ""))


def _read_square(
    collector: Collector, rows: Sequence[Line], expert: str, group: str, weight: str
) -> None:
    head, header = rows[0]
    label = collector.label(expert, Position(head, 0))
    before = len(collector.problems)
    share = weight_of(weight, Position(head, 0), collector)
    layer = collector.layer(group, [cell.strip() for cell in header[1:]], Position(head, 0))
    names = _names(collector, header, head)
    pairs: dict[Pair, Fraction] = {}
    items: list[str] = []
    if len(collector.problems) == before:
        items = [collector.item(layer, name) for name in names]
        pairs = _pairs(collector, rows, items, layer)
    if len(collector.problems) == before and pairs:
        judged = Judgments(tuple(items), dict(sorted(pairs.items())))
        collector.add(
            Answer(label, layer.name if layer else group, judged, share, collector.file), head
        )


def _names(collector: Collector, header: Sequence[str], line: int) -> list[str]:
    names = [cell.strip() for cell in header[1:]]
    while names and not names[-1]:
        names.pop()
    for place, name in enumerate(names):
        if not name:
            collector.report(
                faults.ITEM_NAME_MISSING, Position(line, place + 1), position=place + 2
            )
        elif name in names[:place]:
            collector.report(faults.ITEM_TWICE, Position(line, place + 1), position=place + 2)
    if len(names) < 2:  # noqa: PLR2004 - a comparison has two sides
        collector.report(faults.TOO_FEW_ITEMS, Position(line, 0))
    if len(names) > ITEMS_MAX:
        collector.report(faults.TOO_MANY_ITEMS, Position(line, 0), most=ITEMS_MAX)
    return names


def _pairs(
    collector: Collector, rows: Sequence[Line], items: Sequence[str], layer: Layer | None
) -> dict[Pair, Fraction]:
    """Return the judgments of a matrix; both halves may be there if they fit."""
    pairs: dict[Pair, Fraction] = {}
    places: dict[Pair, Position] = {}
    seen: set[str] = set()
    for line, cells in rows[1:]:
        name = cells[0].strip() if cells else ""
        if not name:
            if any(cell.strip() for cell in cells):
                collector.report(faults.ITEM_NAME_MISSING, Position(line, 0), position=1)
            continue
        code = collector.item(layer, name)
        if code not in items:
            known = ", ".join(items)
            at = Position(line, 0)
            collector.report(faults.UNKNOWN_COMPARED, at, position=1, group="", known=known)
            continue
        if code in seen:
            collector.report(faults.ITEM_TWICE, Position(line, 0), position=1)
            continue
        seen.add(code)
        _read_row(collector, line, cells, items, items.index(code), pairs, places)
    if len(seen) != len(items) and not collector.problems:
        collector.report(
            faults.NOT_SQUARE, Position(rows[0][0], 0), columns=len(items), rows=len(seen)
        )
    return pairs


def _read_row(
    collector: Collector,
    line: int,
    cells: Sequence[str],
    items: Sequence[str],
    row: int,
    pairs: dict[Pair, Fraction],
    places: dict[Pair, Position],
) -> None:
    for place, cell in enumerate(cells[1:], start=1):
        at = Position(line, place)
        column = place - 1
        if column >= len(items):
            if cell.strip():
                collector.report(faults.NOT_SQUARE, at, columns=len(items), rows=len(cells) - 1)
            continue
        try:
            value = read_judgment(cell)
        except TallyError as fault:
            collector.fault(fault, at)
            continue
        if value is None:
            continue
        if row == column:
            if value != 1:
                collector.report(faults.DIAGONAL_NOT_ONE, at, a=items[row])
            continue
        pair = (min(row, column), max(row, column))
        told = value if row < column else 1 / value
        if pair in pairs and pairs[pair] != told:
            a, b = items[pair[0]], items[pair[1]]
            collector.report(faults.NOT_RECIPROCAL, at, a=a, b=b)
        pairs[pair] = told
        places[pair] = at
