"""Catalogue items: what one kind of fact about an organisation consists of.

Owns the types of an item and the reading of one from its YAML form, packaged or written by a
workspace. Rules: an item without a legal basis or a source document cannot be read at all; every
name exists in both languages; the keys of a fact are ASCII; items are frozen.

    item:  code, names, class, fields, legal basis, source document, sharing class, sign,
           GB/T 23794 aspect, retention, licence of third-party data, parties who must sign
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tallystick.kernel.dates import add_years
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.packs import Reader

TEXT_MAX_CHARS = 5000  # the longest text of the published field standard (违法事实, C..5000)
PARTIES_MAX = 2
CODE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


class FieldType(StrEnum):
    """What a field of a fact may hold."""

    TEXT = "text"
    TEXTS = "texts"  # a list of text
    DATE = "date"  # ISO, 2026-04-01
    DECIMAL = "decimal"  # a string in plain notation
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ENUM = "enum"
    USCC = "uscc"
    LEI = "lei"
    DECIMALS = "decimals"  # a map of ASCII name to decimal string


class Need(StrEnum):
    """Whether a fact must carry a field."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    DERIVED = "derived"  # worked out by the software, never typed in


class Sharing(StrEnum):
    """Who may read a fact."""

    PUBLIC = "public"  # lawful public class: read without a grant, still with a purpose
    CONSENT = "consent"  # only under a grant of the organisation
    CONTEXT = "context"  # shown to people, weight 0 in every evaluation


class Aspect(StrEnum):
    """The three aspects of GB/T 23794."""

    WILLINGNESS = "willingness"
    ABILITY = "ability"
    PERFORMANCE = "performance"

    @property
    def names(self) -> Text:
        """The aspect in both languages."""
        return _ASPECT_NAMES[self]


_ASPECT_NAMES = {
    Aspect.WILLINGNESS: Text("意愿", "willingness"),
    Aspect.ABILITY: Text("能力", "ability"),
    Aspect.PERFORMANCE: Text("表现", "performance"),
}


@dataclass(frozen=True, slots=True)
class DataField:
    """One field of a fact.

    unit: what an amount is counted in ("CNY", "count", ...), "" where nothing is counted.
    values: the allowed codes of an enum with their names, empty for other types.
    least, most: bounds of a number as decimal text, None where open.
    starts_with: what a text must begin with, "" where anything may stand.
    on_pages: False keeps the field off every public page.
    """

    name: str
    names: Text
    type: FieldType
    unit: str
    need: Need
    values: tuple[tuple[str, Text], ...] = ()
    least: str | None = None
    most: str | None = None
    starts_with: str = ""
    on_pages: bool = True


@dataclass(frozen=True, slots=True)
class ItemClass:
    """The class an item belongs to; `national` where the national catalogue has that class."""

    code: str
    names: Text
    national: bool


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a fact is kept in use.

    years: None where no term is set: as long as the grant or the publication lasts.
    starts_at: fields of the fact, the first one present starts the term; while none is present
    the act goes on and the term has not begun.
    basis: the article that sets the term, None where it is a choice of this tool.
    """

    years: int | None
    starts_at: tuple[str, ...]
    basis: Citation | None

    def ends_on(self, data: Mapping[str, object]) -> str | None:
        """Return the last day the fact may be used (ISO), None while no term runs."""
        if self.years is None:
            return None
        for name in self.starts_at:
            start = data.get(name)
            if isinstance(start, str):
                return add_years(start, self.years)
        return None


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One kind of fact that may be recorded about an organisation.

    sign: -1 speaks against, 0 neutral, 1 speaks for the organisation.
    parties_signatures: how many parties must sign a fact of this kind.
    in_force_from, in_force_to: first and last day it may be recorded; None is open.
    declared: True for a workspace's own item.
    """

    code: str
    names: Text
    item_class: ItemClass
    fields: tuple[DataField, ...]
    legal_basis: tuple[Citation, ...]
    sharing: Sharing
    sign: int
    aspect: Aspect | None
    source_document: Text
    retention: Retention
    licence_id: str | None
    parties_signatures: int
    in_force_from: str
    in_force_to: str | None
    declared: bool = False

    @property
    def scored(self) -> bool:
        """Whether an evaluation may give it a weight other than 0."""
        return self.sharing is not Sharing.CONTEXT

    @property
    def unverified(self) -> tuple[Citation, ...]:
        """The citations of this item nobody read in full, its retention's included."""
        basis = self.retention.basis
        every = (*self.legal_basis, basis) if basis else self.legal_basis
        return tuple(citation for citation in every if not citation.verified)

    def in_force(self, on: str) -> bool:
        """Return whether the item may be recorded on the ISO date `on`."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def field(self, name: str) -> DataField | None:
        """Return the field called `name`, None where the item has no such field."""
        return next((field for field in self.fields if field.name == name), None)


def read_item(
    entry: Reader,
    classes: Mapping[str, ItemClass],
    cite: Callable[[Reader], Citation] = read_citation,
) -> CatalogueItem:
    """Return the item written in `entry`; `cite` reads a citation.

    Raises: the reader's reason for anything missing, unknown or of another shape.
    """
    entry.expect(
        *("code", "zh", "en", "class", "fields", "legal_basis", "source_document", "sharing"),
        *("sign", "gbt23794", "retention", "licence_id", "signatures", "from", "to"),
    )
    code = entry.text("code")
    if not CODE.fullmatch(code):
        entry.refuse("'code' must look like group.item, in lower-case ASCII")
    item_class = classes.get(entry.text("class"))
    if item_class is None:
        entry.refuse(f"unknown class {entry.text('class')!r}")
    sign, parties = entry.integer("sign"), entry.integer("signatures")
    if sign not in (-1, 0, 1) or not 1 <= parties <= PARTIES_MAX:
        entry.refuse("'sign' must be -1, 0 or 1 and 'signatures' 1 or 2")
    basis = tuple(cite(citation) for citation in entry.each("legal_basis"))
    if not basis:
        entry.refuse("'legal_basis' must name at least one article")
    fields = tuple(_read_field(field) for field in entry.each("fields"))
    if not fields or len({field.name for field in fields}) != len(fields):
        entry.refuse("'fields' must name at least one field, and none twice")
    return CatalogueItem(
        code=code,
        names=entry.names(),
        item_class=item_class,
        fields=fields,
        legal_basis=basis,
        sharing=entry.one_of("sharing", Sharing),
        sign=sign,
        aspect=None if entry.text_or_none("gbt23794") is None else entry.one_of("gbt23794", Aspect),
        source_document=entry.text_at("source_document"),
        retention=_read_retention(entry.inner("retention"), {field.name for field in fields}, cite),
        licence_id=entry.text_or_none("licence_id"),
        parties_signatures=parties,
        in_force_from=entry.date("from"),
        in_force_to=entry.date_or_none("to"),
    )


def _read_field(entry: Reader) -> DataField:
    entry.expect(
        *("name", "zh", "en", "type", "unit", "need"),
        optional=("values", "min", "max", "starts_with", "page"),
    )
    name, kind = entry.text("name"), entry.one_of("type", FieldType)
    if not FIELD_NAME.fullmatch(name):
        entry.refuse("'name' must be lower-case ASCII letters, digits and underscores")
    values: tuple[tuple[str, Text], ...] = ()
    if kind is FieldType.ENUM:
        members = entry.members("values")
        values = tuple((code, value.expect("zh", "en").names()) for code, value in members)
    if bool(values) != ("values" in entry.content) or bool(values) != (kind is FieldType.ENUM):
        entry.refuse("'values' belong to an enum, and an enum needs them")
    unit = entry.text("unit", empty=True)
    counted = kind in (FieldType.INTEGER, FieldType.DECIMAL, FieldType.DECIMALS)
    if counted and not unit:
        entry.refuse("a number needs a 'unit'")
    if entry.text_or_none("page") not in (None, "never"):
        entry.refuse("'page' can only say never")
    least, most = entry.text_or_none("min"), entry.text_or_none("max")
    if any(bound and not (counted and DECIMAL.fullmatch(bound)) for bound in (least, most)):
        entry.refuse("'min' and 'max' are decimal text and belong to numbers")
    return DataField(
        name=name,
        names=entry.names(),
        type=kind,
        unit=unit,
        need=entry.one_of("need", Need),
        values=values,
        least=least,
        most=most,
        starts_with=entry.text_or_none("starts_with") or "",
        on_pages=entry.text_or_none("page") is None,
    )


def _read_retention(
    entry: Reader, names: set[str], cite: Callable[[Reader], Citation]
) -> Retention:
    entry.expect("years", "from", "basis")
    years = None if entry.text_or_none("years") is None else entry.integer("years")
    starts_at = entry.texts("from")
    if bool(starts_at) != (years is not None) or not names.issuperset(starts_at):
        entry.refuse("a term of years starts at fields of this item, and only then")
    basis = entry.inner_or_none("basis")
    return Retention(years, starts_at, cite(basis) if basis else None)
