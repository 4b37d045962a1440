"""What an evaluation found, and the proposal made of it.

Owns the results: `Finding` of one indicator, `Hit` of one rule, `Contribution` of one dimension,
and `Evaluation` with its sealed form and digest. Rules: an evaluation is a proposal until a person
decides; sealed are codes, numbers and records, the sentences are made from them when somebody
reads; the digest is SHA-256 over the canonical bytes of `document()`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from tallystick.evaluation.points import Points
from tallystick.evaluation.schemes.outcomes import Band
from tallystick.evaluation.schemes.scheme import Dimension, RiskRule, Scheme
from tallystick.kernel.canonical import encode
from tallystick.kernel.decimals import decimal_text

FORM = "tallystick-evaluation/1"

# What is known of an item or an indicator.
KNOWN = "known"
UNKNOWN = "unknown"  # nobody consulted the source, or the value cannot be formed
UNVERIFIED = "unverified"  # self-declared and not confirmed by a verifier
WITHHELD = "withheld"  # no grant lets it be read
ASSUMED_ZERO = "assumed_zero"  # unknown, and the scheme says that stands for zero
ASSUMED_MISSING = "assumed_missing"  # a card was told, as the scheme says, that a value is missing
# Every state but the last, which only schemes with cards know.
STATES = (KNOWN, UNKNOWN, UNVERIFIED, WITHHELD, ASSUMED_ZERO)

PROPOSAL = "proposal"
NO_PROPOSAL = "no_proposal"


class Share(NamedTuple):
    """The share of one variable in a card's raw sum, against the average of its training.

    points: the exact Shapley value, rounded once; of trees in millionths of log-odds. records:
    behind the value it read.
    """

    variable: str
    points: int
    records: tuple[str, ...]


class CardFinding(NamedTuple):
    """What a card said: its raw sum, its score, the probability of bad where it states one.

    missing: the variables the scheme lets be missing. clipped: the score lies beyond the scale.
    """

    raw: int
    score: int
    pd_ppm: int | None
    missing: tuple[str, ...]
    clipped: bool
    shares: tuple[Share, ...]

    def document(self) -> dict[str, Any]:
        """Return the sealed form."""
        return {
            "raw": self.raw,
            "score": self.score,
            "pd_ppm": self.pd_ppm,
            "missing": list(self.missing),
            "shares": [
                {"variable": variable, "points": points, "records": list(records)}
                for variable, points, records in self.shares
            ],
        }


class Finding(NamedTuple):
    """What one indicator showed: its state, value, points, the records used, what its card said."""

    state: str
    value: int | bool | Decimal | str | None
    points: Points | None
    records: tuple[str, ...]
    card: CardFinding | None = None


class Hit(NamedTuple):
    """One risk rule hit, with the records that hit it."""

    rule: RiskRule
    records: tuple[str, ...]


class Seen(NamedTuple):
    """What was there of one catalogue item: its state and how many facts counted."""

    item: str
    state: str
    facts: int


class Assessment(NamedTuple):
    """Everything found about one subject; findings stand in the order of the scheme."""

    findings: tuple[Finding, ...]
    hits: tuple[Hit, ...]
    unchecked: tuple[str, ...]
    seen: tuple[Seen, ...]
    withheld: tuple[tuple[str, str], ...]


class Contribution(NamedTuple):
    """What one dimension gave. Numbers are decimal text.

    score: None when unknown; assumed: the score taken instead, where the scheme allows it.
    product: score or assumed x weight, None when neither is there.
    known: share of the weight inside the dimension that is known.
    """

    dimension: Dimension
    score: str | None
    assumed: str | None
    weight: str
    product: str | None
    known: str


class Anomaly(NamedTuple):
    """Something that is not as it should be, reported and not repaired."""

    code: str
    value: str


class Because(NamedTuple):
    """One reason: what kind, of which dimension, indicator or rule, resting on which records."""

    code: str
    of: str
    records: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Evaluation:
    """A proposal for one subject on one day; nothing in it is changed once made.

    score: decimal text, None when there is none; band_before_rules, band: None likewise.
    grade: symbol of the scheme's cut table, None without. known: share of the weight that is known.
    """

    scheme: Scheme
    subject: str
    as_of: str
    status: str
    score: str | None
    band_before_rules: Band | None
    band: Band | None
    grade: str | None
    contributions: tuple[Contribution, ...]
    warnings: tuple[Anomaly, ...]
    reasons: tuple[Because, ...]
    known: str
    assessment: Assessment
    _covered: Callable[[Assessment, str], dict[str, Any]]
    _digest: str = ""

    @property
    def light(self) -> str | None:
        """The light of the band: green, yellow, orange, red, or None."""
        return self.band.light if self.band else None

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The risk rules hit, gravest first."""
        return self.assessment.hits

    @property
    def withheld(self) -> tuple[tuple[str, str], ...]:
        """The items that could not be read, each with the code of the reason."""
        return self.assessment.withheld

    @property
    def coverage(self) -> dict[str, Any]:
        """How much was known, as it is sealed."""
        return self._covered(self.assessment, self.known)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes of `document()`, lower-case hex."""
        if not self._digest:
            self._digest = _digest(self.document())
        return self._digest

    def sealed(self) -> dict[str, Any]:
        """Return `document()` with its `digest`, built once."""
        document = self.document()
        self._digest = _digest(document)
        document["digest"] = self._digest
        return document

    def document(self) -> dict[str, Any]:
        """Return the sealed form: ASCII keys, decimal strings, no float, no digest."""
        scheme, before, after = self.scheme, self.band_before_rules, self.band
        return {
            "form": FORM,
            "scheme": {"id": scheme.id, "version": scheme.version, "digest": scheme.digest},
            "subject": self.subject,
            "as_of": self.as_of,
            "status": self.status,
            "score": self.score,
            "band_before_rules": before.names.zh if before else None,
            "band_before_rules_code": before.code if before else None,
            "band": after.names.zh if after else None,
            "band_code": after.code if after else None,
            "light": after.light if after else None,
            "grade": self.grade,
            "contributions": [_contribution(one) for one in self.contributions],
            "rules_hit": [
                {
                    "rule": rule.names.zh,
                    "code": rule.code,
                    "level": rule.level,
                    "records": list(records),
                }
                for rule, records in self.hits
            ],
            "warnings": [{"code": code, "value": value} for code, value in self.warnings],
            "reasons": [
                {"code": code, "of": of, "records": list(records)}
                for code, of, records in self.reasons
            ],
            "indicators": self._indicators(),
            "coverage": self.coverage,
            "withheld": [{"item": item, "reason": reason} for item, reason in self.withheld],
        }

    def _indicators(self) -> list[dict[str, Any]]:
        return [
            {
                "indicator": indicator.code,
                "state": state,
                "value": decimal_text(value) if type(value) is Decimal else value,
                "points": points.text if points else None,
                "records": list(records),
                **({} if indicator.card is None else {"card": card.document() if card else None}),
            }
            for indicator, (state, value, points, records, card) in zip(
                self.scheme.indicators, self.assessment.findings, strict=False
            )
        ]


def _digest(document: dict[str, Any]) -> str:
    return hashlib.sha256(encode(document)).hexdigest()


def _contribution(one: Contribution) -> dict[str, Any]:
    document: dict[str, Any] = {
        "dimension": one.dimension.short.zh,
        "code": one.dimension.code,
        "score": one.score,
        "weight": one.weight,
        "product": one.product,
        "known": one.known,
    }
    if one.assumed is not None:
        document["assumed"] = one.assumed
    return document
