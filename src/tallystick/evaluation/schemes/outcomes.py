"""What follows from a score: bands, matrix, symbols, policies, the worked example, as data.

Owns the second half of a scheme. Rules: bands stand best first; every level of rule says how far a
hit reaches; what happens where something is odd is written down and not decided in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.texts import Text

LEVELS = (1, 2, 3, 4)
LIGHTS = ("green", "yellow", "orange", "red")
WORST = "worst"
# 企业信用等级表示方法 GB/T 22116: the symbols, best first. The text of the standard was not read;
# the symbols are as generally known. They say nothing of the classes A-D of the registries.
GBT22116_SYMBOLS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C")


@dataclass(frozen=True, slots=True)
class Band:
    """One band of risk and the light it shows."""

    code: str
    names: Text
    light: str

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {"code": self.code, "names": names(self.names), "light": self.light}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix: scores from `at_least` up; None in the last row: all the rest."""

    at_least: Decimal | None
    no_hit: str
    hit: str

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        least = None if self.at_least is None else decimal_text(self.at_least)
        return {"at_least": least, "no_hit": self.no_hit, "hit": self.hit}


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows by score, columns by rule hits.

    steps: for each level how far a hit goes: 0 stays in the column without hit, 1 moves to the
    column with hit, each more goes one band further, "worst" is the worst band whatever the score.
    """

    rows: tuple[Row, ...]
    steps: Mapping[int, int | str]
    note: Text | None

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "rows": [row.document() for row in self.rows],
            "steps": {str(level): self.steps[level] for level in LEVELS},
            "note": names(self.note),
        }


@dataclass(frozen=True, slots=True)
class Grades:
    """Symbols by a published cut table; best first, the last has no `at_least` (None).

    caps: band code to the best symbol that band may show.
    """

    standard: str
    cuts: tuple[tuple[str, Decimal | None], ...]
    caps: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "standard": self.standard,
            "cuts": [
                {"symbol": symbol, "at_least": None if least is None else decimal_text(least)}
                for symbol, least in self.cuts
            ],
            "caps": [{"band": band, "symbol": self.caps[band]} for band in sorted(self.caps)],
        }


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A group of information the published source names but gives no place in the score."""

    names: Text
    note: Text | None

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {"names": names(self.names), "note": names(self.note)}


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens where something is not as it should be.

    weight_sum, scale: "warn" or "refuse" when weights do not add up to 1, when a dimension's score
    leaves the scale. unknown_dimension: "no_proposal" or "neutral". coverage_at_least: share of
    the weight that must be known, 0..1; below it "warn" or "no_proposal".
    """

    weight_sum: str
    scale: str
    unknown_dimension: str
    coverage_at_least: Decimal
    below_coverage: str

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "weight_sum": self.weight_sum,
            "scale": self.scale,
            "unknown_dimension": self.unknown_dimension,
            "coverage_at_least": decimal_text(self.coverage_at_least),
            "below_coverage": self.below_coverage,
        }


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example at the level of dimensions, with what must come out."""

    subject: str
    as_of: str
    scores: Mapping[str, Decimal]
    hits: Mapping[str, tuple[str, ...]]
    score: Decimal
    band_before_rules: str
    band: str

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "subject": self.subject,
            "as_of": self.as_of,
            "scores": [
                {"dimension": code, "score": decimal_text(score)}
                for code, score in self.scores.items()
            ],
            "hits": [{"rule": code, "records": list(ids)} for code, ids in self.hits.items()],
            "score": decimal_text(self.score),
            "band_before_rules": self.band_before_rules,
            "band": self.band,
        }


def names(text: Text | None) -> dict[str, str] | None:
    """Return a text of both languages as it is sealed."""
    return None if text is None else {"zh": text.zh, "en": text.en}
