"""The columns of every source, read from the tables in `columns/`.

Owns what a column is called (code, Chinese, English, other names), what it holds and which field
of the catalogue it fills. Rules: the tables are data, one CSV file a source, one row a column; a
column of type `personal` is never read, one of type `ignored` is known and not needed; nothing
enters that no table names.

    >>> profile_of("penalties").column("CF_NR_FK").unit
    '万元'
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from tallystick.kernel.texts import Text
from tallystick.sources.drafts import Channel
from tallystick.sources.reasons import UNKNOWN_SOURCE

CURRENT: Final = "current"
OLD: Final = "old"
RATIO_MARK: Final = "ratio:"

PERSONAL: Final = "personal"
IGNORED: Final = "ignored"
KINDS: Final = (
    *("name", "party", "uscc", "organ", "text", "list", "date", "until", "year", "integer"),
    *("level", "decimal", "ratio", "boolean", "enum", "digest", "lei", PERSONAL, IGNORED),
)


# A name with this many digits in a row may be somebody's number.
_LONG_NUMBER: Final = re.compile("[0-9]{6}")


def is_ratio_name(name: str) -> bool:
    """Return whether `name` may be the name of a ratio: an ASCII word without a long number."""
    return name.isascii() and name.isidentifier() and not _LONG_NUMBER.search(name)


@cache
def published_ratios() -> dict[str, Text]:
    """Return the ratios of published lists by the name they have here, with what each is.

    A public set calls its columns X1, X2 ... and says elsewhere what they are. The lists stand in
    `published/`, one file a set; a header of one of them names the ratio in any file of ratios.
    """
    found: dict[str, Text] = {}
    for table in sorted(resources.files(__package__).joinpath("published").iterdir(), key=str):
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
            found[row["ratio"]] = Text(row["zh"], row["en"])
    return found


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a closed list: the value kept, its names, other ways it is written."""

    value: str
    names: Text
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source.

    code: ASCII name. field: the catalogue field it fills ("group.field" where a row yields several
    items; "subject" for the code of the organisation; "" where it fills none). kind: one of KINDS.
    unit: what an amount without a unit of its own is counted in. form: "current" or "old" where it
    belongs to one form only. example: a fictional cell for templates.
    """

    code: str
    field: str
    names: Text
    aliases: tuple[str, ...]
    kind: str
    unit: str
    required: bool
    form: str
    choices: tuple[Choice, ...]
    example: str
    note: Text

    @property
    def is_read(self) -> bool:
        """Whether cells of this column leave the reader at all."""
        return self.kind not in (PERSONAL, IGNORED)

    @property
    def calls(self) -> tuple[str, ...]:
        """Every name the column goes by, the code first."""
        return (self.code, self.names.zh, self.names.en, *self.aliases)


@dataclass(frozen=True, slots=True)
class Profile:
    """One source: its columns and what its rows become.

    channel: how its facts come here unless the deliverer itself made them. items: catalogue items
    its rows can yield. old_form: whether an older form of it is met.
    """

    source: str
    names: Text
    items: tuple[str, ...]
    channel: Channel
    old_form: bool
    columns: tuple[Column, ...]

    def column(self, code: str) -> Column:
        """Return the column `code`; "ratio:NAME" makes one for the ratio NAME.

        Raises KeyError where there is none.
        """
        for column in self.columns:
            if column.code == code:
                return column
        name = code.removeprefix(RATIO_MARK)
        if self.source == "ratios" and name != code and is_ratio_name(name):
            note = Text("", "")
            names = published_ratios().get(name, Text(name, name))
            return Column(code, "ratio", names, (), "ratio", "倍", False, "", (), "", note)  # noqa: FBT003  (as in the tables)
        raise KeyError(code)

    def of_form(self, form: str) -> Iterator[Column]:
        """Yield the columns of one form, those of both forms included."""
        return (column for column in self.columns if column.form in ("", form))


_TRANSCRIBED: Final[Channel] = "transcribed"
_SOURCES: Final[dict[str, tuple[Text, tuple[str, ...], Channel]]] = {
    "roster": (Text("会员名册", "roster"), ("registration.basic",), _TRANSCRIBED),
    "self-declared": (
        Text("自主申报", "self-declared"),
        (
            "selfdeclared.qualification",
            "selfdeclared.intellectual_property",
            "selfdeclared.operation",
        ),
        "self-declared",
    ),
    "penalties": (Text("行政处罚", "penalties"), ("penalty.decision",), _TRANSCRIBED),
    "licences": (Text("行政许可", "licences"), ("licence.decision",), _TRANSCRIBED),
    "judgment-debtors": (
        Text("失信被执行人", "judgment debtors"),
        ("court.judgment_debtor",),
        _TRANSCRIBED,
    ),
    "abnormal-operations": (
        Text("经营异常与严重违法失信", "abnormal operations"),
        ("registry.abnormal_operation", "registry.serious_violation"),
        _TRANSCRIBED,
    ),
    "tax": (Text("纳税", "tax"), ("tax.rating", "tax.arrears_notice"), _TRANSCRIBED),
    "association": (
        Text("协会管理", "association"),
        ("association.membership_year", "association.charter_breach"),
        "direct",
    ),
    "honours": (
        Text("荣誉", "honours"),
        ("honour.award", "honour.standard", "honour.forum_speech"),
        _TRANSCRIBED,
    ),
    "site-visit": (Text("实地调查", "site visit"), ("visit.verification",), "direct"),
    "ratios": (Text("财务比率", "ratios"), ("finance.ratios",), _TRANSCRIBED),
}

SOURCES: Final = tuple(_SOURCES)


@cache
def profile_of(source: str) -> Profile:
    """Return the profile of `source`. Raises TallyError `unknown_source`."""
    if source not in _SOURCES:
        raise UNKNOWN_SOURCE.error(source=source, known=", ".join(SOURCES))
    names, items, channel = _SOURCES[source]
    table = resources.files(__package__).joinpath("columns", f"{source}.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    columns = tuple(_column(row) for row in rows)
    old_form = any(column.form == OLD for column in columns)
    return Profile(source, names, items, channel, old_form, columns)


def _column(row: dict[str, str]) -> Column:
    return Column(
        code=row["code"],
        field=row["field"],
        names=Text(row["zh"], row["en"]),
        aliases=tuple(filter(None, row["aliases"].split("|"))),
        kind=row["type"],
        unit=row["unit"],
        required=row["required"] == "yes",
        form=row["form"],
        choices=tuple(_choice(text) for text in filter(None, row["enum"].split("|"))),
        example=row["example"],
        note=Text(row["note_zh"], row["note_en"]),
    )


def _choice(text: str) -> Choice:
    value, zh, en, *others = text.split(":")
    return Choice(value, Text(zh, en), tuple(dict.fromkeys((value, zh, en, *others))))
