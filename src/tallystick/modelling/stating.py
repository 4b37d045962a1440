"""The sheet on which an expert states what is known of each column.

Owns the form: one row a column, headings in English or Chinese, every cell may stay empty. Rules: a
cell that cannot be understood is a problem with its line, and the row does not count; a column the
table does not have is a problem too.

    column, use, kind, shape, special, cuts, groups, weight, zh, en, unit, item, actionable
    X1, yes, number, rising, -999, 0;0.05;0.1, , 3, 总资产净利率, return on assets, , , yes
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any, Final

from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Table
from tallystick.modelling.wishes import SHAPES, Wish
from tallystick.scorecards.cells import is_number, says_missing

HEADINGS: Final = {
    "column": "列名",
    "use": "使用",
    "kind": "类型",
    "shape": "形状",
    "special": "特殊码",
    "cuts": "切点",
    "groups": "分组",
    "weight": "权重",
    "zh": "中文名",
    "en": "英文名",
    "unit": "单位",
    "item": "目录项",
    "actionable": "可改善",
}
_BETWEEN = ";"
_WITHIN = "|"
_KINDS = {"": "", "number": "number", "category": "category", "数值": "number", "类别": "category"}
_YES = {"yes", "y", "true", "1", "是"}
_NO = {"no", "n", "false", "0", "否"}
_SHAPES_ZH = {
    "自动": "auto",
    "上升": "rising",
    "下降": "falling",
    "峰": "peak",
    "谷": "valley",
    "无": "none",
}

NO_COLUMN_HEADING = Reason(
    "no_column_heading",
    Text("说明表 {file} 没有“column”（列名）一栏", "the sheet {file} has no heading “column”"),
    "docs/models.md",
    Text("用 tally model columns 可得一份空表。", "tally model columns gives an empty sheet."),
)
BAD_STATEMENT = Reason(
    "bad_statement",
    Text("“{field}”一格看不懂：{expected}", "the cell “{field}” makes no sense: {expected}"),
    "docs/models.md",
)
STATED_TWICE = Reason(
    "stated_twice",
    Text("列 {column} 说了两次", "column {column} is stated twice"),
    "docs/models.md",
)
NO_SUCH_COLUMN = Reason(
    "stated_column_absent",
    Text("数据中没有列 {column}", "the data have no column {column}"),
    "docs/models.md",
    Text("请对照数据的列名。", "Compare it with the names of the columns."),
)
STATEMENT_UNFIT = Reason(
    "statement_unfit",
    Text(
        "列 {column} 的说明不合它的值：{why}",
        "what is stated of column {column} does not fit it: {why}",
    ),
    "docs/models.md",
    Text("请在说明表中改正；什么也没有做。", "Mend it in the sheet; nothing was done."),
)
_UNFIT = {
    "groups": Text(
        "值是数，用 cuts，或写 kind = category", "it holds numbers: state cuts, or kind = category"
    ),
    "special": Text("数的特殊码是有限的数", "a special code of numbers is a finite number"),
    "number": Text("值不是数", "it holds no numbers"),
    "cuts": Text("值不是数，用 groups", "it holds no numbers: state groups"),
    "twice": Text("一个类别既在组里又是特殊码", "a category is in a group and special too"),
    "shape": Text(
        "类别没有大小，用 groups，由差到好", "categories have no order: state groups, worst first"
    ),
}
_EXPECTED = {
    "use": Text("写 yes 或 no", "write yes or no"),
    "kind": Text("写 number 或 category", "write number or category"),
    "shape": Text(f"写 {'、'.join(SHAPES)}", f"write one of {', '.join(SHAPES)}"),
    "cuts": Text("写由小到大的数，用分号隔开", "write rising numbers, separated by semicolons"),
    "groups": Text(
        "类别用竖线、组用分号隔开，类别不重复",
        "separate categories by bars and groups by semicolons, no category twice",
    ),
    "marks": Text(
        "“{mark}”在数据中读作缺失，总有自己的一格；请在数据和此处都改用别的词",
        "“{mark}” reads as missing, which has a cell of its own; use another word in the data and "
        "here",
    ),
    "weight": Text("写正数", "write a positive number"),
    "actionable": Text("写 yes 或 no", "write yes or no"),
}


def read_wishes(
    file: str, rows: Sequence[tuple[int, Sequence[str]]], columns: Iterable[str]
) -> tuple[dict[str, Wish], list[Problem]]:
    """Return what a sheet states by column, and the problems; rows as (line, cells).

    columns: those of the table. Raises: NO_COLUMN_HEADING.
    """
    known = {name.casefold(): key for key, zh in HEADINGS.items() for name in (key, zh)}
    heads = [known.get(cell.strip().casefold(), "") for cell in rows[0][1]] if rows else []
    if "column" not in heads:
        raise NO_COLUMN_HEADING.error(file=file)
    there, wishes, problems = set(columns), {}, []
    for line, cells in rows[1:]:
        said = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head}
        name = said.pop("column", "")
        if not name:
            continue
        try:
            if name not in there:
                raise NO_SUCH_COLUMN.error(column=name)
            if name in wishes:
                raise STATED_TWICE.error(column=name)
        except TallyError as fault:
            problems.append(fault.problem(file=file, line=line, field=name))
            continue
        wish, faults = _wish(said)
        problems += [fault.problem(file=file, line=line, field=name) for fault in faults]
        if not faults:
            wishes[name] = wish
    return wishes, problems


def _wish(said: dict[str, str]) -> tuple[Wish, list[TallyError]]:
    """Return what a row states, and every cell of it that makes no sense."""
    found: dict[str, Any] = {name: said.get(name, "") for name in ("zh", "en", "unit", "item")}
    faults = []
    for name, read in _READERS.items():
        try:
            found[name] = read(said.get(name, ""))
        except TallyError as fault:
            faults.append(fault)
    return Wish(**found), faults


def _wrong(field: str) -> TallyError:
    return BAD_STATEMENT.error(field=field, expected=_EXPECTED[field])


def _shape(text: str) -> str:
    shape = _SHAPES_ZH.get(text.casefold(), text.casefold()) or "auto"
    if shape not in SHAPES:
        raise _wrong("shape")
    return shape


def _kind(text: str) -> str:
    if text.casefold() not in _KINDS:
        raise _wrong("kind")
    return _KINDS[text.casefold()]


def require_fit(table: Table, wishes: Mapping[str, Wish]) -> None:
    """Refuse what is stated of a column and could not be kept. Raises: STATEMENT_UNFIT."""
    for name in table.names:
        wish = wishes.get(name, Wish())
        why = _unfit(table.column(name).kind, wish) if wish.use else ""
        if why:
            raise STATEMENT_UNFIT.error(column=name, why=_UNFIT[why])


def _unfit(kind: str, wish: Wish) -> str:
    if kind == "number":
        special = not all(is_number(code) and isfinite(float(code)) for code in wish.special)
        return "groups" if wish.groups else "special" if special else ""
    if wish.kind == "number":
        return "number"
    if set(wish.special) & {one for group in wish.groups for one in group}:
        return "twice"
    return "cuts" if wish.cuts else "shape" if wish.shape not in {"auto", "none"} else ""


def _is(field: str, text: str, *, usual: bool) -> bool:
    word = text.casefold()
    if word and word not in _YES | _NO:
        raise _wrong(field)
    return word in _YES if word else usual


def _cuts(text: str) -> tuple[float, ...]:
    try:
        cuts = tuple(float(one) for one in text.split(_BETWEEN) if one.strip())
    except ValueError:
        raise _wrong("cuts") from None
    if not all(map(isfinite, cuts)) or any(b <= a for a, b in pairwise(cuts)):
        raise _wrong("cuts")
    return cuts


def _groups(text: str) -> tuple[tuple[str, ...], ...]:
    groups = tuple(
        tuple(filter(None, map(str.strip, group.split(_WITHIN))))
        for group in text.split(_BETWEEN)
        if group.strip()
    )
    named = [one for group in groups for one in group]
    _refuse_marks("groups", named)
    if len(set(named)) < len(named) or not all(groups):
        raise _wrong("groups")
    return groups


def _special(text: str) -> tuple[str, ...]:
    codes = tuple(filter(None, map(str.strip, text.split(_BETWEEN))))
    _refuse_marks("special", codes)
    return codes


def _refuse_marks(field: str, named: Iterable[str]) -> None:
    """Refuse what a table never holds: a fit would count it as missing, and a card then not."""
    for one in named:
        if says_missing(one):
            raise BAD_STATEMENT.error(field=field, expected=_EXPECTED["marks"].fill(mark=one))


def _weight(text: str) -> str:
    if not text:
        return ""
    try:
        number = float(text)
    except ValueError:
        raise _wrong("weight") from None
    if not isfinite(number) or number <= 0:
        raise _wrong("weight")
    return text


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "kind": _kind,
    "shape": _shape,
    "special": _special,
    "cuts": _cuts,
    "groups": _groups,
    "weight": _weight,
    "actionable": lambda text: _is("actionable", text, usual=False),
    "use": lambda text: _is("use", text, usual=True),
}
