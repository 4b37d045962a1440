"""Signs that a column knows the outcome before it happened.

Owns the alarms before a fit. Rules: an alarm is a value with a code, the column and a sentence;
a hard one stops the fit until the caller states in writing why it is none, and the statement goes
into the record; the outcome is compared out of fold, so that a column of many categories does not
look good by having learnt it.

    found = alarms(table, y)
    accepted = require_no_leak(found, {"grade_2019": "rated in 2018, before the outcome"})

A limit is met by the lower bound of the interval, not by the figure: few bad ones raise no alarm.
Of a large table at most SAMPLED_MAX rows of each outcome are judged, drawn by the seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.metrics import delong
from tallystick.modelling.splits import fold_of
from tallystick.modelling.tables import Codes, Column, Floats, Rows, Table

TOO_GOOD_AUC: Final = 0.95
MISSING_AUC: Final = 0.70
UNIQUE_SHARE: Final = 0.99
ROWS_LEAST: Final = 50
BINS: Final = 20
FOLDS: Final = 5
REASON_CHARS_LEAST: Final = 10
SAMPLED_MAX: Final = 20_000
NEAR: Final = 0.05
"""Within so much of a limit a figure in bins is not trusted, and the exact one is taken."""

LEAKAGE_SUSPECTED = Reason(
    "leakage_suspected",
    Text("疑似泄漏，不予拟合：{alarms}", "not fitted, as the outcome may have leaked: {alarms}"),
    "docs/models.md",
    Text(
        "请删去这些列；如确非泄漏，请逐列书面说明理由。",
        "Leave the columns out; where one is no leak, state in writing why, column by column.",
    ),
)

_TEXTS: Final = {
    "too_good": Text(
        "“{column}”单独区分好坏的 AUC 为 {auc}（下限 {low}），高于 {limit}",
        "“{column}” alone tells bad from good with an AUC of {auc} (at least {low}), above {limit}",
    ),
    "target_copy": Text("“{column}”就是结果本身", "“{column}” is the outcome itself"),
    "identifier": Text(
        "“{column}”几乎每行一个值，像是编号",
        "“{column}” has a value of its own in nearly every row, as an identifier has",
    ),
    "look_ahead_date": Text(
        "“{column}”有 {rows} 行的日期晚于观察日",
        "“{column}” holds {rows} dates later than the observation",
    ),
    "look_ahead_name": Text(
        "“{column}”的名称像是事后才知道的",
        "“{column}” is named like something known afterwards only",
    ),
    "missing_tells": Text(
        "“{column}”是否缺失就能区分好坏：AUC {auc}（下限 {low}）",
        "whether “{column}” is missing tells bad from good: AUC {auc} (at least {low})",
    ),
    "look_ahead_unused": Text(
        "“{column}”有 {rows} 行的日期晚于观察日；它是日期，不作变量，但同一来源的列可能也是事后的",
        "“{column}” holds {rows} dates later than the observation; as a date it is no variable, "
        "but other columns of its source may be from afterwards too",
    ),
}
_HARD: Final = frozenset({"too_good", "target_copy", "identifier", "look_ahead_date"})
_AFTERWARDS: Final = re.compile(
    r"(?<![a-z])(?:after|post|outcome|default(?:ed)?_?(?:date|day|flag|amount)|write_?offs?|"
    r"charge_?offs?|recover(?:y|ies|ed)|collections?_?(?:fee|flag|date)|future|next_(?:year|period)|"
    r"closed|closing_date|bankruptcy(?:_date)?|liquidation|lgd|loss_given)(?![a-z])|"
    "核销|违约日|破产日|清算|注销日|结清|追偿|回收额|回收率|催收|逾期后|事后|下一年|下期|次年",
    re.IGNORECASE,
)
_DAY: Final = re.compile(r"([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})")
_DIGITS: Final = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?![0-9])")
_MONTH: Final = re.compile(r"([12][0-9]{3})[-/.年]?([01]?[0-9])月?(?![0-9])()")
_YEAR: Final = re.compile(r"([12][0-9]{3})年?(?![0-9])()()")
_NO_DAY: Final = np.datetime64("NaT", "D")
_TAX: Final = re.compile(r"after[\s_-]*tax|税后", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One sign. column: "" where it is of the whole file. hard: it stops a fit."""

    code: str
    column: str
    text: Text

    @property
    def hard(self) -> bool:
        """Whether it stops a fit."""
        return self.code in _HARD

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        about = {"code": self.code, "column": self.column, "hard": self.hard}
        return about | {"zh": self.text.zh, "en": self.text.en}


def alarms(
    table: Table,
    y: Floats,
    *,
    observed: NDArray[np.datetime64] | None = None,
    limit: float = TOO_GOOD_AUC,
    seed: int = 0,
) -> tuple[Alarm, ...]:
    """Return every alarm, in the order of the columns.

    observed: the day each row was observed; dates in other columns are compared with it.
    """
    dice = np.random.default_rng(seed)
    sides = (np.flatnonzero(y == outcome) for outcome in (1, 0))
    drawn = [dice.permutation(side)[:SAMPLED_MAX] for side in sides]
    rows = np.sort(np.concatenate(drawn))
    part = y[rows]
    folds = fold_of(part, np.arange(len(rows)), FOLDS, seed)
    found: list[Alarm] = []
    for name in table.names:
        column = table.column(name)
        found += _by_itself(column, observed)
        if _is_identifier(column):
            found.append(_alarm("identifier", name))
        elif _tells_all(column.take(rows), part) and _tells_all(column, y):
            found.append(_alarm("target_copy", name))
        else:
            found += _against(column.take(rows), part, folds, limit)
    return tuple(found)


def require_no_leak(
    found: tuple[Alarm, ...], because: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the statements that were needed, by column, for the record of the model.

    because: by column, why its alarm is none, in at least REASON_CHARS_LEAST characters.

    Raises: LEAKAGE_SUSPECTED, with every alarm nobody answered for.
    """
    hard = [one for one in found if one.hard]
    said = {name: text.strip() for name, text in (because or {}).items()}
    open_ones = [one for one in hard if len(said.get(one.column, "")) < REASON_CHARS_LEAST]
    if open_ones:
        joined = Text(
            "；".join(one.text.zh for one in open_ones), "; ".join(one.text.en for one in open_ones)
        )
        raise LEAKAGE_SUSPECTED.error(alarms=joined)
    return {one.column: said[one.column] for one in hard}


def later_dates(
    dates: Table, observed: NDArray[np.datetime64], *, used: bool = False
) -> tuple[Alarm, ...]:
    """Return the alarms of columns that hold days later than each row was observed.

    used: they are inputs of the model, so that it stops; a column of dates is none.
    """
    code = "look_ahead_date" if used else "look_ahead_unused"
    counted = ((name, _later(dates.column(name), observed)) for name in dates.names)
    return tuple(_alarm(code, name, rows=rows) for name, rows in counted if rows)


def _alarm(code: str, column: str, **facts: object) -> Alarm:
    return Alarm(code, column, _TEXTS[code].fill(column=column, **facts))


def _by_itself(column: Column, observed: NDArray[np.datetime64] | None) -> Iterator[Alarm]:
    if _AFTERWARDS.search(_TAX.sub("", column.name)):
        yield _alarm("look_ahead_name", column.name)
    if observed is not None and column.kind == "category":  # a used number is no day
        later = _later(column, observed)
        if later:
            yield _alarm("look_ahead_date", column.name, rows=later)


def _against(column: Column, y: Floats, folds: Rows, limit: float) -> Iterator[Alarm]:
    cells = _cells(column)
    if _best_order(cells, y) > limit - NEAR:
        judged = [delong(_rates(cells, y, folds), y)]
        if column.kind == "number":
            judged += [delong(side, y) for side in _directions(column.values)]
        best = max(judged, key=lambda one: one.low)
        if best.low > limit:
            figures = {"auc": f"{best.mean:.3f}", "low": f"{best.low:.3f}", "limit": f"{limit:.2f}"}
            yield _alarm("too_good", column.name, **figures)
    gone = (cells == 0).astype(np.int32)
    if _best_order(gone, y) > MISSING_AUC:
        told = max((delong(side * gone, y) for side in (-1.0, 1.0)), key=lambda one: one.low)
        if told.low > MISSING_AUC:
            figures = {"auc": f"{told.mean:.3f}", "low": f"{told.low:.3f}"}
            yield _alarm("missing_tells", column.name, **figures)


def _best_order(cells: Codes, y: Floats) -> float:
    """Return the AUC of cells in the order of their own bad rates: the most they could have."""
    bads, count = np.bincount(cells, y), np.bincount(cells)
    order = np.argsort(-bads / np.maximum(count, 1), kind="stable")
    bad = np.concatenate(([0.0], np.cumsum(bads[order])))
    good = np.concatenate(([0.0], np.cumsum((count - bads)[order])))
    return float(np.trapezoid(bad, good) / max(1.0, bad[-1] * good[-1]))


def _is_identifier(column: Column) -> bool:
    """Return whether nearly every row has a value of its own: a text, or a running number."""
    if column.kind == "category":
        known = np.bincount(column.codes[column.codes >= 0])
        return bool(known.sum() >= ROWS_LEAST and (known > 0).sum() > UNIQUE_SHARE * known.sum())
    values = column.values[np.isfinite(column.values)]
    if len(values) < ROWS_LEAST or (values != np.floor(values)).any():
        return False
    low, span = float(values.min()), float(np.ptp(values)) + 1
    if span * UNIQUE_SHARE > len(values):
        return False
    found = (np.bincount((values - low).astype(np.int64)) > 0).sum()
    return bool(found > UNIQUE_SHARE * max(len(values), span))


def _tells_all(column: Column, y: Floats) -> bool:
    """Return whether two values, missing among them, are the two outcomes."""
    known = column.values if column.kind == "number" else column.codes.astype(np.float64)
    bad, good = known[y == 1], known[y == 0]
    if not len(bad) or not len(good):
        return False
    one, other = bad[0], good[0]
    same = [(np.isnan(s) & np.isnan(v)) | (s == v) for s, v in ((bad, one), (good, other))]
    apart = one != other and not (np.isnan(one) and np.isnan(other))
    return bool(apart and same[0].all() and same[1].all())


def _cells(column: Column) -> Codes:
    """Return categories as they are and numbers in BINS equal parts; missing is cell 0."""
    if column.kind == "category":
        return column.codes + 1
    known = column.values[~np.isnan(column.values)]
    cuts = (
        np.unique(np.quantile(known, np.arange(1, BINS) / BINS, method="lower"))
        if len(known)
        else known
    )
    cells = np.searchsorted(cuts, column.values, side="left") + 1
    return np.where(np.isnan(column.values), 0, cells).astype(np.int32)


def _rates(cells: Codes, y: Floats, folds: Rows) -> Floats:
    """Return minus the bad rate of each cell in the other folds, drawn to the whole by one row."""
    size, mean = int(cells.max(initial=0)) + 1, float(y.mean())
    bads = np.bincount(cells, y, size)
    count = np.bincount(cells, minlength=size)
    found = np.empty(len(y))
    for fold in range(FOLDS):
        own = folds == fold
        rest = count - np.bincount(cells[own], minlength=size)
        bad = bads - np.bincount(cells[own], y[own], size)
        found[own] = -((bad + mean) / (rest + 1))[cells[own]]
    return found


def _directions(values: Floats) -> tuple[Floats, Floats]:
    """Return the values as scores rising and falling, missing among the best of each."""
    top = np.nan_to_num(values, nan=np.inf)
    return top, np.nan_to_num(-values, nan=np.inf)


def _later(column: Column, observed: NDArray[np.datetime64]) -> int:
    return int((days_of(column) > observed).sum())


def days_of(column: Column, *, last: bool = False) -> NDArray[np.datetime64]:
    """Return the day each value says, NaT where it says none: 2020-01-31, or 20200131.

    last: a month or a year will do too, and is its last day: 2020 may be observed in December.
    """
    if column.kind == "category":
        days = [_day(text, last=last) for text in column.categories]
        return np.array([*days, _NO_DAY], "datetime64[D]")[column.codes]
    values, place = np.unique(column.values, return_inverse=True)
    texts = [str(int(one)) if np.isfinite(one) else "" for one in values.tolist()]
    return np.array([_day(text, last=last) for text in texts], "datetime64[D]")[place]


def _day(text: str, *, last: bool) -> np.datetime64:
    known = (_DAY, _DIGITS, _MONTH, _YEAR) if last else (_DAY, _DIGITS)
    match = next(filter(None, (one.match(text.strip()) for one in known)), None)
    if match is None:
        return _NO_DAY
    year, month, day = match.groups()
    try:
        if day:
            return np.datetime64(f"{year}-{month:0>2}-{day:0>2}", "D")
        following = np.datetime64(f"{year}-{month or '12':0>2}", "M") + np.timedelta64(1, "M")
    except ValueError:
        return _NO_DAY
    day_before: np.datetime64 = following.astype("datetime64[D]") - np.timedelta64(1, "D")
    return day_before
