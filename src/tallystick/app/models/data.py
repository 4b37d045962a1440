"""A modeller's file, opened: table, outcomes, weights, what stands beside, and what experts state.

Owns the one way from a file to what is fitted, validated or scored against outcomes. Rules: the
columns are compared with the refusals before anything else is done, and all of them, those left
out too; whose a row is and when is recognised by the usual names, and can be said; the digest is
that of the file as it lies there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Problem, Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.leakage import days_of
from tallystick.modelling.opening import open_columns
from tallystick.modelling.periods import periods_of
from tallystick.modelling.reading import Reading, interpret, narrowed
from tallystick.modelling.screening import require_organisations
from tallystick.modelling.splits import column_labels
from tallystick.modelling.stating import read_wishes, require_fit
from tallystick.modelling.tables import Column, MemoryTable, OnDisk, Rows, Table
from tallystick.modelling.treatments import Treatment, treatment
from tallystick.modelling.wishes import Wish
from tallystick.scorecards.document import NUMBER, Card
from tallystick.sources import read_grids

ORGANISATION_NAMES: Final = (
    "uscc",
    "organisation",
    "company_code",
    "org_code",
    "统一社会信用代码",
    "信用代码",
    "组织代码",
)
NAMES_LEAST: Final = 20
"""From so many values on a column that has one for each organisation names it."""

TIME_NAMES: Final = (
    "period_end",
    "as_of",
    "observed_on",
    "observation_date",
    "观察日期",
    "期末",
    "报告期末",
)

FAULTS_SHOWN: Final = 100
_FAULT = Text("第 {line} 行（{column}）{fault}", "line {line} ({column}): {fault}")
_MORE_FAULTS = Text("另有 {n} 处", "and {n} more")
BAD_STATEMENTS = Reason(
    "bad_statements",
    Text(
        "说明表 {file} 有 {count} 处不对：{all}",
        "the sheet {file} has {count} {count:fault|faults}: {all}",
    ),
    "docs/models.md",
    Text("请改正后再来；什么也没有做。", "Mend it and try again; nothing was done."),
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A file opened. organisations: by row, None where nothing says so; when: the dates read.

    observed: the day of each row, NaT where it says none, also where all are of one period.
    """

    reading: Reading
    wishes: dict[str, Wish]
    digest: str
    file: str
    organisations: Rows | None
    when: Column | None
    observed: NDArray[np.datetime64] | None
    organisation: str
    time: str

    @property
    def table(self) -> Table:
        """The columns that may be used."""
        return self.reading.table

    def periods(self) -> NDArray[Any] | None:
        """Return the period of each row, None where nothing says so. Raises: TIME_UNCLEAR."""
        return None if self.when is None else periods_of(self.when, self.reading.lines)

    def treatments_json(self) -> list[dict[str, Any]]:
        """Return what was done to columns and rows, as plain data."""
        return [
            {"code": one.code, "column": one.column, "rows": one.rows, **one.text._asdict()}
            for one in self.reading.treatments
        ]


def open_file(  # noqa: PLR0913 - what a modeller says about a file
    file: Path,
    *,
    target: str = "",
    bad: str = "",
    number: bool = False,
    weight: str = "",
    organisation: str = "",
    time: str = "",
    beside: Sequence[str] = (),
    sheet: Path | None = None,
    leave_out: Iterable[str] = (),
    cards: Sequence[Card] = (),
    lenient: bool = False,
) -> Opened:
    """Return a file opened. beside: columns to keep apart and not to fit on.

    cards: what is to read it; their columns are of the kinds they need, and none is left out.
    lenient: no column is refused for how its numbers are written, so that a sheet can say of it.
    Raises: BAD_STATEMENTS, and what reading and screening raise.
    """
    columns = open_columns(file)
    names = columns.table.names
    wishes = _wishes(sheet, names)
    require_organisations(columns.table, {name: f"{w.zh} {w.en}" for name, w in wishes.items()})
    whose = organisation or next((n for n in names if n.lower() in ORGANISATION_NAMES), "")
    when = time or next((n for n in names if n.lower() in TIME_NAMES), "")
    for name in leave_out:
        wishes[name] = replace(wishes.get(name, Wish()), use=False)
    aside = tuple(dict.fromkeys(n for n in (whose, when, *beside) if n and n != target))
    read = [one for card in cards for one in card.variables]
    texts = [one.name for one in read if one.name in names and one.kind != NUMBER]
    reading = interpret(
        columns,
        target,
        bad=bad,
        number=number,
        weights=weight,
        aside=aside,
        categories=[name for name, w in wishes.items() if w.kind == "category"] + texts,
        needed=[one.name for one in read],
        unused=names if lenient else [name for name, wish in wishes.items() if not wish.use],
    )
    owners = _evened(reading.aside[whose]) if whose in reading.aside else None
    if owners is not None and not cards:
        reading = _without_names(reading, owners)
    require_fit(reading.table, wishes)
    dates = reading.aside.get(when)
    told = dates is not None and (bool(time) or not _is_one_day(dates))  # one day says nothing
    return Opened(
        reading,
        wishes,
        _digest(file),
        file.name,
        None if owners is None else column_labels(owners),
        dates if told else None,
        None if dates is None else days_of(dates, last=True),
        whose,
        when if told else "",
    )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def read_table(file: Path, *, target: str = "") -> Opened:
    """Return a file opened without outcomes: the target, if any, is left aside."""
    return open_file(file, beside=(target,) if target else (), lenient=True)


def usable(opened: Opened) -> Table:
    """Return the columns that are to be used, on disk where the file is too large for memory."""
    table = opened.table
    used = [name for name in table.names if opened.wishes.get(name, Wish()).use]
    if isinstance(table, OnDisk):
        return narrowed(table, used)
    return MemoryTable(table.column(name) for name in used)


def _evened(column: Column) -> Column:
    """Return codes of organisations without what writing adds: case, width, spaces, hyphens.

    One organisation written in two ways would else stand on both sides of a split.
    """
    if column.kind == "number" or not column.categories:
        return column
    plain = [
        "".join(c for c in normalize("NFKC", one).upper() if c.isalnum())
        for one in column.categories
    ]
    known, place = np.unique(plain, return_inverse=True)
    codes = np.where(column.codes < 0, -1, place[column.codes]).astype(column.codes.dtype)
    return Column(column.name, "category", codes=codes, categories=tuple(known.tolist()))


def _without_names(reading: Reading, organisations: Column) -> Reading:
    """Return a reading without columns that name the organisation: a card would learn it by heart.

    Such a column has one value for each organisation, and no two organisations share one.
    """
    done = []
    whose = column_labels(organisations)
    said = (
        ~np.isnan(organisations.values)
        if organisations.kind == "number"
        else (organisations.codes >= 0)
    )
    for name in reading.table.names:
        column = reading.table.column(name)
        if column.kind != "category":
            continue
        there = said & (column.codes >= 0)
        codes, labels = column.codes[there].astype(np.int64), whose[there]
        known = len(np.unique(codes))
        pairs = len(np.unique(np.stack([codes, labels]), axis=1).T)
        if known >= NAMES_LEAST and pairs == known == len(np.unique(labels)):
            done.append(treatment(name, "names_organisation", int(there.sum())))
    gone = {one.column for one in done}
    kept = [name for name in reading.table.names if name not in gone]
    table = narrowed(reading.table, kept) if gone else reading.table
    return replace(reading, table=table, treatments=(*reading.treatments, *done))


def _is_one_day(column: Column) -> bool:
    values = column.values if column.kind == "number" else column.codes
    return len(np.unique(values)) < 2  # noqa: PLR2004 - a before and an after


def _wishes(sheet: Path | None, names: Sequence[str]) -> dict[str, Wish]:
    if sheet is None:
        return {}
    rows = [row for grid in read_grids(sheet) for row in grid.rows]
    wishes, problems = read_wishes(sheet.name, rows, names)
    if problems:
        raise BAD_STATEMENTS.error(file=sheet.name, count=len(problems), all=_all(problems))
    return wishes


def _all(problems: Sequence[Problem]) -> Text:
    """Return every fault of a sheet with its line and column, up to FAULTS_SHOWN."""
    told = [
        _FAULT.fill(line=one.line, column=one.field, fault=one.message)
        for one in problems[:FAULTS_SHOWN]
    ]
    if len(problems) > len(told):
        told.append(_MORE_FAULTS.fill(n=len(problems) - len(told)))
    return Text("；".join(one.zh for one in told), "; ".join(one.en for one in told))


__all__ = ["Opened", "Treatment", "open_file", "read_table", "usable"]
