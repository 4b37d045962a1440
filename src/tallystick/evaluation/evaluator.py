"""From facts to findings: a scheme compiled, then run over one subject after another.

Owns `Evaluator`, the one path for one subject and for a hundred thousand. Rules: a fact counts when
it happened by `as_of`, has not run out, and, where self-declared, was verified; a withheld item is
never used; facts are ordered by day and record first, so that no order of arrival changes a digit;
nothing is remembered from one subject to the next.

    >>> from tallystick.evaluation import parse_scheme, template
    >>> evaluator = compile_scheme(parse_scheme(template()))
    >>> evaluator("91310110MA1PDY0018", [], as_of="2026-04-01", consulted=()).status
    'no_proposal'
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from tallystick.evaluation.aggregation import Measure, measure
from tallystick.evaluation.card_points import CardScorer
from tallystick.evaluation.conclusion import Concluder
from tallystick.evaluation.findings import (
    ASSUMED_ZERO,
    KNOWN,
    UNKNOWN,
    UNVERIFIED,
    WITHHELD,
    Assessment,
    Evaluation,
    Finding,
    Hit,
    Seen,
)
from tallystick.evaluation.points import Points, Scorer, scorer
from tallystick.evaluation.schemes.faults import FACT_MALFORMED
from tallystick.evaluation.schemes.scheme import (
    Indicator,
    RiskRule,
    Scheme,
    Selection,
    gravest_first,
)
from tallystick.evaluation.selection import Predicate, predicate
from tallystick.kernel.dates import first_day_within
from tallystick.kernel.errors import TallyError
from tallystick.records.facts import Fact

SELF_DECLARED = "self-declared"
_FED = Finding(UNKNOWN, None, None, ())  # what a card shows before it is fed
_BY_DAY_AND_RECORD = attrgetter("occurred", "record")
_ZEROS: Mapping[str, int | Decimal | bool] = {"integer": 0, "decimal": Decimal(0), "boolean": False}


class _Chosen(NamedTuple):
    """What a selection found: its state, its facts in order, their records."""

    state: str
    facts: Sequence[Fact]
    records: tuple[str, ...]


class _Select(NamedTuple):
    """A selection ready to run."""

    item: str
    window_months: int
    test: Predicate | None
    latest_only: bool


class _Indicated(NamedTuple):
    """An indicator ready to run; `select` is the place of its selection.

    zero: the points of a zero where the scheme lets unknown stand for zero, otherwise None.
    """

    select: int
    measure: Measure
    scorer: Scorer | None
    zero: Points | None


class _Watched(NamedTuple):
    """A risk rule ready to run; `select` is the place of its selection."""

    rule: RiskRule
    select: int


class Evaluator:
    """A compiled scheme. Calling it is pure: the same arguments give the same digits."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        places: dict[Selection, int] = {}
        self._measures = tuple(
            None if one.card else _indicated(one, scheme, places) for one in scheme.indicators
        )
        self.cards = _carded(scheme)
        self._watches = tuple(
            _Watched(rule, _place(rule.selection, places)) for rule in gravest_first(scheme.rules)
        )
        self._selects = tuple(
            _Select(one.item, one.window_months, predicate(one.where), one.latest_only)
            for one in places
        )
        self._item_order = tuple(sorted({select.item for select in self._selects}))
        self._items = frozenset(self._item_order)
        declared = [one.selection.item for one in scheme.indicators if one.self_declared]
        declared += [rule.selection.item for rule in scheme.rules if rule.self_declared]
        self._self_declared = frozenset(declared)
        self._windows = frozenset(s.window_months for s in self._selects if s.window_months)
        self._concluder = Concluder(scheme)

    def __call__(
        self,
        subject: str,
        facts: Iterable[Fact],
        *,
        as_of: str,
        consulted: Collection[str] = (),
        withheld: Iterable[tuple[str, str]] = (),
    ) -> Evaluation:
        """Return the evaluation of `subject`; see `evaluate` for the arguments."""
        assessment = self.assess(facts, as_of=as_of, consulted=consulted, withheld=withheld)
        return self._concluder.conclude(subject, as_of, assessment)

    def assess(
        self,
        facts: Iterable[Fact],
        *,
        as_of: str,
        consulted: Collection[str] = (),
        withheld: Iterable[tuple[str, str]] = (),
    ) -> Assessment:
        """Return what the facts show on the day `as_of`, before any arithmetic."""
        closed = {item: reason for item, reason in withheld if item in self._items}
        usable, unverified = self._usable(facts, as_of, closed)
        states = {
            item: WITHHELD
            if item in closed
            else KNOWN
            if item in usable or (item in consulted and item not in unverified)
            else UNVERIFIED
            if item in unverified
            else UNKNOWN
            for item in self._item_order
        }
        chosen = self._choose(usable, states, as_of)
        hits, unchecked = self._watch(chosen)
        return Assessment(
            self.with_cards(
                [
                    _FED if measure is None else _find(measure, chosen[measure.select], as_of)
                    for measure in self._measures
                ]
            ),
            hits,
            unchecked,
            tuple([Seen(item, state, len(usable.get(item, ()))) for item, state in states.items()]),
            tuple(sorted(closed.items())),
        )

    def with_cards(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return `findings` with what each card shows, given what those that feed it show."""
        if not self.cards:
            return tuple(findings)
        found = {place: scorer.find(findings) for place, scorer in self.cards.items()}
        return tuple(found.get(place, one) for place, one in enumerate(findings))

    def conclude(self, subject: str, as_of: str, assessment: Assessment) -> Evaluation:
        """Return the proposal that follows from `assessment`."""
        return self._concluder.conclude(subject, as_of, assessment)

    def from_scores(
        self, subject: str, as_of: str, scores: Mapping[str, Decimal], hits: Sequence[Hit]
    ) -> Evaluation:
        """Return the proposal for given scores of dimensions, by code, and given hits."""
        return self._concluder.from_scores(subject, as_of, scores, hits)

    def _usable(
        self, facts: Iterable[Fact], as_of: str, closed: Collection[str]
    ) -> tuple[dict[str, list[Fact]], set[str]]:
        """Return the facts that count, by item and in order, and the items only declared."""
        items, declared = self._items, self._self_declared
        usable: dict[str, list[Fact]] = {}
        unverified: set[str] = set()
        met: set[str] = set()
        for fact in facts:
            record, item, _, occurred, channel, verified, until = fact
            if item not in items or item in closed or record in met:
                continue
            if occurred > as_of or (until is not None and until < as_of):
                continue
            if not verified and (channel == SELF_DECLARED or item in declared):
                unverified.add(item)
                continue
            met.add(record)
            if item in usable:
                usable[item].append(fact)
            else:
                usable[item] = [fact]
        for found in usable.values():
            if len(found) > 1:
                found.sort(key=_BY_DAY_AND_RECORD)
        return usable, unverified

    def _choose(
        self, usable: Mapping[str, list[Fact]], states: Mapping[str, str], as_of: str
    ) -> list[_Chosen]:
        """Run every selection once."""
        opened = {months: first_day_within(as_of, months) for months in self._windows}
        chosen: list[_Chosen] = []
        for item, months, test, latest_only in self._selects:
            state = states[item]
            found = usable.get(item)
            if found is None:
                chosen.append(_Chosen(state, (), ()))
                continue
            if months:
                first = opened[months]
                found = [fact for fact in found if fact.occurred >= first]
            if test is not None:
                try:
                    found = [fact for fact in found if test(fact.data, as_of)]
                except (TypeError, TallyError):
                    raise _malformed(found, test, as_of) from None
            if latest_only:
                found = found[-1:]
            chosen.append(_Chosen(state, found, tuple([fact.record for fact in found])))
        return chosen

    def _watch(self, chosen: Sequence[_Chosen]) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
        """Return the rules hit, gravest first, and the codes of those unchecked."""
        hits = []
        unchecked = []
        for rule, select in self._watches:
            state, _, records = chosen[select]
            if state != KNOWN:
                unchecked.append(rule.code)
            elif len(records) >= rule.at_least:
                hits.append(Hit(rule, records))
        return tuple(hits), tuple(unchecked)


@lru_cache(maxsize=16)
def compile_scheme(scheme: Scheme) -> Evaluator:
    """Return the evaluator of `scheme`; the same scheme gives the same evaluator."""
    return Evaluator(scheme)


def evaluate(
    scheme: Scheme,
    subject: str,
    facts: Iterable[Fact],
    *,
    as_of: str,
    consulted: Collection[str] = (),
    withheld: Iterable[tuple[str, str]] = (),
) -> Evaluation:
    """Return the evaluation of one subject on one day.

    subject: its unified social credit code; it is named in the result and changes no digit.
    facts: what may be read of it, in any order.
    as_of: ISO day; what happened later, and what ran out earlier, does not count.
    consulted: items whose source was read for this subject, so that no fact means none.
    withheld: items that may not be read, each with the code of the reason.

    Raises: NOT_A_DATE for `as_of`; FACT_MALFORMED for a field that is not of its kind.
    """
    evaluator = compile_scheme(scheme)
    return evaluator(subject, facts, as_of=as_of, consulted=consulted, withheld=withheld)


def _find(measure: _Indicated, chosen: _Chosen, as_of: str) -> Finding:
    """Return what one indicator shows."""
    state, facts, records = chosen
    if state == KNOWN:
        value = measure.measure(facts, as_of)
        if value is not None:
            if measure.scorer is None:
                return Finding(KNOWN, value, None, records)
            points = measure.scorer(value)
            if points is not None:
                return Finding(KNOWN, value, points, records)
        state = UNKNOWN
    if state == UNKNOWN and measure.zero is not None and measure.scorer is not None:
        return Finding(ASSUMED_ZERO, None, measure.zero, ())
    return Finding(state, None, None, records)


def _malformed(facts: Sequence[Fact], test: Predicate, as_of: str) -> TallyError:
    """Return the error that names the first fact `test` cannot read."""
    for fact in facts:
        try:
            test(fact.data, as_of)
        except (TypeError, TallyError):
            return FACT_MALFORMED.error(record=fact.record, item=fact.item, name="where")
    return FACT_MALFORMED.error(record="", item="", name="where")


def _place(selection: Selection, places: dict[Selection, int]) -> int:
    return places.setdefault(selection, len(places))


def _carded(scheme: Scheme) -> dict[int, CardScorer]:
    """Return the indicators that take their points from a card, by their place."""
    places = {one.code: place for place, one in enumerate(scheme.indicators)}
    return {
        places[one.code]: CardScorer(
            one.card, scheme.cards[one.card.digest], places, scheme.decimals
        )
        for one in scheme.indicators
        if one.card is not None
    }


def _indicated(one: Indicator, scheme: Scheme, places: dict[Selection, int]) -> _Indicated:
    score = scorer(one.steps, one.formula, scheme.decimals) if one.steps or one.formula else None
    zero = _ZEROS.get(one.kind) if one.missing == "zero" else None
    return _Indicated(
        _place(one.selection, places),
        measure(one.aggregate, one.field, one.field_kind, one.of, one.of_kind),
        score,
        score(zero) if score is not None and zero is not None else None,
    )
