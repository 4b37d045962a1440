"""What becomes of one column before a fit: a number, a category, or left out, and why.

Owns the reading of texts as numbers, marks of missing, dates and mixtures, and the looks every
column gets. Rules: each treatment is a value with a code, nothing is silent; a column left out is
named with the reason; a problem names lines and never the value of a cell; infinities stay, and
fall into the end bins; texts that look like numbers and are not read as such are refused, unless
somebody states that they are a category.

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

from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Column, Rows, from_arrays
from tallystick.scorecards.cells import (
    SOME_PERCENT,
    has_percent,
    is_code,
    number_in,
    plain_text,
    says_missing,
)

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


LOOKS_LIKE_NUMBERS = Reason(
    "looks_like_numbers",
    Text(
        "列“{column}”看来是数，却不是按可读的写法写的，首在第 {line} 行，形如 {shape}",
        "“{column}” looks like numbers that are not written as they can be read, first in line "
        "{line}, of the shape {shape}",
    ),
    "docs/models.md",
    Text(
        "请写成普通的数（如 1234.5、1,234.5 或 12.5%，不带货币、单位和空格）；若是代码，请在说明表"
        "中填 kind = category，不用则填 use = no。",
        "Write plain numbers (1234.5, 1,234.5 or 12.5%; no currency, unit or space); if they are "
        "codes, say kind = category in the sheet of columns, and use = no if it is not to be used.",
    ),
)
_CURRENCY: Final = r"(?:[¥￥$€£]|CNY|RMB|USD|EUR)"
_UNIT: Final = rf"(?:[%‰％]|{_CURRENCY}|[万亿千]?元|[万亿千])"
_LIKE_A_NUMBER: Final = re.compile(
    rf"[+-]?\s?{_CURRENCY}?\s?[+-]?[(]?\s?{_CURRENCY}?\s?"
    rf"[0-9][0-9,'’\s]*(?:\.[0-9]*)?\s?{_UNIT}?\s?[)]?\s?{_UNIT}?",
    re.IGNORECASE,
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
    "percent": Text(
        "{rows} 格带百分号，除以 100 读取", "{rows} cells are percent: read divided by 100"
    ),
    "number_signs": Text(
        "{rows} 格带千分位或全角字符，按数读取",
        "{rows} cells have thousands commas or full-width characters: read as numbers",
    ),
    "numbers_as_text": Text("文字形式的数，按数读取", "numbers written as text: read as numbers"),
}


@dataclass(frozen=True, eq=False)
class Read:
    """A column read, what was done with it, and what is wrong with it.

    refusal: to be raised where the column is to be used and nobody says that it is a category.
    """

    column: Column
    treatments: tuple[Treatment, ...] = ()
    problems: tuple[Problem, ...] = ()
    refusal: TallyError | None = None


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
    missing = np.array([says_missing(text) for text in known], bool)
    read = [None if gone else number_in(t) for t, gone in zip(known, missing, strict=True)]
    numeric = np.array([one is not None for one in read], bool)
    like = numeric | np.array([_is_like_a_number(text) for text in known], bool) & ~missing
    counts = np.bincount(codes, minlength=len(known))
    done = []
    marks = int(sum(counts[at] for at, text in enumerate(known) if text and missing[at]))
    if marks:
        done.append(treatment(name, "missing_marks", marks))
    category = any(map(is_code, known)) or any(map(_is_too_long, known))
    refusal = _refusal(_Texts(name, codes, known, counts, numeric, like, missing, lines), category)
    numbers, others = int(counts[like].sum()), int(counts[~like & ~missing].sum())
    if numbers and not others and not category and refusal is None:
        values = np.array([np.nan if one is None else one for one in read])
        done += _signs(name, known, counts, numeric)
        done.append(treatment(name, "numbers_as_text", numbers))
        return Read(Column(name, "number", values=values[codes]), tuple(done))
    shown = np.array(["" if gone else t for t, gone in zip(known, missing, strict=True)], str)
    of_known = from_arrays({name: shown}).column(name)
    column = Column(name, "category", codes=of_known.codes[codes], categories=of_known.categories)
    if category or refusal or numbers <= _MIXED_SHARE * (numbers + others):
        return Read(column, tuple(done), refusal=refusal)
    rare = ~like & ~missing if others <= numbers else like
    at = _lines(rare, codes, lines)
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


@dataclass(frozen=True, eq=False)
class _Texts:
    """A column of texts by code; which of them are numbers, look like numbers, say missing."""

    name: str
    codes: Rows
    known: Sequence[str]
    counts: Rows
    numeric: NDArray[np.bool_]
    like: NDArray[np.bool_]
    missing: NDArray[np.bool_]
    lines: Sequence[int] | None


def _refusal(texts: _Texts, category: bool) -> TallyError | None:  # noqa: FBT001 - private
    """Return why a column whose texts all look like numbers is not read, None where it may be.

    category: some are codes, which are a category as they stand; with numbers that only a reader of
    signs knows beside them nobody can tell what the column is.
    """
    held = (texts.counts > 0) & ~texts.missing
    if not held.any() or (held & ~texts.like).any():
        return None  # a category, or a mixture
    numbers = held & texts.numeric
    strange = held & ~texts.numeric
    if category:
        strange |= numbers & np.array([_has_signs(one) for one in texts.known], bool)
    if strange.any():
        line = _lines(strange, texts.codes, texts.lines)[0]
        first = texts.known[int(texts.codes[np.flatnonzero(strange[texts.codes])[0]])]
        shape = re.sub("[0-9]", "9", plain_text(first))  # of the value nothing is repeated
        return LOOKS_LIKE_NUMBERS.error(column=texts.name, line=line, shape=shape)
    percent = numbers & np.array([has_percent(one) for one in texts.known], bool)
    plain = numbers & ~percent
    if percent.any() and plain.any():
        few = min((plain, percent), key=lambda one: texts.counts[one].sum())
        line = _lines(few, texts.codes, texts.lines)[0]
        return SOME_PERCENT.error(
            column=texts.name, where=Text(f"，如第 {line} 行", f", as in line {line}")
        )
    return None


def _has_signs(text: str) -> bool:
    return text != plain_text(text) or "," in text or has_percent(text)


def _is_like_a_number(text: str) -> bool:
    return bool(_LIKE_A_NUMBER.fullmatch(plain_text(text)))


def _lines(wanted: NDArray[np.bool_], codes: Rows, lines: Sequence[int] | None) -> list[int]:
    """Return the first lines in which texts that are wanted stand."""
    found = np.flatnonzero(wanted[codes])[:LINES_SHOWN]
    return [int(place) + 1 if lines is None else int(lines[place]) for place in found]


def _signs(
    name: str, known: Sequence[str], counts: Rows, numeric: NDArray[np.bool_]
) -> list[Treatment]:
    """Return what has to be said of numbers with percent signs, commas, full-width characters."""
    percent = numeric & np.array([has_percent(text) for text in known], bool)
    other = np.array([text != plain_text(text) or "," in text for text in known], bool) & numeric
    found = (("percent", int(counts[percent].sum())), ("number_signs", int(counts[other].sum())))
    return [treatment(name, code, rows) for code, rows in found if rows]


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
    digits = plain_text(text).replace(",", "")
    return digits.isascii() and digits.isdigit() and int(digits[:_DIGITS_MAX]) > EXACT_MAX


def _are_dates(texts: Sequence[str]) -> bool:
    return all(_DATE.fullmatch(text.strip()) for text in texts)


def _are_day_numbers(values: NDArray[np.float64]) -> bool:
    """Return whether all are days written as 20200131."""
    low, high = float(values.min()), float(values.max())
    if not (_DAY_NUMBERS[0] <= low and high <= _DAY_NUMBERS[1]):
        return False
    whole = values.astype(np.int64)
    month, day = whole // 100 % 100, whole % 100
    sound = (month >= _MONTHS[0]) & (month <= _MONTHS[1]) & (day >= _DAYS[0]) & (day <= _DAYS[1])
    return bool((whole == values).all() and sound.all())
