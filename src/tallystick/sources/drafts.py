"""What reading yields: draft records, draft grants, and the chunks both are made from.

Owns the shapes that leave this package. A draft is one fact read from one row, before anybody
signed it; it never carries a personal field. A chunk is a run of rows already cut down to mapped
columns, small enough to send to another process.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from tallystick.kernel.errors import Problem

Channel = Literal["direct", "transcribed", "self-declared"]


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """One fact of one row, not yet signed.

    item: catalogue item code. subject: USCC. key: natural key inside item and subject, so that a
    corrected row can supersede its predecessor. occurred: ISO date of the fact, "" where
    it is the day of delivery (a roster row without any date). data: the fields of
    the catalogue item (text, ISO dates, decimal strings, integers, booleans; an absent field is an
    absent key). source_name, source_code: the organ that made the fact, its USCC or "". document:
    the document number. channel: how the fact came here. line: first line of its row, 1-based.
    """

    item: str
    subject: str
    key: str
    occurred: str
    data: dict[str, Any]
    source_name: str
    source_code: str
    document: str
    channel: Channel
    line: int


@dataclass(frozen=True, slots=True)
class DraftGrant:
    """The consent a roster row names.

    document_digest: SHA-256 of the consent document, 64 hex digits. granted_on, until: ISO dates.
    categories: catalogue item codes or prefixes of them. purpose: code of the purpose. line: first
    line of its row, 1-based.
    """

    subject: str
    document_digest: str
    granted_on: str
    categories: tuple[str, ...]
    purpose: str
    until: str
    line: int


@dataclass(frozen=True, slots=True)
class RawChunk:
    """Rows of mapped columns only, as text; what one process hands to another.

    columns: (column code, unit) in the order of the cells; the unit is "" where the column has
    none. lines: the first line of each row, 1-based. rows: the cells, "" for an empty one.
    """

    source: str
    form: str
    file: str
    columns: tuple[tuple[str, str], ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Interpreted:
    """What a chunk says.

    refused: rows that yield nothing, by reason code. dropped: what was masked in free text, by kind
    ("masked_resident_id", "masked_phone", "masked_bank_card"). unread: whom refused rows are about,
    where their code is in order.
    """

    drafts: list[DraftRecord] = field(default_factory=list)
    grants: list[DraftGrant] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)
