"""How serious a penalty is: minor, ordinary or serious.

Owns the classes of the repair rule and the order in which they are tried. Rules: the first rule of
the table that fits decides, from serious to minor, and a penalty no rule fits is ordinary; the
answer carries why, and the article; amounts are in yuan. The amount at which a fine is *huge* is in
no source read: it is a setting with a default, and every answer that rests on it is unverified.

    >>> severity_of(["警告", "罚款"], fine="3000").severity.value
    'minor'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache

from tallystick.kernel.decimals import decimal_of
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.packs import Reader, read_pack

_ZERO = Decimal(0)


class Severity(StrEnum):
    """How serious a penalty is."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"

    @property
    def names(self) -> Text:
        """The severity in both languages."""
        return read_pack("terms").body.inner("severities").text_at(self.value)


@dataclass(frozen=True, slots=True)
class SeverityFinding:
    """How serious a penalty is, and why.

    rule: the short code of the rule that fitted.
    """

    severity: Severity
    rule: str
    why: Text
    basis: Citation


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    why: Text
    basis: Citation
    words: tuple[str, ...]
    cny: Decimal

    def fits(self, kinds: tuple[str, ...]) -> bool:
        return any(word in kind for kind in kinds for word in self.words)

    def finding(self, severity: Severity) -> SeverityFinding:
        return SeverityFinding(severity, self.code, self.why, self.basis)


@dataclass(frozen=True, slots=True)
class _Rules:
    no_licence_words: frozenset[str]
    serious_kinds: _Rule
    huge_fine: _Rule
    confiscation: _Rule
    simple_procedure: _Rule
    larger_fine: _Rule
    warning: _Rule
    otherwise: _Rule


@cache
def _rules() -> _Rules:
    table = read_pack("terms").body.inner("severity")
    names = [name for name in _Rules.__slots__ if name != "no_licence_words"]
    table.expect("no_licence_words", *names)
    rules = {name: _read_rule(name, table.inner(name)) for name in names}
    return _Rules(no_licence_words=frozenset(table.texts("no_licence_words")), **rules)


def _read_rule(code: str, entry: Reader) -> _Rule:
    entry.expect("basis", "why", optional=("words", "cny"))
    basis = read_citation(entry.inner("basis"))
    cny = decimal_of(entry.text("cny")) if "cny" in entry.content else _ZERO
    return _Rule(code, entry.text_at("why"), basis, entry.texts("words"), cny)


def huge_fine_default() -> str:
    """Return the default amount, in yuan, from which a fine counts as huge (a setting)."""
    return str(_rules().huge_fine.cny)


def severity_of(
    kinds: Iterable[str],
    *,
    fine: str | None = None,
    confiscation: str | None = None,
    licence_revoked: str | None = None,
    huge_fine_cny: str | None = None,
) -> SeverityFinding:
    """Return how serious a penalty is.

    kinds: the kinds of penalty as the decision names them (行政处罚法 art. 9).
    fine, confiscation: yuan as decimal text, None where the decision gives no amount.
    licence_revoked: what the decision says was suspended or revoked, None where nothing.
    huge_fine_cny: the amount your jurisdiction publishes; None is the default of the rule pack.

    Raises: NOT_A_DECIMAL.
    """
    return _severity_of(
        tuple(kinds), fine, confiscation, (licence_revoked or "").strip(), huge_fine_cny
    )


@lru_cache(maxsize=16_384)
def _severity_of(
    kinds: tuple[str, ...],
    fine: str | None,
    confiscation: str | None,
    licence: str,
    huge_fine_cny: str | None,
) -> SeverityFinding:
    rules = _rules()
    fined = decimal_of(fine) if fine is not None else None
    taken = decimal_of(confiscation) if confiscation is not None else _ZERO
    huge = decimal_of(huge_fine_cny) if huge_fine_cny is not None else rules.huge_fine.cny
    if rules.serious_kinds.fits(kinds) or (licence and licence not in rules.no_licence_words):
        return rules.serious_kinds.finding(Severity.SERIOUS)
    if (fined or _ZERO) + taken >= huge:
        return rules.huge_fine.finding(Severity.SERIOUS)
    if taken > _ZERO or rules.confiscation.fits(kinds):
        return rules.confiscation.finding(Severity.ORDINARY)
    if fined:
        if fined <= rules.simple_procedure.cny:
            return rules.simple_procedure.finding(Severity.MINOR)
        return rules.larger_fine.finding(Severity.ORDINARY)
    if rules.larger_fine.fits(kinds):
        return rules.larger_fine.finding(Severity.ORDINARY)
    if kinds and all(rules.warning.fits((kind,)) for kind in kinds):
        return rules.warning.finding(Severity.MINOR)
    return rules.otherwise.finding(Severity.ORDINARY)
