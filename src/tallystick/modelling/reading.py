"""A modeller's file as a table, an outcome and a list of everything that was done to it.

Owns what the columns of an opened file mean. Rules: what is left out, taken as missing or read as
something else is a `Treatment`; rows without an outcome are left out and counted; an outcome that
is not plainly good or bad, negative weights and an empty file are refused; columns that say when or
whose (`aside`) are kept apart and are no inputs.

    read = read_file(Path("companies.csv"), "y", aside=("uscc", "year"))
    card = fit_logistic(read.table, read.y, settings, read.weights)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tallystick.evaluation.backtesting import ONE_OUTCOME
from tallystick.kernel.errors import Problem, Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.opening import Opened, open_columns
from tallystick.modelling.tables import (
    Column,
    Floats,
    MemoryTable,
    OnDisk,
    Rows,
    Table,
    from_arrays,
)
from tallystick.modelling.treatments import LINES_SHOWN, Treatment, look_at

BAD_WORDS: Final = frozenset(
    {"1", "true", "yes", "y", "bad", "default", "defaulted", "bankrupt"}
    | {"是", "坏", "违约", "不良", "破产"}
)
GOOD_WORDS: Final = frozenset(
    {"0", "false", "no", "n", "good", "normal", "performing", "否", "好", "正常", "良好"}
)
BOTH: Final = 2

EMPTY_TABLE = Reason(
    "empty_table", Text("{file} 没有数据行", "{file} has no rows"), "docs/models.md"
)
NO_COLUMN_TO_READ = Reason(
    "no_column_to_read",
    Text("{file} 没有列“{column}”", "{file} has no column “{column}”"),
    "docs/models.md",
    Text(
        "第一行（Excel 为第一个工作表的）须是列名，上面没有标题或说明。",
        "The first row (in Excel of the first sheet) holds the names of the columns, with no title "
        "or note above it.",
    ),
)
UNCLEAR_OUTCOME = Reason(
    "unclear_outcome",
    Text(
        "目标列“{column}”有 {count} 种值，看不出哪种是坏",
        "the outcome “{column}” has {count} different values, and it is not plain which is bad",
    ),
    "docs/models.md",
    Text(
        "请用 0/1、true/false，或以 --bad 指明坏的那个值；要按一个数排序，用 --route linear。",
        "Use 0/1 or true/false, or say --bad VALUE; to rank by a number, --route linear.",
    ),
)
BAD_WEIGHT_COLUMN = Reason(
    "bad_weight_column",
    Text(
        "权重列“{column}”有 {count} 行为负、缺失或无穷，首在第 {lines} 行",
        "{count} rows of the weights “{column}” are negative, missing or infinite; "
        "the first in line {lines}",
    ),
    "docs/models.md",
    Text(
        "权重是非负的有限数，且不全为零。",
        "A weight is finite and not negative; not all are nought.",
    ),
)
_NO_OUTCOME = Text("{rows} 行没有结果，不参加建模", "{rows} rows have no outcome and are left out")
_NO_WEIGHT = Text("{rows} 行权重为零", "{rows} rows have a weight of nought")


@dataclass(frozen=True, eq=False)
class Reading:
    """A file read.

    table: the inputs. whole: every column of the file with every row, left out or not, which is
    what the charter looks at. aside: columns that say whose a row is or when, as asked for. dates:
    columns left out as dates. y, weights: None if not asked for. lines: where each row stood in the
    file. All but `whole` have the same rows. unclear: columns whose numbers are not written as they
    can be read.
    """

    table: Table
    whole: Table
    y: Floats | None
    weights: Floats | None
    aside: dict[str, Column]
    dates: Table
    lines: Rows
    treatments: tuple[Treatment, ...]
    problems: tuple[Problem, ...] = ()
    unclear: frozenset[str] = frozenset()


class Narrowed:
    """A table of some of the columns of another."""

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        self._table = table
        self._names = tuple(names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names kept, in order."""
        return self._names

    @property
    def rows(self) -> int:
        """How many organisations."""
        return self._table.rows

    def column(self, name: str) -> Column:
        """Return one column."""
        return self._table.column(name)

    def take(self, rows: Rows) -> MemoryTable:
        """Return these rows of the columns kept, in memory."""
        return MemoryTable(self.column(name).take(rows) for name in self._names)


def narrowed(table: Table, names: Sequence[str]) -> Table:
    """Return some of the columns of a table, on disk if it is."""
    if isinstance(table, OnDisk):
        return OnDisk(names, table.rows, table.column)
    return Narrowed(table, names)


def read_file(
    path: Path,
    target: str = "",
    *,
    bad: str = "",
    number: bool = False,
    weights: str = "",
    aside: Sequence[str] = (),
    categories: Sequence[str] = (),
    memory_bytes_max: int | None = None,
) -> Reading:
    """Return a file opened and interpreted. Raises: as `open_columns` and `interpret`."""
    opened = open_columns(path, memory_bytes_max)
    return interpret(
        *(opened, target),
        bad=bad,
        number=number,
        weights=weights,
        aside=aside,
        categories=categories,
    )


def interpret(  # noqa: PLR0913 - as `read_file`
    opened: Opened,
    target: str = "",
    *,
    bad: str = "",
    number: bool = False,
    weights: str = "",
    aside: Sequence[str] = (),
    categories: Sequence[str] = (),
    needed: Sequence[str] = (),
    unused: Collection[str] = (),
) -> Reading:
    """Return what the columns of an opened file are; may be asked again and again.

    target: the column of outcomes; bad: its value that means bad; number: it is any number, for a
    linear fit. categories: columns of numbers, or mixtures, that are codes. needed: columns a card
    reads, which stay whatever they hold here. unused: columns that are not refused for how their
    numbers are written.

    Raises: the reasons of this module, `one_outcome`, `looks_like_numbers`, `some_percent`.
    """
    apart = [name for name in (target, weights, *aside) if name]
    _require(opened, (*apart, *categories))
    columns = {name: opened.table.column(name) for name in apart}
    y = outcome_of(columns[target], bad, number=number) if target else None
    w = weights_of(columns[weights], opened.lines) if weights else None
    done = _said_of(opened, aside, categories)
    table = narrowed(opened.table, [n for n in opened.table.names if n not in apart])
    kept = np.arange(table.rows) if y is None else np.flatnonzero(~np.isnan(y))
    if y is not None and len(kept) < len(y):
        gone = len(y) - len(kept)
        done.append(Treatment(target, "no_outcome", _NO_OUTCOME.fill(rows=gone), gone))
        table, y = table.take(kept), y[kept]
        w = None if w is None else w[kept]
    if y is not None and not number and len(np.unique(y)) < BOTH:
        raise ONE_OUTCOME.error(bad=int(y.sum()), good=int(len(y) - y.sum()))
    if w is not None and not w.all():
        nought = int((w == 0).sum())
        done.append(Treatment(weights, "no_weight", _NO_WEIGHT.fill(rows=nought), nought))
    table = _as_categories(table, categories)
    done = [one for one in _looked_at(table, done) if not (one.leaves_out and one.column in needed)]
    left_out = {one.column for one in done if one.leaves_out}
    dates = narrowed(table, [one.column for one in done if one.code == "date" and one.leaves_out])
    table = narrowed(table, [name for name in table.names if name not in left_out])
    _refuse_unclear(opened, needed or table.names, {*unused, *categories, *apart})
    said = {name: columns[name].take(kept) for name in aside}
    problems = [one for one in opened.problems if one.field not in {*apart, *categories}]
    return Reading(
        table,
        opened.table,
        y,
        w,
        said,
        dates,
        opened.lines[kept],
        tuple(done),
        tuple(problems),
        frozenset(opened.refused),
    )


def _require(opened: Opened, names: Sequence[str]) -> None:
    for name in names:
        if name not in opened.table.names:
            raise NO_COLUMN_TO_READ.error(file=opened.file, column=name)
    if not opened.table.rows:
        raise EMPTY_TABLE.error(file=opened.file)


def _said_of(opened: Opened, aside: Sequence[str], categories: Sequence[str]) -> list[Treatment]:
    """Return what opening did, without what is set aside by what somebody states."""
    stated = {*aside, *((name, "mixed") for name in categories)}
    return [
        one
        for one in opened.treatments
        if one.column not in stated and (one.column, one.code) not in stated
    ]


def _looked_at(table: Table, done: Sequence[Treatment]) -> list[Treatment]:
    """Return what was done and what has to be said of the columns that are not left out yet."""
    gone = {one.column for one in done if one.leaves_out}
    looked = [look_at(table.column(name)) for name in table.names if name not in gone]
    return [*done, *(one for some in looked for one in some)]


def _refuse_unclear(opened: Opened, used: Sequence[str], excused: Collection[str]) -> None:
    """Raise the refusal of a column that is used and that nobody has said anything of."""
    for name, refusal in opened.refused.items():
        if name in used and name not in excused:
            raise refusal


def outcome_of(column: Column, bad: str = "", *, number: bool = False) -> Floats:
    """Return 1 for bad, 0 for good, NaN where there is none; with `number` the numbers themselves.

    Taken as they are: 0 and 1, true and false, and words that are plain (BAD_WORDS, GOOD_WORDS).

    Raises: UNCLEAR_OUTCOME.
    """
    if number:
        if column.kind != "number" or np.isinf(column.values).any():
            raise UNCLEAR_OUTCOME.error(column=column.name, count=len(column.categories))
        return column.values
    if column.kind == "number":
        known, codes = np.unique(column.values, return_inverse=True)
        texts = ["" if np.isnan(value) else _number_text(value) for value in known.tolist()]
        gone = np.isnan(column.values)
    else:
        texts, codes = list(column.categories), column.codes.astype(np.int64)
        gone = codes < 0
    found = {texts[at] for at in np.unique(codes[~gone])}
    if bad:
        sides = {text: float(text == _as_written(bad)) for text in found}
        plain = _as_written(bad) in found
    else:
        sides = {text: float(text.lower() in BAD_WORDS) for text in found}
        said = {text.lower() for text in found}
        plain = said <= BAD_WORDS | GOOD_WORDS and len(said) == len(set(sides.values()))
    if not plain:
        raise UNCLEAR_OUTCOME.error(column=column.name, count=len(found))
    values = np.array([*(sides.get(text, np.nan) for text in texts), np.nan])
    return np.where(gone, np.nan, values[codes])


def weights_of(column: Column, lines: Rows) -> Floats:
    """Return the weights. Raises: BAD_WEIGHT_COLUMN."""
    if column.kind != "number":
        raise BAD_WEIGHT_COLUMN.error(column=column.name, count=len(column), lines=1)
    wrong = ~np.isfinite(column.values) | (column.values < 0)
    if wrong.any() or not column.values.any():
        at = ", ".join(map(str, lines[wrong][:LINES_SHOWN].tolist()))
        raise BAD_WEIGHT_COLUMN.error(column=column.name, count=int(wrong.sum()), lines=at or "1")
    return column.values


def _as_written(value: str) -> str:
    """Return a value as `outcome_of` writes numbers, so that "1.0" is "1"."""
    try:
        return _number_text(float(value))
    except ValueError:
        return value.strip()


def _number_text(value: float) -> str:
    """Return a number as a category is written: whole numbers without a point."""
    return str(int(value)) if value.is_integer() else repr(value)


def _as_categories(table: Table, names: Sequence[str]) -> Table:
    """Return the table with these columns of numbers as categories, 1.0 written 1."""
    if not names:
        return table

    def coded(name: str) -> Column:
        column = table.column(name)
        if name not in names or column.kind != "number":
            return column
        texts = ["" if np.isnan(one) else _number_text(one) for one in column.values.tolist()]
        return from_arrays({name: np.array(texts)}).column(name)

    if isinstance(table, OnDisk):
        return OnDisk(table.names, table.rows, coded)
    return MemoryTable(map(coded, table.names))
