"""A scheme: how facts become points, points a score, score and rules a band and a light.

Owns the data of a scheme and its sealed form. Rules: a scheme is data and nothing else; every
number is an exact decimal; its digest covers what it says and not how its file is laid out;
nothing in it is changed after reading, so two schemes of one digest give the same digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tallystick.evaluation.schemes.cards import CardUse
from tallystick.evaluation.schemes.faults import NO_SUCH_BAND
from tallystick.evaluation.schemes.outcomes import (
    Band,
    Example,
    Grades,
    Matrix,
    Policy,
    Unmapped,
    names,
)
from tallystick.kernel.canonical import encode
from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import Card

FORM = "tallystick-scheme/1"

Value = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one field: a fact that fails it is not selected.

    kind: kind of the field in the catalogue.
    test: "is", "is_not", "at_least", "at_most", "absent", "present" or "absent_or_after".
    values: what it compares with; for dates ISO text or "as_of".
    """

    field: str
    kind: str
    test: str
    values: tuple[Value, ...]

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "field": self.field,
            "kind": self.kind,
            "test": self.test,
            "values": [plain(v) for v in self.values],
        }


@dataclass(frozen=True, slots=True)
class Selection:
    """Which facts count: of one item, in a window, passing every condition, perhaps the latest.

    window_months: 0 for no window; otherwise a fact counts while day + months >= as_of.
    """

    item: str
    where: tuple[Condition, ...] = ()
    window_months: int = 0
    latest_only: bool = False

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "item": self.item,
            "where": [condition.document() for condition in self.where],
            "window_months": self.window_months,
            "latest_only": self.latest_only,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a table: values that pass the test get the points.

    test: "at_least", "is", "starts_with" or "otherwise"; the first step that holds decides.
    """

    test: str
    values: tuple[Value, ...]
    points: Decimal

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "test": self.test,
            "values": [plain(v) for v in self.values],
            "points": decimal_text(self.points),
        }


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    aggregate: how the selected facts become one value, a key of `grammar.AGGREGATES`.
    field, of: the field read, and for a ratio the field below the line; "" where there is none;
    field_kind, of_kind: their kinds in the catalogue.
    kind: kind of the value: integer, decimal, boolean, text or enum.
    steps, formula, card: exactly one of them, except for context and for what only feeds a card,
    which have none. Of one that takes its points from a card the selection is empty.
    missing: "unknown", "zero" or "refuse".
    weight: share of its dimension, 0..1.
    actionable: what the subject can lawfully do about it, None where nothing.
    """

    code: str
    names: Text
    dimension: str
    selection: Selection
    aggregate: str
    field: str
    field_kind: str
    of: str
    of_kind: str
    kind: str
    steps: tuple[Step, ...]
    formula: str
    missing: str
    weight: Decimal
    aspect: str
    self_declared: bool
    actionable: Text | None
    note: Text | None
    card: CardUse | None = None

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        # Only where there is one, so that schemes without keep the digest they always had.
        card = {"card": self.card.document()} if self.card is not None else {}
        return {
            **card,
            "code": self.code,
            "names": names(self.names),
            "dimension": self.dimension,
            "select": self.selection.document(),
            "aggregate": self.aggregate,
            "field": self.field,
            "field_kind": self.field_kind,
            "of": self.of,
            "of_kind": self.of_kind,
            "kind": self.kind,
            "table": [step.document() for step in self.steps],
            "formula": self.formula,
            "missing": self.missing,
            "weight": decimal_text(self.weight),
            "aspect": self.aspect,
            "self_declared": self.self_declared,
            "actionable": names(self.actionable),
            "note": names(self.note),
        }


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension; `weight` is its share of the score, 0..1; `short` stands in tables."""

    code: str
    names: Text
    short: Text
    weight: Decimal

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "code": self.code,
            "names": names(self.names),
            "short": names(self.short),
            "weight": decimal_text(self.weight),
        }


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One risk rule: hit when at least `at_least` facts are selected; level 4 is the gravest."""

    code: str
    names: Text
    level: int
    selection: Selection
    at_least: int
    self_declared: bool
    ends_by: Text | None
    note: Text | None

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "code": self.code,
            "names": names(self.names),
            "level": self.level,
            "select": self.selection.document(),
            "at_least": self.at_least,
            "self_declared": self.self_declared,
            "ends_by": names(self.ends_by),
            "note": names(self.note),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """One evaluation scheme; compared by identity, told apart by `digest`.

    decimals: places the score of a dimension is rounded to, half-even, before it is weighted.
    weighing: the answers its weights follow from, as `schemes.weighings` reads them, None where
    the weights are set by hand. cards: the scorecards its indicators take points from, by digest.
    """

    id: str
    version: str
    names: Text
    date: str
    basis: tuple[Text, ...]
    scale: tuple[Decimal, Decimal]
    decimals: int
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    rules: tuple[RiskRule, ...]
    bands: tuple[Band, ...]
    matrix: Matrix
    grades: Grades | None
    unmapped: tuple[Unmapped, ...]
    policy: Policy
    example: Example | None
    weighing: Mapping[str, Any] | None = None
    cards: Mapping[str, Card] = field(default_factory=dict)
    digest: str = ""


def scheme_document(scheme: Scheme) -> dict[str, Any]:
    """Return what is sealed of `scheme`: ASCII keys, text, integers and decimal strings only."""
    # Only where there is one, so that schemes without keep the digest they always had.
    weighing = {"weighing": dict(scheme.weighing)} if scheme.weighing is not None else {}
    return {
        "form": FORM,
        "id": scheme.id,
        "version": scheme.version,
        "names": names(scheme.names),
        "date": scheme.date,
        "basis": [names(text) for text in scheme.basis],
        "scale": {"min": decimal_text(scheme.scale[0]), "max": decimal_text(scheme.scale[1])},
        "decimals": scheme.decimals,
        "dimensions": [part.document() for part in scheme.dimensions],
        "indicators": [part.document() for part in scheme.indicators],
        "rules": [part.document() for part in scheme.rules],
        "bands": [part.document() for part in scheme.bands],
        "matrix": scheme.matrix.document(),
        "grades": scheme.grades.document() if scheme.grades else None,
        "unmapped": [part.document() for part in scheme.unmapped],
        "policy": scheme.policy.document(),
        "example": scheme.example.document() if scheme.example else None,
        **weighing,
    }


def scheme_digest(scheme: Scheme) -> str:
    """Return SHA-256 of the canonical bytes of the sealed form, lower-case hex."""
    return hashlib.sha256(encode(scheme_document(scheme))).hexdigest()


def gravest_first(rules: Iterable[RiskRule]) -> list[RiskRule]:
    """Return risk rules from level 4 down, within a level as the scheme has them."""
    return sorted(rules, key=lambda rule: -rule.level)


def scheme_items(scheme: Scheme) -> tuple[str, ...]:
    """Return the codes of the catalogue items the scheme reads, sorted."""
    items = {one.selection.item for one in scheme.indicators if one.card is None}
    return tuple(sorted(items | {rule.selection.item for rule in scheme.rules}))


def band_of(scheme: Scheme, name: str) -> Band:
    """Return the band `name` names, by its code or by its name in either language.

    Raises: NO_SUCH_BAND.
    """
    wanted = name.strip().lower()
    for band in scheme.bands:
        if wanted in {band.code.lower(), band.names.zh, band.names.en.lower()}:
            return band
    known = ", ".join(f"{band.code} ({band.names.zh})" for band in scheme.bands)
    raise NO_SUCH_BAND.error(name=name, known=known)


def plain(value: Value) -> str | bool:
    """Return a value of a condition or table as it is sealed: text or true/false."""
    return decimal_text(value) if isinstance(value, Decimal) else value
