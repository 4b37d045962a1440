"""When each row was observed, as something that sorts in the order of time.

Owns the reading of a column of dates for a split by time. Rules: days, months, quarters and years
are read in the forms people write them and sort as the calendar does, not as texts do; a column is
of one of these throughout; a row that does not say when is refused, as it would otherwise be taken
for the past and teach the model what came later.

    >>> moment("2022/9/30"), moment("2022年3月"), moment("2022Q3")
    ('2022-09-30', '2022-03', '2022-Q3')
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Column, Rows
from tallystick.sources.values import date_of_cell

LINES_SHOWN: Final = 10
TIME_UNCLEAR = Reason(
    "time_unclear",
    Text(
        "列“{column}”有 {count} 行看不出时间，首在第 {lines} 行：不能按时间切分",
        "{count} rows of the column “{column}” do not say when, first in line {lines}: they cannot "
        "be split by time",
    ),
    "docs/models.md",
    Text(
        "每行都写日期（2022-09-30），或都写月（2022-09）、季（2022Q3）、年；"
        "或以 --cv 5x5 改为随机的折。",
        "Write a date in every row (2022-09-30), or a month (2022-09), a quarter (2022Q3) or a "
        "year in all; or ask for folds by chance with --cv 5x5.",
    ),
)
_YEAR: Final = re.compile(r"([12][0-9]{3})年?")
_MONTH: Final = re.compile(r"([12][0-9]{3})(?:[-/.]|年)(0?[1-9]|1[0-2])月?")
_QUARTER: Final = re.compile(
    r"([12][0-9]{3})[- ]?(?:[Qq]|年第?)([1-4一二三四])(?:季度?)?", re.ASCII
)
_QUARTERS_ZH: Final = {"一": "1", "二": "2", "三": "3", "四": "4"}


def moment(text: str) -> str:
    """Return a day, month, quarter or year as a text that sorts by time; "" where it is none."""
    plain = text.strip()
    if match := _YEAR.fullmatch(plain):
        return match[1]
    if match := _MONTH.fullmatch(plain):
        return f"{match[1]}-{int(match[2]):02d}"
    if match := _QUARTER.fullmatch(plain):
        return f"{match[1]}-Q{_QUARTERS_ZH.get(match[2], match[2])}"
    day = date_of_cell(plain.replace("T", " "))
    return day if isinstance(day, str) else ""


def periods_of(column: Column, lines: Rows) -> NDArray[Any]:
    """Return the period of each row; numbers stand as they are. Raises: TIME_UNCLEAR."""
    if column.kind == "number":
        found: NDArray[Any] = column.values
        unclear = ~np.isfinite(found)
        if not unclear.any() and (found == np.floor(found)).all():
            found = found.astype(np.int64)  # 2022, not 2022.0
    else:
        read = [*map(moment, column.categories), ""]
        forms = Counter(_form(read[code]) for code in column.codes.tolist() if read[code])
        usual = max(forms, key=lambda one: forms[one], default=(0, False))
        unclear = np.array([_form(one) != usual or not one for one in read])[column.codes]
        found = np.array(read)[column.codes]
    if unclear.any():
        at = ", ".join(map(str, lines[unclear][:LINES_SHOWN].tolist()))
        raise TIME_UNCLEAR.error(column=column.name, count=int(unclear.sum()), lines=at)
    return found


def _form(moment_: str) -> tuple[int, bool]:
    """Return what tells a day from a month, a quarter and a year."""
    return len(moment_), "Q" in moment_
