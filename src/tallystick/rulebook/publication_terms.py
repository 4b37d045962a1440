"""How long a penalty may be shown, when repair may be asked for, and when publication was late.

Owns the terms of publication and repair. Rules: the repair rule in force on the day a term is
worked out (`as_of`) applies to every decision, also to older ones, because what may be shown today
is a question of today's rule; terms run from the date of the decision, never of the import; months
are counted as 民法典 art. 202 does (31 January plus 3 months is 30 April); what a rule rests on
travels with every answer.

    >>> publication_term(Severity.SERIOUS, "2026-04-01").stop
    '2029-04-01'
    >>> is_late("2026-09-30", "2026-10-15")
    False
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from tallystick.kernel.dates import add_months, date_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.packs import Reader, read_pack
from tallystick.rulebook.severity import Severity
from tallystick.rulebook.working_days import DueDay, working_days_after

_TERMS_MAX = 65_536  # answers remembered: days of 60 years in three severities

NO_RULE_IN_FORCE = Reason(
    "no_rule_in_force",
    Text(
        "{day} 没有已载入的信用修复规则；最早的规则自 {first} 起施行",
        "no rule on credit repair is loaded for {day}; the earliest is in force from {first}",
    ),
    "",
    Text("请使用较晚的日期，或补充规则包。", "Use a later day, or add the rule to the pack."),
)


@dataclass(frozen=True, slots=True)
class PublicationTerm:
    """What may be shown of a penalty, and until when. Dates are ISO.

    publish: shown by default; False where it is not, unless an authority finds it necessary.
    repair_from: the day the shortest term ends; for a minor matter the day of the decision, because
    repair may then be asked for as soon as the duty is done.
    stop: the last day it may be shown; publication ends by itself after it.
    rule_from: since when the rule applied is in force.
    """

    severity: Severity
    publish: bool
    repair_from: str
    stop: str
    rule_from: str
    basis: Citation


@dataclass(frozen=True, slots=True)
class RepairTerms:
    """Months from the decision: until repair may be asked for, and until publication stops."""

    publish: bool
    repair_months: int
    stop_months: int


@dataclass(frozen=True, slots=True)
class RepairRule:
    """One repair rule: in force from a day until the next one begins."""

    in_force_from: str
    basis: Citation
    terms: dict[Severity, RepairTerms]


@cache
def repair_rules() -> tuple[RepairRule, ...]:
    """Return the repair rules loaded, the oldest first."""
    body = read_pack("terms").body
    body.expect("severities", "editions", "severity", "publication_due")
    rules = tuple(_read_rule(entry) for entry in body.each("editions"))
    starts = [rule.in_force_from for rule in rules]
    if not starts or starts != sorted(set(starts)):
        body.refuse("'editions' must follow one another by 'from'")
    return rules


def repair_rule(as_of: str | None = None) -> RepairRule:
    """Return the repair rule in force on the ISO date `as_of`; None is the newest one.

    Raises: NO_RULE_IN_FORCE for a day before the first; NOT_A_DATE.
    """
    rules = repair_rules()
    if as_of is None:
        return rules[-1]
    day = date_of(as_of).isoformat()
    in_force = [rule for rule in rules if rule.in_force_from <= day]
    if not in_force:
        raise NO_RULE_IN_FORCE.error(day=day, first=rules[0].in_force_from)
    return in_force[-1]


@lru_cache(_TERMS_MAX)
def publication_term(
    severity: Severity | str, decided_on: str, as_of: str | None = None
) -> PublicationTerm:
    """Return what may be shown of a penalty of this severity decided on `decided_on`.

    as_of: the day the question is asked (ISO); None asks under the newest rule.

    Raises: NO_RULE_IN_FORCE; NOT_A_DATE; ValueError for an unknown severity.
    """
    rule, severity = repair_rule(as_of), Severity(severity)
    term = rule.terms[severity]
    return PublicationTerm(
        severity=severity,
        publish=term.publish,
        repair_from=add_months(decided_on, term.repair_months),
        stop=add_months(decided_on, term.stop_months),
        rule_from=rule.in_force_from,
        basis=rule.basis,
    )


@cache
def _days_to_publish() -> tuple[int, Citation]:
    entry = read_pack("terms").body.inner("publication_due").expect("working_days", "basis")
    return entry.integer("working_days"), read_citation(entry.inner("basis"))


def publication_due_basis() -> Citation:
    """Return what the term for publishing a licence or penalty rests on."""
    return _days_to_publish()[1]


def publication_due(decided_on: str) -> DueDay:
    """Return the last day a licence or penalty decided on `decided_on` is published in time.

    Seven working days, the day of the decision not counted (发改办财金〔2018〕424号).

    Raises: NOT_A_DATE.
    """
    return working_days_after(decided_on, _days_to_publish()[0])


def is_late(decided_on: str, published_on: str) -> bool:
    """Return whether a decision of `decided_on` published on `published_on` came too late.

    `publication_due` says when an answer rests on a year without a calendar.

    Raises: NOT_A_DATE.
    """
    return date_of(published_on).isoformat() > publication_due(decided_on).day


def _read_rule(entry: Reader) -> RepairRule:
    entry.expect("from", "basis", "terms")
    terms = entry.inner("terms").expect(*Severity)
    return RepairRule(
        in_force_from=entry.date("from"),
        basis=read_citation(entry.inner("basis")),
        terms={severity: _read_term(terms.inner(severity)) for severity in Severity},
    )


def _read_term(entry: Reader) -> RepairTerms:
    entry.expect("publish", "repair_months", "stop_months")
    return RepairTerms(
        entry.flag("publish"), entry.integer("repair_months"), entry.integer("stop_months")
    )
