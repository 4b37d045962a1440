"""Cells to values: dates, amounts, numbers, choices.

Owns the one reading of each kind of cell. Rules: nothing is guessed; an amount becomes yuan,
exactly and without floats; a cell that cannot be read gives UNREADABLE_CELL and one that says
nothing gives ABSENT, never an empty value. Each converter remembers the cells it has seen, since a
column repeats itself; what it remembers is bounded, and free text is not remembered.

    >>> converter_for("decimal", "万元", ())("0.2")
    '2000'
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from tallystick.kernel.decimals import DIGITS_MAX, context, decimal_text
from tallystick.kernel.identifiers import check_lei, check_uscc, normalise
from tallystick.rulebook.samples import is_sample_subject
from tallystick.sources.profiles import Choice

Convert = Callable[[str], Any]


class _Mark:
    """A value that is no cell's value."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = _Mark("ABSENT")
UNREADABLE_CELL: Final = _Mark("UNREADABLE_CELL")

LONG_TERM: Final = "2099-12-31"
"""What 2099/12/31 and 长期 mean in a column that says until when: without end."""

CELLS_REMEMBERED_MAX: Final = 50_000
TEXT_MAX_CHARS: Final = 5000
INTEGER_MAX: Final = 10**9
YEAR_MIN: Final = 1990
YEAR_MAX: Final = 2199
_BLANK_MAX_CHARS: Final = 4

UNIT_IN_CELL: Final = "cell"
UNIT_OPEN: Final = "?"
"""The unit of a column whose header leaves it open: then every cell must carry its own."""

UNITS: Final = {
    "元": 1,
    "千元": 10**3,
    "万元": 10**4,
    "百万元": 10**6,
    "亿元": 10**8,
}
"""Units of money and how many yuan each is."""

_UNIT_SPELLINGS: Final = {
    **UNITS,
    "万": 10**4,
    "亿": 10**8,
    "圆": 1,
    "元人民币": 1,
    "万元人民币": 10**4,
    "万人民币": 10**4,
    "亿元人民币": 10**8,
    "人民币": 1,
    "cny": 1,
    "rmb": 1,
    "yuan": 1,
}

_BLANK: Final = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "无", "空", "null", "NULL", "None", "none", "N/A", "n/a"),
)
_YES: Final = frozenset(["是", "有", "对", "真", "√", "✓", "y", "yes", "true", "t", "1", "已"])
_NO: Final = frozenset(["否", "无", "没有", "×", "✗", "n", "no", "false", "f", "0", "未"])
_FULL_TO_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_DAY: Final = re.compile(
    "([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?"
    "(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?",
)
_PLAIN_DAY: Final = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6})?(?:\\.0)?")
_SERIAL_DAY: Final = re.compile("([2-7][0-9]{4})(?:\\.[0-9]+)?")
# Spreadsheets count days from 1899-12-30, so that their imaginary 1900-02-29 comes out right for
# every day after it.
_SERIAL_START: Final = datetime.date(1899, 12, 30)
_DAY_MIN: Final = datetime.date(1900, 1, 1)
_WITHOUT_END: Final = frozenset(
    ("长期", "永久", "长期有效", "无固定期限", "long term", "permanent"),
)

_NUMBER: Final = re.compile(
    "([0-9]{1,3}(?:,[0-9]{3})+(?:\\.[0-9]+)?|[0-9]+(?:\\.[0-9]+)?)(?![0-9,.])",
)
_SIGNED: Final = re.compile("(-?[0-9]+(?:\\.[0-9]+)?)(%?)")
_COUNT: Final = re.compile("([0-9]{1,10})(?:\\.0+)?[个家次人项件种位名]?")
_LEVEL: Final = re.compile("([1-4])(?:\\.0)?级?")
_YEAR: Final = re.compile("([0-9]{4})(?:\\.0)?(?:年|年度)?")
_LIST: Final = re.compile("[、，,;；|\n]")
_EXACTLY: Final = context()
_DIGEST: Final = re.compile("(?:sha-?256:)?([0-9a-f]{64})")


def converter_for(kind: str, unit: str, choices: tuple[Choice, ...]) -> Convert:
    """Return the function that reads a cell of `kind`; cells reach it unstripped and not empty."""
    if kind in ("text", "name"):
        return text_of
    if kind == "decimal":
        read = _amount_reader(unit)
    elif kind in ("enum", "party"):
        read = _choice_reader(choices)
    else:
        read = _READERS[kind]
    # The bound method, not the object: a call then stays in C for every cell seen before.
    return _Remembered(read).__getitem__


class _Remembered(dict[str, Any]):
    """A reader with memory: `memory[cell]` reads what it has not seen."""

    __slots__ = ("_read",)

    def __init__(self, read: Convert) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:  # noqa: ANN401  (the value may be of any kind)
        value = self._read(cell)
        if len(self) >= CELLS_REMEMBERED_MAX:
            self.clear()
        self[cell] = value
        return value


def is_blank(cell: str) -> bool:
    """Return whether the cell says nothing: empty, a dash, a slash, 无, null."""
    return len(cell) <= _BLANK_MAX_CHARS and cell.strip() in _BLANK


def text_of(cell: str) -> Any:  # noqa: ANN401
    """Return the text of a cell, stripped."""
    if len(cell) <= _BLANK_MAX_CHARS and cell.strip() in _BLANK:
        return ABSENT
    text = cell.strip()
    if not text:
        return ABSENT
    return text if len(text) <= TEXT_MAX_CHARS else UNREADABLE_CELL


def date_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return the ISO date of a cell.

    Reads 2026/03/05, 2026-3-5, 2026.3.5, 20260305, 2026年3月5日, the same with a time of day after
    it, and the day number of a spreadsheet (46086).
    """
    text = cell.translate(_FULL_TO_HALF).strip()
    if text in _BLANK:
        return ABSENT
    match = _DAY.fullmatch(text) or _PLAIN_DAY.fullmatch(text)
    try:
        if match:
            day = datetime.date(*map(int, match.groups()))
        elif serial := _SERIAL_DAY.fullmatch(text):
            day = _SERIAL_START + datetime.timedelta(days=int(serial[1]))
        else:
            return UNREADABLE_CELL
    except ValueError:
        return UNREADABLE_CELL
    return day.isoformat() if day >= _DAY_MIN and day.year <= YEAR_MAX else UNREADABLE_CELL


def until_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return the ISO date until which something holds; LONG_TERM where it has no end."""
    text = cell.strip()
    if text.lower() in _WITHOUT_END:
        return LONG_TERM
    if text[:4] == "9999":
        return LONG_TERM
    return date_of_cell(text)


def amount_in_yuan(cell: str, yuan_a_unit: int | None) -> Any:  # noqa: ANN401
    """Return the amount of a cell in yuan, as decimal text.

    yuan_a_unit: what one unit of the column is; None where every cell must carry its own unit. A
    unit in the cell ("500万元") wins over the column's. Other currencies are unreadable.
    """
    text = cell.translate(_FULL_TO_HALF).strip().removeprefix("人民币").lstrip("¥￥ ")
    if text in _BLANK:
        return ABSENT
    match = _NUMBER.match(text)
    if not match:
        return UNREADABLE_CELL
    rest = re.sub("[()（）\\s]", "", text[match.end() :]).lower()
    number = match[1].replace(",", "")
    nothing = 1 if not number.strip("0.") else None  # nothing is nothing in any unit
    factor = _UNIT_SPELLINGS.get(rest) if rest else yuan_a_unit or nothing
    if factor is None or len(number) > DIGITS_MAX:
        return UNREADABLE_CELL
    amount = _EXACTLY.multiply(Decimal(number), Decimal(factor))
    written = decimal_text(amount)
    # Thirty digits of 万元 are more than thirty digits of yuan.
    return written if len(written.replace(".", "")) <= DIGITS_MAX else UNREADABLE_CELL


def is_bare_amount(cell: str) -> bool:
    """Return whether a cell is an amount that lacks nothing but its unit."""
    in_yuan = amount_in_yuan(cell, 1)
    return type(in_yuan) is str and in_yuan != amount_in_yuan(cell, None)


def ratio_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return a ratio as decimal text; 45.3% is 0.453."""
    text = cell.translate(_FULL_TO_HALF).replace("％", "%").replace(" ", "")
    if text in _BLANK:
        return ABSENT
    match = _SIGNED.fullmatch(text)
    if not match or len(match[1]) > DIGITS_MAX:
        return UNREADABLE_CELL
    return decimal_text(Decimal(match[1]).scaleb(-2 if match[2] else 0, _EXACTLY))


def integer_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return a count: digits, with a measure word (3家) or a spreadsheet's .0 after them."""
    text = cell.translate(_FULL_TO_HALF).strip()
    if text in _BLANK:
        return 0 if text == "无" else ABSENT
    match = _COUNT.fullmatch(text)
    if not match or int(match[1]) > INTEGER_MAX:
        return UNREADABLE_CELL
    return int(match[1])


def level_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return a level from 1 to 4."""
    text = cell.translate(_FULL_TO_HALF).strip()
    if text in _BLANK:
        return ABSENT
    match = _LEVEL.fullmatch(text)
    return int(match[1]) if match else UNREADABLE_CELL


def year_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return a year of four digits."""
    text = cell.translate(_FULL_TO_HALF).strip()
    if text in _BLANK:
        return ABSENT
    match = _YEAR.fullmatch(text)
    if not match or not YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        return UNREADABLE_CELL
    return int(match[1])


def boolean_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return True for 是, 有, yes, 1 ..., False for 否, 无, no, 0 ..."""
    text = cell.strip().lower().removesuffix(".0")
    if text in _YES:
        return True
    if text in _NO:
        return False
    return ABSENT if text in _BLANK else UNREADABLE_CELL


def list_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return the parts of a cell, separated by 、 ， ; | or a line end, as a tuple."""
    if is_blank(cell):
        return ABSENT
    parts = tuple(part.strip() for part in _LIST.split(cell) if part.strip())
    return parts if parts and len(cell) <= TEXT_MAX_CHARS else UNREADABLE_CELL


def organ_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return the USCC of an organ. No organ has a code of the division kept for samples."""
    code = normalise(cell)
    if code in _BLANK:
        return ABSENT
    sound = check_uscc(code) is None and not is_sample_subject(code)
    return code if sound else UNREADABLE_CELL


def lei_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return the LEI of an organisation."""
    code = normalise(cell)
    if code in _BLANK:
        return ABSENT
    return code if check_lei(code) is None else UNREADABLE_CELL


def digest_of_cell(cell: str) -> Any:  # noqa: ANN401
    """Return a SHA-256 digest as 64 lower-case hex digits."""
    if is_blank(cell):
        return ABSENT
    match = _DIGEST.fullmatch(cell.strip().lower())
    return match[1] if match else UNREADABLE_CELL


def spelling(text: str) -> str:
    """Return how two spellings of a choice or a header are compared: half-width, lower, tight."""
    tight = text.translate(_FULL_TO_HALF).lower()
    return "".join(tight.split())


def _amount_reader(unit: str) -> Convert:
    factor = None if unit in (UNIT_IN_CELL, UNIT_OPEN) else UNITS[unit]
    return lambda cell: amount_in_yuan(cell, factor)


def _choice_reader(choices: tuple[Choice, ...]) -> Convert:
    known = {spelling(text): choice.value for choice in choices for text in choice.spellings}

    def read(cell: str) -> Any:  # noqa: ANN401
        text = spelling(cell)
        value = known.get(text, known.get(text.removesuffix(".0")))
        if value is None:
            return ABSENT if is_blank(cell) else UNREADABLE_CELL
        return value

    return read


_READERS: Final[dict[str, Convert]] = {
    "date": date_of_cell,
    "until": until_of_cell,
    "year": year_of_cell,
    "integer": integer_of_cell,
    "level": level_of_cell,
    "boolean": boolean_of_cell,
    "ratio": ratio_of_cell,
    "list": list_of_cell,
    "organ": organ_of_cell,
    "lei": lei_of_cell,
    "digest": digest_of_cell,
}
