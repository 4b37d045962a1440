"""Which single lawful change would better the band.

Owns the search. Rules: a change is something the subject may lawfully do: end what a rule rests on
(perform a duty, be taken off a list, have a finding lifted), raise an indicator the scheme calls
actionable to its best step, bring a variable its card calls actionable to where the card gives
most, or have its own declaration verified. Hiding a fact or withdrawing a
grant is never offered. Each change goes through the same arithmetic as the evaluation itself, and
only those that better the band are named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from tallystick.evaluation.evaluator import Evaluator, compile_scheme
from tallystick.evaluation.findings import (
    KNOWN,
    UNKNOWN,
    UNVERIFIED,
    Assessment,
    Evaluation,
    Finding,
)
from tallystick.evaluation.points import best_points
from tallystick.evaluation.schemes.outcomes import Band
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.kernel.texts import Text
from tallystick.records.facts import Fact

END = "end"  # what a rule rests on comes to an end
IMPROVE = "improve"  # an actionable indicator, or variable of a card, reaches its best
VERIFY = "verify"  # a declaration is confirmed as it stands

_END = Text("使“{rule}”的依据终止", "end what “{rule}” rests on")
_BRING = Text("使“{variable}”达到：{stretch}", "bring {variable} to {stretch}")
_VERIFY = Text(
    "请核验人实地核实自行申报的 {item}", "have the self-declared {item} verified on site"
)


class Change(NamedTuple):
    """One lawful change and what it would lead to.

    kind: "end", "improve" or "verify"; of: code of the rule, indicator or catalogue item, or of
    an indicator and a variable of its card ("K1.margin").
    records: the records that would end or be verified. score: decimal text, None without score.
    """

    kind: str
    of: str
    what: Text
    records: tuple[str, ...]
    score: str | None
    band: Band


class _Trial(NamedTuple):
    kind: str
    of: str
    what: Text
    records: tuple[str, ...]
    outcome: Evaluation


class _Case(NamedTuple):
    """What is known of one subject, ready to be changed."""

    evaluator: Evaluator
    facts: Sequence[Fact]
    as_of: str
    consulted: frozenset[str]
    withheld: tuple[tuple[str, str], ...]

    def assess(self) -> Assessment:
        return self.evaluator.assess(
            self.facts, as_of=self.as_of, consulted=self.consulted, withheld=self.withheld
        )

    def conclude(self, assessment: Assessment) -> Evaluation:
        return self.evaluator.conclude("", self.as_of, assessment)


def lawful_changes(
    scheme: Scheme,
    facts: Iterable[Fact],
    *,
    as_of: str,
    consulted: Collection[str] = (),
    withheld: Iterable[tuple[str, str]] = (),
) -> list[Change]:
    """Return the single lawful changes that better the band, those that better it most first.

    Arguments as for `evaluate`. Empty when the band is the best already.
    """
    evaluator = compile_scheme(scheme)
    case = _Case(evaluator, tuple(facts), as_of, frozenset(consulted), tuple(withheld))
    assessment = case.assess()
    place = {band.code: number for number, band in enumerate(scheme.bands)}
    present = case.conclude(assessment).band
    now = place[present.code] if present else len(scheme.bands)
    better: list[tuple[int, int, Change]] = []
    for trial in (
        *_endings(case, assessment),
        *_improvements(case, assessment),
        *_better_cards(case, assessment),
        *_checks(case, assessment),
    ):
        band = trial.outcome.band
        if band is not None and place[band.code] < now:
            change = Change(*trial[:4], trial.outcome.score, band)
            better.append((place[band.code], len(better), change))
    return [change for _, _, change in sorted(better, key=lambda entry: entry[:2])]


def _endings(case: _Case, assessment: Assessment) -> Iterator[_Trial]:
    """Yield what follows when the records of one rule hit come to an end."""
    for hit in assessment.hits:
        ended = frozenset(hit.records)
        kept = [fact for fact in case.facts if fact.record not in ended]
        after = case._replace(facts=kept, consulted=case.consulted | {hit.rule.selection.item})
        what = hit.rule.ends_by or _END.fill(rule=hit.rule.names)
        yield _Trial(END, hit.rule.code, what, hit.records, after.conclude(after.assess()))


def _improvements(case: _Case, assessment: Assessment) -> Iterator[_Trial]:
    """Yield what follows when one actionable indicator reaches its best step."""
    indicators = case.evaluator.scheme.indicators
    for place, (indicator, finding) in enumerate(zip(indicators, assessment.findings, strict=True)):
        best = best_points(indicator.steps)
        if indicator.actionable is None or best is None or finding.state not in {KNOWN, UNKNOWN}:
            continue
        if finding.points is not None and finding.points.millionths >= best.millionths:
            continue
        improved = Finding(KNOWN, None, best, finding.records)
        findings = (*assessment.findings[:place], improved, *assessment.findings[place + 1 :])
        outcome = case.conclude(assessment._replace(findings=findings))
        yield _Trial(IMPROVE, indicator.code, indicator.actionable, finding.records, outcome)


def _better_cards(case: _Case, assessment: Assessment) -> Iterator[_Trial]:
    """Yield what follows when one actionable variable of a card is brought to its best."""
    scheme, findings = case.evaluator.scheme, assessment.findings
    places = {one.code: place for place, one in enumerate(scheme.indicators)}
    for place, scorer in case.evaluator.cards.items():
        for used in scorer.use.inputs:
            name, fed = used.variable, findings[places[used.indicator]]
            variable = scorer.card.variable[name]
            if not variable.actionable or fed.state not in {KNOWN, UNKNOWN}:
                continue
            best = scorer.best(findings, name)
            if best is None:
                continue
            option, improved = best
            changed = (*findings[:place], improved, *findings[place + 1 :])
            outcome = case.conclude(assessment._replace(findings=changed))
            said = scheme.indicators[places[used.indicator]].actionable or _BRING.fill(
                variable=Text(variable.zh or name, variable.en or name), stretch=option.stretch
            )
            code = f"{scheme.indicators[place].code}.{name}"
            yield _Trial(IMPROVE, code, said, fed.records, outcome)


def _checks(case: _Case, assessment: Assessment) -> Iterator[_Trial]:
    """Yield what follows when a declaration is verified as it stands."""
    for seen in assessment.seen:
        if seen.state != UNVERIFIED:
            continue
        facts = [
            fact._replace(verified=True) if fact.item == seen.item else fact for fact in case.facts
        ]
        after = case._replace(facts=facts)
        records = tuple(sorted(fact.record for fact in facts if fact.item == seen.item))
        what = _VERIFY.fill(item=seen.item)
        yield _Trial(VERIFY, seen.item, what, records, after.conclude(after.assess()))
