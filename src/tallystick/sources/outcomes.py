"""What became of organisations, and in which order others would put them: files for a back-test.

Owns the reading of a file of outcomes (a code and a column that says bad or not) and of a file of
experts (an order of organisations, or weights for a scheme). Rules: only the columns named are
read, whatever else a file holds; a row that cannot be read is a problem with its line and never its
value; two rows that contradict each other leave the organisation out; nothing read here becomes a
record.

    >>> read_outcomes(Path("polish1.csv"), "y").bad["91999999PDY00001X5"]
    False
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from tallystick.kernel.errors import Problem, Reason
from tallystick.kernel.identifiers import check_uscc, normalise
from tallystick.kernel.texts import Text
from tallystick.sources.headers import find
from tallystick.sources.profiles import profile_of
from tallystick.sources.reasons import BAD_AMOUNT, BAD_BOOLEAN, EMPTY_CELL, ROW_UNREADABLE
from tallystick.sources.tables import Recognise, open_table
from tallystick.sources.values import ABSENT, UNREADABLE_CELL, boolean_of_cell, ratio_of_cell

CODE: Final = "uscc"
EXPERT, RANK, WEIGHTED, WEIGHT = "expert", "rank", "code", "weight"
UNNAMED: Final = "experts"

NO_SUCH_COLUMN = Reason(
    "no_such_column",
    Text("{file} 没有列 {column}", "{file} has no column {column}"),
    "docs/backtest.md",
    Text("请核对列名；结果列用 --target 指明。", "Check the headers; --target names the outcome."),
)
CONTRADICTED = Reason(
    "contradicted",
    Text(
        "同一组织在文件中有两种说法，不采用",
        "the file says two things about one organisation; neither is taken",
    ),
    "docs/backtest.md",
    Text("请在文件中改正后重来。", "Correct the file and run it again."),
)


class Outcomes(NamedTuple):
    """What a file says became of organisations: code -> whether it was bad. rows: those read."""

    bad: dict[str, bool]
    rows: int
    problems: list[Problem]


class Experts(NamedTuple):
    """What a file of experts holds: by expert, a rank for each code, or a weight for each part."""

    ranks: dict[str, dict[str, Decimal]]
    weights: dict[str, dict[str, Decimal]]
    problems: list[Problem]


def read_outcomes(path: Path, target: str) -> Outcomes:
    """Return what `path` says became of organisations.

    target: the header of the column; 1, yes, true, 是 mean bad. Raises: as `open_table`,
    NO_SUCH_COLUMN.
    """
    found: dict[str, bool] = {}
    contradicted: set[str] = set()
    problems: list[Problem] = []
    rows = 0
    for line, cells in _rows(path, (CODE, target), problems):
        rows += 1
        code, value = normalise(cells[0]), boolean_of_cell(cells[1])
        reason = check_uscc(code)
        if reason is None and value is UNREADABLE_CELL:
            reason = BAD_BOOLEAN
        if reason is None and value is ABSENT:
            reason = EMPTY_CELL
        if reason is None and found.get(code, value) is not value:
            contradicted.add(code)
            reason = CONTRADICTED
        if reason is not None:
            problems.append(_problem(reason, path, line, target))
            continue
        found[code] = value
    bad = {code: value for code, value in found.items() if code not in contradicted}
    return Outcomes(bad, rows, problems)


def read_experts(path: Path) -> Experts:
    """Return the orders or the weights in `path`.

    Columns `expert` (may be missing), `uscc`, `rank` (1 is best) are orders; `expert`, `code`,
    `weight` are weights. Raises: as `open_table`, NO_SUCH_COLUMN.
    """
    problems: list[Problem] = []
    headers = _headers(path, (CODE, EXPERT, RANK, WEIGHTED, WEIGHT))
    ranked = RANK in headers
    wanted: tuple[str, ...]
    wanted = (CODE, RANK) if ranked else (WEIGHTED, WEIGHT)
    if EXPERT in headers or not ranked:
        wanted = (EXPERT, *wanted)
    told: dict[str, dict[str, Decimal]] = {}
    for line, cells in _rows(path, wanted, problems):
        *expert, code, cell = cells
        named = expert[0].strip() if expert else UNNAMED
        code = normalise(code) if ranked else code.strip()
        value = ratio_of_cell(cell)
        reason = check_uscc(code) if ranked else None
        if reason is None and not (code and named and isinstance(value, str)):
            reason = EMPTY_CELL if value is ABSENT or not (code and named) else BAD_AMOUNT
        of_expert = told.setdefault(named, {})
        if reason is None and code in of_expert:
            reason = CONTRADICTED
        if reason is not None:
            problems.append(_problem(reason, path, line, wanted[-1]))
        else:
            of_expert[code] = Decimal(value)
    return Experts(told if ranked else {}, {} if ranked else told, problems)


def _problem(reason: Reason, path: Path, line: int, column: str) -> Problem:
    return reason.problem(file=path.name, line=line, column=column)


def _headers(path: Path, wanted: Sequence[str]) -> set[str]:
    with open_table(path, _recogniser(wanted)) as table:
        return {_meant(header, wanted) for header in table.headers}


def _rows(
    path: Path, wanted: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    """Yield line and the wanted cells of each row that is not empty; problems grow meanwhile."""
    with open_table(path, _recogniser(wanted)) as table:
        meant = [_meant(header, wanted) for header in table.headers]
        for name in wanted:
            if name not in meant:
                raise NO_SUCH_COLUMN.error(file=path.name, column=name)
        places = [meant.index(name) for name in wanted]
        for line, row in table.rows(places):
            if row is None:
                problems.append(_problem(ROW_UNREADABLE, path, line, ""))
                continue
            cells = [row[place] if place < len(row) else "" for place in places]
            if any(cells):
                yield line, cells


def _recogniser(wanted: Iterable[str]) -> Recognise:
    listed = tuple(wanted)
    return lambda cells: sum(_meant(cell, listed) in listed for cell in cells)


def _meant(header: str, wanted: Sequence[str]) -> str:
    """Return which of the wanted columns a header is; the header itself where it is none."""
    name = header.strip()
    if name in wanted:
        return name
    known = find(profile_of("roster"), header)
    return CODE if known is not None and known.code == CODE and CODE in wanted else name
