"""Whether the data of a fact has the fields its catalogue item names, of the right types.

Owns the check every fact goes through. Rules: a field the item does not name is refused, so that
nothing enters beside the catalogue; an absent value is an absent field, never empty text; a problem
names the field and what was expected and never repeats the value.

How it is fast: facts from one source come in few shapes (the same field names in the same order,
with values of the same Python types). A shape is judged once; afterwards only the values that can
still be wrong (dates, decimals, codes, lengths) are looked at.

    >>> from tallystick.rulebook.catalogue import catalogue
    >>> FactCheck(catalogue().item("tax.rating"))({"year": 2026, "grade": "A"})
    ()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from tallystick.kernel.canonical import INTEGER_MAX
from tallystick.kernel.dates import NOT_A_DATE, date_of
from tallystick.kernel.decimals import DIGITS_MAX, NOT_A_DECIMAL, decimal_of
from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.identifiers import check_lei, check_uscc
from tallystick.kernel.texts import Text
from tallystick.rulebook.items import (
    DECIMAL,
    FIELD_NAME,
    TEXT_MAX_CHARS,
    CatalogueItem,
    DataField,
    FieldType,
    Need,
)
from tallystick.rulebook.samples import is_sample_subject

SHAPES_MAX = 1024  # shapes remembered per item; beyond it the memory is emptied and starts again
DATES_MAX = 100_000  # about 270 years of days
CODES_MAX = 65_536  # authorities are few and come again and again

_CATALOGUE_RULE = "上海市社会信用条例 art. 11"

FIELD_NOT_IN_CATALOGUE = Reason(
    "field_not_in_catalogue",
    Text("目录项 {item} 没有字段 {name}", "catalogue item {item} has no field {name}"),
    _CATALOGUE_RULE,
    Text("请删去该字段，或先申报目录项。", "Leave the field out, or declare an item first."),
)
MISSING_FIELD = Reason(
    "missing_field",
    Text("目录项 {item} 缺少字段 {name}", "catalogue item {item} needs the field {name}"),
    "",
    Text("请补上该字段。", "Supply the field."),
)
WRONG_TYPE = Reason(
    "wrong_type",
    Text("字段 {name} 应为{expected}", "field {name} must be {expected}"),
    "",
    Text("请按模板填写。", "Fill it in as the template shows."),
)
VALUE_OUT_OF_RANGE = Reason(
    "value_out_of_range",
    Text("字段 {name} 超出允许范围：{expected}", "field {name} is out of range: {expected}"),
    "",
    Text("请核对数值和单位。", "Check the number and its unit."),
)

_EXPECTED = {
    FieldType.TEXT: Text("非空文字", "text that is not empty"),
    FieldType.TEXTS: Text("文字列表", "a list of text"),
    FieldType.DATE: Text("日期，如 2026-04-01", "a date like 2026-04-01"),
    FieldType.DECIMAL: Text('十进制数字文本，如 "2000.50"', 'a decimal as text, like "2000.50"'),
    FieldType.INTEGER: Text("整数", "an integer"),
    FieldType.BOOLEAN: Text("是或否", "true or false"),
    FieldType.ENUM: Text("目录所列代码之一", "one of the codes the catalogue lists"),
    FieldType.USCC: Text("18 位统一社会信用代码", "a unified social credit code of 18 characters"),
    FieldType.LEI: Text("20 位全球法人识别编码", "a legal entity identifier of 20 characters"),
    FieldType.DECIMALS: Text(
        "名称到十进制数字文本的映射", "a map of ASCII names to decimals as text"
    ),
}
_PYTHON_TYPES = {
    FieldType.TEXTS: list,
    FieldType.INTEGER: int,
    FieldType.BOOLEAN: bool,
    FieldType.DECIMALS: dict,
}
_Test = Callable[[Any], object]
_Shape = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, _Test], ...]]
_LARGEST = "9" * DIGITS_MAX
_days_seen: set[str] = set()


class FactCheck:
    """The compiled check of one catalogue item; calling it returns the problems of a fact."""

    __slots__ = ("_fields", "_item", "_required", "_shapes", "_tests")

    def __init__(self, item: CatalogueItem) -> None:
        self._item = item.code
        self._fields = {field.name: field for field in item.fields}
        self._required = tuple(f.name for f in item.fields if f.need is Need.REQUIRED)
        self._tests = {field.name: _value_test(field) for field in item.fields}
        self._shapes: dict[object, _Shape] = {}

    def __call__(self, data: Mapping[str, Any]) -> tuple[Problem, ...]:
        """Return every problem of `data`, an empty tuple when there is none."""
        shape = (*data, *map(type, data.values()))
        known = self._shapes.get(shape)
        if known is None:
            problems = self._judge_shape(data)
            if problems:
                return problems
            known = self._remember(shape, data)
        texts, dates, tests = known
        # A call costs more than the look it makes, so the two commonest types are looked at here.
        for name in texts:
            if not 0 < len(data[name]) <= TEXT_MAX_CHARS:
                return self._judge_values(data)
        for name in dates:
            if data[name] not in _days_seen and not is_date(data[name]):
                return self._judge_values(data)
        for name, test in tests:
            if not test(data[name]):
                return self._judge_values(data)
        return ()

    def _judge_shape(self, data: Mapping[str, Any]) -> tuple[Problem, ...]:
        problems = [
            FIELD_NOT_IN_CATALOGUE.problem(field=str(name), item=self._item, name=name)
            for name in data
            if name not in self._fields
        ]
        problems += [
            MISSING_FIELD.problem(field=name, item=self._item, name=name)
            for name in self._required
            if name not in data
        ]
        if not data:
            problems.append(MISSING_FIELD.problem(item=self._item, name="*"))
        problems += [
            _wrong(self._fields[name])
            for name, value in data.items()
            if name in self._fields and not _right_type(self._fields[name], value)
        ]
        return tuple(problems)

    def _remember(self, shape: object, data: Mapping[str, Any]) -> _Shape:
        if len(self._shapes) >= SHAPES_MAX:
            self._shapes.clear()
        texts, dates, tests = [], [], []
        for name in data:
            field, test = self._fields[name], self._tests[name]
            if field.type is FieldType.TEXT and not field.starts_with:
                texts.append(name)
            elif field.type is FieldType.DATE:
                dates.append(name)
            elif test is not None:
                tests.append((name, test))
        known = self._shapes[shape] = (tuple(texts), tuple(dates), tuple(tests))
        return known

    def _judge_values(self, data: Mapping[str, Any]) -> tuple[Problem, ...]:
        return tuple(
            _out_of_range(self._fields[name])
            if _wellformed(self._fields[name], value)
            else _wrong(self._fields[name])
            for name, value in data.items()
            if (test := self._tests[name]) is not None and not test(value)
        )


def _wrong(field: DataField) -> Problem:
    return WRONG_TYPE.problem(field=field.name, name=field.name, expected=_EXPECTED[field.type])


def _out_of_range(field: DataField) -> Problem:
    expected = f"{field.least or ''}..{field.most or ''}"
    if field.type is FieldType.TEXT:
        expected = f"{field.starts_with}* (1..{TEXT_MAX_CHARS})"
    return VALUE_OUT_OF_RANGE.problem(field=field.name, name=field.name, expected=expected)


def _right_type(field: DataField, value: object) -> bool:
    # type(), not isinstance(): True is an int to isinstance, and must not count as 1 here
    return type(value) is _PYTHON_TYPES.get(field.type, str)


def _wellformed(field: DataField, value: Any) -> bool:  # noqa: ANN401 - any value of the right Python type
    """Return whether `value` is of the field's type, its bounds left aside."""
    if field.type is FieldType.DECIMAL:
        return is_decimal(value)
    return field.type in (FieldType.INTEGER, FieldType.TEXT) and bool(str(value).strip())


def _value_test(field: DataField) -> _Test | None:
    """Return the test a value of the right Python type must still pass, None if there is none."""
    if field.type is FieldType.TEXT:
        return _text_test(field.starts_with)
    if field.type is FieldType.INTEGER:
        return _integer_test(field)
    if field.type is FieldType.DECIMAL:
        return _decimal_test(field)
    if field.type is FieldType.ENUM:
        return frozenset(code for code, _ in field.values).__contains__
    return _FIXED_TESTS.get(field.type)


def _text_test(starts_with: str) -> _Test:
    def test(value: str) -> bool:
        return 0 < len(value) <= TEXT_MAX_CHARS and value.startswith(starts_with)

    def plain(value: str) -> bool:
        return 0 < len(value) <= TEXT_MAX_CHARS

    return test if starts_with else plain


def _integer_test(field: DataField) -> _Test:
    least = int(field.least) if field.least is not None else -INTEGER_MAX
    most = int(field.most) if field.most is not None else INTEGER_MAX
    return lambda value: least <= value <= most


def _decimal_test(field: DataField) -> _Test:
    if field.least is None and field.most is None:
        return is_decimal
    if field.least == "0" and field.most is None:
        return lambda value: is_decimal(value) and value[0] != "-"
    least = decimal_of(field.least if field.least is not None else f"-{_LARGEST}")
    most = decimal_of(field.most if field.most is not None else _LARGEST)
    return lambda value: is_decimal(value) and least <= decimal_of(value) <= most


def is_decimal(value: str) -> bool:
    """Return whether `value` is a decimal as `kernel.decimals` reads it."""
    if len(value) <= DIGITS_MAX:  # the digits cannot be too many, so the look is enough
        return DECIMAL.fullmatch(value) is not None
    try:
        decimal_of(value)
    except TallyError as fault:
        if fault.reason is NOT_A_DECIMAL:
            return False
        raise
    return True


def is_date(value: str) -> bool:
    """Return whether `value` is a day that exists, written like 2026-04-01."""
    if value in _days_seen:
        return True
    try:
        date_of(value)
    except TallyError as fault:
        if fault.reason is NOT_A_DATE:
            return False
        raise
    if len(_days_seen) >= DATES_MAX:
        _days_seen.clear()
    _days_seen.add(value)
    return True


@lru_cache(CODES_MAX)
def is_uscc(value: str) -> bool:
    """Return whether `value` is a unified social credit code with both check digits.

    A field names an organ or a partner, and none of those has a code kept for samples.
    """
    return check_uscc(value) is None and not is_sample_subject(value)


def is_lei(value: str) -> bool:
    """Return whether `value` is a legal entity identifier with its two check digits."""
    return check_lei(value) is None


def _is_texts(value: list[object]) -> bool:
    return all(type(v) is str and 0 < len(v) <= TEXT_MAX_CHARS for v in value)


def _is_decimals(value: dict[object, object]) -> bool:
    return bool(value) and all(
        type(name) is str and FIELD_NAME.fullmatch(name) and type(v) is str and is_decimal(v)
        for name, v in value.items()
    )


_FIXED_TESTS: Mapping[FieldType, _Test] = {
    FieldType.TEXTS: _is_texts,
    FieldType.DATE: is_date,
    FieldType.USCC: is_uscc,
    FieldType.LEI: is_lei,
    FieldType.DECIMALS: _is_decimals,
}
