"""What a cell and a reason say, in Chinese and English.

Owns the words for bins, groups, special codes, missing and else, and the sentence of a reason.
Rules: a sentence names the variable by its label, the cell by its range with the unit, the points
against the stated baseline, and the records behind it where they are known; it never repeats a
value that the card does not name itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from tallystick.kernel.texts import Text
from tallystick.scorecards.document import NUMBER, POINTS, Axis, Card, Variable
from tallystick.scorecards.interpreting import Reading
from tallystick.scorecards.reasons import BEST, Baseline, Share

LOG_ODDS_PLACES: Final = 6  # trees are summed in millionths of log-odds
LOG_ODDS_SHOWN: Final = Decimal("0.0001")
GROUP_SHOWN: Final = 6  # categories of a group named before "and n more"
RECORDS_SHOWN: Final = 4
_ALL = Text("任意值", "any value")
_UP_TO = Text("不超过 {high}{unit}", "at most {high}{unit}")
_ABOVE = Text("高于 {low}{unit}", "above {low}{unit}")
_BETWEEN = Text("高于 {low}、不超过 {high}{unit}", "above {low} and at most {high}{unit}")
_SPECIAL = Text("特殊码 {code}", "special code {code}")
_MISSING = Text("缺失", "missing")
_ELSE = Text("其他或未见过的类别", "other, or never seen")
_AND_MORE = Text("，另有 {n} 类", "and {n} more")
_BY_TREES = Text("由各树综合得出", "as the trees together see it")
_REASON = {
    "mean": Text(
        "{label}（{cell}）比平均少 {points} 分",
        "{label} ({cell}): {points} {points:point|points} below the average",
    ),
    "best": Text(
        "{label}（{cell}）比最高少 {points} 分",
        "{label} ({cell}): {points} {points:point|points} below the most it can give",
    ),
}
_OF_TREES = Text(
    "{label}使好坏比的对数比平均低 {log_odds}（好坏比乘以 {times}）",
    "{label}: log-odds {log_odds} below the average (odds of good to bad times {times})",
)
_RECORDS = Text("，依据记录 {records}", ", by record {records}")
_MORE_RECORDS = Text("等", " and others")


def label_of(variable: Variable) -> Text:
    """Return what people call a variable; its name where no label is stated."""
    return Text(variable.zh or variable.en or variable.name, variable.en or variable.name)


def number_text(double: str) -> str:
    """Return the text of a double as people write it: 0 and not 0.0."""
    return double.removesuffix(".0")


def cell_text(axis: Axis, cell: int, unit: str = "") -> Text:
    """Return what a cell of an axis holds, in words."""
    if cell < axis.parts:
        return _bin(axis, cell, unit) if axis.kind == NUMBER else _group(axis.groups[cell])
    if cell < axis.missing:
        code = axis.special[cell - axis.parts]
        return _SPECIAL.fill(code=number_text(code) if axis.kind == NUMBER else code)
    return _MISSING if cell == axis.missing else _ELSE


def _bin(axis: Axis, cell: int, unit: str) -> Text:
    cuts = tuple(map(number_text, axis.thresholds))
    shown = f" {unit}" if unit else ""
    if not cuts:
        return _ALL
    if cell == 0:
        return _UP_TO.fill(high=cuts[0], unit=shown)
    if cell == len(cuts):
        return _ABOVE.fill(low=cuts[-1], unit=shown)
    return _BETWEEN.fill(low=cuts[cell - 1], high=cuts[cell], unit=shown)


def _group(names: Sequence[str]) -> Text:
    shown = names[:GROUP_SHOWN]
    told = Text("、".join(shown), ", ".join(shown))
    if len(names) > len(shown):
        more = _AND_MORE.fill(n=len(names) - len(shown))
        return Text(f"{told.zh}{more.zh}", f"{told.en} {more.en}")
    return told


def log_odds_text(millionths: int, *, sign: str = "") -> str:
    """Return millionths of log-odds as people read them: to four places. sign: "+" shows it."""
    places = Decimal(millionths).scaleb(-LOG_ODDS_PLACES).quantize(LOG_ODDS_SHOWN)
    return f"{places:{sign}f}"


def cell_words(card: Card, reading: Reading, variable: str) -> Text:
    """Return the cell a variable lies in, by the first term that reads it."""
    for term, cell in zip(card.terms, reading.cells, strict=False):
        for at, axis in enumerate(term.axes):
            if axis.variable == variable:
                own = cell if len(term.axes) == 1 else divmod(cell, term.axes[1].size)[at]
                return cell_text(axis, own, card.variable[variable].unit)
    return _BY_TREES


def reason_sentence(
    card: Card,
    reading: Reading,
    share: Share,
    baseline: Baseline,
    records: Sequence[str] = (),
) -> Text:
    """Return the sentence of one reason. records: the records the value comes from."""
    label = label_of(card.variable[share.variable])
    if card.kind == POINTS:
        told = _REASON["best" if baseline == BEST else "mean"].fill(
            label=label, cell=cell_words(card, reading, share.variable), points=-share.points
        )
    else:
        times = Decimal(share.points).scaleb(-LOG_ODDS_PLACES).exp()
        told = _OF_TREES.fill(
            label=label, log_odds=log_odds_text(-share.points), times=f"{times:.2f}"
        )
    if not records:
        return told
    behind = _RECORDS.fill(records=", ".join(records[:RECORDS_SHOWN]))
    more = _MORE_RECORDS if len(records) > RECORDS_SHOWN else Text("", "")
    return Text(f"{told.zh}{behind.zh}{more.zh}", f"{told.en}{behind.en}{more.en}")
