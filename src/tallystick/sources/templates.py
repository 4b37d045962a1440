"""Workbooks to fill in: one sheet for the rows, one that explains every column.

Owns what `tally template` writes. Rules: a template holds the columns that are read and no others,
so that nobody is asked for personal data; its example row is plainly fictional and imports without
a problem; what may be chosen is offered as a list; codes and numbers of documents are text, so that
a spreadsheet does not turn them into numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tallystick.kernel.texts import Text
from tallystick.sources.grants import CATEGORIES, categories_of
from tallystick.sources.profiles import CURRENT, Column, Profile, profile_of
from tallystick.sources.values import converter_for

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ROWS_OFFERED: Final = 5000
"""How many rows carry the lists and formats of their column."""

_WIDTH_MIN: Final = 14
_WIDTH_MAX: Final = 44
_HEADER_HEIGHT: Final = 48
_REQUIRED_FILL: Final = "FFF2CC"
_OPTIONAL_FILL: Final = "E7EEF7"
_YES: Final = Text("是", "yes")
_NO: Final = Text("否", "no")
_GUIDE: Final = Text("填写说明", "How to fill in")
_GUIDE_HEADS: Final = (
    Text("列", "Column"),
    Text("另一种语言", "In Chinese"),
    Text("代码", "Code"),
    Text("必填", "Required"),
    Text("类型", "Type"),
    Text("单位", "Unit"),
    Text("可选值", "Choices"),
    Text("示例", "Example"),
    Text("说明", "Note"),
)
_EXAMPLE_NOTE: Final = Text(
    "第 2 行是虚构示例，填写前请删去。橙色表头为必填列。不要添加姓名、证件号、电话等个人信息列。",
    "Row 2 is a fictional example: delete it before use. Orange headers are required. Do not add "
    "columns about people (names, identity numbers, telephones).",
)
_UNIT_NAMES: Final = {
    "元": Text("元", "yuan (元)"),
    "万元": Text("万元", "10,000 yuan (万元)"),
    "倍": Text("倍", "times (倍)"),
}
KIND_NAMES: Final = {
    "name": Text("文字", "text"),
    "text": Text("文字", "text"),
    "list": Text("文字，可多项", "text, several"),
    "date": Text("日期", "date"),
    "until": Text("日期；长期写 2099/12/31", "date; 2099/12/31 for no end"),
    "year": Text("年份", "year"),
    "integer": Text("整数", "whole number"),
    "level": Text("1 至 4", "1 to 4"),
    "decimal": Text("数额", "amount"),
    "ratio": Text("比率", "ratio"),
    "boolean": Text("是或否", "yes or no"),
    "enum": Text("从列表选择", "choose from the list"),
    "party": Text("从列表选择", "choose from the list"),
    "uscc": Text("统一社会信用代码", "unified social credit code"),
    "organ": Text("统一社会信用代码", "unified social credit code"),
    "lei": Text("全球法人识别编码", "legal entity identifier"),
    "digest": Text("SHA-256 摘要", "SHA-256 digest"),
    "personal": Text("个人信息，不读取", "personal, never read"),
    "ignored": Text("不读取", "not read"),
}
"""What the kinds of columns are called."""


def write_template(source: str, path: Path, language: str) -> None:
    """Write the workbook to fill in for `source` ("zh" or "en") to `path`.

    Raises TallyError `unknown_source`.
    """
    from openpyxl import Workbook  # noqa: PLC0415  (slow to load; only templates need it)

    profile = profile_of(source)
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(profile.names.in_language(language))
    columns = template_columns(profile)
    for place, column in enumerate(columns, 1):
        _write_column(sheet, place, column, language)
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = _HEADER_HEIGHT
    _write_guide(book.create_sheet(_GUIDE.in_language(language)), profile, columns, language)
    book.save(path)


def template_columns(profile: Profile) -> tuple[Column, ...]:
    """Return the columns a template asks for, the required ones where the table has them."""
    return tuple(column for column in profile.of_form(CURRENT) if column.is_read)


def _write_column(sheet: Worksheet, place: int, column: Column, language: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    letter = get_column_letter(place)
    first, second = (column.names.zh, column.names.en)[:: 1 if language == "zh" else -1]
    head = sheet.cell(1, place, f"{first}\n{second}")
    head.font = Font(bold=True)
    head.alignment = Alignment(wrap_text=True, vertical="top")
    fill = _REQUIRED_FILL if column.required else _OPTIONAL_FILL
    head.fill = PatternFill("solid", start_color=fill)
    example = sheet.cell(2, place, example_of(column, language) or None)
    example.font = Font(italic=True, color="808080")
    sheet.column_dimensions[letter].width = min(
        _WIDTH_MAX, max(_WIDTH_MIN, 2 * len(column.names.zh), len(column.example))
    )
    if column.kind not in ("integer", "level", "decimal", "ratio", "year"):
        sheet.column_dimensions[letter].number_format = "@"
        example.number_format = "@"
    choices = choices_of(column, language)
    if choices:
        offered = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        offered.error = column.names.in_language(language)
        offered.add(f"{letter}2:{letter}{ROWS_OFFERED}")
        sheet.add_data_validation(offered)


def example_of(column: Column, language: str) -> str:
    """Return the fictional cell of a column in a language.

    What has no name in a language but its own, such as a document, is the same in both.
    """
    if column.kind == "boolean" and column.example:
        yes = converter_for(column.kind, "", ())(column.example) is True
        return (_YES if yes else _NO).in_language(language)
    if column.code == CATEGORIES and language != "zh":
        return ", ".join(categories_of(tuple(column.example.split("、"))) or ())
    for choice in column.choices:
        if column.example in choice.spellings:
            return choice.names.in_language(language)
    return column.example


def choices_of(column: Column, language: str) -> list[str]:
    """Return what may be chosen in a column, [] where anything may be written."""
    if column.kind == "boolean":
        return [_YES.in_language(language), _NO.in_language(language)]
    return [choice.names.in_language(language) for choice in column.choices]


def unit_name(unit: str) -> Text:
    """Return what a unit of the tables of columns is called."""
    return _UNIT_NAMES.get(unit, Text(unit, unit))


def _write_guide(
    sheet: Worksheet, profile: Profile, columns: Iterable[Column], language: str
) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    sheet.append([profile.names.in_language(language)])
    sheet.append([_EXAMPLE_NOTE.in_language(language)])
    sheet.append([])
    sheet.append([head.in_language(language) for head in _GUIDE_HEADS])
    for column in columns:
        sheet.append(_guide_row(column, language))
    for cell in (sheet["A1"], *sheet[4]):
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHI", (30, 30, 24, 8, 18, 10, 36, 30, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet["A2"].alignment = Alignment(wrap_text=False)
    sheet.freeze_panes = "A5"


def _guide_row(column: Column, language: str) -> list[Any]:
    other = "en" if language == "zh" else "zh"
    return [
        column.names.in_language(language),
        column.names.in_language(other),
        column.code,
        (_YES if column.required else _NO).in_language(language),
        KIND_NAMES[column.kind].in_language(language),
        unit_name(column.unit).in_language(language),
        ("、" if language == "zh" else ", ").join(choices_of(column, language)),
        example_of(column, language),
        column.note.in_language(language),
    ]
