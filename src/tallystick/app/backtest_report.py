"""What a back-test says, as data: discrimination, outcomes by group, calibration, agreement.

Owns the document `tally backtest` prints, made of cases and nothing else. Rules: every number is
decimal text; a rate stands with its cases and its interval; nothing is left out because it looks
bad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tallystick.evaluation import Scheme
from tallystick.evaluation import backtesting as statistics
from tallystick.evaluation.backtesting import decimal_places as told
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

RATE_PLACES = 4

Order = Mapping[str, int | Fraction]
"""Code of an organisation -> a number, higher is better."""


class Case(NamedTuple):
    """One organisation with a score and an outcome."""

    subject: str
    score: Decimal
    band: str
    bad: bool
    result: Mapping[str, Any]


def discrimination_of(scores: Sequence[Decimal], bad: Sequence[bool]) -> dict[str, Any]:
    """Return AUC with its 95 percent interval, Gini and KS. Raises: ONE_OUTCOME."""
    found = statistics.discrimination(scores, bad)
    return {
        "cases": len(scores),
        "bad": found.bad,
        "good": found.good,
        "auc": told(found.auc),
        "auc_low": told(found.low),
        "auc_high": told(found.high),
        "gini": told(found.gini),
        "ks": told(found.ks),
        "ks_at": str(found.ks_at),
    }


def calibration_of(
    scheme: Scheme,
    bands: Sequence[tuple[str, bool]],
    scores: Sequence[Decimal],
    bad: Sequence[bool],
) -> dict[str, Any]:
    """Return outcomes by band, light and part of the score, and whether their rates fall."""
    by_band = {band.code: _counted(bands, {band.code}) for band in scheme.bands}
    worst_first = [band.code for band in reversed(scheme.bands)]
    groups = [by_band[code] for code in worst_first]
    fitted = dict(zip(worst_first, statistics.isotonic(groups), strict=True))
    rows = [
        {
            "code": band.code,
            "names": band.names._asdict(),
            "light": band.light,
            **_rate(*by_band[band.code], fitted[band.code]),
        }
        for band in scheme.bands
    ]
    lights = list(dict.fromkeys(band.light for band in scheme.bands))
    of_light = {
        light: _counted(bands, {band.code for band in scheme.bands if band.light == light})
        for light in lights
    }
    by_score = statistics.parts(scores, bad)
    part_groups = [(part.outcomes.bad, part.outcomes.cases) for part in by_score]
    part_rates = statistics.isotonic(part_groups)
    raised = statistics.inversions(groups)
    return {
        "bands": rows,
        "no_band": _rate(*_counted(bands, {""}), None),
        "lights": [{"light": light, **_rate(*of_light[light], None)} for light in lights],
        "parts": [
            {
                "least": str(part.least),
                "most": str(part.most),
                **_rate(*group, rate),
            }
            for part, group, rate in zip(by_score, part_groups, part_rates, strict=True)
        ],
        "calibration": {
            # A scheme of points states no probability, so there is nothing to hold a rate against.
            "states_expected": False,
            "bands_fall": not raised,
            "bands_rising": [[worst_first[one], worst_first[other]] for one, other in raised],
            "parts_fall": not statistics.inversions(part_groups),
            "parts_rising": [list(pair) for pair in statistics.inversions(part_groups)],
        },
    }


def _counted(bands: Iterable[tuple[str, bool]], codes: set[str]) -> tuple[int, int]:
    """Return how many of the cases in these bands were bad, and how many there are."""
    outcomes = [bad for code, bad in bands if code in codes]
    return sum(outcomes), len(outcomes)


def _rate(bad: int, count: int, fitted: Fraction | None) -> dict[str, Any]:
    found = statistics.wilson(bad, count)
    return {
        "count": count,
        "bad": bad,
        "rate": told(found.rate, RATE_PLACES),
        "low": told(found.low, RATE_PLACES),
        "high": told(found.high, RATE_PLACES),
        "fitted": told(fitted, RATE_PLACES),
    }


def parts_alone(scheme: Scheme, cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    """Yield how each dimension, and each indicator by its points, orders the cases on its own."""
    for one in scheme.dimensions:
        yield _alone("dimension", one.code, one.short, cases, _score_of(one.code))
    for indicator in scheme.indicators:
        if indicator.weight:
            reader = _points_of(indicator.code)
            yield _alone("indicator", indicator.code, indicator.names, cases, reader)


def _score_of(code: str) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda result: next(
        (one["score"] for one in result["contributions"] if one["code"] == code), None
    )


def _points_of(code: str) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda result: next(
        (one["points"] for one in result["indicators"] if one["indicator"] == code), None
    )


def _alone(
    kind: str,
    code: str,
    names: Text,
    cases: Sequence[Case],
    reader: Callable[[Mapping[str, Any]], str | None],
) -> dict[str, Any]:
    known = [(value, case.bad) for case in cases if (value := reader(case.result)) is not None]
    scores, bad = [Decimal(value) for value, _ in known], [one for _, one in known]
    return {
        "kind": kind,
        "code": code,
        "names": names._asdict(),
        "cases": len(known),
        "auc": _auc(scores, bad),
    }


def _auc(scores: Sequence[statistics.Score], bad: Sequence[bool]) -> str:
    """Return the AUC, "" where all outcomes are alike."""
    try:
        return told(statistics.discrimination(scores, bad).auc)
    except TallyError:
        return ""


def compared(name: str, kind: str, order: Order, cases: Sequence[Case]) -> dict[str, Any]:
    """Return how far the score and the order of one expert agree, over whom both put in order."""
    both = [case for case in cases if case.subject in order]
    scores = [case.score for case in both]
    theirs = [order[case.subject] for case in both]
    try:
        tau = str(statistics.kendall_tau_b(scores, theirs))
        rho = str(statistics.spearman(scores, theirs))
    except TallyError:
        tau = rho = ""
    return {
        "expert": name,
        "kind": kind,
        "compared": len(both),
        "tau_b": tau,
        "rho": rho,
        "auc": _auc(theirs, [case.bad for case in both]),
    }
