"""Personal data that nobody has, planted where real files hold it, to see whether any of it leaks.

Owns `write_marked_sample`. Rules: every marker is different and occurs nowhere else in the sample;
numbers have the shape and the check digits of real ones and lie where none was ever issued (a
district 319999 and births before 1900, mobile numbers of the unassigned range 154, cards of the
unassigned range 629999, landlines that begin with 1). After an import, no needle of any marker may
be found in the workspace, in a log or in an output, encrypted or not.

    marked = write_marked_sample(Path("marked"), count=500)
    assert leaked(marked.markers, workspace_bytes, log_bytes) == []
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tallystick.testing.chance import Dice
from tallystick.testing.fiction import INTERNAL_LAST, SOLE_TRADER, fictional_uscc
from tallystick.testing.sample import AS_OF_DEFAULT, SEED_DEFAULT, sample_sheets
from tallystick.testing.sheets import SampleFile, Sheet
from tallystick.testing.world import make_world

COUNT_DEFAULT = 500

_FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"}
_NAME_CHARACTERS = "安柏岑丹恩芳耕禾嘉阔岚茂宁欧沛青融舒桐威昕言泽峥"
_TOKEN_CHARACTERS = "ABCDEFGHJKLMNPQRTUWXY346789"  # noqa: S105  (an alphabet)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Marker(NamedTuple):
    """One piece of false personal data.

    kind: name, token, resident_id, mobile, landline, bank_card or trader_code. place: the file and
    column it was planted in. planted: the text as it stands in the file. bare: without spaces,
    hyphens and full-width digits.
    """

    kind: str
    place: str
    planted: str
    bare: str

    def needles(self) -> tuple[bytes, ...]:
        """Return every sequence of bytes whose presence would be a leak."""
        texts = {self.planted, self.bare}
        escaped = {json.dumps(text)[1:-1] for text in texts}
        encodings = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
        return tuple(
            sorted({t.encode(e) for t in texts for e in encodings} | {t.encode() for t in escaped})
        )


@dataclass(frozen=True, slots=True)
class MarkedSample:
    """The folder, its files in import order (their counts are those of the unmarked sample)."""

    folder: Path
    files: tuple[SampleFile, ...]
    markers: tuple[Marker, ...]


class _Place(NamedTuple):
    """One cell a marker goes into; `free` cells hold a sentence around it."""

    sheet: Sheet
    row: int
    column: str
    kind: str
    free: bool = False


# Columns that hold data about people in rows about organisations, and what they hold.
_PERSONAL: dict[str, dict[str, str]] = {
    "penalties-current.csv": {
        "CF_FRDB": "name",
        "CF_FR_ZJLX": "token",
        "CF_FR_ZJHM": "resident_id",
        "CF_XDR_ZJLX": "token",
        "CF_XDR_ZJHM": "resident_id",
    },
    "penalties-old.csv": {"CF_FR": "name", "CF_XDR_SFZ": "resident_id"},
    "licences-current.csv": {
        "法定代表人": "name",
        "法定代表人证件类型": "token",
        "法定代表人证件号码": "resident_id",
        "自然人证件类型": "token",
        "自然人证件号码": "resident_id",
    },
    "licences-old.csv": {"XK_FR": "name", "XK_XDR_SFZ": "resident_id"},
    "judgment-debtors.json": {"businessEntity": "name", "sexy": "token", "age": "token"},
    "roster.xlsx": {"法定代表人": "name", "联系电话": "mobile"},
}
# Columns of free text, in which only the number may be taken out.
_FREE: dict[str, tuple[str, ...]] = {
    "roster.xlsx": ("企业名称",),
    "self-declared.csv": ("申报表编号",),
    "penalties-current.csv": ("CF_WFXW", "CF_SY", "CF_YJ", "CF_NR", "CF_NR_ZKDX", "CF_CFJG", "BZ"),
    "penalties-old.csv": ("CF_CFMC", "CF_SY", "CF_YJ", "CF_JG", "CF_XZJG", "BZ"),
    "licences-current.csv": ("许可内容", "行政许可决定文书名称", "许可证书名称", "备注"),
    "licences-old.csv": ("XK_NR", "XK_XMMC", "BZ"),
    "judgment-debtors.json": (
        "duty",
        "disruptTypeName",
        "performedPart",
        "unperformPart",
        "courtName",
        "gistId",
    ),
    "abnormal-operations.csv": ("列入原因", "移出原因", "列入机关"),
    "tax.csv": ("评价单位", "文书号"),
    "association.xlsx": ("违反条款", "记录单位"),
    "honours.csv": ("名称", "授予单位"),
    "site-visit.csv": ("说明", "走访单位"),
    "ratios.parquet": ("编制单位",),
}
# Columns nobody asked for, added to every file.
_EXTRA = {
    "手机号": "mobile",
    "银行卡号": "bank_card",
    "身份证号": "resident_id",
    "联系人姓名": "name",
    "家庭电话": "landline",
}
# The column that says a row is about a person, its words for it, and the columns of name and code.
_PARTY: dict[str, tuple[str, frozenset[str], str, str]] = {
    "penalties-current.csv": (
        "CF_XDR_LB",
        frozenset({"01", "自然人", "04"}),
        "CF_XDR_MC",
        "CF_XDR_SHXYM",
    ),
    "licences-current.csv": (
        "行政相对人类别",
        frozenset({"自然人"}),
        "行政相对人名称",
        "行政相对人代码_1(统一社会信用代码)",
    ),
    "judgment-debtors.json": ("partyTypeName", frozenset({"0"}), "iname", "cardNum"),
    "roster.xlsx": ("主体类型", frozenset({"个体工商户"}), "企业名称", "统一社会信用代码"),
}
_SOLE_TRADER_WORDS = frozenset({"04", "个体工商户"})
_SENTENCES = (
    "当事人确认联系电话{}，愿意配合调查（样例）",
    "经核对证件{}后当场签收（样例）",
    "款项转入账户{}，余款待付（样例）",
    "现场公告牌上写有{}字样（样例）",
)
_FREE_KINDS = ("resident_id", "mobile", "bank_card", "landline")


def write_marked_sample(
    folder: Path,
    count: int = COUNT_DEFAULT,
    seed: int = SEED_DEFAULT,
    as_of: str = AS_OF_DEFAULT,
) -> MarkedSample:
    """Write the sample into `folder` with `count` different markers in its personal places.

    Every column and every person's row gets its first marker before any gets its second.

    Raises ValueError where the sample has fewer places than `count`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheets = sample_sheets(make_world(seed, as_of))
    for sheet in sheets:
        _add_strays(sheet)
        _add_columns(sheet)
    places = _in_turns(_places(sheets))
    if len(places) < count:
        message = f"the sample has {len(places)} personal places, fewer than {count}"
        raise ValueError(message)
    mint = _Mint(seed)
    markers = tuple(_plant(place, turn, mint) for turn, place in enumerate(places[:count]))
    return MarkedSample(folder, tuple(sheet.write(folder) for sheet in sheets), markers)


def leaked(markers: Iterable[Marker], *found: bytes) -> list[Marker]:
    """Return the markers of which any needle occurs in `found`, searched as raw bytes."""
    everything = b"\0".join(found)
    return [one for one in markers if any(needle in everything for needle in one.needles())]


def _add_strays(sheet: Sheet) -> None:
    """Add rows about people that do not say so: an id where the code of an organisation belongs."""
    if sheet.name not in _PARTY:
        return
    _, _, name, code = _PARTY[sheet.name]
    columns = sheet.columns
    stray = list(sheet.rows[0])
    stray[columns.index(name)] = "样待标"
    stray[columns.index(code)] = "待标"
    sheet.rows.append(tuple(stray))


def _add_columns(sheet: Sheet) -> None:
    sheet.columns = (*sheet.columns, *_EXTRA)
    sheet.rows = [(*row, *("" for _ in _EXTRA)) for row in sheet.rows]


def _places(sheets: list[Sheet]) -> Iterator[list[_Place]]:
    """Yield the places of the sample in groups: a column of a file, or a row about a person."""
    for sheet in sheets:
        rows = range(len(sheet.rows))
        persons = [row for row in rows if _is_person(sheet, row)]
        others = [row for row in rows if row not in persons]
        for row in persons:
            yield list(_person_places(sheet, row))
        for column, kind in _PERSONAL.get(sheet.name, {}).items():
            yield [_Place(sheet, row, column, kind) for row in others]
        for turn, column in enumerate(_FREE.get(sheet.name, ())):
            kinds = _FREE_KINDS[turn % len(_FREE_KINDS) :] + _FREE_KINDS
            yield [
                _Place(sheet, row, column, kinds[at % len(_FREE_KINDS)], free=True)
                for at, row in enumerate(others)
            ]
        for column, kind in _EXTRA.items():
            yield [_Place(sheet, row, column, kind) for row in others]


def _is_person(sheet: Sheet, row: int) -> bool:
    if sheet.name not in _PARTY:
        return False
    party, words, _, code = _PARTY[sheet.name]
    cells = dict(zip(sheet.columns, sheet.rows[row], strict=True))
    return cells[party] in words or cells[code] == "待标"


def _person_places(sheet: Sheet, row: int) -> Iterator[_Place]:
    """Yield every cell of a row about a person, but the one that says so."""
    party, _, name, code = _PARTY[sheet.name]
    cells = dict(zip(sheet.columns, sheet.rows[row], strict=True))
    known = {**_PERSONAL.get(sheet.name, {}), **_EXTRA, name: "name"}
    known[code] = "trader_code" if cells[party] in _SOLE_TRADER_WORDS else "resident_id"
    for column in sheet.columns:
        if column != party:
            yield _Place(sheet, row, column, known.get(column, "token"))


def _in_turns(groups: Iterator[list[_Place]]) -> list[_Place]:
    """Return all places, the first of each group before the second of any; rows about people whole.

    A row about a person is only a test when nothing of it is left out, so those come first.
    """
    people: list[list[_Place]] = []
    columns: list[list[_Place]] = []
    for group in groups:
        (people if group and _is_person(group[0].sheet, group[0].row) else columns).append(group)
    turns = max((len(group) for group in columns), default=0)
    whole = [place for group in people for place in group]
    return whole + [group[t] for t in range(turns) for group in columns if t < len(group)]


def _plant(place: _Place, turn: int, mint: _Mint) -> Marker:
    """Put a new marker into the cell and return it."""
    sheet, row, column, kind, free = place
    bare = mint.make(kind)
    planted = _spelt(kind, bare, turn) if free else bare
    cells = list(sheet.rows[row])
    at = sheet.columns.index(column)
    sentence = _SENTENCES[turn % len(_SENTENCES)].format(planted)
    cells[at] = f"{cells[at]}{sentence}" if free else planted
    sheet.rows[row] = tuple(cells)
    return Marker(kind, f"{sheet.name} {column}", planted, bare)


def _spelt(kind: str, bare: str, turn: int) -> str:
    """Return the number as people type it: plain, in groups, in full width, with a country code."""
    sizes = {"resident_id": (6, 4, 4, 4), "mobile": (3, 4, 4), "landline": (3, 4, 4)}
    styles: tuple[Callable[[str], str], ...] = (
        lambda number: number,
        lambda number: " ".join(_groups(number, sizes.get(kind, (4, 4, 4, 4, 3)))),
        lambda number: "-".join(_groups(number, sizes.get(kind, (4, 4, 4, 4, 3)))),
        lambda number: number.translate(_FULL_WIDTH),
        _as_its_kind(kind),
    )
    return styles[turn % len(styles)](bare)


def _as_its_kind(kind: str) -> Callable[[str], str]:
    """Return the way of writing that only this kind of number has."""
    if kind == "mobile":
        return "+86-{}".format
    if kind == "landline":
        return lambda number: f"（{number[:3]}）{number[3:]}"
    return str.lower


def _groups(number: str, sizes: tuple[int, ...]) -> Iterator[str]:
    start = 0
    for size in sizes:
        if number[start:]:
            yield number[start : start + size]
        start += size


class _Mint:
    """Makes markers, no two alike."""

    def __init__(self, seed: int) -> None:
        self._dice = Dice(seed, "markers")
        self._made: set[str] = set()
        self._makers: dict[str, Callable[[Dice], str]] = {
            "name": _name,
            "token": _token,
            "resident_id": _resident_id,
            "mobile": lambda dice: "154" + dice.digits(8),
            "landline": lambda dice: "0201" + dice.digits(7),
            "bank_card": _bank_card,
            "trader_code": lambda dice: fictional_uscc(SOLE_TRADER, dice.between(1, INTERNAL_LAST)),
        }

    def make(self, kind: str) -> str:
        """Return a new marker of `kind`."""
        while True:
            marker = self._makers[kind](self._dice)
            if marker not in self._made:
                self._made.add(marker)
                return marker


def _name(dice: Dice) -> str:
    return "样" + "".join(dice.pick(_NAME_CHARACTERS) for _ in range(3))


def _token(dice: Dice) -> str:
    return "MK" + "".join(dice.pick(_TOKEN_CHARACTERS) for _ in range(10))


def _resident_id(dice: Dice) -> str:
    body = f"319999{dice.between(1801, 1899)}{dice.between(1, 12):02d}{dice.between(1, 28):02d}"
    body += dice.digits(3)
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def _bank_card(dice: Dice) -> str:
    body = "629999" + dice.digits(dice.pick((9, 12)))
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in body[-1::-2])
    total = doubled + sum(int(digit) for digit in body[-2::-2])
    return body + str(-total % 10)
