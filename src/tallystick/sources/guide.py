"""The page that lists every column of every source.

Owns the text of `docs/sources.md`. Rules: the page is made from the tables the reader itself uses;
a test compares it with the file, so that neither can change alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tallystick.sources.profiles import (
    OLD,
    PERSONAL,
    SOURCES,
    Column,
    Profile,
    profile_of,
    published_ratios,
)
from tallystick.sources.templates import KIND_NAMES

_HEAD: Final = """\
# Sources: every column that is read

Made from the tables in `src/tallystick/sources/columns/`; `tests/sources/test_guide.py` fails when
the two differ (`python -m tallystick.sources.guide > docs/sources.md` writes it anew).

A file may be CSV (UTF-8 with or without a mark, GB18030; comma, semicolon or tab), Excel (xlsx),
JSON (an array of objects, `{"data": [...]}`, or an object a line) or Parquet. A column is found by
its code, its Chinese or its English name, or another name it is known by; order does not matter.
What a file's columns were taken for is written as a mapping, which can be edited and given back
with `--map`.

- **Dates**: 2026-03-05, 2026/3/5, 20260305, 2026年3月5日, the day numbers of Excel; 2099/12/31 and
  长期 mean without end.
- **Amounts** become yuan, exactly. The unit is the one in the header, as （万元）, else that of the
  official name. A unit in the cell (500万元) wins. Where the header leaves it open, every cell must
  carry its own; a row with a bare amount is then `unit_unknown` until the mapping says the unit.
- **Personal columns** are dropped where they are read and counted. Any other column nobody mapped
  is not read either.
- **Free text** is searched for resident ids, telephone and bank-card numbers, which are masked as
  〔已遮蔽〕 and counted, in whatever digits they are typed (１３８, 一三八, 壹叁捌, l38) and
  whatever stands between them.
- **Rows about people** (relative party 01, `partyTypeName` 0, a resident id in the code column, a
  sole trader under a person's name) are refused and counted. A row without a code is `no_uscc` and
  is never matched by name.
- **A row is taken whole or not at all**: where one cell cannot be read, the row is a problem with
  its file, line, column and code, never with the value.
"""
_TABLE_HEAD: Final = (
    "| 列 / column | code | type | unit | required | field | note |\n"
    "|---|---|---|---|---|---|---|\n"
)
_PUBLISHED_HEAD: Final = """
## Ratios of published lists

In a file of the source `ratios` a column may carry the name a published list gives it, and becomes
the ratio beside it. Listed is UCI data set 365 (Polish companies bankruptcy, doi:10.24432/C5F600)
as its description words it; the Chinese is ours. Any other ratio is written `ratio:name`.

| header | ratio | 中文 | as published |
|---|---|---|---|
"""
_FORM_NOTES: Final = {"current": "现行 / current form", OLD: "旧式 / old form"}


def guide() -> str:
    """Return the page as Markdown."""
    return "".join((_HEAD, *(_section(profile_of(source)) for source in SOURCES), *_published()))


def _published() -> Iterator[str]:
    """Yield the ratios that are known by the headers of a published list."""
    yield _PUBLISHED_HEAD
    for ratio, names in published_ratios().items():
        yield f"| `{ratio.upper()}` | `{ratio}` | {names.zh} | {names.en} |\n"


def _section(profile: Profile) -> str:
    items = ", ".join(f"`{item}`" for item in profile.items)
    opening = f"\n## {profile.source} {profile.names.zh}\n\nYields {items} ({profile.channel}).\n\n"
    return "".join((opening, _TABLE_HEAD, *map(_line, profile.columns), *_lists(profile)))


def _line(column: Column) -> str:
    kind = KIND_NAMES[column.kind]
    notes = [_FORM_NOTES.get(column.form, ""), column.note.zh, column.note.en]
    cells = (
        f"{column.names.zh} / {column.names.en}",
        f"`{column.code}`",
        f"{kind.zh} / {kind.en}",
        column.unit,
        "yes" if column.required else "",
        f"`{column.field}`" if column.field and column.kind != PERSONAL else "",
        "; ".join(filter(None, notes)),
    )
    return f"| {' | '.join(cells)} |\n"


def _lists(profile: Profile) -> Iterator[str]:
    """Yield the other names and the choices of the columns that have any."""
    yield "\n"
    for column in profile.columns:
        if column.choices:
            yield _choices(column)
    for column in profile.columns:
        if column.aliases:
            yield f"- `{column.code}` is also called {', '.join(column.aliases)}.\n"


def _choices(column: Column) -> str:
    listed = []
    for choice in column.choices:
        names = (choice.value, *choice.names)
        others = ", ".join(text for text in choice.spellings if text not in names)
        also = f" ({others})" if others else ""
        listed.append(f"`{choice.value}` {choice.names.zh} / {choice.names.en}{also}")
    return f"- `{column.code}`: {'; '.join(listed)}.\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(guide())
