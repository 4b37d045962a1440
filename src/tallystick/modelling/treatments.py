"""What becomes of one column before a fit: a number, a category, or left out, and why.

Owns the reading of texts as numbers, marks of missing, dates and mixtures, and the looks every
column gets. Rules: each treatment is a value with a code, nothing is silent; a column left out is
named with the reason; a problem names lines and never the value of a cell; infinities stay, and
fall into the end bins.

    >>> read_texts("roa", ["0.1", "NA", "0.3"]).column.kind
    'number'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Problem, Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Column, Rows, from_arrays
from tallystick.scorecards.cells import MISSING_MARKS, is_code, is_number

CATEGORIES_MAX: Final = 1000
"""Categories beyond which a column tells organisations apart rather than describing them."""

LINES_SHOWN: Final = 10
EXACT_MAX: Final = 2**53
"""Whole numbers beyond it would change as doubles, and two of them could become one."""

_DIGITS_MAX: Final = 30
_DATE: Final = re.compile(
    r"[12][0-9]{3}[-/.年](?:0?[1-9]|1[0-2])(?:[-/.月](?:0?[1-9]|[12][0-9]|3[01])日?|月)?"
    r"(?:[ T][0-9:.]{4,15}(?:Z|[+-][0-9:]{2,5})?)?"
)
_WRITTEN: Final = re.compile(
    r"[+-]?(?:[0-9]+(?:\.[0-9]+)?[%％‰]|[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?[%％]?)"
)
_WRITTEN_SHARE: Final = 0.9
_WRITTEN_LEAST: Final = 10  # different ones; fewer may be labels, as “5%” and “10%” of tax
_DAY_NUMBERS: Final = (19_000_101, 21_001_231)
_MONTHS, _DAYS = (1, 12), (1, 31)
_MIXED_SHARE: Final = 0.05  # fewer numbers than this among texts are codes, not a mixture

MIXED_TYPES = Reason(
    "mixed_types",
    Text(
        "列 {column} 中 {numbers} 格是数、{texts} 格是文字，首次在第 {lines} 行",
        "column {column} holds {numbers} numbers and {texts} texts, first in line {lines}",
    ),
    "docs/models.md",
    Text(
        "请改正这些格，或声明该列为类别。",
        "Correct these cells, or state that the column is a category.",
    ),
)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was done with a column or with rows, and to how many rows."""

    column: str
    code: str
    text: Text
    rows: int

    @property
    def leaves_out(self) -> bool:
        """Whether the column is no input of the model."""
        return self.code in LEFT_OUT


LEFT_OUT: Final = {
    "constant": Text("只有一个值，不用", "a single value: left out"),
    "all_missing": Text("全部缺失，不用", "all missing: left out"),
    "date": Text(
        "是日期，不作变量；请先算成到观察日的天数再用",
        "a date: left out; derive the days up to the observation from it first",
    ),
    "many_categories": Text("类别超过 {most} 个，不用", "more than {most} categories: left out"),
    "written_numbers": Text(
        "是带百分号或千分位的数，不用；请写成不带符号的数",
        "numbers with percent signs or thousands commas: left out; write plain numbers",
    ),
    "names_organisation": Text(
        "每个组织一个值，是它的名称或编号，不用",
        "one value for each organisation, as its name or number is: left out",
    ),
    "mixed": Text("数与文字混杂，不用", "numbers and texts mixed: left out"),
}
STATED: Final = {
    "infinite": Text(
        "{rows} 行为无穷，归入两端的分箱", "{rows} infinite: they fall into the end bins"
    ),
    "missing_marks": Text(
        "{rows} 格写的是缺失标记，按缺失处理", "{rows} cells say missing: taken as missing"
    ),
    "numbers_as_text": Text("文字形式的数，按数读取", "numbers written as text: read as numbers"),
}


@dataclass(frozen=True, eq=False)
class Read:
    """A column read, what was done with it, and what is wrong with it."""

    column: Column
    treatments: tuple[Treatment, ...] = ()
    problems: tuple[Problem, ...] = ()


def treatment(column: str, code: str, rows: int) -> Treatment:
    """Return a treatment in words."""
    text = (LEFT_OUT | STATED)[code].fill(rows=rows, most=CATEGORIES_MAX)
    return Treatment(column, code, text, rows)


def read_texts(
    name: str, cells: Sequence[str | None], lines: Sequence[int] | None = None, file: str = ""
) -> Read:
    """Return a column of texts as numbers where all are, else as categories; see `read_coded`."""
    places: dict[str, int] = {}
    texts = ("" if cell is None else cell for cell in cells)
    codes = np.fromiter((places.setdefault(text, len(places)) for text in texts), np.int64)
    return read_coded(name, codes, list(places), lines, file)


def read_coded(
    name: str,
    codes: Rows,
    known: Sequence[str],
    lines: Sequence[int] | None = None,
    file: str = "",
) -> Read:
    """Return texts given by code as numbers where all are, else as categories.

    lines: where each cell stands, 1, 2.. if None. Codes with a nought in front, and whole numbers a
    double cannot hold, are categories.
    """
    known = [text.strip() for text in known]
    missing = np.array([text.lower() in MISSING_MARKS for text in known], bool)
    category = any(map(is_code, known)) or any(map(_is_too_long, known))
    numeric = np.array([is_number(text) for text in known], bool) & ~missing
    counts = np.bincount(codes, minlength=len(known))
    done = []
    marks = int(sum(counts[at] for at, text in enumerate(known) if text and missing[at]))
    if marks:
        done.append(treatment(name, "missing_marks", marks))
    numbers, others = int(counts[numeric].sum()), int(counts[~numeric & ~missing].sum())
    if numbers and not others and not category:
        values = np.array([float(t) if n else np.nan for t, n in zip(known, numeric, strict=True)])
        done.append(treatment(name, "numbers_as_text", numbers))
        return Read(Column(name, "number", values=values[codes]), tuple(done))
    shown = np.array(["" if gone else t for t, gone in zip(known, missing, strict=True)], str)
    of_known = from_arrays({name: shown}).column(name)
    column = Column(name, "category", codes=of_known.codes[codes], categories=of_known.categories)
    if category or numbers <= _MIXED_SHARE * (numbers + others):
        return Read(column, tuple(done))
    rare = ~numeric & ~missing if others <= numbers else numeric
    found = np.flatnonzero(rare[codes])[:LINES_SHOWN]
    at = [int(place) + 1 if lines is None else lines[place] for place in found]
    problem = MIXED_TYPES.problem(
        file=file,
        line=at[0],
        field=name,
        column=name,
        numbers=numbers,
        texts=others,
        lines=", ".join(map(str, at)),
    )
    done.append(treatment(name, "mixed", min(numbers, others)))
    return Read(column, tuple(done), (problem,))


def look_at(column: Column) -> tuple[Treatment, ...]:
    """Return what has to be said of a column before a fit: see LEFT_OUT and STATED."""
    return _of_texts(column) if column.kind == "category" else _of_numbers(column)


def _of_texts(column: Column) -> tuple[Treatment, ...]:
    codes = column.codes[column.codes >= 0]
    used = np.unique(codes)
    if not len(used):
        return (treatment(column.name, "all_missing", len(column)),)
    if _are_dates([column.categories[at] for at in used[:CATEGORIES_MAX]]):
        return (treatment(column.name, "date", len(codes)),)
    if _are_written_numbers([column.categories[at] for at in used]):
        return (treatment(column.name, "written_numbers", len(codes)),)
    if len(used) == 1 and len(codes) == len(column):
        return (treatment(column.name, "constant", len(column)),)
    if len(used) > CATEGORIES_MAX:
        return (treatment(column.name, "many_categories", len(codes)),)
    return ()


def _of_numbers(column: Column) -> tuple[Treatment, ...]:
    values = column.values[~np.isnan(column.values)]
    if not len(values):
        return (treatment(column.name, "all_missing", len(column)),)
    if len(values) == len(column) and values.min() == values.max():
        return (treatment(column.name, "constant", len(column)),)
    if _are_day_numbers(values):
        return (treatment(column.name, "date", len(values)),)
    infinite = int(np.isinf(values).sum())
    return (treatment(column.name, "infinite", infinite),) if infinite else ()


def _is_too_long(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:_DIGITS_MAX]) > EXACT_MAX


def _are_dates(texts: Sequence[str]) -> bool:
    return all(_DATE.fullmatch(text.strip()) for text in texts)


def _are_written_numbers(texts: Sequence[str]) -> bool:
    """Return whether most are numbers with a percent sign or thousands commas, not all plain."""
    marked = sum(bool(_WRITTEN.fullmatch(text)) for text in texts)
    numbers = marked + sum(map(is_number, texts))
    return marked > 0 and numbers >= _WRITTEN_LEAST and numbers >= _WRITTEN_SHARE * len(texts)


def _are_day_numbers(values: NDArray[np.float64]) -> bool:
    """Return whether all are days written as 20200131."""
    low, high = float(values.min()), float(values.max())
    if not (_DAY_NUMBERS[0] <= low and high <= _DAY_NUMBERS[1]):
        return False
    whole = values.astype(np.int64)
    month, day = whole // 100 % 100, whole % 100
    sound = (month >= _MONTHS[0]) & (month <= _MONTHS[1]) & (day >= _DAYS[0]) & (day <= _DAYS[1])
    return bool((whole == values).all() and sound.all())
