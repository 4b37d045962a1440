"""What kind of organisation a code names.

Owns the closed list of subject kinds and the reading of a kind from a unified social credit code.
Rules: there are four kinds and none of them is a person; a prefix nobody knows is refused; an
individual business (个体工商户) carries a code of its own but is people in business, so whoever
takes it in must also refuse one that trades under a person's name.

    >>> subject_kind("91310110631568129R").value
    'enterprise'
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.packs import Reader, read_pack

_PREFIX = 2  # characters: who registered it, and as what

UNKNOWN_SUBJECT_KIND = Reason(
    "unknown_subject_kind",
    Text(
        "统一社会信用代码前两位 {prefix} 不对应任何主体类别",
        "{prefix}, the first two characters of the code, stands for no kind of subject",
    ),
    "GB 32100",
    Text("请核对代码。", "Check the code."),
)


class SubjectKind(StrEnum):
    """The closed list of what may be rated. A natural person is not on it."""

    ENTERPRISE = "enterprise"
    SOCIAL_ORGANISATION = "social_organisation"
    PUBLIC_BODY = "public_body"
    OTHER_ORG = "other_org"

    @property
    def names(self) -> Text:
        """The kind in both languages."""
        return _table().kinds[self]


@dataclass(frozen=True, slots=True)
class _Table:
    kinds: dict[SubjectKind, Text]
    prefixes: dict[str, SubjectKind]
    individual: frozenset[str]
    basis: Citation


@cache
def _table() -> _Table:
    body = read_pack("subjects").body.expect("basis", "kinds", "individual_business", "prefixes")
    kinds = {SubjectKind(code): entry.names() for code, entry in body.members("kinds")}
    prefixes = {prefix: _read_kind(entry) for prefix, entry in body.members("prefixes")}
    individual = frozenset(body.texts("individual_business"))
    if set(kinds) != set(SubjectKind) or not individual.issubset(prefixes):
        body.refuse("every kind needs its names, and an individual business is a prefix too")
    return _Table(kinds, prefixes, individual, read_citation(body.inner("basis")))


def _read_kind(entry: Reader) -> SubjectKind:
    entry.expect("kind", "zh", "en").names()  # for who reads the table; no rule hangs on them
    return entry.one_of("kind", SubjectKind)


def subject_kinds_basis() -> Citation:
    """Return what the table of prefixes rests on."""
    return _table().basis


def subject_kind(uscc: str) -> SubjectKind:
    """Return the kind of organisation the well-formed code `uscc` names.

    Raises: UNKNOWN_SUBJECT_KIND.
    """
    found = _table().prefixes.get(uscc[:_PREFIX])
    if found is None:
        raise UNKNOWN_SUBJECT_KIND.error(prefix=uscc[:_PREFIX])
    return found


def is_individual_business(uscc: str) -> bool:
    """Return whether the code `uscc` was given to an individual business (个体工商户)."""
    return uscc[:_PREFIX] in _table().individual
