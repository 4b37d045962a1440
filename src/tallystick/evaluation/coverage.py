"""How much was known: by dimension, indicator, aspect, item and rule.

Owns the report of coverage. Rules: what is unknown, unverified or withheld lowers coverage and
never a score; the share is of weight, so an indicator of weight 0 does not count; a rule whose item
could not be read is named as unchecked and is not a rule without a hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tallystick.evaluation.findings import ASSUMED_MISSING, KNOWN, STATES, Assessment
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.kernel.decimals import divide_integers, scaled_text

SHARE_PLACES = 4
ASPECTS = ("willingness", "ability", "performance")  # GB/T 23794


def share_text(part: int, whole: int) -> str:
    """Return `part` / `whole` as decimal text of at most 4 places, "0" where `whole` is 0."""
    if not whole or part == whole:
        return "1" if whole else "0"
    return scaled_text(divide_integers(part * 10**SHARE_PLACES, whole), SHARE_PLACES)


class CoverageReport:
    """What a scheme asks for, counted once; then the report for one subject after another."""

    def __init__(self, scheme: Scheme) -> None:
        carded = any(one.card is not None for one in scheme.indicators)
        self._states = (*STATES, ASSUMED_MISSING) if carded else STATES
        self._aspects = tuple(
            (aspect, places) for aspect in ASPECTS if (places := _places_of(scheme, aspect))
        )

    def document(self, assessment: Assessment, known: str) -> dict[str, Any]:
        """Return the report as it is sealed; `known` is the share of the whole weight."""
        findings = assessment.findings
        states = [finding[0] for finding in findings]
        return {
            "known": known,
            "indicators": {state: states.count(state) for state in self._states},
            "aspects": [
                {"aspect": aspect, "known": _known(states, places), "of": len(places)}
                for aspect, places in (self._aspects if findings else ())
            ],
            "items": [
                {"item": item, "state": state, "facts": facts}
                for item, state, facts in assessment.seen
            ],
            "rules_unchecked": list(assessment.unchecked),
        }


def _places_of(scheme: Scheme, aspect: str) -> tuple[int, ...]:
    return tuple(n for n, one in enumerate(scheme.indicators) if one.aspect == aspect)


def _known(states: Sequence[str], places: Sequence[int]) -> int:
    return [states[place] for place in places].count(KNOWN)
