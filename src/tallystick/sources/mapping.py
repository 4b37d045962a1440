"""Which column of a file is read as what: a document people review.

Owns the guess from the headers of a file, the YAML document that shows it, and the reading back of
that document. Rules: every column of the file stands in the document, with what becomes of it:
read, not needed, dropped as personal, refused with its class and article, or only proposed. A
proposal is not used until somebody writes it under `to`. A refused or a personal column cannot be
mapped to anything, whoever asks.

    >>> guess(profile_of("penalties"), ["CF_WSH", "法定代表人"]).entries[1].fate
    'personal'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.rulebook.refusals import RefusedClass, refusals
from tallystick.sources.headers import (
    alike,
    find,
    find_within,
    form_of,
    is_personal,
    looks_like_data,
    ratio_named,
    unit_for,
)
from tallystick.sources.profiles import CURRENT, OLD, PERSONAL, Column, Profile
from tallystick.sources.reasons import BAD_MAPPING, NO_FILE, PERSONAL_COLUMN
from tallystick.sources.values import UNIT_IN_CELL, UNIT_OPEN, UNITS, spelling

Fate = Literal["read", "ignored", "personal", "refused", "proposed", "unknown", "twice"]

_OF_DELIVERED_FORMS: Final = frozenset(("person_identity", "personal_finance"))
DOCUMENT_BYTES_MAX: Final = 1 << 20
_HEAD: Final = (
    "# 列名对照表：本文件的每一列被读作什么。改 to（和 unit）后用 --map 交回。\n"
    "# Mapping: what each column of the file is read as. Edit `to` (and `unit`), return it by\n"
    "# --map. Columns without `to` are not read. unit: 元, 千元, 万元, 百万元, 亿元, or cell\n"
    "# where every cell writes its own; '?' where nobody said.\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What becomes of one column of a file.

    position: 1-based. header: as in the file, "" where it may be somebody's data. to: code of the
    column it is read as, "" where it is not read. unit: of an amount; UNIT_OPEN where nobody said.
    known: the column the header is known as where its cells are dropped, the column proposed where
    it is only proposed. refused: the class that refuses it. alike: likeness in percent.
    """

    position: int
    header: str
    fate: Fate
    to: str = ""
    unit: str = ""
    known: str = ""
    refused: RefusedClass | None = None
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """What every column of one file is read as, in the order of the file."""

    source: str
    form: str
    entries: tuple[Entry, ...]

    def read(self) -> tuple[Entry, ...]:
        """Return the columns that are read."""
        return tuple(entry for entry in self.entries if entry.fate == "read")

    def document(self) -> str:
        """Return the mapping as the YAML document people review."""
        body = {
            "source": self.source,
            "form": self.form,
            "columns": [dict(_shown(entry)) for entry in self.entries],
        }
        return _HEAD + yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)


def guess(profile: Profile, headers: Sequence[str]) -> Mapping:
    """Return what the headers of a file mean, as far as they say it."""
    form = form_of(profile, headers)
    known = any(find(profile, header, form) for header in headers)
    taken: set[str] = set()
    entries = []
    for position, header in enumerate(headers, 1):
        entry = _judge(profile, form, position, header)
        if entry.to and entry.to in taken:
            entry = replace(entry, fate="twice", to="", unit="", known=entry.to)
        taken.add(entry.to)
        entries.append(entry)
    proposed = _propose(profile, entries, taken)
    if known:
        return Mapping(profile.source, form, tuple(proposed))
    # Where no header is known the first row may be data, so nothing of it is repeated.
    return Mapping(profile.source, form, tuple(replace(e, header="") for e in proposed))


def read_document(path: Path, profile: Profile, headers: Sequence[str]) -> Mapping:
    """Return the mapping in `path`, applied to a file with these headers.

    Columns are found by their header, those whose header the document does not show by position. A
    column the document does not name is not read.

    Raises TallyError: `no_file`, `bad_mapping`, `refused_class` and `personal_column` where a
    column is mapped that may not be.
    """
    if not path.is_file():
        raise NO_FILE.error(file=path.name)
    source, form, rows = _parsed(path)
    if source != profile.source:
        raise _bad(Text(f"它是来源 {source} 的", f"it is for the source {source}"))
    by_place = {(row.get("column"), spelling(str(row.get("header") or ""))): row for row in rows}
    by_header: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.get("header"):
            by_header.setdefault(spelling(str(row["header"])), row)
    entries: list[Entry] = []
    taken: dict[str, str] = {}
    for position, header in enumerate(headers, 1):
        key = spelling(header)
        found = by_place.get((position, key)) or by_header.get(key) or by_place.get((position, ""))
        entry = _mapped(profile, form, position, header, found or {})
        if entry.to and taken.setdefault(entry.to, key) != key:
            raise _bad(Text(f"两列都对应到 {entry.to}", f"two columns are mapped to {entry.to}"))
        if entry.to in {other.to for other in entries if other.to}:
            entry = replace(entry, fate="twice", to="", unit="", known=entry.to)
        entries.append(entry)
    return Mapping(source, form, tuple(entries))


def _judge(profile: Profile, form: str, position: int, header: str) -> Entry:
    """Return what becomes of a column by its header alone."""
    shown = "" if looks_like_data(header) else header.strip()
    found = find(profile, header, form)
    ratio = ratio_named(header)  # the name of a ratio is free, so that it is judged like any header
    if found is None or ratio:
        name = ratio or header
        refused = refusals().find(name)
        # Columns of identity and bank cards come with every delivered form: dropped and counted.
        if is_personal(name) and (refused is None or refused.code in _OF_DELIVERED_FORMS):
            return Entry(position, shown, "personal")
        if refused is not None:
            return Entry(position, shown, "refused", refused=refused)
        if ratio and looks_like_data(ratio):
            return Entry(position, "", "unknown")
        found = found or find_within(profile, header, form)
    if found is None:
        return Entry(position, shown, "unknown")
    return _as_column(profile.column(found.code), position, header)


def _as_column(column: Column, position: int, header: str) -> Entry:
    header = header.strip()
    if column.kind == PERSONAL:
        return Entry(position, header, "personal", known=column.code)
    if not column.is_read:
        return Entry(position, header, "ignored", known=column.code)
    return Entry(position, header, "read", column.code, unit_for(column, header))


def _propose(profile: Profile, entries: Iterable[Entry], taken: set[str]) -> Iterator[Entry]:
    for entry in entries:
        near = alike(profile, entry.header, taken) if entry.fate == "unknown" else None
        if near:
            yield replace(entry, fate="proposed", known=near[0], alike=near[1])
        else:
            yield entry


def _mapped(profile: Profile, form: str, position: int, header: str, row: dict[str, Any]) -> Entry:
    """Return what a reviewed document makes of a column."""
    judged = _judge(profile, form, position, header)
    to = row.get("to") or ""
    if not to:
        fate = judged.fate if judged.fate in ("personal", "refused") else "ignored"
        return replace(judged, fate=fate, to="", unit="", known=judged.known or judged.to)
    try:
        column = profile.column(str(to))
    except KeyError:
        raise _bad(Text(f"没有列 {to}", f"there is no column {to}")) from None
    ratio = ratio_named(str(to))
    if judged.to != column.code:
        if judged.fate == "personal" or (ratio and (is_personal(ratio) or looks_like_data(ratio))):
            raise PERSONAL_COLUMN.error(position=position)
        refusals().check(header)
        refusals().check(ratio)
    if not column.is_read:
        raise _bad(Text(f"{to} 不读取", f"{to} is never read"))
    return Entry(position, judged.header, "read", column.code, _unit(column, header, row))


def _unit(column: Column, header: str, row: dict[str, Any]) -> str:
    if column.kind != "decimal":
        return ""
    unit = row.get("unit") or unit_for(column, header)
    if unit not in (*UNITS, UNIT_IN_CELL, UNIT_OPEN):
        raise _bad(Text(f"没有单位 {unit}", f"there is no unit {unit}"))
    return str(unit)


def _parsed(path: Path) -> tuple[str, str, list[dict[str, Any]]]:
    if path.stat().st_size > DOCUMENT_BYTES_MAX:
        raise _bad(Text("文件过大", "the file is too large"))
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise _bad(Text(f"第 {line} 行不是 YAML", f"line {line} is not YAML")) from None
    columns = body.get("columns") if isinstance(body, dict) else None
    if not isinstance(columns, list) or not all(isinstance(row, dict) for row in columns):
        raise _bad(Text("缺少 columns 列表", "it has no list `columns`"))
    form = str(body.get("form") or CURRENT)
    if form not in (CURRENT, OLD):
        raise _bad(Text("form 应为 current 或 old", "`form` must be current or old"))
    return str(body.get("source") or ""), form, columns


def _bad(why: Text) -> TallyError:
    return BAD_MAPPING.error(why=why)


def _shown(entry: Entry) -> Iterator[tuple[str, Any]]:
    """Yield the members of one column of the document."""
    yield "column", entry.position
    if entry.header:
        yield "header", entry.header
    if entry.fate == "read":
        yield "to", entry.to
        if entry.unit:
            yield "unit", entry.unit
        return
    if entry.fate == "personal":
        yield "dropped", "personal"
    elif entry.refused is not None:
        yield "refused", f"{entry.refused.names.zh} / {entry.refused.names.en}"
        yield "article", entry.refused.article
    elif entry.fate == "ignored":
        yield "not_needed", entry.known
    else:
        yield "to", ""
    if entry.fate == "proposed":
        yield "proposed", f"{entry.known} ({entry.alike}%)"
    if entry.fate == "twice":
        yield "already_read_as", entry.known
